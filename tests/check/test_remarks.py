"""Remarks: what no verdict follows from.

The limits are those of Cisco's documents, which the remarks name; what is right was written here by
hand from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID as Use

from pipeline.check.chain import chain_of
from pipeline.check.remarks import remarks
from tests.certificates import END, START, Issued, issue, server
from tests.check.pki import RSA, Recipe, build

ROOT = issue("Root")
CA = issue("CA", ROOT)
RSA_ROOT = build(Recipe("CN=RSA Root", "CN=RSA Root", key=RSA, signer=RSA))
GUIDE = "Expressway Certificate Creation and Use Deployment Guide"
BITS = {2047: "weak-key", 2048: None, 8191: None, 8192: "large-key"}


def with_rsa(bits: int) -> bytes:
    """Make a server's certificate with a public key of that size; nobody has the private one."""
    public = rsa.RSAPublicNumbers(65537, (1 << bits - 1) + 1).public_key()
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "server")])
    names = x509.SubjectAlternativeName([x509.DNSName("expe.example.com")])
    builder = x509.CertificateBuilder(CA.certificate.subject, subject, public, 7, START, END)
    builder = builder.add_extension(names, critical=False)
    return builder.sign(CA.key, hashes.SHA256()).public_bytes(Encoding.DER)


def signed_with(algorithm: str) -> bytes:
    recipe = Recipe(
        "CN=server", "CN=RSA Root", names=("DNS:expe.example.com",), ca=None, key_usage=None
    )
    return build(replace(recipe, signer=RSA, algorithm=algorithm))


def for_uses(*uses: x509.ObjectIdentifier) -> Issued:
    return server(CA, extensions=[x509.ExtendedKeyUsage(uses)])


def with_names_of(characters: int) -> Issued:
    """Make one whose names, as ``DNS:a, DNS:b``, take so many characters."""
    first = [f"host{number:02}.example.com" for number in range(40)]
    used = len(", ".join(f"DNS:{each}" for each in first))
    last = "x" * (characters - used - len(", DNS:.example.com"))
    return server(CA, *first, f"{last}.example.com")


REMARKABLE = {
    "no-client-auth": for_uses(Use.SERVER_AUTH).der,
    "weak-signature": signed_with("rsa-md5"),
    "weak-key": with_rsa(1024),
    "large-key": with_rsa(8192),
    "long-names": with_names_of(1000).der,
    "name-in-cn-only": issue("expe.example.com", CA, is_ca=False).der,
}
"""A server's certificate for each remark."""


def said(*sent: bytes) -> list[tuple[str, str]]:
    """Give the kind of each remark, and its document."""
    return [(each.kind, each.document) for each in remarks(chain_of("test", sent))]


def test_a_usual_certificate_has_none() -> None:
    assert said(server(CA).der, CA.der, ROOT.der) == []


@pytest.mark.parametrize(
    ("uses", "expected"),
    [
        ([Use.SERVER_AUTH], [("no-client-auth", "FN74362")]),
        ([Use.SERVER_AUTH, Use.CLIENT_AUTH], []),
        ([Use.SERVER_AUTH, Use.ANY_EXTENDED_KEY_USAGE], []),
        ([Use.CLIENT_AUTH], []),  # no server's at all, which is judged
    ],
)
def test_one_for_servers_alone(
    uses: Sequence[x509.ObjectIdentifier], expected: list[tuple[str, str]]
) -> None:
    assert said(for_uses(*uses).der, CA.der) == expected


def test_a_ca_that_issues_for_servers_alone() -> None:
    lower = issue("Lower", ROOT, extensions=[x509.ExtendedKeyUsage([Use.SERVER_AUTH])])
    (remark,) = remarks(chain_of("test", [lower.der]))
    assert remark.text.startswith("What this CA issues may be used by servers")


def test_what_that_means_for_the_traversal_zone_is_said_by_version() -> None:
    (remark,) = remarks(chain_of("test", [for_uses(Use.SERVER_AUTH).der, CA.der]))
    for words in ("Phones look for serverAuth only", "before X15.4", "X15.4 can be", "X15.5 keeps"):
        assert words in remark.text


@pytest.mark.parametrize(
    ("algorithm", "digest", "document"),
    [("rsa-md5", "MD5", "118672"), ("rsa-sha1", "SHA-1", ""), ("rsa-sha384", None, None)],
)
def test_a_signature_with_a_broken_digest(algorithm: str, digest: str, document: str) -> None:
    found = list(remarks(chain_of("test", [signed_with(algorithm), RSA_ROOT])))
    assert [(each.kind, each.document) for each in found] == (
        [("weak-signature", document)] if digest else []
    )
    assert all(f"made with {digest}" in each.text for each in found)
    assert all("certificate 1 (server)" in each.text for each in found)


def test_the_signature_of_a_root_on_itself_does_not_matter() -> None:
    root = build(Recipe("CN=Own", "CN=Own", key=RSA, signer=RSA, algorithm="rsa-sha1"))
    assert "weak-signature" not in dict(said(server(CA).der, CA.der, root))


@pytest.mark.parametrize(("bits", "kind"), BITS.items())
def test_keys_that_are_too_short_or_too_long(bits: int, kind: str | None) -> None:
    expected = {"weak-key": [("weak-key", "")], "large-key": [("large-key", GUIDE)]}
    assert said(with_rsa(bits), CA.der) == expected.get(kind or "", [])


def test_names_of_999_characters_are_taken_and_of_1000_are_not() -> None:
    assert said(with_names_of(999).der, CA.der) == []
    (remark,) = remarks(chain_of("test", [with_names_of(1000).der, CA.der]))
    assert (remark.kind, remark.document) == ("long-names", GUIDE)
    assert "take 1,000 characters; Expressway takes 999" in remark.text


def test_a_name_in_the_common_name_only() -> None:
    assert said(issue("expe.example.com", CA, is_ca=False).der, CA.der) == [("name-in-cn-only", "")]
    assert said(issue("", CA, is_ca=False, names=["expe.example.com"]).der, CA.der) == []
    assert said(CA.der) == []  # a CA's name is no server's
