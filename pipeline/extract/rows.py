"""The row grammar: lines of pages in, rows and problems out.

A row is anchored on its fingerprint. In a table its subject stands in another column and
`cells` deals the lines out; in running text it follows (or precedes) the fingerprint. Pages
come one at a time, and what is kept of them is only their rows and the lines no row took.
"""

import itertools
import math
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.extract import cells, columns, faults, fingerprints, margins
from pipeline.extract.cells import Cells, Mark, Text
from pipeline.extract.columns import Column, Strip, begins_name
from pipeline.extract.document import UNCERTAIN_JOIN, Problem, Row
from pipeline.extract.fingerprints import SHA1, SHA256, Fingerprint, Parted, fingerprints_of
from pipeline.extract.lines import Line, Page, Word
from pipeline.extract.margins import Leftover, Margins, Zone

_LABEL_BEFORE = re.compile(
    r"""^(?:subject(?:\s*(?:dn|name))?|dn|issued\ to|owner)\s*[:=]\s*|^[-–—:|]\s+""",
    re.VERBOSE | re.IGNORECASE,
)
_LABEL_AFTER = re.compile(
    r"""(?:(?:^|\s)(?:\d+[.):]|[•*·▪‣◦–—|(\[-]|(?:sha-?1\s*)?(?:finger|thumb)print
    (?:\s*\(?sha-?1\)?)?\s*[:=]?|sha-?1\s*[:=]?))+\s*$""",
    re.VERBOSE | re.IGNORECASE,
)
_NUMBER_BEFORE = re.compile(r"^(?:\d+[.):]?|[•*·▪‣◦–—-])\s+(?=\S*\s?=)")
_OTHER_FIELD = re.compile(
    r"""(?:issuer|issued\ by|serial(?:\s+number)?|valid(?:ity)?(?:\s+(?:from|to|until))?
    |not\ (?:before|after)|expire[sd]?(?:\s+on)?|sha-?256(?:\s+(?:finger|thumb)print)?
    |(?:public\ )?key(?:\ \w+)?|signature(?:\ algorithm)?)\s*[:=]""",
    re.VERBOSE | re.IGNORECASE,
)
_SOFT_HYPHENS = ("\u00ad", "\u2010")
"""U+2010 is what browsers draw where a soft hyphen breaks a line; names are written with ``-``."""
_MAY_BREAK = re.compile(r"[\w.)]-$|[/\\@_]$|(?:\bwww|[/@]\S*)\.$")
"""Ends of lines at which typesetters break without a space: hyphens, and within addresses."""
_LINES_APART = 1.9
"""Two lines of one subject in running text are at most this many times the font size apart."""


@dataclass(slots=True)
class Piece:
    """One line of a subject: its words, and how much room there was for more."""

    words: list[Word]
    room: float
    size: float


@dataclass(slots=True)
class Draft:
    """A row as it is put together; its subject may go on on the next page."""

    page: int
    part: int
    release: str
    fingerprint: str
    x0: float = 0.0
    sha256: str = ""
    is_running: bool = False
    pieces: list[Piece] = field(default_factory=list)


@dataclass(slots=True)
class Grammar:
    """Reads one document. Feed it pages in order with `read`, then ask for `finish`."""

    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    margins: Margins = field(default_factory=Margins)
    title: str = ""
    release: str = ""
    mentioned: set[str] = field(default_factory=set)
    pages: int = 0
    parts: int = 0
    _alignments: Counter[str] = field(default_factory=Counter)
    _name_first: bool | None = None
    _seen: set[tuple[str, int]] = field(default_factory=set)
    _waiting: list[Piece] = field(default_factory=list)
    _broken: list[int] = field(default_factory=lambda: [0, 0])

    def read(self, page: Page, following: Page | None = None) -> None:
        """Take the rows of ``page``; ``following`` tells which of its lines repeat."""
        self.pages += 1
        if not self.title and page.lines:
            self.title = page.lines[0].text
        _PageReader(self, page, following).read()

    def finish(self) -> tuple[list[Row], list[Problem]]:
        """The rows of the document, and all that is wrong with it, in the order of its pages."""
        rows: list[Row] = []
        only = next(iter(self.mentioned)) if len(self.mentioned) == 1 else ""
        for draft in self.drafts:
            draft.release = draft.release or only
            subject = self._subject(draft)
            problem = faults.of(draft.page, draft.fingerprint, subject)
            if problem:
                self.problems.append(problem)
            else:
                rows.append(
                    Row(draft.page, draft.release, draft.fingerprint, draft.sha256, subject)
                )
        if self._waiting:
            text = " ".join(_text(piece.words) for piece in self._waiting)
            hint = "This subject has no fingerprint; look at the page."
            self.problems.append(Problem("unaccounted-text", self.pages, text, hint))
        self.problems.extend(self.margins.problems())
        self.problems.sort(key=lambda problem: problem.page)
        return rows, self.problems

    def _subject(self, draft: Draft) -> str:
        breaks_words = self._broken[1] >= 4 and self._broken[1] > 0.85 * sum(self._broken)
        text = _LABEL_BEFORE.sub("", join(draft.pieces, breaks_words))
        if draft.is_running:
            text = _LABEL_BEFORE.sub("", _NUMBER_BEFORE.sub("", _LABEL_AFTER.sub("", text)))
        return text.strip().rstrip(";|").rstrip()


def join(pieces: Sequence[Piece], breaks_words: bool) -> str:
    """Join the lines of a subject.

    A space goes between, unless the line ended in a hyphen or within a word. Where only the
    certificate can tell, the join is marked with U+200B.
    """
    text = ""
    for index, piece in enumerate(pieces):
        line = _text(piece.words)
        if not text:
            text = line
            continue
        before = pieces[index - 1]
        if text.endswith(_SOFT_HYPHENS):
            text = text[:-1] + line
        elif _is_broken_word(text, before, piece, breaks_words):
            text += UNCERTAIN_JOIN + line
        else:
            text += " " + line
    return text.replace(_SOFT_HYPHENS[0], "")


def _is_broken_word(text: str, before: Piece, piece: Piece, breaks_words: bool) -> bool:
    """Whether the line break may stand within a word, so that no space belongs there."""
    if _MAY_BREAK.search(text):
        return True
    full = before.room < 1.0 * before.size
    return full and (breaks_words or len(before.words) == 1)


def _text(words: Iterable[Word]) -> str:
    return " ".join(word.text for word in words)


def _place(line: Line) -> tuple[str, int]:
    """A line's words (numbers aside) and height: what a running header has on every page."""
    return margins.shape(line.text), round(line.y)


def _places(lines: Iterable[Line]) -> set[tuple[str, int]]:
    return {_place(line) for line in lines}


def _baseline(lines: Sequence[Line], piece: fingerprints.Piece) -> float:
    return lines[piece.line].words[piece.first].y


def _blocks(heights: Sequence[float]) -> list[Mark]:
    """Lines in blocks: from one to the next it is further than from line to line within."""
    steps = [b - a for a, b in itertools.pairwise(heights)]
    pitch = statistics.median_low(sorted(steps)[: len(steps) // 2 + 1]) if steps else 0.0
    blocks: list[Mark] = []
    for height in heights:
        if blocks and height - blocks[-1].last <= 1.25 * pitch:
            blocks[-1] = Mark(blocks[-1].first, height)
        else:
            blocks.append(Mark(height, height))
    return blocks


@dataclass(slots=True)
class _PageReader:
    """Reads one page into a grammar."""

    grammar: Grammar
    page: Page
    following: Page | None
    zone: Zone = "no rows"
    is_part: bool = False
    taken: set[tuple[int, int]] = field(default_factory=set)
    plain: list[bool] = field(default_factory=list)
    repeats: list[bool] = field(default_factory=list)
    headings: list[Word] = field(default_factory=list)
    sections: list[tuple[int, str]] = field(default_factory=list)
    row_lines: set[int] = field(default_factory=set)

    def read(self) -> None:
        lines = self.page.lines
        bounds = columns.tables_apart(lines)
        if bounds:
            self._read_apart(bounds)
            return
        found = self._likely(fingerprints_of(lines, self._parted()))
        sha1 = [f for f in found if len(f.digits) != SHA256 or not f.is_sound]
        self._classify(found)
        if any(len(f.digits) >= SHA1 - 2 for f in sha1):
            size = lines[sha1[0].pieces[0].line].size
            strips = columns.fingerprint_columns(sha1, size)
            self.grammar.margins.saw_rows(self.page.number)
            self.grammar.parts += 1
            column = strips[0] if len(strips) == 1 else self._true_column(strips)
            sha256 = [f for f in found if f.is_sound and len(f.digits) == SHA256]
            self._read_strip(Strip(lines, column), sha256)
        elif self.grammar.drafts:
            self._read_rest(self.grammar.drafts[-1])
        self._leave()

    def _read_rest(self, last: Draft) -> None:
        """Look for the end of the last row where there is no fingerprint.

        It may stand alone in the next column of a page, or under the table's header on the next.
        """
        headers = [i for i, line in enumerate(self.page.lines) if margins.is_table_header(line)]
        if last.part != self.grammar.parts or not (self.is_part or headers) or not last.pieces:
            return
        rest = self._rest_among(range(headers[-1] + 1 if headers else 0, len(self.plain)), last)
        left = min(piece.words[0].x0 for piece in last.pieces)
        if rest and (self.is_part or abs(self._word(rest[0]).x0 - left) < last.pieces[0].size):
            self._add_text(last, rest, 0.0)

    def _parted(self) -> Parted | None:
        """The last fingerprint of the page before, if it is not complete."""
        last = self.grammar.drafts[-1] if self.grammar.drafts else None
        if last is None or last.part != self.grammar.parts or len(last.fingerprint) >= SHA1:
            return None
        return Parted(SHA1 - len(last.fingerprint), last.x0)

    def _read_apart(self, bounds: list[float]) -> None:
        """Read tables that stand side by side one after the other, each as a page of its own."""
        bounds = self._with_last_column(bounds)
        parts: list[list[Line]] = [[] for _ in range(len(bounds) + 1)]
        across: list[Line] = []
        for line in self.page.lines:
            if any(columns.crosses(line, bound) for bound in bounds):
                across.append(line)
                continue
            for part, low, high in zip(
                parts, [-math.inf, *bounds], [*bounds, math.inf], strict=True
            ):
                words = [word for word in line.words if low <= word.x0 < high]
                if words:
                    part.append(Line(words, words[0].y, line.size))
        rows = [
            self.page.lines[fingerprint.pieces[0].line].y
            for fingerprint in fingerprints_of(self.page.lines)
        ]
        above = [line for line in across if line.y < min(rows)]
        below = [line for line in across if line.y >= min(rows)]
        self._read_part(above, "above")
        for part in parts:
            self._read_part(part, is_part=True)
        self._read_part(below, "below" if below and below[0].y > max(rows) else "between")

    def _with_last_column(self, bounds: list[float]) -> list[float]:
        """Add the last column of text if it holds only the end of a row: it is as far as others."""
        first = min(line.words[0].x0 for line in self.page.lines)
        pitch = bounds[-1] - bounds[-2] if len(bounds) > 1 else bounds[0] - first
        edge = bounds[-1] + pitch
        starts = [word.x0 for line in self.page.lines for word in line.words]
        return [*bounds, edge] if any(edge <= x0 < edge + 5 for x0 in starts) else bounds

    def _read_part(
        self, lines: list[Line], zone: Zone = "no rows", is_part: bool = False
    ) -> None:
        """Read lines of the page as a page of their own; ``zone`` is where they stand in it."""
        page = Page(self.page.number, lines, [])
        _PageReader(self.grammar, page, self.following, zone, is_part).read()

    def _likely(self, found: list[Fingerprint]) -> list[Fingerprint]:
        """Leave out short runs of digits that stand where no fingerprint does."""
        sound = [f for f in found if f.is_sound]
        return [
            f
            for f in found
            if f.is_sound
            or len(f.digits) >= 0.75 * SHA1
            or (
                (len(f.digits) >= 0.4 * SHA1 or f.pieces[0].is_dressed)
                and any(f.x0 < other.x1 and f.x1 > other.x0 for other in sound)
            )
            or f.before
        ]

    def _classify(self, found: Sequence[Fingerprint]) -> None:
        """Set headings apart, and note where a new release begins."""
        for fingerprint in found:
            for piece in fingerprint.pieces:
                self.taken.update(piece.words)
                self.row_lines.add(piece.line)
        after = _places(self.following.lines) if self.following else set()
        below_header = False
        for index, line in enumerate(self.page.lines):
            text = line.text
            is_row = index in self.row_lines
            is_header = not is_row and margins.is_table_header(line)
            release = "" if is_row else margins.release_of(text)
            if release and not margins.is_heading(text):
                self.grammar.mentioned.add(release)
                release = ""
            if is_header:
                self.headings.extend(line.words)
                below_header = True
            if release:
                self.sections.append((index, release))
            place = _place(line)
            repeats = (
                not below_header
                and self._is_marginal(index)
                and not begins_name(text)
                and (place in after or place in self.grammar._seen)
            )
            self.plain.append(
                not is_row
                and not is_header
                and not release
                and not margins.is_continued_mark(text)
                and not repeats
            )
            self.repeats.append(repeats)
        self.grammar._seen = _places(self.page.lines)
        for line in self.page.sideways:
            release = margins.release_of(line.text)
            self.grammar.mentioned.update([release] if release else [])

    def _is_marginal(self, index: int) -> bool:
        """Whether a line stands above or below all the fingerprints of the page."""
        return not self.row_lines or not min(self.row_lines) < index < max(self.row_lines)

    # --- strips -------------------------------------------------------------------------------

    def _true_column(self, found: list[list[Fingerprint]]) -> list[Fingerprint]:
        """Of several columns of 40 digits, the one whose title speaks of fingerprints."""
        for column in found:
            x0, x1 = min(f.x0 for f in column), max(f.x1 for f in column)
            title = " ".join(w.text for w in self.headings if w.x1 > x0 and w.x0 < x1).lower()
            if any(word in title for word in ("finger", "thumb", "sha")) and "key" not in title:
                return column
        return found[0]

    def _read_strip(self, strip: Strip, sha256: Sequence[Fingerprint]) -> None:
        grammar = self.grammar
        first = min(f.pieces[0].line for f in strip.fingerprints)
        last = max(f.pieces[-1].line for f in strip.fingerprints)
        inside = [
            index
            for index in range(first, last + 1)
            if (self.plain[index] or index in self.row_lines) and self.page.lines[index].words
        ]
        if grammar._name_first is None:
            grammar._name_first = self._name_comes_first(strip, first)
        if columns.is_running_text(strip, inside, self.taken):
            self._read_text(strip, first, last)
            return
        column = columns.subject_column(strip, inside, self.taken, self.headings)
        if column is None:
            self._read_text(strip, first, last)
            return
        self._read_table(strip, column, inside, sha256)

    def _name_comes_first(self, strip: Strip, first: int) -> bool:
        """Whether a name begins before the first fingerprint does."""
        for index in range(first, -1, -1):
            line = self.page.lines[index]
            if index != first and not self.plain[index]:
                break
            words = [word for i, word in enumerate(line.words) if (index, i) not in self.taken]
            if index == first:
                words = [word for word in words if word.x1 <= strip.fingerprints[0].x0]
            if any(begins_name(word.text) for word in words) or begins_name(_text(words)):
                return True
            if index != first and self.page.lines[index + 1].y - line.y > 3 * line.size:
                break
        return False

    # --- tables -------------------------------------------------------------------------------

    def _read_table(
        self, strip: Strip, column: Column, inside: list[int], sha256: Sequence[Fingerprint]
    ) -> None:
        lines = self._subject_lines(strip, column, inside)
        size = self.page.lines[strip.fingerprints[0].pieces[0].line].size
        dealt: list[tuple[int, list[int]]] = []
        trailing: list[int] = []
        for marks, part in self._sections_of(strip, lines):
            way = self._deal(strip, column, marks, part, size)
            if way is None:
                dealt.extend((i, []) for i in marks)
                continue
            self._carry(strip, column, [part[at] for at in way.leading])
            rows = [[part[at] for at in row] for row in way.rows]
            dealt.extend(zip(marks, rows, strict=True))
            trailing = [part[at] for at in way.trailing] if way.alignment != "top" else []
        right = max(
            (w.x1 for i in lines for w in self._column_words(strip, column, i)), default=0.0
        )
        self._tally_breaks(strip, column, dealt, right)
        for which, held in dealt:
            self._draft(strip, column, strip.fingerprints[which], held, right, sha256)
            self._add_strays(strip, which)
        self._wait(strip, column, trailing, right)
        in_rows = [*self.row_lines, *(index for _, held in dealt for index in held)]
        last = max(in_rows)
        while last + 1 < len(self.plain) and self._is_other_field(last + 1):
            last += 1
        span = range(min(in_rows), last + 1)
        self._take_other_columns(strip, column, span, [h for _, h in dealt])

    def _is_other_field(self, index: int) -> bool:
        """Whether a line adjoins the one above and holds nothing but labels, numbers and dates."""
        return self._adjoins(index, index - 1) and all(
            columns.is_other_field(word.text) for word in self.page.lines[index].words
        )

    def _column_words(self, strip: Strip, column: Column, index: int) -> list[Word]:
        return [
            word
            for i, word in enumerate(self.page.lines[index].words)
            if (index, i) not in self.taken and column.holds(word)
        ]

    def _subject_lines(self, strip: Strip, column: Column, inside: list[int]) -> list[int]:
        """Lines with words of the subject column: those inside, and those that adjoin."""
        found = [i for i in inside if self._column_words(strip, column, i)]
        found = [i for i in found if i in self.row_lines or not self._strays(strip, column, i)]
        for step, begin in ((-1, inside[0]), (1, inside[-1])):
            index = begin + step
            edge = self.page.lines[begin]
            while 0 <= index < len(self.page.lines):
                line = self.page.lines[index]
                if abs(line.y - edge.y) > 2.6 * line.size:
                    break
                if not self.plain[index] and index not in self.row_lines:
                    break
                if self.page.lines[index].words:
                    if self._strays(strip, column, index) or margins.is_page_number(line.text):
                        break
                    if self._column_words(strip, column, index):
                        found.append(index)
                    edge = line
                index += step
        return sorted(found)

    def _strays(self, strip: Strip, column: Column, index: int) -> bool:
        """Whether a line has words where fingerprints stand, or across the subject's edge."""
        slack = self.page.lines[index].size
        return any(
            (word.x1 > strip.x0 + slack and word.x0 < strip.x1 - slack)
            or (word.x0 < column.x0 - slack < column.x0 + slack < word.x1)
            for i, word in enumerate(self.page.lines[index].words)
            if (index, i) not in self.taken and not columns.is_other_field(word.text)
        )

    def _sections_of(
        self, strip: Strip, lines: Sequence[int]
    ) -> Iterator[tuple[list[int], list[int]]]:
        """Part a strip at headings: no cell reaches across one."""
        cuts = [
            index
            for index in range(len(self.page.lines))
            if not self.plain[index] and index not in self.row_lines
        ]
        bounds = [-1, *cuts, len(self.page.lines)]
        for low, high in zip(bounds, bounds[1:], strict=False):
            marks = [i for i, f in enumerate(strip.fingerprints) if low < f.pieces[0].line < high]
            part = [i for i in lines if low < i < high]
            if marks:
                yield marks, part

    def _deal(
        self, strip: Strip, column: Column, which: list[int], lines: list[int], size: float
    ) -> Cells | None:
        grammar = self.grammar
        held = [self._column_words(strip, column, index) for index in lines]
        texts = [Text(words[0].y, begins_name(_text(words))) for words in held]
        ways = [
            way
            for marks in self._marks(strip, [strip.fingerprints[i] for i in which])
            for way in cells.deal(marks, texts, size)
        ]
        total = sum(grammar._alignments.values()) or 1
        way = cells.prefer(ways, lambda a: 2.0 * grammar._alignments[a] / total)
        if way and way.score > 0 and len({tuple(w.rows) for w in ways}) > 1:
            grammar._alignments[way.alignment] += len(which)
        return way

    def _marks(self, strip: Strip, found: Sequence[Fingerprint]) -> Iterator[list[Mark]]:
        """Where the cells of the fingerprints stand: the digits alone, and with what is by them.

        Labels, a SHA-256 or a date may share the cell, and it is the cell that is level.
        """
        lines = self.page.lines
        yield [Mark(_baseline(lines, f.pieces[0]), _baseline(lines, f.pieces[-1])) for f in found]
        left = min(self._label_edge(f.pieces[0]) for f in found)
        held = [
            index
            for index, line in enumerate(lines)
            if (self.plain[index] or index in self.row_lines)
            and any(word.x0 < strip.x1 and word.x1 > left for word in line.words)
        ]
        blocks = _blocks([lines[index].y for index in held])
        tall = []
        for fingerprint in found:
            first = lines[fingerprint.pieces[0].line].y
            tall.extend(block for block in blocks if block.first <= first <= block.last)
        if len(set(tall)) == len(found) and any(mark.last > mark.first for mark in tall):
            yield tall

    def _label_edge(self, piece: fingerprints.Piece) -> float:
        """The left edge of a fingerprint and the label right before it."""
        words = self.page.lines[piece.line].words
        first = piece.first
        size = self.page.lines[piece.line].size
        while (
            first
            and columns.is_other_field(words[first - 1].text)
            and words[first].x0 - words[first - 1].x1 < size
        ):
            first -= 1
        return words[first].x0

    def _carry(self, strip: Strip, column: Column, leading: list[int]) -> None:
        """Give the lines above the first row to the last row of the page before."""
        grammar = self.grammar
        last = grammar.drafts[-1] if grammar.drafts else None
        if leading and last and last.part < grammar.parts and not grammar._waiting:
            self._append(strip, column, last, leading)

    def _wait(self, strip: Strip, column: Column, trailing: list[int], right: float) -> None:
        """Keep a subject that begins below the last row for a fingerprint of the next page."""
        if trailing and begins_name(_text(self._column_words(strip, column, trailing[0]))):
            draft = Draft(0, 0, "", "")
            self._append(strip, column, draft, trailing)
            self.grammar._waiting = draft.pieces

    def _append(self, strip: Strip, column: Column, draft: Draft, lines: Iterable[int]) -> None:
        for index in lines:
            words = self._column_words(strip, column, index)
            if words:
                size = self.page.lines[index].size
                draft.pieces.append(Piece(words, column.x1 - words[-1].x1, size))
                self._take(strip, column, index)

    def _take(self, strip: Strip, column: Column, index: int) -> None:
        words = self.page.lines[index].words
        held = set(self._column_words(strip, column, index))
        self.taken.update((index, i) for i, word in enumerate(words) if word in held)

    def _tally_breaks(
        self, strip: Strip, column: Column, dealt: list[tuple[int, list[int]]], right: float
    ) -> None:
        """Count lines that end short of the edge and lines that fill it to the last character."""
        for _, held in dealt:
            for index in held[:-1]:
                words = self._column_words(strip, column, index)
                full = right - words[-1].x1 < 0.8 * self.page.lines[index].size
                self.grammar._broken[full] += 1

    def _draft(
        self,
        strip: Strip,
        column: Column,
        fingerprint: Fingerprint,
        held: list[int],
        right: float,
        sha256: Sequence[Fingerprint],
    ) -> None:
        grammar = self.grammar
        last = grammar.drafts[-1] if grammar.drafts else None
        if fingerprint.before and last is not None:
            draft = last
            draft.fingerprint += fingerprint.digits
        else:
            line = fingerprint.pieces[0].line
            draft = Draft(
                self.page.number,
                grammar.parts,
                self._release_at(line),
                fingerprint.digits,
                fingerprint.x0,
            )
            draft.pieces, grammar._waiting = grammar._waiting, []
            grammar.drafts.append(draft)
        for index in held:
            words = self._column_words(strip, column, index)
            size = self.page.lines[index].size
            draft.pieces.append(Piece(words, right - words[-1].x1, size))
            self._take(strip, column, index)
        lines = {piece.line for piece in fingerprint.pieces} | set(held)
        for other in sha256:
            if any(piece.line in lines for piece in other.pieces):
                draft.sha256 = draft.sha256 or other.digits

    def _add_strays(self, strip: Strip, which: int) -> None:
        """Add digits that stand alone below a fingerprint: they make it too long, and are told."""
        below = strip.fingerprints[which].pieces[-1].line + 1
        following = strip.fingerprints[which + 1 : which + 2]
        end = following[0].pieces[0].line if following else below + 1
        for index in range(below, min(end, len(self.plain))):
            words = self.page.lines[index].words
            held = [
                (index, i)
                for i, word in enumerate(words)
                if (index, i) not in self.taken and strip.x0 - 1 < word.x0 and word.x1 < strip.x1 + 1
            ]
            digits = [fingerprints.digits_of(self._word(token).text) for token in held]
            if held and self.plain[index] and all(digits):
                self.grammar.drafts[-1].fingerprint += "".join(digits)
                self.taken.update(held)

    def _release_at(self, line: int) -> str:
        earlier = [release for index, release in self.sections if index < line]
        return earlier[-1] if earlier else self.grammar.release

    def _take_other_columns(
        self, strip: Strip, column: Column, span: range, held: list[list[int]]
    ) -> None:
        """Account for numbers, dates and the like that stand beside the rows."""
        in_rows = {index for row in held for index in row} | self.row_lines
        for index in span:
            if not self.plain[index] and index not in self.row_lines:
                continue
            if index not in in_rows and self._strays(strip, column, index):
                continue
            for i, word in enumerate(self.page.lines[index].words):
                outside = word.x1 <= strip.x0 + 1 or word.x0 >= strip.x1 - 1
                if not column.holds(word) and (outside or columns.is_other_field(word.text)):
                    self.taken.add((index, i))

    # --- running text -------------------------------------------------------------------------

    def _read_text(self, strip: Strip, first: int, last: int) -> None:
        """Rows of running text: what stands from one fingerprint to the next."""
        grammar = self.grammar
        begin, end = self._text_span(strip, first, last)
        at = {}
        for fingerprint in strip.fingerprints:
            at[next(fingerprint.pieces[0].words)] = fingerprint
        tokens: list[tuple[int, int]] = [
            (index, i)
            for index in range(begin, end + 1)
            if self.plain[index] or index in self.row_lines
            for i, word in enumerate(self.page.lines[index].words)
            if word in self.page.lines[index].words
        ]
        groups: list[list[tuple[int, int]]] = [[]]
        anchors: list[Fingerprint] = []
        for token in tokens:
            if token in at:
                anchors.append(at[token])
                groups.append([])
            elif token not in self.taken:
                groups[-1].append(token)
        right = max((self.page.lines[i].words[w].x1 for i, w in tokens), default=0.0)
        if grammar._name_first:
            self._texts_before(end, anchors, groups, right)
        else:
            self._texts_after(strip, begin, anchors, groups, right)
        for index in range(begin, end + 1):
            free = [token for token in tokens if token[0] == index and token not in self.taken]
            if all(columns.is_other_field(self._word(token).text) for token in free):
                self.taken.update(free)

    def _text_span(self, strip: Strip, first: int, last: int) -> tuple[int, int]:
        """From the first to the last line of the rows: those that adjoin, without a wide gap."""
        lines = self.page.lines
        begin, end = first, last
        while begin > 0 and self._adjoins(begin - 1, begin):
            begin -= 1
        while end + 1 < len(lines) and self._adjoins(end + 1, end):
            end += 1
        return begin, end

    def _adjoins(self, index: int, other: int) -> bool:
        line, near = self.page.lines[index], self.page.lines[other]
        return (
            self.plain[index]
            and not margins.is_page_number(line.text)
            and abs(line.y - near.y) <= _LINES_APART * max(line.size, near.size)
        )

    def _texts_after(
        self,
        strip: Strip,
        begin: int,
        anchors: Sequence[Fingerprint],
        groups: list[list[tuple[int, int]]],
        right: float,
    ) -> None:
        grammar = self.grammar
        if groups[0] and grammar.drafts and self._is_rest_of_row(groups[0]):
            self._add_text(grammar.drafts[-1], groups[0], right)
        elif grammar.drafts and grammar.drafts[-1].part < grammar.parts:
            last = grammar.drafts[-1]
            rest = self._rest_among(range(begin), last) if last.pieces else []
            self._add_text(last, rest or self._name_among(range(begin)), right)
        number = [t for t in groups[0] if t[0] == anchors[0].pieces[0].line]
        if _LABEL_AFTER.fullmatch(_text(self._word(token) for token in number)):
            self.taken.update(number)
        pitch = self._pitch(strip)
        for anchor, group in zip(anchors, groups[1:], strict=True):
            self._add_text(self._new(anchor), self._until_gap(group, anchor, pitch), right)

    def _pitch(self, strip: Strip) -> float:
        """From line to line within a text: the smaller steps there are on the page."""
        lines = self.page.lines
        size = lines[strip.fingerprints[0].pieces[0].line].size
        steps = sorted(b.y - a.y for a, b in itertools.pairwise(lines) if b.y - a.y > 0.8 * size)
        return steps[len(steps) // 10] if steps else 1.2 * size

    def _texts_before(
        self,
        end: int,
        anchors: Sequence[Fingerprint],
        groups: list[list[tuple[int, int]]],
        right: float,
    ) -> None:
        grammar = self.grammar
        for anchor, group in zip(anchors, groups, strict=False):
            draft = self._new(anchor)
            draft.pieces, grammar._waiting = grammar._waiting, []
            self._add_text(draft, group if draft.pieces else self._from_name(group), right)
        rest = self._from_name(groups[-1]) or self._name_among(range(end + 1, len(self.plain)))
        if rest:
            draft = Draft(0, 0, "", "")
            self._add_text(draft, rest, right)
            grammar._waiting = draft.pieces

    def _rest_among(self, among: range, draft: Draft) -> list[tuple[int, int]]:
        """The end of a row that a break parts: the first lines that look as the row does."""
        size = draft.pieces[-1].size
        left = min(piece.words[0].x0 for piece in draft.pieces)
        width = max(piece.words[-1].x1 for piece in draft.pieces) - left
        held: list[int] = []
        for index in among:
            line = self.page.lines[index]
            fits = abs(line.size - size) < 0.03 * size and (
                line.words[-1].x1 - line.words[0].x0 <= width + size
            )
            if fits and self.plain[index] and (not held or self._adjoins(index, index - 1)):
                held.append(index)
            elif held:
                break
        if not held or begins_name(self.page.lines[held[0]].text):
            return []
        return [(index, i) for index in held for i in range(len(self.page.lines[index].words))]

    def _name_among(self, among: range) -> list[tuple[int, int]]:
        """A name that a break parts from its fingerprint: lines that begin with one and adjoin."""
        held: list[tuple[int, int]] = []
        for index in among:
            words = self.page.lines[index].words
            text = _LABEL_BEFORE.sub("", _text(words))
            text = re.sub(r"^subject\s+", "", text, flags=re.IGNORECASE)
            if held and not self._adjoins(index, index - 1):
                break
            if held or (self.plain[index] and begins_name(text)):
                held.extend((index, i) for i in range(len(words)))
        return self._from_name(held)

    def _from_name(self, group: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """The part of a text that begins with a name; what is before is of no row."""
        for at in range(len(group)):
            if begins_name(_text(self._word(token) for token in group[at : at + 3])):
                if all(columns.is_other_field(self._word(token).text) for token in group[:at]):
                    self.taken.update(group[:at])
                return group[at:]
        return []

    def _is_rest_of_row(self, group: list[tuple[int, int]]) -> bool:
        """Whether the text above the first fingerprint of a page ends the last row of another."""
        last = self.grammar.drafts[-1]
        begins = begins_name(_text(self._word(token) for token in group))
        return last.part < self.grammar.parts and begins != bool(last.pieces)

    def _new(self, anchor: Fingerprint) -> Draft:
        release = self._release_at(anchor.pieces[0].line)
        draft = Draft(
            self.page.number,
            self.grammar.parts,
            release,
            anchor.digits,
            is_running=True,
        )
        self.grammar.drafts.append(draft)
        return draft

    def _word(self, token: tuple[int, int]) -> Word:
        return self.page.lines[token[0]].words[token[1]]

    def _until_gap(
        self, group: list[tuple[int, int]], anchor: Fingerprint, pitch: float
    ) -> list[tuple[int, int]]:
        """The text up to the first line that stands apart from what is above it."""
        previous = group[0][0] if group else 0
        for at, (index, _) in enumerate(group):
            if self.page.lines[index].y - self.page.lines[previous].y > 1.25 * pitch:
                return group[:at]
            previous = index
        return group

    def _add_text(self, draft: Draft, group: list[tuple[int, int]], right: float) -> None:
        """Add a text line by line; other labelled fields of a record are left out."""
        by_line: dict[int, list[tuple[int, int]]] = {}
        for token in group:
            by_line.setdefault(token[0], []).append(token)
        skipping = False
        for index, tokens in by_line.items():
            words = [self._word(token) for token in tokens]
            self.taken.update(tokens)
            text = _text(words)
            if _OTHER_FIELD.match(text):
                skipping = True
            elif _LABEL_BEFORE.match(text) or _LABEL_AFTER.match(text):
                skipping = False
            if not skipping:
                size = self.page.lines[index].size
                draft.pieces.append(Piece(words, right - words[-1].x1, size))

    # --- what is left -------------------------------------------------------------------------

    def _leave(self) -> None:
        """Hand the lines that no row took to the margins, and note the release for the next."""
        lines = self.page.lines
        in_rows = {index for index, _ in self.taken}
        low, high = (min(in_rows), max(in_rows)) if in_rows else (0, 0)
        headed = self._headed_blocks()
        for index, line in enumerate(lines):
            free = [w.text for i, w in enumerate(line.words) if (index, i) not in self.taken]
            if not free or index in headed:
                continue
            text = " ".join(free)
            known = not (self.plain[index] or self.repeats[index] or index in self.row_lines)
            if known and not margins.is_suspect(text):
                continue
            zone = self._zone(index, low, high)
            self.grammar.margins.leftovers.append(
                Leftover(self.page.number, text, zone, round(line.y))
            )
        for line in self.page.sideways:
            self.grammar.margins.leftovers.append(
                Leftover(self.page.number, line.text, "sideways", round(line.y))
            )
        if self.sections:
            self.grammar.release = self.sections[-1][1]

    def _zone(self, index: int, low: int, high: int) -> Zone:
        """Where a line stands to the rows of the page, which take the lines ``low`` to ``high``."""
        if not self.row_lines:
            return self.zone
        if low <= index <= high:
            return "between"
        lines = self.page.lines
        path = range(index, low) if index < low else range(high, index)
        for i in path:
            is_header = not self.plain[i] and not self.repeats[i] and i not in self.row_lines
            step = lines[i + 1].y - lines[i].y
            if is_header or step > 2.2 * max(lines[i].size, lines[i + 1].size):
                return "apart"
        return "above" if index < low else "below"

    def _headed_blocks(self) -> set[int]:
        """Lines between rows that stand with a heading: the prose of a section's beginning."""
        block: list[int] = []
        headed: set[int] = set()
        releases = {index for index, _ in self.sections}
        for index in range(len(self.page.lines) + 1):
            in_row = index < len(self.page.lines) and any(
                (index, i) in self.taken for i in range(len(self.page.lines[index].words))
            )
            if index < len(self.page.lines) and not in_row:
                block.append(index)
                continue
            if releases.intersection(block):
                headed.update(i for i in block if not margins.is_suspect(self.page.lines[i].text))
            block = []
        return headed
