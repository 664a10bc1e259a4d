"""Two readers, one document: rows must agree, and where they don't both readings are shown."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from pipeline.extract.document import UNCERTAIN_JOIN, Problem, Row

READER_NAMES = ("pdfplumber", "pdfium")


def compare(
    rows: Sequence[Row], problems: Sequence[Problem], others: Sequence[Row], more: Sequence[Problem]
) -> tuple[list[Row], list[Problem]]:
    """Mark the rows on which both readers agree, and report the others.

    Args:
        rows: rows of the reader of record.
        problems: its problems.
        others: rows of the second reader.
        more: the second reader's problems.

    Returns:
        The rows of the reader of record, `agreed` where the second gave the same, and all
        problems: both readers', each once, and one for each row on which they differ.
    """
    agreed = list(rows)
    found = list(problems)
    left, right = [_content(row) for row in rows], [_content(row) for row in others]
    for tag, a0, a1, b0, b1 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            agreed[a0:a1] = [replace(row, agreed=True) for row in rows[a0:a1]]
        else:
            found.extend(_disagreements(rows[a0:a1], others[b0:b1]))
    known = Counter((problem.kind, problem.page) for problem in problems)
    for problem in more:
        if known[problem.kind, problem.page]:
            known[problem.kind, problem.page] -= 1
        else:
            found.append(problem)
    return agreed, sorted(found, key=lambda problem: problem.page)


def _content(row: Row) -> tuple[int, str, str, str, str]:
    subject = row.subject.replace(UNCERTAIN_JOIN, "")
    return row.page, row.release, row.fingerprint, row.fingerprint_sha256, subject


def _disagreements(rows: Sequence[Row], others: Sequence[Row]) -> list[Problem]:
    """Pair the differing rows by fingerprint where that is possible, else one by one."""
    by_identity = {row.identity: row for row in others}
    pairs: list[tuple[Row | None, Row | None]] = [
        (row, by_identity.pop(row.identity, None)) for row in rows
    ]
    pairs.extend((None, row) for row in others if row.identity in by_identity)
    return [_disagreement(row, other) for row, other in pairs]


def _disagreement(row: Row | None, other: Row | None) -> Problem:
    present = row or other
    assert present is not None  # noqa: S101 - a pair has at least one side
    readings = [
        f"{name}: {_shown(reading)}"
        for name, reading in zip(READER_NAMES, (row, other), strict=True)
    ]
    hint = "Two readers differ on this row; look at the page."
    return Problem("readers-disagree", present.page, " | ".join(readings), hint)


def _shown(row: Row | None) -> str:
    if row is None:
        return "nothing"
    parts = (row.release, row.fingerprint, row.fingerprint_sha256, row.subject)
    return " ".join(part for part in parts if part).replace(UNCERTAIN_JOIN, "")
