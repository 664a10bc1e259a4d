"""What may be digits of a fingerprint on one line: hex digits in any dress.

A fingerprint may stand in one word (``02faf3…``), with colons, in groups parted by spaces, and
over several lines (`wrapped_digits`). SHA-1 has 40 digits, SHA-256 has 64; whatever looks like one
but has other lengths or characters is found too, and marked as malformed.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, repeat
from math import inf

from pipeline.extract.page import Line, Token, Word
from pipeline.extract.settings import SETTINGS
from pipeline.extract.vocabulary import Role

MD5, SHA1, SHA256 = 32, 40, 64

_PUNCTUATION = re.compile("[-:\u2010\u2011.,;|()\\[\\]{}\"'\u2018-\u201f⁰¹²³⁴-⁹⁽⁾]")
_HEX = re.compile(r"[0-9a-f]+")
_PREFIX = re.compile(r"^(?:sha-?(?:1|256)[:=/]|(?:finger|thumb)print[:=]|0x)", re.IGNORECASE)
SHORTEST = 8
"""Fewer digits than this on one line don't begin a fingerprint; ``CA`` and ``12`` are hex, too."""
_SHORT = re.compile("[0-9a-fx:.,()\\[\\]|;\"'\u2018-\u201f-]+", re.IGNORECASE)
_CALENDAR = re.compile(
    r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:T\d\d:\d\d[\d:.,+Z-]*)?,?"
    r"|\d{1,2}-(?i:feb|dec)-\d{2,4}"  # their letters are hex digits, too
)
_PAIRS = re.compile(r"[0-9a-f]{2}:", re.IGNORECASE)
_MONTHS = frozenset({"feb", "dec"})
"""The names of months that are hex digits, too."""
_PAIR = 2
_FEW = re.compile(r"\d{1,4}[.,]?")
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d:[0-6]\d")
_LONGEST_TIME = 6
"""Digits of a time of day; the name of a month has fewer."""
_ZONES = frozenset({"gmt", "utc", "am", "pm"})
TYPES_OF_DIGITS = frozenset({"C", "DC"})
"""Types of attributes that look like digits."""


@dataclass(eq=False, slots=True)
class Piece:
    """Hex digits in consecutive words of one line; ``digits`` may hold characters that aren't."""

    line: int
    first: int
    last: int
    digits: str
    x0: float
    x1: float
    has_colons: bool

    @property
    def is_dressed(self) -> bool:
        """Whether the digits stand as only fingerprints do: with colons, or in even groups."""
        return self.has_colons or self.last - self.first >= 2

    @property
    def begin(self) -> Token:
        """Its first word."""
        return Token(self.line, self.first)

    @property
    def words(self) -> Iterator[tuple[int, int]]:
        """The words that this piece takes up, by their numbers."""
        return zip(repeat(self.line), range(self.first, self.last + 1), strict=False)


@dataclass(eq=False, slots=True)
class Fingerprint:
    """One printed run of digits: its pieces, from top to bottom.

    ``digits`` are in lower case; ``x0`` and ``x1`` are its left and right edge; ``role`` is that
    of the label that governs it.
    """

    pieces: list[Piece] = field(default_factory=list)
    role: Role | None = None
    digits: str = field(init=False, default="")
    x0: float = field(init=False, default=inf)
    x1: float = field(init=False, default=-inf)

    def __post_init__(self) -> None:
        pieces, self.pieces = self.pieces, []
        for piece in pieces:
            self.add(piece)

    def add(self, piece: Piece) -> None:
        """Add its next piece."""
        self.pieces.append(piece)
        self.digits += piece.digits
        self.x0 = min(self.x0, piece.x0)
        self.x1 = max(self.x1, piece.x1)

    @property
    def line(self) -> int:
        """The line on which it begins."""
        return self.pieces[0].line

    @property
    def begin(self) -> Token:
        """Its first word."""
        return self.pieces[0].begin

    @property
    def words(self) -> Iterator[tuple[int, int]]:
        """The words that it takes up, by their numbers."""
        return chain.from_iterable(piece.words for piece in self.pieces)

    @property
    def is_sound(self) -> bool:
        """Whether it has the length and the characters of a SHA-1 or SHA-256 fingerprint."""
        return len(self.digits) in (SHA1, SHA256) and _HEX.fullmatch(self.digits) is not None

    @property
    def is_digest(self) -> bool:
        """Whether it has those of an MD5, a SHA-1 or a SHA-256 digest."""
        return len(self.digits) in (MD5, SHA1, SHA256) and _HEX.fullmatch(self.digits) is not None


@lru_cache(maxsize=4096)
def digits_of(text: str) -> str:
    """The hex digits of a word in any dress, or ``""`` if the word is something else.

    Up to a tenth of the characters may be others, so that ``O`` for ``0`` is still found.
    """
    if len(text) < SHORTEST and not _SHORT.fullmatch(text):
        return ""
    if _CALENDAR.fullmatch(text):
        return ""
    bare = _PUNCTUATION.sub("", _PREFIX.sub("", text)).lower()
    if not bare or _HEX.fullmatch(bare):
        return bare
    if len(bare) < SHORTEST or not any(map(str.isdigit, bare)):
        return ""
    strange = sum(not char.isalnum() for char in bare)
    if strange > 1 or (strange and (len(bare) not in (MD5, SHA1, SHA256) or "=" in bare)):
        return ""  # one damaged digit is still one
    right = sum(char in "0123456789abcdef" for char in bare)
    return bare if right >= SETTINGS.right_digits * len(bare) else ""


def pieces_of(index: int, line: Line, cells: Collection[int] = ()) -> list[Piece]:
    """The runs of hex digits on one line, long ones and groups alike.

    ``cells`` are the words at which another cell begins, where the document shows cells.
    """
    of_words = [digits_of(word.text) for word in line.words]
    places = [at for at, digits in enumerate(of_words) if digits]
    if not places:
        return []
    _drop_dates(line, of_words, places)
    _drop_types(line, of_words, places)
    found: list[Piece] = []
    run: list[tuple[int, Word, str]] = []
    for position in places:
        word, digits = line.words[position], of_words[position]
        if not digits:
            continue
        if len(digits) < SHA1 and word.text.endswith(","):
            continue  # ``CA,`` ends a value
        apart = run and (run[-1][0] != position - 1 or position in cells)
        if run and (apart or not _goes_on(run, word, digits, line.size)):
            found.append(piece_of(index, run))
            run = []
        run.append((position, word, digits))
    if run:
        found.append(piece_of(index, run))
    return found


def _drop_dates(line: Line, digits: list[str], places: Sequence[int]) -> None:
    """Drop what is of a date or a time of day: ``2012 Feb 13``, ``21:50:39 2024``.

    What white parts from it is of another column, but for a day: ``Feb  3``.
    """
    words = line.words
    for at in places:
        text = words[at].text
        if not digits[at] or len(digits[at]) > _LONGEST_TIME:
            continue
        is_month, is_time = text.rstrip(".,").lower() in _MONTHS, _TIME.fullmatch(text)
        if not (is_month or is_time):
            continue
        texts = [word.text for word in words]
        near = [i for i in (at - 1, at + 1) if 0 <= i < len(texts)]
        numbers = [
            i
            for i in near
            if _FEW.fullmatch(texts[i]) and (len(texts[i]) == 1 or not _is_parted(line, i, at))
        ]
        is_dated = any(len(texts[i]) == 4 for i in numbers)
        if (is_month and (numbers or text.istitle())) or (
            is_time and (is_dated or any(texts[i].lower() in _ZONES for i in near))
        ):
            for i in (at, *numbers):
                digits[i] = ""


def _is_parted(line: Line, one: int, other: int) -> bool:
    """Whether white parts two words that follow on each other, as it does those of columns."""
    before, after = sorted((one, other))
    return line.words[after].x0 - line.words[before].x1 >= SETTINGS.text_gap * line.size


def _drop_types(line: Line, digits: list[str], places: Sequence[int]) -> None:
    """Drop what is the type of an attribute: ``C = SE``, ``DC = example``."""
    for at in places:
        if at + 1 == len(line.words):
            return
        word, after = line.words[at], line.words[at + 1]
        if after.text[0] == "=" and word.text.upper() in TYPES_OF_DIGITS:
            is_near = after.x0 - word.x1 < SETTINGS.digits_space * line.size
            digits[at] = "" if is_near else digits[at]


def _goes_on(run: list[tuple[int, Word, str]], word: Word, digits: str, size: float) -> bool:
    """Whether ``word`` is a further group of the same fingerprint: as long and as near."""
    _, last, last_digits = run[-1]
    gap = word.x0 - last.x1
    if word.text[0] in "([" or last.text[-1] in ")]":
        return False  # a bracket parts the digits from a text before or behind them
    if _PAIRS.search(last.text) and len(digits) > _PAIR and ":" not in word.text:
        return False  # colons part all of the digits, or none: these are of another column
    if len(run[0][2]) >= SHA1 - 2 or len(digits) >= SHA1 - 2:
        return False
    if len(run) > 1:
        usual = run[1][1].x0 - run[0][1].x1
        if gap > SETTINGS.group_gap * usual + SETTINGS.straight_edge * size:
            return False
        return len(digits) <= len(run[0][2])
    if len(digits) == len(last_digits):
        return gap < SETTINGS.first_group_gap * size and _may_be_group(len(digits))
    # the first group may be longer, but ``AB`` may be a word of the next column
    return gap < SETTINGS.text_gap * size and len(last_digits) >= 4 and len(digits) < SHORTEST


def _may_be_group(count: int) -> bool:
    """Whether a digest may stand in groups of so many digits: longer ones part it evenly.

    Else these are lines of two columns, as wide as each other.
    """
    return count < SHORTEST or any(length % count == 0 for length in (MD5, SHA1, SHA256))


def piece_of(index: int, run: Sequence[tuple[int, Word, str]]) -> Piece:
    """The piece of some words on a line: their places in it, and their digits."""
    digits = "".join(part for _, _, part in run)
    has_colons = any(":" in word.text and _PAIRS.search(word.text) for _, word, _ in run)
    return Piece(index, run[0][0], run[-1][0], digits, run[0][1].x0, run[-1][1].x1, has_colons)
