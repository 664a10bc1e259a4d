"""Processes that run `trustlist`, cheaply: each is forked from one that has imported everything."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, Final, Protocol

from pipeline import catalogue
from pipeline.extract.document import Document, Extraction, Row


class Waits(Protocol):
    """What lets several processes begin at once."""

    def wait(self) -> object: ...


CONTEXT: Final = get_context("forkserver")
CONTEXT.set_forkserver_preload(["forked", "pipeline.cli.app", "pipeline.ingest.steps", "psycopg"])


def start(target: Callable[..., object], *arguments: Any) -> ForkServerProcess:
    """Run a function of this module in a process of its own."""
    process = CONTEXT.Process(target=target, args=arguments)
    process.start()
    return process


def run_commands(commands: Sequence[Sequence[str]], output: Path, barrier: Waits) -> None:
    """Run `trustlist` with each of these arguments; what it prints goes to ``output``."""
    from pipeline.cli.app import run

    barrier.wait()
    with output.open("w", encoding="utf-8") as file, redirect_stdout(file), redirect_stderr(file):
        codes = [run(list(command)) for command in commands]
    sys.exit(max(codes))


def open_database(url: str, barrier: Waits) -> None:
    """Open the database, which makes it if it isn't there."""
    from pipeline.database.engine import open_for_writing

    barrier.wait()
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
