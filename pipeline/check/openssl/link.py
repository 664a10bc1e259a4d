"""One certificate as a version of OpenSSL reads it, made once from its bytes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Final

from pipeline.check.openssl.canonical import CanonicalName, read_name, utf8
from pipeline.check.openssl.extensions import (
    KEY_CERT_SIGN,
    AuthorityKeyId,
    Extensions,
    read_extensions,
)
from pipeline.check.openssl.profile import OpenSSL
from pipeline.x509 import asn1, fields
from pipeline.x509.algorithms import SIGNATURES, Algorithm, signature_of
from pipeline.x509.asn1 import Element
from pipeline.x509.certificate import UnreadableCertificateError
from pipeline.x509.fields import CertificateFields
from pipeline.x509.keys import Dsa, PublicKey, Rsa, read_key
from pipeline.x509.signatures import Signed
from pipeline.x509.times import Time, read_time

_ALWAYS: Final = -(2**62)
_NEVER: Final = 2**62
_COMMON_NAME: Final = b"\x55\x04\x03"
_EMAIL_ADDRESS: Final = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01"


@dataclass(frozen=True, slots=True)
class Link:
    """A certificate: its bytes, and what verification asks of it.

    Two are equal if OpenSSL writes them alike. `subject` and `issuer` are in a form made
    for comparison (`check.openssl.canonical`); for what to show to people, see
    `x509.certificate.read`. Times are seconds since 1970, UTC, None where the field isn't as
    RFC 5280 section 4.1.2.5 wants it.
    """

    encoding: bytes = field(repr=False)
    """As OpenSSL writes it; the same as its bytes, but for odd lengths and what follows."""
    openssl: OpenSSL
    """The version that reads it so."""
    der: bytes = field(compare=False)
    subject: bytes = field(compare=False)
    issuer: bytes = field(compare=False)
    subject_size: int = field(compare=False)
    """How many attributes the subject has."""
    has_proxy_name: bool = field(compare=False, repr=False)
    """Whether the subject is the issuer with a common name more (RFC 3820 section 3.4)."""
    common_names: tuple[bytes | None, ...] = field(compare=False, repr=False)
    """Of the subject, as UTF-8; None for one that is no text."""
    email_addresses: tuple[bytes | None, ...] = field(compare=False, repr=False)
    """Of the subject; None for one that isn't an IA5String."""
    serial: int = field(compare=False)
    not_before: int | None = field(compare=False)
    not_after: int | None = field(compare=False)
    ends: int | None = field(compare=False, repr=False)
    """The same also if it is in a form that RFC 5280 doesn't allow; OpenSSL orders by it."""
    version: int = field(compare=False)
    """From 1."""
    key: PublicKey = field(compare=False, repr=False)
    spki: bytes = field(compare=False, repr=False)
    signature_oid: str = field(compare=False)
    signed: Signed = field(compare=False, repr=False)
    is_signature_sound: bool = field(compare=False)
    """Whether the algorithm is the same inside and outside, and the signature whole octets."""
    extensions: Extensions = field(compare=False, repr=False)
    supposed_signer: bytes | None = field(compare=False, repr=False, default=None)
    """Of a certificate that is only supposed: the key that made its signature."""
    is_self_issued: bool = field(compare=False, init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_self_issued", self.subject == self.issuer)

    @property
    def has_key(self) -> bool:
        """Whether the public key can be decoded."""
        numbers = self.key.numbers
        if isinstance(numbers, Dsa) and numbers.lacks_parameters:
            return self.openssl.inherits_parameters
        return numbers is not None and self.key.key_type in self.openssl.key_types

    @property
    def signature_algorithm(self) -> Algorithm | None:
        """How its signature is made; None if that version doesn't know."""
        made = SIGNATURES.get(self.signature_oid)
        is_known = made and self.openssl.knows_signature(made.name, made.digest, made.key_type)
        return made if is_known else None

    @property
    def is_issuer(self) -> bool:
        """Whether it is a CA's that may sign certificates."""
        return bool(self.extensions.is_ca) and self.may_use(KEY_CERT_SIGN)

    def may_use(self, usage: int) -> bool:
        """Whether key usage, if there is any, has one of the bits."""
        return self.extensions.key_usage is None or bool(self.extensions.key_usage & usage)

    def is_valid(self, at: int) -> bool:
        """Whether OpenSSL takes it as valid at that time: from the first second, not at the last.

        RFC 5280 section 4.1.2.5 has the last second included; OpenSSL hasn't.
        """
        return (
            self.not_before is not None
            and self.not_after is not None
            and self.not_before <= at < self.not_after
        )


@lru_cache(maxsize=32768)
def link(der: bytes, openssl: OpenSSL) -> Link:
    """Read a certificate. Raises `UnreadableCertificateError` if that version can't."""
    try:
        found = fields.read_fields(der, is_strict=openssl.wants_shortest_integers)
        return _link(der, found, openssl)
    except (ValueError, LookupError, RecursionError) as error:
        raise UnreadableCertificateError(f"not a readable certificate: {error}") from error


def readable(der: bytes, openssl: OpenSSL) -> Link | None:
    """Read a certificate; None if that version can't."""
    try:
        return link(der, openssl)
    except UnreadableCertificateError:
        return None


def _link(der: bytes, found: CertificateFields, openssl: OpenSSL) -> Link:
    subject, issuer = (read_name(name, openssl) for name in (found.subject, found.issuer))
    begin, end = (_time(each, openssl) for each in (found.not_before, found.not_after))
    algorithm, inner = found.algorithm, found.inner_algorithm
    return Link(
        encoding=found.encoding,
        der=der,
        openssl=openssl,
        subject=subject.canonical,
        issuer=issuer.canonical,
        subject_size=len(subject.entries),
        has_proxy_name=_has_proxy_name(subject, issuer),
        common_names=tuple(
            _text(each.value, openssl) for each in subject.entries if each.kind == _COMMON_NAME
        ),
        email_addresses=tuple(
            each.value.octets() if each.value.tag == asn1.IA5_STRING else None
            for each in subject.entries
            if each.kind == _EMAIL_ADDRESS
        ),
        serial=found.serial,
        not_before=begin.proper,
        not_after=end.proper,
        ends=end.any,
        version=found.version,
        key=read_key(found.spki.whole),
        spki=found.spki.whole,
        signature_oid=fields.algorithm_oid(inner),
        signed=Signed(algorithm.whole, found.tbs, found.signature.octets),
        is_signature_sound=algorithm.whole == inner.whole and not found.signature.unused,
        extensions=read_extensions(fields.extensions(found), openssl),
    )


def _time(value: Element, openssl: OpenSSL) -> Time:
    return read_time(value, takes_any_day=openssl.takes_any_day_of_a_month)


def _text(value: Element, openssl: OpenSSL) -> bytes | None:
    try:
        return utf8(value, openssl)
    except (ValueError, LookupError):
        return None


def _has_proxy_name(subject: CanonicalName, issuer: CanonicalName) -> bool:
    *others, last = subject.rdns or [[]]
    is_common_name = len(last) == 1 and last[0].kind == _COMMON_NAME
    rest = sum(map(len, others))
    return (
        is_common_name
        and rest > 0
        and rest == len(issuer.entries)
        and subject.canonical.startswith(issuer.canonical)
    )


def seconds(at: datetime) -> int:
    """Give a time as OpenSSL counts it: whole seconds since 1970, UTC."""
    return int(at.timestamp() // 1)


def hypothetical_leaf(issuer: Link) -> Link:
    """Suppose a server's certificate that a CA issued, with nothing amiss."""
    key_id = issuer.extensions.subject_key_id
    return replace(
        issuer,
        encoding=b"supposed of " + issuer.encoding,
        subject=b"",
        issuer=issuer.subject,
        subject_size=0,
        common_names=(),
        email_addresses=(),
        not_before=_ALWAYS,
        not_after=_NEVER,
        version=3,
        key=_GOOD_KEY,
        signature_oid=signature_of(issuer.key.key_type),
        extensions=Extensions(authority_key_id=AuthorityKeyId(key_id, None, None)),
        supposed_signer=issuer.spki,
    )


def signed_as_supposed(link: Link, signer: Link) -> Link:
    """Suppose that a certificate was signed with another's key."""
    return replace(
        link,
        encoding=b"supposed: " + link.encoding,
        signature_oid=signature_of(signer.key.key_type),
        supposed_signer=signer.spki,
    )


_GOOD_KEY: Final = PublicKey("RSA", Rsa(1, 1))
