"""JSON: a list of objects, such as a CA programme's or one's own, is a table.

The keys are the titles. The list may be the document, or stand in it at any depth.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pipeline.extract.fingerprints import SHA1, SHA256, digits_of
from pipeline.extract.formats import Certificates, FormatError, Pages
from pipeline.extract.formats.certificate_table import of_tables
from pipeline.extract.formats.tables import page_of
from pipeline.extract.formats.text import decode

_BEGINS: Final = re.compile(r"\s*[\[{]\s*[\[{\"\]}]")
_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_\-.]+")
"""Where a key is parted into words: ``sha256Fingerprint``, ``subject_name``."""
_DEEPEST: Final = 8

Record = dict[str, str]


def read(data: bytes) -> Pages | Certificates | None:
    """The lists of objects in a JSON document.

    Raises:
        FormatError: it is cut off or nested too deep, or has no such list.
    """
    text = decode(data)
    if not _BEGINS.match(text):
        return None
    try:
        document = json.loads(text)
    except RecursionError:
        raise FormatError("this JSON is nested too deep.") from None
    except ValueError:
        if '"' not in text.lstrip()[:40]:
            return None  # a text that begins with a bracket
        raise FormatError("this JSON is damaged or cut off. Download it again.") from None
    tables = [_table(records) for records in _lists(document, 0)]
    if not tables:
        raise FormatError(
            "this JSON has no list of objects with fields such as fingerprint and subject."
        )
    pages = [page_of(number, table, [0]) for number, table in enumerate(tables, 1)]
    return of_tables(tables) or Pages(pages)


def _lists(value: Any, depth: int) -> Iterator[list[Record]]:
    """The lists of objects, and objects of objects whose keys are fingerprints."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        if value and all(isinstance(each, dict) for each in value):
            yield [_record(each) for each in value]
        return
    if not isinstance(value, dict):
        return
    if value and all(_is_print(key) and isinstance(each, dict) for key, each in value.items()):
        yield [{"fingerprint": key, **_record(each)} for key, each in value.items()]
        return
    if any(isinstance(each, str) and _is_print(each) for each in value.values()):
        yield [_record(value)]
        return
    for each in value.values():
        yield from _lists(each, depth + 1)


def _is_print(text: str) -> bool:
    return len(digits_of(text)) in (SHA1, SHA256)


def _record(value: Mapping[str, Any]) -> Record:
    """The fields of an object by title; those of an object within it, by their own."""
    found: Record = {}
    for key, each in value.items():
        if isinstance(each, dict):
            found = {**_record(each), **found}
        elif isinstance(each, list):
            found[_title(key)] = "; ".join(str(e) for e in each if not isinstance(e, dict | list))
        elif each is not None:
            found[_title(key)] = _cell(each)
    return found


def _title(key: str) -> str:
    return " ".join(_WORDS.sub(" ", key).split())


def _cell(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _table(records: list[Record]) -> list[list[str]]:
    titles = list(dict.fromkeys(title for record in records for title in record))
    return [titles, *([record.get(title, "") for title in titles] for record in records)]
