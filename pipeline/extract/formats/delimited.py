"""CSV and what is like it: rows of cells parted by a comma, a semicolon, a tab or a bar."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final

from pipeline.extract.formats import Pages
from pipeline.extract.formats.tables import TextLine, headers_of, is_digest, page_of
from pipeline.extract.formats.text import decode

_DELIMITERS: Final = ",;\t|"
_LARGEST_CELL: Final = 1 << 24
_LOOKED_AT: Final = 400
"""So many lines tell whether a text is CSV."""


def read(data: bytes) -> Pages | None:
    """The one table of a CSV file; what stands in a row of a single cell is a line above it."""
    text = decode(data)
    delimiter = delimiter_of(text)
    if not delimiter:
        return None
    table = _rows(text, delimiter)
    first = next((i for i, row in enumerate(table) if sum(map(bool, row)) > 1), 0)
    above = [TextLine(delimiter.join(filter(None, row))) for row in table[:first]]
    return Pages([page_of(1, table[first:], headers_of(table[first:]), above)])


def _rows(text: str, delimiter: str) -> list[list[str]]:
    before = csv.field_size_limit(_LARGEST_CELL)  # of the whole process, so put back
    try:
        table = _parsed(io.StringIO(text), delimiter)
        return [row for row in table if any(row)]
    finally:
        csv.field_size_limit(before)


def _parsed(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """The rows of a text; Excel keeps digits as they are if they stand in ``="…"``."""
    for row in csv.reader(lines, delimiter=delimiter):
        yield [cell[1:].strip('"') if cell.startswith('="') else cell for cell in row]


def delimiter_of(text: str) -> str:
    """The delimiter of a CSV file, or ``""`` if the text is none.

    With it, all rows that hold a digest, in a cell of its own, have the same number of cells; so
    have most rows from the first to the last of them, and several of their cells are filled; or
    titles stand above them.
    """
    lines = [line for line in text.splitlines() if line.strip()][:_LOOKED_AT]
    for delimiter in _DELIMITERS:
        rows = list(_parsed(lines, delimiter))
        held = [at for at, row in enumerate(rows) if any(map(is_digest, row))]
        lengths = {len(rows[at]) for at in held}
        if len(lengths) == 1 and lengths != {1}:
            among = rows[held[0] : held[-1] + 1]
            full = [row for row in among if len(row) in lengths and sum(map(bool, row)) > 1]
            if 2 * len(full) > len(among) or headers_of(rows):
                return delimiter
    return ""
