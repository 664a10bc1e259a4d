"""`trustlist extract` against the samples' truth, which their generator wrote."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path

import pytest

from tests.commandline import SAMPLES, Run, truth_of
from tests.tiny_pdf import write_pdf

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
    why, line = result.err.splitlines()
    assert why == (
        f"{document}: no row can be used: there are 0 SHA-1, 0 SHA-256 and 1 other digests, but "
        "they are misprinted."
    )
    assert line.startswith("page 1: malformed-fingerprint: ")
    assert f"AddTrust Class 1 CA Root ({ADDTRUST})" in line  # what it is a misprint of


def test_json_is_written_of_a_document_without_a_row(run: Run, tmp_path: Path) -> None:
    document = tmp_path / "notes.txt"
    document.write_text("Release notes\nThere is no list in here.\n")
    result = run("extract", document, "--format", "json")
    assert result.code == 3
    answer = json.loads(result.out)
    assert answer["document"] == {
        "name": "notes.txt",
        "sha256": hashlib.sha256(document.read_bytes()).hexdigest(),
        "pages": 1,
        "title": "Release notes",
    }
    assert (answer["entries"], answer["problems"]) == ([], [])
    (line,) = result.err.splitlines()
    assert line.startswith(f"{document}: no row found on 1 page")


def test_no_json_is_written_of_a_file_that_cannot_be_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "list.pdf").write_text("Sign in to download")
    result = run("extract", "list.pdf", "--format", "json")
    assert (result.code, result.out) == (3, "")


def without_subjects(path: Path, count: int) -> None:
    digits = (hashlib.sha1(b"%d" % n).hexdigest() for n in range(count))
    path.write_text("Fingerprint\n" + "".join(f"{each}\n" for each in digits))


def test_problems_that_are_alike_are_one_line_of_a_document_without_an_entry(
    run: Run, tmp_path: Path
) -> None:
    document = tmp_path / "list.csv"
    without_subjects(document, 14)
    result = run("extract", document, "--format", "json")
    assert result.code == 3
    assert len(json.loads(result.out)["problems"]) == 14
    why, line = result.err.splitlines()
    assert why == (
        f"{document}: no row can be used: there are 14 SHA-1, 0 SHA-256 and 0 other digests, but "
        "no subject stands beside them. --format json has the 14 problems."
    )
    assert line.startswith(f"page 1: missing-subject: {hashlib.sha1(b'0').hexdigest()} and 13 ")


def test_rows_that_are_not_believed_say_why_where_there_is_no_other(
    run: Run, tmp_path: Path
) -> None:
    document = tmp_path / "list.txt"
    rows = [(hashlib.sha1(b"%d" % n).hexdigest(), f"C=XX, O=Acme, CN=Acme {n} EV") for n in (1, 2)]
    document.write_text("Firmware 12.7(1)\n\n" + "".join(f"{d} {name}\n" for d, name in rows))
    result = run("extract", document)
    assert (result.code, result.out) == (3, "")
    _, line = result.err.splitlines()
    assert line.startswith(f"page 1: unaccounted-text: {rows[0][0]} {rows[0][1]} and 1 alike (")


@pytest.mark.parametrize("options", [(), ("--allow-partial",), ("--firmware", "12.7(1)")])
def test_ingest_says_as_much_and_how_to_see_the_others(
    run: Run, tmp_path: Path, options: tuple[str, ...]
) -> None:
    document = tmp_path / "a list.csv"
    without_subjects(document, 11)
    result = run("ingest", document, *options)
    assert (result.code, result.out) == (3, "")
    why, line = result.err.splitlines()
    command = f"trustlist extract '{document}' --format json"
    assert "there are 11 SHA-1, " in why
    assert why.endswith(f"Nothing was loaded. `{command}` has the 11 problems.")
    assert line.startswith("page 1: missing-subject: ")
    assert not (tmp_path / "trustlist.db").exists()


@pytest.mark.parametrize("command", ["ingest", "extract"])
@pytest.mark.parametrize(
    "text",
    [
        "<p>Our news</p><p>Certificates are fine.</p><table><tr><th>Name<th>Phone</table>",
        "<table><tr><th>File<th>MD5"
        + "".join(f"<tr><td>{n}.zip<td>{hashlib.md5(b'%d' % n).hexdigest()}" for n in range(9))
        + "</table><p>C=SE, O=Loose, CN=Name</p>",
        "".join(f"<p>Build {n} of 2024-01-0{n}</p><p>C=SE, CN=Unit {n}</p>" for n in range(1, 10)),
    ],
    ids=["prose", "downloads", "names"],
)
def test_a_page_that_is_no_list_is_one_line(
    run: Run, tmp_path: Path, text: str, command: str
) -> None:
    document = tmp_path / "page.html"
    document.write_text(f"<html><title>A page</title><body>{text}</body></html>")
    result = run(command, document)
    assert (result.code, result.out) == (3, "")
    (line,) = result.err.splitlines()
    assert line.startswith(f"{document}: no ")


def test_what_is_there_instead_of_fingerprints_is_named(run: Run, tmp_path: Path) -> None:
    document = tmp_path / "list.csv"
    identifier = "AB:" * 19 + "CD"
    document.write_text(f'Subject,Key Identifier\n"C=SE, O=x, CN=y",{identifier}\n')
    result = run("extract", document)
    assert result.code == 3
    assert result.err.startswith(
        f'{document}: no fingerprint here: the column "Key Identifier" holds key identifiers. '
    )
