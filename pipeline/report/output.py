"""Files that are written: whole or not at all, and never over what the command itself reads.

A file is written beside its place and takes it when it is whole. What fails on the way (a full
disk, a time limit, a signal) leaves the file that was there before.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import BinaryIO, Final

from pipeline.errors import UsageError
from pipeline.inputs import is_directory, is_there

_DESCRIPTORS: Final = re.compile(r"/dev/fd/([0-9]+)|/proc/(?:self|thread-self)/fd/([0-9]+)")
_STANDARD: Final = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}

_in_use: ContextVar[Sequence[Path | int]] = ContextVar("_in_use", default=())


@contextmanager
def protected(files: Iterable[Path | int]) -> Iterator[None]:
    """Refuse, inside the block, to write over these files (paths or open descriptors).

    Also over those that aren't there yet, and over the files of certificates right in a directory.
    """
    token = _in_use.set(tuple(files))
    try:
        yield
    finally:
        _in_use.reset(token)


def check(output: Path | int) -> None:
    """Check that a file (or an open descriptor) is none that is in use.

    Raises:
        UsageError: it is.
    """
    for used in _in_use.get():
        if _is_same(output, used) or _is_read_with(output, used):
            name = "standard output" if isinstance(output, int) else output
            raise UsageError(f"{name}: this file is in use by the command; give another --output.")


@contextmanager
def whole(output: Path) -> Iterator[BinaryIO]:
    """Open a file to be written, which takes the place of ``output`` at the end of the block.

    If the block raises, ``output`` stays as it was. A symbolic link is followed, permissions are
    kept. What isn't a regular file (a pipe, a device, a descriptor such as ``/dev/fd/3``) is
    written to as it is.

    Raises:
        UsageError: ``output`` is in use by the command (see `protected`).
        OSError: it can't be written.
    """
    check(output)
    descriptor = _descriptor(output)
    if descriptor is not None:
        with os.fdopen(os.dup(descriptor), "wb") as file:
            yield file
        return
    place = Path(os.path.realpath(output))
    before = _status(place)
    if before and not stat.S_ISREG(before.st_mode):
        with place.open("wb") as file:
            yield file
        return
    if before and not os.access(place, os.W_OK):
        raise PermissionError(13, os.strerror(13), str(output))
    part = place.with_name(f".trustlist-{secrets.token_hex(8)}")
    try:
        # as a program that opens the file itself: the umask says who may read it
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(part, flags, 0o666), "wb") as file:
            if before:
                part.chmod(stat.S_IMODE(before.st_mode))
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(place)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


# --- which file a path is --------------------------------------------------------------------


def _descriptor(path: Path) -> int | None:
    """Give the number of our own descriptor that a path names, through links, too."""
    for _ in range(40):  # as many links as Linux follows
        text = os.path.normpath(path.absolute())
        if text in _STANDARD:
            return _STANDARD[text]
        if found := _DESCRIPTORS.fullmatch(text):
            return int(found[1] or found[2])
        if not path.is_symlink():
            return None
        path = path.parent / path.readlink()
    return None


def _status(file: Path | int) -> os.stat_result | None:
    try:
        return os.stat(file)  # noqa: PTH116 - a descriptor has no Path
    except OSError:
        return None


def _is_same(one: Path | int, other: Path | int) -> bool:
    first, second = _status(one), _status(other)
    if first and second:
        is_file = stat.S_ISREG(first.st_mode) or stat.S_ISBLK(first.st_mode)
        return is_file and os.path.samestat(first, second)
    return (
        isinstance(one, Path)
        and isinstance(other, Path)
        and os.path.realpath(one) == os.path.realpath(other)
    )


def _is_read_with(output: Path | int, directory: Path | int) -> bool:
    """Whether a file is one of the certificates right in a directory that is read."""
    if isinstance(output, int) or isinstance(directory, int):
        return False
    if not is_directory(directory) or not is_there(output) or not output.is_file():
        return False
    if not any(_is_same(output, each) for each in directory.iterdir()):
        return False
    from pipeline.x509.bundle import certificates_in

    with output.open("rb") as file:
        return bool(certificates_in(file.read(_LARGEST)))


_LARGEST: Final = 1 << 24
"""Bytes of a file that are looked at for certificates."""
