"""``trustlist query``."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import Annotated, Final

import typer

from pipeline.cli.messages import complain
from pipeline.cli.options import FormatOption, OutputOption
from pipeline.errors import UsageError
from pipeline.report import is_terminal, stream, write

ON_TERMINAL: Final = 100
"""Rows that a terminal gets unless told otherwise."""

_STREAMED: Final = ("csv", "json")
_WHOLE_NUMBER: Final = re.compile(r"-?(0|[1-9]\d{0,17})")


def query(
    context: typer.Context,
    sql: Annotated[
        str | None, typer.Argument(metavar="SQL", help="One SELECT; - to read it from a pipe.")
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Value of :NAME in the SQL; can be repeated."),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=0, metavar="N", help=f"At most N rows, 0: all. [{ON_TERMINAL} on a terminal]"
        ),
    ] = None,
    timeout: Annotated[int, typer.Option(min=1, metavar="SECONDS", help="Stop after.")] = 30,
    format_: FormatOption = "table",
    output: OutputOption = None,
) -> None:
    """Put your own SQL to the database; it can only read.

    A whole number given for a parameter is a number, all else text.
    """
    from pipeline.database import open_for_reading
    from pipeline.report import rows
    from pipeline.sql import ask, run

    if sql is None:
        raise UsageError("Give SQL to ask, such as 'SELECT * FROM trust_list'.")
    values = _parameters(param or ())
    text = sys.stdin.read() if sql == "-" else sql
    engine = open_for_reading(context.obj)
    most = _most(limit, has_file=output is not None)
    if most is None and format_ in _STREAMED:
        with ask(engine, text, values, timeout=timeout) as answer:
            stream(rows.csv_lines(answer) if format_ == "csv" else rows.json_lines(answer), output)
        return
    result = run(engine, text, values, limit=most, timeout=timeout)
    write(rows.report(result), format_, output)
    if result.truncated and format_ in _STREAMED:
        complain(f"Only the first {most} rows are written; --limit 0 gives all.")


def _most(limit: int | None, *, has_file: bool) -> int | None:
    if limit is None:
        return ON_TERMINAL if is_terminal() and not has_file else None
    return limit or None


def _parameters(texts: Sequence[str]) -> dict[str, str | int]:
    values: dict[str, str | int] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"--param {text}: give NAME=VALUE, such as as_of=2020-06-01.")
        if name in values:
            raise UsageError(f"--param {name} is given twice.")
        values[name] = int(value) if _WHOLE_NUMBER.fullmatch(value) else value
    return values
