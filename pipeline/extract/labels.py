"""Which words of a line are labels: those that govern what follows them, or what is below."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final, NamedTuple

from pipeline.extract import vocabulary
from pipeline.extract.fingerprints import SHORTEST, Piece, digits_of
from pipeline.extract.page import Line, Word
from pipeline.extract.settings import SETTINGS
from pipeline.extract.vocabulary import DIGITS, PARTS, LabelMeaning, Role
from pipeline.extract.word_kinds import begins_name, is_bullet, is_date, is_number

_OFFSET: Final = re.compile(r"[0-9a-fA-F]{4}:")
_BYTE: Final = re.compile(r"[0-9a-fA-F]{2}")
_STRONG: Final = DIGITS | {"subject", "issuer", "date"}
"""Labels of these roles count within a text, too, if a colon or a value of their kind follows."""
_BESIDE: Final[frozenset[Role]] = frozenset({"other", "status"})
"""A label of these roles may have any value beside it."""
_ANNOUNCING: Final = _STRONG | _BESIDE | {"certificate"}
"""A label of another role, without a colon, may be a word of a name: ``Root CA``."""
_QUOTES: Final = '"“”„'


class Label(NamedTuple):
    """A label on a line: its words ``first`` up to ``end``; of what nobody knows it has no role.

    One that ``goes_on`` is the rest of a label whose value begins above.
    """

    first: int
    end: int
    role: Role | None
    has_colon: bool
    goes_on: bool = False


def with_labels_parted(line: Line) -> list[Word]:
    """The words of a line; a label is parted from the value that follows it in one word."""
    words = line.words
    if not any((":" in w.text or "=" in w.text) and vocabulary.parted(w.text) for w in words):
        return words
    found: list[Word] = []
    for word in words:
        parts = vocabulary.parted(word.text) if len(word.text) > 2 else None
        if not parts:
            found.append(word)
            continue
        middle = word.x0 + (word.x1 - word.x0) * len(parts[0]) / len(word.text)
        found.append(word._replace(text=parts[0], x1=middle))
        found.append(word._replace(text=parts[1], x0=middle))
    return found


def labels_alone(lines: Iterable[Line]) -> Counter[tuple[str, int]]:
    """The labels that have a line to themselves, by text and place."""
    short = (
        line
        for line in lines
        if len(line.words) <= SETTINGS.label_words and vocabulary.role_of(line.text)
    )
    return Counter(map(_place, short))


def is_dump(line: Line) -> bool:
    """Whether a line shows bytes behind their offset, as keytool does: ``0010: 92 E1 A6 A3  ....``.

    Those are the bytes of an extension, never a fingerprint.
    """
    words = line.words
    return (
        len(words) > 1
        and _OFFSET.fullmatch(words[0].text) is not None
        and _BYTE.fullmatch(words[1].text) is not None
    )


@dataclass(frozen=True, slots=True)
class LabelFinder:
    """Finds the labels on lines.

    ``chunks`` are the words of each line at which a text begins, ``pieces`` its digits; ``alone``
    counts the labels with a line to themselves, there and on the pages before.
    """

    lines: Sequence[Line]
    chunks: Sequence[Sequence[int]]
    pieces: Sequence[Sequence[Piece]]
    alone: Counter[tuple[str, int]]

    def labels(self, index: int) -> list[Label]:
        """The labels on a line, from left to right."""
        line = self.lines[index]
        if is_dump(line):
            return [Label(0, 1, "other", True)]  # what is behind the offset is its value
        texts = [word.text for word in line.words]
        may_begin = [vocabulary.may_begin_label(text) for text in texts]
        found = [*self._governing(index, texts, may_begin)] if any(may_begin) else []
        if any(may_begin[-SETTINGS.label_head :]):
            found.extend(self._parted_label(index, texts, found))
        if not found and (count := _unknown_label(texts)):
            found.append(Label(0, count, None, True))
        return found

    def _governing(
        self, index: int, texts: Sequence[str], may_begin: Sequence[bool]
    ) -> Iterator[Label]:
        """The labels on a line that govern something; ``may_begin`` tells which words may be."""
        at, starts = 0, self.chunks[index]
        while at < len(texts):
            may_be = may_begin[at] or at in starts
            label = self._label_at(index, texts, at) if may_be else None
            if label and self._is_label(index, at, label) and self._governs(index, at, label):
                yield Label(at, at + label.length, label.role, label.has_colon)
                at += label.length
            else:
                at += 1

    def _label_at(self, index: int, texts: Sequence[str], at: int) -> LabelMeaning | None:
        """What would be a label, if it governs something; a word may lead it that adds nothing."""
        starts = self.chunks[index]
        if at and texts[at - 1] == "=":
            return None  # ``CN = Valid Root``: a value
        label = vocabulary.label_at(_chunk(texts, starts, at), at)
        if at in starts and vocabulary.is_leading(texts[at]) and not (label and label.has_colon):
            led = vocabulary.label_at(_chunk(texts, starts, at), at + 1)
            if led and (led.has_colon or not label):
                return led._replace(length=led.length + 1)
        return label

    def _is_label(self, index: int, at: int, label: LabelMeaning) -> bool:
        """Whether what can be a label is no attribute of a name."""
        return not begins_name(self.lines[index].words, at) or self._is_own(index, at, label)

    def _is_own(self, index: int, at: int, label: LabelMeaning) -> bool:
        """Whether what looks like an attribute begins a field: ``Name= Acme``, lines of ``CN=``.

        No root has the attribute ``name``; what is alone on line after line ends no name.
        """
        line = self.lines[index]
        above = self.lines[index - 1].words[-1].text if index else ""
        if at or not label.has_colon or above.endswith(PARTS):
            return False
        is_alone = label.length == len(line.words)
        return vocabulary.folded(line.words[0].text) == "name" or (
            is_alone and self.alone[_place(line)] >= SETTINGS.lone_labels
        )

    def _governs(self, index: int, at: int, label: LabelMeaning) -> bool:
        """Whether what can be a label is one: by a colon, where it stands, or what follows it.

        ``CN=Acme Valid Root CA`` holds none.
        """
        line, starts = self.lines[index], self.chunks[index]
        end = at + label.length
        is_start = at in starts or (is_bullet(line.words[at - 1].text) and at - 1 in starts)
        if label.has_colon:
            return is_start or label.role in _STRONG
        if is_start and _is_quoted(line.words[end:]):
            return True
        if at == 0 and end == len(line.words):
            if not _has_value_below(self.lines, index):
                return False
            if self.alone[_place(line)] >= SETTINGS.lone_labels:
                return label.role in _ANNOUNCING or self._heads_record(index)
        if label.role not in _ANNOUNCING:
            return False
        if fits(line, end, label.role, self.pieces[index]):
            # a word of another column is no label of what stands in the next
            return is_start or end not in starts
        if end == len(line.words):
            return self._has_value_on_next_line(index, at, label.role, is_start=is_start)
        is_pair = len(starts) == 2 and at == 0 and end == starts[1]
        is_short = len(line.words) <= end + SETTINGS.value_words and "=" not in line.text
        return label.role in _BESIDE and is_pair and is_short

    def _has_value_on_next_line(self, index: int, at: int, role: Role, *, is_start: bool) -> bool:
        """Whether the value of a label that ends its line begins the next one, or is below it."""
        if index + 1 >= len(self.lines):
            return False
        line, below, pieces = self.lines[index], self.lines[index + 1], self.pieces[index + 1]
        if self._goes_on_below(index):
            if role == "date" and fits(below, 0, "date", ()):
                return True
            if role in DIGITS and _begins_with_digits(pieces):
                return True
        if not is_start or role not in _STRONG:
            return False
        first = next((i for i, w in enumerate(below.words) if w.x1 > line.words[at].x0 - 1), 0)
        return below.is_right_below(line) and fits(below, first, role, pieces)

    def _heads_record(self, index: int) -> bool:
        """Whether a line that is a label and nothing else has white above it, as records have.

        ``Name`` and ``CA`` may be the last line of a name, too. At the top of a page, where nothing
        stands above, others on it tell.
        """
        lines = self.lines
        if _has_white_above(lines, index):
            return True
        line, above = lines[index], lines[index - 1] if index else None
        if above and line.words[0].y > above.words[0].y:
            return False
        like = [at for at, other in enumerate(lines) if _place(other) == _place(line)]
        return sum(_has_white_above(lines, at) for at in like) >= SETTINGS.lone_labels - 1

    def _goes_on_below(self, index: int) -> bool:
        """Whether the last text of a line may go on on the next one, which begins no further left.

        The first line of a paragraph may be indented.
        """
        line, starts = self.lines[index], self.chunks[index]
        indent = SETTINGS.first_indent if len(starts) == 1 else 1.0
        edge = line.words[starts[-1]].x0 - indent * line.size
        return self.lines[index + 1].words[0].x0 > edge

    def _parted_label(
        self, index: int, texts: Sequence[str], found: Sequence[Label]
    ) -> Iterator[Label]:
        """The first part of a label that goes on on the next line: ``SHA-1`` / ``fingerprint:``.

        Its second part is a label of its own there.
        """
        if index + 1 >= len(self.lines):
            return
        count = len(texts)
        begin = max(count - SETTINGS.label_head, found[-1].end if found else 0, 1)
        places = [at for at in range(begin, count) if vocabulary.may_begin_label(texts[at])]
        below = [word.text for word in self.lines[index + 1].words] if places else []
        for at in places:
            label = vocabulary.label_at([*texts[at:], *below])
            if label is None or label.length <= count - at or label.role not in _STRONG:
                continue
            after = label.length - (count - at)
            is_dated = label.role == "date" and fits(self.lines[index + 1], after, "date", ())
            if (label.has_colon or is_dated) and vocabulary.label_at(texts, at):
                yield Label(at, count, label.role, True)
                return


def _chunk(texts: Sequence[str], starts: Sequence[int], at: int) -> Sequence[str]:
    """The texts of a line up to the end of the chunk that a word stands in.

    Labels that begin a chunk may be aligned on their colons: ``SHA1      : 74:3A``.
    """
    marks = (":", "=") if at in starts else ()
    ends = (start for start in starts if start > at and texts[start] not in marks)
    return texts[: next(ends, len(texts))]


def _unknown_label(texts: Sequence[str]) -> int:
    """The words of a label that nobody knows: a few at the start of a line, up to a colon."""
    for count, text in enumerate(texts[:5], 1):
        is_field = len(text) > 1 and text[-1] == "=" and not vocabulary.attribute_of(text)
        if is_field or text.endswith((":", "：")) or (count > 1 and text == ":"):
            return count if not digits_of(text) or len(text) < 3 else 0
        if "=" in text or any(map(str.isdigit, text)):
            return 0
    return 0


def _has_value_below(lines: Sequence[Line], index: int) -> bool:
    """Whether what stands below a line may be its value, since it begins no further left.

    ``Certificate`` may be the last line of a name, too: below it begins the next row.
    """
    if index + 1 == len(lines):
        return True  # it may stand on the next page
    line, below = lines[index : index + 2]
    return below.words[0].x0 > line.words[0].x0 - line.size


def _has_white_above(lines: Sequence[Line], index: int) -> bool:
    """Whether a line stands nearer to the one below it than to the one above it."""
    if not 0 < index < len(lines) - 1:
        return False
    above, line, below = lines[index - 1 : index + 2]
    return line.y - above.y > SETTINGS.text_step * (below.y - line.y)


def _is_quoted(words: Sequence[Word]) -> bool:
    """Whether words are a text in quotes and nothing else: ``Certificate "QuoVadis Root CA 3"``."""
    return bool(words) and words[0].text[0] in _QUOTES and words[-1].text[-1] in _QUOTES


def _place(line: Line) -> tuple[str, int]:
    """What a label that stands above its values has in common in all records."""
    return vocabulary.folded(line.text), round(line.words[0].x0)


def _begins_with_digits(pieces: Sequence[Piece]) -> bool:
    return any(piece.first == 0 and len(piece.digits) >= SHORTEST for piece in pieces)


def fits(line: Line, at: int, role: Role, pieces: Sequence[Piece]) -> bool:
    """Whether a value of the kind that a label announces stands at a word."""
    if at >= len(line.words):
        return False
    match role:
        case "subject" | "issuer":
            return bool(begins_name(line.words, at))
        case "date":
            texts = [word.text for word in line.words[at : at + 3]]
            said = is_date(texts[0]) if len(texts[0]) > 4 else any(map(is_date, texts))
            held = takewhile(lambda text: is_date(text) or is_number(text), texts)
            return said and any(char.isdigit() for text in held for char in text)
        case "serial":
            return any(p.first == at for p in pieces) or is_number(line.words[at].text)
        case "fingerprint" | "sha1" | "sha256" | "md5" | "key":
            return any(p.first == at and len(p.digits) >= SHORTEST for p in pieces)
        case _:
            return False
