"""Reading PostgreSQL: a cursor, which takes only what gives rows, in a read-only transaction.

A superuser is made a role that may only read, so that no function on files, other sessions or
the server runs by mistake. That is no wall: who is a superuser can be one again (``set_config``).
Analysts are to have a role of their own; see schemas/README.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, cast

from pipeline.database.engine import transaction
from pipeline.database.sql.session import COLONS, ONLY_READING, TOO_MUCH, Value
from pipeline.errors import DatabaseError, UsageError

if TYPE_CHECKING:
    import psycopg
    from sqlalchemy import Engine

    from pipeline.database.sql.statement import Statement

_TIMES: Final = ("date", "time", "timetz", "timestamp", "timestamptz", "interval")
_CANCELED: Final = "57014"
_SYNTAX: Final = "42601"
_PROTOCOL: Final = "08P01"  # $1, of which the driver knows nothing
_READ_ONLY: Final = {"25006", "0A000"}  # the latter: DELETE in WITH, not in a cursor
_TEMPORARY_FILES: Final = "1GB"
_DIGITS: Final = 300  # before the point: more than any float has
_LEAST: Final = 1.0  # seconds of a time limit; what closes the cursor is under it, too
_IS_SUPERUSER: Final = (
    "SELECT 1 FROM pg_roles "
    "WHERE rolname = 'pg_read_all_data' AND current_setting('is_superuser') = 'on'"
)
_READS: Final = {"SELECT", "WITH", "VALUES", "TABLE", "("}


@contextmanager
def session(engine: Engine) -> Iterator[_PostgresqlSession]:
    """Connect to the server of an engine."""
    from psycopg import Error as PsycopgError
    from psycopg import RawServerCursor
    from psycopg.errors import InsufficientPrivilege
    from psycopg.types.string import TextLoader

    class TimeLoader(TextLoader):
        def load(self, data: Any) -> str:
            return str(super().load(data)).removesuffix("+00")

    with transaction(engine) as connection:  # read-only, in UTC
        raw = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
        raw.execute("SET LOCAL datestyle = ISO")
        with suppress(InsufficientPrivilege), raw.transaction():  # only superusers may set it
            raw.execute(f"SET LOCAL temp_file_limit = '{_TEMPORARY_FILES}'")
        if raw.execute(_IS_SUPERUSER).fetchone():
            raw.execute("SET LOCAL ROLE pg_read_all_data")
        # it sends the SQL as the rest of DECLARE … CURSOR FOR, in a message for one statement
        cursor = RawServerCursor(raw, "answer")
        for name in _TIMES:
            cursor.adapters.register_loader(name, TimeLoader)
        try:
            yield _PostgresqlSession(raw, cursor, engine.url.render_as_string(hide_password=True))
        finally:
            with suppress(PsycopgError):  # the connection may be lost; that was said then
                cursor.close()


class _PostgresqlSession:
    def __init__(
        self, raw: psycopg.Connection[Any], cursor: psycopg.RawServerCursor[Any], where: str
    ) -> None:
        self.raw = raw
        self.cursor = cursor
        self.where = where
        self.is_read = True

    def execute(
        self, statement: Statement, values: Mapping[str, str | int], seconds: float
    ) -> list[str]:
        places = {name: number for number, name in enumerate(statement.names, 1)}
        sql = statement.marked(lambda name: f"${places[name]}")
        # as text without a type, which the server takes for what stands beside it
        ordered = [str(values[name]) for name in places]
        self.is_read = statement.first_word in _READS
        with self._within(seconds):
            self.cursor.execute(sql.encode(), ordered)
        return [column.name for column in self.cursor.description or ()]

    def fetch(self, size: int, seconds: float) -> list[list[Value]]:
        with self._within(seconds):
            return [list(map(_plain, row)) for row in self.cursor.fetchmany(size)]

    @contextmanager
    def _within(self, seconds: float) -> Iterator[None]:
        import psycopg

        try:
            # set each time: a query can set it, too
            milliseconds = int(max(seconds, _LEAST) * 1000)
            self.raw.execute(f"SET LOCAL statement_timeout = {milliseconds}")
            yield
        except MemoryError:
            raise UsageError(TOO_MUCH) from None
        except psycopg.Error as error:
            raise self._translated(error) from error

    def _translated(self, error: psycopg.Error) -> Exception:
        from psycopg import InternalError, OperationalError

        words = " ".join(str(error).splitlines()[:1])
        if error.sqlstate == _CANCELED:
            return TimeoutError()
        if error.sqlstate in _READ_ONLY or (error.sqlstate == _SYNTAX and not self.is_read):
            return UsageError(ONLY_READING)
        if error.sqlstate == _PROTOCOL:
            return UsageError(COLONS)
        if not error.sqlstate and ("out of memory" in words or isinstance(error, InternalError)):
            return UsageError(TOO_MUCH)  # no room on this side, after which libpq is in disorder
        if isinstance(error, OperationalError):
            return DatabaseError(f"{self.where}: the server can't be used: {words.rstrip('.')}.")
        return UsageError(f"PostgreSQL doesn't take this: {words.rstrip('.')}.")


def _number(value: Decimal) -> Value:
    """Give a number of any length: what is too long for one of JSON's and Python's is text."""
    if not value.is_finite():
        return float(value)
    if value.adjusted() > _DIGITS:
        return format(value, "f")
    if value == value.to_integral_value():
        return int(value)
    return float(value)


def _plain(value: Any) -> Value:
    match value:
        case bool():
            return int(value)
        case None | str() | int() | float() | bytes():
            return value
        case Decimal():
            return _number(value)
        case dict() | list() | tuple():
            return json.dumps(value, default=str, ensure_ascii=False)
    return str(value)
