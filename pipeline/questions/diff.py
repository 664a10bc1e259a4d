"""What changed between two releases, and why: plain data, with reasons drawn from evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Engine

from pipeline.catalogue.root_programmes import stores
from pipeline.check import servers
from pipeline.check.servers import ServerChange
from pipeline.database.engine import transaction
from pipeline.firmware import ReleaseId
from pipeline.moment import moment
from pipeline.questions import diff_reasons, trust_list_root
from pipeline.questions.diff_reasons import DiffReason, Fact, Others
from pipeline.questions.release_names import release
from pipeline.questions.snapshots import NOT_WRITTEN, SnapshotInfo, incomplete
from pipeline.questions.trust_list_root import Root


@dataclass(frozen=True)
class ChangedRoot:
    """A root that differs, and why, in plain words. Times are UTC, None if not known.

    ``known_as`` is Microsoft's name for it, if it names somebody else than the subject does;
    ``facts`` are what the reasons rest on, for programs.
    """

    fingerprint: str
    subject: str
    not_before: datetime | None
    not_after: datetime | None
    reasons: list[str]
    known_as: str | None
    facts: list[Fact]


@dataclass(frozen=True)
class Diff:
    """The difference of two trust lists, each part in the order of its document.

    ``changed`` are fingerprints that both print, but beside different names. ``as_of`` is the time
    for which the reasons say what has expired, and ``servers`` what the two say of servers whose
    chains lead to a removed root. ``gaps`` are those of the two that may lack roots.
    """

    old: ReleaseId
    new: ReleaseId
    added: list[ChangedRoot]
    removed: list[ChangedRoot]
    changed: list[ChangedRoot]
    unchanged: int
    as_of: datetime
    servers: list[ServerChange] = field(default_factory=list)
    gaps: list[SnapshotInfo] = field(default_factory=list, metadata=NOT_WRITTEN)


def diff(
    engine: Engine, old: str, new: str, *, product: str | None = None, as_of: date | None = None
) -> Diff:
    """Compare the releases that ``old`` and ``new`` name (see `release_names.release`).

    ``as_of`` tells what had expired (see `pipeline.moment.moment`).

    Raises:
        UsageError: a text names no release, one that isn't loaded, or several.
    """
    one, other = (release(engine, each, product).id for each in (old, new))
    when = moment(as_of)
    with transaction(engine) as connection:
        known = stores(connection)
        before, after = (
            trust_list_root.of_snapshot(connection, side, known) for side in (one, other)
        )
    added, removed, changed, unchanged = compare(before, after, when)
    return Diff(
        one,
        other,
        added,
        removed,
        changed,
        unchanged,
        when,
        servers.changes(engine, one, other, [root.fingerprint for root in removed], when),
        incomplete(engine, [one, other]),
    )


def compare(
    old: Sequence[Root],
    new: Sequence[Root],
    when: datetime,
    places: diff_reasons.Places = diff_reasons.OVER_TIME,
) -> tuple[list[ChangedRoot], list[ChangedRoot], list[ChangedRoot], int]:
    """Give what was added, what removed, what changed, and the number of unchanged roots.

    Each list has a fingerprint once, as `pipeline.normalise` sees to. ``places`` are the words for
    where a root is that is named as a reason.
    """
    before = {root.fingerprint: root for root in old}
    after = {root.fingerprint: root for root in new}
    kept = [(before[root.fingerprint], root) for root in new if root.fingerprint in before]
    both = [root.fingerprint for root, _ in kept]
    changed = [
        item(now, diff_reasons.for_renaming(was, now))
        for was, now in kept
        if was.subject != now.subject
    ]
    old_ones, new_ones = Others(old, both, places), Others(new, both, places)
    return (
        [
            item(root, diff_reasons.for_adding(root, old_ones, when))
            for root in new
            if root.fingerprint not in before
        ],
        [
            item(root, diff_reasons.for_removing(root, new_ones, when))
            for root in old
            if root.fingerprint not in after
        ],
        changed,
        len(kept) - len(changed),
    )


def item(root: Root, why: Iterable[DiffReason]) -> ChangedRoot:
    """Say of a root why it differs."""
    given = list(why)
    return ChangedRoot(
        root.fingerprint,
        root.subject,
        root.not_before,
        root.not_after,
        [reason.words for reason in given],
        trust_list_root.known_as(root),
        [fact for reason in given for fact in reason.facts],
    )
