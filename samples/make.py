"""Make the sample trust lists: `python -m samples.make`, from the top of the repository.

Needs what the project does not: reportlab (made with 5.1.0) and Debian's `fonts-liberation`.
The same versions give the same bytes again.

For each release it writes `CA-Trust-List-X.Y.pdf` and `CA-Trust-List-X.Y.truth.csv`. `roots.csv`
says which roots are in which release; names come from the certificates in the catalogue.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

from samples import truth

HERE = Path(__file__).resolve().parent
FONTS = Path("/usr/share/fonts/truetype/liberation")
RELEASES = {"12.6(1)": "April 2019", "12.7(1)": "December 2019", "12.8(1)": "June 2020"}

INK = HexColor("#1d2733")
GREY = HexColor("#5b6773")
RULE = HexColor("#b8c2cc")
HEAD = HexColor("#dfe7ee")
WARN = HexColor("#fff4d6")

NOTICE = (
    "<b>This is not a Cisco document.</b> It is a reconstruction, made from public root stores to "
    "test and demonstrate the trustlist project. The certificates are real; the selection is what "
    "phones of that time plausibly trusted, not what Cisco published. Do not base a decision on "
    "it: use the list that Cisco publishes for your firmware."
)
INTRO = (
    "Cisco IP Phones accept a server certificate during Mobile and Remote Access (MRA) only if "
    "its chain ends at one of the certificate authorities below. The list is part of the firmware "
    "and cannot be changed on the phone. Each authority is given by the SHA-1 fingerprint of its "
    "root certificate and by the subject of that certificate."
)
CHANGES = {
    "12.8(1)": "New in this release: certificates that had expired by 1 June 2020 are removed "
    "(CSCvt26128), and seven certificate authorities are added."
}
NOTES = (
    "A certificate authority that is not listed is not trusted, even if an intermediate "
    "certificate of it is sent by the server.",
    "A fingerprint is computed over the whole certificate. To compare it with a file, use "
    "<font face='Mono'>openssl x509 -noout -fingerprint -sha1 -in root.pem</font>.",
    "The parts of a subject are printed in the order in which the certificate states them.",
)


@dataclass
class Row:
    """One row of a trust list; `page` (from 1) is known once the row is drawn."""

    position: int
    fingerprint: str
    subject: str
    page: int = 0


class FingerprintCell(Paragraph):
    """A fingerprint that notes the page it is drawn on."""

    row: Row | None = None

    def draw(self) -> None:
        """Draw the cell, and note its page."""
        if self.row is not None:
            self.row.page = self.canv.getPageNumber()
        super().draw()


class NumberedCanvas(Canvas):
    """A canvas whose footers say `Page 3 of 9`: pages are held back until their number is known."""

    release = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._held: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        """Hold the page back."""
        self._held.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Write the pages held back, now that their number is known."""
        for state in self._held:
            self.__dict__.update(state)
            self._furniture(len(self._held))
            super().showPage()
        super().save()

    def _furniture(self, pages: int) -> None:
        width, height = letter
        left, right = 0.9 * inch, width - 0.9 * inch
        self.setFont("Sans", 8)
        self.setFillColor(GREY)
        self.setStrokeColor(RULE)
        if self._pageNumber > 1:
            self.drawString(left, height - 0.6 * inch, "Trusted certificate authorities")
            self.drawRightString(right, height - 0.6 * inch, f"Firmware Release {self.release}")
            self.line(left, height - 0.67 * inch, right, height - 0.67 * inch)
        self.line(left, 0.72 * inch, right, 0.72 * inch)
        self.drawString(left, 0.56 * inch, "Reconstruction from public root stores. Not Cisco's.")
        self.drawRightString(right, 0.56 * inch, f"Page {self._pageNumber} of {pages}")


def styles() -> dict[str, ParagraphStyle]:
    """Return the paragraph styles of a trust list."""
    body = ParagraphStyle("body", fontName="Sans", fontSize=10, leading=14, textColor=INK)
    return {
        "body": body,
        "title": ParagraphStyle("title", body, fontName="Sans-Bold", fontSize=21, leading=26),
        "product": ParagraphStyle("product", body, fontSize=12.5, leading=17),
        "date": ParagraphStyle("date", body, fontSize=9, leading=13, textColor=GREY),
        "heading": ParagraphStyle("heading", body, fontName="Sans-Bold", fontSize=13, leading=18),
        "head": ParagraphStyle("head", body, fontName="Sans-Bold", fontSize=9, leading=11.5),
        "mono": ParagraphStyle("mono", body, fontName="Mono", fontSize=8, leading=11),
        "cell": ParagraphStyle("cell", body, fontSize=8.5, leading=11, allowOrphans=1),
    }


def front(release: str, style: dict[str, ParagraphStyle]) -> list[Any]:
    """Return what comes before the table: title, release, notice, introduction."""
    notice = Table([[Paragraph(NOTICE, style["body"])]], colWidths=[6.7 * inch])
    notice.setStyle(
        [
            ("BACKGROUND", (0, 0), (-1, -1), WARN),
            ("BOX", (0, 0), (-1, -1), 0.75, HexColor("#d9a400")),
            ("LEFTPADDING", (0, 0), (-1, -1), 9),
            ("RIGHTPADDING", (0, 0), (-1, -1), 9),
            ("TOPPADDING", (0, 0), (-1, -1), 6),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
        ]
    )
    return [
        Paragraph("Trusted certificate authorities", style["title"]),
        Paragraph(
            f"Cisco IP Phone 7800 and 8800 Series, Firmware Release {release}", style["product"]
        ),
        Paragraph(f"State of {RELEASES[release]}", style["date"]),
        Spacer(1, 12),
        notice,
        Spacer(1, 12),
        Paragraph(INTRO, style["body"]),
        *([Spacer(1, 6), Paragraph(CHANGES[release], style["body"])] if release in CHANGES else []),
        Spacer(1, 12),
        Paragraph("Root certificates", style["heading"]),
        Spacer(1, 5),
    ]


def row_table(rows: list[Row], style: dict[str, ParagraphStyle]) -> Table:
    """Return the ruled table; its header repeats, its rows are free to break across pages."""
    cells: list[list[Any]] = [
        [Paragraph("Fingerprint (SHA-1)", style["head"]), Paragraph("Subject", style["head"])]
    ]
    for row in rows:
        cell = FingerprintCell(row.fingerprint, style["mono"])
        cell.row = row
        cells.append([cell, Paragraph(escape(row.subject), style["cell"])])
    # Without splitByRow, a page is filled to its end and a row goes on after the page break.
    table = Table(
        cells, colWidths=[2.85 * inch, 3.85 * inch], repeatRows=1, splitByRow=0, splitInRow=1
    )
    table.setStyle(
        [
            ("GRID", (0, 0), (-1, -1), 0.5, RULE),
            ("BACKGROUND", (0, 0), (-1, 0), HEAD),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 3),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
        ]
    )
    return table


def back(style: dict[str, ParagraphStyle]) -> list[Any]:
    """Return what comes after the table."""
    notes = [Paragraph(f"{n}. {note}", style["body"]) for n, note in enumerate(NOTES, 1)]
    return [Spacer(1, 14), Paragraph("Notes", style["heading"]), Spacer(1, 4), *notes]


def make(release: str, rows: list[Row]) -> None:
    """Write the PDF of a release and its truth beside it."""
    stem = f"CA-Trust-List-{release.partition('(')[0]}"
    style = styles()
    document = SimpleDocTemplate(
        str(HERE / f"{stem}.pdf"),
        pagesize=letter,
        leftMargin=0.9 * inch,
        rightMargin=0.9 * inch,
        topMargin=0.85 * inch,
        bottomMargin=0.9 * inch,
        title=f"Trusted certificate authorities, Firmware Release {release} (reconstruction)",
        author="trustlist project",
        subject="Reconstruction from public root stores; not a Cisco document",
        invariant=1,
    )
    canvas = type("ReleaseCanvas", (NumberedCanvas,), {"release": release})
    story = [*front(release, style), row_table(rows, style), *back(style)]
    document.build(story, canvasmaker=canvas)
    with (HERE / f"{stem}.truth.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            ["position", "page", "release", "fingerprint", "subject", "subject_printed"]
        )
        for row in rows:
            writer.writerow(
                [row.position, row.page, release, row.fingerprint, row.subject, row.subject]
            )


def main() -> None:
    """Write every release."""
    fonts = (("Sans", "Sans-Regular"), ("Sans-Bold", "Sans-Bold"), ("Mono", "Mono-Regular"))
    for name, face in fonts:
        pdfmetrics.registerFont(TTFont(name, str(FONTS / f"Liberation{face}.ttf")))
    pdfmetrics.registerFontFamily("Sans", normal="Sans", bold="Sans-Bold")
    with (HERE / "roots.csv").open(encoding="utf-8", newline="") as file:
        roots = list(csv.DictReader(file))
    for release in RELEASES:
        chosen = [r["fingerprint"] for r in roots if release in r["releases"].split()]
        make(
            release,
            [Row(n, digits, truth.subject(digits)) for n, digits in enumerate(chosen, 1)],
        )


if __name__ == "__main__":
    main()
