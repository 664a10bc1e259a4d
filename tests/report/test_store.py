"""Trust stores for other programs: each root is there whole, and no name can add another."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from shutil import which

import pytest
from asn1crypto import pem as asn1crypto_pem
from asn1crypto import x509 as asn1
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import catalogue
from pipeline.questions.export import StoredRoot, TrustStore
from pipeline.questions.snapshots import SnapshotInfo
from pipeline.report import StoreFormat
from pipeline.report.store import COLUMNS, render
from pipeline.report.store.store_columns import DESCRIPTIONS, types
from pipeline.x509.bundle import certificates_in
from pipeline.x509.certificate import read
from samples import truth
from tests.snapshot_loader import new_root

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BLOCK = b"-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----" % base64.encodebytes(
    new_root("Smuggled").record["der"]
)
ANY_TEXT = st.text(st.characters(exclude_categories=()))


def stored(der: bytes | None, subject: str = "CN=x") -> StoredRoot:
    facts = read(der) if der else None
    return StoredRoot(
        product="8800",
        firmware="12.7(1)",
        revision=1,
        position=1,
        page=1,
        fingerprint=facts.fingerprint if facts else "00" * 20,
        fingerprint_sha256=facts.fingerprint_sha256 if facts else None,
        subject=subject,
        subject_printed=subject,
        issuer=None,
        serial_number=None,
        not_before=facts.not_before if facts else None,
        not_after=facts.not_after if facts else None,
        key_type=None,
        key_bits=None,
        signature_algorithm=None,
        evidence="proven",
        certificate_source=None,
        document_sha256="00" * 32,
        ingested_at=NOW,
        certificate=der,
    )


def written(roots: Sequence[StoredRoot], format_: StoreFormat, product: str = "8800") -> bytes:
    snapshot = SnapshotInfo(product, "12.7(1)", 1, len(roots), "a.pdf", "00" * 32, "", 1, NOW, 0)
    return render(TrustStore(snapshot, list(roots)), format_)


def test_every_column_has_a_type_and_a_description() -> None:
    assert tuple(types()) == tuple(DESCRIPTIONS) == COLUMNS


@pytest.mark.parametrize("format_", ["pem", "p7b"])
def test_all_roots_of_the_catalogue_can_be_written(format_: StoreFormat) -> None:
    ders = list(truth.roots().values())
    assert len(ders) == len(catalogue.fingerprints())
    found = certificates_in(written([stored(der) for der in ders], format_))
    assert (found if format_ == "pem" else sorted(found)) == (
        ders if format_ == "pem" else sorted(ders)
    )


@pytest.mark.parametrize("format_", ["pem", "p7b"])
def test_what_cryptography_refuses_is_written_too(format_: StoreFormat) -> None:
    certificate = asn1.Certificate.load(new_root("Version 7").record["der"])
    certificate["tbs_certificate"]["version"] = 6
    der = certificate.dump(force=True)
    with pytest.raises(x509.InvalidVersion):
        x509.load_der_x509_certificate(der)
    assert certificates_in(written([stored(der)], format_)) == [der]


@settings(deadline=None)
@given(
    subject=ANY_TEXT
    | st.lists(st.sampled_from(["-", "-----", "BEGIN CERTIFICATE", "\n"])).map("".join)
)
def test_no_name_begins_a_block_or_another_line(subject: str) -> None:
    der = new_root("Real").record["der"]
    lines = written([stored(der, subject), stored(None, subject)], "pem", subject).decode()
    assert lines.count("-----BEGIN ") == lines.count("-----END ") == 1
    comments = [line for line in lines.splitlines() if line.startswith("#")]
    assert len(comments) == 4  # the product, what is missing and its name, the root
    assert lines.isascii() or all(line.isprintable() for line in lines.split("\n"))


@pytest.mark.skipif(not which("openssl"), reason="needs openssl")
@pytest.mark.parametrize(
    "before", ["", "\n", "\r", "\x0b", "\u2028", " " * 200, "x" * 253, "x" * 254]
)
def test_no_name_smuggles_a_certificate_past_other_readers(before: str, tmp_path: Path) -> None:
    der = new_root("Real").record["der"]
    subject = before + BLOCK.decode()
    content = written([stored(der, subject), stored(None, subject)], "pem", product=subject)
    path = tmp_path / "store.pem"
    path.write_bytes(content)
    assert list(truth.roots(path).values()) == [der]  # anywhere in a line
    assert [block for _, _, block in asn1crypto_pem.unarmor(content, multiple=True)] == [der]
    # OpenSSL reads lines in pieces of 254 characters
    bundle = ["openssl", "crl2pkcs7", "-nocrl", "-outform", "DER", "-certfile", str(path)]
    message = subprocess.run(bundle, capture_output=True, check=True, timeout=60).stdout
    assert certificates_in(message) == [der]
