"""A report as GitHub Flavored Markdown (GFM), to be pasted into a ticket or a change request.

Text of documents comes out as the same text: no mark-up, link, mention or reference is made of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.report.model import (
    FACT_COLUMNS,
    SPAN_COLUMNS,
    Block,
    Column,
    Facts,
    Grid,
    Listing,
    Paragraph,
    Report,
    Timeline,
    fact_rows,
    iso,
    span_row,
)
from pipeline.report.safe import visible

_MARKUP: Final = re.compile(r"[\\`*_\[\]<>&|~#]")
_BLOCK: Final = re.compile(r"^(?:[+=-]|\d+(?=[.)](?: |$)))")
"""What begins a list, a line or the like at the start of a line."""
_BREAK: Final = "<span></span>"
"""Parts a text without being seen. GitHub makes links of text after backslashes are gone."""
_LINKED: Final = re.compile(
    r"""
      (?<=@)(?=\w)                      # an address or a mention
    | (?<=\#)(?=\d) | (?<=GH)(?=-\d)    # an issue
    | (?<=:)(?=//) | (?<=www)(?=\.)     # an address on the web
    | (?<=:)(?!\d\d:)(?=[\w+-]+:)       # an emoji, but not 10:48:38
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DIGITS: Final = re.compile("[0-9a-f]+…?")


def render(report: Report, width: int | None = None) -> str:
    """Give the blocks of a report, an empty line between them."""
    return "\n".join("".join(f"{line}\n" for line in _lines(block)) for block in report.blocks)


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(text):
            yield escaped(text)
        case Grid(columns, rows):
            yield from _table(columns, rows)
        case Facts():
            yield from _table(FACT_COLUMNS, fact_rows(block))
        case Listing(title, items):
            yield f"### {escaped(title)}"
            yield ""
            for item in items:
                # on one line, since a second one could make a table of the first
                head = f"{_code(item.fingerprint)} {escaped(item.remark)}".rstrip()
                yield f"- {head}<br>{escaped(item.subject)}"
        case Timeline(title, spans, marks):
            yield f"### {escaped(title)}"
            yield ""
            yield from _table(SPAN_COLUMNS, list(map(span_row, spans)))
            if marks:
                yield ""
            yield from (f"- {escaped(f'{mark.label}: {iso(mark.at)}')}" for mark in marks)


def _table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield _row(escaped(column.title) for column in columns)
    yield _row("---:" if column.kind == "number" else "---" for column in columns)
    for row in rows:
        yield _row(
            _code(value) if column.kind == "fingerprint" else escaped(value)
            for column, value in zip(columns, row, strict=True)
        )


def _row(cells: Iterator[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    """Write digits in a fixed width; GitHub would take some for a commit."""
    return f"`{text}`" if _DIGITS.fullmatch(text) else escaped(text)


def escaped(text: str) -> str:
    """Write a text on one line so that it is shown as it is."""
    parts = _LINKED.split(visible(text).strip(" "))
    line = _BREAK.join(_MARKUP.sub(r"\\\g<0>", part) for part in parts)
    line = line.replace("$", "<span>$</span>")  # a formula
    return _BLOCK.sub(_as_text, line)


def _as_text(found: re.Match[str]) -> str:
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"
