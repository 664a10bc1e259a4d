"""Documents made with borb (PyPI)."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from borb.pdf import (
    PDF,
    Document,
    FixedColumnWidthTable,
    Page,
    Paragraph,
    SingleColumnLayout,
    Table,
    X11Color,
)

from tests.corpus import spelling, words
from tests.corpus.model import Producer, Row, chunks, rows, take

PRODUCER = Producer(f"borb {version('borb')}")


def _table(chunk: list[Row]) -> FixedColumnWidthTable:
    table = FixedColumnWidthTable(len(chunk) + 1, 2, column_widths=[55, 45])
    for head in ("Subject (RFC 4514)", "SHA-1"):
        cell = Paragraph(head, font="Helvetica-Bold", font_size=8)
        table.append_layout_element(Table.TableCell(cell))
    for row in chunk:
        for text, font, size in ((row.printed, "Helvetica", 8), (row.shown, "Courier", 7)):
            cell = Paragraph(text, font=font, font_size=size)
            shaded = X11Color.ALICE_BLUE if chunk.index(row) % 2 else X11Color.WHITE
            table.append_layout_element(Table.TableCell(cell, background_color=shaded))
    table.set_padding_on_all_cells(2, 2, 2, 2)
    return table


@PRODUCER.document(
    "borb-oids.pdf",
    "names reversed, with OIDs for the types that older tools don't know: `2.5.4.97=VATHU-…`",
    "ruled table, subject before the fingerprint",
    "groups of four, wrapped over two lines",
)
def oids(path: Path) -> list[Row]:
    with_oids = [
        "89d483034f9e9a48805f7237d4a9a6efcb7c1fd1",
        "4abdeeec950d359c89aec752a12c5b29f6d6aa0c",
    ]
    chosen = [*with_oids, *take(20, 83)]
    found = rows(chosen, "14.0(1)", digits=spelling.fours, name=spelling.rfc4514_oids)
    document = Document()
    for number, chunk in enumerate(chunks(found, 11), 1):
        page = Page()
        document.append_page(page)
        layout = SingleColumnLayout(page)
        title = f"{words.TITLE}, {words.heading('14.0(1)')}" + (
            " (continued)" if number > 1 else ""
        )
        layout.append_layout_element(Paragraph(title, font="Helvetica-Bold", font_size=13))
        layout.append_layout_element(_table(chunk))
        foot = Paragraph(f"{words.LEGAL} Page {number}", font="Helvetica", font_size=8)
        layout.append_layout_element(foot)
    PDF.write(what=document, where_to=str(path))
    return found
