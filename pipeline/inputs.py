"""Files that a person names, read within a size and a time: they may be anything.

A device never ends, a pipe may have nobody who writes to it, a file may grow while it is read, a
sparse one is larger than the disk.
"""

from __future__ import annotations

import errno
import io
import os
import select
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, cast

from pipeline.errors import DocumentError

MIB: Final = 1 << 20
SECONDS: Final = 60.0
"""What a pipe may take until its end."""
STANDARD_INPUT: Final = Path("-")

_BUFFER: Final = 1 << 16


@contextmanager
def opened(path: Path, most: int, seconds: float | None = None) -> Iterator[BinaryIO]:
    """Open a file, or standard input (``-``), to read ``most`` bytes at most.

    A pipe or a device has ``seconds``, or else `SECONDS`, until its end; a regular file has any
    time, and so has a person at a terminal.

    Raises:
        OSError: it can't be read, is larger (EFBIG), or not at its end in time (ETIMEDOUT); its
            ``strerror`` says so in words.
    """
    limit = SECONDS if seconds is None else seconds
    if path == STANDARD_INPUT:
        with _standard_input(most, limit) as stream:
            yield stream
        return
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    try:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, "this is a directory", str(path))
        is_regular = stat.S_ISREG(status.st_mode)
        if is_regular and status.st_size > most:
            raise _too_large(most)
        limited = _Limited(descriptor, most, None if is_regular else limit)
        with io.BufferedReader(limited, _BUFFER) as reader:
            yield reader
    finally:
        os.close(descriptor)


def read(path: Path, most: int, seconds: float | None = None) -> bytes:
    """Read a file whole, as `opened` opens it."""
    with opened(path, most, seconds) as file:
        return file.read()


@contextmanager
def at_rest(path: Path, most: int, seconds: float) -> Iterator[Path]:
    """Give a file that can be read more than once: of a pipe or a device, a copy.

    Raises:
        DocumentError: it can't be read, is larger than ``most`` bytes, or takes longer.
    """
    try:
        is_regular = path != STANDARD_INPUT and stat.S_ISREG(path.stat().st_mode)
        if is_regular:
            if path.stat().st_size > most:
                raise _too_large(most)
            copy = None
        else:
            copy = read(path, most, seconds)
    except OSError as error:
        raise DocumentError(f"{path}: {unreadable(error)}.") from error
    if copy is None:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="trustlist-") as directory:
        name = "standard input" if path == STANDARD_INPUT else path.name
        local = Path(directory, name)
        local.write_bytes(copy)
        del copy
        try:
            yield local
        except DocumentError as error:  # nobody knows the copy
            lines = (each.replace(str(local), str(path)) for each in error.lines)
            raise DocumentError(*lines) from error


def is_directory(path: Path) -> bool:
    """Whether this is a directory; a name that no file can have (too long, for one) is none."""
    return os.path.isdir(path)  # noqa: PTH112 - Path.is_dir raises for such a name


def is_there(path: Path) -> bool:
    """Whether there is something of this name, as `is_directory` sees it."""
    return os.path.exists(path)  # noqa: PTH110 - as above


def unreadable(error: OSError) -> str:
    """Say why a file can't be read, as part of a sentence."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, IsADirectoryError):
        return "this is a directory; name a file"
    return f"can't be read: {error.strerror or error}"


@contextmanager
def _standard_input(most: int, seconds: float) -> Iterator[BinaryIO]:
    if sys.stdin is None:
        raise OSError(errno.EBADF, "standard input is closed")
    try:
        descriptor = sys.stdin.fileno()
    except (OSError, ValueError):  # what stands in for it has none
        yield io.BytesIO(sys.stdin.buffer.read(most))
        return
    limit = None if os.isatty(descriptor) else seconds
    reader = io.BufferedReader(_Limited(descriptor, most, limit), _BUFFER)
    try:
        yield reader
    finally:
        reader.detach()


class _Limited(io.RawIOBase):
    """A descriptor that gives so many bytes in so many seconds; it is left open."""

    def __init__(self, descriptor: int, most: int, seconds: float | None) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._most = self._left = most
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds if seconds is not None else None

    def fileno(self) -> int:
        return self._descriptor

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer)).cast("B")
        data = self._read(len(view))
        if len(data) > self._left:
            raise _too_large(self._most)
        self._left -= len(data)
        view[: len(data)] = data
        return len(data)

    def _read(self, size: int) -> bytes:
        while True:
            if self._deadline is not None:
                left = self._deadline - time.monotonic()
                ready = left > 0 and select.select([self._descriptor], [], [], left)[0]
                if not ready:
                    words = f"it isn't at its end after {self._seconds:g} seconds"
                    raise TimeoutError(errno.ETIMEDOUT, words)
            try:
                return os.read(self._descriptor, size)
            except BlockingIOError:  # somebody else was quicker
                time.sleep(0.01)


def _too_large(most: int) -> OSError:
    size = f"{most // MIB} MiB" if most >= MIB else f"{most:,} bytes"
    return OSError(errno.EFBIG, f"it is larger than {size}")
