"""The text of a page by pdfium, word by word.

Asking pdfium for the place of each character takes most of a reader's time. So it is asked for
the first and the last character of each word, and once for the width of each character of a font.
Where a word is as long as its characters are wide, none of them stands apart, and the word is
taken whole; all others are looked at character by character.
"""

import ctypes
from collections import deque
from collections.abc import Mapping
from itertools import repeat
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from pypdfium2 import raw

from pipeline.extract.formats.pdf import pdfium_calls as calls
from pipeline.extract.formats.pdf.lines import (
    OVERLAP,
    Floats,
    Glyphs,
    Indices,
    quarter_turns,
    scale_of,
    shown_as,
)
from pipeline.extract.formats.pdf.superscripts import NARROW_DIGIT

Bools = npt.NDArray[np.bool_]
Boxes = npt.NDArray[np.float32]
"""Left, top, right and bottom of characters, one a row."""

Cells = Mapping[int, int]
"""The numbers of the tagged cells that text objects (their addresses) belong to."""

LOOSE: Final = 0.05
"""A word that is longer or shorter than its characters by more than this part of its height has
gaps in it, or is squeezed."""


def glyphs_of(textpage: Any, cells: Cells) -> Glyphs:
    """The words and characters of a text page of pdfium's, less those that pdfium made up."""
    count = max(raw.FPDFText_CountChars(textpage), 0)
    text = _Text(calls.address_of(textpage), _units(textpage, count))
    whole = text.whole_words()
    if cells:
        whole &= text.cells(text.first, cells) == text.cells(text.last, cells)
    glyphs = text.glyphs(whole, cells)
    if _overlap(glyphs):
        glyphs = text.glyphs(np.zeros_like(whole), cells)
    return glyphs


class _Text:
    """The characters of a page, its words, and the boxes of the characters that were asked for."""

    def __init__(self, page: int, units: npt.NDArray[np.uint32]) -> None:
        self.page = page
        self.units = units
        self.boxes = np.zeros((len(units), 4), dtype=np.float32)
        self._asked = np.zeros(len(units), dtype=bool)
        is_blank = np.strings.isspace(units.view("U1"))
        bounds = np.flatnonzero(np.diff(~is_blank, prepend=False, append=False))
        self.first, self.last = bounds[::2], bounds[1::2] - 1
        self._ask(np.concatenate((np.flatnonzero(is_blank), self.first, self.last)))

    def _ask(self, indices: Indices) -> None:
        """Ask for the boxes of characters."""
        wanted = np.zeros_like(self._asked)
        wanted[indices] = True
        new = np.flatnonzero(wanted & ~self._asked)
        self._asked |= wanted
        places = (self.boxes.ctypes.data + self.boxes.strides[0] * new).tolist()
        deque(map(calls.char_box, repeat(self.page), new.tolist(), places), maxlen=0)

    def _objects(self, indices: Indices) -> list[int]:
        """The addresses of the text objects that characters belong to."""
        return list(map(calls.char_object, repeat(self.page), indices.tolist()))

    def whole_words(self) -> Bools:
        """Which words are as long as their characters are wide."""
        start, end = self.boxes[self.first], self.boxes[self.last]
        across = (start[:, 1] == end[:, 1]) & (start[:, 3] == end[:, 3])
        down = (start[:, 0] == end[:, 0]) & (start[:, 2] == end[:, 2]) & ~across
        whole: Bools = _is_drawn(start) & _is_drawn(end) & (across | down)
        words = np.flatnonzero(whole)
        if len(words):
            left, bottom, right, top = _joined(start[words], end[words])
            width, height = right - left, top - bottom
            length = np.where(down[words], height, width)
            size = np.where(down[words], width, height)
            sums = self._lengths(words, down[words], size)
            whole[words] = np.abs(sums - length) <= LOOSE * size
        return whole

    def _lengths(self, words: Indices, down: Bools, size: Floats) -> Floats:
        """The sums of the widths of the characters of some words.

        A character of a font is as wide wherever it stands in one size and direction.
        """
        first = self.first[words]
        fonts = map(calls.object_font, self._objects(first))
        numbers: dict[object, int] = {}
        kinds = [
            numbers.setdefault(kind, len(numbers))
            for kind in zip(fonts, size.tolist(), down.tolist(), strict=True)
        ]
        lengths = self.last[words] - first + 1
        offsets = np.cumsum(lengths) - lengths
        chars = np.repeat(first - offsets, lengths) + np.arange(lengths.sum())
        keys = np.repeat(np.array(kinds) << 32, lengths) | self.units[chars]
        _, examples, which = np.unique(keys, return_index=True, return_inverse=True)
        self._ask(chars[examples])
        boxes = self.boxes[chars[examples]].astype(np.float64)
        left, top, right, bottom = boxes.T
        widths = np.where(np.repeat(down, lengths)[examples], top - bottom, right - left)
        widths[~_is_drawn(boxes)] = np.inf  # what shows nothing is looked at by itself
        is_digit = (self.units[chars[examples]] >= ord("0")) & (
            self.units[chars[examples]] <= ord("9")
        )
        widths[is_digit & (widths < NARROW_DIGIT * np.repeat(size, lengths)[examples])] = np.inf
        sums: Floats = np.add.reduceat(widths[which], offsets)
        return sums

    def cells(self, indices: Indices, cells: Cells) -> Indices:
        """The numbers of the cells that characters are in, or -1."""
        if not cells:
            return np.full(len(indices), -1)
        return np.array([cells.get(each, -1) for each in self._objects(indices)], dtype=np.intp)

    def glyphs(self, whole: Bools, cells: Cells) -> Glyphs:
        """The words that are to be taken whole, and all other characters one by one."""
        begins = ~_between(self.first[whole] + 1, self.last[whole] + 1, len(self.units))
        ends = ~_between(self.first[whole], self.last[whole], len(self.units))
        first, last = np.flatnonzero(begins), np.flatnonzero(ends)
        self._ask(first)
        shown = _is_drawn(self.boxes[first])
        first, last = first[shown], last[shown]
        box = _joined(self.boxes[first], self.boxes[last])
        self._cut_swashes(box, first, last)
        starts = np.flatnonzero(_changes(box[1]) | _changes(box[3]))
        lengths = np.diff(starts, append=len(first))
        x, y, size, turn = (np.repeat(each, lengths) for each in self._baselines(first[starts]))
        upright = turn % 2 == 0
        text = self.units.tobytes().decode("utf-32-le")
        parts = zip(first.tolist(), (last + 1).tolist(), strict=True)
        return _merge_split_ligatures(
            Glyphs(
                np.array([text[i:j].replace("\0", "") for i, j in parts], dtype=np.str_),
                np.where(upright, box[0], x),
                np.where(upright, y, box[1]),
                box,
                size,
                turn,
                self.cells(first, cells),
            )
        )

    def _cut_swashes(self, box: Floats, first: Indices, last: Indices) -> None:
        """Let characters end where the next one of their text begins: a ``Q`` may reach below it.

        What is drawn twice begins at the same place.
        """
        left, right, height = box[0], box[2], box[3] - box[1]
        deep = left[1:] - right[:-1] < -OVERLAP * height[1:]
        deep &= (first[1:] == last[:-1] + 1) & (2 * left[1:] > left[:-1] + right[:-1])
        found = np.flatnonzero(deep)
        texts = zip(self._objects(first[found]), self._objects(first[found + 1]), strict=True)
        held = found[[one == other for one, other in texts]] if len(found) else found
        box[2, held] = left[held + 1]

    def _baselines(self, indices: Indices) -> tuple[npt.NDArray[Any], ...]:
        """Origin (x and y), font size as displayed, and direction of characters.

        It is asked for once for each run of characters with the same top and bottom.
        """
        chars = indices.tolist()
        origin = np.zeros((len(chars), 2))
        x = calls.places(origin)
        y = range(x.start + origin.itemsize, x.stop + origin.itemsize, x.step)
        deque(map(calls.char_origin, repeat(self.page), chars, x, y), maxlen=0)
        matrix = np.zeros((len(chars), 6), dtype=np.float32)
        deque(map(calls.char_matrix, repeat(self.page), chars, calls.places(matrix)), maxlen=0)
        a, b, c, d, _e, _f = matrix.T.astype(np.float64)
        scale = scale_of(np.hypot(c, d), np.hypot(a, b))
        size = np.array(list(map(calls.char_size, repeat(self.page), chars))) * scale
        angles, which = np.unique(-np.arctan2(c, a), return_inverse=True)
        turn = np.array(list(map(quarter_turns, angles.tolist())), dtype=np.int8)[which]
        return origin[:, 0], origin[:, 1], size, turn


def _is_drawn(boxes: npt.NDArray[Any]) -> Bools:
    """Whether characters show anything: those that pdfium made up have no extent."""
    drawn: Bools = (boxes[:, 1] > boxes[:, 3]) & (boxes[:, 2] > boxes[:, 0])
    return drawn


def _joined(start: Boxes, end: Boxes) -> Floats:
    """The boxes that hold two others each: rows of left, bottom, right and top."""
    low = np.minimum(start, end)
    high = np.maximum(start, end)
    return np.array((low[:, 0], low[:, 3], high[:, 2], high[:, 1]), dtype=np.float64)


def _between(starts: Indices, ends: Indices, count: int) -> Bools:
    """Which of ``count`` places are in one of some ranges; no two begin or end in one place."""
    steps = np.zeros(count + 1, dtype=np.int8)
    steps[starts] += 1
    steps[ends] -= 1
    inside: Bools = np.cumsum(steps[:-1]) > 0
    return inside


def _changes(values: Floats) -> Bools:
    """Whether each value is another than the one before."""
    changes: Bools = np.diff(values, prepend=np.nan) != 0
    return changes


def _overlap(glyphs: Glyphs) -> bool:
    """Whether words lie over others, such as those that are drawn twice to look bold."""
    left, bottom, right, top = glyphs.box
    order = np.lexsort((left, bottom))
    gaps = left[order[1:]] - right[order[:-1]]
    deep = gaps < -OVERLAP * (top - bottom)[order[1:]]
    return bool((deep & (np.diff(bottom[order]) == 0)).any())


def _units(textpage: Any, count: int) -> npt.NDArray[np.uint32]:
    """The characters as pdfium numbers them: one UTF-16 unit each."""
    get = raw.FPDFText_GetUnicode
    buffer = np.zeros(count + 1, dtype=np.uint16)
    pointer = buffer.ctypes.data_as(ctypes.POINTER(ctypes.c_ushort))
    if raw.FPDFText_GetText(textpage, 0, count, pointer) == count + 1:
        units = buffer[:count].astype(np.uint32)
    else:
        units = np.array([get(textpage, index) for index in range(count)], dtype=np.uint32)
    units[units == 0] = 0xFFFD  # no character, but something shown
    # what pdfium calls a hyphen at the end of a line
    units[(units == 2) | (units == 0xFFFE)] = ord("-")
    units[(units >= 0xD800) & (units < 0xE000) | (units > 0x10FFFF)] = 0
    return units


def _merge_split_ligatures(glyphs: Glyphs) -> Glyphs:
    """Put together what pdfium takes apart: the letters of one ligature share one box."""
    same = np.flatnonzero((np.diff(glyphs.box) == 0).all(axis=0)) + 1
    if not len(same):
        return glyphs
    keep = np.setdiff1d(np.arange(len(glyphs.text)), same)
    parts = np.split(glyphs.text, keep[1:])
    merged = glyphs.only(keep)
    merged.text = np.array(["".join(part.tolist()) for part in parts])
    split = np.flatnonzero([len(part) > 1 for part in parts])
    merged.text[split] = [shown_as(text) for text in merged.text[split].tolist()]
    return merged
