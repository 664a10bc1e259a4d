"""Where on a page stands what is seen otherwise than the file says: for pictures of pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from pipeline.extract.document import PAGE_WITHOUT_TEXT
from pipeline.extract.formats.pdf.unread_ink import InkPlace

PageBox = tuple[float, float, float, float]
"""Left, top, right and bottom edge in pdfplumber's space of a page."""

_DIGITS: Final = re.compile(r"[0-9A-Fa-f]{16,}")
_SHOW_NOTHING: Final = ("Link", "Popup")


def seen_places(page: Any, text: str) -> list[PageBox]:
    """Where the ``text`` of a problem stands on a page of pdfplumber's; nowhere, if it isn't found.

    It is the place of ink that the text names, the whole page if that is a picture, or else where
    the characters stand that it quotes; what is in no character is in an annotation.
    """
    left, top, right, bottom = page.cropbox
    if place := InkPlace.named_in(text):
        return [(left + place.left, top + place.top, left + place.right, top + place.bottom)]
    if text == PAGE_WITHOUT_TEXT:
        return [(left, top, right, bottom)]
    quoted = (text, text.rpartition(" (")[0], *_DIGITS.findall(text))
    found = (list(_lines_of(page.chars, each)) for each in quoted if each)
    return next(filter(None, found), None) or list(_annotations(page, text))


def _lines_of(chars: list[dict[str, Any]], text: str) -> Iterator[PageBox]:
    """The boxes, line by line, of the characters that spell a text, spaces aside."""
    shown = [char for char in chars if char["text"].strip()]
    owners = [char for char in shown for _ in char["text"]]
    drawn = "".join(char["text"] for char in shown).lower()
    wanted = "".join(text.split()).lower()
    at = drawn.find(wanted)
    held = owners[at : at + len(wanted)] if at >= 0 else []
    while held:
        level = [char for char in held if abs(char["top"] - held[0]["top"]) < char["size"]]
        yield (
            min(char["x0"] for char in level),
            min(char["top"] for char in level),
            max(char["x1"] for char in level),
            max(char["bottom"] for char in level),
        )
        held = [char for char in held if char not in level]


def _annotations(page: Any, text: str) -> Iterator[PageBox]:
    """The boxes of the annotations that may show a text: those whose contents say it, or all."""
    shown = [each for each in page.annots if not _shows_nothing(each)]
    exact = [each for each in shown if text in " ".join((each["contents"] or "").split())]
    for each in exact or shown:
        yield each["x0"], each["top"], each["x1"], each["bottom"]


def _shows_nothing(annotation: dict[str, Any]) -> bool:
    return getattr(annotation["data"].get("Subtype"), "name", "") in _SHOW_NOTHING
