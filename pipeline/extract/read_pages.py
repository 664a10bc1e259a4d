"""Pages in, rows and problems out: one reader's view of a document.

Each page is sorted, put below what is left of the page before, and read by the layouts; the rows
of the one that is chosen are final but for the last, which may go on on the next page: its lines
are kept and read again with those.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import inf
from typing import Final, Literal, NamedTuple

from pipeline.extract import faults
from pipeline.extract.account import Account, removed_marks
from pipeline.extract.blocks import (
    Block,
    Bounds,
    Edge,
    Placed,
    Places,
    Section,
    Sorted,
    Sorter,
    block_of,
    cut_off,
    gutters,
    parted,
    places,
    release_of,
    shifted,
    stacked,
    without_foot,
    without_line_numbers,
)
from pipeline.extract.choose import (
    Judged,
    Known,
    agreed_rows,
    catalogued,
    choose,
    judge,
    row_key,
)
from pipeline.extract.document import Place, Problem, Row
from pipeline.extract.doubts import Doubter, extent
from pipeline.extract.fingerprints import SHA1, SHA256, Fingerprint
from pipeline.extract.joining import Fullness, settle
from pipeline.extract.layouts import (
    Draft,
    Field,
    Way,
    joined,
    layouts,
)
from pipeline.extract.layouts.aligned import role_of
from pipeline.extract.layouts.cell import read_cell
from pipeline.extract.page import Line, Page
from pipeline.extract.settings import SETTINGS
from pipeline.extract.tokens import (
    Token,
    begins_name,
    labels_alone,
)
from pipeline.extract.vocabulary import NOT_FINGERPRINTS

_MARKS: Final = " ,;:|'\""
"""What may stand around the label of a row."""
_OVER_PAGES: Final = (
    "Columns stand side by side on several pages: nothing tells where this row goes on."
)
REMOVED: Final = "\x00"
"""Begins the release of a row that a heading or a column says is not trusted any more."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What only a whole document tells of its rows.

    ``release`` is the only one that it mentions anywhere, for rows under no heading.
    """

    pages: int
    title: str
    release: str
    breaks_words: bool
    account: Account

    def row(self, row: Row) -> Row:
        """A row as it is in the end: often the same one."""
        release = row.release or self.release
        subject = settle(row.subject, self.breaks_words)
        if (release, subject) == (row.release, row.subject):
            return row
        return replace(row, release=release, subject=subject)

    def problems(self, rows: Iterable[Row]) -> list[Problem]:
        """What is wrong beside the rows, which are all that the document has, faulty ones too."""
        suspects = {leftover.page for leftover in self.account.leftovers}
        subjects: dict[int, list[str]] = {page: [] for page in suspects}
        for row in rows if suspects else ():
            if row.page in suspects:
                subjects[row.page].append(row.subject)
        return self.account.problems(subjects)


Step = list[Row] | Ending
"""Rows that no page to come can change, or at last what the whole document tells of them."""


def steps(pages: Iterable[Page], known: Known | None = None) -> Iterator[Step]:
    """Read pages, one at a time; None stands for the certificates of the catalogue."""
    yield from rest_of(pages, Engine(catalogued() if known is None else known))


def rest_of(pages: Iterable[Page], engine: "Engine") -> Iterator[Step]:
    """Read pages from where an engine is, to the end of the document."""
    for page, following in _with_next(pages):
        yield engine.read(page, following)
    yield engine.finish()
    yield engine.ending()


def _with_next(pages: Iterable[Page]) -> Iterator[tuple[Page, Page | None]]:
    previous: Page | None = None
    for page in pages:
        if previous is not None:
            yield previous, page
        previous = page
    if previous is not None:
        yield previous, None


class _View(NamedTuple):
    """A page seen as a whole or, with ``bounds``, in columns.

    It has its sorted parts, and the strip to be read.
    """

    bounds: Bounds
    sorter: Sorter
    parts: list[Sorted]
    strip: list[Placed]

    @property
    def has_content(self) -> bool:
        """Whether there is anything to read that isn't of the page before."""
        return any(part.content for part in self.parts)

    @property
    def is_of_several_releases(self) -> bool:
        """Whether its columns have headings side by side that name several releases."""
        columns = [part for part in self.parts[1:] if part.content]
        tops = [next((x.y for x in part.apart if release_of(x.text)), inf) for part in columns]
        releases = {part.section.release for part in columns}
        step = SETTINGS.label_step * columns[0].content[0].size if columns else 0.0
        return len(releases) > 1 and max(tops) - min(tops) < step

    @property
    def has_digits(self) -> bool:
        """Whether there are digits that only rows have."""
        return any(part.has_digits for part in self.parts)


@dataclass(slots=True)
class Engine:
    """Reads one document. Feed it pages in order with `read`, then `finish`.

    ``tail`` are the lines of the last row, which a page to come may add to; ``denied`` tells by the
    digits of such rows what says that they are removed; ``ways`` counts rows
    that certificates vouch for by how they were read, ``columns`` rows on pages read as a whole
    and in columns, ``usual`` how cells were aligned, ``alone`` labels with a line to themselves,
    ``numbers`` are columns of numbers. ``beside`` are sections that end a page of several releases
    side by side, with its number. Ways are ``settled`` that read a page without a fault, and better
    than all others. Text ``flows`` if a row goes on from one column of a page to the next; until
    one does, ``ends`` are the problems to report of the last rows of columns if they go on on
    another page.
    """

    known: Known
    title: str = ""
    pages: int = 0
    account: Account = field(default_factory=Account)
    tail: list[Placed] = field(default_factory=list)
    denied: dict[str, str] = field(default_factory=dict)
    ways: Counter[Way] = field(default_factory=Counter)
    settled: set[Way] = field(default_factory=set)
    columns: Counter[bool] = field(default_factory=Counter)
    usual: Counter[str] = field(default_factory=Counter)
    fullness: Fullness = field(default_factory=Fullness)
    has_md5: bool = False
    alone: Counter[tuple[str, int]] = field(default_factory=Counter)
    numbers: frozenset[Edge] = frozenset()
    beside: dict[Section, int] = field(default_factory=dict)
    ends: list[Problem] = field(default_factory=list)
    flows: bool = False
    _sorter: Sorter = field(default_factory=Sorter)
    _doubter: Doubter = field(default_factory=Doubter)
    _mentioned: set[str] = field(default_factory=set)
    _before: Places = field(default_factory=dict)
    _here: Places | None = None
    _pages: dict[int, Page] = field(default_factory=dict)

    def read(self, page: Page, following: Page | None = None) -> list[Row]:
        """Take a page, and give the rows that are final; ``following`` tells what repeats."""
        self.pages += 1
        page = replace(page, lines=without_line_numbers(page.lines))
        if not self.title and page.lines:
            self.title = page.lines[0].text
        after = _places(following, without_line_numbers(following.lines)) if following else {}
        elsewhere = (self._before, after)
        recent = {page.number - 1, *(line.page for line in self.tail)}
        self._pages = {n: p for n, p in self._pages.items() if n in recent} | {page.number: page}
        self._before, self._here = (
            (self._here if self._here is not None else _places(page, page.lines)),
            after,
        )
        whole = self._view(page, elsewhere, ())
        is_last = following is None or not whole.has_digits
        views = self._views(page, elsewhere, whole)
        best = choose(self._judged(views, is_last=is_last)) if whole.has_content else None
        view = self._view(page, elsewhere, best.bounds) if best and best.bounds else whole
        self._sorter = view.sorter
        for done in view.parts:
            self._mentioned |= done.mentioned
            for lines in (done.apart, done.repeats, done.bands):
                self.account.take_lines(page.number, lines, "apart")
        self.account.take_lines(page.number, page.sideways, "sideways")
        if following:
            self._pages[following.number] = following
        rows = self._accept_none(view) if best is None else self._accept(best, is_last=is_last)
        if view.is_of_several_releases:
            self.beside[view.sorter.section] = page.number
        return rows

    def copy(self) -> "Engine":
        """Another one that has read the same pages, and goes on by itself."""
        return deepcopy(self, {id(self.known): self.known})

    def finish(self) -> list[Row]:
        """Give the last rows."""
        if not self.tail:
            return []
        best = choose(self._read_strip(self.tail, is_last=True))
        return self._accept(best, is_last=True) if best else []

    def ending(self) -> Ending:
        """What the whole document tells of the rows."""
        release = next(iter(self._mentioned)) if len(self._mentioned) == 1 else ""
        return Ending(self.pages, self.title, release, self.fullness.breaks_words, self.account)

    # --- a page ------------------------------------------------------------------------------

    def _view(self, page: Page, elsewhere: Sequence[Places], bounds: Bounds) -> _View:
        """A page as a whole or, with ``bounds``, its columns one below the other."""
        sorter = replace(self._sorter, bands=set(self._sorter.bands))
        if not bounds:
            done = sorter.sort(page, elsewhere)
            return _View((), sorter, [done], stacked([self.tail, done.content]))
        above, columns, below = parted(page.lines, bounds, elsewhere)
        first, *others = (
            sorter.sort(replace(page, lines=lines, sideways=[]), elsewhere)
            for lines in (above, *columns, below)
        )
        for each in others:
            each.content, foot = without_foot(each.content)
            each.apart.extend(foot)
        *held, last = (each.content for each in others)
        strip = stacked([first.content, self.tail, *shifted(held), cut_off(last)])
        return _View(bounds, sorter, [first, *others], strip)

    def _views(self, page: Page, elsewhere: Sequence[Places], whole: _View) -> Iterator[_View]:
        """A page as a whole and in columns, first as most rows before were read.

        Where it may part is asked only if the first isn't enough.
        """
        was_parted = self.columns[True] > self.columns[False]
        if not was_parted:
            yield whole
        yield from (self._view(page, elsewhere, bounds) for bounds in gutters(page))
        if was_parted:
            yield whole

    def _accept_none(self, view: _View) -> list[Row]:
        """Keep what may be the name of a row of the next page; there is no row on this one."""
        if not view.has_content:
            return []
        block = block_of(view.strip)
        tail = _tail(block, [], [], removed_marks(block))
        lines = [index for index in range(len(block.lines)) if index not in tail]
        self.account.take_block(block, (), (), lines)
        self.tail = block.lines[tail.start : tail.stop]
        return []

    def _judged(self, views: Iterable[_View], *, is_last: bool) -> Iterator[Judged]:
        """What the layouts make of a page: as usual first, and if that is perfect, nothing else.

        A page may part into columns in several ways: further ones are tried if none reads well.
        """
        reads_well = False
        for number, view in enumerate(views):
            if number > 1 and reads_well:
                return
            for judged in self._read_strip(view.strip, is_last=is_last, bounds=view.bounds):
                yield judged
                if self._is_as_usual(judged):
                    return
                reads_well = reads_well or (judged.perfect and judged.evidence.cost == 0)

    def _is_as_usual(self, judged: Judged) -> bool:
        """Whether a page is read as one before was, where all ways were tried."""
        is_clean = judged.perfect and judged.evidence.cost == 0
        return is_clean and judged.proposal.way in self.settled

    def _read_strip(
        self, lines: list[Placed], *, is_last: bool, bounds: Bounds = ()
    ) -> Iterator[Judged]:
        block = block_of(
            lines,
            self._pages,
            has_md5=self.has_md5,
            alone=self.alone,
            numbers=self.numbers,
        )
        for judged in self._proposed(block, is_last=is_last):
            judged.bounds = bounds
            yield judged
        seen: list[list[range]] = []
        for by_column in (False, True) if bounds else (False,):
            parts_ = block.sections(by_column=by_column)
            sections = [part for part in parts_ if block.within(part).digits]
            if len(sections) < 2 or sections in seen:
                continue
            seen.append(sections)
            parts = [choose(self._proposed(block.within(p), is_last=is_last)) for p in sections]
            parts = self._as_vouched(block, sections, parts, is_last=is_last)
            held = [part for part in parts if part]
            readings = [[part.proposal for part in held]]
            if any(part.rival for part in held):
                readings.append([(part.rival or part).proposal for part in held])
            for reading in readings:
                together = joined("sections", reading)
                judged = judge(block, together, self.known, self.ways, is_last=is_last)
                judged.bounds = bounds
                yield judged

    def _as_vouched(
        self,
        block: Block,
        sections: Sequence[range],
        parts: Sequence[Judged | None],
        *,
        is_last: bool,
    ) -> list[Judged | None]:
        """Sections in which certificates vouch for no row are read as those in which they do."""
        ways = self.ways.copy()
        for part in parts:
            if part:
                ways[part.proposal.way] += part.evidence.vouched
        if ways == self.ways:
            return list(parts)
        return [
            part
            if part and part.vouched
            else choose(self._proposed(block.within(section), is_last=is_last, ways=ways))
            for section, part in zip(sections, parts, strict=True)
        ]

    def _proposed(
        self, block: Block, *, is_last: bool, ways: Counter[Way] | None = None
    ) -> Iterator[Judged]:
        """What each layout makes of a block, that of the page before first."""
        ways = self.ways if ways is None else ways
        usual = {way.layout.partition("/")[0] for way in self.settled}
        for _, layout in sorted(layouts().items(), key=lambda each: each[0] not in usual):
            for proposal in layout(block, self.usual):
                for draft in proposal.drafts:
                    if draft.is_label:
                        continue
                    cell = read_cell(block, draft.subject)
                    draft.subject = cell.subject
                    proposal.fields.extend(cell.fields)
                yield judge(block, proposal, self.known, ways, is_last=is_last)

    # --- rows --------------------------------------------------------------------------------

    def _accept(self, best: Judged, *, is_last: bool) -> list[Row]:
        """Take the rows of a proposal, but for those that a page to come may add to."""
        block, proposal = best.block, best.proposal
        order = sorted(
            zip(proposal.drafts, best.subjects, strict=True),
            key=lambda each: (_table(block, each[0]), each[0].digits.line, each[0].digits.x0),
        )
        count = len(block.lines)
        removed = removed_marks(block)
        tail = (
            range(count, count)
            if is_last
            else _tail(block, [draft for draft, _ in order], proposal.fields, removed)
        )
        final = [(draft, text) for draft, text in order if draft.lines[0] < tail.start]
        explained = _explained(best)
        self._account(best, explained, [index for index in range(count) if index not in tail])
        self.tail = block.lines[tail.start : tail.stop]
        for draft, _ in final:
            self.fullness = self.fullness.with_lines(draft.subject_lines(block))
            self.account.saw_rows(block.lines[draft.digits.line].page)
        self.alone.update(labels_alone(block.lines[i] for i in range(count) if i not in tail))
        self.numbers = block.numbers
        self.has_md5 = self.has_md5 or any(d.role == "md5" for d in block.tokens.digits)
        if final:
            self.ways[proposal.way] += best.evidence.vouched
            self.columns[bool(best.bounds)] += len(final)
            if best.perfect and best.rival is None:
                self.settled.add(proposal.way)
            self.usual.update(proposal.usual)
        drafts = [draft for draft, _ in final]
        self._mark_removed(block, [draft for draft, _ in order], drafts, removed)
        loose = [token for token in best.loose if token.line not in tail]
        beside = [] if self._are_of_other_columns(best, loose) else loose
        doubts = self._doubter.doubts(best, drafts, beside, explained, self.ways, self._pages)
        doubts.update(self._of_lists_side_by_side(block, drafts))
        doubts.update(self._of_columns_over_pages(best, final))
        rows = [
            row
            for draft, text in final
            if (row := self._believed(block, draft, text, doubts.get(id(draft), "")))
        ]
        if best.rival is not None and final:
            rows = self._undecided(best, best.rival, rows)
        return rows

    def _mark_removed(
        self,
        block: Block,
        drafts: Sequence[Draft],
        final: Sequence[Draft],
        removed: Sequence[Token],
    ) -> None:
        """Mark the rows that are removed; what says so may stand on the page before."""
        _mark_removed(block, drafts, removed)
        for draft in drafts:
            for begun, why in self.denied.items():
                if draft.digits.digits.startswith(begun):
                    draft.status = draft.status or why
        self.denied = {d.digits.digits: d.status for d in drafts if d.status and d not in final}

    def _of_lists_side_by_side(self, block: Block, drafts: Sequence[Draft]) -> dict[int, str]:
        """Rows on the pages after lists of several releases: nothing says of which they are."""
        hint = "Lists stand side by side: nothing tells which goes on here."
        return {
            id(draft): hint
            for draft in drafts
            for line in [block.lines[draft.digits.line]]
            if line.page > self.beside.get(line.section, line.page) and not draft.release
        }

    def _of_columns_over_pages(
        self, best: Judged, final: Sequence[tuple[Draft, str]]
    ) -> dict[int, str]:
        """Rows that go on in the next column, on a page whose columns may go on from the last one.

        On the pages before, no row went on in the next column: the text of each column may go on
        in the same column, and so may the rows that stood last there.
        """
        block, page = best.block, best.block.lines[-1].page if best.block.lines else 0
        parts = [
            {(block.lines[at].page, block.lines[at].shift) for at in draft.held_lines()}
            for draft, _ in final
        ]
        across = [
            draft.digits.is_sound and len({shift for number, shift in part if number == page}) > 1
            for (draft, _), part in zip(final, parts, strict=True)
        ]
        found: dict[int, str] = {}
        if any(across) and self.ends and not self.flows:
            for (draft, _), part in zip(final, parts, strict=True):
                if len(part) > 1 and draft.digits.digits not in best.vouched:
                    found[id(draft)] = _OVER_PAGES
            self.account.loose.extend(self.ends)
        self.flows = self.flows or (any(across) and not found)
        self.ends = []
        if best.bounds and not self.flows:
            last = {(line.page, line.shift): at for at, line in enumerate(block.lines)}
            for draft, text in final:
                line = block.lines[draft.lines[1]]
                at_end = draft.lines[1] == last[line.page, line.shift]
                if line.page == page and at_end and draft.digits.digits not in best.vouched:
                    told = settle(f"{draft.digits.digits} {text}", False)
                    self.ends.append(Problem("unaccounted-text", page, told, _OVER_PAGES))
        return found

    def _believed(self, block: Block, draft: Draft, text: str, doubt: str) -> Row | None:
        """The row of a draft, or a problem if there is a doubt."""
        row = self._row(block, draft, text)
        if doubt and fault(row) is None:
            digits = " ".join(filter(None, [row.fingerprint, row.fingerprint_sha256]))
            told = settle(f"{digits} {text}", False)
            self.account.loose.append(Problem("unaccounted-text", row.page, told, doubt))
            return None
        return row

    def _account(
        self, best: Judged, explained: frozenset[tuple[int, int]], lines: Sequence[int]
    ) -> None:
        """Account for all words of lines that aren't kept for the next page."""
        block = best.block
        accounted = set(explained)
        rows = {line for line, _ in best.taken}
        loose = [token for token in best.loose if token.line in lines]
        if not self._are_of_other_columns(best, loose):
            for token in loose:
                self.account.loose.append(_loose(block, token))
        for token in loose:
            if digits_ := block.tokens.owner.get(token):
                accounted.update(Token(*each) for each in digits_.words)
            else:
                rest = range(token.word, len(block.lines[token.line].words))
                accounted.update(Token(token.line, at) for at in rest)
        self.account.take_block(block, rows, accounted, lines)

    def _are_of_other_columns(self, best: Judged, loose: Sequence[Token]) -> bool:
        """Whether unexplained digits, or names, are another column of rows that are vouched for.

        There are no more of them than rows. Digits are no known fingerprint; names stand beside
        the rows' own, in as many rows as a column has.
        """
        block, drafts = best.block, best.proposal.drafts
        owner = block.tokens.owner
        vouched = best.evidence.vouched + self.ways[best.proposal.way]
        if vouched < 2 or len({token in owner for token in loose}) != 1:
            return False
        if len(loose) > len(drafts):
            return False
        if loose[0] in owner:
            return all(owner[token].digits not in self.known for token in loose)
        taken = [Token(*token) for draft in drafts for token in draft.tokens()]
        own = [block.tokens.word(token) for token in taken if token not in owner]
        low = min((word.x0 for word in own), default=inf)
        high = max((word.x1 for word in own), default=-inf)
        words = [block.tokens.word(token) for token in loose]
        beside = all(word.x1 < low or word.x0 > high for word in words)
        return bool(own) and beside and len(loose) >= SETTINGS.filled_rows * len(drafts)

    def _row(self, block: Block, draft: Draft, text: str) -> Row:
        line = block.lines[draft.digits.line]
        digits = draft.digits.digits
        sha1, sha256 = digits, draft.sha256.digits if draft.sha256 else ""
        if len(digits) == SHA256 and draft.digits.is_sound:
            sha1, sha256 = "", digits
            if certified := self.known.get(digits):
                sha1 = certified.fingerprint
        release = draft.release or line.section.release
        if why := draft.status or line.section.removed:
            where = f", page {line.section.page}" if not draft.status else ""
            release = f"{REMOVED}{why}{where}"
        if draft.is_label:
            text = text.strip(_MARKS)
        place, scanned = _place(block, draft), draft.is_scanned(block)
        return Row(
            line.page,
            release,
            sha1,
            sha256,
            text,
            is_label=draft.is_label,
            place=place,
            scanned=scanned,
        )

    def _undecided(self, best: Judged, rival: Judged, rows: list[Row]) -> list[Row]:
        """Keep the rows that both of two readings have, and report the others."""
        both = agreed_rows(best, rival)
        sure = best.vouched | best.refuted  # a misprint is told by its certificate
        kept: list[Row] = []
        for row in rows:
            digits = row.identity
            if digits in sure or row_key(digits, row.subject) in both:
                kept.append(row)
                continue
            hint = (
                "This page can be read in two ways, and no known certificate tells which is "
                "right. Give certificates of the list with --certs."
            )
            text = settle(f"{digits} {row.subject}", False)
            self.account.loose.append(Problem("unaccounted-text", row.page, text, hint))
        return kept


def _places(page: Page, lines: Sequence[Line]) -> Places:
    return places(lines, is_scanned=page.is_scanned)


def fault(row: Row) -> Problem | None:
    """What is wrong with a row."""
    if row.release.startswith(REMOVED):
        why = row.release[len(REMOVED) :]
        hint = f"“{why}” says that this is not trusted for servers; it is not taken."
        text = f"{row.identity} {row.subject}"
        return Problem("unaccounted-text", row.page, text, hint)
    return faults.of(row)


def _mark_removed(block: Block, drafts: Sequence[Draft], marks: Iterable[Token]) -> None:
    """Give each of the ``marks`` of removed rows to a row, if the layout gave it to none.

    It is the row that it stands beside, or from which less white parts it; between two rows, either
    may be meant.
    """
    for token in marks:
        if any(token in draft.tokens() for draft in drafts):
            continue
        line = block.lines[token.line]
        word = line.words[token.word]
        near = [
            (draft, top, foot)
            for draft in drafts
            for page, top, foot in [extent(block, draft)]
            if page == line.page and block.lines[draft.lines[0]].shift == line.shift
        ]
        meant = [draft for draft, top, foot in near if top <= word.y <= foot]
        if not meant:
            above = [each for each in near if each[2] < word.y]
            below = [each for each in near if each[1] > word.y]
            ends = [*sorted(above, key=lambda each: each[2])[-1:]]
            ends += sorted(below, key=lambda each: each[1])[:1]
            white = [_white(block, token.line, draft) for draft, _, _ in ends]
            meant = [draft for (draft, *_), w in zip(ends, white, strict=True) if w <= min(white)]
        if meant and not any(draft.status for draft in meant):
            for draft in meant:
                draft.status = word.text


def _white(block: Block, index: int, draft: Draft) -> int:
    """The widest step from line to line between a line and a row, in tenths of the font size."""
    first, last = draft.lines
    low, high = (last, index) if last < index else (index, first)
    lines = block.lines[low : high + 1]
    steps = (below.y - above.y for above, below in pairwise(lines))
    return round(10 * max(steps, default=0.0) / block.size)


def _table(block: Block, draft: Draft) -> tuple[int, int]:
    """The page of a row, and the number of the table that it stands in, if the document tells."""
    spot = block.spots.get(Token(draft.digits.line, draft.digits.pieces[0].first))
    return block.lines[draft.digits.line].page, spot.row[0] if spot else 0


def _tail(
    block: Block, drafts: Sequence[Draft], fields: Sequence[Field], removed: Iterable[Token]
) -> range:
    """The lines that a page to come may add to: those of the last row, and a name below it.

    So are ``removed`` marks of rows.
    """
    beside = {token for each in fields for token in each.tokens}
    count = len(block.lines)
    begin, end = count, 0
    if drafts:
        begin = drafts[-1].lines[0]
        for draft in reversed(drafts[:-1]):
            if draft.lines[1] >= begin:
                begin = min(begin, draft.lines[0])
        end = max(draft.lines[1] for draft in drafts) + 1
    cuts = set(block.cuts)
    while drafts and end < count and end not in cuts:
        if not all(_is_beside(block, Token(end, at), beside) for at in _words(block, end)):
            break
        end += 1
    marked = {token.line for token in removed}
    marked.update(digits.line for digits in block.digits if _is_begun(block, digits))
    waiting = next((i for i in range(end, count) if _has_name(block, i) or i in marked), count)
    if waiting < count:
        begin, end = min(begin, waiting), waiting + 1
        while end < count and end not in cuts and _adjoin(block, end):
            end += 1
    return range(begin, max(end, begin))


def _words(block: Block, index: int) -> range:
    return range(len(block.lines[index].words))


def _is_beside(block: Block, token: Token, beside: Collection[Token]) -> bool:
    """Whether a word is of a field, of other digits, or of some that a page break may part."""
    digits = block.tokens.owner.get(token)
    if digits is None:
        return token in beside
    return _is_begun(block, digits) or role_of(block, digits) in NOT_FINGERPRINTS


def _is_begun(block: Block, digits: Fingerprint) -> bool:
    """Whether digits may go on on the next page."""
    return not digits.is_digest and role_of(block, digits) not in NOT_FINGERPRINTS


def _has_name(block: Block, index: int) -> bool:
    words = block.lines[index].words
    return any(begins_name(words, at) for at in range(len(words)))


def _adjoin(block: Block, index: int) -> bool:
    line, above = block.lines[index], block.lines[index - 1]
    return line.y - above.y <= SETTINGS.label_step * line.size


def _explained(best: Judged) -> frozenset[tuple[int, int]]:
    """The words of rows, of fields beside them, and of digits whose label or title says what."""
    block, proposal = best.block, best.proposal
    explained = {*best.taken, *(token for each in proposal.fields for token in each.tokens)}
    for digits in block.tokens.digits:
        if role_of(block, digits) in NOT_FINGERPRINTS:
            explained.update(digits.words)
    return frozenset(explained)


def _loose(block: Block, token: Token) -> Problem:
    """The problem of digits or a name that no row has."""
    line = block.lines[token.line]
    digits = block.tokens.owner.get(token)
    if digits is None:
        text = " ".join(word.text for word in line.words[token.word :])
        hint = "This name belongs to no row."
        for each in block.tokens.digits:
            beside = block.title_of(each.x0, each.x1, each.line)
            if each.line == token.line and beside and role_of(block, each) in NOT_FINGERPRINTS:
                hint += f" What stands below “{beside}” is no fingerprint."
        return Problem("unaccounted-text", line.page, text, hint)
    count = len(digits.digits)
    title = block.title_of(digits.x0, digits.x1, token.line)
    what = {SHA1: "as a SHA-1 has", SHA256: "as a SHA-256 has"}.get(count, "as an MD5 has")
    hint = f"These are {count} digits, {what}, and they belong to no row."
    if title:
        hint += f" Their column is titled “{title}”."
    return Problem("unaccounted-text", line.page, digits.digits, hint)


def _place(block: Block, draft: Draft) -> tuple[Place, ...]:
    """Where the words of a row stand on their pages, line by line."""
    places: list[Place] = []
    for digits in (draft.digits, draft.sha256):
        for piece in digits.pieces if digits else ():
            words = range(piece.first, piece.last + 1)
            places.append(_place_of(block, "fingerprint", piece.line, words))
    places.extend(_place_of(block, "subject", line, words) for line, words in draft.subject)
    return tuple(places)


def _place_of(
    block: Block, kind: Literal["fingerprint", "subject"], index: int, words: Sequence[int]
) -> Place:
    line = block.lines[index]
    held = [line.words[at] for at in words]
    x0, x1 = min(w.x0 for w in held), max(w.x1 for w in held)
    return Place(kind, line.page, x0 + line.shift, held[0].y, x1 + line.shift, line.size)


__all__ = ["Ending", "Engine", "Step", "fault", "rest_of", "steps"]
