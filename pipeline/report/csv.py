"""A report as CSV (RFC 4180, but for the line feeds), for spreadsheets and Unix tools."""

from __future__ import annotations

import base64
import csv
import io
from datetime import date

from pipeline.report.report import Report, iso
from pipeline.report.safe import spreadsheet_cell


def render(report: Report, width: int | None = None) -> str:
    """Give the records, a line each, below the names of the columns."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(report.columns)
    writer.writerows([spreadsheet_cell(_plain(value)) for value in row] for row in report.records)
    return buffer.getvalue()


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
