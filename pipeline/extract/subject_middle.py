"""Whether the lines of a subject are one run of text, and nothing else is amid them."""

import re
from itertools import pairwise
from typing import Final

from pipeline.extract import vocabulary
from pipeline.extract.choose import crosses_columns
from pipeline.extract.fingerprints import SHA1, SHORTEST
from pipeline.extract.joining import is_full, room_needed
from pipeline.extract.layouts import Draft
from pipeline.extract.page import Token, text_of
from pipeline.extract.settings import SETTINGS
from pipeline.extract.surroundings import Surroundings, goes_on_left
from pipeline.extract.word_kinds import DASHES, begins_name

_WEB_ADDRESS: Final = re.compile(r"(?:://|www\.)\S*[^\s,;+/\\_@.-]$", re.IGNORECASE)
"""A web address, broken behind none of the marks behind which typesetters break one."""
_HYPHENATED: Final = re.compile(r"[^\W\d_]{2}-$")
"""A word that a hyphen ends, of the name or of the line."""


def has_words_of_columns(page: Surroundings, draft: Draft) -> bool:
    """Whether words of several columns stand in a subject."""
    return crosses_columns(page.block, draft)


def is_broken_early(page: Surroundings, draft: Draft) -> bool:
    """Whether a line of a subject ends though the next word had room: that is of another text.

    An attribute may begin a line of its own.
    """
    block = page.block
    for (line, words), (below, following) in pairwise(draft.subject):
        placed, next_ = block.lines[line], block.lines[below].words
        word = next_[following[0]]
        if begins_name(next_, following[0]) or word.text.startswith("="):
            continue
        if page.room(line, placed.words[words[-1]].x1) > room_needed(word, placed.size):
            return True
    return False


def is_joined(page: Surroundings, draft: Draft) -> bool:
    """Whether nobody can tell if a space belongs behind the web address that fills a line."""
    if not any(len(words) == 1 for _, words in draft.subject[:-1]):
        return False
    lines = draft.subject_lines(page.block)
    return any(
        len(line.words) == 1
        and is_full(line)
        and _WEB_ADDRESS.search(line.words[0].text) is not None
        and following.words[0].text[0] not in "(["
        for line, following in pairwise(lines)
    )


def is_hyphenated(page: Surroundings, draft: Draft) -> bool:
    """Whether nobody can tell if a hyphen within a word is of it, or of the line that it ends."""
    lines = page.block.lines
    return any(
        _HYPHENATED.search(lines[line].words[words[-1]].text)
        and lines[below].words[following[0]].text[0].islower()
        for (line, words), (below, following) in pairwise(draft.subject)
    )


def holds_label(page: Surroundings, draft: Draft) -> bool:
    """Whether a part of a subject between two commas is a label, and no attribute of a name."""
    text = text_of(page.block.words(draft.subject))
    return any(
        "=" not in part and vocabulary.role_of(part.strip()) is not None
        for part in text.split(",")[1:]
    )


def holds_others(page: Surroundings, draft: Draft) -> bool:
    """Whether other words than digits stand amid a subject, whatever explains them.

    A few digits may be a word of it: ``CA``.
    """
    block = page.block
    owner = block.tokens.owner
    begin, end = draft.begin, draft.end
    words = {
        (line, at)
        for line in range(begin.line, end.line + 1)
        for at in range(
            begin.word if line == begin.line else 0,
            end.word if line == end.line else len(block.lines[line].words),
        )
    }
    low, high = page.extent(draft)
    return any(
        (token not in owner or len(owner[token].digits) < SHORTEST)
        and low < (word.x0 + word.x1) / 2 < high
        for token in words.difference(draft.tokens())
        for word in [block.lines[token[0]].words[token[1]]]
    )


def is_parted_by_digits(page: Surroundings, draft: Draft) -> bool:
    """Whether digits of a row stand between words of a subject on one line: those are columns."""
    owner = page.block.tokens.owner
    return any(
        len(owner[token].digits) >= SHA1 // 2
        for line, words in draft.subject
        for at in set(range(words[0], words[-1])).difference(words)
        for token in [Token(line, at)]
        if token in owner
    )


def is_parted_by_dashes(page: Surroundings, draft: Draft) -> bool:
    """Whether a dash stands in a subject, and one parts it from its digits: fields are parted so.

    ``… CN=Acme Root CA - Server - 0badc0de…``; without such digits the dash is the name's own.
    """
    block = page.block
    if not any(word.text in DASHES for word in block.words(draft.subject)[1:-1]):
        return False
    (first, begin), (last, end) = draft.begin, draft.end
    return any(
        block.tokens.owner.get(Token(line, digits)) is draft.digits
        and 0 <= dash < len(block.lines[line].words)
        and block.lines[line].words[dash].text in DASHES
        for line, dash, digits in ((first, begin - 1, begin - 2), (last, end + 1, end + 2))
    )


def is_torn(page: Surroundings, draft: Draft) -> bool:
    """Whether the lines of a subject aren't one below the other, or go on left of its beginning.

    What goes on on the next page stands at the foot of its own.
    """
    if len(draft.subject) == 1:
        return False
    block = page.block
    first, words = draft.subject[0]
    is_cell = words[0] in block.tokens.chunks[first] and not page.runs_to_margin
    if (words[0] == 0 or is_cell) and goes_on_left(block, draft):
        return True
    furthest = SETTINGS.row_step if block.cell_of(draft.subject) else SETTINGS.label_step
    for (above, ahead), (below, held) in pairwise(draft.subject):
        line, next_ = block.lines[above], block.lines[below]
        if line.shift != next_.shift:
            return True
        step = next_.words[held[0]].y - line.words[ahead[0]].y
        size = line.size
        if line.page != next_.page:
            x0, x1 = line.words[ahead[0]].x0, line.words[ahead[-1]].x1
            if not page.beyond(line, x0, x1, 1):
                return True
            continue
        if not SETTINGS.amid_step * size <= step <= furthest * size:
            return True
    return False
