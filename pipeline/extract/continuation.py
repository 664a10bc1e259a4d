"""What of the lines read so far may go on on the next page, or in the next column."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from pipeline.extract.blocks import Block
from pipeline.extract.choose import Judged, row_key
from pipeline.extract.document import Problem
from pipeline.extract.fingerprints import Fingerprint
from pipeline.extract.joining import settle
from pipeline.extract.layouts import Draft, Field
from pipeline.extract.layouts.aligned import role_of
from pipeline.extract.page import Token
from pipeline.extract.vocabulary import NOT_FINGERPRINTS
from pipeline.extract.word_kinds import begins_name

_OVER_PAGES: Final = (
    "Columns stand side by side on several pages: nothing tells where this row goes on."
)
_OTHERWISE: Final = (
    "Together with the next page, this row is read otherwise than on its own; look at the page."
)


def tail_of(
    block: Block, drafts: Sequence[Draft], fields: Sequence[Field], removed: Iterable[Token]
) -> range:
    """The lines that a page to come may add to: those of the last row, and a name below it.

    So are ``removed`` marks of rows, and all up to a label whose value stands on the next page.
    """
    beside = {token for each in fields for token in each.tokens}
    count = len(block.lines)
    begin, end = count, 0
    if drafts:
        spans = [draft.lines for draft in drafts]
        begin = spans[-1][0]
        for first, last in reversed(spans[:-1]):
            if last >= begin:
                begin = min(begin, first)
        end = max(last for _, last in spans) + 1
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
        end = max([end, *(at + 1 for at in marked)])
    if end < count and _is_label(block, count - 1) and cuts.isdisjoint(range(end, count)):
        begin, end = min(begin, count - 1), count
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


def _is_label(block: Block, index: int) -> bool:
    """Whether a line is a label and nothing else."""
    labels = block.tokens.labels[index]
    return bool(labels) and labels[-1].end - labels[0].first == len(block.lines[index].words)


def _has_name(block: Block, index: int) -> bool:
    words = block.lines[index].words
    return any(begins_name(words, at) for at in range(len(words)))


def _adjoin(block: Block, index: int) -> bool:
    return block.lines[index].is_right_below(block.lines[index - 1])


@dataclass(slots=True)
class Flow:
    """Whether text ``flows``: a row goes on from one column of a page to the next.

    Until one does, the text of each column may go on in the same column of the next page, and so
    may the rows that stood last there: ``ends`` are the problems to report of these.
    """

    flows: bool = False
    ends: list[Problem] = field(default_factory=list)

    def doubts(
        self, best: Judged, final: Sequence[tuple[Draft, str]]
    ) -> tuple[dict[int, str], list[Problem]]:
        """Rows of a page that go on in the next column, and those that end the columns before.

        There is a doubt only on a page whose columns may go on from the one before, and where a row
        goes on from there: nothing tells from which of its columns.
        """
        block, page = best.block, best.block.lines[-1].page if best.block.lines else 0
        parts = [{block.lines[at].text_column for at in draft.held_lines()} for draft, _ in final]
        across = [
            draft.digits.is_sound and len({shift for number, shift in part if number == page}) > 1
            for (draft, _), part in zip(final, parts, strict=True)
        ]
        found: dict[int, str] = {}
        if self.ends and not self.flows:
            for (draft, _), part in zip(final, parts, strict=True):
                if len(part) > 1 and draft.digits.digits not in best.vouched:
                    found[id(draft)] = _OVER_PAGES
        problems = self.ends if found else []
        self.flows = self.flows or (any(across) and not found)
        self.ends = _ends_of_columns(best, final, page) if best.bounds and not self.flows else []
        return found, problems


@dataclass(slots=True)
class Waiting:
    """The subjects of rows that a page to come may add to, by their digits."""

    subjects: dict[str, str] = field(default_factory=dict)

    def doubts(
        self,
        best: Judged,
        final: Sequence[tuple[Draft, str]],
        waiting: Iterable[tuple[Draft, str]],
    ) -> dict[int, str]:
        """Rows that waited for a page, but don't begin as they were read without it.

        Nor does one that stands on the page before, whole, and was none there.
        """
        found: dict[int, str] = {}
        lines = best.block.lines
        for draft, text in final:
            digits, subject = row_key(draft.digits.digits, text)
            if digits in best.vouched:
                continue
            is_before = all(lines[at].page < lines[-1].page for at in draft.held_lines())
            begun = self.subjects.get(digits)
            if (begun is None and is_before) or not subject.startswith(begun or ""):
                found[id(draft)] = _OTHERWISE
        self.subjects = dict(row_key(draft.digits.digits, text) for draft, text in waiting)
        return found


def _ends_of_columns(best: Judged, final: Sequence[tuple[Draft, str]], page: int) -> list[Problem]:
    """The rows that stand last in a column of a page, but for those that are vouched for."""
    lines = best.block.lines
    last = {line.text_column: at for at, line in enumerate(lines)}
    ends: list[Problem] = []
    for draft, text in final:
        foot = draft.lines[1]
        at_end = foot == last[lines[foot].text_column]
        if lines[foot].page == page and at_end and draft.digits.digits not in best.vouched:
            told = settle(f"{draft.digits.digits} {text}", False)
            ends.append(Problem("unaccounted-text", page, told, _OVER_PAGES))
    return ends
