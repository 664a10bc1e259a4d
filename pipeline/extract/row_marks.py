"""What only rows of a list hold: many digits in a run, attributes of names."""

from __future__ import annotations

from pipeline.extract import vocabulary
from pipeline.extract.fingerprints import SHA1, SHORTEST, Piece, digits_of, pieces_of
from pipeline.extract.page import Line
from pipeline.extract.settings import SETTINGS
from pipeline.extract.word_kinds import begins_name


def is_of_row(piece: Piece) -> bool:
    """Whether digits can only stand in a row."""
    digits = piece.digits
    return (len(digits) >= SHA1 // 2 or (piece.has_colons and len(digits) >= SHORTEST)) or (
        len(digits) >= SHORTEST and not digits.isdigit() and any(map(str.isdigit, digits))
    )


def holds_row(line: Line) -> bool:
    """Whether a line holds what can only come from a row, digits in groups and ``C = SE`` too."""
    return (
        any(begins_like_row(word.text) for word in line.words)
        or any(begins_name(line.words, at) for at in range(len(line.words)))
        or any(_are_many(piece.digits) for piece in pieces_of(0, line))
    )


def begins_like_row(word: str) -> bool:
    """Whether a word can only come from a row."""
    if _are_many(digits_of(word)):
        return True
    mark = word.find("=")
    return 0 < mark < len(word) - 1 and bool(vocabulary.attribute_of(word))


def _are_many(digits: str) -> bool:
    """Whether digits are too many for a text, and no decimal number."""
    return len(digits) >= SETTINGS.row_digits and not digits.isdigit()
