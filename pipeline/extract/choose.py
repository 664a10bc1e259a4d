"""Which proposal is right: the one that certificates vouch for and that leaves least unexplained.

What reads the known rows of a page right reads the unknown ones beside them. Where no certificate
tells, the proposal with the fewest faults and unexplained tokens is taken; geometry breaks ties;
and where two proposals give other rows and nothing decides between them, none is believed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain, pairwise
from typing import Final, NamedTuple

from pipeline import catalogue
from pipeline.extract import faults, vocabulary
from pipeline.extract.blocks import Block
from pipeline.extract.column_values import without_value
from pipeline.extract.document import UNCERTAIN_JOIN
from pipeline.extract.fingerprints import SHA256
from pipeline.extract.joining import settle
from pipeline.extract.layouts import Draft, Proposal, Way, before_of
from pipeline.extract.layouts.aligned import role_of
from pipeline.extract.page import Token
from pipeline.extract.settings import SETTINGS
from pipeline.extract.side_by_side import Bounds
from pipeline.extract.vocabulary import FINGERPRINTS, GOES_ON, NOT_FINGERPRINTS, Role
from pipeline.extract.word_kinds import begins_name
from pipeline.x509 import names


class Certified(NamedTuple):
    """What is known of a certificate: its SHA-1 and its subject, in canonical form."""

    fingerprint: str
    subject: str


Known = Mapping[str, Certified]
"""The known certificates by SHA-1 and by SHA-256, 40 and 64 lower-case hex digits."""


def catalogued() -> Known:
    """The certificates of the catalogue."""
    known: dict[str, Certified] = {}
    digests = catalogue.fingerprints()
    for sha1, subject in catalogue.subjects().items():
        known[sha1] = known[digests[sha1]] = Certified(sha1, subject)
    return known


class Evidence(NamedTuple):
    """What speaks for a proposal: more ``vouched`` rows, then a lower ``cost``, then ``fit``.

    ``before`` is how many rows certificates vouched for on pages that were read like this.
    """

    vouched: int
    cost: float
    before: float
    fit: float

    def beats(self, other: "Evidence") -> bool:
        """Whether this is better."""
        if self.vouched != other.vouched:
            return self.vouched > other.vouched
        if abs(self.cost - other.cost) > SETTINGS.equal_cost:
            return self.cost < other.cost
        if self.before != other.before:
            return self.before > other.before
        return self.fit > other.fit + 1e-6


@dataclass(slots=True)
class Judged:
    """A proposal with its rows' subjects, and what speaks for it.

    ``loose`` are the digits and the names that it leaves unexplained; ``vouched`` are the digits
    of the rows that certificates vouch for, ``refuted`` of those they contradict, ``mismatched`` of
    those whose SHA-256 is another certificate's; ``strange`` are the last words of refuted rows
    that their certificates don't have. ``rival`` is another one that is as good and has
    other rows, or that certificates vouch for elsewhere.
    ``bounds`` part the columns of text that its page was seen in, if any; ``taken`` are the words
    of its rows, and ``alike`` the numbers of those that are `twins`.
    """

    block: Block
    proposal: Proposal
    subjects: list[str]
    evidence: Evidence
    perfect: bool
    rival: "Judged | None" = None
    bounds: Bounds = ()
    taken: set[tuple[int, int]] = field(default_factory=set)
    loose: list[Token] = field(default_factory=list)
    vouched: set[str] = field(default_factory=set)
    refuted: set[str] = field(default_factory=set)
    mismatched: set[str] = field(default_factory=set)
    strange: set[str] = field(default_factory=set)
    alike: set[int] = field(default_factory=set)

    @property
    def is_clean(self) -> bool:
        """Whether all rows are sound, and no word is left between them."""
        return self.perfect and self.evidence.cost == 0

    def after(self, before: Mapping[Way, int]) -> "Judged":
        """The same, after pages on which certificates vouched for so many rows by other ways."""
        evidence = self.evidence._replace(before=before_of(self.proposal.way, before))
        return replace(self, evidence=evidence)

    def is_settled(self) -> bool:
        """Whether no other reading can be better: each row has its certificate, no word is left."""
        return 0 < len(self.proposal.drafts) == self.evidence.vouched and not self.evidence.cost

    def rows(self) -> set[tuple[str, str]]:
        """Its rows, to compare with those of others."""
        pairs = zip(self.proposal.drafts, self.subjects, strict=True)
        return {row_key(draft.digits.digits, text) for draft, text in pairs}


def row_key(digits: str, subject: str) -> tuple[str, str]:
    """What tells a row from others: where its lines are joined doesn't."""
    return digits, "".join(subject.replace(UNCERTAIN_JOIN, "").split())


def choose(judged: Iterable[Judged]) -> Judged | None:
    """The best of several proposals; it knows its rival, if nothing decides between the two."""
    best: Judged | None = None
    others: list[Judged] = []
    for each in judged:
        if best is None or each.evidence.beats(best.evidence):
            others.extend([best] if best else [])
            best = each
        else:
            others.append(each)
        if best.is_settled():
            return best
    if best is not None:
        best.rival = next((other for other in others if _is_rival(best, other)), None)
    return best


def _is_rival(best: Judged, other: Judged) -> bool:
    """Whether nothing decides between the two, or each is right somewhere."""
    if not other.vouched.isdisjoint(best.refuted):
        return True
    if best.vouched != other.vouched:
        return False
    one, two = best.evidence, other.evidence
    leaves_names = best.loose and not best.perfect
    if leaves_names and two.cost - one.cost <= SETTINGS.cost_margin and one.before == two.before:
        return best.rows() != other.rows()  # neither is right
    return (
        abs(one.cost - two.cost) <= SETTINGS.equal_cost
        and one.before == two.before
        and one.fit - two.fit < SETTINGS.equal_fit
        and best.rows() != other.rows()
    )


def judge(
    block: Block, proposal: Proposal, known: Known, before: Mapping[Way, int], *, is_last: bool
) -> Judged:
    """Weigh a proposal. The last row doesn't count yet, unless it ``is_last`` of the document.

    ``before`` counts the rows that certificates vouched for on the pages before, by how they were
    read.
    """
    subjects = [draft.printed(block) for draft in proposal.drafts]
    taken = set(chain.from_iterable(draft.tokens() for draft in proposal.drafts))
    loose = unexplained(block, proposal, taken)
    counted = loose if is_last else _not_waiting(block, proposal, loose)
    told = _told_by_certificates(block, proposal, subjects, known, is_last=is_last)
    alike = twins(block, proposal.drafts, subjects)
    faulty = _faulty(block, proposal.drafts, alike, told.faulty)
    names_ = [token for token in counted if token not in block.tokens.owner]
    digits = {id(block.tokens.owner[token]) for token in counted if token in block.tokens.owner}
    words = _words(block, proposal, taken)
    cost = (
        SETTINGS.fault_cost * faulty
        + SETTINGS.digits_cost * len(digits)
        + SETTINGS.name_cost * len(names_)
        + SETTINGS.word_cost * words
    )
    prior = before_of(proposal.way, before)
    certified_by = {known[digits].fingerprint for digits in told.vouched}  # by either digest
    evidence = Evidence(len(certified_by), round(cost, 3), prior, round(proposal.fit, 3))
    perfect = not (faulty or told.refuted or digits or names_) and bool(proposal.drafts)
    return Judged(
        block,
        proposal,
        subjects,
        evidence,
        perfect,
        taken=taken,
        loose=loose,
        vouched=told.vouched,
        refuted=told.refuted,
        mismatched=told.mismatched,
        strange=told.strange,
        alike=alike,
    )


def _faulty(block: Block, drafts: Sequence[Draft], alike: Collection[int], alone: int) -> int:
    """How many rows are faulty: by themselves as many as ``alone``, or by what others have."""
    beside = alone
    if alike:
        beside = len(drafts) if len(alike) > 2 else alone + 1
    return max(
        beside,
        len(mixes_digests(block, drafts)),
        len(shares_cells(block, drafts)),
        sum(has_shared_heading(block, draft) for draft in drafts),
    )


class _Told(NamedTuple):
    """The digits of rows by what certificates say, and how many rows are faulty: see `Judged`."""

    vouched: set[str]
    refuted: set[str]
    mismatched: set[str]
    strange: set[str]
    faulty: int


def _told_by_certificates(
    block: Block, proposal: Proposal, subjects: Sequence[str], known: Known, *, is_last: bool
) -> _Told:
    """Hold each row against its certificate; of one that none is known of, tell whether it can be.

    The last row may go on on the next page, unless it ``is_last`` of the document.
    """
    vouched: set[str] = set()
    refuted: set[str] = set()
    mismatched: set[str] = set()
    strange: set[str] = set()
    faulty = 0
    for number, (draft, text) in enumerate(zip(proposal.drafts, subjects, strict=True)):
        subject = settle(text, False)
        certified = known.get(draft.digits.digits)
        if _is_of_another(draft, known):
            mismatched.add(draft.digits.digits)
            faulty += 1
            continue
        if certified is not None and not draft.is_label:
            if is_subject(subject, certified.subject, is_scanned=draft.is_scanned(block)):
                vouched.add(draft.digits.digits)
                continue
            refuted.add(draft.digits.digits)
            strange.update(set(subject.split()[-1:]) - {*certified.subject.split()})
        is_open = number == len(subjects) - 1 and not is_last
        if crosses_columns(block, draft) or not (is_open or is_sound(draft, subject)):
            faulty += 1
    return _Told(vouched, refuted, mismatched, strange, faulty)


def _is_of_another(draft: Draft, known: Known) -> bool:
    """Whether the SHA-256 of a row is that of another known certificate than its SHA-1 is."""
    other = known.get(draft.sha256.digits) if draft.sha256 else None
    return other is not None and other.fingerprint != draft.digits.digits


def twins(block: Block, drafts: Sequence[Draft], subjects: Sequence[str]) -> set[int]:
    """The rows, by number, beside which the same name stands with other digits, on their page.

    Lists that stand side by side have other names on a line: these are columns of one table. In
    one column of text, they begin on one line. A value of a column may be taken with a name.
    """
    seen: dict[tuple[int, str], list[tuple[int, float, float, float, int]]] = {}
    found: set[int] = set()
    for number, (draft, subject) in enumerate(zip(drafts, subjects, strict=True)):
        if not draft.subject:
            continue
        begin = draft.begin.line
        line = block.lines[begin]
        levels = [block.lines[index].words[words[0]].y for index, words in draft.subject]
        top, foot = min(levels) - 0.5 * line.size, max(levels) + 0.5 * line.size
        name = row_key("", without_value(settle(subject, True)))[1]
        others = seen.setdefault((line.page, name), [])
        for other, above, below, shift, first in others:
            is_apart = shift != line.shift or first == begin
            is_beside = top < below and above < foot and is_apart
            if is_beside and drafts[other].digits.digits != draft.digits.digits:
                found |= {number, other}
        others.append((number, top, foot, line.shift, begin))
    return found


def mixes_digests(block: Block, drafts: Sequence[Draft]) -> set[int]:
    """The rows, by number, of columns of text that have SHA-1 here and only SHA-256 there.

    Lists that stand side by side have digests of one kind: these are columns of one table.
    """
    kinds: dict[int, dict[float, set[bool]]] = {}
    for draft in drafts:
        line = block.lines[draft.digits.line]
        shifts = kinds.setdefault(line.page, {})
        shifts.setdefault(line.shift, set()).add(len(draft.digits.digits) == SHA256)
    mixed = {
        page for page, shifts in kinds.items() if len(set(map(frozenset, shifts.values()))) > 1
    }
    return {
        number
        for number, draft in enumerate(drafts)
        if block.lines[draft.digits.line].page in mixed
    }


def shares_cells(block: Block, drafts: Sequence[Draft]) -> set[int]:
    """The rows, by number, whose subject has only a part of a cell, and another row has the rest.

    Where a document shows cells, running text doesn't part them.
    """
    held: dict[tuple[object, ...], set[int]] = {}
    for number, draft in enumerate(drafts if block.spots else ()):
        for line, words in draft.subject:
            spot = block.spots.get((line, words[0]))
            if spot is not None and spot.column >= 0:
                held.setdefault((spot.page, spot.row, spot.column), set()).add(number)
    return {number for numbers in held.values() if len(numbers) > 1 for number in numbers}


def has_shared_heading(block: Block, draft: Draft) -> bool:
    """Whether a row stands below headings of several releases, and none of them is its own."""
    return block.lines[draft.digits.line].section.is_shared and not draft.release


def crosses_columns(block: Block, draft: Draft) -> bool:
    """Whether a subject has words of several columns: of stated cells, or with white between.

    So it has where other words stand amid its own on a line.
    """
    if block.cell_of(draft.subject) is not None:
        return False
    spots = (block.spots.get((line, at)) for line, words in draft.subject for at in words)
    if block.spots and len({spot.column for spot in spots if spot}) > 1:
        return True
    chunks = block.tokens.chunks
    return any(
        before + 1 < at or at in chunks[line]
        for line, words in draft.subject
        for before, at in pairwise(words)
    )


def _not_waiting(block: Block, proposal: Proposal, loose: Sequence[Token]) -> list[Token]:
    """What is unexplained but for what may go on on the next page, below the last row.

    The row of a name may be there, which is the last one of this page; or the rest of digits whose
    label says what they are.
    """
    last = max((draft.lines[1] for draft in proposal.drafts), default=-1)
    whole = {
        token
        for token, digits in block.tokens.owner.items()
        if digits.is_digest or digits.role is None
    }
    begins = _begin_of_last(block, loose)
    return [token for token in loose if token.line <= max(last, begins) or token in whole]


def _begin_of_last(block: Block, loose: Sequence[Token]) -> int:
    """The last line above the last of loose names, which may wait for the next page.

    The lines of one name stand right below each other.
    """
    lines = sorted({token.line for token in loose if token not in block.tokens.owner})
    for above, below in reversed([*pairwise(lines)]):
        if not block.lines[below].is_right_below(block.lines[above]):
            return above
    return -1


def is_sound(draft: Draft, subject: str) -> bool:
    """Whether a row has a fingerprint and a complete name; a label where no names are printed."""
    digits = draft.digits
    is_named = "=" not in subject if draft.is_label else faults.is_strict(subject)
    return digits.is_sound and is_named


def is_subject(printed: str, subject: str, *, is_scanned: bool = False) -> bool:
    """Whether what is printed is this subject, in any spelling; or may be, as OCR reads it."""
    if printed == subject:
        return True
    actual = _parsed(subject)
    if actual is None:
        return False
    if is_scanned and names.matches_scan(printed, actual):
        return True
    return names.matches(printed, actual) or names.is_rearranged(printed, actual)


@cache
def _parsed(subject: str) -> names.Name | None:
    try:
        return names.parse(subject)
    except names.InvalidName:
        return None


_NAMELESS: Final[frozenset[Role | None]] = frozenset(
    {None, "subject", "sha1", "sha256", "md5", "fingerprint", "date", "release"}
)
"""Labels and titles of these roles explain no name: a subject is a row's, or it is loose."""


def unexplained(
    block: Block, proposal: Proposal, taken: Collection[tuple[int, int]]
) -> list[Token]:
    """What only rows hold and no row has: the first words of digests and of names.

    Digits are explained by their own label or by the title of their column, whatever a layout
    says; names by the label or title that the layout found. Rows have the words ``taken``.
    """
    roles = {token: each.role for each in proposal.fields for token in each.tokens}
    loose: list[Token] = []
    for digits in block.digits:
        first = digits.begin
        if first in taken or role_of(block, digits) in NOT_FINGERPRINTS:
            continue
        # in a column of fingerprints each run of digits is of a row, complete or not
        if digits.is_digest or roles.get(first, "fingerprint") in FINGERPRINTS:
            loose.append(first)
    open_ = False
    for index in block.span:
        line = block.lines[index]
        found = None
        for at, word in enumerate(line.words):
            if "=" not in word.text:
                continue
            first = Token(index, at - 1 if word.text[0] == "=" and at else at)
            if first in taken or roles.get(first) not in _NAMELESS:
                open_ = False
            elif begins_name(line.words, first.word) or vocabulary.holds_attribute(word.text):
                found = found or (None if open_ else first)
        if found:
            loose.append(found)
        open_ = bool(found or open_) and line.words[-1].text.endswith(GOES_ON)
    return loose


def _words(block: Block, proposal: Proposal, taken: Collection[tuple[int, int]]) -> int:
    """How many other words stand between the rows unexplained."""
    if not proposal.drafts:
        return sum(len(block.lines[index].words) for index in block.span)
    fields = chain.from_iterable(each.tokens for each in proposal.fields)
    held = [line for draft in proposal.drafts for line in draft.lines]
    words = {
        (index, at)
        for index in range(min(held), max(held) + 1)
        for at in range(len(block.lines[index].words))
    }
    return len(words.difference(taken, fields, block.tokens.owner))


def agreed_rows(one: Judged, other: Judged) -> set[tuple[str, str]]:
    """The rows that both of two proposals have."""
    return one.rows() & other.rows()
