"""Look-ups at crt.sh: what the user gets to see, whatever the server does."""

import gzip
import hashlib
import json
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pipeline import catalogue
from pipeline.enrich import Enriched, enrich
from pipeline.enrich.crtsh import CrtSh, Service
from pipeline.errors import UsageError
from pipeline.extract.document import Row
from pipeline.normalise import normalise
from pipeline.version import VERSION
from tests.commandline import PATIENCE
from tests.enrich.crtsh_servers import (
    SHA1_IN_SQL,
    Answer,
    WebServer,
    body,
    hang_up,
    page,
    pem,
    running_web_server,
    status,
    stream,
)

KNOWN = list(catalogue.fingerprints())[:8]
DERS = catalogue.find(KNOWN)
FIRST, SECOND, THIRD = KNOWN[:3]
OTHER = DERS[KNOWN[7]]
UNKNOWN = "0123456789abcdef0123456789abcdef01234567"
AGAIN = "Run `trustlist enrich` to try again."


@pytest.fixture(autouse=True)
def _direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is not reached by a proxy."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def web() -> Iterator[WebServer]:
    with running_web_server() as server:
        server.certificates = list(DERS.values())[:6]
        yield server


def service(url: str, **changes: Any) -> Service:
    quick: dict[str, Any] = {
        "dsn": "",
        "timeout": 5.0,
        "first_wait": 0.001,
        "requests_per_minute": 60_000.0,
    }
    return Service(url=url, **quick | changes)


def ask(server: WebServer, *fingerprints: str, **changes: Any) -> Enriched:
    """What comes of a document with these rows; the last one's subject is its own."""
    subjects = catalogue.subjects()
    rows = [Row(1, "12.7(1)", each, "", subjects.get(each, "CN=x"), True) for each in fingerprints]
    entries, _ = normalise(rows)
    return enrich(entries, [CrtSh(service(server.url, **changes))])


def found(result: Enriched) -> list[str]:
    """The fingerprints of what was found, computed anew."""
    return [hashlib.sha1(der).hexdigest() for der in result.certificates["der"]]


def evidence(result: Enriched) -> list[str]:
    return list(result.entries["evidence"])


# --- 200 and 404 -----------------------------------------------------------------------------


def test_a_certificate_that_crtsh_has_proves_the_row(web: WebServer) -> None:
    result = ask(web, FIRST)
    assert evidence(result) == ["proven"]
    assert found(result) == [FIRST]
    assert list(result.certificates["source"]) == ["crt.sh"]
    assert result.warnings == []
    assert web.requests == [{"q": FIRST}, {"d": "1000"}]


def test_the_user_agent_is_honest(web: WebServer) -> None:
    ask(web, FIRST)
    [agent] = web.user_agents
    assert agent.startswith(f"trustlist/{VERSION} ")


def test_a_mirror_may_answer_in_json(web: WebServer) -> None:
    web.script = [body(json.dumps([{"id": 1000, "name_value": "x"}]).encode())]
    assert found(ask(web, FIRST)) == [FIRST]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(status(404), id="404"),
        pytest.param(body(b"<BODY>Certificate not found </BODY>"), id="page"),
        pytest.param(body(b"[]"), id="JSON"),
    ],
)
def test_what_crtsh_does_not_have_is_remembered_as_absent(web: WebServer, answer: Answer) -> None:
    web.script = [answer]
    result = ask(web, UNKNOWN)
    assert result.absent == {"crt.sh": frozenset({UNKNOWN})}
    assert result.warnings == []
    assert evidence(result) == ["agreed"]
    assert len(web.requests) == 1


# --- 429 and 5xx -----------------------------------------------------------------------------


def test_retry_after_is_honoured(web: WebServer) -> None:
    web.script = [status(429, Retry_After="1")]
    result = ask(web, FIRST)
    assert evidence(result) == ["proven"]
    assert result.warnings == []
    # a lower bound, which a slow machine only makes larger
    assert web.times[1] - web.times[0] >= 0.9


def test_retry_after_may_be_a_date(web: WebServer) -> None:
    an_hour_on = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    web.always = status(503, Retry_After=an_hour_on)
    [warning] = ask(web, FIRST).warnings
    assert re.search(r"it answers 503 Service Unavailable and asks to wait 3(600|59\d) s", warning)


def test_a_server_that_asks_to_wait_too_long_is_left_alone(web: WebServer) -> None:
    web.always = status(429, Retry_After="86400")
    result = ask(web, FIRST, SECOND, THIRD)
    assert result.warnings == [
        "crt.sh: 3 of 3 certificates could not be looked up: it answers 429 Too Many Requests "
        f"and asks to wait 86400 seconds. {AGAIN}"
    ]
    assert len(web.requests) == 1


def test_a_retry_after_that_makes_no_sense_is_passed_over(web: WebServer) -> None:
    web.script = [status(429, Retry_After="soon")]
    assert found(ask(web, FIRST)) == [FIRST]


@pytest.mark.parametrize("code", [500, 502, 503, 504])
def test_a_passing_error_is_not_even_mentioned(web: WebServer, code: int) -> None:
    web.script = [status(code), status(code)]
    result = ask(web, FIRST)
    assert found(result) == [FIRST]
    assert result.warnings == []


def test_a_lasting_error_is_a_warning_after_a_few_tries(web: WebServer) -> None:
    web.always = status(502)
    result = ask(web, FIRST)
    assert result.warnings == [
        "crt.sh: 1 of 1 certificates could not be looked up: it answers 502 Bad Gateway. " + AGAIN
    ]
    assert evidence(result) == ["agreed"]
    assert result.absent == {"crt.sh": frozenset()}
    assert len(web.requests) == 3


def test_a_server_that_keeps_failing_is_not_asked_for_the_rest(web: WebServer) -> None:
    web.always = status(502)
    result = ask(web, *KNOWN[:4], tries=1)
    assert result.warnings == [
        "crt.sh: 4 of 4 certificates could not be looked up: it answers 502 Bad Gateway. " + AGAIN
    ]
    assert len(web.requests) == 2


def test_what_was_found_before_a_failure_is_kept(web: WebServer) -> None:
    def then_fail(handler: Any) -> None:
        body(pem(DERS[FIRST]))(handler)
        web.script = [status(404)]
        web.always = status(503)

    web.script = [body(page(1000)), then_fail]
    result = ask(web, FIRST, UNKNOWN, SECOND, THIRD)
    assert found(result) == [FIRST]
    assert result.absent == {"crt.sh": frozenset({UNKNOWN})}
    assert evidence(result) == ["proven", "agreed", "agreed", "agreed"]
    assert result.warnings == [
        "crt.sh: 2 of 4 certificates could not be looked up: it answers 503 Service Unavailable. "
        + AGAIN
    ]


def test_each_further_try_waits_twice_as_long(web: WebServer) -> None:
    web.always = status(502)
    ask(web, FIRST, first_wait=0.1, tries=4)
    pauses = [later - earlier for earlier, later in pairwise(web.times)]
    assert len(pauses) == 3
    # lower bounds, which a slow machine only makes larger
    assert all(pause >= least for pause, least in zip(pauses, (0.09, 0.19, 0.39), strict=True))


@pytest.mark.parametrize(
    ("code", "words"), [(403, "403 Forbidden"), (301, "301 Moved Permanently")]
)
def test_a_refusal_is_not_tried_again(web: WebServer, code: int, words: str) -> None:
    web.always = status(code, Location="http://127.0.0.1:1/")
    [warning] = ask(web, FIRST, SECOND).warnings
    assert f"2 of 2 certificates could not be looked up: it answers {words}. " in warning
    assert len(web.requests) == 1


# --- garbage and lies ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "garbage",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<HTML>Sorry, something went wrong</HTML>", id="other page"),
        pytest.param(b"[{}]", id="JSON without id"),
        pytest.param(b'[{"id": "../../etc/passwd"}]', id="JSON with another id"),
        pytest.param(b"[" * 100_000, id="deep JSON"),
        pytest.param(b"\x00\xff" * 100, id="bytes"),
        pytest.param(gzip.compress(page(1000)), id="compressed without being asked"),
    ],
)
def test_a_page_that_makes_no_sense_is_a_warning(web: WebServer, garbage: bytes) -> None:
    web.always = body(garbage)
    result = ask(web, FIRST)
    assert result.warnings == [
        "crt.sh: 1 of 1 certificates could not be looked up: its answer can't be read. " + AGAIN
    ]
    assert found(result) == []
    assert result.absent == {"crt.sh": frozenset()}


@pytest.mark.parametrize("garbage", [b"", b"<HTML>", pem(b"\x30\x03\x02\x01\x01"), pem(b"")])
def test_a_download_that_is_no_certificate_is_a_warning(web: WebServer, garbage: bytes) -> None:
    web.script = [body(page(1000)), body(garbage)]
    result = ask(web, FIRST)
    assert result.warnings == [
        "crt.sh: 1 of 1 certificates could not be looked up: what it sent is no certificate. "
        + AGAIN
    ]
    assert found(result) == []


def test_another_certificate_than_the_one_asked_for_is_never_taken(web: WebServer) -> None:
    web.script = [body(page(1000)), body(pem(OTHER))]
    result = ask(web, FIRST)
    assert result.warnings == [
        "crt.sh: 1 of 1 certificates could not be looked up: it sent another certificate than the "
        f"one asked for. {AGAIN}"
    ]
    assert found(result) == []
    assert evidence(result) == ["agreed"]


def test_the_right_one_among_others_is_taken_alone(web: WebServer) -> None:
    web.script = [body(page(1000)), body(pem(OTHER) + pem(DERS[FIRST]))]
    assert found(ask(web, FIRST)) == [FIRST]


def test_a_certificate_with_another_sha256_than_printed_is_never_taken(web: WebServer) -> None:
    entries, _ = normalise([Row(1, "", FIRST, "0" * 64, catalogue.subjects()[FIRST])])
    result = enrich(entries, [CrtSh(service(web.url))])
    assert found(result) == []
    assert [problem.kind for problem in result.problems] == ["subject-mismatch"]


# --- slow and endless ------------------------------------------------------------------------


def drip(web: WebServer) -> Iterator[bytes]:
    while not web.stopping.wait(0.02):
        yield b" "


def test_an_answer_that_drips_is_given_up(web: WebServer) -> None:
    web.always = stream(drip(web))
    result = ask(web, FIRST, timeout=0.2, tries=1)
    assert result.warnings == [
        "crt.sh: 1 of 1 certificates could not be looked up: it doesn't answer within 0.2 seconds. "
        + AGAIN
    ]
    assert found(result) == []


def test_a_server_that_says_nothing_is_given_up(web: WebServer) -> None:
    web.always = lambda handler: web.stopping.wait(20) and None
    [warning] = ask(web, FIRST, timeout=0.2, tries=2).warnings
    assert "it doesn't answer within 0.2 seconds." in warning
    assert len(web.requests) == 2


def test_an_answer_without_end_is_given_up(web: WebServer) -> None:
    web.always = stream(iter(lambda: b" " * 65_536, b""))
    result = ask(web, FIRST)
    assert result.warnings == [
        "crt.sh: 1 of 1 certificates could not be looked up: its answer is longer than 1,000,000 "
        f"bytes. {AGAIN}"
    ]
    assert len(web.requests) == 1


# --- the line --------------------------------------------------------------------------------


def test_a_server_that_hangs_up_is_a_warning(web: WebServer) -> None:
    web.always = hang_up
    [warning] = ask(web, FIRST).warnings
    assert "it can't be reached (Server disconnected without sending a response.)" in warning
    assert len(web.requests) == 3


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def test_a_server_that_is_not_there_is_a_warning() -> None:
    nobody = WebServer(url=f"http://127.0.0.1:{closed_port()}/")
    [warning] = ask(nobody, FIRST).warnings
    assert re.fullmatch(
        r"crt\.sh: 1 of 1 certificates could not be looked up: it can't be reached "
        rf"\(.*Connection refused\)\. {AGAIN}",
        warning,
    )


def test_a_tls_certificate_that_nobody_vouches_for_ends_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self_signed(tmp_path))
        thread = threading.Thread(target=serve_tls_once, args=[listening, context], daemon=True)
        thread.start()
        server = WebServer(url=f"https://127.0.0.1:{listening.getsockname()[1]}/")
        [warning] = ask(server, FIRST, SECOND).warnings
        thread.join(PATIENCE)
    assert "2 of 2 certificates could not be looked up: its TLS certificate can't be" in warning
    assert "verify failed: self-signed certificate" in warning


def serve_tls_once(listening: socket.socket, context: ssl.SSLContext) -> None:
    line, _ = listening.accept()
    with line, pytest.raises(ssl.SSLError):
        context.wrap_socket(line, server_side=True).recv(1)


def self_signed(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return path


@pytest.mark.parametrize("url", ["crt.sh", "ftp://crt.sh/", "http://[", "https://crt.sh:port/"])
def test_a_base_url_that_is_none_is_the_users_mistake(url: str) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(url)}: this is no URL"):
        service(url)


# --- manners ---------------------------------------------------------------------------------


def test_the_rate_is_kept(web: WebServer) -> None:
    ask(web, FIRST, SECOND, requests_per_minute=600.0)
    assert len(web.times) == 4
    # three pauses of a tenth of a second; a lower bound, which a slow machine only makes larger
    assert web.times[-1] - web.times[0] >= 0.2


def test_by_default_the_rate_is_one_a_second() -> None:
    assert Service().requests_per_minute == 60


def test_what_it_did_not_have_lately_is_not_asked_for(web: WebServer) -> None:
    source = CrtSh(service(web.url), skip=[UNKNOWN])
    assert list(source.find([FIRST, UNKNOWN])) == [FIRST]
    assert web.requests == [{"q": FIRST}, {"d": "1000"}]


def test_progress_is_told(web: WebServer) -> None:
    told: list[tuple[int, int]] = []
    CrtSh(service(web.url), lambda done, total: told.append((done, total))).find([FIRST, UNKNOWN])
    assert told == [(0, 2), (1, 2), (2, 2)]


# --- PostgreSQL ------------------------------------------------------------------------------

TABLE = """
CREATE TABLE certificate (id bigint PRIMARY KEY, issuer_ca_id integer, certificate bytea);
CREATE FUNCTION digest(bytea, text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE $2 WHEN 'sha1' THEN public.sha1($1) WHEN 'sha256' THEN sha256($1) END
$$;
CREATE INDEX ON certificate (digest(certificate, 'sha1'));
"""
SCHEMAS = {
    "honest": TABLE,
    # it takes each certificate for the one after it
    "lying": """
        CREATE TABLE certificate AS SELECT * FROM honest.certificate;
        CREATE FUNCTION digest(bytea, text) RETURNS bytea LANGUAGE sql AS $$
            SELECT public.sha1(wrong.certificate)
            FROM honest.certificate AS right_one
            JOIN honest.certificate AS wrong ON wrong.id = (right_one.id + 1) % 8
            WHERE right_one.certificate = $1
        $$;
    """,
    "slow": """
        CREATE TABLE certificate AS SELECT * FROM honest.certificate;
        CREATE FUNCTION digest(bytea, text) RETURNS bytea LANGUAGE sql AS $$
            SELECT ''::bytea FROM pg_sleep(30)
        $$;
    """,
    "empty": "",
}


@pytest.fixture(scope="session")
def crtsh(postgresql: str) -> str:
    """The URL of a PostgreSQL server with a schema for each kind of crt.sh."""
    import psycopg

    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute(SHA1_IN_SQL)
        assert connection.execute("SELECT sha1('abc')").fetchone() == (
            hashlib.sha1(b"abc").digest(),
        )
        for schema, statements in SCHEMAS.items():
            connection.execute(f"CREATE SCHEMA {schema}; SET search_path TO {schema}; {statements}")
            if schema == "honest":
                rows = [(number, der) for number, der in enumerate(DERS.values())]
                connection.cursor().executemany("INSERT INTO certificate VALUES (%s, 1, %s)", rows)
    return postgresql


def dsn(crtsh: str, schema: str) -> str:
    return f"{crtsh}&options=-csearch_path%3D{schema}"


def test_many_are_asked_of_postgresql_at_once(web: WebServer, crtsh: str) -> None:
    result = ask(web, *KNOWN, UNKNOWN, dsn=dsn(crtsh, "honest"))
    assert found(result) == KNOWN
    assert result.absent == {"crt.sh": frozenset({UNKNOWN})}
    assert result.warnings == []
    assert web.requests == []


def test_few_are_asked_of_the_web_side(web: WebServer, crtsh: str) -> None:
    result = ask(web, *KNOWN[:4], dsn=dsn(crtsh, "honest"))
    assert found(result) == KNOWN[:4]
    assert len(web.requests) == 8


def test_the_query_uses_the_index_that_crtsh_has(crtsh: str) -> None:
    import psycopg

    from pipeline.enrich.crtsh import sql

    with psycopg.connect(dsn(crtsh, "honest")) as connection:
        connection.execute("SET enable_seqscan = off")
        plan = connection.execute("EXPLAIN " + sql.QUERY, ([bytes(20)], 1)).fetchall()
    assert any("certificate_digest_idx" in line for (line,) in plan)


@pytest.mark.parametrize("schema", ["slow", "empty"])
def test_if_postgresql_fails_the_web_side_is_asked(web: WebServer, crtsh: str, schema: str) -> None:
    result = ask(web, *KNOWN[:6], dsn=dsn(crtsh, schema), timeout=2.0, tries=1)
    assert found(result) == KNOWN[:6]
    assert result.warnings == []


def test_what_postgresql_was_not_asked_for_is_never_taken(web: WebServer, crtsh: str) -> None:
    web.always = status(404)
    result = ask(web, *KNOWN[:6], dsn=dsn(crtsh, "lying"))
    # it sends the first five for their neighbours, and one that nobody asked for
    assert found(result) == KNOWN[:5]
    # so it isn't believed that it hasn't the sixth
    assert web.requests == [{"q": KNOWN[5]}]


def test_if_postgresql_is_not_there_the_web_side_is_asked(web: WebServer) -> None:
    result = ask(web, *KNOWN[:6], dsn=f"host=127.0.0.1 port={closed_port()} user=guest")
    assert found(result) == KNOWN[:6]


def test_if_both_fail_there_is_one_warning(web: WebServer) -> None:
    web.always = status(502)
    result = ask(web, *KNOWN[:6], dsn=f"host=127.0.0.1 port={closed_port()} user=guest")
    assert result.warnings == [
        "crt.sh: 6 of 6 certificates could not be looked up: it answers 502 Bad Gateway. " + AGAIN
    ]
    assert found(result) == []
