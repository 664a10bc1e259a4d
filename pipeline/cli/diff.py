"""``trustlist diff``."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.messages import complain, tell_of_gaps
from pipeline.cli.options import AsOfOption, FormatOption, OutputOption, ProductOption
from pipeline.report import write

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from pipeline.report.report import Report


def diff(
    context: typer.Context,
    old: Annotated[
        str, typer.Argument(metavar="OLD", help="A release, such as 12.7; all: every one.")
    ],
    new: Annotated[
        list[str] | None,
        typer.Argument(metavar="NEW", help="The release to compare it with, or several."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="STORE",
            help="Compare with a root store: certifi, mozilla, microsoft, apple, aosp, openjdk, "
            "oracle, or a file of certificates.",
        ),
    ] = None,
    as_of: AsOfOption = None,
    product: ProductOption = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 1 if they differ.")
    ] = False,
    format_: FormatOption = "table",
    output: OutputOption = None,
) -> None:
    """Show what changed between releases, and why.

    Of more than two, it shows which trusts what. With --against, a release is compared with a root
    store.
    """
    from pipeline.database.engine import open_for_reading

    if against is not None and new:
        raise typer.BadParameter("Give either NEW or --against.", context)
    if against is None and not new and old != "all":
        raise typer.BadParameter("Give NEW, a release to compare with, or --against.", context)
    engine = open_for_reading(context.obj)
    if against is not None:
        report, is_different = _against(engine, old, against, product, as_of)
    elif new and len(new) == 1:
        report, is_different = _diff(engine, old, new[0], product, as_of, format_ == "html")
    else:
        report, is_different = _matrix(engine, [old, *(new or ())], product)
    write(report, format_, output)
    if exit_code and is_different:
        raise typer.Exit(1)


def _diff(
    engine: Engine, old: str, new: str, product: str | None, as_of: date | None, is_page: bool
) -> tuple[Report, bool]:
    if is_page:
        from pipeline.questions.comparison import compare
        from pipeline.report.answers import comparison

        both = compare(engine, old, new, product=product, as_of=as_of)
        answer, report = both.diff, comparison.report(both, as_of)
    else:
        from pipeline.questions import diff as question
        from pipeline.report.answers import diff

        answer = question.diff(engine, old, new, product=product, as_of=as_of)
        report = diff.report(answer, as_of)
    tell_of_gaps(engine, [answer.old, answer.new])
    return report, bool(answer.added or answer.removed or answer.changed)


def _matrix(engine: Engine, releases: list[str], product: str | None) -> tuple[Report, bool]:
    from pipeline.questions import matrix as question
    from pipeline.report.answers import matrix

    answer = question.matrix(engine, releases, product=product)
    tell_of_gaps(engine, [step.release for step in answer.steps])
    return matrix.report(answer), bool(answer.roots)


def _against(
    engine: Engine, release: str, store: str, product: str | None, as_of: date | None
) -> tuple[Report, bool]:
    from pipeline.questions import against as question
    from pipeline.report.answers import against

    answer = question.against(engine, release, store, product=product, as_of=as_of)
    tell_of_gaps(engine, [answer.release])
    for warning in answer.warnings:
        complain(warning)
    return against.report(answer), bool(answer.only_in_release or answer.only_in_store)
