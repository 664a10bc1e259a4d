"""SQL of one's own, on a connection that can only read.

`statement` finds the parameters; there is a module an engine, with the means of that engine to
refuse what changes anything: nothing is judged by the words of the SQL.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Final, cast

from pipeline.database.sql.session import Session, Value
from pipeline.database.sql.statement import Statement
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy import Engine

TIMEOUT: Final = 30.0
"""Seconds that the database may work on a query."""

MOST_KEPT: Final = 256 << 20
"""Bytes that the rows of a `Result` may take."""

_BATCH: Final = 100  # rows asked for at a time, if they are small
_AT_A_TIME: Final = 4 << 20  # bytes of rows asked for at a time


@dataclass(frozen=True)
class QueryRows:
    """The rows of a query, as they come."""

    columns: list[str]
    rows: Iterator[list[Value]]


@dataclass(frozen=True)
class QueryResult:
    """The rows of a query; ``truncated`` if there are more than were asked for.

    The values are the same on every engine: NULL is None, a truth value 0 or 1, a time text such
    as ``2020-05-30 10:48:38``, in UTC.
    """

    columns: list[str]
    rows: list[list[Value]]
    truncated: bool


def run(
    engine: Engine,
    sql: str,
    parameters: Mapping[str, str | int] | None = None,
    *,
    limit: int | None = None,
    timeout: float = TIMEOUT,
) -> QueryResult:
    """Ask a query, and take ``limit`` rows or, without it, all. See `ask`."""
    with ask(engine, sql, parameters, timeout=timeout) as answer:
        rows = list(_kept(islice(answer.rows, limit)))
        truncated = limit is not None and next(answer.rows, None) is not None
    return QueryResult(answer.columns, rows, truncated)


def _kept(rows: Iterator[list[Value]]) -> Iterator[list[Value]]:
    """Give the rows while they fit into memory together."""
    size = 0
    for row in rows:
        size += _size(row)
        if size > MOST_KEPT:
            raise UsageError(
                f"The rows take more than {MOST_KEPT >> 20} MiB; ask for less, or write them as "
                "they come: --format csv or json."
            )
        yield row


def _size(row: Sequence[Value]) -> int:
    """Tell how much of memory a row takes, roughly: a value has 60 bytes besides its own."""
    return sum(60 + len(value) if isinstance(value, str | bytes) else 60 for value in row)


@contextmanager
def ask(
    engine: Engine,
    sql: str,
    parameters: Mapping[str, str | int] | None = None,
    *,
    timeout: float = TIMEOUT,
) -> Iterator[QueryRows]:
    """Ask a query whose rows are read inside the block; memory doesn't grow with their number.

    ``sql`` is one statement that only reads, with parameters as ``:name``. ``timeout`` is in
    seconds of the database's work; what is done between the rows doesn't count.

    Raises:
        UsageError: the database doesn't take the SQL or took too long; a parameter is missing, or
            there is no such.
        DatabaseError: the database can't be used.
    """
    statement = Statement.parse(sql)
    values = _values(statement, parameters or {})
    with _session(engine) as session:
        clock = _Clock(timeout)
        with clock.running():
            columns = session.execute(statement, values, clock.left)
        yield QueryRows(columns, _rows(session, clock))


def _rows(session: Session, clock: _Clock) -> Iterator[list[Value]]:
    number = 1
    while True:
        with clock.running():
            batch = session.fetch(number, clock.left)
        if not batch:
            return
        yield from batch
        number = max(1, min(_BATCH, _AT_A_TIME // max(map(_size, batch))))


class _Clock:
    """Counts the time that the database works."""

    def __init__(self, seconds: float) -> None:
        self.seconds = self.left = seconds

    @contextmanager
    def running(self) -> Iterator[None]:
        start = time.monotonic()
        try:
            if self.left <= 0:
                raise TimeoutError
            yield
        except TimeoutError:
            unit = "second" if self.seconds == 1 else "seconds"
            raise UsageError(
                f"Stopped after {self.seconds:g} {unit}; ask for less, or give it longer "
                "with --timeout."
            ) from None
        finally:
            self.left -= time.monotonic() - start


def _session(engine: Engine) -> AbstractContextManager[Session]:
    module = import_module(f"pipeline.database.sql.{engine.dialect.name}")
    return cast(AbstractContextManager[Session], module.session(engine))


def _values(statement: Statement, given: Mapping[str, str | int]) -> dict[str, str | int]:
    for name in given:
        if name not in statement.names:
            raise UsageError(f"There is no parameter :{name} in the SQL.")
    for name in statement.names:
        if name not in given:
            raise UsageError(f"The SQL needs a value for :{name}; add --param {name}=VALUE.")
    return dict(given)
