"""The row grammar: pages in, rows and problems out.

A row is anchored on its fingerprint. In a table its subject stands in another column and
`cells` deals the lines out; in running text it follows or precedes the fingerprint. Pages come
one at a time, and what is kept of them is only their rows and the lines no row took.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import inf

from pipeline.extract import columns, faults, labels, margins
from pipeline.extract.columns import Strip, Text, begins_name
from pipeline.extract.document import Problem, Row
from pipeline.extract.drafts import Draft, Drafts, settle, text_of
from pipeline.extract.fingerprints import (
    MD5,
    SHA1,
    SHA256,
    SHORTEST,
    Fingerprint,
    Piece,
    fingerprints_of,
    pieces_on,
)
from pipeline.extract.margins import Margins, Zone
from pipeline.extract.page import Line, Page
from pipeline.extract.running import RunningText
from pipeline.extract.sheet import LINES_APART, REMOVED, Places, Sheet, Token, places
from pipeline.extract.tables import Table

_ENOUGH = 3
"""Fewer pairs of fingerprints may be such by chance."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What only a whole document tells of its rows.

    ``release`` is the only one that it mentions anywhere, for rows under no heading; ``waiting``
    is a subject to which there was no fingerprint.
    """

    pages: int
    title: str
    release: str
    breaks_words: bool
    margins: Margins
    waiting: str

    def row(self, row: Row) -> Row:
        """A row as it is in the end: often the same one."""
        release = row.release or self.release
        subject = settle(row.subject, self.breaks_words)
        if (release, subject) == (row.release, row.subject):
            return row
        return replace(row, release=release, subject=subject)

    def problems(self, rows: Iterable[Row]) -> list[Problem]:
        """What is wrong beside the rows, which are all that the document has, faulty ones too."""
        suspects = {leftover.page for leftover in self.margins.leftovers}
        subjects: dict[int, list[str]] = {page: [] for page in suspects}
        for row in rows if suspects else ():
            if row.page in suspects:
                subjects[row.page].append(row.subject)
        problems = self.margins.problems(subjects)
        if self.waiting:
            hint = "This subject has no fingerprint; look at the page."
            problems.append(Problem("unaccounted-text", self.pages, self.waiting, hint))
        return problems


@dataclass(slots=True)
class Grammar:
    """Reads one document. Feed it pages in order with `read`, then ask for its `ending`.

    The ``drafts`` are the rows. Put them away after each page, or they keep where each of their
    words stands.
    """

    title: str = ""
    pages: int = 0
    drafts: Drafts = field(default_factory=Drafts)
    _margins: Margins = field(default_factory=Margins)
    _mentioned: set[str] = field(default_factory=set)
    _bands: set[str] = field(default_factory=set)
    _before: Places = field(default_factory=dict)
    _here: Places = field(default_factory=dict)

    def read(self, page: Page, following: Page | None = None) -> None:
        """Take the rows of ``page``; ``following`` tells which of its lines repeat."""
        self.pages += 1
        page = replace(page, lines=margins.without_line_numbers(page.lines))
        if not self.title and page.lines:
            self.title = page.lines[0].text
        after = places(margins.without_line_numbers(following.lines)) if following else {}
        elsewhere = (self._before, after)
        pieces = pieces_on(page.lines)
        bounds = columns.tables_apart(page.lines, pieces)
        if bounds:
            self._read_apart(page, bounds, elsewhere)
        else:
            self._read_sheet(Sheet(page), pieces, elsewhere)
        self._before, self._here = self._here or places(page.lines), after

    def ending(self) -> Ending:
        """What the whole document tells of the rows that were put away."""
        waiting = " ".join(text_of(line.words) for line in self.drafts.waiting)
        return Ending(
            self.pages,
            self.title,
            next(iter(self._mentioned)) if len(self._mentioned) == 1 else "",
            self.drafts.breaks_words,
            self._margins,
            waiting,
        )

    # --- tables side by side -----------------------------------------------------------------

    def _read_apart(self, page: Page, bounds: list[float], elsewhere: Sequence[Places]) -> None:
        """Read tables that stand side by side one after the other, each as a page of its own."""
        across = [line for line in page.lines if any(columns.crosses(line, b) for b in bounds)]
        others = [line for line in page.lines if line not in across]
        prints = fingerprints_of(page.lines, pieces_on(page.lines))
        found = [page.lines[fingerprint.pieces[0].line].y for fingerprint in prints]
        above = [line for line in across if line.y < min(found)]
        below = [line for line in across if line.y >= min(found)]
        is_below = bool(below) and below[0].y > max(found)
        self._read_lines(page, above, "above", elsewhere)
        for low, high in pairwise([-inf, *bounds, inf]):
            part = Page(page.number, _between(others, low, high), [])
            self._read_sheet(Sheet(part), pieces_on(part.lines), elsewhere)
        self._read_lines(page, below, "below" if is_below else "between", elsewhere)

    def _read_lines(
        self, page: Page, lines: list[Line], zone: Zone, elsewhere: Sequence[Places]
    ) -> None:
        """Read lines that run across the tables of a page."""
        sheet = Sheet(Page(page.number, lines, page.sideways), zone)
        self._read_sheet(sheet, pieces_on(lines), elsewhere)

    # --- one table, or one text ----------------------------------------------------------------

    def _read_sheet(
        self, sheet: Sheet, pieces: Sequence[Sequence[Piece]], elsewhere: Sequence[Places]
    ) -> None:
        found = _likely(fingerprints_of(sheet.lines, pieces, self.drafts.parted()))
        found = [f for f in found if not _is_other_digits(sheet, f)]
        if _is_md5(found):
            md5 = [f for f in found if len(f.digits) == MD5]
            sheet.take(token for f in md5 for piece in f.pieces for token in piece.words)
            found = [f for f in found if f not in md5]
        sha256 = [f for f in found if f.is_sound and len(f.digits) == SHA256]
        for fingerprint in sha256:
            before = _words_before(sheet, fingerprint.pieces[0])
            count = labels.of_sha256(text_of(map(sheet.word, before)))
            sheet.take(before[len(before) - count :])
        sha1 = [f for f in found if f not in sha256]
        sheet.classify(found, elsewhere, self._bands)
        self._bands.update(margins.rest_of_band(sheet.lines[i].text) for i in sheet.bands)
        if any(len(f.digits) >= SHA1 - 2 for f in sha1):
            self._margins.saw_rows(sheet.page.number)
            self.drafts.part += 1
            size = sheet.lines[sha1[0].pieces[0].line].size
            strip = Strip(sheet.lines, _true_column(sheet, columns.fingerprint_columns(sha1, size)))
            self._read_strip(sheet, strip, sha256)
        else:
            self._read_rest(sheet)
        self._mentioned |= sheet.mentioned
        self._margins.leftovers.extend(sheet.leftovers())
        if sheet.sections:
            self.drafts.release = sheet.sections[-1][1]

    def _read_strip(self, sheet: Sheet, strip: Strip, sha256: Sequence[Fingerprint]) -> None:
        first = min(f.pieces[0].line for f in strip.fingerprints)
        last = max(f.pieces[-1].line for f in strip.fingerprints)
        inside = [index for index in range(first, last + 1) if sheet.may_be_of_row(index)]
        if self.drafts.name_first is None:
            self.drafts.name_first = _name_comes_first(sheet, strip, first)
        column = None
        around = inside if len(strip.fingerprints) > 3 else _around(sheet, first, last)
        size = sheet.lines[strip.fingerprints[0].pieces[0].line].size
        texts = [_text(sheet, index, size) for index in around]
        if not columns.is_running_text(strip, texts, size):
            self.drafts.titles = sheet.titles or self.drafts.titles
            column = columns.subject_column(strip, texts, self.drafts.titles, size)
        if column is None:
            RunningText(sheet, self.drafts, strip).read(first, last)
        else:
            Table(sheet, self.drafts, strip, column, inside).read(sha256)

    def _read_rest(self, sheet: Sheet) -> None:
        """Look for the end of the last row on a page without fingerprints: under the header."""
        headers = [i for i, line in enumerate(sheet.lines) if margins.is_table_header(line)]
        last: Draft | None = self.drafts.rows[-1] if self.drafts.rows else None
        if not headers or last is None or last.part != self.drafts.part or not last.lines:
            return
        text = RunningText(sheet, self.drafts, Strip(sheet.lines, []))
        rest = text.rest_among(range(headers[-1] + 1, len(sheet.lines)), last)
        if rest and abs(sheet.word(rest[0]).x0 - last.left) < last.lines[0].size:
            text.add_rest(last, rest)


def fault(row: Row) -> Problem | None:
    """What is wrong with a row."""
    if row.release == REMOVED:
        hint = "A heading above says that this is removed; it is not taken as trusted."
        return Problem("unaccounted-text", row.page, f"{row.fingerprint} {row.subject}", hint)
    return faults.of(row.page, row.fingerprint, row.subject)


def _around(sheet: Sheet, first: int, last: int) -> list[int]:
    """The lines of rows, and those that adjoin them: few rows tell little of their columns."""
    while first > 0 and sheet.adjoins(first - 1, first):
        first -= 1
    while last + 1 < len(sheet.lines) and sheet.adjoins(last + 1, last):
        last += 1
    return [index for index in range(first, last + 1) if sheet.may_be_of_row(index)]


def _text(sheet: Sheet, index: int, size: float) -> Text:
    """What a line holds besides fingerprints."""
    words = sheet.free_words(index)
    return Text(words, columns.chunks_of(words, size), len(words) < len(sheet.lines[index].words))


def _between(lines: Sequence[Line], low: float, high: float) -> list[Line]:
    """The parts of lines that begin from ``low`` up to ``high``."""
    parts = ([word for word in line.words if low <= word.x0 < high] for line in lines)
    return [
        Line(words, words[0].y, line.size)
        for line, words in zip(lines, parts, strict=True)
        if words
    ]


def _likely(found: Sequence[Fingerprint]) -> list[Fingerprint]:
    """Leave out short runs of digits that stand where no fingerprint does."""
    sound = [f for f in found if f.is_sound]
    return [
        f
        for f in found
        if f.is_sound
        or f.before
        or len(f.digits) >= 0.75 * SHA1
        or (
            (len(f.digits) >= 0.4 * SHA1 or f.pieces[0].is_dressed)
            and any(f.x0 < other.x1 and f.x1 > other.x0 for other in sound)
        )
    ]


def _is_other_digits(sheet: Sheet, fingerprint: Fingerprint) -> bool:
    """Whether a label says that the digits are those of a key or a serial number; takes them."""
    before = _words_before(sheet, fingerprint.pieces[0])
    count = labels.of_other_digits(text_of(map(sheet.word, before)))
    if not count:
        return False
    sheet.take(before[-count:])
    first, *others = fingerprint.pieces
    # a short piece below may be a word of a name: ``CA``
    taken = [first, *(each for each in others if len(each.digits) >= SHORTEST)]
    sheet.take(token for each in taken for token in each.words)
    return True


def _is_md5(found: Sequence[Fingerprint]) -> bool:
    """Whether those of 32 digits are MD5: each SHA-1 has one, all on the same side.

    A SHA-1 that lacks eight digits looks the same, but does not stand by each of the others.
    """
    lengths = [len(f.digits) for f in found if not f.is_sound or len(f.digits) == SHA1]
    pairs = len(lengths) // 2
    return pairs >= _ENOUGH and lengths in ([MD5, SHA1] * pairs, [SHA1, MD5] * pairs)


def _words_before(sheet: Sheet, piece: Piece) -> list[Token]:
    """The words right before some digits; those right above, if none are before."""
    line = sheet.lines[piece.line]
    if piece.first and line.words[piece.first].x0 - line.words[piece.first - 1].x1 < line.size:
        return [(piece.line, at) for at in range(max(piece.first - 4, 0), piece.first)]
    above = piece.line - 1
    if above < 0 or line.y - sheet.lines[above].y > LINES_APART * line.size:
        return []
    held = [
        (above, at)
        for at, word in enumerate(sheet.lines[above].words)
        if word.x0 < piece.x1 and word.x1 > piece.x0
    ]
    starts = held and abs(sheet.word(held[0]).x0 - piece.x0) < line.size
    return held if starts and len(held) <= 4 else []


def _true_column(sheet: Sheet, found: list[list[Fingerprint]]) -> list[Fingerprint]:
    """Of several columns of 40 digits, the one whose title speaks of fingerprints."""
    for column in found if len(found) > 1 else []:
        x0, x1 = min(f.x0 for f in column), max(f.x1 for f in column)
        title = text_of(w for w in sheet.titles if w.x1 > x0 and w.x0 < x1).lower()
        if any(word in title for word in ("finger", "thumb", "sha")) and "key" not in title:
            return column
    return found[0]


def _name_comes_first(sheet: Sheet, strip: Strip, first: int) -> bool:
    """Whether a name begins before the first fingerprint does."""
    for index in range(first, -1, -1):
        line = sheet.lines[index]
        words = sheet.free_words(index)
        if index == first:
            words = [word for word in words if word.x1 <= strip.fingerprints[0].x0]
        elif not sheet.may_be_of_row(index):
            return False
        if any(begins_name(word.text) for word in words) or begins_name(text_of(words)):
            return True
        if index != first and sheet.lines[index + 1].y - line.y > 3 * line.size:
            return False
    return False
