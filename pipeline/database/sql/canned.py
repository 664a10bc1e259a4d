"""The queries that are ready to use: `schemas/queries/NAME.sql`.

A file begins with comments: a title, a paragraph, and a line for each parameter, ``:name (type,
default) meaning``. Without a default, a value has to be given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from importlib import resources
from typing import Final, Literal, cast, get_args

from pipeline.database.sql.statement import Statement
from pipeline.errors import UsageError

Type = Literal["date", "number", "text", "release", "product"]

_PARAMETER: Final = re.compile(r":(\w+) \((\w+)(?:, ([^)]+))?\) (.+)")
_TODAY: Final = re.compile(r"today(?:\+([0-9]+))?")
_NUMBER: Final = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True)
class Parameter:
    """A value that a query takes.

    ``default`` may be ``today``, or so many days after it: ``today+365``. None: there is none. A
    ``release`` or ``product`` is one that is loaded, or the default, which stands for several.
    """

    name: str
    type: Type
    default: str | None
    meaning: str


@dataclass(frozen=True)
class Query:
    """A query that is ready to use."""

    name: str
    title: str
    description: str
    parameters: list[Parameter]
    sql: str


def queries() -> list[Query]:
    """Give all, by name."""
    directory = resources.files("schemas").joinpath("queries")
    return [
        parse(file.name.removesuffix(".sql"), file.read_text("utf-8"))
        for file in sorted(directory.iterdir(), key=lambda file: file.name)
    ]


def query(name: str) -> Query:
    """Give the query of this name.

    Raises:
        UsageError: there is none.
    """
    known = {each.name: each for each in queries()}
    if name in known:
        return known[name]
    near = get_close_matches(name, known, n=1)
    hint = f"; do you mean {near[0]}?" if near else ";"
    raise UsageError(f"There is no query {name}{hint} `trustlist query --list` shows them.")


def parse(name: str, text: str) -> Query:
    """Read a file.

    Raises:
        ValueError: its comments and its parameters don't fit together.
    """
    head, body = [], text.splitlines()
    while body and body[0].startswith("--"):
        head.append(body.pop(0).removeprefix("--").strip())
    title, *rest = head
    described = [line for line in rest if not line.startswith(":")]
    parameters = [_parameter(line) for line in rest if line.startswith(":")]
    sql = "\n".join(body).strip() + "\n"
    if {each.name for each in parameters} != set(Statement.parse(sql).names):
        raise ValueError(f"{name}.sql: the parameters of its comment aren't those of its SQL")
    return Query(name, title, " ".join(described), parameters, sql)


def values(
    query: Query, given: Mapping[str, str], today: date | None = None
) -> dict[str, str | int]:
    """Give each parameter its value, from what is given or by default. ``today`` is that in UTC.

    Raises:
        UsageError: a value is missing or of another type, or there is no such parameter.
    """
    known = [each.name for each in query.parameters]
    for name in given:
        if name not in known:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise UsageError(f"{query.name} has no parameter {name}; {has}.")
    now = today or datetime.now(UTC).date()
    return {each.name: _value(query, each, given.get(each.name), now) for each in query.parameters}


def _parameter(line: str) -> Parameter:
    found = _PARAMETER.fullmatch(line)
    if not found or found[2] not in get_args(Type):
        raise ValueError(f"{line!r} is no parameter such as ':as_of (date, today) Meaning.'")
    return Parameter(found[1], cast(Type, found[2]), found[3], found[4])


def _value(query: Query, parameter: Parameter, given: str | None, today: date) -> str | int:
    text = parameter.default if given is None else given
    name = parameter.name
    if text is None:
        raise UsageError(f"{query.name} needs a value for {name}; add --param {name}=VALUE.")
    match parameter.type:
        case "date":
            return _day(name, text, today)
        case "number":
            if not _NUMBER.fullmatch(text):
                raise UsageError(f"--param {name}: {text!r} is no whole number.")
            return int(text)
    return text


def _day(name: str, text: str, today: date) -> str:
    try:
        if found := _TODAY.fullmatch(text):
            return str(today + timedelta(days=int(found[1] or 0)))
        return str(date.fromisoformat(text))
    except (ValueError, OverflowError):
        raise UsageError(f"--param {name}: {text!r} is no day such as 2020-06-01.") from None
