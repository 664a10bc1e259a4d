"""``trustlist diff``."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.options import AsOfOption, FormatOption, OutputOption, ProductOption
from pipeline.report import write


def diff(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="A release, such as 12.7.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The release to compare it with.")],
    as_of: AsOfOption = None,
    product: ProductOption = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 1 if they differ.")
    ] = False,
    format_: FormatOption = "table",
    output: OutputOption = None,
) -> None:
    """Show what changed between two releases, and why."""
    from pipeline import diff as question
    from pipeline.database import open_for_reading
    from pipeline.report import diff

    engine = open_for_reading(context.obj)
    answer = question.diff(engine, old, new, product=product, as_of=as_of)
    if format_ == "html":
        from pipeline.comparison import compare
        from pipeline.report import comparison

        both = compare(engine, old, new, product=product, as_of=as_of)
        write(comparison.report(both, as_of), format_, output)
    else:
        write(diff.report(answer, as_of), format_, output)
    if exit_code and (answer.added or answer.removed or answer.changed):
        raise typer.Exit(1)
