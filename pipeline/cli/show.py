"""``trustlist show``."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from pipeline.cli.messages import complain, warn_incomplete
from pipeline.cli.options import AsOfOption, FormatOption, OutputOption, ProductOption
from pipeline.errors import UsageError
from pipeline.report import write


def command(
    context: typer.Context,
    release: Annotated[
        str, typer.Argument(metavar="RELEASE", help="Such as 12.7, 12.7(1), latest or a load.")
    ],
    status: Annotated[
        Literal["expired", "expiring", "valid", "unknown"] | None,
        typer.Option(help="Show only these; expiring is within a year."),
    ] = None,
    programme: Annotated[
        Literal["mozilla", "microsoft", "apple", "aosp", "openjdk", "oracle", "browsers"] | None,
        typer.Option(
            help="Show only roots in this store now; aosp is Android's, browsers: any of the first "
            "four."
        ),
    ] = None,
    absent: Annotated[
        bool, typer.Option("--absent", help="Show those that are not in the programme's store.")
    ] = False,
    as_of: AsOfOption = None,
    product: ProductOption = None,
    format_: FormatOption = "table",
    output: OutputOption = None,
) -> None:
    """Show which certificate authorities a release trusts."""
    from pipeline.database.engine import open_for_reading
    from pipeline.questions.release_names import release_or_stand_in
    from pipeline.questions.show import show
    from pipeline.report.answers.show import report

    if absent and programme is None:
        raise UsageError("--absent: from which store? Add --programme mozilla, for instance.")
    engine = open_for_reading(context.obj)
    snapshot, remark = release_or_stand_in(engine, release, product)
    answer = show(
        engine,
        snapshot.id.name,
        product=snapshot.product,
        status=status,
        store=programme,
        absent=absent,
        as_of=as_of,
    )
    write(report(answer), format_, output, engine)
    if remark:
        complain(remark)
    if format_.startswith("csv"):  # all others say so themselves
        warn_incomplete(answer.gaps)
