"""Annotations and form fields, which a page shows and its content doesn't hold (ISO 32000-1, 12.5).

Their text is part of what a person reads, so they are drawn into the content before it is read.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any, Final, NamedTuple

import pikepdf

from pipeline.extract.formats.pdf.resources import Untold, untold_of

_HIDDEN: Final = 2 | 32
"""The flags Hidden and NoView (table 165)."""
_MARKUP: Final = (
    "/Link",
    "/Popup",
    "/Highlight",
    "/Underline",
    "/Squiggly",
    "/StrikeOut",
    "/Redact",
)
"""What says nothing of its own …"""
_WITH_LOOKS: Final = ("/Link", "/Highlight", "/Underline", "/Squiggly")
"""… unless it has a look of its own."""


class Displayed(NamedTuple):
    """What displaying a PDF adds to its pages.

    ``drawn`` is the file with its annotations in its pages, None if none shows anything.
    ``untold`` is what pdfium doesn't tell of it.
    """

    drawn: bytes | None = None
    untold: Untold = Untold()


def displayed(path: Path) -> Displayed:
    """Draw what the annotations of a PDF show into its pages.

    A file that can't be opened is left as it is: its reader says what is wrong with it.
    """
    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            untold = untold_of(pdf)
            if not any(_shows(each) for page in pdf.pages for each in _annotations(page)):
                return Displayed(None, untold)
            return Displayed(_drawn(pdf), untold)
    except (pikepdf.PdfError, pikepdf.PasswordError, TypeError, ValueError, RuntimeError):
        return Displayed()


def _drawn(pdf: pikepdf.Pdf) -> bytes:
    pdf.generate_appearance_streams()
    for annotation in (each for page in pdf.pages for each in _annotations(page)):
        if _is_bare_text(annotation):
            annotation["/AP"] = pikepdf.Dictionary(N=_look_of_text(pdf, annotation))
    kept = [_set_aside(page) for page in pdf.pages]
    pdf.flatten_annotations("screen")
    for page, others in zip(pdf.pages, kept, strict=True):
        if others:
            page.obj["/Annots"] = pikepdf.Array(others)
    file = BytesIO()
    pdf.save(file, encryption=False)
    return file.getvalue()


def _annotations(page: pikepdf.Page) -> list[Any]:
    found = page.obj.get("/Annots")
    if not isinstance(found, pikepdf.Array):
        return []
    return [each for each in found.as_list() if isinstance(each, pikepdf.Dictionary)]


def _shows(annotation: Any) -> bool:
    """Whether an annotation shows something of its own."""
    flags = annotation.get("/F", 0)
    if isinstance(flags, int) and flags & _HIDDEN:
        return False
    if annotation.get("/Subtype") in _MARKUP:
        return annotation.get("/Subtype") in _WITH_LOOKS and "/AP" in annotation
    is_field = annotation.get("/Subtype") == "/Widget"
    return "/AP" in annotation or is_field or _is_bare_text(annotation)


def _is_bare_text(annotation: Any) -> bool:
    """Whether viewers are to draw a text themselves: it has no appearance (12.5.6.6)."""
    contents, place = annotation.get("/Contents"), annotation.get("/Rect")
    return (
        annotation.get("/Subtype") == "/FreeText"
        and "/AP" not in annotation
        and isinstance(contents, pikepdf.String)
        and isinstance(place, pikepdf.Array)
        and len(place) == 4
    )


def _look_of_text(pdf: pikepdf.Pdf, annotation: Any) -> pikepdf.Stream:
    """A text as a viewer draws it, but for its font and its lines, which no reader minds."""
    x0, y0, x1, y1 = (float(each) for each in annotation["/Rect"])
    width, height = abs(x1 - x0), abs(y1 - y0)
    lines = str(annotation["/Contents"]).splitlines() or [""]
    # two thirds of the size is the width of capitals, wider than most: nothing is clipped
    size = max(min(height / (1.3 * len(lines)), 1.5 * width / max(map(len, lines)), 12), 1)
    shown = " T* ".join(f"<{line.encode('cp1252', 'replace').hex()}> Tj" for line in lines)
    text = f"BT /F {size:.2f} Tf {1.2 * size:.2f} TL 1 {height - size:.2f} Td {shown} ET"
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type1,
        BaseFont=pikepdf.Name.Helvetica,
        Encoding=pikepdf.Name.WinAnsiEncoding,
    )
    return pdf.make_stream(
        text.encode(),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Form,
        BBox=pikepdf.Array([0, 0, width, height]),
        Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font)),
    )


def _set_aside(page: pikepdf.Page) -> list[Any]:
    """Take the annotations that show nothing off a page; give those to be looked at: no fields."""
    found = _annotations(page)
    if found:
        page.obj["/Annots"] = pikepdf.Array([each for each in found if _shows(each)])
    others = (each for each in found if not _shows(each))
    return [each for each in others if each.get("/Subtype") != "/Widget"]
