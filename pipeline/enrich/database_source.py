"""The database as a source: the certificates that were resolved before."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import Engine, select

from pipeline.database.engine import transaction
from schemas import tables

_CERTIFICATE: Final = tables.certificates.c

_MOST_PARAMETERS: Final = 10_000  # SQLite takes 32,766, PostgreSQL 65,535


class Database:
    """The certificates in a database."""

    name = "database"

    def __init__(self, engine: Engine):
        """Use a database that `pipeline.database` opened."""
        self._engine = engine

    def find(self, fingerprints: Collection[str]) -> dict[str, bytes]:
        """Give the DER of each certificate the database has among these.

        Raises `DatabaseError` if it can't be used.
        """
        wanted = list(fingerprints)
        columns = (_CERTIFICATE.fingerprint, _CERTIFICATE.fingerprint_sha256)
        found: dict[str, bytes] = {}
        with transaction(self._engine) as connection:
            for start in range(0, len(wanted), _MOST_PARAMETERS):
                batch = wanted[start : start + _MOST_PARAMETERS]
                for digest in columns:
                    known = select(digest, _CERTIFICATE.der).where(digest.in_(batch))
                    found.update((key, der) for key, der in connection.execute(known))
        return found
