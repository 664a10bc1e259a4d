"""Whether the database still holds what was loaded: everything that can be computed anew, is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Engine,
    ForeignKey,
    MetaData,
    RowMapping,
    Select,
    Table,
    exists,
    func,
    inspect,
    or_,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

from pipeline.database.damaged_values import wrong_values
from pipeline.database.digests import content_digest, row_digest
from pipeline.database.engine import damaged, firmware_order, open_for_reading, transaction
from pipeline.database.structure import changed_structure
from pipeline.errors import MissingDatabaseError, TrustlistError
from pipeline.firmware import Firmware, InvalidFirmware
from pipeline.x509.certificate import UnreadableCertificateError, facts, read
from schemas import checksums, tables
from schemas.tables import has_its_sha1, has_its_sha256, views

_SNAPSHOT: Final = tables.snapshots.c
_PRINTED: Final = tables.printed_rows.c
_ENTRY: Final = tables.entries.c
_CERTIFICATE: Final = tables.certificates.c

_AT_A_TIME: Final = 10_000  # rows that are kept in memory


@dataclass(frozen=True)
class DatabaseFault:
    """Something in the database that isn't as it was loaded.

    ``table`` and ``key`` say which row; ``key`` is empty if it is the table (or view) as a whole,
    both are if it is the file.
    """

    table: str
    key: str
    text: str


@dataclass(frozen=True)
class Verification:
    """What was looked at, and what is wrong with it."""

    certificates: int
    printed_rows: int
    snapshots: int
    entries: int
    faults: list[DatabaseFault]


def verify(engine: Engine) -> Verification:
    """Check the file, the references in it, and every digest and number that is stored.

    Raises:
        DatabaseError: the database can't be used.
    """
    is_sqlite = engine.dialect.name == "sqlite"
    with transaction(engine) as connection:
        connection.execution_options(yield_per=_AT_A_TIME)
        faults = list(_damage(connection)) if is_sqlite else []
        shape = list(_shape(connection, tables.metadata))
        if is_sqlite and not shape:
            # of a file with damaged pages, what can be read
            with suppress(DBAPIError) if faults else nullcontext():
                faults += [DatabaseFault(*each) for each in wrong_values(connection)]
        faults += shape
        if not faults:  # else a view can't be looked at
            faults += _shape(connection, views)
        if is_sqlite and not faults:
            faults += [
                DatabaseFault(name, "", what) for name, what in changed_structure(connection)
            ]
        if not faults:  # else anything that is read may be nonsense
            faults += _references(connection)
            faults += _certificates(connection)
            faults += _printed_rows(connection)
            faults += _snapshots(connection)
            faults += _revisions(connection)
            faults += _documents(connection)
            known = {(fault.table, fault.key) for fault in faults}
            faults += (
                each for each in _checksums(connection) if (each.table, each.key) not in known
            )
        return Verification(
            certificates=_count(connection, tables.certificates),
            printed_rows=_count(connection, tables.printed_rows),
            snapshots=_count(connection, tables.snapshots),
            entries=_count(connection, tables.entries),
            faults=faults,
        )


@contextmanager
def explained_by_damage(url: str) -> Iterator[None]:
    """Say of what fails inside the block that the database is damaged, if it is.

    Values of a wrong type are met where they are read. This is for what only shows later: a row
    that is missing, a certificate or a release that can't be read. It takes any exception, since
    it raises the same again unless `verify` finds a fault.

    Raises:
        DatabaseError: the database is damaged.
    """
    try:
        yield
    except TrustlistError:
        raise
    except Exception as error:
        try:
            engine = open_for_reading(url)
            faults = verify(engine).faults
        except MissingDatabaseError:
            raise error from None
        if not faults:
            raise
        first = faults[0]
        what = " ".join(filter(None, (first.table, first.key, first.text)))
        raise damaged(engine.url, what) from error


def _count(connection: Connection, table: Table) -> int:
    if not inspect(connection).has_table(table.name):
        return 0
    return connection.scalar(select(func.count()).select_from(table)) or 0


# --- the file and its references -------------------------------------------------------------


def _damage(connection: Connection) -> Iterator[DatabaseFault]:
    """Give what SQLite's own check finds: pages, indexes, constraints."""
    try:
        for (found,) in connection.execute(text("PRAGMA integrity_check")):
            for line in str(found).splitlines():
                if line != "ok" and not line.startswith("***"):
                    yield DatabaseFault("", "", line)
    except DBAPIError as error:  # a constraint that is no SQL any more: it ends the check
        yield DatabaseFault("", "", str(error.orig))
    except UnicodeDecodeError as error:  # the same, and what SQLite says quotes it
        yield DatabaseFault("", "", error.object.decode(errors="backslashreplace"))


def _shape(connection: Connection, expected: MetaData) -> Iterator[DatabaseFault]:
    """Look for tables, views, columns and indexes that are gone."""
    inspector = inspect(connection)
    present = {*inspector.get_table_names(), *inspector.get_view_names()}
    for table in expected.sorted_tables:
        if table.name not in present:
            yield DatabaseFault(table.name, "", "it isn't there")
            continue
        columns = {column["name"] for column in inspector.get_columns(table.name)}
        for name in (column.name for column in table.columns if column.name not in columns):
            yield DatabaseFault(table.name, "", f"the column {name} isn't there")
        indexes = {index["name"] for index in inspector.get_indexes(table.name)}
        for name in sorted({str(index.name) for index in table.indexes} - indexes):
            yield DatabaseFault(table.name, "", f"the index {name} isn't there")


def _references(connection: Connection) -> Iterator[DatabaseFault]:
    """Look for what came in while the foreign keys were not enforced."""
    for table in tables.metadata.sorted_tables:
        for reference in sorted(table.foreign_keys, key=lambda each: each.column.table.name):
            for key in connection.execute(_dangling(reference)):
                found = f"it refers to a row of {reference.column.table.name} that isn't there"
                yield DatabaseFault(table.name, " ".join(map(str, key)), found)


def _dangling(reference: ForeignKey) -> Select[*tuple[Any, ...]]:
    parent = exists().where(reference.column == reference.parent)
    return select(*reference.parent.table.primary_key.columns).where(~parent)


# --- what is in it ---------------------------------------------------------------------------


def _certificates(connection: Connection) -> Iterator[DatabaseFault]:
    for row in connection.execute(select(*tables.certificates.columns)).mappings():
        key = row["fingerprint"]
        try:
            expected = facts(read(row["der"]))
        except UnreadableCertificateError:
            yield DatabaseFault("certificates", key, "der: it is no certificate")
            continue
        wrong = [name for name, value in expected.items() if row[name] != value]
        if wrong:
            yield DatabaseFault(
                "certificates", key, f"{', '.join(wrong)}: the certificate says otherwise"
            )


def _printed_rows(connection: Connection) -> Iterator[DatabaseFault]:
    columns = (
        _PRINTED.id,
        _PRINTED.digest,
        _PRINTED.fingerprint,
        _PRINTED.fingerprint_sha256,
        _PRINTED.subject_printed,
        _PRINTED.agreed,
    )
    for key, digest, fingerprint, sha256, subject, agreed in connection.execute(select(*columns)):
        # a SHA-1 that isn't printed is filled in once the certificate is known
        printed = (fingerprint, "") if sha256 else (fingerprint,)
        if digest not in [row_digest(each, sha256 or "", subject, agreed) for each in printed]:
            yield DatabaseFault("printed_rows", str(key), "digest: it is that of another row")
    rows = select(_PRINTED.id).outerjoin(tables.certificates, or_(has_its_sha1, has_its_sha256))
    unlike = or_(
        _CERTIFICATE.subject.is_(None),
        _CERTIFICATE.subject != _PRINTED.subject,
    )
    for (key,) in connection.execute(rows.where(_PRINTED.subject_matches.is_(True), unlike)):
        yield DatabaseFault(
            "printed_rows", str(key), "subject: it is not its certificate's, as it says"
        )
    alike = (
        _CERTIFICATE.subject == _PRINTED.subject,
        func.coalesce(_PRINTED.fingerprint_sha256, _CERTIFICATE.fingerprint_sha256)
        == _CERTIFICATE.fingerprint_sha256,
    )
    for (key,) in connection.execute(rows.where(_PRINTED.subject_matches.is_(False), *alike)):
        yield DatabaseFault(
            "printed_rows", str(key), "subject_matches: it is its certificate's subject"
        )
    unjudged = _PRINTED.subject_matches.is_(None) & _CERTIFICATE.fingerprint.is_not(None)
    for (key,) in connection.execute(rows.where(unjudged)):
        yield DatabaseFault(
            "printed_rows", str(key), "subject_matches: never compared with its certificate"
        )


def _snapshots(connection: Connection) -> Iterator[DatabaseFault]:
    columns = (
        _SNAPSHOT.id,
        _SNAPSHOT.product,
        _SNAPSHOT.firmware,
        _SNAPSHOT.revision,
        _SNAPSHOT.firmware_order,
        _SNAPSHOT.entry_count,
        _SNAPSHOT.digest,
    )
    unseen = {row.id: row for row in connection.execute(select(*columns))}
    rows = (
        select(
            _ENTRY.snapshot_id,
            _ENTRY.position,
            _ENTRY.page,
            _PRINTED.digest,
        )
        .join(tables.printed_rows, _PRINTED.id == _ENTRY.printed_row_id)
        .order_by(_ENTRY.snapshot_id, _ENTRY.position)
    )
    for number, entries in groupby(connection.execute(rows), attrgetter("snapshot_id")):
        listed = [(entry.position, entry.page, entry.digest) for entry in entries]
        snapshot = unseen.pop(number, None)
        if snapshot is not None:
            yield from _of_snapshot(snapshot, listed)
    for snapshot in unseen.values():
        yield from _of_snapshot(snapshot, [])


def _of_snapshot(snapshot: Any, entries: list[tuple[int, int, bytes]]) -> Iterator[DatabaseFault]:
    key = _snapshot_key(snapshot._mapping)
    if len(entries) != snapshot.entry_count:
        found = f"entry_count: {snapshot.entry_count}, but it has {len(entries)}"
        yield DatabaseFault("snapshots", key, found)
    elif content_digest(entries) != snapshot.digest:
        yield DatabaseFault("snapshots", key, "digest: its entries are not those that were loaded")
    try:
        order = firmware_order(Firmware.parse(snapshot.firmware))
    except InvalidFirmware:
        yield DatabaseFault("snapshots", key, "firmware: it is no release")
    else:
        if order != snapshot.firmware_order:
            yield DatabaseFault(
                "snapshots", key, f"firmware_order: {snapshot.firmware_order}, not {order}"
            )


def _revisions(connection: Connection) -> Iterator[DatabaseFault]:
    newest = func.max(_SNAPSHOT.revision)
    releases = (
        select(_SNAPSHOT.product, _SNAPSHOT.firmware, newest, func.count())
        .group_by(_SNAPSHOT.product, _SNAPSHOT.firmware)
        .having(newest != func.count())
    )
    for product, firmware, last, number in connection.execute(releases):
        found = f"revision: they go up to {last}, but there are {number}"
        yield DatabaseFault("snapshots", f"{product} {firmware}", found)


def _documents(connection: Connection) -> Iterator[DatabaseFault]:
    """A document is loaded with its snapshots, or not at all."""
    without = ~exists().where(_SNAPSHOT.document_id == tables.documents.c.id)
    for sha256 in connection.scalars(select(tables.documents.c.sha256).where(without)):
        yield DatabaseFault("documents", sha256, "it has no snapshot")


def _checksums(connection: Connection) -> Iterator[DatabaseFault]:
    """Look at what nothing else tells: the title of a document, where a certificate was found."""
    for table in tables.metadata.sorted_tables:
        for row in checksums.wrong_rows(connection, table):
            found = "checksum: a value of this row is not the one that was stored"
            yield DatabaseFault(table.name, _key(table, row), found)


def _key(table: Table, row: RowMapping) -> str:
    """Name a row as the other checks do."""
    if table.name == tables.snapshots.name:
        return _snapshot_key(row)
    if table.name == tables.documents.name:
        return str(row["sha256"])
    return " ".join(str(row[column.name]) for column in table.primary_key)


def _snapshot_key(row: RowMapping) -> str:
    return f"{row['product']} {row['firmware']}@{row['revision']}"
