"""What a PDF page is drawn with, as pdfium has it: text, paths, images and shadings.

They come in the order in which they are painted, those inside form XObjects included
(ISO 32000-1, 8.10).

All lengths are in points, in the page's own space, where y grows upwards.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from pypdfium2 import raw

Floats = npt.NDArray[np.float64]

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


@dataclass(slots=True)
class PageObjects:
    """The objects of a page in painting order: pdfium's handles, their kinds and their boxes.

    ``box`` has four rows: left, bottom, right, top. ``matrices`` are those of the form XObjects
    that hold each object. ``has_more`` is true if there are more than `MOST`.
    """

    handles: list[Any]
    kind: npt.NDArray[np.int8]
    box: Floats
    matrices: list[Matrix]
    has_more: bool = False

    def of_kind(self, kind: int) -> npt.NDArray[np.intp]:
        """The indices of the objects of this kind."""
        return np.flatnonzero(self.kind == kind)


def largest_image(objects: PageObjects) -> float:
    """The area of the largest image, 0 if there is none."""
    images = objects.box[:, objects.of_kind(IMAGE)]
    areas = (images[2] - images[0]) * (images[3] - images[1])
    return float(areas.max(initial=0.0))


def objects_of(page: Any) -> PageObjects:
    """The objects of a page (pdfium's handle), those inside forms in place of the forms."""
    handles: list[Any] = []
    kinds: list[int] = []
    boxes: list[tuple[float, float, float, float]] = []
    matrices: list[Matrix] = []
    corners = [ctypes.c_float() for _ in range(4)]
    left, bottom, right, top = corners
    pointers = [ctypes.byref(each) for each in corners]
    pending = [(_top_level(page), IDENTITY, 0)]
    while pending:
        objects, matrix, depth = pending.pop()
        for handle in objects:
            kind = raw.FPDFPageObj_GetType(handle)
            if kind == FORM and depth < DEEPEST:
                pending.append((objects, matrix, depth))
                pending.append((_inside(handle), _times(_matrix(handle), matrix), depth + 1))
                break
            if len(handles) >= MOST:
                return PageObjects(handles, *_arrays(kinds, boxes), matrices, has_more=True)
            if not raw.FPDFPageObj_GetBounds(handle, *pointers):
                continue
            box = (left.value, bottom.value, right.value, top.value)
            handles.append(handle)
            kinds.append(kind)
            boxes.append(box if matrix is IDENTITY else moved(box, matrix))
            matrices.append(matrix)
    return PageObjects(handles, *_arrays(kinds, boxes), matrices)


def _arrays(kinds: list[int], boxes: list[Any]) -> tuple[npt.NDArray[np.int8], Floats]:
    return np.array(kinds, dtype=np.int8), np.array(boxes, dtype=np.float64).reshape(-1, 4).T


def _top_level(page: Any) -> Any:
    count = raw.FPDFPage_CountObjects(page)
    return (raw.FPDFPage_GetObject(page, index) for index in range(count))


def _inside(form: Any) -> Any:
    count = raw.FPDFFormObj_CountObjects(form)
    return (raw.FPDFFormObj_GetObject(form, index) for index in range(count))


def _matrix(handle: Any) -> Matrix:
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(handle, ctypes.byref(matrix))
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _times(one: Matrix, other: Matrix) -> Matrix:
    """The matrix that does what ``one`` does, then what ``other`` does (ISO 32000-1, 8.3.4)."""
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


def moved(
    box: tuple[float, float, float, float], matrix: Matrix
) -> tuple[float, float, float, float]:
    """The box around a box that a matrix moved."""
    a, b, c, d, e, f = matrix
    corners = [(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
    xs = [a * x + c * y + e for x, y in corners]
    ys = [b * x + d * y + f for x, y in corners]
    return min(xs), min(ys), max(xs), max(ys)
