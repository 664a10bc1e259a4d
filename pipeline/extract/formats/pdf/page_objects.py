"""What a PDF page is drawn with, as pdfium has it: text, paths, images and shadings.

They come in the order in which they are painted, those inside form XObjects included
(ISO 32000-1, 8.10). They are listed once for each page, for all that asks of them.

All lengths are in points, in the page's own space, where y grows upwards.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from pypdfium2 import raw

from pipeline.extract.formats.pdf import pdfium_calls as calls

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

TEXT: Final = raw.FPDF_PAGEOBJ_TEXT
PATH: Final = raw.FPDF_PAGEOBJ_PATH
IMAGE: Final = raw.FPDF_PAGEOBJ_IMAGE
SHADING: Final = raw.FPDF_PAGEOBJ_SHADING
FORM: Final = raw.FPDF_PAGEOBJ_FORM
DEEPEST: Final = 8
"""Form XObjects inside form XObjects are looked into this deep."""
MOST: Final = 200_000
"""A page with more objects than this is looked at as a picture only."""
IDENTITY: Final = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

Matrix = tuple[float, float, float, float, float, float]
"""a, b, c, d, e and f of ISO 32000-1, 8.3.4."""
Forms = tuple[tuple[int, Matrix], ...]
"""Form XObjects (pdfium's addresses), one within another, and what places each one."""


@dataclass(slots=True)
class PageObjects:
    """The objects of a page in painting order: pdfium's addresses, their kinds and their boxes.

    ``box`` has four rows: left, bottom, right, top. ``matrices`` are those of the form XObjects
    that hold each object, ``forms`` these forms themselves, from the outside in. ``of_page`` are
    the objects that stand on the page itself, forms among them. ``has_more`` is true if there are
    more than `MOST`.
    """

    items: list[int]
    kind: npt.NDArray[np.int8]
    box: Floats
    matrices: list[Matrix]
    forms: list[Forms]
    of_page: list[int]
    has_more: bool = False

    def of_kind(self, kind: int) -> Indices:
        """The indices of the objects of this kind."""
        return np.flatnonzero(self.kind == kind)

    def items_at(self, indices: Indices) -> list[int]:
        """The addresses of some objects."""
        return [self.items[index] for index in indices.tolist()]

    def own_matrices(self, indices: Indices) -> Floats:
        """What places each of some objects on the page, one a row: all matrices together."""
        own = np.zeros((len(indices), 6), dtype=np.float32)
        deque(map(calls.object_matrix, self.items_at(indices), calls.places(own)), maxlen=0)
        held = [self.matrices[index] for index in indices.tolist()]
        if held.count(IDENTITY) == len(held):
            return own.astype(np.float64)
        pairs = zip(own.astype(np.float64).tolist(), held, strict=True)
        return np.array([times(inner, outer) for inner, outer in pairs])


def largest_image(objects: PageObjects) -> float:
    """The area of the largest image, 0 if there is none."""
    images = objects.box[:, objects.of_kind(IMAGE)]
    areas = (images[2] - images[0]) * (images[3] - images[1])
    return float(areas.max(initial=0.0))


def fills_of(items: Sequence[int]) -> npt.NDArray[np.uint32]:
    """Red, green, blue and opacity (0 to 255) with which objects are filled, one a row."""
    parts = np.zeros((len(items), 4), dtype=np.uint32)
    deque(map(calls.object_fill, items, *_columns(parts)), maxlen=0)
    return parts


def strokes_of(items: Sequence[int]) -> npt.NDArray[np.uint32]:
    """Red, green, blue and opacity (0 to 255) with which objects are outlined, one a row."""
    parts = np.zeros((len(items), 4), dtype=np.uint32)
    deque(map(calls.object_stroke, items, *_columns(parts)), maxlen=0)
    return parts


def _columns(array: npt.NDArray[Any]) -> list[range]:
    """The addresses of the places in each column of an array."""
    first, size = calls.places(array), array.itemsize
    starts = range(first.start, first.start + size * array.shape[1], size)
    return [range(start, start + first.step * len(array), first.step) for start in starts]


def is_filled(path: int) -> bool:
    """Whether a path is filled, and not only stroked."""
    filling, stroked = ctypes.c_int(), ctypes.c_int()
    calls.path_mode(path, ctypes.addressof(filling), ctypes.addressof(stroked))
    return bool(filling.value != raw.FPDF_FILLMODE_NONE)


def objects_of(page: Any) -> PageObjects:
    """The objects of a page (pdfium's handle), those inside forms in place of the forms."""
    count = min(raw.FPDFPage_CountObjects(page), MOST)
    of_page = list(map(calls.page_object, repeat(calls.address_of(page)), range(count)))
    items: list[int] = []
    kinds: list[int] = []
    boxes: list[Floats] = [np.zeros((0, 4))]
    matrices: list[Matrix] = []
    forms: list[Forms] = []
    for some, their_kinds, matrix, their_forms in _runs(of_page, IDENTITY, ()):
        bounds = np.zeros((len(some), 4), dtype=np.float32)
        has_bounds = list(map(calls.object_bounds, some, *_columns(bounds)))
        drawn = [i for i, has_any in enumerate(has_bounds) if has_any]
        if len(drawn) < len(some):
            some, their_kinds = [some[i] for i in drawn], [their_kinds[i] for i in drawn]
        items += some
        kinds += their_kinds
        boxes.append(moved(bounds[drawn].astype(np.float64), matrix))
        matrices += repeat(matrix, len(some))
        forms += repeat(their_forms, len(some))
        if len(items) > MOST:
            break
    kind, box = np.array(kinds[:MOST], dtype=np.int8), np.concatenate(boxes)[:MOST].T
    has_more = len(items) > MOST
    return PageObjects(items[:MOST], kind, box, matrices[:MOST], forms[:MOST], of_page, has_more)


Run = tuple[Sequence[int], Sequence[int], Matrix, Forms]
"""Objects that follow each other, their kinds, what places them, and the forms that hold them."""


def _runs(objects: Sequence[int], matrix: Matrix, forms: Forms) -> Iterator[Run]:
    kinds = list(map(calls.object_type, objects))
    start = 0
    if FORM in kinds and len(forms) < DEEPEST:
        for at in [index for index, kind in enumerate(kinds) if kind == FORM]:
            yield objects[start:at], kinds[start:at], matrix, forms
            start = at + 1
            form = objects[at]
            length = min(calls.form_length(form), MOST)
            inner = list(map(calls.form_object, repeat(form), range(length)))
            held_by = (*forms, (form, matrix))
            yield from _runs(inner, times(_matrix_of(form), matrix), held_by)
    yield objects[start:], kinds[start:], matrix, forms


def _matrix_of(item: int) -> Matrix:
    matrix = raw.FS_MATRIX()
    calls.object_matrix(item, ctypes.addressof(matrix))
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def times(one: Sequence[float], other: Matrix) -> Matrix:
    """The matrix that does what ``one`` does, then what ``other`` does (ISO 32000-1, 8.3.4)."""
    if other == IDENTITY:
        return tuple(one)  # type: ignore[return-value]
    a, b, c, d, e, f = one
    p, q, r, s, t, u = other
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


def moved(boxes: Floats, matrix: Matrix) -> Floats:
    """The boxes around boxes (one a row) that a matrix moved."""
    if matrix == IDENTITY:
        return boxes
    a, b, c, d, e, f = matrix
    xs = [a * boxes[:, i] + c * boxes[:, j] + e for i in (0, 2) for j in (1, 3)]
    ys = [b * boxes[:, i] + d * boxes[:, j] + f for i in (0, 2) for j in (1, 3)]
    low, high = np.minimum.reduce, np.maximum.reduce
    return np.stack((low(xs), low(ys), high(xs), high(ys)), axis=1)
