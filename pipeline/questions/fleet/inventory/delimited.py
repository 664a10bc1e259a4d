"""Rows of cells from CSV and its like, as Unified CM, RTMT and spreadsheets write it."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Iterator, Mapping
from typing import BinaryIO, Final, TextIO

from pipeline.questions.fleet.inventory import cell_rows, titles
from pipeline.questions.fleet.inventory.batch import Batch, Unusable
from pipeline.questions.fleet.inventory.cell_rows import MOST_LINES_ABOVE, Row, cell_of
from pipeline.questions.fleet.inventory.titles import Field

_DELIMITERS: Final = ",;\t|"
_MARKS: Final = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that aren't UTF-8 as Excel writes them: Windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    part = error.object[error.start : error.end]
    return part.decode("cp1252", "replace"), error.end


codecs.register_error("trustlist-windows", _as_windows)


def batches(
    file: BinaryIO,
    start: bytes,
    source: str,
    chosen: Mapping[Field, str],
    unwanted: Collection[Field],
) -> Iterator[Batch]:
    """Give the rows of a file that begins with ``start``.

    Raises:
        DocumentError, UsageError: as `cell_rows.batches` says.
    """
    encoding = _encoding(start)
    beginning = start.decode(encoding, "replace").splitlines(keepends=True)[: MOST_LINES_ABOVE + 1]
    delimiter = max(_DELIMITERS, key=lambda each: _fitness(beginning, each, chosen))
    text = io.TextIOWrapper(file, encoding, "trustlist-windows", newline="")
    try:
        yield from cell_rows.batches(_rows(text, delimiter), source, chosen, unwanted)
    finally:
        text.detach()  # who opened the file closes it


def _rows(text: TextIO, delimiter: str) -> Iterator[Row | Unusable]:
    """Give each row and the line that it begins on."""
    reader = csv.reader(text, delimiter=delimiter)
    line = 0
    while True:
        try:
            for cells in reader:
                first, line = line + 1, reader.line_num
                yield first, cells
        except csv.Error:
            first, line = line + 1, reader.line_num
            yield Unusable(first, line, "a quotation mark opens a cell that doesn't end")
        else:
            return


def _encoding(start: bytes) -> str:
    for mark, encoding in _MARKS.items():
        if start.startswith(mark):
            return encoding
    if b"\0" in start[:200]:  # UTF-16 without a mark: every other byte of ASCII is 0
        return "utf-16-be" if start[0] == 0 else "utf-16-le"
    return "utf-8"


def _fitness(lines: list[str], delimiter: str, chosen: Mapping[Field, str]) -> tuple[int, int]:
    """Count the fields that a delimiter lets be found, and the cells of the longest row."""
    try:
        found = [list(map(cell_of, row)) for row in csv.reader(lines, delimiter=delimiter)]
    except csv.Error:
        return 0, 0
    fields = max((len(titles.find(row, chosen)) for row in found), default=0)
    return fields, max(map(len, found), default=0)
