"""``trustlist expiring``."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.messages import warn_incomplete
from pipeline.cli.options import AsOfOption, OutputOption, ProductOption, WatchFormatOption
from pipeline.report import write


def command(
    context: typer.Context,
    release: Annotated[
        str | None,
        typer.Argument(metavar="RELEASE", help="Such as 12.7; all releases if left out."),
    ] = None,
    within: Annotated[
        str, typer.Option(metavar="TIME", help="How soon: 90d, 12w, 6m or 1y.")
    ] = "90d",
    as_of: AsOfOption = None,
    product: ProductOption = None,
    format_: WatchFormatOption = "table",
    output: OutputOption = None,
) -> None:
    """Show which roots expire soon; exit with 1 if there are any."""
    from pipeline.database.engine import open_for_reading
    from pipeline.questions.expiring import expiring
    from pipeline.report.answers.expiring import report

    engine = open_for_reading(context.obj)
    answer = expiring(engine, release, within=within, product=product, as_of=as_of)
    warn_incomplete(answer.gaps)
    write(report(answer), format_, output, engine)
    if answer.roots:
        raise typer.Exit(1)
