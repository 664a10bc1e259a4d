"""Glyphs -> words -> lines: what every reader's characters have in common.

A reader delivers the glyphs of a page; this module turns the page upright, drops characters
drawn twice (fake bold), and groups the rest into lines of words. All lengths are in points;
``y`` grows downwards and is a line's baseline.
"""

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

WORD_GAP = 0.17
"""A gap wider than this part of the font size parts two words; kerning stays below a tenth,
and justified text squeezes a space to no less than a fifth."""
SAME_LINE = 0.35
"""Baselines closer than this part of the font size are one line."""
DRAWN_TWICE = 0.12
"""The same character again within this part of the font size is fake bold, not a double letter."""

_LIGATURES = re.compile("[\ufb00-\ufb06]")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\x00"))


class Word(NamedTuple):
    """A run of characters without a space, with its left and right edge."""

    text: str
    x0: float
    x1: float


@dataclass(slots=True)
class Line:
    """Words on one baseline, from left to right; ``size`` is the font size."""

    words: list[Word]
    y: float
    size: float

    @property
    def text(self) -> str:
        """The words, joined by single spaces."""
        return " ".join(word.text for word in self.words)


@dataclass(slots=True)
class Page:
    """One page, turned so that most of its text is upright.

    ``turned`` is by how many quarter turns (counter-clockwise) the text stood on the page as
    displayed; ``sideways`` holds lines of text that runs in another direction.
    """

    number: int
    lines: list[Line]
    sideways: list[Line]
    turned: int = 0


@dataclass(slots=True)
class Glyphs:
    """The characters of a page as parallel columns, in a space where y grows upwards.

    ``x``, ``y`` are the origin on the baseline; ``left`` … ``top`` the box; ``turn`` the
    direction of the text in quarter turns counter-clockwise (-1: at an odd angle).
    """

    text: Sequence[str]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    box: npt.NDArray[np.float64]
    turn: npt.NDArray[np.int8]


def quarter_turns(angle: float) -> int:
    """The direction of text at ``angle`` (radians) in quarter turns, or -1 if it is slanted."""
    turns = angle / (math.pi / 2)
    return round(turns) % 4 if abs(turns - round(turns)) < 0.05 else -1


def page_of(number: int, glyphs: Glyphs) -> Page:
    """Group the glyphs of page ``number`` into lines of words, in reading order."""
    if not len(glyphs.text):
        return Page(number, [], [])
    turns, counts = np.unique(glyphs.turn, return_counts=True)
    main = int(turns[counts.argmax()])
    lines = _lines(glyphs, np.flatnonzero(glyphs.turn == main), max(main, 0))
    sideways = [
        line
        for turn in turns
        if turn != main
        for line in _lines(glyphs, np.flatnonzero(glyphs.turn == turn), max(int(turn), 0))
    ]
    return Page(number, lines, sideways, max(main, 0))


def _lines(glyphs: Glyphs, chosen: npt.NDArray[np.intp], turn: int) -> list[Line]:
    """The lines of the chosen glyphs, all of which run in the direction ``turn``."""
    baseline, left, right, size = _upright(glyphs, chosen, turn)
    order = np.argsort(baseline, kind="stable")
    steps = np.diff(baseline[order]) > SAME_LINE * np.minimum(size[order][1:], size[order][:-1])
    line_of = np.empty(len(chosen), dtype=np.intp)
    line_of[order] = np.concatenate(([0], np.cumsum(steps)))
    order = np.lexsort((left, line_of))
    text = [glyphs.text[i] for i in chosen[order]]
    line_of, left, right, size = line_of[order], left[order], right[order], size[order]
    baseline = baseline[order]

    ends = np.concatenate((np.flatnonzero(np.diff(line_of)) + 1, [len(order)])).tolist()
    lines: list[Line] = []
    begin = 0
    for end in ends:
        words = _words(text[begin:end], left[begin:end], right[begin:end], size[begin:end])
        if words:
            middle = begin + (end - begin) // 2
            lines.append(Line(words, float(baseline[middle]), float(size[middle])))
        begin = end
    return lines


def _upright(
    glyphs: Glyphs, chosen: npt.NDArray[np.intp], turn: int
) -> tuple[npt.NDArray[np.float64], ...]:
    """Baseline (downwards), left and right edge, and size, as if the text were upright."""
    x, y, box = glyphs.x[chosen], glyphs.y[chosen], glyphs.box[chosen]
    left, bottom, right, top = box.T
    match turn:
        case 0:
            return -y, np.minimum(left, x), right, top - bottom
        case 1:
            return x, np.minimum(bottom, y), top, right - left
        case 2:
            return y, np.minimum(-right, -x), -left, top - bottom
        case _:
            return -x, np.minimum(-top, -y), -bottom, right - left


def _words(
    text: list[str],
    left: npt.NDArray[np.float64],
    right: npt.NDArray[np.float64],
    size: npt.NDArray[np.float64],
) -> list[Word]:
    """The words of one line. A space or a gap parts words; a character drawn twice counts once."""
    words: list[Word] = []
    parts: list[str] = []
    start = end = last = -math.inf
    previous = ""
    for char, x0, x1, em in zip(text, left.tolist(), right.tolist(), size.tolist(), strict=True):
        if char == previous and x0 - last < DRAWN_TWICE * em and x0 != last:
            continue
        blank = not char or char.isspace()
        if parts and (blank or x0 - end > WORD_GAP * em):
            words.append(Word(clean("".join(parts)), start, end))
            parts = []
        if not blank:
            if not parts:
                start = x0
            parts.append(char)
            end = max(x1, end) if len(parts) > 1 else x1
        previous, last = char, x0
    if parts:
        words.append(Word(clean("".join(parts)), start, end))
    return [word for word in words if word.text]


def clean(text: str) -> str:
    """Spell ligatures out, compose accents, and drop characters that show nothing."""
    if text.isascii():
        return text
    text = _LIGATURES.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    return unicodedata.normalize("NFC", text).translate(_INVISIBLE)
