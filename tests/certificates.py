"""Certificates made to order, for the tests of chains."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from pipeline.x509.certificate import facts, read
from schemas import frames
from tests.snapshot_loader import PrivateKey, Root

START = datetime(2020, 1, 1, tzinfo=UTC)
END = datetime(2030, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Issued:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: PrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA1()).hex()

    @property
    def root(self) -> Root:
        """The same as a row of a trust list has it."""
        return trusted(self.der, self.key)


def trusted(der: bytes, key: PrivateKey) -> Root:
    """Make a row of a trust list of any certificate; the key is for those that are made here."""
    record = facts(read(der)) | {"source": "catalogue"}
    return Root({column: record[column] for column in frames.CERTIFICATES}, key)


def issue(
    name: str,
    issuer: Issued | None = None,
    *,
    start: datetime = START,
    end: datetime = END,
    key: PrivateKey | None = None,
    is_ca: bool = True,
    names: Sequence[str] = (),
    issuer_url: str = "",
    extensions: Sequence[x509.ExtensionType] = (),
    organisation: str = "",
) -> Issued:
    """Make a certificate for CN=``name``; without ``issuer``, it is self-signed.

    An empty name makes an empty subject.
    """
    key = key or ec.generate_private_key(ec.SECP256R1())
    parts = {x509.NameOID.ORGANIZATION_NAME: organisation, x509.NameOID.COMMON_NAME: name}
    subject = x509.Name([x509.NameAttribute(oid, text) for oid, text in parts.items() if text])
    signer = issuer.key if issuer else key
    issuer_name = issuer.certificate.subject if issuer else subject
    builder = (
        x509.CertificateBuilder(issuer_name, subject, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(is_ca, None), critical=True)
    )
    if names:
        builder = builder.add_extension(
            x509.SubjectAlternativeName(list(map(_general_name, names))), critical=False
        )
    if issuer_url:
        access = x509.AccessDescription(
            x509.AuthorityInformationAccessOID.CA_ISSUERS,
            x509.UniformResourceIdentifier(issuer_url),
        )
        builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return Issued(builder.sign(signer, hashes.SHA256()), key)


def key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    """Make a key usage for CAs only, or for servers only."""
    others = [False] * 3
    return x509.KeyUsage(
        not signs_certificates, False, False, False, False, signs_certificates, *others
    )


def damaged(certificate: Issued) -> bytes:
    """Break the DER where the type of an extension should be, which not every parser looks at."""
    basic_constraints = bytes.fromhex("0603551d13")
    assert basic_constraints in certificate.der
    return certificate.der.replace(basic_constraints, bytes.fromhex("0703551d13"))


def server(issuer: Issued, *names: str, **options: Any) -> Issued:
    """Make the certificate of a server, CN=server."""
    return issue("server", issuer, is_ca=False, names=names or ("expe.example.com",), **options)


def pem(*chain: Issued) -> bytes:
    """Put certificates in one file."""
    return b"".join(each.pem for each in chain)


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
