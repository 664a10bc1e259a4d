"""Documents drawn with cairo (PyPI: cairocffi)."""

from __future__ import annotations

import datetime
from pathlib import Path

import cairocffi as cairo

from tests.corpus import spelling, words
from tests.corpus.model import Producer, Row, chunks, rows, take

PRODUCER = Producer(f"cairo {cairo.cairo_version_string()}")
WIDTH, HEIGHT = 595, 842


class Sheet:
    """A document on which text is placed at points, in points from the upper left."""

    def __init__(self, path: Path, width: float = WIDTH, height: float = HEIGHT) -> None:
        self.surface = cairo.PDFSurface(str(path), width, height)
        self.surface.set_metadata(cairo.PDF_METADATA_TITLE, words.TITLE)
        made = datetime.datetime(2019, 12, 4, tzinfo=datetime.UTC).isoformat()
        self.surface.set_metadata(cairo.PDF_METADATA_CREATE_DATE, made)
        self.context = cairo.Context(self.surface)
        self.width, self.height, self.page = width, height, 1

    def font(self, size: float, family: str = "Liberation Sans", bold: bool = False) -> None:
        """Choose a font."""
        weight = cairo.FONT_WEIGHT_BOLD if bold else cairo.FONT_WEIGHT_NORMAL
        self.context.select_font_face(family, cairo.FONT_SLANT_NORMAL, weight)
        self.context.set_font_size(size)

    def text(self, x: float, y: float, text: str) -> None:
        """Show text as one run."""
        self.context.move_to(x, y)
        self.context.show_text(text)

    def glyphs(self, x: float, y: float, text: str, extra: float = 0.0) -> None:
        """Show each letter by itself and no spaces."""
        for letter in text:
            if letter != " ":
                self.text(x, y, letter)
            x += self.context.text_extents(letter)[4] + extra

    def front(self, release: str) -> float:
        """Write a title and an introduction; return the height below them."""
        self.font(17, bold=True)
        self.text(50, 70, words.TITLE)
        self.font(11)
        self.text(50, 90, f"{words.PRODUCT}, {words.heading(release)}")
        self.font(9)
        y = 110.0
        for paragraph in words.INTRO:
            for line in spelling.wrapped(paragraph, 110):
                self.text(50, y, line)
                y += 12
        return y + 10

    def furniture(self) -> None:
        """Write the running header and footer."""
        self.font(8)
        self.text(50, 34, words.TITLE)
        self.text(self.width - 200, 34, words.DOCUMENT_ID)
        self.text(50, self.height - 26, f"{words.LEGAL} Page {self.page}")

    def next(self) -> None:
        """Finish a page."""
        self.furniture()
        self.context.show_page()
        self.page += 1


# --- layouts ---------------------------------------------------------------------------------


@PRODUCER.document(
    "cairo-glyphs.pdf",
    "text placed letter by letter, without space characters",
    "no rules",
    "colons",
)
def glyphs(path: Path) -> list[Row]:
    found = rows(take(32, 26), digits=spelling.colons)
    sheet = Sheet(path)
    for number, chunk in enumerate(chunks(found, 17)):
        y = sheet.front("12.7(1)") if number == 0 else 70.0
        for row in chunk:
            sheet.font(7)
            sheet.glyphs(50, y, row.shown)
            sheet.font(8)
            for part in spelling.wrapped(row.printed, 64):
                sheet.glyphs(268, y, part)
                y += 10.5
            y += 5
        sheet.next()
    sheet.surface.finish()
    return found


@PRODUCER.document(
    "cairo-turned.pdf",
    "content turned by 90 degrees, upright header and footer",
    "ruled table with cells vertically centred",
)
def turned(path: Path) -> list[Row]:
    found = rows(take(22, 72), "12.8(1)")
    sheet = Sheet(path)
    sheet.font(12, bold=True)
    sheet.text(50, 60, f"{words.TITLE}, {words.heading('12.8(1)')}")
    sheet.context.save()
    sheet.context.translate(0, HEIGHT)
    sheet.context.rotate(-1.5707963267948966)
    y = 84.0
    for row in found:
        parts = spelling.wrapped(row.printed, 95)
        height = 10 * len(parts) + 5
        for x, width in ((60, 200), (260, 480)):
            sheet.context.rectangle(x, y, width, height)
        sheet.context.set_line_width(0.5)
        sheet.context.stroke()
        sheet.font(7, "Liberation Mono")
        sheet.text(64, y + height / 2 + 2.5, row.shown)
        sheet.font(8.5)
        for n, part in enumerate(parts):
            sheet.text(264, y + 10 + 10 * n, part)
        y += height
        row.page = 1
    sheet.context.restore()
    sheet.next()
    sheet.surface.finish()
    return found
