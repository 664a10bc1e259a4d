"""DER to facts: what a certificate says of itself (RFC 5280 section 4.1)."""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

from asn1crypto import core
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.utils import CryptographyDeprecationWarning

from pipeline.x509 import asn1, fields
from pipeline.x509.algorithms import SIGNATURES
from pipeline.x509.asn1 import Element
from pipeline.x509.fields import CertificateFields, read_fields
from pipeline.x509.keys import PublicKey, Rsa, read_key
from pipeline.x509.names import Name, same
from pipeline.x509.signatures import Signed, Uncomputed, is_made_with, recovered
from pipeline.x509.times import read_time

Parser = Literal["cryptography", "asn1crypto"]

# what cryptography raises for a certificate that isn't as it should be
_REFUSALS: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


_FIRST: Final = datetime.min.replace(tzinfo=UTC).timestamp()
_LAST: Final = datetime.max.replace(tzinfo=UTC).timestamp()


class UnreadableCertificateError(ValueError):
    """The bytes are no certificate that any parser reads."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate: its bytes, their digests (lower-case hex) and what it says.

    `serial` may be zero or negative, as in some old roots. Times are UTC; the certificate is valid
    at both (RFC 5280 section 4.1.2.5). `key_type` and `signature_algorithm` are OpenSSL's names, or
    dotted OIDs. `key_bits` is None where the type says it all (Ed25519, ML-DSA). `parser` tells who
    read it: asn1crypto, the more lenient, reads only what cryptography refuses.
    """

    der: bytes
    fingerprint: str
    fingerprint_sha256: str
    spki_sha256: str
    subject: Name
    issuer: Name
    serial: int
    not_before: datetime
    not_after: datetime
    key_type: str
    key_bits: int | None
    signature_algorithm: str
    is_self_signed: bool
    parser: Parser

    def __hash__(self) -> int:
        return hash(self.der)  # which keeps it; all else follows from these bytes

    @property
    def is_self_issued(self) -> bool:
        """Whether it names itself as its issuer."""
        return _is_self_issued(self)


class _Claims(NamedTuple):
    subject: Name
    issuer: Name
    serial: int
    not_before: datetime
    not_after: datetime


@lru_cache(maxsize=4096)
def read(der: bytes) -> Certificate:
    """Read a certificate. The documents of one run have most of their roots in common.

    Raises `UnreadableCertificateError` if no parser can.
    """
    try:
        found = read_fields(der, is_strict=False)
        if found.whole != der:
            raise UnreadableCertificateError("something follows it")
        claims, parser = _claims(found)
        key = read_key(found.spki.whole)
        algorithm = fields.algorithm_oid(found.algorithm)
        made = SIGNATURES.get(algorithm)
        return Certificate(
            der=der,
            fingerprint=hashlib.sha1(der, usedforsecurity=False).hexdigest(),
            fingerprint_sha256=hashlib.sha256(der).hexdigest(),
            spki_sha256=hashlib.sha256(found.spki.whole).hexdigest(),
            subject=claims.subject,
            issuer=claims.issuer,
            serial=claims.serial,
            not_before=claims.not_before,
            not_after=claims.not_after,
            key_type="RSA" if key.key_type == "RSASSA-PSS" else key.key_type,
            key_bits=key.bits,
            signature_algorithm=made.name if made else algorithm,
            is_self_signed=_is_self_issued(claims) and _is_signed_by(key, found),
            parser=parser,
        )
    except (ValueError, LookupError, OverflowError, RecursionError) as error:
        raise UnreadableCertificateError(f"not a readable certificate: {error}") from error


def facts(certificate: Certificate) -> dict[str, Any]:
    """Give what is stored of a certificate, under the names of `schemas.tables.certificates`."""
    return {
        "fingerprint": certificate.fingerprint,
        "fingerprint_sha256": certificate.fingerprint_sha256,
        "spki_sha256": certificate.spki_sha256,
        "subject": str(certificate.subject),
        "issuer": str(certificate.issuer),
        "serial_number": _hex(certificate.serial),
        "not_before": certificate.not_before,
        "not_after": certificate.not_after,
        "key_type": certificate.key_type,
        "key_bits": certificate.key_bits,
        "signature_algorithm": certificate.signature_algorithm,
        "self_signed": certificate.is_self_signed,
        "parser": certificate.parser,
        "der": certificate.der,
    }


def _hex(serial: int) -> str:
    """Write a serial number as OpenSSL does, in whole octets."""
    digits = f"{abs(serial):x}"
    return "-" * (serial < 0) + "0" * (len(digits) % 2) + digits


# --- names, serial number, validity ----------------------------------------------------------


def _claims(found: CertificateFields) -> tuple[_Claims, Parser]:
    try:
        return _claims_by_cryptography(found), "cryptography"
    except _REFUSALS:
        return _lenient_claims(found), "asn1crypto"


def _claims_by_cryptography(found: CertificateFields) -> _Claims:
    with warnings.catch_warnings():
        # old roots have serial numbers that aren't positive and values that are too long
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        warnings.simplefilter("ignore", UserWarning)
        certificate = x509.load_der_x509_certificate(found.whole)
        _ = certificate.extensions  # read whole or not at all
        subject = _name(certificate.subject)
        is_self_issued = found.issuer.whole == found.subject.whole
        return _Claims(
            subject,
            subject if is_self_issued else _name(certificate.issuer),
            certificate.serial_number,
            certificate.not_valid_before_utc,
            certificate.not_valid_after_utc,
        )


def _name(name: x509.Name) -> Name:
    return Name.from_rdns([(a.oid.dotted_string, _text(a.value)) for a in r] for r in name.rdns)


def _lenient_claims(found: CertificateFields) -> _Claims:
    return _Claims(
        _lenient_name(found.subject),
        _lenient_name(found.issuer),
        found.serial,
        _lenient_time(found.not_before),
        _lenient_time(found.not_after),
    )


def _lenient_time(value: Element) -> datetime:
    seconds = read_time(value).any
    if seconds is None or not _FIRST <= seconds <= _LAST:
        raise UnreadableCertificateError("its validity is no time in the years 1 to 9999")
    return datetime.fromtimestamp(seconds, UTC)


def _lenient_name(name: Element) -> Name:
    return Name.from_rdns(
        [(asn1.dotted(each.kind), _lenient_text(each.value)) for each in rdn]
        for rdn in fields.attributes(name, is_strict=False)
    )


def _lenient_text(value: Element) -> str:
    try:
        native = core.load(value.whole).native
    except UnicodeDecodeError:  # it isn't what it says it is: show the octets
        native = value.octets().decode("ascii", "backslashreplace")
    except (AttributeError, TypeError):  # some types of ASN.1 have none
        native = None
    if not isinstance(native, str | bytes):
        raise UnreadableCertificateError("a name in it has a value that is no text")
    return _text(native)


def _text(value: str | bytes) -> str:
    """Give a value as text; that of x500UniqueIdentifier is a BIT STRING."""
    if isinstance(value, str):
        return value
    try:
        return value.lstrip(b"\0").decode()  # cryptography puts the count of unused bits first
    except UnicodeDecodeError:
        return value.hex()


# --- signature -------------------------------------------------------------------------------


def _is_self_issued(claims: _Claims | Certificate) -> bool:
    return claims.subject == claims.issuer or same(claims.subject, claims.issuer)


def _is_signed_by(key: PublicKey, found: CertificateFields) -> bool:
    """Whether the certificate's signature verifies with the key.

    Where the digest is one that nobody computes any more (MD2), it is enough that the signature is
    by the key: only its owner can make one that has the right padding.
    """
    signature = found.signature.octets
    try:
        return is_made_with(key, Signed(found.algorithm.whole, found.tbs, signature))
    except Uncomputed:
        return isinstance(key.numbers, Rsa) and recovered(key.numbers, signature) is not None
