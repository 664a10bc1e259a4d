"""A report to read: in a terminal fitted to its width and coloured, elsewhere plain.

In plain text each row is one line and nothing is shortened, for ``grep``.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from pipeline.report.looks import LOOKS, Look
from pipeline.report.model import (
    FACT_COLUMNS,
    SPAN_COLUMNS,
    Block,
    Column,
    Facts,
    Grid,
    Listing,
    ListingItem,
    Paragraph,
    Report,
    Timeline,
    fact_rows,
    iso,
    span_row,
)
from pipeline.report.safe import visible
from pipeline.x509.names import InvalidName, label, parse

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

_SHORT: Final = 12
"""Hex digits that are left of a fingerprint where there is no room for 40; the mark comes after."""
_WIDE: Final = 120
"""Columns from which on a grid has room for whole fingerprints."""
_STYLES: Final[Mapping[Look, str]] = {
    "removed": "red",
    "added": "green",
    "changed": "yellow",
    "bad": "red",
    "warning": "yellow",
    "good": "green",
    "unknown": "magenta",
}
_SHOUTED: Final = ("refused", "accepted", "unknown")
"""What is written in capitals in a sentence."""
_PARTS: Final = re.compile("(?<=[;,]) ")
_GAP: Final = 2
_LEAST_TEXT: Final = 12
"""Columns that a text needs to be read; in fewer, a grid is shown as a list."""


def render(report: Report, width: int | None = None) -> str:
    """Give the blocks of a report, an empty line between them."""
    make = _plain if width is None else _Terminal(width)
    return "\n".join(map(make, report.blocks))


# --- plain -----------------------------------------------------------------------------------


def _plain(block: Block) -> str:
    return "".join(f"{visible(line)}\n" for line in _lines(block))


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(text):
            yield text
        case Grid(columns, rows):
            yield from _aligned(columns, rows)
        case Facts():
            yield from _aligned(FACT_COLUMNS, fact_rows(block))
        case Listing(title, items):
            yield title
            for item in items:
                yield f"  {item.fingerprint}  {item.remark}".rstrip()
                yield f"    {item.subject}"
        case Timeline(title, spans, marks):
            yield title
            yield from _aligned(SPAN_COLUMNS, list(map(span_row, spans)))
            yield from (f"{mark.label}: {iso(mark.at)}" for mark in marks)


def _aligned(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    lines = [[column.title for column in columns], *rows]
    widths = [max(map(len, values)) for values in zip(*lines, strict=True)]
    marks = [">" if column.kind == "number" else "<" for column in columns]
    for line in lines:
        cells = (
            f"{value:{mark}{width}}" for value, mark, width in zip(line, marks, widths, strict=True)
        )
        yield (" " * _GAP).join(cells).rstrip()


def _widest_line(text: str) -> int:
    return max(map(len, text.split("\n")))


# --- terminal --------------------------------------------------------------------------------


class _Terminal:
    """Renders blocks for a terminal of ``width`` columns."""

    def __init__(self, width: int) -> None:
        self.width = width

    def __call__(self, block: Block) -> str:
        from rich.console import Console, Group

        buffer = io.StringIO()
        # rich itself looks at NO_COLOR and TERM
        console = Console(file=buffer, width=self.width, force_terminal=True, highlight=False)
        console.print(Group(*self._renderables(block)))
        return buffer.getvalue()

    def _renderables(self, block: Block) -> Iterator[RenderableType]:
        from rich.text import Text

        match block:
            case Paragraph(text, is_lead):
                shown = Text(visible(text), "bold" if is_lead else "")
                for status in _SHOUTED:
                    shown.highlight_words([status.upper()], _style(status))
                yield shown
            case Grid(columns, rows):
                yield self._grid(columns, rows)
            case Facts():
                yield self._grid(FACT_COLUMNS, fact_rows(block))
            case Listing(title, items):
                yield self._heading(title)
                for item in items:
                    yield from self._item(item)
            case Timeline(title, spans, marks):
                yield Text(visible(title), "bold")
                yield self._grid(SPAN_COLUMNS, list(map(span_row, spans)))
                yield from (Text(visible(f"{mark.label}: {iso(mark.at)}")) for mark in marks)

    def _grid(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> RenderableType:
        """Make a table or, if its columns don't fit, a list of the values of each row."""
        from rich.table import Table
        from rich.text import Text

        cells = [[self._cell(*pair) for pair in zip(columns, row, strict=True)] for row in rows]
        widest = [
            max((cell.cell_len for cell in values), default=0)
            for values in zip(*cells, strict=True)
        ]
        titles = [
            self._title(visible(column.title), width)
            for column, width in zip(columns, widest or [0] * len(columns), strict=True)
        ]
        if self._is_too_wide(columns, titles, widest):
            return self._records(columns, rows)
        table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
        for column, title in zip(columns, titles, strict=True):
            table.add_column(
                Text(title),
                justify="right" if column.kind == "number" else "left",
                no_wrap=column.kind != "text",
                overflow="fold",
            )
        for row in cells:
            table.add_row(*row)
        return table

    def _is_too_wide(
        self, columns: Sequence[Column], titles: Sequence[str], widest: Sequence[int]
    ) -> bool:
        least = [
            max(min(width, _LEAST_TEXT) if column.kind == "text" else width, _widest_line(title))
            for column, title, width in zip(columns, titles, widest, strict=False)
        ]
        return sum(least) + _GAP * (len(least) - 1) > self.width

    def _records(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> RenderableType:
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        tables: list[RenderableType] = []
        for row in rows:
            table = Table.grid(padding=(0, _GAP, 0, 0))
            table.add_column(style="bold", overflow="fold", max_width=self.width // 3)
            table.add_column(overflow="fold")
            for column, value in zip(columns, row, strict=True):
                table.add_row(Text(visible(column.title)), self._cell(column, value))
            tables += [table, Text()]
        return Group(*tables[:-1])

    def _title(self, title: str, widest: int) -> str:
        """Break a title that is wider than what is below it, where room is short."""
        if self.width >= _WIDE or not widest:
            return title
        longest_word = max(map(len, title.split()), default=1)
        return textwrap.fill(title, max(widest, longest_word))

    def _cell(self, column: Column, value: str) -> Text:
        from rich.text import Text

        text = visible(value)
        if column.kind == "fingerprint" and self.width < _WIDE and len(text) > _SHORT:
            return Text(f"{text[:_SHORT]}…")
        if column.kind == "status":
            _, sign = LOOKS.get(value, ("plain", ""))
            return Text(f"{sign} {text}" if sign else text, _style(value))
        if column.title == "subject" and self.width < _WIDE:
            holder, rest = _parted(value)
            return Text.assemble(visible(holder), (visible(rest), "dim"))
        return Text(text)

    def _heading(self, title: str) -> Text:
        """Give a title, with the sign of what it is about: ``− Removed (9)``."""
        from rich.text import Text

        status = title.partition(" ")[0].lower()
        _, sign = LOOKS.get(status, ("plain", ""))
        style = f"bold {_style(status)}".strip()
        return Text(visible(f"{sign} {title}" if sign else title), style)

    def _item(self, item: ListingItem) -> Iterator[RenderableType]:
        """Give a name, below it the remarks, then the fingerprint and the whole subject."""
        from rich.padding import Padding
        from rich.text import Text

        remark = Text("\n").join(map(Text, self._filled(visible(item.remark), 2 * _GAP)))
        for text, status in item.chips:
            remark.highlight_words([visible(text)], _style(status))
        name = visible(label(item.subject))
        yield Padding(Text(name, "bold", overflow="fold"), (0, 0, 0, _GAP))
        if item.remark:
            yield Padding(remark, (0, 0, 0, 2 * _GAP))
        whole = visible(f"{item.fingerprint}{' ' * _GAP}{item.subject}")
        yield Padding(Text(whole, "dim", overflow="fold"), (0, 0, 0, 2 * _GAP))

    def _filled(self, text: str, indent: int) -> Iterator[str]:
        """Fill lines with parts between commas, so that none is broken that fits into a line."""
        from rich.cells import cell_len

        line = ""
        for part in _PARTS.split(text):
            longer = f"{line} {part}" if line else part
            if line and cell_len(longer) > self.width - indent:
                yield line
                line = part
            else:
                line = longer
        yield line


def _style(status: str) -> str:
    look, _ = LOOKS.get(status, ("plain", ""))
    return _STYLES.get(look, "")


def _parted(subject: str) -> tuple[str, str]:
    """Part a name into the attribute that its holder is called by, and the others behind it."""
    try:
        name = parse(subject)
    except InvalidName:
        return subject, ""
    parts = [f"{type_}={value}" for type_, value in name.attributes]
    values = [value for _, value in name.attributes]
    if ", ".join(parts) != subject or name.label not in values:
        return subject, ""
    own = parts.pop(len(values) - 1 - values[::-1].index(name.label))
    return own, "".join(f", {each}" for each in parts)
