"""The report of a query's rows; as CSV and JSON also row by row, for any number of them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.database.sql import QueryResult, QueryRows
from pipeline.database.sql.session import Value
from pipeline.report.formats import csv
from pipeline.report.model import Block, Column, Grid, Kind, Paragraph, Report
from pipeline.report.safe import visible_json
from pipeline.report.words import count

Cell = str | int | float | None

_SHA1: Final = re.compile("[0-9a-f]{40}")
_WORD: Final = re.compile(r"[\w.:()@+-]{0,20}")  # firmware, days
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


@dataclass(frozen=True)
class Rows:
    """The rows of a query; ``truncated`` if there are more than were asked for.

    A row has a value for each column. Bytes are hex digits; what is no number (infinity) is text.
    """

    columns: list[str]
    rows: list[list[Cell]]
    truncated: bool


def report(result: QueryResult, title: str = "") -> Report:
    """Show the rows as a grid. ``title`` says what they are."""
    rows = [list(map(_cell, row)) for row in result.rows]
    blocks: list[Block] = [Paragraph(_lead(result, title), is_lead=True)]
    if rows:
        shown = [["" if cell is None else str(cell) for cell in row] for row in rows]
        columns = [
            Column(name, _kind(name, values))
            for name, *values in zip(result.columns, *rows, strict=True)
        ]
        blocks.append(Grid(columns, shown))
    return Report(Rows(result.columns, rows, result.truncated), result.columns, rows, blocks)


def csv_lines(answer: QueryRows) -> Iterator[str]:
    """Write the rows as CSV while they come."""
    return csv.lines(answer.columns, (map(_cell, row) for row in answer.rows))


def json_lines(answer: QueryRows) -> Iterator[str]:
    """Write the rows as JSON while they come, a line each; read, it is `Rows`."""
    yield f'{{\n  "columns": {_json(answer.columns)},\n  "rows": ['
    comma = ""
    for row in answer.rows:
        yield f"{comma}\n    {_json(list(map(_cell, row)))}"
        comma = ","
    yield '\n  ],\n  "truncated": false\n}\n'


def _json(values: Sequence[Cell]) -> str:
    return visible_json(json.dumps(values, ensure_ascii=False, allow_nan=False))


def _cell(value: Value) -> Cell:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def _lead(result: QueryResult, title: str) -> str:
    prefix = f"{title}: " if title else ""
    if not result.rows:
        return f"{prefix}{'no' if title else 'No'} rows."
    rows = count(len(result.rows), "row")
    if result.truncated:
        first = "the first" if title else "The first"
        return f"{prefix}{first} {rows}; there are more, see --limit."
    return f"{prefix}{rows}."


def _kind(name: str, values: Sequence[Cell]) -> Kind:
    """Tell how a column may be shown, by what is in it."""
    there = [value for value in values if value is not None]
    if there and all(isinstance(value, int | float) for value in there):
        return "number"
    texts = list(map(str, there))
    if name == "fingerprint" and all(map(_SHA1.fullmatch, texts)):
        return "fingerprint"
    if all(_WORD.fullmatch(text) or _TIME.fullmatch(text) for text in texts):
        return "word"
    return "text"
