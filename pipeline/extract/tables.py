"""Rows of tables: fingerprints in one column, their subjects in another."""

import itertools
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.extract import cells, columns, margins
from pipeline.extract.cells import Cells, Mark, Text
from pipeline.extract.columns import Column, Strip, begins_name
from pipeline.extract.drafts import Draft, Drafts, SubjectLine, text_of
from pipeline.extract.fingerprints import Fingerprint, Piece, digits_of
from pipeline.extract.page import Word
from pipeline.extract.sheet import NUMBER_APART, Sheet

_ROW_APART = 2.6
"""From a row to the lines of one that a page break parts it is at most this many font sizes."""

_ENOUGH = 12
"""So many rows show how a document aligns its cells; with fewer it is less certain."""


@dataclass(slots=True)
class Table:
    """A table on a sheet. ``inside`` are the lines from its first to its last fingerprint."""

    sheet: Sheet
    drafts: Drafts
    strip: Strip
    column: Column
    inside: Sequence[int]
    _held: dict[int, list[Word]] = field(default_factory=dict)

    def read(self, sha256: Sequence[Fingerprint]) -> None:
        """Draft the rows; ``sha256`` are the SHA-256 fingerprints of the page."""
        lines = self._subject_lines()
        right = max((word.x1 for index in lines for word in self._words(index)), default=0.0)
        dealt: list[tuple[Fingerprint, list[int]]] = []
        trailing: list[int] = []
        for found, part in self._sections(lines):
            way = self._deal(found, part)
            if way is None:
                dealt.extend((fingerprint, []) for fingerprint in found)
                continue
            if not dealt and self.drafts.unfinished and not self.drafts.waiting:
                leading = [part[at] for at in way.leading]
                self.drafts.unfinished.lines.extend(self._take_subject(leading, self.column.x1))
            rows = [[part[at] for at in row] for row in way.rows]
            dealt.extend(zip(found, rows, strict=True))
            trailing = [part[at] for at in way.trailing] if way.alignment != "top" else []
        for fingerprint, held in dealt:
            self._draft(fingerprint, self._take_subject(held, right), sha256, held)
        self._wait(trailing, right)
        self._take_other_columns({index for _, held in dealt for index in held})

    # --- which lines ---------------------------------------------------------------------------

    def _words(self, index: int) -> list[Word]:
        """The words of a line that stand in the subject's column."""
        if index not in self._held:
            self._held[index] = self.column.held(self.sheet.free_words(index))
        return self._held[index]

    def _subject_lines(self) -> list[int]:
        """Lines with words of the subject's column: those inside, and those that adjoin."""
        found = [
            index
            for index in self.inside
            if self._words(index) and (index in self.sheet.row_lines or not self._strays(index))
        ]
        found.extend(self._adjoining(self.inside[0], -1))
        found.extend(self._adjoining(self.inside[-1], 1))
        return sorted(found)

    def _adjoining(self, edge: int, step: int) -> Iterator[int]:
        """Lines of the subject's column above or below the table's fingerprints."""
        lines = self.sheet.lines
        index = edge + step
        while 0 <= index < len(lines) and self.sheet.may_be_of_row(index):
            line = lines[index]
            is_number = margins.is_page_number(line.text)
            reach = NUMBER_APART if is_number else _ROW_APART
            if abs(line.y - lines[edge].y) > reach * line.size or self._strays(index):
                return
            if self._words(index):
                yield index
            edge = index
            index += step

    def _strays(self, index: int) -> bool:
        """Whether a line has words where fingerprints stand, or across the subject's edge."""
        slack = self.sheet.lines[index].size
        left = self.column.x0
        words = [
            word for word in self.sheet.free_words(index) if not columns.is_other_field(word.text)
        ]
        if any(word.x0 < left - slack < left + slack < word.x1 for word in words):
            return True
        is_under = any(
            word.x1 > self.strip.x0 + slack and word.x0 < self.strip.x1 - slack for word in words
        )
        # a caption in the fingerprint's cell may stand beside a line of the subject
        is_parted = any(
            abs(word.x0 - left) < 1.5 and word.x0 - before.x1 > slack
            for before, word in itertools.pairwise(words)
        )
        return is_under and not is_parted

    def _sections(self, lines: Sequence[int]) -> Iterator[tuple[list[Fingerprint], list[int]]]:
        """Part the table at headings: no cell reaches across one."""
        count = len(self.sheet.lines)
        cuts = [index for index in range(count) if not self.sheet.may_be_of_row(index)]
        for low, high in itertools.pairwise([-1, *cuts, count]):
            found = [f for f in self.strip.fingerprints if low < f.pieces[0].line < high]
            if found:
                yield found, [index for index in lines if low < index < high]

    # --- whose lines ---------------------------------------------------------------------------

    def _deal(self, found: Sequence[Fingerprint], lines: Sequence[int]) -> Cells | None:
        """The most plausible way to deal the lines out to the fingerprints."""
        size = self.sheet.lines[found[0].pieces[0].line].size
        held = [self._words(index) for index in lines]
        texts = [Text(words[0].y, begins_name(text_of(words))) for words in held]
        ways = [way for marks in self._marks(found) for way in cells.deal(marks, texts, size)]
        usual = self.drafts.alignments
        total = max(sum(usual.values()), _ENOUGH)
        way = cells.prefer(ways, lambda alignment: 2.0 * usual[alignment] / total)
        others = [each.score for each in ways if way and each.rows != way.rows]
        if way and others and way.score - max(others) >= 1.0:
            usual[way.alignment] += len(found)
        return way

    def _marks(self, found: Sequence[Fingerprint]) -> Iterator[list[Mark]]:
        """Where the cells of the fingerprints stand: the digits alone, and with what is by them.

        Labels, a SHA-256 or a date may share the cell, and it is the cell that is level.
        """
        yield [Mark(self._baseline(f.pieces[0]), self._baseline(f.pieces[-1])) for f in found]
        left = min(self._label_edge(f.pieces[0]) for f in found)
        held = [
            line.y
            for index, line in enumerate(self.sheet.lines)
            if self.sheet.may_be_of_row(index)
            and any(word.x0 < self.strip.x1 and word.x1 > left for word in line.words)
        ]
        blocks = _blocks(held)
        firsts = [self.sheet.lines[f.pieces[0].line].y for f in found]
        tall = [block for y in firsts for block in blocks if block.first <= y <= block.last]
        if len(set(tall)) == len(found) and any(mark.last > mark.first for mark in tall):
            yield tall

    def _baseline(self, piece: Piece) -> float:
        return self.sheet.word((piece.line, piece.first)).y

    def _label_edge(self, piece: Piece) -> float:
        """The left edge of a fingerprint and the label right before it."""
        line = self.sheet.lines[piece.line]
        edge = line.words[piece.first].x0
        for word in reversed(line.words[: piece.first]):
            if not columns.is_other_field(word.text) or edge - word.x1 >= line.size:
                break
            edge = word.x0
        return edge

    # --- rows ----------------------------------------------------------------------------------

    def _take_subject(self, lines: Iterable[int], right: float) -> list[SubjectLine]:
        """Take the words of the subject's column; ``right`` is the edge they could reach."""
        taken: list[SubjectLine] = []
        for index in lines:
            line = self.sheet.lines[index]
            words = self.column.held(self.sheet.free_words(index))
            if words:
                self.sheet.take_words(index, map(line.words.index, words))
                taken.append(SubjectLine(words, right - words[-1].x1, line.size))
        return taken

    def _draft(
        self,
        fingerprint: Fingerprint,
        subject: list[SubjectLine],
        sha256: Sequence[Fingerprint],
        held: list[int],
    ) -> None:
        """Draft one row, or finish the one whose fingerprint a page break parts."""
        if fingerprint.before:
            draft = self.drafts.rows[-1]
            draft.fingerprint += fingerprint.digits
        else:
            line = fingerprint.pieces[0].line
            release = self.sheet.release_at(line, self.drafts.release)
            number, part = self.sheet.page.number, self.drafts.part
            draft = Draft(number, part, release, fingerprint.digits, fingerprint.x0)
            self.drafts.add(draft)
        draft.fingerprint += self._stray_digits(fingerprint)
        draft.lines.extend(subject)
        self.drafts.tally(subject)
        lines = {piece.line for piece in fingerprint.pieces} | set(held)
        for other in sha256:
            if any(piece.line in lines for piece in other.pieces) or self._is_under(
                other, fingerprint
            ):
                draft.sha256 = draft.sha256 or other.digits

    def _is_under(self, other: Fingerprint, fingerprint: Fingerprint) -> bool:
        """Whether a SHA-256 stands below this SHA-1, in one column and before the next."""
        begin = other.pieces[0].line
        above = [f for f in self.strip.fingerprints if f.pieces[-1].line < begin]
        level = other.x0 < fingerprint.x1 and fingerprint.x0 < other.x1
        return bool(above) and above[-1] is fingerprint and level

    def _stray_digits(self, fingerprint: Fingerprint) -> str:
        """Digits that stand alone below a fingerprint: they make it too long, and are told."""
        below = fingerprint.pieces[-1].line + 1
        found = ""
        for index in range(below, len(self.sheet.lines)):
            line, above = self.sheet.lines[index], self.sheet.lines[index - 1]
            if not self.sheet.plain[index] or line.y - above.y > 1.6 * line.size:
                break
            held = [
                token
                for token in self.sheet.free(index)
                if self.strip.x0 - 1 < self.sheet.word(token).x0
                and self.sheet.word(token).x1 < self.strip.x1 + 1
            ]
            digits = [digits_of(self.sheet.word(token).text) for token in held]
            if held and all(digits):
                found += "".join(digits)
                self.sheet.take(held)
        return found

    def _wait(self, trailing: list[int], right: float) -> None:
        """Keep a subject that begins below the last row for a fingerprint of the next page."""
        if trailing and begins_name(text_of(self._words(trailing[0]))):
            self.drafts.waiting = self._take_subject(trailing, right)

    def _take_other_columns(self, subjects: set[int]) -> None:
        """Account for numbers, dates and the like that stand beside the rows."""
        in_rows = subjects | self.sheet.row_lines
        last = max(in_rows)
        while last + 1 < len(self.sheet.lines) and self._is_other_field(last + 1):
            last += 1
        for index in range(min(in_rows), last + 1):
            if self.sheet.is_used_up(index) or not self.sheet.may_be_of_row(index):
                continue
            if index not in in_rows and self._strays(index):
                continue
            free = self.sheet.free(index)
            others = [token for token in free if not self.column.holds(self.sheet.word(token))]
            inside = [token for token in others if self._is_inside(self.sheet.word(token))]
            if all(columns.is_other_field(self.sheet.word(token).text) for token in inside):
                self.sheet.take(inside)
            self.sheet.take(token for token in others if token not in inside)

    def _is_inside(self, word: Word) -> bool:
        """Whether a word stands in the fingerprints' column."""
        return word.x1 > self.strip.x0 + 1 and word.x0 < self.strip.x1 - 1

    def _is_other_field(self, index: int) -> bool:
        """Whether a line adjoins the one above and holds nothing but labels, numbers and dates."""
        words = self.sheet.lines[index].words
        return self.sheet.adjoins(index, index - 1) and all(
            columns.is_other_field(word.text) for word in words
        )


def _blocks(heights: Sequence[float]) -> list[Mark]:
    """Lines in blocks: from one to the next it is further than from line to line within."""
    steps = sorted(b - a for a, b in itertools.pairwise(heights))
    pitch = statistics.median_low(steps[: len(steps) // 2 + 1]) if steps else 0.0
    blocks: list[Mark] = []
    for height in heights:
        if blocks and height - blocks[-1].last <= 1.25 * pitch:
            blocks[-1] = Mark(blocks[-1].first, height)
        else:
            blocks.append(Mark(height, height))
    return blocks
