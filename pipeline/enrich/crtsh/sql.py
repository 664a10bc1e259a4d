"""The PostgreSQL side of crt.sh: one query for all fingerprints.

It stands behind pgbouncer, which knows no prepared statements, and it ends long transactions.
"""

from __future__ import annotations

import hashlib
import os
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import islice
from typing import Final

from pipeline.enrich.crtsh.service import Service, TemporaryError, UnavailableError
from pipeline.resolver import addresses

_LARGEST: Final = 65_536
"""Bytes. The largest root certificates have some ten thousand."""
# crt.sh has an index on this very expression, and on that with SHA-256
QUERY: Final = """
    SELECT certificate
    FROM certificate
    WHERE digest(certificate, 'sha1') = ANY (%s::bytea[])
        AND octet_length(certificate) <= %s
"""
_QUERIES: Final = {"sha1": QUERY, "sha256": QUERY.replace("'sha1'", "'sha256'")}


def certificates(service: Service, fingerprints: Sequence[str]) -> dict[str, bytes]:
    """Give the DER of all that the server sends, by its digest of the kind that was asked for.

    Raises `UnavailableError` if it doesn't answer, or psycopg isn't installed.
    """
    return service.retrying()(_certificates_once, service, fingerprints)


def _certificates_once(service: Service, fingerprints: Sequence[str]) -> dict[str, bytes]:
    try:
        import psycopg
    except ImportError as error:
        raise UnavailableError("psycopg is not installed") from error
    digests = [bytes.fromhex(fingerprint) for fingerprint in fingerprints]
    found: dict[str, bytes] = {}
    deadline = time.monotonic() + service.timeout
    try:
        with (
            closing(
                psycopg.connect(
                    _resolved(service.dsn, deadline),
                    autocommit=True,
                    prepare_threshold=None,
                    cursor_factory=psycopg.ClientCursor,
                    connect_timeout=max(2, round(deadline - time.monotonic())),
                    application_name="trustlist",
                )
            ) as connection,
            _deadline(connection.fileno(), deadline - time.monotonic()),
        ):
            for algorithm, query in _QUERIES.items():
                size = hashlib.new(algorithm).digest_size
                wanted = [each for each in digests if len(each) == size]
                if not wanted:
                    continue
                rows = connection.cursor().stream(query, (wanted, _LARGEST))
                # not more than that, so that a server can't fill the memory
                for (der,) in islice(rows, 2 * len(wanted)):
                    found[hashlib.new(algorithm, der).hexdigest()] = bytes(der)
    except TimeoutError as error:
        raise TemporaryError(f"it doesn't answer within {service.timeout:g} seconds") from error
    except (psycopg.Error, OSError) as error:
        raise TemporaryError(" ".join(str(error).split())) from error
    return found


def _resolved(dsn: str, deadline: float) -> str:
    """Look up the host that a connection string names: libpq would take any time for that."""
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    parts = conninfo_to_dict(dsn)
    host = str(parts.get("host") or "")
    is_name = host and not parts.get("hostaddr") and not set(host) & set("/@,")
    if not is_name:  # a socket's directory, several hosts, or none
        return dsn
    found = addresses(host, int(parts.get("port") or 5432), deadline)
    return make_conninfo(dsn, hostaddr=found[0])


@contextmanager
def _deadline(descriptor: int, seconds: float) -> Iterator[None]:
    """Break the connection off if the block takes longer: libpq has no time limit of its own."""
    with socket.socket(fileno=os.dup(descriptor)) as line:

        def break_off() -> None:
            with suppress(OSError):  # it has broken off by itself
                line.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(max(seconds, 0), break_off)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()
