"""Annotations and form fields, which a page shows and its content doesn't hold (ISO 32000-1, 12.5).

Their text is part of what a person reads, so they are drawn into the content before it is read.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any, Final, NamedTuple

import pikepdf

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
"""What says nothing of its own."""


class Displayed(NamedTuple):
    """What displaying a PDF adds to its pages.

    ``drawn`` is the file with its annotations in its pages, None if none shows anything.
    ``has_layers`` is true if it has optional content (ISO 32000-1, 8.11), which a viewer may leave
    out.
    """

    drawn: bytes | None = None
    has_layers: bool = False


def displayed(path: Path) -> Displayed:
    """Draw what the annotations of a PDF show into its pages.

    A file that can't be opened is left as it is: its reader says what is wrong with it.
    """
    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            has_layers = "/OCProperties" in pdf.Root
            if not any(_shows(each) for page in pdf.pages for each in _annotations(page)):
                return Displayed(None, has_layers)
            return Displayed(_drawn(pdf), has_layers)
    except (pikepdf.PdfError, pikepdf.PasswordError, TypeError, ValueError, RuntimeError):
        return Displayed()


def _drawn(pdf: pikepdf.Pdf) -> bytes:
    pdf.generate_appearance_streams()
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
    if annotation.get("/Subtype") in _MARKUP or (isinstance(flags, int) and flags & _HIDDEN):
        return False
    return "/AP" in annotation or annotation.get("/Subtype") == "/Widget"


def _set_aside(page: pikepdf.Page) -> list[Any]:
    """Take the annotations that show nothing off a page."""
    found = _annotations(page)
    if found:
        page.obj["/Annots"] = pikepdf.Array([each for each in found if _shows(each)])
    return [each for each in found if not _shows(each)]
