"""Which lines of a column belong to which row, when all that is known is where they stand.

A row has one fingerprint and, in another column, the lines of its subject. Producers set the two
level at the top, in the middle or at the bottom of the row. Each of the three is tried; the one
whose cells begin like names and stand apart from each other wins.
"""

import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Literal, NamedTuple

from pipeline.extract.settings import SETTINGS

Alignment = Literal["top", "middle", "bottom"]


class Mark(NamedTuple):
    """The first and the last baseline of a fingerprint."""

    first: float
    last: float


class Text(NamedTuple):
    """A line of the subject column: its baseline, and whether it begins like a name.

    If it is ``after_break``, how far it is from the line above says nothing.
    """

    y: float
    begins_name: bool
    after_break: bool = False


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
    column = _Column(marks, texts, size)
    if column.has_one_line_a_row:  # all ways are the same
        top = column.top()
        return [top] if top else []
    ways = (column.top(), *column.middle(), column.bottom())
    return sorted(filter(None, ways), key=lambda cells: cells.score, reverse=True)


def _pitch(steps: Iterable[float], size: float) -> float:
    """From one line of a cell to the next: the smallest steps there are."""
    smallest = sorted(step for step in steps if step > 0.5 * size)
    usual = statistics.median(smallest[: max(1, len(smallest) // 4)]) if smallest else 1.2 * size
    return min(usual, 2.0 * size)


class _Column:
    """The lines of the subject column beside the marks, whose cells are to be found.

    ``y`` is the baseline of each line, ``steps`` is from each to the next, and ``pitch`` from one
    line of a cell to the next.
    """

    def __init__(self, marks: Sequence[Mark], texts: Sequence[Text], size: float) -> None:
        self.marks = marks
        self.y = [text.y for text in texts]
        self.begins_name = [text.begins_name for text in texts]
        self.breaks = {at for at, text in enumerate(texts) if text.after_break}
        self.steps = [below - above for above, below in pairwise(self.y)]
        inside = [step for at, step in enumerate(self.steps, 1) if at not in self.breaks]
        self.pitch = _pitch(inside, size)
        self._known: dict[tuple[int, int], range | None] = {}

    @property
    def has_one_line_a_row(self) -> bool:
        """Whether each line stands level with the one fingerprint of its row."""
        return len(self.marks) == len(self.y) and all(
            abs(mark.first - y) < 0.25 * self.pitch and mark.first == mark.last
            for mark, y in zip(self.marks, self.y, strict=True)
        )

    # --- at the top, at the bottom -------------------------------------------------------------

    def top(self) -> Cells | None:
        """Rows that run from their own first line to that of the next row."""
        starts = [_level(self.y, mark.first, self.pitch) for mark in self.marks]
        known = [start for start in starts if start is not None]
        if not known or sorted(set(known)) != known:
            return None
        rows: list[range] = []
        following = len(self.y)
        for start in reversed(starts):
            begin = following if start is None else start
            rows.append(range(begin, following))
            following = begin
        rows = [self._untorn(row) for row in reversed(rows)]
        return self._cells("top", rows, known[0])

    def bottom(self) -> Cells | None:
        """The same as at the top, seen from below."""
        count = len(self.y)
        upside_down = [-y for y in reversed(self.y)]
        rows: list[range] = []
        after = 0
        for mark in self.marks:
            end = _level(upside_down, -mark.last, self.pitch)
            stop = after if end is None else count - end
            if stop < after:
                return None
            rows.append(range(after, stop))
            after = stop
        # lines that stand apart from the first row are not of it
        torn = [i for i in rows[0][1:] if self.steps[i - 1] > SETTINGS.torn_step * self.pitch]
        start = torn[-1] if torn else rows[0].start
        rows[0] = range(start, rows[0].stop)
        return self._cells("bottom", rows, start)

    def _untorn(self, row: range) -> range:
        """The lines of a row up to the first that stands apart: that is of no row."""
        torn = (i for i in row[1:] if self.steps[i - 1] > SETTINGS.torn_step * self.pitch)
        return range(row.start, next(torn, row.stop))

    # --- in the middle -------------------------------------------------------------------------

    def middle(self) -> Iterator[Cells]:
        """Each cell is symmetric about its fingerprint, so where it begins tells where it ends.

        That holds but for a row that a page break parts: the first and the last of the page.
        """
        for start in self._until(self.marks[0].last + 0.6 * self.pitch):
            yield from self._middle([], start, 0.0)
        for end in self._until(self.marks[0].last + 6 * self.pitch, beyond=1):
            is_whole = self._centred(0, 0) == range(end + 1)
            if self.y[end] > self.marks[0].last - 0.6 * self.pitch and not is_whole:
                yield from self._middle([range(end + 1)], end + 1, SETTINGS.parted_cost)

    def _until(self, y: float, beyond: int = 0) -> range:
        """The lines down to ``y``, and so many more."""
        return range(min(bisect_right(self.y, y) + beyond, len(self.y)))

    def _middle(self, rows: list[range], start: int, less: float) -> Iterator[Cells]:
        """The cells of the marks after the first ``rows``, with the last of them whole or not."""
        leading = rows[0].start if rows else start
        for number in range(len(rows), len(self.marks) - 1):
            row = self._centred(number, start)
            if row is None:
                return
            rows.append(row)
            start = row.stop
        if len(rows) == len(self.marks):
            yield self._cells("middle", rows, leading, less)
            return
        last = self._centred(len(self.marks) - 1, start)
        if last is not None:
            yield self._cells("middle", [*rows, last], leading, less)
        if self._is_reached(self.marks[-1], start):
            rest = range(start, len(self.y))
            yield self._cells("middle", [*rows, rest], leading, less + SETTINGS.parted_cost)

    def _centred(self, number: int, start: int) -> range | None:
        """The lines from ``start`` on whose middle a mark is; None if there are no such."""
        if (number, start) not in self._known:
            self._known[number, start] = self._centred_on(self.marks[number], start)
        return self._known[number, start]

    def _centred_on(self, mark: Mark, start: int) -> range | None:
        centre = (mark.first + mark.last) / 2
        if start >= len(self.y) or self.y[start] > centre + 0.6 * self.pitch:
            return range(start, start)
        end = _level(self.y, 2 * centre - self.y[start], self.pitch, start)
        return None if end is None else range(start, end + 1)

    def _is_reached(self, mark: Mark, start: int) -> bool:
        """Whether the lines from ``start`` on surround the mark."""
        return (
            start < len(self.y)
            and self.y[start] < mark.first + 0.6 * self.pitch < self.y[-1] + self.pitch
        )

    # --- judgement -----------------------------------------------------------------------------

    def _cells(
        self, alignment: Alignment, rows: list[range], leading: int, less: float = 0.0
    ) -> Cells:
        """Judge: cells begin like names, are not empty, and their lines are closer than they are.

        ``leading`` is the number of lines above the first row, ``less`` is taken off the score.
        """
        begins, steps = self.begins_name, self.steps
        end = rows[-1].stop
        names = sum([begins[row.start] for row in rows if row])
        breaks = self.breaks
        within = [steps[at - 1] for row in rows for at in row[1:] if at not in breaks]
        across = [
            self.y[below.start] - self.y[above.stop - 1]
            for above, below in pairwise(rows)
            if above and below and below.start not in breaks
        ]
        torn = sum([step > SETTINGS.torn_step * self.pitch for step in within])
        closest = min(across, default=inf)
        wide = sum([step > closest + 0.15 * self.pitch for step in within])
        strays = sum(begins[:leading]) + sum(begins[end:])
        empty = sum([not row for row in rows])
        unclaimed = (leading > 0) + (end < len(begins))
        score = names - 2 * torn - 0.5 * wide - empty - 0.5 * strays - 0.3 * unclaimed
        return Cells(alignment, rows, range(leading), range(end, len(begins)), score - less)


def _level(levels: Sequence[float], y: float, pitch: float, start: int = 0) -> int | None:
    """The line, of those from ``start`` on, that stands level with ``y``."""
    after = bisect_left(levels, y, lo=start)
    level = after
    if after > start and (after == len(levels) or y - levels[after - 1] <= levels[after] - y):
        level = after - 1
    if level >= len(levels) or abs(levels[level] - y) >= 0.55 * pitch:
        return None
    return level


def prefer(ways: Sequence[Cells], usual: Callable[[Alignment], float]) -> Cells | None:
    """The best way on this page, given what was ``usual`` on the pages before it."""
    return max(ways, key=lambda cells: cells.score + usual(cells.alignment), default=None)
