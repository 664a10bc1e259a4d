"""Roots by a part of their name or fingerprint, and which releases trust them."""

from __future__ import annotations

import pytest

from pipeline.errors import UsageError
from pipeline.questions.find import Trust, find, trust_of
from pipeline.report.answers.find import report
from pipeline.report.model import Facts, Paragraph
from tests.snapshot_loader import Printed, SnapshotLoader, new_root

# `openssl x509 -fingerprint -sha256` of ISRG Root X1
X1 = "cabd2a79a1076a31f21d253635cb039d4329a5e8"
X1_SHA256 = "96bcec06264976f37460779acf28c5a7cfe8a3c0aae11a8ffcee05c0bddf08c6"


def found(loader: SnapshotLoader, text: str) -> list[str]:
    return [root.fingerprint for root in find(loader.engine, text).roots]


@pytest.mark.parametrize(
    "text",
    [
        X1,
        X1.upper(),
        "CA:BD:2A:79:A",
        "ca bd 2a 79",
        X1_SHA256,
        X1_SHA256[:9],
        "isrg root x1",
        "  ISRG   Root\nX1 ",
        "Security Research Group, CN=ISRG Root X1",
        "CN = ISRG Root X1",
        "C = US, O = Internet Security Research Group, CN = ISRG Root X1",  # OpenSSL 1.1
        "/C=US/O=Internet Security Research Group/CN=ISRG Root X1",
        "CN=ISRG Root X1,O=Internet Security Research Group,C=US",  # RFC 4514
    ],
)
def test_a_root_of_the_catalogue_is_found_though_nothing_is_loaded(
    loader: SnapshotLoader, text: str
) -> None:
    assert found(loader, text) == [X1]


@pytest.mark.parametrize("text", ["cab", "abd2a79a1", "CABD2A79B", X1 + "0", "Research  x"])
def test_what_is_neither_a_part_nor_a_beginning_finds_nothing(
    loader: SnapshotLoader, text: str
) -> None:
    assert X1 not in found(loader, text)


def test_several_are_found_at_once_and_those_that_are_not_are_said(loader: SnapshotLoader) -> None:
    one, two = new_root("Invented One"), new_root("Invented Two")
    loader.load({"12.7(1)": [one, two, new_root("Invented Three")]})
    answer = find(loader.engine, f"invented ONE; {two.fingerprint[:12]};nowhere at all;")
    assert [root.fingerprint for root in answer.roots] == [one.fingerprint, two.fingerprint]
    assert answer.not_found == ["nowhere at all"]
    (lead, _) = report(answer).blocks
    assert isinstance(lead, Paragraph)
    assert "nowhere at all" in lead.text
    assert find(loader.engine, "nowhere at all").not_found == []


def test_letters_of_other_alphabets_are_found_in_either_case(loader: SnapshotLoader) -> None:
    root = new_root("Főtanúsítvány ÜGYFÉL")
    loader.load({"12.7(1)": [root]})
    assert found(loader, "FŐTANÚSÍTVÁNY ügyfél") == [root.fingerprint]


def test_percent_and_underscore_mean_themselves(loader: SnapshotLoader) -> None:
    loader.load({"12.7(1)": [new_root("100% sure"), new_root("100 sure")]})
    assert [root.subject for root in find(loader.engine, "100%").roots] == ["CN=100% sure"]
    assert found(loader, "1__ sure") == []


def test_a_root_whose_certificate_is_unknown_is_found_by_what_is_printed(
    loader: SnapshotLoader,
) -> None:
    root = new_root("Unheard Of")
    loader.load({"12.7(1)": [Printed(root, is_known=False)]})
    (only,) = find(loader.engine, "unheard").roots
    assert (only.fingerprint, only.status, only.not_after) == (root.fingerprint, "unknown", None)
    assert [trust.first_firmware for trust in only.releases] == ["12.7(1)"]


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_nothing_is_refused(loader: SnapshotLoader, text: str) -> None:
    with pytest.raises(UsageError, match="Nothing to find"):
        find(loader.engine, text)


# --- releases --------------------------------------------------------------------------------

RELEASES = ["12.6(1)", "12.7(1)", "12.8(1)", "14.0"]


@pytest.mark.parametrize(
    ("trusting", "expected"),
    [
        (RELEASES, Trust("8800", "12.6(1)", "14.0", True, "14.0", None, [])),
        (["14.0"], Trust("8800", "14.0", "14.0", True, "14.0", "12.8(1)", [])),
        (["12.6(1)"], Trust("8800", "12.6(1)", "12.6(1)", False, "14.0", None, [])),
        (
            ["14.0", "12.7(1)"],
            Trust("8800", "12.7(1)", "14.0", True, "14.0", "12.6(1)", ["12.8(1)"]),
        ),
    ],
)
def test_first_last_and_what_lies_between(trusting: list[str], expected: Trust) -> None:
    assert trust_of("8800", RELEASES, trusting) == expected


def test_newest_revisions_count_and_ciscos_order(loader: SnapshotLoader) -> None:
    root, other = new_root("Kept"), new_root("Other")
    loader.load({"12.10(1)": [root], "12.9(1)": [root], "12.8(1)": [other]})
    loader.load({"12.9(1)": [other]}, document="a correction")
    loader.load({"10.1": [root]}, product="7800")
    (kept,) = find(loader.engine, root.fingerprint).roots
    assert kept.releases == [
        Trust("7800", "10.1", "10.1", True, "10.1", None, []),
        Trust("8800", "12.10(1)", "12.10(1)", True, "12.10(1)", "12.9(1)", []),
    ]


@pytest.mark.parametrize(
    ("brand", "subjects"),
    [
        ("Let's Encrypt", {"ISRG Root X1", "ISRG Root X2"}),
        ("let\u2019s  encrypt", {"ISRG Root X1", "ISRG Root X2"}),
        ("LetsEncrypt", {"ISRG Root X1", "ISRG Root X2"}),
        ("DigiCert", {"DigiCert Global Root G2"}),
        ("thawte", {"DigiCert Global Root G2", "thawte Primary Root CA"}),
        ("GeoTrust", {"DigiCert Global Root G2", "GeoTrust Global CA"}),
        ("RapidSSL", {"DigiCert Global Root CA", "DigiCert Global Root G2"}),
        ("zero ssl", {"USERTrust RSA Certification Authority"}),
        ("Sectigo", {"USERTrust RSA Certification Authority", "AAA Certificate Services"}),
    ],
)
def test_a_brand_names_the_roots_that_it_issues_from(
    loader: SnapshotLoader, brand: str, subjects: set[str]
) -> None:
    found = find(loader.engine, brand).roots
    assert subjects <= {each.subject.rpartition("CN=")[2] for each in found}


@pytest.mark.parametrize(
    ("written", "fingerprint"),
    [
        ("AddTrust External Root", "02faf3e291435468607857694df5e45b68851868"),  # Mozilla
        ("go daddy class 2 ca", "2796bae63f1801e277261ba0d77770028f20eee4"),
        ("Sectigo (AddTrust)", "02faf3e291435468607857694df5e45b68851868"),  # Microsoft
        ("Netlock Arany (Class Gold) Fotanusitvany", "06083f593f15a104a069a46ba903d006b7970991"),
        ("Go Daddy G2", "47beabc922eae80e78783462a79f45c254fde68b"),  # all its words
    ],
)
def test_a_root_is_found_by_what_people_call_it(
    loader: SnapshotLoader, written: str, fingerprint: str
) -> None:
    assert found(loader, written) == [fingerprint]


def test_one_root_says_what_else_it_is_called(loader: SnapshotLoader) -> None:
    facts = report(find(loader.engine, "AddTrust External Root")).blocks[1]
    assert isinstance(facts, Facts)
    called = [text for column, text in facts.pairs if column.title == "also called"]
    assert called == ["Sectigo (AddTrust); AddTrust External Root"]
