"""Many lines that belong to no row -> one problem, for people; rows' own problems stay."""

from collections.abc import Sequence
from typing import Final

from pipeline.extract.account import LINE_HINT
from pipeline.extract.document import Problem
from pipeline.extract.row_marks import begins_like_row

MOST_LINES: Final = 20
"""So many lines that belong to no row are each a problem; more are folded."""


def folded(problems: Sequence[Problem]) -> list[Problem]:
    """Put one problem in the place of many of lines that hold nothing that only rows hold."""
    lines = [problem for problem in problems if _is_plain_line(problem)]
    if len(lines) <= MOST_LINES:
        return list(problems)
    first, last = lines[0], lines[-1]
    low, high = min(line.page for line in lines), max(line.page for line in lines)
    pages = f"on page {low}" if low == high else f"on pages {low}-{high}"
    text = (
        f"{len(lines):,} lines {pages} belong to no row: first “{first.text}”, last “{last.text}”"
    )
    hint = "Look at the pages; `trustlist extract --format json` lists each line."
    together = Problem("unaccounted-text", first.page, text, hint)
    at = problems.index(first)
    after = [problem for problem in problems[at:] if not _is_plain_line(problem)]
    return [*problems[:at], together, *after]


def _is_plain_line(problem: Problem) -> bool:
    return (
        problem.kind == "unaccounted-text"
        and problem.hint == LINE_HINT
        and not any(map(begins_like_row, problem.text.split()))
    )
