"""Why a row isn't believed though it looks complete: what stands around it on its page.

Layouts propose, certificates vouch; of a root that nobody knows neither can tell that a row is
wrong. What is here looks at tokens and rows alone, whatever layout made them: at the subject of
each row and its surroundings, and at rows that lack what others have. Each doubt makes a problem
of its row, unless the row's own certificate vouches for it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from pipeline.extract import faults
from pipeline.extract.blocks import Block, Section
from pipeline.extract.choose import Judged, has_shared_heading, mixes_digests
from pipeline.extract.column_values import ending_in_values, ends_no_name, may_end_in_value
from pipeline.extract.fingerprints import SHA256, Fingerprint
from pipeline.extract.joining import settle
from pipeline.extract.layouts import Draft, Proposal, Way, before_of
from pipeline.extract.layouts.aligned import role_of
from pipeline.extract.page import Page, Token, text_of
from pipeline.extract.settings import SETTINGS
from pipeline.extract.subject_doubts import DOUBTS, OF_LABELS
from pipeline.extract.subject_end import has_label_below
from pipeline.extract.subject_middle import is_broken_early
from pipeline.extract.surroundings import Edges, Surroundings
from pipeline.extract.vocabulary import FINGERPRINTS
from pipeline.extract.word_kinds import DASHES, begins_name

_NAME = "A name beside this row belongs to no row; look at the page."
_MUCH = "Much beside the rows of this page belongs to no row; look at the page."
_DIGITS = "Nothing tells which digits of this row are its fingerprint."
_KINDS = "Some rows have a SHA-1 and others only a SHA-256; look at the page."
_SECOND = "Other rows have a SHA-256; the 64 digits beside this one aren't read as one."
_OTHER = "The SHA-256 beside this fingerprint is that of another known certificate."
_LABEL = "Nothing labels these digits, as others are: their label may end another column or page."
_ORDER = "Rows near this one lack what it has: nothing tells what belongs together."
_LAST_WORD = "What stands alone below this subject may be a label, or its last word; look at it."
_STRANGE = "Known names near this one have words that their certificates lack; look at the page."
_VALUES = "What this subject ends in may be another column; look at the page."
_RELEASE = "Nothing tells which heading this row stands under; look at the page."


_Part = tuple[int, float]
"""The number of a section, and the column of text that a part of it stands in."""


def _part(block: Block, line: int) -> _Part:
    return block.lines[line].section.number, block.lines[line].shift


@dataclass(slots=True)
class Doubter:
    """Finds doubts, page after page.

    ``out_of_step`` are the sections in which names and fingerprints don't go in pairs;
    ``name_first`` tells of each section whether names stand above their digits.
    ``is_ragged`` tells that lines end early in this document, as where they are broken by the
    number of characters: several rows of a page do, or one that its certificate vouches for.
    ``differ`` and ``agree`` count the known rows that certificates contradict, and vouch for;
    ``strange`` are last words of the former that they don't have.
    ``has_sha1`` tells that some row had a SHA-1; ``muddled`` are pages that weren't understood, and
    ``doubled`` those on which one name stands beside two different fingerprints: a row of them may
    wait for the next page.
    """

    out_of_step: set[_Part] = field(default_factory=set)
    name_first: dict[_Part, bool] = field(default_factory=dict)
    is_ragged: bool = False
    differ: int = 0
    agree: int = 0
    strange: set[str] = field(default_factory=set)
    has_sha1: bool = False
    muddled: set[int] = field(default_factory=set)
    doubled: set[int] = field(default_factory=set)
    _edges: Edges = field(default_factory=dict)

    def doubts(
        self,
        best: Judged,
        drafts: Sequence[Draft],
        loose: Sequence[Token],
        explained: frozenset[tuple[int, int]],
        ways: Mapping[Way, int],
        pages: Mapping[int, Page],
    ) -> dict[int, str]:
        """Why rows aren't believed, by the identity of their drafts.

        ``drafts`` are those of the page that no other page adds to; ``loose`` are the names and
        digits that no row has and nothing explains, ``explained`` the words of rows and of fields;
        ``ways`` count the rows that were vouched for before; ``pages`` are those of the block.
        """
        sure = best.vouched | best.refuted
        asked = [draft for draft in drafts if draft.digits.digits not in sure]
        found = self._of_each(best, asked, explained, pages)
        many = self._of_many(best, drafts, loose, ways)
        found = {**{id(d): many[id(d)] for d in asked if id(d) in many}, **found}
        found.update((id(draft), _SECOND) for draft in _without_sha256(best, drafts))
        found.update((id(draft), _LABEL) for draft in _without_label(best, asked))
        found.update((id(draft), _STRANGE) for draft in self._like_misread(best, asked))
        found.update((id(draft), _VALUES) for draft in _with_values(best, asked, found))
        found.update((id(draft), _RELEASE) for draft in _of_other_headings(best.block, drafts))
        return found

    def _of_each(
        self,
        best: Judged,
        drafts: Sequence[Draft],
        explained: frozenset[tuple[int, int]],
        pages: Mapping[int, Page],
    ) -> dict[int, str]:
        """What may be wrong with a row by itself."""
        page = Surroundings(best, explained, pages, self._edges)
        proposed = best.proposal.drafts
        early = {draft.digits.digits for draft in proposed if is_broken_early(page, draft)}
        self.is_ragged |= len(early) > 1 or not best.vouched.isdisjoint(early)
        named = [draft for draft in proposed if draft.subject]
        labelled = [draft for draft in named if has_label_below(page, draft)]
        found: dict[int, str] = {}
        if len(labelled) < len(named) - 1:  # a label stands there in each record
            found = {id(draft): _LAST_WORD for draft in labelled if draft in drafts}
        for draft in drafts:
            for says, hint in DOUBTS if draft.subject else ():
                if draft.is_label and says not in OF_LABELS:
                    continue
                if says is is_broken_early and (self.is_ragged or draft.digits.digits not in early):
                    continue
                if says(page, draft):
                    found[id(draft)] = hint
                    break
        return found

    def _of_many(
        self, best: Judged, drafts: Sequence[Draft], loose: Sequence[Token], ways: Mapping[Way, int]
    ) -> dict[int, str]:
        """What may be wrong with rows by what others have."""
        block, proposed = best.block, best.proposal.drafts
        found: dict[int, str] = {}
        # all rows of a page are of one table if some are
        self.doubled |= {block.lines[proposed[number].digits.line].page for number in best.alike}
        beside = {
            id(each) for each in proposed if block.lines[each.digits.line].page in self.doubled
        }
        mixed = {id(proposed[number]) for number in mixes_digests(block, proposed)}
        mixed |= self._of_two_kinds(block, proposed)
        unpaired = {id(draft) for draft in self._unpaired(block, drafts, loose, best.loose)}
        is_not_understood = _is_not_understood(best, ways)
        if is_not_understood:
            self.muddled.add(block.lines[-1].page)
        for draft in drafts:
            if draft.digits.digits in best.mismatched:
                found[id(draft)] = _OTHER
            elif id(draft) in mixed:
                found[id(draft)] = _KINDS
            elif id(draft) in beside or _has_digits_beside(best, draft, loose, ways):
                found[id(draft)] = _DIGITS
            elif id(draft) in unpaired:
                found[id(draft)] = _ORDER
            elif is_not_understood or block.lines[draft.digits.line].page in self.muddled:
                found[id(draft)] = _MUCH
        if 2 * sum(hint == _DIGITS for hint in found.values()) > len(drafts):
            found = {id(draft): found.get(id(draft), _DIGITS) for draft in drafts}  # one table
        for token in loose:
            if token not in block.tokens.owner:
                for draft in _beside(block, token, drafts):
                    found.setdefault(id(draft), _NAME)
        return found

    def _like_misread(self, best: Judged, drafts: Sequence[Draft]) -> Iterator[Draft]:
        """The rows that are read as known ones are which have words of something else.

        They end as these do; or no fewer known rows differ from their certificates than agree.
        """
        self.differ += len(best.refuted)
        self.agree += len(best.vouched)
        self.strange |= best.strange
        if self.strange:
            many = self.differ >= self.agree
            for draft in drafts:
                if draft.is_scanned(best.block):
                    continue  # what OCR reads is doubted anyway
                if many or (draft.subject and _last_word(best.block, draft) in self.strange):
                    yield draft

    def _of_two_kinds(self, block: Block, drafts: Sequence[Draft]) -> set[int]:
        """The rows that have only a SHA-256, where others have a SHA-1, and the ones beside those.

        The two may be of one certificate, unless they stand in one column, each beside its name.
        """
        is_long = [len(draft.digits.digits) == SHA256 for draft in drafts]
        self.has_sha1 = self.has_sha1 or not all(is_long)
        places = [draft.digits.x0 for draft in drafts]
        is_one_column = max(places, default=0.0) - min(places, default=0.0) < SETTINGS.same_edge
        if not self.has_sha1 or (is_one_column and not any(draft.is_by_order for draft in drafts)):
            return set()
        return {
            id(draft)
            for at, draft in enumerate(drafts)
            if any(is_long[max(at - 1, 0) : at + 2]) and draft.sha256 is None
        }

    def _unpaired(
        self,
        block: Block,
        drafts: Sequence[Draft],
        loose: Sequence[Token],
        waiting: Sequence[Token],
    ) -> list[Draft]:
        """The rows of sections in which order alone pairs names and digits, and an end lacks one.

        Where the first or the last row lacks what others have, all between may be paired wrongly;
        so they may where names stood above their digits before and now stand below; where the
        first has the name that ends another column, and one at the end is ``waiting`` for digits;
        where most digits begin a line on which the name of another row is next; and where a row
        reaches into the next section from one that is out of step.
        """
        left = {_part(block, token.line) for token in loose}
        by_section: dict[_Part, list[Draft]] = defaultdict(list)
        for draft in drafts:
            by_section[_part(block, draft.digits.line)].append(draft)
        for section, rows in by_section.items():
            is_shifted = _is_shifted(block, section, rows, waiting) or _begin_with_digits(
                block, rows
            )
            is_out = self._is_out_of_step(section, rows, lacks=is_shifted or section in left)
            if is_out or not (rows[0].subject and rows[-1].subject):
                self.out_of_step.add(section)
        self.out_of_step |= _shifted_over_sections(block, drafts, loose)
        reaching = sorted((d for d in drafts if d.is_by_order), key=lambda d: d.lines)
        for draft in reaching:
            begin, end = (_part(block, line) for line in draft.lines)
            if begin in self.out_of_step:
                self.out_of_step.add(end)
        return [
            draft
            for draft in reaching
            if not self.out_of_step.isdisjoint(_part(block, line) for line in draft.lines)
        ]

    def _is_out_of_step(self, section: _Part, rows: Sequence[Draft], *, lacks: bool) -> bool:
        """Whether order alone pairs some rows of a section, and one of them ``lacks`` something.

        So it does if it has a SHA-256 and others haven't, or stands on the other side of its name.
        """
        ordered = [draft for draft in rows if draft.is_by_order]
        if not ordered:
            return False
        above = {draft.begin.line < draft.digits.line for draft in ordered}
        above.add(self.name_first.setdefault(section, min(above)))
        lacks_digest = len({draft.sha256 is None for draft in rows}) > 1
        return lacks or lacks_digest or len(above) > 1


# --- rows among others ---------------------------------------------------------------------------


def _is_shifted(
    block: Block, section: _Part, rows: Sequence[Draft], waiting: Sequence[Token]
) -> bool:
    """Whether the first row has a name of another column, and one below the last has no digits."""
    is_of_other = bool(rows[0].subject) and _part(block, rows[0].begin.line) != section
    return is_of_other and any(
        _part(block, token.line) == section and token.line > rows[-1].lines[1] for token in waiting
    )


def _shifted_over_sections(
    block: Block, drafts: Sequence[Draft], loose: Sequence[Token]
) -> set[_Part]:
    """The sections of columns of text whose last row lacks a name, with one left above the first.

    So it is, too, where the first row lacks one, and one is left below the last.
    """
    columns: dict[tuple[int, float], list[Draft]] = defaultdict(list)
    for draft in drafts:
        columns[block.lines[draft.digits.line].text_column].append(draft)
    names = [token.line for token in loose if token not in block.tokens.owner]
    found: set[_Part] = set()
    for column, rows in columns.items():
        left = [line for line in names if block.lines[line].text_column == column]
        first, last = rows[0], rows[-1]
        has_above = any(line < first.digits.line for line in left) and not last.subject
        has_below = any(line > last.digits.line for line in left) and not first.subject
        if has_above or has_below:
            found |= {_part(block, draft.digits.line) for draft in rows}
    return found


def _begin_with_digits(block: Block, rows: Sequence[Draft]) -> bool:
    """Whether most rows have digits that begin a line, and a space behind these another's name."""
    return 2 * sum(_has_other_name_behind(block, draft) for draft in rows) > len(rows)


def _has_other_name_behind(block: Block, draft: Draft) -> bool:
    piece = draft.digits.pieces[-1]
    words, at = block.lines[piece.line].words, piece.last + 1
    return (
        piece.first == 0
        and at < len(words)
        and at not in block.tokens.chunks[piece.line]
        and bool(begins_name(words, at))
        and Token(piece.line, at) not in draft.tokens()
    )


def _last_word(block: Block, draft: Draft) -> str:
    return block.tokens.word(draft.end).text


def _beside(block: Block, token: Token, drafts: Sequence[Draft]) -> list[Draft]:
    """The rows right above and below a name, in whose column of the page it stands."""
    line = block.lines[token.line]
    near = [
        (first, last, draft)
        for draft in drafts
        for first, last in [draft.lines]
        if any(at.text_column == line.text_column for at in block.lines[first : last + 1])
    ]
    above = [draft for first, _, draft in near if first <= token.line]
    below = [draft for _, last, draft in near if last >= token.line]
    y = line.words[token.word].y
    level = [
        draft
        for draft in drafts
        for page, top, foot in [extent(block, draft)]
        if page == line.page and top <= y <= foot
    ]
    return [*above[-1:], *below[:1], *level]


def _of_other_headings(block: Block, drafts: Sequence[Draft]) -> Iterator[Draft]:
    """The rows that stand above their heading on the page, or below a later one.

    That counts for headings of all columns of a page, beside which nothing of rows stands; and
    headings of several releases beside each other are none of all rows below them.
    """
    heads: dict[int, set[Section]] = defaultdict(set)
    for line in block.lines:
        heads[line.section.page].add(line.section)

    def is_across(head: Section) -> bool:
        return not any(
            block.lines[at].page == head.page
            and abs(block.lines[at].words[0].y - head.y) < head.size
            for draft in drafts
            for at in draft.held_lines()
        )

    for draft in drafts:
        line = block.lines[draft.digits.line]
        y, own = line.words[0].y, line.section
        begin = own.y if own.page == line.page else -inf
        later = [
            head
            for head in heads[line.page]
            if head.number > own.number and begin + line.size < head.y < y
        ]
        above = [own] if begin > y else []
        is_of_other = own.number and not draft.release and any(map(is_across, [*later, *above]))
        if is_of_other or has_shared_heading(block, draft):
            yield draft


def _is_not_understood(best: Judged, ways: Mapping[Way, int]) -> bool:
    """Whether as much of a page is left as is read, and certificates vouch for no other way.

    Of one or two rows that says little: a line of another kind is as much.
    """
    vouched = best.evidence.vouched + before_of(best.proposal.way, ways)
    rows = len(best.proposal.drafts)
    return vouched < 2 and rows > 2 and best.evidence.cost >= SETTINGS.name_cost * rows


def _with_values(
    best: Judged, drafts: Sequence[Draft], found: Mapping[int, str]
) -> Iterator[Draft]:
    """The rows whose subjects end in what may be the values of a column.

    As most or all do; or as one does where others are doubted, by what is ``found``, or faulty.
    Where the document shows the cell of a subject, that column has one of its own.
    """
    if best.vouched:
        return
    pairs = zip(best.proposal.drafts, best.subjects, strict=True)
    named = [(d, settle(text, False)) for d, text in pairs if d.subject and not d.is_label]
    texts = [text for _, text in named]
    is_dashed = len({_has_dash_behind(best.block, draft) for draft, _ in named}) > 1
    are_whole = not (found or is_dashed or any(map(faults.of_subject, texts)))
    numbers = ending_in_values(texts, are_others_whole=are_whole)
    if len(named) == 1 and _may_have_value(best.block, *named[0]):
        numbers = [0]
    asked = {id(draft) for draft in drafts}
    for draft, _ in (named[number] for number in numbers):
        if id(draft) in asked and best.block.cell_of(draft.subject) is None:
            yield draft


def _has_dash_behind(block: Block, draft: Draft) -> bool:
    """Whether a dash stands right behind a name: a value of nothing, if not all names have it."""
    line, word = draft.end
    words = block.lines[line].words[word + 1 : word + 2]
    return any(each.text in DASHES for each in words)


def _may_have_value(block: Block, draft: Draft, subject: str) -> bool:
    """Whether the one name of a page may end in a value: of its line, or on a line of its own."""
    if len(draft.subject) > 1:
        last = text_of(block.words(draft.subject[-1:]))
        if ends_no_name(last) or may_end_in_value(f"- {last}"):
            return True
    return not draft.is_by_order and may_end_in_value(subject)


def _without_sha256(best: Judged, drafts: Sequence[Draft]) -> Iterator[Draft]:
    """The rows beside which 64 digits stand that no row has, where other rows have a SHA-256.

    What says that those digits are others, as a word that looks like a label may, isn't believed;
    nor may digits that are labelled as a SHA-256 be too few, as where a line of them is missed.
    """
    if not any(draft.sha256 for draft in best.proposal.drafts):
        return
    block = best.block
    held = [
        (block.lines[piece.line].text_column, block.lines[piece.line].words[piece.first].y)
        for digits in block.digits
        if len(digits.digits) == SHA256 or role_of(block, digits) == "sha256"
        if best.taken.isdisjoint(digits.words)
        for piece in digits.pieces
    ]
    for draft in drafts:
        column = block.lines[draft.lines[0]].text_column
        _, top, foot = extent(block, draft)
        if draft.sha256 is None and any(place == column and top <= y <= foot for place, y in held):
            yield draft


def _without_label(best: Judged, drafts: Sequence[Draft]) -> Iterator[Draft]:
    """The rows whose digits begin a column or a page without a label, where most have one.

    Theirs may end the column or the page before, and be that of a serial number. Of a row that
    waited for this page only its own lines did.
    """
    block, rows = best.block, best.proposal.drafts
    if 2 * sum(row.digits.role in FINGERPRINTS for row in rows) <= len(rows):
        return
    tops: dict[tuple[int, float], int] = {}
    for index, each in enumerate(block.lines):
        tops.setdefault(each.text_column, index)
    for draft in drafts:
        begin = draft.digits.begin
        line = block.lines[begin.line]
        is_first = begin.word == 0 and tops[line.text_column] == begin.line
        if is_first and line.page == block.lines[-1].page and role_of(block, draft.digits) is None:
            yield draft


def _has_digits_beside(
    best: Judged, draft: Draft, loose: Sequence[Token], ways: Mapping[Way, int]
) -> bool:
    """Whether other digits stand beside a row's own, and nothing says which are which.

    A label or a title may say it, unless it says the same of both, or certificates of other rows in
    the same column. Of tables below each other, whose columns differ, it is the same column if as
    many others are before it.
    """
    block = best.block
    others = [block.tokens.owner[token] for token in loose if token in block.tokens.owner]
    if role_of(block, draft.digits) in FINGERPRINTS:
        others = [other for other in others if role_of(block, other) in FINGERPRINTS]
    beside = _level_with(block, draft, others) if others else []
    if not beside:
        return False
    x0 = draft.digits.x0
    vouched = [each for each in best.proposal.drafts if each.digits.digits in best.vouched]
    near = [each for each in vouched if abs(x0 - each.digits.x0) < 2 * SETTINGS.same_place]
    if near:
        order = _order(draft, beside)
        return not any(
            abs(x0 - each.digits.x0) < SETTINGS.same_edge
            or _order(each, _level_with(block, each, others)) == order
            for each in near
        )
    return before_of(Proposal(best.proposal.layout, [draft]).way, ways) < 1


def _level_with(block: Block, draft: Draft, others: Sequence[Fingerprint]) -> list[Fingerprint]:
    """Those of other digits that are level with a row, and as many as its own."""
    page, top, foot = extent(block, draft)
    return [
        other
        for other in others
        if len(other.digits) == len(draft.digits.digits)
        and any(
            block.lines[piece.line].page == page
            and top <= block.lines[piece.line].words[piece.first].y <= foot
            for piece in other.pieces
        )
    ]


def _order(draft: Draft, beside: Sequence[Fingerprint]) -> tuple[int, int]:
    """How many digits stand before the digits of a row, and how many behind them."""
    before = sum(other.x0 < draft.digits.x0 for other in beside)
    return before, len(beside) - before


def extent(block: Block, draft: Draft) -> tuple[int, float, float]:
    """The page that a row begins on, and from where to where it reaches there."""
    page = block.lines[draft.lines[0]].page
    levels = [
        block.lines[line].words[at].y
        for line, at in draft.tokens()
        if block.lines[line].page == page
    ]
    return page, min(levels) - 1, max(levels) + 1
