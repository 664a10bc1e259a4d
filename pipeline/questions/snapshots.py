"""What is loaded: the snapshots, the documents they are from, and their problems."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Engine, Select, exists, func, or_, select

from pipeline.database.engine import batches, damaged, firmware_order, transaction
from pipeline.firmware import Firmware, ReleaseId
from schemas import tables
from schemas.tables import DocumentRow, SnapshotRow

NOT_WRITTEN: Final = {"is_written": False}
"""Metadata of an answer's field that is for the commands and no part of the JSON."""


@dataclass(frozen=True)
class SnapshotInfo:
    """A loaded snapshot and the document it was read from. ``ingested_at`` is UTC.

    ``problems`` counts those of the document that were accepted with ``--allow-partial``.
    """

    product: str
    firmware: str
    revision: int
    entries: int
    document: str
    document_sha256: str
    title: str
    pages: int
    ingested_at: datetime
    problems: int

    @property
    def id(self) -> ReleaseId:
        """What names it."""
        return ReleaseId(self.product, self.firmware, self.revision)


@dataclass(frozen=True)
class LoadedProblem:
    """What could not be read or believed in a document, and was accepted when it was loaded."""

    kind: str
    page: int
    text: str
    hint: str


def snapshots(
    engine: Engine, *, product: str | None = None, document_sha256: str | None = None
) -> list[SnapshotInfo]:
    """List what is loaded (of one product, from one document), by product, release and revision."""
    statement = infos()
    if product is not None:
        statement = statement.where(SnapshotRow.product == product)
    if document_sha256 is not None:
        statement = statement.where(DocumentRow.sha256 == document_sha256)
    with transaction(engine) as connection:
        check_documents(connection)
        return [SnapshotInfo(*row) for row in connection.execute(statement)]


def nearby(engine: Engine, product: str, firmwares: Iterable[str]) -> list[SnapshotInfo]:
    """List the snapshots that tell how to name releases of a product, and what to look at next.

    These are a few of many, ordered as all are: those of the families of ``firmwares`` and of the
    product's two newest releases, and those of the newest release of one other product, if any.
    """
    order = SnapshotRow.firmware_order
    releases = select(order, SnapshotRow.firmware).distinct().order_by(order.desc())
    ends = (func.min(SnapshotRow.product), func.max(SnapshotRow.product))
    with transaction(engine) as connection:
        newest = connection.execute(releases.where(SnapshotRow.product == product).limit(2)).all()
        names = {*firmwares, *(firmware for _, firmware in newest)}
        spans = {span(Firmware.parse(name).family) for name in names}
        is_near = or_(*(order.between(*each) for each in spans))
        chosen = SnapshotRow.product.in_(select(SnapshotRow.product).distinct()) & is_near
        for other in {connection.scalar(select(end)) for end in ends} - {product}:
            last = select(func.max(order)).where(SnapshotRow.product == other).scalar_subquery()
            chosen |= (SnapshotRow.product == other) & (order == last)
        return [SnapshotInfo(*row) for row in connection.execute(infos().where(chosen))]


def incomplete(engine: Engine, releases: Collection[ReleaseId] | None = None) -> list[SnapshotInfo]:
    """List those snapshots whose document was loaded with problems: they may lack roots.

    ``releases`` are the ones that are looked at; None: the newest revision of each release.
    """
    affected = infos().where(DocumentRow.id.in_(select(tables.ProblemRow.document_id)))
    if releases is None:
        affected = affected.where(SnapshotRow.id.in_(select(tables.latest_revisions.c.id)))
    with transaction(engine) as connection:
        found = [SnapshotInfo(*row) for row in connection.execute(affected)]
    return [each for each in found if releases is None or each.id in releases]


def problems(engine: Engine, document_sha256: str) -> list[LoadedProblem]:
    """List the problems accepted when a document was loaded; nothing if it isn't loaded."""
    statement = (
        select(
            tables.ProblemRow.kind,
            tables.ProblemRow.page,
            tables.ProblemRow.text,
            tables.ProblemRow.hint,
        )
        .join(DocumentRow, DocumentRow.id == tables.ProblemRow.document_id)
        .where(DocumentRow.sha256 == document_sha256)
        .order_by(tables.ProblemRow.id)
    )
    with transaction(engine) as connection:
        return [LoadedProblem(*row) for row in connection.execute(statement)]


def check_entries(connection: Connection, numbers: Mapping[ReleaseId, int]) -> None:
    """Compare how many entries of each release there are with how many were loaded.

    Raises:
        DatabaseError: some are missing.
    """
    columns = (SnapshotRow.product, SnapshotRow.firmware, SnapshotRow.revision)
    loaded = select(*columns, SnapshotRow.entry_count)
    for batch in batches({each.firmware for each in numbers}):
        rows = connection.execute(loaded.where(SnapshotRow.firmware.in_(batch)))
        for product, firmware, revision, expected in rows:
            release = ReleaseId(product, firmware, revision)
            check_number(connection, release, numbers.get(release, expected), expected)


def check_number(connection: Connection, release: ReleaseId, number: int, loaded: int) -> None:
    """Check that a release has as many entries as were loaded; raises as `check_entries`."""
    if number != loaded:
        what = f"snapshots {release.product} {release.name} has {number} of its {loaded} entries"
        raise damaged(connection.engine.url, what)


def check_documents(connection: Connection) -> None:
    """Check that the document of each snapshot is there.

    Raises:
        DatabaseError: it isn't.
    """
    without = ~exists().where(DocumentRow.id == SnapshotRow.document_id)
    columns = (SnapshotRow.product, SnapshotRow.firmware, SnapshotRow.revision)
    if row := connection.execute(select(*columns).where(without).limit(1)).one_or_none():
        release = ReleaseId(*row)
        what = f"snapshots {release.product} {release.name} is of a document that isn't there"
        raise damaged(connection.engine.url, what)


def infos() -> Select[str, str, int, int, str, str, str, int, datetime, int]:
    """Ask for the values of `SnapshotInfo`."""
    problems = select(func.count()).where(tables.ProblemRow.document_id == DocumentRow.id)
    statement = select(
        SnapshotRow.product,
        SnapshotRow.firmware,
        SnapshotRow.revision,
        SnapshotRow.entry_count,
        DocumentRow.name,
        DocumentRow.sha256,
        DocumentRow.title,
        DocumentRow.pages,
        SnapshotRow.ingested_at,
        problems.correlate(DocumentRow).scalar_subquery(),
    ).join(DocumentRow, DocumentRow.id == SnapshotRow.document_id)
    return statement.order_by(SnapshotRow.product, SnapshotRow.firmware_order, SnapshotRow.revision)


def span(wanted: Firmware) -> tuple[int, int]:
    """Give the first and last order of a release or, if this is a family, of all that it covers."""
    first = firmware_order(wanted)
    if wanted.maintenance is not None:
        return first, first
    return first, firmware_order(Firmware(wanted.major, wanted.minor + 1)) - 1
