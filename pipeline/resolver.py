"""The addresses of a host, looked up within a deadline."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable, Iterator
from ipaddress import IPv6Address, IPv6Network, ip_address
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final

_NAT64: Final = IPv6Network("64:ff9b::/96")
"""IPv6 addresses that stand for IPv4 ones (RFC 6052)."""


def addresses(host: str, port: int, deadline: float) -> list[str]:
    """Look up the addresses of a host; ``deadline`` is a time of `time.monotonic`.

    Raises:
        TimeoutError: the look-up takes longer.
        OSError: there is no such host.
    """
    answers: SimpleQueue[list[Any] | Exception] = SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:  # the latter: no name of a host
            answers.put(error)

    # no way to stop it: who waits for the system's resolver any longer is nobody
    Thread(target=look_up, daemon=True).start()
    try:
        found = answers.get(timeout=max(deadline - time.monotonic(), 0.001))
    except Empty:
        raise TimeoutError from None
    if isinstance(found, UnicodeError):
        raise socket.gaierror(socket.EAI_NONAME, "this is no name of a host")
    if isinstance(found, Exception):
        raise found
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def in_turn(hosts: Iterable[str], deadline: float) -> Iterator[tuple[str, float]]:
    """Give each address with the seconds that it may take, so that the last one has its share."""
    waiting = list(hosts)
    while waiting:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        yield waiting[0], left / len(waiting)
        del waiting[0]


def is_public(host: str) -> bool:
    """Whether an IP address is one that everybody can reach (RFC 6890)."""
    address = ip_address(host.partition("%")[0])
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            inner = ip_address(address.packed[-4:])
        else:
            inner = address.ipv4_mapped or address.sixtofour or address
        address = inner
    return address.is_global and not address.is_multicast
