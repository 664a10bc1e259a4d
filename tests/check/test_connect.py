"""Chains from live servers, and what is said of those that give none."""

from __future__ import annotations

import socket
import ssl
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from pipeline.check import Address, served_chain, served_chains
from pipeline.check.connect import expected_name
from pipeline.errors import SourceError, UsageError
from tests import tls_servers
from tests.certificates import issue, server
from tests.tls_servers import listening, saying, tls, versions

ROOT = issue("Root")
UPPER = issue("Upper", ROOT)
LOWER = issue("Lower", UPPER)
LEAF = server(LOWER)
SENT = (LEAF, LOWER, UPPER, ROOT)
HTTP = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"


def address(port: int, host: str = "127.0.0.1") -> Address:
    return Address(host, port)


@pytest.mark.parametrize("is_mutual", [False, True], ids=["", "mutual"])
@pytest.mark.parametrize("version", versions(), ids=lambda version: version.name)
def test_the_whole_chain_comes_in_the_server_s_order(
    tmp_path: Path, version: ssl.TLSVersion, is_mutual: bool
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # TLS 1.1
        with tls(tmp_path, *SENT, version=version, client_ca=ROOT if is_mutual else None) as up:
            chain = served_chain(address(up.port), timeout=10)
    assert [each.der for each in chain.sent] == [each.der for each in SENT]
    assert chain.target.der == LEAF.der
    assert chain.source == f"127.0.0.1:{up.port}"
    assert [each.kind for each in chain.findings] == ["root-sent"]


def test_a_server_s_first_certificate_is_its_own_even_if_it_is_a_ca_s(tmp_path: Path) -> None:
    with tls(tmp_path, LOWER, LEAF, UPPER) as up:
        chain = served_chain(address(up.port), timeout=10)
    assert chain.target.der == LOWER.der
    assert "starts-with-ca" in {each.kind for each in chain.findings}


@pytest.mark.parametrize(
    ("host", "name", "asked_for"),
    [
        ("localhost", None, "localhost"),
        ("127.0.0.1", None, None),
        ("127.0.0.1", "expe.example.com", "expe.example.com"),
        ("127.0.0.1", "Bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_the_server_is_asked_for_a_name(
    tmp_path: Path, host: str, name: str | None, asked_for: str | None
) -> None:
    with tls(tmp_path, *SENT) as up:
        served_chain(address(up.port, host), name, timeout=10)
    assert up.asked_for == [asked_for]


def test_ipv6(tmp_path: Path) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with tls(tmp_path, *SENT, host="::1") as up:
        chain = served_chain(Address.parse(f"[::1]:{up.port}"), timeout=10)
    assert len(chain.sent) == len(SENT)
    assert chain.source == f"[::1]:{up.port}"


# --- addresses -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("expe.example.com:8443", Address("expe.example.com", 8443)),
        (" 192.0.2.1:5061 ", Address("192.0.2.1", 5061)),
        ("[2001:db8::1]:443", Address("2001:db8::1", 443)),
    ],
)
def test_an_address_has_a_port(text: str, expected: Address) -> None:
    assert Address.parse(text) == expected
    assert str(expected) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "expe.example.com",
        "expe.example.com:",
        "expe.example.com:0",
        "expe.example.com:65536",
        "expe.example.com:99999999999",
        ":8443",
        "::1:8443",
        "[::1]",
        "[expe]:8443",
        "ldaps://expe.example.com:8443",
        "expe.example.com:8443/path",
        "",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no"):
        Address.parse(text)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("expe.example.com", "expe.example.com"),
        ("localhost", None),
        ("expe", None),
        ("192.0.2.1", None),
        ("::1", None),
    ],
)
def test_only_a_whole_domain_name_is_expected_in_the_certificate(
    host: str, name: str | None
) -> None:
    assert expected_name(host) == name


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("expe.example.com:8443", "expe.example.com", 8443),
        ("https://expe.example.com", "expe.example.com", 443),
        ("https://expe.example.com:8443/", "expe.example.com", 8443),
        ("https://[2001:db8::1]/a/path?x=1", "2001:db8::1", 443),
    ],
)
def test_an_address_may_be_that_of_a_page(text: str, host: str, port: int) -> None:
    assert Address.parse(text) == Address(host, port)


@pytest.mark.parametrize("version", versions()[:2], ids=lambda version: version.name)
def test_both_chains_of_a_server_with_two_kinds_of_key(
    tmp_path: Path, version: ssl.TLSVersion
) -> None:
    rsa_key = rsa.generate_private_key(65537, 2048)
    other = server(UPPER, key=rsa_key)
    with tls(tmp_path, LEAF, LOWER, version=version, other=(other, UPPER)) as up:
        chains = served_chains(address(up.port), timeout=10)
    found = {chain.source: [each.der for each in chain.sent] for chain in chains}
    # a server that speaks TLS 1.3 only never says which other certificate it has
    both = {
        f"127.0.0.1:{up.port} (EC)": [LEAF.der, LOWER.der],
        f"127.0.0.1:{up.port} (RSA)": [other.der, UPPER.der],
    }
    if version == ssl.TLSVersion.TLSv1_2:
        assert found == both
    else:
        assert list(found.values()) == [[LEAF.der, LOWER.der]]


def test_one_chain_of_a_server_with_one_kind_of_key(tmp_path: Path) -> None:
    with tls(tmp_path, LEAF, LOWER, version=ssl.TLSVersion.TLSv1_2) as up:
        (chain,) = served_chains(address(up.port), timeout=10)
    assert chain.source == f"127.0.0.1:{up.port}"


# --- servers that give none ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("serve", "words"),
    [
        (saying(HTTP), "plain HTTP"),
        (saying(b"<!DOCTYPE HTML>\n<html>400 Bad request"), "plain HTTP"),
        (saying(b"SSH-2.0-OpenSSH_9.2\r\n"), "something else"),
        (saying(b""), "closed the connection"),
        (saying(b"\x15\x03\x01\x00\x02\x02\x28"), "handshake failure"),
        (saying(b"\x16\x03\x03\x00\x05hello"), "handshake failed"),
        (tls_servers.silent, "no answer within 0.5 seconds"),
        (tls_servers.dripping, "no answer within 0.5 seconds"),
    ],
    ids=["http", "http-0.9", "ssh", "closing", "alert", "garbage", "silent", "dripping"],
)
def test_a_server_without_tls_is_one_plain_line_in_time(
    serve: Callable[[socket.socket, tls_servers.Server], object], words: str
) -> None:
    begun = time.monotonic()
    with listening(serve) as up, pytest.raises(SourceError) as raised:
        served_chain(address(up.port), timeout=0.5)
    message = str(raised.value)
    assert message.startswith(f"127.0.0.1:{up.port}: ")
    assert words in message
    assert len(message.splitlines()) == 1
    assert time.monotonic() - begun < 10


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(SourceError, match=rf"^127\.0\.0\.1:{port}: no connection: .*refused\.$"):
        served_chain(address(port), timeout=2)


def test_a_host_that_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)  # tests don't ask name servers
    with pytest.raises(SourceError, match=r"^expe\.example\.com:8443: no host of this name"):
        served_chain(address(8443, "expe.example.com"), timeout=2)


def test_a_host_that_can_be_none() -> None:
    with pytest.raises(UsageError, match="is no name of a host"):
        served_chain(address(443, "a" * 70 + ".example"), timeout=2)


@pytest.mark.parametrize("name", ["ex ample.com", "exa\x00mple.com", "ü" * 80, "a." * 200, ".."])
def test_a_server_name_that_is_none(name: str) -> None:
    with pytest.raises(UsageError, match="is no name of a host"):
        served_chain(address(443), name, timeout=2)
