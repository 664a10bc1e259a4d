"""Whether a signature was made with a key, as OpenSSL verifies it.

What `cryptography` takes, it verifies. RSA of any size and DSA of any parameters it doesn't take;
to verify those is arithmetic on public numbers, which is done here (RFC 8017 section 8.2.2,
FIPS 186-4 section 4.7).
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Final, NamedTuple

from asn1crypto import core
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from pipeline.x509 import asn1
from pipeline.x509.algorithms import DIGESTS, SIGNATURES, Algorithm
from pipeline.x509.asn1 import Element, element
from pipeline.x509.keys import Dsa, PublicKey, Rsa, Unverifiable

_MGF1: Final = "1.2.840.113549.1.1.8"
_DIGEST_OIDS: Final = {name: oid for oid, name in DIGESTS.items()}
_LARGEST_RSA: Final = 16384  # bits; OpenSSL's limits
_SMALL_RSA: Final = 3072
_LARGEST_EXPONENT: Final = 64
_LARGEST_DSA: Final = 10000
_DSA_ORDERS: Final = (160, 224, 256)
_SHORTEST_PADDING: Final = 8


class Uncomputed(Exception):  # noqa: N818  no error: an answer that nobody here can give
    """Whether the signature holds can't be said here; the text says why."""


class Signed(NamedTuple):
    """What was signed, how, and the signature. ``algorithm`` is the AlgorithmIdentifier."""

    algorithm: bytes
    content: bytes
    signature: bytes


def is_made_with(key: PublicKey, signed: Signed, *, may_lack_null: bool = False) -> bool:
    """Whether the signature was made with that key.

    ``may_lack_null``: RSA's DigestInfo may leave its NULL out, as OpenSSL 1.0.2 allows.

    Raises:
        Uncomputed: it can't be said here.
    """
    try:
        fields = element(signed.algorithm).fields()
        oid = asn1.dotted(fields.take(asn1.OID).content)
        parameters = fields.any() if fields else None
        made = SIGNATURES.get(oid)
        if made is None or not makes(key.key_type, made):
            return False
        return _holds(key, made, parameters, signed, may_lack_null)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError, LookupError):
        return False


def makes(key_type: str, made: Algorithm) -> bool:
    """Whether keys of that type make such signatures."""
    return made.key_type == key_type or (made.key_type == "RSASSA-PSS" and key_type == "RSA")


def _holds(
    key: PublicKey, made: Algorithm, parameters: Element | None, signed: Signed, may_lack_null: bool
) -> bool:
    match key.numbers:
        case None:
            return False
        case Unverifiable(reason):
            raise Uncomputed(reason)
        case Rsa() as rsa_key if made.key_type == "RSASSA-PSS":
            return _pss(rsa_key, _pss_parameters(parameters), signed)
        case Rsa() as rsa_key:
            return _pkcs1(rsa_key, made, signed, may_lack_null)
        case Dsa() as dsa_key:
            return _dsa(dsa_key, _digest(made.digest, signed.content), signed.signature)
        case ec.EllipticCurvePublicKey() as public:
            public.verify(signed.signature, signed.content, ec.ECDSA(_hash(made.digest)))
        case public:  # Ed25519, Ed448, ML-DSA
            public.verify(signed.signature, signed.content)  # type: ignore[union-attr,call-arg]
    return True


def _digest(name: str, content: bytes) -> bytes:
    try:
        return hashlib.new(name, content, usedforsecurity=False).digest()
    except ValueError:
        raise Uncomputed(f"the digest {name.lstrip('-')} isn't computed here") from None


def _hash(name: str) -> hashes.HashAlgorithm:
    found: type[hashes.HashAlgorithm] | None = getattr(hashes, name.upper(), None)
    if found is None:
        raise Uncomputed(f"the digest {name.lstrip('-')} isn't computed here")
    return found()


# --- RSA -------------------------------------------------------------------------------------


def recovered(key: Rsa, signature: bytes) -> bytes | None:
    """Give what the owner of the key has signed, without its padding; None if there is none.

    Only the key's owner can make a signature that has the right padding (RFC 8017 section 9.2).
    """
    size = (key.n.bit_length() + 7) // 8
    number = int.from_bytes(signature, "big")
    if len(signature) != size or number >= key.n or not _is_usable(key):
        return None
    encoded = pow(number, key.e, key.n).to_bytes(size, "big")
    padded, _, content = encoded[2:].partition(b"\0")
    if encoded[:2] != b"\0\1" or len(padded) < _SHORTEST_PADDING or padded.strip(b"\xff"):
        return None
    return content


def _is_usable(key: Rsa) -> bool:
    bits = key.n.bit_length()
    is_quick = bits <= _SMALL_RSA or key.e.bit_length() <= _LARGEST_EXPONENT
    return bits <= _LARGEST_RSA and 0 < key.e < key.n and bool(key.n & 1) and is_quick


def _pkcs1(key: Rsa, made: Algorithm, signed: Signed, may_lack_null: bool) -> bool:
    digest = _digest(made.digest, signed.content)
    if _is_quickly_verified(key, made, signed):
        return True
    content = recovered(key, signed.signature)
    endings = [b"\5\0", b""] if may_lack_null else [b"\5\0"]
    return content in [_digest_info(made.digest, digest, ending) for ending in endings]


def _is_quickly_verified(key: Rsa, made: Algorithm, signed: Signed) -> bool:
    """Whether cryptography, which is some times quicker, takes the key and finds it right."""
    try:
        public = rsa.RSAPublicNumbers(key.e, key.n).public_key()
        digest = _hash(made.digest)
        public.verify(signed.signature, signed.content, padding.PKCS1v15(), digest)
    except (ValueError, UnsupportedAlgorithm, InvalidSignature, Uncomputed):
        return False
    return True


def _digest_info(name: str, digest: bytes, parameters: bytes) -> bytes:
    oid = _encoded_oid(_DIGEST_OIDS[name])
    algorithm = _short(0x30, oid + parameters)
    return _short(0x30, algorithm + _short(0x04, digest))


@lru_cache(maxsize=64)
def _encoded_oid(dotted: str) -> bytes:
    encoded: bytes = core.ObjectIdentifier(dotted).dump()
    return encoded


def _short(tag: int, content: bytes) -> bytes:
    return bytes([tag, len(content)]) + content


class _Pss(NamedTuple):
    digest: str
    mask_digest: str
    salt: int


def _pss_parameters(parameters: Element | None) -> _Pss:
    """Read the parameters of RSASSA-PSS (RFC 4055 section 3.1). Raises ValueError."""
    if parameters is None:
        raise ValueError("RSASSA-PSS has no parameters")
    fields = parameters.fields()
    digest = mask_digest = "sha1"
    salt = 20
    if found := fields.optional(0x80):
        digest = _named_digest(found.explicit())
    if found := fields.optional(0x81):
        mask = found.explicit().fields()
        if asn1.dotted(mask.take(asn1.OID).content) != _MGF1:
            raise ValueError("RSASSA-PSS masks otherwise than by MGF1")
        mask_digest = _named_digest(mask.any())
    if found := fields.optional(0x82):
        salt = asn1.any_integer(found.explicit().primitive(asn1.INTEGER))
    trailer = fields.optional(0x83)
    if trailer and asn1.any_integer(trailer.explicit().primitive(asn1.INTEGER)) != 1:
        raise ValueError("RSASSA-PSS has an unknown trailer")
    fields.end()
    if salt < 0:
        raise ValueError("RSASSA-PSS has a salt of a negative length")
    return _Pss(digest, mask_digest, salt)


def _named_digest(algorithm: Element) -> str:
    return DIGESTS[asn1.dotted(algorithm.fields().take(asn1.OID).content)]


def _pss(key: Rsa, wanted: _Pss, signed: Signed) -> bool:
    if key.restriction is not None:
        allowed = _pss_parameters(element(key.restriction))
        if allowed[:2] != wanted[:2] or wanted.salt < allowed.salt:
            return False
    try:
        public = rsa.RSAPublicNumbers(key.e, key.n).public_key()
    except ValueError:
        size = key.n.bit_length()
        raise Uncomputed(f"RSASSA-PSS with a key of {size} bits isn't computed here") from None
    mask = padding.MGF1(_hash(wanted.mask_digest))
    pss = padding.PSS(mask, wanted.salt)
    public.verify(signed.signature, signed.content, pss, _hash(wanted.digest))
    return True


# --- DSA -------------------------------------------------------------------------------------


def _dsa(key: Dsa, digest: bytes, signature: bytes) -> bool:
    y, p, q, g = key
    if not (p and q and g and p & 1):
        return False
    if q.bit_length() not in _DSA_ORDERS or p.bit_length() > _LARGEST_DSA:
        return False
    pair = element(signature)
    if pair.whole != signature:
        return False
    fields = pair.fields()
    r, s = (asn1.integer(fields.take(asn1.INTEGER).content) for _ in range(2))
    fields.end()
    if not (0 < r < q and 0 < s < q):
        return False
    number = int.from_bytes(digest[: q.bit_length() // 8], "big")
    inverse = pow(s, -1, q)
    found = pow(g, number * inverse % q, p) * pow(y, r * inverse % q, p) % p
    return found % q == r
