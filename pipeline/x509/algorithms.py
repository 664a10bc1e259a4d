"""The algorithms of keys and signatures: one table, under OpenSSL's names."""

from __future__ import annotations

from typing import Final, NamedTuple


class Algorithm(NamedTuple):
    """How signatures are made: its name, the type of key, and the digest, empty if it is inside."""

    name: str
    """OpenSSL's long name (``openssl x509 -text``)."""
    key_type: str
    digest: str = ""
    """As `hashlib` calls it; ``-`` and a name for one that nobody computes any more."""


RSASSA_PSS: Final = "1.2.840.113549.1.1.10"
SM2: Final = "1.2.156.10197.1.301"
"""Of the curve, and of keys on it."""
_RSA: Final = "1.2.840.113549.1.1."
_ECDSA: Final = "1.2.840.10045.4."
_NIST: Final = "2.16.840.1.101.3.4.3."
_OIW: Final = "1.3.14.3.2."

SIGNATURES: Final[dict[str, Algorithm]] = {
    _RSA + "2": Algorithm("md2WithRSAEncryption", "RSA", "-md2"),
    _RSA + "3": Algorithm("md4WithRSAEncryption", "RSA", "-md4"),
    _RSA + "4": Algorithm("md5WithRSAEncryption", "RSA", "md5"),
    _RSA + "5": Algorithm("sha1WithRSAEncryption", "RSA", "sha1"),
    RSASSA_PSS: Algorithm("rsassaPss", "RSASSA-PSS"),
    _RSA + "11": Algorithm("sha256WithRSAEncryption", "RSA", "sha256"),
    _RSA + "12": Algorithm("sha384WithRSAEncryption", "RSA", "sha384"),
    _RSA + "13": Algorithm("sha512WithRSAEncryption", "RSA", "sha512"),
    _RSA + "14": Algorithm("sha224WithRSAEncryption", "RSA", "sha224"),
    _OIW + "3": Algorithm("md5WithRSA", "RSA", "md5"),
    _OIW + "15": Algorithm("shaWithRSAEncryption", "RSA", "-sha"),
    _OIW + "29": Algorithm("sha1WithRSA", "RSA", "sha1"),
    "1.3.36.3.3.1.2": Algorithm("ripemd160WithRSA", "RSA", "ripemd160"),
    _NIST + "13": Algorithm("RSA-SHA3-224", "RSA", "sha3_224"),
    _NIST + "14": Algorithm("RSA-SHA3-256", "RSA", "sha3_256"),
    _NIST + "15": Algorithm("RSA-SHA3-384", "RSA", "sha3_384"),
    _NIST + "16": Algorithm("RSA-SHA3-512", "RSA", "sha3_512"),
    "1.2.840.10040.4.3": Algorithm("dsaWithSHA1", "DSA", "sha1"),
    _OIW + "13": Algorithm("dsaWithSHA", "DSA", "-sha"),
    _OIW + "27": Algorithm("dsaWithSHA1-old", "DSA", "sha1"),
    _NIST + "1": Algorithm("dsa_with_SHA224", "DSA", "sha224"),
    _NIST + "2": Algorithm("dsa_with_SHA256", "DSA", "sha256"),
    _NIST + "3": Algorithm("dsa_with_SHA384", "DSA", "sha384"),
    _NIST + "4": Algorithm("dsa_with_SHA512", "DSA", "sha512"),
    _ECDSA + "1": Algorithm("ecdsa-with-SHA1", "EC", "sha1"),
    _ECDSA + "3.1": Algorithm("ecdsa-with-SHA224", "EC", "sha224"),
    _ECDSA + "3.2": Algorithm("ecdsa-with-SHA256", "EC", "sha256"),
    _ECDSA + "3.3": Algorithm("ecdsa-with-SHA384", "EC", "sha384"),
    _ECDSA + "3.4": Algorithm("ecdsa-with-SHA512", "EC", "sha512"),
    _NIST + "9": Algorithm("ecdsa_with_SHA3-224", "EC", "sha3_224"),
    _NIST + "10": Algorithm("ecdsa_with_SHA3-256", "EC", "sha3_256"),
    _NIST + "11": Algorithm("ecdsa_with_SHA3-384", "EC", "sha3_384"),
    _NIST + "12": Algorithm("ecdsa_with_SHA3-512", "EC", "sha3_512"),
    "1.3.101.112": Algorithm("ED25519", "Ed25519"),
    "1.3.101.113": Algorithm("ED448", "Ed448"),
    "1.2.156.10197.1.501": Algorithm("SM2-with-SM3", "SM2"),
    _NIST + "17": Algorithm("ML-DSA-44", "ML-DSA-44"),
    _NIST + "18": Algorithm("ML-DSA-65", "ML-DSA-65"),
    _NIST + "19": Algorithm("ML-DSA-87", "ML-DSA-87"),
}

KEY_TYPES: Final = {
    _RSA + "1": "RSA",
    "2.5.8.1.1": "RSA",
    RSASSA_PSS: "RSASSA-PSS",
    "1.2.840.10040.4.1": "DSA",
    "1.2.840.10045.2.1": "EC",
    "1.3.101.110": "X25519",
    "1.3.101.111": "X448",
    "1.3.101.112": "Ed25519",
    "1.3.101.113": "Ed448",
    SM2: "SM2",
    "1.2.840.113549.1.3.1": "DH",
    "1.2.840.10046.2.1": "DH",
    _NIST + "17": "ML-DSA-44",
    _NIST + "18": "ML-DSA-65",
    _NIST + "19": "ML-DSA-87",
}

DIGESTS: Final = {
    "1.2.840.113549.2.2": "-md2",
    "1.2.840.113549.2.4": "-md4",
    "1.2.840.113549.2.5": "md5",
    "1.3.14.3.2.18": "-sha",
    "1.3.14.3.2.26": "sha1",
    "1.3.36.3.2.1": "ripemd160",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.7": "sha3_224",
    "2.16.840.1.101.3.4.2.8": "sha3_256",
    "2.16.840.1.101.3.4.2.9": "sha3_384",
    "2.16.840.1.101.3.4.2.10": "sha3_512",
}

# the degrees in bits of the curves that OpenSSL has, by arcs
_SECG: Final = {
    **{6: 112, 7: 112, 28: 128, 29: 128, 8: 160, 9: 160, 30: 160, 31: 192, 32: 224, 33: 224},
    **{10: 256, 34: 384, 35: 521, 4: 113, 5: 113, 22: 131, 23: 131, 1: 163, 2: 163, 15: 163},
    **{24: 193, 25: 193, 26: 233, 27: 233, 3: 239, 16: 283, 17: 283, 36: 409, 37: 409},
    **{38: 571, 39: 571},
}
_X9_62_PRIME: Final = {1: 192, 2: 192, 3: 192, 4: 239, 5: 239, 6: 239, 7: 256}
_X9_62_BINARY: Final = {
    **{1: 163, 2: 163, 3: 163, 4: 176, 5: 191, 6: 191, 7: 191, 10: 208, 11: 239, 12: 239},
    **{13: 239, 16: 272, 17: 304, 18: 359, 19: 368, 20: 431},
}
_WAP: Final = {
    **{1: 113, 3: 163, 4: 113, 5: 163, 6: 112, 7: 160, 8: 112, 9: 160, 10: 233, 11: 233, 12: 224},
}
_BRAINPOOL: Final = dict(
    enumerate((160, 160, 192, 192, 224, 224, 256, 256, 320, 320, 384, 384, 512, 512), 1)
)
CURVES: Final[dict[str, int]] = {
    f"{arc}.{number}": degree
    for arc, curves in {
        "1.3.132.0": _SECG,
        "1.2.840.10045.3.1": _X9_62_PRIME,
        "1.2.840.10045.3.0": _X9_62_BINARY,
        "2.23.43.1.4": _WAP,
        "1.3.36.3.3.2.8.1.1": _BRAINPOOL,
    }.items()
    for number, degree in curves.items()
}
"""The named curves that OpenSSL knows, by OID, and their degrees in bits."""


def signature_of(key_type: str) -> str:
    """Give the OID of one algorithm that a type of key makes signatures with; empty if none."""
    made = "RSASSA-PSS" if key_type == "RSASSA-PSS" else key_type
    return next(
        (
            oid
            for oid, each in SIGNATURES.items()
            if each.key_type == made and not each.digest.startswith("-")
        ),
        "",
    )
