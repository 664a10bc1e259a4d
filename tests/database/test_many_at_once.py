"""Many processes at one database: each document is loaded once, and nobody is turned away."""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from pipeline import catalogue
from pipeline.database.engine import open_for_reading, open_for_writing, transaction
from pipeline.database.verify import verify
from schemas.tables import VERSION
from tests import forked
from tests.forked import CONTEXT
from tests.tiny_pdf import write_pdf

PROCESSES = 8
ROOTS = [
    (fingerprint, subject)
    for fingerprint, subject in catalogue.subjects().items()
    if subject.isascii() and len(subject) < 100
][:30]


def document(path: Path, release: str, roots: list[tuple[str, str]]) -> str:
    lines = [f"{fingerprint} {subject}" for fingerprint, subject in roots]
    return str(write_pdf(path, [f"Certificates trusted by release {release}", *lines]))


def test_eight_ingest_at_once_into_a_database_that_is_not_there(
    database_url: str, tmp_path: Path
) -> None:
    shared = document(tmp_path / "shared.pdf", "12.8(1)", ROOTS)
    barrier = CONTEXT.Barrier(PROCESSES)
    processes = []
    for number in range(PROCESSES):
        own = document(tmp_path / f"own-{number}.pdf", f"13.{number}(1)", ROOTS[number:])
        rival = document(tmp_path / f"rival-{number}.pdf", "12.7(1)", ROOTS[: 20 + number])
        files = [[rival, shared, own], [shared, own, rival], [own, rival, shared]][number % 3]
        commands = [["--database", database_url, "ingest", each] for each in files]
        output = tmp_path / f"output-{number}.txt"
        processes.append(forked.start(forked.run_commands, commands, output, barrier))
    for process in processes:
        process.join(200)
    outputs = [(tmp_path / f"output-{number}.txt").read_text() for number in range(PROCESSES)]
    assert [process.exitcode for process in processes] == [0] * PROCESSES, outputs
    assert "lock" not in "".join(outputs)

    engine = open_for_reading(database_url)
    with transaction(engine) as connection:
        rows: list[Any] = list(
            connection.execute(
                text("SELECT firmware, revision, count(*) FROM trust_list GROUP BY 1, 2")
            )
        )
    by_firmware = Counter(firmware for firmware, _, _ in rows)
    own = {f"13.{number}(1)": 1 for number in range(PROCESSES)}
    assert by_firmware == {"12.7(1)": PROCESSES, "12.8(1)": 1, **own}
    rivals = [(revision, count) for firmware, revision, count in rows if firmware == "12.7(1)"]
    assert sorted(revision for revision, _ in rivals) == [*range(1, PROCESSES + 1)]
    assert sorted(count for _, count in rivals) == [*range(20, 20 + PROCESSES)]
    assert {(revision, count) for name, revision, count in rows if name == "12.8(1)"} == {(1, 30)}
    # who came first is told that it is new, and everybody else that it isn't
    told = Counter(output.count("Nothing is new") for output in outputs)
    assert told == {0: 1, 1: PROCESSES - 1}
    assert verify(engine).faults == []


def test_eight_make_one_database(
    request: pytest.FixtureRequest, database_url: str, tmp_path: Path
) -> None:
    for number in range(3):
        sqlite = f"sqlite:///{tmp_path / f'{number}.db'}"
        url = (
            sqlite if database_url.startswith("sqlite") else request.getfixturevalue("new_schema")()
        )
        barrier = CONTEXT.Barrier(PROCESSES)
        processes = [forked.start(forked.open_database, url, barrier) for _ in range(PROCESSES)]
        for process in processes:
            process.join(100)
        assert [process.exitcode for process in processes] == [0] * PROCESSES
        with transaction(open_for_reading(url)) as connection:
            found = connection.scalars(text("SELECT version_num FROM alembic_version")).all()
        assert found == [VERSION]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_copy_made_while_others_write_is_whole(database_url: str, tmp_path: Path) -> None:
    documents = [
        document(tmp_path / f"{number}.pdf", f"13.{number}(1)", ROOTS[number % 20 :])
        for number in range(24)
    ]
    open_for_writing(database_url)
    barrier = CONTEXT.Barrier(3)
    ingests = [["--database", database_url, "ingest", each] for each in documents]
    writers = [
        forked.start(forked.run_commands, ingests[part::2], tmp_path / f"out-{part}", barrier)
        for part in range(2)
    ]
    copies = [tmp_path / f"copy-{number}.db" for number in range(12)]
    backups = [["--database", database_url, "database", "backup", str(copy)] for copy in copies]
    copier = forked.start(forked.run_commands, backups, tmp_path / "out", barrier)
    for process in (copier, *writers):
        process.join(200)
        assert process.exitcode == 0, (tmp_path / "out").read_text()
    sizes = []
    for copy in copies:
        found = verify(open_for_reading(f"sqlite:///{copy}"))
        assert found.faults == []
        sizes.append(found.snapshots)
    assert sizes == sorted(sizes)
    connection = sqlite3.connect(tmp_path / "trustlist.db")
    assert connection.execute("SELECT count(*) FROM snapshots").fetchone() == (24,)
    connection.close()
