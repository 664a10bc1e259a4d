"""A report as JSON, for programs: the fields of the answer are the keys."""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from pipeline.report.model import Report, iso
from pipeline.report.safe import visible_json


def render(report: Report, width: int | None = None) -> str:
    """Give the answer as indented JSON. Times are ISO 8601 in UTC."""
    return (
        visible_json(json.dumps(report.data, indent=2, ensure_ascii=False, default=_plain)) + "\n"
    )


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: getattr(value, name) for name in _written(type(value))}
    if isinstance(value, date):
        return iso(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} has no place in JSON")


@cache
def _written(answer: type[Any]) -> Sequence[str]:
    """Name the fields that are written (see `pipeline.questions.snapshots.NOT_WRITTEN`)."""
    fields = dataclasses.fields(answer)
    return [field.name for field in fields if field.metadata.get("is_written", True)]
