"""The manual page, built from the help of all commands: ``python -m pipeline.cli.manual``.

It is roff for man(7). ``make man`` writes it to a file.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipeline import errors
from pipeline.version import VERSION

_EXIT_CODES: Final = (
    errors.UsageError,
    errors.DocumentError,
    errors.DatabaseError,
    errors.SourceError,
)


@dataclass(frozen=True)
class _Page:
    """A command: how it is called, what it does, its options and arguments with their help."""

    usage: str
    paragraphs: Sequence[str]
    options: Sequence[tuple[str, str]]


def text() -> str:
    """Give the whole page."""
    import typer.main
    from jinja2 import Environment, PackageLoader

    from pipeline.cli.app import app

    group: Any = typer.main.get_command(app)
    head, *pages = _pages(group, "trustlist")
    loader = PackageLoader("pipeline.cli", "")
    environment = Environment(  # noqa: S701 - roff has its own escape, on each text
        loader=loader, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters["roff"] = _escaped
    return environment.get_template("manual.1.jinja").render(
        version=VERSION,
        head=head,
        pages=pages,
        exit_codes=[
            (each.exit_code, " ".join((inspect.getdoc(each) or "").split())) for each in _EXIT_CODES
        ],
    )


def _pages(command: Any, path: str) -> Iterator[_Page]:
    """Give a command, then those in it."""
    context = command.context_class(command, info_name=path)
    records = (each.get_help_record(context) for each in command.params)
    paragraphs = [" ".join(each.split()) for each in (command.help or "").split("\n\n")]
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    yield _Page(usage, paragraphs, [(name, said) for name, said in filter(None, records)])
    for name, each in getattr(command, "commands", {}).items():
        if not each.hidden:
            yield from _pages(each, f"{path} {name}")


def _escaped(line: str) -> str:
    """Let roff take a line for text only (groff(7), "Escapes")."""
    plain = line.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain


if __name__ == "__main__":
    sys.stdout.write(text())
