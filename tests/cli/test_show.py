"""`trustlist snapshots` and `trustlist show`, on the samples."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes

from samples import truth
from tests.commandline import SAMPLES, Run, certificate_of, fingerprints_of

AS_OF = ("--as-of", "2020-06-01")
ADDTRUST_EXTERNAL = "02faf3e291435468607857694df5e45b68851868"


def ends(sample: Path) -> dict[str, datetime]:
    return {each: certificate_of(each).not_valid_after_utc for each in fingerprints_of(sample)}


def test_snapshots_lists_what_is_loaded(ask: Run) -> None:
    loaded = ask("snapshots", "--format", "json").json
    assert [(each["firmware"], each["entries"], each["document"]) for each in loaded] == [
        (release, len(fingerprints_of(path)), path.name)
        for release, path in zip(("12.6(1)", "12.7(1)", "12.8(1)"), SAMPLES, strict=True)
    ]
    table = ask("snapshots").out
    for path in SAMPLES:
        assert path.name in table


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_show_has_each_row_with_its_certificate_s_own_dates(ask: Run, sample: Path) -> None:
    release = sample.stem[-4:]
    rows = ask("show", release, "--format", "json").json["rows"]
    assert {row["fingerprint"]: row["not_after"] for row in rows} == {
        each: f"{end:%Y-%m-%dT%H:%M:%SZ}" for each, end in ends(sample).items()
    }
    assert [row["fingerprint"] for row in rows] == fingerprints_of(sample)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_99_percent_are_proven_and_the_others_are_shown_as_unknown(ask: Run, sample: Path) -> None:
    release = sample.stem[-4:]
    rows = ask("show", release, "--format", "json").json["rows"]
    unproven = [row["fingerprint"] for row in rows if row["evidence"] != "proven"]
    assert len(unproven) <= 0.01 * len(rows)
    unknown = ask("show", release, "--status", "unknown", "--format", "json").json["rows"]
    assert [row["fingerprint"] for row in unknown] == unproven


def test_status_selects_by_the_day_asked_for(ask: Run) -> None:
    day = datetime(2020, 6, 1, tzinfo=UTC)
    expected = {
        "expired": [each for each, end in ends(SAMPLES[1]).items() if end < day],
        "expiring": [
            each
            for each, end in ends(SAMPLES[1]).items()
            if day <= end <= day + timedelta(days=365)
        ],
        "unknown": [],
    }
    for status, those in expected.items():
        rows = ask("show", "12.7", "--status", status, *AS_OF, "--format", "json").json["rows"]
        assert [row["fingerprint"] for row in rows] == those
        assert all(row["status"] == status for row in rows)


def test_the_first_line_says_how_it_stands(ask: Run) -> None:
    lead = ask("show", "12.7", *AS_OF).out.splitlines()[0]
    assert lead.startswith("12.7(1) trusts 143 roots. On 2020-06-01, 9 have expired, ")


@pytest.mark.parametrize(("day", "status"), [("2020-05-30", "expiring"), ("2020-05-31", "expired")])
def test_a_certificate_is_valid_on_its_last_day_until_its_last_second(
    ask: Run, day: str, status: str
) -> None:
    rows = ask("show", "12.7", "--as-of", day, "--format", "json").json["rows"]
    (row,) = [row for row in rows if row["fingerprint"] == ADDTRUST_EXTERNAL]
    assert row["not_after"] == "2020-05-30T10:48:38Z"
    assert row["status"] == status


def test_a_table_in_a_pipe_has_each_root_whole_on_a_line(ask: Run) -> None:
    lines = ask("show", "12.7", *AS_OF).out.splitlines()
    (line,) = [line for line in lines if ADDTRUST_EXTERNAL in line]
    assert line.split()[:3] == ["expired", "2020-05-30", ADDTRUST_EXTERNAL]
    assert line.endswith(truth.subject(ADDTRUST_EXTERNAL))


def test_csv_has_the_columns_of_the_view(ask: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(ask("show", "12.7", "--format", "csv").out)))
    assert [row["fingerprint"] for row in rows] == fingerprints_of(SAMPLES[1])
    for row in rows:
        sha256 = certificate_of(row["fingerprint"]).fingerprint(hashes.SHA256()).hex()
        assert row["fingerprint_sha256"] == sha256
        assert row["subject"] == truth.subject(row["fingerprint"])


@pytest.mark.parametrize("day", ["0001-01-01", "0999-12-31", "9999-12-31"])
def test_a_day_far_off_is_written_as_iso_8601_has_it(ask: Run, day: str) -> None:
    assert (
        ask("show", "12.7", "--as-of", day, "--format", "json").json["as_of"] == f"{day}T00:00:00Z"
    )
