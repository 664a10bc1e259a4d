"""``trustlist extract``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from pipeline.cli.messages import complain
from pipeline.cli.options import FormatOption, OutputOption
from pipeline.errors import DocumentError
from pipeline.report import write


def extract(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The document, a PDF.")],
    reader: Annotated[
        Literal["both", "pdfplumber", "pdfium"],
        typer.Option(help="Who reads it; with both, they have to agree."),
    ] = "both",
    format_: FormatOption = "table",
    output: OutputOption = None,
) -> None:
    """Show the rows of a document, without a database."""
    from pipeline.ingest import describe, read
    from pipeline.report import reading

    answer = read(file, reader)
    write(reading.report(answer), format_, output)
    for problem in answer.problems:
        complain(f"{file}, {describe(problem)}")
    if answer.problems:
        raise typer.Exit(DocumentError.exit_code)
