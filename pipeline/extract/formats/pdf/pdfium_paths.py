"""The straight sides of the shapes on a page, by pdfium."""

from collections.abc import Iterator
from itertools import islice, repeat

import numpy as np
import numpy.typing as npt
from pypdfium2 import raw

from pipeline.extract.formats.pdf import pdfium_calls as calls
from pipeline.extract.formats.pdf.page_objects import PATH, PageObjects
from pipeline.extract.formats.pdf.rulings import MOST_SIDES, Point, Side, line_of, sides_of

Floats = npt.NDArray[np.float64]


def sides_of_objects(objects: PageObjects) -> list[Side]:
    """The sides of shapes; more than `MOST_SIDES` if they are not worth looking at."""
    return list(islice(_sides(objects), MOST_SIDES + 1))


def _sides(objects: PageObjects) -> Iterator[Side]:
    paths = objects.of_kind(PATH)
    boxes = objects.box[:, paths].T.tolist()
    for index, box in zip(paths.tolist(), boxes, strict=True):
        line = line_of(tuple(box))
        if line:
            yield line
        else:
            yield from sides_of(_points(objects, index))


def _points(objects: PageObjects, index: int) -> Iterator[Point | None]:
    """The ends of the lines of a path; None where the pen is lifted or draws a curve."""
    path = objects.items[index]
    count = min(calls.path_length(path), MOST_SIDES)
    segments = list(map(calls.path_segment, repeat(path), range(count)))
    start: Point | None = None
    placed = _moved(calls.points_of(segments), objects.own_matrices(np.array([index]))[0]).tolist()
    for segment, (x, y) in zip(segments, placed, strict=True):
        kind = calls.segment_type(segment)
        if kind != raw.FPDF_SEGMENT_LINETO:
            yield None
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = x, y
        yield x, y
        if calls.segment_closes(segment):
            yield start


def _moved(points: npt.NDArray[np.float32], matrix: Floats) -> Floats:
    """Points, one a row, as a matrix places them."""
    moved: Floats = points @ matrix[:4].reshape(2, 2) + matrix[4:]
    return moved
