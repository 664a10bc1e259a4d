"""The steps strung together: which release a row is of, and what the Python functions give."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import DocumentError, UsageError
from pipeline.extract.document import Problem, Row
from pipeline.firmware import Firmware
from pipeline.ingest.read_document import describe
from pipeline.ingest.steps import assign_releases, refusal

PATH = Path("list.pdf")


def row(release: str, page: int = 1) -> Row:
    return Row(page, release, "0" * 40, "", "CN=x")


def assigned(stated: list[str], wanted: str | None) -> list[str]:
    rows = assign_releases(
        PATH, [row(release) for release in stated], Firmware.parse(wanted) if wanted else None
    )
    return [each.release for each in rows]


@pytest.mark.parametrize(
    ("stated", "wanted", "expected"),
    [
        (["12.7(1)", "12.8(1)"], None, ["12.7(1)", "12.8(1)"]),
        (["", ""], "12.7(1)", ["12.7(1)", "12.7(1)"]),
        (["12.7(1)"], "12.7(1)", ["12.7(1)"]),
        (["12.7(1)"], "12.7", ["12.7(1)"]),  # the document is more exact
        (["", "12.7(1)"], "12.7", ["12.7(1)", "12.7(1)"]),
        (["", "12.8(1)"], "12.7(1)", ["12.7(1)", "12.8(1)"]),
        (["", "12.7(1)", "12.7(2)"], "12.7", ["12.7", "12.7(1)", "12.7(2)"]),
    ],
)
def test_rows_without_a_release_get_the_one_that_is_given(
    stated: list[str], wanted: str | None, expected: list[str]
) -> None:
    assert assigned(stated, wanted) == expected


@pytest.mark.parametrize(
    ("stated", "wanted"),
    [
        (["12.7(1)"], "12.8"),
        (["12.7(1)"], "12.7(1)SR1"),
        (["12.7"], "12.7(1)"),
        (["12.7(1)", "12.8(1)"], "12.7"),
    ],
)
def test_a_release_that_the_document_does_not_name_is_refused(
    stated: list[str], wanted: str
) -> None:
    with pytest.raises(UsageError) as refused:
        assigned(stated, wanted)
    for release in (*stated, wanted):
        assert release in str(refused.value)
    assert "Leave --firmware out" in str(refused.value)


def test_rows_of_no_release_are_told_with_their_page() -> None:
    with pytest.raises(DocumentError, match=r"list\.pdf, page 2: .*12\.7\(1\).*--firmware"):
        assign_releases(PATH, [row("12.7(1)"), row("", page=2)], None)


def test_each_problem_is_on_one_line_whatever_is_in_it() -> None:
    problem = Problem("unaccounted-text", 3, "two\nlines\u2028of  text", "Look\nat it.")
    assert describe(problem) == "page 3: unaccounted-text: two lines of text (Look at it.)"
    assert len(refusal(PATH, [problem, problem])) == 3
