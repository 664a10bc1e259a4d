"""The roots of each release, as far as their certificates are known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, NamedTuple

from sqlalchemy import Connection, Engine, select

from pipeline import catalogue
from pipeline import firmware as firmwares
from pipeline.check.name_key import name_key
from pipeline.check.openssl.anchors import Anchors
from pipeline.check.openssl.outcome import StandIn
from pipeline.database.engine import batches, transaction
from pipeline.firmware import ReleaseId
from pipeline.questions.release_names import release, some_releases
from pipeline.questions.snapshots import check_entries
from pipeline.x509 import names
from pipeline.x509.certificate import Certificate, read
from schemas import tables

_SNAPSHOT: Final = tables.snapshots.c
_ENTRY: Final = tables.entries.c


class TrustedEntry(NamedTuple):
    """A row of a trust list, and its certificate if that is known.

    ``fingerprint`` is its SHA-1 or, while that is not known, its SHA-256.
    """

    fingerprint: str
    subject: str
    certificate: Certificate | None = None

    def with_certificate(self, certificate: Certificate | None) -> TrustedEntry:
        """The same with its certificate, if that is known."""
        if certificate is None:
            return self
        return TrustedEntry(certificate.fingerprint, self.subject, certificate)


@dataclass(frozen=True, eq=False)
class Release:
    """A loaded release and what it trusts, in the order of its document."""

    product: str
    firmware: str
    firmware_order: int
    revision: int
    entries: Sequence[TrustedEntry]

    @property
    def id(self) -> ReleaseId:
        """What names it."""
        return ReleaseId(self.product, self.firmware, self.revision)

    @cached_property
    def roots(self) -> Mapping[str, Certificate]:
        """The certificates that are known, by fingerprint."""
        return {each.fingerprint: each.certificate for each in self.entries if each.certificate}

    @cached_property
    def unresolved(self) -> Sequence[TrustedEntry]:
        """The entries whose certificates are not."""
        return [each for each in self.entries if each.certificate is None]

    @cached_property
    def anchors(self) -> Anchors:
        """The roots as path building wants them."""
        return Anchors(root.der for root in self.roots.values())

    def relevant(self, names: Set[str]) -> tuple[str, ...]:
        """Give the fingerprints of all entries that a path among these names (`name_key`) can meet.

        What a release says of a chain depends on these and their order, which is the document's:
        of several roots with one name, OpenSSL before 1.1.0 takes the first. Names are compared
        more loosely than by path building, so none is missed.
        """
        known = frozenset(self._by_subject.keys() & names)
        if known not in self._met:
            self._met[known] = self._relevant(known)
        return self._met[known]

    def _relevant(self, names: Iterable[str]) -> tuple[str, ...]:
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
        return tuple(sorted(found, key=self._places.__getitem__))

    def comes_after(self, other: Release) -> bool:
        """Whether this is a later release for the same phones."""
        return self.product == other.product and self.firmware_order > other.firmware_order

    def has_root(self, subject: names.Name) -> bool:
        """Whether an entry has this name."""
        return name_key(subject) in self._by_subject

    def unresolved_named(self, issuer: names.Name) -> TrustedEntry | None:
        """Find an entry without a certificate that may be the root of this name."""
        return next((each for each in self.unresolved if names.matches(each.subject, issuer)), None)

    def with_proven(self, sent: Sequence[Certificate]) -> Release:
        """Take certificates that are sent for the entries whose fingerprints they have."""
        wanted = {entry.fingerprint for entry in self.unresolved}
        proven = {
            digest: each
            for each in sent
            for digest in (each.fingerprint, each.fingerprint_sha256)
            if digest in wanted and not isinstance(each, StandIn)
        }
        if not proven:
            return self
        entries = [
            each.with_certificate(proven[each.fingerprint]) if each.fingerprint in proven else each
            for each in self.entries
        ]
        return replace(self, entries=entries)

    @cached_property
    def _met(self) -> dict[frozenset[str], tuple[str, ...]]:
        """What `relevant` gave for the names that are an entry's."""
        return {}

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {entry.fingerprint: place for place, entry in enumerate(self.entries)}

    @cached_property
    def _by_subject(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Subject to fingerprint and issuer of each entry."""
        index: dict[str, list[tuple[str, str]]] = {}
        for fingerprint, subject, certificate in self.entries:
            issuer = name_key(certificate.issuer if certificate else subject)
            key = name_key(certificate.subject if certificate else subject)
            index.setdefault(key, []).append((fingerprint, issuer))
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
        found = (release(engine, text, product).id for text in firmware)
        wanted = list(dict.fromkeys(found))
    else:
        wanted = some_releases(engine, product)
    return sorted(read_releases(engine, wanted), key=lambda each: (each.product, _order(each)))


def told_apart(releases: Sequence[Release]) -> dict[Release, str]:
    """Name releases as `pipeline.firmware.told_apart` does."""
    names = firmwares.told_apart([each.id for each in releases])
    return dict(zip(releases, names, strict=True))


def read_releases(engine: Engine, wanted: Sequence[ReleaseId]) -> list[Release]:
    """Read loaded releases, in the order they are named."""
    with transaction(engine) as connection:
        found = {each.id: each for each in _read(connection, wanted)}
    return [found[each] for each in wanted]


def _order(release: Release) -> tuple[int, int]:
    return release.firmware_order, release.revision


def _read(connection: Connection, wanted: Sequence[ReleaseId]) -> list[Release]:
    """Read all entries in one query, and then each certificate once."""
    chosen = set(wanted)
    columns = (
        _SNAPSHOT.id,
        _SNAPSHOT.product,
        _SNAPSHOT.firmware,
        _SNAPSHOT.revision,
    )
    snapshots = {
        row[0]: row
        for row in connection.execute(select(*columns, _SNAPSHOT.firmware_order))
        if ReleaseId(*row[1:4]) in chosen
    }
    printed: dict[int, list[tuple[str, str]]] = {number: [] for number in snapshots}
    rows = (
        select(_ENTRY.snapshot_id, tables.identity(), tables.printed_rows.c.subject)
        .join(tables.printed_rows, tables.printed_rows.c.id == _ENTRY.printed_row_id)
        .order_by(_ENTRY.position)
    )
    for batch in batches(snapshots):
        of_batch = rows.where(_ENTRY.snapshot_id.in_(batch))
        for number, fingerprint, subject in connection.execute(of_batch):
            printed[number].append((fingerprint, subject))
    check_entries(
        connection,
        {ReleaseId(*row[1:4]): len(printed[number]) for number, row in snapshots.items()},
    )
    known = _certificates(connection, {row[0] for each in printed.values() for row in each})
    return [
        Release(
            product,
            firmware,
            order,
            revision,
            [TrustedEntry(*row).with_certificate(known.get(row[0])) for row in printed[number]],
        )
        for number, product, firmware, revision, order in snapshots.values()
    ]


def _certificates(connection: Connection, fingerprints: Collection[str]) -> dict[str, Certificate]:
    known = select(tables.certificates.c.der)
    found = {
        each.fingerprint: each
        for batch in batches(sorted(fingerprints))
        for der in connection.scalars(known.where(tables.certificates.c.fingerprint.in_(batch)))
        if (each := read(der))
    }
    missing = [each for each in fingerprints if each not in found]
    if missing:  # of a catalogue that is newer than the database
        found |= {each: read(der) for each, der in catalogue.find(missing).items()}
    return found
