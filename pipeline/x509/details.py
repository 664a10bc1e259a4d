"""Single extensions of certificates (RFC 5280 section 4.2), for what isn't path building."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pipeline.x509 import asn1, fields
from pipeline.x509.asn1 import Element, element

SERVER_AUTH: Final = "1.3.6.1.5.5.7.3.1"
CLIENT_AUTH: Final = "1.3.6.1.5.5.7.3.2"
ANY_USE: Final = "2.5.29.37.0"

_EXTENDED_KEY_USAGE: Final = "2.5.29.37"
_AUTHORITY_INFORMATION_ACCESS: Final = "1.3.6.1.5.5.7.1.1"
_CA_ISSUERS: Final = "1.3.6.1.5.5.7.48.2"
_URI: Final = 0x86


def extended_key_usage(der: bytes) -> frozenset[str]:
    """Give the OIDs of what a certificate may be used for; none if it doesn't say."""
    try:
        uses = [use for value in _values(der, _EXTENDED_KEY_USAGE) for use in value.inner()]
        return frozenset(asn1.dotted(use.primitive(asn1.OID)) for use in uses)
    except ValueError:
        return frozenset()


def issuer_urls(der: bytes) -> list[str]:
    """Give the addresses where the issuer's certificate should be (section 4.2.2.1)."""
    try:
        return [
            place.octets().decode("ascii")
            for value in _values(der, _AUTHORITY_INFORMATION_ACCESS)
            for access in value.inner()
            for method, place in [access.inner()]
            if asn1.dotted(method.content) == _CA_ISSUERS and place.tag == _URI
        ]
    except ValueError:
        return []


def _values(der: bytes, oid: str) -> Iterator[Element]:
    found = fields.read_fields(der, is_strict=False)
    return (element(each.value) for each in fields.extensions(found) if each.oid == oid)
