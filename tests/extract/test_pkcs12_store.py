"""PKCS #12 stores, written by OpenSSL's and cryptography's own code."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    KeySerializationEncryption,
    NoEncryption,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import (
    PKCS12Certificate,
    serialize_java_truststore,
)

from pipeline.errors import DocumentError
from pipeline.extract import extract
from pipeline.extract.formats.passwords import PASSWORD
from tests.certificates import issue


def stored(path: Path, encryption: KeySerializationEncryption) -> list[str]:
    """Write a trust store of three roots; give their fingerprints."""
    roots = [issue(f"Stored Root {number}") for number in range(3)]
    named = [PKCS12Certificate(each.certificate, b"root") for each in roots]
    path.write_bytes(serialize_java_truststore(named, encryption))
    return [each.fingerprint for each in roots]


@pytest.mark.parametrize("password", [None, b"changeit", b"a secret of its own"])
def test_the_certificates_of_a_store_are_its_entries(
    password: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store.p12"
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    wanted = stored(path, encryption)
    monkeypatch.setenv(PASSWORD, "a secret of its own")
    assert [row.fingerprint for row in extract(path, limits=None).rows] == wanted


def test_a_store_that_nothing_opens_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "store.p12"
    stored(path, BestAvailableEncryption(b"nobody knows"))
    with pytest.raises(DocumentError, match=rf"store\.p12: .*needs a password.*{PASSWORD}"):
        extract(path, limits=None)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DocumentError, match=r"store\.p12: "):
        extract(path, limits=None)
