"""Documents made with reportlab (PyPI)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import reportlab
from reportlab.lib import pdfencrypt
from reportlab.lib.colors import HexColor, black
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4, landscape, letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from tests.corpus import faults, spelling, words
from tests.corpus.facts import common, key_id, serial
from tests.corpus.model import Producer, Row, mixed, rows, take

PRODUCER = Producer(f"reportlab {reportlab.Version}")

pdfmetrics.registerFont(TTFont("DejaVuSans", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"))

BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=10, leading=13, spaceAfter=6)
TITLE = ParagraphStyle("title", BODY, fontName="Helvetica-Bold", fontSize=18, leading=24)
HEADING = ParagraphStyle("heading", BODY, fontName="Helvetica-Bold", fontSize=12, leading=16)
CELL = ParagraphStyle(
    "cell", BODY, fontSize=8, leading=10, spaceAfter=0, allowOrphans=1, allowWidows=1
)
MONO = ParagraphStyle("mono", CELL, fontName="Courier", fontSize=7.5)
HEAD = ParagraphStyle("head", CELL, fontName="Helvetica-Bold")
GRID = [("GRID", (0, 0), (-1, -1), 0.5, black), ("VALIGN", (0, 0), (-1, -1), "TOP")]


class Digits(Paragraph):
    """A fingerprint that notes the page on which it begins."""

    row: Row | None = None

    def draw(self) -> None:
        if self.row is not None:
            self.row.page = self.canv.getPageNumber()
        super().draw()

    def split(self, width: float, height: float) -> list[Any]:
        parts: list[Any] = super().split(width, height)
        if parts:
            parts[0].row = self.row  # the rest begins on a later page, which is not this row's
        return parts


def digits(row: Row, style: ParagraphStyle = MONO) -> Digits:
    """Return the fingerprint of a row as a cell."""
    cell = Digits(escape(row.shown), style)
    cell.row = row
    return cell


def text(value: str, style: ParagraphStyle = CELL) -> Paragraph:
    """Return any text as a cell."""
    return Paragraph(escape(value), style)


def date(row: Row, end: bool = True) -> str:
    """Return a date of validity as `30 May 2020`."""
    certificate = row.certificate
    when = certificate.not_valid_after_utc if end else certificate.not_valid_before_utc
    return f"{when.day} {when:%b %Y}"


def table(
    head: Sequence[str], body: list[list[Any]], widths: Sequence[float], style: Iterable[Any] = GRID
) -> Table:
    """Return a table whose header repeats and whose rows break across pages."""
    cells = [[text(h, HEAD) for h in head], *body]
    made = Table(cells, colWidths=widths, repeatRows=1, splitByRow=0, splitInRow=1)
    made.setStyle(list(style))
    return made


def front(release: str | None) -> list[Any]:
    """Return a title and an introduction."""
    product = words.PRODUCT + (f", {words.heading(release)}" if release else "")
    return [
        Paragraph(words.TITLE, TITLE),
        Paragraph(product, HEADING),
        *(Paragraph(p, BODY) for p in words.INTRO),
        Spacer(1, 6),
    ]


def back() -> list[Any]:
    """Return the notes that follow a table."""
    notes = [Paragraph(f"{n}. {note}", BODY) for n, note in enumerate(words.NOTES, 1)]
    return [Spacer(1, 8), Paragraph("Notes", HEADING), *notes]


def furniture(canvas: Canvas, _document: Any, size: tuple[float, float] = letter) -> None:
    """Draw the running header and footer."""
    width, height = size
    canvas.setFont("Helvetica", 8)
    canvas.drawString(54, height - 36, words.TITLE)
    canvas.drawRightString(width - 54, height - 36, words.DOCUMENT_ID)
    canvas.drawString(54, 30, words.LEGAL)
    canvas.drawRightString(width - 54, 30, f"Page {canvas.getPageNumber()}")


def build(
    path: Path,
    story: list[Any],
    size: tuple[float, float] = letter,
    columns: int = 1,
    **options: Any,
) -> None:
    """Write a document of one kind of page, with running header and footer."""
    width, height = size
    inner = (width - 108) / columns
    frames = [
        Frame(54 + n * inner, 50, inner, height - 104, leftPadding=3, rightPadding=3)
        for n in range(columns)
    ]
    document = BaseDocTemplate(str(path), pagesize=size, invariant=1, title=words.TITLE, **options)
    page = PageTemplate("page", frames, onPage=partial(furniture, size=size))
    document.addPageTemplates([page])
    document.build(story)


# --- layouts ---------------------------------------------------------------------------------


@PRODUCER.document("reportlab-ruled.pdf", "ruled table", "standard fonts, not embedded", "notes")
def ruled(path: Path) -> list[Row]:
    found = rows(take(30, encoding="latin-1"))
    body = [[digits(r), text(r.printed)] for r in found]
    story = [*front("12.7(1)"), table(("SHA-1 fingerprint", "Subject"), body, (195, 305)), *back()]
    build(path, story)
    return found


@PRODUCER.document(
    "reportlab-split-rows.pdf",
    "rows break across pages, also within the fingerprint",
    "fingerprint wrapped over three lines",
    "colons",
    "embedded TrueType font, accents",
)
def split_rows(path: Path) -> list[Row]:
    cell = ParagraphStyle("c", CELL, fontName="DejaVuSans", fontSize=7.5)
    found = rows(take(17, 8, "utf-8"), "12.8(1)", digits=spelling.colons)
    body = [[digits(r), text(r.printed, cell)] for r in found]
    half = (landscape(A4)[0], 330)
    story = [*front("12.8(1)"), table(("Fingerprint", "Subject name"), body, (98, 190))]
    build(path, story, size=half)
    return found


@PRODUCER.document(
    "reportlab-middle.pdf",
    "cells vertically centred",
    "a row breaks so that its subject begins a page before its fingerprint",
    "columns for number and validity",
    "upper case",
)
def middle(path: Path) -> list[Row]:
    found = rows(take(24, 30, "latin-1"), digits=spelling.upper)
    body = [
        [text(str(n)), digits(r), text(r.printed), text(date(r, end=False)), text(date(r))]
        for n, r in enumerate(found, 1)
    ]
    style = [*GRID, ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
    head = ("No.", "SHA-1", "Subject", "Valid from", "Valid to")
    story = [*front("12.7(1)"), table(head, body, (28, 192, 165, 56, 56), style), *back()]
    build(path, story)
    return found


@PRODUCER.document(
    "reportlab-bottom.pdf",
    "subject before the fingerprint",
    "cells aligned at the bottom",
    "rules between rows only",
    "fingerprint wrapped over two lines",
)
def bottom(path: Path) -> list[Row]:
    found = rows(take(22, 55, "latin-1"), "12.6(1)", digits=spelling.pairs)
    body = [[text(r.printed), digits(r)] for r in found]
    style = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor("#888888")),
        ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
    ]
    story = [*front("12.6(1)"), table(("Issued to", "Thumbprint"), body, (260, 170), style)]
    build(path, story)
    return found


@PRODUCER.document(
    "reportlab-two-columns.pdf",
    "two columns on a page, each with its own table",
    "fingerprint above the subject in one cell",
)
def two_columns(path: Path) -> list[Row]:
    found = rows(take(36, 70, "latin-1"))
    body = [[[digits(r), text(r.printed)]] for r in found]
    made = table(("Root certificate",), body, (240,))
    build(path, [*front("12.7(1)"), made, *back()], columns=2)
    return found


@PRODUCER.document(
    "reportlab-releases.pdf",
    "several releases in one document, each under its heading",
    "zebra stripes",
)
def releases(path: Path) -> list[Row]:
    story: list[Any] = [Paragraph(words.TITLE, TITLE), Paragraph(words.PRODUCT, HEADING)]
    story += [Paragraph(p, BODY) for p in words.INTRO]
    everything: list[Row] = []
    for release, count in (("12.5(1)SR3", 9), ("12.7(1)", 12), ("14.0(1)", 11)):
        found = rows(take(count, 20, "latin-1"), release)
        body = [[digits(r), text(r.printed)] for r in found]
        style = [("ROWBACKGROUNDS", (0, 1), (-1, -1), [HexColor("#eef3f8"), None])]
        story += [
            Spacer(1, 8),
            Paragraph(words.heading(release), HEADING),
            Paragraph(f"{count} root certificates.", BODY),
            table(("Fingerprint", "Subject"), body, (195, 305), [*style, *GRID[1:]]),
        ]
        everything += found
    build(path, [*story, *back()])
    return everything


@PRODUCER.document(
    "reportlab-landscape.pdf",
    "landscape",
    "issuer column beside the subject",
    "SHA-1 and SHA-256 columns, SHA-256 wrapped",
)
def wide(path: Path) -> list[Row]:
    found = rows(take(16, 90, "latin-1"), "12.8(1)", prints_sha256=True)
    small = ParagraphStyle("s", MONO, fontSize=6.5, leading=8)
    body = [
        [
            digits(r, small),
            text(r.sha256, small),
            text(r.printed),
            text(spelling.issuer(r.fingerprint)),
        ]
        for r in found
    ]
    head = ("SHA-1 fingerprint", "SHA-256 fingerprint", "Subject", "Issuer")
    story = [*front("12.8(1)"), table(head, body, (170, 140, 185, 185))]
    build(path, story, size=landscape(A4))
    return found


@PRODUCER.document("reportlab-encrypted.pdf", "encrypted with an empty user password (RC4)")
def encrypted(path: Path) -> list[Row]:
    found = rows(take(12, 100, "latin-1"))
    body = [[digits(r), text(r.printed)] for r in found]
    story = [*front("12.7(1)"), table(("SHA-1", "Subject"), body, (195, 305))]
    # reportlab derives the file's key from its /ID, which invariant=1 fixes
    lock = pdfencrypt.StandardEncryption("", ownerPassword="owner", canPrint=1, canCopy=1)
    build(path, story, encrypt=lock)
    return found


@PRODUCER.document(
    "reportlab-single.pdf", "a document of one single row", "no release named", "0x prefix"
)
def single(path: Path) -> list[Row]:
    found = rows(take(1, 112, "latin-1"), None, digits=spelling.prefixed)
    body = [[digits(r), text(r.printed)] for r in found]
    build(path, [*front(None), table(("Fingerprint", "Subject"), body, (210, 290)), *back()])
    return found


@PRODUCER.document(
    "reportlab-prose.pdf",
    "justified text",
    "plain flowing lines: a row is a paragraph, fingerprint first",
    "page break within a paragraph",
)
def prose(path: Path) -> list[Row]:
    justified = ParagraphStyle("j", BODY, alignment=TA_JUSTIFY, allowOrphans=1, allowWidows=1)
    found = rows(take(32, 113, "latin-1"))
    story = front("12.7(1)")
    for row in found:
        paragraph = Digits(f"{row.shown} {escape(row.printed)}", justified)
        paragraph.row = row
        story.append(paragraph)
    build(path, [*story, PageBreak(), *back()])
    return found


@PRODUCER.document(
    "reportlab-line-numbers.pdf",
    "every line of the page has its number in the margin",
    "plain flowing lines: the fingerprint on a line, the subject on the next ones",
)
def line_numbers(path: Path) -> list[Row]:
    found = rows(take(26, 41, "latin-1"))
    canvas = Canvas(str(path), pagesize=letter, invariant=1)
    lines: list[tuple[str, Row | None]] = [(words.heading("12.7(1)"), None)]
    for row in found:
        lines.append((row.shown, row))
        lines.extend((part, None) for part in simpleSplit(row.printed, "Helvetica", 9, 380))
    for number, (shown, row) in enumerate(lines):
        if number % 44 == 0:
            if number:
                canvas.showPage()
            furniture(canvas, None)
        y = letter[1] - 80 - 14 * (number % 44)
        canvas.setFont("Helvetica", 9)
        canvas.drawRightString(72, y, str(number + 1))
        canvas.drawString(90, y, shown)
        if row:
            row.page = canvas.getPageNumber()
    canvas.save()
    return found


@PRODUCER.document(
    "reportlab-letters.pdf",
    "a letter over each part of an alphabetic list, across the table",
    "ruled table",
)
def letters(path: Path) -> list[Row]:
    found = sorted(rows(take(40, 7, "latin-1")), key=lambda row: initial(row).casefold())
    body: list[list[Any]] = []
    spans: list[Any] = []
    for first, group in groupby(found, key=initial):
        spans.append(("SPAN", (0, len(body) + 1), (-1, len(body) + 1)))
        body.append([text(first, HEAD), ""])
        body.extend([digits(row), text(row.printed)] for row in group)
    head = ("SHA-1 fingerprint", "Subject")
    made = table(head, body, (195, 305), [*GRID, *spans])
    build(path, [*front("12.7(1)"), made, *back()])
    return found


def initial(row: Row) -> str:
    """Return the first letter of what a root is called."""
    return row.printed.split("=")[-1].strip()[0].upper()


# --- problems --------------------------------------------------------------------------------


def _faulty(path: Path, fault: str) -> list[Row]:
    found = faults.ALL[fault][1]()
    body: list[list[Any]] = []
    style = list(GRID)
    for n, row in enumerate(found, 1):
        if row.shown:
            body.append([digits(row), text(row.printed)])
        else:
            whole = Digits(escape(row.printed), CELL)
            whole.row = row
            body.append([whole, ""])
            style.append(("SPAN", (0, n), (1, n)))
    release = found[0].release
    head = ("SHA-1 fingerprint", "Subject")
    build(path, [*front(release), table(head, body, (195, 305), style), *back()])
    return found


for _fault in ("length", "repeated", "stray", "truncated"):
    PRODUCER.document(f"problem-{_fault}.pdf", faults.ALL[_fault][0])(
        partial(_faulty, fault=_fault)
    )


# --- more than one number a row, more than one list a page ---------------------------------------


@PRODUCER.document(
    "reportlab-eight-columns.pdf",
    "eight columns: number, name, serial number, subject, key identifier, SHA-1, validity",
    "half of the roots are in no catalogue",
)
def eight_columns(path: Path) -> list[Row]:
    found = rows(mixed(10, 33), "12.8(1)", digits=spelling.upper)
    body = [
        [
            text(str(n)),
            text(common(row)),
            text(serial(row).upper(), MONO),
            text(row.printed),
            text(key_id(row).upper(), MONO),
            digits(row),
            text(date(row, end=False)),
            text(date(row)),
        ]
        for n, row in enumerate(found, 1)
    ]
    head = ("No.", "Name", "Serial number", "Subject", "Key identifier", "SHA-1", "From", "To")
    widths = (24, 90, 106, 150, 106, 106, 52, 52)
    size = landscape(letter)
    build(path, [*front("12.8(1)"), table(head, body, widths)], size)
    return found


@PRODUCER.document(
    "reportlab-three-beside.pdf",
    "three lists side by side on landscape pages, fingerprint over subject, no rules",
    "half of the roots are in no catalogue",
)
def three_beside(path: Path) -> list[Row]:
    found = rows(mixed(12, 71), "12.8(1)")
    lists = [found[at : at + 8] for at in (0, 8, 16)]
    small = ParagraphStyle("small", CELL, fontSize=7, leading=8.6)
    mono = ParagraphStyle("small mono", MONO, fontSize=7, leading=8.6)
    cells = [[[digits(row, mono), text(row.printed, small)] for row in part] for part in lists]
    body = [list(line) for line in zip(*cells, strict=True)]
    made = Table(body, colWidths=(228, 228, 228))
    made.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP")])
    build(path, [*front("12.8(1)"), made], landscape(letter))
    return found
