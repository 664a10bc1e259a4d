"""The passwords that a store of certificates is tried with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pipeline.inputs import MIB, read

PASSWORD: Final = "TRUSTLIST_STORE_PASSWORD"  # noqa: S105 - the name of a variable
"""The environment variable that holds a store's password: processes that read inherit it."""
_USUAL: Final = ("", "changeit")
HOW: Final = f"Give its password with --password-file FILE, or set {PASSWORD}."
"""What to do about a store that nothing opens."""


def candidates() -> Iterator[str]:
    """The passwords to try: the user's own, none, and Java's usual one."""
    if own := os.environ.get(PASSWORD):
        yield own
    yield from _USUAL


def take_from(path: Path) -> None:
    """Take the first line of a file for the password, as OpenSSL and keytool do.

    Raises:
        OSError: it can't be read.
        ValueError: it is not UTF-8, or holds no line that can be a password.
    """
    first = read(path, MIB).decode().partition("\n")[0].removesuffix("\r")
    if not first or "\0" in first:
        raise ValueError("its first line is no password")
    os.environ[PASSWORD] = first
