"""``trustlist diff``."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.messages import complain, warn_incomplete
from pipeline.cli.options import (
    AsOfOption,
    OutputOption,
    PasswordFileOption,
    ProductOption,
    WatchFormatOption,
)
from pipeline.report import write

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from pipeline.report.model import Report


def command(
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
    password_file: PasswordFileOption = None,
    as_of: AsOfOption = None,
    product: ProductOption = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 1 if they differ.")
    ] = False,
    format_: WatchFormatOption = "table",
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
        compare = _page if format_ == "html" else _diff
        report, is_different = compare(engine, old, new[0], product, as_of)
    else:
        report, is_different = _matrix(engine, [old, *(new or ())], product)
    write(report, format_, output, engine)
    if exit_code and is_different:
        raise typer.Exit(1)


def _diff(
    engine: Engine, old: str, new: str, product: str | None, as_of: date | None
) -> tuple[Report, bool]:
    from pipeline.questions.diff import diff
    from pipeline.report.answers.diff import report

    answer = diff(engine, old, new, product=product, as_of=as_of)
    warn_incomplete(answer.gaps)
    return report(answer, as_of), bool(answer.added or answer.removed or answer.changed)


def _page(
    engine: Engine, old: str, new: str, product: str | None, as_of: date | None
) -> tuple[Report, bool]:
    from pipeline.questions.report import compare
    from pipeline.report.answers.report import report

    answer = compare(engine, old, new, product=product, as_of=as_of)
    changes = answer.diff
    warn_incomplete(changes.gaps)
    return report(answer, as_of), bool(changes.added or changes.removed or changes.changed)


def _matrix(engine: Engine, releases: list[str], product: str | None) -> tuple[Report, bool]:
    from pipeline.questions.matrix import matrix
    from pipeline.report.answers.matrix import report

    answer = matrix(engine, releases, product=product)
    warn_incomplete(answer.gaps)
    return report(answer), bool(answer.roots)


def _against(
    engine: Engine, release: str, store: str, product: str | None, as_of: date | None
) -> tuple[Report, bool]:
    from pipeline.questions.against import against
    from pipeline.report.answers.against import report

    answer = against(engine, release, store, product=product, as_of=as_of)
    warn_incomplete(answer.gaps)
    for warning in answer.warnings:
        complain(warning)
    return report(answer), bool(answer.only_in_release or answer.only_in_store)
