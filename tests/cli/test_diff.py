"""`trustlist diff` on the samples, against their truth."""

from __future__ import annotations

import csv
import io
import re

from commandline import SAMPLES, Run, certificate_of, fingerprints_of

from samples import truth

ADDTRUST = {
    "02faf3e291435468607857694df5e45b68851868",
    "ccab0ea04c2301d6697bdd379fcd12eb24e3949d",
}


OLD, NEW = (set(fingerprints_of(sample)) for sample in SAMPLES[1:])


def test_json_is_what_the_documents_say(ask: Run) -> None:
    diff = ask("diff", "12.7", "12.8", "--format", "json").json
    assert list(diff) == ["old", "new", "added", "removed", "changed", "unchanged", "as_of"]
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


def test_the_first_paragraph_answers(ask: Run) -> None:
    lead = ask("diff", "12.7", "12.8", "--as-of", "2020-06-01").out.split("\n\n")[0]
    assert lead == (
        "12.8(1) drops 9 roots and adds 7; 134 stay as they were in 12.7(1). "
        "All 9 had expired by 2020-06-01. 8 of them are in no root programme now. "
        "Servers whose chain ends in one of them must change: AddTrust External CA Root (Sectigo), "
        "AddTrust Class 1 CA Root, Staat der Nederlanden Root CA - G2, Deutsche Telekom Root CA 2, "
        "UTN-USERFirst-Hardware, Class 2 Primary CA, "
        "Equifax Secure Certificate Authority (GeoTrust), "
        "GTE CyberTrust Global Root (DigiCert Global Root) and "
        "TÜBİTAK UEKAE Kök Sertifika Hizmet Sağlayıcısı - Sürüm 3."
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
    assert "same 143 roots" in same.out


def test_what_has_not_expired_on_the_day_asked_for_is_still_valid(ask: Run) -> None:
    result = ask("diff", "12.7", "12.8", "--as-of", "2020-05-30", "--format", "json")
    reasons = {item["fingerprint"]: item["reasons"] for item in result.json["removed"]}
    for fingerprint in ADDTRUST:
        assert reasons[fingerprint][0] == "still valid until 2020-05-30"
