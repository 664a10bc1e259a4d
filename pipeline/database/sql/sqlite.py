"""Reading SQLite: the file is opened to read, and an authorizer refuses all else.

https://www.sqlite.org/c3ref/set_authorizer.html and https://www.sqlite.org/security.html
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from sqlalchemy import select

from pipeline.database.engine import PATIENCE, SQLITE_WORDS, transaction
from pipeline.database.sql.session import COLONS, ONLY_READING, TOO_MUCH, Value
from pipeline.errors import DatabaseError, UsageError
from schemas import tables

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from pipeline.database.sql.statement import Statement

_READS: Final = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
# some touch files, or run what is in memory; SQLite's shell has more of them than Python
_REFUSED: Final = {"edit", "fts3_tokenizer", "load_extension", "readfile", "writefile"}
_PRAGMAS: Final = {
    *("compile_options", "foreign_key_list", "function_list", "index_info", "index_list"),
    *("index_xinfo", "table_info", "table_list", "table_xinfo"),
}
_TABLES: Final = ["json_each", "json_tree", *(f"pragma_{name}" for name in sorted(_PRAGMAS))]
# one call of a function can't be interrupted: with values of this size it takes a second at most
_LIMITS: Final = {
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LENGTH: 250_000,  # bytes of a value, or a row
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 500,  # so many values of that length fit into memory
}
_MOST_MEMORY: Final = 512 << 20
"""Bytes that SQLite may take; what sorting needs is there, too, and not in files."""
_STEPS: Final = 10_000  # of SQLite's machine, between looks at the clock: a millisecond


@contextmanager
def session(engine: Engine) -> Iterator[_SqliteSession]:
    """Connect to the file of an engine."""
    # who may only read can't roll back what a killed process left; this connection can
    with transaction(engine) as connection:
        connection.scalar(select(tables.alembic_version.c.version_num))
    path = engine.url.database or ""
    uri = f"file:{quote(os.fsencode(Path(path).absolute()))}?mode=ro"
    with closing(sqlite3.connect(uri, PATIENCE, isolation_level=None, uri=True)) as raw:
        yield _SqliteSession(raw, path)


class _SqliteSession:
    def __init__(self, raw: sqlite3.Connection, path: str) -> None:
        self.raw = raw
        self.path = path
        self.cursor = raw.cursor()
        self.deadline = time.monotonic() + PATIENCE
        self.refused = ""
        raw.text_factory = lambda data: data.decode("utf-8", "backslashreplace")
        for category, limit in _LIMITS.items():
            raw.setlimit(category, limit)
        raw.execute("PRAGMA query_only = ON")
        raw.execute("PRAGMA trusted_schema = OFF")
        raw.execute("PRAGMA temp_store = MEMORY")
        raw.execute(f"PRAGMA hard_heap_limit = {_MOST_MEMORY}")
        for name in _TABLES:  # made when first used, by what looks like writing to an authorizer
            with suppress(sqlite3.OperationalError):  # older versions don't have all
                raw.execute(f"SELECT 1 FROM {name} LIMIT 0")  # noqa: S608
        raw.set_progress_handler(lambda: time.monotonic() > self.deadline, _STEPS)
        raw.set_authorizer(self._judge)

    def execute(
        self, statement: Statement, values: Mapping[str, str | int], seconds: float
    ) -> list[str]:
        with self._within(seconds):
            self.cursor.execute(statement.sql, values)
        if self.cursor.description is None:
            raise UsageError(ONLY_READING)
        return [column[0] for column in self.cursor.description]

    def fetch(self, size: int, seconds: float) -> list[list[Value]]:
        with self._within(seconds):
            return list(map(list, self.cursor.fetchmany(size)))

    def _judge(self, action: int, first: str | None, second: str | None, *_: str | None) -> int:
        if action in _READS or (action == sqlite3.SQLITE_PRAGMA and first in _PRAGMAS):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION:
            if second not in _REFUSED:
                return sqlite3.SQLITE_OK
            self.refused = f"The function {second} is refused."
        self.refused = self.refused or ONLY_READING
        return sqlite3.SQLITE_DENY

    @contextmanager
    def _within(self, seconds: float) -> Iterator[None]:
        self.deadline = time.monotonic() + seconds
        try:
            yield
        except MemoryError:
            raise UsageError(TOO_MUCH) from None
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise self._translated(error) from error

    def _translated(self, error: Exception) -> BaseException:
        name = getattr(error, "sqlite_errorname", "")
        primary = "_".join(name.split("_")[:2])
        if primary == "SQLITE_INTERRUPT":
            # SQLite, at work, swallows what Python raises meanwhile
            return TimeoutError() if time.monotonic() > self.deadline else KeyboardInterrupt()
        if self.refused:
            return UsageError(self.refused)
        if name == "SQLITE_READONLY_ROLLBACK":
            return DatabaseError(f"{self.path}: a program that wrote to it just died; try again.")
        if primary in SQLITE_WORDS:
            return DatabaseError(f"{self.path}: {SQLITE_WORDS[primary]}.")
        if isinstance(error, sqlite3.ProgrammingError) and "binding" in str(error).lower():
            return UsageError(COLONS)
        return UsageError(f"SQLite doesn't take this: {' '.join(str(error).split()).rstrip('.')}.")
