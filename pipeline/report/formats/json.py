"""A report as JSON, for programs: the fields of the answer are the keys."""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from json.encoder import encode_basestring
from typing import Any, Final

from pipeline.report.model import Report, iso
from pipeline.report.safe import visible_json

_READABLE: Final = 4_000_000
"""Characters. Indented, what is larger takes twice the room and five times as long to write."""
_SHARED: Final = 10_000
"""Characters of what is kept to be written again: what is longer is hardly met twice."""


def render(report: Report, width: int | None = None) -> str:
    """Give the answer as JSON, indented unless it is too large. Times are ISO 8601 in UTC."""
    text = _compact(report.data, {})
    if len(text) <= _READABLE:
        text = json.dumps(report.data, indent=2, ensure_ascii=False, default=plain)
    return visible_json(text) + "\n"


def _compact(value: object, known: dict[int, str]) -> str:
    """Write a value without spaces. ``known`` has what was written of those met before, by id.

    An answer may hold the same list or dataclass thousands of times, and keeps it to the end.
    """
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None or isinstance(value, bool | int):
        return json.dumps(value)
    if (text := known.get(id(value))) is not None:
        return text
    if isinstance(value, list | tuple):
        text = f"[{','.join([_compact(each, known) for each in value])}]"
    elif isinstance(value, date):
        text = f'"{iso(value)}"'
    elif isinstance(value, dict) and all(isinstance(key, str) for key in value):
        text = _object(value.items(), known)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        text = _object([(name, getattr(value, name)) for name in _written(type(value))], known)
    else:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=plain)
    if len(text) <= _SHARED:
        known[id(value)] = text
    return text


def _object(pairs: Iterable[tuple[str, object]], known: dict[int, str]) -> str:
    return f"{{{','.join([f'{encode_basestring(k)}:{_compact(v, known)}' for k, v in pairs])}}}"


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
