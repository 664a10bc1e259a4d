"""A document that was loaded with its problems accepted: every answer says so."""

from __future__ import annotations

import csv
import io
import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.extract import extract
from pipeline.extract.document import Extraction
from pipeline.ingest.steps import ingest
from tests.commandline import SAMPLES, Run
from tests.terminal import in_terminal
from tests.tiny_pdf import write_pdf

ROWS = [
    "02faf3e291435468607857694df5e45b68851868  C=SE, O=AddTrust AB, "
    "OU=AddTrust External TTP Network, CN=AddTrust External CA Root",
    "ccab0ea04c2301d6697bdd379fcd12eb24e3949d  C=SE, O=AddTrust AB, "
    "OU=AddTrust TTP Network, CN=AddTrust Class 1 CA Root",
]
MISPRINT = ROWS[1].replace("ccab0ea04c", "ccab0ea04")  # 39 digits
PROBLEM = ("malformed-fingerprint", 1, MISPRINT[:39])


@pytest.fixture
def partly(run: Run, tmp_path: Path) -> Run:
    """12.6(1) is loaded whole, 12.7(1) without a row that is misprinted."""
    write_pdf(tmp_path / "list.pdf", ["Firmware release 12.7(1)", ROWS[0], MISPRINT])
    assert run("ingest", "list.pdf", "--allow-partial").code == 0
    assert run("ingest", SAMPLES[0]).code == 0
    return run


def test_ingest_counts_them_and_lists_them(run: Run, tmp_path: Path) -> None:
    write_pdf(tmp_path / "list.pdf", ["Firmware release 12.7(1)", ROWS[0], MISPRINT])
    result = run("ingest", "list.pdf", "--allow-partial")
    assert result.out.splitlines()[0] == (
        "Loaded 1 snapshot: 1 row, all proven. 1 problem accepted; `show` lists them."
    )
    (line,) = result.err.splitlines()
    assert line.startswith(f"list.pdf: page 1: malformed-fingerprint: {MISPRINT[:39]}")


def test_snapshots_counts_them(partly: Run) -> None:
    loaded = partly("snapshots", "--format", "json").json
    assert [(each["firmware"], each["problems"]) for each in loaded] == [
        ("12.6(1)", 0),
        ("12.7(1)", 1),
    ]
    rows = csv.DictReader(io.StringIO(partly("snapshots", "--format", "csv").out))
    assert [row["problems"] for row in rows] == ["0", "1"]
    _, _, titles, *lines = partly("snapshots").out.splitlines()
    at = titles.split().index("problems")
    assert [line.split()[at] for line in lines] == ["0", "1"]


def test_there_is_no_column_for_them_where_there_are_none(ask: Run) -> None:
    assert "problems" not in ask("snapshots").out


def test_show_lists_them_before_the_roots(partly: Run) -> None:
    answer = partly("show", "12.7", "--format", "json").json
    (problem,) = answer["problems"]
    assert problem["text"].startswith(MISPRINT[:39])
    assert (problem["kind"], problem["page"]) == PROBLEM[:2]
    assert "one digit" in problem["hint"] or "39" in problem["hint"]
    text = partly("show", "12.7").out
    assert "list.pdf was loaded without" in text
    assert text.index(MISPRINT[:39]) < text.index(ROWS[0][:40])
    (line,) = [line for line in text.splitlines() if MISPRINT[:39] in line]
    assert line.split()[:2] == ["1", "malformed-fingerprint"]
    assert problem["hint"] in line


def test_a_terminal_shows_all_of_it(partly: Run) -> None:
    shown = in_terminal("show", "12.7", columns=100)
    assert MISPRINT[:39] in shown


def test_show_of_a_whole_document_says_nothing_of_problems(partly: Run) -> None:
    assert partly("show", "12.6", "--format", "json").json["problems"] == []
    assert "problem" not in partly("show", "12.6").out


def test_the_same_document_again_says_so_again(partly: Run) -> None:
    for options in ([], ["--allow-partial"]):
        result = partly("ingest", "list.pdf", *options)
        assert result.code == 0
        lead = result.out.splitlines()[0]
        assert lead.startswith("Nothing is new: all of this was loaded before. 1 problem accepted")
        assert "malformed-fingerprint" in result.err


def test_certificates_for_it_are_taken_without_letting_it_pass_again(partly: Run) -> None:
    result = partly("ingest", "list.pdf", "--certs", ODD_ROOTS)
    assert result.code == 0
    assert result.out.splitlines()[0].endswith("1 problem accepted; `show` lists them.")


def test_what_is_loaded_is_not_completed_by_a_better_reading(
    run: Run, tmp_path: Path, samples_url: str
) -> None:
    path = write_pdf(tmp_path / "list.pdf", ["Firmware release 12.7(1)", *ROWS])

    def reading_less(path: Path) -> Extraction:
        extraction = extract(path)
        return replace(extraction, rows=extraction.rows[:1])

    ingest(path, "sqlite:///trustlist.db", extractor=reading_less)
    own = tmp_path / "own.pem"
    own.write_bytes(Path(__file__).parents[1].joinpath("corpus", "odd-roots.pem").read_bytes())
    result = run("ingest", path, "--certs", own)
    assert result.code == 0
    (line,) = result.err.splitlines()
    assert line.startswith(f"{path}: 12.7(1) stays as it was loaded (roots then: 1, read now: 2).")
    assert [each["entries"] for each in run("snapshots", "--format", "json").json] == [1]
    again = run("--database", "sqlite:///other.db", "ingest", path)
    assert (again.code, again.err) == (0, "")


ODD_ROOTS = Path(__file__).parents[1] / "corpus" / "odd-roots.pem"


@pytest.mark.parametrize(
    "command",
    [
        ("diff", "12.6", "12.7"),
        ("diff", "all"),
        ("diff", "12.7", "--against", "mozilla"),
        ("find", "AddTrust"),
        ("expiring", "--within", "1y"),
        ("report", "12.6", "12.7", "--output", "report.html"),
        ("check", ODD_ROOTS),
        ("export", "12.7", "--output", "12.7.pem"),
        ("show", "12.7", "--format", "csv"),
    ],
    ids=lambda command: f"{command[0]} {command[1]}",
)
def test_an_answer_from_a_list_that_lacks_something_is_told_so(
    partly: Run, command: tuple[object, ...]
) -> None:
    result = partly(*command)
    assert result.code in (0, 1)
    (line,) = result.err.splitlines()
    assert line.startswith(
        "12.7(1)@1 lacks what couldn't be read or believed in list.pdf: 1 problem; "
    )
    suggested = re.search("`trustlist (.*)`", line)
    assert suggested
    assert MISPRINT[:39] in partly(*shlex.split(suggested[1])).out


def test_an_exported_store_says_so_itself(partly: Run) -> None:
    second = partly("export", "12.7").out.splitlines()[1]
    assert second == "# without what couldn't be read or believed in list.pdf: 1 problem"


def test_a_list_that_was_replaced_by_a_whole_one_is_no_matter(partly: Run, tmp_path: Path) -> None:
    write_pdf(tmp_path / "list.pdf", ["Firmware release 12.7(1)", *ROWS])
    assert partly("ingest", "list.pdf").code == 0
    assert partly("find", "AddTrust").err == ""


def test_an_answer_from_whole_lists_is_not(partly: Run) -> None:
    assert partly("show", "12.6", "--format", "csv").err == ""
    assert partly("export", "12.6", "--output", "12.6.pem").err == ""
    assert partly("expiring", "12.6").err == ""
    assert partly("check", ODD_ROOTS, "--firmware", "12.6").err == ""
