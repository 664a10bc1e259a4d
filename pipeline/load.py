"""A document's entries -> versioned snapshots in the database, all of them or nothing.

What is loaded never changes. Only what was unknown is filled in: a certificate that is found
later is attached to all rows that print its fingerprint.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from operator import itemgetter
from typing import Any, Final, NamedTuple

import pandas as pd
from sqlalchemy import Connection, Engine, bindparam, func, insert, select, update

from pipeline.database.digests import content_digest, row_digest
from pipeline.database.engine import batches, firmware_order, transaction
from pipeline.enrich.evidence import KNOWN, judge
from pipeline.errors import UsageError
from pipeline.extract.document import Document, Problem
from pipeline.firmware import Firmware, ReleaseId
from pipeline.normalise import Entry
from schemas import frames, tables
from schemas.checksums import checksum

_DOCUMENT: Final = tables.documents.c

_UNSTORABLE: Final = {0: "\ufffd", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}


@dataclass(frozen=True)
class LoadedSnapshot:
    """A snapshot that a document states; ``is_new`` if it wasn't there before."""

    product: str
    firmware: str
    revision: int
    entries: int
    is_new: bool

    @property
    def id(self) -> ReleaseId:
        """What names it."""
        return ReleaseId(self.product, self.firmware, self.revision)


@dataclass(frozen=True)
class Loaded:
    """What loading a document did.

    ``certificates`` is the number of certificates that were new to the database, ``attached`` the
    number of printed rows from before that have their certificate now.
    """

    snapshots: list[LoadedSnapshot]
    certificates: int
    attached: int


class _EvidentEntry(NamedTuple):
    """A row of `schemas.frames.EVIDENT_ENTRIES`."""

    position: int
    page: int
    release: str
    fingerprint: str
    fingerprint_sha256: str
    subject: str
    subject_printed: str
    agreed: bool
    evidence: str

    @property
    def identity(self) -> str:
        return self.fingerprint or self.fingerprint_sha256

    @property
    def digest(self) -> bytes:
        return row_digest(
            self.fingerprint, self.fingerprint_sha256, self.subject_printed, self.agreed
        )


class _Certificates(NamedTuple):
    """Certificates that are at hand, as a source for `pipeline.enrich`."""

    ders: dict[str, bytes]
    name: str = "database"

    def find(self, fingerprints: Collection[str]) -> dict[str, bytes]:
        return {each: self.ders[each] for each in fingerprints if each in self.ders}


def load(
    engine: Engine,
    document: Document,
    entries: pd.DataFrame,
    certificates: pd.DataFrame,
    problems: Iterable[Problem] = (),
    *,
    product: str,
    sightings: pd.DataFrame | None = None,
    ingested_at: datetime | None = None,
) -> Loaded:
    """Load a document: a snapshot for each release in ``entries``.

    The frames are those of `schemas.frames`: EVIDENT_ENTRIES, CERTIFICATES, SIGHTINGS. Give all
    sightings that are known, not only those of the document: a programme's newest bundle is the
    last one that any root was seen in. ``ingested_at`` is now unless given.

    A release that this document was loaded for before is left as it is. If another document was
    loaded for it, this one is its next revision.

    Raises:
        DatabaseError: the database can't be used; nothing was loaded.
        InvalidFirmware: a release is no Cisco firmware name.
        UsageError: a release can't be put in order with those that are loaded of the product.
        ValueError: a frame breaks its contract, there are no entries, a release has a
            fingerprint twice, or a certificate that proves an entry is missing.
    """
    _check(entries, certificates, sightings)
    rows = list(map(_EvidentEntry._make, _tuples(entries)))
    moment = ingested_at or datetime.now(UTC)
    unproven = {row.identity for row in rows if row.evidence not in KNOWN}
    with transaction(engine) as connection:
        stored = _store_certificates(connection, certificates)
        attached = _judge(connection, stored)
        snapshots = _load_document(connection, document, problems, rows, product, moment)
        _judge(connection, unproven)
        if sightings is not None:
            _store_sightings(connection, sightings)
    return Loaded(snapshots, len(stored) // 2, attached)


def attach(engine: Engine, certificates: pd.DataFrame) -> int:
    """Store certificates and attach them to the rows that print their fingerprints.

    Returns the number of printed rows that have their certificate now and hadn't before. Raises
    as `load` does.
    """
    frames.check(certificates, frames.CERTIFICATES)
    with transaction(engine) as connection:
        return _judge(connection, _store_certificates(connection, certificates))


def storable(text: str) -> str:
    """Replace what is no character and no database takes: U+0000 and lone surrogates."""
    return text.translate(_UNSTORABLE)


def _check(
    entries: pd.DataFrame, certificates: pd.DataFrame, sightings: pd.DataFrame | None
) -> None:
    frames.check(entries, frames.EVIDENT_ENTRIES)
    frames.check(certificates, frames.CERTIFICATES)
    if sightings is not None:
        frames.check(sightings, frames.SIGHTINGS)
    if entries.empty:
        raise ValueError("there are no entries")
    if entries.duplicated(["release", "fingerprint", "fingerprint_sha256"]).any() or (
        entries.loc[entries["fingerprint"] != ""].duplicated(["release", "fingerprint"]).any()
    ):
        raise ValueError("a release has a fingerprint twice")
    known = entries.loc[entries["evidence"].isin(KNOWN), "fingerprint"]
    if not known.isin(certificates["fingerprint"]).all():
        raise ValueError("an entry is proven by a certificate that isn't there")


def _tuples(frame: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """Give the rows of a frame as values that databases take, None for what is missing."""
    return zip(*(map(_value, frame[name].tolist()) for name in frame.columns), strict=True)


def _value(value: Any) -> Any:
    if value is pd.NA:
        return None
    return storable(value) if isinstance(value, str) else value


# --- documents and snapshots -----------------------------------------------------------------


def _load_document(
    connection: Connection,
    document: Document,
    problems: Iterable[Problem],
    rows: Sequence[_EvidentEntry],
    product: str,
    moment: datetime,
) -> list[LoadedSnapshot]:
    document_id = connection.scalar(select(_DOCUMENT.id).where(_DOCUMENT.sha256 == document.sha256))
    if document_id is None:
        document_id = _store_document(connection, document, problems)
    rows_by_firmware: dict[Firmware, list[_EvidentEntry]] = {}
    for row in rows:
        rows_by_firmware.setdefault(Firmware.parse(row.release), []).append(row)
    _check_order(connection, product, list(rows_by_firmware))
    return [
        _find_snapshot(connection, document_id, product, str(firmware))
        or _store_snapshot(connection, document_id, product, firmware, its_rows, moment)
        for firmware, its_rows in rows_by_firmware.items()
    ]


def _check_order(connection: Connection, product: str, releases: Sequence[Firmware]) -> None:
    """Refuse releases that have no order among one another, or with what is loaded."""
    loaded = connection.scalar(
        select(tables.snapshots.c.firmware).where(tables.snapshots.c.product == product).limit(1)
    )
    known = Firmware.parse(loaded) if loaded else releases[0]
    for release in releases:
        if release.scheme != known.scheme:
            raise UsageError(
                f"{release} and {known} can't be put in order, and both would be releases of "
                f"{product}. Name its own product with --product."
            )


def _store_document(connection: Connection, document: Document, problems: Iterable[Problem]) -> int:
    values = {
        "sha256": document.sha256,
        "name": storable(document.name),
        "title": storable(document.title),
        "pages": document.pages,
    }
    statement = insert(tables.documents).values(values).returning(_DOCUMENT.id)
    document_id: int = connection.scalars(statement).one()
    records = [
        {
            "document_id": document_id,
            "kind": problem.kind,
            "page": problem.page,
            "text": storable(problem.text),
            "hint": storable(problem.hint),
        }
        for problem in problems
    ]
    if records:
        connection.execute(insert(tables.problems), records)
    return document_id


def _find_snapshot(
    connection: Connection, document_id: int, product: str, firmware: str
) -> LoadedSnapshot | None:
    snapshot = tables.snapshots.c
    statement = select(snapshot.revision, snapshot.entry_count).where(
        snapshot.document_id == document_id,
        snapshot.product == product,
        snapshot.firmware == firmware,
    )
    found = connection.execute(statement).one_or_none()
    return found and LoadedSnapshot(product, firmware, *found, is_new=False)


def _store_snapshot(
    connection: Connection,
    document_id: int,
    product: str,
    firmware: Firmware,
    rows: Sequence[_EvidentEntry],
    moment: datetime,
) -> LoadedSnapshot:
    snapshot = tables.snapshots.c
    newest = select(func.max(snapshot.revision)).where(
        snapshot.product == product, snapshot.firmware == str(firmware)
    )
    revision = (connection.scalar(newest) or 0) + 1
    values = {
        "document_id": document_id,
        "product": product,
        "firmware": str(firmware),
        "firmware_order": firmware_order(firmware),
        "revision": revision,
        "entry_count": len(rows),
        "digest": content_digest((row.position, row.page, row.digest) for row in rows),
        "ingested_at": moment,
    }
    snapshot_id = connection.scalars(
        insert(tables.snapshots).values(values).returning(snapshot.id)
    ).one()
    ids = _store_printed_rows(connection, {row.digest: row for row in rows})
    records = [
        {
            "snapshot_id": snapshot_id,
            "printed_row_id": ids[row.digest],
            "position": row.position,
            "page": row.page,
        }
        for row in rows
    ]
    # in the order of the key: pages of the file get full
    records.sort(key=itemgetter("printed_row_id"))
    connection.execute(insert(tables.entries), records)
    return LoadedSnapshot(product, str(firmware), revision, len(rows), is_new=True)


def _store_printed_rows(
    connection: Connection, rows: dict[bytes, _EvidentEntry]
) -> dict[bytes, int]:
    """Give the id of each row by its digest; store those that are new."""
    printed = tables.printed_rows.c
    ids: dict[bytes, int] = {}
    for batch in batches(rows):
        found = select(printed.digest, printed.id).where(printed.digest.in_(batch))
        ids.update(connection.execute(found).all())
    records = [
        {
            "digest": digest,
            "fingerprint": row.fingerprint,
            "fingerprint_sha256": row.fingerprint_sha256 or None,
            "subject_printed": row.subject_printed,
            "agreed": row.agreed,
            "subject": row.subject,
            "subject_matches": True if row.evidence in KNOWN else None,
        }
        for digest, row in rows.items()
        if digest not in ids
    ]
    if records:
        added = insert(tables.printed_rows).returning(printed.digest, printed.id)
        ids.update(connection.execute(added, records).all())
    return ids


# --- certificates and sightings --------------------------------------------------------------


def _store_certificates(connection: Connection, certificates: pd.DataFrame) -> set[str]:
    """Store those that are new; give their fingerprints, SHA-1 and SHA-256."""
    fingerprint = tables.certificates.c.fingerprint
    known: set[str] = set()
    for batch in batches(certificates["fingerprint"]):
        known.update(connection.scalars(select(fingerprint).where(fingerprint.in_(batch))))
    new = certificates[~certificates["fingerprint"].isin(known)]
    records = [dict(zip(frames.CERTIFICATES, row, strict=True)) for row in _tuples(new)]
    if records:
        connection.execute(insert(tables.certificates), records)
    return {*new["fingerprint"], *new["fingerprint_sha256"]}


def _judge(connection: Connection, fingerprints: Iterable[str]) -> int:
    """Compare the rows of these with their certificates, where that was not possible before.

    Returns the number of rows compared.
    """
    printed, certificate = tables.printed_rows, tables.certificates
    found = select(printed, certificate.c.der).where(printed.c.subject_matches.is_(None))
    ways = (
        (printed.c.fingerprint, found.join(certificate, tables.has_its_sha1)),
        (printed.c.fingerprint_sha256, found.join(certificate, tables.has_its_sha256)),
    )
    count = 0
    for batch in batches(fingerprints):
        for digest, statement in ways:
            rows = connection.execute(statement.where(digest.in_(batch))).all()
            if rows:
                judged = update(printed).where(printed.c.id == bindparam("row_id"))
                connection.execute(judged, _verdicts(rows))
            count += len(rows)
    return count


def entries_of(rows: Sequence[Any]) -> list[Entry]:
    """Make entries of printed rows of the database, numbered as they come."""
    return [
        Entry(
            number,
            1,
            "",
            row.fingerprint,
            row.fingerprint_sha256 or "",
            row.subject,
            row.subject_printed,
            row.agreed,
        )
        for number, row in enumerate(rows, 1)
    ]


def _verdicts(rows: Sequence[Any]) -> list[dict[str, object]]:
    entries = entries_of(rows)
    known = _Certificates(
        {entry.identity: row.der for entry, row in zip(entries, rows, strict=True)}
    )
    judged = judge(entries, [known])
    verdicts = []
    for row, verdict in zip(rows, judged.verdicts, strict=True):
        # a row that contradicts its certificate is a problem, and keeps its subject
        found = {"subject": row.subject, "subject_matches": False}
        if not isinstance(verdict, Problem):
            is_known = verdict.evidence in KNOWN
            found = {"subject": verdict.subject, "subject_matches": is_known}
        found["fingerprint"] = hashlib.sha1(row.der, usedforsecurity=False).hexdigest()
        printed = {each.name: row._mapping[each.name] for each in tables.printed_rows.columns}
        verdicts.append({"row_id": row.id, **found, "checksum": checksum(printed | found)})
    return verdicts


def _store_sightings(connection: Connection, sightings: pd.DataFrame) -> None:
    """Store what is new, or newer: an older version of the catalogue takes nothing back."""
    sighting = tables.sightings.c
    known = {
        (fingerprint, programme): (first_seen, last_seen)
        for fingerprint, programme, first_seen, last_seen in connection.execute(
            select(
                sighting.fingerprint, sighting.programme, sighting.first_seen, sighting.last_seen
            )
        )
    }
    added, changed = [], []
    columns = (sightings[name].tolist() for name in frames.SIGHTINGS)
    for fingerprint, programme, first_seen, last_seen, source in zip(*columns, strict=True):
        before = known.get((fingerprint, programme))
        if before and not _is_newer(before, (first_seen, last_seen)):
            continue
        record = {
            "fingerprint": fingerprint,
            "programme": programme,
            "first_seen": first_seen,
            "last_seen": last_seen,
            "source": source,
        }
        if before:
            record["checksum"] = checksum(record)
            changed.append({f"new_{name}": value for name, value in record.items()})
        else:
            added.append(record)
    if added:
        connection.execute(insert(tables.sightings), added)
    if changed:
        connection.execute(_CHANGE_SIGHTING, changed)


def _is_newer(before: tuple[date, date], after: tuple[date, date]) -> bool:
    """Whether (first seen, last seen) has a later end or, with the same end, more before it."""
    return after[1] > before[1] or (after[1] == before[1] and after[0] < before[0])


_OF_SIGHTING: Final = ("first_seen", "last_seen", "source", "checksum")
_CHANGE_SIGHTING: Final = (
    update(tables.sightings)
    .where(
        tables.sightings.c.fingerprint == bindparam("new_fingerprint"),
        tables.sightings.c.programme == bindparam("new_programme"),
    )
    .values({name: bindparam(f"new_{name}") for name in _OF_SIGHTING})
)
