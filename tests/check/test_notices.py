"""Which of Cisco's documents are quoted, and when."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import catalogue
from pipeline.check import read_chain
from pipeline.check.notices import notices, upgrade_caveat
from pipeline.x509.certificate import read

PHONE = "IP Phone 7800/8800"
EXPIRED = "certificate has expired"
NO_ISSUER = "unable to get local issuer certificate"
ADDTRUST_EXTERNAL = "02faf3e291435468607857694df5e45b68851868"
ADDTRUST_CLASS_1 = "ccab0ea04c2301d6697bdd379fcd12eb24e3949d"
ISRG_X1 = "cabd2a79a1076a31f21d253635cb039d4329a5e8"
DST_X3 = "dac9024f54d8f6df94935fb1732638ca6ad77c13"
USERTRUST = "2b8f1b57330dbba2d07a6c51f70ee90ddab9ad8e"


@pytest.mark.parametrize(
    ("firmware", "error", "root", "documents"),
    [
        ("12.7(1)", EXPIRED, ADDTRUST_EXTERNAL, ["215573"]),
        ("11.0(1)SR3", EXPIRED, ADDTRUST_CLASS_1, ["215573"]),
        ("12.7(1)", NO_ISSUER, ADDTRUST_EXTERNAL, []),
        ("12.7(1)", EXPIRED, USERTRUST, []),
        ("12.6(1)", NO_ISSUER, ISRG_X1, ["217415"]),
        ("12.6(1)SR1", EXPIRED, DST_X3, ["217415"]),
        ("12.7(1)", EXPIRED, DST_X3, []),
        ("12.7(1)", NO_ISSUER, ISRG_X1, []),
        ("12.10(1)", NO_ISSUER, ISRG_X1, []),
    ],
)
def test_a_document_is_quoted_where_its_case_is(
    firmware: str, error: str, root: str, documents: list[str]
) -> None:
    path = [read(der) for der in catalogue.find([root]).values()]
    assert [each.document for each in notices(PHONE, firmware, error, path)] == documents


def test_a_certificate_that_the_root_issued_is_of_its_case() -> None:
    chains = Path(__file__).parent / "chains"
    crossed = read_chain(chains / "sectigo-2021-with-addtrust-cross.pem").sent
    assert [each.document for each in notices(PHONE, "12.7(1)", EXPIRED, crossed)] == ["215573"]
    plain = read_chain(chains / "sectigo-2021-without-cross.pem").sent
    assert list(notices(PHONE, "12.7(1)", EXPIRED, plain)) == []


def test_what_stands_against_an_upgrade_names_its_bug() -> None:
    assert "CSCvb29314" in upgrade_caveat(PHONE)
    assert upgrade_caveat("Room Kit") == ""


@pytest.mark.parametrize(
    ("product", "firmware", "documents"),
    [
        ("8800", "12.6(1)", ["217415"]),
        ("IP Phone 7800/8800", "12.6(1)", ["217415"]),
        ("Room Kit", "CE9.8.1", ["217415"]),
        ("Room Kit", "CE9.8.2", []),
        ("Room Kit", "RoomOS 11.14.2.3", []),
        ("Room Kit", "12.6(1)", []),
        ("Android", "10.0(1)", []),
        ("Yealink T46", "66.84.0.15", []),
    ],
)
def test_a_document_is_for_the_products_that_it_is_about(
    product: str, firmware: str, documents: list[str]
) -> None:
    path = [read(der) for der in catalogue.find([ISRG_X1]).values()]
    found = list(notices(product, firmware, NO_ISSUER, path))
    assert [each.document for each in found] == documents
    assert all(("CE9.8.2" in each.text) == (product == "Room Kit") for each in found)


def test_that_the_list_cannot_be_changed_is_said_of_phones_and_private_roots() -> None:
    path = [read(der) for der in catalogue.find([USERTRUST]).values()]
    for product, documents in ((PHONE, ["213872"]), ("Room Kit", [])):
        found = notices(product, "14.2(1)", NO_ISSUER, path, is_private=True)
        assert [each.document for each in found] == documents
