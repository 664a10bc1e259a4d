"""Two releases side by side, from made-up documents: what the page says of each root."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TypeVar

import pytest

from pipeline.errors import UsageError
from pipeline.extract.document import Problem
from pipeline.questions.report import ReleaseComparison, compare
from pipeline.report.answers.report import report
from pipeline.report.model import Bars, Counts, Facts, Fold, Grid, Paragraph, Timeline
from tests.snapshot_loader import Printed, Root, SnapshotLoader, new_root

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

BlockT = TypeVar("BlockT")

DAY = date(2020, 6, 1)
GONE = new_root("Gone", datetime(2020, 5, 30, tzinfo=UTC))
NEW, RENAMED, KEPT, UNKNOWN = (new_root(name) for name in ("New", "Renamed", "Kept", "Unknown"))
OLD_ROWS = [GONE, Printed(RENAMED, "CN=Old name"), KEPT, Printed(UNKNOWN, is_known=False)]
NEW_ROWS = [NEW, KEPT, RENAMED, Printed(UNKNOWN, is_known=False)]


@pytest.fixture
def compared(loader: SnapshotLoader) -> ReleaseComparison:
    seen = [(KEPT.fingerprint, "mozilla", date(2010, 1, 1), date(2026, 1, 1), "certifi 1 to x 2")]
    loader.load({"12.7(1)": OLD_ROWS}, "old", sightings=seen)
    loader.load({"12.8(1)": NEW_ROWS}, "new", sightings=seen)
    return compare(loader.engine, "12.7", "12.8", as_of=DAY)


def only(comparison: ReleaseComparison, kind: type[BlockT]) -> BlockT:
    page = report(comparison, DAY).page
    folded = [inner for each in page if isinstance(each, Fold) for inner in each.blocks]
    (block,) = (each for each in [*page, *folded] if isinstance(each, kind))
    return block


def facts(comparison: ReleaseComparison, root: Root) -> dict[str, str]:
    grid = only(comparison, Grid)
    blocks = grid.details[list(grid.keys).index(root.fingerprint)]
    return {
        column.title: value
        for block in blocks
        if isinstance(block, Facts)
        for column, value in block.pairs
    }


def test_every_root_of_either_release_is_told_what_happened_to_it(
    compared: ReleaseComparison,
) -> None:
    assert [(root.change, (root.new or root.old).fingerprint) for root in compared.roots] == [
        ("removed", GONE.fingerprint),
        ("added", NEW.fingerprint),
        ("changed", RENAMED.fingerprint),
        ("unchanged", KEPT.fingerprint),
        ("unchanged", UNKNOWN.fingerprint),
    ]
    expected = {"removed": 1, "added": 1, "changed": 1, "unchanged": 2}
    assert only(compared, Counts).numbers == expected


def test_the_chart_and_the_table_have_each_root_once(compared: ReleaseComparison) -> None:
    spans, grid = only(compared, Timeline).spans, only(compared, Grid)
    looks = {span.key: span.status for span in spans}
    assert len(spans) == len(grid.rows) == len(grid.keys) == len(grid.details) == 5
    assert looks == {
        GONE.fingerprint: "removed",
        NEW.fingerprint: "added",
        RENAMED.fingerprint: "changed",
        KEPT.fingerprint: "unchanged",
        UNKNOWN.fingerprint: "unchanged",
    }
    assert set(grid.keys) == set(looks)


def test_what_is_not_known_is_said(compared: ReleaseComparison) -> None:
    (span,) = (e for e in only(compared, Timeline).spans if e.key == UNKNOWN.fingerprint)
    assert (span.start, span.end, span.remark) == (None, None, "not known")
    assert "status" in [column.title for column in only(compared, Grid).columns]
    assert facts(compared, UNKNOWN)["evidence"] == "agreed"
    assert "SHA-256" not in facts(compared, UNKNOWN)


def test_a_row_tells_where_each_document_prints_it(compared: ReleaseComparison) -> None:
    kept = facts(compared, KEPT)
    assert kept["printed in 12.7(1)"] == "page 1, row 3 of old.pdf"
    assert kept["printed in 12.8(1)"] == "page 1, row 2 of new.pdf"
    assert kept["SHA-256"] == KEPT.record["fingerprint_sha256"]
    assert kept["Mozilla"].startswith("in store now, first seen 2010-01-01")
    assert "printed in 12.8(1)" not in facts(compared, GONE)
    assert "expired 2020-05-30" in facts(compared, GONE)["why"]


def test_years_count_the_roots_that_end_in_them(compared: ReleaseComparison) -> None:
    bars = {bar.label: bar.numbers for bar in only(compared, Bars).bars if bar.numbers}
    assert bars == {"2020": {"removed": 1}, "2040": {"added": 1, "changed": 1, "unchanged": 1}}


def test_both_days_are_marked(compared: ReleaseComparison) -> None:
    today, as_of = only(compared, Timeline).marks
    assert (today.label, today.at.date()) == ("today", datetime.now(UTC).date())
    assert (as_of.label, as_of.at.date()) == ("as of", DAY)


def test_what_was_let_pass_is_said_since_roots_may_be_missing(loader: SnapshotLoader) -> None:
    problem = Problem("unaccounted-text", 1, "what is this")
    loader.load({"12.7(1)": [KEPT]}, "old", [problem])
    loader.load({"12.8(1)": [KEPT]}, "new")
    page = report(compare(loader.engine, "12.7", "12.8")).page
    texts = [block.text for block in page if isinstance(block, Paragraph)]
    assert any(text.startswith("old.pdf was loaded without") for text in texts)
    assert not any(text.startswith("new.pdf") for text in texts)


def test_a_release_that_is_not_loaded_is_named(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [KEPT]})
    with pytest.raises(UsageError, match=r"12\.8 is not loaded"):
        compare(loader.engine, "12.7", "12.8")
