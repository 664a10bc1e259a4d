"""Ink among the rows of a list that no reader reads: images, drawings, slanted text, scans."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from itertools import repeat
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from pypdfium2 import raw

from pipeline.extract.formats.pdf import pdfium_calls as calls
from pipeline.extract.formats.pdf.characters import Characters, is_listed
from pipeline.extract.formats.pdf.drawing import Grey
from pipeline.extract.formats.pdf.page_objects import (
    IMAGE,
    PATH,
    SHADING,
    TEXT,
    PageObjects,
    fills_of,
    is_filled,
    largest_image,
)

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
Box = tuple[float, float, float, float]

MARK: Final = 64
"""Ink that differs by less than this (of 255) from the paper is a background, not a mark."""
CELL: Final = 4
"""Ink is counted in squares of this size (points)."""
FEWEST_CELLS: Final = 6
"""Fewer inked squares than this are a bullet, a tick or a stain."""
REACH: Final = 3.0
"""A list may go on for this many lines above its first and below its last line of text."""
FRAME: Final = 24.0
"""A path that is wider and higher than this (points) is a frame, or a large drawing: no letter."""
THINNEST: Final = 2.0
"""A path that is thinner than this (points) is a rule: no letter that can be read."""
PATTERN: Final = 191
"""Red, green and blue of what pdfium says is the colour of a pattern."""
SIMPLE: Final = 6
"""A path of no more segments than this, all straight, is a line or a box."""
LINES_OF_A_SCAN: Final = 5
"""A picture that shows so many bands of ink, apart from each other, may be a page of text."""
LINES_OF_A_STAMP: Final = 4
"""What a scanner or an archive stamps on pages takes no more lines than this."""
MOST_OF_A_PAGE: Final = 0.5
STRIPS_OF_A_SCAN: Final = 2
"""It is one if they are seen in so many strips of the page."""
STRIP: Final = 40
"""How wide these are (points)."""
HEIGHT_OF_TEXT: Final = (2.5, 24.0)
"""How high bands of text are (points): rules are thinner, pictures higher."""
ODD: Final = 3 / 90
"""Text that is turned by more than this part of a quarter turn is in no line."""
STEEPEST: Final = 0.7
"""Letters that lean further than 45 degrees can't be read; italics lean by 12 to 20."""
FEWEST_STACKED: Final = 40
"""So many digits has the shortest fingerprint."""
FEWEST_DIGITS: Final = 8
"""A fingerprint has at least so many digits that differ; one in ten millions has not."""
COLUMN: Final = 4.0
"""Letters whose middles differ by less than this (points) may stand upon each other."""


_STACKED: Final = re.compile(rf"[0-9A-Fa-f]{{{FEWEST_STACKED},}}")
_PLACE: Final = re.compile(
    r"(\d+) pt from the left, (\d+) pt from the top, (\d+) pt wide, (\d+) pt high$"
)


class InkPlace(NamedTuple):
    """Where ink is, in points from the left and from the top of the page as displayed."""

    left: float
    top: float
    right: float
    bottom: float

    def __str__(self) -> str:
        width, height = self.right - self.left, self.bottom - self.top
        return (
            f"{self.left:.0f} pt from the left, {self.top:.0f} pt from the top, "
            f"{width:.0f} pt wide, {height:.0f} pt high"
        )

    @classmethod
    def named_in(cls, text: str) -> InkPlace | None:
        """The place that a text names as `str` does, if it names one."""
        found = _PLACE.search(text)
        if not found:
            return None
        left, top, width, height = map(float, found.groups())
        return cls(left, top, left + width, top + height)


def drawings_among(objects: PageObjects) -> Indices:
    """The indices of images, shadings and of paths that are neither lines nor boxes."""
    paths = objects.of_kind(PATH)
    size = objects.box[2:, paths] - objects.box[:2, paths]
    is_rule, is_frame = (size < THINNEST).any(axis=0), (size > FRAME).all(axis=0)
    odd = [i for i in paths[~is_rule & ~is_frame].tolist() if not _is_simple(objects.items[i])]
    patterned = [i for i in paths[~is_rule].tolist() if _is_patterned(objects.items[i])]
    pictures = [*objects.of_kind(IMAGE).tolist(), *objects.of_kind(SHADING).tolist()]
    return np.array(sorted({*pictures, *odd, *patterned}), dtype=np.intp)


def _is_patterned(path: int) -> bool:
    """Whether a path is filled with a coloured pattern, for which pdfium gives a grey of its own.

    A box that really has this grey is too light to be a mark.
    """
    *parts, _opacity = fills_of([path])[0].tolist()
    return parts == [PATTERN] * 3 and is_filled(path)


def _is_simple(path: int) -> bool:
    """Whether a path is a line, or a box: straight, along the page, and few segments."""
    count = calls.path_length(path)
    if count > 4 * SIMPLE:
        return False
    segments = list(map(calls.path_segment, repeat(path), range(count)))
    kinds = list(map(calls.segment_type, segments))
    if raw.FPDF_SEGMENT_BEZIERTO in kinds:
        return False
    ends = calls.points_of(segments)
    steps = np.abs(np.diff(ends, axis=0)).min(axis=1, initial=np.inf)
    is_line = np.array(kinds[1:]) == raw.FPDF_SEGMENT_LINETO
    return not bool((steps[is_line] > 0.5).any())


def slanted_lines(textpage: Any, objects: PageObjects) -> list[str]:
    """Texts that hold a part of a row and run at an odd angle, or mirrored."""
    indices = objects.of_kind(TEXT)
    odd = objects.items_at(indices[_are_odd(objects.own_matrices(indices))])
    texts = [_text(item, textpage) for item in odd]
    return [" ".join(texts)] if any(map(is_listed, texts)) else []


def may_be_stacked(objects: PageObjects) -> bool:
    """Whether letters may stand upon each other: in a column of texts, or in one that is narrow."""
    box = objects.box[:, objects.of_kind(TEXT)]
    width, height = box[2:] - box[:2]
    if (height > FEWEST_STACKED * width / 2).any():
        return True
    middles = ((box[0] + box[2]) / 2)[width < 2 * height]
    for shift in (0.0, COLUMN / 2):
        _, count = np.unique(np.floor((middles + shift) / COLUMN), return_counts=True)
        if count.max(initial=0) >= FEWEST_STACKED:
            return True
    return False


def stacked_letters(letters: Characters) -> Iterator[str]:
    """Fingerprints whose digits stand upon each other, one a line; a column of marks is none."""
    single = "".join(line.strip() if len(line.strip()) == 1 else " " for line in letters.lines)
    for found in _STACKED.findall(single):
        if len(set(found.lower())) >= FEWEST_DIGITS:
            yield found
    for line in letters.listed():
        mine = letters.of_line(line)
        box, (across, up) = letters.box[:, mine], np.abs(letters.along[:, mine])
        width, height = box[2:].max(axis=1) - box[:2].min(axis=1)
        if (across > up).all() and height > FEWEST_STACKED * width / 4:
            yield letters.lines[line].strip()  # vertical writing (9.7.4.3)


def _text(item: int, textpage: Any) -> str:
    page = calls.address_of(textpage)
    buffer = bytearray(calls.text_of(item, page, None, 0))
    held = (ctypes.c_char * len(buffer)).from_buffer(buffer)
    calls.text_of(item, page, ctypes.addressof(held), len(buffer))
    return buffer.decode("utf-16-le", "replace").rstrip("\0")


def _are_odd(matrices: Floats) -> Flags:
    """Which matrices mirror text, or lay it aslant (ISO 32000-1, 9.4.2).

    That is: turn it by other than quarter turns, or let its letters lean too far.
    """
    a, b, c, d, _e, _f = matrices.T
    quarters = np.arctan2(b, a) / (np.pi / 2)
    odd: Flags = (a * d - b * c < 0) | (np.abs(quarters - np.round(quarters)) > ODD)
    odd |= np.abs(a * c + b * d) > STEEPEST * np.hypot(a, b) * np.hypot(c, d)
    return odd


def inked_cells(bare: Grey, letters: npt.NDArray[np.intp], scale: float) -> Flags:
    """Which squares of a page drawn without its text, lines and boxes hold marks.

    ``letters`` are the boxes of its characters in pixels: a scanned letter under one is read.
    """
    marks: Any = np.abs(bare - int(np.median(bare))) > MARK
    for x0, y0, x1, y1 in np.maximum(letters.T, 0).tolist():
        marks[max(y0 - 2, 0) : y1 + 2, max(x0 - 2, 0) : x1 + 2] = False
    side = max(round(CELL * scale), 1)
    height, width = (size // side * side for size in marks.shape)
    squares = marks[:height, :width].reshape(height // side, side, width // side, side)
    cells: Flags = squares.any(axis=(1, 3))
    return cells


def ink_among(cells: Flags, top: float, bottom: float) -> InkPlace | None:
    """Where ink is between two heights (points from the top), if it is more than a stain."""
    first, last = (max(round(each / CELL), 0) for each in (top, bottom))
    part = cells[first:last]
    if part.sum() < FEWEST_CELLS:
        return None
    rows, columns = np.nonzero(part)
    corners = (columns.min(), rows.min() + first, columns.max() + 1, rows.max() + first + 1)
    return InkPlace(*(float(each) * CELL for each in corners))


def is_picture(objects: PageObjects, letters: Characters, page: Box) -> bool:
    """Whether a page has no text, or but a stamp beside an image that takes most of it."""
    if not len(letters.text):
        return True
    if letters.listed() or len(set(letters.line.tolist())) > LINES_OF_A_STAMP:
        return False
    return largest_image(objects) > MOST_OF_A_PAGE * (page[2] - page[0]) * (page[3] - page[1])


def is_page_of_text(bare: Grey, scale: float) -> bool:
    """Whether a page that has no text shows lines of it: bands of ink as high as text, and gaps.

    It is looked at in strips from top to bottom, so narrow that askew lines don't run together,
    and rules beside the text fill few of them.
    """
    marks = np.abs(bare - int(np.median(bare))) > MARK
    width = max(round(STRIP * scale), 1)
    strips = range(0, marks.shape[1], width)
    bands = [_bands_of_text(marks[:, at : at + width].mean(axis=1) > 0.05, scale) for at in strips]
    return sum(each >= LINES_OF_A_SCAN for each in bands) >= STRIPS_OF_A_SCAN


def _bands_of_text(inked: Flags, scale: float) -> int:
    """How many runs of inked pixels are as high as text is."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], inked, [False])).astype(np.int8)))
    heights = (edges[1::2] - edges[::2]) / scale
    low, high = HEIGHT_OF_TEXT
    return int(((heights >= low) & (heights <= high)).sum())


def reach(letters: Characters, pixels: npt.NDArray[np.intp], scale: float) -> tuple[float, float]:
    """From where to where a list goes, in points from the top; (0, 0) if there is none."""
    listed = np.isin(letters.line, letters.listed())
    if not listed.any():
        return 0.0, 0.0
    top, bottom = (pixels[i, listed] / scale for i in (1, 3))
    height = REACH * 2 * float(np.median(bottom - top))
    return float(top.min()) - height, float(bottom.max()) + height
