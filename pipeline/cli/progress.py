"""A progress bar on standard error, for work that a person is waiting for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Final, get_args

from pipeline.ingest import Step
from pipeline.report.safe import visible

PATIENCE: Final = 1.0
"""Seconds after which somebody who waits wants to know."""


@contextmanager
def progress(paths: Sequence[Path]) -> Iterator[Callable[[Path, Step], None]]:
    """Give a function to be told which step of which document begins.

    A bar appears after `PATIENCE` if standard error is a terminal, and goes away at the end.
    """
    if not sys.stderr.isatty():
        yield lambda path, step: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("", total=len(paths))
    steps = get_args(Step)

    def begin(path: Path, step: Step) -> None:
        completed = paths.index(path) + steps.index(step) / len(steps)
        bar.update(task, completed=completed, description=f"{visible(path.name)}: {step}")

    timer = Timer(PATIENCE, bar.start)
    timer.start()
    try:
        yield begin
    finally:
        timer.cancel()
        timer.join()
        bar.stop()
