"""The row grammar: lines of pages in, rows and problems out.

A row is anchored on its fingerprint. In a table its subject stands in another column and
`cells` deals the lines out; in running text it follows (or precedes) the fingerprint. Pages
come one at a time, and what is kept of them is only their rows and the lines no row took.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.extract import cells, columns, margins
from pipeline.extract.cells import Cells, Mark, Text
from pipeline.extract.columns import Column, Strip, begins_name
from pipeline.extract.document import UNCERTAIN_JOIN, Problem, Row
from pipeline.extract.fingerprints import SHA1, SHA256, Fingerprint, fingerprints_of
from pipeline.extract.lines import Line, Page, Word
from pipeline.extract.margins import Leftover, Margins

_LABEL_BEFORE = re.compile(
    r"""^(?:subject(?:\s*(?:dn|name))?|dn|issued\ to|owner)\s*[:=]\s*|^[-–—:|]\s+""",
    re.VERBOSE | re.IGNORECASE,
)
_LABEL_AFTER = re.compile(
    r"""(?:(?:^|\s)(?:\(?\d+[.):]|[•*·▪‣◦–—|-]|(?:sha-?1\s*)?(?:finger|thumb)print
    (?:\s*\(?sha-?1\)?)?\s*[:=]?|sha-?1\s*[:=]))+\s*$""",
    re.VERBOSE | re.IGNORECASE,
)
_NUMBER_BEFORE = re.compile(r"^(?:\d+[.):]?|[•*·▪‣◦–—-])\s+(?=\S*\s?=)")
_OTHER_FIELD = re.compile(
    r"""(?:issuer|issued\ by|serial(?:\s+number)?|valid(?:ity)?(?:\s+(?:from|to|until))?
    |not\ (?:before|after)|expire[sd]?(?:\s+on)?|sha-?256(?:\s+(?:finger|thumb)print)?
    |(?:public\ )?key(?:\ \w+)?|signature(?:\ algorithm)?)\s*[:=]""",
    re.VERBOSE | re.IGNORECASE,
)
_SOFT_HYPHEN = "\u00ad"
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
    release: str
    fingerprint: str
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
    pages: int = 0
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
        for draft in self.drafts:
            subject = self._subject(draft)
            problem = _fault(draft, subject)
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
        breaks_words = self._broken[1] >= 3 and self._broken[1] > 0.85 * sum(self._broken)
        text = _LABEL_BEFORE.sub("", join(draft.pieces, breaks_words))
        if draft.is_running:
            text = _LABEL_BEFORE.sub("", _NUMBER_BEFORE.sub("", _LABEL_AFTER.sub("", text)))
        return text.strip().rstrip(";|").rstrip()


def _fault(draft: Draft, subject: str) -> Problem | None:
    digits = draft.fingerprint
    if len(digits) != SHA1 or not all(c in "0123456789abcdef" for c in digits):
        wrong = "".join(sorted({c for c in digits if c not in "0123456789abcdef"}))
        what = f"{len(digits)} digits instead of 40" if len(digits) != SHA1 else f"it has {wrong!r}"
        text = f"{digits} {subject}".strip()
        return Problem("malformed-fingerprint", draft.page, text, f"Not a SHA-1: {what}.")
    if not subject.strip(UNCERTAIN_JOIN + " "):
        hint = "There is no subject beside this fingerprint."
        return Problem("missing-subject", draft.page, digits, hint)
    return None


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
        if text.endswith(_SOFT_HYPHEN):
            text = text[:-1] + line
        elif _is_broken_word(text, before, piece, breaks_words):
            text += UNCERTAIN_JOIN + line
        else:
            text += " " + line
    return text.replace(_SOFT_HYPHEN, "")


def _is_broken_word(text: str, before: Piece, piece: Piece, breaks_words: bool) -> bool:
    """Whether the line break may stand within a word, so that no space belongs there."""
    if re.search(r"[\w.)]-$|[\w.)]/$|=$|\\$", text):
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


@dataclass(slots=True)
class _PageReader:
    """Reads one page into a grammar."""

    grammar: Grammar
    page: Page
    following: Page | None
    taken: set[tuple[int, int]] = field(default_factory=set)
    plain: list[bool] = field(default_factory=list)
    repeats: list[bool] = field(default_factory=list)
    headings: list[Word] = field(default_factory=list)
    sections: list[tuple[int, str]] = field(default_factory=list)
    row_lines: set[int] = field(default_factory=set)

    def read(self) -> None:
        lines = self.page.lines
        found = self._likely(fingerprints_of(lines))
        self._classify(found)
        sha1 = [f for f in found if len(f.digits) != SHA256 or not f.is_sound]
        if any(len(f.digits) >= SHA1 - 2 for f in sha1):
            self.grammar.margins.saw_rows(self.page.number)
            size = lines[sha1[0].pieces[0].line].size
            strips = columns.fingerprint_columns(sha1, size)
            if len(strips) > 1 and not self._beside(strips):
                strips = [self._true_column(strips)]
            for part in self._parts(strips):
                self._read_strip(part, [f for f in found if f.is_sound and len(f.digits) == SHA256])
        elif self.grammar.drafts:
            self._read_rest()
        self._leave()

    def _likely(self, found: list[Fingerprint]) -> list[Fingerprint]:
        """Leave out short runs of digits that stand where no fingerprint does."""
        sound = [f for f in found if f.is_sound]
        last = self.grammar.drafts[-1:]
        is_rest = any(len(draft.fingerprint) < SHA1 for draft in last)
        return [
            f
            for f in found
            if f.is_sound
            or len(f.digits) >= 0.75 * SHA1
            or any(f.x0 < other.x1 and f.x1 > other.x0 for other in sound)
            or (is_rest and f is found[0])
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

    def _is_marginal(self, index: int) -> bool:
        """Whether a line stands above or below all the fingerprints of the page."""
        return not self.row_lines or not min(self.row_lines) < index < max(self.row_lines)

    # --- strips -------------------------------------------------------------------------------

    def _beside(self, found: Sequence[Sequence[Fingerprint]]) -> bool:
        """Whether the columns of fingerprints are tables side by side, each with its subjects."""
        edges = [(min(f.x0 for f in c), max(f.x1 for f in c)) for c in found]
        names = [
            word
            for index in self.row_lines
            for i, word in enumerate(self.page.lines[index].words)
            if (index, i) not in self.taken and columns.BEGINS_NAME.match(word.text)
        ]
        gaps = [(-1e9, edges[0][0])]
        gaps += [(a[1], b[0]) for a, b in zip(edges, edges[1:], strict=False)]
        gaps.append((edges[-1][1], 1e9))
        named = [any(a <= w.x0 < b for w in names) for a, b in gaps]
        return all(named[1:]) or all(named[:-1])

    def _true_column(self, found: list[list[Fingerprint]]) -> list[Fingerprint]:
        """Of several columns of 40 digits, the one whose title speaks of fingerprints."""
        for column in found:
            x0, x1 = min(f.x0 for f in column), max(f.x1 for f in column)
            title = " ".join(w.text for w in self.headings if w.x1 > x0 and w.x0 < x1).lower()
            if any(word in title for word in ("finger", "thumb", "sha")) and "key" not in title:
                return column
        return found[0]

    def _parts(self, found: list[list[Fingerprint]]) -> Iterator[Strip]:
        """The strips of the page, each with the lines that stand in it."""
        if len(found) == 1:
            yield Strip(self.page.lines, found[0])
            return
        lefts = [min(f.x0 for f in column) for column in found]
        rights = [max(f.x1 for f in column) for column in found]
        names_left = any(
            word.x1 <= lefts[0] and columns.BEGINS_NAME.match(word.text)
            for index in self.row_lines
            for word in self.page.lines[index].words
        )
        bounds = rights[:-1] if names_left else [left - 1 for left in lefts[1:]]
        for column, low, high in zip(found, [-1e9, *bounds], [*bounds, 1e9], strict=True):
            yield _StripOfWords(self.page.lines, column, low=low, high=high)

    def _read_strip(self, strip: Strip, sha256: Sequence[Fingerprint]) -> None:
        grammar = self.grammar
        first = min(f.pieces[0].line for f in strip.fingerprints)
        last = max(f.pieces[-1].line for f in strip.fingerprints)
        inside = [
            index
            for index in range(first, last + 1)
            if (self.plain[index] or index in self.row_lines) and self._words(strip, index)
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

    def _words(self, strip: Strip, index: int) -> list[Word]:
        words = self.page.lines[index].words
        if isinstance(strip, _StripOfWords):
            return [word for word in words if strip.low <= word.x0 < strip.high]
        return words

    def _name_comes_first(self, strip: Strip, first: int) -> bool:
        """Whether a name begins before the first fingerprint does."""
        for index in range(first, -1, -1):
            line = self.page.lines[index]
            if index != first and not self.plain[index]:
                break
            words = [
                word
                for i, word in enumerate(line.words)
                if (index, i) not in self.taken and word in self._words(strip, index)
            ]
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
        for marks, part in self._sections_of(strip, lines):
            dealt.extend(self._deal(strip, column, marks, part, size))
        right = max(
            (w.x1 for i in lines for w in self._column_words(strip, column, i)), default=0.0
        )
        self._tally_breaks(strip, column, dealt, right)
        for which, held in dealt:
            self._draft(strip, column, strip.fingerprints[which], held, right, sha256)
        span = range(min(self.row_lines), max([*self.row_lines, *(i for _, h in dealt for i in h)]) + 1)
        self._take_other_columns(strip, column, span, [h for _, h in dealt])

    def _column_words(self, strip: Strip, column: Column, index: int) -> list[Word]:
        return [
            word
            for i, word in enumerate(self.page.lines[index].words)
            if (index, i) not in self.taken
            and column.holds(word)
            and (not isinstance(strip, _StripOfWords) or strip.low <= word.x0 < strip.high)
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
                if abs(line.y - edge.y) > 2.6 * line.size or not self.plain[index]:
                    break
                if self._words(strip, index):
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
            if (index, i) not in self.taken and word in self._words(strip, index)
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
            marks = [
                i for i, f in enumerate(strip.fingerprints) if low < f.pieces[0].line < high
            ]
            part = [i for i in lines if low < i < high]
            if marks:
                yield marks, part

    def _deal(
        self, strip: Strip, column: Column, which: list[int], lines: list[int], size: float
    ) -> Iterator[tuple[int, list[int]]]:
        grammar = self.grammar
        marks = [
            Mark(
                self.page.lines[strip.fingerprints[i].pieces[0].line].y,
                self.page.lines[strip.fingerprints[i].pieces[-1].line].y,
            )
            for i in which
        ]
        texts = [
            Text(
                self.page.lines[i].y,
                begins_name(_text(self._column_words(strip, column, i))),
            )
            for i in lines
        ]
        ways = cells.deal(marks, texts, size)
        total = sum(grammar._alignments.values()) or 1
        way = cells.prefer(ways, lambda a: 2.0 * grammar._alignments[a] / total)
        if way is None:
            yield from ((i, []) for i in which)
            return
        if ways and way.score > 0 and len({tuple(w.rows) for w in ways}) > 1:
            grammar._alignments[way.alignment] += len(which)
        self._carry(strip, column, way, lines)
        for i, row in zip(which, way.rows, strict=True):
            yield i, [lines[at] for at in row]

    def _carry(self, strip: Strip, column: Column, way: Cells, lines: list[int]) -> None:
        """Give the lines above the first row to the last row of the page before."""
        grammar = self.grammar
        leading = [lines[at] for at in way.leading]
        if leading and grammar.drafts and not grammar._waiting:
            if not begins_name(_text(self._column_words(strip, column, leading[0]))):
                self._append(strip, column, grammar.drafts[-1], leading)
        trailing = [lines[at] for at in way.trailing]
        if trailing and way.alignment != "top":
            text = self._column_words(strip, column, trailing[0])
            if begins_name(_text(text)):
                right = max(w.x1 for i in lines for w in self._column_words(strip, column, i))
                for index in trailing:
                    words = self._column_words(strip, column, index)
                    size = self.page.lines[index].size
                    grammar._waiting.append(Piece(words, right - words[-1].x1, size))
                    self._take(strip, column, index)

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
        is_rest = (
            last is not None
            and last.page == self.page.number - 1
            and len(last.fingerprint) < SHA1
            and len(last.fingerprint) + len(fingerprint.digits) == SHA1
        )
        if is_rest and last is not None:
            draft = last
            draft.fingerprint += fingerprint.digits
        else:
            line = fingerprint.pieces[0].line
            draft = Draft(self.page.number, self._release_at(line), fingerprint.digits)
            draft.pieces, grammar._waiting = grammar._waiting, []
            grammar.drafts.append(draft)
        for index in held:
            words = self._column_words(strip, column, index)
            size = self.page.lines[index].size
            draft.pieces.append(Piece(words, right - words[-1].x1, size))
            self._take(strip, column, index)
        lines = {piece.line for piece in fingerprint.pieces} | set(held)
        for other in sha256:
            if any(piece.line in lines for piece in other.pieces) and self._in_strip(strip, other):
                draft.sha256 = draft.sha256 or other.digits

    def _in_strip(self, strip: Strip, fingerprint: Fingerprint) -> bool:
        return not isinstance(strip, _StripOfWords) or strip.low <= fingerprint.x0 < strip.high

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
                if not column.holds(word) and outside:
                    self.taken.add((index, i))

    def _read_rest(self) -> None:
        """A page without a fingerprint may hold the end of the last row, and nothing else."""

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
            if word in self._words(strip, index)
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
            self._texts_before(strip, anchors, groups, right)
        else:
            self._texts_after(strip, anchors, groups, right)

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
        anchors: Sequence[Fingerprint],
        groups: list[list[tuple[int, int]]],
        right: float,
    ) -> None:
        grammar = self.grammar
        if groups[0] and grammar.drafts and self._is_rest_of_row(groups[0]):
            self._add_text(grammar.drafts[-1], groups[0], right)
        for anchor, group in zip(anchors, groups[1:], strict=True):
            self._add_text(self._new(anchor), self._until_gap(group, anchor), right)

    def _texts_before(
        self,
        strip: Strip,
        anchors: Sequence[Fingerprint],
        groups: list[list[tuple[int, int]]],
        right: float,
    ) -> None:
        grammar = self.grammar
        for anchor, group in zip(anchors, groups, strict=False):
            draft = self._new(anchor)
            draft.pieces, grammar._waiting = grammar._waiting, []
            self._add_text(draft, group, right)
        rest = groups[-1]
        if rest and begins_name(_text(self._word(token) for token in rest)):
            draft = Draft(0, "", "")
            self._add_text(draft, rest, right)
            grammar._waiting = draft.pieces

    def _is_rest_of_row(self, group: list[tuple[int, int]]) -> bool:
        """Whether the text above the first fingerprint of a page ends the last row of another."""
        text = _text(self._word(token) for token in group)
        return self.grammar.drafts[-1].page < self.page.number and not begins_name(text)

    def _new(self, anchor: Fingerprint) -> Draft:
        release = self._release_at(anchor.pieces[0].line)
        draft = Draft(self.page.number, release, anchor.digits, is_running=True)
        self.grammar.drafts.append(draft)
        return draft

    def _word(self, token: tuple[int, int]) -> Word:
        return self.page.lines[token[0]].words[token[1]]

    def _until_gap(
        self, group: list[tuple[int, int]], anchor: Fingerprint
    ) -> list[tuple[int, int]]:
        """The text up to the first line that stands apart from what is above it."""
        previous = anchor.pieces[-1].line
        for at, (index, _) in enumerate(group):
            line, above = self.page.lines[index], self.page.lines[previous]
            apart = line.y - above.y > _LINES_APART * max(line.size, above.size)
            if apart and not begins_name(_text(self._word(token) for token in group[at:])):
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
        low, high = (min(self.row_lines), max(self.row_lines)) if self.row_lines else (0, 0)
        headed = self._headed_blocks()
        for index, line in enumerate(lines):
            free = [w.text for i, w in enumerate(line.words) if (index, i) not in self.taken]
            if not free or index in headed:
                continue
            text = " ".join(free)
            known = not (self.plain[index] or self.repeats[index] or index in self.row_lines)
            if known and not margins.is_suspect(text):
                continue
            zone = "no rows"
            if self.row_lines:
                zone = "above" if index < low else "below" if index > high else "between"
            self.grammar.margins.leftovers.append(
                Leftover(self.page.number, text, zone, round(line.y))
            )
        for line in self.page.sideways:
            self.grammar.margins.leftovers.append(
                Leftover(self.page.number, line.text, "sideways", round(line.y))
            )
        if self.sections:
            self.grammar.release = self.sections[-1][1]

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
                headed.update(
                    i for i in block if not margins.is_suspect(self.page.lines[i].text)
                )
            block = []
        return headed


@dataclass(slots=True)
class _StripOfWords(Strip):
    """A strip that is only a part of each line: words that begin from ``low`` up to ``high``."""

    low: float = -math.inf
    high: float = math.inf
