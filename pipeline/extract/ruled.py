"""Tables whose cells ruled lines part: the lines of a page -> its cells, as a tagged PDF has them.

A table is what lines that meet enclose; a cell is what no line crosses. It belongs to the row and
the column it begins in, however many it spans. Where lines run across only, or down only, they
part no cells: then nothing is said.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from typing import Final

from pipeline.extract.page import Line, Page, Ruling, TaggedCell, TaggedRow, TaggedTable, Word

NEAR: Final = 1.5
"""Points: lines no further apart than this meet, and edges no further apart are one."""
RISE: Final = 0.3
"""A word reaches so much of its font size above its baseline, at least."""
FEWEST: Final = 2
"""A grid has at least so many rows and columns; one cell alone is a frame."""
MOST_CELLS: Final = 20_000
"""A grid of more is a drawing."""


def tables_of(page: Page) -> tuple[TaggedTable, ...]:
    """The tables that the rulings of a page enclose, from top to bottom."""
    grids = [grid for lines in _connected(page.rulings) if (grid := _Grid.of(lines))]
    return tuple(
        table
        for number, grid in enumerate(grids, 1)
        if (table := _table(grid, page.lines, -(page.number * 1_000 + number)))
    )


def _table(grid: "_Grid", lines: Sequence[Line], number: int) -> TaggedTable | None:
    """The words of each cell of a grid; None if they all stand in one column."""
    cells: dict[tuple[int, int], list[Word]] = defaultdict(list)
    for line in lines:
        for word in line.words:
            place = grid.cell(word, line.size)
            if place is not None:
                cells[place].append(word)
    if len({column for _, column in cells}) < FEWEST:
        return None
    columns = range(len(grid.xs) - 1)
    rows = sorted({row for row, _ in cells})
    return TaggedTable(
        number,
        tuple(
            TaggedRow(tuple(TaggedCell(tuple(cells.get((row, at), ()))) for at in columns))
            for row in rows
        ),
    )


@dataclass(slots=True)
class _Grid:
    """Where lines run: ``across`` at ``ys``, ``down`` at ``xs``; ``first`` is where a cell begins.

    A slot lies between two neighbours of ``xs`` and of ``ys``; slots that no line parts are one
    cell, named after the first of them.
    """

    xs: list[float]
    ys: list[float]
    first: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Sequence[Ruling]) -> "_Grid | None":
        """The grid of lines that meet, or None if they part no cells."""
        across = [line for line in lines if line[1] == line[3]]
        down = [line for line in lines if line[1] != line[3]]
        xs, ys = _levels(line[0] for line in down), _levels(line[1] for line in across)
        slots = (len(xs) - 1) * (len(ys) - 1)
        if len(xs) <= FEWEST or len(ys) < FEWEST or slots > MOST_CELLS:
            return None
        grid = cls(xs, ys)
        grid._join(across, down)
        return grid

    def _join(self, across: Sequence[Ruling], down: Sequence[Ruling]) -> None:
        """Find out which slots are one cell; row by row, so that the first one has a name."""
        levels, sides = defaultdict(list), defaultdict(list)
        for x0, y, x1, _ in across:
            levels[_index(self.ys, y)].append((x0, x1))
        for x, top, _, bottom in down:
            sides[_index(self.xs, x)].append((top, bottom))
        for row, column in product(range(len(self.ys) - 1), range(len(self.xs) - 1)):
            x, y = _middle(self.xs, column), _middle(self.ys, row)
            if column and not _covers(sides[column], y):
                self.first[row, column] = self.first[row, column - 1]
            elif row and not _covers(levels[row], x):
                self.first[row, column] = self.first[row - 1, column]
            else:
                self.first[row, column] = row, column

    def cell(self, word: Word, size: float) -> tuple[int, int] | None:
        """The cell in which a word stands; None if it is outside the grid."""
        column = _slot(self.xs, (word.x0 + word.x1) / 2)
        row = _slot(self.ys, word.y - RISE * size)
        return None if row is None or column is None else self.first[row, column]


# --- lines ---------------------------------------------------------------------------------------


def _connected(lines: Sequence[Ruling]) -> Iterator[list[Ruling]]:
    """Lines that meet, directly or by others, from top to bottom."""
    groups: list[tuple[list[float], list[Ruling]]] = []
    for line in sorted(lines, key=lambda each: each[1]):
        x0, top, x1, bottom = line
        met = [g for g in groups if _overlap(g[0], line)]
        box = [
            min([x0, *(g[0][0] for g in met)]),
            min([top, *(g[0][1] for g in met)]),
            max([x1, *(g[0][2] for g in met)]),
            max([bottom, *(g[0][3] for g in met)]),
        ]
        groups = [g for g in groups if g not in met]
        groups.append((box, [*(each for g in met for each in g[1]), line]))
    for _, group in sorted(groups, key=lambda each: (each[0][1], each[0][0])):
        yield group


def _overlap(box: Sequence[float], line: Ruling) -> bool:
    x0, top, x1, bottom = line
    return (
        x0 <= box[2] + NEAR
        and x1 >= box[0] - NEAR
        and top <= box[3] + NEAR
        and bottom >= box[1] - NEAR
    )


def _levels(values: Iterable[float]) -> list[float]:
    """Values in order, those that are nearly the same once."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > NEAR:
            found.append(value)
    return found


def _index(levels: Sequence[float], value: float) -> int:
    return min(range(len(levels)), key=lambda at: abs(levels[at] - value))


def _middle(levels: Sequence[float], at: int) -> float:
    return (levels[at] + levels[at + 1]) / 2


def _slot(levels: Sequence[float], value: float) -> int | None:
    """Between which two levels a value lies."""
    for at, (low, high) in enumerate(pairwise(levels)):
        if low <= value <= high:
            return at
    return None


def _covers(spans: Iterable[tuple[float, float]], value: float) -> bool:
    return any(low - NEAR <= value <= high + NEAR for low, high in spans)
