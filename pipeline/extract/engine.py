"""Pages in, rows and problems out: one reader's view of a document.

Each page is sorted, put below what is left of the page before, and read by the layouts; the rows
of the one that is chosen are final but for the last, which may go on on the next page: its lines
are kept and read again with those.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from pipeline.extract import faults
from pipeline.extract.account import Account
from pipeline.extract.blocks import (
    Block,
    Placed,
    Places,
    Sorted,
    Sorter,
    Title,
    block_of,
    gutters,
    parted,
    places,
    stacked,
    without_line_numbers,
)
from pipeline.extract.choose import Judged, Known, agreed_rows, choose, judge
from pipeline.extract.document import Box, Problem, Row
from pipeline.extract.fingerprints import SHA1, SHA256
from pipeline.extract.joining import Fullness, settle
from pipeline.extract.layouts import Draft, layouts
from pipeline.extract.layouts.aligned import ROW_APART, role_of
from pipeline.extract.layouts.cell import read_cell
from pipeline.extract.page import Page
from pipeline.extract.tokens import BELOW, Token, begins_name
from pipeline.extract.vocabulary import NOT_FINGERPRINTS

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


def steps(pages: Iterable[Page], known: Known) -> Iterator[Step]:
    """Read pages, one at a time."""
    engine = Engine(known)
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


class _Way(NamedTuple):
    """How a page was read: as a whole or in columns, by which layout."""

    is_parted: bool
    layout: str


@dataclass(slots=True)
class Engine:
    """Reads one document. Feed it pages in order with `read`, then `finish`.

    ``tail`` are the lines of the last row, which a page to come may add to; ``ways`` counts how
    pages were read, ``usual`` how cells were aligned.
    """

    known: Known
    title: str = ""
    pages: int = 0
    account: Account = field(default_factory=Account)
    tail: list[Placed] = field(default_factory=list)
    titles: list[Title] = field(default_factory=list)
    ways: Counter[_Way] = field(default_factory=Counter)
    usual: Counter[str] = field(default_factory=Counter)
    fullness: Fullness = Fullness()
    vouched: int = 0
    _sorter: Sorter = field(default_factory=Sorter)
    _mentioned: set[str] = field(default_factory=set)
    _before: Places = field(default_factory=dict)
    _here: Places | None = None

    def read(self, page: Page, following: Page | None = None) -> list[Row]:
        """Take a page, and give the rows that are final; ``following`` tells what repeats."""
        self.pages += 1
        page = replace(page, lines=without_line_numbers(page.lines))
        if not self.title and page.lines:
            self.title = page.lines[0].text
        after = places(without_line_numbers(following.lines)) if following else {}
        done = self._sorter.sort(page, (self._before, after))
        self._before, self._here = (
            (self._here if self._here is not None else places(page.lines)),
            after,
        )
        self._mentioned |= done.mentioned
        self.titles = done.titles
        self._take_apart(page, done)
        if not done.content:
            return []
        if not done.has_digits and not self.tail:
            return self._read_no_rows(done)
        best = choose(self._judged(done, is_last=not done.has_digits))
        return self._accept(best, is_last=not done.has_digits) if best else []

    def finish(self) -> list[Row]:
        """Give the last rows."""
        if not self.tail:
            return []
        best = choose(self._read_strip(self.tail, self.titles, is_last=True, is_parted=False))
        return self._accept(best, is_last=True) if best else []

    def ending(self) -> Ending:
        """What the whole document tells of the rows."""
        release = next(iter(self._mentioned)) if len(self._mentioned) == 1 else ""
        return Ending(self.pages, self.title, release, self.fullness.breaks_words, self.account)

    # --- a page ------------------------------------------------------------------------------

    def _take_apart(self, page: Page, done: Sorted) -> None:
        self.account.take_lines(page.number, done.apart, "apart")
        self.account.take_lines(page.number, done.repeats, "apart")
        self.account.take_lines(page.number, done.bands, "apart")
        for line in page.sideways:
            self.account.take_lines(page.number, [line], "sideways")

    def _read_no_rows(self, done: Sorted) -> list[Row]:
        """A page on which there are no digits, with no row before it that may go on."""
        block = block_of(stacked([done.content]), done.titles)
        waiting = _waiting_from(block, 0)
        self.account.take_block(block, None, (), range(waiting))
        self.tail = block.lines[waiting:]
        return []

    def _judged(self, done: Sorted, *, is_last: bool) -> Iterator[Judged]:
        """What the layouts make of a page: as usual first, and if that is perfect, nothing else."""
        bounds = gutters(done.content) if done.has_digits else []
        usual = self.ways.most_common(1)[0][0] if self.ways else None
        kinds = [False, *([True] if bounds else [])]
        if usual and usual.is_parted and bounds:
            kinds.reverse()
        for is_parted in kinds:
            strip = (
                [self.tail, *parted(done.content, bounds)]
                if is_parted
                else [self.tail, done.content]
            )
            titles = done.titles
            if is_parted:
                titles = [title for title in titles if title.x0 < bounds[0]]
            yield from self._read_strip(
                stacked(strip), titles, is_last=is_last, is_parted=is_parted
            )

    def _read_strip(
        self, lines: list[Placed], titles: list[Title], *, is_last: bool, is_parted: bool
    ) -> Iterator[Judged]:
        block = block_of(lines, titles)
        for layout in layouts().values():
            for proposal in layout(block, self.usual):
                for draft in proposal.drafts:
                    cell = read_cell(block, draft.subject)
                    draft.subject = cell.subject
                    proposal.fields.extend(cell.fields)
                judged = judge(block, proposal, self.known, is_last=is_last)
                judged.parted = is_parted
                yield judged

    # --- rows --------------------------------------------------------------------------------

    def _accept(self, best: Judged, *, is_last: bool) -> list[Row]:
        """Take the rows of a proposal, but for those that a page to come may add to."""
        block, proposal = best.block, best.proposal
        order = sorted(
            zip(proposal.drafts, best.subjects, strict=True),
            key=lambda each: (each[0].digits.line, each[0].digits.x0),
        )
        begin = len(block.lines) if is_last else _tail_from(block, [d for d, _ in order])
        final = [(draft, text) for draft, text in order if draft.lines[0] < begin]
        self._account(best, begin)
        self.tail = [line for line in block.lines[begin:] if line.words]
        for draft, _ in final:
            self.fullness = self.fullness.with_lines(draft.subject_lines(block))
            self.account.saw_rows(block.lines[draft.digits.line].page)
        if final:
            self.ways[_Way(best.parted, proposal.layout)] += len(final)
            self.usual.update(proposal.usual)
            self.vouched += best.evidence.vouched
        rows = [self._row(block, draft, text) for draft, text in final]
        if best.rival is not None and final:
            rows = self._undecided(best, best.rival, rows)
        return rows

    def _account(self, best: Judged, begin: int) -> None:
        """Account for all words above the line ``begin``."""
        block, proposal = best.block, best.proposal
        explained = {token for draft in proposal.drafts for token in draft.tokens()}
        explained.update(token for each in proposal.fields for token in each.tokens)
        for digits in block.tokens.digits:
            if role_of(block, digits) in NOT_FINGERPRINTS:
                explained.update(Token(*token) for token in digits.words)
        spans = [draft.lines for draft in proposal.drafts]
        rows = (min(s[0] for s in spans), max(s[1] for s in spans)) if spans else None
        loose = [token for token in best.loose if token.line < begin]
        if not self._are_of_other_columns(best, loose):
            for token in loose:
                self.account.loose.append(_loose(block, token))
        for token in loose:
            digits = block.tokens.owner.get(token)
            held = digits.words if digits else [token]
            explained.update(Token(*each) for each in held)
        self.account.take_block(block, rows, explained, range(min(begin, len(block.lines))))

    def _are_of_other_columns(self, best: Judged, loose: Sequence[Token]) -> bool:
        """Whether unexplained digits are those of another column of rows that are vouched for.

        Then each row has as many of them, and none is a known fingerprint.
        """
        owner = best.block.tokens.owner
        if not loose or any(token not in owner for token in loose) or self.vouched == 0:
            return bool(loose) and self._are_of_vouched(best, loose)
        return self._are_of_vouched(best, loose)

    def _are_of_vouched(self, best: Judged, loose: Sequence[Token]) -> bool:
        owner = best.block.tokens.owner
        drafts = best.proposal.drafts
        kinds = {token in owner for token in loose}
        if len(kinds) != 1 or best.evidence.vouched < 2 or len(loose) > len(drafts):
            return False
        return all(token not in owner or owner[token].digits not in self.known for token in loose)

    def _row(self, block: Block, draft: Draft, text: str) -> Row:
        line = block.lines[draft.digits.line]
        digits = draft.digits.digits
        sha1, sha256 = digits, draft.sha256.digits if draft.sha256 else ""
        if len(digits) == SHA256 and draft.digits.is_sound:
            sha1, sha256 = "", digits
            if certified := self.known.get(digits):
                sha1 = certified.fingerprint
        release = line.section.release
        if why := draft.status or line.section.removed:
            where = f", page {line.section.page}" if not draft.status else ""
            release = f"{REMOVED}{why}{where}"
        return Row(line.page, release, sha1, sha256, text, place=_place(block, draft))

    def _undecided(self, best: Judged, rival: Judged, rows: list[Row]) -> list[Row]:
        """Keep the rows that both of two readings have, and report the others."""
        both = agreed_rows(best, rival)
        kept: list[Row] = []
        for row in rows:
            digits = row.fingerprint or row.fingerprint_sha256
            if (digits, settle(row.subject, False)) in both:
                kept.append(row)
                continue
            hint = (
                "This page can be read in two ways, and no known certificate tells which is "
                "right. Give certificates of the list with --certs."
            )
            text = settle(f"{digits} {row.subject}", False)
            self.account.loose.append(Problem("unaccounted-text", row.page, text, hint))
        return kept


def fault(row: Row) -> Problem | None:
    """What is wrong with a row."""
    if row.release.startswith(REMOVED):
        why = row.release[len(REMOVED) :]
        hint = f"“{why}” says that this is not trusted any more; it is not taken as trusted."
        text = f"{row.fingerprint} {row.subject}"
        return Problem("unaccounted-text", row.page, text, hint)
    if not row.fingerprint and row.fingerprint_sha256:
        hint = "Only a SHA-256 is printed, and its certificate is not known; give it with --certs."
        text = f"{row.fingerprint_sha256} {row.subject}"
        return Problem("malformed-fingerprint", row.page, text, hint)
    return faults.of(row.page, row.fingerprint, row.subject)


def _tail_from(block: Block, drafts: Sequence[Draft]) -> int:
    """The line from which on a page to come may change what is read."""
    if not drafts:
        return _waiting_from(block, 0)
    begin = drafts[-1].lines[0]
    for draft in reversed(drafts[:-1]):
        if draft.lines[1] >= begin:
            begin = min(begin, draft.lines[0])
    return begin


def _waiting_from(block: Block, start: int) -> int:
    """The line at which a name begins that may be of a row of the next page."""
    lines, cuts = block.lines, set(block.cuts)
    found = len(lines)
    for index in range(len(lines) - 1, start - 1, -1):
        line = lines[index]
        if index + 1 < len(lines) and (
            index + 1 in cuts or lines[index + 1].y - line.y > ROW_APART * line.size
        ):
            break
        if any(begins_name(line.words, at) for at in range(len(line.words))):
            found = index
    return found


def _loose(block: Block, token: Token) -> Problem:
    """The problem of digits or a name that no row has."""
    line = block.lines[token.line]
    digits = block.tokens.owner.get(token)
    if digits is None:
        text = " ".join(word.text for word in line.words[token.word :])
        return Problem("unaccounted-text", line.page, text, "This name belongs to no row.")
    count = len(digits.digits)
    title = block.title_of(digits.x0, digits.x1)
    what = {SHA1: "as a SHA-1 has", SHA256: "as a SHA-256 has"}.get(count, "as an MD5 has")
    hint = f"These are {count} digits, {what}, and they belong to no row."
    if title:
        hint += f" Their column is titled “{title}”."
    return Problem("unaccounted-text", line.page, digits.digits, hint)


def _place(block: Block, draft: Draft) -> tuple[Box, ...]:
    """Where the words of a row stand on their pages, a box for each line."""
    lines: dict[int, list[int]] = {}
    for token in draft.tokens():
        lines.setdefault(token.line, []).append(token.word)
    boxes = []
    for index, words in sorted(lines.items()):
        line = block.lines[index]
        held = [line.words[at] for at in words]
        x0, x1 = min(w.x0 for w in held), max(w.x1 for w in held)
        boxes.append(Box(line.page, x0 + line.shift, held[0].y, x1 + line.shift, line.size))
    return tuple(boxes)


__all__ = ["BELOW", "Ending", "Engine", "Step", "fault", "steps"]
