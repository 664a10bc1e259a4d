"""The commands and the options that come before them; errors to messages and exit codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from pipeline.cli import (
    catalogue,
    check,
    database,
    diff,
    enrich,
    expiring,
    export,
    extract,
    find,
    fleet,
    ingest,
    query,
    report,
    serve,
    show,
    snapshots,
)
from pipeline.cli.command import Command
from pipeline.cli.messages import VERBOSE, complain
from pipeline.errors import TrustlistError, UsageError
from pipeline.version import VERSION

app = typer.Typer(
    name="trustlist",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help costs half of what rich help does
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"trustlist {VERSION}")
        raise typer.Exit


@app.callback()
def _globals(
    context: typer.Context,
    database: Annotated[
        str,
        typer.Option(
            metavar="URL",
            envvar="TRUSTLIST_DATABASE",
            help="SQLite or PostgreSQL, such as postgresql://user@host/name.",
        ),
    ] = "sqlite:///trustlist.db",
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Tell more about what was done.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Tell which certificate authorities the firmware of Cisco IP Phones trusts."""
    context.obj = database
    context.meta[VERBOSE] = verbose


for module in (
    ingest,
    snapshots,
    show,
    diff,
    check,
    fleet,
    report,
    find,
    expiring,
    export,
    query,
    serve,
    enrich,
    extract,
):
    app.command(module.__name__.rpartition(".")[2], cls=Command)(module.command)
app.add_typer(catalogue.app)
app.add_typer(database.app)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command; give its exit code (see `pipeline.errors`)."""
    try:
        code = app(arguments, prog_name="trustlist", standalone_mode=False)
    except TrustlistError as error:
        complain(*error.lines)
        return error.exit_code
    except MemoryError:
        complain("There is not enough memory for this; ask for less, or close other programs.")
        return UsageError.exit_code
    except typer.TyperException as error:
        complain(*_lines(error))
        return error.exit_code
    return code or 0


def _lines(error: typer.TyperException) -> Sequence[str]:
    context: typer.Context | None = getattr(error, "ctx", None)
    message = error.format_message().replace(": Value error, ", ": ", 1)
    if context is None:
        return [message]
    if message == context.get_help():  # a group without a command
        return message.splitlines()
    if getattr(error, "option_name", None) == "--database":
        return ["--database stands before the command: trustlist --database URL COMMAND."]
    return [message, f"Try `{context.command_path} --help`."]
