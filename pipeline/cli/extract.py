"""``trustlist extract``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.messages import complain
from pipeline.cli.options import (
    FormatOption,
    MemoryOption,
    OutputOption,
    PagesOption,
    PasswordFileOption,
    ReaderOption,
    SecondsOption,
    SizeOption,
    WorkersOption,
    extractor,
    limits_of,
)
from pipeline.errors import DocumentError
from pipeline.report import write


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A PDF, text, table or web page.")],
    reader: ReaderOption = "both",
    workers: WorkersOption = 1,
    picture: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Draw what was read on pictures of the pages."),
    ] = None,
    password_file: PasswordFileOption = None,
    seconds: SecondsOption = None,
    memory: MemoryOption = None,
    pages: PagesOption = None,
    size: SizeOption = None,
    format_: FormatOption = "table",
    output: OutputOption = None,
) -> None:
    """Show the rows of a document, without a database."""
    from pipeline.extract.fold import folded
    from pipeline.ingest.read_document import describe, look, prepare, refused

    limits = limits_of(seconds, memory, pages, size)
    reading = extractor(reader, workers, seconds, memory, pages, size, prepare)
    found = look(file, reading, limits)
    answer = found.document
    problems = folded(answer.problems)
    lines = [f"{file}, {describe(problem)}" for problem in problems]
    if found.refusal:
        lines = refused(file, found.refusal, problems, "--format json")
    if not found.refusal or format_ == "json":  # of nothing, there is nothing else to be shown
        from pipeline.report.answers.extract import report

        write(report(answer), format_, output)
    complain(*lines, *(f"{file}, {remark}" for remark in found.remarks))
    if picture:
        from pipeline.report.picture import draw

        draw(file, answer.problems, picture, limits)
    if lines:
        raise typer.Exit(DocumentError.exit_code)
