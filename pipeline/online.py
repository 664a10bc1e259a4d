"""Bytes from the web within one deadline and one size, whatever the other side does.

The deadline is for all of it: looking up the name, connecting, TLS, redirects, headers, the body.
An address that comes out of a certificate may be anyone's: it shall not lead into a network that
only this machine can reach.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

import httpcore
import httpx

from pipeline.resolver import addresses, in_turn, is_public
from pipeline.version import VERSION

_HEADERS: Final = 1 << 18
"""Bytes that may come beside the body: headers, and all that a server says before its answer."""

Fault = Literal["slow", "large", "unreachable", "untrusted", "private", "insecure"]


class FetchError(Exception):
    """There is no answer; the message says why, as part of a sentence.

    ``fault`` tells what kind it is: too ``slow``, too ``large``, ``unreachable`` (or no address of
    the web), ``untrusted`` (its TLS certificate can't be verified), ``private`` (the address),
    ``insecure`` (it is, or leads to, one without TLS).
    """

    def __init__(self, reason: str, fault: Fault) -> None:
        super().__init__(reason)
        self.fault = fault


@dataclass(frozen=True)
class Answer:
    """What a server said; ``body`` is empty unless ``status`` is 200. Names in lower case."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


class Client:
    """Gets what is at addresses of the web (http and https), through the proxy that is set.

    ``purpose`` is said in the User-Agent. A request takes ``seconds`` and ``most`` bytes at most,
    and follows so many ``redirects``. If ``public_only``, it refuses to connect to an address that
    isn't public (RFC 6890); behind a proxy, that is the proxy's business. If ``https_only``, it
    asks nobody without TLS.
    """

    def __init__(
        self,
        purpose: str,
        *,
        seconds: float,
        most: int,
        redirects: int = 0,
        public_only: bool = False,
        https_only: bool = False,
    ) -> None:
        self._limits = _Limits(seconds, most, public_only, https_only)
        self._client = httpx.Client(
            # nothing packed: a small answer shall not grow into a large one
            headers={
                "User-Agent": f"trustlist/{VERSION} ({purpose})",
                "Accept-Encoding": "identity",
            },
            timeout=None,  # noqa: S113 - the network below keeps the one deadline
            follow_redirects=redirects > 0,
            max_redirects=max(redirects, 1),
            event_hooks={"request": [self._limits.check_host]},
        )
        # httpx has no parameter for httpcore's network; tests with slow servers tell if it moves
        client: Any = self._client
        client._transport._pool._network_backend = _Network(self._limits, public_only=public_only)
        for proxy in filter(None, client._mounts.values()):
            proxy._pool._network_backend = _Network(self._limits, public_only=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connections that are kept for the next request."""
        self._client.close()

    def get(
        self,
        url: str,
        parameters: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Get what is at an address.

        Raises:
            FetchError: it can't be had within the limits.
        """
        return self._ask("GET", url, params=parameters, headers=headers)

    def post(self, url: str, content: str) -> Answer:
        """Send a JSON text to an address.

        Raises:
            FetchError: it doesn't take it within the limits.
        """
        headers = {"Content-Type": "application/json"}
        return self._ask("POST", url, content=content.encode(), headers=headers)

    def _ask(self, method: str, url: str, **request: Any) -> Answer:
        self._limits.begin()
        body = bytearray()
        try:
            with self._client.stream(method, url, **request) as response:
                if response.status_code == httpx.codes.OK:
                    for chunk in response.iter_raw():
                        body += chunk
                        if len(body) > self._limits.most:
                            raise self._limits.too_large()
                headers = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status_code, response.reason_phrase, headers, bytes(body))
        except httpx.TimeoutException:
            raise self._limits.too_slow() from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            what = " ".join(str(error).split()) or type(error).__name__
            if _is_about_certificate(error):
                reason = f"its TLS certificate can't be verified ({what})"
                raise FetchError(reason, "untrusted") from error
            raise FetchError(f"it can't be reached ({what})", "unreachable") from error


# --- the network below httpx -----------------------------------------------------------------


class _Limits:
    """What the present request may still take."""

    def __init__(self, seconds: float, most: int, public_only: bool, https_only: bool) -> None:
        self.seconds, self.most = seconds, most
        self.public_only, self.https_only = public_only, https_only
        self.deadline, self.received = 0.0, 0

    def begin(self) -> None:
        self.deadline, self.received = time.monotonic() + self.seconds, 0

    @property
    def left(self) -> float:
        """The seconds until the deadline; an error after it."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left

    def count(self, data: bytes) -> bytes:
        self.received += len(data)
        if self.received > self.most + _HEADERS:
            raise self.too_large()
        return data

    def check_host(self, request: httpx.Request) -> None:
        """Refuse an address that isn't meant, also one that another leads to, or a proxy asks."""
        if self.https_only and request.url.scheme == "http":
            reason = f"http://{request.url.host} has no TLS; --allow-http allows that"
            raise FetchError(reason, "insecure")
        if not self.public_only or request.url.scheme not in ("http", "https"):
            return  # httpx refuses the other schemes
        try:
            is_meant_for_all = is_public(request.url.host)
        except ValueError:  # it is a name
            return
        if not is_meant_for_all:
            raise _private(request.url.host)

    def too_slow(self) -> FetchError:
        return FetchError(f"it doesn't answer within {self.seconds:g} seconds", "slow")

    def too_large(self) -> FetchError:
        return FetchError(f"its answer is longer than {self.most:,} bytes", "large")


class _Network(httpcore.NetworkBackend):
    """Connects within the limits, and only to public addresses if that is asked for."""

    def __init__(self, limits: _Limits, *, public_only: bool) -> None:
        self._limits = limits
        self._public_only = public_only
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError("no address")
        try:
            found = addresses(host, port, self._limits.deadline)
            if self._public_only and not (found := [each for each in found if is_public(each)]):
                raise _private(host)
            for address, seconds in in_turn(found, self._limits.deadline):
                try:
                    return _Stream(
                        self._network.connect_tcp(
                            address, port, seconds, local_address, socket_options
                        ),
                        self._limits,
                    )
                except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                    failure = error
        except TimeoutError:
            raise httpcore.ConnectTimeout from None
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        raise failure


class _Stream(httpcore.NetworkStream):
    """A connection that keeps the deadline, however little comes at a time."""

    def __init__(self, stream: httpcore.NetworkStream, limits: _Limits) -> None:
        self._stream = stream
        self._limits = limits

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._limits.count(self._stream.read(max_bytes, self._limits.left))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._limits.left)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        # Python's handshake keeps the time as a whole
        inner = self._stream.start_tls(ssl_context, server_hostname, self._limits.left)
        return _Stream(inner, self._limits)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _private(host: str) -> FetchError:
    return FetchError(f"{host} is no public address; --allow-private allows that", "private")


def _is_about_certificate(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    return cause is not None
