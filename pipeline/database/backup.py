"""A copy of the database as it is at one moment, while others go on writing."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, Engine, select

from pipeline.database.engine import SQLITE_WORDS, transaction
from pipeline.errors import DatabaseError, UsageError
from pipeline.inputs import is_directory, is_there
from schemas import tables


@dataclass(frozen=True)
class Copy:
    """A copy that was made; ``is_replaced`` if it took the place of another file."""

    file: str
    bytes: int
    is_replaced: bool


def backup(engine: Engine, file: Path, *, force: bool = False) -> Copy:
    """Copy a SQLite database to ``file``, by SQLite's own means; all of it, or no file.

    A file that is there is replaced only with ``force``, and not before the copy is whole.

    Raises:
        UsageError: it isn't SQLite, ``file`` is there, or can't be written.
        DatabaseError: the database can't be read.
    """
    if engine.dialect.name != "sqlite":
        url = engine.url.set(drivername="postgresql").render_as_string(hide_password=True)
        raise UsageError(
            f"{url}: this is PostgreSQL, which has its own way; "
            f"run `pg_dump --format=custom --file={file} URL`."
        )
    if is_directory(file):
        raise UsageError(f"{file}: this is a directory; give a file.")
    is_replaced = is_there(file)
    if is_replaced and file.samefile(engine.url.database or ""):
        raise UsageError(f"{file}: this is the database itself; give another file.")
    if is_replaced and not force:
        raise UsageError(f"{file}: it is there already; give another file, or --force.")
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}-") as directory:
            part = Path(directory, file.name)
            with transaction(engine) as connection:
                _copy(connection, part)
            size = part.stat().st_size
            part.replace(file)
    except OSError as error:
        raise UsageError(f"{file}: can't be written: {error.strerror}.") from error
    return Copy(str(file), size, is_replaced=is_replaced)


def newer_schema(engine: Engine) -> str | None:
    """Give the version of the schema if a newer trustlist made it, which alone can read a copy."""
    with transaction(engine) as connection:
        version = connection.scalar(select(tables.alembic_version.c.version_num))
    return str(version) if version is not None and version > tables.VERSION else None


def _copy(connection: Connection, part: Path) -> None:
    connection.exec_driver_sql("SELECT 1 FROM sqlite_master")  # from here on it stays as it is
    source = cast(sqlite3.Connection, connection.connection.driver_connection)
    try:
        with closing(sqlite3.connect(part)) as target:
            source.backup(target)
    except sqlite3.Error as error:
        name = "_".join(error.sqlite_errorname.split("_")[:2])
        words = SQLITE_WORDS.get(name, str(error))
        raise DatabaseError(f"{part.parent.parent / part.name}: {words}.") from error
