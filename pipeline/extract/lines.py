"""Glyphs -> words -> lines: what every reader's characters have in common.

A reader delivers the glyphs of a page; this module turns the page upright, drops characters
drawn twice (fake bold), and groups the rest into lines of words. All lengths are in points;
``y`` grows downwards and is a line's baseline.
"""

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

WORD_GAP = 0.17
"""Where the page has space characters, they part words, and so does a gap wider than this part
of the font size."""
BARE_WORD_GAP = 0.12
"""Where it has none, this gap does; kerning stays below a tenth, and justified text squeezes a
space to no less than 0.15."""
SAME_LINE = 0.35
"""Baselines closer than this part of the font size are one line."""
OVERLAP = 0.3
"""Glyphs that overlap by more than this part of the font size are not of one text."""
DRAWN_TWICE = 0.12
"""The same character again within this part of the font size is fake bold, not a double letter."""

_LIGATURES = re.compile("[\ufb00-\ufb06]")
_MAPPED = {
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\x00")),  # nothing to see
    **dict.fromkeys(map(ord, "\u2011\u2212"), "-"),  # troff sets a minus for a hyphen
}


class Word(NamedTuple):
    """A run of characters without a space, with its left and right edge and its baseline."""

    text: str
    x0: float
    x1: float
    y: float = 0.0


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

    ``x``, ``y`` are the origin on the baseline; ``box`` has left, bottom, right, top; ``size`` is
    the font size as displayed; ``turn`` the direction of the text in quarter turns
    counter-clockwise (-1: at an odd angle).
    """

    text: Sequence[str]
    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    box: npt.NDArray[np.float64]
    size: npt.NDArray[np.float64]
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
    blanks = sum(char.isspace() for char in glyphs.text)
    gap = WORD_GAP if blanks > 0.02 * len(glyphs.text) else BARE_WORD_GAP
    main = int(turns[counts.argmax()])
    lines = _lines(glyphs, np.flatnonzero(glyphs.turn == main), max(main, 0), gap)
    sideways = [
        line
        for turn in turns
        if turn != main
        for line in _lines(glyphs, np.flatnonzero(glyphs.turn == turn), max(int(turn), 0), gap)
    ]
    return Page(number, lines, sideways, max(main, 0))


def _lines(glyphs: Glyphs, chosen: npt.NDArray[np.intp], turn: int, gap: float) -> list[Line]:
    """The lines of the chosen glyphs, all of which run in the direction ``turn``."""
    baseline, left, right, size = _upright(glyphs, chosen, turn)
    line = _line_numbers(baseline, size)
    drawn = np.array([bool(char) and not char.isspace() for char in glyphs.text])[chosen]
    twice = _drawn_twice([glyphs.text[i] for i in chosen], np.flatnonzero(drawn), line, left, size)
    if twice:
        once = np.array([i for i in range(len(chosen)) if i not in twice])
        chosen, line = chosen[once], line[once]
        baseline, left, right, size = baseline[once], left[once], right[once], size[once]
    run = _run_numbers(line, left, right, size)
    starts = np.flatnonzero(np.diff(run, prepend=-1))
    order = np.lexsort((np.arange(len(run)), left[starts][run], line))
    text = [glyphs.text[i] for i in chosen[order]]
    line, left, right, size = line[order], left[order], right[order], size[order]
    words = _words(text, line, run[order], left, right, baseline[order], size, gap)
    lines: dict[int, Line] = {}
    for first, word in words:
        number = int(line[first])
        if number not in lines:
            lines[number] = Line([], float(baseline[order[first]]), float(size[first]))
        lines[number].words.append(word)
    return list(lines.values())


def _line_numbers(
    baseline: npt.NDArray[np.float64], size: npt.NDArray[np.float64]
) -> npt.NDArray[np.intp]:
    """The number of each glyph's line, from the top of the page."""
    order = np.argsort(baseline, kind="stable")
    steps = np.diff(baseline[order]) > SAME_LINE * np.minimum(size[order][1:], size[order][:-1])
    numbers = np.empty(len(order), dtype=np.intp)
    numbers[order] = np.concatenate(([0], np.cumsum(steps)))
    return numbers


def _run_numbers(
    line: npt.NDArray[np.intp],
    left: npt.NDArray[np.float64],
    right: npt.NDArray[np.float64],
    size: npt.NDArray[np.float64],
) -> npt.NDArray[np.intp]:
    """The number of each glyph's run: glyphs drawn one after the other, side by side.

    Runs are put in order as wholes, so that a text that juts out into the next column does not
    mingle with what stands there.
    """
    gap = left[1:] - right[:-1]
    breaks = (np.diff(line) != 0) | (gap > 0.6 * size[1:]) | (gap < -OVERLAP * size[1:])
    return np.concatenate(([0], np.cumsum(breaks)))


def _words(
    text: list[str],
    line: npt.NDArray[np.intp],
    run: npt.NDArray[np.intp],
    left: npt.NDArray[np.float64],
    right: npt.NDArray[np.float64],
    baseline: npt.NDArray[np.float64],
    size: npt.NDArray[np.float64],
    gap: float,
) -> Iterator[tuple[int, Word]]:
    """Each word with the number of its first glyph. A space or a gap parts words."""
    blank = np.array([not char or char.isspace() for char in text])
    step = left[1:] - right[:-1]
    near = line[1:] == line[:-1]
    # a blank that another character covers is a soft hyphen that shows nothing
    covered = np.zeros(len(text), dtype=bool)
    width = right - left
    covered[:-1] |= near & (left[1:] - left[:-1] < 0.4 * width[:-1])
    covered[1:] |= near & (step < -0.6 * width[1:])
    parts = ~near | (step > gap * size[1:]) | (step < -OVERLAP * size[1:]) & (np.diff(run) != 0)
    keep = np.flatnonzero(~blank)
    if not len(keep):
        return
    # what parts one drawn glyph from the next: a true blank, or a step, anywhere between them
    cut = np.concatenate(([0], np.cumsum(parts | (blank & ~covered)[1:] | (blank & ~covered)[:-1])))
    wide = np.concatenate(([True], left[keep][1:] - right[keep][:-1] > gap * size[keep][1:]))
    begins = np.flatnonzero(np.concatenate(([True], np.diff(cut[keep]) != 0)) | wide)
    ends = np.append(begins[1:], len(keep))
    shown = [text[i] for i in keep.tolist()]
    firsts = keep[begins]
    edges = np.maximum.reduceat(right[keep], begins)
    places = zip(
        begins.tolist(),
        ends.tolist(),
        firsts.tolist(),
        left[firsts].tolist(),
        edges.tolist(),
        baseline[firsts].tolist(),
        strict=True,
    )
    for begin, end, first, x0, x1, y in places:
        word = clean("".join(shown[begin:end]))
        if word:
            yield first, Word(word, x0, x1, y)


def _drawn_twice(
    text: list[str],
    keep: npt.NDArray[np.intp],
    line: npt.NDArray[np.intp],
    left: npt.NDArray[np.float64],
    size: npt.NDArray[np.float64],
) -> set[int]:
    """Glyphs that repeat another one nearly where it stands: fake bold."""
    seen: dict[tuple[int, str], list[int]] = {}
    twice: set[int] = set()
    close = np.zeros(len(text), dtype=bool)
    order = np.lexsort((left[keep], line[keep]))
    ranked = keep[order]
    near = (np.diff(left[ranked]) < DRAWN_TWICE * size[ranked][1:]) & (
        line[ranked][1:] == line[ranked][:-1]
    )
    close[ranked[1:]] |= near
    close[ranked[:-1]] |= near
    for i in np.flatnonzero(close).tolist():
        same = seen.setdefault((int(line[i]), text[i]), [])
        if any(abs(left[i] - left[j]) < DRAWN_TWICE * size[i] for j in same):
            twice.add(i)
        else:
            same.append(i)
    return twice


def _upright(
    glyphs: Glyphs, chosen: npt.NDArray[np.intp], turn: int
) -> tuple[npt.NDArray[np.float64], ...]:
    """Baseline (downwards), left and right edge, and size, as if the text were upright."""
    x, y, size = glyphs.x[chosen], glyphs.y[chosen], glyphs.size[chosen]
    left, bottom, right, top = glyphs.box[chosen].T
    match turn:
        case 0:
            return -y, np.minimum(left, x), right, size
        case 1:
            return x, np.minimum(bottom, y), top, size
        case 2:
            return y, np.minimum(-right, -x), -left, size
        case _:
            return -x, np.minimum(-top, -y), -bottom, size


def clean(text: str) -> str:
    """Spell ligatures out, compose accents, and drop characters that show nothing."""
    if text.isascii():
        return text
    text = _LIGATURES.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    return unicodedata.normalize("NFC", text).translate(_MAPPED)
