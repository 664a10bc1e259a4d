"""Which release is meant, and what it trusts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine

from pipeline.errors import UsageError
from pipeline.moment import moment
from pipeline.questions import release_names, show, snapshots
from pipeline.questions.trust_list import Status
from tests.snapshot_loader import Printed, SnapshotLoader, new_root

END = datetime(2020, 5, 30, 10, 48, 38, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def refusal(engine: Engine, text: str, product: str | None = None) -> str:
    with pytest.raises(UsageError) as caught:
        release_names.release(engine, text, product)
    return str(caught.value)


@pytest.fixture
def loaded(loader: SnapshotLoader) -> Engine:
    root = new_root("A")
    for release in ("12.10(1)", "12.7(1)", "12.8(1)", "12.8(1)SR1", "14.0"):
        loader.load({release: [root]})
    loader.load({"12.7(1)": [root, new_root("B")]}, document="newer")
    return loader.engine


# --- snapshots -------------------------------------------------------------------------------


def test_snapshots_are_listed_in_ciscos_order(loaded: Engine) -> None:
    assert [
        (each.firmware, each.revision, each.entries) for each in snapshots.snapshots(loaded)
    ] == [
        ("12.7(1)", 1, 1),
        ("12.7(1)", 2, 2),
        ("12.8(1)", 1, 1),
        ("12.8(1)SR1", 1, 1),
        ("12.10(1)", 1, 1),
        ("14.0", 1, 1),
    ]


def test_a_snapshot_names_its_document(loader: SnapshotLoader) -> None:
    noon = datetime(2021, 9, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    loader.load({"12.7(1)": [new_root("A")]}, document="list", ingested_at=noon)
    assert snapshots.snapshots(loader.engine) == [
        snapshots.SnapshotInfo(
            product="8800",
            firmware="12.7(1)",
            revision=1,
            entries=1,
            document="list.pdf",
            # printf list | sha256sum
            document_sha256="a330395cc0a53ad1207736546afff4735940937564bbf75ce1edad40780d9139",
            title="Trust list",
            pages=3,
            ingested_at=datetime(2021, 9, 1, 12, tzinfo=UTC),
            problems=0,
        )
    ]


def test_those_nearby_are_the_families_and_the_newest(loader: SnapshotLoader) -> None:
    root = new_root("A")
    for release in ("10.1", "11.0(1)", "11.0(2)", "12.6(1)", "12.7(1)", "12.7(2)", "12.8(1)"):
        loader.load({release: [root]})
    found = [each.firmware for each in snapshots.nearby(loader.engine, "8800", ["11.0(1)"])]
    assert found == ["11.0(1)", "11.0(2)", "12.7(1)", "12.7(2)", "12.8(1)"]
    loader.load({"14.0": [root]}, product="7800")
    loader.load({"9.0": [root]}, product="7800")
    loader.load({"12.7(3)": [root]}, product="Room Kit")
    named = [(each.product, each.firmware) for each in snapshots.nearby(loader.engine, "8800", [])]
    assert named == [
        ("7800", "14.0"),
        ("8800", "12.7(1)"),
        ("8800", "12.7(2)"),
        ("8800", "12.8(1)"),
        ("Room Kit", "12.7(3)"),
    ]


def test_snapshots_of_one_document_or_product(loaded: Engine) -> None:
    SnapshotLoader(loaded).load({"12.7(1)": [new_root("C")]}, product="7800")
    (only,) = snapshots.snapshots(loaded, product="7800")
    assert only.product == "7800"
    found = snapshots.snapshots(loaded, document_sha256=only.document_sha256)
    assert [(each.product, each.revision) for each in found] == [("7800", 1), ("8800", 1)]


# --- release ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "firmware", "revision"),
    [
        ("12.7(1)", "12.7(1)", 2),
        ("12.7", "12.7(1)", 2),
        ("12.7@1", "12.7(1)", 1),
        ("12.7.1@2", "12.7(1)", 2),
        ("12.8(1)", "12.8(1)", 1),
        ("12.8(1)SR1", "12.8(1)SR1", 1),
        ("12.10", "12.10(1)", 1),
        ("14.0", "14.0", 1),
        ("cmterm-88xx-sip.12-8-1-0101-482.k3.cop.sgn", "12.8(1)SR1", 1),
    ],
)
def test_a_release_is_found(loaded: Engine, text: str, firmware: str, revision: int) -> None:
    found = release_names.release(loaded, text)
    assert (found.firmware, found.revision) == (firmware, revision)


def test_a_family_is_found_though_one_of_its_releases_is_loaded(loader: SnapshotLoader) -> None:
    loader.load({"12.7": [new_root("A")], "12.7(1)": [new_root("B")]})
    assert release_names.release(loader.engine, "12.7").firmware == "12.7"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("12.8", "12.8 names several releases; give one: 12.8(1), 12.8(1)SR1."),
        (
            "12.9",
            "12.9 is not loaded; these are: 14.0, 12.10(1), 12.8(1)SR1, 12.8(1), 12.7(1).",
        ),
        ("12.7@3", "12.7(1)@3 is not loaded; its revisions are 1 to 2."),
        ("12.7@0", "12.7(1)@0 is not loaded; its revisions are 1 to 2."),
        ("12.7@last", "12.7(1)@last: a revision is a number, from 1 to 2."),
        ("twelve", "'twelve' is no firmware release such as 12.7(1)."),
    ],
)
def test_what_is_no_one_release_is_refused(loaded: Engine, text: str, message: str) -> None:
    assert refusal(loaded, text) == message


def test_an_empty_database_says_so(engine: Engine) -> None:
    assert refusal(engine, "12.7") == "Nothing is loaded; run `trustlist ingest` first."


def test_a_release_of_several_products_needs_the_product(loaded: Engine) -> None:
    SnapshotLoader(loaded).load({"12.7(1)": [new_root("C")]}, product="7800")
    assert refusal(loaded, "12.7") == "12.7 is of several products; give --product: 7800, 8800."
    assert release_names.release(loaded, "12.7", "7800").product == "7800"
    assert refusal(loaded, "12.8", "7800") == "12.8 of 7800 is not loaded; these are: 12.7(1)."
    assert refusal(loaded, "12.7", "9800") == "Nothing of 9800 is loaded, only of: 7800, 8800."


def test_a_long_list_is_cut_and_says_so(loader: SnapshotLoader) -> None:
    root = new_root("A")
    loader.load({f"12.7({number})": [root] for number in range(1, 31)})
    message = refusal(loader.engine, "12.8")
    assert message.endswith("12.7(11) and 10 more.")


# --- show ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "status"),
    [
        (END + SECOND, "expired"),
        (END, "expiring"),  # RFC 5280: not_after itself is in the validity period
        (END + SECOND / 2, "expiring"),  # still the same second
        (END - timedelta(days=365), "expiring"),
        (END - timedelta(days=365) - SECOND, "valid"),
        (date(2020, 5, 30), "expiring"),
        (date(2020, 5, 31), "expired"),
        (datetime(2020, 5, 30, 12, 48, 38, tzinfo=timezone(timedelta(hours=2))), "expiring"),
    ],
)
def test_the_status_is_that_of_the_second(loader: SnapshotLoader, when: date, status: str) -> None:
    loader.load({"12.7(1)": [new_root("A", END)]})
    (row,) = show.show(loader.engine, "12.7", as_of=when).rows
    assert row.status == status


def test_a_list_counts_all_and_shows_what_is_asked_for(loader: SnapshotLoader) -> None:
    endless = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    loader.load(
        {
            "12.7(1)": [
                new_root("old", END),
                new_root("soon", END + timedelta(days=30)),
                new_root("good", endless),
                new_root("older", END - timedelta(days=30)),
                Printed(new_root("unknown"), is_known=False),
            ]
        }
    )
    expected = {"expired": 2, "expiring": 1, "valid": 1, "unknown": 1}
    subjects: dict[Status | None, list[str]] = {
        None: ["CN=old", "CN=soon", "CN=good", "CN=older", "CN=unknown"],
        "expired": ["CN=old", "CN=older"],
        "expiring": ["CN=soon"],
        "valid": ["CN=good"],
        "unknown": ["CN=unknown"],
    }
    for status, shown in subjects.items():
        answer = show.show(loader.engine, "12.7", status=status, as_of=END + SECOND)
        assert answer.counts == expected
        assert [row.subject for row in answer.rows] == shown


def test_a_list_is_that_of_one_snapshot(loader: SnapshotLoader) -> None:
    a, b = new_root("A"), new_root("B")
    loader.load({"12.7(1)": [a], "12.8(1)": [b]})
    loader.load({"12.7(1)": [b, a]}, document="newer")
    loader.load({"12.7(1)": [b]}, product="7800")
    answer = show.show(loader.engine, "12.7", product="8800")
    assert [row.subject for row in answer.rows] == ["CN=B", "CN=A"]
    assert answer.snapshot.revision == 2


def test_now_is_meant_if_no_time_is_given(loader: SnapshotLoader) -> None:
    now = datetime.now(UTC)
    loader.load(
        {"12.7(1)": [new_root("old", now - SECOND), new_root("new", now + timedelta(days=1))]}
    )
    answer = show.show(loader.engine, "12.7")
    assert [row.status for row in answer.rows] == ["expired", "expiring"]


def test_a_time_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        moment(datetime(2020, 5, 30))
