"""Whether groups of digits may belong together otherwise than they were taken.

``CA`` ends a name, and is hex digits, too; so does ``2048``. Where they stand before digits that
lack as many at their end, with a lone group on the next line, nothing but its place tells which
groups make up a fingerprint: ``… Root CA F6 A7 … 43`` above ``7E``. The same goes for ``83`` before
``45 14 … 1e`` above ``CA``.
"""

import re
from collections import Counter
from collections.abc import Collection
from typing import Final

from pipeline.extract.blocks import Block
from pipeline.extract.fingerprints import SHA256, Fingerprint, Piece
from pipeline.extract.layouts import Draft
from pipeline.extract.page import Token
from pipeline.extract.settings import SETTINGS
from pipeline.extract.surroundings import Surroundings

_SEVERAL: Final = 2
_GROUP: Final = re.compile(r"[0-9A-Fa-f]+")


def may_be_shifted(page: Surroundings, draft: Draft) -> bool:
    """Whether the digits of a row, or those right behind its name, may begin or end elsewhere."""
    block, end = page.block, draft.end
    behind = block.tokens.owner.get(Token(end.line, end.word + 1))
    taken = page.digits
    return _begins_short(block, draft.digits) or any(
        _is_shifted(block, digits, taken) for digits in (draft.digits, behind) if digits is not None
    )


def _begins_short(block: Block, digits: Fingerprint) -> bool:
    """Whether digits begin with a shorter line than the next, as near below others as that is.

    A line that is broken where it is full is no shorter: that may be the rest of those above.
    """
    if len(digits.pieces) < _SEVERAL or digits.role or not digits.line:
        return False
    first, second = digits.pieces[:_SEVERAL]
    if len(first.digits) >= len(second.digits) or abs(first.x0 - second.x0) > SETTINGS.same_edge:
        return False
    above, line, below = (block.lines[at] for at in (first.line - 1, first.line, second.line))
    if line.y - above.y > SETTINGS.whiter * (below.y - line.y) or above.page != line.page:
        return False
    owners = (block.tokens.owner.get(Token(first.line - 1, at)) for at in range(len(above.words)))
    return any(
        owner is not None
        and len(owner.digits) != SHA256  # that of the same row
        and abs(owner.x0 - digits.x0) < SETTINGS.same_edge
        for owner in owners
    )


def _is_shifted(block: Block, digits: Fingerprint, taken: Collection[tuple[int, int]]) -> bool:
    """Whether one end may be none of some digits, and as many more stand beside the other end."""
    first, last = digits.pieces[0], digits.pieces[-1]
    if block.cell_of([(each.line, [*range(each.first, each.last + 1)]) for each in digits.pieces]):
        return False
    groups = [len(block.lines[line].words[at].text) for line, at in digits.words]
    (size, count), *_ = Counter(groups).most_common(1)
    if count < _SEVERAL:  # they stand in one word
        return False
    edges = [piece.x0 for piece in digits.pieces]
    if len(edges) > 1 and max(edges) - min(edges) < SETTINGS.same_edge:  # a column has them
        return False
    before, after = _before(block, first), _after(block, last)
    runs_on = first.first > 0 and first.first not in block.tokens.chunks[first.line]
    may_begin_later = _is_lone(first) if first is not last else runs_on
    may_end_earlier = first is not last and _is_lone(last)
    return (may_end_earlier and _is_group(block, before, size, taken)) or (
        may_begin_later and _is_group(block, after, size, taken)
    )


def _is_lone(piece: Piece) -> bool:
    return piece.first == piece.last


def _before(block: Block, piece: Piece) -> Token | None:
    """The word before a piece, on its line or at the end of that right above."""
    if piece.first:
        return Token(piece.line, piece.first - 1)
    above = block.lines[piece.line - 1] if piece.line else None
    if above is None or not block.lines[piece.line].is_right_below(above):
        return None
    return Token(piece.line - 1, len(above.words) - 1)


def _after(block: Block, piece: Piece) -> Token | None:
    """The word behind a piece, on its line or at the beginning of that right below."""
    line = block.lines[piece.line]
    if piece.last + 1 < len(line.words):
        return Token(piece.line, piece.last + 1)
    below = block.lines[piece.line + 1] if piece.line + 1 < len(block.lines) else None
    if below is None or not below.is_right_below(line):
        return None
    return Token(piece.line + 1, 0)


def _is_group(
    block: Block, token: Token | None, size: int, taken: Collection[tuple[int, int]]
) -> bool:
    """Whether a word is a group of so many digits, and of no row."""
    text = block.tokens.word(token).text if token and token not in taken else ""
    return len(text) == size and _GROUP.fullmatch(text) is not None
