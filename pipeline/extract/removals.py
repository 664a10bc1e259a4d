"""What says of some row that it is removed, and of which one."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from pipeline.extract.blocks import Block, value_of
from pipeline.extract.doubts import extent
from pipeline.extract.layouts import Draft
from pipeline.extract.page import Token, text_of
from pipeline.extract.settings import SETTINGS
from pipeline.extract.trust_words import is_mark, says_untrusted


def removed_marks(block: Block) -> list[Token]:
    """The words that say of some row that it is removed: below a title, or behind a label."""
    found: list[Token] = []
    for index in block.span:
        words = block.lines[index].words
        for label in block.tokens.labels[index]:
            title = text_of(words[label.first : label.end])
            value = value_of(block, index, label)
            if value and says_untrusted(title, value.text):
                found.append(Token(value.line, value.words[0]))
        found.extend(
            Token(index, at)
            for at, word in enumerate(words)
            if is_mark(word.text) and _is_status(block, index, at)
        )
    return found


def _is_status(block: Block, index: int, at: int) -> bool:
    """Whether a word stands in a column of a status or, where it has no title, by itself."""
    words = block.lines[index].words
    title = block.title_of(words[at].x0, words[at].x1, index)
    starts = [*block.tokens.chunks[index], len(words)]
    begin = max(start for start in starts if start <= at)
    end = min(start for start in starts if start > at)
    text = text_of(words[begin:end])
    if title:  # ``Not revoked`` is no such word
        is_said = end - begin > SETTINGS.mark_words or is_mark(text)
        return is_said and block.title_role(words[at].x0, words[at].x1, index) == "status"
    return end - begin <= SETTINGS.mark_words and "=" not in text and not block.tokens.labels[index]


def mark_removed(block: Block, drafts: Sequence[Draft], marks: Iterable[Token]) -> None:
    """Give each of the ``marks`` of removed rows to a row, if the layout gave it to none.

    It is the row that it stands beside, or from which less white parts it; between two rows, either
    may be meant. The row above may stand on the page before, and the one below on the next.
    """
    for token in marks:
        if any(token in draft.tokens() for draft in drafts):
            continue
        line = block.lines[token.line]
        word = line.words[token.word]
        placed = [(draft, *extent(block, draft)) for draft in drafts]
        near = [
            (draft, top, foot)
            for draft, page, top, foot in placed
            if page == line.page and block.lines[draft.lines[0]].shift == line.shift
        ]
        meant = [draft for draft, top, foot in near if top <= word.y <= foot]
        if not meant:
            above = [draft for draft, _, foot in near if foot < word.y] or [
                draft for draft, page, *_ in placed if page < line.page
            ]
            below = [draft for draft, top, _ in near if top > word.y] or [
                draft for draft, page, *_ in placed if page > line.page
            ]
            ends = sorted(above, key=lambda draft: draft.lines[1])[-1:]
            ends += sorted(below, key=lambda draft: draft.lines[0])[:1]
            white = [_white(block, token.line, draft) for draft in ends]
            meant = [draft for draft, w in zip(ends, white, strict=True) if w <= min(white)]
        if meant and not any(draft.status for draft in meant):
            for draft in meant:
                draft.status = word.text


def _white(block: Block, index: int, draft: Draft) -> int:
    """The widest step from line to line between a line and a row, in tenths of the font size."""
    first, last = draft.lines
    low, high = (last, index) if last < index else (index, first)
    lines = block.lines[low : high + 1]
    steps = (below.y - above.y for above, below in pairwise(lines))
    return round(10 * max(steps, default=0.0) / (block.size or 1.0))  # damaged text may have none
