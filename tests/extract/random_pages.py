"""Lists drawn at random, set as pages of words: no PDF, so that thousands take a minute.

By hand, in the project's root:

    python -m tests.extract.random_pages --seed 1 --count 200 [--shape table] [--roots unknown]
        [--producer pages|weasyprint|typst|reportlab|fpdf2|chromium] [--empty] [--show]

prints how many rows are exact, reported, or lost or wrong without a word, and the first of those.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from pipeline.extract.page import Line, Page, Ruling, Word
from tests.extract.random_lists import (
    Beside,
    Block,
    Cell,
    Entry,
    Lines,
    List,
    Prose,
    Records,
    Style,
    Table,
    draw,
)

HEIGHT: Final = 600.0
"""Of a page, in points."""
WIDTH: Final = 595.0
"""Of a page; one whose columns need more is wider."""
MARGIN: Final = 40.0
LEADING: Final = 1.2
ASCENT: Final = 0.8


def width_of(text: str, size: float) -> float:
    """How wide a text is, roughly that of Helvetica."""
    return size * sum(_WIDTHS.get(c, 0.667 if c.isupper() else 0.54) for c in text)


_WIDTHS: Final = {
    **dict.fromkeys("ijlI|'!,.:;/ ", 0.278),
    **dict.fromkeys("frt-()[]", 0.333),
    **dict.fromkeys("mMW@", 0.86),
    **dict.fromkeys("0123456789=+#_", 0.556),
}


# --- breaking ------------------------------------------------------------------------------------


def pieces(cell: Cell, size: float, width: float) -> list[str]:
    """The lines of a cell: broken between words, and digits anywhere or between their groups."""
    lines: list[str] = []
    for part in _parts(cell):
        joined = f"{lines[-1]}{part}" if lines else ""
        if lines and width_of(joined.rstrip(), size) <= width + 0.01:
            lines[-1] = joined
        else:
            lines.append(part)
    return [line.strip() for line in lines]


def _parts(cell: Cell) -> list[str]:
    """What is never broken, each with what parts it from the next."""
    if cell.is_digits and ":" in cell.text:
        return [f"{part}:" for part in cell.text.split(":")[:-1]] + [cell.text.split(":")[-1]]
    if cell.is_digits and " " not in cell.text:
        return list(cell.text)
    return [f"{word} " for word in cell.text.split()] or [""]


def least_width(cell: Cell, size: float) -> float:
    """The narrowest a cell can be: its longest word, or a third of its digits."""
    if cell.is_digits:
        return width_of(cell.text, size) / 3 + 2 * size
    return max((width_of(word, size) for word in cell.text.split()), default=0.0)


# --- setting -------------------------------------------------------------------------------------


@dataclass
class _Sheet:
    """One page as it is set."""

    words: list[Word] = field(default_factory=list)
    rulings: list[tuple[float, float, float, float]] = field(default_factory=list)

    def put(self, text: str, x: float, y: float, size: float) -> None:
        for word in text.split(" "):
            width = width_of(word, size)
            if word:
                self.words.append(Word(word, x, x + width, y))
            x += width + width_of(" ", size)


@dataclass
class _Setter:
    """Sets blocks, one below the other, between two edges, page by page."""

    style: Style
    sheets: list[_Sheet]
    left: float
    right: float
    top: float = MARGIN + 20
    page: int = 0

    @property
    def size(self) -> float:
        return self.style.size

    @property
    def sheet(self) -> _Sheet:
        while len(self.sheets) <= self.page:
            self.sheets.append(_Sheet())
        return self.sheets[self.page]

    @property
    def limit(self) -> float:
        return HEIGHT - MARGIN - 20

    def turn(self) -> None:
        self.page, self.top = self.page + 1, MARGIN + 20

    def need(self, height: float) -> None:
        if self.top + height > self.limit and self.top > MARGIN + 20:
            self.turn()

    def line(self, text: str, x: float, *entries: Entry | None, size: float = 0) -> None:
        """Put one line, on the next page if there is no room; these entries begin on it."""
        size = size or self.size
        self.need(LEADING * size)
        self.sheet.put(text, x, self.top + ASCENT * size, size)
        self.top += LEADING * size
        for entry in entries:
            if entry and not entry.page:
                entry.page = self.page + 1

    def block(self, block: Block) -> None:
        match block:
            case Prose():
                self.prose(block)
            case Table():
                self.table(block)
            case Records():
                self.records(block)
            case Lines():
                self.lines(block)
            case Beside():
                self.beside(block)
        self.top += self.size

    def prose(self, block: Prose) -> None:
        size = self.size * (1.3 if block.is_heading else 1)
        if block.is_heading:
            self.need(6 * size)
        for text in pieces(Cell(block.text), size, self.right - self.left):
            self.line(text, self.left, size=size)

    # tables

    def table(self, block: Table) -> None:
        edges = self.edges(block)
        titles = tuple(map(Cell, block.titles or ()))
        if titles:
            self.row(titles, edges)
        for row in block.rows:
            if self.full(row, edges):
                self.turn()
                if titles and self.style.repeats_titles:
                    self.row(titles, edges)
            self.row(row, edges, titles if self.style.repeats_titles else ())

    @property
    def pad(self) -> float:
        """What parts columns, on each side."""
        return 0.35 * self.size if self.style.ruled else 0.8 * self.size

    def edges(self, block: Table) -> list[float]:
        """Where columns begin, and where the last one ends."""
        titles = [tuple(map(Cell, block.titles))] if block.titles else []
        columns = list(zip(*titles, *block.rows, strict=True))
        least = [max(least_width(cell, self.size) for cell in column) for column in columns]
        most = [max(width_of(cell.text, self.size) for cell in column) for column in columns]
        room = self.right - self.left - 2 * self.pad * len(columns)
        spare = max(room - sum(least), 0.0)
        wanted = sum(m - n for m, n in zip(most, least, strict=True) if m > n) or 1.0
        share = min(spare / wanted, 1.0) * (0.6 + 0.4 * self.style.narrow)
        widths = [n + max(m - n, 0) * share for m, n in zip(most, least, strict=True)]
        edges = [self.left]
        for width in widths:
            edges.append(edges[-1] + width + 2 * self.pad + 0.1)
        return edges

    def set_cells(self, row: Sequence[Cell], edges: Sequence[float]) -> list[list[str]]:
        return [
            pieces(cell, self.size, edges[i + 1] - edges[i] - 2 * self.pad)
            for i, cell in enumerate(row)
        ]

    def full(self, row: Sequence[Cell], edges: Sequence[float]) -> bool:
        """Whether a row is to begin on the next page."""
        count = max(map(len, self.set_cells(row, edges)))
        lines = 1 if self.style.splits_rows else count
        return self.top + (lines * LEADING + 0.8) * self.size > self.limit

    def row(self, row: Sequence[Cell], edges: Sequence[float], titles: Sequence[Cell] = ()) -> None:
        """Put a row; one that is too long goes on on the next page, below the titles."""
        cells = self.set_cells(row, edges)
        count = max(map(len, cells))
        part = {"top": 0.0, "middle": 0.5, "bottom": 1.0}[self.style.vertical]
        lines = sorted(
            ((part * (count - len(cell)) + n, i, text) for i, cell in enumerate(cells)
             for n, text in enumerate(cell)),
        )  # fmt: skip
        shift, begun = 0.0, self.top
        for at, i, text in lines:
            y = self.top + (0.4 + (at - shift) * LEADING) * self.size
            if y + LEADING * self.size > self.limit + 1:
                self.rule(edges, begun, self.limit)
                self.turn()
                if titles:
                    self.row(titles, edges)
                shift, begun = at, self.top
                y = self.top + 0.4 * self.size
            self.sheet.put(text, edges[i] + self.pad, y + ASCENT * self.size, self.size)
            entry = row[i].entry
            if text and entry and not entry.page:
                entry.page = self.page + 1
        self.top += ((count - shift) * LEADING + 0.8) * self.size
        self.rule(edges, begun, self.top)

    def rule(self, edges: Sequence[float], top: float, bottom: float) -> None:
        if self.style.ruled:
            left, right = edges[0], edges[-1]
            self.sheet.rulings += [(left, y, right, y) for y in (top, bottom)]
            self.sheet.rulings += [(x, top, x, bottom) for x in edges]
        elif self.style.banded:
            left, right = edges[0], edges[-1]
            self.sheet.rulings += [(left, y, right, y) for y in (top, bottom)]

    # records and lines

    def records(self, block: Records) -> None:
        labels = [width_of(label + block.mark, self.size) for row in block.rows for label, _ in row]
        indent = {"before": 0.0, "column": max(labels) + self.size, "above": self.size}
        x = self.left + indent[block.style]
        for row in block.rows:
            self.need(3 * LEADING * self.size)
            for label, cell in row:
                said = f"{label}{block.mark}"
                if block.style == "before":
                    self.paragraph((Cell(said), cell), 1, 0 if cell.is_digits else self.size)
                    continue
                lines = pieces(cell, self.size, self.right - x)
                if block.style == "above":
                    self.line(said, self.left)
                else:
                    self.need(LEADING * self.size)
                    self.sheet.put(said, self.left, self.top + ASCENT * self.size, self.size)
                for text in lines:
                    self.line(text, x, cell.entry)
            self.top += self.size

    def lines(self, block: Lines) -> None:
        for row in block.rows:
            self.paragraph(row, block.gap, 1.5 * self.size if block.hanging else 0.0)

    def paragraph(self, cells: Sequence[Cell], gap: int, indent: float) -> None:
        """Put cells in running lines, broken between words."""
        width = self.right - self.left
        lines: list[tuple[str, list[Entry]]] = [("", [])]
        for cell in cells:
            for n, word in enumerate(cell.text.split()):
                text, entries = lines[-1]
                space = " " * (1 if n else gap) if text else ""
                if text and width_of(f"{text}{space}{word}", self.size) > width - indent:
                    lines.append((text := "", entries := []))
                    space = ""
                lines[-1] = (f"{text}{space}{word}", entries)
                if cell.entry and not n:
                    entries.append(cell.entry)
        for n, (text, entries) in enumerate(lines):
            self.line(text, self.left + (indent if n else 0), *entries)

    # side by side

    def beside(self, block: Beside) -> None:
        count = len(block.columns)
        gutter = 2.5 * self.size
        width = (self.right - self.left - gutter * (count - 1)) / count
        ends = []
        for i, column in enumerate(block.columns):
            left = self.left + i * (width + gutter)
            setter = _Setter(self.style, self.sheets, left, left + width, self.top, self.page)
            for each in column:
                setter.block(each)
            ends.append((setter.page, setter.top))
        self.page, self.top = max(ends)


# --- pages ---------------------------------------------------------------------------------------


def pages_of(drawn: List) -> list[Page]:
    """Set a list; its entries are told their pages."""
    for entry in drawn.entries:
        entry.page = 0
    sheets: list[_Sheet] = []
    width = max(WIDTH, needed_width(drawn) + 2 * MARGIN + 1)
    setter = _Setter(drawn.style, sheets, MARGIN, width - MARGIN)
    for block in drawn.blocks:
        setter.block(block)
    return [_page(drawn.style, sheet, n, len(sheets)) for n, sheet in enumerate(sheets, 1)]


def needed_width(drawn: List) -> float:
    """What the widest block of a list needs at least."""
    setter = _Setter(drawn.style, [], 0.0, 0.0)
    return max((_needed(setter, block) for block in drawn.blocks), default=0.0)


def edges_of(table: Table, style: Style, room: float) -> list[float]:
    """Where the columns of a table begin, and where the last one ends, if there is this room."""
    return _Setter(style, [], 0.0, room).edges(table)


def _needed(setter: _Setter, block: Block) -> float:
    size = setter.size
    match block:
        case Table():
            return setter.edges(block)[-1]
        case Records():
            labels = [width_of(label, size) for row in block.rows for label, _ in row]
            values = [least_width(cell, size) for row in block.rows for _, cell in row]
            return max(labels) + max(values) + 3 * size
        case Lines():
            cells = (cell for row in block.rows for cell in row)
            longest = (max(width_of(w, size) for w in c.text.split() or [""]) for c in cells)
            return max(longest) + 4 * size
        case Beside():
            needed = [max(_needed(setter, each) for each in column) for column in block.columns]
            return len(needed) * max(needed) + 2.5 * size * (len(needed) - 1)
        case Prose():
            return 0.0


def _page(style: Style, sheet: _Sheet, number: int, count: int) -> Page:
    if style.header:
        sheet.put(style.header, MARGIN, MARGIN, 7.0)
    if style.footer:
        text = style.footer.format(page=number, pages=count)
        sheet.put(text, MARGIN, HEIGHT - MARGIN, 7.0)
    lines = list(_lines(sheet.words, style.size))
    return Page(number, lines, [], rulings=tuple(_joined(sheet.rulings)))


def _joined(rulings: Sequence[Ruling]) -> Iterator[Ruling]:
    """Lines that run on in each other are one, as readers give them."""
    across = sorted({line for line in rulings if line[1] == line[3]}, key=lambda r: (r[1], r[0]))
    yield from across
    last: Ruling | None = None
    for line in sorted({line for line in rulings if line[1] != line[3]}):
        if last and last[0] == line[0] and line[1] <= last[3] + 1:
            last = (last[0], last[1], last[2], max(last[3], line[3]))
            continue
        if last:
            yield last
        last = line
    if last:
        yield last


def _lines(words: Sequence[Word], size: float) -> Iterator[Line]:
    """Words that share a baseline, from left to right; the lines from top to bottom."""
    held: list[Word] = []
    for word in sorted(words, key=lambda word: (word.y, word.x0)):
        if held and word.y - held[0].y > 0.35 * size:
            yield _line(held, size)
            held = []
        held.append(word)
    if held:
        yield _line(held, size)


def _line(words: list[Word], size: float) -> Line:
    words.sort(key=lambda word: word.x0)
    return Line(words, words[0].y, size)


def typed(pages: Sequence[Page]) -> str:
    """Pages as text, for a person to look at."""
    shown = []
    for page in pages:
        shown.append(f"--- page {page.number}")
        for line in page.lines:
            text = ""
            for word in line.words:
                column = math.floor(word.x0 / line.size * 2)
                text = f"{text:<{column}}" if len(text) < column else f"{text} "
                text += word.text
            shown.append(text)
    return "\n".join(shown)


def main() -> None:
    """Judge what is read of lists drawn at random; see the module's text."""
    from tests.extract import random_judge

    parser = argparse.ArgumentParser(description="Judge what is read of lists drawn at random.")
    parser.add_argument("--seed", type=int, default=1, help="of the first list")
    parser.add_argument("--count", type=int, default=200, help="of lists")
    parser.add_argument("--shape", help="table, records, lines, shared or beside")
    parser.add_argument("--roots", help="known, unknown or mixed")
    parser.add_argument("--producer", default="pages", help="pages (of words), or who prints a PDF")
    parser.add_argument("--empty", action="store_true", help="read without a catalogue")
    parser.add_argument("--show", action="store_true", help="show the pages of each failure")
    parser.add_argument("--failures", type=int, default=8, help="how many to print")
    parser.add_argument("--keep", help="a directory for the PDFs")
    random_judge.by_hand(parser.parse_args())


__all__ = ["draw", "main", "pages_of", "typed"]

if __name__ == "__main__":
    main()
