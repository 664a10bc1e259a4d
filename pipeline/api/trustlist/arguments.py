"""What a notebook gives -> what the pipeline takes; an error names the argument."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import UsageError
from pipeline.firmware import Firmware
from pipeline.moment import moment, parse_moment

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from pipeline.check import Chain

PathLike = str | os.PathLike[str]
Day = str | date
Release = str | Firmware


def path(name: str, given: PathLike) -> Path:
    """Read a path; ``name`` is the argument's.

    Raises UsageError if it is none.
    """
    if not isinstance(given, str | os.PathLike):
        raise UsageError(f"{name}: {given!r} is no path; give text or a Path.")
    return Path(given)


def paths(name: str, given: PathLike | Sequence[PathLike]) -> list[Path]:
    """Read a path, or several. Raises UsageError as `path` does."""
    if isinstance(given, str | os.PathLike):
        return [Path(given)]
    return [path(name, each) for each in given]


def several(given: object) -> list[Any]:
    """Take one thing, or a list or tuple of several."""
    return list(given) if isinstance(given, list | tuple) else [given]


def day(name: str, given: Day | None) -> date | None:
    """Read a day or a time.

    Raises UsageError if it is neither, or a time without a zone.
    """
    try:
        found = parse_moment(given) if isinstance(given, str) else given
        if found is not None and not isinstance(found, date):
            raise ValueError(f"{given!r} is no day such as 2020-06-01")
        moment(found)
    except ValueError as error:
        raise UsageError(f"{name}: {error}.") from None
    return found


def release(name: str, given: Release) -> str:
    """Read the name of a release.

    Raises UsageError if it is neither text nor a `Firmware`.
    """
    if not isinstance(given, str | Firmware):
        raise UsageError(f"{name}: {given!r} is no release; give text such as '12.7'.")
    return str(given)


def releases(name: str, given: Release | Sequence[Release]) -> list[str]:
    """Read the name of a release, or several. Raises UsageError as `release` does."""
    if isinstance(given, str | Firmware):
        return [str(given)]
    return [release(name, each) for each in given]


def engine(given: Engine | PathLike) -> Engine:
    """Open a database for reading, unless that was done before.

    Raises:
        UsageError: this is no database, URL or path.
        DatabaseError: it can't be used.
    """
    from sqlalchemy import Engine

    from pipeline.database.engine import open_for_reading

    return given if isinstance(given, Engine) else open_for_reading(url(given))


def url(given: PathLike) -> str:
    """Give the URL of a database; a path is that of a SQLite file. Raises UsageError as `path`."""
    if isinstance(given, str) and "://" in given:
        return given
    return f"sqlite:///{path('database', given)}"


def chain(given: Chain | PathLike) -> Chain:
    """Read a chain, unless that was done before.

    Raises:
        UsageError: this is no chain, or path of one.
        DocumentError: the file can't be read as one.
    """
    from pipeline.check import Chain, read_chain

    return given if isinstance(given, Chain) else read_chain(path("chain", given))
