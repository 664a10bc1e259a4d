"""Text that a file says and nobody sees, and text that is struck out.

ISO 32000-1: 8.5.4 clipping, 8.11 optional content, 9.3.6 rendering mode, 11.6 opacity and masks.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from pypdfium2 import raw

from pipeline.extract.formats.pdf import pdfium_calls as calls
from pipeline.extract.formats.pdf.characters import Characters
from pipeline.extract.formats.pdf.drawing import Drawing, Grey
from pipeline.extract.formats.pdf.page_objects import (
    IMAGE,
    PATH,
    TEXT,
    Forms,
    Matrix,
    PageObjects,
    fills_of,
    is_filled,
    largest_image,
    moved,
    strokes_of,
)

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
Box = tuple[float, float, float, float]

INVISIBLE: Final = 12
"""Text that changes no pixel by more than this (of 255) isn't seen at all."""
FAINTEST: Final = 40
"""Text that changes no pixel by more than this is as good as invisible; a watermark is, too."""
PALE: Final = 140
"""Text of a colour at least so light (of 255) may be too close to that of the paper."""
SMALLEST: Final = 2.0
"""Smaller text (in points) can't be read."""
MARK: Final = 64
"""A picture under an invisible character shows one if it differs by this from the paper."""
TOUCHED: Final = 0.2
"""Where less than this part of a text is painted over, it is only touched."""
THINNEST: Final = 2.5
"""A line across text is no thicker than this (points)."""
MOST_RULES: Final = 8
"""More lines than this that pass over one text may hide it together."""
MOST_OF_A_LINE: Final = 0.6
"""A line strikes out what it passes if it goes through more than this part of the letters."""
MOST_OF_A_STRIKE: Final = 0.4
"""A line goes through letters if it is within them for more than this part of its length."""
UPON: Final = 0.5
"""Characters that share this part of their width and height are drawn upon each other."""
LEAST_PART: Final = 0.4
"""A character of which less is left than this part, painted over, can't be read."""
WHOLE: Final = 0.8
"""An image that takes this part of a page is a scan of the page."""
MOST_ALONE: Final = 64
"""So many texts that are painted over are looked at one by one, more all at once."""
MOST_PAIRS: Final = 4_000_000
_BLOCK: Final = 256
OPAQUE: Final = 200
"""Text that is more opaque than this (of 255) isn't transparent."""
_FILLED: Final = (raw.FPDF_TEXTRENDERMODE_FILL, raw.FPDF_TEXTRENDERMODE_FILL_STROKE)
_INVISIBLE: Final = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)


class Doubt(NamedTuple):
    """Indices of text objects that may not be visible, and that something is painted over.

    ``is_narrow`` is true if the letters of one object may stand upon each other.
    """

    pale: Indices
    covered: Indices
    is_narrow: bool = False

    def __bool__(self) -> bool:
        return bool(len(self.pale) or len(self.covered))


def doubts(objects: PageObjects, visible: Box) -> Doubt:
    """Which text objects may be hidden, by what the page says of each; ``visible`` is its box."""
    texts = objects.of_kind(TEXT)
    if not len(texts):
        return Doubt(texts, texts)
    box = objects.box[:, texts]
    low, high = np.array(visible[:2])[:, None], np.array(visible[2:])[:, None]
    outside = ((box[:2] < low - 1) | (box[2:] > high + 1)).any(axis=0)
    tiny = (box[2:] - box[:2]).min(axis=0) < SMALLEST / 2
    plain = _are_plain(objects.items_at(texts))
    clipped = _clipped(objects, texts) | _veiled(objects, texts)
    pale = texts[outside | tiny | ~plain | clipped | _on_dark(objects, texts)]
    return Doubt(pale, _painted_over(objects, texts))


def _are_plain(texts: Sequence[int]) -> Flags:
    """Whether texts (pdfium's addresses) are filled, dark and opaque."""
    modes = np.fromiter(map(calls.text_mode, texts), np.intp, len(texts))
    mixes = np.fromiter(map(calls.object_mixes, texts), bool, len(texts))
    fills = fills_of(texts)
    is_dark = (fills[:, :3] < PALE).all(axis=1) & (fills[:, 3] > OPAQUE)
    plain: Flags = np.isin(modes, _FILLED) & is_dark & ~mixes
    outlined = np.flatnonzero(plain & (modes == raw.FPDF_TEXTRENDERMODE_FILL_STROKE))
    strokes = strokes_of([texts[at] for at in outlined.tolist()])
    plain[outlined] = (strokes[:, :3] < PALE).all(axis=1)
    return plain


def _clipped(objects: PageObjects, texts: Indices) -> Flags:
    """From which texts a clipping path may take away a part: one that isn't a box around them."""
    found = np.zeros(len(texts), dtype=bool)
    for at, index in enumerate(texts.tolist()):
        found[at] = _cuts(objects.items[index], objects.matrices[index], objects.box[:, index])
    return found


def _veiled(objects: PageObjects, texts: Indices) -> Flags:
    """Which texts stand in forms that are mixed with the page, or of which a part is clipped."""
    found = np.zeros(len(texts), dtype=bool)
    by_forms: dict[Forms, list[int]] = {}
    for at, index in enumerate(texts.tolist()):
        if objects.forms[index]:
            by_forms.setdefault(objects.forms[index], []).append(at)
    for forms, places in by_forms.items():
        boxes = objects.box[:, texts[places]]
        around = np.concatenate((boxes[:2].min(axis=1), boxes[2:].max(axis=1)))
        found[places] = any(
            calls.object_mixes(form) or _cuts(form, matrix, around) for form, matrix in forms
        )
    return found


def _cuts(item: int, matrix: Matrix, box: Floats) -> bool:
    """Whether the clipping path of an object may take a part of a box: it isn't a box around it."""
    clip = calls.object_clip(item)
    count = calls.clip_length(clip)
    if count <= 0:
        return False
    left, bottom, right, top = box.tolist()
    slack = 0.2 * min(top - bottom, right - left) + 0.5
    inner = (left + slack, bottom + slack, right - slack, top - slack)
    paths = (_box_of(clip, path, matrix) for path in range(count))
    return not all(path and _is_around(path, inner) for path in paths)


def _box_of(clip: int, path: int, matrix: Matrix) -> Box | None:
    """The box that a clipping path is, None if it is none."""
    count = calls.clip_corners(clip, path)
    if not 4 <= count <= 5:
        return None
    segments = list(map(calls.clip_corner, repeat(clip), repeat(path), range(count)))
    xs, ys = calls.points_of(segments).T.tolist()
    if len(set(xs)) > 2 or len(set(ys)) > 2:
        return None
    box = np.array([[min(xs), min(ys), max(xs), max(ys)]])
    left, bottom, right, top = moved(box, matrix)[0].tolist()
    return left, bottom, right, top


def _is_around(outer: Box, inner: Box) -> bool:
    return all(outer[i] <= inner[i] for i in (0, 1)) and all(outer[i] >= inner[i] for i in (2, 3))


def _on_dark(objects: PageObjects, texts: Indices) -> Flags:
    """Which texts stand on something that may be as dark as they are."""
    size = objects.box[2:] - objects.box[:2]
    large = np.flatnonzero((size >= THINNEST).all(axis=0) & (objects.kind != TEXT))
    kinds = objects.kind[large].tolist()
    dark = [
        index
        for index, kind in zip(large.tolist(), kinds, strict=True)
        if kind != PATH or _is_dark(objects.items[index])
    ]
    if not dark:
        return np.zeros(len(texts), dtype=bool)
    return _reached(objects, texts, np.array(dark, dtype=np.intp), by_earlier=True) > 0


def _is_dark(path: int) -> bool:
    """Whether a path is filled with a colour on which dark text can't be read."""
    return is_filled(path) and bool((fills_of([path])[0, :3] < PALE).any())


def _painted_over(objects: PageObjects, texts: Indices) -> Indices:
    """The texts that something later reaches over, or many strips, each of which is a line."""
    size = objects.box[2:] - objects.box[:2]
    is_cover = (objects.kind == TEXT) | (size >= THINNEST).all(axis=0)
    covers, strips = np.flatnonzero(is_cover), np.flatnonzero(~is_cover)
    covered = _reached(objects, texts, covers, by_earlier=False) > 0
    return texts[covered | (_reached(objects, texts, strips, by_earlier=False) > MOST_RULES)]


def _reached(objects: PageObjects, texts: Indices, others: Indices, *, by_earlier: bool) -> Indices:
    """How many of the others, painted earlier or later, take a part of each text."""
    found = np.zeros(len(texts), dtype=np.intp)
    low_edges, high_edges = objects.box[1, others], objects.box[3, others]
    order = np.argsort(objects.box[1, texts], kind="stable")
    for start in range(0, len(texts), _BLOCK):
        block = order[start : start + _BLOCK]  # texts of about the same height on the page
        low, high = objects.box[1, texts[block]].min(), objects.box[3, texts[block]].max()
        near = others[(low_edges < high) & (high_edges > low)]
        found[block] = _overlaps(objects, texts[block], near, by_earlier=by_earlier)
    return found


def _overlaps(
    objects: PageObjects, texts: Indices, others: Indices, *, by_earlier: bool
) -> Indices:
    """How many of the others take a part of each text that is more than `TOUCHED`."""
    of_text, of_other = texts[:, None], others[None, :]
    is_enough = of_other < of_text if by_earlier else of_other > of_text
    for low, high in ((0, 2), (1, 3)):  # along and across the page
        one, other = objects.box[:, texts, None], objects.box[:, None, others]
        shared = np.minimum(one[high], other[high]) - np.maximum(one[low], other[low])
        size = np.minimum(one[high] - one[low], other[high] - other[low])
        is_enough &= shared > TOUCHED * np.maximum(size, 0.01)
    covered, covers = np.nonzero(is_enough)  # few do
    one, other = objects.box[:, texts[covered]], objects.box[:, others[covers]]
    # the same text again, a hair away, is fake bold
    is_again = (np.abs(one - other) < 0.15 * np.minimum(*(one[2:] - one[:2]))).all(axis=0)
    is_again &= objects.kind[others[covers]] == TEXT
    found: Indices = np.bincount(covered[~is_again], minlength=len(texts))
    return found


def hidden(
    doubt: Doubt, objects: PageObjects, letters: Characters, drawing: Drawing
) -> tuple[Flags, Flags]:
    """Which characters can't be seen on the page as it is drawn, and which of them hardly can.

    The invisible text that OCR lays over a scanned page is seen: as the picture.
    """
    whole = drawing.draw()
    pixels = drawing.pixels(letters.box)
    with drawing.without(objects.items_at(objects.of_kind(TEXT))):
        change = _changes(whole, drawing.draw(), pixels)
    for group in _groups(doubt.covered):
        mine = np.flatnonzero(np.isin(letters.owner, group))
        part = _visible_part(objects, group, whole, drawing, pixels[:, mine])
        change[mine[part < LEAST_PART]] = 0
    change[_overprinted(letters, doubt)] = 0
    height = letters.box[3] - letters.box[1]
    change[np.maximum(height, letters.box[2] - letters.box[0]) < SMALLEST / 2] = 0
    if is_ocr_layer(objects, drawing.page.get_bbox()):
        change[:] = 255
    change[_is_ocr(objects, letters, whole, pixels)] = 255
    return change < INVISIBLE, change < FAINTEST


def _overprinted(letters: Characters, doubt: Doubt) -> Flags:
    """Which characters of some texts others are drawn upon, so that neither can be read.

    The same character again, a hair away, is fake bold or a shadow.
    """
    found = np.zeros(len(letters.text), dtype=bool)
    text = np.array(letters.text)
    mine = np.flatnonzero(np.isin(letters.owner, doubt.covered))
    for start in range(0, len(mine), _BLOCK):
        block = mine[start : start + _BLOCK]
        one, other = letters.box[:, block, None], letters.box[:, None, :]
        shared = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
        smaller = np.minimum(one[2:] - one[:2], other[2:] - other[:2])
        larger = np.maximum(one[2:] - one[:2], other[2:] - other[:2])
        is_alike = smaller.max(axis=0) > UPON * larger.max(axis=0)  # else it is a watermark
        is_later = letters.owner[None, :] > letters.owner[block, None]
        if doubt.is_narrow:
            is_later |= letters.owner[None, :] == letters.owner[block, None]
        is_same = text[None, :] == text[block, None]
        upon = (shared > UPON * smaller).all(axis=0) & is_alike & is_later & ~is_same
        found[block] = upon.any(axis=1)
    return found


def _visible_part(
    objects: PageObjects,
    group: Indices,
    whole: Grey,
    drawing: Drawing,
    pixels: npt.NDArray[np.intp],
) -> Floats:
    """How much of the ink of some texts is left under what is painted over them, from 0 to 1."""
    chosen = set(group.tolist())
    texts = [objects.items[i] for i in chosen]
    others = [item for i, item in enumerate(objects.items) if i not in chosen]
    with drawing.without(texts):
        left = np.abs(whole - drawing.draw())
    with drawing.without(others):
        alone = drawing.draw()
        with drawing.without(texts):
            all_of_it = np.abs(alone - drawing.draw())
    ink = [
        [int(each[y0:y1, x0:x1].sum()) for each in (left, all_of_it)]
        for x0, y0, x1, y1 in np.maximum(pixels.T, 0).tolist()
    ]
    seen, drawn = np.array(ink, dtype=np.float64).reshape(-1, 2).T
    part: Floats = seen / np.maximum(drawn, 1)
    return part


def _groups(indices: Indices) -> list[Indices]:
    if len(indices) > MOST_ALONE:
        return [indices]
    return np.split(indices, len(indices)) if len(indices) else []


def _changes(one: Grey, other: Grey, pixels: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """By how much two pictures differ at most in each box."""
    change = np.abs(one - other)
    boxes = np.maximum(pixels.T, 0).tolist()
    parts = (change[y0:y1, x0:x1] for x0, y0, x1, y1 in boxes)
    most = (int(part.max()) if part.size else 0 for part in parts)
    found: npt.NDArray[np.intp] = np.fromiter(most, np.intp, len(boxes))
    return found


def is_ocr_layer(objects: PageObjects, page: Box) -> bool:
    """Whether all text of a page is invisible and lies over an image of the whole page."""
    texts = objects.of_kind(TEXT)
    largest = largest_image(objects)
    if not largest or not len(texts) or len(_in_modes(objects, _INVISIBLE)) < len(texts):
        return False
    left, bottom, right, top = page
    return largest > WHOLE * (right - left) * (top - bottom)


def _in_modes(objects: PageObjects, modes: Sequence[int]) -> list[int]:
    """The texts that are rendered in one of some modes (9.3.6)."""
    texts = objects.of_kind(TEXT)
    pairs = zip(texts.tolist(), map(calls.text_mode, objects.items_at(texts)), strict=True)
    return [index for index, mode in pairs if mode in modes]


def _is_ocr(
    objects: PageObjects, letters: Characters, picture: Grey, pixels: npt.NDArray[np.intp]
) -> Flags:
    """Which characters are invisible text over an image that shows something there.

    So are those that clip what is painted through them.
    """
    found = np.zeros(len(letters.text), dtype=bool)
    modes = _INVISIBLE if len(objects.of_kind(IMAGE)) else (raw.FPDF_TEXTRENDERMODE_CLIP,)
    for index in np.flatnonzero(np.isin(letters.owner, _in_modes(objects, modes))).tolist():
        x0, y0, x1, y1 = np.maximum(pixels[:, index], 0)
        part = picture[y0:y1, x0:x1]
        found[index] = part.size > 0 and int(part.max()) - int(part.min()) > MARK
    return found


def crossing_lines(objects: PageObjects) -> Indices:
    """The indices of thin paths, or rows of dashes, that go through the middle of a text.

    Where each letter is a text of its own, a line goes through those that most of it passes.
    """
    texts = objects.of_kind(TEXT)
    paths = np.concatenate([objects.of_kind(PATH), texts])
    width, height = objects.box[2:, paths] - objects.box[:2, paths]
    thickness, length = np.minimum(width, height), np.maximum(width, height)
    is_thin = (thickness < THINNEST) & (length > np.minimum(2 * thickness, THINNEST))
    thin: Indices = paths[is_thin]
    if len(texts) * len(thin) > MOST_PAIRS:
        return thin  # the characters tell
    line, text = objects.box[:, None, thin], objects.box[:, texts, None]
    is_another = thin[None, :] != texts[:, None]
    crossed = np.zeros(len(thin), dtype=bool)
    for along, across in ((0, 1), (1, 0)):
        is_along = line[along + 2] - line[along] > line[across + 2] - line[across]
        middle = (line[across] + line[across + 2]) / 2
        size = text[across + 2] - text[across]
        is_written_along = text[along + 2] - text[along] > 1.5 * size
        inside = (middle > text[across] + 0.2 * size) & (middle < text[across + 2] - 0.2 * size)
        shared = np.minimum(text[along + 2], line[along + 2]) - np.maximum(text[along], line[along])
        through = np.where(is_along & inside & is_another, np.maximum(shared, 0), 0)
        crossed |= through.sum(axis=0) > MOST_OF_A_STRIKE * (line[along + 2] - line[along])[0]
        length = np.where(is_written_along, through, 0)
        is_crossed = length.sum(axis=1) > size[:, 0]  # by one line, or by dashes
        crossed |= (length[is_crossed] > 0).any(axis=0)
    found: Indices = thin[crossed]
    return found


def struck_out(lines: Floats, letters: Characters) -> Flags:
    """Which are the characters that a line strikes out (lines as boxes, in four rows).

    It goes through the middle of most characters that it passes in a line of text: an underline
    only touches those that hang below the others.
    """
    found = np.zeros(len(letters.text), dtype=bool)
    box = letters.box
    for left, bottom, right, top in lines.T.tolist():
        along, across = (0, 1) if right - left > top - bottom else (1, 0)
        middle = (bottom + top) / 2 if across else (left + right) / 2
        size = box[across + 2] - box[across]
        inside = (middle > box[across] + 0.2 * size) & (middle < box[across + 2] - 0.05 * size)
        centre = (box[along] + box[along + 2]) / 2
        start, end = (left, right) if across else (bottom, top)
        passed = (centre > start) & (centre < end)
        for line in letters.lines_of(passed & inside):
            of_line = passed & (letters.line == line)
            if inside[of_line].mean() > MOST_OF_A_LINE:
                found |= of_line & inside
    return found
