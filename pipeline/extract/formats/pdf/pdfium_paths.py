"""The straight sides of the shapes on a page, by pdfium."""

from collections.abc import Iterator, Sequence
from itertools import islice, repeat
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from pypdfium2 import raw

from pipeline.extract.formats.pdf import pdfium_calls as calls
from pipeline.extract.formats.pdf.rulings import MOST_SIDES, Point, Side, line_of, sides_of

Matrix = npt.NDArray[np.float32]
"""a, b, c, d, e and f of ISO 32000-1, 8.3.4."""

_MOST_OBJECTS: Final = 200_000
"""A page that has more of them is no list; nor is a path of more sides than a page may have."""
_DEEPEST: Final = 8
"""Forms within forms."""


def objects_on(page: Any) -> list[int]:
    """The addresses of the objects of a page."""
    count = min(raw.FPDFPage_CountObjects(page), _MOST_OBJECTS)
    return list(map(calls.page_object, repeat(calls.address_of(page)), range(count)))


def sides_of_objects(objects: Sequence[int]) -> list[Side]:
    """The sides of shapes; more than `MOST_SIDES` if they are not worth looking at."""
    return list(islice(_sides(objects, None, 0), MOST_SIDES + 1))


def _sides(objects: Sequence[int], matrix: Matrix | None, depth: int) -> Iterator[Side]:
    """The sides of shapes that are part of a page, or of a form set by ``matrix``."""
    kinds = list(map(calls.object_type, objects))
    path = raw.FPDF_PAGEOBJ_PATH
    if path in kinds:
        paths = [each for each, kind in zip(objects, kinds, strict=True) if kind == path]
        yield from _sides_of_paths(paths, matrix)
    if raw.FPDF_PAGEOBJ_FORM in kinds and depth < _DEEPEST:
        for form, kind in zip(objects, kinds, strict=True):
            if kind == raw.FPDF_PAGEOBJ_FORM:
                inner = _times(_matrix_of(form), matrix)
                length = min(calls.form_length(form), _MOST_OBJECTS)
                parts = list(map(calls.form_object, repeat(form), range(length)))
                yield from _sides(parts, inner, depth + 1)


def _sides_of_paths(paths: list[int], matrix: Matrix | None) -> Iterator[Side]:
    bounds = np.zeros((len(paths), 4), dtype=np.float32)
    for path, place in zip(paths, calls.places(bounds), strict=True):
        calls.object_bounds(path, place, place + 4, place + 8, place + 12)
    boxes = bounds if matrix is None else _moved(bounds.reshape(-1, 2), matrix).reshape(-1, 4)
    lows = np.minimum(boxes[:, :2], boxes[:, 2:])
    highs = np.maximum(boxes[:, :2], boxes[:, 2:])
    for path, box in zip(paths, np.hstack((lows, highs)).tolist(), strict=True):
        line = line_of(tuple(box))
        if line:
            yield line
        else:
            yield from sides_of(_points(path, matrix))


def _points(path: int, matrix: Matrix | None) -> Iterator[Point | None]:
    """The ends of the lines of a path; None where the pen is lifted or draws a curve."""
    count = min(calls.path_length(path), MOST_SIDES)
    segments = list(map(calls.path_segment, repeat(path), range(count)))
    points = np.zeros((count, 2), dtype=np.float32)
    for segment, place in zip(segments, calls.places(points), strict=True):
        calls.segment_point(segment, place, place + 4)
    start: Point | None = None
    placed = _moved(_moved(points, _matrix_of(path)), matrix).tolist()
    for segment, (x, y) in zip(segments, placed, strict=True):
        kind = calls.segment_type(segment)
        if kind != raw.FPDF_SEGMENT_LINETO:
            yield None
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = x, y
        yield x, y
        if calls.segment_closes(segment):
            yield start


def _matrix_of(item: int) -> Matrix:
    matrix = np.array([[1, 0, 0, 1, 0, 0]], dtype=np.float32)
    calls.object_matrix(item, matrix.ctypes.data)
    row: Matrix = matrix[0]
    return row


def _times(inner: Matrix, outer: Matrix | None) -> Matrix:
    """What two matrices do one after the other."""
    if outer is None:
        return inner
    turn = inner[:4].reshape(2, 2) @ outer[:4].reshape(2, 2)
    shift = _moved(inner[4:].reshape(1, 2), outer)
    return np.concatenate((turn.ravel(), shift.ravel()))


def _moved(points: Matrix, matrix: Matrix | None) -> Matrix:
    """Points, one a row, as a matrix places them."""
    if matrix is None:
        return points
    moved: Matrix = points @ matrix[:4].reshape(2, 2) + matrix[4:]
    return moved
