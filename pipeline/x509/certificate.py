"""DER to facts: what a certificate says of itself (RFC 5280 section 4.1)."""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

from asn1crypto import core
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.utils import CryptographyDeprecationWarning

from pipeline.x509.names import Name, same

Parser = Literal["cryptography", "asn1crypto"]

_RSASSA_PSS: Final = "1.2.840.113549.1.1.10"
# OpenSSL's long names (`openssl x509 -text`), and the digest that is signed
_SIGNATURE_ALGORITHMS: Final[dict[str, tuple[str, hashes.HashAlgorithm | None]]] = {
    "1.2.840.113549.1.1.2": ("md2WithRSAEncryption", None),
    "1.2.840.113549.1.1.4": ("md5WithRSAEncryption", hashes.MD5()),  # noqa: S303
    "1.2.840.113549.1.1.5": ("sha1WithRSAEncryption", hashes.SHA1()),  # noqa: S303
    _RSASSA_PSS: ("rsassaPss", None),
    "1.2.840.113549.1.1.11": ("sha256WithRSAEncryption", hashes.SHA256()),
    "1.2.840.113549.1.1.12": ("sha384WithRSAEncryption", hashes.SHA384()),
    "1.2.840.113549.1.1.13": ("sha512WithRSAEncryption", hashes.SHA512()),
    "1.2.840.113549.1.1.14": ("sha224WithRSAEncryption", hashes.SHA224()),
    "1.2.840.10040.4.3": ("dsaWithSHA1", hashes.SHA1()),  # noqa: S303
    "2.16.840.1.101.3.4.3.2": ("dsa_with_SHA256", hashes.SHA256()),
    "1.2.840.10045.4.1": ("ecdsa-with-SHA1", hashes.SHA1()),  # noqa: S303
    "1.2.840.10045.4.3.2": ("ecdsa-with-SHA256", hashes.SHA256()),
    "1.2.840.10045.4.3.3": ("ecdsa-with-SHA384", hashes.SHA384()),
    "1.2.840.10045.4.3.4": ("ecdsa-with-SHA512", hashes.SHA512()),
    "1.3.101.112": ("ED25519", None),
    "1.3.101.113": ("ED448", None),
    "2.16.840.1.101.3.4.3.17": ("ML-DSA-44", None),
    "2.16.840.1.101.3.4.3.18": ("ML-DSA-65", None),
    "2.16.840.1.101.3.4.3.19": ("ML-DSA-87", None),
}
_KEY_TYPES: Final = {
    "1.2.840.113549.1.1.1": "RSA",
    _RSASSA_PSS: "RSA",
    "1.2.840.10040.4.1": "DSA",
    "1.2.840.10045.2.1": "EC",
    "1.3.101.112": "Ed25519",
    "1.3.101.113": "Ed448",
    "2.16.840.1.101.3.4.3.17": "ML-DSA-44",
    "2.16.840.1.101.3.4.3.18": "ML-DSA-65",
    "2.16.840.1.101.3.4.3.19": "ML-DSA-87",
}
# what cryptography raises for a certificate that isn't as it should be
_REFUSALS: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


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
        certificate = asn1.Certificate.load(der, strict=True)
        tbs = certificate["tbs_certificate"]
        spki = tbs["subject_public_key_info"].dump()
        # asn1crypto's own type for it knows no ML-DSA
        key_type = core.Sequence.load(spki)[0][0]
        if not isinstance(key_type, core.ObjectIdentifier):
            raise UnreadableCertificateError("its key has no type")
        claims, parser = _claims(der, tbs)
        algorithm = certificate["signature_algorithm"]["algorithm"].dotted
        key = _key(spki)
        return Certificate(
            der=der,
            fingerprint=hashlib.sha1(der, usedforsecurity=False).hexdigest(),
            fingerprint_sha256=hashlib.sha256(der).hexdigest(),
            spki_sha256=hashlib.sha256(spki).hexdigest(),
            subject=claims.subject,
            issuer=claims.issuer,
            serial=claims.serial,
            not_before=claims.not_before,
            not_after=claims.not_after,
            key_type=_KEY_TYPES.get(key_type.dotted, key_type.dotted),
            key_bits=_bits(key),
            signature_algorithm=_SIGNATURE_ALGORITHMS.get(algorithm, (algorithm, None))[0],
            is_self_signed=_is_self_issued(claims) and _is_signed_by(key, certificate),
            parser=parser,
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        # asn1crypto raises whatever it stumbles over
        raise UnreadableCertificateError(f"not a readable certificate: {error}") from error


def facts(certificate: Certificate) -> dict[str, Any]:
    """Give what is stored of a certificate, under the names of `schemas.tables.CertificateRow`."""
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


def _claims(der: bytes, tbs: Any) -> tuple[_Claims, Parser]:
    try:
        return _claims_by_cryptography(der, tbs), "cryptography"
    except _REFUSALS:
        return _claims_by_asn1crypto(tbs), "asn1crypto"


def _claims_by_cryptography(der: bytes, tbs: Any) -> _Claims:
    with warnings.catch_warnings():
        # old roots have serial numbers that aren't positive and values that are too long
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        warnings.simplefilter("ignore", UserWarning)
        certificate = x509.load_der_x509_certificate(der)
        _ = certificate.extensions  # read whole or not at all
        subject = _name(certificate.subject)
        is_self_issued = tbs["issuer"].dump() == tbs["subject"].dump()
        return _Claims(
            subject,
            subject if is_self_issued else _name(certificate.issuer),
            certificate.serial_number,
            certificate.not_valid_before_utc,
            certificate.not_valid_after_utc,
        )


def _name(name: x509.Name) -> Name:
    return Name.from_rdns([(a.oid.dotted_string, _text(a.value)) for a in r] for r in name.rdns)


def _claims_by_asn1crypto(tbs: Any) -> _Claims:
    validity = tbs["validity"]
    claims = _Claims(
        _lenient_name(tbs["subject"]),
        _lenient_name(tbs["issuer"]),
        tbs["serial_number"].native,
        validity["not_before"].native,
        validity["not_after"].native,
    )
    if not isinstance(claims.not_before, datetime) or not isinstance(claims.not_after, datetime):
        raise UnreadableCertificateError("its validity is outside the years 1 to 9999")
    return claims


def _lenient_name(name: Any) -> Name:
    return Name.from_rdns(
        [(pair["type"].dotted, _lenient_text(pair["value"])) for pair in rdn] for rdn in name.chosen
    )


def _lenient_text(value: Any) -> str:
    native = getattr(value, "native", None)  # some types of ASN.1 have none
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


# --- key and signature -----------------------------------------------------------------------


def _key(spki: bytes) -> PublicKeyTypes | None:
    try:
        return load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm):
        return None


def _bits(key: PublicKeyTypes | None) -> int | None:
    match key:
        case rsa.RSAPublicKey() | ec.EllipticCurvePublicKey() | dsa.DSAPublicKey():
            return key.key_size
        case _:
            return None


def _is_self_issued(claims: _Claims) -> bool:
    return claims.subject == claims.issuer or same(claims.subject, claims.issuer)


def _is_signed_by(key: PublicKeyTypes | None, certificate: Any) -> bool:
    """Whether the certificate's signature verifies with the key."""
    algorithm = certificate["signature_algorithm"]
    signature = certificate["signature_value"].native
    tbs = certificate["tbs_certificate"].dump()
    _, digest = _SIGNATURE_ALGORITHMS.get(algorithm["algorithm"].dotted, ("", None))
    try:
        match key, digest:
            case rsa.RSAPublicKey(), None if algorithm["algorithm"].dotted == _RSASSA_PSS:
                digest = getattr(hashes, algorithm.hash_algo.upper())()
                pss = padding.PSS(padding.MGF1(digest), padding.PSS.AUTO)
                key.verify(signature, tbs, pss, digest)
            case rsa.RSAPublicKey(), None:
                # of MD2, which no library computes any more; only the key's owner can make a
                # signature that has the right padding
                key.recover_data_from_signature(signature, padding.PKCS1v15(), None)
            case rsa.RSAPublicKey(), hashes.HashAlgorithm():
                key.verify(signature, tbs, padding.PKCS1v15(), digest)
            case ec.EllipticCurvePublicKey(), hashes.HashAlgorithm():
                key.verify(signature, tbs, ec.ECDSA(digest))
            case dsa.DSAPublicKey(), hashes.HashAlgorithm():
                key.verify(signature, tbs, digest)
            case _ if verify := getattr(key, "verify", None):  # Ed25519, Ed448, ML-DSA
                verify(signature, tbs)
            case _:
                return False
    except (InvalidSignature, UnsupportedAlgorithm, AttributeError, ValueError, TypeError):
        return False
    return True
