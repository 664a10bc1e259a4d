"""Cells that a document itself shows: by the tags of its structure, or by ruled lines and bands."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from math import inf
from typing import NamedTuple, Protocol

from pipeline.extract.page import Line, Page, Ruling, Word
from pipeline.extract.settings import SETTINGS


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


class _Line(Protocol):
    words: list[Word]
    size: float
    page: int
    shift: float


def cells_of(lines: Sequence[_Line], pages: Mapping[int, Page]) -> Spots:
    """The cell of each word that stands in one, by what its page states: tags before rules."""
    tagged = {number: _tagged(page) for number, page in pages.items() if page.tagged}
    ruled = {n: grid for n, page in pages.items() if (grid := _Grid.of(page)) is not None}
    spots: Spots = {}
    for index, line in enumerate(lines) if tagged or ruled else ():
        held, grid = tagged.get(line.page, {}), ruled.get(line.page)
        for at, word in enumerate(line.words):
            middle = (word.x0 + word.x1) / 2 + line.shift
            spot = None
            if near := held and held.get(round(word.y)):
                spot = next((s for x0, x1, s in near if x0 - 0.1 <= middle <= x1 + 0.1), None)
            if spot is None and grid is not None:
                spot = grid.spot(middle, word.y - 0.3 * line.size)
            if spot is not None:
                spots[index, at] = spot
    return spots


def runs_of(spots: Spots) -> Iterator[tuple[Spot, int, list[int]]]:
    """The words of cells that follow on each other on a line: their cell, line and numbers."""
    for (line, spot), held in groupby(spots.items(), key=lambda each: (each[0][0], each[1])):
        yield spot, line, [at for (_, at), _ in held]


def _tagged(page: Page) -> dict[int, list[tuple[float, float, Spot]]]:
    """Where the words of tagged cells stand, by their height on the page."""
    held: dict[int, list[tuple[float, float, Spot]]] = defaultdict(list)
    for table in page.tagged:
        for number, row in enumerate(table.rows):
            place = (row.number,) if row.number else (-page.number, number)
            column = 0
            for cell in row.cells:
                spot = Spot(page.number, (table.number, *place), column, cell.is_header)
                column += cell.columns
                for word in cell.words:
                    held[round(word.y)].append((word.x0, word.x1, spot))
    return held


class _Grid:
    """The rules of a page: the edges of rows, and of columns if there are any within the table."""

    def __init__(
        self, number: int, across: list[Ruling], down: list[Ruling], lines: Sequence[Line]
    ) -> None:
        self.number = number
        self.rows = _clustered(rule[1] for rule in across)
        self.columns = _clustered(rule[0] for rule in down)
        self._down = down
        self._lines = lines
        self._spans: dict[tuple[float, float], list[float]] = defaultdict(list)
        for x0, top, x1, _ in across:
            self._spans[round(x0), round(x1)].append(top)
        for tops in self._spans.values():
            tops.sort()
        self._cells: dict[tuple[float, float], tuple[list[float], list[Spot]]] = {}
        self._near: dict[float, list[tuple[float, float, float, float]]] = {}

    @classmethod
    def of(cls, page: Page) -> _Grid | None:
        """The grid of a page, if its rules part anything."""
        levels = [line.y for line in page.lines]
        across = [
            rule
            for rule in page.rulings
            if rule[2] > rule[0]
            and not _is_underline(rule, page.lines, levels)
            and not _is_strike(rule, page.lines, levels)
        ]
        down = [rule for rule in page.rulings if rule[2] <= rule[0]]
        grid = cls(page.number, across, down, page.lines)
        return grid if len(grid.rows) > 2 else None

    def spot(self, x: float, y: float) -> Spot | None:
        """The cell that holds a point; None outside of the rules."""
        if y not in self._near:
            self._near[y] = self._rules_near(y)
        top, foot = -inf, inf
        for low, high, above, below in self._near[y]:
            if low <= x <= high:
                top = above if above > top else top
                foot = below if below < foot else foot
        if top == -inf or foot == inf:
            return None
        row = self._cells.get((top, foot))
        if row is None:
            row = self._cells[top, foot] = self._row(top, foot)
        edges, spots = row
        return spots[bisect_right(edges, x)]

    def _rules_near(self, y: float) -> list[tuple[float, float, float, float]]:
        """From where to where rules run, and the nearest above and below a height."""
        found = []
        for (x0, x1), tops in self._spans.items():
            at = bisect_right(tops, y)
            above = tops[at - 1] if at else -inf
            below = tops[at] if at < len(tops) else inf
            found.append((x0 - SETTINGS.rule_reach, x1 + SETTINGS.rule_reach, above, below))
        return found

    def _row(self, top: float, foot: float) -> tuple[list[float], list[Spot]]:
        """The edges of the cells between two rules, and the cells before, between and behind."""
        edges = self._edges((top + foot) / 2) or self._edges_between(top, foot)
        columns = [bisect_right(self.columns, edge + SETTINGS.same_rule) for edge in edges]
        row = (0, -self.number, bisect_right(self.rows, top + SETTINGS.same_rule))
        return edges, [Spot(self.number, row, column) for column in (-1, *columns)]

    def _edges(self, y: float) -> list[float]:
        """Where rules run down at a height."""
        return sorted(
            r[0]
            for r in (self._down if len(self.columns) > 2 else ())
            if r[1] - SETTINGS.rule_reach <= y <= r[3] + SETTINGS.rule_reach
        )

    def _edges_between(self, top: float, foot: float) -> list[float]:
        """The edges of the cells above and below, where every other row has a band behind it.

        They are those of the row between only if they are the same, and no word crosses them.
        """
        reach = 2 * SETTINGS.rule_reach
        edges = self._edges(top - reach)
        if edges != self._edges(foot + reach):
            return []
        words = [word for line in self._lines if top < line.y < foot for word in line.words]
        crossed = any(word.x0 < edge - 1 and word.x1 > edge + 1 for word in words for edge in edges)
        return [] if crossed else edges


def _is_underline(rule: Ruling, lines: Sequence[Line], levels: Sequence[float]) -> bool:
    """Whether a rule runs below words of a line, from where one begins to where one ends."""
    x0, y, x1, _ = rule
    at = bisect_right(levels, y)
    for line in lines[max(at - 1, 0) : at]:
        if y - line.y > SETTINGS.underline * line.size:
            continue
        begins = any(abs(word.x0 - x0) < SETTINGS.same_edge for word in line.words)
        return begins and any(abs(word.x1 - x1) < SETTINGS.same_edge for word in line.words)
    return False


def _is_strike(rule: Ruling, lines: Sequence[Line], levels: Sequence[float]) -> bool:
    """Whether a rule goes through the middle of words: it strikes them out, and parts no rows."""
    x0, y, x1, _ = rule
    at = bisect_right(levels, y)
    return any(
        SETTINGS.lowest_strike * line.size < line.y - y < SETTINGS.highest_strike * line.size
        and any(word.x0 < x1 and word.x1 > x0 for word in line.words)
        for line in lines[at : at + 1]
    )


def _clustered(places: Iterable[float]) -> list[float]:
    """Places of rules, those of one gap between cells once."""
    found = sorted(set(places))
    return found[:1] + [b for a, b in pairwise(found) if b - a > SETTINGS.same_rule]
