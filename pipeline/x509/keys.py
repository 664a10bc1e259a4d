"""Public keys (SubjectPublicKeyInfo, RFC 5280 section 4.1.2.7), read as OpenSSL reads them.

`cryptography` refuses keys that OpenSSL takes: RSA without a NULL, of 512 or of 8189 bits, DSA
that inherits its parameters. What is asked of them here is what OpenSSL asks.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.x509 import ObjectIdentifier

from pipeline.x509 import asn1
from pipeline.x509.algorithms import CURVES, KEY_TYPES, SM2
from pipeline.x509.asn1 import Element, element

_SM2_POINT: Final = 65  # octets


class Rsa(NamedTuple):
    """An RSA key: modulus and exponent; the parameters that RSASSA-PSS restricts it to, if any."""

    n: int
    e: int
    restriction: bytes | None = None


class Dsa(NamedTuple):
    """A DSA key; p, q and g are None if they are the issuer's (RFC 3279 section 2.3.2)."""

    y: int
    p: int | None = None
    q: int | None = None
    g: int | None = None

    @property
    def lacks_parameters(self) -> bool:
        """Whether its parameters are to be inherited."""
        return self.p is None


class Unverifiable(NamedTuple):
    """A key that OpenSSL reads and that isn't computed with here, and why."""

    reason: str


Numbers = Rsa | Dsa | Unverifiable | PublicKeyTypes


class PublicKey(NamedTuple):
    """A public key.

    ``key_type`` is OpenSSL's name or a dotted OID, ``numbers`` is None if OpenSSL can't decode
    the key.
    """

    key_type: str
    numbers: Numbers | None
    bits: int | None = None
    has_explicit_curve: bool = False


@lru_cache(maxsize=16384)
def read_key(spki: bytes) -> PublicKey:
    """Read a SubjectPublicKeyInfo. Raises ValueError if it isn't even that."""
    fields = element(spki).fields()
    algorithm = fields.take(asn1.SEQUENCE).fields()
    oid = asn1.dotted(algorithm.take(asn1.OID).content)
    parameters = algorithm.any() if algorithm else None
    content = asn1.bit_string(fields.take(asn1.BIT_STRING).octets()).octets
    key_type = KEY_TYPES.get(oid, oid)
    decode = _DECODERS.get(key_type, _modern)
    try:
        return decode(key_type, parameters, content, spki)
    except (ValueError, UnsupportedAlgorithm):
        return PublicKey(key_type, None)


def _rsa(key_type: str, parameters: Element | None, content: bytes, _: bytes) -> PublicKey:
    fields = element(content).fields()
    n, e = (_natural(fields.take(asn1.INTEGER)) for _ in range(2))
    fields.end()
    restriction = None
    if key_type == "RSASSA-PSS" and parameters is not None:
        parameters.fields()
        restriction = parameters.whole
    return PublicKey(key_type, Rsa(n, e, restriction), n.bit_length())


def _natural(number: Element) -> int:
    """Read a number of a key; OpenSSL takes its octets for a natural number in any form."""
    return int.from_bytes(number.primitive(asn1.INTEGER), "big")


def _dsa(key_type: str, parameters: Element | None, content: bytes, _: bytes) -> PublicKey:
    y = asn1.any_integer(element(content).primitive(asn1.INTEGER))
    if parameters is None or parameters.tag == asn1.NULL:
        return PublicKey(key_type, Dsa(y))
    fields = parameters.fields()
    p, q, g = (_natural(fields.take(asn1.INTEGER)) for _ in range(3))
    fields.end()
    return PublicKey(key_type, Dsa(y, p, q, g), p.bit_length())


def _dh(key_type: str, parameters: Element | None, content: bytes, _: bytes) -> PublicKey:
    """DH makes no signatures; it is enough to know that there is a key."""
    if parameters is None:
        raise ValueError("a DH key has no parameters")
    fields = parameters.fields()
    p = _natural(fields.take(asn1.INTEGER))
    fields.take(asn1.INTEGER)
    element(content).primitive(asn1.INTEGER)
    return PublicKey(key_type, Unverifiable("DH makes no signatures"), p.bit_length())


def _ec(key_type: str, parameters: Element | None, content: bytes, spki: bytes) -> PublicKey:
    if parameters is not None and parameters.tag == asn1.SEQUENCE:
        return _on_explicit_curve(key_type, parameters, content, spki)
    if parameters is None or parameters.tag != asn1.OID:
        raise ValueError("an EC key has no curve")
    curve = asn1.dotted(parameters.content)
    if curve == SM2:
        return _sm2("SM2", None, content, spki)
    degree = CURVES[curve] if curve in CURVES else _refuse("a curve that OpenSSL doesn't have")
    octets = (degree + 7) // 8
    lengths = {b"\2": 1 + octets, b"\3": 1 + octets, b"\4": 1 + 2 * octets}
    lengths |= {b"\6": 1 + 2 * octets, b"\7": 1 + 2 * octets}
    if lengths.get(content[:1]) != len(content):
        raise ValueError("a point of a curve has another length")
    return PublicKey(key_type, _point(curve, content), degree)


def _sm2(key_type: str, parameters: Element | None, content: bytes, spki: bytes) -> PublicKey:
    if len(content) != _SM2_POINT:
        raise ValueError("a point of a curve has another length")
    return PublicKey(key_type, Unverifiable("SM2 isn't computed here"), 256)


def _refuse(reason: str) -> int:
    raise ValueError(reason)


def _point(curve: str, content: bytes) -> Numbers:
    try:
        found = ec.get_curve_for_oid(ObjectIdentifier(curve))()
    except LookupError:
        return Unverifiable(f"the curve {curve} isn't computed here")
    if content[0] in (6, 7):  # hybrid: whole, and its parity besides (X9.62 section 4.3.6)
        if content[0] & 1 != content[-1] & 1:
            raise ValueError("a point's parity is another")
        content = b"\4" + content[1:]
    return ec.EllipticCurvePublicKey.from_encoded_point(found, content)


def _on_explicit_curve(
    key_type: str, parameters: Element, content: bytes, spki: bytes
) -> PublicKey:
    fields = parameters.fields()
    fields.take(asn1.INTEGER)
    for _ in range(2):
        fields.take(asn1.SEQUENCE)
    fields.take(asn1.OCTET_STRING)
    if not content:
        raise ValueError("a point is missing")
    try:
        loaded = load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm):
        reason = "a curve of its own isn't computed here"
        return PublicKey(key_type, Unverifiable(reason), None, has_explicit_curve=True)
    bits = loaded.key_size if isinstance(loaded, ec.EllipticCurvePublicKey) else None
    return PublicKey(key_type, loaded, bits, has_explicit_curve=True)


def _modern(key_type: str, parameters: Element | None, _: bytes, spki: bytes) -> PublicKey:
    """Ed25519, X25519, ML-DSA and the like, which have no parameters; nothing else is known."""
    if key_type not in KEY_TYPES.values() or parameters is not None:
        raise ValueError("a type of key that OpenSSL doesn't know")
    return PublicKey(key_type, load_der_public_key(spki))


_DECODERS: Final[dict[str, Callable[[str, Element | None, bytes, bytes], PublicKey]]] = {
    "RSA": _rsa,
    "RSASSA-PSS": _rsa,
    "DSA": _dsa,
    "DH": _dh,
    "EC": _ec,
    "SM2": _sm2,
}
