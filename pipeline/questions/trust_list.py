"""The questions about what is loaded: which snapshots there are, and what one release trusts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Literal, get_args

from sqlalchemy import Connection, Engine, Select, func, or_, select
from sqlalchemy.engine import Row

from pipeline.catalogue.root_programmes import (
    Programme,
    Stores,
    has_weak_key,
    is_in_a_browser,
    stores,
)
from pipeline.database.engine import firmware_order, transaction
from pipeline.errors import UsageError
from pipeline.firmware import Firmware, InvalidFirmware
from schemas import tables
from schemas.tables import Document, Snapshot

Status = Literal["expired", "expiring", "valid", "unknown"]
StoreName = Literal[Programme, "browsers"]

SOON: Final = timedelta(days=365)
"""A certificate that ends within this time is ``expiring``."""

_MOST_NAMED: Final = 20  # releases or products in one message
_NOTHING: Final = "Nothing is loaded; run `trustlist ingest` first."


@dataclass(frozen=True)
class SnapshotInfo:
    """A loaded snapshot and the document it was read from. ``ingested_at`` is UTC.

    ``problems`` counts those of the document that were let pass.
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


@dataclass(frozen=True)
class LoadedProblem:
    """What could not be read or believed in a document, and was let pass when it was loaded."""

    kind: str
    page: int
    text: str
    hint: str


@dataclass(frozen=True)
class ListedRoot:
    """A row of the view `trust_list`. Times are UTC."""

    product: str
    firmware: str
    revision: int
    position: int
    page: int
    fingerprint: str
    fingerprint_sha256: str | None
    subject: str
    subject_printed: str
    issuer: str | None
    serial_number: str | None
    not_before: datetime | None
    not_after: datetime | None
    key_type: str | None
    key_bits: int | None
    signature_algorithm: str | None
    evidence: Literal["proven", "agreed", "disputed"]
    certificate_source: str | None
    document_sha256: str
    ingested_at: datetime


@dataclass(frozen=True)
class TrustListRow(ListedRoot):
    """A row of the view `trust_list`, with its status. Times are UTC.

    ``weak_key`` as in `root_programmes.has_weak_key`; ``present_in`` are the programmes that have
    the root now.
    """

    status: Status
    weak_key: bool
    present_in: list[str]


@dataclass(frozen=True)
class TrustList:
    """What a release trusts. The numbers are of all rows, also when ``rows`` are only some.

    ``in_no_browser`` counts the roots that no browser has in store now; None if nothing is known
    of the stores. ``newest_bundles`` has the date of the newest bundle known of each programme.
    ``problems`` are those of the document that were let pass: what they are about is not in it.
    """

    snapshot: SnapshotInfo
    as_of: datetime
    counts: dict[Status, int]
    weak_keys: int
    in_no_browser: int | None
    newest_bundles: dict[str, date]
    problems: list[LoadedProblem]
    rows: list[TrustListRow]


def snapshots(
    engine: Engine, *, product: str | None = None, document_sha256: str | None = None
) -> list[SnapshotInfo]:
    """List what is loaded (of one product, from one document), by product, release and revision."""
    infos = _infos()
    if product is not None:
        infos = infos.where(Snapshot.product == product)
    if document_sha256 is not None:
        infos = infos.where(Document.sha256 == document_sha256)
    with transaction(engine) as connection:
        return [SnapshotInfo(*row) for row in connection.execute(infos)]


def nearby(engine: Engine, product: str, firmwares: Iterable[str]) -> list[SnapshotInfo]:
    """List the snapshots that tell how to name releases of a product, and what to look at next.

    These are a few of many, ordered as all are: those of the families of ``firmwares`` and of the
    product's two newest releases, and those of the newest release of one other product, if any.
    """
    order = Snapshot.firmware_order
    releases = select(order, Snapshot.firmware).distinct().order_by(order.desc())
    ends = (func.min(Snapshot.product), func.max(Snapshot.product))
    with transaction(engine) as connection:
        newest = connection.execute(releases.where(Snapshot.product == product).limit(2)).all()
        names = {*firmwares, *(firmware for _, firmware in newest)}
        spans = {_span(Firmware.parse(name).family) for name in names}
        is_near = or_(*(order.between(*span) for span in spans))
        chosen = Snapshot.product.in_(select(Snapshot.product).distinct()) & is_near
        for other in {connection.scalar(select(end)) for end in ends} - {product}:
            last = select(func.max(order)).where(Snapshot.product == other).scalar_subquery()
            chosen |= (Snapshot.product == other) & (order == last)
        return [SnapshotInfo(*row) for row in connection.execute(_infos().where(chosen))]


def release(engine: Engine, text: str, product: str | None = None) -> SnapshotInfo:
    """Find the snapshot that ``text`` names.

    ``12.7(1)`` is a release, ``12.7`` the only one of its family that is loaded; either means the
    newest revision, ``12.7(1)@2`` the second. ``product`` is needed if several have the release.

    Raises:
        UsageError: ``text`` names no release, one that isn't loaded, or several.
    """
    name, _, revision = text.partition("@")
    wanted = _firmware(name)
    with transaction(engine) as connection:
        found = _matches(connection, wanted, product)
        if not found:
            raise UsageError(_not_loaded(connection, name, product))
        return _snapshot(connection, _only(found, name), revision)


def loaded_firmware(engine: Engine, text: str) -> str:
    """Give the release that ``text`` names as `release` does, of one product or more.

    Raises:
        UsageError: it names no release, one that isn't loaded, or several.
    """
    wanted = _firmware(text)
    with transaction(engine) as connection:
        found = _matches(connection, wanted, None)
        if not found:
            raise UsageError(_not_loaded(connection, text, None))
    return _only_release(found, text)


def loaded_product(engine: Engine, product: str) -> str:
    """Give ``product`` back.

    Raises:
        UsageError: nothing of it is loaded.
    """
    with transaction(engine) as connection:
        products = connection.scalars(select(Snapshot.product).distinct()).all()
    if not products:
        raise UsageError(_NOTHING)
    if product not in products:
        raise UsageError(_no_product(product, products))
    return product


def show(
    engine: Engine,
    text: str,
    *,
    product: str | None = None,
    status: Status | None = None,
    store: StoreName | None = None,
    absent: bool = False,
    as_of: date | None = None,
) -> TrustList:
    """Give the trust list of the release that ``text`` names, or some of its rows.

    Those are the rows of one status, those that ``store`` (``browsers`` is any of them) has now
    or, if ``absent``, those it hasn't. ``as_of`` as in `moment`; the stores are those of today.
    Raises UsageError as `release` does.
    """
    snapshot = release(engine, text, product)
    when = moment(as_of)
    view = tables.trust_list
    statement = (
        select(view)
        .where(
            view.c.product == snapshot.product,
            view.c.firmware == snapshot.firmware,
            view.c.revision == snapshot.revision,
        )
        .order_by(view.c.position)
    )
    with transaction(engine) as connection:
        known = stores(connection)
        rows = [_row(row, when, known) for row in connection.execute(statement)]
    numbers = Counter(row.status for row in rows)
    outside = sum(not is_in_a_browser(row.present_in) for row in rows)
    return TrustList(
        snapshot,
        when,
        counts={each: numbers[each] for each in get_args(Status)},
        weak_keys=sum(row.weak_key for row in rows),
        in_no_browser=outside if known.newest else None,
        newest_bundles=dict(sorted(known.newest.items())),
        problems=problems(engine, snapshot.document_sha256) if snapshot.problems else [],
        rows=[
            row
            for row in rows
            if status in (None, row.status)
            and (store is None or _is_in(row.present_in, store) is not absent)
        ],
    )


def partial(
    engine: Engine, releases: Collection[tuple[str, str, int]] | None = None
) -> list[SnapshotInfo]:
    """List those of some snapshots whose document was loaded with problems let pass.

    ``releases`` names them by product, firmware and revision; None: the newest of each release.
    """
    affected = _infos().where(Document.id.in_(select(tables.Problem.document_id)))
    if releases is None:
        affected = affected.where(Snapshot.id.in_(select(tables.latest_revisions.c.id)))
    with transaction(engine) as connection:
        found = [SnapshotInfo(*row) for row in connection.execute(affected)]
    return [
        each
        for each in found
        if releases is None or (each.product, each.firmware, each.revision) in releases
    ]


def problems(engine: Engine, document_sha256: str) -> list[LoadedProblem]:
    """List what was let pass when a document was loaded; nothing if it isn't loaded."""
    statement = (
        select(tables.Problem.kind, tables.Problem.page, tables.Problem.text, tables.Problem.hint)
        .join(Document, Document.id == tables.Problem.document_id)
        .where(Document.sha256 == document_sha256)
        .order_by(tables.Problem.id)
    )
    with transaction(engine) as connection:
        return [LoadedProblem(*row) for row in connection.execute(statement)]


def moment(as_of: date | None) -> datetime:
    """Give the second that ``as_of`` means: a day its first (UTC), None the present.

    Raises ValueError if it is a time without a zone.
    """
    if as_of is None:
        return datetime.now(UTC).replace(microsecond=0)
    if not isinstance(as_of, datetime):
        return datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC)
    if as_of.tzinfo is None:
        raise ValueError(f"{as_of} has no time zone")
    return as_of.astimezone(UTC).replace(microsecond=0)


def status_of(not_after: datetime | None, when: datetime) -> Status:
    """Tell how a certificate stands at a time; None: it is not known.

    It is valid in its last second, too (RFC 5280 section 4.1.2.5). Only the end counts: one whose
    time has yet to come is ``valid``.
    """
    if not_after is None:
        return "unknown"
    if not_after < when:
        return "expired"
    return "expiring" if not_after - when <= SOON else "valid"


# --- finding a release -----------------------------------------------------------------------


def _infos() -> Select[str, str, int, int, str, str, str, int, datetime, int]:
    problems = select(func.count()).where(tables.Problem.document_id == Document.id)
    infos = select(
        Snapshot.product,
        Snapshot.firmware,
        Snapshot.revision,
        Snapshot.entry_count,
        Document.name,
        Document.sha256,
        Document.title,
        Document.pages,
        Snapshot.ingested_at,
        problems.correlate(Document).scalar_subquery(),
    ).join(Document, Document.id == Snapshot.document_id)
    return infos.order_by(Snapshot.product, Snapshot.firmware_order, Snapshot.revision)


def _span(wanted: Firmware) -> tuple[int, int]:
    """Give the first and last order of a release or, if this is a family, of all that it covers."""
    first = firmware_order(wanted)
    if wanted.maintenance is not None:
        return first, first
    return first, firmware_order(Firmware(wanted.major, wanted.minor + 1)) - 1


def _firmware(text: str) -> Firmware:
    try:
        return Firmware.parse(text)
    except InvalidFirmware as error:
        raise UsageError(str(error)) from None


def _matches(
    connection: Connection, wanted: Firmware, product: str | None
) -> list[tuple[str, str, int]]:
    """List (product, firmware, newest revision) of the release or, if there is none, the family."""
    # naming the products lets the index serve that is sorted by product, then release
    products = [product] if product is not None else select(Snapshot.product).distinct()
    statement = (
        select(Snapshot.product, Snapshot.firmware, func.max(Snapshot.revision))
        .where(Snapshot.product.in_(products), Snapshot.firmware_order.between(*_span(wanted)))
        .group_by(Snapshot.product, Snapshot.firmware, Snapshot.firmware_order)
        .order_by(Snapshot.product, Snapshot.firmware_order)
    )
    found = connection.execute(statement).all()
    return [row for row in found if row[1] == str(wanted)] or list(found)


def _only_release(found: list[tuple[str, str, int]], name: str) -> str:
    releases = dict.fromkeys(firmware for _, firmware, _ in found)
    if len(releases) > 1:
        raise UsageError(f"{name} names several releases; give one: {_named(releases)}.")
    return found[0][1]


def _only(found: list[tuple[str, str, int]], name: str) -> tuple[str, str, int]:
    _only_release(found, name)
    if len(found) > 1:
        products = [product for product, _, _ in found]
        raise UsageError(f"{name} is of several products; give --product: {_named(products)}.")
    return found[0]


def _not_loaded(connection: Connection, name: str, product: str | None) -> str:
    newest = func.max(Snapshot.firmware_order).desc()
    releases = select(Snapshot.firmware).group_by(Snapshot.firmware).order_by(newest)
    if product is not None:
        of_product = connection.scalars(releases.where(Snapshot.product == product)).all()
        if of_product:
            return f"{name} of {product} is not loaded; these are: {_named(of_product)}."
        products = connection.scalars(select(Snapshot.product).distinct()).all()
        if products:
            return _no_product(product, products)
    loaded = connection.scalars(releases).all()
    if loaded:
        return f"{name} is not loaded; these are: {_named(loaded)}."
    return _NOTHING


def _no_product(product: str, loaded: Iterable[str]) -> str:
    return f"Nothing of {product} is loaded, only of: {_named(sorted(loaded))}."


def _named(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - _MOST_NAMED} more" if len(listed) > _MOST_NAMED else ""
    return ", ".join(listed[:_MOST_NAMED]) + more


def _snapshot(connection: Connection, found: tuple[str, str, int], revision: str) -> SnapshotInfo:
    product, firmware, newest = found
    if revision and not re.fullmatch("[0-9]{1,9}", revision):
        raise UsageError(f"{firmware}@{revision}: a revision is a number, from 1 to {newest}.")
    number = int(revision or newest)
    statement = _infos().where(
        Snapshot.product == product, Snapshot.firmware == firmware, Snapshot.revision == number
    )
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise UsageError(f"{firmware}@{number} is not loaded; its revisions are 1 to {newest}.")
    return SnapshotInfo(*row)


def _row(row: Row[Any], when: datetime, known: Stores) -> TrustListRow:
    return TrustListRow(
        **row._mapping,
        status=status_of(row.not_after, when),
        weak_key=has_weak_key(row.key_type, row.key_bits),
        present_in=known.present(row.fingerprint),
    )


def _is_in(programmes: Sequence[str], store: StoreName) -> bool:
    return is_in_a_browser(programmes) if store == "browsers" else store in programmes
