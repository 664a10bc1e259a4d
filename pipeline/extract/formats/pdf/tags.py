"""What the structure tree of a tagged PDF says of a page: which marked content is of which cell.

See ISO 32000-1, 14.7 (the tree, marked content) and 14.8.4.3.4 (tables). A row is a TR, its cells
are the elements right below it. Both readers find these in the tree in their own way.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

from pipeline.extract.page import TaggedCell, TaggedRow, TaggedTable, Word

DEEPEST: Final = 64
"""Elements within elements; no table is nested deeper."""
MOST_CELLS: Final = 1_000
"""Cells of a row, and columns or rows that a cell may span."""


class TagStep(NamedTuple):
    """A step down the tree: the element's place among its siblings, its type, and its handle."""

    place: int
    type: str
    handle: int


class CellTag(NamedTuple):
    """What the tree says of a cell."""

    is_header: bool = False
    columns: int = 1
    rows: int = 1


class RowTag(NamedTuple):
    """A row: the numbers of its table and of itself, and the number of its first cell."""

    table: int
    number: int
    first: int
    cells: Sequence[CellTag]


@dataclass(slots=True)
class PageTags:
    """The rows of the tagged tables of a page, in the tree's order.

    ``cell_of`` gives the number of the cell that a marked content is of; cells are numbered
    through all rows.
    """

    rows: list[RowTag] = field(default_factory=list)
    cell_of: dict[int, int] = field(default_factory=dict)


def tags_of(
    contents: Mapping[int, Sequence[TagStep]], cells_below: Callable[[int], list[CellTag]]
) -> PageTags:
    """The tables of a page.

    Args:
        contents: how each marked content is reached from the root of the tree.
        cells_below: gives the cells of the row that has a handle.
    """
    rows: dict[tuple[int, ...], tuple[int, int]] = {}
    cells: list[tuple[tuple[int, ...], int, int]] = []
    for content, steps in contents.items():
        types = [step.type for step in steps]
        row = next((at for at in reversed(range(len(types) - 1)) if types[at] == "TR"), None)
        if row is None:
            continue
        path = tuple(step.place for step in steps[: row + 1])
        table = next((at for at in reversed(range(row)) if types[at] == "Table"), row - 1)
        rows[path] = _number(path[: table + 1]), steps[row].handle
        cells.append((path, steps[row + 1].place, content))
    found = PageTags()
    first_of: dict[tuple[int, ...], int] = {}
    first = 0
    for path, (table, handle) in sorted(rows.items()):
        found.rows.append(RowTag(table, _number(path), first, cells_below(handle)))
        first_of[path] = first
        first += len(found.rows[-1].cells)
    for path, place, content in cells:
        if place < MOST_CELLS:
            found.cell_of[content] = first_of[path] + place
    return found


def _number(path: Sequence[int]) -> int:
    """A number that stands for a place in the tree."""
    number = 1
    for place in path:
        number = (number << 24) + place
    return number


def tables_of(tags: PageTags, words: Mapping[int, Sequence[Word]]) -> tuple[TaggedTable, ...]:
    """The tables of a page, of whose cells these are the words; rows without any are no rows."""
    numbered = ((row.table, _row(row, words)) for row in tags.rows)
    shown = [(table, row) for table, row in numbered if any(cell.words for cell in row.cells)]
    return tuple(
        TaggedTable(number, tuple(row for _, row in rows))
        for number, rows in groupby(shown, itemgetter(0))
    )


def _row(row: RowTag, words: Mapping[int, Sequence[Word]]) -> TaggedRow:
    cells = (
        TaggedCell(tuple(words.get(number, ())), *cell)
        for number, cell in enumerate(row.cells, row.first)
    )
    return TaggedRow(tuple(cells), row.number)
