"""What a root certificate says of itself: the truth that generated documents are checked against.

Nothing here reads a PDF or uses the project's own name handling, so that a document's truth is
independent of the code it tests.
"""

from __future__ import annotations

import base64
import hashlib
import re
import warnings
from functools import cache
from pathlib import Path

from cryptography import x509

ROOTS_PEM = Path(__file__).resolve().parent.parent / "pipeline" / "catalogue" / "roots.pem"

SHORT_NAMES = {
    "2.5.4.3": "CN",
    "2.5.4.4": "SN",
    "2.5.4.5": "serialNumber",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.9": "street",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.12": "title",
    "2.5.4.13": "description",
    "2.5.4.15": "businessCategory",
    "2.5.4.17": "postalCode",
    "2.5.4.41": "name",
    "2.5.4.42": "GN",
    "2.5.4.45": "x500UniqueIdentifier",
    "2.5.4.46": "dnQualifier",
    "2.5.4.97": "organizationIdentifier",
    "0.9.2342.19200300.100.1.1": "UID",
    "0.9.2342.19200300.100.1.3": "mail",
    "0.9.2342.19200300.100.1.25": "DC",
    "1.2.840.113549.1.9.1": "emailAddress",
    "1.2.840.113549.1.9.2": "unstructuredName",
    "1.3.6.1.4.1.311.60.2.1.1": "jurisdictionL",
    "1.3.6.1.4.1.311.60.2.1.2": "jurisdictionST",
    "1.3.6.1.4.1.311.60.2.1.3": "jurisdictionC",
}
"""OID to the short name OpenSSL 3 prints (`openssl list -objects`)."""

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)


@cache
def roots(path: Path = ROOTS_PEM) -> dict[str, bytes]:
    """Map SHA-1 fingerprint (40 lower-case hex digits) to DER, for each root of a PEM file."""
    ders = (base64.b64decode(body) for body in _PEM.findall(path.read_text(encoding="utf-8")))
    return {hashlib.sha1(der).hexdigest(): der for der in ders}


@cache
def certificate(fingerprint: str) -> x509.Certificate:
    """Return the catalogue's certificate with this SHA-1 fingerprint.

    Raises:
        KeyError: the catalogue has no such certificate.

    """
    return x509.load_der_x509_certificate(roots()[fingerprint])


def rdns(name: x509.Name) -> list[list[tuple[str, str]]]:
    """Return the (short name or OID, value) pairs of each RDN, in X.509 order.

    White space in values is folded.
    """
    return [
        [(SHORT_NAMES.get(a.oid.dotted_string, a.oid.dotted_string), fold(_text(a))) for a in rdn]
        for rdn in name.rdns
    ]


def _text(attribute: x509.NameAttribute[str | bytes]) -> str:
    value = attribute.value
    # A BIT STRING begins with the number of its unused bits.
    return value.removeprefix(b"\0").decode() if isinstance(value, bytes) else value


def fold(text: str) -> str:
    """Make every run of white space one blank, and leave none at the ends."""
    return " ".join(text.split())


def canonical(name: x509.Name) -> str:
    """Write a name as the project prints it: `C=SE, O=AddTrust AB, CN=AddTrust Class 1 CA Root`.

    X.509 order, OpenSSL's short names, `, ` between RDNs and ` + ` inside one, nothing escaped.
    """
    return ", ".join(" + ".join(f"{k}={v}" for k, v in rdn) for rdn in rdns(name))


def subject(fingerprint: str) -> str:
    """Return the canonical subject of the certificate with this SHA-1 fingerprint."""
    return canonical(subject_name(fingerprint))


def subject_name(fingerprint: str) -> x509.Name:
    """Return the subject of the certificate with this SHA-1 fingerprint."""
    with warnings.catch_warnings():
        # Old roots break rules (a name over 64 characters) that cryptography warns of.
        warnings.simplefilter("ignore", UserWarning)
        return certificate(fingerprint).subject
