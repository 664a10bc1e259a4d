"""What a line is that belongs to no row: heading, table header, running header or footer."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipeline import firmware
from pipeline.extract.columns import BEGINS_NAME
from pipeline.extract.document import Problem
from pipeline.extract.fingerprints import digits_of
from pipeline.extract.page import Line

_TITLES = re.compile(
    r"""\b(?:(?P<fingerprint>(?:finger|thumb)print|sha-?1|digest|hash)
    |(?P<subject>subject|distinguished\ name|issued\ to)
    |(?P<more>issuer|issued\ by|owner|common\ name
    |sha-?256|valid|not\ before|not\ after|expires|expiry|serial|no\.
    |number|page))""",
    re.VERBOSE | re.IGNORECASE,
)
_CONTINUED = re.compile(r"\bcontinue[sd]\b|\bcont(?:'d|\.|\))|\(cont", re.IGNORECASE)
_PAGE_NUMBER = re.compile(
    r"(?:page|seite|p\.)?\s*[-–—]?\s*\d+\s*(?:[-–—]|(?:of|/|von)\s*\d+)?", re.IGNORECASE
)
_REMOVED = re.compile(
    r"\b(?:removed|deleted|distrusted|revoked|no\ longer\ (?:trusted|included))\b", re.IGNORECASE
)
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"(?<![^\s\-–—([])[^\W\d_](?![^\s\-–—:.)\]])")
"""A letter that stands by itself, such as that of a part of an alphabetic list."""
_LONGEST_TITLE = 90
_NUMBERED = 5
"""Fewer numbers may count anything."""
_VALUE = re.compile(r"=\s?(\w)")
_BANDS = 3
"""Fewer letters may be in order by chance."""


def is_table_header(line: Line) -> bool:
    """Whether the line titles the columns of a table: at least two kinds of title, no prose."""
    text = line.text
    if "=" in text or len(text) > _LONGEST_TITLE or text.endswith((".", ":")):
        return False
    kinds = {match.lastgroup for match in _TITLES.finditer(text)}
    if len(line.words) <= 4 and text.lower().startswith("subject"):
        return "key" not in text.lower()
    return len(kinds) > 1 and bool(kinds & {"fingerprint", "subject"})


def is_continued_mark(text: str) -> bool:
    """Whether the line says that a table goes on: ``(continued)``."""
    return len(text) <= _LONGEST_TITLE and "=" not in text and bool(_CONTINUED.search(text))


def is_page_number(text: str) -> bool:
    """Whether the line is a page number and nothing else."""
    return _PAGE_NUMBER.fullmatch(text) is not None


def release_of(text: str) -> str:
    """The one release that a line names, in Cisco's form; ``""`` if none or several."""
    if not _DIGIT.search(text) or BEGINS_NAME.search(text):
        return ""
    releases = firmware.find_releases(text)
    return str(releases[0]) if len(releases) == 1 else ""


def is_of_removed(text: str) -> bool:
    """Whether a heading stands over certificates that are *not* trusted: removed ones."""
    return "=" not in text and is_heading(text) and _REMOVED.search(text) is not None


def is_heading(text: str) -> bool:
    """Whether a line that names a release can be a heading, rather than a sentence."""
    return len(text.split()) <= 14 and not text.endswith((".", ",", ";"))


def without_line_numbers(lines: list[Line]) -> list[Line]:
    """The lines of a page without the numbers of its lines, if those stand in its left margin.

    Each number is further down by as many lines as it is higher, whatever the lines hold.
    """
    numbered = [i for i, line in enumerate(lines) if line.words[0].text.isdecimal()]
    if len(numbered) < _NUMBERED:
        return lines
    edge = max(lines[i].words[0].x1 for i in numbered)
    firsts = {int(lines[i].words[0].text) - i for i in numbered}
    others = [line.words[line.words[0].text.isdecimal() :] for line in lines]
    among = others[numbered[0] : numbered[-1]]
    if len(firsts) > 1 or any(words and words[0].x0 < edge for words in among):
        return lines
    return [
        Line(words, words[0].y, line.size)
        for line, words in zip(lines, others, strict=True)
        if words
    ]


def is_suspect(text: str) -> bool:
    """Whether a line holds what only a row holds: hex digits or the beginning of a name."""
    return any(begins_like_row(word) for word in text.split())


def begins_like_row(word: str) -> bool:
    """Whether a word can only come from a row."""
    digits = digits_of(word)
    if len(digits) >= 16 and not digits.isdigit():
        return True
    match = BEGINS_NAME.match(word)
    return match is not None and match.end() < len(word)


Zone = Literal["above", "between", "below", "apart", "no rows", "sideways"]


@dataclass(slots=True)
class Leftover:
    """A line that no row took.

    ``zone`` tells where it stood among the rows of its page; "apart" is above or below them and
    clearly parted from them.
    """

    page: int
    text: str
    zone: Zone
    y: int

    @property
    def place(self) -> tuple[str, int]:
        """What a running header or footer has in common on every page."""
        return shape(self.text), self.y


@dataclass(slots=True)
class Margins:
    """Collects the lines that no row took, and says at the end which can't be accounted for."""

    leftovers: list[Leftover] = field(default_factory=list)
    first_page: int | None = None
    last_page: int | None = None

    def saw_rows(self, page: int) -> None:
        """Note a page with rows."""
        self.first_page = self.first_page or page
        self.last_page = page

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
        return [
            Problem(
                "unaccounted-text",
                item.page,
                item.text,
                "This line belongs to no row; look at the page.",
            )
            for item in self.leftovers
            if not self._is_accounted_for(item, pages_with)
            and item.text not in bands
            and not _is_caption(item.text, subjects.get(item.page, ()))
        ]

    def _is_accounted_for(self, item: Leftover, pages_with: Counter[tuple[str, int]]) -> bool:
        if is_suspect(item.text):
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
        )


def bands_among(texts: Iterable[str]) -> set[str]:
    """Those lines that part an alphabetic list: ``A``, ``B``, ``D``, each once and in order.

    Each may say the same besides its letter: ``Authorities beginning with A``.
    """
    letters: dict[str, list[str]] = defaultdict(list)
    lines: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        rest = rest_of_band(text)
        if rest:
            letters[rest].append(_LETTER.findall(text)[0].casefold())
            lines[rest].append(text)
    return {
        text
        for rest, found in letters.items()
        if len(found) >= _BANDS and found == sorted(set(found))
        for text in lines[rest]
    }


def rest_of_band(text: str) -> str:
    """What a line says besides a letter that stands by itself; ``""`` if it has none."""
    if "=" in text or len(text) > _LONGEST_TITLE or not _LETTER.search(text):
        return ""
    return _LETTER.sub("_", text)


def has_name_with_letter_of(text: str, band: str) -> bool:
    """Whether the value of an attribute in ``text`` begins with the letter of a band."""
    letters = {letter.casefold() for letter in _LETTER.findall(band)}
    return any(match[1].casefold() in letters for match in _VALUE.finditer(text))


def _is_caption(text: str, subjects: Sequence[str]) -> bool:
    """Whether a line is what one of the rows is called: the value of an attribute."""
    return any(
        f"={text}," in f"{subject}," or f"= {text}," in f"{subject}," for subject in subjects
    )


def shape(text: str) -> str:
    """The text without its numbers, which differ from page to page."""
    return re.sub(r"\d+", "#", text)
