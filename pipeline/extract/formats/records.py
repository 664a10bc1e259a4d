"""Records as JSON and YAML state them: a list of objects is a table, whose titles are the keys.

The list may be the document, or stand in it at any depth; what is beside it stands above the table.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple

from pipeline.extract.fingerprints import SHA1, SHA256, digits_of
from pipeline.extract.formats import Certificates, Pages, Reported
from pipeline.extract.formats.certificate_table import MARK, of_tables
from pipeline.extract.formats.tables import TextLine, page_of
from pipeline.extract.vocabulary import heads_removed, role_of, role_of_title

_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_\-.]+")
"""Where a key is parted into words: ``sha256Fingerprint``, ``subject_name``."""
_OF_PRINTS: Final = ("fingerprint", "sha1", "sha256", "certificate")
_HELD: Final = re.compile(r"(?:[0-9A-Fa-f]{2}[\s:-]?){18}")
_DER: Final = re.compile(r"\s*MII[A-Za-z0-9+/\s]{300,}={0,2}\s*")
"""A certificate in base64, as in lists of trusted services (ETSI TS 119 612) and JWKs."""
_DEEPEST: Final = 8
_MOST: Final = 1 << 20
"""So many values are looked at: a document can repeat itself without end (YAML's aliases)."""

_LOST: Final = "This fingerprint stands in no list of objects; it is not taken."

ELSE: Final = "names and serial numbers identify none."
"""What a document may have instead of fingerprints and certificates."""

Record = dict[str, str]


class _Found(NamedTuple):
    """Records, and what stands beside them or above."""

    records: list[Record]
    above: list[str]


class TooManyError(ValueError):
    """There are more values in a document than are looked at."""


def content_of(document: Any, above: Sequence[str] = ()) -> Pages | Certificates | None:
    """The tables of a document, or the certificates in them; None if it has none that identify any.

    ``above`` are lines that stand above it. Fingerprints that are in no table are reported.

    Raises:
        FormatError: the records should hold certificates, and none can be read.
        TooManyError: it holds too many values.
    """
    found = [_with_heading(each) for each in _lists(document, above, _Counter())]
    if not found:
        return None
    tables = [table_of(each.records) for each in found]
    held = {cell for table in tables for row in table for cell in row}
    lost = [
        Reported("unaccounted-text", each, _LOST)
        for each in dict.fromkeys(_prints(document, _Counter()))
        if each not in held and not any(each in cell for cell in held)
    ]
    if certificates := of_tables(tables):
        return certificates._replace(reported=[*certificates.reported, *lost])
    if not any(map(_may_identify, tables)):
        return None
    pages = [
        page_of(number, table, [0], map(TextLine, each.above))
        for number, (table, each) in enumerate(zip(tables, found, strict=True), 1)
    ]
    return Pages(pages, lost)


def _may_identify(table: Sequence[Sequence[str]]) -> bool:
    """Whether a table has a fingerprint, however damaged, or a column or an address for some."""
    titled = any(role_of_title(title) in _OF_PRINTS for title in table[0])
    return titled or any(may_identify(cell) for row in table for cell in row)


def may_identify(text: str) -> bool:
    """Whether a text holds digits that may be a fingerprint, however damaged."""
    return _HELD.search(text) is not None


def holds_print(document: Any) -> bool:
    """Whether some value is a fingerprint, and nothing else.

    Raises:
        TooManyError: it holds too many values.
    """
    return any(True for _ in _prints(document, _Counter()))


def _prints(value: Any, counter: _Counter, depth: int = 0) -> Iterator[str]:
    """All texts that are fingerprints."""
    counter.take(1)
    if _is_print(value):
        yield value
    elif isinstance(value, list | dict) and depth <= 2 * _DEEPEST:
        for each in value if isinstance(value, list) else chain.from_iterable(value.items()):
            yield from _prints(each, counter, depth + 1)


def _with_heading(found: _Found) -> _Found:
    """Records with what a key above them says of all: ``removed``."""
    headings = [line for line in found.above if heads_removed(line)]
    if not headings:
        return found
    above = [line for line in found.above if line not in headings]
    return _Found([{**each, "status": headings[0]} for each in found.records], above)


class _Counter:
    """Counts values, up to what is allowed."""

    def __init__(self) -> None:
        self.left = _MOST

    def take(self, count: int) -> None:
        """Count some more."""
        self.left -= count
        if self.left < 0:
            raise TooManyError


def _lists(value: Any, above: Sequence[str], counter: _Counter, depth: int = 0) -> Iterator[_Found]:
    """The lists of objects, and objects of objects whose keys are fingerprints."""
    if depth > _DEEPEST:
        return
    counter.take(1)
    if isinstance(value, list):
        if value and all(isinstance(each, dict) for each in value):
            value = _as_one(value)
            records = [_record(each, counter) for each in value]
            if any(_identifies(record.values()) for record in records) or not _has_lists(value):
                yield _Found(records, [*above])
                return
        elif value and all(map(_is_pem, value)):
            yield _Found([{"certificate": _cell(each)} for each in value], [*above])
        for each in value:
            if isinstance(each, dict):
                yield from _lists(each, above, counter, depth + 1)
        return
    if not isinstance(value, dict) or not value:
        return
    if all(_is_print(key) and isinstance(each, dict | str) for key, each in value.items()):
        yield _Found([_of_print(key, each, counter) for key, each in value.items()], [*above])
    elif len(value) > 1 and all(map(_is_print, value.values())) and not any(map(_is_label, value)):
        yield _Found([{"name": k, "fingerprint": each} for k, each in value.items()], [*above])
    elif all(map(_is_record, value.values())):
        records = [{"name": _cell(k), **_record(each, counter)} for k, each in value.items()]
        yield _Found(records, [*above])
    elif sum(map(_is_pem, value.values())) > 1:
        records = [{"name": key, "certificate": _cell(each)} for key, each in value.items()]
        yield _Found([each for each in records if _is_pem(each["certificate"])], [*above])
    elif _identifies(value.values()):
        yield _Found([_record(value, counter)], [*above])
    else:
        said = [f"{_title(k)}: {_cell(e)}" for k, e in value.items() if isinstance(e, str | int)]
        for key, each in value.items():
            if isinstance(each, list | dict):
                yield from _lists(each, [*above, *said, str(key)], counter, depth + 1)


def _as_one(values: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Objects as one, if each says something else of the same: a key of its own."""
    one = {key: each for value in values for key, each in value.items()}
    is_one = len(values) > 1 and len(one) == sum(map(len, values))
    return [one] if is_one and not any(map(_is_record, values)) else values


def _has_lists(values: Sequence[Mapping[str, Any]]) -> bool:
    return any(isinstance(e, list | dict) and e for each in values for e in each.values())


def _identifies(values: Iterable[Any]) -> bool:
    """Whether some value is a fingerprint or a certificate."""
    return any(_is_print(each) or _is_pem(each) for each in values)


def _of_print(key: str, value: Any, counter: _Counter) -> Record:
    """The record of an object, or of a name, whose key is a fingerprint."""
    fields = _record(value, counter) if isinstance(value, dict) else {"subject": value}
    return {"fingerprint": key, **fields}


def _is_print(value: Any) -> bool:
    return isinstance(value, str) and len(digits_of(value)) in (SHA1, SHA256)


def _is_record(value: Any) -> bool:
    """Whether an object has a fingerprint, and keys that say what is what."""
    return isinstance(value, dict) and _identifies(value.values()) and any(map(_is_label, value))


def _is_label(key: Any) -> bool:
    return role_of(_title(key)) is not None


def _is_pem(value: Any) -> bool:
    return isinstance(value, str | bytes) and MARK in _cell(value)


def _record(value: Mapping[str, Any], counter: _Counter, depth: int = 0) -> Record:
    """The fields of an object by title; those of an object within it, by their own."""
    found: Record = {}
    counter.take(len(value))
    for key, each in value.items():
        if isinstance(each, dict):
            if depth < _DEEPEST:
                found = {**_record(each, counter, depth + 1), **found}
        elif isinstance(each, list):
            counter.take(len(each))
            found[_title(key)] = "; ".join(str(e) for e in each if not isinstance(e, dict | list))
        elif each is not None:
            found[_title(key)] = _cell(each)
    return found


def _title(key: Any) -> str:
    return " ".join(_WORDS.sub(" ", str(key)).split())


def _cell(value: Any) -> str:
    """The text of a value; a certificate in base64 gets the marks of PEM."""
    if isinstance(value, bytes):  # of a property list
        value = base64.b64encode(value).decode()
    if isinstance(value, str) and _DER.fullmatch(value):
        return f"{MARK}\n{value}\n-----END CERTIFICATE-----"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def table_of(records: list[Record]) -> list[list[str]]:
    """Records as a table, whose first row are the titles."""
    titles = list(dict.fromkeys(title for record in records for title in record))
    return [titles, *([record.get(title, "") for title in titles] for record in records)]
