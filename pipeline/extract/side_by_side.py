"""Columns of text, or tables, that stand side by side on a page."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from math import inf
from typing import NamedTuple

from pipeline.extract.chunks import chunk_starts
from pipeline.extract.fingerprints import SHORTEST, pieces_of
from pipeline.extract.headings import heads_rows
from pipeline.extract.page import Line, Page, Ruling
from pipeline.extract.page_furniture import Places, stands_on
from pipeline.extract.row_marks import is_of_row
from pipeline.extract.settings import SETTINGS
from pipeline.extract.word_kinds import begins_name

Bounds = tuple[tuple[float, tuple[float, ...]], ...]
"""From what height on which edges part a page: once, or for each of its sections."""


def gutters(page: Page) -> list[Bounds]:
    """Where a page may part into tables or texts that stand side by side: ways to part it.

    The whole page parts at the same edges, or each section below a heading at its own.
    """
    lines, down = page.lines, [rule for rule in page.rulings if rule[2] <= rule[0]]
    ways: list[Bounds] = [((-inf, bounds),) for bounds in _gutters(lines, down)]
    tops = [-inf, *(line.y for line in lines if heads_rows(line)), inf]
    if len(tops) == 2:  # no heading parts the page
        return ways
    parts = [
        (top, _gutters([line for line in lines if top <= line.y < end], down))
        for top, end in pairwise(tops)
    ]
    found = [(top, edges) for top, edges in parts if edges]
    if len(found) > 1:
        for number in range(max(len(edges) for _, edges in found)):
            way = tuple(
                (top, edges[min(number, len(edges) - 1)] if edges else ()) for top, edges in parts
            )
            ways.append(way)
    return ways


def _gutters(lines: Sequence[Line], down: Sequence[Ruling]) -> list[tuple[float, ...]]:
    """Where some lines may part into columns: ways to part them.

    There is white all the way down, or a rule, and names and digits on either side of it.
    """
    pieces = [
        piece
        for index, line in enumerate(lines)
        for piece in pieces_of(index, line)
        if len(piece.digits) >= SHORTEST
    ]
    if not pieces or min(p.x1 for p in pieces) > max(p.x0 for p in pieces):
        return []
    rows = lines[min(p.line for p in pieces) : max(p.line for p in pieces) + 1]
    # cells that are level in the middle or at the foot begin above the first digits
    names = [
        word.x0
        for line in lines
        for at, word in enumerate(line.words)
        if begins_name(line.words, at)
    ]
    held = _Held(names, [(p.x0, p.x1) for p in pieces])
    found = _white(rows)
    edges = {edge for edge, _, _ in found}
    white = {
        bound: width
        for _, bound, width in found
        if held.between(-inf, bound)
        and held.between(bound, inf)
        and sum(_crosses(line, bound, edges) for line in rows)
        <= SETTINGS.crossing_lines * len(rows)
    }
    ruled = dict.fromkeys(_ruled(rows, down), 0.0)
    return list(dict.fromkeys([*_ways(white, held), *_ways(ruled, held)]))


class _Held(NamedTuple):
    """What rows hold: where names begin, and the edges of digits."""

    names: Sequence[float]
    digits: Sequence[tuple[float, float]]

    def between(self, low: float, high: float) -> bool:
        """Whether both stand between two edges."""
        return any(low < x < high for x in self.names) and any(
            low < x0 and x1 < high for x0, x1 in self.digits
        )


def _ways(parting: Mapping[float, float], held: _Held) -> Iterator[tuple[float, ...]]:
    """The ways to part lines at some of these bounds, given with how much white is there.

    A table has white between its own columns, too: what parts two tables may be the first such
    white, or the widest, and what is next to it.
    """
    widths = sorted(set(parting.values()), reverse=True)
    found = dict.fromkeys(bounds for least in widths if (bounds := _wider(parting, least, held)))
    first = _wider(parting, 0.0, held)
    yield from [first] if first else []
    yield from [*found][: SETTINGS.widest_columns]


def _wider(parting: Mapping[float, float], least: float, held: _Held) -> tuple[float, ...]:
    """The first bounds amid white at least so wide that have rows on either side."""
    bounds: list[float] = []
    for bound, width in parting.items():
        low = bounds[-1] if bounds else -inf
        if width >= least and held.between(low, bound) and held.between(bound, inf):
            bounds.append(bound)
    return tuple(bounds)


def _white(rows: Sequence[Line]) -> list[tuple[int, float, float]]:
    """Edges at which some rows begin, from left to right.

    With each go a bound amid the white before it, and how much white there is.
    """
    gaps: dict[int, list[float]] = defaultdict(list)
    least: dict[int, float] = defaultdict(lambda: inf)
    for line in rows:
        gaps[round(line.words[0].x0)].append(inf)
        for before, word in pairwise(line.words):
            edge, gap = round(word.x0), word.x0 - before.x1
            if gap > line.size:
                gaps[edge].append(gap)
            if gap >= SETTINGS.usual_space * line.size:
                least[edge] = min(least[edge], gap)
    # a heading may begin a little before its table does: the bound is amid the white
    return [
        (edge, edge - min(0.5 * least[edge], 3 * rows[0].size), min(found))
        for edge, found in sorted(gaps.items())
        if len(found) >= SETTINGS.common_edge * len(rows)
    ]


def _ruled(rows: Sequence[Line], down: Sequence[Ruling]) -> list[float]:
    """Where rules run down beside all rows, and no word crosses them."""
    first, last = rows[0].y, rows[-1].y
    found = sorted({round(x, 1) for x, top, _, foot in down if top <= first and foot >= last - 1})
    words = [word for line in rows for word in line.words]
    return [x for x in found if not any(w.x0 < x - 1 and w.x1 > x + 1 for w in words)]


def _crosses(line: Line, bound: float, edges: Collection[int] = ()) -> bool:
    """Whether a line runs on across ``bound``: a word does, or only a space stands there.

    At ``edges`` where others begin, a line begins, too, however close what is before it comes.
    """
    left = max((word.x1 for word in line.words if word.x0 < bound), default=-inf)
    right = min((word.x0 for word in line.words if word.x0 >= bound), default=inf)
    is_begun = right < inf and round(right) in edges
    least = SETTINGS.usual_space if is_begun else SETTINGS.space_within
    return right - left < least * line.size


def parted(
    lines: Sequence[Line], bounds: Bounds, elsewhere: Sequence[Places] = ()
) -> tuple[list[Line], list[list[Line]], list[Line]]:
    """What stands above the columns of a page, those columns, and what stands below them.

    What stands between the columns of two sections is one of its own.
    """
    tops = [*(top for top, _ in bounds), inf]
    above: list[Line] = []
    columns: list[list[Line]] = []
    below: list[Line] = []
    for (_, edges), (top, end) in zip(bounds, pairwise(tops), strict=True):
        part = [line for line in lines if top <= line.y < end]
        head, inside, foot = _parted(part, edges, elsewhere) if edges else ([], [part], [])
        if columns:
            columns.append([*below, *head])
        else:
            above = [*below, *head]
        columns, below = [*columns, *inside], foot
    return above, [column for column in columns if column], below


def _parted(
    lines: Sequence[Line], bounds: Sequence[float], elsewhere: Sequence[Places]
) -> tuple[list[Line], list[list[Line]], list[Line]]:
    """The same of one section.

    The last line before the rows that runs across, or stands on other pages, too, ends what is
    above, and the first such line behind the rows begins what is below. Columns end at a heading
    that has white beside it: below it are further ones.
    """
    rows = [line.y for i, line in enumerate(lines) if any(map(is_of_row, pieces_of(i, line)))]
    first, last = min(rows), max(rows)
    across = [
        line.y
        for line in lines
        if any(_crosses(line, bound) for bound in bounds) or stands_on(line, elsewhere)
    ]
    across += [line.y for line, below in pairwise(lines[:2]) if _is_running_head(line, below)]
    top = max((y for y in across if y < first), default=-inf)
    foot = min((y for y in across if y > last), default=inf)
    above = [line for line in lines if line.y <= top]
    below = [line for line in lines if line.y >= foot]
    inside = [line for line in lines if top < line.y < foot]
    cuts = [line.y for line in inside if _heads_columns(line, inside, bounds[0])]
    columns = [
        _column([line for line in inside if begin <= line.y < end], low, high)
        for begin, end in pairwise([-inf, *cuts, inf])
        for low, high in pairwise([-inf, *bounds, inf])
    ]
    return above, [column for column in columns if column], below


def _is_running_head(line: Line, below: Line) -> bool:
    """Whether the first line of a page has texts side by side, and white below all of them."""
    size = max(line.size, below.size)
    return len(chunk_starts(line)) > 1 and below.y - line.y > SETTINGS.section_step * size


def _heads_columns(line: Line, lines: Sequence[Line], bound: float) -> bool:
    """Whether a heading in the first column is one of all columns: it has white beside it."""
    if line.words[-1].x1 > bound or not heads_rows(line):
        return False
    beside = [other.y for other in lines if other.words[-1].x0 > bound]
    above = max((y for y in beside if y <= line.y), default=-inf)
    below = min((y for y in beside if y > line.y), default=inf)
    return inf > below - above > SETTINGS.heading_gap * line.size


def _column(lines: Sequence[Line], low: float, high: float) -> list[Line]:
    """The parts of lines between two edges. A line's size is that of its first word."""
    own = [round(line.size, 1) for line in lines if low <= line.words[0].x0 < high]
    usual = Counter(own).most_common(1)[0][0] if own else 0.0
    column: list[Line] = []
    for line in lines:
        words = [word for word in line.words if low <= word.x0 < high]
        if words:
            size = line.size if words[0] is line.words[0] or not usual else usual
            column.append(Line(words, words[0].y, size))
    return column
