"""What is fetched from the web comes within one deadline and one size, or not at all."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline import online
from pipeline.check.connect import Address, served_chain
from pipeline.errors import SourceError
from pipeline.online import Client, FetchError
from pipeline.resolver import addresses, in_turn, is_public
from tests.certificates import issue
from tests.tls_servers import Server, dripping, listening, saying, silent, tls

SECONDS = 0.5
"""What a request may take; the servers here would go on for a minute."""
Serve = Callable[[socket.socket, Server], object]


@pytest.fixture(autouse=True)
def _direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a proxy, whatever this machine has."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def client() -> Iterator[Client]:
    with Client("tests", seconds=SECONDS, most=10_000, redirects=3) as client:
        yield client


def sending(*pieces: bytes, every: float = 0.05) -> Serve:
    """Answer with the first piece, then over and over with the others, while it is read."""

    def serve(connection: socket.socket, _: Server) -> None:
        connection.settimeout(10)
        connection.recv(1 << 16)
        connection.sendall(pieces[0])
        end = time.monotonic() + 60
        while time.monotonic() < end:
            for piece in pieces[1:]:
                time.sleep(every)
                connection.sendall(piece)

    return serve


def redirecting(connection: socket.socket, up: Server) -> None:
    """Send on to itself, each time a little later."""
    connection.recv(1 << 16)
    time.sleep(0.2)
    location = f"http://127.0.0.1:{up.port}/"
    connection.sendall(f"HTTP/1.0 302 Found\r\nLocation: {location}\r\n\r\n".encode())


OK = b"HTTP/1.1 200 OK\r\n"


def given_up(client: Client, url: str) -> str:
    """Give the fault with which a request ends, long before the server would end it."""
    start = time.monotonic()
    with pytest.raises(FetchError) as raised:
        client.get(url)
    assert time.monotonic() - start < 20
    assert len(str(raised.value).splitlines()) == 1
    return raised.value.fault


@pytest.mark.parametrize(
    "serve",
    [
        silent,
        sending(b"", b"H"),
        sending(OK, b"X-Header: 1\r\n"),
        sending(OK + b"\r\n", b"."),
        sending(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        sending(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100, every=0),
        redirecting,
    ],
    ids=[
        "nothing",
        "a status line by bytes",
        "headers without end",
        "a body by bytes",
        "100 Continue now and then",
        "100 Continue without end",
        "redirects",
    ],
)
def test_whatever_a_server_does_the_deadline_holds(client: Client, serve: Serve) -> None:
    with listening(serve) as up:
        assert given_up(client, f"http://127.0.0.1:{up.port}/") in ("slow", "large")


@pytest.mark.parametrize("serve", [silent, dripping], ids=["nothing", "a record by bytes"])
def test_a_tls_handshake_is_within_the_deadline(client: Client, serve: Serve) -> None:
    with listening(serve) as up:
        assert given_up(client, f"https://127.0.0.1:{up.port}/") == "slow"


def test_a_name_look_up_is_within_the_deadline(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: time.sleep(60))
    assert given_up(client, "http://pki.example.com/") == "slow"
    with pytest.raises(SourceError, match=r"no answer within 0\.5 seconds"):
        served_chain(Address("expe.example.com", 8443), timeout=SECONDS)


@pytest.mark.parametrize(
    "body",
    [b"." * 10_001, b"." * 10_000_000],
)
def test_no_more_is_read_than_asked_for(client: Client, body: bytes) -> None:
    with listening(saying(OK + b"\r\n" + body)) as up:
        assert given_up(client, f"http://127.0.0.1:{up.port}/") == "large"
    with listening(saying(OK + b"\r\n" + body[:10_000])) as up:
        assert client.get(f"http://127.0.0.1:{up.port}/").body == body[:10_000]


def test_a_server_that_nobody_vouches_for_is_not_believed(client: Client, tmp_path: Path) -> None:
    with tls(tmp_path, issue("127.0.0.1", is_ca=False)) as up:
        assert given_up(client, f"https://127.0.0.1:{up.port}/") == "untrusted"


def test_each_address_has_its_share_of_the_time() -> None:
    seconds = [left for _, left in in_turn(["a", "b", "c"], time.monotonic() + 30)]
    assert [round(each) for each in seconds] == [10, 15, 30]
    with pytest.raises(TimeoutError):
        list(in_turn(["a"], time.monotonic() - 1))


def test_a_name_that_is_none_is_told() -> None:
    with pytest.raises(OSError, match="no name of a host"):
        addresses("a" * 64 + ".example", 80, time.monotonic() + 30)


# --- addresses that aren't public ------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("1.1.1.1", True),
        ("2606:4700:4700::1111", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:1.1.1.1", True),
        ("64:ff9b::10.0.0.1", False),
        ("64:ff9b::1.1.1.1", True),
        ("2002:7f00:1::", False),
    ],
)
def test_which_addresses_are_public(address: str, expected: bool) -> None:
    assert is_public(address) is expected


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1"])
def test_an_address_that_is_not_public_is_refused(host: str) -> None:
    asked: list[bytes] = []
    with (
        listening(lambda connection, _: asked.append(connection.recv(10))) as up,
        Client("tests", seconds=5, most=10, public_only=True) as client,
    ):
        assert given_up(client, f"http://{host}:{up.port}/") in ("private", "unreachable")
    assert asked == []


def test_a_redirect_to_an_address_that_is_not_public_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(online, "is_public", lambda address: address == "127.0.0.1")
    asked: list[bytes] = []
    with listening(lambda line, _: asked.append(line.recv(10)), "127.0.0.2") as inner:
        location = f"http://127.0.0.2:{inner.port}/"
        page = f"HTTP/1.0 302 Found\r\nLocation: {location}\r\n\r\n".encode()
        with (
            listening(saying(page)) as outer,
            Client("tests", seconds=5, most=10, redirects=3, public_only=True) as client,
        ):
            assert given_up(client, f"http://127.0.0.1:{outer.port}/") == "private"
    assert asked == []


# --- proxies ---------------------------------------------------------------------------------


def test_a_proxy_is_used_and_kept_to_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    def proxy(connection: socket.socket, _: Server) -> None:
        asked.append(connection.recv(1 << 16))
        connection.sendall(OK + b"\r\nfound")

    with listening(proxy) as up:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{up.port}")
        with Client("tests", seconds=5, most=100, public_only=True) as client:
            assert client.get("http://pki.example.com/ca").body == b"found"
            with suppress(FetchError):
                client.get("http://10.0.0.1/ca")
    (request,) = asked
    assert request.startswith(b"GET http://pki.example.com/ca HTTP/1.1\r\n")
    with listening(sending(b"", b"H")) as up:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{up.port}")
        with Client("tests", seconds=SECONDS, most=100) as client:
            assert given_up(client, "http://pki.example.com/ca") == "slow"
