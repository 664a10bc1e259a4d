"""Certificates made from a recipe, good and bad, without a library that would refuse the bad.

A `Recipe` says all that a certificate is; left alone it is a good CA. `build` gives its bytes,
always the same ones within a process, and between processes but for RSA and DSA: the keys are
fixed and the signatures deterministic.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, lru_cache
from random import Random
from typing import Any, Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, padding, rsa, x25519

NOW: Final = datetime(2021, 9, 1, tzinfo=UTC)

# indices of keys; those below RSA are ordinary P-256 keys
RSA, ED25519, UNKNOWN, EXPLICIT, BROKEN, PSS, P384, X25519, DSA = range(20, 29)
# without a NULL, with the OID of X.500, of 512 and of 1001 bits; a hybrid point; a DSA key that
# inherits its parameters; a point of sect283k1
RSA_NO_NULL, RSA_X500, RSA_512, RSA_1001, HYBRID, HEIR, SECT = range(29, 36)


@dataclass(frozen=True, slots=True)
class Recipe:
    """A certificate. Names are like ``O=Org/CN=CA A+OU=x``; None leaves an extension out."""

    subject: str = "CN=Root"
    issuer: str = "CN=Root"
    key: int = 0
    signer: int = 0
    serial: int = 1
    version: int = 3
    not_before: str = "200101000000Z"
    not_after: str = "300101000000Z"
    subject_spelling: str = "utf8"
    issuer_spelling: str = "utf8"
    algorithm: str = ""
    """Of the signature; by default what suits the signer's key."""
    outer_algorithm: str = ""
    """By default the same."""
    spoilt: str = ""
    """``flipped``: a bit of the signature is wrong; ``bits``: it isn't whole octets."""
    ca: bool | None = True
    path_length: int | None = None
    key_usage: int | None = 0x06
    """Bits of the first octet: 0x80 digitalSignature, 0x20 keyEncipherment, 0x04 keyCertSign."""
    extended: tuple[str, ...] | None = None
    netscape: int | None = None
    subject_key_id: str | None = "right"
    authority_key_id: str | None = "right"
    authority_issuer: str | None = None
    authority_serial: int | None = None
    names: tuple[str, ...] | None = None
    """Alternative names like ``DNS:a.example``, also email, URI, IP (hex), dir, other, RID."""
    permitted: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    """Of the same form; ``DNS:a.example min=1 max=2``."""
    odd: tuple[str, ...] = ()
    """Encodings: ``padded-serial``, ``long-length``, ``pieces`` (of the signature), ``tail``."""
    more: tuple[str, ...] = ()
    """Further extensions, of `_MORE`, or ``twice KIND``, ``broken KIND``, ``trailing KIND``."""
    critical: tuple[str, ...] = ("ca", "key_usage", "constraints")


@dataclass(frozen=True, slots=True)
class Pki:
    """A server's certificate (the first), what it sends, what is in the store, and the time."""

    recipes: tuple[Recipe, ...]
    sent: tuple[int, ...]
    store: tuple[int, ...]
    at: datetime = NOW
    seed: int | None = field(default=None, compare=False)

    @property
    def target_der(self) -> bytes:
        return build(self.recipes[0])

    @property
    def sent_ders(self) -> list[bytes]:
        return [build(self.recipes[i]) for i in self.sent]

    @property
    def store_ders(self) -> list[bytes]:
        return [build(self.recipes[i]) for i in self.store]


@lru_cache(maxsize=4096)
def build(recipe: Recipe) -> bytes:
    algorithm = recipe.algorithm or _usual_algorithm(recipe.signer)
    body = sequence(
        tlv(0xA0, integer(recipe.version - 1)) if recipe.version > 1 else b"",
        tlv(0x02, b"\0\0", integer(recipe.serial)[2:])
        if "padded-serial" in recipe.odd
        else integer(recipe.serial),
        algorithm_identifier(algorithm),
        name(recipe.issuer, recipe.issuer_spelling),
        sequence(_time(recipe.not_before), _time(recipe.not_after)),
        name(recipe.subject, recipe.subject_spelling),
        spki(recipe.key),
        _extensions(recipe),
    )
    signature = _sign(recipe.signer, algorithm, body)
    unused = b"\0"
    if recipe.spoilt == "flipped":
        signature = signature[:-1] + bytes([signature[-1] ^ 1])
    if recipe.spoilt == "bits":
        unused, signature = b"\4", signature[:-1] + bytes([signature[-1] & 0xF0])
    bits = tlv(0x03, unused + signature)
    if "pieces" in recipe.odd:
        bits = tlv(0x23, tlv(0x04, unused + signature[:9]), tlv(0x04, signature[9:]))
    whole = body + algorithm_identifier(recipe.outer_algorithm or algorithm) + bits
    if "long-length" in recipe.odd:
        return b"\x30\x84" + len(whole).to_bytes(4, "big") + whole
    return sequence(whole) + b"tail" * ("tail" in recipe.odd)


# --- encoding (X.690) ------------------------------------------------------------------------


def tlv(tag: int, *contents: bytes) -> bytes:
    content = b"".join(contents)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def sequence(*contents: bytes) -> bytes:
    return tlv(0x30, *contents)


def integer(number: int) -> bytes:
    return tlv(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


@cache
def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    octets = bytearray()
    for arc in (40 * first + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(arc & 0x7F | 0x80)
        octets += bytes(reversed(groups))
    return tlv(0x06, bytes(octets))


def bit_string(octet: int) -> bytes:
    if not octet:
        return tlv(0x03, b"\0")
    unused = (octet & -octet).bit_length() - 1
    return tlv(0x03, bytes([unused, octet]))


def _time(written: str) -> bytes:
    return tlv(0x17 if len(written) <= 13 else 0x18, written.encode())


# --- names -----------------------------------------------------------------------------------

_ATTRIBUTES: Final = {
    "CN": "2.5.4.3",
    "O": "2.5.4.10",
    "OU": "2.5.4.11",
    "C": "2.5.4.6",
    "emailAddress": "1.2.840.113549.1.9.1",
    "x500UniqueIdentifier": "2.5.4.45",
}


@cache
def name(written: str, spelling: str = "utf8") -> bytes:
    rdns = [rdn.split("+") for rdn in written.split("/")] if written else []
    if spelling == "reordered":
        rdns = [list(reversed(rdn)) for rdn in rdns]
    return sequence(
        *(tlv(0x31, *(_attribute(*pair.split("=", 1), spelling) for pair in rdn)) for rdn in rdns)
    )


def _attribute(kind: str, value: str, spelling: str) -> bytes:
    if kind == "emailAddress" and spelling != "mail-utf8":
        return sequence(oid(_ATTRIBUTES[kind]), tlv(0x16, value.encode()))
    if kind == "x500UniqueIdentifier":
        return sequence(oid(_ATTRIBUTES[kind]), tlv(0x03, b"\0" + value.encode()))
    match spelling:
        case "printable":
            text = tlv(0x13, value.encode())
        case "shouted":
            text = tlv(0x13, value.upper().encode())
        case "spaced":
            text = tlv(0x0C, f"  {value.replace(' ', ' 	 ')} ".encode())
        case "bmp":
            text = tlv(0x1E, value.encode("utf-16-be"))
        case "universal":
            text = tlv(0x1C, value.encode("utf-32-be"))
        case "t61":
            text = tlv(0x14, value.encode("latin-1"))
        case "visible":
            text = tlv(0x1A, value.encode())
        case "enumerated":
            text = tlv(0x0A, value.encode())
        case "surrogate":
            text = tlv(0x0C, value.encode() + b"\xed\xaf\xa0")
        case "no-utf8":
            text = tlv(0x0C, value.encode() + b"\xed")
        case "pieces":
            text = tlv(0x2C, tlv(0x04, value[:2].encode()), tlv(0x0C, value[2:].encode()))
        case "numeric":  # not compared as text
            text = tlv(0x12, value.encode())
        case _:
            text = tlv(0x0C, value.encode())
    return sequence(oid(_ATTRIBUTES[kind]), text)


def general_name(written: str) -> bytes:
    kind, _, value = written.partition(":")
    match kind:
        case "X400":
            return tlv(0xA3, sequence())
        case "X400-primitive":
            return tlv(0x83, value.encode())
        case "EDI":
            return tlv(0xA5, tlv(0xA1, tlv(0x0C, value.encode())))
        case "EDI-implicit":
            return tlv(0xA5, tlv(0x81, value.encode()))
        case "EDI-bare":
            return tlv(0xA5, tlv(0x0C, b"assigner"), tlv(0x13, value.encode()))
        case "mailbox":
            mailbox = tlv(0xA0, tlv(0x0C, value.encode()))
            return tlv(0xA0, oid("1.3.6.1.5.5.7.8.9"), mailbox)
        case "mailbox-ia5":
            mailbox = tlv(0xA0, tlv(0x16, value.encode()))
            return tlv(0xA0, oid("1.3.6.1.5.5.7.8.9"), mailbox)
        case "other-bare":
            return tlv(0xA0, oid("1.2.3.4"), tlv(0x0C, value.encode()))
        case "dir-bare":
            return tlv(0xA4, name(value)[2:])
        case "DNS-pieces":
            return tlv(0xA2, tlv(0x04, value[:3].encode()), tlv(0x16, value[3:].encode()))
        case "RID-cut":
            return tlv(0x88, b"\x2a\x86")
        case "other":
            return tlv(0xA0, oid("1.2.3.4"), tlv(0xA0, tlv(0x0C, value.encode())))
        case "email":
            return tlv(0x81, value.encode())
        case "DNS":
            return tlv(0x82, value.encode())
        case "dir":
            return tlv(0xA4, name(value))
        case "URI":
            return tlv(0x86, value.encode())
        case "IP":
            return tlv(0x87, bytes.fromhex(value))
        case "RID":
            return tlv(0x88, oid(value)[2:])
    raise ValueError(kind)


def _subtree(written: str) -> bytes:
    base, *limits = written.split(" ")
    parts = [general_name(base)]
    for limit in limits:
        which, _, number = limit.partition("=")
        parts.append(tlv(0x80 if which == "min" else 0x81, integer(int(number))[2:]))
    return sequence(*parts)


# --- extensions ------------------------------------------------------------------------------

_OIDS: Final = {
    "ca": "2.5.29.19",
    "key_usage": "2.5.29.15",
    "extended": "2.5.29.37",
    "netscape": "2.16.840.1.113730.1.1",
    "subject_key_id": "2.5.29.14",
    "authority_key_id": "2.5.29.35",
    "names": "2.5.29.17",
    "constraints": "2.5.29.30",
}
_MORE: Final = {
    "policies": ("2.5.29.32", sequence(sequence(oid("2.5.29.32.0")))),
    "policy-constraints": ("2.5.29.36", sequence(tlv(0x80, b"\0"))),
    "inhibit": ("2.5.29.54", integer(0)),
    "crl": (
        "2.5.29.31",
        sequence(sequence(tlv(0xA0, tlv(0xA0, general_name("URI:http://a.example/crl"))))),
    ),
    "crl-nowhere": ("2.5.29.31", sequence(sequence(tlv(0x81, b"\1\2")))),
    "ocsp-no-check": ("1.3.6.1.5.5.7.48.1.5", b"\5\0"),
    "proxy": (
        "1.3.6.1.5.5.7.1.14",
        sequence(integer(1), sequence(oid("1.3.6.1.5.5.7.21.1"))),
    ),
    "freshest": (
        "2.5.29.46",
        sequence(sequence(tlv(0xA0, tlv(0xA0, general_name("URI:http://a.example/crl"))))),
    ),
    "unknown": ("1.2.3.4.5", b"\5\0"),
    "ip-blocks": (
        "1.3.6.1.5.5.7.1.7",
        sequence(sequence(tlv(0x04, b"\0\1"), sequence(tlv(0x03, b"\0\x0a")))),
    ),
    "as-numbers": ("1.3.6.1.5.5.7.1.8", sequence(tlv(0xA0, sequence(integer(64496))))),
    "key_usage-padded": ("2.5.29.15", tlv(0x03, b"\7\xff")),
    "key_usage-empty": ("2.5.29.15", tlv(0x03)),
    "key_usage-nine": ("2.5.29.15", tlv(0x03, b"\7\0\x80")),
    "key_usage-odd": ("2.5.29.15", tlv(0x03, b"\x09\xff")),
    "ca-false": ("2.5.29.19", sequence(tlv(0x01, b"\0"))),
    "ca-one": ("2.5.29.19", sequence(tlv(0x01, b"\1"))),
    "ca-long": ("2.5.29.19", sequence(tlv(0x01, b"\0\1"))),
    "ca-more": ("2.5.29.19", sequence(tlv(0x01, b"\xff"), integer(1), integer(1))),
    "ca-padded": ("2.5.29.19", sequence(tlv(0x01, b"\xff"), tlv(0x02, b"\0\0"))),
    "ca-empty": ("2.5.29.19", sequence(tlv(0x01, b"\xff"), tlv(0x02))),
    "crl-odd": ("2.5.29.31", sequence(sequence(tlv(0xA0, b"\5\0")))),
    "authority_key_id-odd": ("2.5.29.35", sequence(tlv(0x82, b"\1"), tlv(0x80, b"x"))),
    "constraints-none": ("2.5.29.30", sequence()),
    "constraints-odd": ("2.5.29.30", sequence(tlv(0xA0, sequence(tlv(0x89, b"x"))))),
    "names-odd": ("2.5.29.17", sequence(tlv(0x89, b"x"))),
    "issuer-names": ("2.5.29.18", sequence(general_name("DNS:issuer.example"))),
}
_USES: Final = {
    "server": "1.3.6.1.5.5.7.3.1",
    "client": "1.3.6.1.5.5.7.3.2",
    "any": "2.5.29.37.0",
    "microsoft": "1.3.6.1.4.1.311.10.3.3",
    "netscape": "2.16.840.1.113730.4.1",
    "other": "1.2.3.4.6",
}


def _extensions(recipe: Recipe) -> bytes:
    values = dict(_values(recipe))
    extensions = []
    for kind, (dotted, value) in values.items():
        critical = tlv(0x01, b"\xff") if kind in recipe.critical else b""
        extensions.append(sequence(oid(dotted), critical, tlv(0x04, value)))
        if f"twice {kind}" in recipe.more:
            extensions.append(extensions[-1])
    return tlv(0xA3, sequence(*extensions)) if extensions else b""


def _values(recipe: Recipe) -> dict[str, tuple[str, bytes]]:
    values: dict[str, bytes] = {}
    if recipe.ca is not None:
        length = integer(recipe.path_length) if recipe.path_length is not None else b""
        values["ca"] = sequence(tlv(0x01, b"\xff") if recipe.ca else b"", length)
    if recipe.key_usage is not None:
        values["key_usage"] = bit_string(recipe.key_usage)
    if recipe.extended is not None:
        values["extended"] = sequence(*(oid(_USES[use]) for use in recipe.extended))
    if recipe.netscape is not None:
        values["netscape"] = bit_string(recipe.netscape)
    if recipe.subject_key_id is not None:
        values["subject_key_id"] = tlv(0x04, _key_id(recipe.key, recipe.subject_key_id))
    if authority := _authority(recipe):
        values["authority_key_id"] = authority
    if recipe.names is not None:
        values["names"] = sequence(*map(general_name, recipe.names))
    if recipe.permitted or recipe.excluded:
        values["constraints"] = sequence(
            tlv(0xA0, *map(_subtree, recipe.permitted)) if recipe.permitted else b"",
            tlv(0xA1, *map(_subtree, recipe.excluded)) if recipe.excluded else b"",
        )
    found = {kind: (_OIDS[kind], value) for kind, value in values.items()}
    found |= {kind: _MORE[kind] for kind in recipe.more if kind in _MORE}
    for kind in list(found):
        if f"broken {kind}" in recipe.more:
            found[kind] = (found[kind][0], b"\x31\x03\x02\x01\x01")
        if f"trailing {kind}" in recipe.more:
            found[kind] = (found[kind][0], found[kind][1] + b"\5\0")
    return found


def _authority(recipe: Recipe) -> bytes:
    parts = []
    if recipe.authority_key_id is not None:
        parts.append(tlv(0x80, _key_id(recipe.signer, recipe.authority_key_id)))
    if recipe.authority_issuer is not None:
        parts.append(tlv(0xA1, general_name(f"dir:{recipe.authority_issuer}")))
    if recipe.authority_serial is not None:
        parts.append(tlv(0x82, integer(recipe.authority_serial)[2:]))
    return sequence(*parts) if parts else b""


def _key_id(key: int, which: str) -> bytes:
    return hashlib.sha1(spki(key) if which == "right" else which.encode()).digest()


# --- keys and signatures ---------------------------------------------------------------------

_SECT_X: Final = "0503213f78ca44883f1a3b8162f188e553cd265f23c1567a16876913b0c2ac2458492836"
_DIGESTS: Final = {
    "md5": hashes.MD5(),
    "sha1": hashes.SHA1(),
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
    "sha3": hashes.SHA3_256(),
}
_ALGORITHMS: Final = {
    "ecdsa-sha1": "1.2.840.10045.4.1",
    "ecdsa-sha224": "1.2.840.10045.4.3.1",
    "ecdsa-sha256": "1.2.840.10045.4.3.2",
    "ecdsa-sha384": "1.2.840.10045.4.3.3",
    "ecdsa-sha512": "1.2.840.10045.4.3.4",
    "ecdsa-sha3": "2.16.840.1.101.3.4.3.10",
    "dsa-sha1": "1.2.840.10040.4.3",
    "dsa-sha256": "2.16.840.1.101.3.4.3.2",
    "rsa-md2": "1.2.840.113549.1.1.2",
    "rsa-md5": "1.2.840.113549.1.1.4",
    "rsa-sha1": "1.2.840.113549.1.1.5",
    "rsa-sha256": "1.2.840.113549.1.1.11",
    "rsa-sha384": "1.2.840.113549.1.1.12",
    "rsa-sha3": "2.16.840.1.101.3.4.3.14",
    "pss-sha256": "1.2.840.113549.1.1.10",
    "ed25519": "1.3.101.112",
    "unknown": "1.2.3.4.7",
}


@dataclass(frozen=True)
class OddRsa:
    """An RSA key of a size that cryptography makes none of."""

    n: int
    d: int
    e: int = 65537

    def sign(self, body: bytes, digest: hashes.HashAlgorithm) -> bytes:
        """RFC 8017 section 8.2.1, with SHA-1 or else SHA-256, which is the wrong one then."""
        name = "sha1" if digest.name == "sha1" else "sha256"
        dotted = "1.3.14.3.2.26" if name == "sha1" else "2.16.840.1.101.3.4.2.1"
        hashed = hashlib.new(name, body).digest()
        info = sequence(sequence(oid(dotted), b"\5\0"), tlv(0x04, hashed))
        size = (self.n.bit_length() + 7) // 8
        encoded = b"\0\1" + b"\xff" * (size - 3 - len(info)) + b"\0" + info
        return pow(int.from_bytes(encoded, "big"), self.d, self.n).to_bytes(size, "big")


def _odd_rsa(bits: int) -> OddRsa:
    random = Random(bits)
    p, q = (_prime(random, size) for size in (bits // 2, bits - bits // 2))
    return OddRsa(p * q, pow(65537, -1, (p - 1) * (q - 1)))


def _prime(random: Random, bits: int) -> int:
    while True:
        number = random.getrandbits(bits) | 3 << bits - 2 | 1
        if all(pow(base, number - 1, number) == 1 for base in (2, 3, 5, 7)):
            return number


@cache
def private_key(index: int) -> Any:
    match index:
        case 29 | 30:  # RSA in other clothes
            return private_key(RSA)
        case 31:
            return _odd_rsa(512)
        case 32:
            return _odd_rsa(1001)
        case 34:  # HEIR
            return private_key(DSA)
        case 20 | 25:  # RSA, PSS
            return rsa.generate_private_key(65537, 1024)
        case 21:  # ED25519
            return ed25519.Ed25519PrivateKey.from_private_bytes(b"\1" * 32)
        case 26:  # P384
            return ec.derive_private_key(1000 + index, ec.SECP384R1())
        case 27:  # X25519
            return x25519.X25519PrivateKey.from_private_bytes(b"\1" * 32)
        case 28:  # DSA
            return dsa.generate_private_key(1024)
        case _:
            return ec.derive_private_key(1000 + index, ec.SECP256R1())


@cache
def spki(index: int) -> bytes:
    private = private_key(index)
    if isinstance(private, OddRsa):
        key = tlv(0x03, b"\0", sequence(integer(private.n), integer(private.e)))
        return sequence(sequence(oid("1.2.840.113549.1.1.1"), b"\5\0"), key)
    whole = private.public_key()
    usual: bytes = whole.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    match index:
        case 29 | 30:
            numbers = whole.public_numbers()
            key = tlv(0x03, b"\0", sequence(integer(numbers.n), integer(numbers.e)))
            if index == RSA_NO_NULL:
                return sequence(sequence(oid("1.2.840.113549.1.1.1")), key)
            return sequence(sequence(oid("2.5.8.1.1"), integer(1024)), key)
        case 33:  # HYBRID
            numbers = whole.public_numbers()
            point = numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
            point = bytes([6 | point[-1] & 1]) + point
            curve = sequence(oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7"))
            return sequence(curve, tlv(0x03, b"\0", point))
        case 34:  # HEIR
            y = integer(whole.public_numbers().y)
            return sequence(sequence(oid("1.2.840.10040.4.1")), tlv(0x03, b"\0", y))
        case 35:  # SECT: the generator (SEC 2 section 3.7.1), compressed
            curve = sequence(oid("1.2.840.10045.2.1"), oid("1.3.132.0.16"))
            return sequence(curve, tlv(0x03, b"\0\2", bytes.fromhex(_SECT_X)))
        case 22:  # UNKNOWN
            return sequence(sequence(oid("1.2.3.4.8")), tlv(0x03, b"\0\1\2\3"))
        case 23:  # EXPLICIT
            point = whole.public_bytes(
                serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
            )
            return sequence(
                sequence(oid("1.2.840.10045.2.1"), _explicit_p256()), tlv(0x03, b"\0" + point)
            )
        case 24:  # BROKEN: a point that isn't on the curve
            return usual[:-1] + bytes([usual[-1] ^ 1])
        case 25:  # PSS
            rsa_key = whole.public_bytes(
                serialization.Encoding.DER, serialization.PublicFormat.PKCS1
            )
            return sequence(sequence(oid("1.2.840.113549.1.1.10")), tlv(0x03, b"\0" + rsa_key))
    return usual


def _explicit_p256() -> bytes:
    def octets(digits: str) -> bytes:
        return tlv(0x04, bytes.fromhex(digits))

    prime = int("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", 16)
    order = int("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16)
    return sequence(
        integer(1),
        sequence(oid("1.2.840.10045.1.1"), integer(prime)),
        sequence(
            octets("ffffffff00000001000000000000000000000000fffffffffffffffffffffffc"),
            octets("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"),
        ),
        octets(
            "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
            "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
        ),
        integer(order),
        integer(1),
    )


def _usual_algorithm(key: int) -> str:
    usual = {RSA: "rsa-sha256", ED25519: "ed25519", PSS: "pss-sha256", DSA: "dsa-sha256"}
    usual |= dict.fromkeys((RSA_NO_NULL, RSA_X500, RSA_512, RSA_1001), "rsa-sha256")
    usual[HEIR] = "dsa-sha256"
    return usual.get(key, "ecdsa-sha256")


@cache
def algorithm_identifier(algorithm: str) -> bytes:
    parameters = b""
    if algorithm.startswith("rsa-"):
        parameters = b"\5\0"
    if algorithm.startswith("pss-"):
        sha256 = sequence(oid("2.16.840.1.101.3.4.2.1"), b"\5\0")
        parameters = sequence(
            tlv(0xA0, sha256),
            tlv(0xA1, sequence(oid("1.2.840.113549.1.1.8"), sha256)),
            tlv(0xA2, integer(32)),
        )
    return sequence(oid(_ALGORITHMS[algorithm]), parameters)


def _sign(key: int, algorithm: str, body: bytes) -> bytes:
    private = private_key(key)
    digest = _DIGESTS.get(algorithm.partition("-")[2], _DIGESTS["sha256"])
    signature: bytes
    match private:
        case OddRsa():
            signature = private.sign(body, digest)
        case rsa.RSAPrivateKey() if algorithm.startswith("pss-"):
            pss = padding.PSS(padding.MGF1(digest), 32)
            signature = private.sign(body, pss, digest)
        case rsa.RSAPrivateKey():
            signature = private.sign(body, padding.PKCS1v15(), digest)
        case ec.EllipticCurvePrivateKey():
            signature = private.sign(body, ec.ECDSA(digest, deterministic_signing=True))
        case dsa.DSAPrivateKey():
            signature = private.sign(body, digest)
        case ed25519.Ed25519PrivateKey():
            signature = private.sign(body)
        case _:  # a key that can't sign
            signature = digest.name.encode()
    return signature


def chain(*recipes: Recipe, **more: Any) -> Pki:
    """Give the PKI where all is sent but the last, which is in the store."""
    indices: Sequence[int] = range(len(recipes))
    return Pki(recipes, **({"sent": tuple(indices[:-1]), "store": (indices[-1],)} | more))
