"""Words -> tokens of a kind: digits with the label that governs them, labels, names, dates.

What a token is is told by its own words and those right beside it, never by a layout.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, pairwise, takewhile
from statistics import median
from typing import Final, NamedTuple

from pipeline.extract import vocabulary
from pipeline.extract.digit_groups import with_columns_parted, with_groups_whole
from pipeline.extract.fingerprints import (
    MD5,
    SHA1,
    SHA256,
    SHORTEST,
    Fingerprint,
    Piece,
    digits_of,
    fingerprints_of,
    pieces_of,
)
from pipeline.extract.page import Line, Token, Word, text_of
from pipeline.extract.settings import SETTINGS
from pipeline.extract.vocabulary import DIGITS, PARTS, Role

_MONTH = r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-z]*\.?,?"
_DATE: Final = re.compile(
    rf"""\d{{1,4}}[-./]\d{{1,2}}[-./]\d{{2,4}}(?:T[\d:.]+Z?)?,?|\d{{4}}[-/]\d{{2}}
    |\d{{1,2}}:\d\d(?::\d\d)?Z?
    |[\d年月日년월일.]*[年月日년월일][\d年月日년월일.]*|{_MONTH}|\d{{1,2}}-{_MONTH}-\d{{2,4}}|GMT|UTC|CES?T|IST
    |\d{{8,14}}Z|(?:mon|tue|wed|thu|fri|sat|sun),?""",
    re.VERBOSE | re.IGNORECASE,
)
_NUMBER: Final = re.compile(
    r"[#(]?\d{1,6}[.):,]?|[-–—•*·▪‣◦|/()]|[\[\]{}>]+|(?=[a-f]*[\d:])[0-9a-f:]{2,}",
    re.IGNORECASE,
)
_BULLET: Final = re.compile(r"[(\[]?\d{1,4}[.):\]]*|[•*·▪‣◦–—|#>-]+")
_OFFSET: Final = re.compile(r"[0-9a-fA-F]{4}:")
_BYTE: Final = re.compile(r"[0-9a-fA-F]{2}")
_LONG_DIGITS: Final = re.compile(r"(?:[0-9a-fA-F]{2}[:-]?){8,}")
_FILE: Final = re.compile(r"\S+\.(?:pem|crt|cer|der|p7b|p12|jks|txt)[,;)]?", re.IGNORECASE)


class Spot(NamedTuple):
    """The cell of a table that a word stands in, where the document itself shows cells.

    ``column`` is -1 if only rows are known.
    """

    page: int
    row: tuple[int, ...]
    column: int
    is_header: bool = False


Spots = dict[tuple[int, int], Spot]
"""The cells of words, by the number of their line and their own in it."""


class Label(NamedTuple):
    """A label on a line: its words ``first`` up to ``end``; of what nobody knows it has no role.

    One that ``goes_on`` is the rest of a label whose value begins above.
    """

    first: int
    end: int
    role: Role | None
    has_colon: bool
    goes_on: bool = False


@lru_cache(maxsize=4096)
def is_date(word: str) -> bool:
    """Whether a word is a date, or a part of one."""
    return _DATE.fullmatch(word) is not None


@lru_cache(maxsize=4096)
def is_number(word: str) -> bool:
    """Whether a word is a number or a mark that counts or parts things."""
    return _NUMBER.fullmatch(word) is not None


def is_bullet(word: str) -> bool:
    """Whether a word is what an item of a list begins with."""
    return _BULLET.fullmatch(word) is not None


@lru_cache(maxsize=4096)
def ends_name(word: str) -> bool:
    """Whether a word is none of a name: it begins another field, or is a file of certificates."""
    return vocabulary.is_other_field(word) or _FILE.fullmatch(word) is not None


def begins_name(words: Sequence[Word], at: int) -> str:
    """The type of the attribute that begins at a word, or ``""``: ``C=SE``, ``C = SE``."""
    text = words[at].text
    if "=" in text:
        return vocabulary.attribute_of(text)
    if at + 1 < len(words) and words[at + 1].text.startswith("=") and vocabulary.is_type(text):
        return vocabulary.attribute_of(f"{text}=")
    return ""


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


def chunk_starts(line: Line) -> list[int]:
    """The words of a line before which there is more white than between words of a text."""
    words = line.words
    gaps = [after.x0 - before.x1 for before, after in pairwise(words)]
    usual = 0.0
    if len(gaps) > 3 or _is_stretched(line, gaps):
        usual = median(gaps)
        # the spaces of justified text are all alike: in a header most gaps are those of columns
        spaces = [gap for gap in gaps if gap > SETTINGS.thinnest_space * line.size]
        usual = min(usual, 1.6 * min(spaces, default=usual))
    least = max(SETTINGS.text_gap * line.size, SETTINGS.usual_gap * usual)
    bars = {at for at, word in enumerate(words, 1) if word.text == "|"}
    if bars and _is_row_before_bar(words):
        bars = set()
    return [0, *(at for at, gap in enumerate(gaps, 1) if gap >= least or at in bars)]


def _is_row_before_bar(words: Sequence[Word]) -> bool:
    """Whether digits and a name stand before the first ``|``: then it is no edge of cells."""
    head = list(takewhile(lambda text: text != "|", (word.text for word in words)))
    return any("=" in text for text in head) and any(map(_LONG_DIGITS.fullmatch, head))


def _is_stretched(line: Line, gaps: Sequence[float]) -> bool:
    """Whether this is a line of a name in justified text: all its spaces are wide."""
    return (
        len(gaps) > 1
        and SETTINGS.justified_space * line.size < min(gaps) < SETTINGS.stretched_space * line.size
        and "=" in line.text
        and not any(is_date(w.text) or len(digits_of(w.text)) > SHORTEST for w in line.words)
    )


@dataclass(slots=True)
class Tokens:
    """The tokens of some lines."""

    lines: Sequence[Line]
    digits: list[Fingerprint] = field(default_factory=list)
    labels: list[list[Label]] = field(default_factory=list)
    chunks: list[list[int]] = field(default_factory=list)
    owner: dict[Token, Fingerprint] = field(default_factory=dict)
    alone: Counter[tuple[str, int]] = field(default_factory=Counter)

    def word(self, token: Token) -> Word:
        """The word that a token stands for."""
        return self.lines[token.line].words[token.word]


def tokens_of(
    lines: Sequence[Line],
    spots: Spots,
    *,
    has_md5: bool = False,
    alone: Counter[tuple[str, int]] | None = None,
) -> Tokens:
    """The tokens of lines, from top to bottom; ``spots`` are the cells of words, if stated.

    With ``has_md5``, the document is known to print MD5 digests beside SHA-1; ``alone`` counts the
    labels with a line to themselves on the pages before.
    """
    tokens = Tokens(lines)
    cells = [_cells_on(i, line, spots) for i, line in enumerate(lines)]
    found = [[] if _is_dump(line) else pieces_of(i, line, cells[i]) for i, line in enumerate(lines)]
    pieces = with_groups_whole(lines, with_columns_parted(lines, found))
    tokens.chunks = [
        sorted({*chunk_starts(line), *cells[i]}) if cells[i] else chunk_starts(line)
        for i, line in enumerate(lines)
    ]
    tokens.alone = labels_alone(lines) + (alone or Counter())
    tokens.labels = [_labels(tokens, index, pieces) for index in range(len(lines))]
    _add_labels_of_cells(tokens, spots)
    _add_labels_beside_values(tokens, pieces)

    def role_of(piece: Piece) -> Role | None:
        role = _role_before(tokens, piece)
        return role if role in DIGITS or len(piece.digits) >= 2 * SHORTEST else None

    def together(above: Piece, piece: Piece) -> bool:
        one, other = spots.get(above.begin), spots.get(piece.begin)
        if one is None or other is None or one.column < 0 or other.column < 0:
            return True
        # each page numbers its columns by itself
        return one.page != other.page or (one.column == other.column and one.row == other.row)

    def is_cell(piece: Piece) -> bool:
        return piece.begin in spots

    def is_apart(piece: Piece) -> bool:
        starts = tokens.chunks[piece.line]
        return piece.first in starts and any(
            label.end == piece.first and not label.has_colon for label in tokens.labels[piece.line]
        )

    tokens.digits = _likely(fingerprints_of(lines, pieces, role_of, together, is_cell, is_apart))
    _drop_words_of_names(tokens, tokens.digits)
    _mark_md5(tokens.digits, 1 if has_md5 else SETTINGS.digest_pairs)
    tokens.owner = {Token(*token): each for each in tokens.digits for token in each.words}
    return tokens


def _drop_words_of_names(tokens: Tokens, found: Iterable[Fingerprint]) -> None:
    """Drop labels right before digits that go on from a line above: they are words of names."""
    for piece in chain.from_iterable(each.pieces[1:] for each in found):
        labels = tokens.labels[piece.line]
        if any(label.end == piece.first and not label.goes_on for label in labels):
            tokens.labels[piece.line] = [each for each in labels if each.end != piece.first]


def labels_alone(lines: Iterable[Line]) -> Counter[tuple[str, int]]:
    """The labels that have a line to themselves, by text and place."""
    short = (
        line
        for line in lines
        if len(line.words) <= SETTINGS.label_words and vocabulary.role_of(line.text)
    )
    return Counter(map(_place, short))


def _is_dump(line: Line) -> bool:
    """Whether a line shows bytes behind their offset, as keytool does: ``0010: 92 E1 A6 A3  ....``.

    Those are the bytes of an extension, never a fingerprint.
    """
    words = line.words
    return (
        len(words) > 1
        and _OFFSET.fullmatch(words[0].text) is not None
        and _BYTE.fullmatch(words[1].text) is not None
    )


def _cells_on(index: int, line: Line, spots: Spots) -> list[int]:
    """The words of a line at which another cell begins."""
    held = [spots.get((index, at)) for at in range(len(line.words))] if spots else []
    return [at for at, (one, other) in enumerate(pairwise(held), 1) if one != other]


# --- labels --------------------------------------------------------------------------------------

_STRONG: Final = DIGITS | {"subject", "issuer", "date"}
"""Labels of these roles count within a text, too, if a colon or a value of their kind follows."""
_QUOTES: Final = '"“”„'


def _labels(tokens: Tokens, index: int, pieces: Sequence[Sequence[Piece]]) -> list[Label]:
    words = tokens.lines[index].words
    texts = [word.text for word in words]
    starts = tokens.chunks[index]
    if _is_dump(tokens.lines[index]):
        return [Label(0, 1, "other", True)]  # what is behind the offset is its value
    found: list[Label] = []
    may_begin = [vocabulary.may_begin_label(text) for text in texts]
    at = 0 if any(may_begin) else len(texts)
    while at < len(texts):
        label = None
        if may_begin[at]:
            label = vocabulary.label_at(_chunk(texts, starts, at), at)
        if label is None and at in starts and vocabulary.is_leading(texts[at]):
            label = vocabulary.label_at(_chunk(texts, starts, at), at + 1)
            label = label and label._replace(length=label.length + 1)
        if label is None or (
            begins_name(words, at) and not _is_own_label(tokens, index, at, label)
        ):
            at += 1
            continue
        end = at + label.length
        if _governs(tokens, index, at, label, pieces):
            found.append(Label(at, end, label.role, label.has_colon))
            at = end
        else:
            at += 1
    if any(may_begin[-_HEAD:]):
        found.extend(_parted_label(tokens, index, found))
    if not found and starts[0] == 0 and (field_ := _unknown_label(texts)):
        found.append(Label(0, field_, None, True))
    return found


def _is_own_label(tokens: Tokens, index: int, at: int, label: vocabulary.LabelMeaning) -> bool:
    """Whether what looks like an attribute begins a field: ``Name= Acme``, or lines of ``CN=``.

    No root has the attribute ``name``; what is alone on line after line ends no name.
    """
    line = tokens.lines[index]
    above = tokens.lines[index - 1].words[-1].text if index else ""
    if at or not label.has_colon or above.endswith(PARTS):
        return False
    is_alone = label.length == len(line.words)
    return vocabulary.folded(line.words[0].text) == "name" or (
        is_alone and tokens.alone[_place(line)] >= SETTINGS.lone_labels
    )


def _add_labels_of_cells(tokens: Tokens, spots: Spots) -> None:
    """Let a label of several lines, alone in the first cell of a row, be one: ``Key`` / ``ID``."""
    rows: dict[tuple[int, ...], dict[int, list[tuple[int, int]]]] = {}
    for token, spot in spots.items():
        if spot.column >= 0:
            cells = rows.setdefault((spot.page, *spot.row), {})
            cells.setdefault(spot.column, []).append(token)
    for cells in rows.values():
        cell = cells[min(cells)]
        held = sorted({line for line, _ in cell})
        if len(cells) < 2 or len(held) < 2:
            continue
        text = " ".join(tokens.lines[line].words[at].text for line, at in sorted(cell))
        role = vocabulary.role_of(text)
        if role is None:
            continue
        begin = min(line for column in cells.values() if column is not cell for line, _ in column)
        for index in held:
            words = [at for line, at in cell if line == index]
            others = [each for each in tokens.labels[index] if each.first > max(words)]
            label = Label(min(words), max(words) + 1, role, True, index > begin)
            tokens.labels[index] = [label, *others]


def _add_labels_beside_values(tokens: Tokens, pieces: Sequence[Sequence[Piece]]) -> None:
    """The same where nothing shows cells: below its first line are the rest, and of its value.

    Two labels below each other, each with a whole value, are none; nor is what has a mark behind
    its first line, or no letters there.
    """
    for index, (line, below) in enumerate(pairwise(tokens.lines)):
        first, last = tokens.chunks[index], [*tokens.chunks[index + 1], len(below.words)]
        if len(first) < 2 or not below.is_right_below(line):
            continue
        if abs(below.words[0].x0 - line.words[0].x0) > SETTINGS.same_edge:
            continue
        label, rest = line.words[: first[1]], below.words[: last[1]]
        value = [line.words[len(label)], *below.words[len(rest) : len(rest) + 1]]
        texts = [text_of(label), text_of(rest)]
        count = sum(len(piece.digits) for piece in pieces[index] if piece.first >= len(label))
        is_whole = count in (0, MD5, SHA1, SHA256)
        if (
            len(texts[1]) > SETTINGS.title_length
            or "=" in texts[0]
            or texts[0].endswith(":")
            or not any(map(str.isalpha, texts[0]))
            or rest[-1].x1 > value[0].x0
            or any(abs(word.x0 - value[0].x0) > SETTINGS.same_edge for word in value[1:])
            or (len(value) > 1 and is_whole and all(map(vocabulary.role_of, texts)))
        ):
            continue
        if role := vocabulary.role_of(" ".join(texts)):
            for at, words, goes_on in ((index, label, False), (index + 1, rest, True)):
                others = [each for each in tokens.labels[at] if each.first >= len(words)]
                tokens.labels[at] = [Label(0, len(words), role, True, goes_on), *others]


_HEAD: Final = 3
"""Of a label that a line break parts, at most so many words stand before it."""


def _chunk(texts: Sequence[str], starts: Sequence[int], at: int) -> Sequence[str]:
    """The texts of a line up to the end of the chunk that a word stands in.

    Labels may be aligned on their colons: ``SHA1      : 74:3A``.
    """
    ends = (start for start in starts if start > at and texts[start] not in (":", "="))
    return texts[: next(ends, len(texts))]


def _parted_label(tokens: Tokens, index: int, found: Sequence[Label]) -> Iterator[Label]:
    """The first part of a label that goes on on the next line: ``SHA-1`` of ``SHA-1 fingerprint:``.

    Its second part is a label of its own there.
    """
    if index + 1 >= len(tokens.lines):
        return
    texts = [word.text for word in tokens.lines[index].words]
    count = len(texts)
    for at in range(max(count - _HEAD, found[-1].end if found else 0, 1), count):
        if not vocabulary.may_begin_label(texts[at]):
            continue
        below = [word.text for word in tokens.lines[index + 1].words[:4]]
        label = vocabulary.label_at([*texts[at:], *below])
        if label is None or label.length <= count - at or label.role not in _STRONG:
            continue
        after = label.length - (count - at)
        whole = label.has_colon or (
            label.role == "date" and _fits(tokens.lines[index + 1], after, "date", ())
        )
        if whole and vocabulary.label_at(texts, at):
            yield Label(at, count, label.role, True)
            return


def _unknown_label(texts: Sequence[str]) -> int:
    """The words of a label that nobody knows: a few at the start of a line, up to a colon."""
    for count, text in enumerate(texts[:5], 1):
        is_field = len(text) > 1 and text[-1] == "=" and not vocabulary.attribute_of(text)
        if is_field or text.endswith((":", "：")) or (count > 1 and text == ":"):
            return count if not digits_of(text) or len(text) < 3 else 0
        if "=" in text or any(map(str.isdigit, text)):
            return 0
    return 0


def _governs(
    tokens: Tokens,
    index: int,
    at: int,
    label: vocabulary.LabelMeaning,
    pieces: Sequence[Sequence[Piece]],
) -> bool:
    """Whether words that can be a label are one: by a colon, by where they stand, by what follows.

    ``CN=Acme Valid Root CA`` holds none.
    """
    line, starts = tokens.lines[index], tokens.chunks[index]
    end = at + label.length
    is_start = at in starts or (
        at > 0 and (is_bullet(line.words[at - 1].text) and at - 1 in starts)
    )
    if label.has_colon:
        return is_start or label.role in _STRONG
    if is_start and _is_quoted(line.words[end:]):
        return True
    is_strong = label.role in _STRONG or label.role in ("other", "certificate", "status")
    is_alone = at == 0 and end == len(line.words)
    if is_alone and not _has_value_below(tokens.lines, index):
        return False
    if is_alone and tokens.alone[_place(line)] >= SETTINGS.lone_labels:
        return is_strong or _heads_record(tokens, index)
    if not is_strong:
        return False
    if _fits(line, end, label.role, pieces[index]):
        # a word of another column is no label of what stands in the next
        return is_start or end not in starts
    ends = end == len(line.words) and _goes_on_below(tokens, index)
    if ends and label.role == "date" and _fits(tokens.lines[index + 1], 0, "date", ()):
        return True
    if ends and label.role in DIGITS and _begins_with_digits(pieces[index + 1]):
        return True
    if not is_start or label.role not in _STRONG:
        plain = len(starts) == 2 and len(line.words) <= end + 4 and "=" not in line.text
        return plain and at == 0 and end == starts[1] and label.role in ("other", "status")
    if end < len(line.words):
        return end in starts and _fits(line, end, label.role, pieces[index])
    if index + 1 >= len(tokens.lines):
        return False
    below = tokens.lines[index + 1]
    first = next((i for i, w in enumerate(below.words) if w.x1 > line.words[at].x0 - 1), 0)
    return below.is_right_below(line) and _fits(below, first, label.role, pieces[index + 1])


def _heads_record(tokens: Tokens, index: int) -> bool:
    """Whether a line that is a label and nothing else has white above it, as records have.

    ``Name`` and ``CA`` may be the last line of a name, too. At the top of a page, where nothing
    stands above, others on it tell.
    """
    if _has_white_above(tokens.lines, index):
        return True
    line, above = tokens.lines[index], tokens.lines[index - 1] if index else None
    if above and line.words[0].y > above.words[0].y:
        return False
    like = [at for at, other in enumerate(tokens.lines) if _place(other) == _place(line)]
    return sum(_has_white_above(tokens.lines, at) for at in like) >= SETTINGS.lone_labels - 1


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


def _goes_on_below(tokens: Tokens, index: int) -> bool:
    """Whether the last text of a line may go on on the next one, which begins no further left.

    The first line of a paragraph may be indented.
    """
    if index + 1 >= len(tokens.lines):
        return False
    line, starts = tokens.lines[index], tokens.chunks[index]
    indent = SETTINGS.first_indent if len(starts) == 1 else 1.0
    edge = line.words[starts[-1]].x0 - indent * line.size
    return tokens.lines[index + 1].words[0].x0 > edge


def _place(line: Line) -> tuple[str, int]:
    """What a label that stands above its values has in common in all records."""
    return vocabulary.folded(line.text), round(line.words[0].x0)


def _begins_with_digits(pieces: Sequence[Piece]) -> bool:
    return any(piece.first == 0 and len(piece.digits) >= SHORTEST for piece in pieces)


def _fits(line: Line, at: int, role: Role, pieces: Sequence[Piece]) -> bool:
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


def _role_before(tokens: Tokens, piece: Piece) -> Role | None:
    """The role of the label right before some digits, or right above them."""
    for label in tokens.labels[piece.line]:
        if label.end == piece.first:
            return None if label.goes_on else label.role
    line = tokens.lines[piece.line]
    starts = tokens.chunks[piece.line]
    above = piece.line - 1
    if above < 0 or not line.is_right_below(tokens.lines[above]):
        return None
    higher = tokens.lines[above]
    ends = {*tokens.chunks[above][1:], len(higher.words)}
    for label in tokens.labels[above]:
        if label.end not in ends:
            continue
        near = abs(higher.words[label.first].x0 - line.words[piece.first].x0) < line.size
        # a label with a line to itself may stand further out than its value
        near = near or (piece.first == label.first == 0 and label.end == len(higher.words))
        # a colon at the end of a line speaks of the next one, however it is indented
        if (near and piece.first in starts) or (
            label.has_colon and label.end == len(higher.words) and piece.first == 0
        ):
            return label.role
    return None


# --- digits --------------------------------------------------------------------------------------


def _likely(found: Sequence[Fingerprint]) -> list[Fingerprint]:
    """Leave out short runs of digits that stand where no fingerprint does."""
    sound = [f for f in found if f.is_sound]
    return [
        f
        for f in found
        if f.is_digest
        or f.role
        or len(f.digits) >= 0.75 * SHA1
        or (
            (len(f.digits) >= 0.4 * SHA1 or f.pieces[0].is_dressed)
            and any(f.x0 < other.x1 and f.x1 > other.x0 for other in sound)
        )
    ]


def _mark_md5(found: Sequence[Fingerprint], least: int) -> None:
    """Mark those of 32 digits as MD5 if each SHA-1 has one, all on the same side.

    A SHA-1 that lacks eight digits looks the same, but does not stand by each of the others.
    """
    bare = [f for f in found if f.role is None and (not f.is_sound or len(f.digits) == SHA1)]
    lengths = [len(f.digits) for f in bare]
    pairs = len(lengths) // 2
    if pairs >= least and lengths in ([MD5, SHA1] * pairs, [SHA1, MD5] * pairs):
        for each in bare:
            if len(each.digits) == MD5:
                each.role = "md5"
