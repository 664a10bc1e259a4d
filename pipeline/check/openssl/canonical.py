"""Names in the form that OpenSSL compares (``X509_NAME_cmp``): RFC 5280 section 7.1, roughly."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from pipeline.check.openssl.profile import OpenSSL
from pipeline.x509 import asn1
from pipeline.x509.asn1 import Element
from pipeline.x509.fields import AttributeTypeAndValue, attributes

_LATIN: Final = frozenset({asn1.PRINTABLE_STRING, asn1.T61_STRING, asn1.IA5_STRING})
_NUMERIC_STRING: Final = 0x12
_SPACES: Final = re.compile(rb"[ \t\n\v\f\r]+")
_MOST: Final = 0x10FFFF
# UTF-8 as RFC 2279 had it: up to six octets, surrogates too, but the shortest form
_LENIENT_UTF8: Final = re.compile(
    rb"(?:[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]"
    rb"|[\xe1-\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf7][\x80-\xbf]{3}"
    rb"|\xf8[\x88-\xbf][\x80-\xbf]{3}|[\xf9-\xfb][\x80-\xbf]{4}"
    rb"|\xfc[\x84-\xbf][\x80-\xbf]{4}|\xfd[\x80-\xbf]{5})*"
)


class CanonicalName(NamedTuple):
    """A name: its canonical form, its attributes, and how many there are."""

    canonical: bytes
    rdns: list[list[AttributeTypeAndValue]]

    @property
    def entries(self) -> list[AttributeTypeAndValue]:
        """All attributes in a row."""
        return [attribute for rdn in self.rdns for attribute in rdn]


def read_name(name: Element, openssl: OpenSSL) -> CanonicalName:
    """Read a name. Raises ValueError if that version can't.

    Two names are equal to OpenSSL if their canonical forms are: ASCII letters lose their case,
    white space is trimmed and folded, all string types are one. A name is within a directory's
    subtree (RFC 5280 section 4.2.1.10) if its form begins with the form of the subtree.
    """
    rdns = attributes(name, is_strict=openssl.wants_shortest_integers)
    return CanonicalName(b"".join(_rdn(rdn, openssl) for rdn in rdns if rdn), rdns)


def _rdn(rdn: list[AttributeTypeAndValue], openssl: OpenSSL) -> bytes:
    return _counted(b"".join(sorted(_attribute(each, openssl) for each in rdn)))


def _attribute(attribute: AttributeTypeAndValue, openssl: OpenSSL) -> bytes:
    kind, value = attribute
    if value.tag not in openssl.types_in_names:
        raise ValueError("a name has a value of a type that names don't have")
    if value.tag not in _TEXT:
        content = value.content if value.tag == asn1.SEQUENCE else value.octets()
        return _counted(kind) + _counted(bytes([value.tag]) + content)
    folded = _SPACES.sub(b" ", utf8(value, openssl)).strip(b" ").lower()
    return _counted(kind) + _counted(b"\x0c" + folded)


def utf8(value: Element, openssl: OpenSSL) -> bytes:
    """Give a string as UTF-8.

    Raises:
        LookupError: it is of a type that isn't text.
        ValueError: it isn't a string of its type.
    """
    octets = value.octets()
    if value.tag in _LATIN or value.tag == _NUMERIC_STRING:
        return octets if octets.isascii() else octets.decode("latin-1").encode()
    if value.tag == asn1.UTF8_STRING:
        if not (_is_utf8(octets) if openssl.wants_unicode else _LENIENT_UTF8.fullmatch(octets)):
            raise ValueError("a string isn't UTF-8")
        return octets
    width = _WIDTHS[value.tag]
    if len(octets) % width:
        raise ValueError("a string ends within a character")
    numbers = [int.from_bytes(octets[i : i + width], "big") for i in range(0, len(octets), width)]
    if openssl.wants_unicode:
        return "".join(map(chr, numbers)).encode()
    return b"".join(map(_character, numbers))


def _is_utf8(octets: bytes) -> bool:
    try:
        octets.decode()
    except UnicodeDecodeError:
        return False
    return True


def _character(number: int) -> bytes:
    if number <= _MOST:
        return chr(number).encode("utf-8", "surrogatepass")
    return b"\xff" + number.to_bytes(4, "big")  # more than any text has; only compared


def _counted(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


_WIDTHS: Final = {asn1.BMP_STRING: 2, asn1.UNIVERSAL_STRING: 4}
# the string types that are compared as text
_TEXT: Final = _LATIN | _WIDTHS.keys() | {asn1.UTF8_STRING}
