"""Which known root a misprinted fingerprint is meant to be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

from pipeline import catalogue
from pipeline.x509 import names

_FARTHEST: Final = 2
# Two swaps of neighbours spoil four pieces at most, so one of five is left whole.
_PIECE: Final = 8
_LOOKALIKES: Final = str.maketrans("oqilzsg", "0011259")
_SUBJECT: Final = re.compile(r"/?\b[A-Za-z]+ ?=")
_NUMBERS: Final = {1: "one digit", 2: "two digits"}


class Near(NamedTuple):
    """A known root, and by how many digits another fingerprint differs from its own."""

    fingerprint: str
    distance: int


def nearest(text: str) -> str:
    """Say which root of the catalogue `text` is the misprinted fingerprint of, or ``""``.

    That is one whose fingerprint is made of it by at most two edits (a digit wrong, missing, too
    many, or two neighbours swapped), after letters that look like digits have been put right.
    """
    near = find(text)
    if near is None:
        return ""
    root = f"{_label(near.fingerprint)} ({near.fingerprint})"
    shown = f"{_bare(text)[:12]}…"
    if near.distance == 0:
        return f"{shown} has letters that look like digits; it may be {root}"
    return f"{shown} is {_NUMBERS[near.distance]} away from {root}"


def hint_in(text: str) -> str:
    """Find the hint for a fingerprint in a text that may hold a subject, too."""
    before_subject = _SUBJECT.split(text, maxsplit=1)[0]
    words = (*text.split(), before_subject)
    return next((hint for word in words if (hint := nearest(word))), "")


def find(text: str) -> Near | None:
    """Find the root whose fingerprint is nearest to `text`, at most two edits away."""
    bare = _bare(text)
    right = bare.translate(_LOOKALIKES)
    candidates = {
        fingerprint
        for start in range(len(right) - _PIECE + 1)
        for fingerprint in _by_piece().get(right[start : start + _PIECE], ())
    }
    near = (
        Near(fingerprint, min(edits(bare, fingerprint), edits(right, fingerprint)))
        for fingerprint in sorted(candidates)
    )
    return min(
        (each for each in near if each.distance <= _FARTHEST and each.fingerprint != bare),
        key=lambda each: each.distance,
        default=None,
    )


def _bare(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())


def _label(fingerprint: str) -> str:
    return names.parse(catalogue.subjects()[fingerprint]).label


@cache
def _by_piece() -> dict[str, list[str]]:
    pieces: dict[str, list[str]] = {}
    for fingerprint in catalogue.fingerprints():
        for start in range(0, len(fingerprint), _PIECE):
            pieces.setdefault(fingerprint[start : start + _PIECE], []).append(fingerprint)
    return pieces


def edits(one: Sequence[str], other: Sequence[str]) -> int:
    """Count the edits from one to the other: optimal string alignment distance."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, left in enumerate(one, 1):
        current = [row]
        for column, right in enumerate(other, 1):
            best = min(above[column] + 1, current[-1] + 1, above[column - 1] + (left != right))
            if row > 1 and column > 1 and left == other[column - 2] and one[row - 2] == right:
                best = min(best, before[column - 2] + 1)
            current.append(best)
        before, above = above, current
    return above[-1]
