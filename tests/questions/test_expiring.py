"""What runs out within a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.errors import UsageError
from pipeline.firmware import ReleaseId
from pipeline.questions.expiring import end_of, expiring
from tests.snapshot_loader import Printed, Root, SnapshotLoader, new_root

NOW = datetime(2020, 3, 15, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("within", "start", "end"),
    [
        ("90d", "2020-03-15", "2020-06-13"),
        ("12w", "2020-03-15", "2020-06-07"),
        ("6m", "2020-03-15", "2020-09-15"),
        ("10m", "2020-03-15", "2021-01-15"),
        ("1y", "2020-03-15", "2021-03-15"),
        ("1Y", "2020-02-29", "2021-02-28"),
        ("1m", "2020-01-31", "2020-02-29"),
        (" 1 m ", "2020-12-31", "2021-01-31"),
    ],
)
def test_times_are_days_weeks_months_and_years(within: str, start: str, end: str) -> None:
    first, last = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (start, end))
    assert end_of(within, first) == last


@pytest.mark.parametrize("within", ["", "90", "d", "-1d", "0d", "1.5y", "90 days", "1h", "9y9"])
def test_what_is_no_time_is_refused(within: str) -> None:
    with pytest.raises(UsageError, match="is no time such as 90d, 12w, 6m or 1y"):
        end_of(within, NOW)


@pytest.mark.parametrize("within", ["99999y", "7980y", "99999m"])
def test_after_the_year_9999_there_is_nothing(within: str) -> None:
    with pytest.raises(UsageError, match="9999"):
        end_of(within, NOW)


def test_both_ends_belong_to_it(loader: SnapshotLoader) -> None:
    last = NOW + timedelta(days=90)
    ends = {"gone": NOW - SECOND, "first": NOW, "last": last, "later": last + SECOND}
    loader.load({"12.7(1)": [new_root(name, end) for name, end in ends.items()]})
    answer = expiring(loader.engine, "12.7", as_of=NOW)
    assert [root.subject for root in answer.roots] == ["CN=first", "CN=last"]
    assert (answer.as_of, answer.until) == (NOW, last)


def test_without_a_release_the_newest_revision_of_each_is_looked_at(loader: SnapshotLoader) -> None:
    soon, sooner = new_root("Soon", NOW + 2 * SECOND), new_root("Sooner", NOW + SECOND)
    unknown = Printed(new_root("Unknown"), is_known=False)
    loader.load({"12.7(1)": [soon, sooner, unknown], "12.8(1)": [soon, unknown]})
    loader.load({"12.7(1)": [soon, unknown]}, document="a correction")
    loader.load({"10.1": [sooner]}, product="7800")
    answer = expiring(loader.engine, as_of=NOW)
    phones = [ReleaseId("8800", "12.7(1)", 2), ReleaseId("8800", "12.8(1)", 1)]
    assert answer.releases == [ReleaseId("7800", "10.1", 1), *phones]
    assert [(root.subject, root.trusted_by) for root in answer.roots] == [
        ("CN=Sooner", [ReleaseId("7800", "10.1", 1)]),
        ("CN=Soon", phones),
    ]
    assert answer.unknown == 1
    of_product = expiring(loader.engine, product="8800", as_of=NOW)
    assert [root.subject for root in of_product.roots] == ["CN=Soon"]


def test_roots_known_by_their_sha256_only_count_as_unknown_each(loader: SnapshotLoader) -> None:
    roots = [new_root(name) for name in ("First", "Second")]
    without = [
        Printed(
            Root({**root.record, "fingerprint": ""}, root.key),
            fingerprint_sha256=str(root.record["fingerprint_sha256"]),
            is_known=False,
        )
        for root in roots
    ]
    loader.load({"12.7(1)": without, "12.8(1)": without[:1]})
    assert expiring(loader.engine, as_of=NOW).unknown == 2
    assert expiring(loader.engine, "12.8(1)", as_of=NOW).unknown == 1


def test_an_empty_database_says_so(loader: SnapshotLoader) -> None:
    with pytest.raises(UsageError, match="Nothing is loaded"):
        expiring(loader.engine)
