"""Rows of cells below their titles -> batches, whether they come from CSV or a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
_LONGEST_NAME: Final = 255


def batches(
    rows: Iterator[Row | Unusable], source: str, chosen: Mapping[Field, str]
) -> Iterator[Batch]:
    """Give the rows below the titles, batch by batch.

    Raises:
        DocumentError, UsageError: as `titles.missing` says.
    """
    width, places = _titles(rows, source, chosen)
    needed = max(places["name"], min(places.get(each, width) for each in ("load", "pinned"))) + 1
    while chunk := list(islice(rows, SIZE)):
        unusable = [row for row in chunk if isinstance(row, Unusable)]
        good: list[Row] = []
        for row in chunk:
            if isinstance(row, Unusable) or not any(row[1]):
                continue
            reason = _fault(row[1], width, needed, places["name"])
            if reason:
                unusable.append(Unusable(row[0], row[0], reason))
            else:
                good.append(row)
        lines, cells = [row[0] for row in good], [row[1] for row in good]
        yield Batch(
            lines,
            {
                each: [cell_of(row[place]) if place < len(row) else "" for row in cells]
                for each, place in places.items()
            },
            sorted(unusable),
        )


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


def _fault(cells: list[str], width: int, needed: int, name: int) -> str:
    """Say why a row can't be used. Empty cells at its end, or a lack of them, are none."""
    if len(cells) > width and any(map(cell_of, cells[width:])):
        return f"it has {len(cells)} cells below {width} titles"
    if len(cells) < needed:
        return f"it ends after {len(cells)} of {width} cells"
    if not cell_of(cells[name]):
        return "it names no device"
    if len(cells[name]) > _LONGEST_NAME:
        return "its name is too long to be a device's"
    return ""
