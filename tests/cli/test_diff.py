"""`trustlist diff` on the samples, against their truth."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import ssl
from pathlib import Path

import certifi
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs7

from pipeline import catalogue
from samples import truth
from tests.commandline import SAMPLES, Run, certificate_of, fingerprints_of

ADDTRUST = {
    "02faf3e291435468607857694df5e45b68851868",
    "ccab0ea04c2301d6697bdd379fcd12eb24e3949d",
}


OLD, NEW = (set(fingerprints_of(sample)) for sample in SAMPLES[1:])


def test_json_is_what_the_documents_say(ask: Run) -> None:
    diff = ask("diff", "12.7", "12.8", "--format", "json").json
    keys = ["old", "new", "added", "removed", "changed", "unchanged", "as_of", "servers"]
    assert list(diff) == keys
    side = {"product": "IP Phone 7800/8800", "revision": 1}
    assert diff["old"] == {**side, "firmware": "12.7(1)"}
    assert diff["new"] == {**side, "firmware": "12.8(1)"}
    assert {item["fingerprint"] for item in diff["added"]} == NEW - OLD
    assert {item["fingerprint"] for item in diff["removed"]} == OLD - NEW
    assert diff["changed"] == []
    assert diff["unchanged"] == len(OLD & NEW)
    for item in (*diff["added"], *diff["removed"]):
        assert list(item)[:5] == ["fingerprint", "subject", "not_before", "not_after", "reasons"]
        certificate = certificate_of(item["fingerprint"])
        assert item["subject"] == truth.subject(item["fingerprint"])
        assert item["not_before"] == f"{certificate.not_valid_before_utc:%Y-%m-%dT%H:%M:%SZ}"
        assert item["not_after"] == f"{certificate.not_valid_after_utc:%Y-%m-%dT%H:%M:%SZ}"
        assert item["reasons"]


def test_the_first_paragraphs_answer(ask: Run) -> None:
    out = ask("diff", "12.7", "12.8", "--as-of", "2020-06-01").out
    lead, helped, refused = out.split("\n\n")[:3]
    assert lead == (
        "12.8(1) drops 9 roots and adds 7; 134 stay as they were in 12.7(1). "
        "All 9 had expired by 2020-06-01. 8 of them are in no store now."
    )
    assert helped == (
        "12.7(1) refuses servers that send USERTrust RSA Certification Authority, "
        "Network Solutions Certificate Authority, COMODO ECC Certification Authority, "
        "COMODO RSA Certification Authority or USERTrust ECC Certification Authority as issued by "
        "AddTrust External CA Root and T-TeleSec GlobalRoot Class 2 as issued by "
        "Deutsche Telekom Root CA 2; 12.8(1) accepts them, since those roots are kept."
    )
    assert refused == (
        "Both refuse a chain that can end nowhere else than in AddTrust External CA Root "
        "(Sectigo), AddTrust Class 1 CA Root, Staat der Nederlanden Root CA - G2, "
        "Deutsche Telekom Root CA 2 and 5 more. "
        "`trustlist check` tells of yours."
    )


def test_both_addtrust_roots_are_gone_because_they_expired(ask: Run) -> None:
    lines = ask("diff", "12.7", "12.8").out.splitlines()
    removed = lines[lines.index("Removed (9)") : lines.index("Added (7)")]
    for fingerprint in ADDTRUST:
        (at,) = [at for at, line in enumerate(removed) if fingerprint in line]
        assert re.fullmatch(rf"  {fingerprint}  expired 2020-05-30\b.*", removed[at])
        assert removed[at + 1].strip() == truth.subject(fingerprint)


def test_csv_has_a_line_for_each_change(ask: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(ask("diff", "12.7", "12.8", "--format", "csv").out)))
    for change, expected in (("added", NEW - OLD), ("removed", OLD - NEW)):
        assert {row["fingerprint"] for row in rows if row["change"] == change} == expected


def test_the_exit_code_tells_a_difference_only_if_asked(ask: Run) -> None:
    assert ask("diff", "12.7", "12.8").code == 0
    assert ask("diff", "12.7", "12.8", "--exit-code").code == 1
    same = ask("diff", "12.7", "12.7", "--exit-code")
    assert same.code == 0
    assert "one list of 143 roots" in same.out


def test_what_has_not_expired_on_the_day_asked_for_is_still_valid(ask: Run) -> None:
    result = ask("diff", "12.7", "12.8", "--as-of", "2020-05-30", "--format", "json")
    reasons = {item["fingerprint"]: item["reasons"] for item in result.json["removed"]}
    for fingerprint in ADDTRUST:
        assert reasons[fingerprint][0] == "still valid until 2020-05-30"


# --- several releases ------------------------------------------------------------------------

SETS = {firmware: set(fingerprints_of(sample)) for firmware, sample in zip(
    ("12.6(1)", "12.7(1)", "12.8(1)"), SAMPLES, strict=True)}  # fmt: skip
EVERYWHERE = set.intersection(*SETS.values())


@pytest.mark.parametrize("releases", [("12.6", "12.7", "12.8"), ("all",)])
def test_a_matrix_is_what_the_documents_say(ask: Run, releases: tuple[str, ...]) -> None:
    matrix = ask("diff", *releases, "--format", "json").json
    assert matrix["everywhere"] == len(EVERYWHERE)
    assert [(step["name"], step["roots"]) for step in matrix["steps"]] == [
        (name, len(roots)) for name, roots in SETS.items()
    ]
    assert [(step["added"], step["removed"]) for step in matrix["steps"]] == [
        (0, 0),
        (5, 4),
        (7, 9),
    ]
    assert {root["fingerprint"] for root in matrix["roots"]} == (
        set.union(*SETS.values()) - EVERYWHERE
    )
    for root in matrix["roots"]:
        assert root["trusted"] == [root["fingerprint"] in roots for roots in SETS.values()]


def test_a_matrix_says_when_each_root_came_and_went(ask: Run) -> None:
    rows = csv.DictReader(io.StringIO(ask("diff", "12.6", "12.7", "12.8", "-f", "csv").out))
    found = {row["fingerprint"]: row for row in rows}
    isrg, addtrust = found["cabd2a79a1076a31f21d253635cb039d4329a5e8"], found[min(ADDTRUST)]
    assert (isrg["came"], isrg["left"]) == ("12.7(1)", "")
    assert [isrg[name] for name in SETS] == ["false", "true", "true"]
    assert (addtrust["came"], addtrust["left"]) == ("", "12.8(1)")


def test_a_matrix_has_a_column_a_release(ask: Run) -> None:
    lines = ask("diff", "12.6", "12.7", "12.8").out.splitlines()
    total = len(set.union(*SETS.values()))
    assert lines[0] == (
        f"{total} roots are trusted by one or more of 12.6(1), 12.7(1) and 12.8(1); "
        f"{len(EVERYWHERE)} of them by all."
    )
    (line,) = [line for line in lines if line.endswith("CN=ISRG Root X1")]
    assert line.split()[:3] == ["–", "yes", "yes"]


# --- another store ---------------------------------------------------------------------------


def test_a_release_against_certifi_is_what_certifi_has(ask: Run) -> None:
    blocks = re.findall("-----BEGIN.*?END CERTIFICATE-----", certifi.contents(), re.DOTALL)
    theirs = {hashlib.sha1(ssl.PEM_cert_to_DER_cert(block)).hexdigest() for block in blocks}
    answer = ask("diff", "12.8", "--against", "certifi", "--format", "json").json
    assert {item["fingerprint"] for item in answer["only_in_store"]} == theirs - NEW
    assert {item["fingerprint"] for item in answer["only_in_release"]} == NEW - theirs
    assert answer["in_both"] == len(NEW & theirs)
    assert answer["store"]["source"] == f"certifi {certifi.__version__}"


@pytest.mark.parametrize(
    "programme", ["mozilla", "microsoft", "apple", "aosp", "openjdk", "oracle"]
)
def test_a_release_against_a_programme_is_what_was_sighted(ask: Run, programme: str) -> None:
    newest = catalogue.newest()[programme]
    theirs = {
        each.fingerprint
        for each in catalogue.sightings()
        if each.programme == programme and each.last_seen == newest
    }
    answer = ask("diff", "12.8", "--against", programme, "--format", "json").json
    assert {item["fingerprint"] for item in answer["only_in_store"]} == theirs - NEW
    assert answer["in_both"] == len(NEW & theirs)
    assert answer["store"]["newest"] == str(newest)
    assert answer["store"]["certificates"] == len(theirs)


def test_the_name_of_a_store_is_taken_in_any_case(ask: Run) -> None:
    as_listed, as_written, made = (
        ask("diff", "12.8", "--against", name).out for name in ("mozilla", "Mozilla", "Certifi")
    )
    assert as_listed == as_written
    assert made == ask("diff", "12.8", "--against", "certifi").out


@pytest.mark.parametrize("encoding", [serialization.Encoding.PEM, serialization.Encoding.DER])
def test_a_release_against_a_file(
    ask: Run, tmp_path: Path, encoding: serialization.Encoding
) -> None:
    kept = certificate_of(min(OLD & NEW))
    (tmp_path / "server-ca").write_bytes(kept.public_bytes(encoding))
    result = ask("diff", "12.8", "--against", "server-ca")
    assert result.out.splitlines()[0] == (
        f"12.8(1) trusts all 1 root of server-ca and {len(NEW) - 1} more."
    )
    (tmp_path / "server-ca").write_bytes(certificate_of(min(ADDTRUST)).public_bytes(encoding))
    lines = ask("diff", "12.8", "--against", "server-ca").out.splitlines()
    assert lines[0].startswith("12.8(1) lacks all 1 root of server-ca: phones refuse ")
    assert lines[2] == "Only in server-ca (1)"


def test_a_p7b_with_what_the_release_has_is_no_difference(ask: Run, tmp_path: Path) -> None:
    every = pkcs7.serialize_certificates(
        [certificate_of(each) for each in NEW], serialization.Encoding.DER
    )
    (tmp_path / "12.8.p7b").write_bytes(every)
    result = ask("diff", "12.8", "--against", "12.8.p7b", "--exit-code")
    assert (result.code, result.out) == (
        0,
        f"12.8(1) trusts exactly the {len(NEW)} roots of 12.8.p7b.\n",
    )


CHAIN = Path(__file__).parents[1] / "check/chains/sectigo-2021-with-addtrust-cross.pem"


def test_certificates_that_are_no_roots_are_told(ask: Run) -> None:
    lead = ask("diff", "12.8", "--against", CHAIN).out.splitlines()[0]
    assert lead.endswith("are not self-signed, so no root; `trustlist check` judges chains.")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("12.6", "12.7", "12.8"), 1),
        (("12.7", "12.7", "12.7"), 0),
        (("12.8", "--against", "certifi"), 1),
    ],
)
def test_the_exit_code_works_for_all_comparisons(
    ask: Run, arguments: tuple[str, ...], code: int
) -> None:
    assert ask("diff", *arguments, "--exit-code").code == code
    assert ask("diff", *arguments).code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("12.7",), "Give NEW, a release to compare with, or --against."),
        (("12.7", "12.8", "--against", "certifi"), "Give either NEW or --against."),
        (("12.7", "--against", "nosuch.pem"), "nosuch.pem: there is no such file or store; the "
         "stores are certifi, mozilla, microsoft, apple, aosp, openjdk, oracle."),
        (("12.7", "12.8", "12.9"), "12.9 is not loaded; these are: 12.8(1), 12.7(1), 12.6(1)."),
        (("all", "--product", "x"), "No such release is loaded; run `trustlist snapshots` to see "
         "what is."),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_told(ask: Run, arguments: tuple[str, ...], told: str) -> None:
    result = ask("diff", *arguments)
    assert (result.code, result.out) == (2, "")
    assert told in result.err.splitlines()[0]
