"""Which column of an inventory says what, by its title."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal, get_args

from pipeline.errors import DocumentError, UsageError

Field = Literal[
    "name", "load", "pinned", "model", "class", "status", "time", "address", "description"
]
"""``load`` is what a phone runs, ``pinned`` what an administrator wants it to run."""

TITLES: Final[dict[Field, tuple[str, ...]]] = {
    "name": ("Device Name", "Name", "Phone Name", "Device", "Device Name (Line)"),
    "load": (
        "Active Load ID",
        "Active Load",
        "Active Firmware",
        "Active Firmware Version",
        "Current Load",
        "Running Load",
        "Running Load ID",
        "Firmware Version",
        "Firmware",
        "Load ID",
        "Load",
    ),
    "pinned": ("Load Information", "Phone Load Name", "Phone Load", "Device Load Information"),
    "model": ("Device Type", "Device Model", "Phone Type", "Model", "Product", "Type"),
    "class": ("Device Class", "Class"),
    "status": ("Status", "Device Status", "Registration Status", "Registration State", "State"),
    "time": ("Time Stamp", "Last Registered", "Last Seen", "Last Active", "Status Time"),
    "address": ("IP Address", "IPv4 Address", "IP", "IP Address 1", "Address"),
    "description": ("Description", "Device Description"),
}
"""The usual titles, those that count most first: of Unified CM's exports, RTMT and RisPort70.

Letters, digits and nothing else of them count: ``ActiveLoadID`` is ``Active Load ID``.
"""

_NOT_IN_A_TITLE: Final = re.compile(r"[\W_]+")
_MOST_NAMED: Final = 12


def find(names: Sequence[str], chosen: Mapping[Field, str]) -> dict[Field, int]:
    """Say at which place each field is that is there. A title that stands twice counts once."""
    places = {_key(title): place for place, title in reversed(list(enumerate(names)))}
    return {
        each: places[key]
        for each, usual in _WANTED.items()
        if (key := next((key for key in _keys(each, usual, chosen) if key in places), None))
    }


def missing(
    source: str, names: Sequence[str], found: Mapping[Field, int], chosen: Mapping[Field, str]
) -> DocumentError | UsageError | None:
    """Say what is wrong if an inventory has not the columns it needs, or not those chosen."""
    there = f"Its columns are: {_named(names)}"
    for each, title in chosen.items():
        if each not in found:
            return UsageError(f"--column {each}={title}: {source} has no such column. {there}.")
    if "name" not in found:
        return DocumentError(
            f"{source}: no column of device names, such as Device Name. {there}; "
            "--column name=TITLE says which."
        )
    if "load" not in found and "pinned" not in found:
        return DocumentError(
            f"{source}: no column of loads, such as Active Load ID. {there}; "
            "--column load=TITLE says which."
        )
    return None


def parse(text: str) -> tuple[Field, str]:
    """Read ``load=Phone Load``.

    Raises:
        UsageError: it is no such text.
    """
    name, equals, title = text.partition("=")
    fields = {each: each for each in get_args(Field)}
    if not equals or not _key(title) or name.strip() not in fields:
        names = ", ".join(fields)
        raise UsageError(
            f"--column {text}: give FIELD=TITLE, such as load=Firmware; fields are {names}."
        )
    return fields[name.strip()], title


def _keys(each: Field, usual: Sequence[str], chosen: Mapping[Field, str]) -> Sequence[str]:
    return [_key(chosen[each])] if each in chosen else usual


def _key(title: str) -> str:
    return _NOT_IN_A_TITLE.sub("", title).casefold()


_WANTED: Final = {each: tuple(map(_key, titles)) for each, titles in TITLES.items()}


def _named(titles: Sequence[str]) -> str:
    named = [title.strip()[:40] for title in titles if title.strip()]
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    return ", ".join(named[:_MOST_NAMED]) + more if named else "none"
