"""Whatever a person names as a file is read within a size and a time, or refused in a line."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

import pipeline.enrich.files
import pipeline.questions.fleet.inventory  # noqa: F401
from pipeline import inputs
from tests.commandline import SAMPLES, Run
from tests.terminal import COMMAND

LIMITS = ("--max-size", 1, "--max-seconds", 2)
CHAIN = Path(__file__).parent.parent / "check" / "chains" / "sectigo-dv.pem"
READING = {
    "extract": ("extract", "FILE", *LIMITS),
    "ingest": ("ingest", "FILE", *LIMITS),
    "--certs": ("ingest", SAMPLES[0], "--certs", "FILE"),
    "--against": ("diff", "12.7", "--against", "FILE"),
    "catalogue add": ("catalogue", "add", "FILE"),
    "check": ("check", "FILE"),
    "fleet": ("fleet", "FILE", "--chain", CHAIN),
    "--password-file": ("catalogue", "add", CHAIN, "--password-file", "FILE"),
    "--hosts": ("check", "--hosts", "FILE"),
    "fleet --chain": ("fleet", SAMPLES[0], "--chain", "FILE"),
}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What isn't stated by an option is less than usual here."""
    monkeypatch.setattr(inputs, "SECONDS", 0.5)
    monkeypatch.setattr("pipeline.questions.fleet.inventory._LARGEST", 1 << 20)
    monkeypatch.setattr("pipeline.questions.fleet.inventory._SECONDS", 0.5)
    monkeypatch.setattr(sys.modules["pipeline.enrich.files"], "_LARGEST", 1 << 20)


def zeros(directory: Path) -> Path:
    return Path("/dev/zero")


def pipe(directory: Path) -> Path:
    path = directory / "pipe"
    os.mkfifo(path)
    return path


def sparse(directory: Path) -> Path:
    path = directory / "sparse"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    return path


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs Unix")
@pytest.mark.parametrize("make", [zeros, pipe, sparse])
@pytest.mark.parametrize("name", READING)
def test_what_has_no_end_is_refused_in_a_line(
    run: Run, samples_url: str, tmp_path: Path, name: str, make: object
) -> None:
    file = make(tmp_path)  # type: ignore[operator]
    words = [file if each == "FILE" else each for each in READING[name]]
    result = run("--database", samples_url, *words)
    assert result.code in (2, 3)
    assert result.out == ""
    (line,) = result.err.splitlines()
    assert "larger than 1 MiB" in line or "isn't at its end after" in line
    assert "larger" in line or make is pipe


@contextmanager
def writing(path: Path, data: bytes) -> Iterator[None]:
    """Write into a pipe while somebody reads it."""

    def write() -> None:
        with suppress(BrokenPipeError):
            path.write_bytes(data)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        thread.join(20)


def test_a_document_may_come_through_a_pipe(run: Run, tmp_path: Path) -> None:
    named = run("extract", SAMPLES[1], "--format", "csv").out
    path = pipe(tmp_path)
    with writing(path, SAMPLES[1].read_bytes()):
        piped = run("extract", path, "--format", "csv")
    assert (piped.code, piped.out) == (0, named)
    with writing(path, SAMPLES[1].read_bytes()):
        assert run("ingest", path).code == 0
    with writing(path, b"%PDF-1.4 nothing"):
        result = run("extract", path)
    assert result.code == 3
    assert result.err.startswith(f"{path}: ")


@pytest.mark.parametrize("sql", [b"SELECT '" + b"x" * (1 << 20) + b"'", b"SELECT '\xff'"])
def test_sql_from_a_pipe_is_small_and_text(samples_url: str, sql: bytes) -> None:
    command = [*COMMAND, "--database", samples_url, "query", "-"]
    done = subprocess.run(command, input=sql, capture_output=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(b"standard input: ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", [("extract",), ("ingest", "--firmware", "12.7(1)")])
def test_a_file_that_grows_while_it_is_read_is_refused(
    run: Run, tmp_path: Path, command: tuple[str, ...]
) -> None:
    """Half of a download is no document; and its digest would be that of another file."""
    path = tmp_path / "growing.txt"
    line = b"ccab0ea04c2301d6697bdd379fcd12eb24e3949d C=SE, O=AddTrust AB, CN=Nobody\n"
    path.write_bytes(line)
    done = threading.Event()

    def grow() -> None:
        with path.open("ab", buffering=0) as file:
            while not done.wait(0.001):
                file.write(line)

    thread = threading.Thread(target=grow, daemon=True)
    thread.start()
    try:
        result = run(*command, path)
    finally:
        done.set()
        thread.join(20)
    assert (result.code, result.out) == (3, "")
    changed = "it changed while it was read; try again when it is whole."
    assert result.err == f"{path}: {changed}\n"
