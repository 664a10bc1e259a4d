"""What a person is told on standard error."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from pipeline.report.safe import visible

if TYPE_CHECKING:
    from sqlalchemy import Engine


class Named(Protocol):
    """What names a snapshot."""

    @property
    def product(self) -> str:
        """The phones it is for."""

    @property
    def firmware(self) -> str:
        """The release."""

    @property
    def revision(self) -> int:
        """Which of its lists."""


def complain(*lines: str) -> None:
    """Print an error or a warning; text from documents in it is made visible."""
    for line in lines:
        print(visible(line), file=sys.stderr)


def tell_of_gaps(engine: Engine, snapshots: Iterable[Named] | None = None) -> None:
    """Say which of these were loaded with problems let pass: an answer may lack roots of theirs.

    None is the newest of each release.
    """
    from pipeline.questions import trust_list

    names = (
        None
        if snapshots is None
        else {(each.product, each.firmware, each.revision) for each in snapshots}
    )
    for found in trust_list.partial(engine, names):
        number = "1 problem" if found.problems == 1 else f"{found.problems} problems"
        release = f"{found.firmware}@{found.revision}"
        command = shlex.join(["trustlist", "show", release, "--product", found.product])
        complain(
            f"{release} lacks what couldn't be read or believed in {found.document}: {number}; "
            f"`{command}` lists what."
        )
