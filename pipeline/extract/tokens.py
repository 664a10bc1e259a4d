"""Words -> tokens of a kind: digits with the label that governs them, labels, the rest.

What a token is is told by its own words and those right beside it, never by a layout.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise

from pipeline.extract.cells import Spots
from pipeline.extract.chunks import chunk_starts
from pipeline.extract.digit_groups import with_columns_parted, with_groups_whole
from pipeline.extract.fingerprints import MD5, SHA1, SHORTEST, Fingerprint, Piece, pieces_of
from pipeline.extract.labels import Label, LabelFinder, is_dump, labels_alone
from pipeline.extract.page import Line, Token, Word
from pipeline.extract.settings import SETTINGS
from pipeline.extract.vocabulary import DIGITS, Role
from pipeline.extract.wrapped_digits import Neighbours, fingerprints_of
from pipeline.extract.wrapped_labels import add_labels_beside_values, add_labels_of_cells


@dataclass(slots=True)
class Tokens:
    """The tokens of some lines."""

    lines: Sequence[Line]
    digits: list[Fingerprint] = field(default_factory=list)
    labels: list[list[Label]] = field(default_factory=list)
    chunks: list[list[int]] = field(default_factory=list)
    owner: dict[Token, Fingerprint] = field(default_factory=dict)

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
    cells = [_cells_on(i, line, spots) for i, line in enumerate(lines)]
    found = [[] if is_dump(line) else pieces_of(i, line, cells[i]) for i, line in enumerate(lines)]
    pieces = with_groups_whole(lines, with_columns_parted(lines, found))
    chunks = [
        sorted({*chunk_starts(line), *cells[i]}) if cells[i] else chunk_starts(line)
        for i, line in enumerate(lines)
    ]
    finder = LabelFinder(lines, chunks, pieces, labels_alone(lines) + (alone or Counter()))
    labels = [finder.labels(index) for index in range(len(lines))]
    add_labels_of_cells(labels, lines, spots)
    add_labels_beside_values(labels, lines, chunks, pieces)
    digits = _likely(fingerprints_of(lines, pieces, _Said(lines, pieces, chunks, labels, spots)))
    _drop_words_of_names(labels, digits)
    _mark_md5(digits, 1 if has_md5 else SETTINGS.digest_pairs)
    owner = {Token(*token): each for each in digits for token in each.words}
    return Tokens(lines, digits, labels, chunks, owner)


@dataclass(frozen=True, slots=True)
class _Said(Neighbours):
    """What labels and cells say of digits."""

    lines: Sequence[Line]
    pieces: Sequence[Sequence[Piece]]
    chunks: Sequence[Sequence[int]]
    labels: Sequence[Sequence[Label]]
    spots: Spots

    def role_of(self, piece: Piece) -> Role | None:
        """The role of the label right before some digits, or right above them.

        Of a few digits it has to be one that announces digits.
        """
        role = self._role_before(piece)
        return role if role in DIGITS or len(piece.digits) >= 2 * SHORTEST else None

    def are_together(self, above: Piece, piece: Piece) -> bool:
        """Whether two pieces may stand in one cell, or in two parts of one on two pages."""
        one = self.spots.get((above.line, above.first))
        other = self.spots.get((piece.line, piece.first))
        if one is None or other is None or one.column < 0 or other.column < 0:
            return True
        # each page numbers its columns by itself
        return one.page != other.page or (one.column == other.column and one.row == other.row)

    def is_in_cell(self, piece: Piece) -> bool:
        """Whether the document shows a cell around a piece."""
        return piece.begin in self.spots

    def has_label_apart(self, piece: Piece) -> bool:
        """Whether white parts a piece from the label before it, which no colon ends."""
        return piece.first in self.chunks[piece.line] and any(
            label.end == piece.first and not label.has_colon for label in self.labels[piece.line]
        )

    def _role_before(self, piece: Piece) -> Role | None:
        for label in self.labels[piece.line]:
            if label.end == piece.first:
                return None if label.goes_on else label.role
        line, above = self.lines[piece.line], piece.line - 1
        if above < 0 or not self.labels[above] or not line.is_right_below(self.lines[above]):
            return None
        higher = self.lines[above]
        ends = {*self.chunks[above][1:], len(higher.words)}
        # what has its digits beside it says nothing of those below
        ends -= {each.first for each in self.pieces[above] if len(each.digits) >= SHORTEST}
        for label in self.labels[above]:
            if label.end not in ends:
                continue
            deeper = line.words[piece.first].x0 - higher.words[label.first].x0
            near = abs(deeper) < line.size
            # below a colon the value may be indented, beside other columns, too
            near = near or (label.has_colon and 0 < deeper < SETTINGS.value_indent * line.size)
            # a label with a line to itself may stand further out than its value
            near = near or (piece.first == label.first == 0 and label.end == len(higher.words))
            # a colon at the end of a line speaks of the next one, however it is indented
            if (near and piece.first in self.chunks[piece.line]) or (
                label.has_colon and label.end == len(higher.words) and piece.first == 0
            ):
                return label.role
        return None


def _drop_words_of_names(labels: list[list[Label]], found: Iterable[Fingerprint]) -> None:
    """Drop labels right before digits that go on from a line above: they are words of names."""
    for piece in chain.from_iterable(each.pieces[1:] for each in found):
        held = labels[piece.line]
        if any(label.end == piece.first and not label.goes_on for label in held):
            labels[piece.line] = [each for each in held if each.end != piece.first]


def _cells_on(index: int, line: Line, spots: Spots) -> list[int]:
    """The words of a line at which another cell begins."""
    held = [spots.get((index, at)) for at in range(len(line.words))] if spots else []
    return [at for at, (one, other) in enumerate(pairwise(held), 1) if one != other]


def _likely(found: Sequence[Fingerprint]) -> list[Fingerprint]:
    """Leave out short runs of digits that stand where no fingerprint does."""
    sound = [f for f in found if f.is_sound]
    return [
        f
        for f in found
        if f.is_digest
        or f.role
        or len(f.digits) >= SETTINGS.likely_digits * SHA1
        or (
            (len(f.digits) >= SETTINGS.likely_beside * SHA1 or f.pieces[0].is_dressed)
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
