"""The lines of a page told apart: what may be of rows, headings, headers, what repeats."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from pipeline.extract import vocabulary
from pipeline.extract.blocks import NO_SECTION, Placed, Section, Title
from pipeline.extract.chunks import chunk_starts
from pipeline.extract.column_titles import header_from, headers_of, merged, stated_titles
from pipeline.extract.fingerprints import SHA1, SHA256, Piece, pieces_of
from pipeline.extract.headings import (
    hangs_on,
    is_amid,
    is_caption,
    is_field,
    is_heading,
    is_value,
    release_of,
    releases_side_by_side,
)
from pipeline.extract.labels import with_labels_parted
from pipeline.extract.page import Line, Page
from pipeline.extract.page_furniture import (
    Places,
    bands_among,
    has_names_below,
    rest_of_band,
    stands_on,
)
from pipeline.extract.row_marks import is_of_row
from pipeline.extract.settings import SETTINGS
from pipeline.extract.word_kinds import is_date


@dataclass(slots=True)
class Sorted:
    """A page whose lines are told apart.

    ``content`` may be of rows; ``apart`` are headings, headers and the like; ``repeats`` run on
    other pages, too; ``bands`` part an alphabetic list. ``mentioned`` are releases in prose above
    all rows; ``size`` is the usual font size.
    """

    number: int
    content: list[Placed]
    apart: list[Line]
    repeats: list[Line]
    bands: list[Line]
    section: Section
    mentioned: set[str]
    has_digits: bool
    size: float


class _Told(NamedTuple):
    """The lines of a page, and which of them hold rows, part a list, or are headers of tables."""

    lines: Sequence[Line]
    rows: Collection[int]
    bands: Collection[int]
    headers: Mapping[int, list[Title]]
    stated: Collection[int]


@dataclass(slots=True)
class Sorter:
    """Tells the lines of pages apart, one page after the other.

    ``counterparts`` are headings over what was removed, without that word: ``Added roots`` ends
    what ``Removed roots`` begins. ``has_rows`` tells whether a page before had rows: what prose
    mentions below them may be another release than theirs.
    """

    section: Section = NO_SECTION
    titles: tuple[Title, ...] = ()
    bands: set[str] = field(default_factory=set)
    counterparts: set[str] = field(default_factory=set)
    has_rows: bool = False

    def sort(self, page: Page, elsewhere: Sequence[Places]) -> Sorted:
        """Tell the lines of a page apart; ``elsewhere`` are places on the pages around it."""
        lines = [_with_labels_parted(line) for line in page.lines]
        pieces = [pieces_of(index, line) for index, line in enumerate(lines)]
        rows = {i for i, found in enumerate(pieces) if any(map(is_of_row, found))}
        ends = {
            i for i, found in enumerate(pieces) if i - 1 in rows and _ends_digits(lines, i, found)
        }
        bands = self._bands([line.text for line in lines], rows | ends)
        removals = (
            line.text
            for line in lines
            if vocabulary.heads_removed(line.text) and _is_text_of_heading(line)
        )
        self.counterparts.update(filter(None, map(vocabulary.without_mark, removals)))
        stated = stated_titles(page)
        top = next((i for i, each in enumerate(lines) if not stands_on(each, elsewhere)), 0)
        headers = headers_of(lines, rows, stated, self.titles, top)
        size = median_size(lines)
        done = Sorted(page.number, [], [], [], [], self.section, set(), bool(rows), size)
        told = _Told(lines, rows, bands, headers, stated)
        cut = False
        for index, line in enumerate(lines):
            is_cut = self._set_apart(told, index, elsewhere, done)
            if is_cut is not None:
                cut = cut or is_cut
                continue
            where = page.number, self.section, 0.0, cut, self.titles
            done.content.append(Placed(line.words, line.y, line.size, *where))
            cut = False
        for line in page.sideways:
            done.mentioned.update(filter(None, [release_of(line.text)]))
        done.section = self.section
        self.has_rows |= bool(rows)
        return done

    def _set_apart(
        self, told: _Told, index: int, elsewhere: Sequence[Places], done: Sorted
    ) -> bool | None:
        """Set a line apart, unless it is content: then give None.

        Else tell whether it parts what is below it from what is above it.
        """
        line = told.lines[index]
        if index in told.rows:
            return None
        if index in told.bands:
            done.bands.append(line)
            return True
        if index in told.headers:
            done.apart.append(line)
            is_other = index - 1 not in told.headers and self._takes_titles(told, index)
            return is_other or bool(done.content)
        is_heading = self._is_apart(told.lines, index, told.rows, elsewhere, done)
        if is_heading or vocabulary.is_continued_mark(line.text):
            done.apart.append(line)
            return self.section.number != done.section.number or bool(done.content)
        is_amid = min(told.rows, default=inf) < index < max(told.rows, default=-inf)
        if not is_amid and self._repeats(told.lines, elsewhere, index, told.headers):
            done.repeats.append(line)
            return False
        return None

    def _takes_titles(self, told: _Told, index: int) -> bool:
        """Take the titles of a header; whether it is stated as that of another table."""
        before = [title.text for title in self.titles]
        self.titles = tuple(merged(header_from(told.headers, index)))
        is_other = before != [title.text for title in self.titles]
        return is_other and bool(before) and round(told.lines[index].y) in told.stated

    def _repeats(
        self,
        lines: Sequence[Line],
        elsewhere: Sequence[Places],
        index: int,
        headers: Collection[int],
    ) -> bool:
        """Whether a line stands at the same height of another page; below a header are rows.

        Labels of records may stand there, too: with a colon, or again and again on their page.
        """
        line = lines[index]
        is_below = any(header < index for header in headers)
        if is_below and index < max(headers) + SETTINGS.below_header:
            return False
        if _is_label(line):
            return False
        is_again = sum(each.text == line.text for each in lines) > 1
        if is_again and vocabulary.role_of(line.text):
            return False
        return stands_on(line, elsewhere)

    def _is_apart(
        self,
        lines: Sequence[Line],
        index: int,
        rows: Collection[int],
        elsewhere: Sequence[Places],
        done: Sorted,
    ) -> bool:
        """Whether a line is a heading that says something of the rows below it."""
        line, text = lines[index], lines[index].text
        release = release_of(text)
        if release and not is_heading(text):
            if not self.has_rows and index < min(rows, default=inf):
                done.mentioned.add(release)
            release = ""
        is_last = not elsewhere[1:] or not elsewhere[1]
        heads = vocabulary.heads_removed(text) and _may_head(lines, index, rows, is_last=is_last)
        removed = text if heads else ""
        before = self.section
        if len(releases_side_by_side(line)) > 1:
            place = line.size, before.number + 1, done.number, line.y
            self.section = Section("", "", *place, is_shared=True)
            return True
        if release or removed:
            stated = release or before.release
            is_new = (stated, removed) != (before.release, before.removed) or done.content
            number = before.number + bool(is_new)
            self.section = Section(stated, removed, line.size, number, done.number, line.y)
            return True
        is_other = (
            text.partition(" ")[2] in self.counterparts
            and _is_text_of_heading(line)
            and not vocabulary.heads_removed(text)
        )
        if is_other and not before.removed:
            return True
        if before.removed and (
            is_other
            or (is_heading(text) and self._ends(line, done) and not stands_on(line, elsewhere[:1]))
        ):
            number = before.number + 1
            self.section = Section(before.release, "", line.size, number, done.number, line.y)
            return True
        return False

    def _ends(self, line: Line, done: Sorted) -> bool:
        """Whether a line is a heading of its own, after which another's doesn't count any more."""
        if vocabulary.role_of(line.text) or any(is_date(word.text) for word in line.words):
            return False  # a label or a value of a record
        large = line.size >= SETTINGS.heading_alike * self.section.size
        return large and "=" not in line.text and line.size > SETTINGS.heading_size * done.size

    def _bands(self, texts: Sequence[str], rows: Collection[int]) -> set[int]:
        """The lines that part an alphabetic list; below one of words, a name has its letter."""
        bands = bands_among(text for index, text in enumerate(texts) if index not in rows)
        held = [index for index, text in enumerate(texts) if text in bands]
        if not all(has_names_below(texts, index) for index in held):
            held = []
        more = [
            index
            for index, text in enumerate(texts)
            if self.bands and len(text) > 1 and rest_of_band(text) in self.bands
            if index not in held
        ]
        found = {*held, *(index for index in more if has_names_below(texts, index))}
        self.bands.update(rest_of_band(texts[index]) for index in found)
        return found


def _may_head(lines: Sequence[Line], index: int, rows: Collection[int], *, is_last: bool) -> bool:
    """Whether a line may be a heading, and is no part of a row or of what a row is called."""
    line = lines[index]
    return (
        is_heading(line.text)
        and not is_caption(lines, index)
        and not is_value(lines, index)
        and not is_amid(lines, index)
        and not hangs_on(lines, index, rows, is_last=is_last)
        and not is_field(line)
        and _is_text_of_heading(line)
    )


def _is_text_of_heading(line: Line) -> bool:
    """Whether a line holds no more texts than a heading: cells of a row beside each other are none.

    ``Removed`` in a column of its own, level with the middle of its row, heads nothing.
    """
    return len(chunk_starts(line)) < SETTINGS.heading_columns


def _is_label(line: Line) -> bool:
    """Whether a line is a label that ends in a colon, and nothing else."""
    label = vocabulary.label_at([word.text for word in line.words])
    return label is not None and label.has_colon and label.length == len(line.words)


def _with_labels_parted(line: Line) -> Line:
    words = with_labels_parted(line)
    return line if words is line.words else Line(words, line.y, line.size)


def _ends_digits(lines: Sequence[Line], index: int, pieces: Sequence[Piece]) -> bool:
    """Whether a line is the last few digits of a fingerprint on the line above it."""
    first = lines[index].words[0]
    return (
        len(lines[index].words) == 1
        and len(pieces) == 1
        and any(
            len(above.digits) + len(pieces[0].digits) in (SHA1, SHA256)
            and abs(above.x0 - first.x0) < lines[index].size
            for above in pieces_of(index - 1, lines[index - 1])
        )
    )


def median_size(lines: Sequence[Line]) -> float:
    """The usual font size of lines; 0 if there are none."""
    sizes = sorted(line.size for line in lines)
    return sizes[len(sizes) // 2] if sizes else 0.0
