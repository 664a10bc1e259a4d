"""What a label is of, in any language and spelling, and what a heading says."""

from __future__ import annotations

import pytest

from pipeline.extract import vocabulary


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("SHA-1 Fingerprint", "sha1"),
        ("sha1Fingerprint", "sha1"),
        ("Fingerprint (SHA-1)", "sha1"),
        ("SHA-1-Fingerabdruck", "sha1"),
        ("Empreinte SHA-1", "sha1"),
        ("SHA-256 hash", "sha256"),
        ("Fingerprint MD5", "md5"),
        ("Thumbprint", "fingerprint"),
        ("X509v3 Subject Key Identifier", "key"),
        ("Certificate Serial Number", "serial"),
        ("Seriennummer", "serial"),
        ("Numéro de série", "serial"),
        ("シリアル番号", "serial"),
        ("Subject", "subject"),
        ("Owner", "subject"),
        ("Antragsteller", "subject"),
        ("Issuer", "issuer"),
        ("Aussteller", "issuer"),
        ("Not Before", "date"),
        ("notAfter", "date"),
        ("Gültig bis", "date"),
        ("SHA1 PublicKeyInfo hash", "key"),
        ("Podmiot", "subject"),
        ("Отпечаток SHA-1", "sha1"),
        ("Acme Valid Root", None),
    ],
)
def test_a_label_has_one_role_however_it_is_spelled(text: str, role: str | None) -> None:
    assert vocabulary.role_of(text) == role


@pytest.mark.parametrize(
    ("text", "role"),
    [("SHA-1 hash of the root", "sha1"), ("Subject key identifier (hex)", "key")],
)
def test_a_title_may_say_more_than_a_label(text: str, role: str) -> None:
    assert vocabulary.role_of_title(text) == role


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("Fingerprint=02:FA", ("Fingerprint=", "02:FA")),
        ("subject=C", ("subject=", "C")),
        ("CN=Subject", None),
        ("02:FA:F3", None),
        ("CA:3A:FB", None),
        ("https://example.com", None),
    ],
)
def test_a_label_is_parted_from_its_value(word: str, parts: tuple[str, str] | None) -> None:
    assert vocabulary.parted(word) == parts


@pytest.mark.parametrize(
    ("heading", "is_of_removed"),
    [
        ("Removed certificates", True),
        ("12.8(1): roots removed", True),
        ("No longer trusted", True),
        ("Certificates revoked in firmware 12.8(1)", True),
        ("Trust list 12.9(1), expired certificates removed", False),
        ("Trusted certificates", False),
        ("C=US, O=Removed Stone", False),
    ],
)
def test_a_heading_governs_unless_it_tells_of_the_past(heading: str, is_of_removed: bool) -> None:
    assert vocabulary.heads_removed(heading) == is_of_removed


@pytest.mark.parametrize(
    ("text", "type_"),
    [("C=SE", "C"), ("cn=x", "CN"), ("/O=x", "O"), ('"OU=x', "OU"), ("notBefore=x", "")],
)
def test_the_type_of_an_attribute(text: str, type_: str) -> None:
    assert vocabulary.attribute_of(text) == type_


def test_a_mark_that_a_narrow_column_breaks_is_one() -> None:
    assert vocabulary.is_removed_mark("Disab led")
    assert vocabulary.is_removed_mark("Not trus ted")
    assert not vocabulary.is_removed_mark("Enab led")
