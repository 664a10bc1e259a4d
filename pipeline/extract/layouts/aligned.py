"""Rows of tables told by where words stand: digits in one column, subjects in another.

Nothing but white parts the columns, so each column of digits that may be the fingerprints and each
column of names that may be the subjects is proposed. Which lines of a subject belong to which
fingerprint is told by `alignment`.
"""

import statistics
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf
from operator import attrgetter
from typing import NamedTuple

from pipeline.extract import vocabulary
from pipeline.extract.blocks import Block, Placed, Title, tokens_in
from pipeline.extract.fingerprints import SHA1, SHA256, Fingerprint, Piece, digits_of
from pipeline.extract.layouts import Draft, Field, Proposal, likely_subjects, repeats
from pipeline.extract.layouts.alignment import Cells, Mark, Text, deal, prefer
from pipeline.extract.page import Token, Word
from pipeline.extract.page_furniture import is_page_number
from pipeline.extract.settings import SETTINGS
from pipeline.extract.trust_words import TrustColumn, denials
from pipeline.extract.vocabulary import FINGERPRINTS, NOT_FINGERPRINTS, PARTS, Role
from pipeline.extract.word_kinds import begins_name, is_date, is_number


@dataclass(frozen=True, slots=True)
class Slice:
    """A vertical slice of a table: its edges, and how far it could reach to the next slice."""

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


def propose(block: Block, usual: Counter[str]) -> Iterator[Proposal]:
    """Read a block as a table."""
    for anchors in anchor_columns(block):
        table = _Table(block, anchors, usual)
        for column in table.subject_columns():
            yield table.proposal(column)


# --- the fingerprints ----------------------------------------------------------------------------


def role_of(block: Block, digits: Fingerprint) -> Role | None:
    """The role of some digits: by their own label, or by the title of their column.

    A title of fingerprints tells more than a label without a colon in the column before; that of
    other numbers does, if that column has a title, too: ``SHA-256`` below ``Signature``.
    """
    if digits not in block.roles:
        title = block.title_role(digits.x0, digits.x1, digits.line)
        begin = digits.pieces[0].first
        words = block.lines[digits.line].words
        label = next((e for e in block.tokens.labels[digits.line] if e.end == begin), None)
        is_other = label and not label.has_colon and begin in block.tokens.chunks[digits.line]
        wins = is_other and title in FINGERPRINTS
        if label and is_other and title in ("serial", "key", "md5"):
            span = words[label.first].x0, words[begin - 1].x1
            wins = wins or bool(block.title_of(*span, digits.line))
        block.roles[digits] = title if wins else digits.role or title
    return block.roles[digits]


def anchor_columns(block: Block) -> list[list[Fingerprint]]:
    """The columns that may be those of the fingerprints; one whose title says so is the only one.

    Where there is no SHA-1, it is the SHA-256.
    """
    known = {id(each): role_of(block, each) for each in block.digits}
    likely = [f for f in block.digits if known[id(f)] not in NOT_FINGERPRINTS]
    short = [f for f in likely if not (f.is_sound and len(f.digits) == SHA256)]
    if not any(len(f.digits) >= SHA1 - 2 for f in short):
        short = [f for f in likely if f not in short]
    columns = _columns(short, block.size)
    titled = [c for c in columns if known[id(c[0])] in ("sha1", "fingerprint")]
    most = max(map(len, columns), default=0)
    return (titled or [c for c in columns if 3 * len(c) >= most])[: SETTINGS.most_columns]


def _columns(found: Sequence[Fingerprint], size: float) -> list[list[Fingerprint]]:
    """The columns that fingerprints stand in, from left to right; none in running text."""
    columns: list[list[Fingerprint]] = []
    for fingerprint in sorted(found, key=attrgetter("x0")):
        if columns and fingerprint.x0 < max(f.x1 for f in columns[-1]):
            columns[-1].append(fingerprint)
        else:
            columns.append([fingerprint])
    straight = [column for column in columns if _stands_straight(column, size)]
    return [sorted(column, key=lambda f: f.line) for column in straight]


def _stands_straight(column: Sequence[Fingerprint], size: float) -> bool:
    lines = [f.line for f in column]
    left = [f.x0 for f in column]
    middle = [(f.x0 + f.x1) / 2 for f in column]
    return len(set(lines)) == len(lines) and (
        max(left) - min(left) < 2 * size or max(middle) - min(middle) < 2 * size
    )


# --- a table -------------------------------------------------------------------------------------


class _Across(NamedTuple):
    """A word of a line, by where its middle is."""

    middle: float
    line: int
    at: int


@dataclass(slots=True)
class _Table:
    """A table with these fingerprints, ``x0`` to ``x1``; ``free`` are its other words by line.

    ``across`` are those words from left to right.
    """

    block: Block
    anchors: list[Fingerprint]
    usual: Counter[str]
    x0: float = 0.0
    x1: float = 0.0
    free: dict[int, list[int]] = field(default_factory=dict)
    slices: list[Slice] = field(default_factory=list)
    across: list[_Across] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.x0 = min(f.x0 for f in self.anchors)
        self.x1 = max(f.x1 for f in self.anchors)
        self.free = {index: self.block.free(index) for index in self._region()}
        self.across = sorted(
            _Across((words[at].x0 + words[at].x1) / 2, index, at)
            for index, free in self.free.items()
            for words in [self.block.lines[index].words]
            for at in free
        )
        self.slices = self._slices()

    def _text(self, each: _Across) -> str:
        return self.block.lines[each.line].words[each.at].text

    def _words(self, index: int) -> list[Word]:
        words = self.block.lines[index].words
        return [words[at] for at in self.free[index]]

    def _region(self) -> list[int]:
        """The lines from the first to the last fingerprint, and those that adjoin them."""
        span, cuts = self.block.span, set(self.block.cuts)
        first = min(f.line for f in self.anchors)
        last = max(f.pieces[-1].line for f in self.anchors)
        left = self._left(range(first, last + 1))
        while first > span.start and first not in cuts and self._adjoins(first - 1, first, left):
            first -= 1
        while last + 1 < span.stop and last + 1 not in cuts and self._adjoins(last + 1, last, left):
            last += 1
        return list(range(first, last + 1))

    def _left(self, lines: Iterable[int]) -> float:
        """Where lines of several cells begin."""
        chunks = self.block.tokens.chunks
        starts = (self.block.lines[at].words[0].x0 for at in lines if len(chunks[at]) > 1)
        return min(starts, default=-inf)

    def _adjoins(self, index: int, edge: int, left: float) -> bool:
        line, near = self.block.lines[index], self.block.lines[edge]
        reach = SETTINGS.page_number_step if is_page_number(line.text) else SETTINGS.row_step
        if abs(line.y - near.y) > reach * line.size or self._strays(index):
            return False
        return not self._is_prose(index, left)

    def _is_prose(self, index: int, left: float) -> bool:
        """Whether a line is one text, below titles of several columns, or long and left of rows."""
        line = self.block.lines[index]
        if len(self.block.tokens.chunks[index]) > 1 or "=" in line.text:
            return False
        x0, x1 = line.words[0].x0, line.words[-1].x1
        is_long = len(line.text) > SETTINGS.title_length
        return sum(title.overlap(x0, x1) > 0 for title in line.titles) > 1 or (
            is_long and x0 < left - SETTINGS.same_edge
        )

    def _strays(self, index: int, column: Slice | None = None) -> bool:
        """Whether a line has words where fingerprints stand, or across the subject's edge."""
        line = self.block.lines[index]
        owner, slack = self.block.tokens.owner, line.size
        words = [
            word
            for at, word in enumerate(line.words)
            if (index, at) not in owner and not _is_filler(word.text)
        ]
        is_row = any((index, at) in owner for at in range(len(line.words)))
        if is_row:
            return False
        if column and any(w.x0 < column.x0 - slack < column.x0 + slack < w.x1 for w in words):
            return True
        inside = [w for w in words if w.x1 > self.x0 + slack and w.x0 < self.x1 - slack]
        if not inside or self._is_label_line(index):
            return False
        # a caption in the fingerprint's cell may stand beside a line of the subject
        left = column.x0 if column else inf
        return not any(
            abs(word.x0 - left) < SETTINGS.same_edge and word.x0 - before.x1 > slack
            for before, word in pairwise(words)
        )

    def _is_label_line(self, index: int) -> bool:
        labels = self.block.tokens.labels[index]
        words = self.block.lines[index].words
        return any(words[label.first].x0 > self.x0 - 1 for label in labels)

    # --- columns -----------------------------------------------------------------------------

    def _slices(self) -> list[Slice]:
        """Slices between gutters: white all the way down. Fingerprints part left from right."""
        left, right = self.x0 + self.block.size, self.x1 - self.block.size
        words = [
            word
            for index in self.free
            if not self._strays(index)
            for word in self._words(index)
            if word.x1 <= left or word.x0 >= right
        ]
        if not words:
            return []
        edges = self._aligned_edges(words)
        spans: list[list[float]] = []
        end, middle = -inf, (self.x0 + self.x1) / 2
        for word in sorted(words, key=attrgetter("x0")):
            is_parted = (
                end <= middle <= word.x0
                or word.x0 - end >= SETTINGS.gutter * self.block.size
                or (
                    word.x0 > end - 3
                    and any(
                        abs(word.x0 - edge) < SETTINGS.same_edge and end < edge + SETTINGS.same_edge
                        for edge in edges
                    )
                )
            )
            if is_parted:
                spans.append([word.x0, word.x1])
                end = word.x1
            else:
                spans[-1][1] = end = max(end, word.x1)
        return [Slice(x0, x1) for x0, x1 in spans]

    def _aligned_edges(self, words: Sequence[Word]) -> list[float]:
        """Left edges of what may be columns, however narrow the white before them.

        Most rows have a word that begins there, and none crosses.
        """
        starts = Counter(round(word.x0) for word in words)
        least = max(0.6 * len(self.anchors), 4)
        usual = [start for start, count in starts.items() if count >= least]
        usual.extend(round(title.x0) for title in self.block.titles)
        return [
            start
            for start in usual
            if not any(
                word.x0 < start - SETTINGS.same_edge < start + SETTINGS.same_edge < word.x1
                for word in words
            )
        ]

    def _held(self, column: Slice) -> list[_Across]:
        """The words of a column."""
        low = bisect_left(self.across, column.low, key=attrgetter("middle"))
        high = bisect_right(self.across, column.high, key=attrgetter("middle"))
        return self.across[low:high]

    def _named(self, column: Slice) -> int:
        """How many names begin in a column."""
        held = self._held(column)
        lines = self.block.lines
        return len({each.line for each in held if begins_name(lines[each.line].words, each.at)})

    def subject_columns(self) -> list[Slice]:
        """The columns that may be those of the subjects, the likeliest first.

        Several slices may hold the same text.
        """
        named = {at: self._named(each) for at, each in enumerate(self.slices)}

        def role_of(at: int) -> Role | None:
            return self.block.title_role(self.slices[at].x0, self.slices[at].x1)

        chosen = sorted(likely_subjects(named, role_of), key=lambda at: -named[at])
        columns: dict[Slice, None] = {}
        for at in chosen[: SETTINGS.most_slices]:
            columns[self._widened(at)] = None
            if len(columns) == SETTINGS.most_columns:
                break
        return list(columns)

    def _widened(self, at: int) -> Slice:
        """A slice with those beside it that hold the same text, and the white around it."""
        slices = list(self.slices)
        while at + 1 < len(slices) and self._is_same_text(slices[at], slices[at + 1]):
            slices[at : at + 2] = [Slice(slices[at].x0, slices[at + 1].x1)]
        while at and self._is_same_name(slices[at - 1], slices[at]):
            slices[at - 1 : at + 1] = [Slice(slices[at - 1].x0, slices[at].x1)]
            at -= 1
        column = slices[at]
        before = [each.x1 for each in slices[:at]] + [self.x1] * (self.x1 <= column.x0)
        after = [each.x0 for each in slices[at + 1 :]] + [self.x0] * (self.x0 >= column.x1)
        return Slice(column.x0, column.x1, max(before, default=-inf), min(after, default=inf))

    def _is_same_text(self, column: Slice, following: Slice) -> bool:
        """Whether a gutter is only an accident: one text on both sides of it."""
        if following.x0 > (self.x0 + self.x1) / 2 >= column.x1:
            return False
        held = self._held(following)
        if all(_is_filler(self._text(each)) for each in held) and not self._is_close(held):
            return False
        titles = self.block.titles
        if titles:
            return not any(
                _overlaps(title, following) and not _overlaps(title, column) for title in titles
            )
        limit = SETTINGS.wide_gutter if len(held) > 3 else 2 * SETTINGS.wide_gutter
        return following.x0 - column.x1 < limit * self.block.size and not self._is_apart(held)

    def _is_apart(self, held: Sequence[_Across]) -> bool:
        """Whether all lines of a slice begin below each other, however long the text before them.

        If that is as long in all of them, white parts the slice which is wider than between words:
        the lines of a text that is justified have spaces of several widths.
        """
        firsts = [*{each.line: each for each in sorted(held, reverse=True)}.values()]
        lines = [self.block.lines[each.line].words for each in firsts]
        starts = [words[each.at].x0 for each, words in zip(firsts, lines, strict=True)]
        gaps = [*self._gaps(firsts), *(inf for each in firsts if not each.at)]
        if len(gaps) < 3 or max(starts) - min(starts) > 1:
            return False
        if max(gaps) == inf:
            return True  # no line of a text begins amid it
        if max(gaps) - min(gaps) > 1:
            return max(gaps) - min(gaps) > SETTINGS.wide_gutter * self.block.size
        usual = self._usual_space(firsts)
        return min(gaps) >= SETTINGS.gutter * self.block.size and min(gaps) > 2 * usual

    def _usual_space(self, held: Sequence[_Across]) -> float:
        """How wide the spaces are before the words of a slice, on their lines."""
        spaces = [
            word.x0 - before.x1
            for each in held
            for before, word in pairwise(self.block.lines[each.line].words[: each.at])
        ]
        return statistics.median(spaces) if spaces else inf

    def _gaps(self, held: Sequence[_Across]) -> list[float]:
        """The white before each word that doesn't begin its line."""
        words = ((self.block.lines[each.line].words, each.at) for each in held if each.at)
        return [line[at].x0 - line[at - 1].x1 for line, at in words]

    def _is_close(self, held: Sequence[_Across]) -> bool:
        """Whether most words of a slice stand a space from the word before: ``… Root CA 1``.

        Of two columns, the longest text of the left one alone reaches so far. A typewriter's
        spaces are as wide as its letters.
        """
        gaps = self._gaps(held)
        space = min(SETTINGS.same_space * self._usual_space(held), self.block.size)
        return 2 * len(gaps) > len(held) and (
            statistics.median(gaps) < max(SETTINGS.gutter * self.block.size, space)
        )

    def _is_same_name(self, before: Slice, column: Slice) -> bool:
        """Whether names begin in the slice before: ``C=US,`` is as wide in each row of a list."""
        held = self._held(before)
        named = self._named(before)
        size = self.block.size
        return (
            column.x0 - before.x1 < SETTINGS.space_within * size
            and 2 * named > len(held)
            and not any(abs(title.x0 - column.x0) < 0.6 * size for title in self.block.titles)
        )

    # --- rows --------------------------------------------------------------------------------

    def proposal(self, column: Slice) -> Proposal:
        """The rows, if the subjects stand in this column."""
        held = self._subject_words(column)
        right = max(
            (self.block.lines[i].words[words[-1]].x1 for i, words in held.items()), default=0.0
        )
        done = Proposal("aligned", [])
        score = 0.0
        sections = list(self._sections(list(held)))
        for found, lines in sections:
            way = self._deal(found, lines, held, done.usual)
            rows = [[lines[at] for at in row] for row in way.rows] if way else [[]] * len(found)
            if banded := self._banded(found, lines, held):
                rows = banded
            score += way.score / len(found) if way else -1
            for anchor, indices in zip(found, rows, strict=True):
                subject = [(index, held[index]) for index in indices]
                done.drafts.append(Draft(anchor, None, subject, right))
        done.fit = score / max(len(sections), 1)
        self._add_sha256(done.drafts)
        self._add_fields(done, column)
        return done

    def _subject_words(self, column: Slice) -> dict[int, list[int]]:
        """The words of the subject's column on each line that has any."""
        held: dict[int, list[int]] = {}
        for index, free in self.free.items():
            if self._strays(index, column):
                continue
            words = self.block.lines[index].words
            if mine := [at for at in free if column.holds(words[at])]:
                held[index] = mine
        return held

    def _sections(self, lines: Sequence[int]) -> Iterator[tuple[list[Fingerprint], list[int]]]:
        """Part the table at headings: no cell reaches across one."""
        bounds = [0, *self.block.cuts, len(self.block.lines)]
        for low, high in pairwise(bounds):
            found = [f for f in self.anchors if low <= f.line < high]
            if found:
                yield found, [index for index in lines if low <= index < high]

    def _deal(
        self,
        found: Sequence[Fingerprint],
        lines: Sequence[int],
        held: dict[int, list[int]],
        counted: Counter[str],
    ) -> Cells | None:
        """The most plausible way to deal the lines out to the fingerprints."""
        texts: list[Text] = []
        before = ""
        place = self.block.lines[lines[0]].text_column if lines else (0, 0.0)
        for index in lines:
            line = self.block.lines[index]
            first, last = held[index][0], held[index][-1]
            opens = bool(begins_name(line.words, first)) or self._is_subject_label(index, first)
            opens = opens and not before.endswith(PARTS)
            texts.append(Text(line.level(first), opens, line.text_column != place))
            before, place = line.words[last].text, line.text_column
        ways = [way for marks in self._marks(found) for way in deal(marks, texts, self.block.size)]
        usual = self.usual
        total = max(sum(usual.values()), SETTINGS.aligned_rows)
        way = prefer(ways, lambda alignment: 2.0 * usual[alignment] / total)
        others = [each.score for each in ways if way and each.rows != way.rows]
        if way and others and way.score - max(others) >= 1.0:
            counted[way.alignment] += len(found)
        return way

    def _banded(
        self, found: Sequence[Fingerprint], lines: Sequence[int], held: dict[int, list[int]]
    ) -> list[list[int]]:
        """The lines of each row by the rules between rows; none unless rules part all of them."""
        spots = self.block.spots
        bands = [spots.get(f.begin) for f in found]
        rows = [spot.row for spot in bands if spot is not None]
        if len(set(rows)) < len(found) or len(found) < 2:
            return []
        dealt: dict[tuple[int, ...], list[int]] = {row: [] for row in rows}
        for index in lines:
            spot = spots.get(Token(index, held[index][0]))
            if spot is None or spot.row not in dealt:
                return []
            dealt[spot.row].append(index)
        return list(dealt.values())

    def _is_subject_label(self, index: int, at: int) -> bool:
        return any(
            label.first == at and label.role == "subject"
            for label in self.block.tokens.labels[index]
        )

    def _marks(self, found: Sequence[Fingerprint]) -> Iterator[list[Mark]]:
        """Where the cells of the fingerprints stand: the digits alone, and with what is by them.

        Labels, a SHA-256 or a date may share the cell, and it is the cell that is level.
        """
        lines = self.block.lines
        yield [Mark(self._level(f.pieces[0]), self._level(f.pieces[-1])) for f in found]
        left = min(self._label_edge(f.pieces[0]) for f in found)
        held = [
            lines[index]
            for index in self.free
            if any(word.x0 < self.x1 and word.x1 > left for word in lines[index].words)
        ]
        blocks = _blocks([(line.y, line.text_column) for line in held])
        firsts = [self._level(f.pieces[0]) for f in found]
        tall = [block for y in firsts for block in blocks if block.first <= y <= block.last]
        if len(set(tall)) == len(found) and any(mark.last > mark.first for mark in tall):
            yield tall

    def _level(self, piece: Piece) -> float:
        return self.block.lines[piece.line].level(piece.first)

    def _label_edge(self, piece: Piece) -> float:
        """The left edge of a fingerprint and the label right before it."""
        line: Placed = self.block.lines[piece.line]
        for label in self.block.tokens.labels[piece.line]:
            if label.end == piece.first:
                return line.words[label.first].x0
        return line.words[piece.first].x0

    def _add_sha256(self, drafts: Sequence[Draft]) -> None:
        """Give each row the SHA-256 that stands beside its words, or below its SHA-1."""
        others = [
            f
            for f in self.block.digits
            if f.is_sound
            and len(f.digits) == SHA256
            and f not in self.anchors
            and role_of(self.block, f) not in NOT_FINGERPRINTS
        ]
        for other in others:
            lines = {piece.line for piece in other.pieces}
            at = (
                next((d for d in drafts if lines & _lines_of(d)), None)
                or self._around(other, drafts)
                or self._below(other, drafts)
            )
            if at is not None and at.sha256 is None:
                at.sha256 = other

    def _around(self, other: Fingerprint, drafts: Sequence[Draft]) -> Draft | None:
        """The row whose lines stand amid those of a SHA-256, as in the middle of a row.

        It is the only one.
        """
        first, last = other.line, other.pieces[-1].line
        amid = [d for d in drafts if any(first < line < last for line in _lines_of(d))]
        return amid[0] if len(amid) == 1 else None

    def _below(self, other: Fingerprint, drafts: Sequence[Draft]) -> Draft | None:
        """The row under whose SHA-1 a SHA-256 stands, in one column and before the next."""
        above = [d for d in drafts if d.digits.pieces[-1].line < other.line]
        nearest = max(above, key=lambda d: d.digits.line, default=None)
        if nearest and other.x0 < nearest.digits.x1 and nearest.digits.x0 < other.x1:
            return nearest
        return None

    # --- beside the rows ---------------------------------------------------------------------

    def _add_fields(self, done: Proposal, column: Slice) -> None:
        """Note what stands in the other columns, and which rows a column says to be removed."""
        cells: dict[Slice, dict[int, list[int]]] = {}
        inside: list[Token] = []
        for index, free in self.free.items():
            if self._strays(index, column):
                continue
            words = self.block.lines[index].words
            labels = {
                at
                for label in self.block.tokens.labels[index]
                for at in range(label.first, label.end)
            }
            for at in free:
                word = words[at]
                if column.holds(word):
                    continue
                slice_ = next((s for s in self.slices if s.x0 <= word.x0 and word.x1 <= s.x1), None)
                is_inside = word.x0 < self.x1 and word.x1 > self.x0
                if slice_ is not None and not is_inside:
                    cells.setdefault(slice_, {}).setdefault(index, []).append(at)
                elif at in labels or self._is_filler_of_digits(index, word):
                    inside.append(Token(index, at))
        done.fields.append(Field("other", inside))
        beside: list[TrustColumn] = []
        for slice_, lines in cells.items():
            role = self.block.title_role(slice_.x0, slice_.x1)
            tokens = tokens_in(lines.items())
            if role is None and len(lines) < SETTINGS.filled_rows * len(done.drafts):
                tokens = [t for t in tokens if _is_filler(self.block.tokens.word(t).text)]
            done.fields.append(Field(role, tokens))
            title = self.block.title_of(slice_.x0, slice_.x1, next(iter(lines)))
            beside.append(TrustColumn(title, self._cells(done.drafts, lines)))
        beside += [
            TrustColumn(title.text, [""] * len(done.drafts))
            for title in self.block.titles
            if not any(_overlaps(title, each) for each in (column, *cells))
            and not self.x0 < (title.x0 + title.x1) / 2 < self.x1
        ]
        for draft, denied in zip(done.drafts, denials(beside, len(done.drafts)), strict=True):
            draft.status = denied
        done.fields.extend(self._issuers(done.drafts, column))

    def _is_filler_of_digits(self, index: int, word: Word) -> bool:
        """Whether a word in the column of digits is none of a name.

        A number without digits beside it may be: names end in numbers.
        """
        beside = range(len(self.block.lines[index].words))
        return _is_filler(word.text) and (
            not is_number(word.text)
            or any(Token(index, at) in self.block.tokens.owner for at in beside)
        )

    def _issuers(self, drafts: Sequence[Draft], column: Slice) -> Iterator[Field]:
        """A column titled so, whole; or one without a title that says what the subjects do."""
        for at, each in enumerate(self.slices):
            if (column.x0 <= each.x0 <= column.x1) or not self._named(each):
                continue
            wide = self._widened(at)
            tokens = [Token(word.line, word.at) for word in self._held(wide)]
            role = self.block.title_role(wide.x0, wide.x1)
            if role == "issuer" or (role is None and repeats(self.block, tokens, drafts)):
                yield Field("issuer", tokens)
                return

    def _cells(self, drafts: Sequence[Draft], column: dict[int, list[int]]) -> list[str]:
        """The cell of each row in a column, whose words are given by line."""
        return [
            " ".join(
                self.block.lines[index].words[at].text
                for index in sorted(_lines_of(draft))
                for at in column.get(index, ())
            )
            for draft in drafts
        ]


def _lines_of(draft: Draft) -> set[int]:
    return {piece.line for piece in draft.digits.pieces} | {line for line, _ in draft.subject}


def _is_filler(text: str) -> bool:
    """Whether a word is a date, a number or a mark, or may be of a label: of any column."""
    return (
        is_date(text)
        or is_number(text)
        or vocabulary.role_of(text) is not None
        or (len(digits_of(text)) >= SHA1 // 4)
    )


def _overlaps(title: Title, column: Slice) -> bool:
    return title.x1 > column.x0 and title.x0 < column.x1


def _blocks(lines: Iterable[tuple[float, tuple[int, float]]]) -> list[Mark]:
    """Lines in blocks: from one to the next it is further than from line to line within."""
    levels = list(lines)
    steps = sorted(b - a for (a, here), (b, there) in pairwise(levels) if here == there)
    pitch = statistics.median_low(steps[: len(steps) // 2 + 1]) if steps else 0.0
    blocks: list[Mark] = []
    before: tuple[int, float] | None = None
    for height, place in levels:
        if blocks and place == before and height - blocks[-1].last <= 1.25 * pitch:
            blocks[-1] = Mark(blocks[-1].first, height)
        else:
            blocks.append(Mark(height, height))
        before = place
    return blocks
