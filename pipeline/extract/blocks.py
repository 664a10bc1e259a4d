"""Blocks: the lines that may be of rows, stacked into one strip without page breaks.

Each line keeps the section and the table that it stands in. What a page break or the foot of a
column parts is together again: a layout reads a `Block` as if the document were one long page.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from pipeline.extract.cells import Spot, Spots, cells_of
from pipeline.extract.fingerprints import (
    SHA1,
    SHA256,
    TYPES_OF_DIGITS,
    Fingerprint,
    digits_of,
)
from pipeline.extract.labels import Label
from pipeline.extract.page import Line, Page, Token, Word
from pipeline.extract.settings import SETTINGS
from pipeline.extract.tokens import Tokens, tokens_of
from pipeline.extract.vocabulary import Role

Lines = list[tuple[int, list[int]]]
"""Words of a strip, line by line: the number of each line, and the words' own in it."""


def tokens_in(lines: Iterable[tuple[int, Iterable[int]]]) -> list[Token]:
    """Each of the words of some lines."""
    return [Token(line, at) for line, words in lines for at in words]


class Section(NamedTuple):
    """What the heading above some rows says: their release, or that they are not trusted.

    ``page`` and ``y`` tell where the heading stands. It ``is_shared`` if headings of several
    releases stand side by side: nothing tells which of them a row is under.
    """

    release: str = ""
    removed: str = ""
    size: float = 0.0
    number: int = 0
    page: int = 0
    y: float = 0.0
    is_shared: bool = False


NO_SECTION: Final = Section()
"""Above the first heading."""


class Title(NamedTuple):
    """The title of a column, where it stands, and the role it gives the column."""

    text: str
    x0: float
    x1: float
    role: Role | None

    def overlap(self, x0: float, x1: float) -> float:
        """How much of it stands between two edges; negative if it stands beside them."""
        return min(self.x1, x1) - max(self.x0, x0)


@dataclass
class Placed(Line):
    """A line of a strip: ``y`` is its place in the strip, its words are where the page has them.

    ``shift`` is how far to the left a column of text was moved. A ``cut`` line goes on with
    nothing that is above it. ``titles`` are those of the table that it stands in.
    """

    page: int = 0
    section: Section = NO_SECTION
    shift: float = 0.0
    cut: bool = False
    titles: tuple[Title, ...] = ()

    @property
    def text_column(self) -> tuple[int, float]:
        """The column of text that it stands in: the page, and by how far that column was moved."""
        return self.page, self.shift

    def level(self, at: int) -> float:
        """The baseline of a word in the strip: digits may be set lower than the text by them."""
        return self.y + self.words[at].y - self.words[0].y


class Edge(NamedTuple):
    """The left edge of a column: of which section and column of text, and where."""

    section: int
    shift: float
    x0: int


@dataclass(slots=True)
class Block:
    """A strip of lines to read, with all that was found out about it before.

    A layout reads the lines of the ``span``; ``cuts`` are those at which something new begins.
    ``roles`` are those of digits that were asked for.
    ``scanned`` are the pages that OCR read; ``numbers`` are the columns that hold digits of several
    lengths, which are numbers.
    """

    lines: list[Placed]
    tokens: Tokens
    size: float
    span: range
    cuts: list[int] = field(default_factory=list)
    spots: Spots = field(default_factory=dict)
    roles: dict[Fingerprint, Role | None] = field(default_factory=dict)
    titles: list[Title] = field(default_factory=list)
    scanned: frozenset[int] = frozenset()
    numbers: frozenset[Edge] = frozenset()

    def __post_init__(self) -> None:
        tables = dict.fromkeys(self.lines[index].titles for index in self.span)
        self.titles = list(dict.fromkeys(title for titles in tables for title in titles))

    def within(self, span: range) -> Block:
        """The same lines, of which only some are to be read."""
        return replace(self, span=span)

    @property
    def digits(self) -> list[Fingerprint]:
        """The digits that begin on the lines to be read."""
        return [digits for digits in self.tokens.digits if digits.line in self.span]

    def sections(self, *, by_column: bool) -> list[range]:
        """The lines to be read, parted at the cuts, or also where a column of text begins."""
        cuts = {*self.cuts}
        if by_column:
            columns = [line.text_column for line in self.lines]
            cuts.update(at for at, (a, b) in enumerate(pairwise(columns), 1) if a != b)
        bounds = [self.span.start, *sorted(c for c in cuts if c in self.span), self.span.stop]
        return [range(begin, end) for begin, end in pairwise(bounds) if end > begin]

    def title_role(self, x0: float, x1: float, line: int | None = None) -> Role | None:
        """The role of a column with these edges, by the title that overlaps it most.

        It is a title of the table that the ``line`` stands in, or of any.
        """
        title = self._title(x0, x1, line)
        return title.role if title else None

    def title_of(self, x0: float, x1: float, line: int) -> str:
        """The title itself, or ``""``."""
        title = self._title(x0, x1, line)
        return title.text if title else ""

    def _title(self, x0: float, x1: float, line: int | None) -> Title | None:
        titles = self.titles if line is None else self.lines[line].titles
        return _title_of(tuple(titles), x0, x1)

    def words(self, lines: Lines) -> list[Word]:
        """Words that are given by their numbers."""
        return [self.lines[line].words[at] for line, held in lines for at in held]

    def cell_of(self, lines: Lines) -> Spot | None:
        """The one cell that the document shows around all words of a text, if there is one."""
        spots = [self.spots.get((line, at)) for line, words in lines for at in words]
        only = spots[0] if spots and spots.count(spots[0]) == len(spots) else None
        return only if only and only.column >= 0 else None

    def free(self, index: int) -> list[int]:
        """The words of a line that are no digits of a fingerprint."""
        owner = self.tokens.owner
        return [at for at in range(len(self.lines[index].words)) if (index, at) not in owner]


@lru_cache(maxsize=1024)
def _title_of(titles: tuple[Title, ...], x0: float, x1: float) -> Title | None:
    best = max(titles, key=lambda title: title.overlap(x0, x1), default=None)
    return best if best and best.overlap(x0, x1) > 0 else None


def block_of(
    lines: list[Placed],
    pages: Mapping[int, Page] | None = None,
    *,
    has_md5: bool = False,
    alone: Counter[tuple[str, int]] | None = None,
    numbers: frozenset[Edge] = frozenset(),
) -> Block:
    """A block of some lines; ``pages`` hold what documents state of the cells of their tables.

    With ``has_md5``, the document is known to print MD5 digests beside SHA-1; ``alone`` counts the
    labels with a line to themselves on the pages before, ``numbers`` are columns of numbers there.
    """
    lines = _with_types_whole(lines)
    cuts = [
        i
        for i, (above, line) in enumerate(pairwise(lines), 1)
        if line.cut or line.section.number != above.section.number
    ]
    sizes = Counter(round(line.size, 1) for line in lines)
    size = sizes.most_common(1)[0][0] if sizes else 10.0
    spots = cells_of(lines, pages or {})
    tokens = tokens_of(lines, spots, has_md5=has_md5, alone=alone)
    scanned = frozenset(n for n, page in pages.items() if page.is_scanned) if pages else frozenset()
    block = Block(lines, tokens, size, range(len(lines)), cuts, spots, scanned=scanned)
    _mark_numbers(block, numbers)
    return block


def _mark_numbers(block: Block, known: frozenset[Edge]) -> None:
    """Mark the digits of columns that nothing announces, and whose lengths differ: of numbers.

    They stand beside a column of digests, which have one length; a misprint is a digit or two.
    """
    columns: dict[Edge, list[Fingerprint]] = defaultdict(list)
    for digits in block.tokens.digits:
        line = block.lines[digits.line]
        if digits.role is None and not block.title_of(digits.x0, digits.x1, digits.line):
            edge = Edge(line.section.number, line.shift, round(digits.x0))
            columns[edge].append(digits)
    most: Counter[tuple[int, float]] = Counter()
    for edge, held in columns.items():
        if all(map(_is_sha1, held[:-1])):  # a page break may part the last one
            most[edge[:2]] = max(most[edge[:2]], len(held))
    others = {
        edge
        for edge, held in columns.items()
        if most[edge[:2]] >= len(held)
        and sum(map(_is_no_digest, held)) >= max(2, SETTINGS.number_lengths * len(held))
    }
    block.numbers = frozenset(others | known)
    for edge in block.numbers & columns.keys():
        for digits in columns[edge]:
            digits.role = "serial"


def _is_no_digest(digits: Fingerprint) -> bool:
    count = len(digits.digits)
    return min(abs(count - SHA1), abs(count - SHA256)) > SETTINGS.misprint


def _is_sha1(digits: Fingerprint) -> bool:
    return digits.is_sound and len(digits.digits) == SHA1


def _with_types_whole(lines: list[Placed]) -> list[Placed]:
    """The lines; a type that ends one right behind digits has its sign: ``… 62 AD C`` / ``= SE``.

    Without it, ``C`` is one digit more.
    """
    found = list(lines)
    for at, (above, line) in enumerate(pairwise(lines)):
        *before, last = found[at].words
        if line.words[0].text != "=" or len(line.words) == 1 or not before:
            continue
        if above.text_column != line.text_column or last.x0 < line.words[0].x0:
            continue
        is_close = last.x0 - before[-1].x1 < SETTINGS.digits_space * above.size
        if is_close and last.text.upper() in TYPES_OF_DIGITS and digits_of(before[-1].text):
            found[at] = replace(above, words=[*before, last._replace(text=f"{last.text} =")])
            found[at + 1] = replace(line, words=line.words[1:])
    return found


class Value(NamedTuple):
    """What stands behind a label: the words of a line."""

    line: int
    words: range
    text: str


def value_of(block: Block, index: int, label: Label) -> Value | None:
    """The value of a label: up to the next one or, if the label ends its line, the line below."""
    line, words = index, block.lines[index].words
    later = (each.first for each in block.tokens.labels[index] if each.first >= label.end)
    held = range(label.end, min(later, default=len(words)))
    if label.end == len(words) and index + 1 < len(block.lines):
        line, words = index + 1, block.lines[index + 1].words
        held = range(0 if block.tokens.labels[line] else len(words))
    text = " ".join(words[at].text for at in held)
    return Value(line, held, text) if text else None
