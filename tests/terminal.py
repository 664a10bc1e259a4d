"""A terminal of one's own, for what is shown in one."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Sequence
from typing import Final

COMMAND: Final = [sys.executable, "-c", "from pipeline.cli import main; main()"]
ESCAPE: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def in_terminal(
    *arguments: str,
    columns: int = 80,
    environment: dict[str, str] | None = None,
    command: Sequence[str] = COMMAND,
) -> str:
    """Run a command in a terminal of its own, and give all that it showed there."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    plain = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    variables = {**plain, "TERM": "xterm-256color", "COLUMNS": str(columns), **(environment or {})}
    with subprocess.Popen(
        [*command, *arguments], stdin=follower, stdout=follower, stderr=follower, env=variables
    ):
        os.close(follower)
        shown = b"".join(_chunks(leader))
    os.close(leader)
    return shown.decode("utf-8").replace("\r\n", "\n")


def _chunks(descriptor: int) -> Iterator[bytes]:
    while True:
        try:
            yield os.read(descriptor, 65_536)
        except OSError:  # Linux says EIO when the other side is closed
            return
