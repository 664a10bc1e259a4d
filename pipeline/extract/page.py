"""What a page is, whatever the format it came in: words on lines, and evidence of tables.

All lengths are in points; ``y`` grows downwards and is a line's baseline.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from typing import NamedTuple

from pipeline.extract.document import Problem
from pipeline.extract.settings import SETTINGS

Ruling = tuple[float, float, float, float]
"""A ruled line, or an edge of a filled band: (x0, top, x1, bottom), where the words stand.

It runs either across (``x0 < x1`` and ``top == bottom``) or down.
"""


class Token(NamedTuple):
    """A word of some lines: the number of its line, and its own in the line."""

    line: int
    word: int


class Word(NamedTuple):
    """A run of characters without a space, with its left and right edge and its baseline.

    ``size`` is the font size; 0 where there is none.
    """

    text: str
    x0: float
    x1: float
    y: float = 0.0
    size: float = 0.0


@dataclass
class Line:
    """Words on one baseline, from left to right; ``size`` is the font size."""

    words: list[Word]
    y: float
    size: float

    @cached_property
    def text(self) -> str:
        """The words, joined by single spaces."""
        return text_of(self.words)

    def is_right_below(self, above: "Line") -> bool:
        """Whether no more than a step from line to line of a text parts it from a line above."""
        return self.y - above.y <= SETTINGS.label_step * self.size


def text_of(words: Iterable[Word]) -> str:
    """Words, joined by single spaces."""
    return " ".join([word.text for word in words])


class TaggedCell(NamedTuple):
    """A cell (TH or TD) of a tagged table: what of it stands on one page."""

    words: tuple[Word, ...]
    is_header: bool = False
    columns: int = 1
    rows: int = 1


class TaggedRow(NamedTuple):
    """A row (TR) of a tagged table: what of it stands on one page, all its cells in order.

    ``number`` stands for its place in the structure tree: a row that has the same number on two
    pages is one that goes on over the page break. 0: its place is not known.
    """

    cells: tuple[TaggedCell, ...]
    number: int = 0


class TaggedTable(NamedTuple):
    """A table of the document's structure tree (ISO 32000-1, 14.8.4.3.4): its rows on one page.

    ``number`` stands for its place in the tree: it is the same on all pages the table takes.
    """

    number: int
    rows: tuple[TaggedRow, ...]


@dataclass(slots=True)
class Page:
    """One page, turned so that most of its text is upright.

    ``turned`` is by how many quarter turns (counter-clockwise) the text stood on the page as
    displayed; ``sideways`` holds lines of text that runs in another direction. ``rulings`` are
    lines and edges that may part cells; ``tagged`` are the tables that the document itself
    states, whose words are those of ``lines``. ``problems`` are what a person sees on it that its
    text doesn't say, and the reverse. ``is_scanned`` says that OCR read it off a picture;
    ``is_layered`` that its text is what OCR laid over a picture before, invisibly. ``right`` is its
    right edge, where that is known.
    """

    number: int
    lines: list[Line]
    sideways: list[Line]
    turned: int = 0
    rulings: tuple[Ruling, ...] = ()
    tagged: tuple[TaggedTable, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    is_scanned: bool = False
    is_layered: bool = False
    right: float = inf


_LIGATURES = re.compile("[\ufb00-\ufb06]")
# Ghostscript 9 and 10 swap the bytes of ligatures in ToUnicode, and add up the last two of three
_SWAPPED = {
    "\u6600\u6600": "ff",
    "\u6600\u6900": "fi",
    "\u6600\u6c00": "fl",
    "\u6600\ucf00": "ffi",
    "\u6600\ud200": "ffl",
}
_SWAPPED_LIGATURES = re.compile("|".join(_SWAPPED))
_MAPPED = {
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\x00")),  # nothing to see
    **dict.fromkeys(map(ord, "\u2011\u2212"), "-"),  # troff sets a minus for a hyphen
}


def clean(text: str) -> str:
    """Spell ligatures out, compose accents, and drop characters that show nothing."""
    if text.isascii():
        return text
    text = _LIGATURES.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    text = _SWAPPED_LIGATURES.sub(lambda match: _SWAPPED[match[0]], text)
    return unicodedata.normalize("NFC", text).translate(_MAPPED)
