"""The web side of crt.sh: ``?q=SHA-1`` gives a page that links to ``?d=ID``, the certificate."""

from __future__ import annotations

import hashlib
import json
import re
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final, Self

from pipeline.enrich.crtsh.service import Service, TemporaryError, UnavailableError
from pipeline.online import Answer, Client, FetchError
from pipeline.x509.bundle import certificates_in

_LARGEST: Final = 1_000_000
"""Bytes. Pages and certificates have a few thousand."""
_DOWNLOAD: Final = re.compile(rb'href="\?d=([0-9]{1,19})"', re.IGNORECASE)
_NOT_FOUND: Final = b"certificate not found"
_TEMPORARY: Final = frozenset({429, 500, 502, 503, 504})


class Web:
    """A connection to the web side, which keeps to its rate."""

    def __init__(self, service: Service):
        self._service = service
        self._url = service.url if service.url.endswith("/") else f"{service.url}/"
        self._next_request = 0.0
        self._client = Client(
            "looks up root certificates by fingerprint", seconds=service.timeout, most=_LARGEST
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
        try:
            answer = self._client.get(self._url, parameters)
        except FetchError as error:
            if error.fault in ("slow", "unreachable"):
                raise TemporaryError(str(error)) from error
            raise UnavailableError(str(error), is_final=error.fault == "untrusted") from error
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        self._check_status(answer)
        return answer.body

    def _keep_rate(self) -> None:
        now = time.monotonic()
        time.sleep(max(0.0, self._next_request - now))
        self._next_request = max(now, self._next_request) + 60 / self._service.requests_per_minute

    def _check_status(self, answer: Answer) -> None:
        if answer.status == HTTPStatus.OK:
            return
        reason = f"it answers {answer.status} {answer.reason}".rstrip()
        if answer.status not in _TEMPORARY:
            raise UnavailableError(reason, is_final=True)
        retry_after = _seconds(answer.headers.get("retry-after", ""))
        if retry_after is not None and retry_after > self._service.longest_wait:
            raise UnavailableError(
                f"{reason} and asks to wait {retry_after:.0f} seconds", is_final=True
            )
        raise TemporaryError(reason, retry_after=retry_after)


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
