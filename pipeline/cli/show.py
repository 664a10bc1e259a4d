"""``trustlist show``."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from pipeline.cli.options import AsOfOption, FormatOption, OutputOption, ProductOption
from pipeline.report import write


def show(
    context: typer.Context,
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="Such as 12.7 or 12.7(1).")],
    status: Annotated[
        Literal["expired", "expiring", "valid", "unknown"] | None,
        typer.Option(help="Show only these; expiring is within a year."),
    ] = None,
    as_of: AsOfOption = None,
    product: ProductOption = None,
    format_: FormatOption = "table",
    output: OutputOption = None,
) -> None:
    """Show which certificate authorities a release trusts."""
    from pipeline import query
    from pipeline.database import open_for_reading
    from pipeline.report import trust_list

    engine = open_for_reading(context.obj)
    answer = query.show(engine, release, product=product, status=status, as_of=as_of)
    write(trust_list.report(answer), format_, output)
