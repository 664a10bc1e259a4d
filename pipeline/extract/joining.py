"""The lines of a subject put together: where a space belongs, and where nobody can tell."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from pipeline.extract import vocabulary
from pipeline.extract.document import UNCERTAIN_JOIN
from pipeline.extract.page import Word, text_of
from pipeline.extract.settings import SETTINGS

_SOFT_HYPHENS: Final = ("\u00ad", "\u2010")
"""U+2010 is what browsers draw where a soft hyphen breaks a line; names are written with ``-``."""
_MAY_BREAK: Final = re.compile(r"[\w.)]-$|[/\\@_]$|(?:\bwww\S*|[/@]\S*)\.$")
"""Ends of lines at which typesetters break without a space: hyphens, and within addresses."""
_FULL_LINE: Final = "\x1c"
"""Stands where a full line was joined to the next; white space, so never within a word."""
_TYPE: Final = re.compile(r"^(\w+) = ")
"""The type of an attribute, and the spaces around its mark."""
_IN_WORD: Final = re.compile(rf"\w{_FULL_LINE}\w")
"""A full line that may have been broken within a word."""
_SMALL: Final = re.compile(r"[^\W\d_]\n[^\W\d_A-Z]")
"""A letter that ends a line, and a small one that begins the next."""
_SEPARATED: Final = re.compile(r"[,;+/\\]$")
_NOTE_MARKS: Final = re.compile(r"\s*[†‡]|\s\*(?=\s|$)|[*¹²³⁰⁴-⁹⁽⁾ᵃᵇᶜᵈ]+(?:,[*¹²³⁰⁴-⁹⁽⁾ᵃᵇᶜᵈ]+)*$")
"""Marks of footnotes; no name ends in one."""
_NEXT_ITEM: Final = re.compile(r"\s+[•▪‣◦●○■□§\ue000-\uf8ff]$")
"""The bullet of the item below, which some producers draw level with the end of this one."""
_COLON: Final = re.compile(r"(?<!\S)([^\s:]*):$")
"""What parts a name from the digits behind it."""
QUOTES: Final = "\"'" + "".join(map(chr, range(0x2018, 0x2020)))
"""What names stand in: straight marks, and those that open and close."""


class SubjectLine(NamedTuple):
    """One line of a subject: its words, how much room there was for more, and the font size."""

    words: Sequence[Word]
    room: float
    size: float


def subject_of(lines: Sequence[SubjectLine]) -> str:
    """The lines of a subject, joined; notes and quotes around it are left out."""
    text = _joined(lines)
    if "*" in text or not text.isascii():
        text = _NOTE_MARKS.sub("", text)
        text = _NEXT_ITEM.sub("", text)
    text = text.strip().rstrip(";|")
    text = (_COLON.sub(r"\1", text) if text.endswith(":") else text).rstrip()
    is_quoted = text[:1] in QUOTES and text[-1:] in QUOTES  # else a part of it is missing
    return text.strip(QUOTES) if is_quoted else text


def _joined(lines: Sequence[SubjectLine]) -> str:
    """Join the lines.

    A space goes between, unless the line ended in a hyphen or within a word, or the next begins
    with a comma. Where only the certificate can tell, the join is marked with U+200B; where it
    depends on how the document breaks its lines, it is left to `settle`.
    """
    text = ""
    for index, subject_line in enumerate(lines):
        line = text_of(subject_line.words)
        if not text:
            text = line
            continue
        before = lines[index - 1]
        if text.endswith(_SOFT_HYPHENS):
            text = text[:-1] + line
        elif line.startswith((",", ";", ")", "\\,", "\\;")):
            text += line  # no space belongs before it
        elif vocabulary.attribute_of(line) and not _SEPARATED.search(text):
            # an attribute a line, as dialogues and routers list them: no spelling of OpenSSL's
            text += ", " + _TYPE.sub(r"\1=", line)
        elif _MAY_BREAK.search(text) or (is_full(before) and len(before.words) == 1):
            text += UNCERTAIN_JOIN + line
        else:
            text += (_FULL_LINE if is_full(before) else " ") + line
    return text.replace(_SOFT_HYPHENS[0], "")


def is_full(line: SubjectLine) -> bool:
    """Whether there was no room for another letter."""
    return line.room < line.size


def room_needed(word: Word, size: float) -> float:
    """The room that a line needs at its end so that a word had surely been set there."""
    return word.x1 - word.x0 + (SETTINGS.usual_space + SETTINGS.spare_room) * size


class Fullness(NamedTuple):
    """How many lines end short of the edge, and how many fill it to the last character.

    Lines alike, as of the names of one CA, say no more than the first: ``last`` is the last line.
    ``small`` counts the full lines behind which the next begins with a small letter.
    """

    short: int = 0
    full: int = 0
    last: str = ""
    small: int = 0

    def with_lines(self, lines: Sequence[SubjectLine]) -> "Fullness":
        """The same, with the lines of one more subject; the last one of each says nothing."""
        short, full, last, small = self
        for line, below in pairwise(lines):
            text = text_of(line.words)
            if text != last:
                is_full = line.room < SETTINGS.full_line * line.size
                short, full, last = short + (not is_full), full + is_full, text
                small += is_full and _SMALL.search(f"{text}\n{text_of(below.words)}") is not None
        return Fullness(short, full, last, small)

    @property
    def breaks_words(self) -> bool:
        """Whether lines may break anywhere (``word-break: break-all``), not only between words."""
        return self.full >= 4 and self.full > 0.85 * (self.full + self.short)

    @property
    def splits_words(self) -> bool:
        """Whether they surely do: few words of names begin with a small letter, most parts do."""
        share = self.small / max(self.full + self.short, 1)
        least = SETTINGS.split_words if self.breaks_words else SETTINGS.split_words_alone
        return self.small >= SETTINGS.splits and share > least


@lru_cache(maxsize=4096)
def settle(text: str, breaks_words: bool) -> str:
    """Decide the joins of full lines: a space, unless the document's lines break within words."""
    return text.replace(_FULL_LINE, UNCERTAIN_JOIN if breaks_words else " ")


def is_undecided(text: str) -> bool:
    """Whether a full line may have been broken within a word: only the certificate can tell."""
    return _IN_WORD.search(text) is not None
