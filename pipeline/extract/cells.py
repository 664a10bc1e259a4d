"""Which lines of a column belong to which row, when all that is known is where they stand.

A row has one fingerprint and, in another column, the lines of its subject. Producers set the two
level at the top, in the middle or at the bottom of the row. Each of the three is tried; the one
whose cells begin like names and stand apart from each other wins.
"""

import statistics
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from typing import Literal, NamedTuple

Alignment = Literal["top", "middle", "bottom"]


class Mark(NamedTuple):
    """The first and the last baseline of a fingerprint."""

    first: float
    last: float


class Text(NamedTuple):
    """A line of the subject column: its baseline, and whether it begins like a name."""

    y: float
    begins_name: bool


@dataclass(frozen=True, slots=True)
class Cells:
    """A way to deal lines out to rows. Lines are numbered as they were given.

    ``leading`` lines stand above the first row, ``trailing`` ones below the last; they belong to
    rows of other pages, or to none. ``score`` says how plausible it is: more is better.
    """

    alignment: Alignment
    rows: list[range]
    leading: range
    trailing: range
    score: float


def deal(marks: Sequence[Mark], texts: Sequence[Text], size: float) -> list[Cells]:
    """Deal the lines out to the rows in each way that fits, the most plausible first.

    Args:
        marks: the fingerprints of one column, from top to bottom.
        texts: the lines of the subject column, from top to bottom.
        size: the font size in points.
    """
    pitch = _pitch(texts, size)
    found = [
        cells
        for cells in (
            _top(marks, texts, pitch),
            *_middle(marks, texts, pitch),
            _bottom(marks, texts, pitch),
        )
        if cells is not None
    ]
    return sorted(found, key=lambda cells: cells.score, reverse=True)


def _pitch(texts: Sequence[Text], size: float) -> float:
    """From one line of a cell to the next: the smallest steps there are."""
    steps = sorted(b.y - a.y for a, b in pairwise(texts) if b.y - a.y > 0.5 * size)
    usual = statistics.median(steps[: max(1, len(steps) // 4)]) if steps else 1.2 * size
    return min(usual, 2.0 * size)


def _top(marks: Sequence[Mark], texts: Sequence[Text], pitch: float) -> Cells | None:
    starts = [_level(texts, mark.first, pitch) for mark in marks]
    return _between("top", starts, marks, texts, pitch)


def _bottom(marks: Sequence[Mark], texts: Sequence[Text], pitch: float) -> Cells | None:
    """The same as at the top, seen from below."""
    upside_down = [Text(-text.y, False) for text in reversed(texts)]
    ends = [_level(upside_down, -mark.last, pitch) for mark in reversed(marks)]
    count = len(texts)
    rows: list[range] = []
    after = 0
    for end in reversed(ends):
        stop = after if end is None else count - end
        if stop < after:
            return None
        rows.append(range(after, stop))
        after = stop
    first = rows[0]
    start = _connected_from(texts, first, pitch)
    rows[0] = range(start, first.stop)
    return _cells("bottom", rows, range(start), range(after, count), texts, pitch)


def _connected_from(texts: Sequence[Text], row: range, pitch: float) -> int:
    """Where the first row begins: lines far above it, or before a beginning, are not of it."""
    start = row.stop
    while start > row.start:
        if start < row.stop and (
            texts[start].y - texts[start - 1].y > 1.4 * pitch or texts[start].begins_name
        ):
            break
        start -= 1
    return start


def _level(texts: Sequence[Text], y: float, pitch: float, start: int = 0) -> int | None:
    """The line, of those from ``start`` on, that stands level with ``y``."""
    after = bisect_left(texts, y, lo=start, key=attrgetter("y"))
    near = [index for index in (after - 1, after) if start <= index < len(texts)]
    level = min(near, key=lambda index: abs(texts[index].y - y), default=None)
    if level is None or abs(texts[level].y - y) >= 0.55 * pitch:
        return None
    return level


def _between(
    alignment: Alignment,
    starts: Sequence[int | None],
    marks: Sequence[Mark],
    texts: Sequence[Text],
    pitch: float,
) -> Cells | None:
    """Rows that run from their own first line to that of the next row."""
    known = [start for start in starts if start is not None]
    if not known or sorted(set(known)) != known:
        return None
    rows: list[range] = []
    following = len(texts)
    for start in reversed(starts):
        begin = following if start is None else start
        rows.append(range(begin, following))
        following = begin
    rows.reverse()
    last = rows[-1]
    end = next(
        (i for i in last[1:] if texts[i].y - texts[i - 1].y > 1.4 * pitch),
        last.stop,
    )
    rows[-1] = range(last.start, end)
    leading, trailing = range(known[0]), range(end, len(texts))
    return _cells(alignment, rows, leading, trailing, texts, pitch)


def _middle(marks: Sequence[Mark], texts: Sequence[Text], pitch: float) -> Iterable[Cells]:
    """Each cell is symmetric about its fingerprint, so where it begins tells where it ends."""
    highest = marks[0].last + 0.6 * pitch
    for start in range(len(texts)):
        if texts[start].y > highest:
            break
        rows = _chain(start, marks, texts, pitch)
        if rows is not None:
            end = rows[-1].stop
            cells = _cells(
                "middle", rows, range(start), range(end, len(texts)), texts, pitch
            )
            yield cells


def _chain(
    start: int, marks: Sequence[Mark], texts: Sequence[Text], pitch: float
) -> list[range] | None:
    rows: list[range] = []
    for mark in marks:
        centre = (mark.first + mark.last) / 2
        if start >= len(texts) or texts[start].y > centre + 0.6 * pitch:
            rows.append(range(start, start))
            continue
        mirrored = 2 * centre - texts[start].y
        end = _level(texts, mirrored, pitch, start)
        if end is None:
            return None
        rows.append(range(start, end + 1))
        start = end + 1
    return rows


def _cells(
    alignment: Alignment,
    rows: list[range],
    leading: range,
    trailing: range,
    texts: Sequence[Text],
    pitch: float,
) -> Cells:
    """Judge: cells begin like names, are not empty, and their lines are closer than they are."""
    names = sum(bool(row) and texts[row.start].begins_name for row in rows)
    within = [b.y - a.y for row in rows for a, b in pairwise(texts[row.start : row.stop])]
    across = [
        texts[b.start].y - texts[a.stop - 1].y for a, b in pairwise(rows) if a and b
    ]
    torn = sum(step > 1.4 * pitch for step in within)
    closest = min(across, default=0.0)
    wide = sum(step > closest + 0.15 * pitch for step in within) if across else 0
    strays = sum(texts[i].begins_name for i in (*leading, *trailing))
    empty = sum(not row for row in rows)
    score = names - 2 * torn - 0.5 * wide - empty - 0.5 * strays
    return Cells(alignment, rows, leading, trailing, score)


def prefer(ways: Sequence[Cells], usual: Callable[[Alignment], float]) -> Cells | None:
    """The best way on this page, given what was ``usual`` on the pages before it."""
    return max(ways, key=lambda cells: cells.score + usual(cells.alignment), default=None)
