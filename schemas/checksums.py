"""The checksums of rows, by which `database verify` finds values that something has damaged.

A row that is inserted gets its checksum by itself: the column's default computes it. What changes
a row gives its new one. They find damage, and not forgery: anybody can compute them.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection, MetaData, RowMapping, Table

COLUMN: Final = "checksum"
_NOT_COVERED: Final = {"id", COLUMN}  # the database gives the number, after this is computed
_AT_A_TIME: Final = 10_000


def checksum(row: Mapping[str, Any] | RowMapping) -> bytes:
    """Give the SHA-256 of a row's values: all but its number and its checksum, by their names."""
    covered = {name: _plain(value) for name, value in row.items() if name not in _NOT_COVERED}
    return hashlib.sha256(json.dumps(covered, sort_keys=True).encode()).digest()


def _plain(value: Any) -> str | int | bool | None:
    """Write a value the same before it is stored and after it is read."""
    if isinstance(value, datetime):  # times are in UTC and to the second, see `UtcDateTime`
        utc = value.astimezone(UTC) if value.tzinfo else value
        return utc.replace(tzinfo=None, microsecond=0).isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if value is None or isinstance(value, str | int | bool):
        return value
    raise TypeError(f"no column has values such as {value!r}")


def wrong_rows(connection: Connection, table: Table) -> Iterator[RowMapping]:
    """Find the rows of a table whose checksum is not theirs; none if it has no checksums."""
    from sqlalchemy import select

    if COLUMN in table.columns:
        for row in connection.execute(select(table)).mappings():
            if row[COLUMN] != checksum(row):
                yield row


def compute_all(connection: Connection, metadata: MetaData) -> None:
    """Compute the checksums of all rows anew, after an upgrade has changed their columns."""
    from sqlalchemy import bindparam, select, update

    for table in metadata.sorted_tables:
        if COLUMN not in table.columns:
            continue
        key = list(table.primary_key)
        statement = (
            update(table)
            .where(*(column == bindparam(f"key_{column.name}") for column in key))
            .values({COLUMN: bindparam("computed")})
        )
        rows = connection.execute(select(table)).mappings()
        for batch in rows.partitions(_AT_A_TIME):
            changes = [
                {f"key_{column.name}": row[column.name] for column in key}
                | {"computed": checksum(row)}
                for row in batch
            ]
            connection.execute(statement, changes)
