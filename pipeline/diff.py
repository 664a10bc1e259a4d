"""What changed between two releases, and why: plain data, with reasons drawn from evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, Engine, and_, func, select

from pipeline import query
from pipeline.database import transaction
from schemas import tables
from schemas.tables import Certificate, Sighting

_MOZILLA: Final = "mozilla"


@dataclass(frozen=True)
class Release:
    """One side of a comparison."""

    product: str
    firmware: str
    revision: int


@dataclass(frozen=True)
class Item:
    """A root that differs, and why, in plain words. Times are UTC, None if not known."""

    fingerprint: str
    subject: str
    not_before: datetime | None
    not_after: datetime | None
    reasons: list[str]


@dataclass(frozen=True)
class Diff:
    """The difference of two trust lists, each part in the order of its document.

    ``changed`` are fingerprints that both print, but beside different names.
    """

    old: Release
    new: Release
    added: list[Item]
    removed: list[Item]
    changed: list[Item]
    unchanged: int


@dataclass(frozen=True)
class Seen:
    """A root's time in Mozilla's bundles: the first and the last it was in, or empty for never."""

    first: str = ""  # certifi 2016.9.26
    last: str = ""
    is_present: bool = False


@dataclass(frozen=True)
class Root:
    """A row of a trust list, with the evidence for reasons; None is for what is not known.

    ``name`` and ``key`` are the subject of its certificate and the SHA-256 of its
    SubjectPublicKeyInfo.
    """

    fingerprint: str
    subject: str
    not_before: datetime | None = None
    not_after: datetime | None = None
    name: str | None = None
    key: str | None = None
    mozilla: Seen | None = None


_ByName = Mapping[str, Sequence[Root]]


def diff(
    engine: Engine, old: str, new: str, *, product: str | None = None, as_of: date | None = None
) -> Diff:
    """Compare the releases that ``old`` and ``new`` name (see `pipeline.query.release`).

    ``as_of`` tells what had expired (see `pipeline.query.moment`).

    Raises:
        UsageError: a text names no release, one that isn't loaded, or several.
    """
    before = query.release(engine, old, product)
    after = query.release(engine, new, product)
    with transaction(engine) as connection:
        parts = compare(_roots(connection, before), _roots(connection, after), query.moment(as_of))
    return Diff(_release(before), _release(after), *parts)


def compare(
    old: Sequence[Root], new: Sequence[Root], when: datetime
) -> tuple[list[Item], list[Item], list[Item], int]:
    """Give what was added, what removed, what changed, and the number of unchanged roots.

    Each list has a fingerprint once, as `pipeline.normalise` sees to.
    """
    before = {root.fingerprint: root for root in old}
    after = {root.fingerprint: root for root in new}
    old_by_name, new_by_name = _by_name(old), _by_name(new)
    kept = [(before[root.fingerprint], root) for root in new if root.fingerprint in before]
    changed = [
        _item(now, _reasons_for_change(was, now)) for was, now in kept if was.subject != now.subject
    ]
    return (
        [
            _item(root, _reasons_for_adding(root, old_by_name, when))
            for root in new
            if root.fingerprint not in before
        ],
        [
            _item(root, _reasons_for_removing(root, new_by_name, when))
            for root in old
            if root.fingerprint not in after
        ],
        changed,
        len(kept) - len(changed),
    )


def _release(snapshot: query.SnapshotInfo) -> Release:
    return Release(snapshot.product, snapshot.firmware, snapshot.revision)


def _item(root: Root, reasons: Iterable[str]) -> Item:
    return Item(root.fingerprint, root.subject, root.not_before, root.not_after, list(reasons))


# --- reasons ---------------------------------------------------------------------------------


def _reasons_for_removing(root: Root, new: _ByName, when: datetime) -> Iterator[str]:
    if root.not_after is None:
        yield "certificate unknown"
    elif root.not_after < when:
        yield f"expired {root.not_after:%Y-%m-%d}"
    else:
        yield f"still valid until {root.not_after:%Y-%m-%d}"
    for other in _namesakes(root, new):
        if other.key == root.key:
            yield f"re-issued as {_short(other)} (same name and key, new certificate)"
        else:
            yield f"new key under the same name: {_short(other)}"
    yield from _reasons_from_mozilla(root, present="still in Mozilla's store")


def _reasons_for_adding(root: Root, old: _ByName, when: datetime) -> Iterator[str]:
    if root.not_after is None:
        yield "certificate unknown"
    else:
        verb = "expired" if root.not_after < when else "expires"
        yield f"{verb} {root.not_after:%Y-%m-%d}"
    for other in _namesakes(root, old):
        if other.key == root.key:
            yield f"re-issue of {_short(other)} (same name and key, new certificate)"
        else:
            yield f"new key under the name of {_short(other)}"
    if root.mozilla:
        present = f"first seen in Mozilla's store in {root.mozilla.first}"
        yield from _reasons_from_mozilla(root, present)


def _reasons_for_change(before: Root, after: Root) -> Iterator[str]:
    yield f"printed as {before.subject or 'nothing'} before"
    if after.name is None:
        yield "certificate unknown"
    elif after.name == after.subject:
        yield "the new name is the certificate's"
    elif after.name == before.subject:
        yield "the old name is the certificate's"
    else:
        yield f"the certificate's name is {after.name}"


def _reasons_from_mozilla(root: Root, present: str) -> Iterator[str]:
    if root.mozilla is None:
        return
    if not root.mozilla.last:
        yield "never seen in Mozilla's store"
    elif root.mozilla.is_present:
        yield present
    else:
        yield f"last seen in Mozilla's store in {root.mozilla.last}"


def _by_name(roots: Iterable[Root]) -> _ByName:
    by_name: dict[str, list[Root]] = {}
    for root in roots:
        if root.name:
            by_name.setdefault(root.name, []).append(root)
    return by_name


def _namesakes(root: Root, by_name: _ByName) -> Iterator[Root]:
    """Give the other certificates with the same subject."""
    for other in by_name.get(root.name or "", ()):
        if other.fingerprint != root.fingerprint:
            yield other


def _short(root: Root) -> str:
    return f"{root.fingerprint[:12]}…"


# --- evidence --------------------------------------------------------------------------------


def _roots(connection: Connection, snapshot: query.SnapshotInfo) -> list[Root]:
    newest = connection.scalar(
        select(func.max(Sighting.last_seen)).where(Sighting.programme == _MOZILLA)
    )
    row = tables.trust_list.c
    statement = (
        select(
            row.fingerprint,
            row.subject,
            row.not_before,
            row.not_after,
            Certificate.subject.label("name"),
            Certificate.spki_sha256.label("key"),
            Sighting.source,
            Sighting.last_seen,
        )
        .outerjoin(Certificate, Certificate.fingerprint == row.fingerprint)
        .outerjoin(
            Sighting,
            and_(Sighting.fingerprint == row.fingerprint, Sighting.programme == _MOZILLA),
        )
        .where(
            row.product == snapshot.product,
            row.firmware == snapshot.firmware,
            row.revision == snapshot.revision,
        )
        .order_by(row.position)
    )
    return [
        Root(
            fingerprint=found.fingerprint,
            subject=found.subject,
            not_before=found.not_before,
            not_after=found.not_after,
            name=found.name,
            key=found.key,
            mozilla=_seen(found.source, found.last_seen, newest),
        )
        for found in connection.execute(statement)
    ]


def _seen(source: str | None, last_seen: date | None, newest: date | None) -> Seen | None:
    """Read a sighting; ``newest`` is the date of Mozilla's newest bundle."""
    if newest is None:
        return None
    if source is None:
        return Seen()
    first, _, last = source.partition(" to ")
    return Seen(first, last or first, last_seen == newest)
