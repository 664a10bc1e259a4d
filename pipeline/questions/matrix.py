"""Which of several releases trust which roots, and when each came and went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Engine

from pipeline.catalogue.root_programmes import Stores
from pipeline.database.engine import transaction
from pipeline.errors import UsageError
from pipeline.firmware import ReleaseId
from pipeline.questions import release_names, trust_list_root
from pipeline.questions.snapshots import NOT_WRITTEN, SnapshotInfo, check_entries, incomplete
from pipeline.questions.trust_list_root import Root


@dataclass(frozen=True)
class MatrixStep:
    """A release, and how it differs from the one before it: the number of roots added, removed.

    That is the one before it of the same product; the first of each has none, so both are 0.
    ``name`` tells it from the other releases; ``roots`` is how many it trusts.
    """

    name: str
    release: ReleaseId
    roots: int
    added: int
    removed: int


@dataclass(frozen=True)
class MatrixRoot:
    """A root that isn't everywhere. Times are UTC, None if not known.

    ``trusted`` has a value for each release. ``came`` and ``left`` name the releases that have it,
    or haven't, unlike the one before of the same product. ``subject`` is that of the last release
    that has it, ``other_subjects`` are what others print.
    """

    fingerprint: str
    subject: str
    other_subjects: list[str]
    not_before: datetime | None
    not_after: datetime | None
    trusted: list[bool]
    came: list[str]
    left: list[str]


@dataclass(frozen=True)
class Matrix:
    """Releases side by side, in the order asked for.

    ``roots`` are those that some release lacks, or prints another subject for; ``everywhere`` is
    the number of the others. ``gaps`` are those of the releases that may lack roots.
    """

    steps: list[MatrixStep]
    roots: list[MatrixRoot]
    everywhere: int
    gaps: list[SnapshotInfo] = field(default_factory=list, metadata=NOT_WRITTEN)


def matrix(engine: Engine, releases: Sequence[str], *, product: str | None = None) -> Matrix:
    """Compare the releases of these names (see `release_names.release`); ``all`` is every one.

    Raises:
        UsageError: a text names no release, one that isn't loaded, or several.
    """
    if list(releases) == ["all"]:
        found = release_names.latest_releases(engine, product)
        if not found:
            raise UsageError("No such release is loaded; run `trustlist snapshots` to see what is.")
    else:
        found = [release_names.release(engine, each, product).id for each in releases]
    unknown = Stores({}, {})
    with transaction(engine) as connection:
        lists = [trust_list_root.of_snapshot(connection, each, unknown) for each in found]
        check_entries(connection, dict(zip(found, map(len, lists), strict=True)))
    return replace(compare(found, lists), gaps=incomplete(engine, found))


def compare(releases: Sequence[ReleaseId], lists: Sequence[Sequence[Root]]) -> Matrix:
    """Put trust lists side by side. First come roots that left, the last to leave before others."""
    columns = [{root.fingerprint: root for root in each} for each in lists]
    names = _names(releases)
    every = dict.fromkeys(fingerprint for column in columns for fingerprint in column)
    before = _predecessors(releases)
    rows = [_row([column.get(each) for column in columns], names, before) for each in every]
    differing = [row for row in rows if not all(row.trusted) or row.other_subjects]
    differing.sort(key=lambda row: (*(not each for each in row.trusted), row.subject.casefold()))
    steps = list(_steps(releases, names, columns, before))
    return Matrix(steps, differing, len(rows) - len(differing))


def _predecessors(releases: Sequence[ReleaseId]) -> list[int | None]:
    """Give the place of the release before each, of the same product."""
    last: dict[str, int] = {}
    places = []
    for place, release in enumerate(releases):
        places.append(last.get(release.product))
        last[release.product] = place
    return places


def _row(
    cells: Sequence[Root | None], names: Sequence[str], before: Sequence[int | None]
) -> MatrixRoot:
    last = next(root for root in reversed(cells) if root)
    others = dict.fromkeys(root.subject for root in cells if root and root.subject != last.subject)
    trusted = [root is not None for root in cells]
    changes = [
        (name, now)
        for name, now, place in zip(names, trusted, before, strict=True)
        if place is not None and trusted[place] != now
    ]
    return MatrixRoot(
        last.fingerprint,
        last.subject,
        list(others),
        last.not_before,
        last.not_after,
        trusted,
        [name for name, is_there in changes if is_there],
        [name for name, is_there in changes if not is_there],
    )


def _steps(
    releases: Sequence[ReleaseId],
    names: Sequence[str],
    columns: Sequence[dict[str, Root]],
    before: Sequence[int | None],
) -> Iterator[MatrixStep]:
    for release, name, now, place in zip(releases, names, columns, before, strict=True):
        then = now if place is None else columns[place]
        added, removed = len(now.keys() - then.keys()), len(then.keys() - now.keys())
        yield MatrixStep(name, release, len(now), added, removed)


def _names(releases: Sequence[ReleaseId]) -> list[str]:
    """Name each release, as exactly as it takes to tell it from the others."""
    products = {each.product for each in releases}
    numbers = Counter((each.product, each.firmware) for each in dict.fromkeys(releases))
    return [
        each.firmware
        + (f"@{each.revision}" if numbers[each.product, each.firmware] > 1 else "")
        + (f" of {each.product}" if len(products) > 1 else "")
        for each in releases
    ]
