"""An answer -> text. One form for all answers (`report.Report`), a module a format.

Each format module has ``render(report, width) -> str``; ``width`` is that of the terminal the text
is for, in columns, None if it goes to a file or a pipe. A module named for an answer makes the
report of it.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Protocol, cast

from pipeline.errors import UsageError
from pipeline.report.output import whole

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from pipeline.report.model import Report

Format = Literal["table", "json", "jsonl", "csv", "csv-bom", "markdown", "html"]
WatchFormat = Literal[
    "table", "json", "jsonl", "csv", "csv-bom", "markdown", "html", "junit", "prometheus"
]
"""What commands write that others watch: continuous integration, or a monitor."""
CheckFormat = Literal[
    "table", "json", "jsonl", "csv", "csv-bom", "markdown", "html", "junit", "prometheus", "sarif"
]
"""What `check` writes, which is about files: for code scanning, too."""
StoreFormat = Literal["pem", "p7b", "csv", "json", "parquet", "cyclonedx"]
"""What `pipeline.report.store` writes."""


class Renderer(Protocol):
    """What a format module offers."""

    def render(self, report: Report, width: int | None = None) -> str:
        """Give the report as text, ending in a line feed."""


def renderer(format_: CheckFormat) -> Renderer:
    """Import the module for a format."""
    room = "pipeline.report" if format_ == "html" else "pipeline.report.formats"
    return cast(Renderer, import_module(f"{room}.{format_.replace('-', '_')}"))


def write(
    report: Report,
    format_: CheckFormat,
    output: Path | None = None,
    engine: Engine | None = None,
) -> None:
    """Write a report to the file ``output``, or to standard output.

    A page names the documents that it draws on: ``engine`` is where they are.

    Raises:
        UsageError: it can't be written.
    """
    if engine is not None and format_ == "html":
        from pipeline.report.subject import with_lists

        report = with_lists(report, engine)
    put(renderer(format_).render(report, None if output else _terminal_width()), output)


def put(content: str | bytes, output: Path | None = None) -> None:
    """Write a content to the file ``output``, or to standard output; text as UTF-8 to a file.

    A reader of standard output that has seen enough and closed it is no error.

    Raises:
        UsageError: it can't be written.
    """
    stream([content], output)


def stream(pieces: Iterable[str | bytes], output: Path | None = None) -> None:
    """Write a content while it comes, as `put` does; a file is written whole or not at all."""
    try:
        if output:
            with whole(output) as file:
                file.writelines(
                    piece.encode() if isinstance(piece, str) else piece for piece in pieces
                )
            return
        for piece in pieces:
            if isinstance(piece, str):
                sys.stdout.write(piece)
            else:
                sys.stdout.buffer.write(piece)
        sys.stdout.flush()
    except BrokenPipeError:
        # what is left in the buffer would be written, and fail, once more at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        where = output or "standard output"
        raise UsageError(f"{where}: can't be written: {error.strerror}.") from error


def is_terminal() -> bool:
    """Whether standard output is read by a person."""
    return sys.stdout.isatty()


def _terminal_width() -> int | None:
    """The columns of the terminal, or of what is to be written as if to one; None: plain text."""
    if is_terminal() or os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return shutil.get_terminal_size((_COLUMNS, 0)).columns
    return None


_COLUMNS: Final = 120
"""Where nothing says how wide a line may be."""
