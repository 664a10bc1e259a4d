"""Certificates from where other certificates say that they are (RFC 5280 section 4.2.2.1)."""

from __future__ import annotations

from typing import Final

from pipeline.errors import SourceError
from pipeline.x509.bundle import certificates_in

TIMEOUT: Final = 10.0
"""Seconds that an answer may take."""
_LARGEST: Final = 1 << 20


def fetch(url: str, timeout: float = TIMEOUT, *, allow_private: bool = False) -> list[bytes]:
    """Get the certificates (DER) that are at an address; a private one only if that is allowed.

    Raises:
        SourceError: it is none of the web, can't be reached, or has no certificate.
    """
    from pipeline.online import Client, FetchError  # httpx isn't imported by those who stay offline

    try:
        with Client(
            "looks for the issuers of certificates",
            seconds=timeout,
            most=_LARGEST,
            redirects=3,
            public_only=not allow_private,
        ) as client:
            answer = client.get(url)
    except FetchError as error:
        raise SourceError(f"{url}: {error}.") from None
    if answer.status != 200:
        raise SourceError(f"{url}: it answers {answer.status}.")
    found = certificates_in(answer.body)
    if not found:
        raise SourceError(f"{url}: there is no certificate there.")
    return found
