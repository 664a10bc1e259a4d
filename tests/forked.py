"""Processes that run `trustlist`, cheaply: each is forked from one that has imported everything."""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, Final, Protocol

from pipeline import catalogue
from pipeline.extract.document import Document, Extraction, Row
from tests.commandline import PATIENCE


class Waits(Protocol):
    """What lets several processes begin at once."""

    def wait(self, timeout: float | None = None) -> object: ...


CONTEXT: Final = get_context("forkserver")
CONTEXT.set_forkserver_preload(["forked", "pipeline.cli.app", "pipeline.ingest.steps", "psycopg"])


def start(target: Callable[..., object], *arguments: Any) -> ForkServerProcess:
    """Run a function of this module in a process of its own."""
    process = CONTEXT.Process(target=target, args=arguments)
    process.start()
    return process


def run_commands(
    commands: Sequence[Sequence[str]],
    output: Path,
    barrier: Waits | None = None,
    last: int | None = None,
) -> None:
    """Run `trustlist` with each of these arguments, until one gives the code ``last``.

    What it prints goes to ``output``.
    """
    from pipeline.cli.app import run

    if barrier:
        barrier.wait(PATIENCE)
    with output.open("w", encoding="utf-8") as file, redirect_stdout(file), redirect_stderr(file):
        codes = []
        for command in commands:
            codes.append(run(list(command)))
            if codes[-1] == last:
                break
    sys.exit(max(codes))


def run_command(
    arguments: Sequence[str], directory: Path, beginning: Connection | None = None
) -> None:
    """Run `trustlist` in a directory; say to ``beginning`` that it begins."""
    from pipeline.cli.app import run

    os.chdir(directory)
    if beginning is not None:
        beginning.send_bytes(b"!")
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        sys.exit(run(arguments))


def run_with_streams(
    arguments: Sequence[str],
    directory: Path,
    streams: tuple[str, str, str],
    limits: Mapping[str, int],
    said: Path,
    report: Connection,
) -> None:
    """Run `trustlist` in a directory as if a shell had given it these streams and limits.

    What goes to a stream that is a ``file`` is in ``said``; an exception that nothing catches goes
    to ``report``.
    """
    import resource

    os.chdir(directory)
    for number, kind in enumerate(streams):
        _give(number, kind, said)
    sys.stdin, sys.stdout, sys.stderr = (_stream(number) for number in range(3))
    for name, most in limits.items():
        kind_ = getattr(resource, name)
        resource.setrlimit(kind_, (most, resource.getrlimit(kind_)[1]))
    from pipeline import inputs
    from pipeline.cli import main

    inputs.SECONDS = 1
    try:
        main(list(arguments))
    except SystemExit as ended:
        os._exit(ended.code if isinstance(ended.code, int) else 99)
    except BaseException:
        report.send(traceback.format_exc())
        raise


def _give(number: int, kind: str, said: Path) -> None:
    if kind == "closed":
        os.close(number)
        return
    if kind == "broken":
        reading, writing = os.pipe()
        os.close(reading)
    elif kind == "file":
        writing = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    else:
        special = {"null": "/dev/null", "full": "/dev/full", "empty": "/dev/null"}
        mode = os.O_WRONLY if (number == 0) == (kind == "write-only") else os.O_RDONLY
        if number and kind in ("null", "full"):
            mode = os.O_WRONLY
        writing = os.open(special.get(kind, "/dev/null" if "only" in kind else kind), mode)
    os.dup2(writing, number)
    os.close(writing)


def _stream(number: int) -> Any:
    """Make a standard stream as Python does when it starts: None if it is closed."""
    try:
        os.fstat(number)
    except OSError:
        return None
    file = io.FileIO(number, "r" if number == 0 else "w", closefd=False)
    buffer = io.BufferedReader(file) if number == 0 else io.BufferedWriter(file)
    return io.TextIOWrapper(buffer, "utf-8", write_through=number == 2)


def open_database(url: str, barrier: Waits) -> None:
    """Open the database, which makes it if it isn't there."""
    from pipeline.database.engine import open_for_writing

    barrier.wait(PATIENCE)
    open_for_writing(url)


def ingest_rows(
    path: Path, release: str, count: int, url: str, beginning: Connection | None = None
) -> None:
    """Ingest a document as if it listed ``count`` roots; say so to ``beginning`` first."""
    from pipeline.ingest.steps import ingest

    if beginning is not None:
        beginning.send_bytes(b"!")
    ingest(path, url, extractor=lambda path: extraction(path, release, count))


def extraction(path: Path, release: str, count: int) -> Extraction:
    """What reading a document gives that lists the first ``count`` roots of the catalogue."""
    from pipeline.extract import sha256

    subjects = catalogue.subjects()
    fingerprints = list(catalogue.fingerprints())[:count]
    rows = [
        Row(1 + place // 10, release, each, "", subjects[each], True)
        for place, each in enumerate(fingerprints)
    ]
    return Extraction(Document(path.name, sha256(path), 1 + count // 10, ""), rows, [])
