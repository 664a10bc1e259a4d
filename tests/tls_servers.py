"""Servers on loopback that a client can take a chain from, and some that it can't."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from tests.certificates import Issued, pem


@dataclass
class Server:
    """A server that is up, and what its clients asked for (SNI)."""

    port: int
    asked_for: list[str | None] = field(default_factory=list)


@contextmanager
def listening(
    serve: Callable[[socket.socket, Server], object], host: str = "127.0.0.1"
) -> Iterator[Server]:
    """Hand each connection to ``serve``, one after another."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as listener:
        server = Server(listener.getsockname()[1])

        def run() -> None:
            with suppress(OSError):  # the listener was closed
                while True:
                    connection, _ = listener.accept()
                    with connection, suppress(OSError):  # the client went away
                        serve(connection, server)

        thread = Thread(target=run)
        thread.start()
        try:
            yield server
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            thread.join(10)


@contextmanager
def tls(
    directory: Path,
    *sent: Issued,
    version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
    client_ca: Issued | None = None,
    host: str = "127.0.0.1",
    other: Sequence[Issued] = (),
) -> Iterator[Server]:
    """Serve a chain over one version of TLS; with ``client_ca`` to its clients only.

    ``other`` is the chain for clients that want a key of another kind.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    for name, each in (("sent", sent), ("other", other)):
        if each:
            chain, key = directory / f"{name}.pem", directory / f"{name}.key"
            chain.write_bytes(pem(*each))
            key.write_bytes(each[0].key_pem)
            context.load_cert_chain(chain, key)
    context.minimum_version = version
    context.maximum_version = version
    if client_ca:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=client_ca.pem.decode())

    def serve(connection: socket.socket, server: Server) -> None:
        def note(_: ssl.SSLObject, name: str | None, __: ssl.SSLContext) -> None:
            server.asked_for.append(name)

        context.sni_callback = note
        connection.settimeout(10)
        with context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(1)

    with listening(serve, host) as server:
        yield server


def saying(answer: bytes) -> Callable[[socket.socket, Server], None]:
    """Answer whatever comes with these bytes, and close."""

    def serve(connection: socket.socket, _: Server) -> None:
        connection.settimeout(10)
        connection.recv(1 << 16)
        connection.sendall(answer)

    return serve


def silent(connection: socket.socket, _: Server) -> None:
    """Say nothing for as long as the client stays."""
    connection.settimeout(20)
    while connection.recv(1 << 16):
        pass


def dripping(connection: socket.socket, _: Server) -> None:
    """Send a byte at a time of a record that never ends."""
    connection.settimeout(10)
    connection.recv(1 << 16)
    connection.sendall(b"\x16\x03\x03\x40\x00")
    while True:
        connection.sendall(b"\x00")
        with suppress(TimeoutError):
            connection.settimeout(0.1)
            if not connection.recv(1 << 16):
                return


def versions() -> Sequence[ssl.TLSVersion]:
    """Give the versions of TLS that are in use, and one that is not any more."""
    return (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_1)
