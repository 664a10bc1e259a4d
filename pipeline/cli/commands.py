"""The commands, in the order of the help; a command's module is imported when the command is used.

Help and completion use them all, a question only its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, Final

import typer
import typer.main
from typer.core import TyperGroup

from pipeline.cli.command import MAKING, Command

NAMES: Final = (
    *("ingest", "watch", "snapshots", "show", "diff", "check", "fleet", "report", "find"),
    *("expiring", "export", "query", "serve", "enrich", "extract", "catalogue", "database"),
)
"""Each is a module of `pipeline.cli`: it has a ``command`` or, for a group of them, an ``app``."""


class CommandGroup(TyperGroup):
    """typer's group, with our commands."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands: Any = _Commands()


class _Commands(Mapping[str, Any]):
    """typer's commands by their names, each made when it is asked for."""

    def __getitem__(self, name: str) -> Any:
        if name not in NAMES:
            raise KeyError(name)
        return _make(name)

    def __contains__(self, name: object) -> bool:
        return name in NAMES

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)


@cache
def _make(name: str) -> Any:
    module = import_module(f"pipeline.cli.{name}")
    if hasattr(module, "app"):
        return typer.main.get_command(module.app)
    alone = typer.Typer(**MAKING)
    alone.command(name, cls=Command)(module.command)
    return typer.main.get_command(alone)
