"""An ingest that is killed, a full disk, a file that can't be written: nothing is lost, ever."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from sqlalchemy import text

from pipeline.database.engine import open_for_reading, transaction
from pipeline.database.verify import verify
from pipeline.errors import MissingDatabaseError
from tests import forked
from tests.commandline import PATIENCE

ROWS = 40


class Victims:
    """Processes that ingest into one database, and are killed."""

    def __init__(self, url: str, directory: Path):
        self.url = url
        self.path = Path(url.removeprefix("sqlite:///"))
        self.journal = Path(f"{self.path}-journal")
        self.directory = directory
        self.random = random.Random(5)
        self.patience = 1.0  # seconds
        self.killed = self.left_a_journal = 0
        self.whole: list[bool] = []

    def run(self, number: int) -> None:
        """Ingest a document of its own, and kill that: after a time, or amid its transaction."""
        is_amid = number % 2 == 1 and self.url.startswith("sqlite")
        receiver, sender = forked.CONTEXT.Pipe(duplex=False)
        process = self.ingest(number, sender)
        assert receiver.poll(PATIENCE)
        receiver.recv_bytes()
        if is_amid:
            while process.is_alive() and not self.journal.exists():
                time.sleep(0.0005)
            time.sleep(self.random.uniform(0, 0.01))
        else:
            process.join(self.random.uniform(0, self.patience))
        if process.is_alive():
            process.kill()
        process.join(PATIENCE)
        sender.close()
        receiver.close()
        assert process.exitcode in (0, -signal.SIGKILL)
        self.killed += process.exitcode != 0
        self.left_a_journal += self.journal.exists()
        is_whole = self.is_whole(number)
        assert is_whole or process.exitcode
        self.whole.append(is_whole)
        # on a machine of any speed, about half of them come to their end
        self.patience *= 1 if is_amid else 0.8 if is_whole else 1.25

    def ingest(self, number: int, beginning: Connection | None = None) -> ForkServerProcess:
        path = self.directory / f"{number}.txt"
        path.write_text(f"{number}")
        release = f"12.{number}(1)"
        return forked.start(forked.ingest_rows, path, release, ROWS, self.url, beginning)

    def is_whole(self, number: int) -> bool:
        """Whether all of a document is there; it is an error if some of it is."""
        try:
            engine = open_for_reading(self.url)
        except MissingDatabaseError:
            return False
        assert verify(engine).faults == []
        rows = text("SELECT count(*) FROM trust_list WHERE firmware = :firmware")
        documents = text("SELECT count(*) FROM documents WHERE name = :name")
        with transaction(engine) as connection:
            found = connection.scalar(rows, {"firmware": f"12.{number}(1)"})
            known = connection.scalar(documents, {"name": f"{number}.txt"})
        assert (found, known) in [(0, 0), (ROWS, 1)]
        return found == ROWS


def kill(victims: Victims, times: int) -> None:
    for number in range(times):
        victims.run(number)
    assert victims.killed > times / 4
    assert True in victims.whole
    assert False in victims.whole
    # what was killed may be done again
    for number in [number for number, is_whole in enumerate(victims.whole) if not is_whole][:5]:
        process = victims.ingest(number)
        process.join(60)
        assert process.exitcode == 0
        assert victims.is_whole(number)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_200_ingests_killed_on_sqlite(database_url: str, tmp_path: Path) -> None:
    victims = Victims(database_url, tmp_path)
    kill(victims, 200)
    assert victims.left_a_journal > 10


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_40_ingests_killed_on_postgresql(database_url: str, tmp_path: Path) -> None:
    kill(Victims(database_url, tmp_path), 40)


def test_what_makes_a_database_may_be_killed(tmp_path: Path) -> None:
    outcomes: Counter[bool] = Counter()
    for number in range(20):
        victims = Victims(f"sqlite:///{tmp_path / f'{number}.db'}", tmp_path)
        victims.random = random.Random(number)
        victims.run(1)
        outcomes += Counter(victims.whole)
    assert outcomes[False] > 0
