"""Whether groups of digits may belong together otherwise than they were taken.

A fingerprint that ends in a lone group on a line of its own may as well begin one group earlier:
``83`` before ``45 14 … 1e``, and ``CA`` below, which ends the name. Nothing but its place tells
which is which.
"""

import re
from typing import Final

from pipeline.extract.blocks import Block
from pipeline.extract.fingerprints import Piece
from pipeline.extract.layouts import Draft
from pipeline.extract.page import Token
from pipeline.extract.surroundings import Surroundings

_GROUP: Final = re.compile(r"[0-9A-Fa-f]+")


def may_be_shifted(page: Surroundings, draft: Draft) -> bool:
    """Whether one end of a fingerprint is a lone group, and another stands beside the other end."""
    block, first, last = page.block, draft.digits.pieces[0], draft.digits.pieces[-1]
    if first is last or block.cell_of(
        [(p.line, [*range(p.first, p.last + 1)]) for p in (first, last)]
    ):
        return False
    whole = max(draft.digits.pieces, key=lambda piece: piece.last - piece.first)
    size = len(block.lines[whole.line].words[whole.first].text)
    taken = {token for each in page.drafts for token in each.digits.words}
    before, after = _before(block, first), _after(block, last)
    return (_is_lone(last) and _is_group(block, before, size, taken)) or (
        _is_lone(first) and _is_group(block, after, size, taken)
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


def _is_group(block: Block, token: Token | None, size: int, taken: set[tuple[int, int]]) -> bool:
    """Whether a word is a group of so many digits, and of no row."""
    text = block.tokens.word(token).text if token and token not in taken else ""
    return len(text) == size and _GROUP.fullmatch(text) is not None
