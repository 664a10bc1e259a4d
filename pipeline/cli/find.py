"""``trustlist find``."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.messages import warn_incomplete
from pipeline.cli.options import AsOfOption, FormatOption, OutputOption
from pipeline.report import write


def command(
    context: typer.Context,
    text: Annotated[
        list[str],
        typer.Argument(
            metavar="TEXT", help="Part of a name, or the first 4 or more digits of a fingerprint."
        ),
    ],
    as_of: AsOfOption = None,
    format_: FormatOption = "table",
    output: OutputOption = None,
) -> None:
    """Show since when and until when a root is trusted, and by whom.

    Exits with 1 if no root is found.
    """
    from pipeline.database.engine import open_for_reading
    from pipeline.questions.find import find
    from pipeline.report.answers.find import report

    engine = open_for_reading(context.obj)
    answer = find(engine, " ".join(text), as_of=as_of)
    warn_incomplete(answer.gaps)
    write(report(answer), format_, output)
    if not answer.roots:
        raise typer.Exit(1)
