"""What options are unless the command line or the environment says otherwise.

It stands in ``trustlist.toml``, or under ``[tool.trustlist]`` in ``pyproject.toml``, of the
directory in which a command runs: options by their names, those of a command in its table.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from pipeline.errors import UsageError
from pipeline.inputs import MIB, read

NAME: Final = "trustlist.toml"
_SHARED: Final = "pyproject.toml"
_KINDS: Final = (str, int, float, bool)


def defaults(group: Any, directory: Path) -> dict[str, Any]:
    """Give the values for the options of ``group`` (typer's) and its commands, by parameter.

    Raises:
        UsageError: the file can't be read, or says something that is no option's.
    """
    path, stated = _stated(directory)
    return _checked(path, group, stated, "") if stated else {}


def _stated(directory: Path) -> tuple[Path, Mapping[str, Any]]:
    own, shared = directory / NAME, directory / _SHARED
    if (stated := _read(own)) is not None:
        return own, stated
    tools = (_read(shared) or {}).get("tool", {})
    return shared, tools.get("trustlist", {})


def _read(path: Path) -> dict[str, Any] | None:
    try:
        return tomllib.loads(read(path, MIB).decode())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UsageError(f"{path.name}: can't be read: {error.strerror or error}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        if path.name == _SHARED:  # whose it is says so
            return None
        raise UsageError(f"{path.name}: this is no TOML: {error}.") from error


def _checked(path: Path, command: Any, stated: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Give the values by parameters' names; those of a command in a mapping of its own."""
    options = {
        option.removeprefix("--"): parameter
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--")
    }
    commands: Mapping[str, Any] = getattr(command, "commands", {})
    found: dict[str, Any] = {}
    for key, value in stated.items():
        if key in commands and isinstance(value, dict):
            found[key] = _checked(path, commands[key], value, f"{where}[{key}] ")
        elif key not in options:
            raise UsageError(f"{path.name}: {where}{key}: {_unknown(key, [*options, *commands])}")
        elif not _is_value(value):
            raise UsageError(f"{path.name}: {where}{key}: give a text, a number, true or false.")
        else:
            parameter = options[key]
            is_list = getattr(parameter, "multiple", False)
            found[parameter.name] = [value] if is_list and not isinstance(value, list) else value
    return found


def _is_value(value: object) -> bool:
    values = value if isinstance(value, list) else [value]
    return all(isinstance(each, _KINDS) for each in values)


def _unknown(key: str, known: list[str]) -> str:
    near = get_close_matches(key, known, 1)
    return f"there is no such option; {near[0]} is meant?" if near else "there is no such option."
