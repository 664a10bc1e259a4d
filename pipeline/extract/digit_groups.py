"""Groups of digits beside each other: which are of one piece is told by the lines near them.

Browsers break cells of digits anywhere (``word-break: break-all``): ``… d0 e0 7`` above
``e fe 25 …``. The rest of a group begins the next line, and is shorter than the groups behind it:
by itself it would be no part of theirs. And where columns of digits stand so close that the white
between them is hardly wider than a space, the digits of other lines begin at the same edge.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from pipeline.extract.fingerprints import Piece, digits_of, piece_of
from pipeline.extract.page import Line
from pipeline.extract.settings import SETTINGS


def with_columns_parted(
    lines: Sequence[Line], pieces: Sequence[Sequence[Piece]]
) -> list[list[Piece]]:
    """The pieces of each line; those of two columns are parted where others begin."""
    begins = Counter(round(piece.x0) for held in pieces for piece in held)
    edges = {edge for edge, count in begins.items() if count >= SETTINGS.digit_edges}
    return [
        [part for piece in held for part in _parts(lines[index], piece, edges)]
        for index, held in enumerate(pieces)
    ]


def _parts(line: Line, piece: Piece, edges: Collection[int]) -> Iterator[Piece]:
    if piece.first == piece.last:
        yield piece
        return
    words = line.words[piece.first : piece.last + 1]
    gaps = [after.x0 - before.x1 for before, after in pairwise(words)]
    cuts = [
        at
        for at, gap in enumerate(gaps, 1)
        if round(words[at].x0) in edges and gap > SETTINGS.wider_gap * min(gaps)
    ]
    if not cuts:
        yield piece
        return
    for begin, end in pairwise([0, *cuts, len(words)]):
        run = [(piece.first + at, words[at], digits_of(words[at].text)) for at in range(begin, end)]
        yield piece_of(piece.line, run)


def with_groups_whole(
    lines: Sequence[Line], pieces: Sequence[Sequence[Piece]]
) -> list[Sequence[Piece]]:
    """The pieces of each line; the rest of a group is of one piece with the groups behind it."""
    found: list[Sequence[Piece]] = []
    for index, held in enumerate(pieces):
        if any(_may_be_rest(lines[index], one, two) for one, two in pairwise(held)):
            found.append(_joined(lines, found, held))
        else:
            found.append(held)
    return found


def _may_be_rest(line: Line, one: Piece, two: Piece) -> bool:
    """Whether no more than a space parts a group that stands alone from others behind it."""
    gap = line.words[two.first].x0 - line.words[one.last].x1
    is_lone = one.first == one.last == two.first - 1
    return is_lone and gap < SETTINGS.digits_space * line.size


def _joined(
    lines: Sequence[Line], above: Sequence[Sequence[Piece]], held: Sequence[Piece]
) -> list[Piece]:
    done: list[Piece] = []
    for piece in held:
        rest = done[-1] if done else None
        if (
            rest
            and _may_be_rest(lines[piece.line], rest, piece)
            and any(_goes_on(lines, each, rest) for each in _near(lines, above, rest))
        ):
            digits = rest.digits + piece.digits
            done[-1] = Piece(
                piece.line, rest.first, piece.last, digits, rest.x0, piece.x1, piece.has_colons
            )
        else:
            done.append(piece)
    return done


def _near(lines: Sequence[Line], above: Sequence[Sequence[Piece]], rest: Piece) -> Iterator[Piece]:
    """The pieces on the lines above that are near enough to go on here."""
    line = lines[rest.line]
    for index in range(rest.line - 1, -1, -1):
        if line.y - lines[index].y > SETTINGS.digits_step * line.size:
            return
        yield from above[index]


def _goes_on(lines: Sequence[Line], above: Piece, rest: Piece) -> bool:
    """Whether a piece ends in the first part of a group that the ``rest`` makes whole.

    The rest stands at its left edge, or begins a line where the piece ends one.
    """
    words = lines[above.line].words
    groups = [len(digits_of(word.text)) for word in words[above.first : above.last + 1]]
    is_column = abs(above.x0 - rest.x0) < SETTINGS.same_edge
    runs_on = above.last == len(words) - 1 and rest.first == 0
    return groups[-1] + len(rest.digits) == max(groups) and (is_column or runs_on)
