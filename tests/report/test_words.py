"""What is said of a diff and of an ingest, in plain words."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime

import pytest

from pipeline.check.answer import Verdict
from pipeline.check.servers import ServerChange
from pipeline.firmware import ReleaseId
from pipeline.ingest.steps import Ingested, IngestedSnapshot
from pipeline.moment import moment
from pipeline.questions.diff import ChangedRoot, Diff
from pipeline.questions.diff_reasons import Fact, Kind
from pipeline.questions.snapshots import SnapshotInfo
from pipeline.report.answers import diff, ingest
from pipeline.report.model import Listing, Paragraph

OLD = ReleaseId("IP Phone", "12.7(1)", 1)
NEW = ReleaseId("IP Phone", "12.8(1)", 1)
AS_OF = date(2020, 6, 1)


def item(
    end: str | None, name: str = "x", *facts: Fact, known_as: str | None = None
) -> ChangedRoot:
    not_after = datetime.fromisoformat(f"{end}T12:00:00").replace(tzinfo=UTC) if end else None
    reasons = ["one reason", "another"]
    digest = hashlib.sha1(f"{name} {end}".encode()).hexdigest()
    return ChangedRoot(digest, f"O=o, CN={name}", None, not_after, reasons, known_as, list(facts))


EXPIRED, EXPIRED_BEFORE = item("2020-05-30", "late"), item("2019-07-09", "early", known_as="New")
VALID, UNKNOWN = item("2030-01-01", "valid"), item(None, "unknown")
ALSO_VALID = item("2030-01-02", "valid")


def own(root: ChangedRoot) -> ServerChange:
    """Say of servers under a root what follows from its validity; a re-issue takes its place."""
    is_over = root.not_after is not None and root.not_after < moment(AS_OF)
    is_reissued = any(fact.kind == "reissued" for fact in root.facts)
    old: Verdict = "refused" if is_over and not is_reissued else "accepted"
    new: Verdict = "accepted" if is_reissued else "refused"
    return ServerChange(
        root.fingerprint, root.fingerprint, root.subject, root.subject, False, old, new, None
    )


def lead(
    removed: list[ChangedRoot],
    added: list[ChangedRoot],
    changed: list[ChangedRoot],
    as_of: date | None = AS_OF,
) -> str:
    servers = [own(each) for each in removed if each is not UNKNOWN]
    compared = Diff(OLD, NEW, added, removed, changed, 134, moment(as_of), servers)
    blocks = diff.report(compared, as_of).blocks
    return " ".join(each.text for each in blocks if isinstance(each, Paragraph))


@pytest.mark.parametrize(
    ("removed", "added", "changed", "expected"),
    [
        ([], [], [], "12.8(1) trusts the same 134 roots as 12.7(1)."),
        ([], [VALID], [], "12.8(1) adds 1 root; 134 stay as they were in 12.7(1)."),
        (
            [EXPIRED],
            [],
            [],
            "12.8(1) drops 1 root; 134 stay as they were in 12.7(1). It had expired by 2020-06-01. "
            "Both refuse a chain that can end nowhere else than in late. "
            "`trustlist check` tells of yours.",
        ),
        (
            [EXPIRED_BEFORE, EXPIRED],
            [VALID, VALID],
            [VALID],
            "12.8(1) drops 2 roots, adds 2 and renames 1; 134 stay as they were in 12.7(1). "
            "Both had expired by 2020-06-01. "
            "Both refuse a chain that can end nowhere else than in late and early (New). "
            "`trustlist check` tells of yours.",
        ),
        (
            [EXPIRED, UNKNOWN, VALID, VALID],
            [],
            [],
            "12.8(1) drops 4 roots; 134 stay as they were in 12.7(1). Of those dropped, 1 had "
            "expired by 2020-06-01, 2 are still valid and 1 has no known end. "
            "Servers whose chain ends in one of them must change: valid. "
            "Both refuse a chain that can end nowhere else than in late. "
            "What that means for servers isn't known of unknown. "
            "`trustlist check` tells of yours.",
        ),
        (
            [VALID, ALSO_VALID],
            [],
            [],
            "12.8(1) drops 2 roots; 134 stay as they were in 12.7(1). Both are still valid. "
            "Servers whose chain ends in one of them must change: valid. "
            "`trustlist check` tells of yours.",
        ),
    ],
)
def test_the_first_paragraphs_of_a_diff(
    removed: list[ChangedRoot], added: list[ChangedRoot], changed: list[ChangedRoot], expected: str
) -> None:
    assert lead(removed, added, changed) == expected


def test_without_a_day_the_last_end_is_told_and_the_answer_stays_true() -> None:
    text = lead([EXPIRED_BEFORE, EXPIRED, EXPIRED], [], [], None)
    assert "All 3 had expired by 2020-05-30." in text


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["in-no-store"], "It is in no store now."),
        (["in-no-store", "never-in-store"], "They are in no store now."),
        (["in-no-store", "in-store"], "1 of them is in no store now."),
        (["in-store"], ""),
    ],
)
def test_it_is_told_how_many_nobody_else_trusts(kinds: list[Kind], expected: str) -> None:
    text = lead([item("2020-05-30", kind, Fact(kind)) for kind in kinds], [], [])
    assert expected in text
    assert ("no store" in text) == bool(expected)


def test_of_many_roots_the_last_to_expire_are_named() -> None:
    removed = [item(f"20{year:02}-01-01", f"y{year:02}") for year in range(7, 20)]
    assert "y19, y18, y17, y16 and 9 more. " in lead(removed, [], [])


def test_of_roots_that_share_a_name_each_is_counted_among_those_not_named() -> None:
    removed = [item(f"20{year}-01-01", f"y{year}") for year in range(10, 20)]
    removed += [item("2009-01-01", "twin"), item("2009-01-02", "twin"), item("2008-01-01", "y19")]
    assert ", y17, y16 and 8 more. " in lead(removed, [], [])


def test_a_root_that_is_trusted_by_a_new_certificate_concerns_no_server() -> None:
    reissued = item("2030-05-30", "again", Fact("reissued", date(2035, 1, 1), "1" * 40))
    in_vain = item("2019-05-30", "in vain")
    assert lead([reissued, in_vain], [], []).endswith(
        "Trusted still, by a certificate of the same name and key: again. "
        "Both refuse a chain that can end nowhere else than in in vain. "
        "`trustlist check` tells of yours."
    )
    assert "must change" not in lead([reissued], [], [])


def test_revisions_of_a_release_are_told_apart() -> None:
    newer = Diff(OLD, ReleaseId("IP Phone", "12.7(1)", 2), [VALID], [], [], 3, moment(AS_OF))
    first = diff.report(newer).blocks[0]
    assert isinstance(first, Paragraph)
    assert first.text.startswith("12.7(1)@2 adds 1 root; 3 stay as they were in 12.7(1)@1.")


def words(old: ReleaseId, new: ReleaseId, added: list[ChangedRoot], unchanged: int) -> str:
    first = diff.report(Diff(old, new, added, [], [], unchanged, moment(AS_OF))).blocks[0]
    assert isinstance(first, Paragraph)
    return first.text


def test_a_list_compared_with_itself_is_told_as_that() -> None:
    assert words(OLD, OLD, [], 143) == "12.7(1) was compared with itself: one list of 143 roots."
    second = ReleaseId("IP Phone", "12.7(1)", 2)
    assert words(second, second, [], 1) == (
        "12.7(1) was compared with itself: one list of 1 root. The list before it is 12.7(1)@1."
    )


def test_what_stays_is_counted_in_words_that_fit() -> None:
    assert words(OLD, NEW, [VALID], 0) == ("12.8(1) adds 1 root; none stays as it was in 12.7(1).")
    assert words(OLD, NEW, [VALID], 1) == "12.8(1) adds 1 root; 1 stays as it was in 12.7(1)."


def test_numbers_of_four_digits_are_easy_to_read() -> None:
    assert words(OLD, NEW, [VALID] * 1500, 2000) == (
        "12.8(1) adds 1,500 roots; 2,000 stay as they were in 12.7(1)."
    )


def test_products_are_named_where_they_differ() -> None:
    other = ReleaseId("Room Kit", "12.8(1)", 1)
    assert words(OLD, other, [], 5) == (
        "12.8(1) of Room Kit trusts the same 5 roots as 12.7(1) of IP Phone."
    )


def test_it_is_told_if_the_second_is_the_older() -> None:
    assert words(NEW, OLD, [VALID], 3) == (
        "12.7(1) adds 1 root; 3 stay as they were in 12.8(1). 12.7(1) is the older release."
    )
    tenth, second = (ReleaseId("IP Phone", "12.7(1)", number) for number in (10, 2))
    assert "older" not in words(second, tenth, [VALID], 3)
    assert "older" not in words(
        ReleaseId("IP Phone", "12.7(2)", 1), ReleaseId("X", "9.0(1)", 1), [], 3
    )


def test_parts_come_in_order_with_all_reasons_and_without_empty_ones() -> None:
    blocks = diff.report(Diff(OLD, NEW, [VALID], [EXPIRED], [], 1, moment(AS_OF)), AS_OF).blocks
    listings = [block for block in blocks if isinstance(block, Listing)]
    assert [each.title for each in listings] == ["Removed (1)", "Added (1)"]
    assert listings[0].items[0].remark == "one reason; another"


# --- ingest ----------------------------------------------------------------------------------


def snapshot(firmware: str, *, is_new: bool = True, unresolved: int = 0) -> IngestedSnapshot:
    return IngestedSnapshot("IP Phone", firmware, 1, is_new, 10, 10 - unresolved, unresolved, 1)


def said(snapshots: list[IngestedSnapshot], loaded: list[tuple[str, str]]) -> tuple[str, str]:
    infos = [
        SnapshotInfo(product, firmware, 1, 10, "", "", "", 1, datetime(2020, 6, 1, tzinfo=UTC), 0)
        for product, firmware in loaded
    ]
    blocks = ingest.report([Ingested("a.pdf", "", snapshots, [], [], [])], infos).blocks
    first, last = blocks[0], blocks[-1]
    assert isinstance(first, Paragraph)
    assert isinstance(last, Paragraph)
    return first.text, last.text


@pytest.mark.parametrize(
    ("snapshots", "expected"),
    [
        ([snapshot("12.7(1)")], "Loaded 1 snapshot: 10 rows, all proven."),
        (
            [snapshot("12.7(1)"), snapshot("12.8(1)", unresolved=2)],
            "Loaded 2 snapshots: 2 of 20 rows unresolved.",
        ),
        (
            [snapshot("12.7(1)", is_new=False), snapshot("12.8(1)")],
            "Loaded 1 snapshot: 10 rows, all proven. Not new: 1 snapshot.",
        ),
        ([snapshot("12.7(1)", is_new=False)], "Nothing is new: all of this was loaded before."),
    ],
)
def test_the_first_line_after_an_ingest(snapshots: list[IngestedSnapshot], expected: str) -> None:
    assert said(snapshots, [("IP Phone", "12.7(1)")])[0] == expected


@pytest.mark.parametrize(
    ("last", "loaded", "expected"),
    [
        ("12.7(1)", ["12.7(1)"], "trustlist show 12.7"),
        ("12.7(1)", ["12.7(1)", "12.8(1)"], "trustlist diff 12.7 12.8"),
        ("12.7(1)", ["12.6(1)", "12.7(1)", "12.8(1)"], "trustlist diff 12.7 12.8"),
        ("12.7(2)", ["12.7(1)", "12.7(2)"], "trustlist diff '12.7(1)' '12.7(2)'"),
        ("12.7(1)", ["12.7(1)", "12.7(1)"], "trustlist show 12.7"),  # two revisions
    ],
)
def test_the_next_command_names_releases_as_shortly_as_can_be(
    last: str, loaded: list[str], expected: str
) -> None:
    every = [("IP Phone", firmware) for firmware in loaded]
    assert said([snapshot(last)], every)[1] == f"Next: {expected}"


def test_the_next_command_is_about_what_is_unresolved_if_anything_is() -> None:
    following = said([snapshot("12.7(1)", unresolved=1)], [("IP Phone", "12.7(1)")])[1]
    assert following == "Next: trustlist show 12.7 --status unknown"


def test_the_next_command_names_the_product_if_there_are_several() -> None:
    loaded = [("IP Phone", "12.7(1)"), ("Room Kit", "12.7(1)")]
    assert said([snapshot("12.7(1)")], loaded)[1] == (
        "Next: trustlist show 12.7 --product 'IP Phone'"
    )
