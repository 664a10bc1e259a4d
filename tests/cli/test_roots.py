"""`find`, `expiring` and `show` on the samples: what Cisco's documents 215573 and 217415 say."""

from __future__ import annotations

import csv
import io
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from samples import truth
from tests.commandline import SAMPLES, Run, certificate_of, fingerprints_of

ADDTRUST_EXTERNAL = "02faf3e291435468607857694df5e45b68851868"
ADDTRUST_CLASS_1 = "ccab0ea04c2301d6697bdd379fcd12eb24e3949d"
ISRG_X1 = "cabd2a79a1076a31f21d253635cb039d4329a5e8"
DST_X3 = "dac9024f54d8f6df94935fb1732638ca6ad77c13"
REFUSED = "cba1c5f8b0e35eb8b94512d3f934a2e90610d336"


# --- find ------------------------------------------------------------------------------------


def test_programmes_are_called_what_people_call_them(ask: Run) -> None:
    text = ask("find", "isrg root x1").out
    assert "In store now: Android, Apple, Microsoft, Mozilla, OpenJDK and Oracle's Java." in text
    assert "aosp" not in text
    assert "aosp" not in ask("catalogue", "info").out
    assert "Android" in ask("catalogue", "info").out


@pytest.mark.parametrize(
    ("text", "lead", "fact"),
    [
        (
            "02faf3",  # 215573: in the list of 12.7, cleaned out of 12.8
            "AddTrust External CA Root is trusted from 12.6(1) to 12.7(1), but no more by "
            "12.8(1), the newest loaded. It expired on 2020-05-30.",
            "valid until 2020-05-30T10:48:38Z",
        ),
        (
            "CC:AB:0E:A0",
            "AddTrust Class 1 CA Root is trusted from 12.6(1) to 12.7(1), but no more by "
            "12.8(1), the newest loaded. It expired on 2020-05-30.",
            "valid until 2020-05-30T10:38:31Z",
        ),
        (
            "isrg root x1",  # 217415: it takes 12.7 or later
            "ISRG Root X1 is trusted since 12.7(1) (not by 12.6(1), loaded before it). "
            "It is valid until 2035-06-04.",
            f"SHA-1 {ISRG_X1}",
        ),
        (
            "dst root ca x3",  # 217415
            "DST Root CA X3 is trusted by all releases from 12.6(1), the oldest loaded, to "
            "12.8(1). It expired on 2021-09-30.",
            "valid until 2021-09-30T14:01:15Z",
        ),
    ],
)
def test_one_root_is_told_whole(ask: Run, text: str, lead: str, fact: str) -> None:
    result = ask("find", text, "--as-of", "2022-01-01")
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[0] == lead
    assert fact in [" ".join(line.split()) for line in lines]


def test_the_words_of_a_name_need_no_quotes(ask: Run) -> None:
    assert ask("find", "isrg", "root", "x1").out == ask("find", "isrg root x1").out


def test_quoted_names_are_several(ask: Run) -> None:
    both = ask("find", "ISRG Root X1", "DST Root CA X3", "--format", "json")
    names = [root["subject"].rpartition("CN=")[2] for root in both.json["roots"]]
    assert (both.code, names) == (0, ["ISRG Root X1", "DST Root CA X3"])
    one = ask("find", "ISRG Root X1", "Nobody's Root")
    assert one.code == 1
    assert "Nobody's Root" in one.out


def test_before_the_end_it_is_valid(ask: Run) -> None:
    assert "It is valid until 2021-09-30." in ask("find", "dac902", "--as-of", "2021-09-30").out


def test_programmes_are_told_with_the_bundle_a_root_was_last_in(ask: Run) -> None:
    (root,) = ask("find", "02faf3", "--format", "json").json["roots"]
    (mozilla,) = [stay for stay in root["programmes"] if stay["programme"] == "mozilla"]
    with SAMPLES[0].parents[1].joinpath("pipeline/catalogue/sightings.csv").open() as file:
        (row,) = [
            row
            for row in csv.DictReader(file)
            if (row["fingerprint"], row["programme"]) == (ADDTRUST_EXTERNAL, "mozilla")
        ]
    assert (mozilla["last_seen"], mozilla["present_now"]) == (row["last_seen"], False)
    assert row["source"].endswith(f" to {mozilla['last_source']}")
    assert mozilla["last_source"] in ask("find", "02faf3").out


def test_many_matches_are_a_line_each(ask: Run) -> None:
    lines = ask("find", "AddTrust").out.splitlines()
    assert lines[0].startswith("4 roots found; ")
    (line,) = [line for line in lines if ADDTRUST_CLASS_1 in line]
    assert line.split()[:5] == ["expired", "2020-05-30", "12.6(1)", "to", "12.7(1)"]
    assert line.endswith(truth.subject(ADDTRUST_CLASS_1))
    assert sum("no loaded release" in line for line in lines) == 2


def test_a_root_that_only_the_catalogue_has_says_so(ask: Run) -> None:
    out = ask("find", REFUSED[:6]).out
    assert out.splitlines()[0].endswith("is in no loaded release. It is valid until 2030-04-02.")
    assert "catalogue; strict parsers refuse it" in out


def test_no_match_is_an_answer_too(ask: Run) -> None:
    result = ask("find", "nosuch root")
    assert (result.code, result.err) == (1, "")
    assert result.out.startswith("No root has nosuch root in its name")
    assert json.loads(ask("find", "nosuch", "--format", "json").out)["roots"] == []


def test_a_misprint_is_told_from_the_root_that_is_meant(ask: Run) -> None:
    result = ask("find", ADDTRUST_EXTERNAL[:-1] + "7")
    assert result.code == 1
    assert f"one digit away from AddTrust External CA Root ({ADDTRUST_EXTERNAL})" in result.out


def test_what_is_typed_can_not_command_the_terminal(ask: Run) -> None:
    assert "\x1b" not in ask("find", "\x1b]0;owned\x07").out


def test_csv_has_a_line_for_each_root(ask: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(ask("find", "addtrust", "--format", "csv").out)))
    by_fingerprint = {row["fingerprint"]: row for row in rows}
    assert len(rows) == 4
    assert by_fingerprint[ADDTRUST_EXTERNAL]["trusted_by"] == "12.6(1) to 12.7(1)"
    assert by_fingerprint[ADDTRUST_CLASS_1]["not_after"] == "2020-05-30T10:38:31Z"


# --- expiring --------------------------------------------------------------------------------


def test_what_runs_out_is_listed_and_cron_notices(ask: Run) -> None:
    arguments = ("expiring", "12.7", "--as-of", "2020-03-15", "--within", "90d")
    result = ask(*arguments)
    assert result.code == 1
    lines = result.out.splitlines()
    assert lines[0] == "3 roots of 12.7(1) expire from 2020-03-15 to 2020-06-13."
    assert [line.split()[:3] for line in lines[-2:]] == [
        ["2020-05-30", "76", ADDTRUST_CLASS_1],
        ["2020-05-30", "76", ADDTRUST_EXTERNAL],
    ]
    data = json.loads(ask(*arguments, "--format", "json").out)
    assert {root["fingerprint"] for root in data["roots"]} == {
        each
        for each in fingerprints_of(SAMPLES[1])
        if "2020-03-15" <= f"{certificate_of(each).not_valid_after_utc:%Y-%m-%d}" < "2020-06-13"
    }


def test_without_a_release_each_root_names_those_that_trust_it(ask: Run) -> None:
    result = ask("expiring", "--as-of", "2021-09-01", "--within", "1m")
    assert result.code == 1
    (line,) = [line for line in result.out.splitlines() if DST_X3 in line]
    assert "12.6(1), 12.7(1), 12.8(1)" in line


def test_nothing_is_a_plain_line_and_cron_keeps_silent(ask: Run) -> None:
    result = ask("expiring", "12.8", "--as-of", "2020-04-01", "--within", "1d")
    assert (result.code, result.err) == (0, "")
    assert result.out == "No root of 12.8(1) expires from 2020-04-01 to 2020-04-02.\n"


def test_a_time_that_is_none_is_refused(ask: Run) -> None:
    result = ask("expiring", "--within", "soon")
    assert result.code == 2
    assert result.err == "'soon' is no time such as 90d, 12w, 6m or 1y.\n"


# --- show ------------------------------------------------------------------------------------


def test_the_summary_counts_weak_keys_and_roots_that_no_browser_has(ask: Run) -> None:
    keys = [certificate_of(each).public_key() for each in fingerprints_of(SAMPLES[1])]
    weak = sum(isinstance(key, rsa.RSAPublicKey) and key.key_size < 2048 for key in keys)
    absent = ask("show", "12.7", "--programme", "browsers", "--absent", "--format", "json").json
    line = ask("show", "12.7").out.splitlines()[2]
    assert line.startswith(
        f"{weak} weak keys (RSA under 2048 bits); {len(absent['rows'])} roots not in browsers now"
    )


def test_programme_and_absent_part_the_list(ask: Run) -> None:
    def shown(*options: str) -> list[str]:
        rows = ask("show", "12.7", *options, "--format", "json").json["rows"]
        return [row["fingerprint"] for row in rows]

    present, absent = shown("--programme", "mozilla"), shown("--programme", "mozilla", "--absent")
    assert ISRG_X1 in present
    assert {ADDTRUST_EXTERNAL, DST_X3} <= set(absent)
    assert sorted(present + absent) == sorted(fingerprints_of(SAMPLES[1]))


def test_absent_from_nowhere_is_refused(ask: Run) -> None:
    result = ask("show", "12.7", "--absent")
    assert result.code == 2
    assert "--programme" in result.err


def test_expired_by_june_2020_are_the_two_of_document_215573_among_others(ask: Run) -> None:
    out = ask("show", "12.7", "--as-of", "2020-06-01", "--status", "expired").out
    for fingerprint in (ADDTRUST_EXTERNAL, ADDTRUST_CLASS_1):
        assert f"expired  2020-05-30  {fingerprint}  {truth.subject(fingerprint)}" in out
    assert DST_X3 not in out
