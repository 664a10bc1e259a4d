"""Documents distilled from PostScript by Ghostscript (Debian: ghostscript)."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.corpus import spelling, words
from tests.corpus.model import Producer, Row, chunks, program, rows, take

PROGRAM = program("gs")

_said = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout
PRODUCER = Producer(f"Ghostscript {_said.strip()}")

PROLOGUE = """%!PS
/latin { findfont dup length dict copy begin /Encoding ISOLatin1Encoding def
  currentdict end definefont pop } def
/Sans /Helvetica latin /Bold /Helvetica-Bold latin /Mono /Courier latin
/at { moveto show } def
"""


def string(text: str) -> str:
    """Return text as a PostScript string in ISO 8859-1."""
    escaped = "".join(f"\\{c}" if c in "()\\" else c for c in text)
    return "(" + "".join(c if ord(c) < 127 else f"\\{ord(c):03o}" for c in escaped) + ")"


def show(font: str, size: float, x: float, y: float, text: str) -> str:
    """Return the PostScript that shows text at a point, in points from the lower left."""
    return f"/{font} {size} selectfont {string(text)} {x} {y} at\n"


def build(path: Path, pages: list[str], size: tuple[int, int] = (612, 792)) -> None:
    """Distil pages of PostScript, each with a header and a footer."""
    width, height = size
    source = f"{PROLOGUE}<< /PageSize [{width} {height}] >> setpagedevice\n"
    for number, page in enumerate(pages, 1):
        source += show("Sans", 8, 54, height - 36, words.TITLE)
        source += show("Sans", 8, width - 190, height - 36, words.DOCUMENT_ID)
        source += page
        source += show("Sans", 8, 54, 30, f"{words.LEGAL} - {number} of {len(pages)}")
        source += "showpage\n"
    command = [
        PROGRAM, "-q", "-dBATCH", "-dNOPAUSE", "-dSAFER", "-sDEVICE=pdfwrite",
        "-sDocumentUUID=f8f7ec16-0000-11ea-0000-000000000000", f"-sOutputFile={path}", "-",
    ]  # fmt: skip
    subprocess.run(command, input=source.encode("latin-1"), check=True, capture_output=True)


def front(release: str, y: float) -> str:
    """Return a title and a short introduction whose first line is at a height."""
    page = show("Bold", 16, 54, y, words.TITLE)
    page += show("Sans", 11, 54, y - 18, f"{words.PRODUCT}, {words.heading(release)}")
    for n, line in enumerate(spelling.wrapped(words.INTRO[0], 100)):
        page += show("Sans", 9, 54, y - 36 - 12 * n, line)
    return page


# --- layouts ---------------------------------------------------------------------------------


@PRODUCER.document(
    "ghostscript-listing.pdf",
    "a listing in Courier: columns made of spaces",
    "subjects wrapped under their column, also after hyphens",
    "hyphens that come out as U+2212 (minus)",
)
def listing(path: Path) -> list[Row]:
    found = rows(take(40, 33), digits=spelling.upper)
    pages = []
    for number, chunk in enumerate(chunks(found, 20)):
        y = 720.0
        page = front("12.7(1)", y) if number == 0 else ""
        y -= 90 if number == 0 else 20
        page += show("Mono", 7.5, 54, y, f"{'SHA-1 FINGERPRINT':<42}SUBJECT")
        for row in chunk:
            for n, part in enumerate(spelling.wrapped(row.printed, 66, hyphens=True)):
                y -= 10
                page += show("Mono", 7.5, 54, y, f"{row.shown if n == 0 else '':<42}{part}")
            y -= 3
        pages.append(page)
    build(path, pages)
    return found


@PRODUCER.document(
    "ghostscript-rules.pdf",
    "landscape page made by PostScript, rules drawn as thin boxes",
    "serial numbers between fingerprint and subject, some of 40 hexadecimal digits",
    "hyphens that come out as U+2212 (minus)",
    "accents in ISO 8859-1",
)
def rules(path: Path) -> list[Row]:
    found = rows(take(20, 5, "latin-1"), "12.8(1)")
    page, y = front("12.8(1)", 545), 470.0
    page += show("Bold", 8, 56, y, "Fingerprint (SHA-1)") + show("Bold", 8, 240, y, "Serial number")
    page += show("Bold", 8, 425, y, "Subject")
    for row in found:
        parts = spelling.wrapped(row.printed, 78)
        page += f"54 {y - 4} 690 0.5 rectfill\n"
        y -= 13
        page += show("Mono", 7, 56, y, row.shown)
        page += show("Mono", 7, 240, y, f"{row.certificate.serial_number:x}")
        for n, part in enumerate(parts):
            page += show("Sans", 8, 425, y - 9 * n, part)
        y -= 9 * (len(parts) - 1)
        row.page = 1
    build(path, [page], (792, 612))
    return found
