"""What the resources of a PDF say that pdfium doesn't of what is drawn with them.

Layers, patterns and glyphs that are procedures may leave no ink where a text seems to be plain; and
a font may have several codes for one digit, of which only some lie (ISO 32000-1, 7.8.3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final, NamedTuple

import pikepdf

DEEPEST: Final = 32
"""Pages inherit resources from nodes of their tree that are at most so far above them."""
NARROWEST: Final = 200
"""The widest letter of a font that can be read is wider than this (thousandths of its size)."""


class Untold(NamedTuple):
    """What pdfium doesn't tell of a document.

    ``may_hide`` is true if it has layers, patterns or Type 3 fonts (8.7, 8.11, 9.6.5), so that text
    has to be looked at to know that it is seen. ``has_aliases`` is true if it has a font that has
    several codes for a hex digit. ``knocks_out`` is true if it has groups in which what is painted
    later erases what was painted before, however transparent it is (11.4.6.2). ``is_narrow`` is
    true if it has a font that sets its letters upon each other.
    """

    may_hide: bool = False
    has_aliases: bool = False
    knocks_out: bool = False
    is_narrow: bool = False


def untold_of(pdf: pikepdf.Pdf) -> Untold:
    """What pdfium doesn't tell of a document, from the resources of its pages and their forms."""
    may_hide, has_aliases, is_narrow = "/OCProperties" in pdf.Root, False, False
    knocks_out = any(_knocks_out(page.obj) for page in pdf.pages)
    for resources in _all_resources(pdf):
        may_hide |= bool(len(dictionary(resources.get("/Pattern"))))
        for font in dictionary(resources.get("/Font")).values():
            may_hide |= dictionary(font).get("/Subtype") == "/Type3"
            has_aliases |= _has_aliases(font)
            is_narrow |= _is_narrow(font)
        knocks_out |= any(map(_knocks_out, dictionary(resources.get("/XObject")).values()))
    return Untold(may_hide, has_aliases, knocks_out, is_narrow)


def _knocks_out(drawn: Any) -> bool:
    """Whether a page or a form is a knockout group."""
    held = drawn.get("/Group") if isinstance(drawn, pikepdf.Dictionary | pikepdf.Stream) else None
    return dictionary(held).get("/K") is True


def _is_narrow(font: Any) -> bool:
    """Whether the letters of a font are set closer than any can be read (9.7.4.3)."""
    font = dictionary(font)
    inner = _array(font.get("/DescendantFonts"))
    parts = _array(dictionary(inner[0]).get("/W")) if inner else [font.get("/Widths")]
    widths = [each for part in parts for each in _array(part)]
    if not widths or not all(isinstance(each, int | float | Decimal) for each in widths):
        return False
    matrix = _array(font.get("/FontMatrix")) if font.get("/Subtype") == "/Type3" else []
    scale = 1000 * abs(float(matrix[0])) if matrix else 1.0
    return float(max(widths)) * scale < NARROWEST


def _all_resources(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """The resources of all pages and of the forms that these name, each once."""
    seen: set[tuple[int, int]] = set()
    pending = [_of_page(page.obj) for page in pdf.pages]
    while pending:
        resources = dictionary(pending.pop())
        if resources.is_indirect:
            if resources.objgen in seen:
                continue
            seen.add(resources.objgen)
        yield resources
        for form in dictionary(resources.get("/XObject")).values():
            if isinstance(form, pikepdf.Stream) and form.objgen not in seen:
                seen.add(form.objgen)
                pending.append(form.get("/Resources"))


def _of_page(node: Any) -> Any:
    """The resources of a page, which it may inherit (7.7.3.4)."""
    for _ in range(DEEPEST):
        if not isinstance(node, pikepdf.Dictionary) or "/Resources" in node:
            break
        node = node.get("/Parent")
    return dictionary(node).get("/Resources")


def _has_aliases(font: Any) -> bool:
    if not isinstance(font, pikepdf.Dictionary) or "/ToUnicode" not in font:
        return False
    from pipeline.extract.formats.pdf.lying_fonts import to_unicode

    digits = Counter(text for text in to_unicode(font).values() if text in _DIGITS)
    return any(count > 1 for count in digits.values())


_DIGITS: Final = frozenset("0123456789abcdefABCDEF")


def _array(value: object) -> list[Any]:
    """The items of an array, none where a damaged file has something else."""
    return list(value.as_list()) if isinstance(value, pikepdf.Array) else []


def dictionary(value: object) -> Any:
    """``value``, or an empty dictionary where a damaged file has something else."""
    return value if isinstance(value, pikepdf.Dictionary) else pikepdf.Dictionary()
