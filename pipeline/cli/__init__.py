"""The command line: arguments in, one call, one report out.

A module a command, named for it, with the function ``command``; `app` puts them together. What a
command needs is imported when it runs, by the names that it has where it is defined, so that
``--help`` doesn't pay for pandas.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Final

INTERRUPTED: Final = 130  # what shells give for a program ended by Ctrl-C


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit with its code."""
    if sys.stdout is None:  # closed by whoever started this: `trustlist show 12.7 >&-`
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # a terminal keeps its own encoding; what that lacks is spelled out
            encoding = None if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")
    try:
        from pipeline.cli.app import run  # so that Ctrl-C is met here from the start

        code = run(arguments)
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(code)
