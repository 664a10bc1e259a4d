"""Missing issuers from the address in a certificate, only if that is asked for."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from pipeline.check import check
from pipeline.check.chain import chain_of
from pipeline.check.fetch import fetch
from pipeline.errors import SourceError
from tests.certificates import issue, pem
from tests.snapshot_loader import SnapshotLoader
from tests.tls_servers import Server, listening, saying, silent

ON = datetime(2025, 1, 1, tzinfo=UTC)
ROOT = issue("Root")
CA = issue("CA", ROOT)
OTHER = issue("Other CA", ROOT)


def page(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.0 {status}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@pytest.mark.parametrize(
    "body",
    [CA.der, CA.pem, pkcs7.serialize_certificates([CA.certificate], Encoding.DER)],
    ids=["DER", "PEM", "PKCS #7"],
)
def test_what_is_there_is_read(body: bytes) -> None:
    with listening(saying(page(body))) as up:
        assert fetch(f"http://127.0.0.1:{up.port}/ca", allow_private=True) == [CA.der]


@pytest.mark.parametrize(
    ("serve", "words"),
    [
        (saying(page(b"", "404 Not Found")), "it answers 404"),
        (saying(page(b"<html>")), "no certificate there"),
        (saying(page(b"0" * (2 << 20))), "longer than 1,048,576 bytes"),
        (saying(page(b"", "302 Found", "Location: file:///etc/passwd")), "can't be reached"),
        (saying(b""), "can't be reached"),
        (silent, "doesn't answer within 0.5 seconds"),
    ],
    ids=["404", "page", "large", "file", "closing", "silent"],
)
def test_what_can_t_be_had_is_one_plain_line(
    serve: Callable[[socket.socket, Server], object], words: str
) -> None:
    with listening(serve) as up, pytest.raises(SourceError) as raised:
        fetch(f"http://127.0.0.1:{up.port}/ca", timeout=0.5, allow_private=True)
    assert words in str(raised.value)
    assert len(str(raised.value).splitlines()) == 1


@pytest.mark.parametrize("url", ["ldap://127.0.0.1/cn=CA", "file:///etc/passwd", "http://", "x"])
def test_only_the_web_is_asked(url: str) -> None:
    with pytest.raises(SourceError, match="can't be reached"):
        fetch(url, timeout=0.5)


def test_an_issuer_is_fetched_only_if_that_is_asked_for(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [ROOT.root]})
    asked: list[bytes] = []

    def serve(connection: socket.socket, up: Server) -> None:
        asked.append(connection.recv(1 << 16))
        connection.sendall(page(CA.der))

    with listening(serve) as up:
        leaf = issue("server", CA, is_ca=False, issuer_url=f"http://127.0.0.1:{up.port}/ca.crt")
        chain = chain_of("test", [leaf.der])
        (offline,) = check(loader.engine, chain, on=ON).results
        assert asked == []
        assert not offline.remedies[0].is_tested
        assert f":{up.port}/ca.crt" in offline.remedies[0].text
        (refused,) = [
            each
            for each in check(loader.engine, chain, on=ON, online=True).findings
            if each.kind == "not-fetched"
        ]
        assert "127.0.0.1 is no public address; --allow-private allows that" in refused.text
        assert asked == []
        (online,) = check(loader.engine, chain, on=ON, online=True, allow_private=True).results
    assert [each.split(b" ")[1] for each in asked] == [b"/ca.crt"]
    first = online.remedies[0]
    assert (first.kind, first.is_tested, first.certificates) == ("send", True, [CA.fingerprint])


def test_what_was_not_asked_for_is_not_offered_and_failures_are_said(
    loader: SnapshotLoader, tmp_path: Path
) -> None:
    loader.load({"12.7(1)": [ROOT.root]})
    with listening(saying(page(pem(OTHER)))) as up:
        leaf = issue("server", CA, is_ca=False, issuer_url=f"http://127.0.0.1:{up.port}/")
        answer = check(
            loader.engine, chain_of("test", [leaf.der]), on=ON, online=True, allow_private=True
        )
    assert not answer.results[0].remedies[0].is_tested
    again = check(
        loader.engine, chain_of("test", [leaf.der]), on=ON, online=True, allow_private=True
    )
    (failure,) = [each.text for each in again.findings if each.kind == "not-fetched"]
    assert f"127.0.0.1:{up.port}" in failure
    assert len(failure.splitlines()) == 1
