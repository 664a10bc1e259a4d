"""What a certificate's extensions say (RFC 5280 section 4.2), as OpenSSL takes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeVar

from pipeline.check.openssl.general_names import (
    DIRECTORY,
    GeneralName,
    general_name,
    general_names,
)
from pipeline.check.openssl.profile import OpenSSL
from pipeline.x509 import asn1, fields
from pipeline.x509.asn1 import Element, element
from pipeline.x509.fields import Extension

T = TypeVar("T")

DIGITAL_SIGNATURE: Final = 0x80
KEY_ENCIPHERMENT: Final = 0x20
KEY_AGREEMENT: Final = 0x08
KEY_CERT_SIGN: Final = 0x04

NETSCAPE_SSL_SERVER: Final = 0x40
NETSCAPE_SSL_CA: Final = 0x04
NETSCAPE_ANY_CA: Final = 0x07

_SUBJECT_ALT_NAME: Final = "2.5.29.17"
_ISSUER_ALT_NAME: Final = "2.5.29.18"
# of extended key usage: serverAuth, Microsoft's and Netscape's server gated cryptography
_SERVER_USES: Final = frozenset(
    {"1.3.6.1.5.5.7.3.1", "1.3.6.1.4.1.311.10.3.3", "2.16.840.1.113730.4.1"}
)

_CONTEXT_0, _CONTEXT_1, _CONTEXT_2 = 0x80, 0x81, 0x82


class AuthorityKeyId(NamedTuple):
    """Which key and which certificate the issuer has (RFC 5280 section 4.2.1.1)."""

    key_id: bytes | None
    issuer: bytes | None
    """The canonical name of the issuer's issuer."""
    serial: int | None


class Subtree(NamedTuple):
    """The names that a constraint is about (RFC 5280 section 4.2.1.10)."""

    base: GeneralName
    minimum: int | None
    has_maximum: bool


class NameConstraints(NamedTuple):
    """Which names a CA may, and may not, certify."""

    permitted: tuple[Subtree, ...]
    excluded: tuple[Subtree, ...]


class BasicConstraints(NamedTuple):
    """Whether it is a CA's, and how many CAs may be below it (RFC 5280 section 4.2.1.9)."""

    is_ca: bool
    path_length: int | None


@dataclass(frozen=True, slots=True)
class Extensions:
    """Facts from the extensions; None where there is no such extension, or it can't be read."""

    is_ca: bool | None = None
    """None without basic constraints."""
    path_length: int | None = None
    key_usage: int | None = None
    is_for_servers: bool | None = None
    """None without extended key usage."""
    netscape_type: int | None = None
    subject_key_id: bytes | None = None
    authority_key_id: AuthorityKeyId | None = None
    alternative_names: Sequence[GeneralName] = ()
    name_constraints: NameConstraints | None = None
    is_proxy: bool = False
    has_resources: bool = False
    """Whether it has addresses or numbers of the Internet's routing (RFC 3779)."""
    unhandled: str = ""
    """The OID of the first that is critical and not acted on."""
    damage: str = ""
    """What is wrong with the first that can't be read, is doubled, or contradicts itself."""
    names_damage: str = ""
    """What is wrong with the alternative names."""

    @property
    def is_invalid(self) -> bool:
        """Whether one can't be read, is doubled, or contradicts itself."""
        return bool(self.damage)


class _ExtensionReader:
    """Reads the extensions of one certificate by OID, and remembers what is wrong with them."""

    def __init__(self, extensions: Sequence[Extension], openssl: OpenSSL) -> None:
        self.openssl = openssl
        self.damage = ""
        self.damages: dict[str, str] = {}
        self._values: dict[str, list[bytes]] = {}
        for each in extensions:
            self._values.setdefault(each.oid, []).append(each.value)

    def __contains__(self, oid: str) -> bool:
        return oid in self._values

    def read(self, name: str, oid: str, reader: Callable[[Element, OpenSSL], T]) -> T | None:
        """Read an extension; None if there is none that can be read."""
        values = self._values.get(oid)
        if values is None:
            return None
        if len(values) > 1:
            self._complain_of(oid, f"it has {name} {len(values)} times")
            return None
        try:
            return reader(element(values[0]), self.openssl)
        except (ValueError, LookupError) as error:
            self._complain_of(oid, f"its {name} can't be read ({error})")
            return None

    def _complain_of(self, oid: str, damage: str) -> None:
        self.damages[oid] = damage
        self.complain(damage)

    def complain(self, damage: str) -> None:
        self.damage = self.damage or damage


def read_extensions(extensions: Sequence[Extension], openssl: OpenSSL) -> Extensions:
    """Read the extensions as that version does."""
    reader = _ExtensionReader(extensions, openssl)
    read = reader.read
    basic = read("basic constraints", "2.5.29.19", _basic_constraints)
    if basic and basic.path_length is not None and basic.path_length < 0:
        reader.complain("its path length is negative")
    proxy = read("proxy certificate information", "1.3.6.1.5.5.7.1.14", _proxy)
    if proxy and (
        (basic and basic.is_ca) or _SUBJECT_ALT_NAME in reader or _ISSUER_ALT_NAME in reader
    ):
        reader.complain("it is a proxy's and has alternative names, or is a CA's")
    usage = read("key usage", "2.5.29.15", lambda value, _: _bits(value, 2))
    if usage == 0:
        reader.complain("its key usage is empty")
    is_for_servers = read("extended key usage", "2.5.29.37", _is_for_servers)
    netscape = read(
        "Netscape certificate type", "2.16.840.1.113730.1.1", lambda value, _: _bits(value, 1)
    )
    subject_key = read(
        "subject key identifier", "2.5.29.14", lambda value, _: value.octets(asn1.OCTET_STRING)
    )
    authority_key = read("authority key identifier", "2.5.29.35", _authority_key_id)
    names = read("subject alternative names", _SUBJECT_ALT_NAME, general_names)
    constraints = read("name constraints", "2.5.29.30", _name_constraints)
    read("CRL distribution points", "2.5.29.31", _distribution_points)
    has_resources = openssl.reads_resources and any(
        [
            read("IP address blocks", "1.3.6.1.5.5.7.1.7", _address_blocks),
            read("AS numbers", "1.3.6.1.5.5.7.1.8", _as_numbers),
        ]
    )
    return Extensions(
        is_ca=basic.is_ca if basic else None,
        path_length=_path_length(basic, openssl),
        key_usage=usage,
        is_for_servers=is_for_servers,
        netscape_type=netscape,
        subject_key_id=subject_key,
        authority_key_id=authority_key,
        alternative_names=names or (),
        name_constraints=constraints,
        is_proxy=bool(proxy),
        has_resources=has_resources,
        unhandled=next(
            (
                each.oid
                for each in extensions
                if each.is_critical and each.oid not in openssl.handled_extensions
            ),
            "",
        ),
        damage=reader.damage,
        names_damage=reader.damages.get(_SUBJECT_ALT_NAME, ""),
    )


def _path_length(basic: BasicConstraints | None, openssl: OpenSSL) -> int | None:
    if basic is None or basic.path_length is None:
        return None
    if openssl.drops_odd_path_lengths:
        return basic.path_length if basic.path_length >= 0 else None
    return basic.path_length if basic.path_length >= 0 and basic.is_ca else 0


def _integer(number: Element, openssl: OpenSSL, tag: int = asn1.INTEGER) -> int:
    content = number.primitive(tag)
    return asn1.integer(content) if openssl.wants_shortest_integers else asn1.any_integer(content)


def _bits(value: Element, octets: int) -> int:
    return asn1.bit_string(value.octets(asn1.BIT_STRING)).low(octets)


def _basic_constraints(value: Element, openssl: OpenSSL) -> BasicConstraints:
    parts = value.fields()
    ca = parts.optional(asn1.BOOLEAN)
    is_ca = ca is not None and asn1.boolean(ca.primitive(asn1.BOOLEAN))
    length = parts.optional(asn1.INTEGER)
    parts.end()
    return BasicConstraints(is_ca, None if length is None else _integer(length, openssl))


def _proxy(value: Element, openssl: OpenSSL) -> bool:
    parts = value.fields()
    if length := parts.optional(asn1.INTEGER):
        _integer(length, openssl)
    policy = parts.take(asn1.SEQUENCE).fields()
    parts.end()
    asn1.dotted(policy.take(asn1.OID).primitive(asn1.OID))
    if text := policy.optional(asn1.OCTET_STRING):
        text.octets()
    policy.end()
    return True


def _is_for_servers(value: Element, _: OpenSSL) -> bool:
    dotted = {asn1.dotted(use.primitive(asn1.OID)) for use in value.inner()}
    return not dotted.isdisjoint(_SERVER_USES)


def _authority_key_id(value: Element, openssl: OpenSSL) -> AuthorityKeyId:
    parts = value.fields()
    key_id, issuers = parts.optional(_CONTEXT_0), parts.optional(_CONTEXT_1)
    serial = parts.optional(_CONTEXT_2)
    parts.end()
    names = general_names(issuers, openssl, issuers.tag) if issuers else []
    return AuthorityKeyId(
        key_id.octets() if key_id else None,
        next((name.value for name in names if name.kind == DIRECTORY), None),
        _integer(serial, openssl, serial.tag) if serial else None,
    )


def _name_constraints(value: Element, openssl: OpenSSL) -> NameConstraints:
    parts = value.fields()
    permitted, excluded = (
        tuple(_subtree(each, openssl) for each in trees.inner(trees.tag)) if trees else ()
        for trees in (parts.optional(_CONTEXT_0), parts.optional(_CONTEXT_1))
    )
    parts.end()
    return NameConstraints(permitted, excluded)


def _subtree(tree: Element, openssl: OpenSSL) -> Subtree:
    parts = tree.fields()
    base = general_name(parts.any(), openssl)
    minimum, maximum = parts.optional(_CONTEXT_0), parts.optional(_CONTEXT_1)
    parts.end()
    if maximum:
        _integer(maximum, openssl, maximum.tag)
    least = _integer(minimum, openssl, minimum.tag) if minimum else None
    return Subtree(base, least, maximum is not None)


def _distribution_points(value: Element, openssl: OpenSSL) -> None:
    for point in value.inner():
        parts = point.fields()
        place, reasons = parts.optional(_CONTEXT_0), parts.optional(_CONTEXT_1)
        issuer = parts.optional(_CONTEXT_2)
        parts.end()
        if place:
            _check_place(place.explicit(), openssl)
        if reasons:
            asn1.bit_string(reasons.octets())
        issuers = general_names(issuer, openssl, issuer.tag) if issuer else []
        if not place and not issuers:
            raise ValueError("a distribution point has neither a place nor an issuer")


def _check_place(place: Element, openssl: OpenSSL) -> None:
    if place.tag == _CONTEXT_0:
        general_names(place, openssl, place.tag)
        return
    if place.tag != _CONTEXT_1:
        raise ValueError("a distribution point has no known kind of place")
    fields.rdn(place, place.tag, is_strict=openssl.wants_shortest_integers)


# --- the Internet's routing (RFC 3779) ---------------------------------------------------------


def _address_blocks(value: Element, _: OpenSSL) -> bool:
    for family in value.inner():
        parts = family.fields()
        parts.take(asn1.OCTET_STRING).octets()
        choice = parts.any()
        parts.end()
        if choice.tag == asn1.NULL:
            _null(choice)
            continue
        for each in choice.inner():
            if each.tag == asn1.BIT_STRING:
                asn1.bit_string(each.octets())
                continue
            _check_range(each, asn1.BIT_STRING)
    return True


def _as_numbers(value: Element, _: OpenSSL) -> bool:
    parts = value.fields()
    for tag in (_CONTEXT_0, _CONTEXT_1):
        if (found := parts.optional(tag)) is None:
            continue
        choice = found.explicit()
        if choice.tag == asn1.NULL:
            _null(choice)
            continue
        for each in choice.inner():
            if each.tag == asn1.INTEGER:
                asn1.integer(each.primitive(asn1.INTEGER))
                continue
            _check_range(each, asn1.INTEGER)
    parts.end()
    return True


def _null(choice: Element) -> None:
    if choice.primitive(asn1.NULL):
        raise ValueError("a null isn't empty")


def _check_range(value: Element, tag: int) -> None:
    ends = value.fields()
    for _ in range(2):
        end = asn1.check_any(ends.take(tag))
        if tag == asn1.BIT_STRING:
            asn1.bit_string(end.octets())
    ends.end()
