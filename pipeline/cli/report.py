"""``trustlist report``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from pipeline.cli.messages import warn_incomplete
from pipeline.cli.options import AsOfOption, FormatOption, OutputOption, ProductOption
from pipeline.errors import UsageError
from pipeline.report import write


def command(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="A release, such as 12.7.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The release to compare it with.")],
    as_of: AsOfOption = None,
    product: ProductOption = None,
    format_: FormatOption = "html",
    output: OutputOption = None,
) -> None:
    """Make a page of what changed between two releases.

    It is one file, to look at, mail and print.
    """
    from pipeline.database.engine import open_for_reading
    from pipeline.questions.report import compare
    from pipeline.report.answers.report import report

    if format_ == "html" and output is None and sys.stdout.isatty():
        raise UsageError("A page is no text for a terminal; add --output report.html.")
    engine = open_for_reading(context.obj)
    answer = compare(engine, old, new, product=product, as_of=as_of)
    write(report(answer, as_of), format_, output, engine)
    warn_incomplete(answer.diff.gaps)
