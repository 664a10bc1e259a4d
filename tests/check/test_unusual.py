"""What OpenSSL reads and cryptography doesn't, what it refuses, and what can't be said here."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest

from pipeline import catalogue
from pipeline.check.hostname import check_name
from pipeline.check.openssl import verify
from pipeline.check.openssl.anchors import Anchors
from pipeline.check.openssl.outcome import ML_DSA_DOUBT, UNDECODABLE, BuilderName, Outcome
from pipeline.check.openssl.outcome import verify as verify_certificates
from pipeline.check.reasons import reason_of
from pipeline.check.verdict import Judgement
from pipeline.x509 import asn1
from pipeline.x509.asn1 import element, elements
from pipeline.x509.certificate import UnreadableCertificateError, read
from pipeline.x509.details import SERVER_AUTH, extended_key_usage, issuer_urls
from pipeline.x509.keys import Dsa, Rsa, read_key
from pipeline.x509.times import read_time
from tests.check.pki import HEIR, NOW, SECT, Recipe, build, chain
from tests.check.random_pki import make


def leaf(**more: object) -> Recipe:
    usual = {"subject": "CN=a.example", "issuer": "CN=CA", "key": 9, "signer": 1, "serial": 9}
    usual |= {"ca": None, "key_usage": 0xA0, "names": ("DNS:a.example",)}
    return Recipe(**(usual | more))  # type: ignore[arg-type]


def ca(**more: object) -> Recipe:
    return Recipe(**({"subject": "CN=CA", "key": 1, "serial": 2} | more))  # type: ignore[arg-type]


def asked(builder: BuilderName, *recipes: Recipe) -> Outcome:
    sent = [read(build(each)) for each in recipes[:-1]]
    return verify_certificates(sent[0], sent, Anchors([build(recipes[-1])]), NOW, builder)


# --- what can't be said ----------------------------------------------------------------------


@pytest.mark.parametrize("builder", ["untrusted-first", "trusted-first"])
def test_a_curve_that_isnt_computed_leaves_it_unknown(builder: BuilderName) -> None:
    outcome = asked(builder, leaf(signer=SECT), ca(key=SECT), Recipe())
    assert (outcome.ok, outcome.is_unknown) == (False, True)
    assert "1.3.132.0.16" in outcome.error
    pki = chain(leaf(signer=SECT), ca(key=SECT), Recipe())
    assert verify(pki.sent_ders, pki.store_ders, NOW, "3").ok is None


def test_what_is_wrong_all_the_same_is_refused() -> None:
    ended = leaf(signer=SECT, not_after="210101000000Z")
    outcome = asked("trusted-first", ended, ca(key=SECT), Recipe())
    assert (outcome.is_unknown, outcome.error) == (False, "certificate has expired")


def test_ml_dsa_is_known_to_openssl_3_5_only() -> None:
    ders = catalogue.find(catalogue.fingerprints()).values()
    root = next(each for each in map(read, ders) if each.key_type.startswith("ML-DSA"))
    store, at = Anchors([root.der]), root.not_before
    outcome = verify_certificates(root, [root], store, at, "trusted-first", purpose="issuer")
    assert (outcome.is_unknown, outcome.error) == (True, ML_DSA_DOUBT)


# --- what is said of damage ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("damaged", "what"),
    [
        (leaf(more=("names", "twice names")), "it has subject alternative names 2 times"),
        (leaf(more=("broken key_usage",)), "its key usage can't be read"),
        (leaf(names=("EDI-implicit:x",)), "its subject alternative names can't be read"),
        (leaf(key_usage=0), "its key usage is empty"),
    ],
    ids=["doubled", "malformed", "a name that isn't one", "empty"],
)
def test_a_damaged_extension_is_given_as_the_reason(damaged: Recipe, what: str) -> None:
    outcome = asked("trusted-first", damaged, ca(), Recipe())
    assert outcome.error == "unable to get local issuer certificate"
    outcomes = {"untrusted-first": asked("untrusted-first", leaf(), ca(), Recipe())}
    judgement = Judgement("refused", outcomes | {"trusted-first": outcome})
    reason = reason_of(judgement, read(build(damaged)))
    assert reason.text.startswith(f"OpenSSL 3 takes a.example for damaged: {what}")


def test_so_is_that_of_an_issuer() -> None:
    outcome = asked("trusted-first", leaf(), ca(more=("ca", "twice ca")), Recipe())
    assert outcome.damage
    assert outcome.damage.certificate == read(build(ca(more=("ca", "twice ca"))))
    assert outcome.damage.text == "it has basic constraints 2 times"


@pytest.mark.parametrize(
    "recipe",
    [leaf(odd=("padded-serial",)), leaf(subject_spelling="surrogate")],
    ids=["serial number with zeros before it", "surrogates in the subject"],
)
def test_what_only_one_version_decodes_is_refused_by_the_other(recipe: Recipe) -> None:
    assert asked("untrusted-first", recipe, ca(), Recipe()).ok
    refused = asked("trusted-first", recipe, ca(), Recipe())
    assert (refused.ok, refused.error) == (False, UNDECODABLE)


def test_dsa_parameters_are_inherited_in_openssl_1_0_2() -> None:
    heirs = leaf(key=HEIR, signer=HEIR), ca(key=HEIR, signer=28), Recipe(key=28, signer=28)
    assert asked("untrusted-first", *heirs).ok
    assert asked("trusted-first", *heirs).error == "unable to get local issuer certificate"


# --- nothing is too odd ----------------------------------------------------------------------


def test_every_certificate_of_the_catalogue_can_be_asked_for_a_name() -> None:
    for der in catalogue.find(catalogue.fingerprints()).values():
        assert not check_name(read(der), "no.such.example").ok


def test_so_can_those_of_random_pkis() -> None:
    asked_of = 0
    for seed in range(300):
        for der in make(Random(seed)).sent_ders:
            try:
                certificate = read(der)
            except UnreadableCertificateError:  # for its times
                continue
            check_name(certificate, "www.site.example")
            asked_of += 1
    assert asked_of > 500


# --- reading ---------------------------------------------------------------------------------


def test_indefinite_lengths_and_strings_in_pieces_are_read() -> None:
    pieces = bytes.fromhex("2480 0401ab 2404 0402cdef 0000".replace(" ", ""))
    assert element(pieces).octets(asn1.OCTET_STRING) == bytes.fromhex("abcdef")
    assert element(pieces).whole == pieces


@pytest.mark.parametrize("data", ["30", "3005", "308000", "0000", "0480", "1f", "3082ffff", "1f80"])
def test_what_is_cut_off_is_refused(data: str) -> None:
    with pytest.raises(ValueError, match=r"cut off|without a beginning|indefinite"):
        elements(bytes.fromhex(data))


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("00000301000000Z", datetime(400, 3, 1, tzinfo=UTC).timestamp() - 146097 * 86400),
        ("20240229000000Z", datetime(2024, 2, 29, tzinfo=UTC).timestamp()),
        ("20230229000000Z", None),
        ("20231301000000Z", None),
        ("20230101000000+0100", datetime(2022, 12, 31, 23, tzinfo=UTC).timestamp()),
    ],
)
def test_times_are_read_in_any_year_and_zone(written: str, time: float | None) -> None:
    encoded = asn1.encode(asn1.GENERALIZED_TIME, written.encode())
    assert read_time(element(encoded)).any == time


@pytest.mark.parametrize("key", range(29, 35))
def test_keys_that_cryptography_refuses_are_read(key: int) -> None:
    certificate = read(build(ca(key=key)))
    expected = {29: 1024, 30: 1024, 31: 512, 32: 1001, 33: 256, 34: None}[key]
    assert certificate.key_bits == expected


def test_keys_are_read_as_numbers() -> None:
    spki = asn1.encode(
        0x30,
        bytes.fromhex("300d06092a864886f70d0101010500"),
        asn1.encode(0x03, b"\0", bytes.fromhex("30070202010102013b")),
    )
    assert read_key(spki).numbers == Rsa(0x0101, 0x3B)
    assert read_key(spki).bits == 9


def test_a_dsa_key_may_have_no_parameters() -> None:
    algorithm = asn1.encode(0x30, bytes.fromhex("06072a8648ce380401"))
    spki = asn1.encode(0x30, algorithm, asn1.encode(0x03, b"\0", asn1.encode(0x02, b"\5")))
    assert read_key(spki) == ("DSA", Dsa(5), None, False)


def test_single_extensions() -> None:
    der = build(leaf(extended=("server", "client")))
    assert SERVER_AUTH in extended_key_usage(der)
    assert extended_key_usage(build(leaf(more=("broken extended",), extended=("server",)))) == set()
    assert issuer_urls(der) == []
