"""Which key can have made a signature, and whether it did."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from asn1crypto import algos
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import load_der_public_key

if TYPE_CHECKING:
    from pipeline.check.openssl.link import Link


class Algorithm(NamedTuple):
    """Of a signature: the type of key that makes it, its digest, whether OpenSSL 1.0.2 has it."""

    key_type: str
    digest: hashes.HashAlgorithm | None
    is_old: bool = False


RSASSA_PSS: Final = "1.2.840.113549.1.1.10"
_RSA: Final = "1.2.840.113549.1.1."
_ECDSA: Final = "1.2.840.10045.4."
_NIST: Final = "2.16.840.1.101.3.4.3."
_ALGORITHMS: Final[dict[str, Algorithm]] = {
    _RSA + "2": Algorithm("RSA", None),  # of MD2, which no OpenSSL computes any more
    _RSA + "3": Algorithm("RSA", None),  # of MD4, likewise by default
    _RSA + "4": Algorithm("RSA", hashes.MD5(), True),  # noqa: S303
    _RSA + "5": Algorithm("RSA", hashes.SHA1(), True),  # noqa: S303
    RSASSA_PSS: Algorithm("RSASSA-PSS", None, True),
    _RSA + "11": Algorithm("RSA", hashes.SHA256(), True),
    _RSA + "12": Algorithm("RSA", hashes.SHA384(), True),
    _RSA + "13": Algorithm("RSA", hashes.SHA512(), True),
    _RSA + "14": Algorithm("RSA", hashes.SHA224(), True),
    "1.3.14.3.2.29": Algorithm("RSA", hashes.SHA1(), True),  # noqa: S303  sha1WithRSA of OIW
    _NIST + "13": Algorithm("RSA", hashes.SHA3_224()),
    _NIST + "14": Algorithm("RSA", hashes.SHA3_256()),
    _NIST + "15": Algorithm("RSA", hashes.SHA3_384()),
    _NIST + "16": Algorithm("RSA", hashes.SHA3_512()),
    "1.2.840.10040.4.3": Algorithm("DSA", hashes.SHA1(), True),  # noqa: S303
    _NIST + "1": Algorithm("DSA", hashes.SHA224(), True),
    _NIST + "2": Algorithm("DSA", hashes.SHA256(), True),
    _NIST + "3": Algorithm("DSA", hashes.SHA384()),
    _NIST + "4": Algorithm("DSA", hashes.SHA512()),
    _ECDSA + "1": Algorithm("EC", hashes.SHA1(), True),  # noqa: S303
    _ECDSA + "3.1": Algorithm("EC", hashes.SHA224(), True),
    _ECDSA + "3.2": Algorithm("EC", hashes.SHA256(), True),
    _ECDSA + "3.3": Algorithm("EC", hashes.SHA384(), True),
    _ECDSA + "3.4": Algorithm("EC", hashes.SHA512(), True),
    _NIST + "9": Algorithm("EC", hashes.SHA3_224()),
    _NIST + "10": Algorithm("EC", hashes.SHA3_256()),
    _NIST + "11": Algorithm("EC", hashes.SHA3_384()),
    _NIST + "12": Algorithm("EC", hashes.SHA3_512()),
    "1.3.101.112": Algorithm("Ed25519", None),
    "1.3.101.113": Algorithm("Ed448", None),
    _NIST + "17": Algorithm("ML-DSA-44", None),
    _NIST + "18": Algorithm("ML-DSA-65", None),
    _NIST + "19": Algorithm("ML-DSA-87", None),
}
_KEY_TYPES: Final = {
    _RSA + "1": "RSA",
    RSASSA_PSS: "RSASSA-PSS",
    "1.2.840.10040.4.1": "DSA",
    "1.2.840.10045.2.1": "EC",
    "1.3.101.112": "Ed25519",
    "1.3.101.113": "Ed448",
    _NIST + "17": "ML-DSA-44",
    _NIST + "18": "ML-DSA-65",
    _NIST + "19": "ML-DSA-87",
}


def algorithm(oid: str) -> Algorithm | None:
    """Look an algorithm up by its dotted OID; None if OpenSSL doesn't know it."""
    return _ALGORITHMS.get(oid)


def key_type(oid: str) -> str:
    """Name a type of key by its dotted OID."""
    return _KEY_TYPES.get(oid, oid)


def algorithm_of(key_type: str) -> str:
    """Give the OID of one algorithm that a type of key makes signatures with; empty if none."""
    return next((oid for oid, each in _ALGORITHMS.items() if each.key_type == key_type), "")


@lru_cache(maxsize=16384)
def key(spki: bytes) -> PublicKeyTypes | None:
    """Decode a SubjectPublicKeyInfo; None if it can't be."""
    try:
        return load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm):
        return None


@lru_cache(maxsize=65536)
def is_signed_by(subject: Link, spki: bytes, *, is_old: bool = False) -> bool:
    """Whether the certificate's signature was made with that key, as OpenSSL verifies it.

    `is_old` for 1.0.2, which knows fewer algorithms.
    """
    if subject.supposed_signer is not None:
        return spki == subject.supposed_signer
    made = algorithm(subject.signature_oid)
    public = key(spki)
    if made is None or public is None or not subject.is_signature_sound:
        return False
    if is_old and not made.is_old:
        return False
    try:
        _verify(public, made, subject)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def _verify(public: PublicKeyTypes, made: Algorithm, subject: Link) -> None:
    signature, signed = subject.signature, subject.tbs
    match public, made.digest:
        case rsa.RSAPublicKey(), None if made.key_type == "RSASSA-PSS":
            pss, digest = _pss(algos.SignedDigestAlgorithm.load(subject.signature_algorithm))
            public.verify(signature, signed, pss, digest)
        case rsa.RSAPublicKey(), hashes.HashAlgorithm() if made.key_type == "RSA":
            public.verify(signature, signed, padding.PKCS1v15(), made.digest)
        case ec.EllipticCurvePublicKey(), hashes.HashAlgorithm() if made.key_type == "EC":
            public.verify(signature, signed, ec.ECDSA(made.digest))
        case dsa.DSAPublicKey(), hashes.HashAlgorithm() if made.key_type == "DSA":
            public.verify(signature, signed, made.digest)
        case _, None if made.key_type == _type_of(public):
            public.verify(signature, signed)  # type: ignore[union-attr, call-arg]
        case _:
            raise InvalidSignature


def _pss(algorithm: algos.SignedDigestAlgorithm) -> tuple[padding.PSS, hashes.HashAlgorithm]:
    """Read the parameters of RSASSA-PSS (RFC 4055 section 3.1)."""
    parameters = algorithm["parameters"]
    digest = _digest(parameters["hash_algorithm"])
    mask = parameters["mask_gen_algorithm"]
    mask_digest = _digest(mask["parameters"])
    return padding.PSS(padding.MGF1(mask_digest), int(parameters["salt_length"].native)), digest


def _digest(algorithm: algos.DigestAlgorithm) -> hashes.HashAlgorithm:
    found: hashes.HashAlgorithm = getattr(hashes, algorithm["algorithm"].native.upper())()
    return found


def _type_of(public: PublicKeyTypes) -> str:
    """Name the type of a key that signs without a digest: Ed25519PublicKey is Ed25519."""
    return type(public).__name__.removesuffix("PublicKey").replace("MLDSA", "ML-DSA-")
