"""What a certificate's extensions say (RFC 5280 section 4.2), as OpenSSL takes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, TypeVar

from asn1crypto import core

from pipeline.check.openssl import elements
from pipeline.check.openssl.canonical import canonical
from pipeline.check.openssl.elements import Element, element

T = TypeVar("T")

DIGITAL_SIGNATURE: Final = 0x80
KEY_ENCIPHERMENT: Final = 0x20
KEY_AGREEMENT: Final = 0x08
KEY_CERT_SIGN: Final = 0x04

NETSCAPE_SSL_SERVER: Final = 0x40
NETSCAPE_SSL_CA: Final = 0x04
NETSCAPE_ANY_CA: Final = 0x07

_BASIC_CONSTRAINTS: Final = "2.5.29.19"
_KEY_USAGE: Final = "2.5.29.15"
_EXTENDED_KEY_USAGE: Final = "2.5.29.37"
_NETSCAPE_CERT_TYPE: Final = "2.16.840.1.113730.1.1"
_SUBJECT_KEY_ID: Final = "2.5.29.14"
_AUTHORITY_KEY_ID: Final = "2.5.29.35"
_SUBJECT_ALT_NAME: Final = "2.5.29.17"
_ISSUER_ALT_NAME: Final = "2.5.29.18"
_NAME_CONSTRAINTS: Final = "2.5.29.30"
_CRL_DISTRIBUTION_POINTS: Final = "2.5.29.31"
_PROXY_CERT_INFO: Final = "1.3.6.1.5.5.7.1.14"

# those that OpenSSL acts on; any other that is critical, it refuses
_HANDLED: Final = frozenset(
    {
        _NETSCAPE_CERT_TYPE,
        _KEY_USAGE,
        _SUBJECT_ALT_NAME,
        _BASIC_CONSTRAINTS,
        _CRL_DISTRIBUTION_POINTS,
        _EXTENDED_KEY_USAGE,
        _PROXY_CERT_INFO,
        _NAME_CONSTRAINTS,
        "2.5.29.32",  # certificate policies
        "2.5.29.33",  # policy mappings
        "2.5.29.36",  # policy constraints
        "2.5.29.54",  # inhibit anyPolicy
    }
)
_HANDLED_NOW: Final = _HANDLED | {
    "1.3.6.1.5.5.7.48.1.5",  # OCSP: no check
    "1.3.6.1.5.5.7.1.7",  # IP address blocks
    "1.3.6.1.5.5.7.1.8",  # AS numbers
}
_ALTERNATIVE_NAMES: Final = frozenset({_SUBJECT_ALT_NAME, _ISSUER_ALT_NAME})
# of extended key usage: serverAuth, Microsoft's and Netscape's server gated cryptography
_SERVER_USES: Final = frozenset(
    {"1.3.6.1.5.5.7.3.1", "1.3.6.1.4.1.311.10.3.3", "2.16.840.1.113730.4.1"}
)


EMAIL, DNS, DIRECTORY = 1, 2, 4
"""Kinds of general names that are asked for (RFC 5280 section 4.2.1.6)."""


class AuthorityKeyId(NamedTuple):
    """Which key and which certificate the issuer has (RFC 5280 section 4.2.1.1)."""

    key_id: bytes | None
    issuer: bytes | None
    """The canonical name of the issuer's issuer."""
    serial: int | None


class GeneralName(NamedTuple):
    """One of several kinds of name (RFC 5280 section 4.2.1.6), by its number there."""

    kind: int
    value: bytes
    """A directory name is in its canonical form."""
    other_type: bytes = b""
    """The OID of an otherName, encoded."""


class Subtree(NamedTuple):
    """The names that a constraint is about (RFC 5280 section 4.2.1.10)."""

    base: GeneralName
    minimum: int | None
    has_maximum: bool


class NameConstraints(NamedTuple):
    """Which names a CA may, and may not, certify."""

    permitted: Sequence[Subtree]
    excluded: Sequence[Subtree]


@dataclass(frozen=True, slots=True)
class Extensions:
    """Facts from the extensions; None where there is no such extension, or it can't be read."""

    is_ca: bool | None
    """None without basic constraints."""
    path_length: int | None
    path_length_before: int | None
    """The same as OpenSSL 1.0.2 has it: zero if negative or not of a CA."""
    key_usage: int | None
    is_for_servers: bool | None
    """None without extended key usage."""
    netscape_type: int | None
    subject_key_id: bytes | None
    authority_key_id: AuthorityKeyId | None
    alternative_names: Sequence[GeneralName]
    name_constraints: NameConstraints | None
    is_proxy: bool
    has_unhandled: bool
    """Whether one that OpenSSL 3 doesn't act on is critical."""
    has_unhandled_before: bool
    is_invalid: bool
    """Whether one can't be read or contradicts itself; OpenSSL 1.0.2 ignores that."""


class _Found:
    """The extensions of one certificate by OID, and whether one of those read was bad."""

    def __init__(self, sequence: Sequence[Element]) -> None:
        self.values: dict[str, list[bytes]] = {}
        self.critical: set[str] = set()
        self.is_bad = False
        for each in sequence:
            parts = each.inner(elements.SEQUENCE)
            oid = core.ObjectIdentifier(contents=parts[0].expect(elements.OID)).dotted
            if len(parts) == 3 and elements.boolean(parts[1].expect(elements.BOOLEAN)):
                self.critical.add(oid)
            self.values.setdefault(oid, []).append(parts[-1].expect(elements.OCTET_STRING))

    def read(self, oid: str, reader: Callable[[Element], T]) -> T | None:
        if oid not in self.values:
            return None
        try:
            (value,) = self.values[oid]
            return reader(element(value))
        except (ValueError, IndexError):
            self.is_bad = True
            return None


def read_extensions(sequence: Sequence[Element]) -> Extensions:
    """Read the extensions. Raises `ValueError` if they aren't even a list of extensions."""
    found = _Found(sequence)
    is_ca, path_length = found.read(_BASIC_CONSTRAINTS, _basic_constraints) or (None, None)
    key_usage = found.read(_KEY_USAGE, lambda value: elements.bits(value.expect(3), 2))
    proxy = found.read(_PROXY_CERT_INFO, lambda value: value.inner(elements.SEQUENCE))
    is_proxy = proxy is not None
    found.read(_CRL_DISTRIBUTION_POINTS, _distribution_points)
    facts = Extensions(
        is_ca=is_ca,
        path_length=path_length if path_length is None or path_length >= 0 else None,
        path_length_before=0
        if path_length is not None and (path_length < 0 or not is_ca)
        else path_length,
        key_usage=key_usage,
        is_for_servers=found.read(_EXTENDED_KEY_USAGE, _is_for_servers),
        netscape_type=found.read(
            _NETSCAPE_CERT_TYPE, lambda value: elements.bits(value.expect(3), 1)
        ),
        subject_key_id=found.read(
            _SUBJECT_KEY_ID, lambda value: value.expect(elements.OCTET_STRING)
        ),
        authority_key_id=found.read(_AUTHORITY_KEY_ID, _authority_key_id),
        alternative_names=found.read(_SUBJECT_ALT_NAME, _general_names) or (),
        name_constraints=found.read(_NAME_CONSTRAINTS, _name_constraints),
        is_proxy=is_proxy,
        has_unhandled=bool(found.critical - _HANDLED_NOW),
        has_unhandled_before=bool(found.critical - _HANDLED),
        is_invalid=(path_length is not None and path_length < 0)
        or key_usage == 0
        or (is_proxy and (bool(is_ca) or not found.values.keys().isdisjoint(_ALTERNATIVE_NAMES))),
    )
    return replace(facts, is_invalid=True) if found.is_bad else facts


def _basic_constraints(value: Element) -> tuple[bool, int | None]:
    is_ca, length = False, None
    parts = value.inner(elements.SEQUENCE)
    if parts and parts[0].tag == elements.BOOLEAN:
        is_ca = elements.boolean(parts.pop(0).content)
    if parts:
        length = elements.integer(parts.pop(0).expect(elements.INTEGER))
    if parts:
        raise ValueError("basic constraints have more than two parts")
    return is_ca, length


def _is_for_servers(value: Element) -> bool:
    uses = value.inner(elements.SEQUENCE)
    dotted = {core.ObjectIdentifier(contents=use.expect(elements.OID)).dotted for use in uses}
    return not dotted.isdisjoint(_SERVER_USES)


def _authority_key_id(value: Element) -> AuthorityKeyId:
    parts = _tagged(value, 0x80, 0xA1, 0x82)
    key_id, issuers, serial = (parts.get(tag) for tag in (0x80, 0xA1, 0x82))
    names = [_general_name(name) for name in issuers.inner()] if issuers else []
    return AuthorityKeyId(
        key_id.content if key_id else None,
        next((name.value for name in names if name.kind == DIRECTORY), None),
        elements.integer(serial.content) if serial else None,
    )


def _distribution_points(value: Element) -> None:
    for point in value.inner(elements.SEQUENCE):
        parts = _tagged(point, 0xA0, 0x81, 0xA2)
        if 0xA0 not in parts and 0xA2 not in parts:
            raise ValueError("a distribution point has neither a place nor an issuer")
        if 0xA0 in parts and element(parts[0xA0].content).tag not in (0xA0, 0xA1):
            raise ValueError("a distribution point has no known kind of place")


def _tagged(value: Element, *tags: int) -> dict[int, Element]:
    """Give the parts of a SEQUENCE by their tags; all are optional, but in this order."""
    parts = value.inner(elements.SEQUENCE)
    found = [part.tag for part in parts]
    if found != [tag for tag in tags if tag in found]:
        raise ValueError("an extension has unknown parts, or in an odd order")
    return dict(zip(found, parts, strict=True))


def _general_names(value: Element) -> Sequence[GeneralName]:
    return tuple(_general_name(name) for name in value.inner(elements.SEQUENCE))


def _general_name(name: Element) -> GeneralName:
    kind = name.tag & 0x1F
    if name.tag & 0xC0 != 0x80 or kind > 8:
        raise ValueError("a general name is of no known kind")
    match kind:
        case 0:  # OTHER
            oid, value = name.inner()
            return GeneralName(kind, value.content, oid.expect(elements.OID))
        case 4:  # DIRECTORY
            return GeneralName(kind, canonical(element(name.content)))
        case _:
            return GeneralName(kind, name.content)


def _name_constraints(value: Element) -> NameConstraints:
    parts = _tagged(value, 0xA0, 0xA1)
    permitted, excluded = (
        tuple(map(_subtree, parts[tag].inner())) if tag in parts else () for tag in (0xA0, 0xA1)
    )
    return NameConstraints(permitted, excluded)


def _subtree(tree: Element) -> Subtree:
    base, *limits = tree.inner(elements.SEQUENCE)
    minimum = next((elements.integer(part.content) for part in limits if part.tag == 0x80), None)
    return Subtree(_general_name(base), minimum, any(part.tag == 0x81 for part in limits))
