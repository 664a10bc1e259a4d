"""Tables whose cells a format states, laid out as a page, so that any layout can read them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Final, NamedTuple

from pipeline.extract import vocabulary
from pipeline.extract.document import UNCERTAIN_JOIN
from pipeline.extract.fingerprints import MD5, SHA1, SHA256, digits_of
from pipeline.extract.formats.text import pages_of
from pipeline.extract.page import Line, Page, TaggedCell, TaggedRow, TaggedTable, Word, clean

SIZE: Final = 10.0
"""The font size, in points."""
WIDTH: Final = 4.0
"""Of a character."""
HEIGHT: Final = 12.0
GUTTER: Final = 40.0
"""Between columns."""
ROW: Final = 40.0
"""Between rows: further than any line is from the next of the same text."""


LARGEST_HEADING: Final = 20.0
"""The font size of a heading of the first level; those below it are smaller, by ``SMALLER``."""
SMALLER: Final = 1.5

TORN: Final = "\ufdd0"
"""Stands in a cell where a line end may be within a word: no text has it (Unicode, 23.7)."""

_LENGTHS: Final = {SHA1, SHA256, MD5}


_BETWEEN: Final = re.compile(r"[;,\n|/]")
_LABELLED: Final = re.compile(
    r"\s*(?P<label>[A-Za-z][\w ()-]*?)\s*[:=]\s*`?(?P<digits>[\w: ]+?)`?\s*"
)
_DIGEST_ROLES: Final = ("sha1", "sha256", "md5", "key", "fingerprint")


class TextLine(NamedTuple):
    """A line of text outside of tables; ``level`` is that of a heading, 0 if it is none."""

    text: str
    level: int = 0


class Table(NamedTuple):
    """A table: the text of each cell, in which a line end is one, and which rows are titles."""

    rows: list[list[str]]
    headers: list[int]


Part = TextLine | Table
"""What a document holds, in order."""


def pages_of_parts(parts: Iterable[Part]) -> Iterator[Page]:
    """A page for each table, with the text that stands above it, and at last that below it.

    A text that holds digests is a page of its own.
    """
    number = 0
    above: list[TextLine] = []
    page: Page | None = None
    for part in parts:
        if isinstance(part, TextLine):
            above.append(part)
            continue
        if page:
            yield page
        if _holds_digests(above):
            number += 1
            yield _page_of_text(number, above)
            above = []
        number += 1
        rows = unstacked(part.rows) if part.headers == [0] else part.rows
        page = page_of(number, rows, part.headers, above)
        above = []
    if page and not _holds_digests(above):
        _set_below(page, above)
        above = []
    if page:
        yield page
    if above:
        yield _page_of_text(number + 1, above)


def _set_below(page: Page, texts: Iterable[TextLine]) -> None:
    """Set lines below all that stands on a page, clearly parted from it."""
    y = max((line.y for line in page.lines), default=0.0) + 2 * ROW
    for text, _ in texts:
        if words := list(_words(text, 0.0, y)):
            page.lines.append(Line(words, y, SIZE))
        y += HEIGHT


def _holds_digests(texts: Iterable[TextLine]) -> bool:
    return any(is_digest(word) for line in texts for word in line.text.split())


def _page_of_text(number: int, lines: Iterable[TextLine]) -> Page:
    (page,) = pages_of("\n".join(line.text.replace("\f", " ") for line in lines))
    return replace(page, number=number)


def headers_of(table: Sequence[Sequence[str]]) -> list[int]:
    """The row of titles of a table in which nothing but its place says that it is one.

    It stands right above the first row that holds a digest, and at least one cell of it is a title
    that is known.
    """
    first = next(
        (
            at
            for at, row in enumerate(table)
            if any(is_digest(cell) or labelled_digests(cell) for cell in row)
        ),
        0,
    )
    titles = table[first - 1] if first else []
    filled = [cell for cell in titles if cell.strip()]
    is_header = len(filled) > 1 and any(map(vocabulary.role_of_title, filled))
    return [first - 1] if is_header and not any("=" in cell for cell in filled) else []


def said_in(table: Sequence[Sequence[str]], headers: Sequence[int]) -> Iterator[str]:
    """The text of each row, without what is no fingerprint by the title of its column."""
    titles = table[headers[-1]] if headers else []
    others = {
        column
        for column, title in enumerate(titles)
        if vocabulary.role_of_title(title) in vocabulary.NOT_FINGERPRINTS
    }
    for row in table:
        yield " ".join(cell for column, cell in enumerate(row) if column not in others)


def unstacked(table: Sequence[Sequence[str]]) -> list[list[str]]:
    """A table below whose titles of several lines, each a label, stand as many lines in each cell.

    Each line becomes a column: ``Serial number /`` above ``Thumbprint``.
    """
    columns: list[Sequence[str]] = []
    for title, *cells in zip_longest(*table, fillvalue=""):
        labels = [line.strip(" /") for line in title.splitlines()]
        held = [cell.splitlines() for cell in cells]
        is_stacked = len(labels) > 1 and all(map(vocabulary.role_of, labels))
        if is_stacked and all(len(lines) == len(labels) for lines in held):
            columns += zip(labels, *held, strict=True)
        else:
            columns.append([title, *cells])
    return [[*row] for row in zip(*columns, strict=True)]


def with_digests_parted(
    table: Sequence[Sequence[str]], headers: Sequence[int]
) -> list[Sequence[str]]:
    """A table in which digests that share a cell have columns of their own, titled by their labels.

    Each cell of the column holds labelled digests and nothing else: ``SHA1=…; SHA256=…``. The
    title of the column doesn't say that they are others, such as checksums.
    """
    if not headers or len({*map(len, table)}) != 1:
        return [*table]
    columns: list[Sequence[str]] = []
    for column in zip(*table, strict=True):
        held = [
            labelled_digests(cell) if at not in headers else {} for at, cell in enumerate(column)
        ]
        filled = [at for at, cell in enumerate(column) if at not in headers and cell.strip()]
        labels = dict.fromkeys(label for digests in held for label in digests)
        is_other = vocabulary.role_of_title(column[headers[-1]]) in vocabulary.NOT_FINGERPRINTS
        if len(labels) > 1 and not is_other and all(held[at] for at in filled):
            columns += (
                [
                    label if at == headers[-1] else digests.get(label, "")
                    for at, digests in enumerate(held)
                ]
                for label in labels
            )
        else:
            columns.append(column)
    return [*zip(*columns, strict=True)]


def labelled_digests(cell: str) -> dict[str, str]:
    """The digests of a cell that holds labelled ones and nothing else, by their labels."""
    found: dict[str, str] = {}
    for part in filter(str.strip, _BETWEEN.split(cell)):
        match = _LABELLED.fullmatch(part)
        if not match or match["label"] in found or not is_digest(match["digits"]):
            return {}
        if vocabulary.role_of(match["label"]) not in _DIGEST_ROLES:
            return {}
        found[match["label"]] = match["digits"]
    return found


def is_digest(cell: str) -> bool:
    """Whether a cell looks like a digest; a SHA-1 may lack some digits, or have some too many."""
    digits = digits_of("".join(cell.split()))
    return len(digits) in _LENGTHS or SHA1 - 4 <= len(digits) <= SHA1 + 4


def page_of(
    number: int,
    table: Sequence[Sequence[str]],
    headers: Sequence[int] = (),
    above: Iterable[TextLine] = (),
) -> Page:
    """A page that holds a table.

    Args:
        number: the number of the page.
        table: the text of each cell; a line end within one is a line of it.
        headers: the rows that are titles.
        above: the lines that stand above the table.
    """
    table = with_digests_parted(table, headers)
    lines: list[Line] = []
    y = 0.0
    for text, level in above:
        if words := list(_words(text, 0.0, y)):
            size = max(LARGEST_HEADING - SMALLER * level, SIZE) if level else SIZE
            lines.append(Line(words, y, size))
            y += ROW
    edges = _edges(table)
    rows: list[TaggedRow] = []
    for at, row in enumerate(table):
        cells = [
            [list(_words(text, x, y + HEIGHT * i)) for i, text in enumerate(_split(cell))]
            for cell, x in zip(row, edges, strict=False)
        ]
        rows.append(
            TaggedRow(
                tuple(
                    TaggedCell(tuple(word for words in cell for word in words), at in headers)
                    for cell in cells
                )
            )
        )
        height = max(map(len, cells), default=0)
        for i in range(height):
            held = [word for cell in cells if i < len(cell) for word in cell[i]]
            if held:
                lines.append(Line(held, y + HEIGHT * i, SIZE))
        y += HEIGHT * max(height - 1, 0) + ROW
    return Page(number, lines, [], tagged=(TaggedTable(1, tuple(rows)),))


def _split(cell: str) -> list[str]:
    return [line for line in cell.splitlines() if line.strip()] or [""]


def _edges(table: Sequence[Sequence[str]]) -> list[float]:
    """Where columns begin."""
    count = max(map(len, table), default=0)
    edges = [0.0]
    for column in range(count):
        cells = [row[column] for row in table if column < len(row)]
        widest = max((len(line) for cell in cells for line in _split(cell)), default=0)
        edges.append(edges[-1] + WIDTH * widest + GUTTER)
    return edges


def _words(text: str, x: float, y: float) -> Iterator[Word]:
    at = x
    for part in text.split():
        shown = clean(part)
        if TORN in shown:
            shown = shown.replace(TORN, UNCERTAIN_JOIN)
        if shown:
            yield Word(shown, at, at + WIDTH * len(shown), y)
        at += WIDTH * (len(part) + 1)
