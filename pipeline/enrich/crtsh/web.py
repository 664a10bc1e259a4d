"""The web side of crt.sh: ``?q=SHA-1`` gives a page that links to ``?d=ID``, the certificate."""

from __future__ import annotations

import hashlib
import json
import re
import ssl
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, Self

import httpx

from pipeline.enrich.crtsh.service import Service, TemporaryError, UnavailableError
from pipeline.version import VERSION
from pipeline.x509.bundle import certificates_in

_USER_AGENT: Final = f"trustlist/{VERSION} (looks up root certificates by fingerprint)"
_LARGEST: Final = 1_000_000
"""Bytes. Pages and certificates have a few thousand."""
_DOWNLOAD: Final = re.compile(rb'href="\?d=([0-9]{1,19})"', re.IGNORECASE)
_NOT_FOUND: Final = b"certificate not found"
_TEMPORARY: Final = frozenset({429, 500, 502, 503, 504})


class Web:
    """A connection to the web side, which keeps to its rate."""

    def __init__(self, service: Service):
        self._service = service
        self._next_request = 0.0
        self._client = httpx.Client(
            # crt.sh compresses nothing; a small answer shall not grow into a large one
            headers={"User-Agent": _USER_AGENT, "Accept-Encoding": "identity"},
            timeout=service.timeout,
            base_url=service.url,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def certificate(self, fingerprint: str) -> bytes | None:
        """Give the DER of the certificate with this SHA-1, None if crt.sh doesn't have it.

        Raises `UnavailableError` if it doesn't say, or sends anything else.
        """
        page = self._get({"q": fingerprint})
        number = _certificate_id(page) if page is not None else None
        if number is None:
            return None
        ders = certificates_in(self._get({"d": number}) or b"")
        for der in ders:
            if hashlib.sha1(der, usedforsecurity=False).hexdigest() == fingerprint:
                return der
        if ders:
            raise UnavailableError("it sent another certificate than the one asked for")
        raise UnavailableError("what it sent is no certificate")

    def _get(self, parameters: dict[str, str]) -> bytes | None:
        """Give the body of the answer; None for 404."""
        return self._service.retrying()(self._get_once, parameters)

    def _get_once(self, parameters: dict[str, str]) -> bytes | None:
        self._keep_rate()
        deadline = time.monotonic() + self._service.timeout
        try:
            with self._client.stream("GET", "", params=parameters) as response:
                if response.status_code == httpx.codes.NOT_FOUND:
                    return None
                self._check_status(response)
                body = bytearray()
                for chunk in response.iter_raw():
                    body += chunk
                    if len(body) > _LARGEST:
                        raise UnavailableError(f"its answer is longer than {_LARGEST:,} bytes")
                    if time.monotonic() > deadline:
                        raise self._too_slow()
                return bytes(body)
        except httpx.TimeoutException as error:
            raise self._too_slow() from error
        except httpx.TransportError as error:
            what = str(error) or type(error).__name__
            if _is_about_certificate(error):
                reason = f"its TLS certificate can't be verified ({what})"
                raise UnavailableError(reason, is_final=True) from error
            raise TemporaryError(f"it can't be reached ({what})") from error

    def _keep_rate(self) -> None:
        now = time.monotonic()
        time.sleep(max(0.0, self._next_request - now))
        self._next_request = max(now, self._next_request) + 60 / self._service.requests_per_minute

    def _check_status(self, response: httpx.Response) -> None:
        status = response.status_code
        if status == httpx.codes.OK:
            return
        reason = f"it answers {status} {response.reason_phrase}".rstrip()
        if status not in _TEMPORARY:
            raise UnavailableError(reason, is_final=True)
        retry_after = _seconds(response.headers.get("Retry-After", ""))
        if retry_after is not None and retry_after > self._service.longest_wait:
            raise UnavailableError(
                f"{reason} and asks to wait {retry_after:.0f} seconds", is_final=True
            )
        raise TemporaryError(reason, retry_after=retry_after)

    def _too_slow(self) -> TemporaryError:
        return TemporaryError(f"it doesn't answer within {self._service.timeout:g} seconds")


def _certificate_id(page: bytes) -> str | None:
    """Find the number by which a page's certificate is downloaded; None if there is none.

    crt.sh has no JSON for a search by fingerprint, but mirrors may.
    """
    if page.lstrip()[:1] == b"[":
        try:
            found = json.loads(page)
            return str(int(found[0]["id"])) if found else None
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise UnavailableError("its answer can't be read") from error
    if link := _DOWNLOAD.search(page):
        return link[1].decode()
    if _NOT_FOUND in page.lower():
        return None
    raise UnavailableError("its answer can't be read")


def _seconds(retry_after: str) -> float | None:
    """Read a Retry-After header (RFC 9110 section 10.2.3): seconds or a date."""
    if re.fullmatch(r"[0-9]{1,9}", retry_after):
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _is_about_certificate(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    return cause is not None
