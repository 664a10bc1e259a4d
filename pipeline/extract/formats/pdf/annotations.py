"""Annotations and form fields, which a page shows and its content doesn't hold (ISO 32000-1, 12.5).

Their text is part of what a person reads, so they are drawn into the content before it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any, Final, NamedTuple

import pikepdf

from pipeline.extract.formats.pdf.characters import is_listed
from pipeline.extract.formats.pdf.resources import Untold, dictionary, untold_of

Layers = Set[tuple[int, int]]
"""Optional content groups, by their object numbers."""

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


_XML_TEXT: Final = re.compile(r">([^<>]+)<")


class Displayed(NamedTuple):
    """What displaying a PDF adds to its pages.

    ``drawn`` is the file with its annotations in its pages, None if none shows anything.
    ``untold`` is what pdfium doesn't tell of it. ``held`` are the parts of rows that its forms
    hold, by the page that ought to show them.
    """

    drawn: bytes | None = None
    untold: Untold = Untold()
    held: Mapping[int, Sequence[str]] = {}


def displayed(path: Path) -> Displayed:
    """Draw what the annotations of a PDF show into its pages.

    A file that can't be opened is left as it is: its reader says what is wrong with it.
    """
    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            untold = untold_of(pdf)
            off = _layers_off(pdf)
            held = {1: [*_of_xfa(pdf)]}
            for number, page in enumerate(pdf.pages, 1):
                held.setdefault(number, []).extend(_values(page, off))
            if not any(_shows(each, off) for page in pdf.pages for each in _annotations(page)):
                return Displayed(None, untold, held)
            return Displayed(_drawn(pdf, off), untold, held)
    except (pikepdf.PdfError, pikepdf.PasswordError, TypeError, ValueError, RuntimeError):
        return Displayed()


def _drawn(pdf: pikepdf.Pdf, off: Layers) -> bytes:
    kept = [_set_aside(page, off) for page in pdf.pages]
    for annotation in (each for page in pdf.pages for each in _annotations(page)):
        text = _bare_text(annotation)
        if text is not None:
            annotation["/AP"] = pikepdf.Dictionary(N=_look_of_text(pdf, annotation, text))
        if annotation.get("/Subtype") == "/Popup":
            annotation["/Subtype"] = pikepdf.Name.FreeText  # else it wouldn't be drawn
    pdf.generate_appearance_streams()
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


def _layers_off(pdf: pikepdf.Pdf) -> Layers:
    """The layers that are off when a document is opened (8.11.4.3)."""
    layers = dictionary(pdf.Root.get("/OCProperties"))
    setting = dictionary(layers.get("/D"))
    listed = [layers.get("/OCGs"), setting.get("/ON"), setting.get("/OFF")]
    all_of_them, on, off = (
        {each.objgen for each in part.as_list() if isinstance(each, pikepdf.Dictionary)} - {(0, 0)}
        if isinstance(part, pikepdf.Array)
        else set()
        for part in listed
    )
    return off | (all_of_them - on) if setting.get("/BaseState") == "/OFF" else off


def _shows(annotation: Any, off: Layers) -> bool:
    """Whether an annotation shows something of its own."""
    flags = annotation.get("/F", 0)
    if isinstance(flags, int) and flags & _HIDDEN:
        return False
    if dictionary(annotation.get("/OC")).objgen in off:
        return False
    if _bare_text(annotation) is not None:
        return True
    if annotation.get("/Subtype") in _MARKUP:
        return annotation.get("/Subtype") in _WITH_LOOKS and "/AP" in annotation
    return "/AP" in annotation or annotation.get("/Subtype") == "/Widget"


def _bare_text(annotation: Any) -> str | None:
    """What viewers are to write themselves: an annotation has no appearance (12.5.6.6).

    That is also the text of a note whose window is open, and nothing on the ground of a field.
    """
    place, kind = annotation.get("/Rect"), annotation.get("/Subtype")
    if "/AP" in annotation or not isinstance(place, pikepdf.Array) or len(place) != 4:
        return None
    contents = annotation.get("/Contents")
    if kind == "/Popup":
        contents = dictionary(annotation.get("/Parent")).get("/Contents")
    is_written = kind == "/FreeText" or (kind == "/Popup" and annotation.get("/Open") is True)
    if is_written and isinstance(contents, pikepdf.String):
        return str(contents)
    return "" if kind == "/Widget" and _ground(annotation) else None


def _ground(annotation: Any) -> list[float]:
    """The colour that lies under the text of an annotation, if it has one (12.5.6.6, 12.5.6.19)."""
    look = dictionary(annotation.get("/MK")).get("/BG")
    colour = annotation.get("/C") if annotation.get("/Subtype") == "/FreeText" else look
    return [float(each) for each in colour] if isinstance(colour, pikepdf.Array) else []


def _look_of_text(pdf: pikepdf.Pdf, annotation: Any, contents: str) -> pikepdf.Stream:
    """A text as a viewer draws it, but for its font and its lines, which no reader minds."""
    x0, y0, x1, y1 = (float(each) for each in annotation["/Rect"])
    width, height = abs(x1 - x0), abs(y1 - y0)
    ground = _ground(annotation)
    fill = {1: "g", 3: "rg", 4: "k"}.get(len(ground))
    box = f"{' '.join(map(str, ground))} {fill} 0 0 {width} {height} re f 0 g" if fill else ""
    lines = contents.splitlines() or [""]
    longest = max(1, *map(len, lines))
    # two thirds of the size is the width of capitals, wider than most: nothing is clipped
    size = max(min(height / (1.3 * len(lines)), 1.5 * width / longest, 12), 1)
    shown = " T* ".join(f"<{line.encode('cp1252', 'replace').hex()}> Tj" for line in lines)
    text = f"{box} BT /F {size:.2f} Tf {1.2 * size:.2f} TL 1 {height - size:.2f} Td {shown} ET"
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


def _values(page: pikepdf.Page, off: Layers) -> Iterator[str]:
    """The parts of rows among the values of a page's fields (12.7.3): some viewers show these."""
    for each in _annotations(page):
        if each.get("/Subtype") == "/Widget" and _shows(each, off):
            value = each.get("/V", dictionary(each.get("/Parent")).get("/V"))
            if isinstance(value, pikepdf.String):
                yield from filter(is_listed, str(value).splitlines())


def _of_xfa(pdf: pikepdf.Pdf) -> Iterator[str]:
    """The parts of rows in a form of XML (12.7.8), which some viewers show instead of the pages."""
    form = dictionary(pdf.Root.get("/AcroForm")).get("/XFA")
    parts = form.as_list() if isinstance(form, pikepdf.Array) else [form]
    streams = (each.read_bytes() for each in parts if isinstance(each, pikepdf.Stream))
    for text in _XML_TEXT.findall(b"".join(streams).decode("utf-8", "replace")):
        if is_listed(text):
            yield unescape(text)


def _set_aside(page: pikepdf.Page, off: Layers) -> list[Any]:
    """Take the annotations that show nothing off a page; give those to be looked at: no fields."""
    found = _annotations(page)
    if found:
        page.obj["/Annots"] = pikepdf.Array([each for each in found if _shows(each, off)])
    others = (each for each in found if not _shows(each, off))
    return [each for each in others if each.get("/Subtype") != "/Widget"]
