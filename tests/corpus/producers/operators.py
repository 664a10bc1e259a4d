"""Documents whose page descriptions are written by hand, operator by operator (pikepdf, PyPI).

They show what a PDF may do (ISO 32000-1, 9.4) and libraries seldom do.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name

from tests.corpus import spelling, words
from tests.corpus.model import Producer, Row, chunks, rows, take

PRODUCER = Producer(f"written by hand, with pikepdf {pikepdf.__version__}")

# Advance widths of Helvetica by character code from 32, in thousandths of the size (Adobe's AFM).
HELVETICA = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
]  # fmt: skip

Show = Callable[[float, float, float, str], str]
"""Return the operators that show text of a size at a point."""


def width(text: str, size: float) -> float:
    """Return the width of text in Helvetica, in points."""
    return sum(HELVETICA[ord(c) - 32] for c in text) * size / 1000


def literal(text: str) -> str:
    """Return text as a PDF string."""
    return "(" + "".join(f"\\{c}" if c in "()\\" else c for c in text) + ")"


def plain(x: float, y: float, size: float, text: str) -> str:
    """Show text as one string."""
    return f"BT /F1 {size} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm {literal(text)} Tj ET\n"


def word_by_word(x: float, y: float, size: float, text: str) -> str:
    """Place each word by itself; there are no space characters."""
    shown = ""
    for word in text.split():
        shown += plain(x, y, size, word)
        x += width(f"{word} ", size)
    return shown


def spaced_by_kerning(x: float, y: float, size: float, text: str) -> str:
    """Show one array in which spaces are only gaps of 278 thousandths, and letters are kerned."""
    parts: list[str] = []
    for word in text.split():
        parts += [f"{literal(word[:2])} 12 {literal(word[2:])}", "-290"]
    return f"BT /F1 {size} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm [{' '.join(parts[:-1])}] TJ ET\n"


def front(show: Show, release: str, y: float, x: float = 54) -> str:
    """Return a title and an introduction."""
    page = show(x, y, 16, words.TITLE)
    page += show(x, y - 18, 11, f"{words.PRODUCT}, {words.heading(release)}")
    for n, line in enumerate(spelling.wrapped(words.INTRO[0], 95)):
        page += show(x, y - 38 - 12 * n, 9, line)
    return page


def furniture(page: int, size: tuple[float, float]) -> str:
    """Return the running header and footer."""
    at_top = plain(54, size[1] - 36, 8, f"{words.TITLE}. {words.DOCUMENT_ID}")
    return at_top + plain(54, 30, 8, f"{words.LEGAL} Page {page}")


def lines(
    found: Iterable[Row], show: Show, top: float, columns: tuple[float, float], letters: int = 70
) -> list[str]:
    """Return the operators of each row, one under the other: fingerprint, then subject."""
    made = []
    for row in found:
        shown = show(columns[0], top, 8, row.shown)
        for part in spelling.wrapped(row.printed, letters):
            shown += show(columns[1], top, 8, part)
            top -= 10
        made.append(shown)
        top -= 6
    return made


def font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    """Add Helvetica to a document."""
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type1,
            BaseFont=Name.Helvetica,
            Encoding=Name.WinAnsiEncoding,
        )
    )


def add_page(
    pdf: pikepdf.Pdf, content: str, size: tuple[float, float] = (612, 792), **more: Any
) -> pikepdf.Page:
    """Add a page with Helvetica as /F1."""
    page = pdf.add_blank_page(page_size=size)
    page.obj.Resources = Dictionary(Font=Dictionary(F1=font(pdf)))
    page.obj.Contents = pdf.make_stream(content.encode("latin-1"))
    for key, value in more.items():
        page.obj[f"/{key}"] = value
    return page


def save(pdf: pikepdf.Pdf, path: Path, **options: Any) -> None:
    """Write a document, with the same bytes each time."""
    pdf.docinfo["/Title"] = words.TITLE
    pdf.save(path, deterministic_id="encryption" not in options, **options)


# --- how text is placed ----------------------------------------------------------------------


def _document(
    path: Path, found: list[Row], show: Show, release: str, second: float = 260
) -> list[Row]:
    pdf = pikepdf.new()
    for number, chunk in enumerate(chunks(found, 20), 1):
        content = front(show, release, 730) if number == 1 else ""
        content += "".join(lines(chunk, show, 650 if number == 1 else 720, (54, second), 62))
        add_page(pdf, content + furniture(number, (612, 792)))
    save(pdf, path)
    return found


@PRODUCER.document("operators-words.pdf", "each word placed by itself, no space characters")
def by_word(path: Path) -> list[Row]:
    return _document(path, rows(take(32, 9)), word_by_word, "12.7(1)")


@PRODUCER.document(
    "operators-kerning.pdf", "spaces only as gaps in a TJ array", "fingerprint in pairs of digits"
)
def by_kerning(path: Path) -> list[Row]:
    found = rows(take(32, 46), "12.8(1)", digits=spelling.pairs)
    return _document(path, found, spaced_by_kerning, "12.8(1)", 300)


@PRODUCER.document(
    "operators-order.pdf",
    "content in another order than read: subjects first, then fingerprints from the bottom up",
)
def out_of_order(path: Path) -> list[Row]:
    found = rows(take(30, 81))
    pdf = pikepdf.new()
    for number, chunk in enumerate(chunks(found, 17), 1):
        top = 650 if number == 1 else 720
        made = lines(chunk, plain, top, (54, 260), 62)
        pieces = [part for row in reversed(made) for part in reversed(row.splitlines(True))]
        subjects = [piece for piece in pieces if " 260.00 " in piece]
        digits = [piece for piece in pieces if " 54.00 " in piece]
        content = furniture(number, (612, 792)) + "".join(subjects + digits)
        add_page(pdf, content + (front(plain, "12.7(1)", 730) if number == 1 else ""))
    save(pdf, path)
    return found


@PRODUCER.document(
    "operators-forms.pdf",
    "text in form XObjects, scaled by the page",
    "a form XObject used as footer",
)
def forms(path: Path) -> list[Row]:
    found = rows(take(18, 111), "12.6(1)")
    pdf = pikepdf.new()
    made = "".join(lines(found, plain, 640, (54, 260), 62)) + front(plain, "12.6(1)", 730)
    forms: dict[str, Any] = {}
    for name, content in (("Body", made), ("Foot", furniture(1, (612, 792)))):
        form = pdf.make_stream(content.encode("latin-1"))
        form.Type, form.Subtype = Name.XObject, Name.Form
        form.BBox = Array([0, 0, 612, 792])
        form.Resources = Dictionary(Font=Dictionary(F1=font(pdf)))
        forms[name] = form
    page = add_page(pdf, "q 0.9 0 0 0.9 30 40 cm /Body Do Q q 1 0 0 1 0 0 cm /Foot Do Q\n")
    page.obj.Resources.XObject = Dictionary(**forms)
    save(pdf, path)
    for row in found:
        row.page = 1
    return found


# --- rotated pages, odd boxes ----------------------------------------------------------------


def _turned(path: Path, found: list[Row], rotate: int, release: str) -> list[Row]:
    """Make pages that look upright because /Rotate undoes how their content is turned."""
    wide = rotate in (90, 270)
    seen = (792.0, 612.0) if wide else (612.0, 792.0)  # as seen by the reader
    size = (612.0, 792.0)
    turn = {90: "0 1 -1 0 612 0 cm", 180: "-1 0 0 -1 612 792 cm", 270: "0 -1 1 0 0 792 cm"}
    pdf = pikepdf.new()
    per_page = 14 if wide else 18
    for number, chunk in enumerate(chunks(found, per_page), 1):
        columns, letters = ((54.0, 270.0), 100) if wide else ((54.0, 260.0), 62)
        content = front(plain, release, seen[1] - 62) if number == 1 else ""
        top = seen[1] - (150 if number == 1 else 72)
        content += "".join(lines(chunk, plain, top, columns, letters))
        content += furniture(number, seen)
        add_page(pdf, f"q {turn[rotate]}\n{content}Q\n", size, Rotate=rotate)
    save(pdf, path)
    return found


@PRODUCER.document("operators-rotate-90.pdf", "pages with /Rotate 90")
def rotate_90(path: Path) -> list[Row]:
    return _turned(path, rows(take(26, 13)), 90, "12.7(1)")


@PRODUCER.document("operators-rotate-180.pdf", "pages with /Rotate 180")
def rotate_180(path: Path) -> list[Row]:
    return _turned(path, rows(take(30, 58)), 180, "12.7(1)")


@PRODUCER.document("operators-rotate-270.pdf", "pages with /Rotate 270")
def rotate_270(path: Path) -> list[Row]:
    return _turned(path, rows(take(26, 97), "12.8(1)"), 270, "12.8(1)")


@PRODUCER.document(
    "operators-boxes.pdf",
    "page whose corner is not at 0 0, and which is cropped",
    "lower-case digits in groups of eight",
)
def boxes(path: Path) -> list[Row]:
    found = rows(take(20, 40), digits=spelling.eights)
    pdf = pikepdf.new()
    content = front(plain, "12.7(1)", 730) + "".join(lines(found, plain, 650, (54, 280), 58))
    page = add_page(pdf, f"1 0 0 1 -300 1000 cm\n{content}{furniture(1, (612, 792))}")
    page.obj.MediaBox = Array([-400, 900, 400, 1900])
    page.obj.CropBox = Array([-300, 1000, 312, 1792])
    save(pdf, path)
    for row in found:
        row.page = 1
    return found


# --- what is seen and what is read -----------------------------------------------------------


@PRODUCER.document(
    "operators-ocr.pdf",
    "a scanned page: an image with invisible text (text rendering mode 3) over it",
)
def scanned(path: Path) -> list[Row]:
    found = rows(take(16, 20), "12.6(1)")
    content = front(plain, "12.6(1)", 730) + "".join(lines(found, plain, 650, (54, 260), 62))
    content += furniture(1, (612, 792))
    seen = pikepdf.new()
    add_page(seen, content)
    buffer = io.BytesIO()
    seen.save(buffer)
    image = pypdfium2.PdfDocument(buffer.getvalue())[0].render(scale=1.6, grayscale=True).to_pil()
    bits = image.convert("1")
    pdf = pikepdf.new()
    page = add_page(pdf, f"q 612 0 0 792 0 0 cm /Scan Do Q\n3 Tr\n{content}")
    scan = pdf.make_stream(bits.tobytes())
    scan.Type, scan.Subtype = Name.XObject, Name.Image
    scan.Width, scan.Height = bits.width, bits.height
    scan.ColorSpace, scan.BitsPerComponent = Name.DeviceGray, 1
    page.obj.Resources.XObject = Dictionary(Scan=scan)
    save(pdf, path, compress_streams=True)
    for row in found:
        row.page = 1
    return found


@PRODUCER.document(
    "operators-encrypted-aes.pdf", "encrypted with an empty user password (AES-256)", "A4"
)
def encrypted(path: Path) -> list[Row]:
    found = rows(take(18, 64))
    pdf = pikepdf.new()
    for number, chunk in enumerate(chunks(found, 18), 1):
        content = front(plain, "12.7(1)", 780) + "".join(lines(chunk, plain, 700, (54, 260), 62))
        add_page(pdf, content + furniture(number, (595, 842)), (595, 842))
    save(pdf, path, encryption=pikepdf.Encryption(owner="owner", user="", R=6))
    return found


@PRODUCER.document(
    "operators-watermark.pdf",
    "a pale word across each page, behind the table",
    "a stamp in the margin, turned by 90 degrees",
)
def watermark(path: Path) -> list[Row]:
    found = rows(take(34, 104), "12.8(1)", digits=spelling.upper)
    pdf = pikepdf.new()
    stamp = f"q BT /F1 7 Tf 0 1 -1 0 30 300 Tm {literal(words.DATE)} Tj ET Q\n"
    mark = "q 0.9 g BT /F1 90 Tf 0.7 0.7 -0.7 0.7 170 230 Tm (DRAFT) Tj ET Q\n"
    for number, chunk in enumerate(chunks(found, 17), 1):
        content = mark + stamp + furniture(number, (612, 792))
        content += front(plain, "12.8(1)", 730) if number == 1 else ""
        made = lines(chunk, plain, 650 if number == 1 else 720, (54, 270), 60)
        add_page(pdf, content + "".join(made))
    save(pdf, path)
    return found
