"""One certificate as path building needs it, made once from its bytes."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from asn1crypto import core

from pipeline.check.openssl import elements, signature
from pipeline.check.openssl.canonical import canonical, text
from pipeline.check.openssl.elements import Element, element
from pipeline.check.openssl.extensions import (
    KEY_CERT_SIGN,
    AuthorityKeyId,
    Extensions,
    read_extensions,
)
from pipeline.x509.certificate import UnreadableCertificateError

_EVER: Final = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_OLD_KEY_TYPES: Final = frozenset({"RSA", "DSA", "EC"})
_COMMON_NAME: Final = b"\x55\x04\x03"
_EMAIL_ADDRESS: Final = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01"
# The first digits, in the year's two forms; RFC 5280 section 4.1.2.5 wants seconds and Z.
_TIME: Final = re.compile(
    r"(?P<century>\d\d)?(?P<minute>\d{10})(?P<second>\d\d)?(?P<fraction>\.\d+)?"
    r"(?P<zone>Z|[+-]\d{4})"
)


@dataclass(frozen=True, slots=True)
class Link:
    """A certificate: its bytes, and what verification asks of it.

    Two are equal if their bytes are. `subject` and `issuer` are in a form made for comparison
    (`check.openssl.canonical`); for what to show to people, see `x509.certificate.read`.
    Times are UTC, None where the field isn't as RFC 5280 section 4.1.2.5 wants it. Names that end
    in `_before` are what OpenSSL 1.0.2 makes of the same bytes.
    """

    der: bytes
    fingerprint: str = field(compare=False)
    """SHA-1, 40 lower-case hex digits."""
    subject: bytes = field(compare=False)
    issuer: bytes = field(compare=False)
    common_names: tuple[str, ...] = field(compare=False, repr=False)
    email_addresses: tuple[bytes | None, ...] = field(compare=False, repr=False)
    """Of the subject; None for one that isn't an IA5String."""
    serial: int = field(compare=False)
    not_before: datetime | None = field(compare=False)
    not_after: datetime | None = field(compare=False)
    ends: datetime | None = field(compare=False, repr=False)
    """The same also if it is in a form that RFC 5280 doesn't allow; OpenSSL orders by it."""
    version: int = field(compare=False)
    spki: bytes = field(compare=False, repr=False)
    key_type: str = field(compare=False)
    has_key: bool = field(compare=False)
    """Whether the public key can be decoded."""
    has_explicit_curve: bool = field(compare=False)
    tbs: bytes = field(compare=False, repr=False)
    signature_algorithm: bytes = field(compare=False, repr=False)
    signature_oid: str = field(compare=False)
    signature: bytes = field(compare=False, repr=False)
    is_signature_sound: bool = field(compare=False)
    """Whether the algorithm is the same inside and outside, and the signature whole octets."""
    extensions: Extensions = field(compare=False, repr=False)
    supposed_signer: bytes | None = field(compare=False, repr=False, default=None)
    """Of a certificate that is only supposed: the key that made its signature."""
    is_self_issued: bool = field(compare=False, init=False)
    is_self_signed: bool = field(compare=False, init=False)
    """It names itself as its issuer; its signature isn't looked at."""
    is_self_signed_before: bool = field(compare=False, init=False)

    def __post_init__(self) -> None:
        is_self_issued = self.subject == self.issuer
        is_issuer = is_self_issued and _is_issuer(self, self)
        object.__setattr__(self, "is_self_issued", is_self_issued)
        object.__setattr__(
            self,
            "is_self_signed",
            is_issuer and not self.extensions.is_invalid and _can_sign(self, self),
        )
        object.__setattr__(
            self, "is_self_signed_before", is_issuer and may_use(self, KEY_CERT_SIGN)
        )

    @property
    def is_issuer(self) -> bool:
        """Whether it is a CA's that may sign certificates."""
        return bool(self.extensions.is_ca) and may_use(self, KEY_CERT_SIGN)

    @property
    def has_key_before(self) -> bool:
        """Whether OpenSSL 1.0.2 can decode the public key."""
        return self.has_key and self.key_type in _OLD_KEY_TYPES

    def is_valid(self, at: datetime) -> bool:
        """Whether OpenSSL takes it as valid at that time: from the first second, not at the last.

        RFC 5280 section 4.1.2.5 has the last second included; OpenSSL hasn't.
        """
        return (
            self.not_before is not None
            and self.not_after is not None
            and self.not_before <= at < self.not_after
        )


@lru_cache(maxsize=16384)
def link(der: bytes) -> Link:
    """Read a certificate. Raises `UnreadableCertificateError` if it is none."""
    try:
        tbs, algorithm, signature_value = element(der).inner(elements.SEQUENCE)
        return _link(der, tbs, algorithm, signature_value.expect(elements.BIT_STRING))
    except (ValueError, IndexError, OverflowError) as error:
        raise UnreadableCertificateError(f"not a readable certificate: {error}") from error


def readable(der: bytes) -> Link | None:
    """Read a certificate; None if no OpenSSL could."""
    try:
        return link(der)
    except UnreadableCertificateError:
        return None


def _link(der: bytes, tbs: Element, algorithm: Element, signature_value: bytes) -> Link:
    parts = tbs.inner(elements.SEQUENCE)
    version = 1
    if parts[0].tag == 0xA0:
        version = 1 + _number(parts.pop(0).inner()[0])
    serial, inner_algorithm, issuer, validity, subject, spki = parts[:6]
    not_before, not_after = validity.inner(elements.SEQUENCE)
    proper_end, ends = _times(not_after)
    extensions = next((part.inner()[0].inner() for part in parts[6:] if part.tag == 0xA3), [])
    key_algorithm = spki.inner(elements.SEQUENCE)[0].inner(elements.SEQUENCE)
    attributes = [pair.inner() for rdn in subject.inner() for pair in rdn.inner()]
    return Link(
        der=der,
        fingerprint=hashlib.sha1(der, usedforsecurity=False).hexdigest(),
        subject=canonical(subject),
        issuer=canonical(issuer),
        common_names=tuple(
            written
            for kind, value in attributes
            if kind.content == _COMMON_NAME and (written := text(value)) is not None
        ),
        email_addresses=tuple(
            value.content if value.tag == 0x16 else None
            for kind, value in attributes
            if kind.content == _EMAIL_ADDRESS
        ),
        serial=_number(serial),
        not_before=_times(not_before)[0],
        not_after=proper_end,
        ends=ends,
        version=version,
        spki=spki.whole,
        key_type=signature.key_type(_dotted(key_algorithm[0])),
        has_key=signature.key(spki.whole) is not None,
        has_explicit_curve=len(key_algorithm) > 1 and key_algorithm[1].tag == elements.SEQUENCE,
        tbs=tbs.whole,
        signature_algorithm=algorithm.whole,
        signature_oid=_dotted(inner_algorithm.inner(elements.SEQUENCE)[0]),
        signature=signature_value[1:],
        is_signature_sound=algorithm.whole == inner_algorithm.whole and not signature_value[0] & 7,
        extensions=read_extensions(extensions),
    )


def _number(value: Element) -> int:
    """Read an INTEGER in any form; some old roots have long ones."""
    return int.from_bytes(value.expect(elements.INTEGER), "big", signed=True)


def _dotted(oid: Element) -> str:
    dotted: str = core.ObjectIdentifier(contents=oid.expect(elements.OID)).dotted
    return dotted


def _times(value: Element) -> tuple[datetime | None, datetime | None]:
    """Read a time: as RFC 5280 wants it, else None; and in any form that OpenSSL can order."""
    written = value.content.decode("latin-1")
    if value.tag == elements.UTC_TIME:
        written = ("19" if written >= "50" else "20") + written
    elif value.tag != elements.GENERALIZED_TIME:
        return None, None
    found = _TIME.fullmatch(written)
    if not found or not found["century"]:
        return None, None
    zone = "+0000" if found["zone"] == "Z" else found["zone"]
    digits = f"{found['century']}{found['minute']}{found['second'] or '00'}{zone}"
    try:
        time = datetime.strptime(digits, "%Y%m%d%H%M%S%z")
    except ValueError:
        return None, None
    is_proper = found["zone"] == "Z" and found["second"] and not found["fraction"]
    return time.astimezone(UTC) if is_proper else None, time


def supposed_server(issuer: Link) -> Link:
    """Suppose a server's certificate that a CA issued, with nothing amiss."""
    extensions = replace(
        read_extensions(()),
        authority_key_id=AuthorityKeyId(issuer.extensions.subject_key_id, None, None),
    )
    return replace(
        issuer,
        der=b"supposed of " + issuer.der,
        subject=b"",
        issuer=issuer.subject,
        common_names=(),
        email_addresses=(),
        not_before=_EVER[0],
        not_after=_EVER[1],
        version=3,
        key_type="RSA",
        has_key=True,
        signature_oid=signature.algorithm_of(issuer.key_type),
        extensions=extensions,
        supposed_signer=issuer.spki,
    )


# --- who can have issued whom ----------------------------------------------------------------


def may_use(link: Link, usage: int) -> bool:
    """Whether key usage, if there is any, has one of the bits."""
    return link.extensions.key_usage is None or bool(link.extensions.key_usage & usage)


def issued(issuer: Link, subject: Link) -> bool:
    """Whether OpenSSL 3 takes one for the issuer of the other: names, identifiers, key type."""
    return (
        issuer.subject == subject.issuer
        and not issuer.extensions.is_invalid
        and not subject.extensions.is_invalid
        and _is_issuer(issuer, subject)
        and _can_sign(issuer, subject)
    )


def issued_before(issuer: Link, subject: Link) -> bool:
    """Whether OpenSSL 1.0.2 takes one for the issuer of the other: names, identifiers, usage."""
    usage = 0x80 if subject.extensions.is_proxy else KEY_CERT_SIGN
    return (
        issuer.subject == subject.issuer and _is_issuer(issuer, subject) and may_use(issuer, usage)
    )


def _is_issuer(issuer: Link, subject: Link) -> bool:
    """Whether the subject's authority key identifier is of this issuer, as far as it goes."""
    wanted = subject.extensions.authority_key_id
    if wanted is None:
        return True
    key_id = issuer.extensions.subject_key_id
    return (
        (wanted.key_id is None or key_id is None or wanted.key_id == key_id)
        and (wanted.serial is None or wanted.serial == issuer.serial)
        and (wanted.issuer is None or wanted.issuer == issuer.issuer)
    )


def _can_sign(issuer: Link, subject: Link) -> bool:
    """Whether the issuer's key is of the type that makes such signatures."""
    made = signature.algorithm(subject.signature_oid)
    if made is None or not issuer.has_key:
        return False
    return made.key_type == issuer.key_type or (
        made.key_type == "RSASSA-PSS" and issuer.key_type == "RSA"
    )
