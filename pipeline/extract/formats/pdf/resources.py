"""What the resources of a PDF say that pdfium doesn't of what is drawn with them.

Layers, patterns and glyphs that are procedures may leave no ink where a text seems to be plain; and
a font may have several codes for one digit, of which only some lie (ISO 32000-1, 7.8.3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import pikepdf

DEEPEST: Final = 32
"""Pages inherit resources from nodes of their tree that are at most so far above them."""


class Untold(NamedTuple):
    """What pdfium doesn't tell of a document.

    ``may_hide`` is true if it has layers, patterns or Type 3 fonts (8.7, 8.11, 9.6.5), so that text
    has to be looked at to know that it is seen. ``has_aliases`` is true if it has a font that has
    several codes for a hex digit.
    """

    may_hide: bool = False
    has_aliases: bool = False


def untold_of(pdf: pikepdf.Pdf) -> Untold:
    """What pdfium doesn't tell of a document, from the resources of its pages and their forms."""
    may_hide, has_aliases = "/OCProperties" in pdf.Root, False
    for resources in _all_resources(pdf):
        may_hide |= bool(len(_dictionary(resources.get("/Pattern"))))
        for font in _dictionary(resources.get("/Font")).values():
            may_hide |= _dictionary(font).get("/Subtype") == "/Type3"
            has_aliases |= _has_aliases(font)
    return Untold(may_hide, has_aliases)


def _all_resources(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """The resources of all pages and of the forms that these name, each once."""
    seen: set[tuple[int, int]] = set()
    pending = [_of_page(page.obj) for page in pdf.pages]
    while pending:
        resources = _dictionary(pending.pop())
        if resources.is_indirect:
            if resources.objgen in seen:
                continue
            seen.add(resources.objgen)
        yield resources
        for form in _dictionary(resources.get("/XObject")).values():
            if isinstance(form, pikepdf.Stream) and form.objgen not in seen:
                seen.add(form.objgen)
                pending.append(form.get("/Resources"))


def _of_page(node: Any) -> Any:
    """The resources of a page, which it may inherit (7.7.3.4)."""
    for _ in range(DEEPEST):
        if not isinstance(node, pikepdf.Dictionary) or "/Resources" in node:
            break
        node = node.get("/Parent")
    return _dictionary(node).get("/Resources")


def _has_aliases(font: Any) -> bool:
    if not isinstance(font, pikepdf.Dictionary) or "/ToUnicode" not in font:
        return False
    from pipeline.extract.formats.pdf.lying_fonts import to_unicode

    digits = Counter(text for text in to_unicode(font).values() if text in _DIGITS)
    return any(count > 1 for count in digits.values())


_DIGITS: Final = frozenset("0123456789abcdefABCDEF")


def _dictionary(value: object) -> Any:
    """A dictionary, empty where a damaged file has something else."""
    return value if isinstance(value, pikepdf.Dictionary) else pikepdf.Dictionary()
