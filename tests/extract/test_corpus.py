"""Every document of the corpus and the samples against its truth, with each reader.

Truth was written by the generators, from the certificates; see tests/corpus/README.md.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2
import pytest

from pipeline.enrich import Catalogue, enrich, files
from pipeline.errors import DocumentError
from pipeline.extract import ReaderName, extract
from pipeline.extract.document import Extraction, Problem
from pipeline.normalise import normalise

TESTS = Path(__file__).parents[1]
SAMPLES = sorted((TESTS.parent / "samples").glob("*.pdf"))
TRUTHS = sorted((TESTS / "corpus").glob("*.truth.json"))
DOCUMENTS = [
    *SAMPLES,
    *(truth.with_name(json.loads(truth.read_text("utf-8"))["document"]) for truth in TRUTHS),
]
PDFS = [document for document in DOCUMENTS if document.suffix == ".pdf"]
BOTH = [(document, reader) for document in PDFS for reader in ("both", "pdfplumber", "pdfium")]
CASES = [*BOTH, *((document, "both") for document in DOCUMENTS if document.suffix != ".pdf")]
AWAITED: frozenset[str] = frozenset()
"""Not read rightly yet."""

FORTY_DIGITS = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{40}(?![0-9A-Za-z])")
NEARLY = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-flOo]{38,42}(?![0-9A-Za-z])")
"""What a person takes for a SHA-1 fingerprint, with a digit more or less, or a letter for one."""
OTHER_DIGITS = {
    "ghostscript-rules.pdf": "its serial numbers have forty digits, too",
    "weasyprint-digests.pdf": "the identifiers of keys have forty digits, too",
    "chromium-web-page.pdf": "serial numbers",
    "fpdf2-viewer.pdf": "serial numbers",
    "reportlab-eight-columns.pdf": "serial numbers and identifiers of keys",
    "typst-digits-untitled.pdf": "identifiers of keys",
    "typst-key-identifiers.pdf": "identifiers of keys",
    "typst-records-above.pdf": "serial numbers",
    "weasyprint-records.pdf": "serial numbers",
    "weasyprint-merged-cells.pdf": "serial numbers",
    "weasyprint-name-lines.pdf": "serial numbers",
}
"""These have other numbers of forty digits, too."""


class Entry(NamedTuple):
    page: int
    release: str
    fingerprint: str
    fingerprint_sha256: str | None
    subject: str


class Truth(NamedTuple):
    """What is to be read. If there is something ``reported``, problems name it, of any kind."""

    entries: list[Entry]
    problems: list[tuple[str, int]]
    reported: list[str]


def truth_of(document: Path) -> Truth:
    """What the generator says: the entries in order, kind and page of each problem."""
    if document in SAMPLES:
        with document.with_suffix(".truth.csv").open(encoding="utf-8", newline="") as file:
            return Truth([entry_of(row) for row in csv.DictReader(file)], [], [])
    truth = json.loads(document.with_suffix(".truth.json").read_text("utf-8"))
    problems = sorted((problem["kind"], problem["page"]) for problem in truth["problems"])
    reported = [each["text"] for each in truth.get("reported", [])]
    return Truth([entry_of(entry) for entry in truth["entries"]], problems, reported)


def entry_of(row: dict[str, Any]) -> Entry:
    sha256 = row.get("fingerprint_sha256")
    release = row["release"] or ""
    return Entry(int(row["page"]), release, row["fingerprint"], sha256, row["subject"])


@cache
def read(document: Path, reader: ReaderName) -> Extraction:
    return extract(document, reader)


def name(case: Path | str) -> str:
    return case.name if isinstance(case, Path) else case


@pytest.mark.parametrize(("document", "reader"), CASES, ids=name)
def test_entries_and_problems_are_those_of_the_truth(
    document: Path, reader: ReaderName, request: pytest.FixtureRequest
) -> None:
    if document.name in AWAITED:
        request.applymarker(pytest.mark.xfail(strict=True))
    truth = truth_of(document)
    if refusal := refusal_of(document, reader):
        assert is_refused(document), refusal
        assert not unnamed(truth.reported, [refusal])
        return
    reading = read(document, reader)
    rows, problems = normalise(reading.rows)
    own = files([document]) if document.stem.startswith("bundle-") else []
    enriched = enrich(rows, [*own, Catalogue()])
    # a truth without a SHA-256 says nothing about it
    stated = any(entry.fingerprint_sha256 for entry in truth.entries)
    entries = [
        Entry(
            row.page,
            row.release,
            row.fingerprint,
            row.fingerprint_sha256 if stated else None,
            row.subject,
        )
        for row in enriched.entries.itertuples()
    ]
    assert entries == truth.entries
    found = [*reading.problems, *problems, *enriched.problems]
    if truth.reported:
        assert not unnamed(truth.reported, [f"{each.text} {each.hint}" for each in found])
    else:
        assert sorted((problem.kind, problem.page) for problem in found) == truth.problems
    assert all(problem.hint for problem in found)


def refusal_of(document: Path, reader: ReaderName) -> str:
    """Why a document is not read at all, or the empty string."""
    try:
        read(document, reader)
    except DocumentError as refusal:
        return str(refusal)
    return ""


def unnamed(texts: list[str], told: list[str]) -> list[str]:
    """Those of some texts that nothing told names, whatever stands between their characters."""
    everything = [squeezed(each) for each in told]
    return [text for text in texts if not any(squeezed(text) in each for each in everything)]


def squeezed(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())


@pytest.mark.parametrize("document", PDFS, ids=name)
def test_the_readers_give_identical_rows(document: Path) -> None:
    if is_refused(document):
        return
    first, second = read(document, "pdfplumber"), read(document, "pdfium")
    assert first.rows == second.rows
    if document.name not in AWAITED:  # there, each may report the same row in words of its own
        assert first.problems == second.problems
    assert first.document == second.document


@pytest.mark.parametrize("document", PDFS, ids=name)
def test_the_readers_agree_on_every_row(document: Path) -> None:
    if is_refused(document):
        return
    reading = read(document, "both")
    assert all(row.agreed for row in reading.rows)
    assert "readers-disagree" not in {problem.kind for problem in reading.problems}


def is_refused(document: Path) -> bool:
    """Whether nothing is to be read of a document, so that it may be refused."""
    truth = truth_of(document)
    return bool(truth.reported) and not truth.entries


# --- counted by other means ------------------------------------------------------------------


def poppler(document: Path) -> str:
    command = ["pdftotext", "-layout", str(document), "-"]
    return subprocess.run(command, check=True, capture_output=True).stdout.decode()


def pdfium(document: Path) -> str:
    with pypdfium2.PdfDocument(document) as pdf:
        return "\n".join(page.get_textpage().get_text_bounded() for page in pdf)


@pytest.mark.parametrize("text_of", [poppler, pdfium])
def test_raw_text_has_as_many_fingerprints_as_there_are_rows_and_problems(
    text_of: Callable[[Path], str],
) -> None:
    if text_of is poppler and not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not installed (Debian: poppler-utils)")
    counts: dict[str, tuple[int, int]] = {}
    for document in PDFS:
        text = text_of(document)
        unbroken = {digits.lower() for digits in FORTY_DIGITS.findall(text)}
        printed = {entry.fingerprint for entry in truth_of(document).entries}
        is_plain = not truth_of(document).reported and document.name not in OTHER_DIGITS
        if printed <= unbroken and is_plain:
            reading = read(document, "pdfium")
            rows, problems = normalise(reading.rows)
            told = sum(map(is_of_fingerprint, [*reading.problems, *problems]))
            counts[document.name] = (len(NEARLY.findall(text)), len(rows) + told)
    assert len(counts) > 25  # a fingerprint stands unbroken in this many at least
    assert {name: each for name, each in counts.items() if each[0] != each[1]} == {}


def is_of_fingerprint(problem: Problem) -> bool:
    return NEARLY.search(problem.text) is not None
