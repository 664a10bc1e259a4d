"""CSV and what is like it: rows of cells parted by a comma, a semicolon, a tab or a bar."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from pipeline.extract import vocabulary
from pipeline.extract.formats import Pages
from pipeline.extract.formats.tables import (
    TextLine,
    headers_of,
    is_digest,
    labelled_digests,
    page_of,
    said_in,
)
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
    rows = _rows(text, delimiter)
    first = next((i for i, row in enumerate(rows) if sum(map(bool, row)) > 1), 0)
    above = [TextLine(delimiter.join(filter(None, row))) for row in rows[:first]]
    table = rows[first:]
    headers = headers_of(table)
    said = "\n".join([*(line.text for line in above), *said_in(table, headers)])
    return Pages([page_of(1, table, headers, above)], text=said)


def _rows(text: str, delimiter: str) -> list[list[str]]:
    before = csv.field_size_limit(_LARGEST_CELL)  # of the whole process, so put back
    try:
        table = _whole(list(_parsed(io.StringIO(text, newline=None), delimiter)), delimiter)
        return [row for row in table if any(row)]
    finally:
        csv.field_size_limit(before)


def _parsed(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """The rows of a text; Excel keeps digits as they are if they stand in ``="…"``."""
    for row in csv.reader(lines, delimiter=delimiter):
        yield [cell[1:].strip('"') if cell.startswith('="') else cell for cell in row]


def _whole(rows: Sequence[list[str]], delimiter: str) -> list[list[str]]:
    """Rows whose names have the delimiter in them, without quotes: their parts are put together.

    Only the one column of names can have more cells than the titles tell.
    """
    titles = next((row for row in rows if any(map(vocabulary.role_of_title, row))), [])
    roles = [vocabulary.role_of_title(title) for title in titles]
    at = roles.index("subject") if roles.count("subject") == 1 and "issuer" not in roles else -1
    return [
        _with_name(row, at, len(row) - len(titles), delimiter)
        if at >= 0
        and len(row) > len(titles)
        and vocabulary.attribute_of(row[at])
        and delimiter not in row[at]  # else it stood in quotes, and is whole
        else row
        for row in rows
    ]


def _holds_digest(cell: str) -> bool:
    return is_digest(cell) or bool(labelled_digests(cell))


def _with_name(row: Sequence[str], at: int, more: int, delimiter: str) -> list[str]:
    return [*row[:at], delimiter.join(row[at : at + more + 1]), *row[at + more + 1 :]]


def delimiter_of(text: str) -> str:
    """The delimiter of a CSV file, or ``""`` if the text is none.

    With it, all rows that hold a digest, in a cell of its own, have the same number of cells; so
    have most rows from the first to the last of them, and several of their cells are filled; or
    titles stand above them.
    """
    lines = [f"{line}\n" for line in text.splitlines() if line.strip()][:_LOOKED_AT]
    for delimiter in _DELIMITERS:
        rows = _whole(list(_parsed(lines, delimiter)), delimiter)
        held = [at for at, row in enumerate(rows) if any(map(_holds_digest, row))]
        lengths = {len(rows[at]) for at in held}
        if len(lengths) == 1 and lengths != {1}:
            among = rows[held[0] : held[-1] + 1]
            full = [row for row in among if len(row) in lengths and sum(map(bool, row)) > 1]
            if 2 * len(full) > len(among) or headers_of(rows):
                return delimiter
    return ""
