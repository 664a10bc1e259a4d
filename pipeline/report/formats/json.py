"""A report as JSON, for programs: the fields of the answer are the keys."""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any, Final

from pipeline.report.model import Report, iso
from pipeline.report.safe import visible_json

_READABLE: Final = 4_000_000
"""Characters. Indented, what is larger takes twice the room and five times as long to write."""


def render(report: Report, width: int | None = None) -> str:
    """Give the answer as JSON, indented unless it is too large. Times are ISO 8601 in UTC."""
    known: dict[int, object] = {}

    def once(value: object) -> object:
        """Take what is met again apart only once; nothing of it is gone before the end."""
        if (found := known.get(id(value))) is None:
            found = known[id(value)] = plain(value)
        return found

    text = json.dumps(report.data, ensure_ascii=False, separators=(",", ":"), default=once)
    if len(text) <= _READABLE:
        text = json.dumps(report.data, indent=2, ensure_ascii=False, default=once)
    return visible_json(text) + "\n"


def plain(value: object) -> object:
    """Give what JSON has of a value: times in UTC, bytes in base64, the fields of an answer."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        named = ((name, getattr(value, name)) for name in _written(type(value)))
        return {name: iso(each) if isinstance(each, date) else each for name, each in named}
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
