"""Many lines that belong to no row are one problem; whatever is more than noise stays."""

from __future__ import annotations

import pytest

from pipeline.extract.account import LINE_HINT
from pipeline.extract.document import Digest, Problem
from pipeline.extract.fold import folded
from pipeline.extract.no_rows import why

DIGITS = "02faf3e291435468607857694df5e45b68851868"


def line(page: int, text: str) -> Problem:
    return Problem("unaccounted-text", page, text, LINE_HINT)


def test_a_few_lines_are_told_one_by_one() -> None:
    lines = [line(page, f"line {page}") for page in range(1, 21)]
    assert folded(lines) == lines


def test_more_are_one_problem_and_no_other_is_hidden() -> None:
    missing = Problem("missing-subject", 3, DIGITS, "No subject stands beside this fingerprint.")
    loose = Problem("unaccounted-text", 7, "C=SE, CN=x", "This name belongs to no row.")
    lines = [line(page, f"noise {number}") for page in range(2, 12) for number in range(150)]
    of_row = [line(9, f"see {DIGITS}"), line(9, "part of O=Acme Ltd")]
    found = sorted([missing, loose, *lines, *of_row], key=lambda problem: problem.page)
    first, *others = folded(found)
    assert (first.kind, first.page) == ("unaccounted-text", 2)
    assert first.text == (
        "1,500 lines on pages 2-11 belong to no row: first “noise 0”, last “noise 149”"
    )
    assert others == [missing, loose, *of_row]


def test_lines_of_one_page_are_of_that_page() -> None:
    (problem,) = folded([line(4, f"{number}.") for number in range(30)])
    assert problem.text.startswith("30 lines on page 4 belong to no row")


@pytest.mark.parametrize(
    ("digests", "kinds", "words"),
    [
        ({}, ["unread-ink"], "there is no whole fingerprint and no whole certificate here"),
        ({Digest("serial", ""): 3}, ["unaccounted-text"], "there are only serial numbers"),
        (
            {Digest("key", "SKI"): 2, Digest("serial", "Serial"): 2},
            ["unaccounted-text"],
            'no fingerprint here: the column "SKI" holds key identifiers; the column "Serial" '
            "holds serial numbers.",
        ),
        (
            {Digest("SHA-256", "SHA-256"): 2000},
            ["malformed-fingerprint"],
            "there are 0 SHA-1, 2,000 SHA-256 and 0 other digests, but their certificates aren't "
            "known; give them with --certs.",
        ),
        (
            {Digest("SHA-1", ""): 2, Digest("SHA-1", "Thumbprint"): 1, Digest("MD5", ""): 3},
            ["unaccounted-text", "unaccounted-text", "subject-mismatch"],
            "there are 3 SHA-1, 0 SHA-256 and 3 other digests, but no subject beside them is whole",
        ),
    ],
)
def test_a_sentence_says_what_there_is_and_what_is_missing(
    digests: dict[Digest, int], kinds: list[str], words: str
) -> None:
    sentence = why(digests, [Problem(kind, 1, "x", "y") for kind in kinds])  # type: ignore[arg-type]
    assert words in sentence
    assert sentence.endswith(".")
