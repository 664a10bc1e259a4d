"""What is the same for every command.

The files that it reads are never written over; what fails for a damaged database is said so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import typer
from typer.core import TyperCommand

from pipeline.errors import TrustlistError, UsageError
from pipeline.inputs import unreadable
from pipeline.report import output

MAKING: Final[dict[str, Any]] = {
    "add_completion": False,  # it is the program's, not each command's
    "pretty_exceptions_enable": False,
    "rich_markup_mode": None,  # plain help costs half of what rich help does
}
"""How typer makes commands of functions."""

_SQLITE: Final = re.compile(r"sqlite(?:\+\w+)?:///([^?]+)")
_STANDARD_INPUT, _STANDARD_OUTPUT = 0, 1


class Command(TyperCommand):
    """A command that refuses an ``--output`` which it reads itself."""

    def invoke(self, ctx: Any) -> Any:
        """Run it, unless its output is in use: then nothing is done at all."""
        with output.protected(_in_use(ctx)):
            _check_product(ctx.params.get("product"))
            output.check(ctx.params.get("output") or _STANDARD_OUTPUT)
            if path := ctx.params.get("password_file"):
                _take_password(path)
            try:
                return super().invoke(ctx)
            except (TrustlistError, typer.TyperException, typer.Exit, typer.Abort):
                raise
            except Exception as error:
                _explain(error, ctx.obj)
                raise


def _check_product(name: str | None) -> None:
    """Refuse bytes that are no text, which no database takes."""
    try:
        (name or "").encode()
    except UnicodeEncodeError:
        raise UsageError("--product: these bytes are no text in UTF-8.") from None


def _take_password(path: Path) -> None:
    """Let key stores be opened with the password in a file."""
    from pipeline.extract.formats import passwords

    try:
        passwords.take_from(path)
    except OSError as error:
        raise UsageError(f"--password-file {path}: {unreadable(error)}.") from error
    except ValueError:
        raise UsageError(f"--password-file {path}: its first line is no password.") from None


def _explain(error: Exception, database: object) -> None:
    """Say that the database is damaged, if it is: that alone explains what nobody expected."""
    if isinstance(database, str):
        from pipeline.database.verify import explained_by_damage

        with explained_by_damage(database):
            raise error


def _in_use(context: typer.Context) -> Iterator[Path | int]:
    """Give the database, standard input, and each file and directory that the command is given."""
    yield _STANDARD_INPUT
    if isinstance(context.obj, str) and (found := _SQLITE.fullmatch(context.obj)):
        for suffix in ("", "-journal", "-wal", "-shm"):
            yield Path(found[1] + suffix)
    for name, value in context.params.items():
        if name not in ("output", "picture"):
            yield from _paths(value)
    yield from map(Path, context.params.get("names") or ())
    if store := context.params.get("against"):
        yield Path(store)


def _paths(value: object) -> Iterator[Path]:
    values = value if isinstance(value, list | tuple) else [value]
    yield from (each for each in values if isinstance(each, Path))
