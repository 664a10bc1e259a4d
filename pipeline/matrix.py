"""Which of several releases trust which roots, and when each came and went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import Engine, select

from pipeline import query, roots
from pipeline.database import transaction
from pipeline.diff import Release, release_of
from pipeline.errors import UsageError
from pipeline.roots import Root
from pipeline.standing import Stores
from schemas import tables


@dataclass(frozen=True)
class Step:
    """A release, and how it differs from the one before it: the number of roots added, removed.

    ``name`` tells it from the other releases; ``roots`` is how many it trusts.
    """

    name: str
    release: Release
    roots: int
    added: int
    removed: int


@dataclass(frozen=True)
class MatrixRoot:
    """A root that isn't everywhere. Times are UTC, None if not known.

    ``trusted`` has a value for each release. ``came`` and ``left`` name the releases that have it,
    or haven't, unlike the one before. ``subject`` is that of the last release that has it,
    ``other_subjects`` are what others print.
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
    the number of the others.
    """

    steps: list[Step]
    roots: list[MatrixRoot]
    everywhere: int


def matrix(engine: Engine, releases: Sequence[str], *, product: str | None = None) -> Matrix:
    """Compare the releases of these names (see `pipeline.query.release`); ``all`` is every one.

    Raises:
        UsageError: a text names no release, one that isn't loaded, or several.
    """
    found = (
        _all(engine, product)
        if list(releases) == ["all"]
        else [release_of(query.release(engine, each, product)) for each in releases]
    )
    unknown = Stores({}, {})
    with transaction(engine) as connection:
        lists = [
            roots.of_snapshot(connection, each.product, each.firmware, each.revision, unknown)
            for each in found
        ]
    return compare(found, lists)


def compare(releases: Sequence[Release], lists: Sequence[Sequence[Root]]) -> Matrix:
    """Put trust lists side by side. First come roots that left, the last to leave before others."""
    columns = [{root.fingerprint: root for root in each} for each in lists]
    names = _names(releases)
    every = dict.fromkeys(fingerprint for column in columns for fingerprint in column)
    rows = [_row([column.get(each) for column in columns], names) for each in every]
    differing = [row for row in rows if not all(row.trusted) or row.other_subjects]
    differing.sort(key=lambda row: (*(not each for each in row.trusted), row.subject.casefold()))
    return Matrix(list(_steps(releases, names, columns)), differing, len(rows) - len(differing))


def _all(engine: Engine, product: str | None) -> list[Release]:
    newest = tables.latest_revisions.c
    statement = select(newest.product, newest.firmware, newest.revision).order_by(
        newest.product, newest.firmware_order
    )
    if product is not None:
        statement = statement.where(newest.product == product)
    with transaction(engine) as connection:
        found = [Release(*row) for row in connection.execute(statement)]
    if not found:
        raise UsageError("No such release is loaded; run `trustlist snapshots` to see what is.")
    return found


def _row(cells: Sequence[Root | None], names: Sequence[str]) -> MatrixRoot:
    last = next(root for root in reversed(cells) if root)
    others = dict.fromkeys(root.subject for root in cells if root and root.subject != last.subject)
    trusted = [root is not None for root in cells]
    changes = [
        (name, now) for (before, now), name in zip(pairwise(trusted), names[1:], strict=True)
        if before != now
    ]  # fmt: skip
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
    releases: Sequence[Release], names: Sequence[str], columns: Sequence[dict[str, Root]]
) -> Iterator[Step]:
    for release, name, before, now in zip(
        releases, names, [columns[0], *columns], columns, strict=False
    ):
        added, removed = len(now.keys() - before.keys()), len(before.keys() - now.keys())
        yield Step(name, release, len(now), added, removed)


def _names(releases: Sequence[Release]) -> list[str]:
    """Name each release, as exactly as it takes to tell it from the others."""
    products = {each.product for each in releases}
    numbers = Counter((each.product, each.firmware) for each in dict.fromkeys(releases))
    return [
        each.firmware
        + (f"@{each.revision}" if numbers[each.product, each.firmware] > 1 else "")
        + (f" of {each.product}" if len(products) > 1 else "")
        for each in releases
    ]
