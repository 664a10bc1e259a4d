"""Trust lists that are no PDF: plain text, read like a page, and CSV.

In text a character's column and line are its place, so that the same row grammar serves.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence

from pipeline.extract import faults, margins
from pipeline.extract.columns import begins_name
from pipeline.extract.document import Problem, Row
from pipeline.extract.fingerprints import SHA1, SHA256, digits_of
from pipeline.extract.page import Line, Page, Word, clean

_SIZE, _WIDTH, _HEIGHT = 10.0, 4.0, 12.0
"""Of a character, in points: a single space is no gutter, two are."""
_DELIMITERS = ",;\t|"
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 with a mark, or else Windows-1252 as Excel writes it."""
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def pages_of(text: str) -> Iterator[Page]:
    """The pages of a plain text, which form feeds part."""
    for number, content in enumerate(text.split("\f"), 1):
        lines = [
            Line(words, row * _HEIGHT, _SIZE)
            for row, line in enumerate(content.splitlines())
            if (words := list(_words(line, row * _HEIGHT)))
        ]
        yield Page(number, lines, [])


def _words(line: str, y: float) -> Iterator[Word]:
    spread = line.replace("\t", "\t  ").expandtabs(8)
    if re.fullmatch(r"[\s\-=_*+|.~#]*", spread):
        return  # a rule, drawn with characters
    for match in re.finditer(r"\S+", spread):
        shown = clean(match[0])
        if shown:
            yield Word(shown, match.start() * _WIDTH, match.end() * _WIDTH, y)


def delimiter_of(text: str) -> str:
    """The delimiter of a CSV file, or ``""`` if the text is none.

    It is the one with which every row that holds a fingerprint has the same number of cells, and
    a cell that is that fingerprint alone.
    """
    lines = [line for line in text.splitlines() if line.strip()][:200]
    for delimiter in _DELIMITERS:
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if _fingerprints(row)]
        if rows and len(rows[0]) > 1 and len({len(row) for row in rows}) == 1:
            return delimiter
    return ""


def _fingerprints(row: Sequence[str]) -> list[int]:
    """The cells that look like a SHA-1 fingerprint."""
    return [i for i, cell in enumerate(row) if SHA1 - 4 <= len(_digits(cell)) <= SHA1 + 4]


def _digits(cell: str) -> str:
    return digits_of("".join(cell.split()))


def rows_of(text: str, delimiter: str) -> tuple[list[Row], list[Problem]]:
    """The rows of a CSV file. What a column holds is told by its cells, and by its title."""
    table = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(row)]
    found = [i for i, row in enumerate(table) if _fingerprints(row)]
    first, last = found[0], found[-1]
    titles = table[first - 1] if first else []
    body = table[first:]
    fingerprint = _column(body, titles, lambda cell: len(_digits(cell)) == SHA1, "key")
    subject = _column(body, titles, begins_name, "issuer")
    sha256 = _column(body, titles, lambda cell: len(_digits(cell)) == SHA256, "key")
    release = _column(body, titles, lambda cell: bool(margins.release_of(cell)), "")
    named = {margins.release_of(" ".join(row)) for row in table[:first]} - {""}
    heading = named.pop() if len(named) == 1 else ""

    rows: list[Row] = []
    problems: list[Problem] = []
    for number, cells in enumerate(body, first):
        text = delimiter.join(cells)
        if cells == titles or (number > last and not margins.is_suspect(text)):
            continue
        digits = _digits(_cell(cells, fingerprint))
        name = clean(" ".join(_cell(cells, subject).split()))
        stated = margins.release_of(_cell(cells, release)) or heading
        problem = _fault(digits, name, text)
        if problem:
            problems.append(problem)
        else:
            rows.append(Row(1, stated, digits, _digits(_cell(cells, sha256)), name))
    return rows, problems


def _column(
    body: Sequence[Sequence[str]],
    titles: Sequence[str],
    fits: Callable[[str], bool],
    other: str,
) -> int | None:
    """The column most of whose cells fit; of two, the one whose title does not say ``other``."""
    width = max(len(row) for row in body)
    counts = [sum(fits(_cell(row, i).strip()) for row in body) for i in range(width)]
    best = max(counts)
    if not best:
        return None
    likely = [i for i in range(width) if 2 * counts[i] >= best]
    free = [i for i in likely if not other or other not in _cell(titles, i).lower()]
    return (free or likely)[0]


def _cell(row: Sequence[str], column: int | None) -> str:
    return row[column] if column is not None and column < len(row) else ""


def _fault(digits: str, name: str, text: str) -> Problem | None:
    if not digits:
        hint = "This line has no fingerprint where the others have one."
        return Problem("unaccounted-text", 1, text, hint)
    return faults.of(1, digits, name)
