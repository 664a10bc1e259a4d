"""SQL of one's own: what it gives, and that it can do nothing but read, on both engines."""

from __future__ import annotations

import hashlib
import re
import sqlite3
import subprocess
import sys
import time
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from pipeline.database import sql
from pipeline.database.engine import open_for_reading
from pipeline.database.sql.statement import Statement
from pipeline.errors import DatabaseError, UsageError
from tests.snapshot_loader import SnapshotLoader, new_root

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

ONLY_READING = "Only reading is allowed (SELECT, WITH … SELECT, VALUES)."
ONE_STATEMENT = "Give one statement; there is more after the semicolon."
ENDLESS = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) "
END = datetime(2020, 5, 30, 10, 48, 38, tzinfo=UTC)


@pytest.fixture
def loaded(loader: SnapshotLoader, database_url: str) -> Engine:
    a, b = new_root("A", END), new_root("B")
    loader.load({"12.7(1)": [a, b], "12.8(1)": [b]})
    return open_for_reading(database_url)


def refusal(engine: Engine, text: str, **options: float) -> str:
    with pytest.raises(UsageError) as caught:
        sql.run(engine, text, **options)
    message = str(caught.value)
    assert "\n" not in message
    return message


def contents(engine: Engine) -> list[object]:
    """What is in every table, and which tables there are."""
    tables = "documents snapshots entries printed_rows certificates sightings alembic_version"
    with engine.connect() as connection:
        names = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master ORDER BY name"
            if engine.dialect.name == "sqlite"
            else "SELECT relname FROM pg_class ORDER BY relname"
        ).all()
        rows = [
            connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1").all()
            for table in tables.split()
        ]
    return [names, rows]


# --- what it gives ---------------------------------------------------------------------------


def test_the_rows_are_the_same_on_both_engines(loaded: Engine) -> None:
    result = sql.run(
        loaded,
        "SELECT t.firmware, t.not_after, t.key_bits, t.serial_number, h.in_latest, "
        "t.fingerprint_sha256 IS NULL, s.digest, NULL AS none, 1.5 AS number "
        "FROM trust_list AS t "
        "JOIN root_history AS h ON h.fingerprint = t.fingerprint "
        "JOIN snapshots AS s ON s.firmware = t.firmware "
        "WHERE t.not_after < :day AND t.key_bits > :bits ORDER BY t.firmware",
        {"day": "2020-06-01", "bits": 255},
    )
    (row,) = result.rows
    digest = row.pop(6)
    assert isinstance(digest, bytes)
    assert len(digest) == 32
    assert row == ["12.7(1)", "2020-05-30 10:48:38", 256, "0f", 0, 0, None, 1.5]
    assert result.columns[:4] == ["firmware", "not_after", "key_bits", "serial_number"]
    assert result.columns[-2:] == ["none", "number"]
    assert not result.truncated


def test_sums_and_averages_are_numbers(loaded: Engine) -> None:
    (row,) = sql.run(loaded, "SELECT sum(key_bits), avg(key_bits), count(*) FROM trust_list").rows
    assert row == [768, 256, 3]
    assert isinstance(row[0], int)


@POSTGRESQL
def test_times_are_the_same_whatever_the_server_prefers(loaded: Engine, database_url: str) -> None:
    preferring = f"{database_url}%20-cdatestyle%3DGerman%20-ctimezone%3DAsia/Tokyo"
    text = "SELECT timestamptz '2020-05-30 12:48:38+02', date '2020-05-30'"
    found = sql.run(open_for_reading(preferring), text).rows
    assert found == [["2020-05-30 10:48:38", "2020-05-30"]]


@POSTGRESQL
def test_what_only_postgresql_has_becomes_plain(loaded: Engine) -> None:
    (row,) = sql.run(
        loaded,
        """SELECT true, 'NaN'::numeric, 'Infinity'::numeric, 12.50, date '2020-05-30', ARRAY[1, 2],
        '{"a": "ő"}'::jsonb, 'infinity'::timestamptz, '\\x00ff'::bytea, interval '1 day',
        2^70::numeric, timestamptz '2020-05-30 12:48:38+02', '127.0.0.1'::inet""",
    ).rows
    assert str(row.pop(1)) == "nan"
    assert row == [
        *(1, float("inf"), 12.5, "2020-05-30", "[1, 2]", '{"a": "ő"}', "infinity", b"\x00\xff"),
        *("1 day", 2**70, "2020-05-30 10:48:38", "127.0.0.1"),
    ]


@SQLITE
def test_text_that_is_no_utf8_is_spelled_out(loaded: Engine) -> None:
    assert sql.run(loaded, "SELECT CAST(x'61ff' AS TEXT)").rows == [["a\\xff"]]


def test_a_limit_says_that_it_cuts(loaded: Engine) -> None:
    for limit, rows, truncated in ((2, 2, True), (3, 3, False), (4, 3, False), (None, 3, False)):
        result = sql.run(loaded, "SELECT position FROM trust_list", limit=limit)
        assert (len(result.rows), result.truncated) == (rows, truncated)


def test_memory_does_not_grow_with_the_rows(loaded: Engine) -> None:
    def peak(rows: int) -> int:
        numbers = f"{ENDLESS} SELECT n, '{'x' * 1000}' FROM c LIMIT {rows}"
        tracemalloc.start()
        with sql.ask(loaded, numbers) as answer:
            assert sum(1 for _ in answer.rows) == rows
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert peak(20_000) < 1.5 * peak(2_000)


# --- parameters ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("SELECT :x || ''", "'; DROP TABLE entries; --"),
        ("SELECT ':y', :x || '' -- :z", "a"),
        ("SELECT '%', :x || ''  /* :y */ WHERE 'a' LIKE '%a%'", "100 %s"),
        ('SELECT 1 AS ":y", :x||:x', "a"),
        ("SELECT :x || '';", ""),
        ("SELECT :x || '' ; -- ; done", "a"),
    ],
)
def test_values_are_bound(loaded: Engine, text: str, value: str) -> None:
    *_, found = sql.run(loaded, text, {"x": value}).rows[0]
    assert found == (value * 2 if ":x||:x" in text else value)


def test_numbers_are_numbers(loaded: Engine) -> None:
    for text in ("SELECT 2 WHERE 5 > :n", "SELECT 1 + :n", "SELECT 2 FROM trust_list LIMIT :n"):
        assert sql.run(loaded, text, {"n": 1}).rows == [[2]]


def test_parameters_that_are_missing_or_too_many_are_named(loaded: Engine) -> None:
    assert refusal(loaded, "SELECT :a, :b") == (
        "The SQL needs a value for :a; add --param a=VALUE."
    )
    with pytest.raises(UsageError, match="There is no parameter :b in the SQL"):
        sql.run(loaded, "SELECT ':b'", {"b": 1})


def test_only_one_way_to_write_parameters_is_known(loaded: Engine) -> None:
    ways = {"sqlite": ("?", "?1", "@x", "$x"), "postgresql": ("$1",)}
    for way in ways[loaded.dialect.name]:
        assert refusal(loaded, f"SELECT {way}") == (
            "Write parameters as :name in the SQL, and give them with --param name=VALUE."
        )


def test_what_ends_a_statement_may_be_repeated(loaded: Engine) -> None:
    for text in ("SELECT 1;", "SELECT 1;;", "SELECT 1 ; /* a */ ; -- b"):
        assert sql.run(loaded, text).rows == [[1]]


@POSTGRESQL
def test_postgresql_s_own_spellings_hold_no_parameters(loaded: Engine) -> None:
    text = r"SELECT E'it\'s :a', $$ :b $$, $x$ :c $x$, '1'::int, (ARRAY[1, 2])[1:2]"
    assert sql.run(loaded, text).rows == [["it's :a", " :b ", " :c ", 1, "[1, 2]"]]


@given(
    st.lists(
        st.sampled_from(
            [*("'", '"', ":a", ":b", "::", "--", "\n", "/*", "*/", "$$", "x", " ", "\\", "e'")]
        )
    ).map("".join)
)
def test_marking_changes_only_what_is_named(text: str) -> None:
    try:
        statement = Statement.parse(f"SELECT {text}")
    except UsageError:
        return
    assert statement.marked(lambda name: f":{name}") == statement.sql
    marked = statement.marked(lambda name: f"<{name}>")
    assert set(re.findall(r"<(\w+)>", marked)) == set(statement.names)


# --- only reading ----------------------------------------------------------------------------

WRITES = {
    "DELETE FROM entries": ONLY_READING,
    "delete from entries": ONLY_READING,
    "INSERT INTO sightings SELECT * FROM sightings": ONLY_READING,
    "UPDATE snapshots SET product = 'x'": ONLY_READING,
    "DROP TABLE entries": ONLY_READING,
    "DROP VIEW trust_list": ONLY_READING,
    "ALTER TABLE entries ADD x integer": ONLY_READING,
    "CREATE TABLE x (a integer)": ONLY_READING,
    "CREATE TEMP TABLE x (a integer)": ONLY_READING,
    "CREATE TEMP TABLE x AS SELECT * FROM entries": ONLY_READING,
    "CREATE VIEW x AS SELECT 1": ONLY_READING,
    "CREATE INDEX x ON entries (page)": ONLY_READING,
    "REINDEX": ONLY_READING,
    "ANALYZE": ONLY_READING,
    "VACUUM": ONLY_READING,
    "BEGIN": ONLY_READING,
    "COMMIT": ONLY_READING,
    "ROLLBACK": ONLY_READING,
    "SAVEPOINT x": ONLY_READING,
    "SELECT 1; DROP TABLE entries": ONE_STATEMENT,
    "COMMIT; DROP TABLE entries": ONE_STATEMENT,
    "": "There is no SQL; give a SELECT.",
    " ; -- nothing": "There is no SQL; give a SELECT.",
}
SQLITE_WRITES = {
    "ATTACH 'other.db' AS other": ONLY_READING,
    "DETACH main": ONLY_READING,
    "VACUUM INTO 'other.db'": ONLY_READING,
    "PRAGMA writable_schema = 1": ONLY_READING,
    "PRAGMA user_version = 3": ONLY_READING,
    "PRAGMA journal_mode = WAL": ONLY_READING,
    "PRAGMA query_only = 0": ONLY_READING,
    "UPDATE sqlite_master SET sql = ''": "SQLite doesn't take this: "
    "table sqlite_master may not be modified.",
    "WITH a AS (SELECT 1) DELETE FROM entries": ONLY_READING,
    "CREATE VIRTUAL TABLE temp.x USING fts5(a)": ONLY_READING,
    "CREATE TRIGGER x AFTER DELETE ON entries BEGIN SELECT 1; END": ONE_STATEMENT,
    "REPLACE INTO sightings SELECT * FROM sightings": ONLY_READING,
    "EXPLAIN DELETE FROM entries": ONLY_READING,
    "SELECT load_extension('./x.so')": "The function load_extension is refused.",
    "SELECT LOAD_EXTENSION('./x.so', 'f')": "The function load_extension is refused.",
    "SELECT writefile('other', 'x')": "SQLite doesn't take this: no such function: writefile.",
}
POSTGRESQL_WRITES = {
    "WITH a AS (SELECT 1) DELETE FROM entries": "PostgreSQL doesn't take this: "
    'syntax error at or near "DELETE".',
    "WITH a AS (DELETE FROM entries RETURNING 1) SELECT * FROM a": ONLY_READING,
    "SET TRANSACTION READ WRITE": ONLY_READING,
    "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE": ONLY_READING,
    "RESET ALL": ONLY_READING,
    "SELECT set_config('transaction_read_only', 'off', false)": "PostgreSQL doesn't take this: "
    "transaction read-write mode must be set before any query.",
    "SELECT nextval('documents_id_seq')": "",
    "SELECT setval('documents_id_seq', 9)": "",
    "SELECT * INTO x FROM entries": "PostgreSQL doesn't take this: "
    "SELECT ... INTO is not allowed here.",
    "SELECT * FROM entries FOR UPDATE": ONLY_READING,
    "COPY entries TO PROGRAM 'cat'": ONLY_READING,
    "COPY entries FROM PROGRAM 'cat'": ONLY_READING,
    "DO 'BEGIN DELETE FROM entries; END'": ONLY_READING,
    "TRUNCATE entries": ONLY_READING,
    "LOCK TABLE entries": ONLY_READING,
    "EXPLAIN ANALYZE DELETE FROM entries": ONLY_READING,
    "NOTIFY x": ONLY_READING,
    "SELECT query_to_xml('DELETE FROM entries', true, true, '')": ONLY_READING,
    "SELECT lo_create(0)": ONLY_READING,
    "SELECT lo_import('/etc/passwd')": "PostgreSQL doesn't take this: "
    "permission denied for function lo_import.",
    "SELECT lo_export(1, '/tmp/x')": "PostgreSQL doesn't take this: "
    "permission denied for function lo_export.",
    "SELECT pg_read_file('/etc/passwd')": "PostgreSQL doesn't take this: "
    "permission denied for function pg_read_file.",
    "SELECT pg_ls_dir('.')": "PostgreSQL doesn't take this: "
    "permission denied for function pg_ls_dir.",
    "SELECT pg_reload_conf()": "PostgreSQL doesn't take this: "
    "permission denied for function pg_reload_conf.",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()": "",
}


def test_what_writes_is_refused_in_one_line_and_nothing_changes(
    loaded: Engine, tmp_path: Path
) -> None:
    is_sqlite = loaded.dialect.name == "sqlite"
    before = contents(loaded)
    path = tmp_path / "trustlist.db"
    digest = hashlib.sha256(path.read_bytes()).digest() if is_sqlite else b""
    for text, message in (WRITES | (SQLITE_WRITES if is_sqlite else POSTGRESQL_WRITES)).items():
        told = refusal(loaded, text)
        assert told == message or not message, text
    assert contents(loaded) == before
    if is_sqlite:
        assert hashlib.sha256(path.read_bytes()).digest() == digest
        assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_the_engine_itself_refuses_not_our_reading_of_the_sql(
    loaded: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Statement, "parse", lambda text: Statement(text, ()))
    before = contents(loaded)
    for text in (
        "SELECT 1; DROP TABLE entries",
        "COMMIT; DROP TABLE entries",
        "DELETE FROM entries",
    ):
        refusal(loaded, text)
    assert contents(loaded) == before


@SQLITE
def test_the_schema_can_be_read(loaded: Engine) -> None:
    names = [row[1] for row in sql.run(loaded, "PRAGMA table_info(programme_status)").rows]
    assert names == ["fingerprint", "programme", "first_seen", "last_seen", "present_now"]
    assert sql.run(loaded, "SELECT count(*) FROM pragma_table_info('entries')").rows == [[4]]
    assert sql.run(loaded, "SELECT value FROM json_each('[7]')").rows == [[7]]
    assert sql.run(loaded, "EXPLAIN QUERY PLAN SELECT * FROM entries").rows


# --- limits ----------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", ["count(*)", "n", "*, max(n) OVER ()"])
def test_an_endless_query_is_stopped(loaded: Engine, columns: str) -> None:
    message = refusal(loaded, f"{ENDLESS} SELECT {columns} FROM c", timeout=1.5)
    assert message == ("Stopped after 1.5 seconds; ask for less, or give it longer with --timeout.")


@SQLITE
@pytest.mark.parametrize(
    "call",
    [
        "instr(a.x, b.x || 'b')",
        "length(replace(a.x, b.x || 'b', ''))",
        "a.x LIKE '%' || substr(b.x, 1, 900) || 'b'",
        "a.x GLOB '*' || substr(b.x, 1, 900) || 'b'",
        "hex(randomblob(100000))",
    ],
)
def test_what_can_not_be_interrupted_is_short(loaded: Engine, call: str) -> None:
    size = "printf('%.*c', {}, 'a')"
    text = (
        f"{ENDLESS} SELECT sum({call}) FROM c, (SELECT {size.format(249_000)} AS x) AS a, "
        f"(SELECT {size.format(125_000)} AS x) AS b"
    )
    start = time.process_time()
    assert refusal(loaded, text, timeout=1).startswith("Stopped after 1 second")
    assert time.process_time() - start < 20  # a call of this kind, unbounded, takes minutes


@POSTGRESQL
def test_a_query_can_not_lift_its_own_limit(loaded: Engine) -> None:
    text = (  # rows to fetch once, and then one that is not to be waited for
        "SELECT set_config('statement_timeout', '0', false), "
        "pg_sleep(CASE WHEN n > 100 THEN 600 ELSE 0 END) FROM generate_series(1, 101) AS n"
    )
    assert refusal(loaded, text, timeout=1.5).startswith("Stopped after 1.5 seconds")


@SQLITE
def test_a_value_has_a_size(loaded: Engine) -> None:
    assert refusal(loaded, "SELECT hex(zeroblob(900000000))") == (
        "SQLite doesn't take this: string or blob too big."
    )


# --- the database ----------------------------------------------------------------------------


def test_what_the_engine_says_is_one_line(loaded: Engine) -> None:
    assert "nosuch" in refusal(loaded, "SELECT nosuch\nFROM entries")
    assert 'near "1"' in refusal(loaded, "SELECT a 1")


@SQLITE
def test_a_file_that_may_only_be_read_is_enough(loaded: Engine, tmp_path: Path) -> None:
    path = tmp_path / "trustlist.db"
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        assert sql.run(loaded, "SELECT count(*) FROM entries").rows == [[3]]
    finally:
        tmp_path.chmod(0o755)


LEAVE_A_JOURNAL = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 1")  # so that pages are written before the end
connection.execute("BEGIN IMMEDIATE")
connection.execute("DELETE FROM entries")
connection.execute("UPDATE certificates SET der = zeroblob(9000)")
os._exit(9)
"""


@SQLITE
def test_what_a_killed_writer_left_is_rolled_back_first(loaded: Engine, tmp_path: Path) -> None:
    path = tmp_path / "trustlist.db"
    subprocess.run([sys.executable, "-c", LEAVE_A_JOURNAL, path], check=False)
    journal = tmp_path / "trustlist.db-journal"
    assert journal.stat().st_size
    with pytest.raises(sqlite3.OperationalError):  # who may only read can't
        sqlite3.connect(f"file:{path}?mode=ro", uri=True).execute("SELECT count(*) FROM entries")
    assert sql.run(loaded, "SELECT count(*) FROM entries").rows == [[3]]
    assert not journal.exists()


@SQLITE
def test_a_damaged_file_is_told(loaded: Engine, tmp_path: Path) -> None:
    path = tmp_path / "trustlist.db"
    data = bytearray(path.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(DatabaseError, match="it is damaged"):
        sql.run(loaded, "SELECT * FROM trust_list")


@POSTGRESQL
def test_a_server_that_goes_away_is_told(loaded: Engine) -> None:
    end = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE pid <> pg_backend_pid() AND position('answer' in query) > 0"
    )

    def ask_and_lose() -> None:
        with loaded.connect() as other, sql.ask(loaded, f"{ENDLESS} SELECT n FROM c") as answer:
            next(answer.rows)
            assert other.exec_driver_sql(end).all()
            list(answer.rows)

    with pytest.raises(DatabaseError, match="the server can't be used"):
        ask_and_lose()
