"""``trustlist database``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.command import MAKING, Command
from pipeline.cli.messages import complain, tell
from pipeline.cli.options import FormatOption, OutputOption
from pipeline.errors import DatabaseError

app = typer.Typer(name="database", help="Upgrade, check, copy or describe the database.", **MAKING)


@app.callback(no_args_is_help=True)
def _group() -> None:
    """Upgrade, check, copy or describe the database."""


@app.command("upgrade", cls=Command)
def upgrade_command(
    context: typer.Context, format_: FormatOption = "table", output: OutputOption = None
) -> None:
    """Bring the database of an older trustlist up to date."""
    from pipeline.database.engine import upgrade
    from pipeline.report.answers.database import upgrade_report

    tell(context, upgrade_report(upgrade(context.obj)), format_, output)


@app.command("verify", cls=Command)
def verify_command(
    context: typer.Context, format_: FormatOption = "table", output: OutputOption = None
) -> None:
    """Check that the database still holds what was loaded.

    Exits with 4 if it doesn't.
    """
    from pipeline.database.engine import open_for_reading
    from pipeline.database.verify import verify
    from pipeline.report.answers.database import verification_report

    answer = verify(open_for_reading(context.obj))
    tell(context, verification_report(answer), format_, output)
    if answer.faults:
        raise typer.Exit(DatabaseError.exit_code)


@app.command("backup", cls=Command)
def backup_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes.")],
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it is there.")] = False,
    format_: FormatOption = "table",
    output: OutputOption = None,
) -> None:
    """Copy a SQLite database, also while others write to it."""
    from pipeline.database.backup import backup, newer_schema
    from pipeline.database.engine import open_for_reading
    from pipeline.report.answers.database import backup_report

    engine = open_for_reading(context.obj, any_version=True)  # wanted most before an upgrade
    tell(context, backup_report(backup(engine, file, force=force)), format_, output)
    if schema := newer_schema(engine):
        complain(
            f"{file}: a newer trustlist made this database (schema {schema}); "
            "only that can read the copy."
        )


@app.command("datasette", cls=Command)
def datasette_command(context: typer.Context, output: OutputOption = None) -> None:
    """Describe it for Datasette.

    That is what tables and columns mean, and the ready queries, as JSON; write it to a file, then
    run: datasette trustlist.db --metadata FILE.
    """
    from pipeline.database.engine import open_for_reading
    from pipeline.database.sql.datasette import metadata
    from pipeline.report import write
    from pipeline.report.model import Report

    described = metadata(open_for_reading(context.obj))
    write(Report(described, (), (), ()), "json", output)
