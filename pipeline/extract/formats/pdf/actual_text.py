"""Text that a page says it has in place of its glyphs (``ActualText``, ISO 32000-1, 14.9.4).

It is for ligatures and hyphenated words; a reader may take it, and a person sees the glyphs.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, Final

import pypdfium2 as pdfium
from pypdfium2 import raw

from pipeline.extract.formats.pdf import pdfium_calls as calls
from pipeline.extract.formats.pdf.characters import is_listed

_KEY: Final = b"ActualText"
_UNMAPPED: Final = "\ufffd"
"""What a glyph stands for whose font doesn't tell."""


def contradicted_lines(
    page: pdfium.PdfPage, textpage: pdfium.PdfTextPage, texts: Sequence[int]
) -> Iterator[str]:
    """Lines with parts of rows that the glyphs of a page have otherwise than its text, or not.

    ``texts`` are the text objects of the page (pdfium's addresses); their ``ActualText`` is taken
    away.
    """
    marked = list(filter(calls.count_marks, texts))
    if not sum(map(_take_away, marked)):
        return
    stated = _lines(textpage)
    with closing(page.get_textpage()) as glyphs:
        drawn = _lines(glyphs)
    for some, others in ((stated, drawn), (drawn, stated)):
        same = "\n".join(map(_letters, others))
        for line in some:
            if is_listed(line) and not re.search(_pattern(line), same):
                yield line.strip()


def _take_away(text: int) -> bool:
    """Take ``ActualText`` away from the marks of a text object; whether it had one."""
    item = ctypes.cast(text, raw.FPDF_PAGEOBJECT)
    found = False
    for number in range(calls.count_marks(text)):
        mark = raw.FPDFPageObj_GetMark(item, number)
        if raw.FPDFPageObjMark_GetParamValueType(mark, _KEY) == raw.FPDF_OBJECT_STRING:
            found |= bool(raw.FPDFPageObjMark_RemoveParam(item, mark, _KEY))
    return found


def _lines(textpage: Any) -> list[str]:
    text: str = textpage.get_text_range()
    return text.replace("\0", _UNMAPPED).splitlines()


def _letters(line: str) -> str:
    """The letters and digits of a line; ligatures as their letters."""
    plain = unicodedata.normalize("NFKC", line).casefold()
    return "".join(each for each in plain if each.isalnum() or each == _UNMAPPED)


def _pattern(line: str) -> str:
    """What a line with the same letters matches; anything may stand for an unmapped glyph."""
    return ".*".join(map(re.escape, _letters(line).split(_UNMAPPED)))
