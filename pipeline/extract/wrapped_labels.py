"""Labels of several lines, each beside a line of its value: ``Key`` above ``Identifier``."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from pipeline.extract import vocabulary
from pipeline.extract.cells import Spots, runs_of
from pipeline.extract.fingerprints import MD5, SHA1, SHA256, Piece
from pipeline.extract.labels import Label
from pipeline.extract.page import Line, Word, text_of
from pipeline.extract.settings import SETTINGS
from pipeline.extract.vocabulary import Role


def add_labels_of_cells(labels: list[list[Label]], lines: Sequence[Line], spots: Spots) -> None:
    """Let a label of several lines be one that is alone in the first cell of a row."""
    rows: dict[tuple[int, ...], dict[int, list[tuple[int, list[int]]]]] = {}
    for spot, line, run in runs_of(spots):
        if spot.column >= 0:
            cells = rows.setdefault((spot.page, *spot.row), {})
            cells.setdefault(spot.column, []).append((line, run))
    for cells in rows.values():
        cell = cells.pop(min(cells))
        held = sorted({line for line, _ in cell})
        if not cells or len(held) < 2:
            continue
        words = [(line, at) for line, run in sorted(cell) for at in run]
        role = vocabulary.role_of(text_of(lines[line].words[at] for line, at in words))
        if role is None:
            continue
        begin = min(line for column in cells.values() for line, _ in column)
        for index in held:
            own = [at for line, at in words if line == index]
            others = [each for each in labels[index] if each.first > max(own)]
            label = Label(min(own), max(own) + 1, role, True, index > begin)
            labels[index] = [label, *others]


def add_labels_beside_values(
    labels: list[list[Label]],
    lines: Sequence[Line],
    chunks: Sequence[Sequence[int]],
    pieces: Sequence[Sequence[Piece]],
) -> None:
    """The same where nothing shows cells: below its first line are the rest, and of its value."""
    for index, (line, below) in enumerate(pairwise(lines)):
        starts = chunks[index]
        is_below = below.is_right_below(line)
        if len(starts) < 2 or not is_below or not _is_at_edge(below.words[0], line.words[0]):
            continue
        count = [starts[1], [*chunks[index + 1], len(below.words)][1]]
        digits = sum(len(piece.digits) for piece in pieces[index] if piece.first >= count[0])
        role = _role_of_two_lines(line, below, count, has_whole=digits in _WHOLE)
        for at, goes_on in ((0, False), (1, True)) if role else ():
            others = [each for each in labels[index + at] if each.first >= count[at]]
            labels[index + at] = [Label(0, count[at], role, True, goes_on), *others]


_WHOLE: Final = (0, MD5, SHA1, SHA256)
"""So many digits beside the first line of a label leave none for its second."""


def _role_of_two_lines(
    line: Line, below: Line, count: Sequence[int], *, has_whole: bool
) -> Role | None:
    """The role of a label that has so many first words of two lines; None if that is none.

    Two labels below each other, each with a whole value, are none; nor is what has a mark behind
    its first line, or no letters there.
    """
    label, rest, value = line.words[: count[0]], below.words[: count[1]], line.words[count[0]]
    beside = below.words[count[1] : count[1] + 1]
    texts = [text_of(label), text_of(rest)]
    if (
        len(texts[1]) > SETTINGS.title_length
        or "=" in texts[0]
        or texts[0].endswith(":")
        or not any(map(str.isalpha, texts[0]))
    ):
        return None
    if rest[-1].x1 > value.x0 or any(not _is_at_edge(word, value) for word in beside):
        return None
    if beside and has_whole and all(map(vocabulary.role_of, texts)):
        return None
    return vocabulary.role_of(" ".join(texts))


def _is_at_edge(word: Word, other: Word) -> bool:
    return abs(word.x0 - other.x0) <= SETTINGS.same_edge
