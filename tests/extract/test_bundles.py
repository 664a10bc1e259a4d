"""Files of certificates as trust lists: a damaged certificate is told, never passed over."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from asn1crypto import cms

from pipeline.errors import DocumentError
from pipeline.extract import extract
from pipeline.extract.document import Problem
from tests.snapshot_loader import new_root

ROOTS = [new_root(name) for name in "ABC"]
DERS = [root.record["der"] for root in ROOTS]
BLOCKS = [ssl.DER_cert_to_PEM_cert(der) for der in DERS]
HINT = "This certificate is damaged and can't be read. Download the file again."


def read(path: Path, data: bytes) -> tuple[list[str], list[Problem]]:
    path.write_bytes(data)
    extraction = extract(path, limits=None)
    return [row.fingerprint for row in extraction.rows], extraction.problems


def message(*ders: bytes) -> bytes:
    """A PKCS #7 message with nothing but certificates (RFC 5652, section 5.1)."""
    content = cms.ContentInfo({"content_type": "signed_data"})
    content["content"] = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [],
            "encap_content_info": {"content_type": "data"},
            "certificates": [cms.CertificateChoices.load(der) for der in ders],
            "signer_infos": [],
        }
    )
    return bytes(content.dump())


def test_a_damaged_block_is_told(tmp_path: Path) -> None:
    block = BLOCKS[1][:100] + "!!!!" + BLOCKS[1][104:]
    found, problems = read(tmp_path / "x.pem", (BLOCKS[0] + block + BLOCKS[2]).encode())
    assert found == [ROOTS[0].fingerprint, ROOTS[2].fingerprint]
    assert problems == [Problem("unaccounted-text", 1, "block 2 of PEM", HINT)]


@pytest.mark.parametrize("kind", ["CERTIFICATE", "TRUSTED CERTIFICATE", "X509 CERTIFICATE"])
def test_a_block_without_an_end_is_told(kind: str, tmp_path: Path) -> None:
    block = BLOCKS[1].replace("CERTIFICATE", kind)
    data = f"{BLOCKS[0]}\n# B\n{block[:150]}\n# C\n{BLOCKS[2]}".encode()
    with pytest.raises(DocumentError, match="the certificates in this file are damaged"):
        read(tmp_path / "x.pem", data)


def test_a_file_that_is_cut_short_is_told(tmp_path: Path) -> None:
    whole = "".join(BLOCKS)
    found, problems = read(tmp_path / "x.pem", whole[:-60].encode())
    assert found == [root.fingerprint for root in ROOTS[:2]]
    assert [problem.text for problem in problems] == ["block 3 of PEM"]


def test_a_certificate_that_no_parser_takes_is_told(tmp_path: Path) -> None:
    name = DERS[1].index(b"\x06\x03\x55\x04\x03")  # the type of its issuer's first attribute
    spoilt = DERS[1][:name] + b"\x26" + DERS[1][name + 1 :]
    found, problems = read(tmp_path / "x.p7b", message(DERS[0], spoilt, DERS[2]))
    assert set(found) == {ROOTS[0].fingerprint, ROOTS[2].fingerprint}  # a SET has its own order
    (problem,) = problems
    assert (problem.kind, problem.text[:-1], problem.hint) == (
        "unaccounted-text",
        "certificate ",
        HINT,
    )


@pytest.mark.parametrize(
    "data",
    [BLOCKS[0][:150].encode(), DERS[0][:-1], message(*DERS)[:-500]],
    ids=["PEM", "DER", "PKCS #7"],
)
def test_nothing_but_damage_is_refused(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="x: the certificates in this file are damaged"):
        read(tmp_path / "x", data)


def test_keys_and_words_between_certificates_are_passed_over(tmp_path: Path) -> None:
    key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
    found, problems = read(tmp_path / "x.pem", f"a\n{BLOCKS[0]}{key}b\n{BLOCKS[1]}".encode())
    assert (len(found), problems) == (2, [])


def test_a_bundle_is_read_in_a_process_of_its_own_too(tmp_path: Path) -> None:
    path = tmp_path / "x.pem"
    path.write_text("".join(BLOCKS))
    assert [row.fingerprint for row in extract(path).rows] == [root.fingerprint for root in ROOTS]
