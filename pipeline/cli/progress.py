"""A progress bar on standard error, for work that a person is waiting for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Final, get_args

from pipeline.ingest.steps import Step
from pipeline.report.safe import visible

PATIENCE: Final = 1.0
"""Seconds after which somebody who waits wants to know."""

_STEPS: Final = get_args(Step)
_FINDING: Final[Step] = "finding certificates"

_Show = Callable[[float, str], None]
"""Takes the number of things done, and the text for what is going on."""


class Documents:
    """Shows what is being done to which document."""

    def __init__(self, paths: Sequence[Path | str], show: _Show):
        self._paths = paths
        self._show = show

    def begin(self, path: Path | str, step: Step) -> None:
        """Show that a step begins."""
        self._show(self._before(path, step), f"{visible(Path(path).name)}: {step}")

    def asking(self, path: Path | str, done: int, total: int) -> None:
        """Show how many of the look-ups for a document are done."""
        part = done / total / len(_STEPS) if total else 0
        text = f"{visible(Path(path).name)}: {_asking(done, total)}"
        self._show(self._before(path, _FINDING) + part, text)

    def _before(self, path: Path | str, step: Step) -> float:
        return self._paths.index(path) + _STEPS.index(step) / len(_STEPS)


@contextmanager
def progress(paths: Sequence[Path | str], *, is_shown: bool = True) -> Iterator[Documents]:
    """Show a bar for documents; call the methods of what is given as their steps begin."""
    with _bar(len(paths), is_shown) as show:
        yield Documents(paths, show)


@contextmanager
def lookups(*, is_shown: bool = True) -> Iterator[Callable[[int, int], None]]:
    """Show a bar for look-ups; call what is given with the number done and the total."""
    with _bar(1, is_shown) as show:
        yield lambda done, total: show(done / max(total, 1), _asking(done, total))


def _asking(done: int, total: int) -> str:
    return f"asking crt.sh, {done} of {total}"


@contextmanager
def _bar(total: int, is_shown: bool) -> Iterator[_Show]:
    """Show a bar after `PATIENCE` if standard error is a terminal; it goes away at the end."""
    if not (is_shown and sys.stderr.isatty()):
        yield lambda completed, text: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("", total=total)
    timer = Timer(PATIENCE, bar.start)
    timer.start()
    try:
        yield lambda completed, text: bar.update(task, completed=completed, description=text)
    finally:
        timer.cancel()
        timer.join()
        bar.stop()
