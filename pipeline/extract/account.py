"""What a document holds besides its rows, and whether that can be believed.

Nothing here knows how a layout came to its rows. Each run of 32, 40 or 64 digits is a row's, or a
label says what else it is, or it is a problem; so is each name that no row has. Other lines are
accounted for by where they stand: prose may surround the rows, but not stand between them.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal

from pipeline.extract.blocks import Block
from pipeline.extract.document import Digest, Problem
from pipeline.extract.layouts.aligned import role_of
from pipeline.extract.no_rows import digest_kind
from pipeline.extract.page import Line, text_of
from pipeline.extract.page_furniture import bands_among, is_page_number, shape
from pipeline.extract.row_marks import holds_row
from pipeline.extract.settings import SETTINGS
from pipeline.extract.trust_words import is_mark
from pipeline.extract.vocabulary import heads_removed, is_continued_mark, label_at

LINE_HINT: Final = "This line belongs to no row; look at the page."

_NUMBER: Final = re.compile(r"^[\W_]*(?:(?:[A-Z]\.)?\d+(?:\.\d+)*[.):]?\s+)?|[⁰¹²³⁴-⁹ᵃᵇᶜᵈ]+$")
"""What may stand around a caption: its number, ``A.1``, and the marks of notes."""
_TYPE: Final = re.compile(r"(?:^|[,;+/])\s*[A-Za-z][\w.]*\s?=\s?")
_RULE: Final = re.compile(r"[\s\-=_*+|.~#]{3,}")
"""A rule that characters draw."""

_MARKED: Final = re.compile(r"(?:[^\W⁰¹²³⁴-⁹ᵃᵇᶜᵈ]\S*?)?([*†‡§]+|[⁰¹²³⁴-⁹ᵃᵇᶜᵈ]+)$")
"""A word with the mark of a note, or the mark alone."""
_NOTE: Final = re.compile(
    r"[\[(]?([*†‡§⁰¹²³⁴-⁹ᵃᵇᶜᵈ]+(?=\W*\w)|(?:\d{1,2}|[a-d])(?=\W))[\]).:]*\s*(.+)"
)
"""A note: its mark, and what it says."""

Zone = Literal["above", "between", "below", "apart", "no rows", "sideways"]


@dataclass(slots=True)
class Leftover:
    """A line, or a part of one, that no row took.

    ``zone`` tells where it stood among the rows of its page; "apart" is above or below them and
    clearly parted from them. ``holds_row`` tells whether it has what only a row has. ``whole`` is
    the text of its line.
    """

    page: int
    text: str
    zone: Zone
    y: int
    holds_row: bool
    whole: str = ""

    @property
    def place(self) -> tuple[str, int]:
        """What a running header or footer has in common on every page."""
        return shape(self.text), self.y


@dataclass(slots=True)
class Account:
    """Collects what no row took, and says at the end which of it can't be accounted for.

    ``marks`` are those of notes that rows have, ``notes`` those notes which say that what has their
    mark is not trusted.
    """

    leftovers: list[Leftover] = field(default_factory=list)
    loose: list[Problem] = field(default_factory=list)
    digests: Counter[Digest] = field(default_factory=Counter)
    marks: set[str] = field(default_factory=set)
    notes: list[tuple[str, Problem]] = field(default_factory=list)
    first_page: int | None = None
    last_page: int | None = None

    def saw_rows(self, page: int) -> None:
        """Note a page with rows."""
        self.first_page = min(self.first_page or page, page)
        self.last_page = max(self.last_page or page, page)

    def take_lines(self, page: int, lines: Sequence[Line], zone: Zone) -> None:
        """Note lines that were set apart before: headings, running headers, and the like."""
        for line in lines:
            self._take_note(page, line.text)
            of_row = holds_row(line)
            if zone != "apart" or of_row:
                self.leftovers.append(Leftover(page, line.text, zone, round(line.y), of_row))

    def take_block(
        self,
        block: Block,
        rows: Collection[int],
        explained: Collection[tuple[int, int]],
        lines: Sequence[int],
    ) -> None:
        """Note what is unexplained on some lines of a block, whose rows take the lines ``rows``.

        Of all digits on these lines, taken by rows or not, it notes what they are.
        """
        kept = set(lines)
        for digits in block.digits:
            if digits.line in kept:
                kind = digest_kind(digits.digits, digits.is_sound, role_of(block, digits))
                title = block.title_of(digits.x0, digits.x1, digits.line)
                self.digests[Digest(kind, title)] += 1
        columns: dict[tuple[int, float], list[int]] = {}
        for index in sorted(rows):
            self.marks |= marks_of(block.lines[index].text)
            columns.setdefault(block.lines[index].text_column, []).append(index)
        taken = {token[0] for token in explained}
        for index in lines:
            line = block.lines[index]
            words = [w for at, w in enumerate(line.words) if (index, at) not in explained]
            if not words:
                continue
            text = text_of(words)
            self._take_note(line.page, line.text)
            held = columns.get(line.text_column, ())
            zone = _zone(block, index, held, taken) if held or not columns else "apart"
            of_row = holds_row(Line(words, line.y, line.size))
            place = round(words[0].y)
            self.leftovers.append(Leftover(line.page, text, zone, place, of_row, line.text))

    def _take_note(self, page: int, text: str) -> None:
        """Note a note that says that something isn't trusted."""
        note = _NOTE.fullmatch(text)
        if note and (is_mark(note[2]) or heads_removed(note[2])):
            mark = unicodedata.normalize("NFKC", note[1])
            hint = "This note says of the rows with its mark that they are not trusted; look at it."
            self.notes.append((mark, Problem("unaccounted-text", page, text, hint)))

    def denied(self, marks: Collection[str]) -> str:
        """What a note says of rows with one of these marks: that they aren't trusted; or ``""``."""
        return next((problem.text for mark, problem in self.notes if mark in marks), "")

    def problems(self, subjects: Mapping[int, Sequence[str]]) -> list[Problem]:
        """The lines that are no heading, header, footer or note.

        A running header or footer repeats on another page (but for its numbers). Before the first
        row and after the last one there may be prose. A caption may repeat what a row is called:
        ``subjects`` holds those of each page. A line that holds what only a row holds is always
        reported. So is a letter, unless it stands over a part of an alphabetic list.
        """
        pages_with = Counter(
            place for place, _ in {(item.place, item.page) for item in self.leftovers}
        )
        bands = bands_among(item.text for item in self.leftovers)
        lines = [
            Problem(
                "unaccounted-text",
                item.page,
                item.text,
                LINE_HINT,
            )
            for item in self.leftovers
            if not self._is_accounted_for(item, pages_with)
            and item.text not in bands
            and not _is_caption(item, subjects.get(item.page, ()))
        ]
        notes = [problem for mark, problem in self.notes if mark in self.marks]
        return [*self.loose, *notes, *lines]

    def _is_accounted_for(self, item: Leftover, pages_with: Counter[tuple[str, int]]) -> bool:
        if item.holds_row:
            return False
        outside = (
            self.first_page is None
            or self.last_page is None
            or item.page < self.first_page
            or item.page > self.last_page
            or (item.page == self.first_page and item.zone == "above")
            or (item.page == self.last_page and item.zone == "below")
        )
        return (
            outside
            or item.zone in ("apart", "sideways")
            or pages_with[item.place] > 1
            or is_page_number(item.text)
            or is_continued_mark(item.text)
            or _RULE.fullmatch(item.text) is not None
        )


def _zone(block: Block, index: int, rows: Sequence[int], taken: Collection[int]) -> Zone:
    """Where a line stands to the rows of its page, or of its column of the page."""
    if not rows:
        return "no rows"
    low, high = rows[0], rows[-1]
    if low <= index <= high:
        return "apart" if _is_headed(block, index, taken) else "between"
    cuts = set(block.cuts)
    for i in range(index, low) if index < low else range(high, index):
        step = block.lines[i + 1].y - block.lines[i].y
        size = max(block.lines[i].size, block.lines[i + 1].size)
        if i + 1 in cuts or step > SETTINGS.section_step * size:
            return "apart"
    return "above" if index < low else "below"


def _is_headed(block: Block, index: int, taken: Collection[int]) -> bool:
    """Whether a line between rows stands with a heading: the prose of a section's beginning."""
    first = last = index
    while first > 0 and first - 1 not in taken:
        first -= 1
    while last + 1 < len(block.lines) and last + 1 not in taken:
        last += 1
    lines = block.lines[max(first - 1, 0) : last + 2]
    return len({line.section.number for line in lines}) > 1


def marks_of(text: str) -> set[str]:
    """The marks of notes that words of a line have, or that stand there by themselves."""
    if not ("*" in text or "†" in text or not text.isascii()):
        return set()
    ends = map(_MARKED.match, text.split(" "))
    return {unicodedata.normalize("NFKC", end[1]) for end in ends if end}


def _is_caption(item: Leftover, subjects: Sequence[str]) -> bool:
    """Whether a line is what one of the rows is called: values of its attributes and no more.

    A number or a label may stand before them: ``A.1 Acme Root (Acme, Inc.)``.
    """
    words = _NUMBER.sub("", item.whole).split()
    label = label_at(words)
    lines = {item.text, " ".join(words), " ".join(words[label.length if label else 0 :])}
    return any(_holds_only(line, values) for values in map(_values, subjects) for line in lines)


def _holds_only(text: str, values: Sequence[str]) -> bool:
    rest = text
    for value in values:
        rest = rest.replace(value, " ", 1)
    return rest != text and not any(map(str.isalnum, rest))


@lru_cache(maxsize=4096)
def _values(subject: str) -> list[str]:
    """The values of a name, the longest first."""
    found = (each.strip(" ,;+/") for each in _TYPE.split(subject))
    return sorted(filter(None, found), key=len, reverse=True)
