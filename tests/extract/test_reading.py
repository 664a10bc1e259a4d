"""Rows gathered page by page: from one reader, or from two in step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.account import Account
from pipeline.extract.document import Problem, Row
from pipeline.extract.ending import Ending
from pipeline.extract.reading import Part, Reading, Step, alone, gathered, in_step

FULL = "\x1c"
"""Where a full line was joined to the next."""


def printed(page: int, number: int, subject: str = "CN=Root", release: str = "12.7(1)") -> Row:
    return Row(page, release, f"{number:040x}", "", f"C=SE, {subject} {number}")


def document(
    rows: Iterable[Row],
    release: str = "",
    breaks_words: bool = False,
    pages: int = 9,
    loose: str = "",
) -> Iterator[Step]:
    """What a reader says, in a step a page."""
    held = list(rows)
    for page in range(1, pages + 1):
        yield [row for row in held if row.page == page]
    account = Account()
    if loose:
        account.loose.append(Problem("unaccounted-text", pages, loose, "It belongs to no row."))
    yield Ending(pages, "Trusted roots", release, breaks_words, account)


def told(read: Reading) -> list[tuple[str, int]]:
    return [(problem.kind, problem.page) for problem in read.problems]


ROWS = [printed(page, 10 * page + number) for page in range(1, 10) for number in range(4)]


def test_one_reader_is_alone() -> None:
    read = gathered(alone(document(ROWS)))
    assert [row.fingerprint for row in read.rows] == [row.fingerprint for row in ROWS]
    assert not any(row.agreed for row in read.rows)
    assert (read.problems, read.pages, read.title) == ([], 9, "Trusted roots")


def test_what_both_readers_say_is_agreed() -> None:
    read = gathered(in_step(zip_longest(document(ROWS), document(ROWS))))
    assert [row.fingerprint for row in read.rows] == [row.fingerprint for row in ROWS]
    assert all(row.agreed for row in read.rows)
    assert read.problems == []


def test_agreed_rows_are_passed_on_at_once() -> None:
    parts = in_step(zip_longest(document(ROWS), document(ROWS)))
    assert next(parts) == Part(ROWS[:4], [], [])
    assert next(parts) == Part(ROWS[4:8], [], [])


def test_a_page_on_which_they_differ_leaves_the_others_agreed() -> None:
    other = [replace(row, subject="C=SE, CN=Else") if row is ROWS[17] else row for row in ROWS]
    read = gathered(in_step(zip_longest(document(ROWS), document(other))))
    assert [row.fingerprint for row in read.rows if not row.agreed] == [ROWS[17].fingerprint]
    assert [row.fingerprint for row in read.rows] == [row.fingerprint for row in ROWS]
    assert told(read) == [("readers-disagree", ROWS[17].page)]


@given(st.sets(st.integers(0, len(ROWS) - 1)), st.sets(st.integers(0, len(ROWS) - 1)))
def test_a_row_that_one_reader_misses_is_told_and_only_that(
    first: set[int], second: set[int]
) -> None:
    """Whatever either misses: no row of the first reader is lost, none is agreed by one alone."""
    mine = [row for number, row in enumerate(ROWS) if number not in first]
    others = [row for number, row in enumerate(ROWS) if number not in second]
    read = gathered(in_step(zip_longest(document(mine), document(others))))
    assert [row.fingerprint for row in read.rows] == [row.fingerprint for row in mine]
    both = {row.fingerprint for row in mine} & {row.fingerprint for row in others}
    assert {row.fingerprint for row in read.rows if row.agreed} == both
    differ = sorted(ROWS[number].page for number in first ^ second)
    assert told(read) == [("readers-disagree", page) for page in differ]


def test_readers_that_come_to_other_ends_are_compared_by_what_they_make_of_a_row() -> None:
    rows = [printed(1, 1), printed(1, 2, f"O=Add{FULL}Trust"), printed(2, 3, release="")]
    read = gathered(
        in_step(zip_longest(document(rows, release="12.7(1)"), document(rows, breaks_words=True)))
    )
    assert [row.agreed for row in read.rows] == [True, False, False]
    assert told(read) == [("readers-disagree", 1), ("readers-disagree", 2)]


def test_a_document_tells_how_full_lines_join_and_which_release_it_is() -> None:
    rows = [printed(1, 1, f"O=Add{FULL}Trust", release="")]
    (whole,) = gathered(alone(document(rows, "12.8(1)"))).rows
    assert (whole.subject, whole.release) == ("C=SE, O=Add Trust 1", "12.8(1)")
    (broken,) = gathered(alone(document(rows, breaks_words=True))).rows
    assert (broken.subject, broken.release) == ("C=SE, O=Add\u200bTrust 1", "")


def test_a_faulty_row_is_told_once() -> None:
    rows = [ROWS[0], replace(printed(2, 5), fingerprint="12ab"), ROWS[8]]
    for read in (
        gathered(alone(document(rows))),
        gathered(in_step(zip_longest(document(rows), document(rows)))),
    ):
        assert told(read) == [("malformed-fingerprint", 2)]
        assert [row.fingerprint for row in read.rows] == [r.fingerprint for r in (rows[0], rows[2])]


@pytest.mark.parametrize("both", [False, True])
def test_a_name_that_no_row_has_is_told_once(both: bool) -> None:
    def one() -> Iterator[Step]:
        return document(ROWS, loose="C=SE, CN=Lost")

    read = gathered(in_step(zip_longest(one(), one())) if both else alone(one()))
    assert told(read) == [("unaccounted-text", 9)]


def test_readers_that_find_other_pages_are_told() -> None:
    read = gathered(in_step(zip_longest(document(ROWS), document(ROWS, pages=10))))
    assert told(read) == [("readers-disagree", 1)]


def test_a_subject_that_repeats_is_held_once() -> None:
    rows = [Row(1, "12.7(1)", f"{number:040x}", "", "".join(["CN=", "R"])) for number in (1, 2)]
    first, second = gathered(alone(document(rows))).rows
    assert first.subject is second.subject
    assert isinstance(first, Row)
