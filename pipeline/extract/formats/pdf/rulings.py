"""What a page draws besides text -> the ruled lines and edges of bands that may part cells."""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from pipeline.extract.page import Ruling

Side = tuple[float, float, float, float]
"""A side of a shape as a box (left, bottom, right, top), in a space where y grows upwards."""
Box = Side
Point = tuple[float, float]

THIN: Final = 2.5
"""Points: a shape no thicker than this is a line, whether it is stroked or filled."""
SHORT: Final = 6.0
"""Points: what is shorter is a dot or a dash, and no cell has such an edge."""
SAME: Final = 1.0
"""Points: lines no further apart are one; each cell of a table may draw its own border."""
MOST_SIDES: Final = 20_000
"""A page with more of them shows a drawing, whose lines are no edges of cells."""


def line_of(box: Box) -> Side | None:
    """The line that a thin shape is; None if it is not thin, or too short."""
    left, bottom, right, top = box
    width, height = right - left, top - bottom
    if not max(width, height) < math.inf or max(width, height) < SHORT:
        return None
    if height <= THIN:
        level = (bottom + top) / 2
        return left, level, right, level
    if width <= THIN:
        level = (left + right) / 2
        return level, bottom, level, top
    return None


def sides_of(points: Iterable[Point | None]) -> Iterator[Side]:
    """The sides of a path that run straight across, up or down.

    Args:
        points: the ends of its straight lines, one after the other; None where the pen was lifted,
            or drew a curve.
    """
    previous: Point | None = None
    for point in points:
        if previous and point:
            (x, y), (to_x, to_y) = previous, point
            box = min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y)
            side = line_of(box)
            if side:
                yield side
        previous = point


def rulings_of(sides: Sequence[Side], turned: int) -> tuple[Ruling, ...]:
    """The rulings of a page whose text stood ``turned`` quarter turns counter-clockwise.

    Lines that touch or overlap are one. They come from the top, those across before those down.
    """
    if len(sides) > MOST_SIDES:
        return ()
    across: list[tuple[float, float, float]] = []
    down: list[tuple[float, float, float]] = []
    for side in sides:
        x0, top, x1, bottom = _upright(side, turned)
        if bottom - top < x1 - x0:
            across.append((top, x0, x1))
        else:
            down.append((x0, top, bottom))
    lines = [(x0, level, x1, level) for level, x0, x1 in _joined(across)]
    return (*lines, *((level, top, level, bottom) for level, top, bottom in _joined(down)))


def _upright(side: Side, turned: int) -> Ruling:
    """The same side as if the text were upright, and y grew downwards."""
    left, bottom, right, top = side
    match turned:
        case 0:
            return left, -top, right, -bottom
        case 1:
            return bottom, left, top, right
        case 2:
            return -right, bottom, -left, top
        case _:
            return -top, -right, -bottom, -left


def _joined(lines: list[tuple[float, float, float]]) -> Iterator[tuple[float, float, float]]:
    """Lines (level, start, end) on nearly one level that touch are one."""
    lines.sort()
    at = 0
    while at < len(lines):
        level = lines[at][0]
        stop = at
        while stop < len(lines) and lines[stop][0] - level <= SAME:
            stop += 1
        spans = sorted((start, end) for _, start, end in lines[at:stop])
        first, last = spans[0]
        for start, end in spans[1:]:
            if start > last + SAME:
                yield level, first, last
                first, last = start, end
            else:
                last = max(last, end)
        yield level, first, last
        at = stop
