"""The database opens, or one plain line says what, where and what to do."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event, insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from pipeline.database import engine as database
from pipeline.database.engine import firmware_order, open_for_reading, open_for_writing, transaction
from pipeline.errors import DatabaseError
from pipeline.firmware import Firmware
from schemas import tables
from schemas.tables import VERSION
from tests.snapshot_loader import SnapshotLoader, new_root

BOTH = pytest.mark.parametrize("opened", [open_for_reading, open_for_writing])
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def refusal(opened: object, url: str) -> str:
    assert callable(opened)
    with pytest.raises(DatabaseError) as caught:
        opened(url)
    message = str(caught.value)
    assert "\n" not in message
    return message


# --- opening ---------------------------------------------------------------------------------


def test_a_new_database_can_be_opened_again(database_url: str) -> None:
    for _ in range(2):
        with transaction(open_for_writing(database_url)) as connection:
            assert connection.scalar(text("SELECT version_num FROM alembic_version")) == VERSION
    with transaction(open_for_reading(database_url)) as connection:
        assert connection.execute(text("SELECT * FROM trust_list")).all() == []


def test_many_can_create_it_at_once(database_url: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        engines = list(pool.map(open_for_writing, [database_url] * 8))
    with transaction(engines[0]) as connection:
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1


def test_reading_creates_nothing(tmp_path: Path) -> None:
    path = tmp_path / "trustlist.db"
    message = refusal(open_for_reading, f"sqlite:///{path}")
    assert message == f"{path}: nothing is loaded; run `trustlist ingest` first."
    assert list(tmp_path.iterdir()) == []
    path.touch()
    assert refusal(open_for_reading, f"sqlite:///{path}") == message
    assert path.stat().st_size == 0


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    (tmp_path / "trustlist.db").touch()
    open_for_writing(f"sqlite:///{tmp_path}/trustlist.db")
    open_for_reading(f"sqlite:///{tmp_path}/trustlist.db")


def test_odd_file_names_are_taken_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a b#%41?.db"
    open_for_writing(f"sqlite:///{str(path).replace('?', '%3F').replace('%41', '%2541')}")
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@BOTH
def test_a_directory_that_is_not_there(opened: object, tmp_path: Path) -> None:
    message = refusal(opened, f"sqlite:///{tmp_path}/none/trustlist.db")
    assert f"the directory {tmp_path}/none doesn't exist" in message


@BOTH
def test_a_directory_is_no_database(opened: object, tmp_path: Path) -> None:
    assert "this is a directory" in refusal(opened, f"sqlite:///{tmp_path}")


@BOTH
def test_a_file_that_is_no_database(opened: object, tmp_path: Path) -> None:
    path = tmp_path / "list.pdf"
    path.write_bytes(b"%PDF-1.7\n" * 1000)
    assert "not a SQLite database" in refusal(opened, f"sqlite:///{path}")
    assert path.read_bytes() == b"%PDF-1.7\n" * 1000


@BOTH
def test_a_database_of_another_program(opened: object, tmp_path: Path) -> None:
    path = tmp_path / "places.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    before = path.read_bytes()
    assert "tables of another program" in refusal(opened, f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_a_place_that_can_not_be_written() -> None:
    message = refusal(open_for_writing, "sqlite:////proc/trustlist.db")
    assert message.startswith("/proc/trustlist.db: ")
    assert "can't be opened" in message


@BOTH
@pytest.mark.parametrize("url", ["trustlist.db", "", "mysql://me:secret@host/name", "oracle://x"])
def test_what_is_no_url_of_ours(opened: object, url: str) -> None:
    message = refusal(opened, url)
    assert "sqlite:///trustlist.db" in message
    assert "secret" not in message


@BOTH
@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///x.db?mode=ro"])
def test_sqlite_needs_a_plain_file(opened: object, url: str) -> None:
    assert "names no file" in refusal(opened, url)


@BOTH
@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_server_without_its_driver(
    opened: object, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    message = refusal(opened, f"{scheme}://me:secret@host/name")
    assert "driver for PostgreSQL is missing" in message
    assert "secret" not in message


@BOTH
def test_a_server_that_is_not_there(opened: object) -> None:
    pytest.importorskip("psycopg")
    message = refusal(opened, "postgresql://me:secret@127.0.0.1:1/name")
    assert "server can't be used" in message
    assert "secret" not in message


# --- using -----------------------------------------------------------------------------------


def test_reading_changes_nothing(engine: Engine, database_url: str) -> None:
    with (
        pytest.raises(DatabaseError, match="can't be written"),
        transaction(open_for_reading(database_url)) as connection,
    ):
        connection.execute(text("DELETE FROM alembic_version"))


@ON_SQLITE
def test_whoever_finds_it_locked_is_told_in_plain_words(engine: Engine, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "trustlist.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    @event.listens_for(engine, "connect")
    def _be_impatient(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA busy_timeout = 1")

    with pytest.raises(DatabaseError, match="another program kept it locked"):
        SnapshotLoader(engine).load({"12.7(1)": [new_root("A")]})
    other.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_whoever_waits_too_long_on_postgresql_is_told_in_plain_words(
    engine: Engine, postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg

    begin = database._AT_BEGIN["postgresql", "write"]
    impatient = [statement.replace("'60s'", "'1ms'") for statement in begin]
    monkeypatch.setitem(database._AT_BEGIN, ("postgresql", "write"), impatient)
    with psycopg.connect(postgresql) as other:
        other.execute(begin[-1])
        with pytest.raises(DatabaseError, match="another program kept it locked"):
            SnapshotLoader(engine).load({"12.7(1)": [new_root("A")]})
    SnapshotLoader(engine).load({"12.7(1)": [new_root("A")]})


@ON_SQLITE
def test_a_full_disk_is_told_in_plain_words_and_loses_nothing(engine: Engine) -> None:
    loader = SnapshotLoader(engine)
    loader.load({"12.7(1)": [new_root("A")]})

    @event.listens_for(engine, "connect")
    def _fill_the_disk(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    with pytest.raises(DatabaseError, match="the disk is full"):
        loader.load({"12.8(1)": [new_root(f"{number:060}") for number in range(100)]})
    with transaction(engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM trust_list")) == 1


def test_an_error_of_the_program_is_not_hidden(engine: Engine) -> None:
    missing = "no such table|does not exist"
    with pytest.raises(Exception, match=missing), transaction(engine) as connection:
        connection.execute(text("SELECT * FROM nonsense"))


CRASH = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 1")
connection.execute("BEGIN IMMEDIATE")
connection.execute("DELETE FROM certificates")
connection.execute("UPDATE printed_rows SET subject = 'lost'")
for number in range(200):
    connection.execute(
        "INSERT INTO documents (id, sha256, name, title, pages, checksum)"
        " VALUES (?, ?, ?, '', 1, x'00')",
        (number + 10, f"{number:064}", "x" * 4000),
    )
os.kill(os.getpid(), signal.SIGKILL)
"""


@ON_SQLITE
def test_a_reader_finds_all_as_it_was_before_a_crash(
    loader: SnapshotLoader, tmp_path: Path
) -> None:
    loader.load({"12.7(1)": [new_root("A")]})
    path = tmp_path / "trustlist.db"
    before = path.read_bytes()
    crashed = subprocess.run([sys.executable, "-c", CRASH, str(path)], check=False)
    assert crashed.returncode == -signal.SIGKILL
    assert path.read_bytes() != before
    with transaction(open_for_reading(f"sqlite:///{path}")) as connection:
        rows = connection.execute(text("SELECT subject, evidence FROM trust_list")).all()
    assert rows == [("CN=A", "proven")]


@contextmanager
def as_nobody() -> Iterator[None]:
    """Act without root's right to write everything, if we have it."""
    user = os.geteuid()
    os.seteuid(user or 65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_file_that_is_read_only() -> None:
    with TemporaryDirectory() as name:  # pytest's own is closed to nobody
        path = Path(name, "trustlist.db")

        def load(url: str, release: str) -> None:
            SnapshotLoader(open_for_writing(url)).load({release: [new_root("A")]})

        load(f"sqlite:///{path}", "12.7(1)")
        path.chmod(0o444)
        Path(name).chmod(0o777)
        with as_nobody():
            assert "can't be written" in refusal(
                lambda url: load(url, "12.8(1)"), f"sqlite:///{path}"
            )
            open_for_reading(f"sqlite:///{path}")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_rights_on_postgresql(loader: SnapshotLoader, database_url: str) -> None:
    """What the README says that it takes to load, and to ask."""
    import psycopg

    loader.load({"12.7(1)": [new_root("A")]})
    schema = database_url.rpartition("%3D")[2]
    grants = {
        "loader": "SELECT, INSERT, UPDATE ON ALL TABLES",
        "asker": "SELECT ON ALL TABLES",
        "nobody": "SELECT ON sightings",
    }
    with psycopg.connect(database_url, autocommit=True) as connection:
        for name, rights in grants.items():
            scope = f" IN SCHEMA {schema}" if rights.endswith("ALL TABLES") else ""
            connection.execute(f"CREATE ROLE {schema}_{name} LOGIN")
            connection.execute(f"GRANT USAGE ON SCHEMA {schema} TO {schema}_{name}")
            connection.execute(f"GRANT {rights}{scope} TO {schema}_{name}")
        sequences = f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {schema}_loader"
        connection.execute(sequences)

    def url(name: str) -> str:
        return database_url.replace("postgres:@", f"{schema}_{name}@")

    SnapshotLoader(open_for_writing(url("loader"))).load({"12.8(1)": [new_root("B")]})
    with transaction(open_for_reading(url("asker"))) as connection:
        assert connection.scalar(text("SELECT count(*) FROM trust_list")) == 2
    with pytest.raises(DatabaseError, match="it can't be used: permission denied for table"):
        SnapshotLoader(open_for_writing(url("asker"))).load({"12.9(1)": [new_root("C")]})
    assert "permission denied for table" in refusal(open_for_reading, url("nobody"))


# --- the schema ------------------------------------------------------------------------------


def test_foreign_keys_are_enforced(engine: Engine) -> None:
    entry = insert(tables.entries).values(snapshot_id=1, position=1, page=1, printed_row_id=1)
    with pytest.raises(IntegrityError), transaction(engine) as connection:
        connection.execute(entry)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("fingerprint", "A" * 40),
        ("fingerprint", "a" * 39),
        ("fingerprint", "g" * 40),
        ("fingerprint_sha256", "a" * 40),
        ("spki_sha256", ""),
        ("not_after", "30.05.2020"),
        ("not_before", "infinity"),
        ("not_before", 951905318),
    ],
)
def test_a_bad_value_is_refused(loader: SnapshotLoader, column: str, value: object) -> None:
    loader.load({"12.7(1)": [new_root("A")]})
    with pytest.raises(DBAPIError), transaction(loader.engine) as connection:
        connection.execute(text(f"UPDATE certificates SET {column} = :value"), {"value": value})


@ON_SQLITE
def test_a_time_is_written_in_one_way(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [new_root("A")]})
    with pytest.raises(IntegrityError), transaction(loader.engine) as connection:
        connection.execute(text("UPDATE certificates SET not_after = '2020-05-30T10:48:38Z'"))


@ON_SQLITE
@pytest.mark.parametrize(
    "view",
    [
        "trust_list WHERE firmware = 'x'",
        "trust_list WHERE product = 'x' AND firmware = 'x' AND revision = 1",
        "trust_list WHERE fingerprint = 'x'",
        "trust_list WHERE document_sha256 = 'x'",
        "latest_revisions WHERE product = 'x'",
        "changes WHERE product = 'x' AND to_firmware = 'x'",
        "root_history WHERE fingerprint = 'x'",
        "programme_status WHERE fingerprint = 'x'",
        "programme_status WHERE programme = 'x' AND last_seen > 'x'",
    ],
)
def test_an_index_serves_what_is_asked_of_a_view(engine: Engine, view: str) -> None:
    with transaction(engine) as connection:
        plan = connection.execute(text(f"EXPLAIN QUERY PLAN SELECT * FROM {view}")).all()
    # e and f are entries, p and q printed rows, c certificates, d documents
    assert [row.detail for row in plan if re.match("SCAN [efpqcd]( |$)", row.detail)] == []
    if "changes" not in view:  # which lines up all snapshots, but not their entries
        assert [row.detail for row in plan if re.match("SCAN [sn]( |$)", row.detail)] == []


def test_every_table_and_column_is_explained() -> None:
    for table in (*tables.metadata.sorted_tables, *tables.views.sorted_tables):
        assert table.comment, table
        assert [column for column in table.columns if not column.comment] == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_keeps_the_explanations(engine: Engine) -> None:
    described = text(
        "SELECT c.relname, a.attname, obj_description(c.oid), col_description(c.oid, a.attnum)"
        " FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0"
        " WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'v')"
    )
    with transaction(engine) as connection:
        found = {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(described)}
    assert found == {
        (table.name, column.name): (table.comment, column.comment)
        for table in (*tables.metadata.sorted_tables, *tables.views.sorted_tables)
        for column in table.columns
    }


def test_the_columns_of_the_views_are_those_the_models_have(engine: Engine) -> None:
    assert set(tables.views.tables) == set(tables.VIEWS)
    with transaction(engine) as connection:
        for view in tables.views.sorted_tables:
            found = connection.execute(text(f"SELECT * FROM {view.name}")).keys()
            assert list(found) == list(view.columns.keys())


NUMBER = st.integers(0, 999)
RELEASES = st.builds(Firmware, NUMBER, NUMBER, NUMBER, NUMBER) | st.builds(Firmware, NUMBER, NUMBER)


@given(RELEASES, RELEASES)
def test_the_database_sorts_releases_as_cisco_does(a: Firmware, b: Firmware) -> None:
    assert (firmware_order(a) < firmware_order(b)) == (a < b)
    assert (firmware_order(a) == firmware_order(b)) == (a == b)
