"""The command line: arguments in, one call, one report out.

A module a command. What a command needs is imported when it runs, so that ``--help`` doesn't pay
for pandas.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Final

import typer

from pipeline.cli import diff, extract, ingest, show, snapshots
from pipeline.cli.messages import complain
from pipeline.errors import TrustlistError
from pipeline.version import VERSION

INTERRUPTED: Final = 130  # what shells give for a program ended by Ctrl-C

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
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Tell which certificate authorities the firmware of Cisco IP Phones trusts."""
    context.obj = database


for each in (ingest.ingest, snapshots.snapshots, show.show, diff.diff, extract.extract):
    app.command()(each)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit with its code (see `pipeline.errors`)."""
    if sys.stdout is None:  # closed by whoever started this: `trustlist show 12.7 >&-`
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # a terminal keeps its own encoding; what that lacks is spelled out
            encoding = None if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        code = app(arguments, standalone_mode=False)
    except TrustlistError as error:
        complain(str(error))
        return error.exit_code
    except typer.TyperException as error:
        context: typer.Context | None = getattr(error, "ctx", None)
        hint = f"\nTry `{context.command_path} --help`." if context else ""
        complain(error.format_message() + hint)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    return code or 0
