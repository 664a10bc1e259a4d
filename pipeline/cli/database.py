"""``trustlist database``."""

from __future__ import annotations

import typer

from pipeline.cli.options import FormatOption, OutputOption
from pipeline.report import write

app = typer.Typer(name="database", help="Upgrade, check or copy the database.")


@app.callback(no_args_is_help=True)
def _group() -> None:
    """Upgrade, check or copy the database."""


@app.command()
def upgrade(
    context: typer.Context, format_: FormatOption = "table", output: OutputOption = None
) -> None:
    """Bring a database that an older trustlist made up to date; it keeps all it holds."""
    from pipeline import database
    from pipeline.report import database as reports

    write(reports.upgrade(database.upgrade(context.obj)), format_, output)
