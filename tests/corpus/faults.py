"""Rows with faults: what the problem documents hold. Any producer can print them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.corpus.model import Row, rows, subject, take

MALFORMED, MISSING, DUPLICATE = "malformed-fingerprint", "missing-subject", "duplicate"
STRAY, MISMATCH = "unaccounted-text", "subject-mismatch"


def _with(found: list[Row], at: int, **changes: object) -> None:
    found[at] = replace(found[at], **changes)  # type: ignore[arg-type]


def length() -> list[Row]:
    """Return rows of which two have 39 and 41 digits."""
    found = rows(take(18, 16))
    _with(found, 4, shown=found[4].shown[:-1], problem=MALFORMED)
    _with(found, 11, shown=f"{found[11].shown[:20]}0{found[11].shown[20:]}", problem=MALFORMED)
    return found


def letters() -> list[Row]:
    """Return rows of which two have a letter for a digit: O for 0, l for 1."""
    found = rows(take(18, 46))
    zero = next(n for n, row in enumerate(found) if "0" in row.shown[10:])
    one = next(n for n, row in enumerate(found) if n > zero + 3 and "1" in row.shown[10:])
    for at, digit, letter in ((zero, "0", "O"), (one, "1", "l")):
        shown = found[at].shown
        _with(found, at, shown=shown[:10] + shown[10:].replace(digit, letter, 1), problem=MALFORMED)
    return found


def digit_off() -> list[Row]:
    """Return rows of which two have one digit of the fingerprint wrong."""
    found = rows(take(16, 76))
    for at, place in ((3, 17), (12, 39)):
        shown = found[at].shown
        wrong = f"{int(shown[place], 16) ^ 1:x}"
        shown = shown[:place] + wrong + shown[place + 1 :]
        _with(found, at, shown=shown, problem=MALFORMED, needs_catalogue=True)
    return found


def repeated() -> list[Row]:
    """Return rows of which two are there twice."""
    found = rows(take(20, 96))
    for at, of in ((9, 2), (19, 18)):
        _with(found, at, **vars(replace(found[of], problem=DUPLICATE)))
    return found


def no_subject() -> list[Row]:
    """Return rows of which two have an empty subject."""
    found = rows(take(16, 120))
    for at in (5, 15):
        _with(found, at, printed="", problem=MISSING)
    return found


def other_subject() -> list[Row]:
    """Return rows of which two have the subject of another authority."""
    found = rows(take(16, 6))
    for at, of in ((2, 30), (10, 52)):
        other = subject(take(1, of)[0])
        _with(found, at, printed=other, problem=MISMATCH, needs_catalogue=True)
    return found


def truncated() -> list[Row]:
    """Return rows of which two have a subject cut off, with an ellipsis."""
    found = rows(take(16, 36))
    long = [n for n, row in enumerate(found) if len(row.printed) > 90][:2]
    for at in long:
        cut = found[at].printed[:60].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
        _with(found, at, printed=cut, problem=MISMATCH, needs_catalogue=True)
    return found


def stray() -> list[Row]:
    """Return rows with two lines between them that are no rows: `shown` is empty."""
    found = rows(take(18, 66))
    for at, text in (
        (6, "The next four authorities are to be confirmed before publication."),
        (13, "see also the list of the previous release"),
    ):
        found.insert(at, replace(found[0], fingerprint="", shown="", printed=text, problem=STRAY))
    return found


def mixture() -> list[Row]:
    """Return rows with one fault of each kind that can be seen without a catalogue."""
    found = rows(take(24, 56), "12.8(1)", digits=str.upper)
    _with(found, 3, shown=found[3].shown[:-2], problem=MALFORMED)
    _with(found, 8, printed="", problem=MISSING)
    _with(found, 20, **vars(replace(found[1], problem=DUPLICATE)))
    return found


ALL: dict[str, tuple[str, Callable[[], list[Row]]]] = {
    "length": ("fingerprints of 39 and 41 digits", length),
    "letters": ("O for 0 and l for 1", letters),
    "digit-off": ("a digit of a fingerprint is wrong", digit_off),
    "repeated": ("a row is there twice", repeated),
    "no-subject": ("a row without a subject", no_subject),
    "other-subject": ("the subject of another authority", other_subject),
    "truncated": ("subjects cut off with an ellipsis", truncated),
    "stray": ("lines in the table that are no rows", stray),
    "mixture": ("several faults in one document", mixture),
}
"""Name of a fault to what it is and the rows that have it."""
