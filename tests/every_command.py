"""All commands and what they take, asked of the command line itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from typer.main import get_command

from pipeline.cli.app import app

FILES: Final = ("FILE", "PATH", "CHAIN", "STORE", "PHONES")
"""What the words for a parameter hold that names a file which is read."""


def _commands(group: Any, names: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from _commands(command, (*names, name))
        else:
            yield (*names, name), command


COMMANDS: Final = dict(_commands(get_command(app)))

WITH_OUTPUT: Final = [
    names
    for names, command in COMMANDS.items()
    if any(each.name == "output" for each in command.params)
]


def files_of(names: tuple[str, ...]) -> list[str]:
    """Give the names of a command's parameters that name files which it reads."""
    return [
        each.name
        for each in COMMANDS[names].params
        if each.name != "output" and any(word in (each.metavar or "") for word in FILES)
    ]


def arguments(names: tuple[str, ...], given: Mapping[str, object]) -> list[str]:
    """Call a command with these values, and with 12.7 for what else it can't do without."""
    options, rest = [], []
    for each in COMMANDS[names].params:
        is_argument = each.param_type_name == "argument"
        value = given.get(each.name, "12.7" if is_argument and each.required else None)
        if value is not None:
            (rest if is_argument else options).extend(
                [str(value)] if is_argument else [each.opts[0], str(value)]
            )
    return [*names, *options, "--", *rest]
