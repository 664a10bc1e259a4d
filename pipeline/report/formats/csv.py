"""A report as CSV (RFC 4180, but for the line feeds), for spreadsheets and Unix tools."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain

from pipeline.report.model import Report, iso
from pipeline.report.safe import spreadsheet_cell


def render(report: Report, width: int | None = None) -> str:
    """Give the records, a line each, below the names of the columns."""
    return "".join(lines(report.columns, report.records))


def lines(columns: Sequence[str], records: Iterable[Iterable[object]]) -> Iterator[str]:
    """Give the records while they come."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    for record in chain([columns], records):
        writer.writerow([spreadsheet_cell(_plain(value)) for value in record])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _plain(value: object) -> object:
    match value:
        case bool():
            return "true" if value else "false"
        case date():
            return iso(value)
        case bytes():
            return base64.b64encode(value).decode()
        case list() | tuple():
            return "; ".join(map(str, value))
    return value
