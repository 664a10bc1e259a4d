"""Entries meet their certificates: what is proven, and what is reported."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd
import pytest

from pipeline import catalogue
from pipeline.enrich import Catalogue, Enriched, IncompleteError, Source, enrich
from pipeline.extract.document import UNCERTAIN_JOIN, Row
from pipeline.normalise import normalise
from schemas import frames

ADDTRUST = "ccab0ea04c2301d6697bdd379fcd12eb24e3949d"
ADDTRUST_SUBJECT = "C=SE, O=AddTrust AB, OU=AddTrust TTP Network, CN=AddTrust Class 1 CA Root"
ISRG_X1 = "cabd2a79a1076a31f21d253635cb039d4329a5e8"
ISRG_SUBJECT = "C=US, O=Internet Security Research Group, CN=ISRG Root X1"
# as published by its owner
ISRG_SHA256 = "96bcec06264976f37460779acf28c5a7cfe8a3c0aae11a8ffcee05c0bddf08c6"
UNKNOWN = "0123456789abcdef0123456789abcdef01234567"
DERS = catalogue.find([ADDTRUST, ISRG_X1])


@dataclass
class Fixed:
    """A source that gives what it is told to, and notes what it is asked for."""

    answers: Mapping[str, bytes]
    name: str = "fixed"
    asked: list[set[str]] = field(default_factory=list)

    def find(self, fingerprints: Collection[str]) -> Mapping[str, bytes]:
        self.asked.append(set(fingerprints))
        return {each: self.answers[each] for each in fingerprints if each in self.answers}


class Failing:
    """A source that fails half-way."""

    name = "failing"

    def find(self, fingerprints: Collection[str]) -> Mapping[str, bytes]:
        raise IncompleteError("failing: broke off.", {ADDTRUST: DERS[ADDTRUST]}, {UNKNOWN})


def enriched(*rows: Row, sources: Collection[Source] = (Catalogue(),)) -> Enriched:
    entries, _ = normalise(rows)
    return enrich(entries, sources)


def row(fingerprint: str, subject: str, sha256: str = "", agreed: bool = True) -> Row:
    return Row(7, "12.7(1)", fingerprint, sha256, subject, agreed)


def test_a_row_whose_subject_is_the_certificates_is_proven() -> None:
    result = enriched(row(ADDTRUST, ADDTRUST_SUBJECT, agreed=False))
    frames.check(result.entries, frames.EVIDENT_ENTRIES)
    frames.check(result.certificates, frames.CERTIFICATES)
    assert result.entries["evidence"].tolist() == ["proven"]
    assert (result.problems, result.warnings) == ([], [])


def test_the_certificate_of_a_proven_row_is_given_with_its_facts() -> None:
    [facts] = enriched(row(ADDTRUST, ADDTRUST_SUBJECT)).certificates.to_dict("records")
    assert facts["fingerprint"] == ADDTRUST
    # the SHA-256 that Mozilla's list of removed roots gives for it
    assert facts["fingerprint_sha256"] == (
        "8c7209279ac04e275e16d07fd3b775e80154b5968046e31f52dd25766324e9a7"
    )
    assert facts["subject"] == facts["issuer"] == ADDTRUST_SUBJECT
    assert facts["serial_number"] == "01"
    assert facts["not_before"] == pd.Timestamp("2000-05-30 10:38:31", tz="UTC")
    assert facts["not_after"] == pd.Timestamp("2020-05-30 10:38:31", tz="UTC")
    assert (facts["key_type"], facts["key_bits"]) == ("RSA", 2048)
    assert facts["signature_algorithm"] == "sha1WithRSAEncryption"
    assert facts["self_signed"]
    assert (facts["parser"], facts["source"]) == ("cryptography", "catalogue")
    assert facts["der"] == DERS[ADDTRUST]


def test_a_serial_number_may_be_zero_or_negative() -> None:
    zero = "010c0695a6981914ffbf5fc6b0b695ea29e912a6"
    negative = "28903a635b5280fae6774c0b6da7d6baa64af2e8"
    subjects = catalogue.subjects()
    facts = enriched(row(zero, subjects[zero]), row(negative, subjects[negative])).certificates
    serials = dict(zip(facts["fingerprint"], facts["serial_number"], strict=True))
    # as `openssl x509 -serial` prints them
    assert serials == {zero: "00", negative: "-11d4c2142bde21eb579d53fb0c223bff"}


@pytest.mark.parametrize(
    "printed",
    [
        "CN=AddTrust Class 1 CA Root,OU=AddTrust TTP Network,O=AddTrust AB,C=SE",
        "c=se, o=addtrust ab, ou=addtrust ttp network, cn=addtrust class 1 ca root",
        "C=SE, O=AddTrust AB, OU=AddTrust TTP Network, CN=AddTr ust Class 1 CA Root",
    ],
)
def test_a_proven_subject_is_spelled_as_in_the_certificate(printed: str) -> None:
    entries = enriched(row(ADDTRUST, printed)).entries
    assert entries["subject"].tolist() == [ADDTRUST_SUBJECT]
    assert entries["subject_printed"].tolist() == [printed]
    assert entries["evidence"].tolist() == ["proven"]


@pytest.mark.parametrize(
    ("printed", "evidence"),
    [
        (["CN=AddTrust Exter-", "nal CA Root"], "proven"),
        (["CN=AddTrust Exter-", "nal CA Ro-", "ot"], "proven"),
        (["CN=AddTrust Exter-", "na1 CA Root"], None),
        (["CN=AddTrust Exter-nal CA Root"], None),  # no line ends there
    ],
)
def test_a_word_that_the_typesetter_hyphenated_is_proven_by_the_certificate(
    printed: list[str], evidence: str | None
) -> None:
    fingerprint = "02faf3e291435468607857694df5e45b68851868"
    name = "C=SE, O=AddTrust AB, OU=AddTrust External TTP Network"
    result = enriched(row(fingerprint, f"{name}, {UNCERTAIN_JOIN.join(printed)}"))
    assert result.entries["evidence"].tolist() == ([evidence] if evidence else [])
    assert [problem.kind for problem in result.problems] == (
        [] if evidence else ["subject-mismatch"]
    )


def test_a_name_that_only_the_certificate_makes_unambiguous_is_proven() -> None:
    fingerprint = "06083f593f15a104a069a46ba903d006b7970991"
    printed = (
        r"C=HU, L=Budapest, O=NetLock Kft., OU=Tan\C3\BAs\C3\ADtv\C3\A1nykiad\C3\B3k "
        r"(Certification Services), CN=NetLock Arany (Class Gold) F\C5\91tan\C3\BAs\C3\ADtv\C3\A1ny"
    )
    entries = enriched(row(fingerprint, printed)).entries
    assert entries["evidence"].tolist() == ["proven"]
    assert entries["subject"].tolist() == [
        "C=HU, L=Budapest, O=NetLock Kft., OU=Tanúsítványkiadók (Certification Services), "
        "CN=NetLock Arany (Class Gold) Főtanúsítvány"
    ]


def test_a_name_in_another_order_is_proven_and_said() -> None:
    printed = "O=AddTrust AB, CN=AddTrust Class 1 CA Root, C=SE, OU=AddTrust TTP Network"
    result = enriched(row(ADDTRUST, printed), row(ISRG_X1, ISRG_SUBJECT))
    assert result.entries["evidence"].tolist() == ["proven", "proven"]
    assert result.entries["subject"].tolist() == [ADDTRUST_SUBJECT, ISRG_SUBJECT]
    [said] = result.rearranged
    assert said.startswith(f"page 7: {ADDTRUST}: ")
    assert said.endswith(printed)


@pytest.mark.parametrize(
    "printed",
    [
        "O=AddTrust AB, CN=AddTrust Class 1 CA Root, C=SE",
        "O=AddTrust AB, CN=AddTrust Class 1 CA Root, C=SE, OU=AddTrust TTP Network, C=SE",
        "O=AddTrust AB, CN=AddTrust Class 2 CA Root, C=SE, OU=AddTrust TTP Network",
        "OU=AddTrust AB, CN=AddTrust Class 1 CA Root, C=SE, O=AddTrust TTP Network",
    ],
)
def test_a_name_of_other_attributes_is_not_proven_by_another_order(printed: str) -> None:
    result = enriched(row(ADDTRUST, printed))
    assert [problem.kind for problem in result.problems] == ["subject-mismatch"]
    assert result.rearranged == []


@pytest.mark.parametrize(("agreed", "evidence"), [(True, "agreed"), (False, "disputed")])
def test_an_unknown_root_is_as_good_as_the_readers_say(agreed: bool, evidence: str) -> None:
    result = enriched(row(UNKNOWN, "C=SE, CN=x", agreed=agreed))
    assert result.entries["evidence"].tolist() == [evidence]
    assert result.entries["subject"].tolist() == ["C=SE, CN=x"]
    assert len(result.certificates) == 0
    assert result.problems == []


def test_another_subject_than_the_certificates_is_reported_with_both() -> None:
    result = enriched(row(ADDTRUST, ISRG_SUBJECT))
    [problem] = result.problems
    assert (problem.kind, problem.page) == ("subject-mismatch", 7)
    assert problem.text == f"{ADDTRUST} {ISRG_SUBJECT}"
    assert problem.hint == f"The certificate with this fingerprint is that of {ADDTRUST_SUBJECT}."


def test_a_row_that_is_a_problem_is_no_entry_and_the_others_keep_their_numbers() -> None:
    rows = (row(UNKNOWN, "CN=x"), row(ADDTRUST, "CN=y"), row(ISRG_X1, ISRG_SUBJECT))
    result = enriched(*rows)
    assert [problem.kind for problem in result.problems] == ["subject-mismatch"]
    assert result.entries["position"].tolist() == [1, 3]
    assert result.entries["evidence"].tolist() == ["agreed", "proven"]
    assert result.certificates["fingerprint"].tolist() == [ISRG_X1]


def test_a_misprinted_fingerprint_is_told_by_the_root_it_is_meant_to_be() -> None:
    misprint = "ccab0ead4c2301d6697bdd379fcd12eb24e3949d"
    result = enriched(row(misprint, ADDTRUST_SUBJECT))
    assert len(result.entries) == 0
    [problem] = result.problems
    assert (problem.kind, problem.page) == ("malformed-fingerprint", 7)
    assert problem.text == f"{misprint} {ADDTRUST_SUBJECT}"
    assert problem.hint == (
        f"ccab0ead4c23… is one digit away from AddTrust Class 1 CA Root ({ADDTRUST})."
    )


# --- SHA-256 ---------------------------------------------------------------------------------


def test_the_right_sha256_proves_as_well() -> None:
    result = enriched(row(ISRG_X1, ISRG_SUBJECT, ISRG_SHA256))
    assert result.entries["evidence"].tolist() == ["proven"]
    assert result.problems == []


def test_a_certificate_with_another_sha256_is_not_taken_and_reported() -> None:
    printed = "0" * 64
    result = enriched(row(ISRG_X1, ISRG_SUBJECT, printed))
    [problem] = result.problems
    assert (problem.kind, problem.page) == ("subject-mismatch", 7)
    assert problem.text == f"{ISRG_X1} {printed} {ISRG_SUBJECT}"
    assert ISRG_SHA256 in problem.hint
    assert "ISRG Root X1" in problem.hint
    assert len(result.entries) == 0
    assert len(result.certificates) == 0


def test_a_wrong_sha256_in_one_release_leaves_the_other_proven() -> None:
    rows = (
        Row(1, "12.7(1)", ISRG_X1, ISRG_SHA256, ISRG_SUBJECT, agreed=True),
        Row(2, "12.8(1)", ISRG_X1, "0" * 64, ISRG_SUBJECT, agreed=True),
    )
    result = enriched(*rows)
    assert result.entries["release"].tolist() == ["12.7(1)"]
    assert [problem.page for problem in result.problems] == [2]
    assert result.certificates["fingerprint"].tolist() == [ISRG_X1]


# --- sources ---------------------------------------------------------------------------------


def test_the_first_source_that_has_it_is_the_certificates_source() -> None:
    first, second = Fixed({ADDTRUST: DERS[ADDTRUST]}, "first"), Fixed(DERS, "second")
    result = enriched(
        row(ADDTRUST, ADDTRUST_SUBJECT), row(ISRG_X1, ISRG_SUBJECT), sources=[first, second]
    )
    assert dict(
        zip(result.certificates["fingerprint"], result.certificates["source"], strict=True)
    ) == {
        ADDTRUST: "first",
        ISRG_X1: "second",
    }
    assert second.asked == [{ISRG_X1}]


def test_a_source_is_not_asked_when_all_is_found() -> None:
    last = Fixed({})
    enriched(row(ADDTRUST, ADDTRUST_SUBJECT), sources=[Catalogue(), last])
    assert last.asked == []


def test_what_no_source_has_is_listed_by_source() -> None:
    result = enriched(row(ADDTRUST, ADDTRUST_SUBJECT), row(UNKNOWN, "CN=x"))
    assert result.absent == {"catalogue": frozenset({UNKNOWN})}


def test_a_source_that_fails_leaves_a_warning_and_what_it_found() -> None:
    result = enriched(
        row(ADDTRUST, ADDTRUST_SUBJECT),
        row(ISRG_X1, ISRG_SUBJECT),
        row(UNKNOWN, "CN=x"),
        sources=[Failing()],
    )
    assert result.warnings == ["failing: broke off. Run `trustlist enrich` to try again."]
    assert result.entries["evidence"].tolist() == ["proven", "agreed", "agreed"]
    assert result.absent == {"failing": frozenset({UNKNOWN})}


def test_a_certificate_that_was_not_asked_for_is_never_taken() -> None:
    liar = Fixed({ADDTRUST: DERS[ISRG_X1], UNKNOWN: DERS[ADDTRUST]}, "liar")
    result = enriched(row(ADDTRUST, ADDTRUST_SUBJECT), row(UNKNOWN, "CN=x"), sources=[liar])
    assert len(result.certificates) == 0
    assert result.warnings == [
        f"liar: gave the certificate {ISRG_X1} instead of {ADDTRUST}. Ignored.",
        f"liar: gave the certificate {ADDTRUST} instead of {UNKNOWN}. Ignored.",
    ]


def test_bytes_that_are_no_certificate_are_ignored_and_the_next_source_is_asked() -> None:
    garbage = b"<html>Bad Gateway</html>"
    result = enriched(
        row(ADDTRUST, ADDTRUST_SUBJECT), sources=[Fixed({ADDTRUST: garbage}, "liar"), Catalogue()]
    )
    assert result.entries["evidence"].tolist() == ["proven"]
    assert result.certificates["source"].tolist() == ["catalogue"]
    [warning] = result.warnings
    assert warning.startswith(f"liar: what it has as {ADDTRUST} is not a readable certificate")


# --- the whole catalogue ---------------------------------------------------------------------


def test_every_root_of_the_catalogue_is_proven_by_itself() -> None:
    rows = [Row(1, "12.7(1)", each, "", text) for each, text in catalogue.subjects().items()]
    result = enriched(*rows)
    unproven = result.entries[result.entries["evidence"] != "proven"]
    assert unproven["subject_printed"].tolist() == []
    assert len(result.certificates) == len(rows)
    digests = [hashlib.sha1(der).hexdigest() for der in result.certificates["der"]]
    assert digests == result.certificates["fingerprint"].tolist()


def test_no_rows_are_enriched_to_no_rows() -> None:
    result = enriched()
    frames.check(result.entries, frames.EVIDENT_ENTRIES)
    frames.check(result.certificates, frames.CERTIFICATES)
    assert len(result.entries) == len(result.certificates) == 0
