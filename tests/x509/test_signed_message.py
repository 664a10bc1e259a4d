"""Signed bundles as Cisco publishes them: a message in a message; OpenSSL says whether it holds."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from pipeline.enrich import files
from pipeline.errors import DocumentError, UsageError
from pipeline.extract import extract
from pipeline.x509.bundle import BadSignatureError, certificates_in, message_of

pytestmark = pytest.mark.skipif(
    not shutil.which("openssl"), reason="the openssl program is not installed"
)
ROOTS: Final = Path(__file__).parents[1] / "corpus" / "odd-roots.pem"


def openssl(directory: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = ["openssl", *arguments]
    return subprocess.run(command, cwd=directory, capture_output=True, check=False)


def signed(directory: Path, key: str = "rsa:2048", *options: str) -> bytes:
    """A bundle of certificates only, signed by somebody of the test's own."""
    (directory / "inner.p7b").write_bytes(message_of(certificates_in(ROOTS.read_bytes())))
    subject = "/O=Example/CN=Root Store Signer"
    request = ["req", "-x509", "-newkey", key, "-nodes", "-keyout", "key", "-out", "signer.pem"]
    if key == "ec":
        request[4:4] = ["-pkeyopt", "ec_paramgen_curve:P-256"]
    openssl(directory, *request, "-subj", subject, "-days", "9").check_returncode()
    arguments = [
        "cms",
        "-sign",
        "-binary",
        "-nodetach",
        "-in",
        "inner.p7b",
        "-signer",
        "signer.pem",
        "-inkey",
        "key",
    ]
    openssl(
        directory, *arguments, "-outform", "DER", "-out", "signed.p7b", *options
    ).check_returncode()
    return (directory / "signed.p7b").read_bytes()


def holds(directory: Path, data: bytes) -> bool:
    (directory / "asked.p7b").write_bytes(data)
    arguments = [
        "cms",
        "-verify",
        "-noverify",
        "-binary",
        "-inform",
        "DER",
        "-in",
        "asked.p7b",
        "-out",
        "verified",
    ]
    return openssl(directory, *arguments).returncode == 0


@pytest.mark.parametrize(
    ("key", "options"),
    [
        ("rsa:2048", ()),
        ("rsa:2048", ("-md", "sha512")),
        ("rsa:2048", ("-noattr",)),
        ("rsa:2048", ("-keyid",)),
        ("rsa:2048", ("-keyopt", "rsa_padding_mode:pss")),
        ("ec", ()),
    ],
)
def test_a_bundle_that_holds_gives_its_content(
    key: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    data = signed(tmp_path, key, *options)
    assert holds(tmp_path, data)
    assert sorted(certificates_in(data)) == sorted(certificates_in(ROOTS.read_bytes()))


def test_a_tampered_bundle_never_gives_other_certificates(tmp_path: Path) -> None:
    data = signed(tmp_path)
    refused = 0
    for at in range(40, len(data), len(data) // 60):
        changed = bytearray(data)
        changed[at] ^= 1
        try:
            found = certificates_in(bytes(changed))
        except BadSignatureError:
            refused += 1
            continue
        assert not found or sorted(found) == sorted(certificates_in(ROOTS.read_bytes())), at
    assert refused > 30


def without_signer(directory: Path) -> bytes:
    return signed(directory, "rsa:2048", "-nocerts")


def with_other_content(directory: Path) -> bytes:
    data = bytearray(signed(directory))
    inner = (directory / "inner.p7b").read_bytes()
    at = bytes(data).index(inner) + len(inner) // 2
    data[at] ^= 1
    return bytes(data)


@pytest.mark.parametrize("make", [without_signer, with_other_content])
def test_a_bundle_that_does_not_hold_is_refused_in_one_line(
    make: Callable[[Path], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "bundle.p7b"
    path.write_bytes(make(tmp_path))
    with pytest.raises(DocumentError, match=r"bundle\.p7b: the signature .* doesn't hold: "):
        extract(path, limits=None)
    with pytest.raises(UsageError, match=r"bundle\.p7b: the signature .* doesn't hold: "):
        files([path])
