"""HTML pages: their tables and lists of definitions, with the headings above them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from lxml import etree, html

from pipeline.extract.formats import Certificates, Pages, Reported, certificates
from pipeline.extract.formats.certificate_table import MARK, of_tables
from pipeline.extract.formats.tables import headers_of, is_digest, page_of
from pipeline.extract.formats.text import decode, pages_of
from pipeline.extract.page import Page

_PAGE: Final = re.compile(
    r"\s*(?:<!doctype html|<html|<\?xml[^>]*>\s*<(?:!doctype )?html)", re.IGNORECASE
)
_TABLE: Final = re.compile(r"<table\b[^>]*>.*?<tr\b|<dl\b[^>]*>.*?<dt\b", re.I | re.DOTALL)
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "caption", "title", "p", "li"})
_BLOCKS: Final = frozenset({"br", "p", "div", "tr", "li", "pre", "table", "ul", "ol", *_HEADINGS})
_UNSEEN: Final = frozenset({"script", "style", "template", "head"})
_HIDING: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|line-through", re.I)
_HIDDEN: Final = (
    "What people don't see isn't read, nor what is struck out. Show this row if it counts."
)
_LINE_END: Final = "\ue000"
"""Stands for a line end of preformatted text: nothing else uses this character."""
_LARGEST_SPAN: Final = 100
_FEWEST_ROWS: Final = 2


def read(data: bytes) -> Pages | Certificates | None:
    """The tables of an HTML page, each as a page; text between them stands above the next.

    Where it holds PEM, it is a table of certificates, or just certificates in its text.
    """
    text = decode(data)
    if not (_PAGE.match(text) or _TABLE.search(text[:100_000])):
        return None
    parser = html.HTMLParser(no_network=True, remove_comments=True, huge_tree=False)
    try:
        root = html.document_fromstring(text.encode("utf-8"), parser=parser)
    except etree.ParserError:
        return None
    _mark_lines(root)
    told: list[Reported] = []
    if MARK in text:
        tables = (list(_rows(each, told)) for each in root.iter("table"))
        cells = [_even([row for row, _ in rows]) for rows in tables if rows]
        found = of_tables(cells) or certificates.read(_text(root).encode())
        return found and found._replace(reported=[*found.reported, *told])
    pages = list(_pages(root, told))
    return Pages(pages, told)


def _even(table: list[list[str]]) -> list[list[str]]:
    """A table whose rows are all as long as the longest."""
    longest = max(map(len, table), default=0)
    return [[*row, *[""] * (longest - len(row))] for row in table]


def _pages(root: Any, told: list[Reported]) -> Iterator[Page]:
    above: list[str] = []
    records: list[str] = []
    number = 0
    for element in root.iter():
        if element.tag == "dl" and not any(True for _ in element.iterancestors("table", "dl")):
            records += [*above, *_definitions(element), ""]
            above = []
        elif element.tag == "table" and not _is_of_cell(element):
            rows = list(_rows(element, told))
            if rows:
                number += 1
                table = [cells for cells, _ in rows]
                headers = [i for i, (_, is_header) in enumerate(rows) if is_header]
                yield page_of(number, table, headers or headers_of(table), "\n".join(above))
                above = []
        elif element.tag in _HEADINGS and not any(True for _ in element.iterancestors("table")):
            above.append(_text(element))
    if records:
        number += 1
        yield replace(next(pages_of("\n".join(records))), number=number)
    if number and any(map(is_digest, " ".join(above).split())):
        yield replace(next(pages_of("\n".join(above))), number=number + 1)
    elif not number:
        yield from pages_of(_text(root))


def _is_of_cell(table: Any) -> bool:
    """Whether a table is only the text of a cell: it has one row, and stands in another."""
    is_inner = any(True for _ in table.iterancestors("table"))
    return is_inner and sum(1 for _ in table.iter("tr")) < _FEWEST_ROWS


def _mark_lines(root: Any) -> None:
    """Part the lines of preformatted text by breaks, as other text has them."""
    for element in root.iter("pre"):
        for each in element.iter():
            for name in ("text", "tail") if each is not element else ("text",):
                setattr(each, name, (getattr(each, name) or "").replace("\n", _LINE_END))


def _is_hidden(element: Any) -> bool:
    """Whether a page hides an element, or strikes it out."""
    if element.get("hidden") is not None or element.tag in ("del", "s", "strike"):
        return True
    return _HIDING.search(element.get("style") or "") is not None


def _definitions(element: Any) -> Iterator[str]:
    """A list of terms and what they mean, as lines of a record: ``Subject: C=…``."""
    terms: list[str] = []
    for each in element.iter("dt", "dd"):
        if each.tag == "dt":
            if terms:
                yield terms.pop()
            terms.append(" ".join(_text(each).split()).rstrip(":"))
        else:
            term = f"{terms.pop()}: " if terms else "    "
            yield term + " ".join(_text(each).split())
    yield from terms


def _rows(table: Any, told: list[Reported]) -> Iterator[tuple[list[str], bool]]:
    """The cells of each row, and whether all are headers; blanks follow a cell over columns.

    A cell over several rows stands in each of them. Rows that nobody sees, or that are struck out,
    are ``told``.
    """
    over: dict[int, tuple[int, str]] = {}
    for row in table.iter("tr"):
        if next(row.iterancestors("table")) is not table:
            continue  # of a table within a cell
        cells: list[str] = []
        found = [each for each in row if each.tag in ("td", "th")]
        for cell in found:
            _carry(cells, over)
            span, count = _span(cell, "colspan"), _span(cell, "rowspan")
            for at, text in enumerate([_text(cell), *[""] * (span - 1)]):
                if count > 1:
                    over[len(cells)] = (count - 1, text if at == 0 else "")
                cells.append(text)
        _carry(cells, over)
        if any(map(_is_hidden, (table, row, row.getparent()))) or any(
            _is_hidden(each) and any(map(is_digest, _text(each).split())) for each in row.iter()
        ):
            if any(cells):
                told.append(Reported("not-visible", " ".join(" ".join(cells).split()), _HIDDEN))
        elif any(cells):
            yield cells, all(each.tag == "th" for each in found)


def _carry(cells: list[str], over: dict[int, tuple[int, str]]) -> None:
    """Add cells that reach down from rows above to those of a row, where the next would stand."""
    while len(cells) in over:
        left, text = over.pop(len(cells))
        if left > 1:
            over[len(cells)] = (left - 1, text)
        cells.append(text)


def _span(cell: Any, name: str) -> int:
    span = cell.get(name, "1")
    return max(1, min(int(span), _LARGEST_SPAN)) if span.isdecimal() else 1


def _text(element: Any) -> str:
    """The text of an element; a line end is one that the page shows."""
    parts: list[str] = []
    _take(element, parts)
    lines = (" ".join(line.split()) for line in " ".join(parts).split("\n"))
    return "\n".join(filter(None, lines))


def _take(element: Any, parts: list[str]) -> None:
    """Take the text of an element, but for that of tables in it that have rows of their own."""
    parts.append(_spaced(element.text))
    for each in element:
        is_block = each.tag in _BLOCKS
        if (
            isinstance(each.tag, str)
            and each.tag not in _UNSEEN
            and (each.tag != "table" or _is_of_cell(each) or element.tag not in ("td", "th"))
        ):
            parts.append("\n" if is_block else "")
            _take(each, parts)
            parts.append("\n" if is_block else "")
        parts.append(_spaced(each.tail))


def _spaced(text: str | None) -> str:
    return " ".join((text or "").split()).replace(_LINE_END, "\n")
