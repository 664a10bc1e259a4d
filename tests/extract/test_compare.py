"""Two readings of one document, set against each other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.extract.compare import compare
from pipeline.extract.document import UNCERTAIN_JOIN, Problem, Row

EXTERNAL = Row(
    1,
    "12.7(1)",
    "02faf3e291435468607857694df5e45b68851868",
    "",
    "C=SE, O=AddTrust AB, CN=AddTrust External CA Root",
)
CLASS_1 = Row(
    1,
    "12.7(1)",
    "ccab0ea04c2301d6697bdd379fcd12eb24e3949d",
    "",
    "C=SE, O=AddTrust AB, CN=AddTrust Class 1 CA Root",
)
ISRG = Row(
    2,
    "12.7(1)",
    "cabd2a79a1076a31f21d253635cb039d4329a5e8",
    "",
    "C=US, O=Internet Security Research Group, CN=ISRG Root X1",
)
ROWS = [EXTERNAL, CLASS_1, ISRG]


def agreed(rows: list[Row]) -> list[str]:
    return [row.fingerprint for row in rows if row.agreed]


def test_equal_readings_agree() -> None:
    rows, problems = compare(ROWS, [], list(ROWS), [])
    assert rows == [replace(row, agreed=True) for row in ROWS]
    assert problems == []


def test_nothing_agrees_with_nothing() -> None:
    assert compare([], [], [], []) == ([], [])


def test_a_join_that_only_the_certificate_can_tell_is_no_difference() -> None:
    marked = replace(ISRG, subject=ISRG.subject.replace("Root X1", f"Root{UNCERTAIN_JOIN} X1"))
    rows, problems = compare([ISRG], [], [marked], [])
    assert agreed(rows) == [ISRG.fingerprint]
    assert problems == []


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "C=SE, O=AddTrust AB, CN=AddTrust Class l CA Root"},
        {"release": "12.8(1)"},
        {"fingerprint_sha256": "8" * 64},
        {"page": 2},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_row_that_differs_is_a_problem_with_both_readings(change: dict[str, str]) -> None:
    other = replace(CLASS_1, **change)  # type: ignore[arg-type]
    rows, problems = compare(ROWS, [], [EXTERNAL, other, ISRG], [])
    assert agreed(rows) == [EXTERNAL.fingerprint, ISRG.fingerprint]
    assert [row.fingerprint for row in rows] == [row.fingerprint for row in ROWS]
    (problem,) = problems
    assert (problem.kind, problem.page) == ("readers-disagree", 1)
    first, second = problem.text.split(" | ")
    assert first.startswith("pdfplumber: ")
    assert CLASS_1.subject in first
    assert second.startswith("pdfium: ")
    assert other.subject in second
    assert problem.hint


def test_another_digit_is_one_row_missing_on_either_side() -> None:
    misread = replace(CLASS_1, fingerprint="d" + CLASS_1.fingerprint[1:])
    _, problems = compare(ROWS, [], [EXTERNAL, misread, ISRG], [])
    told = " ".join(problem.text for problem in problems)
    assert CLASS_1.fingerprint in told
    assert misread.fingerprint in told
    assert {problem.kind for problem in problems} == {"readers-disagree"}


def test_a_row_that_only_the_reader_of_record_has() -> None:
    rows, (problem,) = compare(ROWS, [], [EXTERNAL, CLASS_1], [])
    assert agreed(rows) == [EXTERNAL.fingerprint, CLASS_1.fingerprint]
    assert problem.page == 2
    assert (
        problem.text == f"pdfplumber: 12.7(1) {ISRG.fingerprint} {ISRG.subject} | pdfium: nothing"
    )


def test_a_row_that_only_the_other_reader_has() -> None:
    rows, (problem,) = compare([EXTERNAL, CLASS_1], [], ROWS, [])
    assert [row.fingerprint for row in rows] == [EXTERNAL.fingerprint, CLASS_1.fingerprint]
    assert problem.page == 2
    assert (
        problem.text == f"pdfplumber: nothing | pdfium: 12.7(1) {ISRG.fingerprint} {ISRG.subject}"
    )


def test_rows_in_another_order_are_told() -> None:
    _, problems = compare([EXTERNAL, CLASS_1], [], [CLASS_1, EXTERNAL], [])
    assert {problem.kind for problem in problems} == {"readers-disagree"}


def test_a_row_too_many_is_told_even_if_it_repeats_one() -> None:
    _, problems = compare(ROWS, [], [*ROWS, ISRG], [])
    assert [problem.kind for problem in problems] == ["readers-disagree"]


def test_problems_of_both_are_told_once_and_in_order() -> None:
    shared = Problem("missing-subject", 3, CLASS_1.fingerprint, "as pdfplumber tells it")
    again = replace(shared, hint="as pdfium tells it")
    own = Problem("unaccounted-text", 1, "to be confirmed")
    rows, problems = compare(ROWS, [shared], ROWS, [again, own])
    assert len(agreed(rows)) == 3
    assert problems == [own, shared]


def test_two_problems_of_a_kind_on_a_page_of_which_one_reader_saw_one() -> None:
    first = Problem("unaccounted-text", 1, "to be confirmed")
    second = Problem("unaccounted-text", 1, "see also the list of the previous release")
    _, problems = compare(ROWS, [first], ROWS, [first, second])
    assert second in problems
