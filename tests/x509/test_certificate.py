"""What a certificate says, checked against OpenSSL's reading of the whole catalogue."""

import contextlib
import hashlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import catalogue
from pipeline.x509 import names
from pipeline.x509.certificate import Certificate, UnreadableCertificateError, read

ISRG_X1 = "cabd2a79a1076a31f21d253635cb039d4329a5e8"
VERISIGN_MD2 = "742c3192e607e424eb4549542be1bbc53e6174e2"
REFUSED_BY_CRYPTOGRAPHY = (
    "211165ca379fbb5ed801e31c430a62aac109bcb4",
    "5463283b6793ff55277cede39098e80422f912f7",
    "6ad23b9dc48e375f859ad9cab585325c23894071",
    "cba1c5f8b0e35eb8b94512d3f934a2e90610d336",
)
NEEDS_OPENSSL = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")


@cache
def certificate(fingerprint: str) -> Certificate:
    return read(catalogue.find([fingerprint])[fingerprint])


def openssl(*arguments: str, stdin: bytes = b"") -> bytes:
    done = subprocess.run(["openssl", *arguments], input=stdin, capture_output=True, check=True)
    return done.stdout


@cache
def catalogue_by_openssl() -> list[dict[str, str]]:
    """Everything in the catalogue as `openssl storeutl -text` prints it, one dict a certificate."""
    pem = Path(catalogue.__file__).with_name("roots.pem")
    text = openssl("storeutl", "-noout", "-text", "-certs", str(pem)).decode(errors="replace")
    return [dict(_fields(part)) for part in re.split(r"^\d+: Certificate\n", text, flags=re.M)[1:]]


def _fields(text: str) -> Iterator[tuple[str, str]]:
    for field, pattern in {
        "serial": r"Serial Number:\s*(.+)",
        "algorithm": r"Signature Algorithm: (.+)",
        "issuer": r"Issuer: (.*)",
        "not_before": r"Not Before: (.+)",
        "not_after": r"Not After : (.+)",
        "subject": r"Subject: (.*)",
        "bits": r"Public-Key: \((\d+) bit\)",
    }.items():
        if found := re.search(pattern, text):
            yield field, found[1]


def openssl_serial(text: str) -> int:
    if decimal := re.fullmatch(r"(-?\d+) \(.*\)", text):
        return int(decimal[1])
    sign = -1 if "(Negative)" in text else 1
    return sign * int(text.replace("(Negative)", "").replace(":", ""), 16)


def openssl_time(text: str) -> datetime:
    return datetime.strptime(text, "%b %d %H:%M:%S %Y GMT").replace(tzinfo=UTC)


@NEEDS_OPENSSL
def test_every_certificate_of_the_catalogue_reads_as_openssl_reads_it() -> None:
    known = list(catalogue.fingerprints())
    seen = catalogue_by_openssl()
    assert len(seen) == len(known) > 700
    for fingerprint, expected in zip(known, seen, strict=True):
        actual = certificate(fingerprint)
        assert actual.serial == openssl_serial(expected["serial"]), fingerprint
        assert actual.not_before == openssl_time(expected["not_before"]), fingerprint
        assert actual.not_after == openssl_time(expected["not_after"]), fingerprint
        assert names.matches(expected["subject"], actual.subject), fingerprint
        assert names.matches(expected["issuer"], actual.issuer), fingerprint
        if not expected["algorithm"][0].isdigit():  # too new for this OpenSSL
            assert actual.signature_algorithm == expected["algorithm"], fingerprint
        assert actual.key_bits == (int(expected["bits"]) if "bits" in expected else None)


def test_every_certificate_of_the_catalogue_has_the_digests_it_was_built_with() -> None:
    for fingerprint, sha256 in catalogue.fingerprints().items():
        actual = certificate(fingerprint)
        assert (actual.fingerprint, actual.fingerprint_sha256) == (fingerprint, sha256)


def test_isrg_root_x1_says_what_its_owner_publishes() -> None:
    root = certificate(ISRG_X1)
    assert str(root.subject) == "C=US, O=Internet Security Research Group, CN=ISRG Root X1"
    assert root.issuer == root.subject
    assert root.serial == 0x8210CFB0D240E3594463E0BB63828B00
    assert root.not_after == datetime(2035, 6, 4, 11, 4, 38, tzinfo=UTC)
    assert (root.key_type, root.key_bits) == ("RSA", 4096)
    assert root.is_self_signed
    # as pinned by its users; RFC 7469 pins are the Base64 of this digest
    assert root.spki_sha256 == "0b9fa5a59eed715c26c1020c711b4f6ec42d58b0015e14337a39dad301c5afc3"


@pytest.mark.parametrize("fingerprint", REFUSED_BY_CRYPTOGRAPHY)
def test_what_cryptography_refuses_is_read_all_the_same_and_says_by_whom(fingerprint: str) -> None:
    assert certificate(fingerprint).parser == "asn1crypto"
    assert certificate(fingerprint).key_bits
    assert certificate(fingerprint).is_self_signed


def test_all_others_are_read_by_cryptography() -> None:
    lenient = {
        each for each in catalogue.fingerprints() if certificate(each).parser == "asn1crypto"
    }
    assert set(REFUSED_BY_CRYPTOGRAPHY) <= lenient
    assert len(lenient) < 0.02 * len(catalogue.fingerprints())


@NEEDS_OPENSSL
@pytest.mark.parametrize("fingerprint", [ISRG_X1, VERISIGN_MD2, REFUSED_BY_CRYPTOGRAPHY[3]])
def test_the_key_is_named_by_the_digest_of_its_encoding(fingerprint: str) -> None:
    der = certificate(fingerprint).der
    pem = openssl("x509", "-inform", "DER", "-noout", "-pubkey", stdin=der)
    spki = openssl("pkey", "-pubin", "-outform", "DER", stdin=pem)
    assert certificate(fingerprint).spki_sha256 == hashlib.sha256(spki).hexdigest()


# --- self-signed -----------------------------------------------------------------------------

CROSS_SIGNED = "7c2f91e2bb9668a9c6f6bd10192c6b525a1bba48"  # UTN, issued by AddTrust
OTHER_KEY = "f53ce220b58a08b8bb9a4dd3f2b9088b64e5c2c6"  # its own issuer by name, not by key


def test_a_certificate_issued_by_another_is_not_self_signed() -> None:
    assert certificate(CROSS_SIGNED).subject != certificate(CROSS_SIGNED).issuer
    assert not certificate(CROSS_SIGNED).is_self_signed


def test_a_certificate_that_only_names_itself_as_issuer_is_not_self_signed() -> None:
    assert certificate(OTHER_KEY).subject == certificate(OTHER_KEY).issuer
    assert not certificate(OTHER_KEY).is_self_signed


@pytest.mark.parametrize(
    "fingerprint",
    [
        VERISIGN_MD2,
        "02faf3e291435468607857694df5e45b68851868",  # SHA-1
        "bdb1b93cd5978d45c6261455f8db95c75ad153af",  # ISRG Root X2: ECDSA
    ],
)
def test_a_root_signed_with_its_own_key_is_self_signed(fingerprint: str) -> None:
    assert certificate(fingerprint).is_self_signed


@pytest.mark.parametrize("fingerprint", [VERISIGN_MD2, ISRG_X1])
def test_a_forged_signature_is_not_self_signed(fingerprint: str) -> None:
    der = bytearray(certificate(fingerprint).der)
    der[-1] ^= 1
    assert not read(bytes(der)).is_self_signed


@pytest.mark.parametrize("algorithm", ["ED25519", "ED448", "DSA", "PSS"])
@NEEDS_OPENSSL
def test_other_kinds_of_key(algorithm: str, tmp_path: Path) -> None:
    key, der = str(tmp_path / "key"), tmp_path / "certificate"
    options: list[str] = []
    match algorithm:
        case "DSA":
            parameters = str(tmp_path / "parameters")
            openssl("dsaparam", "-out", parameters, "1024")
            openssl("gendsa", "-out", key, parameters)
            expected: tuple[str, int | None, str] = ("DSA", 1024, "dsa_with_SHA256")
        case "PSS":
            openssl("genpkey", "-algorithm", "RSA", "-out", key)
            options = ["-sigopt", "rsa_padding_mode:pss", "-sha384"]
            expected = ("RSA", 2048, "rsassaPss")
        case _:
            openssl("genpkey", "-algorithm", algorithm, "-out", key)
            expected = (algorithm.capitalize(), None, algorithm)
    openssl(
        *("req", "-x509", "-new", "-key", key, "-subj", "/CN=x", "-outform", "DER"),
        *("-out", str(der), *options),
    )
    made = read(der.read_bytes())
    assert (made.key_type, made.key_bits, made.signature_algorithm) == expected
    assert made.is_self_signed
    assert not read(der.read_bytes()[:-1] + bytes([der.read_bytes()[-1] ^ 1])).is_self_signed


# --- what is no certificate ------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"0", b"\x30\x00", b"hello", b"\x30\x82\xff\xff"])
def test_bytes_that_are_no_certificate_are_refused(data: bytes) -> None:
    with pytest.raises(UnreadableCertificateError):
        read(data)


@settings(deadline=None, max_examples=400)
@given(st.data())
def test_a_damaged_certificate_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    fingerprint = data.draw(st.sampled_from([ISRG_X1, VERISIGN_MD2, *REFUSED_BY_CRYPTOGRAPHY]))
    der = bytearray(certificate(fingerprint).der)
    for _ in range(data.draw(st.integers(1, 3))):
        der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(UnreadableCertificateError):
        read(bytes(der))
