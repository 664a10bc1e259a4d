"""What a page has besides its text: line and page numbers, what runs on other pages, letters.

The letters are those that part an alphabetic list.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from pipeline.extract.page import Line
from pipeline.extract.settings import SETTINGS
from pipeline.extract.word_kinds import begins_name

_PAGE_NUMBER: Final = re.compile(
    r"(?:page|seite|p\.)?\s*[-–—]?\s*\d+\s*(?:[-–—]|(?:of|/|von)\s*\d+)?", re.IGNORECASE
)
_NUMBER: Final = re.compile(r"\d+")
_LONG: Final = 12
"""Two numbers of pages have fewer digits than this."""
_LETTER: Final = re.compile(r"(?<![^\s\-–—([])[^\W\d_](?![^\s\-–—:.)\]])")
"""A letter that stands by itself, such as that of a part of an alphabetic list."""
_VALUE: Final = re.compile(r"=\s?(\w)")
SLIP: Final = 12
"""By so many points a line may stand higher or lower on one scanned page than on another."""
Places = dict[int, list[str]]
"""The texts of lines by their height on the page, to tell which stand on another page, too."""


@lru_cache(maxsize=1024)
def shape(text: str) -> str:
    """The text without its numbers, which differ from page to page."""
    return _NUMBER.sub("#", text)


def is_page_number(text: str) -> bool:
    """Whether the line is a page number and nothing else."""
    return _PAGE_NUMBER.fullmatch(text) is not None


def without_line_numbers(lines: list[Line]) -> list[Line]:
    """The lines of a page without the numbers of its lines, if those stand in its left margin.

    Each number is further down by as many lines as it is higher, whatever the lines hold.
    """
    numbered = [i for i, line in enumerate(lines) if line.words[0].text.isdecimal()]
    if len(numbered) < SETTINGS.numbered_rows:
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


def places(lines: Iterable[Line], *, is_scanned: bool = False) -> Places:
    """The texts of the lines of a page by height; on a scanned one, paper may have slipped."""
    found: Places = defaultdict(list)
    slip = SLIP if is_scanned else 0
    for line in lines:
        for height in range(round(line.y) - slip, round(line.y) + slip + 1):
            found[height].append(line.text)
    return found


def _spaceless(text: str) -> str:
    """The shape of a text without its spaces, which OCR drops here and there."""
    return shape(text).replace(" ", "")


def stands_on(line: Line, others: Iterable[Places]) -> bool:
    """Whether a line (its numbers and spaces aside) stands at the same height of a page beside.

    Numbers differ there as those of pages do, by one: ``Root CA 2`` may end a name on each page,
    and another name begins on each.
    """
    near = [text for other in others for text in other.get(round(line.y), ())]
    return any(_is_same(line.text, text) for text in near) and not any(
        begins_name(line.words, at) for at in range(len(line.words))
    )


def _is_same(text: str, other: str) -> bool:
    """Whether two texts are one, but for the number of the page."""
    if _spaceless(text) != _spaceless(other):
        return False
    numbers, others = _NUMBER.findall(text), _NUMBER.findall(other)
    if len(numbers) != len(others):
        return False  # ``#`` itself is no number
    return all(
        one == two or (len(one + two) < _LONG and abs(int(one) - int(two)) == 1)
        for one, two in zip(numbers, others, strict=True)
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
        if len(found) >= SETTINGS.bands and found == sorted(set(found))
        for text in lines[rest]
    }


def rest_of_band(text: str) -> str:
    """What a line says besides a letter that stands by itself; ``""`` if it has none."""
    if "=" in text or len(text) > SETTINGS.band_length or not _LETTER.search(text):
        return ""
    return _LETTER.sub("_", text)


def _has_name_with_letter_of(text: str, band: str) -> bool:
    """Whether the value of an attribute in ``text`` begins with the letter of a band."""
    letters = {letter.casefold() for letter in _LETTER.findall(band)}
    return any(match[1].casefold() in letters for match in _VALUE.finditer(text))


def has_names_below(texts: Sequence[str], index: int) -> bool:
    """Whether a line may be a band: below one of words, a name has its letter."""
    text = texts[index]
    below = " ".join(texts[index + 1 : index + 5])
    return len(text) == 1 or _has_name_with_letter_of(below, text)
