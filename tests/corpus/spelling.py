"""The ways in which documents spell fingerprints and names.

Names are spelled by OpenSSL itself, so that the corpus holds what OpenSSL really prints.
"""

from __future__ import annotations

import subprocess
import textwrap
from functools import cache

from tests.corpus.model import der, subject_name

# --- fingerprints ----------------------------------------------------------------------------


def upper(digits: str) -> str:
    """`02FAF3E2…`."""
    return digits.upper()


def colons(digits: str) -> str:
    """`02:FA:F3:E2…`, as OpenSSL prints it."""
    return grouped(digits.upper(), 2, ":")


def pairs(digits: str) -> str:
    """`02 fa f3 e2…`, as Windows prints it."""
    return grouped(digits, 2)


def fours(digits: str) -> str:
    """`02FA F3E2…`."""
    return grouped(digits.upper(), 4)


def eights(digits: str) -> str:
    """`02faf3e2 91435468…`."""
    return grouped(digits, 8)


def prefixed(digits: str) -> str:
    """`0x02faf3e2…`."""
    return f"0x{digits}"


def grouped(digits: str, size: int, separator: str = " ") -> str:
    """Put a separator between groups of digits."""
    return separator.join(digits[i : i + size] for i in range(0, len(digits), size))


# --- names -----------------------------------------------------------------------------------


@cache
def _openssl(fingerprint: str, nameopt: str) -> str:
    command = ["openssl", "x509", "-inform", "DER", "-noout", "-subject", "-nameopt", nameopt]
    done = subprocess.run(command, input=der(fingerprint), capture_output=True, check=True)
    return done.stdout.decode().rstrip("\n").removeprefix("subject=").strip()


def oneline(fingerprint: str) -> str:
    r"""`C = SE, O = "Entrust, Inc."`: OpenSSL 1.1 and later, non-ASCII as `\C5\91`."""
    return _openssl(fingerprint, "oneline")


def oneline_utf8(fingerprint: str) -> str:
    """`C = SE, O = AddTrust AB`, non-ASCII as it is."""
    return _openssl(fingerprint, "oneline,-esc_msb,utf8")


def slashes(fingerprint: str) -> str:
    r"""`/C=SE/O=AddTrust AB`: OpenSSL 0.9, non-ASCII as `\xC5\x91`."""
    return _openssl(fingerprint, "compat")


def rfc4514(fingerprint: str) -> str:
    r"""`CN=…,O=Entrust\, Inc.,C=US`: reversed, escaped, non-ASCII as it is."""
    return _openssl(fingerprint, "rfc2253,-esc_msb,utf8")


def rfc4514_bytes(fingerprint: str) -> str:
    r"""Spell the same with non-ASCII as `\C5\91`."""
    return _openssl(fingerprint, "rfc2253")


def rfc4514_oids(fingerprint: str) -> str:
    """Reversed, and types without a name in old tools as OIDs: `2.5.4.97=VATES-…`."""
    old = {
        "organizationIdentifier": "2.5.4.97",
        "jurisdictionC": "1.3.6.1.4.1.311.60.2.1.3",
        "emailAddress": "1.2.840.113549.1.9.1",
        "serialNumber": "2.5.4.5",
    }
    spelled = rfc4514(fingerprint)
    for short, oid in old.items():
        spelled = spelled.replace(f"{short}=", f"{oid}=")
    return spelled


def old_oid(fingerprint: str) -> str:
    """X.509 order as OpenSSL before 1.1.0 printed it: `2.5.4.97=VATHU-…`."""
    spelled = _openssl(fingerprint, "sep_comma_plus_space,sname,utf8")
    return spelled.replace("organizationIdentifier=", "2.5.4.97=")


def windows(fingerprint: str) -> str:
    """`CN=…, O="Entrust, Inc.", S=Texas, C=US, E=…`: reversed, quoted, Microsoft's types."""
    types = {
        "2.5.4.3": "CN", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "S", "2.5.4.10": "O",
        "2.5.4.11": "OU", "2.5.4.5": "SERIALNUMBER", "1.2.840.113549.1.9.1": "E",
    }  # fmt: skip
    parts = []
    for rdn in reversed(subject_name(fingerprint).rdns):
        spelled = []
        for attribute in rdn:
            oid, value = attribute.oid.dotted_string, str(attribute.value)
            if any(c in value for c in ',+"\n=<>#;'):
                doubled = value.replace('"', '""')
                value = f'"{doubled}"'
            spelled.append(f"{types.get(oid, f'OID.{oid}')}={value}")
        parts.append(" + ".join(spelled))
    return ", ".join(parts)


def issuer(fingerprint: str) -> str:
    """Spell the issuer in X.509 order."""
    command = ["openssl", "x509", "-inform", "DER", "-noout", "-issuer", "-nameopt"]
    done = subprocess.run(
        [*command, "sep_comma_plus_space,sname,utf8"],
        input=der(fingerprint),
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().rstrip("\n").removeprefix("issuer=").strip()


# --- lines -----------------------------------------------------------------------------------


def wrapped(text: str, width: int, hyphens: bool = False) -> list[str]:
    """Break text between words, or after hyphens too, into lines of at most `width` characters."""
    return textwrap.wrap(text, width, break_on_hyphens=hyphens)
