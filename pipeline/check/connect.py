"""The chains that a live TLS server sends, taken without trusting it."""

from __future__ import annotations

import re
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from pipeline.check.chain import MOST_BYTES, Chain, chain_of
from pipeline.check.hostname import ascii_name, is_ip_address
from pipeline.errors import DocumentError, SourceError, UsageError
from pipeline.resolver import addresses, in_turn

if TYPE_CHECKING:
    from OpenSSL import SSL

TIMEOUT: Final = 10.0
"""Seconds that a server has for its certificates."""

_ADDRESS: Final = re.compile(
    r"(?:(?P<scheme>https)://)?(?:\[(?P<literal>[^\]]+)\]|(?P<host>[^:\[\]/@\s]+))"
    r"(?::(?P<port>[0-9]+))?(?(scheme)(?:/\S*)?)"
)
_HTTPS_PORT: Final = "443"
_CHUNK: Final = 1 << 16
_HTTP: Final = (b"http/", b"<!doctype html", b"<html")  # a page alone is HTTP/0.9
_TLS_RECORDS: Final = (b"\x15\x03", b"\x16\x03")  # alert and handshake (RFC 8446 section 5.1)
# all that a phone of any age may speak, but for suites without certificates
_CIPHERS: Final = b"ALL:!aNULL:!eNULL:!PSK:!SRP:@SECLEVEL=0"
# what only a server with such a certificate may choose, up to TLS 1.2
_CIPHERS_FOR: Final = {
    "RSA": b"aRSA:!eNULL:@SECLEVEL=0",
    "EC": b"aECDSA:!eNULL:@SECLEVEL=0",
}
_OTHER_KEY: Final = {"RSA": "EC", "EC": "RSA"}


@dataclass(frozen=True)
class Address:
    """Where a server is: a name or an IP address, and a port."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read ``expe.example.com:8443``, ``192.0.2.1:5061`` or ``[2001:db8::1]:8443``.

        A web address is one, too: ``https://expe.example.com`` for port 443; its path is left out.

        Raises:
            UsageError: this is no such address.
        """
        found = _ADDRESS.fullmatch(text.strip())
        port = found and (found["port"] or (found["scheme"] and _HTTPS_PORT))
        if not found or not port or not 0 < int(port[:6]) < 1 << 16:
            raise UsageError(f"{text!r} is no address such as expe.example.com:8443.")
        if found["literal"] and not is_ip_address(found["literal"]):
            raise UsageError(f"{text!r}: {found['literal']} is no IP address.")
        return cls(found["literal"] or found["host"], int(port))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def expected_name(host: str) -> str | None:
    """Give the name that the certificate of a server reached by ``host`` is expected to be for.

    That is ``host`` if it is a whole domain name. An address or a bare name, such as ``localhost``,
    is often only the way to a server that phones call by another name.
    """
    return None if is_ip_address(host) or "." not in host.rstrip(".") else host


def served_chains(
    address: Address, server_name: str | None = None, timeout: float = TIMEOUT
) -> list[Chain]:
    """Take the chain that a server sends, and the one for keys of the other kind if it has two.

    A server may have an RSA and an ECDSA certificate; which of them a phone gets depends on the
    cipher suites that it offers. The second is asked for up to TLS 1.2, where suites tell.

    Raises as `served_chain` does; that there is no second chain is no error.
    """
    first = served_chain(address, server_name, timeout)
    kind = _OTHER_KEY.get(first.target.key_type)
    if kind is None:
        return [first]
    try:
        other = _served(address, server_name, timeout, kind)
    except SourceError:
        return [first]
    if other.target == first.target:
        return [first]
    return [replace(first, source=f"{first.source} ({first.target.key_type})"), other]


def served_chain(
    address: Address, server_name: str | None = None, timeout: float = TIMEOUT
) -> Chain:
    """Take the chain that a server sends, over TLS 1.0 to 1.3; it gets no data but the greeting.

    ``server_name`` is what is asked for (SNI, RFC 6066 section 3); without it, it is the host, if
    that is a name. A server that wants a certificate of its client sends its own first.

    Raises:
        SourceError: it can't be reached, doesn't answer in ``timeout`` seconds, or not in TLS.
        UsageError: ``server_name``, or the host, is no name.
    """
    return _served(address, server_name, timeout)


def _served(address: Address, server_name: str | None, timeout: float, kind: str = "") -> Chain:
    """Take a chain; of a ``kind`` of key, if it is given."""
    deadline = time.monotonic() + timeout
    name = server_name or (None if is_ip_address(address.host) else address.host)
    sni = ascii_name(name).encode() if name else None
    source = f"{address} ({kind})" if kind else str(address)
    try:
        host = address.host if is_ip_address(address.host) else ascii_name(address.host)
        with _connected(host, address.port, deadline) as connection:
            ders = _certificates(connection, sni, deadline, source, kind)
    except socket.gaierror:
        raise SourceError(f"{address}: no host of this name is known; check it.") from None
    except TimeoutError:
        raise SourceError(f"{address}: no answer within {timeout:g} seconds.") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SourceError(f"{address}: no connection: {reason}.") from None
    try:
        chain = chain_of(source, ders, is_served=True)
    except DocumentError as error:
        raise SourceError(str(error)) from None
    return replace(chain, server=expected_name(server_name or address.host))


def _connected(host: str, port: int, deadline: float) -> socket.socket:
    """Connect to the first address of a host that takes it."""
    failure = OSError("no address")
    for found, seconds in in_turn(addresses(host, port, deadline), deadline):
        try:
            return socket.create_connection((found, port), seconds)
        except OSError as error:
            failure = error
    raise failure


def _certificates(
    connection: socket.socket, sni: bytes | None, deadline: float, where: str, kind: str
) -> list[bytes]:
    """Shake hands until the server has sent its certificates, in DER and its order."""
    from OpenSSL import SSL, crypto

    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_verify(SSL.VERIFY_NONE)
    context.set_min_proto_version(SSL.TLS1_VERSION)
    context.set_cipher_list(_CIPHERS_FOR.get(kind, _CIPHERS))
    if kind:
        context.set_max_proto_version(SSL.TLS1_2_VERSION)
    context.set_options(SSL.OP_LEGACY_SERVER_CONNECT)
    tls = SSL.Connection(context)
    if sni:
        tls.set_tlsext_host_name(sni)
    tls.set_connect_state()
    failure = _shake_hands(tls, connection, deadline, where)
    # as it was sent, also if the server ended the handshake then, for want of our certificate
    chain = tls.get_peer_cert_chain()
    if not chain:
        raise SourceError(f"{where}: {failure or 'it sent no certificate'}.")
    return [crypto.dump_certificate(crypto.FILETYPE_ASN1, each) for each in chain]


def _shake_hands(
    tls: SSL.Connection, connection: socket.socket, deadline: float, where: str
) -> str:
    """Carry the handshake to and fro; say what has ended it early, or ``""``."""
    from OpenSSL import SSL

    received = 0
    while True:
        try:
            tls.do_handshake()
        except SSL.WantReadError:
            pass
        except SSL.Error as error:
            return f"the TLS handshake failed: {_reason(error)}"
        else:
            return ""
        connection.settimeout(max(deadline - time.monotonic(), 0.001))
        with suppress(SSL.WantReadError):  # there may be nothing to send
            connection.sendall(tls.bio_read(_CHUNK))
        try:
            data = connection.recv(_CHUNK)
        except ConnectionError:
            data = b""
        if not data:
            return "it closed the connection before it had sent a certificate"
        if not received and not data.startswith(tuple(each[: len(data)] for each in _TLS_RECORDS)):
            what = "plain HTTP" if data.lower().startswith(_HTTP) else "something else"
            return f"it speaks {what} on this port and not TLS; give another port"
        received += len(data)
        if received > MOST_BYTES:
            return "it sent more than 1 MiB and no end of its certificates"
        tls.bio_write(data)


def _reason(error: SSL.Error) -> str:
    """Give OpenSSL's words: ``tls alert handshake failure``."""
    reasons = error.args[0] if error.args else ()
    if isinstance(reasons, list | tuple) and reasons:
        return str(reasons[-1][-1])
    return "the connection was closed"
