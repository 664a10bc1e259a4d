"""Certificates from where other certificates say that they are (RFC 5280 section 4.2.2.1)."""

from __future__ import annotations

import time
from typing import Final

from pipeline.errors import SourceError
from pipeline.version import VERSION
from pipeline.x509.bundle import certificates_in

TIMEOUT: Final = 10.0
"""Seconds that an answer may take."""
_LARGEST: Final = 1 << 20
_USER_AGENT: Final = f"trustlist/{VERSION} (looks for the issuers of certificates)"


def fetch(url: str, timeout: float = TIMEOUT) -> list[bytes]:
    """Get the certificates (DER) that are at an address.

    Raises:
        SourceError: it is none of the web, can't be reached, or has no certificate.
    """
    import httpx

    deadline = time.monotonic() + timeout
    body = bytearray()
    try:
        with (
            httpx.Client(
                headers={"User-Agent": _USER_AGENT, "Accept-Encoding": "identity"},
                timeout=timeout,
                follow_redirects=True,
                max_redirects=3,
            ) as client,
            client.stream("GET", url) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise SourceError(f"{url}: it answers {response.status_code}.")
            for chunk in response.iter_raw():
                body += chunk
                if len(body) > _LARGEST:
                    raise SourceError(f"{url}: what is there is larger than 1 MiB.")
                if time.monotonic() > deadline:
                    raise SourceError(f"{url}: no answer within {timeout:g} seconds.")
    except httpx.TimeoutException:
        raise SourceError(f"{url}: no answer within {timeout:g} seconds.") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise SourceError(f"{url}: it can't be reached: {reason}.") from None
    found = certificates_in(bytes(body))
    if not found:
        raise SourceError(f"{url}: there is no certificate there.")
    return found
