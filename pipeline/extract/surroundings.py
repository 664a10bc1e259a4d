"""What stands around the subjects of rows, where it stands on their page.

All of it is looked at there, whatever columns or sections a layout saw.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, groupby, pairwise
from math import inf
from operator import attrgetter
from typing import Final, Literal, NamedTuple

from pipeline.extract.blocks import Block, Placed
from pipeline.extract.choose import Judged
from pipeline.extract.column_titles import titles_of
from pipeline.extract.headings import release_of
from pipeline.extract.layouts import Draft
from pipeline.extract.page import Line, Page, Token, Word
from pipeline.extract.page_furniture import is_page_number, places, stands_on
from pipeline.extract.settings import SETTINGS
from pipeline.extract.vocabulary import DIGITS, Role
from pipeline.extract.word_kinds import is_bullet, is_date, is_number

NO_SUBJECT: Final = DIGITS | {"issuer", "date", "status"}
"""Under titles of these roles there are no subjects."""


class _Edge(NamedTuple):
    """What a line may reach up to: that of the column of text or of the table it stands in."""

    page: int
    shift: float
    section: int


Edges = dict[_Edge, float]
"""How far the lines of subjects reach, on the pages before, too."""


class WordOnPage(NamedTuple):
    """A word where it stands on its page, from top to bottom and left to right.

    It has a token if it may be of a row, else its line.
    """

    level: int
    x0: float
    x1: float
    y: float
    text: str
    token: Token | None = None
    line: Line | None = None


class Surroundings:
    """Pages as they were read: where their words stand, and the rows that a layout made of them."""

    def __init__(
        self,
        best: Judged,
        explained: frozenset[tuple[int, int]],
        pages: Mapping[int, Page],
        edges: Edges,
    ) -> None:
        self.block = best.block
        self.drafts = best.proposal.drafts
        self.is_parted = bool(best.bounds)
        self.explained = explained - _misfits(best)
        self._fields = best.proposal.fields
        self._pages = pages
        self._edges = edges
        self._apart: dict[int, bool] = {}
        self._extents: dict[int, tuple[float, float]] = {}
        self._margins: dict[int, dict[int, float]] = {}
        for draft in self.drafts:
            is_by_order = draft.is_by_order
            for line, words in draft.subject:
                placed = self.block.lines[line]
                edge = _edge(placed)
                x1 = placed.words[-1 if is_by_order else words[-1]].x1
                is_text = is_by_order and len(words) == len(placed.words)
                if is_text and not self.is_parted:  # as wide as other text at its margin
                    x1 = max(x1, self._margin(placed))
                edges[edge] = max(edges.get(edge, 0.0), x1)

    def _margin(self, line: Placed) -> float:
        """How far the text of a page reaches whose lines begin where a line does."""
        if line.page not in self._margins:
            ends: dict[int, float] = defaultdict(float)
            for each in self._lines(line.page):
                left = round(each.words[0].x0)
                ends[left] = max(ends[left], each.words[-1].x1)
            self._margins[line.page] = ends
        return self._margins[line.page][round(line.words[0].x0 + line.shift)] - line.shift

    def extent(self, draft: Draft) -> tuple[float, float]:
        """The left and the right edge of the words of a subject."""
        if id(draft) not in self._extents:
            words = self.block.words(draft.subject)
            self._extents[id(draft)] = min([w.x0 for w in words]), max([w.x1 for w in words])
        return self._extents[id(draft)]

    def room(self, line: int, x1: float) -> float:
        """How much room there is on a line behind a place."""
        return self._edges.get(_edge(self.block.lines[line]), x1) - x1

    @cached_property
    def names(self) -> dict[tuple[int, int], Draft]:
        """The rows whose subjects words are of."""
        return {
            (line, at): draft
            for draft in self.drafts
            for line, words in draft.subject
            for at in words
        }

    @cached_property
    def roles(self) -> dict[Token, Role | None]:
        """The roles of the words of fields."""
        return {token: each.role for each in self._fields for token in each.tokens}

    @cached_property
    def left(self) -> set[tuple[int, int]]:
        """The words that are of no row, and that nothing explains."""
        lines = self.block.lines
        words = {(index, at) for index, line in enumerate(lines) for at in range(len(line.words))}
        return {
            (index, at)
            for index, at in words.difference(self.explained, self.block.tokens.owner)
            for text in [lines[index].words[at].text]
            if not (is_number(text) or is_date(text))
        }

    @cached_property
    def runs_to_margin(self) -> bool:
        """Whether most rows go on left of where their names begin, as running text does.

        Names that begin lines say nothing, where those within lines begin here and there.
        """
        named = [draft for draft in self.drafts if draft.subject]
        if 2 * sum(goes_on_left(self.block, draft) for draft in named) > len(named):
            return True
        within = [draft for draft in named if _is_within_line(draft)]
        edges = {round(_begin(self.block, draft).x0) for draft in within}
        broken = [goes_on_left(self.block, draft) for draft in within if len(draft.subject) > 1]
        is_ragged = len(edges) > 1 and len(edges) >= SETTINGS.ragged_edges * len(within)
        return is_ragged and 2 * sum(broken) > len(broken)

    def are_numbered(self, line: int) -> bool:
        """Whether a number stands before the digits of most rows, in the column of text of a line.

        A row that the line begins doesn't count: its number may be of what is above.
        """
        counted = self._numbered[self.block.lines[line].shift]
        own = self._rows_on[line]
        rows = counted.total() - own
        return 0 < rows <= 2 * (counted[True] - own * is_numbered(self.block, line))

    @cached_property
    def _numbered(self) -> dict[float, Counter[bool]]:
        """How many rows of each column of text have a number before their digits, or none."""
        found: dict[float, Counter[bool]] = defaultdict(Counter)
        for line, count in self._rows_on.items():
            found[self.block.lines[line].shift][is_numbered(self.block, line)] += count
        return found

    @cached_property
    def _rows_on(self) -> Counter[int]:
        """How many rows have digits that begin on each line."""
        return Counter(draft.digits.line for draft in self.drafts)

    @cached_property
    def digits(self) -> frozenset[tuple[int, int]]:
        """The words of the digits of rows."""
        return frozenset(chain.from_iterable(draft.digits.words for draft in self.drafts))

    @cached_property
    def spots(self) -> dict[int, dict[int, list[WordOnPage]]]:
        """The words of each page near those that are read, by level, from left to right."""
        found: dict[int, dict[tuple[int, int], WordOnPage]] = {}
        for index, line in enumerate(self.block.lines):
            here = found.setdefault(line.page, {})
            for at, (text, x0, x1, y, _) in enumerate(line.words):
                level, x0, x1 = round(y), x0 + line.shift, x1 + line.shift
                here[round(x0), level] = WordOnPage(level, x0, x1, y, text, Token(index, at))
        own = {id(line.words) for line in self.block.lines}
        for number, here in found.items():
            held = [line for line in self.block.lines if line.page == number]
            reach = 2 * SETTINGS.label_step * max(line.size for line in held)
            top = min(line.words[0].y for line in held) - reach
            foot = max(line.words[0].y for line in held) + reach
            for each in self._lines(number):
                if id(each.words) in own or not top <= each.y <= foot:
                    continue
                for text, x0, x1, y, _ in each.words:
                    level = round(y)
                    if (round(x0), level) not in here:
                        here[round(x0), level] = WordOnPage(level, x0, x1, y, text, line=each)
        return {
            number: {
                level: list(spots)
                for level, spots in groupby(sorted(here.values()), attrgetter("level"))
            }
            for number, here in found.items()
        }

    def levels(self, page: int, top: float, foot: float) -> list[list[WordOnPage]]:
        """The words of a page from one height to another, and those level with them."""
        spots = self.spots[page]
        return [spots[level] for level in range(round(top), round(foot) + 1) if level in spots]

    def between(self, page: int, top: float, foot: float) -> Iterator[WordOnPage]:
        """The same, from top to bottom and from left to right."""
        return chain.from_iterable(self.levels(page, top, foot))

    def goes_on(self, line: Placed) -> bool:
        """Whether a word of another column of text stands a space behind a line.

        Digits of a digest may, where they begin a column as wide as its cells.
        """
        y, end, size = line.words[-1].y, line.words[-1].x1 + line.shift, line.size
        owner = self.block.tokens.owner
        return any(
            abs(spot.y - y) < SETTINGS.same_level * size
            and 0 <= spot.x0 - end < SETTINGS.space_within * size
            and not (spot.token in owner and owner[spot.token].is_sound)
            for spot in self.between(line.page, y - size, y + size)
        )

    def near(
        self, line: Placed, low: float, high: float, step: Literal[-1, 1]
    ) -> Iterator[list[WordOnPage]]:
        """The words right above or below a line, level by level, in a column with these edges."""
        low, high = low + line.shift, high + line.shift
        y, size = line.words[0].y, line.size
        nearest, furthest = SETTINGS.same_level * size, SETTINGS.label_step * size
        ends = y + step * nearest, y + step * furthest
        for level in self.levels(line.page, min(ends), max(ends))[::step]:
            beside = [
                spot
                for spot in level
                if nearest < step * (spot.y - y) <= furthest
                and spot.x0 < high
                and spot.x1 > low
                and not (spot.line and self.is_apart(spot.line, line.page))
            ]
            if beside:
                yield beside

    def beyond(self, line: Placed, low: float, high: float, step: Literal[-1, 1]) -> list[Word]:
        """The words of the last line above, or the first below, that stand on another page.

        There are none if others stand between in the column on the page itself.
        """
        low, high = low + line.shift, high + line.shift

        def first_of(lines: Sequence[Line], number: int) -> list[Word]:
            for each in lines[::step]:
                if (text := _text_in(each, low, high)) and not self.is_apart(each, number):
                    return text
            return []

        y, reach = line.words[0].y, SETTINGS.same_level * line.size
        here = [each for each in self._lines(line.page) if step * (each.y - y) > reach]
        if first_of(here, line.page):
            return []
        return first_of(self._lines(line.page + step), line.page + step)

    def right_of(self, number: int) -> float:
        """The right edge of a page."""
        return self._pages[number].right if number in self._pages else inf

    def _lines(self, number: int) -> Sequence[Line]:
        return self._pages[number].lines if number in self._pages else ()

    def is_apart(self, line: Line, number: int) -> bool:
        """Whether a line of a page is a heading, a header, or runs on the pages beside it."""
        if id(line) not in self._apart:
            self._apart[id(line)] = self._is_apart(line, number)
        return self._apart[id(line)]

    def _is_apart(self, line: Line, number: int) -> bool:
        if is_page_number(line.text) or release_of(line.text) or titles_of(line):
            return True
        beside, level = [*self._lines(number - 1), *self._lines(number + 1)], round(line.y)
        return stands_on(line, [places(each for each in beside if round(each.y) == level)])


def _text_in(line: Line, low: float, high: float) -> list[Word]:
    """The words of a line in a column, and those right before and behind them."""
    held = [at for at, word in enumerate(line.words) if word.x0 < high and word.x1 > low]
    if not held:
        return []
    first, last = held[0], held[-1] + 1
    gaps = [after.x0 - before.x1 for before, after in pairwise(line.words)]
    while first and gaps[first - 1] < SETTINGS.space_within * line.size:
        first -= 1
    while last < len(line.words) and gaps[last - 1] < SETTINGS.space_within * line.size:
        last += 1
    return line.words[first:last]


def _edge(line: Placed) -> _Edge:
    return _Edge(line.page, line.shift, line.section.number)


def _misfits(best: Judged) -> set[tuple[int, int]]:
    """Words that a label explains which announces digits, and that label."""
    block = best.block
    words: set[tuple[int, int]] = {
        token
        for each in best.proposal.fields
        if each.role in DIGITS
        for token in each.tokens
        if block.tokens.word(token).text.isalpha()
    }
    labels = {
        Token(index, at)
        for index in block.span
        for label in block.tokens.labels[index]
        if label.role in DIGITS and words
        for value in [_after(block, index, label.end)]
        if value in words
        for at in range(label.first, label.end)
    }
    return words | labels


def _after(block: Block, index: int, at: int) -> Token:
    """The word at a place of a line or, behind its end, the first of the next line."""
    return Token(index, at) if at < len(block.lines[index].words) else Token(index + 1, 0)


def _is_within_line(draft: Draft) -> bool:
    """Whether something else than a row's own digits stands before its name on a line."""
    line, words = draft.subject[0]
    piece = draft.digits.pieces[-1]
    return words[0] > (piece.last + 1 if (piece.line, piece.first) == (line, 0) else 0)


def _begin(block: Block, draft: Draft) -> Word:
    """The first word of a subject."""
    line, words = draft.subject[0]
    return block.lines[line].words[words[0]]


def goes_on_left(block: Block, draft: Draft) -> bool:
    """Whether a further line of a subject begins left of its first."""
    if len(draft.subject) == 1:
        return False
    size = block.lines[draft.begin.line].size
    edge = _begin(block, draft).x0 - SETTINGS.indent * size
    return any(block.lines[line].words[held[0]].x0 < edge for line, held in draft.subject[1:])


def is_numbered(block: Block, index: int) -> bool:
    """Whether a line begins with a number, which is none of the digits behind it."""
    owner = block.tokens.owner
    is_counted = is_bullet(block.lines[index].words[0].text) and Token(index, 0) not in owner
    return is_counted and Token(index, 1) in owner
