"""What a damaged SQLite database hands back: values that are of no use where they stand.

SQLite keeps any value in any column (https://sqlite.org/flextypegood.html), and what a flipped bit
has made of one. So each value is checked on its way in: `check_values` sees to that for an engine.
`wrong_values` finds them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Column, Connection, Dialect, Engine, Table, types
from sqlalchemy.dialects import sqlite

from schemas import tables

_AT_A_TIME: Final = 10_000  # rows that are kept in memory

Processor = Callable[[Any], Any] | None


class DamagedValueError(ValueError):
    """A column holds a value that nothing of ours has put there."""


def check_values(engine: Engine) -> None:
    """Let an engine for SQLite check every value that it reads, by the type of its column.

    It raises `DamagedValueError` for one that is of another type, or no date or time.
    """
    engine.dialect.colspecs = {
        **engine.dialect.colspecs,
        types.String: _Text,
        types.Integer: _Number,
        types.Boolean: _Truth,
        types.LargeBinary: _Bytes,
        types.Date: _Day,
        types.DateTime: _Time,
    }


def wrong_values(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """Find each value of a wrong type, that isn't UTF-8, or no time; give table, key and fault."""
    for table in tables.metadata.sorted_tables:
        for column in table.columns:
            kind = _kind(column)
            for key, stored, value in _suspects(connection, table, column, kind):
                if fault := _fault(column, kind, stored, value):
                    yield table.name, key, f"{column.name}: {fault}"


# --- on the way in ---------------------------------------------------------------------------


def _checked(kind: type, inner: Processor = None) -> Callable[[Any], Any]:
    def process(value: Any) -> Any:
        if value is None:
            return None
        if value.__class__ is not kind:
            raise DamagedValueError(f"{value!r:.60} is no {kind.__name__}")
        return inner(value) if inner else value

    return process


class _Text(types.String):
    def result_processor(self, dialect: Dialect, coltype: object) -> Processor:
        return _checked(str)


class _Number(types.Integer):
    def result_processor(self, dialect: Dialect, coltype: object) -> Processor:
        return _checked(int)


class _Bytes(types.LargeBinary):
    def result_processor(self, dialect: Dialect, coltype: object) -> Processor:
        return _checked(bytes)


class _Truth(types.Boolean):
    def result_processor(self, dialect: Dialect, coltype: object) -> Processor:
        return _checked(int, _truth)


class _Day(sqlite.DATE):
    def result_processor(self, dialect: Dialect, coltype: object) -> Processor:
        return _checked(str, _parsed(super().result_processor(dialect, coltype)))


class _Time(sqlite.DATETIME):
    def result_processor(self, dialect: Dialect, coltype: object) -> Processor:
        return _checked(str, _parsed(super().result_processor(dialect, coltype)))


def _truth(value: int) -> bool:
    if value not in (0, 1):
        raise DamagedValueError(f"{value} is no truth value")
    return value == 1


def _parsed(parse: Any) -> Callable[[Any], Any]:
    def process(value: str) -> Any:
        try:
            return parse(value)
        except ValueError:
            raise DamagedValueError(f"{value!r:.60} is no time") from None

    return process


# --- all of them -----------------------------------------------------------------------------

_STORED: Final[Sequence[tuple[type[types.TypeEngine[Any]], str]]] = (
    (types.Boolean, "integer"),
    (types.Integer, "integer"),
    (types.LargeBinary, "blob"),
    (types.DateTime, "text"),
    (types.Date, "text"),
    (types.String, "text"),
)


def _kind(column: Column[Any]) -> types.TypeEngine[Any]:
    kind = column.type
    return kind.impl_instance if isinstance(kind, types.TypeDecorator) else kind


def _stored_as(kind: types.TypeEngine[Any]) -> str:
    return next(stored for type_, stored in _STORED if isinstance(kind, type_))


def _suspects(
    connection: Connection, table: Table, column: Column[Any], kind: types.TypeEngine[Any]
) -> Iterator[tuple[str, str, bytes]]:
    """Give the key, the type and the bytes of each value that may be wrong: all texts, for one."""
    quoted = connection.dialect.identifier_preparer.quote
    expected, name = _stored_as(kind), quoted(column.name)
    keys = " || ' ' || ".join(f"CAST({quoted(each.name)} AS TEXT)" for each in table.primary_key)
    wrong = f"typeof({name}) != '{expected}'"
    if column.nullable:
        wrong = f"({wrong} AND {name} IS NOT NULL)"
    if expected == "text":
        wrong = f"{name} IS NOT NULL OR {wrong}"
    if isinstance(kind, types.Boolean):
        wrong += f" OR {name} NOT IN (0, 1)"
    sql = (
        f"SELECT CAST({keys} AS BLOB), typeof({name}), CAST({name} AS BLOB) "  # noqa: S608
        f"FROM {quoted(table.name)} WHERE {wrong}"
    )
    rows = connection.execution_options(yield_per=_AT_A_TIME).exec_driver_sql(sql)
    for key, stored, value in rows:
        yield (key or b"").decode("utf-8", "backslashreplace"), stored, value


def _fault(
    column: Column[Any], kind: types.TypeEngine[Any], stored: str, value: bytes
) -> str | None:
    if stored == "null":
        return "it is empty"
    if stored != _stored_as(kind):
        return f"it is of the type {stored}"
    if isinstance(kind, types.Boolean):
        return "it is no truth value"
    try:
        text = value.decode()
        if isinstance(kind, types.DateTime):
            is_right = str(datetime.fromisoformat(text)) == text
        elif isinstance(kind, types.Date):
            is_right = str(date.fromisoformat(text)) == text
        else:
            is_right = True
    except UnicodeDecodeError:
        return "it is no UTF-8"
    except ValueError:
        is_right = False
    return None if is_right else "it is no date or time"
