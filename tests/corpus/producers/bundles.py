"""The certificates themselves: PEM, DER and PKCS #7 (RFC 2315, RFC 5652)."""

from __future__ import annotations

import datetime
import ssl
import subprocess
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import (
    PKCS7Options,
    PKCS7SignatureBuilder,
)
from cryptography.x509.oid import NameOID

from tests.corpus.model import Producer, Row, odd_roots, rows, subject, take

_said = subprocess.run(["openssl", "version"], capture_output=True, text=True, check=True).stdout
PRODUCER = Producer(" ".join(_said.split()[:2]))


def _rows(fingerprints: list[str]) -> list[Row]:
    found = rows(fingerprints, None)
    for row in found:
        row.page, row.printed = 1, ""
    return found


def _pem(row: Row) -> str:
    return ssl.DER_cert_to_PEM_cert(row.der)


def _degenerate(found: list[Row], form: str) -> bytes:
    """Return a PKCS #7 message that holds nothing but certificates, in the given order."""
    folder_input = "".join(_pem(row) for row in found).encode()
    done = subprocess.run(
        ["openssl", "crl2pkcs7", "-nocrl", "-certfile", "/dev/stdin", "-outform", form],
        input=folder_input,
        capture_output=True,
        check=True,
    )
    return done.stdout


@PRODUCER.document("bundle-plain.pem", "certificates in PEM, nothing else")
def plain(path: Path) -> list[Row]:
    found = _rows(take(12, 14, "utf-8"))
    path.write_text("".join(_pem(row) for row in found), encoding="ascii")
    return found


@PRODUCER.document("bundle-comments.pem", "PEM with names and comments between, CR LF", "odd names")
def comments(path: Path) -> list[Row]:
    found = _rows([*odd_roots(), *take(6, 70, "utf-8")])
    blocks = (f"# {subject(row.fingerprint)}\n{'=' * 20}\n{_pem(row)}\n" for row in found)
    path.write_bytes("".join(blocks).replace("\n", "\r\n").encode())
    return found


@PRODUCER.document("bundle-one.der", "one certificate in DER")
def der(path: Path) -> list[Row]:
    found = _rows(take(1, 88))
    path.write_bytes(found[0].der)
    return found


@PRODUCER.document("bundle-certificates.p7b", "PKCS #7 with certificates only, in DER")
def p7b(path: Path) -> list[Row]:
    found = _rows(take(14, 40, "utf-8"))
    path.write_bytes(_degenerate(found, "DER"))
    return found


@PRODUCER.document("bundle-pem.p7b", "PKCS #7 with certificates only, in PEM")
def p7b_pem(path: Path) -> list[Row]:
    found = _rows(take(10, 20, "utf-8"))
    path.write_bytes(_degenerate(found, "PEM"))
    return found


@PRODUCER.document(
    "bundle-signed.p7b",
    "a signed message whose content is a PKCS #7 with certificates only, as Cisco publishes",
    "the signer's own certificate is not one of the list",
)
def signed(path: Path) -> list[Row]:
    found = _rows(take(16, 100, "utf-8"))
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test signer, not a root")])
    start = datetime.datetime(2019, 1, 1, tzinfo=datetime.UTC)
    signer = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    message = (
        PKCS7SignatureBuilder()
        .set_data(_degenerate(found, "DER"))
        .add_signer(signer, key, hashes.SHA256())
        .sign(Encoding.DER, [PKCS7Options.Binary])
    )
    path.write_bytes(message)
    return found
