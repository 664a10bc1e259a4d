"""Lists as plain text and as CSV, written with the standard library."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.corpus import faults, spelling, words
from tests.corpus.model import Producer, Row, odd_roots, rows, take

PRODUCER = Producer("Python's csv and text files")


def write(path: Path, found: list[Row], text: str, encoding: str = "utf-8") -> list[Row]:
    """Write a text; it has one page."""
    path.write_bytes(text.encode(encoding))
    for row in found:
        row.page = 1
    return found


def table(head: Sequence[str], lines: Iterable[Sequence[str]], delimiter: str, end: str) -> str:
    """Return delimited lines, quoted where RFC 4180 asks for it."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=end)
    writer.writerow(head)
    writer.writerows(lines)
    return buffer.getvalue()


@PRODUCER.document("text-tab.txt", "title and prose, then lines with a tab")
def tab(path: Path) -> list[Row]:
    found = rows(take(24, 3, "utf-8"))
    head = [words.TITLE, f"{words.PRODUCT}, {words.heading('12.7(1)')}", "", *words.INTRO, ""]
    lines = [f"{row.shown}\t{row.printed}" for row in found]
    text = "\n".join([*head, "Fingerprint\tSubject", *lines, "", words.LEGAL, ""])
    return write(path, found, text)


@PRODUCER.document("text-columns.txt", "columns of spaces, subjects wrapped under their column")
def columns(path: Path) -> list[Row]:
    found = rows(take(24, 33), "12.8(1)", digits=spelling.colons)
    lines = [words.TITLE, words.heading("12.8(1)"), "", f"{'SHA-1':<61}Subject", "-" * 110]
    for row in found:
        for n, part in enumerate(spelling.wrapped(row.printed, 50)):
            lines.append(f"{row.shown if n == 0 else '':<61}{part}")
    return write(path, found, "\n".join([*lines, "-" * 110, words.LEGAL, ""]))


@PRODUCER.document(
    "text-openssl.txt",
    "what `openssl x509 -fingerprint -sha1 -subject` prints, one certificate after the other",
    "odd names",
)
def openssl(path: Path) -> list[Row]:
    found = rows([*odd_roots(), *take(10, 60)], None, spelling.colons, spelling.oneline)
    blocks = (f"SHA1 Fingerprint={row.shown}\nsubject={row.printed}\n" for row in found)
    return write(path, found, "".join(blocks))


@PRODUCER.document("text-comma.csv", "comma, quotes, CR LF; validity and issuer columns")
def comma(path: Path) -> list[Row]:
    found = rows(take(30, 50, "utf-8"), None, digits=spelling.upper)
    lines = (
        (
            row.shown,
            row.printed,
            spelling.issuer(row.fingerprint),
            f"{row.certificate.not_valid_before_utc:%Y-%m-%d}",
            f"{row.certificate.not_valid_after_utc:%Y-%m-%d}",
        )
        for row in found
    )
    head = ("SHA-1 Fingerprint", "Subject", "Issuer", "Not Before", "Not After")
    return write(path, found, table(head, lines, ",", "\r\n"))


@PRODUCER.document(
    "text-semicolon.csv", "semicolon, byte order mark, accents; subject before the fingerprint"
)
def semicolon(path: Path) -> list[Row]:
    found = rows(take(30, 0, "utf-8"), None, digits=spelling.pairs)
    lines = ((str(n), row.printed, row.shown) for n, row in enumerate(found, 1))
    text = table(("No.", "Subject", "Thumbprint"), lines, ";", "\r\n")
    return write(path, found, text, "utf-8-sig")


@PRODUCER.document("text-utf16.txt", "tabs in UTF-16, as spreadsheets save `Unicode text`")
def utf16(path: Path) -> list[Row]:
    found = rows(take(20, 80, "utf-8"), None)
    lines = ((row.shown, row.printed) for row in found)
    return write(path, found, table(("Fingerprint", "Subject"), lines, "\t", "\r\n"), "utf-16")


@PRODUCER.document("text-latin1.csv", "comma, ISO 8859-1, no header row")
def latin1(path: Path) -> list[Row]:
    accented = ["2e14daec28f0fa1e8e389a4eabeb26c00ad383c3"]
    found = rows([*accented, *take(14, 100)], None)
    lines = [(row.shown, row.printed) for row in found]
    return write(path, found, table(lines[0], lines[1:], ",", "\n"), "latin-1")


@PRODUCER.document("text-releases.csv", "a column for the release; SHA-256 beside SHA-1")
def releases(path: Path) -> list[Row]:
    found = [
        row
        for release, count in (("12.6(1)", 8), ("12.7(1)", 10), ("12.8(1)", 9))
        for row in rows(take(count, 90), release, prints_sha256=True)
    ]
    lines = ((row.release or "", row.sha256, row.shown, row.printed) for row in found)
    head = ("Firmware release", "SHA-256", "SHA-1", "Subject")
    return write(path, found, table(head, lines, ",", "\n"))


@PRODUCER.document("problem-rows.csv", "several faults in one file")
def problem_rows(path: Path) -> list[Row]:
    found = faults.mixture()
    for row in found:
        row.release = None
    lines = ((row.shown, row.printed) for row in found)
    return write(path, found, table(("Fingerprint", "Subject"), lines, ",", "\n"))
