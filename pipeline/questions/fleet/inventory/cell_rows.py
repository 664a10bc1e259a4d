"""Rows of cells below their titles -> batches, whether they come from CSV or a spreadsheet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from pipeline.errors import DocumentError
from pipeline.questions.fleet.inventory import titles
from pipeline.questions.fleet.inventory.batch import SIZE, Batch, Unusable
from pipeline.questions.fleet.inventory.titles import Field

Row = tuple[int, list[str]]
"""A line, counted from 1, and its cells."""

MOST_LINES_ABOVE: Final = 20
"""The titles stand in one of the first so many rows: some reports have lines above them."""


def batches(
    rows: Iterator[Row | Unusable],
    source: str,
    chosen: Mapping[Field, str],
    unwanted: Collection[Field] = (),
) -> Iterator[Batch]:
    """Give the rows below the titles, batch by batch, without the fields that are unwanted.

    Raises:
        DocumentError, UsageError: as `titles.missing` says.
    """
    width, places = _titles(rows, source, chosen)
    needed = max(places["name"], min(places.get(each, width) for each in ("load", "pinned"))) + 1
    wanted = {each: place for each, place in places.items() if each not in unwanted}
    while chunk := list(islice(rows, SIZE)):
        lines: list[int] = []
        usable: list[list[str]] = []
        unusable: list[Unusable] = []
        for row in chunk:
            if isinstance(row, Unusable):
                unusable.append(row)
                continue
            line, cells = row
            if len(cells) != width and any(cells) and (reason := _fault(cells, width, needed)):
                unusable.append(Unusable(line, line, reason))
            elif cells and cell_of(cells[places["name"]]):
                lines.append(line)
                usable.append(cells if len(cells) >= width else [*cells, *[""] * width])
            elif any(cells):
                unusable.append(Unusable(line, line, "it names no device"))
        columns = {each: _column(usable, place) for each, place in wanted.items()}
        yield Batch(lines, columns, sorted(unusable))


def _column(rows: Sequence[Sequence[str]], place: int) -> list[str]:
    """Take a column; only if a spreadsheet has been at it, each of its cells is looked at."""
    cells = [row[place].strip() for row in rows]
    return list(map(cell_of, cells)) if '="' in "\n".join(cells) else cells


def cell_of(cell: str) -> str:
    """Take off what a spreadsheet puts around a text: ``="SEP001122334455"``."""
    text = cell.strip()
    if text[:2] == '="' and text[-1] == '"':
        text = text[2:-1].strip()
    return text


def _titles(
    rows: Iterator[Row | Unusable], source: str, chosen: Mapping[Field, str]
) -> tuple[int, dict[Field, int]]:
    first: Sequence[str] = ()
    for row in islice(rows, MOST_LINES_ABOVE):
        if isinstance(row, Unusable) or not any(row[1]):
            continue
        cells = list(map(cell_of, row[1]))
        found = titles.find(cells, chosen)
        if titles.missing(source, cells, found, chosen) is None:
            return max(at for at, each in enumerate(cells, 1) if each), found
        if len(cells) > len(first):
            first = cells
    raise titles.missing(source, first, titles.find(first, chosen), chosen) or DocumentError(
        f"{source}: it has no rows."
    )


def _fault(cells: Sequence[str], width: int, needed: int) -> str:
    """Say why a row can't be used. Empty cells at its end, or a lack of them, are none."""
    if len(cells) > width and any(map(cell_of, cells[width:])):
        return f"it has {len(cells)} cells below {width} titles"
    if len(cells) < needed:
        return f"it ends after {len(cells)} of {width} cells"
    return ""
