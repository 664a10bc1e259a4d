"""HTML pages: their tables and lists of definitions, with the headings above them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, Final

from lxml import etree, html

from pipeline.extract.formats import Certificates, Pages, Reported, certificates
from pipeline.extract.formats.certificate_table import MARK, of_tables
from pipeline.extract.formats.even_text import with_tables
from pipeline.extract.formats.tables import (
    Part,
    Table,
    TextLine,
    headers_of,
    is_digest,
    pages_of_parts,
)
from pipeline.extract.formats.text import decode

_PAGE: Final = re.compile(
    r"\s*(?:<!doctype html|<html|<\?xml[^>]*>\s*<(?:!doctype )?html)", re.IGNORECASE
)
_TABLE: Final = re.compile(r"<table\b[^>]*>.*?<tr\b|<dl\b[^>]*>.*?<dt\b", re.I | re.DOTALL)
_MARKDOWN: Final = re.compile(r"\A\s*[^<\s]|^(?:#{1,6} +\S|```|\|?(?: *:?-+:? *\|)+)", re.M)
"""What Markdown has that may hold HTML; a page that is one begins with a tag."""
_LEVELS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS: Final = frozenset(
    {
        "br",
        "p",
        "div",
        "tr",
        "li",
        "pre",
        "table",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "caption",
        *_LEVELS,
    }
    | {"section", "article", "header", "footer", "main", "aside", "nav", "blockquote", "td", "th"}
)
_UNSEEN: Final = frozenset({"script", "style", "template", "head"})
_HIDING: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|line-through", re.I)
HIDDEN: Final = (
    "What people don't see isn't read, nor what is struck out. Show this row if it counts."
)
_NO_LINK: Final = re.compile(
    r"<(head|script|style)\b.*?</\1>|<!--.*?-->|<(?!a\b)[^>]*>", re.IGNORECASE | re.DOTALL
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
    if not (_PAGE.match(text) or (_TABLE.search(text[:100_000]) and not _MARKDOWN.search(text))):
        return None
    told: list[Reported] = []
    if MARK in text:
        root = _parsed(text)
        tables = (list(_rows(each, told)) for each in root.iter("table"))
        cells = [_even([row for row, _ in rows]) for rows in tables if rows]
        found = of_tables(cells) or certificates.read(_text(root).encode())
        return found and found._replace(reported=[*found.reported, *told])
    pages = list(pages_of_parts(with_tables(parts_of(text, told))))
    return Pages(pages, told, _NO_LINK.sub(" ", text))


def parts_of(text: str, told: list[Reported]) -> Iterator[Part]:
    """The tables of a page, and the lines of the text between them; what is hidden is ``told``."""
    root = _parsed(text)
    for title in root.iter("title"):
        yield from map(TextLine, _text(title).splitlines())
    found: list[Any] = []
    _take(root, found, told)
    for is_text, group in groupby(found, lambda each: isinstance(each, str)):
        if is_text:
            yield from map(TextLine, _lines(group))
        else:
            yield from group


def _parsed(text: str) -> Any:
    parser = html.HTMLParser(
        no_network=True, remove_comments=True, huge_tree=False, encoding="utf-8"
    )
    try:
        root = html.document_fromstring(text.encode("utf-8"), parser=parser)
    except etree.ParserError:  # it holds nothing
        return html.Element("html")
    _mark_lines(root)
    return root


def _even(table: list[list[str]]) -> list[list[str]]:
    """A table whose rows are all as long as the longest."""
    longest = max(map(len, table), default=0)
    return [[*row, *[""] * (longest - len(row))] for row in table]


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
                told.append(Reported("not-visible", " ".join(" ".join(cells).split()), HIDDEN))
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
    parts: list[Any] = []
    _take(element, parts)
    return "\n".join(_lines(parts))


def _lines(parts: Iterable[Any]) -> Iterator[str]:
    lines = (" ".join(line.split()) for line in " ".join(parts).split("\n"))
    return filter(None, lines)


def _take(element: Any, parts: list[Any], told: list[Reported] | None = None) -> None:
    """Take the text of an element, but for that of tables in it that have rows of their own.

    Of a page, which has a list of what is ``told``, tables, headings and lists are parts; items of
    several lines are set apart, as their marks do on the page. What it hides, or strikes out, is
    none of it; that is told of digests.
    """
    parts.append(_spaced(element.text))
    for each in element:
        is_text = isinstance(each.tag, str) and each.tag != "table"  # rows are told one by one
        if told is not None and is_text and _is_hidden(each):
            told += _hidden_digests(each)
        elif isinstance(each.tag, str) and each.tag not in _UNSEEN:
            is_table = each.tag == "table" and not _is_of_cell(each)
            if told is not None and (is_table or each.tag in (*_LEVELS, "dl")):
                parts += _PARTS.get(each.tag, _heading)(each, told)
            elif not is_table or element.tag not in ("td", "th"):
                if told is not None and each.tag == "li" and _has_lines(each):
                    parts.append(TextLine(""))
                parts.append("\n" if each.tag in _BLOCKS else "")
                _take(each, parts, told)
                parts.append("\n" if each.tag in _BLOCKS else "")
        parts.append(_spaced(each.tail))


def _hidden_digests(element: Any) -> Iterator[Reported]:
    """What is told of an element that nobody sees, if it holds a digest."""
    lines = _text(element).splitlines()
    if any(is_digest(each) for line in lines for each in (line, *line.split())):
        yield Reported("not-visible", " ".join(lines), HIDDEN)


def _has_lines(element: Any) -> bool:
    return any(each.tag in _BLOCKS for each in element.iterdescendants())


def _heading(element: Any, told: list[Reported]) -> Iterator[Part]:
    for line in _text(element).splitlines():
        yield TextLine(line, int(element.tag[1]))


def _terms(element: Any, told: list[Reported]) -> Iterator[Part]:
    """A list of terms, as the lines of a record."""
    yield from map(TextLine, _definitions(element))
    yield TextLine("")


def _tables(table: Any, told: list[Reported]) -> Iterator[Part]:
    """A table below its caption, and those in its cells that are tables of their own."""
    yield from (
        TextLine(line) for each in table.iter("caption") for line in _text(each).splitlines()
    )
    for each in table.iter("table"):
        if each is table or not _is_of_cell(each):
            rows = list(_rows(each, told))
            cells = [held for held, _ in rows]
            headers = [at for at, (_, is_header) in enumerate(rows) if is_header]
            if rows:
                yield Table(cells, headers or headers_of(cells))


def _spaced(text: str | None) -> str:
    return " ".join((text or "").split()).replace(_LINE_END, "\n")


_PARTS: Final = {"table": _tables, "dl": _terms}
"""What elements of a page are parts, besides headings."""
