"""The columns of a page: where the fingerprints stand, and where the subjects do.

A page may hold one table, several side by side, or running text. A *strip* is the part of a page
with one column of fingerprints.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from math import inf
from operator import attrgetter
from typing import NamedTuple

from pipeline.extract import labels
from pipeline.extract.fingerprints import SHA1, Fingerprint, Piece, fingerprints_of, pieces_on
from pipeline.extract.page import Line, Word

BEGINS_NAME = re.compile(
    r"""["'(]?/?(?:subject(?:\ dn)?\s*[:=]\s*/?)?
    (?:C|CN|OU?|ST?|SP|L|DC|E|UID|SN|GN|T|emailAddress|email|serialNumber|street|postalCode
    |businessCategory|(?:OID\.)?\d+(?:\.\d+){2,}|[a-z]+Name|organization\w*|jurisdiction\w*
    |description|domainComponent|name|title)\s?=""",
    re.VERBOSE | re.IGNORECASE,
)
"""What a distinguished name begins with, in any of its spellings."""

GUTTER = 0.5
"""A column of white at least this part of the font size wide may part two columns of text."""
WIDE_GUTTER = 1.1
"""One as wide as this parts them whatever they hold: no space within a text is that wide."""

_NO_NAME = re.compile(
    r"""\d{1,4}[.)]?|\d{1,4}[-./]\d{1,2}[-./]\d{2,4}(?:T[\d:]+Z?)?|\d{1,2}:\d\d(?::\d\d)?Z?
    |[\d年月日년월일.]+|(?:sha-?1|sha-?256|md5|(?:finger|thumb)prints?|valid(?:ity)?|from|to|until|expire[sd]?|not
    |before|after|serial|number|no\.|key|id|subject|dn|issuer)[:=.]?
    |(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?|GMT|UTC|[0-9a-f:]{16,}|[-–—]""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(slots=True)
class Strip:
    """Lines beside one column of fingerprints; ``x0`` and ``x1`` are that column's edges."""

    lines: list[Line]
    fingerprints: list[Fingerprint]
    x0: float = field(init=False)
    x1: float = field(init=False)

    def __post_init__(self) -> None:
        self.x0 = min((f.x0 for f in self.fingerprints), default=0.0)
        self.x1 = max((f.x1 for f in self.fingerprints), default=0.0)


@dataclass(frozen=True, slots=True)
class Column:
    """A vertical slice of a strip: its edges, and how far it could reach to the next slice."""

    x0: float
    x1: float
    low: float = inf
    high: float = -inf

    def __post_init__(self) -> None:
        object.__setattr__(self, "low", min(self.x0, self.low))
        object.__setattr__(self, "high", max(self.x1, self.high))

    def holds(self, word: Word) -> bool:
        """Whether the word's middle is in this column, or in the white that is its own."""
        return self.low <= (word.x0 + word.x1) / 2 <= self.high

    def held(self, words: Iterable[Word]) -> list[Word]:
        """Those words that it holds."""
        low, high = 2 * self.low, 2 * self.high
        return [word for word in words if low <= word.x0 + word.x1 <= high]


@lru_cache(maxsize=4096)
def is_other_field(word: str) -> bool:
    """Whether a word is a label, number or date beside the name and the fingerprint of a row."""
    return _NO_NAME.fullmatch(word) is not None or labels.is_word_of_label(word)


@lru_cache(maxsize=4096)
def begins_name(text: str) -> bool:
    """Whether ``text`` begins like a distinguished name."""
    return BEGINS_NAME.match(text) is not None


def fingerprint_columns(found: Sequence[Fingerprint], size: float) -> list[list[Fingerprint]]:
    """Part fingerprints into the columns they stand in, from left to right.

    Those of running text begin anywhere; they are one column.
    """
    columns: list[list[Fingerprint]] = []
    for fingerprint in sorted(found, key=lambda f: f.x0):
        if columns and fingerprint.x0 < max(f.x1 for f in columns[-1]):
            columns[-1].append(fingerprint)
        else:
            columns.append([fingerprint])
    if any(not _stands_straight(column, size) for column in columns):
        return [sorted(found, key=lambda f: (f.pieces[0].line, f.x0))]
    return [sorted(column, key=lambda f: f.pieces[0].line) for column in columns]


def _stands_straight(column: Sequence[Fingerprint], size: float) -> bool:
    left = [f.x0 for f in column]
    middle = [(f.x0 + f.x1) / 2 for f in column]
    return max(left) - min(left) < 2 * size or max(middle) - min(middle) < 2 * size


def tables_apart(lines: Sequence[Line], pieces: Sequence[Sequence[Piece]]) -> list[float]:
    """Where a page parts into tables or texts that stand side by side, from left to right.

    There is white all the way down, and names and digits on either side of it.
    """
    long = [piece for line in pieces for piece in line if len(piece.digits) >= SHA1 // 5]
    if not long or min(p.x1 for p in long) > max(p.x0 for p in long):
        return []
    rows = lines[min(p.line for p in long) : max(p.line for p in long) + 1]
    names = [word.x0 for line in rows for word in line.words if BEGINS_NAME.match(word.text)]
    bounds: list[float] = []
    for bound in _gutters(rows, long, names):
        parts = [_part(lines, low, high) for low, high in pairwise([-inf, *bounds, bound, inf])]
        if all(_has_rows(part) for part in parts):
            bounds.append(bound)
    return bounds


def _gutters(rows: Sequence[Line], pieces: Sequence[Piece], names: Sequence[float]) -> list[float]:
    """Left edges of what may be columns of a page: hardly a line crosses them."""
    edges = Counter(
        round(word.x0)
        for line in rows
        for before, word in pairwise([None, *line.words])
        if word is not None and (before is None or word.x0 - before.x1 > line.size)
    )
    usual = [edge - 1.5 for edge, count in sorted(edges.items()) if count >= 0.1 * len(rows)]
    return [
        bound
        for bound in usual
        if any(x < bound for x in names)
        and any(x > bound for x in names)
        and any(p.x1 < bound for p in pieces)
        and any(p.x0 > bound for p in pieces)
        and sum(crosses(line, bound) for line in rows) <= 0.04 * len(rows)
    ]


def crosses(line: Line, bound: float) -> bool:
    """Whether a line runs on across ``bound``: a word does, or only a space stands there."""
    left = max((word.x1 for word in line.words if word.x0 < bound), default=-inf)
    right = min((word.x0 for word in line.words if word.x0 >= bound), default=inf)
    return right - left < 0.7 * line.size


def _part(lines: Sequence[Line], low: float, high: float) -> list[Line]:
    parts = (
        Line([word for word in line.words if low <= word.x0 < high], line.y, line.size)
        for line in lines
    )
    return [part for part in parts if part.words]


def _has_rows(lines: Sequence[Line]) -> bool:
    """Whether lines hold a SHA-1 fingerprint and a name."""
    found = fingerprints_of(lines, pieces_on(lines))
    return any(f.is_sound and len(f.digits) == SHA1 for f in found) and any(
        BEGINS_NAME.match(word.text) for line in lines for word in line.words
    )


class Text(NamedTuple):
    """What a line holds besides fingerprints: all ``words``, and the ``chunks`` of them.

    Words of a chunk stand together; those of none are labels, numbers and dates.
    """

    words: list[Word]
    chunks: list[list[Word]]
    has_fingerprint: bool


def chunks_of(words: Iterable[Word], size: float) -> list[list[Word]]:
    """The chunks of a line's words."""
    chunks: list[list[Word]] = []
    for word in words:
        if chunks and word.x0 - chunks[-1][-1].x1 < size:
            chunks[-1].append(word)
        elif not is_other_field(word.text):
            chunks.append([word])
    return chunks


def is_running_text(strip: Strip, texts: Sequence[Text], size: float) -> bool:
    """Whether subjects run on below their fingerprints instead of keeping a column of their own.

    In a table the lines of subjects begin where their names do, beside the fingerprints.
    """
    left, right = strip.x0 + size, strip.x1 - size
    names = Counter(
        round(word.x0)
        for text in texts
        for word in text.words
        if (word.x1 <= left or word.x0 >= right) and begins_name(word.text)
    )
    edge = names.most_common(1)[0][0] if names else -1.0
    under = beside = 0
    for text in texts:
        apart = [c[0].x0 for c in text.chunks if c[-1].x1 <= left or c[0].x0 >= right]
        is_aligned = any(abs(x0 - edge) < 1.5 for x0 in apart)
        if len(apart) < len(text.chunks) and (text.has_fingerprint or not is_aligned):
            under += 1
        elif apart and not text.has_fingerprint:
            beside += 1
    return under > max(beside, 0.2 * len(strip.fingerprints))


def subject_column(
    strip: Strip, texts: Iterable[Text], headings: Sequence[Word], size: float
) -> Column | None:
    """Find the column of subjects: beside the fingerprints, holding names.

    Args:
        strip: the strip to look at.
        texts: those of the lines of its rows (not of headings and the like).
        headings: words of the table's header, which tell columns apart.
        size: the font size in points.
    """
    left, right = strip.x0, strip.x1
    words: list[Word] = []
    for text in texts:
        count = 0
        for chunk in text.chunks:
            count += len(chunk)
            if chunk[-1].x1 <= left + size or chunk[0].x0 >= right - size:
                words.extend(chunk)
        # a label or a number belongs to no chunk, but may be of a name: ``CA 2``
        if count < len(text.words):
            words.extend(
                word
                for word in text.words
                if is_other_field(word.text)
                and (word.x1 <= left + size or word.x0 >= right - size)
                and not any(word in chunk for chunk in text.chunks)
            )
    if not words:
        return None
    edges = _aligned_edges(words, len(strip.fingerprints))
    slices = _slices(words, (left + right) / 2, size, edges)
    best = max(slices, key=lambda column: _names(words, column, headings))
    at = slices.index(best)
    while at + 1 < len(slices) and _same_text(slices[at], slices[at + 1], words, headings, size):
        slices[at : at + 2] = [Column(slices[at].x0, slices[at + 1].x1)]
    while at and _is_same_name(slices[at - 1], slices[at], words, headings, size):
        slices[at - 1 : at + 1] = [Column(slices[at - 1].x0, slices[at].x1)]
        at -= 1
    return _with_reach(slices, at, left, right)


def _is_same_name(
    before: Column, column: Column, words: Sequence[Word], headings: Sequence[Word], size: float
) -> bool:
    """Whether names begin in the column before: ``C=US,`` is as wide in each row of a list."""
    held = before.held(words)
    named = sum(begins_name(word.text) for word in held)
    return (
        column.x0 - before.x1 < 0.7 * size
        and 2 * named > len(held)
        and not any(abs(word.x0 - column.x0) < 0.6 * size for word in headings)
    )


def _with_reach(slices: Sequence[Column], at: int, left: float, right: float) -> Column:
    """Let a column reach to its neighbours; ``left`` and ``right`` edge the fingerprints'."""
    column = slices[at]
    before = [each.x1 for each in slices[:at]] + [right] * (right <= column.x0)
    after = [each.x0 for each in slices[at + 1 :]] + [left] * (left >= column.x1)
    return Column(column.x0, column.x1, max(before, default=-inf), min(after, default=inf))


def _aligned_edges(words: Sequence[Word], rows: int) -> list[float]:
    """Left edges of what may be columns, however narrow the white before them.

    Most rows have a word that begins there, and none crosses.
    """
    starts = Counter(round(word.x0) for word in words)
    usual = [start for start, count in starts.items() if count >= max(0.6 * rows, 4)]
    return [
        start
        for start in usual
        if not any(word.x0 < start - 1.5 < start + 1.5 < word.x1 for word in words)
    ]


def _slices(
    words: Sequence[Word], fingerprints_at: float, size: float, edges: Sequence[float]
) -> list[Column]:
    """Slices between gutters: white all the way down. Fingerprints part left from right."""
    spans: list[list[float]] = []
    end = -inf
    for word in sorted(words, key=attrgetter("x0")):
        is_parted = (
            end <= fingerprints_at <= word.x0
            or word.x0 - end >= GUTTER * size
            or (
                word.x0 > end - 3
                and any(abs(word.x0 - edge) < 1.5 and end < edge + 1.5 for edge in edges)
            )
        )
        if is_parted:
            spans.append([word.x0, word.x1])
            end = word.x1
        else:
            spans[-1][1] = end = max(end, word.x1)
    return [Column(x0, x1) for x0, x1 in spans]


def _names(words: Sequence[Word], column: Column, headings: Sequence[Word]) -> tuple[int, int, int]:
    """How much a column looks like that of the subjects."""
    titles = " ".join(word.text for word in headings if _overlap(word, column)).lower()
    held = column.held(words)
    named = sum(begins_name(word.text) or word.text in ("C", "CN", "O") for word in held)
    is_subject = "subject" in titles or "issued to" in titles
    title = 1 if is_subject else -1 if "issue" in titles else 0
    return (title if named else -2, named, len(held))


def _same_text(
    column: Column, following: Column, words: Sequence[Word], headings: Sequence[Word], size: float
) -> bool:
    """Whether a gutter is only an accident: one text on both sides of it."""
    held = following.held(words)
    if all(is_other_field(word.text) for word in held):
        return False
    if headings:
        return not any(
            _overlap(word, following) and not _overlap(word, column) for word in headings
        )
    return following.x0 - column.x1 < (WIDE_GUTTER if len(held) > 3 else 2 * WIDE_GUTTER) * size


def _overlap(word: Word, column: Column) -> bool:
    return word.x1 > column.x0 and word.x0 < column.x1
