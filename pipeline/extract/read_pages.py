"""Pages in, rows and problems out: one reader's view of a document.

Each page is sorted, put below what is left of the page before, and read by the layouts; the rows
of the one that is chosen are final but for the last, which may go on on the next page: its lines
are kept and read again with those.
"""

from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from math import inf

from pipeline.extract.account import Account
from pipeline.extract.blocks import Block, Placed, Section, block_of
from pipeline.extract.choose import Judged, Known, agreed_rows, catalogued, choose, row_key
from pipeline.extract.continuation import Flow, Waiting, tail_of
from pipeline.extract.document import Problem, Row
from pipeline.extract.doubts import Doubter
from pipeline.extract.ending import Ending, Step
from pipeline.extract.final_rows import fault, row_of
from pipeline.extract.fingerprints import MD5, SHA1, SHA256
from pipeline.extract.habits import Habits
from pipeline.extract.joining import Fullness, settle
from pipeline.extract.layouts import Draft
from pipeline.extract.layouts.aligned import role_of
from pipeline.extract.page import Line, Page, Token, text_of
from pipeline.extract.page_furniture import Places, places, without_line_numbers
from pipeline.extract.pem_blocks import PemBlocks
from pipeline.extract.proposals import readings_of
from pipeline.extract.removals import mark_removed, removed_marks
from pipeline.extract.settings import SETTINGS
from pipeline.extract.side_by_side import Bounds, gutters
from pipeline.extract.sorting import Sorter
from pipeline.extract.views import View, view_of
from pipeline.extract.vocabulary import NOT_FINGERPRINTS


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


@dataclass(slots=True)
class Engine:
    """Reads one document. Feed it pages in order with `read`, then `finish`.

    ``tail`` are the lines of the last row, which a page to come may add to; ``denied`` tells by the
    digits of such rows what says that they are removed. ``beside`` are sections that end a page of
    several releases side by side, with its number.
    """

    known: Known
    title: str = ""
    pages: int = 0
    account: Account = field(default_factory=Account)
    tail: list[Placed] = field(default_factory=list)
    denied: dict[str, str] = field(default_factory=dict)
    habits: Habits = field(default_factory=Habits)
    fullness: Fullness = field(default_factory=Fullness)
    beside: dict[Section, int] = field(default_factory=dict)
    _sorter: Sorter = field(default_factory=Sorter)
    _pem_blocks: PemBlocks = field(default_factory=PemBlocks)
    _flow: Flow = field(default_factory=Flow)
    _waiting: Waiting = field(default_factory=Waiting)
    _doubter: Doubter = field(default_factory=Doubter)
    _mentioned: set[str] = field(default_factory=set)
    _before: Places = field(default_factory=dict)
    _here: Places | None = None
    _pages: dict[int, Page] = field(default_factory=dict)

    def read(self, page: Page, following: Page | None = None) -> list[Row]:
        """Take a page, and give the rows that are final; ``following`` tells what repeats."""
        self.pages += 1
        lines = self._pem_blocks.without(page.number, without_line_numbers(page.lines))
        page = replace(page, lines=lines)
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
        tried = {whole.bounds: whole}
        views = self._views(page, elsewhere, whole)
        judged = self._judged(page, views, tried, is_last=is_last)
        best = choose(judged) if whole.has_content else None
        view = tried[best.bounds] if best else whole
        self._pages[page.number] = replace(page, lines=view.lines)
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
        best = choose(self._readings(self.tail, is_last=True))
        return self._accept(best, is_last=True) if best else []

    def ending(self) -> Ending:
        """What the whole document tells of the rows."""
        release = next(iter(self._mentioned)) if len(self._mentioned) == 1 else ""
        fullness, pem = self.fullness, self._pem_blocks
        return Ending(
            self.pages,
            self.title,
            release,
            fullness.breaks_words,
            self.account,
            pem,
            fullness.splits_words,
        )

    # --- a page ------------------------------------------------------------------------------

    def _view(self, page: Page, elsewhere: Sequence[Places], bounds: Bounds) -> View:
        return view_of(page, self._sorter, self.tail, elsewhere, bounds)

    def _views(self, page: Page, elsewhere: Sequence[Places], whole: View) -> Iterator[View]:
        """A page as a whole and in columns, first as most rows before were read.

        Where it may part is asked only if the first isn't enough.
        """
        columns = self.habits.columns
        was_parted = columns[True] > columns[False]
        if not was_parted:
            yield whole
        yield from (self._view(page, elsewhere, bounds) for bounds in gutters(page))
        if was_parted:
            yield whole

    def _accept_none(self, view: View) -> list[Row]:
        """Keep what may be the name of a row of the next page; there is no row on this one."""
        if not view.has_content:
            return []
        block = block_of(view.strip)
        tail = tail_of(block, [], [], removed_marks(block))
        lines = [index for index in range(len(block.lines)) if index not in tail]
        self.account.take_block(block, (), (), lines)
        self.tail = block.lines[tail.start : tail.stop]
        return []

    def _judged(
        self, page: Page, views: Iterable[View], tried: dict[Bounds, View], *, is_last: bool
    ) -> Iterator[Judged]:
        """What the layouts make of a page: as usual first, and if that is perfect, nothing else.

        A page may part into columns in several ways: further ones are tried if none reads well.
        """
        reads_well = False
        for number, view in enumerate(views):
            if number > 1 and reads_well:
                return
            tried[view.bounds] = view
            self._pages[page.number] = replace(page, lines=view.lines)
            for judged in self._readings(view.strip, is_last=is_last, bounds=view.bounds):
                yield judged
                if self.habits.is_as_usual(judged):
                    return
                reads_well = reads_well or judged.is_clean

    def _readings(
        self, lines: list[Placed], *, is_last: bool, bounds: Bounds = ()
    ) -> Iterator[Judged]:
        return readings_of(
            lines, self._pages, self.known, self.habits, is_last=is_last, bounds=bounds
        )

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
            else tail_of(block, [draft for draft, _ in order], proposal.fields, removed)
        )
        final: list[tuple[Draft, str]] = []
        waiting: list[tuple[Draft, str]] = []
        for each in order:
            (final if each[0].lines[0] < tail.start else waiting).append(each)
        explained = _explained(best)
        self._account(best, explained, [index for index in range(count) if index not in tail])
        self.tail = block.lines[tail.start : tail.stop]
        for draft, _ in final:
            if len(draft.subject) > 1:
                self.fullness = self.fullness.with_lines(draft.subject_lines(block))
            self.account.saw_rows(block.lines[draft.digits.line].page)
        read = (line for index, line in enumerate(block.lines) if index not in tail)
        self.habits.learn(best, read, len(final))
        drafts = [draft for draft, _ in final]
        self._mark_removed(block, [draft for draft, _ in order], drafts, removed)
        loose = [token for token in best.loose if token.line not in tail]
        beside = [] if self._are_of_other_columns(best, loose) else loose
        doubts = self._doubter.doubts(
            best, drafts, beside, explained, self.habits.ways, self._pages
        )
        doubts.update(self._of_lists_side_by_side(block, drafts))
        found, ends = self._flow.doubts(best, final)
        doubts.update(found)
        doubts.update(self._waiting.doubts(best, final, waiting))
        self.account.loose.extend(ends)
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
        mark_removed(block, drafts, removed)
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

    def _believed(self, block: Block, draft: Draft, text: str, doubt: str) -> Row | None:
        """The row of a draft, or a problem if there is a doubt."""
        row = row_of(block, draft, text, self.known)
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

        There are no more of them than rows. Digits are no known fingerprint, and digests are level
        with a row; names stand beside the rows' own, in as many rows as a column has.
        """
        block, drafts = best.block, best.proposal.drafts
        owner = block.tokens.owner
        vouched = best.evidence.vouched + self.habits.ways[best.proposal.way]
        if vouched < 2 or len({token in owner for token in loose}) != 1:
            return False
        if len(loose) > len(drafts):
            return False
        if loose[0] in owner:
            held = {at for draft in drafts for at in range(draft.lines[0], draft.lines[1] + 1)}
            return all(
                digits.digits not in self.known
                and (not digits.is_digest or not held.isdisjoint(line for line, _ in digits.words))
                for digits in map(owner.__getitem__, loose)
            )
        own = [
            block.lines[line].words[at]
            for draft in drafts
            for line, at in draft.tokens()
            if (line, at) not in owner
        ]
        low = min((word.x0 for word in own), default=inf)
        high = max((word.x1 for word in own), default=-inf)
        words = [block.tokens.word(token) for token in loose]
        beside = all(word.x1 < low or word.x0 > high for word in words)
        return bool(own) and beside and len(loose) >= SETTINGS.filled_rows * len(drafts)

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


def _table(block: Block, draft: Draft) -> tuple[int, int]:
    """The page of a row, and the number of the table that it stands in, if the document tells."""
    spot = block.spots.get(draft.digits.begin)
    return block.lines[draft.digits.line].page, spot.row[0] if spot else 0


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
        text = text_of(line.words[token.word :])
        hint = "This name belongs to no row."
        for each in block.tokens.digits:
            beside = block.title_of(each.x0, each.x1, each.line)
            if each.line == token.line and beside and role_of(block, each) in NOT_FINGERPRINTS:
                hint += f" What stands below “{beside}” is no fingerprint."
        return Problem("unaccounted-text", line.page, text, hint)
    count = len(digits.digits)
    title = block.title_of(digits.x0, digits.x1, token.line)
    what = {MD5: ", as an MD5 has,", SHA1: ", as a SHA-1 has,", SHA256: ", as a SHA-256 has,"}
    hint = f"These are {count} digits{what.get(count, '')} and they belong to no row."
    if title:
        hint += f" Their column is titled “{title}”."
    return Problem("unaccounted-text", line.page, digits.digits, hint)


__all__ = ["Ending", "Engine", "Step", "rest_of", "steps"]
