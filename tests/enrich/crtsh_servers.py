"""Servers on loopback that do as crt.sh does, or as it is told."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.commandline import PATIENCE

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class WebServer:
    """crt.sh's web side: `?q=SHA-1` gives a page that links to `?d=ID`.

    The next requests get the answers in `script`, the others what `always` says or, if it is None,
    what crt.sh would say that has just `certificates`.
    """

    certificates: list[bytes] = field(default_factory=list)
    script: list[Answer] = field(default_factory=list)
    always: Answer | None = None
    url: str = ""
    requests: list[dict[str, str]] = field(default_factory=list)
    user_agents: set[str] = field(default_factory=set)
    times: list[float] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        query = {name: texts[0] for name, texts in parse_qs(urlsplit(handler.path).query).items()}
        self.times.append(time.monotonic())
        self.requests.append(query)
        self.user_agents.add(handler.headers["User-Agent"])
        if self.script:
            self.script.pop(0)(handler)
        elif self.always:
            self.always(handler)
        elif "d" in query:
            body(pem(self.certificates[int(query["d"]) - 1000]))(handler)
        else:
            self._page(query["q"])(handler)

    def _page(self, fingerprint: str) -> Answer:
        for number, der in enumerate(self.certificates, 1000):
            if hashlib.sha1(der).hexdigest() == fingerprint:
                return body(page(number))
        return status(404, body=b"<BODY>Certificate not found </BODY>")


def page(number: int) -> bytes:
    link = f'<A href="?d={number}">Certificate:</A><BR>&nbsp;Data:'
    return f'<HTML><BODY><A href="?id={number}">{number}</A> {link}</BODY></HTML>'.encode()


def pem(der: bytes) -> bytes:
    label = b"CERTIFICATE-----\n"
    return b"-----BEGIN " + label + base64.encodebytes(der) + b"-----END " + label


def body(data: bytes, **headers: str) -> Answer:
    return status(200, body=data, **headers)


def status(code: int, *, body: bytes = b"", **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def stream(chunks: Iterable[bytes]) -> Answer:
    """Send a body of unknown length, until the client has enough of it."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        with suppress(OSError):
            for chunk in chunks:
                handler.wfile.write(chunk)

    return answer


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


@contextmanager
def running_web_server() -> Iterator[WebServer]:
    web = WebServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            web.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    try:
        yield web
    finally:
        web.stopping.set()
        server.shutdown()
        thread.join(PATIENCE)
        server.server_close()


SHA1_IN_SQL = r"""
CREATE FUNCTION sha1(message bytea) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    ones CONSTANT bigint := x'ffffffff'::bigint;
    zeros CONSTANT bytea := decode(repeat('00', (119 - length(message) % 64) % 64), 'hex');
    padded bytea := message || '\x80' || zeros || int8send(length(message)::bigint * 8);
    h bigint[] := ARRAY[x'67452301'::bigint, x'efcdab89'::bigint, x'98badcfe'::bigint,
        x'10325476'::bigint, x'c3d2e1f0'::bigint];
    v bigint[];
    w bigint[];
    at integer;
    f bigint;
    k CONSTANT bigint[] := ARRAY[x'5a827999'::bigint, x'6ed9eba1'::bigint,
        x'8f1bbcdc'::bigint, x'ca62c1d6'::bigint];
BEGIN
    FOR block IN 0 .. length(padded) / 64 - 1 LOOP
        FOR i IN 0 .. 79 LOOP
            IF i < 16 THEN
                at := block * 64 + i * 4 + 1;
                w[i] := ('x' || encode(substring(padded FROM at FOR 4), 'hex'))::bit(32)::bigint;
            ELSE
                f := w[i - 3] # w[i - 8] # w[i - 14] # w[i - 16];
                w[i] := ((f << 1) | (f >> 31)) & ones;
            END IF;
        END LOOP;
        v := h;
        FOR i IN 0 .. 79 LOOP
            CASE i / 20
                WHEN 0 THEN f := (v[2] & v[3]) | ((ones # v[2]) & v[4]);
                WHEN 2 THEN f := (v[2] & v[3]) | (v[2] & v[4]) | (v[3] & v[4]);
                ELSE f := v[2] # v[3] # v[4];
            END CASE;
            f := (((v[1] << 5) | (v[1] >> 27)) & ones) + f + v[5] + k[i / 20 + 1] + w[i];
            v := ARRAY[f & ones, v[1], ((v[2] << 30) | (v[2] >> 2)) & ones, v[3], v[4]];
        END LOOP;
        FOR i IN 1 .. 5 LOOP
            h[i] := (h[i] + v[i]) & ones;
        END LOOP;
    END LOOP;
    RETURN (SELECT string_agg(substring(int8send(word) FROM 5), ''::bytea ORDER BY n)
        FROM unnest(h) WITH ORDINALITY AS words (word, n));
END $$
"""
"""What the extension pgcrypto has and this PostgreSQL hasn't."""
