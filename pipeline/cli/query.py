"""``trustlist query``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import typer

from pipeline import inputs
from pipeline.cli.messages import complain
from pipeline.cli.options import FormatOption, OutputOption
from pipeline.errors import UsageError
from pipeline.report import Format, is_terminal, stream, write

ON_TERMINAL: Final = 100
"""Rows that a terminal gets by default."""

_MOST_MEMORY: Final = 1536
"""MiB that an answer may take."""
_STREAMED: Final = ("csv", "json")
_WHOLE_NUMBER: Final = re.compile(r"-?(0|[1-9]\d{0,17})")


def command(
    context: typer.Context,
    sql: Annotated[
        str | None, typer.Argument(metavar="SQL", help="One SELECT; - to read it from a pipe.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="A query that is ready, instead of SQL.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the queries that are ready.")] = False,
    param: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Value of :NAME; can be repeated."),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=0, metavar="N", help=f"At most N rows, 0: all. [{ON_TERMINAL} on a terminal]"
        ),
    ] = None,
    timeout: Annotated[
        int, typer.Option(min=1, metavar="SECONDS", help="Stop after so many seconds.")
    ] = 30,
    format_: FormatOption = "table",
    output: OutputOption = None,
) -> None:
    """Put your own SQL to the database; it can only read.

    A whole number given for a parameter is a number, all else text.
    """
    if (sql is not None) + (name is not None) + list_ != 1:
        raise UsageError("Give one of these: SQL, --name NAME, or --list.")
    if list_:
        from pipeline.database.sql import canned
        from pipeline.report.answers import ready_queries

        write(ready_queries.report(canned.queries()), format_, output)
        return
    given = _parameters(param or ())
    asked = _own(sql or "", given) if name is None else _ready(context.obj, name, given)
    _answer(context.obj, asked, _most(limit, has_file=output is not None), timeout, format_, output)


class _Asked(NamedTuple):
    title: str
    sql: str
    values: Mapping[str, str | int]


def _own(sql: str, given: Mapping[str, str]) -> _Asked:
    text = _from_pipe() if sql == "-" else sql
    return _Asked("", text, {name: _guessed(value) for name, value in given.items()})


def _from_pipe() -> str:
    try:
        return inputs.read(inputs.STANDARD_INPUT, inputs.MIB).decode()
    except OSError as error:
        raise UsageError(f"standard input: {inputs.unreadable(error)}.") from error
    except UnicodeDecodeError:
        raise UsageError("standard input: this is no SQL, for it isn't UTF-8.") from None


def _ready(database: str, name: str, given: Mapping[str, str]) -> _Asked:
    from pipeline.database.engine import open_for_reading
    from pipeline.database.sql import canned
    from pipeline.questions.release_names import loaded_firmware, loaded_product

    query = canned.query(name)
    values = canned.values(query, given)
    # what isn't loaded would give no rows, which reads like an answer
    for each in query.parameters:
        value = str(values[each.name])
        if each.type in ("release", "product") and value != each.default:
            engine = open_for_reading(database)
            look_up = loaded_firmware if each.type == "release" else loaded_product
            values[each.name] = look_up(engine, value)
    shown = ", ".join(f"{name} {value}" for name, value in values.items())
    return _Asked(f"{query.title} ({shown})" if shown else query.title, query.sql, values)


def _answer(
    database: str,
    asked: _Asked,
    limit: int | None,
    timeout: int,
    format_: Format,
    output: Path | None,
) -> None:
    from pipeline.database.engine import open_for_reading
    from pipeline.database.sql import ask, run
    from pipeline.extract.guard import memory_limited
    from pipeline.report.answers.query import csv_lines, json_lines, report

    engine = open_for_reading(database)
    with memory_limited(_MOST_MEMORY):
        if limit is None and format_ in _STREAMED:
            with ask(engine, asked.sql, asked.values, timeout=timeout) as answer:
                stream(csv_lines(answer) if format_ == "csv" else json_lines(answer), output)
            return
        result = run(engine, asked.sql, asked.values, limit=limit, timeout=timeout)
        write(report(result, asked.title), format_, output)
    if result.truncated and format_ in (*_STREAMED, "csv-bom"):
        complain(f"Only the first {limit} rows are written; --limit 0 gives all.")


def _most(limit: int | None, *, has_file: bool) -> int | None:
    if limit is None:
        return ON_TERMINAL if is_terminal() and not has_file else None
    return limit or None


def _parameters(texts: Sequence[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"--param {text}: give NAME=VALUE, such as as_of=2020-06-01.")
        if name in values:
            raise UsageError(f"--param {name} is given twice.")
        values[name] = value
    return values


def _guessed(text: str) -> str | int:
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else text
