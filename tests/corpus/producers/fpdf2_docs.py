"""Documents made with fpdf2 (PyPI)."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import fpdf
from fpdf.enums import Align, TableBordersLayout, TableCellFillMode
from fpdf.fonts import FontFace

from tests.corpus import facts, faults, spelling, words
from tests.corpus.facts import serial
from tests.corpus.model import REPORTED, Producer, Row, mixed, rows, take

PRODUCER = Producer(f"fpdf2 {fpdf.FPDF_VERSION}")
DEJAVU = "/usr/share/fonts/truetype/dejavu/DejaVuSansCondensed.ttf"
NO_BREAK, SOFT_HYPHEN = "\N{NO-BREAK SPACE}", "\N{SOFT HYPHEN}"


class Page(fpdf.FPDF):
    """A document with running header and footer."""

    release: str | None = "12.7(1)"

    def __init__(self, *args: Any, **options: Any) -> None:
        self.watched: dict[str, Row] = {}
        super().__init__(*args, **options)

    def multi_cell(self, *args: Any, **options: Any) -> Any:
        """Write a cell; if it is a watched fingerprint, note the page."""
        text = options.get("text", args[2] if len(args) > 2 else "")
        if text in self.watched and not options.get("dry_run"):
            self.watched[text].page = self.page_no()
        return super().multi_cell(*args, **options)

    def header(self) -> None:
        self.set_font("Helvetica", size=8)
        self.set_y(8)
        self.cell(95, 5, words.TITLE)
        self.cell(0, 5, words.DATE, align=Align.R)
        self.ln(9)

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font("Helvetica", size=7)
        self.cell(140, 5, words.LEGAL)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align=Align.R)

    def intro(self) -> None:
        """Write a title and an introduction."""
        self.set_font("Helvetica", "B", 16)
        self.cell(0, 9, words.TITLE, new_x="LMARGIN", new_y="NEXT")
        self.set_font("Helvetica", size=11)
        product = words.PRODUCT + (f", {words.heading(self.release)}" if self.release else "")
        self.cell(0, 7, product, new_x="LMARGIN", new_y="NEXT")
        self.set_font("Helvetica", size=10)
        for paragraph in words.INTRO:
            self.multi_cell(0, 5, paragraph, align=Align.L, new_x="LMARGIN", new_y="NEXT")
            self.ln(2)

    def notes(self) -> None:
        """Write the notes at the end."""
        self.ln(4)
        self.set_font("Helvetica", "B", 11)
        self.cell(0, 7, "Notes", new_x="LMARGIN", new_y="NEXT")
        self.set_font("Helvetica", size=9)
        for note in words.NOTES:
            self.multi_cell(0, 4.6, f"- {note}", align=Align.L, new_x="LMARGIN", new_y="NEXT")


def begin(release: str | None = "12.7(1)", **options: str) -> Page:
    """Start a document, with the same bytes each time."""
    page = Page(**options)
    page.release = release
    page.set_creation_date(datetime.datetime(2019, 12, 4, tzinfo=datetime.UTC))
    page.set_auto_page_break(auto=True, margin=18)
    page.set_title(words.TITLE)
    page.add_page()
    page.intro()
    return page


def record(page: Page, row: Row, height: float, write: Callable[[], None]) -> None:
    """Write a row that must not begin on one page and end on the next, and note its page."""
    if page.will_page_break(height):
        page.add_page()
    row.page = page.page_no()
    write()


# --- layouts ---------------------------------------------------------------------------------


@PRODUCER.document(
    "fpdf2-zebra.pdf",
    "no rules, zebra stripes",
    "colons",
    'names as OpenSSL 1.1 prints them: `C = SE, O = "Entrust, Inc."`',
)
def zebra(path: Path) -> list[Row]:
    found = rows(take(28, 2), digits=spelling.colons, name=spelling.oneline)
    page = begin()
    page.set_font("Helvetica", size=7.5)
    with page.table(
        borders_layout=TableBordersLayout.NONE,
        cell_fill_color=(232, 238, 244),
        cell_fill_mode=TableCellFillMode.ROWS,
        col_widths=(86, 104),
        line_height=4.2,
        text_align=Align.L,
        headings_style=FontFace(emphasis="B"),
    ) as table:
        table.row(("Fingerprint", "Subject"))
        for row in found:
            table.row((row.shown, row.printed))
            page.watched[row.shown] = row
    page.notes()
    page.output(str(path))
    return found


@PRODUCER.document(
    "fpdf2-lines.pdf",
    "plain flowing lines: the fingerprint on one line, the subject on the next, indented",
    "upper case, groups of four",
    "numbered rows",
)
def lines(path: Path) -> list[Row]:
    found = rows(take(30, 40), "12.8(1)", digits=spelling.fours)
    page = begin("12.8(1)")
    for number, row in enumerate(found, 1):

        def write(number: int = number, row: Row = row) -> None:
            page.set_font("Courier", size=10)
            page.cell(0, 5, f"{number:>2}. {row.shown}", new_x="LMARGIN", new_y="NEXT")
            page.set_font("Helvetica", size=9)
            page.set_x(20)
            page.multi_cell(0, 4.4, row.printed, align=Align.L, new_x="LMARGIN", new_y="NEXT")
            page.ln(1.5)

        record(page, row, 16, write)
    page.notes()
    page.output(str(path))
    return found


@PRODUCER.document(
    "fpdf2-justified.pdf",
    "justified text (word spacing)",
    "subject before the fingerprint in running lines",
    "letter size",
)
def justified(path: Path) -> list[Row]:
    found = rows(take(26, 75), digits=spelling.upper)
    page = begin(format="letter")
    for row in found:

        def write(row: Row = row) -> None:
            page.set_font("Times", size=10.5)
            text = f"Subject: {row.printed} SHA-1 fingerprint: {row.shown}"
            page.multi_cell(0, 5, text, align=Align.J, new_x="LMARGIN", new_y="NEXT")
            page.ln(2)

        record(page, row, 18, write)
    page.output(str(path))
    return found


@PRODUCER.document(
    "fpdf2-letter-spacing.pdf", "letter-spaced fingerprint and headings", "rows without rules"
)
def letter_spacing(path: Path) -> list[Row]:
    found = rows(take(24, 100), digits=spelling.upper)
    page = begin()
    for row in found:

        def write(row: Row = row) -> None:
            page.set_font("Helvetica", size=8)
            page.set_char_spacing(1.6)
            page.cell(100, 4.4, row.shown)
            page.set_char_spacing(0)
            page.multi_cell(0, 4.4, row.printed, align=Align.L, new_x="LMARGIN", new_y="NEXT")
            page.ln(1.6)

        record(page, row, 20, write)
    page.notes()
    page.output(str(path))
    return found


@PRODUCER.document(
    "fpdf2-fake-bold.pdf",
    "fingerprints and headings drawn twice with an offset (fake bold)",
    "names as OpenSSL 0.9 prints them: `/C=SE/O=AddTrust AB`",
)
def fake_bold(path: Path) -> list[Row]:
    found = rows(take(24, 10), name=spelling.slashes)
    page = begin()

    def twice(text: str, width: float) -> None:
        x, y = page.get_x(), page.get_y()
        page.cell(width, 4.6, text)
        page.set_xy(x + 0.12, y)
        page.cell(width, 4.6, text)
        page.set_xy(x + width, y)

    page.set_font("Helvetica", size=9)
    twice("SHA-1 fingerprint", 84)
    twice("Subject", 100)
    page.ln(6)
    for row in found:

        def write(row: Row = row) -> None:
            page.set_font("Courier", size=9)
            twice(row.shown, 84)
            page.set_font("Helvetica", size=8)
            page.multi_cell(0, 4.6, row.printed, align=Align.L, new_x="LMARGIN", new_y="NEXT")
            page.ln(1)

        record(page, row, 18, write)
    page.output(str(path))
    return found


@PRODUCER.document(
    "fpdf2-rotated-content.pdf", "content drawn turned by 90 degrees on an upright page", "rules"
)
def rotated_content(path: Path) -> list[Row]:
    found = rows(take(34, 60), "12.6(1)")
    page = fpdf.FPDF(format="A4")
    page.set_creation_date(datetime.datetime(2019, 12, 4, tzinfo=datetime.UTC))
    page.set_auto_page_break(auto=False)
    for start in range(0, len(found), 17):
        page.add_page()
        with page.rotation(90, 105, 148.5):
            # The turned page is 297 wide and 210 high, about the same centre.
            left, top = 105 - 148.5 + 15, 148.5 - 105 + 12
            page.set_font("Helvetica", "B", 12)
            page.text(left, top, f"{words.TITLE}, {words.heading('12.6(1)')}")
            page.set_font("Helvetica", size=8)
            page.text(left, top + 184, f"{words.LEGAL} Page {page.page_no()}")
            page.text(left, top + 8, "SHA-1 fingerprint")
            page.text(left + 72, top + 8, "Subject")
            for n, row in enumerate(found[start : start + 17]):
                y = top + 15 + 9.5 * n
                page.line(left, y - 5, left + 265, y - 5)
                page.text(left, y, row.shown)
                for line_number, part in enumerate(textwrap.wrap(row.printed, 110)):
                    page.text(left + 72, y + 3.6 * line_number, part)
                row.page = page.page_no()
    page.output(str(path))
    return found


@PRODUCER.document(
    "fpdf2-invisible-characters.pdf",
    "no-break spaces between words of a name, soft hyphens within words",
    "accents",
    "embedded TrueType font",
)
def invisible(path: Path) -> list[Row]:
    def name(fingerprint: str) -> str:
        spelled = spelling.oneline_utf8(fingerprint).replace(" = ", "=")
        spelled = spelled.replace("CA ", f"CA{NO_BREAK}").replace("Root ", f"Root{NO_BREAK}")
        return spelled.replace("Certification", f"Certi{SOFT_HYPHEN}fication")

    found = [row for row in rows(take(40, 0, "utf-8"), name=name) if '"' not in row.printed][:22]
    page = begin()
    page.add_font("DejaVu", fname=DEJAVU)
    for row in found:

        def write(row: Row = row) -> None:
            page.set_font("Courier", size=8)
            page.cell(74, 4.4, row.shown)
            page.set_font("DejaVu", size=8)
            page.multi_cell(0, 4.4, row.printed, align=Align.L, new_x="LMARGIN", new_y="NEXT")
            page.ln(1.2)

        record(page, row, 20, write)
    page.output(str(path))
    return found


# --- problems --------------------------------------------------------------------------------


def _faulty(path: Path, fault: str) -> list[Row]:
    found = faults.ALL[fault][1]()
    page = begin(found[0].release)
    for row in found:

        def write(row: Row = row) -> None:
            page.set_font("Courier", size=8)
            page.cell(74, 4.4, row.shown)
            page.set_font("Helvetica", size=8)
            page.multi_cell(0, 4.4, row.printed, align=Align.L, new_x="LMARGIN", new_y="NEXT")
            page.ln(1.2)

        record(page, row, 20, write)
    page.notes()
    page.output(str(path))
    return found


for _fault in ("digit-off", "other-subject"):
    PRODUCER.document(f"problem-{_fault}.pdf", faults.ALL[_fault][0])(
        partial(_faulty, fault=_fault)
    )


# --- what tools print, and lists side by side ----------------------------------------------------


@PRODUCER.document(
    "fpdf2-viewer.pdf",
    "what a certificate viewer prints, in Courier: issuer, serial number, dates, MD5, SHA-1, "
    "SHA-256 of each root",
    "half of the roots are in no catalogue",
)
def viewer(path: Path) -> list[Row]:
    found = rows(mixed(8, 18), "12.7(1)", spelling.colons, spelling.rfc4514, prints_sha256=True)
    page = begin()
    page.set_font("Courier", size=6.5)
    for row in found:
        lines = [
            f"Owner: {row.printed}",
            f"Issuer: {row.printed}",
            f"Serial number: {serial(row)}",
            f"Valid from: {facts.begin(row):%a %b %d %H:%M:%S UTC %Y} "
            f"until: {facts.end(row):%a %b %d %H:%M:%S UTC %Y}",
            "Certificate fingerprints:",
            f"     MD5:  {spelling.colons(row.der.hex()[40:72])}",
            f"     SHA1: {row.shown}",
            f"     SHA256: {spelling.colons(row.sha256)}",
        ]

        def write(lines: list[str] = lines) -> None:
            for line in lines:
                page.multi_cell(0, 3.2, line, align=Align.L, new_x="LMARGIN", new_y="NEXT")
            page.ln(3)

        record(page, row, 3.2 * 10, write)
    page.output(str(path))
    return found


@PRODUCER.document(
    "fpdf2-beside.pdf",
    "two lists side by side in running lines, the right one a little lower",
    "half of the roots are in no catalogue",
)
def beside(path: Path) -> list[Row]:
    found = rows(mixed(9, 47), "12.7(1)", digits=spelling.upper)
    page = begin()
    page.set_font("Helvetica", size=7)
    top, left = page.get_y(), page.l_margin
    for part, x, down in ((found[:9], left, 0.0), (found[9:], left + 98, 1.3)):
        page.set_left_margin(x)
        page.set_xy(x, top + down)
        for row in part:
            row.page = page.page_no()
            for line in (row.shown, row.printed):
                page.multi_cell(88, 3.6, line, align=Align.L, new_x="LMARGIN", new_y="NEXT")
            page.ln(1.5)
    page.output(str(path))
    return found


@PRODUCER.document(
    "fpdf2-removed-section.pdf",
    "a table under the heading `Removed from this release`, after the list: reported",
    "half of the roots are in no catalogue",
)
def removed_section(path: Path) -> list[Row]:
    found = rows(mixed(8, 88), "12.8(1)")
    found[-4:] = [replace(row, problem=REPORTED) for row in found[-4:]]
    page = begin("12.8(1)")
    page.watched |= {row.shown: row for row in found}
    for head, part in (("", found[:-4]), ("Removed from this release", found[-4:])):
        if head:
            page.ln(6)
            page.set_font("Helvetica", "B", 11)
            page.cell(0, 7, head, new_x="LMARGIN", new_y="NEXT")
        page.set_font("Helvetica", size=7.5)
        options = {"col_widths": (74, 116), "line_height": 4.2, "text_align": Align.L}
        with page.table(headings_style=FontFace(emphasis="B"), **options) as table:
            table.row(("SHA-1", "Subject"))
            for row in part:
                table.row((row.shown, row.printed))
    page.output(str(path))
    return found


@PRODUCER.document(
    "fpdf2-even-rows.pdf",
    "a ruled table whose lines are as far apart as its rows: justified, cells in the middle",
    "half of the roots are in no catalogue",
)
def even_rows(path: Path) -> list[Row]:
    found = rows(mixed(10, 67), "12.7(1)", digits=spelling.fours)
    page = begin()
    page.add_font("DejaVu", fname=DEJAVU)
    page.add_font("DejaVu", "B", fname=DEJAVU)
    page.set_font("DejaVu", size=8)
    page.watched |= {row.shown: row for row in found}
    with page.table(col_widths=(10, 62, 26, 60), line_height=6) as table:
        table.row(("No.", "Distinguished name", "Valid until", "Fingerprint (SHA-1)"))
        for number, row in enumerate(found, 1):
            table.row((str(number), row.printed, f"{facts.end(row):%Y-%m-%d}", row.shown))
    page.output(str(path))
    return found
