"""The commands and the options that come before them; errors to messages and exit codes."""

from __future__ import annotations

import errno
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
import typer.main

from pipeline.cli.command import MAKING
from pipeline.cli.commands import CommandGroup
from pipeline.cli.configuration import defaults
from pipeline.cli.messages import QUIET, VERBOSE, complain
from pipeline.errors import TrustlistError, UsageError
from pipeline.report import put
from pipeline.version import VERSION

_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+]+:")
"""How a URL begins; what begins otherwise is the path of a file."""
_UNWRITABLE: Final = {errno.EBADF, errno.EFBIG, errno.EIO, errno.ENOSPC}
"""Standard output is closed, or where it goes is full or broken."""

app = typer.Typer(
    name="trustlist",
    cls=CommandGroup,
    no_args_is_help=True,
    **MAKING | {"add_completion": True},
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        put(f"trustlist {VERSION}\n")
        raise typer.Exit


@app.callback()
def _globals(
    context: typer.Context,
    database: Annotated[
        str,
        typer.Option(
            metavar="URL|FILE",
            envvar="TRUSTLIST_DATABASE",
            help="A file (SQLite), or PostgreSQL, such as postgresql://user@host/name.",
        ),
    ] = "trustlist.db",
    quiet: Annotated[
        bool,
        typer.Option("--quiet", "-q", help="Say nothing of what was done, unless it went wrong."),
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Tell more about what was done.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Tell which certificate authorities the firmware of Cisco IP Phones trusts."""
    context.obj = database if _URL.match(database) else f"sqlite:///{database}"
    context.meta[VERBOSE], context.meta[QUIET] = verbose, quiet


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command; give its exit code (see `pipeline.errors`)."""
    try:
        group = typer.main.get_command(app)
        code = group(
            arguments,
            prog_name="trustlist",
            standalone_mode=False,
            default_map=defaults(group, Path.cwd()),
        )
    except TrustlistError as error:
        complain(*error.lines)
        return error.exit_code
    except MemoryError:
        complain("There is not enough memory for this; ask for less, or close other programs.")
        return UsageError.exit_code
    except typer.TyperException as error:
        complain(*_lines(error))
        return error.exit_code
    except OSError as error:  # of help, which typer prints itself
        if error.errno not in _UNWRITABLE or error.filename:
            raise
        complain(f"standard output: can't be written: {error.strerror}.")
        return UsageError.exit_code
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
