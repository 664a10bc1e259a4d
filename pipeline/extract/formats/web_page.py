"""HTML pages: their tables and lists of definitions, with the headings above them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from lxml import etree, html

from pipeline.extract.formats import Pages
from pipeline.extract.formats.tables import headers_of, page_of
from pipeline.extract.formats.text import decode, pages_of
from pipeline.extract.page import Page

_PAGE: Final = re.compile(
    r"\s*(?:<!doctype html|<html|<\?xml[^>]*>\s*<(?:!doctype )?html)", re.IGNORECASE
)
_TABLE: Final = re.compile(r"<table\b[^>]*>.*?<tr\b|<dl\b[^>]*>.*?<dt\b", re.I | re.DOTALL)
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "caption", "title", "p", "li"})
_LARGEST_SPAN: Final = 100


def read(data: bytes) -> Pages | None:
    """The tables of an HTML page, each as a page; text between them stands above the next."""
    text = decode(data)
    if not (_PAGE.match(text) or _TABLE.search(text[:100_000])):
        return None
    parser = html.HTMLParser(no_network=True, remove_comments=True, huge_tree=False)
    try:
        root = html.document_fromstring(text.encode("utf-8"), parser=parser)
    except etree.ParserError:
        return None
    return Pages(list(_pages(root)))


def _pages(root: Any) -> Iterator[Page]:
    above: list[str] = []
    records: list[str] = []
    number = 0
    for element in root.iter():
        if element.tag == "dl" and not any(True for _ in element.iterancestors("table", "dl")):
            records += [*above, *_definitions(element), ""]
            above = []
        elif element.tag == "table":
            rows = list(_rows(element))
            if rows:
                number += 1
                table_ = [cells for cells, _ in rows]
                headers = [i for i, (_, is_header) in enumerate(rows) if is_header]
                yield page_of(number, table_, headers or headers_of(table_), "\n".join(above))
                above = []
        elif element.tag in _HEADINGS and not any(True for _ in element.iterancestors("table")):
            above.append(_text(element))
    if records:
        number += 1
        yield replace(next(pages_of("\n".join(records))), number=number)
    if above and not number:
        yield page_of(1, [[line] for line in above])


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


def _rows(table: Any) -> Iterator[tuple[list[str], bool]]:
    """The cells of each row, and whether all are headers; blanks follow a cell over columns."""
    for row in table.iter("tr"):
        if next(row.iterancestors("table")) is not table:
            continue  # of a table within a cell, whose text is the cell's
        cells: list[str] = []
        found = [each for each in row if each.tag in ("td", "th")]
        for cell in found:
            span = cell.get("colspan", "1")
            count = min(int(span), _LARGEST_SPAN) if span.isdecimal() else 1
            cells += [_text(cell), *[""] * (count - 1)]
        if any(cells):
            yield cells, all(each.tag == "th" for each in found)


def _text(element: Any) -> str:
    """The text of an element; a line end is one that the page shows."""
    parts = []
    for each in element.iter():
        if each.tag in ("br", "p", "div", "tr", "li") and each is not element:
            parts.append("\n")
        parts.append(" ".join((each.text or "").split()))
        if each is not element:
            parts.append(" " + " ".join((each.tail or "").split()))
    lines = (" ".join(line.split()) for line in " ".join(parts).split("\n"))
    return "\n".join(filter(None, lines))
