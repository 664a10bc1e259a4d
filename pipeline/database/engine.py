"""Opening the database: SQLite for one person, PostgreSQL for a team; errors in plain words.

A transaction that writes takes the only lock at its start and waits for it, so that any number of
processes can load at once. SQLite keeps its rollback journal rather than WAL: the database stays
one file that can be copied, mailed, and read from a read-only disk.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeVar
from urllib.parse import quote

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    MetaData,
    create_engine,
    event,
    inspect,
    make_url,
    select,
)
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.pool import NullPool

from pipeline.database.damaged_values import DamagedValueError, check_values, wrong_values
from pipeline.errors import DatabaseError, MissingDatabaseError, TrustlistError
from pipeline.firmware import Firmware
from schemas import checksums, migrations, tables

PATIENCE: Final = 60
"""Seconds to wait for another process to finish writing."""

_Key = TypeVar("_Key", str, bytes, int)

_MOST_PARAMETERS: Final = 10_000  # SQLite takes 32,766, PostgreSQL 65,535
_VERSION: Final = re.compile("[0-9]{4}")
_OURS: Final = {"alembic_version", "documents", "snapshots", "entries"}
_EMPTY: Final = "nothing is loaded; run `trustlist ingest` first"
_EXAMPLES: Final = "sqlite:///trustlist.db or postgresql+psycopg://user@host/name"

_Access = Literal["read", "write"]

_AT_BEGIN: Final = {
    ("sqlite", "read"): ["BEGIN"],
    ("sqlite", "write"): ["BEGIN IMMEDIATE"],
    ("postgresql", "read"): [
        # all that one transaction reads is of one moment; SQLite knows no other way
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        "SET LOCAL TIME ZONE 'UTC'",
        f"SET LOCAL lock_timeout = '{PATIENCE}s'",
    ],
    ("postgresql", "write"): [
        "SET LOCAL TIME ZONE 'UTC'",
        f"SET LOCAL lock_timeout = '{PATIENCE}s'",
        "SELECT pg_advisory_xact_lock(1953658995)",  # any number, if all use the same
    ],
}

SQLITE_WORDS: Final = {
    "SQLITE_BUSY": f"another program kept it locked for {PATIENCE} seconds; try again later",
    "SQLITE_CANTOPEN": "it can't be opened; check the permissions of the file and its directory",
    "SQLITE_CORRUPT": "it is damaged; restore it from a copy, or delete it and ingest again",
    "SQLITE_FULL": "the disk is full; make room and try again",
    "SQLITE_IOERR": "the disk reports an error; check the disk and try again",
    "SQLITE_NOTADB": "it is not a SQLite database; give another file",
    "SQLITE_PERM": "it can't be opened; check the permissions of the file and its directory",
    "SQLITE_READONLY": "it can't be written; check the permissions of the file and its directory",
}
# PostgreSQL errors that are the user's business though not operational
# (https://www.postgresql.org/docs/current/errcodes-appendix.html)
_POSTGRESQL_WORDS: Final = {
    "42501": "it can't be used",  # permission denied
    "25006": "it can't be written",  # read-only transaction
    "55P03": f"another program kept it locked for {PATIENCE} seconds; try again later",
    "2BP01": "it can't be upgraded",  # somebody's own view reads one of ours
}
_GONE_STATES: Final = ("42P01", "42703")  # no such table, no such column
_PASSWORD: Final = re.compile(r"(://[^:/@]*:|password=)[^@&/]*(@|&|/|$)")
_GONE: Final = re.compile("no such (?:table|column): .+", re.DOTALL)


@dataclass(frozen=True)
class Upgrade:
    """The versions of the schema, before and after; the same if there was nothing to do."""

    before: str
    after: str


def open_for_writing(url: str) -> Engine:
    """Open the database at ``url`` to load into it; create what isn't there.

    Raises:
        DatabaseError: it can't be used.
    """
    engine = _engine(_parse(url), "write")
    with transaction(engine) as connection:
        version = _version(connection)
        if version is None:
            tables.create(connection)
        else:
            _check_version(engine.url, version)
    return engine


def open_if_made(url: str) -> Engine | None:
    """Open the database at ``url`` to load into it; None, and nothing done, if it isn't made yet.

    Raises:
        DatabaseError: it can't be used.
    """
    parsed = _parse(url)
    if parsed.drivername == "sqlite":
        path = Path(parsed.database or "")
        _check_path(path, "write")
        if not path.exists():
            return None
    engine = _engine(parsed, "write")
    with transaction(engine) as connection:
        version = _version(connection)
    if version is None:
        return None
    _check_version(engine.url, version)
    return engine


def open_for_reading(url: str, *, any_version: bool = False) -> Engine:
    """Open the database at ``url`` to ask it; nothing is created or changed.

    Its schema has to be ours, unless ``any_version`` will do.

    Raises:
        DatabaseError: it isn't there, or can't be used.
    """
    engine = _engine(_parse(url), "read")
    with transaction(engine) as connection:
        version = _version(connection)
    if version is None:
        raise MissingDatabaseError(f"{_where(engine.url)}: {_EMPTY}.")
    if not any_version:
        _check_version(engine.url, version)
    return engine


def upgrade(url: str) -> Upgrade:
    """Bring the database at ``url`` to the schema of this trustlist: wholly, or not at all.

    Raises:
        DatabaseError: it isn't there, can't be used, or a newer trustlist made it.
    """
    parsed = _parse(url)
    if parsed.drivername == "sqlite":
        _check_path(Path(parsed.database or ""), "read")
    engine = _engine(parsed, "write")
    with transaction(engine) as connection:
        before = _version(connection)
        if before is None:
            raise MissingDatabaseError(f"{_where(engine.url)}: {_EMPTY}.")
        if before != tables.VERSION:
            _check_age(engine.url, before)
            _check_rows(connection)
            migrations.upgrade(connection)
    return Upgrade(before, tables.VERSION)


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Do all of the block or nothing. Of those that write, one runs at a time.

    Raises:
        DatabaseError: the database can't be used, or not any more.
    """
    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        if first := _said_before(error):
            raise first from None  # that the connection is lost after that is no news
        if str(error.orig).startswith("Could not decode"):  # bytes where text should be: no code
            raise damaged(engine.url, _first_wrong_value(engine) or "text") from error
        words = _plain_words(error)
        if words is None:
            raise
        raise DatabaseError(f"{_where(engine.url)}: {words}.") from error
    except DamagedValueError as error:
        raise damaged(engine.url, _first_wrong_value(engine) or str(error)) from error
    except UnicodeDecodeError as error:  # what SQLite says quotes a damaged statement of a table
        what = error.object.decode(errors="backslashreplace")
        raise damaged(engine.url, what) from error


def _said_before(error: BaseException) -> TrustlistError | None:
    """Give the error of ours amid which this one came up."""
    before = error.__context__
    while before and not isinstance(before, TrustlistError):
        before = before.__context__
    return before if isinstance(before, TrustlistError) else None


def damaged(url: URL, what: str) -> DatabaseError:
    """The error for a database that holds what it can't."""
    return DatabaseError(
        f"{_where(url)}: the database is damaged: {what}; `trustlist database verify` says more."
    )


def _first_wrong_value(engine: Engine) -> str:
    """Name the row that a wrong value is in."""
    try:
        with engine.begin() as connection:
            return " ".join(next(wrong_values(connection), ()))
    except (DBAPIError, UnicodeDecodeError):  # it can't even be read
        return ""


def firmware_order(release: Firmware) -> int:
    """Give the number by which the database sorts releases; a family comes before its releases.

    Three digits for each of Cisco's numbers (see `pipeline.firmware`), and one for the family.
    """
    maintenance = 0 if release.maintenance is None else release.maintenance + 1
    order = 0
    for number in (release.major, release.minor, maintenance, release.service_release):
        order = order * 10_000 + number
    return order


def batches(values: Iterable[_Key]) -> Iterator[list[_Key]]:
    """Part values into lists that fit into one statement each."""
    ordered = list(values)
    for start in range(0, len(ordered), _MOST_PARAMETERS):
        yield ordered[start : start + _MOST_PARAMETERS]


# --- opening ---------------------------------------------------------------------------------


def _parse(text: str) -> URL:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # the latter: its port is no number
        shown = _PASSWORD.sub(r"\1***\2", text)
        raise DatabaseError(f"{shown}: this is no database URL; give {_EXAMPLES}.") from None
    backend = url.get_backend_name()
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise DatabaseError(f"{_where(url)}: {backend} is not supported; give {_EXAMPLES}.")
    if not url.database or url.database == ":memory:" or url.query:
        raise DatabaseError(f"{_where(url)}: this names no file; give sqlite:///trustlist.db.")
    return URL.create("sqlite", database=url.database)


def _where(url: URL) -> str:
    if url.drivername == "sqlite" and url.database:
        return url.database
    secret = [name for name in url.query if "password" in name]
    return url.difference_update_query(secret).render_as_string(hide_password=True)


def _engine(url: URL, access: _Access) -> Engine:
    is_sqlite = url.drivername == "sqlite"
    engine = _sqlite_engine(url, access) if is_sqlite else _postgresql_engine(url)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        for statement in _AT_BEGIN[engine.dialect.name, access]:
            connection.exec_driver_sql(statement)

    return engine


def _sqlite_engine(url: URL, access: _Access) -> Engine:
    path = Path(url.database or "")
    _check_path(path, access)
    # `rw` even to read: to roll back what a killed process left takes the right to write
    mode = "rwc" if access == "write" else "rw"
    uri = f"file:{quote(os.fsencode(path.absolute()))}?mode={mode}"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(uri, PATIENCE, isolation_level=None, uri=True)
        connection.execute("PRAGMA foreign_keys = ON")
        if access == "read":
            connection.execute("PRAGMA query_only = ON")
        return connection

    engine = create_engine(url, creator=connect, poolclass=NullPool)
    check_values(engine)
    return engine


def _check_path(path: Path, access: _Access) -> None:
    try:
        if not path.parent.is_dir():
            raise DatabaseError(f"{path}: the directory {path.parent} doesn't exist; create it.")
        if path.is_dir():
            raise DatabaseError(f"{path}: this is a directory; give a file.")
        if access == "read" and not path.exists():
            raise MissingDatabaseError(f"{path}: {_EMPTY}.")
        if access == "write" and not path.exists() and not os.access(path.parent, os.W_OK):
            raise DatabaseError(f"{path}: {SQLITE_WORDS['SQLITE_CANTOPEN']}.")
    except OSError as error:
        raise DatabaseError(f"{path}: it can't be opened: {error.strerror}.") from error


def _postgresql_engine(url: URL) -> Engine:
    try:
        from psycopg import ProgrammingError
        from psycopg.conninfo import make_conninfo
    except ImportError:
        raise DatabaseError(
            f"{_where(url)}: the driver for PostgreSQL is missing; "
            "run `pip install 'psycopg[binary]'`."
        ) from None
    try:
        make_conninfo(**dict.fromkeys(url.query, ""))
        return create_engine(url, poolclass=NullPool, isolation_level="READ COMMITTED")
    except (ArgumentError, ProgrammingError) as error:
        words = " ".join(str(error).split()).rstrip(".")
        raise DatabaseError(f"{_where(url)}: this URL can't be used: {words}.") from None


def _version(connection: Connection) -> str | None:
    """Give the version of the schema; None if there is none."""
    found = set(inspect(connection).get_table_names())
    if not found:
        return None
    where = _where(connection.engine.url)
    if not found >= _OURS:
        raise DatabaseError(f"{where}: it holds tables of another program; give an empty database.")
    return str(connection.scalar(select(tables.alembic_version.c.version_num)))


def _check_version(url: URL, version: str) -> None:
    if version != tables.VERSION:
        _check_age(url, version)
        raise DatabaseError(
            f"{_where(url)}: an older trustlist made it (schema {version}, this one has "
            f"{tables.VERSION}); run `trustlist database upgrade`."
        )


def _check_rows(connection: Connection) -> None:
    """Refuse to upgrade what is damaged: all checksums are made anew, and nothing would tell."""
    found = MetaData()
    found.reflect(connection)
    for table in found.sorted_tables:
        for row in checksums.wrong_rows(connection, table):
            key = " ".join(str(row[column.name]) for column in table.primary_key)
            raise damaged(connection.engine.url, f"{table.name} {key}")


def _check_age(url: URL, version: str) -> None:
    if not _VERSION.fullmatch(version):
        raise DatabaseError(f"{_where(url)}: {version} is no version of our schema.")
    if version > tables.VERSION:
        raise DatabaseError(
            f"{_where(url)}: a newer trustlist made it (schema {version}, this one knows "
            f"{tables.VERSION}); install the newest trustlist."
        )


# --- errors ----------------------------------------------------------------------------------


def _plain_words(error: DBAPIError) -> str | None:
    """Say what is wrong; None if it is the program's fault."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        if found := _GONE.match(str(cause)):
            return f"{found[0]}; see `trustlist database verify`"
        primary_code = "_".join(getattr(cause, "sqlite_errorname", "").split("_")[:2])
        return SQLITE_WORDS.get(primary_code)
    state = getattr(cause, "sqlstate", None) or ""
    if state in _GONE_STATES:
        return f"{str(cause).splitlines()[0]}; see `trustlist database verify`"
    words = _POSTGRESQL_WORDS.get(state)
    if words is None and isinstance(error, OperationalError | InterfaceError):
        words = "the server can't be used"
    if words is None and not state and isinstance(error, ProgrammingError):
        words = "this URL can't be used"  # the server was never reached
    return words and f"{words}: {' '.join(str(cause).split())[:300].rstrip('.?')}"
