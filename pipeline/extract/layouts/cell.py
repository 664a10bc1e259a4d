"""A cell's subject: one distinguished name and nothing else, whatever stands around it."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from pipeline.extract.blocks import Block, Lines, tokens_in
from pipeline.extract.joining import QUOTES
from pipeline.extract.labels import Label
from pipeline.extract.layouts import Draft, Field
from pipeline.extract.page import Token, text_of
from pipeline.extract.vocabulary import PARTS, Role, attribute_of, holds_attribute, is_type
from pipeline.extract.word_kinds import (
    DATES_AT_END,
    begins_name,
    ends_name,
    is_bullet,
    is_date,
)


class Cell(NamedTuple):
    """The words of a subject, and what else the cell holds: fields, each with its label's role."""

    subject: Lines
    fields: list[Field]


def read_cell(block: Block, lines: Lines) -> Cell:
    """Find the subject among the words of a cell.

    It begins with an attribute, behind a label such as ``Subject:`` or behind none, and ends where
    something stands that is no attribute of a name: a label, another field, the name of a file; or
    with the quotation mark that it stands in.
    """
    if _is_plain(block, lines):
        return Cell([(index, list(words)) for index, words in lines], [])
    subject: Lines = []
    fields: list[Field] = []
    types: set[str] = set()
    label: Role | None = None
    state = "before"
    last = ""
    is_quoted = False
    for index, held in lines:
        words = block.lines[index].words
        labels = {each.first: each for each in block.tokens.labels[index]}
        skip = -1
        for at in held:
            token = Token(index, at)
            if at < skip:
                continue
            if at in labels and not (
                state == "in" and _is_of_name(block, lines, labels[at], index)
            ):
                skip = labels[at].end
                label = labels[at].role
                state = "after" if subject else "before"
                fields.append(Field("other", [Token(index, w) for w in range(at, skip)]))
                continue
            if state == "in" and is_quoted and last[-1] in QUOTES:
                state, label = "after", None
            type_ = begins_name(words, at)
            is_second = type_ and type_ in types - _REPEATED
            if state == "in" and is_second and not last.endswith(PARTS):
                state = "more"
            if state == "in" and ends_name(words[at].text):
                state, label = "after", "other"
            if type_ and state in ("before", "after"):
                is_subject = label in (None, "subject", "certificate")
                state = "in" if is_subject and not subject else "aside" if label else "more"
            if state == "in":
                if not subject or subject[-1][0] != index:
                    subject.append((index, []))
                    is_quoted = is_quoted or (len(subject) == 1 and words[at].text[0] in QUOTES)
                subject[-1][1].append(at)
                types.add(type_)
                last = words[at].text
            elif state == "aside" or (state in ("before", "after") and label):
                fields.append(Field(label, [token]))
            elif is_date(words[at].text) or is_bullet(words[at].text):
                fields.append(Field("other", [token]))
    return Cell(subject, fields)


_FEWEST_DATES: Final = 2
_YEAR: Final = 4
"""So many digits have years."""
_NAMELESS: Final = frozenset({"status", "date", "other"})
"""What no name stands behind, unlike behind ``Issuer``."""


def _is_of_name(block: Block, lines: Lines, label: Label, index: int) -> bool:
    """Whether a label amid a name is a word of it, as the name goes on: ``O=A Trust,C=DE``.

    So is one of a date that no date is behind: ``Acme Valid Root``.
    """
    if label.has_colon or label.role not in _NAMELESS:
        return False
    behind = (token for token in tokens_in(lines) if token >= (index, label.end))
    words = [block.tokens.word(token).text for token in behind]
    if label.role == "date" and not any(map(_is_of_date, words)):
        return True
    return any(map(holds_attribute, words)) or any(
        before.endswith(PARTS) and (attribute_of(text) or is_type(text))
        for before, text in pairwise(words)
    )


def _is_of_date(word: str) -> bool:
    return is_date(word) or (word.isdecimal() and len(word) >= _YEAR)


_REPEATED = frozenset({"OU", "DC", "street", "L"})


def _is_plain(block: Block, lines: Lines) -> bool:
    """Whether a cell holds nothing but one name, as most do."""
    if not lines:
        return True
    first, words = lines[0]
    if not begins_name(block.lines[first].words, words[0]):
        return False
    if block.lines[first].words[words[0]].text[0] in QUOTES:
        return False
    last = ""
    for index, held in lines:
        texts = block.lines[index].words
        if block.tokens.labels[index] and any(
            each.first in held for each in block.tokens.labels[index]
        ):
            return False
        for at in held:
            if last and not last.endswith(PARTS) and begins_name(texts, at):
                return False
            last = texts[at].text
        if any(ends_name(texts[at].text) for at in held):
            return False
    return True


def take_dates_off(block: Block, drafts: Sequence[Draft]) -> list[Field]:
    """Take off the dates that stand behind all names, with nothing but a space before them.

    One name may end in a date; that all of them do tells that it is a column.
    """
    named = [draft for draft in drafts if draft.subject and not draft.is_label]
    dates: list[str] = []
    for draft in named:
        date = DATES_AT_END.search(text_of(block.words(draft.subject[-1:])))
        if date is None:
            return []
        dates.append(date[0])
    if len(dates) < _FEWEST_DATES:
        return []
    fields = []
    for draft, shown in zip(named, dates, strict=True):
        line, words = draft.subject[-1]
        kept = len(words) - len(shown.split())
        draft.subject = [*draft.subject[:-1], (line, words[:kept])]
        fields.append(Field("date", [Token(line, at) for at in words[kept:]]))
    return fields
