"""The fields of a certificate (RFC 5280 section 4.1), taken apart as OpenSSL's ``d2i_X509`` does.

What that refuses is refused here; what it doesn't look at (keys, the contents of extensions) isn't
looked at here either. Names and extensions are taken apart when they are asked for.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from pipeline.x509 import asn1
from pipeline.x509.asn1 import Element, Fields, element


class Extension(NamedTuple):
    """One extension, not read."""

    oid: str
    is_critical: bool
    value: bytes


class AttributeTypeAndValue(NamedTuple):
    """One attribute of a name: its type's encoded OID, without tag and length, and its value."""

    kind: bytes
    value: Element


class CertificateFields(NamedTuple):
    """A certificate taken apart. ``version`` counts from 1; ``whole`` leaves out what follows."""

    whole: bytes
    tbs: bytes
    version: int
    serial: int
    inner_algorithm: Element
    issuer: Element
    not_before: Element
    not_after: Element
    subject: Element
    spki: Element
    extension_list: Element | None
    algorithm: Element
    signature: asn1.BitString

    @property
    def encoding(self) -> bytes:
        """The certificate as OpenSSL writes it: what isn't signed, in DER."""
        parts = [each.whole for each in asn1.elements(self.algorithm.content)]
        unused = bytes([self.signature.unused])
        return asn1.encode(
            0x30,
            self.tbs,
            asn1.encode(0x30, *parts),
            asn1.encode(0x03, unused, self.signature.octets),
        )


@lru_cache(maxsize=1024)  # each version of OpenSSL reads it, and those who want an extension
def read_fields(der: bytes, *, is_strict: bool = True) -> CertificateFields:
    """Take a certificate apart.

    ``is_strict``: integers have to be in their shortest form, as OpenSSL has it from 1.1.0 on.
    Raises ValueError if it is none.
    """
    number = asn1.integer if is_strict else asn1.any_integer
    certificate = element(der)
    outer = certificate.fields()
    tbs = outer.take(asn1.SEQUENCE)
    algorithm = _algorithm(outer, is_strict=is_strict)
    signature = asn1.bit_string(outer.take(asn1.BIT_STRING).octets())
    outer.end()
    fields = tbs.fields()
    version = 1
    if found := fields.optional(0x80):
        version += number(found.explicit().primitive(asn1.INTEGER))
    serial = number(fields.take(asn1.INTEGER).primitive(asn1.INTEGER))
    inner_algorithm = _algorithm(fields, is_strict=is_strict)
    issuer = fields.take(asn1.SEQUENCE)
    validity = fields.take(asn1.SEQUENCE).fields()
    not_before, not_after = _time(validity), _time(validity)
    validity.end()
    subject = fields.take(asn1.SEQUENCE)
    spki = fields.take(asn1.SEQUENCE)
    _check_key(spki, is_strict=is_strict)
    for unique_id in (0x81, 0x82):
        if found := fields.optional(unique_id):
            asn1.bit_string(found.octets())
    extension_list = fields.optional(0x83)
    fields.end()
    return CertificateFields(
        certificate.whole,
        tbs.whole,
        version,
        serial,
        inner_algorithm,
        issuer,
        not_before,
        not_after,
        subject,
        spki,
        extension_list,
        algorithm,
        signature,
    )


def _algorithm(fields: Fields, *, is_strict: bool) -> Element:
    """Take an AlgorithmIdentifier."""
    algorithm = fields.take(asn1.SEQUENCE)
    parts = algorithm.fields()
    asn1.dotted(parts.take(asn1.OID).primitive(asn1.OID))
    if parts:
        asn1.check_any(parts.any(), is_strict=is_strict)
    parts.end()
    return algorithm


def _check_key(spki: Element, *, is_strict: bool) -> None:
    parts = spki.fields()
    _algorithm(parts, is_strict=is_strict)
    asn1.bit_string(parts.take(asn1.BIT_STRING).octets())
    parts.end()


def _time(fields: Fields) -> Element:
    found = fields.optional(asn1.UTC_TIME, asn1.GENERALIZED_TIME)
    if found is None:
        raise ValueError("a time is of no known type")
    found.octets()
    return found


def extensions(certificate: CertificateFields) -> tuple[Extension, ...]:
    """Give the extensions. Raises ValueError if they aren't even a list of extensions."""
    if certificate.extension_list is None:
        return ()
    return tuple(map(_extension, certificate.extension_list.explicit().inner()))


def _extension(each: Element) -> Extension:
    parts = each.fields()
    oid = asn1.dotted(parts.take(asn1.OID).primitive(asn1.OID))
    critical = parts.optional(asn1.BOOLEAN)
    is_critical = critical is not None and asn1.boolean(critical.primitive(asn1.BOOLEAN))
    value = parts.take(asn1.OCTET_STRING).octets()
    parts.end()
    return Extension(oid, is_critical, value)


def algorithm_oid(algorithm: Element) -> str:
    """Give the OID of an AlgorithmIdentifier, dotted."""
    return asn1.dotted(algorithm.fields().take(asn1.OID).content)


def attributes(name: Element, *, is_strict: bool = True) -> list[list[AttributeTypeAndValue]]:
    """Take a name apart into its RDNs. Raises ValueError if it is none."""
    return [rdn(each, is_strict=is_strict) for each in name.inner()]


def rdn(
    name: Element, tag: int = asn1.SET, *, is_strict: bool = True
) -> list[AttributeTypeAndValue]:
    """Take one RDN apart, under that tag. Raises ValueError as `attributes` does."""
    return [_attribute(pair, is_strict=is_strict) for pair in name.inner(tag)]


def _attribute(pair: Element, *, is_strict: bool) -> AttributeTypeAndValue:
    parts = pair.fields()
    kind = parts.take(asn1.OID).primitive(asn1.OID)
    asn1.dotted(kind)
    value = asn1.check_any(parts.any(), is_strict=is_strict)
    parts.end()
    return AttributeTypeAndValue(kind, value)
