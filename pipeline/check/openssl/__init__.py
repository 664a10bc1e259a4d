"""The model of how OpenSSL 1.0.2 (as of 1.0.2q) and 3 (as of 3.0) build and check a path.

It answers as they do, certificates that they can't read included. Where it can't, it says so
(``ok`` is None) instead of yes or no:

- a signature by a key on a curve that `cryptography` doesn't have (binary and X9.62 curves, some
  of SECG's and Brainpool's, explicit ones, SM2) or with a digest that is gone (MD4, SHA-0);
- a server's certificate with IP addresses or AS numbers (RFC 3779), which OpenSSL 3 holds against
  those of its CAs;
- ML-DSA, which OpenSSL 3.5 knows and 3.0 doesn't, where one accepts what the other refuses.

The newest releases of OpenSSL 3 read a URI without a host, or with a NUL in it, otherwise; that
matters only under a CA with constraints on URIs. Versions after 3.5 aren't modelled.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from pipeline.check.openssl.anchors import Anchors
from pipeline.check.openssl.codes import words
from pipeline.check.openssl.link import link, seconds
from pipeline.check.openssl.path import verified
from pipeline.check.openssl.profile import OpenSSL
from pipeline.x509.certificate import UnreadableCertificateError


class Verification(NamedTuple):
    """What OpenSSL says of what a server sends.

    ``error`` is in its words, empty if it accepts; ``depth`` is where in ``path`` the error is, 0
    for the server's certificate, None if there is none. ``path`` is DER, the server's certificate
    first. ``ok`` is None if it can't be said; then ``error`` says why.
    """

    ok: bool | None
    error: str
    depth: int | None
    path: tuple[bytes, ...]


def verify(
    sent: Sequence[bytes],
    roots: Sequence[bytes],
    at: datetime,
    version: Literal["1.0.2", "3"],
) -> Verification:
    """Say whether a version of OpenSSL accepts what a TLS server sends (DER, its own first).

    ``roots`` (DER) are trusted; those that the version can't read count for nothing, as for it.
    ``at`` is a time with its zone.

    Raises:
        ValueError: nothing is sent, or a certificate that the version can't read; it says which.
    """
    openssl = OpenSSL(version)
    links = []
    for number, der in enumerate(sent, 1):
        try:
            links.append(link(der, openssl))
        except UnreadableCertificateError as error:
            raise ValueError(f"certificate {number} of what is sent is {error}") from error
    if not links:
        raise ValueError("nothing is sent")
    found = verified(links[0], links, Anchors(roots), seconds(at))
    path = tuple(each.der for each in found.path)
    if found.fault:
        return Verification(False, words(found.fault.code, openssl), found.fault.depth, path)
    return Verification(None if found.doubt else True, found.doubt, None, path)
