"""The command line: arguments in, one call, one report out.

A module a command, named for it, with the function ``command``; `app` puts them together. What a
command needs is imported when it runs, by the names that it has where it is defined, so that
``--help`` doesn't pay for pandas.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import Final

_ENDED: Final = 128
"""Shells give this and the number of the signal that ended a program."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit with its code."""
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # a terminal keeps its own encoding; what that lacks is spelled out
            encoding = None if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")
    with _meeting_signals() as met:
        try:
            from pipeline.cli.app import run  # so that Ctrl-C is met here from the start

            code = run(arguments)
        except KeyboardInterrupt:
            code = _ENDED + signal.SIGINT
    sys.exit(_ENDED + met[0] if met else code)


def _open_what_is_closed() -> None:
    """Stand in for standard streams that are closed: `trustlist show 12.7 >&-`.

    Else the next file that is opened, such as the database, would be one of them.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # it gets the lowest number that is free: this one
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115


@contextmanager
def _meeting_signals() -> Iterator[list[int]]:
    """Meet the signals that end a program as Ctrl-C is met; gives those that came.

    So what is half done is undone on the way out. Those that are ignored (nohup) stay so.
    """
    met: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:
        met.append(number)
        raise KeyboardInterrupt

    numbers = [
        number
        for name in ("SIGTERM", "SIGHUP")
        if (number := getattr(signal, name, None)) and signal.getsignal(number) is signal.SIG_DFL
    ]
    for number in numbers:
        signal.signal(number, end)
    try:
        yield met
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)
