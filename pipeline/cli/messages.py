"""Errors and warnings on standard error."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.report import write
from pipeline.report.safe import visible

if TYPE_CHECKING:
    import typer

    from pipeline.questions.snapshots import SnapshotInfo
    from pipeline.report import WatchFormat
    from pipeline.report.model import Report


VERBOSE: Final = "trustlist.verbose"
"""In a context's ``meta``: whether more is to be told."""
QUIET: Final = "trustlist.quiet"
"""In a context's ``meta``: whether only what went wrong is to be told."""


def complain(*lines: str) -> None:
    """Print an error or a warning; text from documents in it is made visible."""
    try:
        for line in lines:
            print(visible(line), file=sys.stderr, flush=True)
    except OSError:  # nobody can be told: the disk is full, or the reader has gone
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115


def tell(context: typer.Context, report: Report, format_: WatchFormat, output: Path | None) -> None:
    """Write what was done; with ``--quiet`` only to a file that is named for it."""
    if output or not context.meta[QUIET]:
        write(report, format_, output)


def warn_incomplete(gaps: Iterable[SnapshotInfo]) -> None:
    """Say of an answer's gaps that it may lack roots of theirs, and how to see which."""
    for found in gaps:
        number = "1 problem" if found.problems == 1 else f"{found.problems} problems"
        release = found.id.name
        command = shlex.join(["trustlist", "show", release, "--product", found.product])
        complain(
            f"{release} lacks what couldn't be read or believed in {found.document}: {number}; "
            f"`{command}` lists what."
        )
