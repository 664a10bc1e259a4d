"""What of the lines read so far may go on on the next page."""

from collections.abc import Collection, Iterable, Sequence

from pipeline.extract.blocks import Block
from pipeline.extract.fingerprints import Fingerprint
from pipeline.extract.layouts import Draft, Field
from pipeline.extract.layouts.aligned import role_of
from pipeline.extract.page import Token
from pipeline.extract.tokens import begins_name
from pipeline.extract.vocabulary import NOT_FINGERPRINTS


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
