"""Root certificates and documents made to order, for the tests of what comes after enrichment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from sqlalchemy import Engine

from pipeline.extract.document import Document, Problem
from pipeline.load import Loaded, load
from schemas import frames

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Root(NamedTuple):
    """A certificate as `schemas.frames.CERTIFICATES` has it, and its key."""

    record: dict[str, Any]
    key: PrivateKey

    @property
    def fingerprint(self) -> str:
        return str(self.record["fingerprint"])


def new_root(
    name: str,
    not_after: datetime = datetime(2040, 1, 1, tzinfo=UTC),
    key: PrivateKey | None = None,
    not_before: datetime = datetime(2000, 1, 1, tzinfo=UTC),
) -> Root:
    """Make a self-signed certificate with the subject CN=``name``."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 0x0F)
    builder = builder.not_valid_before(not_before).not_valid_after(not_after)
    der = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    spki = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    values = {
        "fingerprint": hashlib.sha1(der).hexdigest(),
        "fingerprint_sha256": hashlib.sha256(der).hexdigest(),
        "spki_sha256": hashlib.sha256(spki).hexdigest(),
        "subject": f"CN={name}",
        "issuer": f"CN={name}",
        "serial_number": "0f",
        "not_before": not_before,
        "not_after": not_after,
        "key_type": "EC",
        "key_bits": 256,
        "signature_algorithm": "ecdsa-with-SHA256",
        "self_signed": True,
        "parser": "cryptography",
        "source": "catalogue",
        "der": der,
    }
    return Root(values, key)


class Printed(NamedTuple):
    """A row of a document: the root whose fingerprint it prints, and the name beside it."""

    root: Root
    subject: str | None = None
    agreed: bool = True
    fingerprint_sha256: str = ""
    is_known: bool = True
    """Whether a source has the certificate."""


class SnapshotLoader:
    """Loads documents made up of ``Printed`` rows into one database."""

    def __init__(self, engine: Engine):
        self.engine = engine

    def load(
        self,
        rows_by_release: dict[str, Sequence[Root | Printed]],
        document: str = "",
        problems: Iterable[Problem] = (),
        sightings: Sequence[tuple[Any, ...]] = (),
        product: str = "8800",
        **options: Any,
    ) -> Loaded:
        """Load a document; one with another name is another document."""
        name = document or " ".join(rows_by_release)
        rows = {
            release: [row if isinstance(row, Printed) else Printed(row) for row in rows]
            for release, rows in rows_by_release.items()
        }
        return load(
            self.engine,
            Document(f"{name}.pdf", hashlib.sha256(name.encode()).hexdigest(), 3, "Trust list"),
            frames.make(
                (
                    _entry(position, release, row)
                    for release, printed in rows.items()
                    for position, row in enumerate(printed, 1)
                ),
                frames.EVIDENT_ENTRIES,
            ),
            certificates(row.root for printed in rows.values() for row in printed if row.is_known),
            problems,
            product=product,
            sightings=frames.make(sightings, frames.SIGHTINGS),
            **options,
        )


def certificates(roots: Iterable[Root]) -> Any:
    """Make the frame of these certificates."""
    records = {root.fingerprint: tuple(root.record.values()) for root in roots}
    return frames.make(records.values(), frames.CERTIFICATES)


def _entry(position: int, release: str, row: Printed) -> tuple[Any, ...]:
    own = row.root.record["subject"]
    subject = own if row.subject is None else row.subject
    is_proven = row.is_known and subject == own
    evidence = "proven" if is_proven else "agreed" if row.agreed else "disputed"
    fingerprint, sha256 = row.root.fingerprint, row.fingerprint_sha256
    return position, 1, release, fingerprint, sha256, subject, subject, row.agreed, evidence
