"""The dictionary of the database says what is there, and what it advises works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, make_url

from pipeline.database import sql
from pipeline.database.engine import open_for_reading, transaction
from pipeline.database.sql import canned
from pipeline.errors import UsageError
from schemas import tables
from schemas.build import make_dictionary
from tests.snapshot_loader import SnapshotLoader, new_root

PAGE = make_dictionary.FILE.read_text("utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def block(kind: str) -> str:
    (found,) = (body for each, body in BLOCK.findall(PAGE) if each == kind)
    return str(found)


def test_the_page_is_up_to_date() -> None:
    assert make_dictionary.text() == PAGE, "run `make schemas`"


def test_it_tells_every_table_view_and_column_of_a_real_database(engine: Engine) -> None:
    sections = {
        part.split("\n", 1)[0]: re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)
        for part in re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]
    }
    there = inspect(engine)
    names = [*there.get_table_names(), *there.get_view_names()]
    assert set(sections) == set(names)
    for name in names:
        assert sections[name] == [column["name"] for column in there.get_columns(name)]


def test_every_column_is_explained() -> None:
    for table in (*tables.metadata.tables.values(), *tables.views.tables.values()):
        assert table.comment
        assert table.comment.endswith(".")
        for column in table.columns:
            assert column.comment, f"{table.name}.{column.name}"


def test_every_ready_query_is_listed_and_linked() -> None:
    linked = re.findall(r"\[`([\w-]+)`\]\((queries/[\w-]+\.sql)\)", PAGE)
    assert [name for name, _ in linked] == [query.name for query in canned.queries()]
    assert all((make_dictionary.FILE.parent / path).is_file() for _, path in linked)


def test_the_diagram_has_every_table_and_foreign_key(engine: Engine) -> None:
    diagram = block("mermaid")
    there = inspect(engine)
    for name in there.get_table_names():
        assert f"\n    {name} {{\n" in diagram
        for key in there.get_foreign_keys(name):
            assert f"    {key['referred_table']} ||--o{{ {name} : " in diagram


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_lines_for_pandas_work(
    loader: SnapshotLoader,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    loader.load({"12.7(1)": [new_root("A")]})
    monkeypatch.chdir(tmp_path)
    exec(block("python"), {})
    assert "12.7(1)   2040-01-01" in capsys.readouterr().out


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_analyst_s_role_can_ask_and_do_nothing_else(
    loader: SnapshotLoader, database_url: str, new_role: None
) -> None:
    loader.load({"12.7(1)": [new_root("A")]})
    url = make_url(database_url).set(username="analyst")
    engine = open_for_reading(url.render_as_string(hide_password=False))
    assert sql.run(engine, "SELECT count(*) FROM trust_list").rows == [[1]]
    for query in canned.queries():
        given = {"name": "A"} if query.name == "trusted-since" else {}
        sql.run(engine, query.sql, canned.values(query, given))
    for refused in (
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT lo_export(1, '/tmp/x')",
        "SELECT set_config('role', 'postgres', false)",
        "SELECT set_config('session_authorization', 'postgres', false)",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres'",
        "SELECT nextval('documents_id_seq')",
        "SELECT lo_create(0)",
    ):
        with pytest.raises(UsageError):
            sql.run(engine, refused)


@pytest.fixture
def new_role(engine: Engine) -> object:
    """The role that the page makes, with rights in the test's own schema."""
    with transaction(engine) as connection:
        schema = connection.exec_driver_sql("SELECT current_schema()").scalar()
        connection.exec_driver_sql(block("sql").replace("SCHEMA public", f"SCHEMA {schema}"))
    yield
    with transaction(engine) as connection:
        connection.exec_driver_sql("DROP OWNED BY analyst; DROP ROLE analyst")
