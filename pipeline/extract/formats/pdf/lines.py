"""Glyphs -> words -> lines: what every reader's characters have in common.

A reader delivers the glyphs of a page; this module turns the page upright, drops characters
drawn twice (fake bold), and groups the rest into lines of words. All lengths are in points;
``y`` grows downwards and is a line's baseline.
"""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pipeline.extract.formats.pdf.rulings import Side, rulings_of
from pipeline.extract.formats.pdf.superscripts import marked
from pipeline.extract.formats.pdf.tags import PageTags, tables_of
from pipeline.extract.page import Line, Page, TaggedTable, Word, clean

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
NARROW = 0.75
"""Letters drawn so narrow beside their height aren't merely condensed a little."""
DRAWN_TWICE = 0.12
"""The same character again within this part of the font size is fake bold, not a double letter."""

LONGEST_LIGATURE = 4
"""Few glyphs show more letters, and none that names are set in."""

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


@dataclass(slots=True)
class Glyphs:
    """The characters of a page as parallel columns, in a space where y grows upwards.

    ``x``, ``y`` are the origin on the baseline; ``box`` has four rows: left, bottom, right, top;
    ``size`` is the font size as displayed; ``turn`` the direction of the text in quarter turns
    counter-clockwise (-1: at an odd angle); ``cell`` the number of the tagged cell it belongs to,
    or -1. What is known to be a word may stand here as one.
    """

    text: npt.NDArray[np.str_]
    x: Floats
    y: Floats
    box: Floats
    size: Floats
    turn: npt.NDArray[np.int8]
    cell: Indices

    def only(self, chosen: Indices) -> "Glyphs":
        """Some of the characters."""
        return Glyphs(
            self.text[chosen],
            self.x[chosen],
            self.y[chosen],
            self.box[:, chosen],
            self.size[chosen],
            self.turn[chosen],
            self.cell[chosen],
        )


def scale_of(height: Floats, width: Floats) -> Floats:
    """By how much text is larger than its font: as high, but as wide if it is that narrow.

    So the gaps between narrow words are measured by what their spaces are.
    """
    return np.where(width < NARROW * height, width, height)


def shown_as(text: str) -> str:
    """What one glyph shows, by what its font says: U+FFFD where that can't be.

    A glyph shows a character or a ligature of letters. Producers that put an ellipsis where a text
    is cut off may say that it stands for all that was cut, and for that wherever it is drawn.
    """
    if len(text) < 2 or text.isspace():
        return text
    letters = [c for c in text if not unicodedata.category(c).startswith("M")]  # accents are none
    is_one_kind = all(map(str.isalpha, letters)) or not any(map(str.isalnum, letters))
    return text if len(letters) <= LONGEST_LIGATURE and is_one_kind else "\ufffd"


def right_edge(box: tuple[float, float, float, float], turned: int) -> float:
    """The right edge of a page, of which ``box`` is displayed, when its text is turned upright."""
    left, bottom, right, top = box
    return (right, top, -left, -bottom)[turned % 4]


def quarter_turns(angle: float) -> int:
    """The direction of text at ``angle`` (radians) in quarter turns, or -1 if it is slanted."""
    turns = angle / (math.pi / 2)
    return round(turns) % 4 if abs(turns - round(turns)) < 0.05 else -1


def page_of(
    number: int, glyphs: Glyphs, sides: Sequence[Side] = (), tags: PageTags | None = None
) -> Page:
    """Group the glyphs of page ``number`` into lines of words, in reading order.

    Args:
        number: of the page.
        glyphs: its characters.
        sides: those of the shapes on it, in the space of the glyphs.
        tags: the tables that the document says are on it, with the cells that glyphs belong to.
    """
    if not len(glyphs.text):
        return Page(number, [], [])
    blanks = np.count_nonzero(np.strings.isspace(glyphs.text))
    gap = WORD_GAP if blanks > 0.02 * len(glyphs.text) else BARE_WORD_GAP
    turns, counts = np.unique(glyphs.turn, return_counts=True)
    common = turns[counts.argmax()]
    main = max(int(common), 0)
    of_turn = [glyphs.only(np.flatnonzero(glyphs.turn == turn)) for turn in turns]
    lines, cells = _lines(of_turn[counts.argmax()], main, gap)
    sideways = [
        line
        for turn, others in zip(turns.tolist(), of_turn, strict=True)
        if turn != common
        for line in _lines(others, max(turn, 0), gap)[0]
    ]
    tables = _tables(lines, cells, tags) if tags else ()
    return Page(number, lines, sideways, main, rulings_of(sides, main), tables)


def _tables(lines: Sequence[Line], cells: Sequence[int], tags: PageTags) -> tuple[TaggedTable, ...]:
    """The tagged tables of a page, of whose words these are the cells."""
    words = (word for line in lines for word in line.words)
    words_of: dict[int, list[Word]] = {}
    for word, cell in zip(words, cells, strict=True):
        words_of.setdefault(cell, []).append(word)
    return tables_of(tags, words_of)


@dataclass(slots=True)
class _Row:
    """Glyphs as if their text were upright, as parallel columns. Baselines grow downwards.

    ``line`` is the number of each glyph's line, from the top of the page; ``run`` is that of its
    run: glyphs drawn one after the other, side by side.
    """

    text: npt.NDArray[np.str_]
    baseline: Floats
    left: Floats
    right: Floats
    size: Floats
    line: Indices
    run: Indices
    cell: Indices


def _lines(glyphs: Glyphs, turn: int, gap: float) -> tuple[list[Line], list[int]]:
    """The lines of glyphs that all run in the direction ``turn``, and the cell of each word."""
    baseline, left, right = _upright(glyphs, turn)
    cell = glyphs.cell
    text, baseline, size = marked(glyphs.text, baseline, left, right, glyphs.size)
    line = _line_numbers(baseline, size)
    run = _run_numbers(line, left, right, size)
    order = _reading_order(line, run, left)
    near = np.diff(left[order]) < DRAWN_TWICE * size[order[1:]]
    if (near & (np.diff(line[order]) == 0)).any():
        once = np.flatnonzero(~_drawn_twice(text, line, left, size))
        text, baseline, size, line = text[once], baseline[once], size[once], line[once]
        left, right, cell = left[once], right[once], cell[once]
        run = _run_numbers(line, left, right, size)
        order = _reading_order(line, run, left)
    row = _Row(
        text[order],
        baseline[order],
        left[order],
        right[order],
        size[order],
        line[order],
        run[order],
        cell[order],
    )
    return _words(row, gap)


def _upright(glyphs: Glyphs, turn: int) -> tuple[Floats, Floats, Floats]:
    """Baseline (downwards), left and right edge, as if the text were upright."""
    x, y = glyphs.x, glyphs.y
    left, bottom, right, top = glyphs.box
    match turn:
        case 0:
            return -y, np.minimum(left, x), right
        case 1:
            return x, np.minimum(bottom, y), top
        case 2:
            return y, np.minimum(-right, -x), -left
        case _:
            return -x, np.minimum(-top, -y), -bottom


def _line_numbers(baseline: Floats, size: Floats) -> Indices:
    """The number of each glyph's line, from the top of the page."""
    changes = (np.diff(baseline) != 0) | (np.diff(size) != 0)
    starts = np.concatenate(([0], np.flatnonzero(changes) + 1))
    level, of_size = baseline[starts], size[starts]
    order = np.argsort(level, kind="stable")
    level, of_size = level[order], of_size[order]
    steps = np.diff(level) > SAME_LINE * np.minimum(of_size[1:], of_size[:-1])
    numbers = np.empty(len(order), dtype=np.intp)
    numbers[order] = np.concatenate(([0], np.cumsum(steps)))
    return np.repeat(numbers, np.diff(starts, append=len(baseline)))


def _run_numbers(line: Indices, left: Floats, right: Floats, size: Floats) -> Indices:
    """The number of each glyph's run: glyphs drawn one after the other, side by side.

    Runs are put in order as wholes, so that a text that juts out into the next column does not
    mingle with what stands there.
    """
    gap = left[1:] - right[:-1]
    breaks = (np.diff(line) != 0) | (gap > 0.6 * size[1:]) | (gap < -OVERLAP * size[1:])
    return np.concatenate(([0], np.cumsum(breaks)))


def _reading_order(line: Indices, run: Indices, left: Floats) -> Indices:
    """The order of glyphs by line, then by where their run begins."""
    starts = np.flatnonzero(np.diff(run, prepend=-1))
    lengths = np.diff(starts, append=len(run))
    runs = np.lexsort((left[starts], line[starts]))
    lengths = lengths[runs]
    before = np.cumsum(lengths) - lengths
    order: Indices = np.repeat(starts[runs] - before, lengths) + np.arange(len(run))
    return order


def _words(row: _Row, gap: float) -> tuple[list[Line], list[int]]:
    """The lines of words, and the cell of each word. A space or a gap parts words."""
    blank = np.strings.isspace(row.text) | (np.strings.str_len(row.text) == 0)
    keep = np.flatnonzero(~blank)
    if not len(keep):
        return [], []
    step = row.left[1:] - row.right[:-1]
    near = np.diff(row.line) == 0
    # what parts one drawn glyph from the next: a true blank, or a step, anywhere between them
    parts = ~near | (step > gap * row.size[1:])
    parts |= (step < -OVERLAP * row.size[1:]) & (np.diff(row.run) != 0)
    true_blank = blank & ~_covered(row, np.flatnonzero(blank))
    cut = np.concatenate(([0], np.cumsum(parts | true_blank[1:] | true_blank[:-1])))[keep]
    left, right = row.left[keep], row.right[keep]
    begins = (np.diff(cut) != 0) | (left[1:] - right[:-1] > gap * row.size[keep[1:]])
    cell = row.cell[keep]
    begins |= (np.diff(cell) != 0) & (cell[1:] >= 0) & (cell[:-1] >= 0)
    first = np.concatenate(([0], np.flatnonzero(begins) + 1))
    edge = np.maximum.reduceat(right, first)
    texts = _texts(row.text[keep], first)
    cells = np.maximum.reduceat(cell, first).tolist()
    if "" in texts:  # a word of characters that show nothing
        shown = np.flatnonzero([bool(text) for text in texts])
        first, edge, texts = first[shown], edge[shown], [texts[i] for i in shown]
        cells = [cells[i] for i in shown]
    start = keep[first]
    size = row.size[start].tolist()
    places = (left[first].tolist(), edge.tolist(), row.baseline[start].tolist(), size)
    words = list(map(Word, texts, *places))
    ends = (np.flatnonzero(np.diff(row.line[start])) + 1).tolist()
    bounds = pairwise([0, *ends, len(words)]) if words else ()
    lines = [Line(words[begin:end], words[begin].y, size[begin]) for begin, end in bounds]
    return lines, cells


def _covered(row: _Row, blank: Indices) -> npt.NDArray[np.bool_]:
    """Whether a glyph is a blank that another character covers: a soft hyphen shows nothing."""
    covered = np.zeros(len(row.text), dtype=bool)
    width = row.right - row.left
    before, after = blank[blank > 0], blank[blank + 1 < len(covered)]
    overlap = row.right[before - 1] - row.left[before] > 0.6 * width[before]
    covered[before] = overlap & (row.line[before] == row.line[before - 1])
    advance = row.left[after + 1] - row.left[after]
    covered[after] |= (advance < 0.4 * width[after]) & (row.line[after] == row.line[after + 1])
    return covered


def _texts(text: npt.NDArray[np.str_], first: Indices) -> list[str]:
    """The texts of words, each of which begins with the glyph ``first``."""
    whole = "".join(text.tolist())
    ends = np.cumsum(np.strings.str_len(text))
    bounds = [0, *ends[first[1:] - 1].tolist(), len(whole)]
    parts = [whole[begin:end] for begin, end in pairwise(bounds)]
    return parts if whole.isascii() else list(map(clean, parts))


def _drawn_twice(
    text: npt.NDArray[np.str_], line: Indices, left: Floats, size: Floats
) -> npt.NDArray[np.bool_]:
    """Glyphs that repeat another one nearly where it stands: fake bold."""
    twice = np.zeros(len(text), dtype=bool)
    drawn = np.flatnonzero(~np.strings.isspace(text) & (np.strings.str_len(text) > 0))
    ranked = drawn[np.lexsort((left[drawn], line[drawn]))]
    near = (np.diff(left[ranked]) < DRAWN_TWICE * size[ranked[1:]]) & (np.diff(line[ranked]) == 0)
    close = np.union1d(ranked[1:][near], ranked[:-1][near])
    seen: dict[tuple[int, str], list[int]] = {}
    for i in close.tolist():
        same = seen.setdefault((int(line[i]), str(text[i])), [])
        if any(abs(left[i] - left[j]) < DRAWN_TWICE * size[i] for j in same):
            twice[i] = True
        else:
            same.append(i)
    return twice
