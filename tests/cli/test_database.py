"""`trustlist database`: what a person sees of upgrades, checks and copies."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from schemas.tables import VERSION
from tests.commandline import SAMPLES, Run

KEPT = Path(__file__).resolve().parents[1] / "databases"


# --- verify ----------------------------------------------------------------------------------


@pytest.fixture
def copy(samples_url: str, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(samples_url.removeprefix('sqlite:///'), tmp_path / 'copy.db')}"


def test_the_samples_are_whole(ask: Run) -> None:
    result = ask("database", "verify")
    assert (result.code, result.err) == (0, "")
    assert result.out == "Nothing is wrong: 154 certificates and 3 snapshots with 426 entries.\n"


def test_each_fault_is_a_line(run: Run, copy: str) -> None:
    connection = sqlite3.connect(copy.removeprefix("sqlite:///"))
    connection.execute("UPDATE entries SET page = 9 WHERE position = 1")
    connection.commit()
    connection.close()
    result = run("--database", copy, "database", "verify")
    assert result.code == 4
    lines = result.out.splitlines()
    assert lines[0].startswith("3 faults among ")
    assert len([line for line in lines if "not those that were loaded" in line]) == 3
    rows = run("--database", copy, "database", "verify", "--format", "csv").out.splitlines()
    assert rows[0] == "table,key,text"
    assert len(rows) == 4


# --- backup ----------------------------------------------------------------------------------


def test_a_copy_is_the_same_and_nothing_else_is_left(
    run: Run, samples_url: str, tmp_path: Path
) -> None:
    result = run("--database", samples_url, "database", "backup", "copy.db")
    size = (tmp_path / "copy.db").stat().st_size
    assert (result.code, result.out) == (0, f"Wrote copy.db: {size:,} bytes.\n")
    assert [each.name for each in tmp_path.iterdir()] == ["copy.db"]
    for command in (["snapshots"], ["show", "12.7"], ["diff", "12.7", "12.8"]):
        answers = [run("--database", url, *command) for url in (samples_url, "sqlite:///copy.db")]
        assert answers[0] == answers[1]
    assert run("--database", "sqlite:///copy.db", "database", "verify").code == 0


def test_a_file_is_replaced_only_if_that_is_said(
    run: Run, samples_url: str, tmp_path: Path
) -> None:
    (tmp_path / "diary.txt").write_text("Dear diary")
    backup = ("--database", samples_url, "database", "backup", "diary.txt")
    result = run(*backup)
    assert result.code == 2
    assert result.err == "diary.txt: it is there already; give another file, or --force.\n"
    assert (tmp_path / "diary.txt").read_text() == "Dear diary"
    assert run(*backup, "--force").out.startswith("Replaced diary.txt: ")
    assert run("--database", "sqlite:///diary.txt", "show", "12.7").code == 0


def test_a_copy_goes_not_where_the_database_is(run: Run, copy: str) -> None:
    result = run("--database", copy, "database", "backup", "./copy.db", "--force")
    assert (result.code, result.out) == (2, "")
    assert result.err == "copy.db: this is the database itself; give another file.\n"
    assert run("--database", copy, "database", "verify").code == 0


@pytest.mark.parametrize("file", ["nosuch/copy.db", "."])
def test_a_copy_that_can_not_be_written(run: Run, samples_url: str, file: str) -> None:
    result = run("--database", samples_url, "database", "backup", file, "--force")
    assert (result.code, result.out) == (2, "")
    assert len(result.err.splitlines()) == 1


def test_postgresql_has_its_own_copies(run: Run, samples_on_postgresql: str) -> None:
    result = run("--database", samples_on_postgresql, "database", "backup", "copy.db")
    assert (result.code, result.out) == (2, "")
    assert len(result.err.splitlines()) == 1
    assert "pg_dump" in result.err


def test_there_is_nothing_to_copy(run: Run, tmp_path: Path) -> None:
    assert run("database", "backup", "copy.db").code == 4
    assert list(tmp_path.iterdir()) == []


# --- upgrade ---------------------------------------------------------------------------------

QUESTIONS = (
    ["snapshots"],
    ["show", "12.8"],
    ["diff", "12.7", "12.8"],
    ["find", "isrg"],
    ["expiring"],
    ["enrich"],
    ["query", "SELECT 1"],
    ["export", "12.8", "--format", "pem"],
    ["catalogue", "info"],
    ["database", "verify"],
    ["ingest", SAMPLES[0]],
)


@pytest.mark.parametrize("command", QUESTIONS, ids=lambda command: command[0])
def test_every_command_tells_an_old_database(
    run: Run, tmp_path: Path, command: list[object]
) -> None:
    path = shutil.copy(KEPT / "0001.db", tmp_path / "old.db")
    result = run("--database", f"sqlite:///{path}", *command)
    assert (result.code, result.out) == (4, "")
    assert result.err == (
        f"{path}: an older trustlist made it (schema 0001, this one has {VERSION}); "
        "run `trustlist database upgrade`.\n"
    )
    assert path.read_bytes() == (KEPT / "0001.db").read_bytes()


def test_an_old_database_is_copied_as_it_is(run: Run, tmp_path: Path) -> None:
    """Before an upgrade is when a copy is wanted."""
    path = shutil.copy(KEPT / "0001.db", tmp_path / "old.db")
    assert run("--database", f"sqlite:///{path}", "database", "backup", "copy.db").code == 0
    assert run("--database", "sqlite:///copy.db", "database", "upgrade").code == 0
    assert path.read_bytes() == (KEPT / "0001.db").read_bytes()


def test_an_upgrade_says_what_it_did(run: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{shutil.copy(KEPT / '0001.db', tmp_path / 'old.db')}"
    upgraded = run("--database", url, "database", "upgrade")
    assert upgraded.out == f"Upgraded the database from schema 0001 to {VERSION}.\n"
    again = run("--database", url, "database", "upgrade")
    assert again.out == f"The database is up to date (schema {VERSION}).\n"
    assert run("--database", url, "show", "12.8").code == 0
    assert run("--database", url, "database", "verify").code == 0


def test_a_copy_of_a_database_of_a_newer_version_is_said_to_be_one(
    run: Run, copy: str, tmp_path: Path
) -> None:
    to = tmp_path / "newer.db"
    assert run("--database", copy, "database", "backup", to).err == ""
    connection = sqlite3.connect(copy.removeprefix("sqlite:///"))
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    result = run("--database", copy, "database", "backup", to, "--force")
    assert result.code == 0
    assert result.err == (
        f"{to}: a newer trustlist made this database (schema 9999); only that can read the copy.\n"
    )
