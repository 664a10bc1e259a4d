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

_DOCUMENT: Final = tables.documents.c
_SNAPSHOT: Final = tables.snapshots.c
_PROBLEM: Final = tables.problems.c

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
        statement = statement.where(_SNAPSHOT.product == product)
    if document_sha256 is not None:
        statement = statement.where(_DOCUMENT.sha256 == document_sha256)
    with transaction(engine) as connection:
        check_documents(connection)
        return [SnapshotInfo(*row) for row in connection.execute(statement)]


def nearby(engine: Engine, product: str, firmwares: Iterable[str]) -> list[SnapshotInfo]:
    """List the snapshots that tell how to name releases of a product, and what to look at next.

    These are a few of many, ordered as all are: those of the families of ``firmwares`` and of the
    product's two newest releases, and those of the newest release of one other product, if any.
    """
    order = _SNAPSHOT.firmware_order
    releases = select(order, _SNAPSHOT.firmware).distinct().order_by(order.desc())
    ends = (func.min(_SNAPSHOT.product), func.max(_SNAPSHOT.product))
    with transaction(engine) as connection:
        newest = connection.execute(releases.where(_SNAPSHOT.product == product).limit(2)).all()
        names = {*firmwares, *(firmware for _, firmware in newest)}
        spans = {span(Firmware.parse(name).family) for name in names}
        is_near = or_(*(order.between(*each) for each in spans))
        chosen = _SNAPSHOT.product.in_(select(_SNAPSHOT.product).distinct()) & is_near
        for other in {connection.scalar(select(end)) for end in ends} - {product}:
            last = select(func.max(order)).where(_SNAPSHOT.product == other).scalar_subquery()
            chosen |= (_SNAPSHOT.product == other) & (order == last)
        return [SnapshotInfo(*row) for row in connection.execute(infos().where(chosen))]


def incomplete(engine: Engine, releases: Collection[ReleaseId] | None = None) -> list[SnapshotInfo]:
    """List those snapshots whose document was loaded with problems: they may lack roots.

    ``releases`` are the ones that are looked at; None: the newest revision of each release.
    """
    affected = infos().where(_DOCUMENT.id.in_(select(_PROBLEM.document_id)))
    if releases is None:
        affected = affected.where(_SNAPSHOT.id.in_(select(tables.latest_revisions.c.id)))
    with transaction(engine) as connection:
        found = [SnapshotInfo(*row) for row in connection.execute(affected)]
    return [each for each in found if releases is None or each.id in releases]


def problems(engine: Engine, document_sha256: str) -> list[LoadedProblem]:
    """List the problems accepted when a document was loaded; nothing if it isn't loaded."""
    statement = (
        select(
            _PROBLEM.kind,
            _PROBLEM.page,
            _PROBLEM.text,
            _PROBLEM.hint,
        )
        .join(tables.documents, _DOCUMENT.id == _PROBLEM.document_id)
        .where(_DOCUMENT.sha256 == document_sha256)
        .order_by(_PROBLEM.id)
    )
    with transaction(engine) as connection:
        return [LoadedProblem(*row) for row in connection.execute(statement)]


def check_entries(connection: Connection, numbers: Mapping[ReleaseId, int]) -> None:
    """Compare how many entries of each release there are with how many were loaded.

    Raises:
        DatabaseError: some are missing.
    """
    columns = (_SNAPSHOT.product, _SNAPSHOT.firmware, _SNAPSHOT.revision)
    loaded = select(*columns, _SNAPSHOT.entry_count)
    for batch in batches({each.firmware for each in numbers}):
        rows = connection.execute(loaded.where(_SNAPSHOT.firmware.in_(batch)))
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
    without = ~exists().where(_DOCUMENT.id == _SNAPSHOT.document_id)
    columns = (_SNAPSHOT.product, _SNAPSHOT.firmware, _SNAPSHOT.revision)
    if row := connection.execute(select(*columns).where(without).limit(1)).one_or_none():
        release = ReleaseId(*row)
        what = f"snapshots {release.product} {release.name} is of a document that isn't there"
        raise damaged(connection.engine.url, what)


def infos() -> Select[str, str, int, int, str, str, str, int, datetime, int]:
    """Ask for the values of `SnapshotInfo`."""
    problems = select(func.count()).where(_PROBLEM.document_id == _DOCUMENT.id)
    statement = select(
        _SNAPSHOT.product,
        _SNAPSHOT.firmware,
        _SNAPSHOT.revision,
        _SNAPSHOT.entry_count,
        _DOCUMENT.name,
        _DOCUMENT.sha256,
        _DOCUMENT.title,
        _DOCUMENT.pages,
        _SNAPSHOT.ingested_at,
        problems.correlate(tables.documents).scalar_subquery(),
    ).join(tables.documents, _DOCUMENT.id == _SNAPSHOT.document_id)
    return statement.order_by(_SNAPSHOT.product, _SNAPSHOT.firmware_order, _SNAPSHOT.revision)


def span(wanted: Firmware) -> tuple[int, int]:
    """Give the first and last order of a release or, if this is a family, of all that it covers."""
    first = firmware_order(wanted)
    if wanted.maintenance is not None:
        return first, first
    return first, firmware_order(Firmware(wanted.major, wanted.minor + 1)) - 1
