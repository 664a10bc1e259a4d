"""Records from JSON lines, or from one list in JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from pipeline.errors import DocumentError
from pipeline.questions.fleet.inventory import named_records
from pipeline.questions.fleet.inventory.batch import Batch, Unusable
from pipeline.questions.fleet.inventory.named_records import Record
from pipeline.questions.fleet.inventory.titles import Field


def batches(file: BinaryIO, source: str, chosen: Mapping[Field, str]) -> Iterator[Batch]:
    """Give the devices, an object each.

    Raises:
        DocumentError: it is a list that is no JSON; and as `named_records.batches` says.
    """
    text = io.TextIOWrapper(file, "utf-8-sig", "replace")
    try:
        yield from named_records.batches(_records(text, source), source, chosen)
    finally:
        text.detach()  # who opened the file closes it


def _records(text: io.TextIOWrapper, source: str) -> Iterator[Record | Unusable]:
    for number, line in enumerate(text, 1):
        if number == 1 and line.lstrip().startswith("["):
            yield from _of_list(line + text.read(), source)
            return
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            yield Unusable(number, number, "it is no object in JSON")
            continue
        yield _record(number, value)


def _of_list(text: str, source: str) -> Iterator[Record | Unusable]:
    try:
        values = json.loads(text)
    except json.JSONDecodeError as error:
        raise DocumentError(
            f"{source}: this is no JSON: line {error.lineno}: {error.msg.lower()}."
        ) from error
    except RecursionError:
        raise DocumentError(f"{source}: this is no list of devices: it is nested.") from None
    for number, value in enumerate(values, 1):
        yield _record(number, value)


def _record(number: int, value: object) -> Record | Unusable:
    if not isinstance(value, dict):
        return Unusable(number, number, "it is no object in JSON")
    return number, {str(key): _text(each) for key, each in value.items()}


def _text(value: object) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    return str(value)
