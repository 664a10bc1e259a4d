"""Commands that change a database, killed at any moment: it is as before, or as it should be."""

from __future__ import annotations

import os
import random
import shutil
import signal
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import func, select, text

from pipeline.database.engine import open_for_reading, open_for_writing, transaction, upgrade
from pipeline.database.verify import verify
from pipeline.errors import DatabaseError
from schemas import tables
from schemas.tables import VERSION
from tests import forked
from tests.commandline import PATIENCE
from tests.snapshot_loader import Printed, Root, SnapshotLoader, new_root

KILLS: Final = int(os.environ.get("TRUSTLIST_KILLS", "6"))
"""How often each command is killed on each backend."""
ROOTS: Final = 10
KEPT: Final = Path(__file__).resolve().parent.parent / "databases"


def kill(
    command: Callable[[int], list[str]], is_done: Callable[[int], bool], directory: Path
) -> None:
    """Kill a command again and again, each time after another while; then let it end."""
    chance = random.Random(15)
    patience = 0.4  # seconds
    outcomes = []
    for number in range(KILLS):
        receiver, sender = forked.CONTEXT.Pipe(duplex=False)
        process = forked.start(forked.run_command, command(number), directory, sender)
        with receiver:
            assert receiver.poll(PATIENCE)
        process.join(chance.uniform(0, patience))
        process.kill()
        process.join(PATIENCE)
        sender.close()
        assert process.exitcode in (0, -signal.SIGKILL)
        outcomes.append(is_done(number))
        assert outcomes[-1] or process.exitcode
        # on a machine of any speed, about half of them come to their end
        patience *= 0.8 if outcomes[-1] else 1.25
    assert KILLS < 20 or {True, False} <= set(outcomes)
    for number in [number for number, each in enumerate(outcomes) if not each][:3]:
        process = forked.start(forked.run_command, command(number), directory)
        process.join(PATIENCE)
        assert process.exitcode == 0
        assert is_done(number)


def all_or_none(numbers: Iterable[int]) -> bool:
    (number,) = set(numbers)
    assert number in (0, ROOTS)
    return number == ROOTS


@pytest.fixture(scope="module")
def sets() -> list[list[Root]]:
    """For each run its own roots."""
    return [[new_root(f"{run} {each}") for each in range(ROOTS)] for run in range(KILLS)]


@pytest.fixture
def files(sets: list[list[Root]], tmp_path: Path) -> list[Path]:
    paths = []
    for number, roots in enumerate(sets):
        paths.append(tmp_path / f"{number}.pem")
        pems = (
            x509.load_der_x509_certificate(root.record["der"]).public_bytes(Encoding.PEM)
            for root in roots
        )
        paths[-1].write_bytes(b"".join(pems))
    return paths


@pytest.fixture
def loaded(loader: SnapshotLoader, sets: list[list[Root]]) -> SnapshotLoader:
    """A release whose certificates nobody knows yet."""
    rows = [Printed(root, is_known=False) for roots in sets for root in roots]
    loader.load({"12.7(1)": rows})
    return loader


@pytest.mark.parametrize("command", [["enrich", "--certs"], ["catalogue", "add"]], ids=" ".join)
def test_who_looks_for_certificates_may_be_killed(
    loaded: SnapshotLoader,
    database_url: str,
    sets: list[list[Root]],
    files: list[Path],
    tmp_path: Path,
    command: list[str],
) -> None:
    def is_done(number: int) -> bool:
        engine = open_for_reading(database_url)
        assert verify(engine).faults == []
        fingerprints = [root.fingerprint for root in sets[number]]
        stored = tables.certificates.c.fingerprint.in_(fingerprints)
        proven = (
            tables.printed_rows.c.fingerprint.in_(fingerprints)
            & tables.printed_rows.c.subject_matches
        )
        with transaction(engine) as connection:
            numbers = [
                connection.scalar(select(func.count()).where(each)) for each in (stored, proven)
            ]
        return all_or_none(map(int, numbers))

    kill(
        lambda number: ["--database", database_url, *command, str(files[number])],
        is_done,
        tmp_path,
    )


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_an_upgrade_may_be_killed(
    backend: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    urls = [_old(backend, tmp_path / f"{number}.db", request) for number in range(KILLS)]

    def is_done(number: int) -> bool:
        try:
            engine = open_for_reading(urls[number])
        except DatabaseError:
            with pytest.raises(DatabaseError, match="an older trustlist made it"):
                open_for_reading(urls[number])
            engine = open_for_reading(urls[number], any_version=True)
            with transaction(engine) as connection:
                assert connection.scalar(text("SELECT count(*) FROM trust_list")) == 12
            return False
        assert verify(engine).faults == []
        assert upgrade(urls[number]).before == VERSION
        return True

    kill(lambda number: ["--database", urls[number], "database", "upgrade"], is_done, tmp_path)


def _old(backend: str, path: Path, request: pytest.FixtureRequest) -> str:
    if backend == "sqlite":
        return f"sqlite:///{shutil.copy(KEPT / '0001.db', path)}"
    import psycopg

    url: str = request.getfixturevalue("new_schema")()
    with psycopg.connect(url) as connection:
        connection.execute((KEPT / "0001.sql").read_bytes())
    return url


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_backup_may_be_killed(loaded: SnapshotLoader, database_url: str, tmp_path: Path) -> None:
    """What is there already is whole until the new copy is."""
    copy = tmp_path / "copy.db"
    SnapshotLoader(open_for_writing(f"sqlite:///{copy}")).load({"12.8(1)": [new_root("Old")]})
    before = copy.read_bytes()

    def is_done(number: int) -> bool:
        assert verify(open_for_reading(f"sqlite:///{copy}")).faults == []
        assert verify(open_for_reading(database_url)).faults == []
        is_new = copy.read_bytes() != before
        copy.write_bytes(before)
        return is_new

    command = ["--database", database_url, "database", "backup", "--force", str(copy)]
    kill(lambda number: command, is_done, tmp_path)
