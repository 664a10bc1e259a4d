"""Which lines of a column belong to which row, when all that is known is where they stand.

A row has one fingerprint and, in another column, the lines of its subject. Producers set the two
level at the top, in the middle or at the bottom of the row. Each of the three is tried; the one
whose cells begin like names and stand apart from each other wins.
"""

import statistics
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
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
    if len(marks) == len(texts) and all(
        abs(mark.first - text.y) < 0.25 * pitch and mark.first == mark.last
        for mark, text in zip(marks, texts, strict=True)
    ):
        top = _top(marks, texts, pitch)  # one line a row: all ways are the same
        return [top] if top else []
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
    """Where the first row begins: lines that stand apart from it are not of it."""
    steps = [i for i in row[1:] if texts[i].y - texts[i - 1].y > 1.4 * pitch]
    return steps[-1] if steps else row.start


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
    rows = [_untorn(row, texts, pitch) for row in rows]
    end = rows[-1].stop
    leading, trailing = range(known[0]), range(end, len(texts))
    return _cells(alignment, rows, leading, trailing, texts, pitch)


def _untorn(row: range, texts: Sequence[Text], pitch: float) -> range:
    """The lines of a row up to the first that stands apart: that is of no row."""
    torn = (i for i in row[1:] if texts[i].y - texts[i - 1].y > 1.4 * pitch)
    return range(row.start, next(torn, row.stop))


def _middle(marks: Sequence[Mark], texts: Sequence[Text], pitch: float) -> Iterator[Cells]:
    """Each cell is symmetric about its fingerprint, so where it begins tells where it ends.

    That holds but for a row that a page break parts: the first and the last of the page.
    """
    for start, first in _beginnings(marks[0], texts, pitch):
        for is_parted in (False, True):
            whole = marks[1 if first else 0 : -1 if is_parted else None]
            rows = _chain(first.stop if first else start, whole, texts, pitch)
            if rows is None:
                continue
            rows = [first, *rows] if first else rows
            end = rows[-1].stop if rows else start
            if is_parted:
                if len(rows) == len(marks) or not _reaches(marks[-1], end, texts, pitch):
                    continue
                rows.append(range(end, len(texts)))
            if len(rows) == len(marks):
                leading, trailing = range(rows[0].start), range(rows[-1].stop, len(texts))
                cells = _cells("middle", rows, leading, trailing, texts, pitch)
                yield replace(cells, score=cells.score - 0.6 * (bool(first) + is_parted))


def _beginnings(
    mark: Mark, texts: Sequence[Text], pitch: float
) -> Iterator[tuple[int, range | None]]:
    """Where the first row may begin; and, if it began on the page before, all of its lines."""
    for start, text in enumerate(texts):
        if text.y > mark.last + 0.6 * pitch:
            break
        yield start, None
    for end, text in enumerate(texts, 1):
        if text.y > mark.last - 0.6 * pitch:
            yield 0, range(end)
        if text.y > mark.last + 6 * pitch:
            break


def _reaches(mark: Mark, start: int, texts: Sequence[Text], pitch: float) -> bool:
    """Whether the lines from ``start`` on surround the mark."""
    return start < len(texts) and texts[start].y < mark.first + 0.6 * pitch < texts[-1].y + pitch


def _chain(
    start: int, marks: Sequence[Mark], texts: Sequence[Text], pitch: float
) -> list[range] | None:
    rows: list[range] = []
    for mark in marks:
        centre = (mark.first + mark.last) / 2
        if start >= len(texts) or texts[start].y > centre + 0.6 * pitch:
            rows.append(range(start, start))
            continue
        end = _level(texts, 2 * centre - texts[start].y, pitch, start)
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
    across = [texts[b.start].y - texts[a.stop - 1].y for a, b in pairwise(rows) if a and b]
    torn = sum(step > 1.4 * pitch for step in within)
    closest = min(across, default=0.0)
    wide = sum(step > closest + 0.15 * pitch for step in within) if across else 0
    strays = sum(texts[i].begins_name for i in (*leading, *trailing))
    empty = sum(not row for row in rows)
    unclaimed = bool(leading) + bool(trailing)
    score = names - 2 * torn - 0.5 * wide - empty - 0.5 * strays - 0.3 * unclaimed
    return Cells(alignment, rows, leading, trailing, score)


def prefer(ways: Sequence[Cells], usual: Callable[[Alignment], float]) -> Cells | None:
    """The best way on this page, given what was ``usual`` on the pages before it."""
    return max(ways, key=lambda cells: cells.score + usual(cells.alignment), default=None)
