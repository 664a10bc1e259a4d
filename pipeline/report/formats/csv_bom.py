"""A report as CSV that begins with a byte order mark, by which Excel knows that it is UTF-8."""

from __future__ import annotations

from pipeline.report.formats import csv
from pipeline.report.model import Report


def render(report: Report, width: int | None = None) -> str:
    """Give what `pipeline.report.formats.csv` does, after the mark."""
    return f"\ufeff{csv.render(report)}"
