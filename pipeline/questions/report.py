"""Two releases side by side: every root of either, what happened to it, and all that is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import Engine

from pipeline.catalogue.root_programmes import Stay, Stores, stores
from pipeline.database.engine import transaction
from pipeline.moment import moment
from pipeline.questions.diff import Diff, diff
from pipeline.questions.show import TrustList, TrustListRow, show

Change = Literal["removed", "added", "changed", "unchanged"]


@dataclass(frozen=True)
class ComparedRoot:
    """A root that either release trusts, with its row in each and its time in root stores."""

    change: Change
    reasons: list[str]
    old: TrustListRow | None
    new: TrustListRow | None
    programmes: list[Stay]


@dataclass(frozen=True)
class ReleaseComparison:
    """What changed, both trust lists, and their roots: those that differ come first."""

    diff: Diff
    old: TrustList
    new: TrustList
    roots: list[ComparedRoot]


def compare(
    engine: Engine, old: str, new: str, *, product: str | None = None, as_of: date | None = None
) -> ReleaseComparison:
    """Compare two releases as `pipeline.questions.diff.diff` does, and keep what is the same, too.

    Raises:
        UsageError: as it does.
    """
    when = moment(as_of)
    before = show(engine, old, product=product, as_of=when)
    after = show(engine, new, product=product, as_of=when)
    changes = diff(engine, old, new, product=product, as_of=when)
    with transaction(engine) as connection:
        known = stores(connection)
    return ReleaseComparison(
        changes, before, after, list(_roots(changes, before.rows, after.rows, known))
    )


def _roots(
    changes: Diff, old: Sequence[TrustListRow], new: Sequence[TrustListRow], known: Stores
) -> Iterator[ComparedRoot]:
    before = {row.identity: row for row in old}
    after = {row.identity: row for row in new}

    def root(fingerprint: str, change: Change, reasons: list[str]) -> ComparedRoot:
        rows = before.get(fingerprint), after.get(fingerprint)
        return ComparedRoot(change, reasons, *rows, known.stays(fingerprint))

    for item in changes.removed:
        yield root(item.fingerprint, "removed", item.reasons)
    for item in changes.added:
        yield root(item.fingerprint, "added", item.reasons)
    for item in changes.changed:
        yield root(item.fingerprint, "changed", item.reasons)
    differing = {item.fingerprint for item in changes.changed}
    for fingerprint in after:
        if fingerprint in before and fingerprint not in differing:
            yield root(fingerprint, "unchanged", [])
