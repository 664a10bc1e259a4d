"""The PostgreSQL side of crt.sh: one query for all fingerprints.

It stands behind pgbouncer, which knows no prepared statements, and it ends long transactions.
"""

from __future__ import annotations

import hashlib
import os
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import islice
from typing import Final

from pipeline.enrich.crtsh.service import Service, TemporaryError, UnavailableError

_LARGEST: Final = 65_536
"""Bytes. The largest root certificates have some ten thousand."""
# crt.sh has an index on this very expression
QUERY: Final = """
    SELECT certificate
    FROM certificate
    WHERE digest(certificate, 'sha1') = ANY (%s::bytea[])
        AND octet_length(certificate) <= %s
"""


def certificates(service: Service, fingerprints: Sequence[str]) -> dict[str, bytes]:
    """Give the DER of all that the server sends, by its SHA-1.

    Raises `UnavailableError` if it doesn't answer, or psycopg isn't installed.
    """
    return service.retrying()(_certificates_once, service, fingerprints)


def _certificates_once(service: Service, fingerprints: Sequence[str]) -> dict[str, bytes]:
    try:
        import psycopg
    except ImportError as error:
        raise UnavailableError("psycopg is not installed") from error
    wanted = [bytes.fromhex(fingerprint) for fingerprint in fingerprints]
    try:
        with (
            closing(
                psycopg.connect(
                    service.dsn,
                    autocommit=True,
                    prepare_threshold=None,
                    cursor_factory=psycopg.ClientCursor,
                    connect_timeout=max(2, round(service.timeout)),
                    application_name="trustlist",
                )
            ) as connection,
            _deadline(connection.fileno(), service.timeout),
        ):
            rows = connection.cursor().stream(QUERY, (wanted, _LARGEST))
            # not more than that, so that a server can't fill the memory
            ders = [bytes(der) for (der,) in islice(rows, 2 * len(wanted))]
    except psycopg.Error as error:
        raise TemporaryError(" ".join(str(error).split())) from error
    return {hashlib.sha1(der, usedforsecurity=False).hexdigest(): der for der in ders}


@contextmanager
def _deadline(descriptor: int, seconds: float) -> Iterator[None]:
    """Break the connection off if the block takes longer: libpq has no time limit of its own."""
    with socket.socket(fileno=os.dup(descriptor)) as line:

        def break_off() -> None:
            with suppress(OSError):  # it has broken off by itself
                line.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(seconds, break_off)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()
