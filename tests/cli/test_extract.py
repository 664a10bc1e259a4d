"""`trustlist extract` against the samples' truth, which their generator wrote."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from commandline import SAMPLES, Run, truth_of
from tiny_pdf import write_pdf

FIELDS = ("position", "page", "release", "fingerprint", "subject")
ADDTRUST = "ccab0ea04c2301d6697bdd379fcd12eb24e3949d"


def truth(sample: Path) -> list[dict[str, str]]:
    return [{name: row[name] for name in FIELDS} for row in truth_of(sample)]


@pytest.fixture(params=SAMPLES, ids=lambda path: path.stem)
def sample(request: pytest.FixtureRequest) -> Path:
    assert isinstance(request.param, Path)
    return request.param


@pytest.mark.parametrize("reader", ["both", "pdfplumber", "pdfium"])
def test_json_is_the_truth_row_for_row(run: Run, sample: Path, reader: str) -> None:
    answer = run("extract", sample, "--format", "json", "--reader", reader).json
    assert [{name: str(entry[name]) for name in FIELDS} for entry in answer["entries"]] == truth(
        sample
    )


def test_csv_is_the_truth_row_for_row(run: Run, sample: Path) -> None:
    rows = csv.DictReader(io.StringIO(run("extract", sample, "--format", "csv").out))
    assert [{name: row[name] for name in FIELDS} for row in rows] == truth(sample)


def test_a_table_in_a_pipe_has_each_row_whole_on_a_line(run: Run, sample: Path) -> None:
    lines = run("extract", sample).out.splitlines()
    for row in truth(sample):
        (line,) = [line for line in lines if row["fingerprint"] in line]
        assert line.endswith(row["subject"])


def test_json_has_the_published_keys(run: Run) -> None:
    answer = run("extract", SAMPLES[0], "--format", "json").json
    assert set(answer) == {"document", "entries", "problems"}
    assert set(answer["document"]) == {"name", "sha256", "pages", "title"}
    assert set(answer["entries"][0]) == {
        *("position", "page", "release", "fingerprint", "fingerprint_sha256"),
        *("subject", "subject_printed"),
    }
    assert answer["problems"] == []


def test_problems_are_in_the_json_on_standard_error_and_in_the_exit_code(
    run: Run, tmp_path: Path
) -> None:
    misprint = f"{ADDTRUST[:-1]}  C=SE, O=AddTrust AB, OU=AddTrust TTP Network"
    document = write_pdf(tmp_path / "list.pdf", ["Firmware release 12.7(1)", misprint])
    result = run("extract", document, "--format", "json", "--output", tmp_path / "list.json")
    assert result.code == 3
    assert '"kind": "malformed-fingerprint"' in (tmp_path / "list.json").read_text("utf-8")
    (line,) = result.err.splitlines()
    assert line.startswith(f"{document}, page 1: malformed-fingerprint: ")
    assert f"AddTrust Class 1 CA Root ({ADDTRUST})" in line  # what it is a misprint of
