"""Errors and warnings on standard error."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from pipeline.report.safe import visible

if TYPE_CHECKING:
    from pipeline.questions.snapshots import SnapshotInfo


VERBOSE: Final = "trustlist.verbose"
"""In a context's ``meta``: whether more is to be told."""


def complain(*lines: str) -> None:
    """Print an error or a warning; text from documents in it is made visible."""
    for line in lines:
        print(visible(line), file=sys.stderr)


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
