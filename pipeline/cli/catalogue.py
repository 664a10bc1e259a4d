"""``trustlist catalogue``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.command import MAKING, Command
from pipeline.cli.messages import complain, tell
from pipeline.cli.options import AsOfOption, FormatOption, OutputOption, PasswordFileOption
from pipeline.errors import MissingDatabaseError
from pipeline.report import write

app = typer.Typer(name="catalogue", help="Tell what roots are known, or add some.", **MAKING)


@app.callback(no_args_is_help=True)
def _group() -> None:
    """Tell what roots are known, or add some."""


@app.command("info", cls=Command)
def info_command(
    context: typer.Context,
    as_of: AsOfOption = None,
    format_: FormatOption = "table",
    output: OutputOption = None,
) -> None:
    """Show what the catalogue holds and how old it is.

    It warns after a year.
    """
    from pipeline.database.engine import open_for_reading
    from pipeline.ingest.catalogue_upkeep import info
    from pipeline.report.answers.catalogue import info_report

    try:
        engine = open_for_reading(context.obj)
    except MissingDatabaseError:  # it needs none to tell what was shipped
        engine = None
    answer = info(engine, as_of)
    write(info_report(answer), format_, output)
    if answer.is_old:
        complain(
            f"The catalogue is {answer.age_days} days old: what it says of root stores is out of "
            "date. Install a newer version of trustlist."
        )


@app.command("add", cls=Command)
def add_command(
    context: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE", help="PEM, DER, PKCS #7, PKCS #12, JKS, or directories of them."
        ),
    ],
    password_file: PasswordFileOption = None,
    format_: FormatOption = "table",
    output: OutputOption = None,
) -> None:
    """Keep roots of your own, for what is loaded and what will be."""
    from pipeline.ingest.catalogue_upkeep import add
    from pipeline.report.answers.catalogue import addition_report

    answer = add(context.obj, paths)
    tell(context, addition_report(answer), format_, output)
    for warning in answer.warnings:
        complain(warning)
