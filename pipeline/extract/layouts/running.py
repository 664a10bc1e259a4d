"""Rows read word by word: records of labelled fields, lists, paragraphs, several rows on a line.

Digits, names and labels are taken in the order in which one reads them. A row holds a name and the
digests that belong to it; where one row ends and the next begins is told by what a row begins
with, and each possibility is a proposal.
"""

import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf
from typing import Final, Literal, NamedTuple

from pipeline.extract import vocabulary
from pipeline.extract.blocks import Block, Lines, Placed, tokens_in, value_of
from pipeline.extract.fingerprints import SHA256, Fingerprint
from pipeline.extract.joining import room_needed
from pipeline.extract.labels import Label
from pipeline.extract.layouts import Draft, Field, Proposal
from pipeline.extract.page import Token, Word, text_of
from pipeline.extract.settings import SETTINGS
from pipeline.extract.strips import pitch_of
from pipeline.extract.trust_words import said, says_untrusted
from pipeline.extract.vocabulary import NOT_FINGERPRINTS, PARTS, Role
from pipeline.extract.word_kinds import begins_name, ends_name, is_bullet, is_date, is_number

_REPEATED: Final = frozenset({"OU", "DC", "street", "O", "L"})
"""Attributes that a name may have more than once."""

_OPENING: Final = re.compile(r"[(\[{|–—:•*·-]+")
"""What may stand between a name and the digits behind it."""

_OPENS: Final = "opens with "
"""Before the label with which records were seen to begin."""
_BEGINS: Final = "begins with "
"""Before the kind of the first item of records."""

Kind = Literal["name", "sha1", "sha256", "status"]
_KINDS: Final[tuple[Kind, ...]] = ("name", "sha1", "sha256", "status")


@dataclass(slots=True)
class Item:
    """Something a row is made of: a name's words or a run of digits, in reading order."""

    kind: Kind
    line: int
    last: int
    role: Role | None = None
    digits: Fingerprint | None = None
    words: Lines = field(default_factory=list)
    text: str = ""
    is_followed: bool = False

    @property
    def begin(self) -> Token:
        """Its first word."""
        return self.digits.begin if self.digits else tokens_in(self.words)[0]


def propose(block: Block, usual: Counter[str]) -> Iterator[Proposal]:
    """Read a block word by word."""
    reader = _Reader(block)
    reader.read()
    items = [item for item in reader.items if not _is_aside(item)]
    items = _with_status_inside(items, block)
    fields = [*reader.fields]
    for item in reader.items:
        if _is_aside(item) and item.words:
            fields.append(Field(item.role, tokens_in(item.words)))
    kinds = list(dict.fromkeys(item.kind for item in items if item.kind != "status"))
    if not kinds:
        return
    right = max((block.lines[index].words[-1].x1 for index in block.span), default=0.0)
    starts: list[tuple[Kind, ...]] = [(kind,) for kind in kinds]
    if "sha1" in kinds and "sha256" in kinds:
        starts.append(("sha1", "sha256"))
    seen: list[list[list[Item]]] = []
    if records := _records(items, reader.marks, usual):
        seen.append(records.rows)
        drafts = [draft for row in records.rows if (draft := _draft(row, right))]
        fit = _fit(block, records.rows) + SETTINGS.records_fit
        yield Proposal("records", drafts, fields, fit, Counter(records.usual))
    for start in starts:
        rows = _rows(items, start, block.cuts)
        if rows in seen:
            continue
        seen.append(rows)
        drafts = [draft for row in rows if (draft := _draft(row, right))]
        yield Proposal(f"running/{start[0]}", drafts, fields, _fit(block, rows))


def _is_aside(item: Item) -> bool:
    """Whether a label says that this is nothing a row is made of."""
    if item.kind == "name":
        return item.role not in (None, "subject", "certificate", "common-name")
    return item.role in NOT_FINGERPRINTS


# --- records -------------------------------------------------------------------------------------


class PlacedLabel(NamedTuple):
    """A label, where it stands."""

    begin: Token
    text: str


class _Records(NamedTuple):
    rows: list[list[Item]]
    usual: list[str]


def _records(
    items: Sequence[Item], marks: Sequence[PlacedLabel], usual: Counter[str]
) -> _Records | None:
    """Items in rows by the label with which each record begins; None if no label begins them.

    It is the label that did so on the pages before, or the first that parts items into rows. What
    stands before it goes on with the last record of the page before.
    """
    counts = Counter(mark.text for mark in marks)
    before = [each.removeprefix(_OPENS) for each in usual if each.startswith(_OPENS)]
    for text in before or [each for each, count in counts.items() if count > 1]:
        bounds = [mark.begin for mark in marks if mark.text == text]
        groups: list[list[Item]] = [[] for _ in range(len(bounds) + 1)]
        at = 0
        for item in items:
            at = at if item.kind == "status" else bisect(bounds, item.begin)
            groups[at].append(item)
        first, *others = groups
        if (first and not before) or not all(map(_is_record, others[:-1])):
            continue
        if others and not _is_record(others[-1], is_open=True):
            continue
        kinds = Counter(group[0].kind for group in others if group)
        kinds.update({k: usual[_BEGINS + k] for k in _KINDS if usual[_BEGINS + k]})
        if not kinds:
            continue
        begins = kinds.most_common(1)[0][0]
        rest = _rows(first, (begins,), ()) if first else []
        rows = [*rest, *(group for group in others if group)]
        return _Records(rows, [_OPENS + text, _BEGINS + begins])
    return None


def _is_record(items: Sequence[Item], *, is_open: bool = False) -> bool:
    """Whether items are those of one row, or the beginning of one."""
    kinds = [item.kind for item in items]
    return all(kinds.count(each) < 2 for each in ("sha1", "sha256", "status")) and (
        is_open or not kinds or "sha1" in kinds or "sha256" in kinds
    )


# --- reading -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Reader:
    """Takes the words of a block one by one.

    ``label`` is the one that governs what comes next; it stands on the line ``labelled`` and, if
    it ends it, ``is_open`` for the next line. What is indented deeper than the line of a label,
    ``indent``, is of its value.
    """

    block: Block
    items: list[Item] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    label: Role | None = None
    labelled: int = -9
    is_open: bool = False
    indent: float = inf
    name: Item | None = None
    pitch: float = 0.0
    marks: list[PlacedLabel] = field(default_factory=list)
    _types: set[str] = field(default_factory=set)
    _edge: float = -inf

    def read(self) -> None:
        """Take all of them."""
        span = self.block.span
        self.pitch = pitch_of(self.block.lines[span.start : span.stop])
        cuts = set(self.block.cuts)
        for index in self.block.span:
            if index in cuts:
                self.name, self.label = None, None
            self._read_line(index)

    def _read_line(self, index: int) -> None:
        block = self.block
        words = block.lines[index].words
        labels = {label.first: label for label in block.tokens.labels[index]}
        starts = set(block.tokens.chunks[index])
        if self.name and not self._continues(index, labels):
            self.name = None
        if self.labelled < index - 1 or not self.is_open:
            self.label = None
        if words[0].x0 <= self.indent + SETTINGS.indent * block.lines[index].size:
            self.indent = inf
        if 0 in labels and labels[0].has_colon:
            self.indent = words[0].x0
        at = 0
        while at < len(words):
            token = Token(index, at)
            if label := labels.get(at):
                if label.goes_on:
                    tokens = [Token(index, word) for word in range(label.first, label.end)]
                    self.fields.append(Field("other", tokens))
                    self.labelled = index if self.label else self.labelled
                else:
                    self._take_label(index, label)
                at = label.end
            elif digits := block.tokens.owner.get(token):
                self._take_digits(token, digits)
                at += 1
            elif self.name and not self._ends(index, at, starts):
                self._add(index, at)
                at += 1
            else:
                self.name = None
                if begins_name(words, at):
                    self._begin(index, at)
                else:
                    self._take_other(index, at)
                at += 1

    def _end(self, index: int, at: int) -> None:
        """End the name before a word; a bracket or a dash before what follows is none of it."""
        name, self.name = self.name, None
        if name:  # what stands in another column doesn't tell that the name is complete
            name.is_followed = name.last == index and at not in self.block.tokens.chunks[index]
        while name:
            line, words = name.words[-1]
            if not _OPENING.fullmatch(self.block.lines[line].words[words[-1]].text):
                return
            self.fields.append(Field("other", [Token(line, words.pop())]))
            if not words:
                name.words.pop()

    def _take_label(self, index: int, label: Label) -> None:
        self._end(index, label.first)
        self.label, self.labelled = label.role, index
        self.is_open = label.end == len(self.block.lines[index].words)
        tokens = [Token(index, word) for word in range(label.first, label.end)]
        self.fields.append(Field("other", tokens))
        text = text_of(self.block.lines[index].words[label.first : label.end])
        self.marks.append(PlacedLabel(tokens[0], vocabulary.folded(text)))
        if (value := value_of(self.block, index, label)) and says_untrusted(text, value.text):
            held = [(value.line, [*value.words])]
            what = said(text, value.text)
            self.items.append(Item("status", value.line, value.line, words=held, text=what))

    def _take_digits(self, token: Token, digits: Fingerprint) -> None:
        piece = next(p for p in digits.pieces if token in p.words)
        if piece is digits.pieces[0] and token.word == piece.first:
            role = digits.role or self.block.title_role(digits.x0, digits.x1, token.line)
            is_sha256 = role == "sha256" or (len(digits.digits) == SHA256 and digits.is_sound)
            kind: Kind = "sha256" if is_sha256 else "sha1"
            self.items.append(Item(kind, token.line, digits.pieces[-1].line, role, digits))
            self._end(*token)
        elif self.name and piece.first == token.word and self.name.line < token.line:
            self.name = None
        self.label = None

    def _begin(self, index: int, at: int) -> None:
        role = self.label
        # behind a label in a column of labels, a value has a left edge of its own
        is_value = role is not None and at > 0 and at in self.block.tokens.chunks[index]
        self._edge = self.block.lines[index].words[at].x0 if is_value else -inf
        self.name = Item("name", index, index, role, words=[(index, [at])])
        self._types = {begins_name(self.block.lines[index].words, at)}
        self.items.append(self.name)
        self.label = None

    def _add(self, index: int, at: int) -> None:
        assert self.name is not None  # noqa: S101 - only called within a name
        if self.name.words[-1][0] != index:
            self.name.words.append((index, []))
        self.name.words[-1][1].append(at)
        self.name.last = index
        if type_ := begins_name(self.block.lines[index].words, at):
            self._types.add(type_)

    def _take_other(self, index: int, at: int) -> None:
        """A word of no name: the value of a label, a number, a date, or unexplained."""
        text = self.block.lines[index].words[at].text
        words = self.block.lines[index].words
        deeper = words[0].x0 > self.indent + SETTINGS.indent * self.block.lines[index].size
        governed = deeper or self.labelled == index
        if governed or is_date(text) or is_number(text):
            self.fields.append(Field(self.label or "other", [Token(index, at)]))

    # --- where a name ends -------------------------------------------------------------------

    def _text_before(self) -> str:
        assert self.name is not None  # noqa: S101 - only called within a name
        line, words = self.name.words[-1]
        return self.block.lines[line].words[words[-1]].text

    def _ends(self, index: int, at: int, starts: set[int]) -> bool:
        """Whether a word is none of the name before it on its line, or above it."""
        words = self.block.lines[index].words
        text = words[at].text
        if ends_name(text):
            return True
        is_first = self.name is not None and self.name.words[-1][0] != index
        separated = self._text_before().endswith(PARTS)
        return at in starts and not is_first and not (separated and begins_name(words, at))

    def _continues(self, index: int, labels: dict[int, Label]) -> bool:
        """Whether the name goes on on a further line."""
        assert self.name is not None  # noqa: S101 - only called within a name
        line, above = self.block.lines[index], self.block.lines[self.name.last]
        step = line.y - above.y
        if self.name.last != index - 1 or step > min(
            SETTINGS.text_step * self.pitch, SETTINGS.label_step * line.size
        ):
            return False
        first = labels[0].end if 0 in labels and labels[0].goes_on else 0
        words = line.words[first:]
        if not words or first in labels:
            return False
        # other cells may share the lines: what counts is the name's own font size
        size = above.words[self.name.words[-1][1][-1]].size
        if not same_text(words[0].size, size):
            return False
        if words[0].x0 < self._edge - SETTINGS.indent * line.size:
            return False
        if Token(index, first) in self.block.tokens.owner:
            return False
        if (
            len(words) > 1
            and is_bullet(words[0].text)
            and (begins_name(words, 1) or Token(index, first + 1) in self.block.tokens.owner)
        ):
            return False
        if self._begins_outside(line, above):
            return False
        type_ = begins_name(words, 0)
        if not type_ and line.page != above.page and self._has_room_for(words[0]):
            return False
        if type_ and not self._text_before().endswith(PARTS):
            return type_ not in self._types or (
                type_ in _REPEATED and "CN" not in self._types and type_ != "O"
            )
        return True

    def _begins_outside(self, line: Placed, above: Placed) -> bool:
        """Whether a line begins left of the one above: what is indented is of the item above it."""
        if line.page != above.page or line.text_column != above.text_column:
            return False
        return above.words[0].x0 - line.words[0].x0 >= SETTINGS.indent * line.size

    def _has_room_for(self, word: Word) -> bool:
        """Whether the last line of the name could have held a further word, too."""
        assert self.name is not None  # noqa: S101 - only called within a name
        ends = [self.block.lines[line].words[words[-1]].x1 for line, words in self.name.words]
        return ends[-1] + room_needed(word, word.size) < max(ends)


def same_text(size: float, above: float) -> bool:
    """Whether a line in one font size goes on with the text above: a larger one is a heading."""
    return abs(size - above) <= SETTINGS.same_size * size and size <= SETTINGS.larger_size * above


# --- rows ----------------------------------------------------------------------------------------


def _rows(items: Sequence[Item], start: tuple[Kind, ...], cuts: Sequence[int]) -> list[list[Item]]:
    """Items in rows: a new one begins with what rows begin with, and below a heading."""
    rows: list[list[Item]] = []
    current: list[Item] = []
    section = 0
    for item in items:
        here = sum(cut <= item.line for cut in cuts)
        held = {each.kind for each in current if each.kind != "status"}
        begins = item.kind in start and (item.kind in held or not held <= set(start))
        if not current or begins or here != section:
            current = []
            rows.append(current)
        current.append(item)
        section = here
    return rows


def _with_status_inside(items: Sequence[Item], block: Block) -> list[Item]:
    """Items in an order in which what a record says of trust stands behind another item of it.

    At the beginning of a record it is nearer to what comes after it than to what is before.
    """
    placed = [*items]
    for at in range(len(placed) - 1):
        item, after = placed[at : at + 2]
        if item.kind == "status" and after.kind != "status":
            low = block.lines[placed[at - 1].last].y if at else -inf
            here = block.lines[item.line].y
            if block.lines[after.line].y - here < here - low:
                placed[at : at + 2] = [after, item]
    return placed


def _draft(row: Sequence[Item], right: float) -> Draft | None:
    """A row of its items; what it has twice stays unexplained."""
    prints = [(item.kind, item.digits) for item in row if item.digits]
    sha1 = [digits for kind, digits in prints if kind == "sha1"]
    # a page break may part a SHA-256
    sha256 = [digits for kind, digits in prints if kind == "sha256" and digits.is_sound]
    names = [item for item in row if item.kind == "name"]
    subjects = [item for item in names if item.role == "subject"] or names
    if not (sha1 or sha256):
        return None
    labelled = [each for each in sha1 if each.role in ("sha1", "fingerprint")]
    digits = (labelled or sha1 or sha256)[0]
    return Draft(
        digits,
        sha256[0] if sha1 and sha256 else None,
        subjects[0].words if subjects else [],
        right,
        next((item.text for item in row if item.kind == "status"), ""),
        is_followed=bool(subjects) and subjects[0].is_followed,
    )


def _fit(block: Block, rows: Sequence[Sequence[Item]]) -> float:
    """How much further rows are apart than what is within them; few begin within a line."""
    score = 0
    for row, following in pairwise(rows):
        first = following[0]
        score -= 2 * (first.begin.word > 0 and first.line == row[-1].last)
        inside = [block.lines[b.line].y - block.lines[a.last].y for a, b in pairwise(row)]
        across = block.lines[first.line].y - block.lines[row[-1].last].y
        widest = max(inside, default=0.0)
        score += (across > 1.1 * widest) - (widest > 1.1 * across)
    return score / max(len(rows), 1)
