"""The report of two releases side by side: the diff, and on a page every root of either."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import takewhile

from pipeline.catalogue.root_programmes import PROGRAMMES
from pipeline.questions.report import ComparedRoot, ReleaseComparison
from pipeline.questions.show import TrustList
from pipeline.questions.snapshots import SnapshotInfo
from pipeline.report.answers import diff, roots, show
from pipeline.report.answers.roots import PageRoot
from pipeline.report.model import (
    Column,
    Counts,
    Facts,
    Fold,
    PageBlock,
    Paragraph,
    Report,
    iso,
)
from pipeline.report.words import count


def report(comparison: ReleaseComparison, as_of: date | None = None) -> Report:
    """Make the report of the diff, with a page that shows more."""
    own = diff.report(comparison.diff, as_of)
    return replace(own, page=list(_page(comparison, own)))


def _page(comparison: ReleaseComparison, own: Report) -> Iterator[PageBlock]:
    words = list(takewhile(_is_text, own.blocks))
    yield Counts(Counter(root.change for root in comparison.roots))
    yield from words
    for side in (comparison.old, comparison.new):
        yield from show.problems(side)
    yield from own.blocks[len(words) :]
    old, new = comparison.old, comparison.new
    shown = [_root(root, old.snapshot, new.snapshot) for root in comparison.roots]
    blocks = roots.blocks(shown, new.as_of, knows_stores=bool(new.newest_bundles))
    if blocks:
        charts, table = blocks[:-1], blocks[-1]
        yield from charts
        yield Fold(f"All of both: {count(len(shown), 'root')}", [table])
    yield Facts(list(_sources(old, new)), "Sources")


def _is_text(block: PageBlock) -> bool:
    return isinstance(block, Paragraph)


def _root(root: ComparedRoot, old: SnapshotInfo, new: SnapshotInfo) -> PageRoot:
    row = root.new or root.old
    assert row is not None  # noqa: S101  # one of the two releases has it
    places = [
        (snapshot.firmware, roots.place(its_row, snapshot))
        for its_row, snapshot in ((root.old, old), (root.new, new))
        if its_row
    ]
    return PageRoot(row, places, root.programmes, root.change, "; ".join(root.reasons))


def _sources(*sides: TrustList) -> Iterator[tuple[Column, str]]:
    for snapshot in (side.snapshot for side in sides):
        text = (
            f"{snapshot.product}, revision {snapshot.revision}: {count(snapshot.entries, 'root')} "
            f"from {snapshot.document} ({count(snapshot.pages, 'page')}, "
            f"SHA-256 {snapshot.document_sha256}), loaded {iso(snapshot.ingested_at.date())}"
        )
        yield Column(snapshot.firmware), text
    bundles = sides[-1].newest_bundles
    for programme, day in bundles.items():
        yield Column(PROGRAMMES[programme]), f"newest bundle known: {iso(day)}"
