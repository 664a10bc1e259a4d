"""What stands around the subject of a row, and whether the subject can be all and only one name.

Of a root that nobody knows no certificate tells where its name begins and ends. What can be told is
whether a subject is one run of text: it begins where a text begins, each line goes on right below
the one before, nothing stands amid it, and nothing goes on behind it or below it. All is looked at
where it stands on the page, whatever columns or sections a layout saw there.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, pairwise, takewhile
from typing import Final, Literal, NamedTuple

from pipeline.extract import vocabulary
from pipeline.extract.blocks import Block, Placed
from pipeline.extract.choose import Judged, crosses_columns
from pipeline.extract.column_titles import titles_of
from pipeline.extract.fingerprints import SHORTEST, digits_of
from pipeline.extract.headings import release_of
from pipeline.extract.joining import is_full, room_needed
from pipeline.extract.layouts import Draft
from pipeline.extract.layouts.aligned import role_of
from pipeline.extract.page import Line, Page, Token, Word, text_of
from pipeline.extract.page_furniture import is_page_number, places, stands_on
from pipeline.extract.settings import SETTINGS
from pipeline.extract.tokens import Label, begins_name, chunk_starts, is_bullet, is_date, is_number
from pipeline.extract.vocabulary import DIGITS, GOES_ON, Role

_WEB_ADDRESS: Final = re.compile(r"(?:://|www\.)\S*[^\s,;+/\\_@.-]$", re.IGNORECASE)
"""A web address, broken behind none of the marks behind which typesetters break one."""
_NO_SUBJECT: Final = DIGITS | {"issuer", "date", "status"}
"""Under titles of these roles there are no subjects."""

_COLUMNS = "Words of several columns stand in this subject; look at the page."
_TITLE = "This subject stands below a title that is none of subjects; look at the page."
_WORDS = "Words beside this row belong to no row; look at the page."
_BEHIND = "Other words stand right behind this subject; look at the page."
_ROOM = "Within this subject a line ends that had room for the next word; look at the page."
_LABEL = "A label stands in this subject; look at the page."
_WITHIN = "This subject begins within a name; look at the page."
_AMID = "Words amid this subject are none of it; look at the page."
_APART = "The lines of this subject don't stand right below each other; look at the page."
_HYPHEN = "Nothing tells whether the hyphen is part of the name where a line of it is broken."
_HYPHENATED: Final = re.compile(r"[^\W\d_]{2}-$")
_JOINED = "Nothing tells whether a space belongs where a line of this subject is broken."
_OPEN = "Nothing tells where this subject ends; look at the page."


class _Edge(NamedTuple):
    """What a line may reach up to: that of the column of text or of the table it stands in."""

    page: int
    shift: float
    section: int


Edges = dict[_Edge, float]
"""How far the lines of subjects reach, on the pages before, too."""


class _Spot(NamedTuple):
    """A word where it stands on its page, from top to bottom and left to right.

    It has a token if it may be of a row, else its line.
    """

    level: int
    x0: float
    x1: float
    y: float
    text: str
    token: Token | None = None
    line: Line | None = None


class Surroundings:
    """Pages as they were read: where their words stand, and the rows that a layout made of them."""

    def __init__(
        self,
        best: Judged,
        explained: frozenset[tuple[int, int]],
        pages: Mapping[int, Page],
        edges: Edges,
    ) -> None:
        self.block = best.block
        self.drafts = best.proposal.drafts
        self.is_parted = bool(best.bounds)
        self.explained = explained - _misfits(best)
        self._fields = best.proposal.fields
        self._pages = pages
        self._edges = edges
        self._apart: dict[int, bool] = {}
        self._extents: dict[int, tuple[float, float]] = {}
        for draft in self.drafts:
            for line, words in draft.subject:
                placed = self.block.lines[line]
                edge = _edge(placed)
                x1 = placed.words[-1 if draft.is_by_order else words[-1]].x1
                edges[edge] = max(edges.get(edge, 0.0), x1)

    def extent(self, draft: Draft) -> tuple[float, float]:
        """The left and the right edge of the words of a subject."""
        if id(draft) not in self._extents:
            words = self.block.words(draft.subject)
            self._extents[id(draft)] = min([w.x0 for w in words]), max([w.x1 for w in words])
        return self._extents[id(draft)]

    def room(self, line: int, x1: float) -> float:
        """How much room there is on a line behind a place."""
        return self._edges.get(_edge(self.block.lines[line]), x1) - x1

    @cached_property
    def names(self) -> dict[tuple[int, int], Draft]:
        """The rows whose subjects words are of."""
        return {
            (line, at): draft
            for draft in self.drafts
            for line, words in draft.subject
            for at in words
        }

    @cached_property
    def roles(self) -> dict[Token, Role | None]:
        """The roles of the words of fields."""
        return {token: each.role for each in self._fields for token in each.tokens}

    @cached_property
    def left(self) -> set[tuple[int, int]]:
        """The words that are of no row, and that nothing explains."""
        lines = self.block.lines
        words = {(index, at) for index, line in enumerate(lines) for at in range(len(line.words))}
        return {
            (index, at)
            for index, at in words.difference(self.explained, self.block.tokens.owner)
            for text in [lines[index].words[at].text]
            if not (is_number(text) or is_date(text))
        }

    @cached_property
    def runs_to_margin(self) -> bool:
        """Whether most rows go on left of where their names begin, as running text does.

        Names that begin lines say nothing, where those within lines begin here and there.
        """
        named = [draft for draft in self.drafts if draft.subject]
        if 2 * sum(_goes_on_left(self.block, draft) for draft in named) > len(named):
            return True
        within = [draft for draft in named if _is_within_line(draft)]
        edges = {round(_begin(self.block, draft).x0) for draft in within}
        broken = [_goes_on_left(self.block, draft) for draft in within if len(draft.subject) > 1]
        is_ragged = len(edges) > 1 and len(edges) >= SETTINGS.ragged_edges * len(within)
        return is_ragged and 2 * sum(broken) > len(broken)

    @cached_property
    def numbered(self) -> dict[float, list[bool]]:
        """Whether a number stands before the digits of each row, by columns of text."""
        found: dict[float, list[bool]] = defaultdict(list)
        for draft in self.drafts:
            found[self.block.lines[draft.digits.line].shift].append(
                _is_numbered(self.block, draft.digits.line)
            )
        return found

    @cached_property
    def spots(self) -> dict[int, dict[int, list[_Spot]]]:
        """The words of each page near those that are read, by level, from left to right."""
        found: dict[int, dict[tuple[int, int], _Spot]] = {}
        for index, line in enumerate(self.block.lines):
            here = found.setdefault(line.page, {})
            for at, (text, x0, x1, y, _) in enumerate(line.words):
                level, x0, x1 = round(y), x0 + line.shift, x1 + line.shift
                here[round(x0), level] = _Spot(level, x0, x1, y, text, Token(index, at))
        own = {id(line.words) for line in self.block.lines}
        for number, here in found.items():
            held = [line for line in self.block.lines if line.page == number]
            reach = 2 * SETTINGS.label_step * max(line.size for line in held)
            top = min(line.words[0].y for line in held) - reach
            foot = max(line.words[0].y for line in held) + reach
            for each in self._lines(number):
                if id(each.words) in own or not top <= each.y <= foot:
                    continue
                for text, x0, x1, y, _ in each.words:
                    level = round(y)
                    if (round(x0), level) not in here:
                        here[round(x0), level] = _Spot(level, x0, x1, y, text, line=each)
        levels: dict[int, dict[int, list[_Spot]]] = {number: {} for number in found}
        for number, here in found.items():
            for spot in sorted(here.values()):
                levels[number].setdefault(spot.level, []).append(spot)
        return levels

    def levels(self, page: int, top: float, foot: float) -> list[list[_Spot]]:
        """The words of a page from one height to another, and those level with them."""
        spots = self.spots[page]
        return [spots[level] for level in range(round(top), round(foot) + 1) if level in spots]

    def between(self, page: int, top: float, foot: float) -> Iterator[_Spot]:
        """The same, from top to bottom and from left to right."""
        return chain.from_iterable(self.levels(page, top, foot))

    def goes_on(self, line: Placed) -> bool:
        """Whether a word of another column of text stands a space behind a line.

        Digits of a digest may, where they begin a column as wide as its cells.
        """
        y, end, size = line.words[-1].y, line.words[-1].x1 + line.shift, line.size
        owner = self.block.tokens.owner
        return any(
            abs(spot.y - y) < SETTINGS.same_level * size
            and 0 <= spot.x0 - end < SETTINGS.space_within * size
            and not (spot.token in owner and owner[spot.token].is_sound)
            for spot in self.between(line.page, y - size, y + size)
        )

    def near(
        self, line: Placed, low: float, high: float, step: Literal[-1, 1]
    ) -> Iterator[list[_Spot]]:
        """The words right above or below a line, level by level, in a column with these edges."""
        low, high = low + line.shift, high + line.shift
        y, size = line.words[0].y, line.size
        nearest, furthest = SETTINGS.same_level * size, SETTINGS.label_step * size
        ends = y + step * nearest, y + step * furthest
        for level in self.levels(line.page, min(ends), max(ends))[::step]:
            beside = [
                spot
                for spot in level
                if nearest < step * (spot.y - y) <= furthest
                and spot.x0 < high
                and spot.x1 > low
                and not (spot.line and self.is_apart(spot.line, line.page))
            ]
            if beside:
                yield beside

    def beyond(self, line: Placed, low: float, high: float, step: Literal[-1, 1]) -> list[Word]:
        """The words of the last line above, or the first below, that stand on another page.

        There are none if others stand between in the column on the page itself.
        """
        low, high = low + line.shift, high + line.shift

        def first_of(lines: Sequence[Line], number: int) -> list[Word]:
            for each in lines[::step]:
                if (text := _text_in(each, low, high)) and not self.is_apart(each, number):
                    return text
            return []

        y, reach = line.words[0].y, SETTINGS.same_level * line.size
        here = [each for each in self._lines(line.page) if step * (each.y - y) > reach]
        if first_of(here, line.page):
            return []
        return first_of(self._lines(line.page + step), line.page + step)

    def _lines(self, number: int) -> Sequence[Line]:
        return self._pages[number].lines if number in self._pages else ()

    def is_apart(self, line: Line, number: int) -> bool:
        """Whether a line of a page is a heading, a header, or runs on the pages beside it."""
        if id(line) not in self._apart:
            self._apart[id(line)] = self._is_apart(line, number)
        return self._apart[id(line)]

    def _is_apart(self, line: Line, number: int) -> bool:
        if is_page_number(line.text) or release_of(line.text) or titles_of(line):
            return True
        beside = [*self._lines(number - 1), *self._lines(number + 1)]
        return stands_on(line, [places(each for each in beside if round(each.y) == round(line.y))])


def _text_in(line: Line, low: float, high: float) -> list[Word]:
    """The words of a line in a column, and those right before and behind them."""
    held = [at for at, word in enumerate(line.words) if word.x0 < high and word.x1 > low]
    if not held:
        return []
    first, last = held[0], held[-1] + 1
    gaps = [after.x0 - before.x1 for before, after in pairwise(line.words)]
    while first and gaps[first - 1] < SETTINGS.space_within * line.size:
        first -= 1
    while last < len(line.words) and gaps[last - 1] < SETTINGS.space_within * line.size:
        last += 1
    return line.words[first:last]


def _edge(line: Placed) -> _Edge:
    return _Edge(line.page, line.shift, line.section.number)


def _misfits(best: Judged) -> set[tuple[int, int]]:
    """Words that a label explains which announces digits, and that label."""
    block = best.block
    words: set[tuple[int, int]] = {
        token
        for each in best.proposal.fields
        if each.role in DIGITS
        for token in each.tokens
        if block.tokens.word(token).text.isalpha()
    }
    labels = {
        Token(index, at)
        for index in block.span
        for label in block.tokens.labels[index]
        if label.role in DIGITS and words
        for value in [_after(block, index, label.end)]
        if value in words
        for at in range(label.first, label.end)
    }
    return words | labels


def _after(block: Block, index: int, at: int) -> Token:
    """The word at a place of a line or, behind its end, the first of the next line."""
    return Token(index, at) if at < len(block.lines[index].words) else Token(index + 1, 0)


def _begins_cell(block: Block, index: int, at: int) -> bool:
    """Whether white or digits of another column stand before a word."""
    line = block.lines[index]
    if at in block.tokens.chunks[index]:
        return True
    gap = line.words[at].x0 - line.words[at - 1].x1
    return Token(index, at - 1) in block.tokens.owner and gap >= SETTINGS.space_within * line.size


# --- where a subject begins ----------------------------------------------------------------------


def _has_other_title(page: Surroundings, draft: Draft) -> bool:
    """Whether a subject stands below the title of a column that holds something else."""
    line, words = draft.subject[0]
    held = page.block.lines[line].words
    if any(label.end == words[0] for label in page.block.tokens.labels[line]):
        return False  # its own label tells more
    return page.block.title_role(held[words[0]].x0, held[words[-1]].x1, line) in _NO_SUBJECT


def _begins_within(page: Surroundings, draft: Draft) -> bool:
    """Whether the text right before a subject, or right above it, goes on in it."""
    block = page.block
    first, words = draft.subject[0]
    line, at = block.lines[first], words[0]
    if at and at not in block.tokens.chunks[first]:
        before = line.words[at - 1].text
        is_labelled = any(label.end == at for label in block.tokens.labels[first])
        if before.endswith(GOES_ON) or (not is_labelled and _is_of_label(before)):
            return True
    if not _begins_cell(block, first, at):
        return False
    low, high = line.words[at].x0, line.words[words[-1]].x1
    for above in page.near(line, low, high, -1):
        spots = [spot for spot in above if spot.token not in block.tokens.owner]
        if spots:
            last = _end_of_text(page, line, spots[-1])
            return last.text.endswith(GOES_ON) and not _is_amid_name(page, last.token)
    ahead = page.beyond(line, low, high, -1)
    return bool(ahead) and ahead[-1].text.endswith(GOES_ON)


def _is_amid_name(page: Surroundings, token: tuple[int, int] | None) -> bool:
    """Whether the name of a row goes on behind a word."""
    row = page.names.get(token) if token else None
    return row is not None and token != (row.subject[-1][0], row.subject[-1][1][-1])


def _end_of_text(page: Surroundings, line: Placed, spot: _Spot) -> _Spot:
    """The last word of the text that a word above a line is of."""
    last, reach = spot, SETTINGS.same_level * line.size
    for each in page.between(line.page, spot.y - reach, spot.y + reach):
        is_next = abs(each.y - spot.y) < reach and each.x0 > last.x0
        is_near = is_next and each.x0 - last.x1 < SETTINGS.space_within * line.size
        if is_near and not (each.line and page.is_apart(each.line, line.page)):
            last = each
    return last


def _is_of_label(text: str) -> bool:
    return text.isalpha() and vocabulary.is_word_of_label(text)


# --- where it ends -------------------------------------------------------------------------------


def _has_words_behind(page: Surroundings, draft: Draft) -> bool:
    """Whether a line of a subject goes on with words that the row doesn't have.

    Digits of a fingerprint, or a label with its value, may follow a name in running text.
    """
    block = page.block
    for line, words in draft.subject:
        placed = block.lines[line]
        after = words[-1] + 1
        if after >= len(placed.words):
            if page.is_parted and page.goes_on(placed):
                return True
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
        is_aside = _is_aside(word.text) and (line == draft.subject[-1][0] or word.text == "|")
        if not (_is_labelled(placed, block.tokens.labels[line], after) or is_aside):
            return True
    return False


def _is_labelled(line: Placed, labels: Sequence[Label], at: int) -> bool:
    """Whether a label begins at a word.

    A word at the end of a line may be the last of a name: ``Authority``, above ``Key ID:``. It is
    of a label if a date goes on with that on the next line: ``valid`` above ``until 2038-06-03``.
    """
    here = [label for label in labels if label.first == at]
    if at + 1 < len(line.words) or not line.words[at].text.isalpha():
        return bool(here)
    return any(label.role == "date" and label.has_colon for label in here)


def _is_aside(text: str) -> bool:
    """Whether a word is a mark, or opens a bracket: what follows is none of the name."""
    return not any(map(str.isalnum, text)) or text[0] in "([{"


def _ends_open(page: Surroundings, draft: Draft) -> bool:
    """Whether a subject lacks its last value, or digits behind it may be of its end.

    A number that begins the next line may be the last word of a name: unless all rows have one.
    So may a part of a fingerprint that lacks digits be one of a name, and the reverse.
    """
    block = page.block
    line, words = draft.subject[-1]
    placed = block.lines[line]
    last = placed.words[words[-1]]
    if last.text.endswith("=") and _ends_page(page, draft):
        return True
    if words[-1] + 1 < len(placed.words) or line + 1 >= len(block.lines):
        return False
    below = block.lines[line + 1]
    low = page.extent(draft)[0] if draft.subject[0][1][0] == 0 else 0.0
    if below.words[0].x0 >= last.x1 or below.words[0].x0 < low - 2 * below.size:
        return False  # of another column
    digits = block.tokens.owner.get(Token(line + 1, 0))
    if digits is not None:
        return role_of(block, digits) is None and not digits.is_sound
    rows = page.numbered[placed.shift]
    is_own = draft.digits.line == line + 1  # then others have to show that it is none of a name
    return _is_numbered(block, line + 1) and 2 * sum(rows) < len(rows) + 2 * is_own


def _has_number_below(page: Surroundings, draft: Draft) -> bool:
    """Whether a number stands right below a subject, at its edge and alone: ``Root CA`` / ``3``."""
    block = page.block
    line = block.lines[draft.subject[-1][0]]
    left = min(word.x0 for word in block.words(draft.subject))
    for spot in next(page.near(line, left, left + SETTINGS.same_edge, 1), []):
        if spot.token is None or spot.token in page.names or not is_number(spot.text):
            continue
        if spot.token in block.tokens.owner:
            continue
        index, at = spot.token
        rows = page.numbered[line.shift]
        if at == 0 and _is_numbered(block, index) and 2 * sum(rows) >= len(rows):
            continue  # that of the next row
        starts = {*block.tokens.chunks[index], len(block.lines[index].words)}
        is_alone = {at, at + 1} <= starts and (at == 0 or block.lines[index].titles)
        is_labelled = any(label.end == at for label in block.tokens.labels[index])
        is_at_edge = abs(spot.x0 - line.shift - left) < SETTINGS.same_edge
        if is_alone and is_at_edge and not is_labelled:
            return True
    return False


def _ends_page(page: Surroundings, draft: Draft) -> bool:
    """Whether nothing stands below a subject in its column of the page, and the list goes on."""
    line = page.block.lines[draft.subject[-1][0]]
    low, high = page.extent(draft)
    return bool(page.beyond(line, low, high, 1))


def _is_numbered(block: Block, index: int) -> bool:
    """Whether a line begins with a number and digits behind it."""
    return is_bullet(block.lines[index].words[0].text) and Token(index, 1) in block.tokens.owner


def _has_words_below(page: Surroundings, draft: Draft) -> bool:
    """Whether a subject may lack words: others stand within its column, or right below it."""
    block = page.block
    low, high = page.extent(draft)
    first, last = draft.subject[0][0], draft.subject[-1][0]
    if any(
        first <= line <= last and word.x0 < high and word.x1 > low
        for line, at in page.left
        for word in [block.lines[line].words[at]]
    ):
        return True
    if _is_closed(page, draft):
        return False
    line = block.lines[last]
    if _runs_on(page, draft):
        return True
    below = next(page.near(line, low, high, 1), [])
    # a text that begins left of the column, as prose does, is none of its
    edge = low + line.shift - line.size
    begun = next((spot for spot in below if edge < spot.x0 and _begins_text(page, spot)), None)
    if first == last:  # what goes on may begin where its line does, left of the name
        begin = max(at for at in block.tokens.chunks[first] if at <= draft.subject[0][1][0])
        low = line.words[begin].x0
    if not below and _goes_on_beyond(page.beyond(line, low, high, 1), low + line.shift - line.size):
        return True
    if begun is None:
        return False
    if any(_is_none(page, line, spot) for spot in below):
        return True
    if begun.token is None:
        return False
    # the words of another row's name that begin a text there go on what is above them
    ends = draft.subject[-1][1][-1] + 1
    is_cell = ends in block.tokens.chunks[last] and not page.runs_to_margin
    is_last = ends == len(line.words) or is_cell
    other = page.names.get(begun.token)
    return (
        is_last
        and other is not None
        and other is not draft
        and begun.token != (other.subject[0][0], other.subject[0][1][0])
    )


def has_label_below(page: Surroundings, draft: Draft) -> bool:
    """Whether a word that may be a label stands alone below a subject: it may be its last one."""
    block, last = page.block, draft.subject[-1][0]
    if last + 1 >= len(block.lines):
        return False
    line, below = block.lines[last : last + 2]
    labels = block.tokens.labels[last + 1]
    return (
        len(labels) == 1
        and not labels[0].has_colon
        and labels[0].end - labels[0].first == len(below.words)
        and below.text_column == line.text_column
        and below.is_right_below(line)
        and abs(below.words[0].x0 - page.extent(draft)[0]) < SETTINGS.same_edge
    )


def _is_closed(page: Surroundings, draft: Draft) -> bool:
    """Whether a row's digits stand in brackets behind its name: there the name is whole.

    White may part them where they end a text; beside the first line of a cell, the name may go on.
    """
    block = page.block
    line, words = draft.subject[-1]
    after = words[-1] + 1
    if block.tokens.owner.get(Token(line, after)) is not draft.digits:
        return False
    is_cell = len(draft.subject) == 1 and after in block.tokens.chunks[line]
    return not is_cell and block.lines[line].words[after].text[0] in "(["


def _runs_on(page: Surroundings, draft: Draft) -> bool:
    """Whether a name in running text fills its line, and the words of the next are of no row."""
    block = page.block
    line, words = draft.subject[-1]
    placed = block.lines[line]
    end = placed.words[-1].x1
    if words[0] == 0 or words[-1] + 1 < len(placed.words):
        return False
    below = next(page.near(placed, placed.words[0].x0, end, 1), [])
    if not below or not _is_none(page, placed, below[0]):
        return False
    needed = below[0].x1 - below[0].x0 + SETTINGS.usual_space * placed.size
    return page.room(line, end) < needed


def _has_attributes_below(page: Surroundings, draft: Draft) -> bool:
    """Whether attributes of a name stand right below a subject, and a label amid explains them.

    Below a label that has digits or another name, or a colon, there is another field.
    """
    block = page.block
    low, high = page.extent(draft)
    last = draft.subject[-1][0]
    for index, (above, line) in enumerate(pairwise(block.lines[last:]), last + 1):
        if not line.is_right_below(above) or line.text_column != above.text_column:
            return False
        for at, word in enumerate(line.words):
            token = Token(index, at)
            if word.x0 >= high or word.x1 <= low:
                continue
            if token in page.names or token in block.tokens.owner:
                return False
            if any(_parts_fields(line, at, label) for label in block.tokens.labels[index]):
                return False
            if begins_name(line.words, at):
                return token in page.explained and page.roles.get(token) != "issuer"
    return False


def _parts_fields(line: Line, at: int, label: Label) -> bool:
    """Whether a word is the value of a label, or begins a label that no name holds."""
    has_colon = line.words[label.end - 1].text.endswith((":", "="))
    return label.end == at or (label.first == at and (has_colon or label.role in _NO_SUBJECT))


def _begins_text(page: Surroundings, spot: _Spot) -> bool:
    """Whether white stands before a word."""
    if spot.token is not None:
        index, at = spot.token
        return at in page.block.tokens.chunks[index]
    line = spot.line
    return line is not None and any(line.words[at].x0 == spot.x0 for at in chunk_starts(line))


def _is_none(page: Surroundings, line: Placed, spot: _Spot) -> bool:
    """Whether a word near a line is of no row, and nothing explains it.

    Of a page before this one only lines of the last row are kept: others there are of no row.
    """
    if spot.token is not None:
        return spot.token in page.left
    is_other = is_number(spot.text) or is_date(spot.text) or len(digits_of(spot.text)) >= SHORTEST
    return line.page < page.block.lines[-1].page and not is_other


def _goes_on_beyond(words: Sequence[Word], edge: float) -> bool:
    """Whether what begins a column of the next page may go on with a text of this one.

    A row may begin with digits; few of them, as in ``CA 2025``, may be of a name.
    """
    if not words or words[0].x0 <= edge or begins_name(words, 0) or _begins_field(words):
        return False
    digits = takewhile(bool, (digits_of(word.text) for word in words))
    begins_row = words[0].text[0].isdigit() or is_date(words[0].text)
    return not (begins_row or sum(map(len, digits)) >= 2 * SHORTEST)


def _begins_field(words: Sequence[Word]) -> bool:
    """Whether words are a label, alone or with a colon or a value; ``Valid Root`` is a name."""
    label = vocabulary.label_at([word.text for word in words])
    if label is None or label.has_colon:
        return label is not None
    if words[label.length - 1].text.endswith(GOES_ON):
        return False  # ``Authority, CN=Acme Root`` ends one attribute and begins the next
    if label.length == len(words):
        return label.role != "common-name"  # ``Root CA``
    after = words[label.length].text
    is_value = is_date(after) or len(digits_of(after)) >= SHORTEST
    return is_value or bool(begins_name(words, label.length))


# --- what it holds -------------------------------------------------------------------------------


def _crosses(page: Surroundings, draft: Draft) -> bool:
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


def _is_joined(page: Surroundings, draft: Draft) -> bool:
    """Whether nobody can tell if a space belongs behind the web address that fills a line."""
    lines = draft.subject_lines(page.block)
    return any(
        len(line.words) == 1
        and is_full(line)
        and _WEB_ADDRESS.search(line.words[0].text) is not None
        and following.words[0].text[0] not in "(["
        for line, following in pairwise(lines)
    )


def _is_hyphenated(page: Surroundings, draft: Draft) -> bool:
    """Whether nobody can tell if a hyphen within a word is of it, or of the line that it ends."""
    lines = page.block.lines
    return any(
        _HYPHENATED.search(lines[line].words[words[-1]].text)
        and lines[below].words[following[0]].text[0].islower()
        for (line, words), (below, following) in pairwise(draft.subject)
    )


def _holds_label(page: Surroundings, draft: Draft) -> bool:
    """Whether a part of a subject between two commas is a label, and no attribute of a name."""
    text = text_of(page.block.words(draft.subject))
    return any(
        "=" not in part and vocabulary.role_of(part.strip()) is not None
        for part in text.split(",")[1:]
    )


def _holds_others(page: Surroundings, draft: Draft) -> bool:
    """Whether other words than digits stand amid a subject, whatever explains them.

    A few digits may be a word of it: ``CA``.
    """
    block = page.block
    owner = block.tokens.owner
    low, high = page.extent(draft)
    begin = draft.subject[0][0], draft.subject[0][1][0]
    end = draft.subject[-1][0], draft.subject[-1][1][-1]
    words = {
        (line, at)
        for line in range(begin[0], end[0] + 1)
        for at in range(len(block.lines[line].words))
    }
    return any(
        (token not in owner or len(owner[token].digits) < SHORTEST)
        and begin < token < end
        and low < (word.x0 + word.x1) / 2 < high
        for token in words.difference(draft.tokens())
        for word in [block.lines[token[0]].words[token[1]]]
    )


def _is_within_line(draft: Draft) -> bool:
    """Whether something else than a row's own digits stands before its name on a line."""
    line, words = draft.subject[0]
    piece = draft.digits.pieces[-1]
    return words[0] > (piece.last + 1 if (piece.line, piece.first) == (line, 0) else 0)


def _begin(block: Block, draft: Draft) -> Word:
    """The first word of a subject."""
    line, words = draft.subject[0]
    return block.lines[line].words[words[0]]


def _goes_on_left(block: Block, draft: Draft) -> bool:
    """Whether a further line of a subject begins left of its first."""
    size = block.lines[draft.subject[0][0]].size
    edge = _begin(block, draft).x0 - SETTINGS.indent * size
    return any(block.lines[line].words[held[0]].x0 < edge for line, held in draft.subject[1:])


def _is_torn(page: Surroundings, draft: Draft) -> bool:
    """Whether the lines of a subject aren't one below the other, or go on left of its beginning.

    What goes on on the next page stands at the foot of its own.
    """
    block = page.block
    first, words = draft.subject[0]
    is_cell = words[0] in block.tokens.chunks[first] and not page.runs_to_margin
    if (words[0] == 0 or is_cell) and _goes_on_left(block, draft):
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
        if step > SETTINGS.label_step * size and _has_words_between(page, line, ahead, next_):
            return True
    return False


def _has_words_between(
    page: Surroundings, line: Placed, words: Sequence[int], below: Placed
) -> bool:
    """Whether there are words between two lines of a subject, wherever they were put."""
    low, high = (line.words[words[0]].x0 + line.shift, line.words[words[-1]].x1 + line.shift)
    level = SETTINGS.same_level * line.size
    top, foot = line.words[words[0]].y + level, below.words[0].y - level
    return any(
        top < spot.y < foot and spot.x0 < high and spot.x1 > low
        for spot in page.between(line.page, top, foot)
    )


DOUBTS: Final[Sequence[tuple[Callable[[Surroundings, Draft], bool], str]]] = (
    (_crosses, _COLUMNS),
    (_has_other_title, _TITLE),
    (_has_words_behind, _BEHIND),
    (is_broken_early, _ROOM),
    (_is_joined, _JOINED),
    (_is_hyphenated, _HYPHEN),
    (_holds_label, _LABEL),
    (_begins_within, _WITHIN),
    (_ends_open, _OPEN),
    (_has_number_below, _OPEN),
    (_holds_others, _AMID),
    (_is_torn, _APART),
    (_has_words_below, _WORDS),
    (_has_attributes_below, _WORDS),
)
"""What may be wrong with the subject of a row, and how it is told."""
OF_LABELS: Final = frozenset({_crosses, _has_words_below})
"""Those that count where a row has a label for a name, too: other words may follow an alias."""
