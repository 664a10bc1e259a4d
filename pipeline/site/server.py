"""Pages over HTTP, for a browser on this machine."""

from __future__ import annotations

import hashlib
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from threading import Lock, Semaphore
from time import monotonic
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from pipeline.errors import DocumentError, TrustlistError, UsageError
from pipeline.report.model import Report
from pipeline.site import pages, tools
from pipeline.site.request import MOST_FIELDS, SiteRequest, fields_of

HEADERS: Final = {
    "Content-Security-Policy": f"{pages.POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""What every answer says: run nothing else, show it to no other site."""

_ALLOWED: Final = ("GET", "HEAD")
_MOST_SECONDS: Final = 60.0
"""What the body of a request may take to come."""
_PIECE: Final = 1 << 16
_DRAINED: Final = 64 << 20
"""Bytes of a refused body that are read and thrown away, so that the browser hears the answer."""


_MOST: Final = 32
"""Connections that are served at a time, each by a thread."""


class Server(HTTPServer):
    """Serves the pages of a database; ``port`` 0 takes any that is free.

    It has a bounded number of threads. When all are taken, who has waited longest without sending
    a request has to go.

    Raises:
        UsageError: nobody can listen there.
    """

    request_queue_size = 128

    def __init__(self, database_url: str, host: str, port: int):
        self.host = host
        self._threads = ThreadPoolExecutor(_MOST, "page")
        self._free = Semaphore(_MOST)
        self._lock = Lock()
        self._silent: dict[socket.socket, None] = {}
        if ":" in host:
            self.address_family = socket.AF_INET6
        try:
            super().__init__((host, port), partial(_Handler, database_url))
        except (OSError, UnicodeError) as error:  # the latter: no name of a host
            reason = getattr(error, "strerror", None) or "this is no address"
            raise UsageError(f"{host}:{port}: can't be listened on: {reason}.") from error

    @property
    def url(self) -> str:
        """Where it is to be seen."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{name}:{self.server_port}/"

    @property
    def is_local(self) -> bool:
        """Whether only programs on this machine can reach it."""
        return ip_address(str(self.server_address[0])).is_loopback

    def process_request(self, request: Any, client_address: Any) -> None:
        """Hand a connection to a thread, when there is a free one."""
        if not self._free.acquire(blocking=False):
            self._hang_up(1)
            self._free.acquire()
        with self._lock:
            self._silent[request] = None
        self._threads.submit(self._serve, request, client_address)

    def has_asked(self, request: socket.socket) -> None:
        """Note that a request has come, so that its connection is kept until it is answered."""
        with self._lock:
            self._silent.pop(request, None)

    def server_close(self) -> None:
        """End it, and every connection that still says nothing."""
        super().server_close()
        self._hang_up(_MOST)
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _serve(self, request: Any, client_address: Any) -> None:
        try:
            self.finish_request(request, client_address)
        except Exception:  # the server goes on, whatever a page does
            self.handle_error(request, client_address)
        finally:
            self.has_asked(request)
            self.shutdown_request(request)
            self._free.release()

    def _hang_up(self, number: int) -> None:
        """End the connections that have said nothing for longest."""
        with self._lock:
            for request in list(self._silent)[:number]:
                del self._silent[request]
                with suppress(OSError):  # it has gone by itself
                    request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing if a browser went away."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version = "trustlist"
    sys_version = ""
    timeout = 10  # seconds for a request to come

    def __init__(self, database_url: str, *arguments: Any):
        self.database_url = database_url
        super().__init__(*arguments)

    def parse_request(self) -> bool:
        """Read what is asked for."""
        is_right = super().parse_request()
        self.server.has_asked(self.connection)
        return is_right

    def do_GET(self) -> None:
        """Answer with a page."""
        self._send(*self._answer())

    def do_HEAD(self) -> None:
        """Answer with what stands before the page."""
        self.do_GET()

    def do_POST(self) -> None:
        """Answer a form that is sent; nothing of it is kept."""
        length = self.headers.get("Content-Length", "")
        if not self._is_meant():
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST, _NOT_MEANT)
        elif not (most := pages.takes_forms(urlsplit(self.path).path)):
            self._refuse(HTTPStatus.METHOD_NOT_ALLOWED, f"{HTTPStatus.METHOD_NOT_ALLOWED.phrase}.")
        elif not self._is_own():
            self._refuse(HTTPStatus.FORBIDDEN, "Another site's page sent this; open the form here.")
        elif not (length.isascii() and length.isdigit() and len(length) < 12):
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "The request doesn't say how long it is.")
        elif int(length) > most:
            said = f"This is too large: {most >> 20} MiB at most are taken."
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, said)
        else:
            body = self._body(int(length))
            self._send(*self._answer(body))

    def _body(self, length: int) -> bytes:
        pieces, left = [], length
        deadline = monotonic() + _MOST_SECONDS
        while left and (piece := self.rfile.read1(min(left, _PIECE))):
            pieces.append(piece)
            left -= len(piece)
            if monotonic() > deadline:
                raise TimeoutError
        return b"".join(pieces)

    def _refuse(self, status: HTTPStatus, said: str) -> None:
        """Answer without looking at the body, and let it come, so that the answer is heard."""
        self._send(status, pages.SiteContent(pages.HTML, pages.error_page(said)))
        length = self.headers.get("Content-Length", "")
        left = int(length) if length.isascii() and length.isdigit() and len(length) < 12 else 0
        if left <= _DRAINED:
            self.wfile.flush()
            self._body(left)

    def _is_own(self) -> bool:
        """Whether a form was sent from a page of this site, or by a program, and not by another's.

        A browser says where a form comes from (``Origin``, ``Sec-Fetch-Site``); a program doesn't.
        """
        origin = self.headers.get("Origin")
        if origin is not None:
            return origin.lower() == f"http://{self.headers.get('Host', '')}".lower()
        return self.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin")

    def _answer(self, body: bytes | None = None) -> tuple[HTTPStatus, pages.SiteContent]:
        try:
            return HTTPStatus.OK, self._found(body)
        except tools.RefusedQuestionError as error:
            return HTTPStatus.BAD_REQUEST, self._said(*error.lines, page=error.page)
        except pages.NoPageError as error:
            return HTTPStatus.NOT_FOUND, self._said(*error.lines)
        except _MisdirectedError as error:
            return HTTPStatus.MISDIRECTED_REQUEST, self._said(*error.lines)
        except (UsageError, DocumentError) as error:
            return HTTPStatus.BAD_REQUEST, self._said(*error.lines)
        except TrustlistError as error:
            return HTTPStatus.SERVICE_UNAVAILABLE, self._said(*error.lines)

    def _found(self, body: bytes | None) -> pages.SiteContent:
        if not self._is_meant():
            raise _MisdirectedError(_NOT_MEANT)
        path, parameters = _parsed(self.path)
        is_from_elsewhere = self.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")
        request = SiteRequest(path, parameters, is_from_elsewhere=is_from_elsewhere)
        if body is not None:
            fields = fields_of(body, self.headers.get("Content-Type", ""))
            request = replace(request, fields=fields, is_sent=True)
        return pages.content(self.database_url, request)

    def _said(self, *lines: str, page: Report | None = None) -> pages.SiteContent:
        """Say what is wrong, to a program as JSON."""
        if self.path.startswith("/api/"):
            return pages.error_data(*lines)
        text = pages.refused_page(page) if page else pages.error_page(*lines)
        return pages.SiteContent(pages.HTML, text)

    def _is_meant(self) -> bool:
        """Whether the browser asked for this machine, and no other site's name leads here.

        A page elsewhere can make a name of its own mean 127.0.0.1 ("DNS rebinding"); the browser
        then takes it for the owner of what it reads. An address can't be made to mean another.
        """
        try:
            hosts = [urlsplit(f"//{self.headers.get('Host', '')}").hostname or ""]
            if not self.path.startswith("/"):  # a whole address, as proxies are asked for
                hosts.append(urlsplit(self.path).hostname or "")
        except ValueError:
            return False
        own = ("localhost", self.server.host.lower())
        return all(host in own or _is_address(host) for host in hosts)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what is no request for a page."""
        status = HTTPStatus(code)
        if status is HTTPStatus.NOT_IMPLEMENTED:
            status = HTTPStatus.METHOD_NOT_ALLOWED
        self._send(status, pages.SiteContent(pages.HTML, pages.error_page(f"{status.phrase}.")))

    def _send(self, status: HTTPStatus, content: pages.SiteContent) -> None:
        body = content.text.encode("utf-8", "backslashreplace")
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        is_kept = status is HTTPStatus.OK and self.command in _ALLOWED
        if is_kept and tag in self.headers.get("If-None-Match", ""):
            status, body = HTTPStatus.NOT_MODIFIED, b""
        if self.request_version == "HTTP/0.9":  # or what is no HTTP at all: it gets a status, too
            self.request_version = "HTTP/1.0"
        self.send_response(status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        # a page may be kept, but is asked for again each time
        self.send_header("Cache-Control", "private, no-cache" if is_kept else "no-store")
        if is_kept:
            self.send_header("ETag", tag)
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", ", ".join(_ALLOWED))
        self.send_header("Content-Type", content.kind)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Keep no log."""


class _MisdirectedError(UsageError):
    """A browser asks by a name that isn't this site's."""


_NOT_MEANT: Final = "This site goes by its address only; open it by that."


def _parsed(target: str) -> tuple[str, dict[str, str]]:
    try:
        url = urlsplit(target.encode("latin-1").decode("utf-8", "replace"))
        parameters = dict(parse_qsl(url.query, keep_blank_values=True, max_num_fields=MOST_FIELDS))
        return unquote(url.path), parameters
    except ValueError:
        raise UsageError("This is no address of a page.") from None


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
