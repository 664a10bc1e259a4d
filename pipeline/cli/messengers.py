"""Telling somebody else: a web hook, or a command."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable
from typing import Final

from pipeline.errors import SourceError, UsageError

Messenger = Callable[[str], None]
"""Takes a message (JSON); a SourceError says that it didn't."""

_SECONDS: Final = 60
_MOST: Final = 1 << 20


def web_hook(url: str) -> Messenger:
    """Send messages to an address, as Slack, Teams and Mattermost take them (they show ``text``).

    Raises:
        UsageError: this is no address of the web.
    """
    from pipeline.ingest.web_documents import is_url, shown
    from pipeline.online import Client, FetchError

    if not is_url(url):
        raise UsageError(f"--webhook {url}: give an address such as https://example.com/hook.")

    def send(message: str) -> None:
        try:
            with Client("watch", seconds=_SECONDS, most=_MOST) as client:
                answer = client.post(url, message)
        except FetchError as error:
            raise SourceError(f"--webhook {_host(shown(url))}: {error}.") from error
        if not 200 <= answer.status < 300:
            said = f"{answer.status} {answer.reason}".strip()
            raise SourceError(f"--webhook {_host(shown(url))}: the server answers {said}.")

    return send


def command(line: str) -> Messenger:
    """Give messages to a command on its standard input; no shell reads the line.

    Raises:
        UsageError: the line can't be read as one.
    """
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise UsageError(f"--exec {line}: {error}.") from error
    if not words:
        raise UsageError("--exec: give a command.")

    def send(message: str) -> None:
        try:
            done = subprocess.run(  # noqa: S603 - the user's own command
                words, input=message, text=True, timeout=_SECONDS, check=False
            )
        except OSError as error:
            raise SourceError(f"--exec {words[0]}: {error.strerror or error}.") from error
        except subprocess.TimeoutExpired:
            raise SourceError(f"--exec {words[0]}: no end after {_SECONDS} seconds.") from None
        if done.returncode:
            raise SourceError(f"--exec {words[0]}: it ended with exit code {done.returncode}.")

    return send


def _host(url: str) -> str:
    """A hook's path is often its only secret."""
    return "/".join(url.split("/")[:3])
