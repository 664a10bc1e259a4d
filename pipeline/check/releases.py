"""The roots of each release, as far as their certificates are known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from sqlalchemy import Connection, Engine, select

from pipeline import catalogue, names, query
from pipeline.certificate import Certificate, read
from pipeline.check.path import Anchors
from pipeline.database import batches, transaction
from pipeline.errors import UsageError
from schemas import tables
from schemas.tables import Entry, PrintedRow, Snapshot


@lru_cache(maxsize=65536)
def name_key(name: names.Name | str) -> str:
    """Bring a name, or its canonical form, in a form that equal names have in common."""
    return str(name).casefold()


class Unresolved(NamedTuple):
    """An entry whose certificate isn't known: what is printed of it."""

    fingerprint: str
    subject: str


@dataclass(frozen=True, eq=False)
class Release:
    """A loaded release and what it trusts: roots by fingerprint, and entries that can't be used."""

    product: str
    firmware: str
    firmware_order: int
    revision: int
    roots: Mapping[str, Certificate]
    unresolved: Sequence[Unresolved]

    @cached_property
    def anchors(self) -> Anchors:
        """The roots as path building wants them."""
        return Anchors.of(root.der for root in self.roots.values())

    def relevant(self, names: Iterable[str]) -> frozenset[str]:
        """Give the fingerprints of all entries that a path among these names (`name_key`) can meet.

        What a release says of a chain depends on no others. Names are compared more loosely than
        by path building, so none is missed.
        """
        found: set[str] = set()
        waiting = set(names)
        seen: set[str] = set()
        while waiting:
            key = waiting.pop()
            seen.add(key)
            for fingerprint, issuer in self._by_subject.get(key, ()):
                found.add(fingerprint)
                if issuer not in seen:
                    waiting.add(issuer)
        return frozenset(found)

    def comes_after(self, other: Release) -> bool:
        """Whether this is a later release for the same phones."""
        return self.product == other.product and self.firmware_order > other.firmware_order

    def has_root(self, subject: names.Name) -> bool:
        """Whether an entry has this name."""
        return name_key(subject) in self._by_subject

    def unresolved_named(self, issuer: names.Name) -> Unresolved | None:
        """Find an entry without a certificate that may be the root of this name."""
        return next((each for each in self.unresolved if names.matches(each.subject, issuer)), None)

    def with_proven(self, sent: Sequence[Certificate]) -> Release:
        """Take certificates that are sent for the entries whose fingerprints they have."""
        wanted = {entry.fingerprint for entry in self.unresolved}
        proven = {each.fingerprint: each for each in sent if each.fingerprint in wanted}
        if not proven:
            return self
        left = [entry for entry in self.unresolved if entry.fingerprint not in proven]
        return Release(
            self.product,
            self.firmware,
            self.firmware_order,
            self.revision,
            {**self.roots, **proven},
            left,
        )

    @cached_property
    def _by_subject(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Subject to fingerprint and issuer of each entry."""
        index: dict[str, list[tuple[str, str]]] = {}
        for fingerprint, root in self.roots.items():
            entry = (fingerprint, name_key(root.issuer))
            index.setdefault(name_key(root.subject), []).append(entry)
        for unresolved in self.unresolved:
            key = name_key(unresolved.subject)
            index.setdefault(key, []).append((unresolved.fingerprint, key))
        return index


def releases(
    engine: Engine, firmware: Collection[str] = (), product: str | None = None
) -> list[Release]:
    """Read the releases named, or all in their newest revisions; by product, the oldest first.

    Raises:
        UsageError: a name is of no release, or of several; nothing is loaded.
        DatabaseError: the database can't be used.
    """
    if firmware:
        infos = [query.release(engine, text, product) for text in firmware]
        wanted = list(dict.fromkeys((each.product, each.firmware, each.revision) for each in infos))
    else:
        wanted = _newest(engine, product)
    with transaction(engine) as connection:
        return sorted(_read(connection, wanted), key=lambda each: (each.product, _order(each)))


def _order(release: Release) -> tuple[int, int]:
    return release.firmware_order, release.revision


def _newest(engine: Engine, product: str | None) -> list[tuple[str, str, int]]:
    newest = tables.latest_revisions.c
    statement = select(newest.product, newest.firmware, newest.revision)
    with transaction(engine) as connection:
        found = [tuple(row) for row in connection.execute(statement) if product in (None, row[0])]
    if not found:
        what = "Nothing" if product is None else f"Nothing of {product}"
        raise UsageError(f"{what} is loaded; run `trustlist snapshots` to see what is.")
    return found


def _read(connection: Connection, wanted: Sequence[tuple[str, str, int]]) -> list[Release]:
    """Read all entries in one query, and then each certificate once."""
    chosen = set(wanted)
    columns = (Snapshot.id, Snapshot.product, Snapshot.firmware, Snapshot.revision)
    snapshots = {
        row[0]: row
        for row in connection.execute(select(*columns, Snapshot.firmware_order))
        if tuple(row[1:4]) in chosen
    }
    entries: dict[int, list[Unresolved]] = {number: [] for number in snapshots}
    rows = select(Entry.snapshot_id, PrintedRow.fingerprint, PrintedRow.subject)
    rows = rows.join(PrintedRow, PrintedRow.id == Entry.printed_row_id)
    for batch in batches(snapshots):
        for number, *printed in connection.execute(rows.where(Entry.snapshot_id.in_(batch))):
            entries[number].append(Unresolved(*printed))
    known = _certificates(
        connection, {row.fingerprint for each in entries.values() for row in each}
    )
    return [
        Release(
            product,
            firmware,
            order,
            revision,
            {
                row.fingerprint: known[row.fingerprint]
                for row in entries[number]
                if row.fingerprint in known
            },
            [row for row in entries[number] if row.fingerprint not in known],
        )
        for number, product, firmware, revision, order in snapshots.values()
    ]


def _certificates(connection: Connection, fingerprints: Collection[str]) -> dict[str, Certificate]:
    known = select(tables.Certificate.der)
    found = {
        each.fingerprint: each
        for batch in batches(sorted(fingerprints))
        for der in connection.scalars(known.where(tables.Certificate.fingerprint.in_(batch)))
        if (each := read(der))
    }
    missing = [each for each in fingerprints if each not in found]
    if missing:  # of a catalogue that is newer than the database
        found |= {each: read(der) for each, der in catalogue.find(missing).items()}
    return found
