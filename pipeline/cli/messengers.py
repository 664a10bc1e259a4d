"""Telling somebody else: a web hook, or a command.

What a receiver doesn't take is remembered, and sent to this one again the next time.
"""

from __future__ import annotations

import hashlib
import shlex
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from pipeline.errors import SourceError, UsageError

if TYPE_CHECKING:
    from pipeline.ingest.web_documents import Memory


@dataclass(frozen=True)
class Receiver:
    """Somebody who is told; ``key`` tells it from others, without the secret in a hook's address.

    ``send`` takes a message (JSON); a SourceError says that it wasn't taken.
    """

    key: str
    send: Callable[[str], None]


_SECONDS: Final = 60
_MOST: Final = 1 << 20


def web_hook(url: str) -> Receiver:
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

    return Receiver(f"webhook {hashlib.sha256(url.encode()).hexdigest()[:16]}", send)


def command(line: str) -> Receiver:
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

    return Receiver(f"exec {line}", send)


def deliver(
    url: str, message: str | None, receivers: Sequence[Receiver], memory: Memory
) -> list[SourceError]:
    """Send the news of an address, after what is left over of earlier ones, to each receiver.

    It is noted before it is sent: what doesn't arrive, even for a power cut, is sent again. Gives
    why receivers didn't take it, unless that is as the last time and there was nothing new to send.
    """
    known = memory.recall(url)
    unsent, refusals = dict(known.unsent), dict(known.refusals)
    if message:
        for each in receivers:
            unsent[each.key] = [*unsent.get(each.key, ()), message]
        memory.keep(replace(known, unsent=unsent))
    failures: list[SourceError] = []
    for each in receivers:
        if not unsent.get(each.key):
            continue
        left, failure = _send(each, unsent.pop(each.key))
        refusal = refusals.pop(each.key, "")
        if failure:
            unsent[each.key], refusals[each.key] = left, str(failure)
            if message or str(failure) != refusal:
                failures.append(failure)
        memory.keep(replace(known, unsent=unsent, refusals=refusals))
    return failures


def _send(receiver: Receiver, messages: Sequence[str]) -> tuple[list[str], SourceError | None]:
    """Send messages in their order; give those that are left over, and why they are."""
    for number, message in enumerate(messages):
        try:
            receiver.send(message)
        except SourceError as error:
            return [*messages[number:]], error
    return [], None


def _host(url: str) -> str:
    """A hook's path is often its only secret."""
    return "/".join(url.split("/")[:3])
