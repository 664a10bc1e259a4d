"""How crt.sh is reached, how patient one is with it, and when one isn't any more."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential,
)

from pipeline.errors import UsageError


@dataclass(frozen=True, slots=True)
class Service:
    """Where crt.sh or a mirror of it is, and the limits that it is used within.

    `dsn` is a libpq connection string; if empty, only the web side is used. Times are in seconds:
    `timeout` for one request, `first_wait` before the second try, doubling with each further one.
    A server that asks to wait longer than `longest_wait` is left alone. The web side allows about
    60 requests a minute from one address.

    Raises `UsageError` if `url` is none of a web server.
    """

    url: str = "https://crt.sh/"
    dsn: str = "host=crt.sh port=5432 dbname=certwatch user=guest"
    timeout: float = 30.0
    tries: int = 3
    first_wait: float = 1.0
    longest_wait: float = 120.0
    requests_per_minute: float = 60.0

    def __post_init__(self) -> None:
        """Check the URL before anything depends on it."""
        try:
            parts = urlsplit(self.url)
            is_usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:  # it has a port that is no number, or half an IPv6 address
            is_usable = False
        if not is_usable:
            raise UsageError(f"{self.url}: this is no URL; give one such as https://crt.sh/.")

    def retrying(self) -> Retrying:
        """Try again after a `TemporaryError`, as often and as late as these limits say."""
        return Retrying(
            stop=stop_after_attempt(self.tries),
            retry=retry_if_exception_type(TemporaryError),
            wait=self._wait,
            reraise=True,
        )

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, TemporaryError) and error.retry_after is not None:
            return error.retry_after
        return wait_exponential(self.first_wait, self.longest_wait)(state)


class UnavailableError(Exception):
    """The service doesn't give an answer; the message says why, as part of a sentence.

    If `is_final`, there is no use in asking it anything else.
    """

    def __init__(self, reason: str, *, is_final: bool = False):
        super().__init__(reason)
        self.is_final = is_final


class TemporaryError(UnavailableError):
    """The same question may get an answer later: after `retry_after` seconds, if it said so."""

    def __init__(self, reason: str, *, retry_after: float | None = None):
        super().__init__(reason)
        self.retry_after = retry_after
