"""What is asked of one release or root reads its entries only: by SQLite's own program for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from pipeline.database.engine import open_for_reading, open_for_writing
from pipeline.database.sql import canned
from pipeline.questions import diff, expiring, find, show, snapshots
from tests.many_snapshots import ROOTS, fill, names

SHA1 = "02faf3e291435468607857694df5e45b68851868"
PRODUCT, RELEASES = names(0)
OLD, NEW = RELEASES[10], RELEASES[12]

pytestmark = pytest.mark.xdist_group("growth")  # the database is made once


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("growth") / "trustlist.db"
    fill(open_for_writing(f"sqlite:///{path}"), 50)
    return path


@pytest.fixture
def engine(path: Path) -> Engine:
    return open_for_reading(f"sqlite:///{path}")


def scans_entries(path: Path, statement: str, values: Any) -> bool:
    """Whether the table or an index of it is read from its beginning on."""
    connection = sqlite3.connect(path)
    try:
        of_entries = "SELECT rootpage FROM sqlite_master WHERE tbl_name = 'entries'"
        pages = {page for (page,) in connection.execute(of_entries)}
        program = connection.execute(f"EXPLAIN {statement}", values).fetchall()
    finally:
        connection.close()
    cursors = {p1 for _, opcode, p1, p2, *_ in program if opcode == "OpenRead" and p2 in pages}
    scanning = ("Rewind", "Last", "Count")
    return any(opcode in scanning and p1 in cursors for _, opcode, p1, *_ in program)


def statements(engine: Engine, ask: Callable[[], object]) -> list[tuple[str, Any]]:
    """Give what is asked of the database."""
    asked = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    ask()
    event.remove(engine, "before_cursor_execute", note)
    return [each for each in asked if each[0].lstrip().startswith(("SELECT", "WITH"))]


def test_a_scan_is_recognised(path: Path) -> None:
    for scanning in (
        "SELECT count(*) FROM entries",
        "SELECT max(page) FROM entries AS x",
        "SELECT * FROM root_history",
        "SELECT * FROM entries WHERE page = 3 ORDER BY snapshot_id DESC",
    ):
        assert scans_entries(path, scanning, ()), scanning
    for searching in ("SELECT page FROM entries WHERE snapshot_id = 3", "SELECT * FROM snapshots"):
        assert not scans_entries(path, searching, ()), searching


ASKED: dict[str, Callable[[Engine], object]] = {
    "diff": lambda engine: diff.diff(engine, OLD, NEW, product=PRODUCT),
    "show": lambda engine: show.show(engine, OLD, product=PRODUCT),
    "find": lambda engine: find.find(engine, "addtrust"),
    "find by fingerprint": lambda engine: find.find(engine, SHA1),
    "expiring": lambda engine: expiring.expiring(engine, OLD, product=PRODUCT),
    "expiring of all": lambda engine: expiring.expiring(engine),
    "snapshots": lambda engine: snapshots.snapshots(engine),
}


@pytest.mark.parametrize("question", ASKED)
def test_a_question_scans_no_entries(path: Path, engine: Engine, question: str) -> None:
    asked = statements(engine, lambda: ASKED[question](engine))
    assert asked
    for statement, values in asked:
        assert not scans_entries(path, statement, values), statement


@pytest.mark.parametrize("ready", canned.queries(), ids=lambda ready: ready.name)
def test_a_ready_query_scans_no_entries(path: Path, ready: canned.Query) -> None:
    given = {"name": "isrg"} if ready.name == "trusted-since" else {}
    if ready.name == "gone-since":
        given = {"product": PRODUCT}
    assert not scans_entries(path, ready.sql, canned.values(ready, given))


@pytest.mark.parametrize(
    "ready",
    [each for each in canned.queries() if "firmware" in {known.name for known in each.parameters}],
    ids=lambda ready: ready.name,
)
def test_a_ready_query_for_a_release_begins_with_it(path: Path, ready: canned.Query) -> None:
    connection = sqlite3.connect(path)
    plan = connection.execute(
        f"EXPLAIN QUERY PLAN {ready.sql}", canned.values(ready, {"firmware": OLD})
    ).fetchall()
    connection.close()
    steps = [detail for *_, detail in plan if detail.startswith(("SCAN e", "SEARCH e"))]
    assert set(steps) == {"SEARCH e USING PRIMARY KEY (snapshot_id=?)"}


@pytest.mark.parametrize(
    "text",
    [
        "trust_list WHERE product = :product AND firmware = :firmware",
        "trust_list WHERE firmware = :firmware",
        "trust_list WHERE fingerprint = :fingerprint",
        "root_history WHERE fingerprint = :fingerprint",
        "root_history WHERE product = :product",
        "changes WHERE product = :product AND to_firmware = :firmware",
        "changes WHERE product = :product",
    ],
)
def test_a_view_that_is_narrowed_scans_no_entries(path: Path, text: str) -> None:
    values = {"product": PRODUCT, "firmware": OLD, "fingerprint": SHA1}
    used = {name: value for name, value in values.items() if f":{name}" in text}
    assert not scans_entries(path, f"SELECT * FROM {text}", used)


def test_what_is_made_is_sound(engine: Engine) -> None:
    infos = snapshots.snapshots(engine, product=PRODUCT)
    assert len(infos) == 50
    assert {info.entries for info in infos} == {ROOTS}
    assert len({info.revision for info in infos}) == 2
    assert len(show.show(engine, OLD, product=PRODUCT).rows) == ROOTS
