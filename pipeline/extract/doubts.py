"""Why a row isn't believed though it looks complete: what stands around it on its page.

Layouts propose, certificates vouch; of a root that nobody knows neither can tell that a row is
wrong. What is here looks at tokens and rows alone, whatever layout made them: at words right behind
a name, at a line that had room for the next one, at rows that lack what others have. Each doubt
makes a problem of its row, unless the row's own certificate vouches for it.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from pipeline.extract import vocabulary
from pipeline.extract.blocks import Block, Placed
from pipeline.extract.choose import Judged, crosses_columns, mixes_digests, twins
from pipeline.extract.fingerprints import Fingerprint
from pipeline.extract.layouts import Draft, Proposal, Way, before_of
from pipeline.extract.layouts.aligned import role_of
from pipeline.extract.settings import SETTINGS
from pipeline.extract.tokens import Label, Token, begins_name, is_date, is_number
from pipeline.extract.vocabulary import Role

_NO_SUBJECT: Final[frozenset[Role | None]] = frozenset(
    {"issuer", "fingerprint", "sha1", "sha256", "md5", "serial", "key", "date", "status"}
)
"""Under titles of these roles there are no subjects."""

_COLUMNS = "Words of several columns stand in this subject; look at the page."
_TITLE = "This subject stands below a title that is none of subjects; look at the page."
_NAME = "A name beside this row belongs to no row; look at the page."
_MUCH = "Much beside the rows of this page belongs to no row; look at the page."
_DIGITS = "Nothing tells which digits of this row are its fingerprint."
_KINDS = "Some rows have a SHA-1 and others only a SHA-256; look at the page."
_WORDS = "Words beside this row belong to no row; look at the page."
_BEHIND = "Other words stand right behind this subject; look at the page."
_ROOM = "Within this subject a line ends that had room for the next word; look at the page."
_LABEL = "A label stands in this subject; look at the page."
_ORDER = "Rows near this one lack what it has: nothing tells what belongs together."


@dataclass(slots=True)
class Doubter:
    """Finds doubts, page after page.

    ``out_of_step`` are the sections in which names and fingerprints don't go in pairs.
    ``is_ragged`` tells that lines end early in this document, as where they are broken by the
    number of characters: several rows of a page do, or one that its certificate vouches for.
    """

    out_of_step: set[int] = field(default_factory=set)
    is_ragged: bool = False

    def doubts(
        self,
        best: Judged,
        drafts: Sequence[Draft],
        loose: Sequence[Token],
        explained: Collection[tuple[int, int]],
        ways: Mapping[Way, int],
    ) -> dict[int, str]:
        """Why rows aren't believed, by the identity of their drafts.

        ``drafts`` are those of the page that no other page adds to; ``loose`` are the names and
        digits that no row has and nothing explains, ``explained`` the words of rows and of fields;
        ``ways`` count the rows that were vouched for before.
        """
        page = _Page(best, explained)
        proposed = best.proposal.drafts
        found: dict[int, str] = {}
        early = {draft.digits.digits for draft in proposed if _is_broken_early(page, draft)}
        is_ragged = len(early) > 1 or not best.vouched.isdisjoint(early)
        self.is_ragged = self.is_ragged or is_ragged
        for draft in drafts:
            for says, hint in _OF_ONE_ROW:
                if says(page, draft) and not (says is _is_broken_early and self.is_ragged):
                    found[id(draft)] = hint
                    break
        block = best.block
        for token in loose:
            if token not in block.tokens.owner:
                for draft in _beside(block, token, drafts):
                    found.setdefault(id(draft), _NAME)
        if _is_not_understood(best, ways):
            found = {**dict.fromkeys(map(id, drafts), _MUCH), **found}
        beside = {id(proposed[number]) for number in twins(block, proposed, best.subjects)}
        for draft in drafts:
            if id(draft) in beside or _has_digits_beside(best, draft, loose, ways):
                found[id(draft)] = _DIGITS
        found.update((id(proposed[number]), _KINDS) for number in mixes_digests(block, proposed))
        for draft in self._unpaired(block, drafts):
            found.setdefault(id(draft), _ORDER)
        sure = best.vouched | best.refuted
        told = {id(draft) for draft in drafts if draft.digits.digits not in sure}
        return {key: hint for key, hint in found.items() if key in told}

    def _unpaired(self, block: Block, drafts: Sequence[Draft]) -> Iterator[Draft]:
        """The rows of sections in which order alone pairs names and digits, and an end lacks one.

        Where the first or the last row lacks what others have, all between may be paired wrongly.
        """
        by_section: dict[int, list[Draft]] = defaultdict(list)
        for draft in drafts:
            by_section[block.lines[draft.digits.line].section.number].append(draft)
        for section, rows in by_section.items():
            ordered = [draft for draft in rows if _is_by_order(block, draft)]
            if not ordered:
                continue
            lacks_name = not (rows[0].subject and rows[-1].subject)
            if lacks_name or len({draft.sha256 is None for draft in rows}) > 1:
                self.out_of_step.add(section)
            if section in self.out_of_step:
                yield from ordered


class _Edge(NamedTuple):
    """What a line may reach up to: that of the column of text or of the table it stands in."""

    page: int
    shift: float
    section: int


class _Page:
    """A page as it was read: its tokens, and the rows that a layout made of them."""

    def __init__(self, best: Judged, explained: Collection[tuple[int, int]]) -> None:
        self.block = best.block
        self.explained = explained
        self._edges: dict[_Edge, float] = {}
        for draft in best.proposal.drafts:
            by_order = _is_by_order(self.block, draft)
            for line, words in draft.subject:
                placed = self.block.lines[line]
                edge = _edge(placed)
                x1 = placed.words[-1 if by_order else words[-1]].x1
                self._edges[edge] = max(self._edges.get(edge, 0.0), x1)

    def room(self, line: int, x1: float) -> float:
        """How much room there is on a line behind a place."""
        return self._edges.get(_edge(self.block.lines[line]), x1) - x1


def _edge(line: Placed) -> _Edge:
    return _Edge(line.page, line.shift, line.section.number)


def _is_by_order(block: Block, draft: Draft) -> bool:
    """Whether a row's name stands on other lines than its digits: order alone pairs them."""
    if not draft.subject:
        return False
    lines = {piece.line for piece in draft.digits.pieces}
    return draft.subject[-1][0] < min(lines) or draft.subject[0][0] > max(lines)


# --- a row and what stands right beside it -------------------------------------------------------


def _crosses(page: _Page, draft: Draft) -> bool:
    return crosses_columns(page.block, draft)


def _has_other_title(page: _Page, draft: Draft) -> bool:
    """Whether a subject stands below the title of a column that holds something else."""
    if not draft.subject or draft.is_label:
        return False
    line, words = draft.subject[0]
    held = page.block.lines[line].words
    if any(label.end == words[0] for label in page.block.tokens.labels[line]):
        return False  # its own label tells more
    return page.block.title_role(held[words[0]].x0, held[words[-1]].x1, line) in _NO_SUBJECT


def _has_words_behind(page: _Page, draft: Draft) -> bool:
    """Whether a line of a subject goes on with words that the row doesn't have.

    Digits of a fingerprint, or a label with its value, may follow a name in running text.
    """
    if draft.is_label:  # other words of a listing may follow an alias
        return False
    block = page.block
    for line, words in draft.subject:
        placed = block.lines[line]
        after = words[-1] + 1
        if after >= len(placed.words):
            continue
        word, before = placed.words[after], placed.words[words[-1]]
        if (
            word.x0 - before.x1 >= SETTINGS.space_within * placed.size
            or after in block.tokens.chunks[line]
        ):
            continue
        digits = block.tokens.owner.get(Token(line, after))
        if digits is not None:
            if digits.is_sound or digits.role is not None:
                continue
            return True
        if not (_is_labelled(block.tokens.labels[line], after) or _is_aside(word.text)):
            return True
    return False


def _is_labelled(labels: Sequence[Label], at: int) -> bool:
    return any(label.first == at for label in labels)


def _is_aside(text: str) -> bool:
    """Whether a word is a mark, or opens a bracket: what follows is none of the name."""
    return not any(map(str.isalnum, text)) or text[0] in "([{"


def _is_broken_early(page: _Page, draft: Draft) -> bool:
    """Whether a line of a subject ends though the next word had room: that is of another text.

    An attribute may begin a line of its own.
    """
    block = page.block
    for (line, words), (below, following) in pairwise(draft.subject):
        placed, next_ = block.lines[line], block.lines[below].words
        word = next_[following[0]]
        if begins_name(next_, following[0]) or word.text.startswith("="):
            continue
        needed = word.x1 - word.x0 + (SETTINGS.usual_space + SETTINGS.spare_room) * placed.size
        if page.room(line, placed.words[words[-1]].x1) > needed:
            return True
    return False


def _holds_label(page: _Page, draft: Draft) -> bool:
    """Whether a part of a subject between two commas is a label, and no attribute of a name."""
    text = " ".join(
        page.block.lines[line].words[at].text for line, words in draft.subject for at in words
    )
    return any(
        "=" not in part and vocabulary.role_of(part.strip()) is not None
        for part in text.split(",")[1:]
    )


def _has_words_beside(page: _Page, draft: Draft) -> bool:
    """Whether a subject may lack words: others stand within its column, or right below it."""
    block = page.block
    if not draft.subject:
        return False
    held = [block.lines[line].words[at] for line, words in draft.subject for at in words]
    low, high = min(word.x0 for word in held), max(word.x1 for word in held)
    first, last = draft.subject[0][0], draft.subject[-1][0]
    end = last + 1
    if end < len(block.lines) and end not in block.cuts and _adjoin(block, end):
        starts = [block.lines[end].words[at].x0 for at in block.tokens.chunks[end]]
        # a text that begins left of the column, as prose does, is none of its
        end += any(low - block.lines[end].size < x0 < high for x0 in starts)
    lines = range(first, min(end, len(block.lines)))
    return any(
        word.x0 < high and word.x1 > low and not (is_number(word.text) or is_date(word.text))
        for line in lines
        for at, word in enumerate(block.lines[line].words)
        if Token(line, at) not in page.explained and Token(line, at) not in block.tokens.owner
    )


def _adjoin(block: Block, index: int) -> bool:
    line, above = block.lines[index], block.lines[index - 1]
    return line.y - above.y <= SETTINGS.label_step * line.size


_OF_ONE_ROW: Final[Sequence[tuple[Callable[[_Page, Draft], bool], str]]] = (
    (_crosses, _COLUMNS),
    (_has_other_title, _TITLE),
    (_has_words_behind, _BEHIND),
    (_is_broken_early, _ROOM),
    (_holds_label, _LABEL),
    (_has_words_beside, _WORDS),
)


# --- rows among others ---------------------------------------------------------------------------


def _beside(block: Block, token: Token, drafts: Sequence[Draft]) -> list[Draft]:
    """The rows right above and below a name, in whose column of the page it stands."""
    line = block.lines[token.line]
    place = (line.page, line.shift)
    near = [
        draft
        for draft in drafts
        for lines in [range(draft.lines[0], draft.lines[1] + 1)]
        if any((block.lines[at].page, block.lines[at].shift) == place for at in lines)
    ]
    above = [draft for draft in near if draft.lines[0] <= token.line]
    below = [draft for draft in near if draft.lines[1] >= token.line]
    return [*above[-1:], *below[:1]]


def _is_not_understood(best: Judged, ways: Mapping[Way, int]) -> bool:
    """Whether as much of a page is left as is read, and certificates vouch for no other way.

    Of one or two rows that says little: a line of another kind is as much.
    """
    vouched = best.evidence.vouched + before_of(best.proposal.way, ways)
    rows = len(best.proposal.drafts)
    return vouched < 2 and rows > 2 and best.evidence.cost >= SETTINGS.name_cost * rows


def _has_digits_beside(
    best: Judged, draft: Draft, loose: Sequence[Token], ways: Mapping[Way, int]
) -> bool:
    """Whether other digits stand beside a row's own, and nothing says which are which.

    A label or a title may say it, or certificates of other rows in the same column.
    """
    block = best.block
    if role_of(block, draft.digits) in ("sha1", "sha256", "fingerprint"):
        return False
    page, top, foot = extent(block, draft)

    def is_beside(other: Fingerprint) -> bool:
        return len(other.digits) == len(draft.digits.digits) and any(
            block.lines[piece.line].page == page
            and top <= block.lines[piece.line].words[piece.first].y <= foot
            for piece in other.pieces
        )

    others = [block.tokens.owner[token] for token in loose if token in block.tokens.owner]
    if not any(map(is_beside, others)):
        return False
    vouched = [
        each.digits.x0 for each in best.proposal.drafts if each.digits.digits in best.vouched
    ]
    near = sum(abs(x0 - draft.digits.x0) < 2 * SETTINGS.same_place for x0 in vouched)
    return near + before_of(Proposal(best.proposal.layout, [draft]).way, ways) < 1


def extent(block: Block, draft: Draft) -> tuple[int, float, float]:
    """The page that a row begins on, and from where to where it reaches there."""
    page = block.lines[draft.lines[0]].page
    levels = [
        block.lines[line].words[at].y
        for line, at in draft.tokens()
        if block.lines[line].page == page
    ]
    return page, min(levels) - 1, max(levels) + 1
