"""The user's own certificate files."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs7,
)

from pipeline import catalogue
from pipeline.enrich.files import files
from pipeline.errors import UsageError

CORPUS = Path(__file__).parent.parent / "corpus"
ISRG_X1 = "cabd2a79a1076a31f21d253635cb039d4329a5e8"
ADDTRUST = "ccab0ea04c2301d6697bdd379fcd12eb24e3949d"
DERS = catalogue.find([ISRG_X1, ADDTRUST])
CERTIFICATES = [x509.load_der_x509_certificate(der) for der in DERS.values()]
PEM = b"".join(each.public_bytes(Encoding.PEM) for each in CERTIFICATES)
P7B = pkcs7.serialize_certificates(CERTIFICATES, Encoding.DER)
KEY = ec.generate_private_key(ec.SECP256R1())
NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "signer")])


def signer() -> x509.Certificate:
    return (
        x509.CertificateBuilder(NAME, NAME, KEY.public_key(), 1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
        .sign(KEY, hashes.SHA256())
    )


def signed(content: bytes, encoding: Encoding, *options: pkcs7.PKCS7Options) -> bytes:
    builder = pkcs7.PKCS7SignatureBuilder(content).add_signer(signer(), KEY, hashes.SHA256())
    return builder.sign(encoding, [pkcs7.PKCS7Options.Binary, *options])


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(PEM, id="PEM"),
        pytest.param(b"what: roots\r\n\r\n" + PEM.replace(b"\n", b"\r\n") + b"\r\nend", id="CRLF"),
        pytest.param(PEM.replace(b"CERTIFICATE", b"X509 CERTIFICATE"), id="old label"),
        pytest.param(P7B, id="p7b"),
        pytest.param(pkcs7.serialize_certificates(CERTIFICATES, Encoding.PEM), id="p7b in PEM"),
        pytest.param(signed(P7B, Encoding.DER), id="signed p7b, as Cisco's"),
        pytest.param(signed(P7B, Encoding.PEM), id="signed p7b in PEM"),
        pytest.param(signed(PEM, Encoding.DER), id="signed PEM"),
    ],
)
def test_every_usual_kind_of_file_gives_its_certificates(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "roots"
    path.write_bytes(content)
    [file] = files([path])
    assert file.name == "file:roots"
    assert file.certificates == DERS


BUNDLES = sorted(path for path in CORPUS.glob("bundle-*.*") if path.suffix != ".json")


@pytest.mark.parametrize("path", BUNDLES, ids=[path.name for path in BUNDLES])
def test_bundles_that_openssl_made(path: Path) -> None:
    truth = json.loads((CORPUS / f"{path.stem}.truth.json").read_text(encoding="utf-8"))
    [file] = files([path])
    assert list(file.certificates) == [entry["fingerprint"] for entry in truth["entries"]]


def test_a_signed_file_does_not_give_its_signer(tmp_path: Path) -> None:
    path = tmp_path / "ios_core.p7b"
    path.write_bytes(signed(P7B, Encoding.DER))
    [file] = files([path])
    assert signer().fingerprint(hashes.SHA1()).hex() not in file.certificates


def test_a_message_that_is_only_signed_gives_its_signer(tmp_path: Path) -> None:
    path = tmp_path / "signature.p7s"
    path.write_bytes(signed(b"hello", Encoding.DER, pkcs7.PKCS7Options.DetachedSignature))
    [file] = files([path])
    [der] = file.certificates.values()
    assert x509.load_der_x509_certificate(der).subject == NAME


def test_one_der_certificate(tmp_path: Path) -> None:
    path = tmp_path / "root.cer"
    path.write_bytes(DERS[ISRG_X1])
    [file] = files([path])
    assert file.certificates == {ISRG_X1: DERS[ISRG_X1]}


def test_trust_settings_that_openssl_appends_are_left_out(tmp_path: Path) -> None:
    # X509_CERT_AUX with trust for TLS servers, as `openssl x509 -addtrust serverAuth` appends it
    settings = bytes.fromhex("300c300a06082b06010505070301")
    body = base64.encodebytes(DERS[ISRG_X1] + settings).decode()
    path = tmp_path / "trusted.pem"
    label = "TRUSTED CERTIFICATE"
    path.write_text(f"-----BEGIN {label}-----\n{body}-----END {label}-----\n")
    [file] = files([path])
    assert file.certificates == {ISRG_X1: DERS[ISRG_X1]}


def test_a_file_finds_what_it_holds_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "roots.pem"
    path.write_bytes(PEM)
    [file] = files([path])
    assert file.find([ADDTRUST, "0" * 40]) == {ADDTRUST: DERS[ADDTRUST]}


def test_each_file_in_a_directory_is_a_source(tmp_path: Path) -> None:
    (tmp_path / "b.pem").write_bytes(PEM)
    (tmp_path / "a.cer").write_bytes(DERS[ISRG_X1])
    (tmp_path / "README").write_text("roots of ours")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "c.pem").write_bytes(PEM)
    assert [file.name for file in files([tmp_path])] == ["file:a.cer", "file:b.pem"]


def request() -> bytes:
    builder = x509.CertificateSigningRequestBuilder(NAME)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(Encoding.DER)


def revocations() -> bytes:
    builder = x509.CertificateRevocationListBuilder(
        NAME, datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 2, 1, tzinfo=UTC)
    )
    return builder.sign(KEY, hashes.SHA256()).public_bytes(Encoding.DER)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"%PDF-1.7\n", id="PDF"),
        pytest.param(
            KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), id="private key"
        ),
        pytest.param(request(), id="request"),
        pytest.param(revocations(), id="CRL"),
    ],
)
def test_a_file_without_a_certificate_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "roots.pem"
    path.write_bytes(content)
    with pytest.raises(UsageError) as refused:
        files([path])
    assert str(refused.value) == (
        f"{path}: holds no certificate. "
        "Give a file in PEM, DER or PKCS #7 (.pem .crt .cer .der .p7b), a store, or a table with "
        "PEM, or a directory."
    )


FIRST = CERTIFICATES[0].public_bytes(Encoding.PEM)


@pytest.mark.parametrize(
    ("content", "block"),
    [
        pytest.param(PEM[: len(PEM) // 3], 1, id="cut off"),
        pytest.param(
            b"-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n", 1, id="garbage"
        ),
        pytest.param(FIRST + FIRST[:200] + FIRST[210:], 2, id="ten letters missing"),
    ],
)
def test_a_damaged_certificate_is_named_and_not_left_out(
    content: bytes, block: int, tmp_path: Path
) -> None:
    path = tmp_path / "roots.pem"
    path.write_bytes(content)
    for given in (path, tmp_path):
        with pytest.raises(UsageError, match=rf"roots\.pem: block {block} of PEM holds no certif"):
            files([given])


def test_a_directory_without_a_certificate_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"^{tmp_path}: holds no certificate"):
        files([tmp_path])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        files([tmp_path / "none.pem"])
    assert (
        str(refused.value) == f"{tmp_path / 'none.pem'}: can't be read: No such file or directory."
    )
