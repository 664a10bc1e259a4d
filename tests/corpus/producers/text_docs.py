"""Lists as plain text and as CSV, written with the standard library."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from tests.corpus import faults, spelling, words
from tests.corpus.facts import begin, common, end, key_id, serial
from tests.corpus.model import (
    REPORTED,
    Producer,
    Row,
    mixed,
    odd_roots,
    rows,
    take,
    unlisted_roots,
)

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


# --- more digits than one ------------------------------------------------------------------------


def _csv(
    path: Path, found: list[Row], columns: dict[str, Callable[[Row], str]], mark: str = ","
) -> list[Row]:
    """Write a table of these columns."""
    lines = [[cell(row) for cell in columns.values()] for row in found]
    return write(path, found, table(tuple(columns), lines, mark, "\n"))


def _shown(row: Row) -> str:
    return row.shown


def _printed(row: Row) -> str:
    return row.printed


@PRODUCER.document(
    "text-serial-first.csv",
    "a serial number, many of 40 digits, before the fingerprint; half of the roots unknown",
)
def serial_first(path: Path) -> list[Row]:
    found = rows(mixed(8, 25), None, name=spelling.windows)
    return _csv(path, found, {"Subject": _printed, "Serial Number": serial, "SHA-1": _shown})


@PRODUCER.document(
    "text-serial-unknown.csv", "the same of roots that nobody knows; the subject after the digits"
)
def serial_unknown(path: Path) -> list[Row]:
    found = rows(unlisted_roots(), None, spelling.upper)
    serials = {"Certificate serial number": lambda row: serial(row).upper()}
    return _csv(path, found, serials | {"SHA1 Fingerprint": _shown, "Subject": _printed})


@PRODUCER.document(
    "text-four-digits.csv",
    "serial number, key identifier, authority's key identifier and thumbprint, semicolons",
    "half of the roots unknown",
)
def four_digits(path: Path) -> list[Row]:
    found = rows(mixed(8, 45), None)
    columns: dict[str, Callable[[Row], str]] = {
        "Certificate Serial Number": serial,
        "Subject": _printed,
        "Subject Key Identifier": key_id,
        "Authority Key Identifier": key_id,
        "Thumbprint": _shown,
    }
    return _csv(path, found, columns, ";")


@PRODUCER.document(
    "text-digits-untitled.csv",
    "key identifiers beside fingerprints, without titles: the known half of the roots tells",
)
def digits_untitled(path: Path) -> list[Row]:
    found = rows(mixed(8, 62), None)
    lines = [(key_id(row), row.shown, row.printed) for row in found]
    return write(path, found, table(lines[0], lines[1:], ",", "\n"))


@PRODUCER.document(
    "text-name-thumbprint-subject.tsv",
    "a common name, the thumbprint, then the subject; tabs; half of the roots unknown",
)
def name_thumbprint(path: Path) -> list[Row]:
    found = rows(mixed(8, 71), None, spelling.upper, spelling.windows)
    columns = {"Name": common, "Thumbprint": _shown, "Subject": _printed}
    return _csv(path, found, columns, "\t")


@PRODUCER.document(
    "text-key-identifiers.csv", "key identifiers, and no fingerprint at all: nothing to read"
)
def key_identifiers(path: Path) -> list[Row]:
    found = [replace(row, shown="Subject Key Identifier", problem=REPORTED) for row in _unlisted(1)]
    columns = {"Subject": _printed, "Subject Key Identifier": key_id}
    return _csv(path, found, columns)


@PRODUCER.document(
    "text-key-identifier-pairs.md", "the same as a table of Markdown, with dates, digits in pairs"
)
def key_identifiers_md(path: Path) -> list[Row]:
    title = "SubjectKeyIdentifier (SKI)"
    found = [replace(row, shown=title, problem=REPORTED) for row in _unlisted(4)]
    lines = [f"|Subject DN | {title} | notBefore | notAfter|", "|--|--|--|--|"]
    for row in found:
        digits = spelling.pairs(key_id(row))
        lines.append(f"|{row.printed}|{digits}|{begin(row):%d %B %Y}|{end(row):%d %B %Y}|")
    return write(path, found, "\n".join([*lines, ""]))


def _unlisted(count: int) -> list[Row]:
    return rows(unlisted_roots()[:count], None)


@PRODUCER.document(
    "text-table.md",
    "a table of Markdown between prose: validity, SHA-1 with colons, bold names",
    "half of the roots unknown",
)
def markdown(path: Path) -> list[Row]:
    found = rows(mixed(8, 83), None, spelling.colons)
    lines = ["# Our roots", "", *words.INTRO, ""]
    lines.append("| No. | Subject | SHA-1 fingerprint | Valid until |")
    lines.append("|:---:|---|---|---:|")
    for n, row in enumerate(found, 1):
        lines.append(f"| {n} | {row.printed} | `{row.shown}` | {end(row):%Y-%m-%d} |")
    return write(path, found, "\n".join([*lines, "", words.LEGAL, ""]))


@PRODUCER.document(
    "text-breaks-in-cells.md",
    "a table of Markdown with `<br>` between the attributes of a name: the end of a line",
    "half of the roots unknown",
)
def markdown_breaks(path: Path) -> list[Row]:
    found = rows(mixed(6, 92), None, lambda d: spelling.colons(d).lower())
    lines = ["| Fingerprint | Subject |", "|---|---|"]
    for row in found:
        lines.append(f"| {row.shown} | {row.printed.replace(', OU=', ',<br>OU=')} |")
    return write(path, found, "\n".join([*lines, ""]))


@PRODUCER.document(
    "text-breaks-other-name.md",
    "without titles, `<br>` in names; one is another root's name",
)
def markdown_other(path: Path) -> list[Row]:
    found = rows(take(5, 13), None, lambda d: spelling.colons(d).lower(), spelling.windows)
    found[2] = replace(found[2], printed=found[4].printed, problem=REPORTED)
    lines = [f"{row.printed.replace(', O=', ' <br> O = ')} | {row.shown}" for row in found]
    return write(path, found, "\n".join([*lines, ""]))


@PRODUCER.document(
    "text-status.csv", "a column that says which are trusted and which removed; half unknown"
)
def status(path: Path) -> list[Row]:
    found = rows(mixed(6, 17), None)
    said = ["trusted"] * len(found)
    for at, word in ((2, "removed"), (5, "Removed"), (9, "revoked")):
        found[at], said[at] = replace(found[at], problem=REPORTED), word
    lines = [(row.shown, row.printed, each) for row, each in zip(found, said, strict=True)]
    return write(path, found, table(("fingerprint", "subject", "status"), lines, ",", "\n"))


@PRODUCER.document(
    "text-pem-column.csv",
    "a column of certificates in PEM, SHA-256 with their names, as CCADB exports them",
    "half of the roots unknown",
)
def pem_column(path: Path) -> list[Row]:
    found = rows(mixed(5, 39), None, prints_sha256=True)
    columns: dict[str, Callable[[Row], str]] = {
        "Owner": lambda row: row.printed.split("O=")[-1].split(",")[0],
        "Common Name or Certificate Name": common,
        "SHA-256 Fingerprint": lambda row: row.sha256.upper(),
        "Trust Bits": lambda _: "Websites",
        "Distrust for TLS After Date": lambda _: "",
        "PEM Info": lambda row: "'" + row.certificate.public_bytes(Encoding.PEM).decode() + "'",
    }
    return _csv(path, found, columns)


# --- words that mislead --------------------------------------------------------------------------


@PRODUCER.document("text-label-words.txt", "names that hold words of labels: Valid, Issued, Serial")
def label_words(path: Path) -> list[Row]:
    found = rows(unlisted_roots(), "12.7(1)")
    lines = [f"Trust list of firmware {found[0].release}"]
    lines += [f"{row.shown} {row.printed}" for row in found]
    return write(path, found, "\n".join([*lines, ""]))


@PRODUCER.document(
    "text-removed-title.txt", "a title that tells of the past; it governs no row of the list"
)
def removed_title(path: Path) -> list[Row]:
    found = rows(mixed(6, 27), "14.1(1)")
    head = "Certificate Authority Trust List, firmware 14.1(1), expired certificates removed"
    lines = [f"{row.shown}  {row.printed}" for row in found]
    return write(path, found, "\n".join([head, "", *lines, ""]))


@PRODUCER.document(
    "text-removed-section.txt", "a heading that says that what follows is removed, at the end"
)
def removed_section(path: Path) -> list[Row]:
    found = rows(mixed(6, 54), "14.1(1)")
    found[-3:] = [replace(row, problem=REPORTED) for row in found[-3:]]
    lines = ["Trusted root certificates of firmware 14.1(1)", ""]
    lines += [f"{row.shown}  {row.printed}" for row in found[:-3]]
    lines += ["", "Removed root certificates", ""]
    lines += [f"{row.shown}  {row.printed}" for row in found[-3:]]
    return write(path, found, "\n".join([*lines, ""]))


@PRODUCER.document(
    "text-two-on-a-line.txt", "a line that two rows share, among others; half of the roots unknown"
)
def two_on_a_line(path: Path) -> list[Row]:
    found = rows(mixed(6, 73), None)
    lines = [f"{row.shown}  {row.printed}" for row in found]
    lines[3:5] = ["   ".join(lines[3:5])]
    lines[7:10] = [" ".join(lines[7:10])]
    return write(path, found, "\n".join([*lines, ""]))


@PRODUCER.document(
    "text-records-bars.txt",
    "records whose labels stand before a bar: DN, serial number, SHA-1; half of the roots unknown",
)
def records_bars(path: Path) -> list[Row]:
    found = rows(mixed(7, 81), None, name=spelling.rfc4514)
    lines = []
    for row in found:
        lines += [f"DN            |  {row.printed}", f"Serial        |  {serial(row)}"]
        lines += [f"SHA-1 Hash    |  {row.shown}", ""]
    return write(path, found, "\n".join(lines))


@PRODUCER.document(
    "text-records-two-digests.txt",
    "records of subject, SHA-256 and SHA-1, in running lines; half of the roots unknown",
)
def records_digests(path: Path) -> list[Row]:
    found = rows(mixed(7, 94), None, spelling.colons, prints_sha256=True)
    lines = []
    for row in found:
        lines += [f"Subject: {row.printed}"]
        lines += [f"SHA256 Fingerprint: {spelling.colons(row.sha256)}"]
        lines += [f"SHA1 Fingerprint: {row.shown}"]
    return write(path, found, "\n".join([*lines, ""]))


@PRODUCER.document("problem-rows.csv", "several faults in one file")
def problem_rows(path: Path) -> list[Row]:
    found = faults.mixture()
    for row in found:
        row.release = None
    lines = ((row.shown, row.printed) for row in found)
    return write(path, found, table(("Fingerprint", "Subject"), lines, ",", "\n"))
