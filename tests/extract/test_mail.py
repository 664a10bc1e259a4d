"""Lists within something else: the body of a mail, what ``diff`` prints, release notes."""

from __future__ import annotations

import difflib
from email.message import EmailMessage
from pathlib import Path

import pytest

from pipeline.extract import Extraction, extract

ROWS = [
    ("0badc0de" * 5, "C=XX, O=Zażółć Trust, Inc., CN=Nobody Root = 1"),
    ("0badf00d" * 5, "C=YY, O=Somebody, OU=A unit whose name is rather long, CN=Root"),
    ("5eedc0de" * 5, "C=ZZ, O=Körfez A.Ş., CN=Körfez Root"),
]


def read(path: Path, data: bytes) -> Extraction:
    path.write_bytes(data)
    return extract(path, limits=None, known={})


def pairs(reading: Extraction) -> list[tuple[str, str]]:
    return [(row.fingerprint, row.subject) for row in reading.rows]


def mail(encoding: str, *, has_page: bool, has_file: bool) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "pki@example.org", "phones@example.org"
    message["Subject"], message["Message-ID"] = "Roots", "<1@example.org>"
    text = "\n".join(f"{digits} {subject}" for digits, subject in ROWS)
    message.set_content(f"The roots:\n\n{text}\n", cte=encoding)
    if has_page:
        cells = "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in ROWS)
        page = f"<table><tr><th>SHA-1</th><th>Subject</th></tr>{cells}</table>"
        message.add_alternative(page, subtype="html", cte=encoding)
    if has_file:
        message.add_attachment(b"SHA-1,Subject", "text", "csv", filename="more.csv")
    return message.as_bytes()


@pytest.mark.parametrize("has_page", [True, False])
@pytest.mark.parametrize("encoding", ["quoted-printable", "base64"])
def test_the_body_of_a_mail(encoding: str, has_page: bool, tmp_path: Path) -> None:
    reading = read(tmp_path / "a.eml", mail(encoding, has_page=has_page, has_file=False))
    assert pairs(reading) == ROWS
    assert reading.problems == []


def test_an_attachment_is_told(tmp_path: Path) -> None:
    reading = read(tmp_path / "a.eml", mail("base64", has_page=True, has_file=True))
    assert pairs(reading) == ROWS
    assert [problem.text for problem in reading.problems] == ["more.csv"]


def test_lines_that_a_mail_quotes(tmp_path: Path) -> None:
    lines = [f"> > {digits}\n> >   {subject}\n> >" for digits, subject in ROWS]
    assert pairs(read(tmp_path / "a.txt", "\n".join(["Hi,", *lines, ""]).encode())) == ROWS


@pytest.mark.parametrize("is_unified", [True, False])
def test_what_a_change_takes_out_is_not_loaded(is_unified: bool, tmp_path: Path) -> None:
    old, new = ([" ".join(row) for row in rows] for rows in (ROWS[:2], [ROWS[0], ROWS[2]]))
    if is_unified:
        lines = [*difflib.unified_diff(old, new, "a.txt", "b.txt", lineterm="")]
    else:
        lines = ["2c2", f"< {old[1]}", "---", f"> {new[1]}"]
    reading = read(tmp_path / "a.diff", "\n".join([*lines, ""]).encode())
    assert pairs(reading) == ([ROWS[0], ROWS[2]] if is_unified else [ROWS[2]])
    assert [problem.text for problem in reading.problems] == [old[1]]


@pytest.mark.parametrize("line", ["- {}: {} (SHA-1 `{}`)", "{}: {} (SHA-1 {})", "* {} {} ({})"])
def test_lines_of_release_notes(line: str, tmp_path: Path) -> None:
    words = ("Added", "Removed", "Added")
    notes = [line.format(word, row[1], row[0]) for word, row in zip(words, ROWS, strict=True)]
    path = tmp_path / "notes.md"
    reading = read(path, "\n".join(["Release 14.2(1)", "", *notes, ""]).encode())
    assert pairs(reading) == [ROWS[0], ROWS[2]]
    assert [problem.text for problem in reading.problems] == [notes[1]]


@pytest.mark.parametrize(
    "command",
    [
        "certutil -delstore Root {}",
        "security delete-certificate -Z {}",
        "delete from roots where x={}",
    ],
)
def test_what_a_command_deletes_is_no_row(command: str, tmp_path: Path) -> None:
    lines = [f"{command.format(digits)} # {subject}" for digits, subject in ROWS]
    reading = read(tmp_path / "a.cmd", "\n".join([*lines, ""]).encode())
    assert reading.rows == []
    assert [problem.text for problem in reading.problems][:3] == lines


def test_what_a_log_says_was_not_added_is_no_row(tmp_path: Path) -> None:
    words = ("INFO Imported certificate", "WARN Skipping expired certificate", "INFO added")
    lines = [
        f"2026-03-03 10:11:1{at} {word} {subject} [SHA-1 {digits}]"
        for at, (word, (digits, subject)) in enumerate(zip(words, ROWS, strict=True))
    ]
    reading = read(tmp_path / "a.log", "\n".join([*lines, ""]).encode())
    assert pairs(reading) == [ROWS[0], ROWS[2]]
    assert [problem.text for problem in reading.problems] == [lines[1]]


@pytest.mark.parametrize(
    "line", ["Label: value\r\n", "# ", "#\n# ", " ", "\t"], ids=["label", "#", "#s", "blank", "tab"]
)
def test_what_repeats_takes_no_longer_than_it_should(line: str, tmp_path: Path) -> None:
    """An expression that tries all ways to part a text would take years for these."""
    text = "\n".join(f"{digits}  {subject}" for digits, subject in ROWS)
    found = read(tmp_path / "list.txt", f"{line * 2000}x\n\n{text}\n".encode())
    assert [digits for digits, _ in pairs(found)] == [digits for digits, _ in ROWS]
