"""General names (RFC 5280 section 4.2.1.6), each form as ASN.1 has it."""

from __future__ import annotations

from typing import Final, NamedTuple

from pipeline.check.openssl.canonical import read_name
from pipeline.check.openssl.profile import OpenSSL
from pipeline.x509 import asn1
from pipeline.x509.asn1 import Element, Fields

OTHER, EMAIL, DNS, X400, DIRECTORY, EDI_PARTY, URI, IP, REGISTERED = range(9)
"""The kinds of general names, by their tags."""

SMTP_UTF8_MAILBOX: Final = bytes.fromhex("2b06010505070809")
"""The OID of an otherName that is a mail address (RFC 8398), encoded."""

_CONTEXT: Final = 0x80
_DIRECTORY_STRINGS: Final = (
    asn1.PRINTABLE_STRING,
    asn1.T61_STRING,
    asn1.BMP_STRING,
    asn1.UNIVERSAL_STRING,
    asn1.UTF8_STRING,
)


class GeneralName(NamedTuple):
    """One of several kinds of name, by its number."""

    kind: int
    value: bytes
    """A directory name is in its canonical form, an otherName without its tag and length."""
    other_type: bytes = b""
    """The OID of an otherName, encoded."""
    other_tag: int = 0
    """The ASN.1 tag of an otherName's value."""


def general_names(
    sequence: Element, openssl: OpenSSL, tag: int = asn1.SEQUENCE
) -> list[GeneralName]:
    """Read general names. Raises ValueError if that version can't read one of them."""
    return [general_name(each, openssl) for each in sequence.inner(tag)]


def general_name(name: Element, openssl: OpenSSL) -> GeneralName:
    """Read a general name. Raises ValueError if that version can't."""
    kind = name.tag - _CONTEXT
    if kind in (EMAIL, DNS, URI, IP):
        return GeneralName(kind, name.octets())
    if kind == OTHER:
        return _other(name.fields(name.tag), openssl)
    if kind == DIRECTORY:
        return GeneralName(kind, read_name(name.explicit(), openssl).canonical)
    if kind == X400:
        if not name.is_constructed:
            raise ValueError("an X.400 address is not constructed")
    elif kind == EDI_PARTY:
        _check_edi_party(name.fields(name.tag), openssl)
    elif kind == REGISTERED:
        asn1.dotted(name.primitive(name.tag))
    else:
        raise ValueError("a general name is of no known kind")
    return GeneralName(kind, name.content)


def _other(fields: Fields, openssl: OpenSSL) -> GeneralName:
    oid = fields.take(asn1.OID).primitive(asn1.OID)
    asn1.dotted(oid)
    value = asn1.check_any(
        fields.take(_CONTEXT).explicit(), is_strict=openssl.wants_shortest_integers
    )
    fields.end()
    content = value.octets() if value.tag == asn1.UTF8_STRING else value.content
    return GeneralName(OTHER, content, oid, value.tag)


def _check_edi_party(fields: Fields, openssl: OpenSSL) -> None:
    if not openssl.knows_edi_party_names:
        _directory_string(fields.any())
        _directory_string(fields.any())
    else:
        if assigner := fields.optional(_CONTEXT):
            _directory_string(assigner.explicit())
        _directory_string(fields.take(_CONTEXT | 1).explicit())
    fields.end()


def _directory_string(value: Element) -> None:
    if value.tag not in _DIRECTORY_STRINGS:
        raise ValueError("a part of an ediPartyName is no text")
    asn1.check_any(value)
