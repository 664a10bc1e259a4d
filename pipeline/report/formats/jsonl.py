"""A report as JSON lines (https://jsonlines.org), for jq, logs and data tools: a record a line."""

from __future__ import annotations

import json

from pipeline.report.formats.json import plain
from pipeline.report.model import Report
from pipeline.report.safe import visible_json


def render(report: Report, width: int | None = None) -> str:
    """Give each record as an object; the keys are the columns of the CSV."""
    return "".join(
        visible_json(
            json.dumps(
                dict(zip(report.columns, record, strict=True)), ensure_ascii=False, default=plain
            )
        )
        + "\n"
        for record in report.records
    )
