"""Who signed a bundle, and whether somebody who is given with --certs has issued the signer."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import (
    PKCS7Options,
    PKCS7SignatureBuilder,
)

from pipeline.extract import extract
from pipeline.ingest.steps import ingest
from pipeline.x509.bundle import message_of
from tests.certificates import Issued, issue

ROOT = issue("Invented Bundle Root")
MIDDLE = issue("Invented Bundle CA", ROOT)
SIGNER = issue("Invented Store Signer", MIDDLE, is_ca=False)
LISTED = issue("Invented Listed Root")


@pytest.fixture(params=[Encoding.DER, Encoding.PEM], ids=["DER", "PEM"])
def bundle(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    builder = PKCS7SignatureBuilder().set_data(message_of([LISTED.der]))
    builder = builder.add_signer(SIGNER.certificate, SIGNER.key, hashes.SHA256())
    builder = builder.add_certificate(MIDDLE.certificate)
    path = tmp_path / "roots.p7b"
    path.write_bytes(builder.sign(request.param, [PKCS7Options.Binary]))
    return path


def test_the_signer_is_named_and_is_no_entry(bundle: Path) -> None:
    read = extract(bundle, limits=None)
    assert [row.fingerprint for row in read.rows] == [LISTED.fingerprint]
    assert read.remarks == ["signed by CN=Invented Store Signer; the signature holds."]


@pytest.mark.parametrize(("given", "said"), [(ROOT, "chains to a certificate"), (LISTED, "to no")])
def test_whether_it_chains_to_what_is_given(
    given: Issued, said: str, bundle: Path, tmp_path: Path, database_url: str
) -> None:
    certs = tmp_path / "given.pem"
    certs.write_bytes(given.pem)
    done = ingest(bundle, database_url, firmware="2021-12", product="IOS", certs=[certs])
    remark = done.remarks[-1]
    assert remark.startswith("its signer, Invented Store Signer, chains")
    assert said in remark


def test_a_list_of_certificates_has_no_signer(tmp_path: Path) -> None:
    path = tmp_path / "roots.p7b"
    path.write_bytes(message_of([LISTED.der]))
    assert extract(path, limits=None).remarks == []
