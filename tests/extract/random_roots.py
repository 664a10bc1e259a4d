"""Roots for lists drawn at random: real ones of the catalogue, and ones that nobody knows.

Spelled by code of its own, so that nothing here depends on how the project reads names.
"""

from __future__ import annotations

import hashlib
import random
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from samples import truth

Name = tuple[tuple[str, str], ...]
"""Attributes in X.509 order: OpenSSL's short name of the type, and the value."""


@dataclass(frozen=True)
class Root:
    """What a list may print of a root. Digests and numbers are lower-case hex digits."""

    fingerprint: str
    sha256: str
    md5: str
    serial: str
    key_id: str
    authority_id: str
    subject: Name
    issuer: Name
    not_before: datetime
    not_after: datetime
    key: str
    signature: str
    is_known: bool

    @property
    def canonical(self) -> str:
        """The subject as the project prints it."""
        return ", ".join(f"{type_}={value}" for type_, value in self.subject)

    def value(self, type_: str) -> str:
        """The last value of an attribute, or the empty string."""
        return next((value for t, value in reversed(self.subject) if t == type_), "")


# --- known ---------------------------------------------------------------------------------------


@cache
def known() -> tuple[Root, ...]:
    """The catalogue's roots whose names can be told in every spelling: from C to CN, one an RDN."""
    found = []
    for fingerprint in truth.roots():
        name = truth.rdns(truth.subject_name(fingerprint))
        flat = tuple(pair for rdn in name for pair in rdn)
        plain = all(t.isalpha() and v and v.isprintable() for t, v in flat)
        if len(flat) == len(name) and plain and flat[0][0] == "C" and flat[-1][0] in ("CN", "OU"):
            found.append(_of_certificate(fingerprint, flat))
    return tuple(found)


def _of_certificate(fingerprint: str, subject: Name) -> Root:
    der, certificate = truth.roots()[fingerprint], truth.certificate(fingerprint)
    key = certificate.public_key()
    key_id = x509.SubjectKeyIdentifier.from_public_key(key).digest.hex()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of numbers that are negative
        serial = f"{abs(certificate.serial_number):x}"
    return Root(
        fingerprint,
        hashlib.sha256(der).hexdigest(),
        certificate.fingerprint(hashes.MD5()).hex(),
        serial.zfill(len(serial) + len(serial) % 2),
        key_id,
        key_id,
        subject,
        subject,
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        _key_name(key),
        "ecdsa-with-SHA384" if isinstance(key, ec.EllipticCurvePublicKey) else _SIGNATURES[0],
        True,
    )


def _key_name(key: object) -> str:
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    return f"ECC P-{key.key_size}" if isinstance(key, ec.EllipticCurvePublicKey) else "DSA 1024"


# --- made up -------------------------------------------------------------------------------------

_COUNTRIES: Final = (
    "AT", "BR", "CH", "CN", "DE", "ES", "FI", "FR", "GB", "HU", "IN", "IT", "JP", "KR", "NL", "NO",
    "PL", "SE", "TR", "TW", "US", "ZA",
)  # fmt: skip
_FIRMS: Final = (
    "Acme", "Ardent", "Baltic Signing", "Beacon Hill", "Certiq", "Delta Notary", "Eisenhut",
    "Fábrica Nacional", "Főnix", "Global Seal", "Harbour", "Issued Trust", "Jade", "Kestrel",
    "Løvetann", "Meridian", "Nordlys", "Ostrava Key", "Pinnacle", "Quercus", "Red Kite", "Serial",
    "Société Lumière", "Status", "Tallinn Root", "Umbra", "Valid", "Westfalen", "Xenon", "Zephyr",
)  # fmt: skip
_FORMS: Final = (
    "Inc.", "Ltd.", "GmbH", "S.A.", "AB", "a.s.", "Corporation", "Trust Services", "& Sons",
    "(Holding) B.V.", "Co., Ltd.", "Oy", "eG",
)  # fmt: skip
_UNITS: Final = (
    "PKI", "Certification Authority", "Root CA Services", "Trust Network", "IT/Security",
    "(c) 2006 Acme - For authorized use only", "Terms of use at www.example.com/rpa (c)99",
    "Class 3 Public Primary CA - G2", "Key Management", "Issuer Services", "1998",
)  # fmt: skip
_TITLES: Final = (
    "Root CA", "Root Certification Authority", "Global Root G2", "Valid Root CA", "TLS ECC Root",
    "Primary Root CA 2048", "Issued Root CA", "Class 1 CA Root", "Trusted Root R3",
    "Server Root CA 2025", "Expires Never Root", "EV Root - G4", "Signing Root 01", "Subject CA",
    "High-Assurance Root", "Gyökér Tanúsítvány", "Fingerprint Root", "Root X1", "Raíz CA",
)  # fmt: skip
_KEYS: Final = ("RSA 1024", "RSA 2048", "RSA 4096", "ECC P-256", "ECC P-384")
_SIGNATURES: Final = ("sha1WithRSAEncryption", "sha256WithRSAEncryption", "ecdsa-with-SHA384")


def made_up(chance: random.Random) -> Root:
    """A root that no catalogue has: a name of parts, and random digits."""
    subject = _name(chance)
    issuer = subject if chance.random() < 0.85 else _name(chance)
    before = datetime(chance.randint(1996, 2022), chance.randint(1, 12), chance.randint(1, 28))
    after = before.replace(year=before.year + chance.choice((10, 15, 20, 25)))
    key_id = chance.randbytes(20).hex()
    serial = chance.randbytes(chance.choice((1, 3, 8, 9, 11, 16, 16, 16, 18, 20, 20)))
    return Root(
        chance.randbytes(20).hex(),
        chance.randbytes(32).hex(),
        chance.randbytes(16).hex(),
        serial.hex(),
        key_id,
        key_id if issuer is subject else chance.randbytes(20).hex(),
        subject,
        issuer,
        before.replace(hour=chance.randrange(24), minute=chance.randrange(60), tzinfo=UTC),
        after.replace(hour=chance.randrange(24), second=chance.randrange(60), tzinfo=UTC),
        chance.choice(_KEYS),
        chance.choice(_SIGNATURES),
        False,
    )


def _name(chance: random.Random) -> Name:
    firm = chance.choice(_FIRMS)
    name = [("C", chance.choice(_COUNTRIES))]
    if chance.random() < 0.15:
        name.append(("ST", chance.choice(("Texas", "Île-de-France", "Harju maakond"))))
    if chance.random() < 0.2:
        name.append(("L", chance.choice(("Salt Lake City", "Wien", "Budapest", "São Paulo"))))
    name.append(("O", f"{firm} {chance.choice(_FORMS)}"))
    units = chance.sample(_UNITS, chance.choice((0, 0, 0, 1, 1, 2)))
    name.extend(("OU", unit) for unit in units)
    if chance.random() < 0.95 or not units:
        number = chance.choice(("", "", f" {chance.randint(2, 9)}", f" - R{chance.randint(2, 9)}"))
        name.append(("CN", f"{firm} {chance.choice(_TITLES)}{number}"))
    if chance.random() < 0.08:
        name.append(("emailAddress", f"ca{chance.randint(1, 99)}@pki.example.com"))
    return tuple(name)


# --- names ---------------------------------------------------------------------------------------


def cisco(name: Name) -> str:
    """`C=SE, O=Acme, Inc., CN=Acme Root CA`."""
    return ", ".join(f"{type_}={value}" for type_, value in name)


def openssl(name: Name) -> str:
    """`C = SE, O = "Acme, Inc.", CN = Acme Root CA`: OpenSSL's oneline, accents as they are."""
    return ", ".join(f"{type_} = {_quoted(value, ',+;<>')}" for type_, value in name)


def openssl_3(name: Name) -> str:
    """`C=SE, O="Acme, Inc.", CN=Acme Root CA`: the same of OpenSSL 3.2 and later."""
    return ", ".join(f"{type_}={_quoted(value, ',+;<>')}" for type_, value in name)


def slashes(name: Name) -> str:
    """`/C=SE/O=Acme, Inc./CN=Acme Root CA`."""
    return "".join(f"/{type_}={value}" for type_, value in name)


def rfc4514(name: Name) -> str:
    r"""`CN=Acme Root CA,O=Acme\, Inc.,C=SE`."""
    return ",".join(f"{type_}={_escaped(value)}" for type_, value in reversed(name))


def rfc4514_spaced(name: Name) -> str:
    r"""`CN=Acme Root CA, O=Acme\, Inc., C=SE`."""
    return ", ".join(f"{type_}={_escaped(value)}" for type_, value in reversed(name))


def java(name: Name) -> str:
    """`CN=Acme Root CA, O="Acme, Inc.", C=SE`, as keytool and Windows print it."""
    types = {"emailAddress": "EMAILADDRESS"}
    parts = (f"{types.get(t, t)}={_quoted(v, ',+;<>=')}" for t, v in reversed(name))
    return ", ".join(parts)


def lower(name: Name) -> str:
    r"""`cn=Acme Root CA, o=Acme\, Inc., c=SE`."""
    return ", ".join(f"{type_.lower()}={_escaped(value)}" for type_, value in reversed(name))


def _quoted(value: str, marks: str) -> str:
    return f'"{value}"' if any(mark in value for mark in marks) else value


def _escaped(value: str) -> str:
    return "".join(f"\\{c}" if c in ',+"\\<>;' else c for c in value)


NAMES: Final[tuple[Callable[[Name], str], ...]] = (
    cisco, cisco, cisco, openssl, openssl_3, slashes, rfc4514, rfc4514_spaced, java, lower,
)  # fmt: skip
"""Ways to spell a name; the usual one weighs most."""


def can_spell(spelling: Callable[[Name], str], name: Name) -> bool:
    """Whether a spelling tells all of a name: a slash within a value looks like a separator."""
    return spelling is not slashes or not any("/" in value for _, value in name)


# --- digits --------------------------------------------------------------------------------------


def grouped(digits: str, size: int, separator: str) -> str:
    """Put a separator between groups of digits."""
    return separator.join(digits[i : i + size] for i in range(0, len(digits), size))


DIGITS: Final[tuple[Callable[[str], str], ...]] = (
    str,
    str,
    str.upper,
    str.upper,
    lambda digits: grouped(digits.upper(), 2, ":"),
    lambda digits: grouped(digits, 2, ":"),
    lambda digits: grouped(digits.upper(), 2, " "),
    lambda digits: grouped(digits, 2, " "),
    lambda digits: grouped(digits.upper(), 4, " "),
    lambda digits: grouped(digits, 8, " "),
)
"""Ways to spell hex digits."""

DATES: Final = (
    "%Y-%m-%d", "%d.%m.%Y", "%b %d %H:%M:%S %Y GMT", "%d %B %Y", "%m/%d/%Y",
    "%Y-%m-%dT%H:%M:%SZ", "%a %b %d %H:%M:%S UTC %Y", "%B %d, %Y", "%Y %b %d",
)  # fmt: skip
"""Ways to write a date, for `strftime`."""
