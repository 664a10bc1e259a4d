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
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The document, a PDF.")],
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
    from pipeline.ingest.read_document import describe, first_problems, look, prepare

    limits = limits_of(seconds, memory, pages, size)
    reading = extractor(reader, workers, seconds, memory, pages, size, prepare)
    found = look(file, reading, limits)
    answer = found.document
    if found.refusal and not answer.problems and format_ != "json":
        raise DocumentError(found.refusal)
    from pipeline.report.answers.extract import report

    write(report(answer), format_, output)
    lines = [f"{file}, {describe(problem)}" for problem in folded(answer.problems)]
    if found.refusal:
        lines = [found.refusal, *first_problems(lines, "--format json")]
    complain(*lines, *(f"{file}, {remark}" for remark in found.remarks))
    if picture:
        from pipeline.report.picture import draw

        draw(file, answer.problems, picture, limits)
    if lines:
        raise typer.Exit(DocumentError.exit_code)
