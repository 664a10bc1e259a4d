"""Tables that a text draws: Markdown's, grids of ``+`` and ``|``, MediaWiki's, HTML in Markdown.

Each is read as a table; the text between them is read as any text is, without Markdown's marks.
"""

import html
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, takewhile
from typing import Final, NamedTuple

from pipeline.extract.formats import Pages, Reported, web_page
from pipeline.extract.formats.even_text import with_tables
from pipeline.extract.formats.tables import (
    Part,
    Table,
    TextLine,
    headers_of,
    is_digest,
    pages_of_parts,
)
from pipeline.extract.formats.text import decode, without_changes

_RULE: Final = re.compile(r"\s*+[|+]?(?:\s*+:?[-=]+:?\s*+[|+])+(?:\s*+:?[-=]+:?\s*+)?[|+]?\s*+")
"""The line below the titles of a table, and those between the rows of a grid."""
_PSQL_RULE: Final = re.compile(r"-{3,}(?:\+-{3,})+")
_BREAK: Final = re.compile(r"\s*<br\s*/?>\s*", re.IGNORECASE)
_ESCAPED: Final = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~])")
_BAR: Final = re.compile(r"(?<!\\)\|")
_JIRA_TITLES: Final = re.compile(r"\s*(?:\|\|[^|]+)+\|\|\s*")
_LINK: Final = re.compile(r"!?\[([^\]]*)\]\([^()\s]*(?:\s[^()]*)?\)")
_STYLED: Final = re.compile(
    r"</?(?:a|b|code|em|i|kbd|nowiki|p|small|span|strong|tt|u)\b[^>]*>", re.I
)
_STRUCK: Final = re.compile(r"~~.+?~~|<(del|s|strike)>.*?</\1>", re.IGNORECASE)
_BOLD: Final = re.compile(r"\*\*([^*\n]+)\*\*")
_MARKS: Final = "`*'{}@= "
"""What may stand around the text of a cell: of Markdown, MediaWiki, Trac, Textile, TWiki."""
_DIGITS: Final = re.compile(r"(?:[0-9A-Fa-f]{2}:?){20}")
_FOOTNOTE: Final = re.compile(r"\[\^([0-9]{1,2}|[a-d])\](:?)")
_SUPERSCRIPTS: Final = str.maketrans("0123456789abcd", "⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈ")
_CODE_SPAN: Final = re.compile(r"`([^`\n]+)`")
_MARKED: Final = re.compile(r"`[0-9A-Fa-f:]{40,}`|\*\*[^*\n]+\*\*:? +[`0-9A-Fa-f:]{40,}")
_HEADING: Final = re.compile(r"(#{1,6})\s+(.*?)\s*#*|(={2,6})\s*(.*?)\s*=+")
_FENCE: Final = re.compile(r"\s*(?:```|~~~)")
_LIST_TABLE: Final = re.compile(r"(?P<indent>\s*)\.\. list-table::(?P<title>.*)")
_LIST_ITEM: Final = re.compile(r"\s+(?P<row>\* +)?- *(?P<text>.*)")
_HEADER_ROWS: Final = re.compile(r"\s+:header-rows: *1\s*")
_HTML: Final = re.compile(r"<(/?)table\b", re.IGNORECASE)
_WIKI_LINK: Final = re.compile(r"\[\[(?:[^\]|]*\|)?([^\]|]*)\]\]")
_WIKI_STYLE: Final = re.compile(
    r"""(?:\s*[a-z-]+\s*=\s*(?:"[^"]*"|'[^']*'|[\w%#-]+))+\s*\|(?!\|)"""
)


_TABULAR: Final = re.compile(r"\\begin\{((?:long|x|)tab(?:ular|le|u)[xy*]?|tblr|longtblr)\}")
_LATEX_ROW: Final = re.compile(r"\\\\(?:\[[^\]]*\])?|\\tabularnewline\b")
_LATEX_CELL: Final = re.compile(r"(?<!\\)&")
_VERBATIM: Final = re.compile(r"\\verb\*?(\W)(.*?)\1")
_COMMAND: Final = re.compile(r"\\[a-zA-Z]+\*?\{([^{}]*)\}")
_RULE_OF_LATEX: Final = re.compile(
    r"\\(?:c?line|hline|(?:top|mid|bottom)rule|end(?:first)?(?:head|foot)|small|ttfamily)\b"
)
_LATEX_ESCAPE: Final = re.compile(r"\\([&%$#_{}])")


class _Drawn(NamedTuple):
    """What is drawn from a line on, and the line behind it."""

    parts: list[Part]
    end: int


def read(data: bytes) -> Pages | None:
    """The tables of a text; None if none of them holds a digest, and no marks are about any."""
    told: list[Reported] = []
    changes: list[Reported] = []
    text = _FOOTNOTE.sub(_superscript, without_changes(decode(data), changes))
    parts = list(_parts(text.splitlines(), told))
    has_digests = any(isinstance(part, Table) and _has_digests(part) for part in parts)
    if not (has_digests or told or _MARKED.search(text)):
        return None
    return Pages(list(pages_of_parts(with_tables(parts))), [*changes, *told])


def _superscript(mark: re.Match[str]) -> str:
    """The mark of a footnote as the page shows it."""
    return mark[1].translate(_SUPERSCRIPTS) + (" " if mark[2] else "")


def _has_digests(table: Table) -> bool:
    return any(
        is_digest(each) for row in table.rows for cell in row for each in [cell, *cell.splitlines()]
    )


def _parts(lines: Sequence[str], told: list[Reported]) -> Iterator[Part]:
    at, is_fenced = 0, False
    while at < len(lines):
        is_fence = _FENCE.match(lines[at]) is not None
        is_fenced ^= is_fence
        drawn = None if is_fenced else _drawn(lines, at, told)
        if not drawn and any(_DIGITS.search(struck[0]) for struck in _STRUCK.finditer(lines[at])):
            text = " ".join(_plain(lines[at]).replace("~~", "").split())
            told.append(Reported("not-visible", text, web_page.HIDDEN))
            at += 1
            continue
        if drawn:
            yield from drawn.parts
            at = drawn.end
        else:
            if is_fence:
                yield TextLine("")
            else:
                yield TextLine(lines[at]) if is_fenced else _text(lines[at])
            at += 1


def _drawn(lines: Sequence[str], at: int, told: list[Reported]) -> _Drawn | None:
    """The table that begins on a line; None if none does."""
    for kind in _KINDS:
        if drawn := kind(lines, at, told):
            return drawn
    return None


def _text(line: str) -> TextLine:
    """A line of text, or a heading without its marks."""
    if heading := _HEADING.fullmatch(line):
        marks, text = heading[1] or heading[3], heading[2] or heading[4] or ""
        return TextLine(_plain(text), len(marks))
    bare = _CODE_SPAN.sub(r"\1", _BOLD.sub(r"\1", _LINK.sub(r"\1", line)))
    return TextLine(_ESCAPED.sub(r"\1", bare))


def _plain(cell: str) -> str:
    """The text of a cell, without what marks it up; a line end is written ``<br>``."""
    lines = _STYLED.sub("", _LINK.sub(r"\1", _BREAK.sub("\n", cell.strip())))
    return html.unescape(_ESCAPED.sub(r"\1", lines)).strip(_MARKS).removeprefix("_.").lstrip()


# --- kinds of tables -----------------------------------------------------------------------------


def _markup(lines: Sequence[str], at: int, told: list[Reported]) -> _Drawn | None:
    """A table of HTML, whose cells are Markdown."""
    depth, end = 0, at
    while end < len(lines) and (end == at or depth > 0):
        for tag in _HTML.finditer(lines[end]):
            depth += -1 if tag[1] else 1
        end += 1
        if end == at + 1 and depth <= 0 and not _HTML.search(lines[at]):
            return None
    parts = list(web_page.parts_of("\n".join(lines[at:end]), told))
    return _Drawn([_without_marks(part) for part in parts], end)


def _without_marks(part: Part) -> Part:
    if isinstance(part, TextLine):
        return part._replace(text=_plain(part.text))
    return part._replace(rows=[[_plain(cell) for cell in row] for row in part.rows])


def _grid(lines: Sequence[str], at: int, told: list[Reported]) -> _Drawn | None:
    """A grid: rules of ``+`` and ``-`` part its rows or, of a single header, only that.

    So reStructuredText and MySQL draw tables.
    """
    if not lines[at].lstrip().startswith("+-") or not _RULE.fullmatch(lines[at]):
        return None
    held = list(takewhile(lambda line: line.lstrip()[:1] in ("+", "|"), lines[at:]))
    edges = [i for i, mark in enumerate(held[0]) if mark == "+"]
    groups: list[list[list[str]]] = []
    has_titles = False
    for line in held:
        if _RULE.fullmatch(line):
            has_titles = has_titles or (bool(groups) and "=" in line)
            groups.append([])
        else:
            groups[-1].append(_cells_between(line, edges))
    groups = [group for group in groups if group]
    if len(groups) == 2 and not has_titles:
        groups = [groups[0], *([row] for row in groups[1])]
    rows = [
        ["\n".join(filter(None, cell)) for cell in zip(*group, strict=True)] for group in groups
    ]
    return _Drawn([Table(rows, [0] if has_titles else headers_of(rows))], at + len(held))


def _cells_between(line: str, edges: Sequence[int]) -> list[str]:
    """The cells of a line of a grid; where a bar is missing or one too many, by the edges."""
    cells = line.strip().strip("|").split("|")
    if len(cells) != len(edges) - 1:
        cells = [line[a + 1 : b] for a, b in pairwise(edges)]
    return [cell.strip() for cell in cells]


def _wiki(lines: Sequence[str], at: int, told: list[Reported]) -> _Drawn | None:
    """A table of MediaWiki, from ``{|`` to ``|}``."""
    if not lines[at].lstrip().startswith("{|"):
        return None
    above: list[Part] = []
    rows: list[list[str]] = [[]]
    titled: set[int] = set()
    end = at + 1
    while end < len(lines) and not lines[end].lstrip().startswith("|}"):
        line = lines[end].strip()
        end += 1
        if line.startswith("|+"):
            above.append(TextLine(_wiki_cell(line[2:])))
        elif line.startswith("|-"):
            rows.append([])
        elif line.startswith(("|", "!")):
            if line[0] == "!" and not rows[-1]:
                titled.add(len(rows) - 1)
            elif line[0] == "|":
                titled.discard(len(rows) - 1)
            rows[-1] += re.split(r"\|\||!!" if line[0] == "!" else r"\|\|", line[1:])
        elif rows[-1]:
            rows[-1][-1] += f"\n{line}"
    _tell_struck([row for row in rows if row], told)
    kept = [number for number, row in enumerate(rows) if row and not _is_struck(row)]
    table = [[_wiki_cell(cell) for cell in rows[number]] for number in kept]
    headers = [new for new, number in enumerate(kept) if number in titled]
    return _Drawn([*above, Table(table, headers or headers_of(table))], end + 1)


def _wiki_cell(cell: str) -> str:
    return _plain(_WIKI_LINK.sub(r"\1", _WIKI_STYLE.sub("", cell, count=1)))


def _list_table(lines: Sequence[str], at: int, told: list[Reported]) -> _Drawn | None:
    """A table of reStructuredText whose rows are lists of cells: ``* - one``, ``- two``."""
    if not (directive := _LIST_TABLE.fullmatch(lines[at])):
        return None
    edge = len(directive["indent"])
    held = list(
        takewhile(lambda line: not line.strip() or line[: edge + 1].isspace(), lines[at + 1 :])
    )
    rows: list[list[str]] = []
    for line in held:
        item = _LIST_ITEM.fullmatch(line)
        if item and item["row"]:
            rows.append([item["text"]])
        elif item and rows:
            rows[-1].append(item["text"])
        elif rows and line.strip():
            rows[-1][-1] += f" {line.strip()}"
    table = [[_plain(cell) for cell in row] for row in rows]
    is_titled = any(_HEADER_ROWS.fullmatch(line) for line in held)
    title = [TextLine(directive["title"])]
    return _Drawn(
        [*title, Table(table, [0] if is_titled else headers_of(table))], at + 1 + len(held)
    )


def _bars(lines: Sequence[str], at: int, told: list[Reported]) -> _Drawn | None:
    """A table of Markdown, of Org or psql, which a rule marks; of Jira or others, which have none.

    Without a rule, each line begins with a bar, or cells have line ends of HTML.
    """
    held = list(takewhile(_BAR.search, lines[at:]))
    has_rule = len(held) > 1 and _RULE.fullmatch(held[1]) is not None
    is_framed = len(held) > 1 and all(line.lstrip().startswith("|") for line in held)
    if not (has_rule or is_framed or (held and any(map(_BREAK.search, held)))):
        if len(lines) <= at + 1 or not held or not _RULE.fullmatch(lines[at + 1]):
            return None
        has_rule = True  # psql's, of plus signs, has no bar
        held += [lines[at + 1], *takewhile(_BAR.search, lines[at + 2 :])]
    found = [line for line in held if not _RULE.fullmatch(line)]
    rows = _psql_rows(held) or [_bar_cells(line) for line in found]
    _tell_struck(rows, told)
    table = [[_plain(cell) for cell in row] for row in rows if not _is_struck(row)]
    if not table:  # all are struck out, or there are but rules
        return _Drawn([], at + len(held))
    is_titled = has_rule and not any(map(is_digest, table[0])) and any(table[0])
    return _Drawn([Table(table, [0] if is_titled else headers_of(table))], at + len(held))


def _psql_rows(lines: Sequence[str]) -> list[list[str]] | None:
    """The rows of a table of psql that has cells of several lines; None of any other.

    A dot ends a line of a cell that is wrapped, wherever it is full, and begins the next one; a
    plus sign stands where the text itself has a line end (psql, ``linestyle``).
    """
    if len(lines) < 3 or not _PSQL_RULE.fullmatch(lines[1].rstrip()):
        return None
    widths = [len(part) - 2 for part in lines[1].strip().split("+")]
    rows: list[list[str]] = []
    ends = [" "] * len(widths)
    for line in [lines[0], *lines[2:]]:
        cells = line.split("|")
        if len(cells) != len(widths):
            return None
        goes_on = set(ends) != {" "}
        if not goes_on:
            rows.append([""] * len(widths))
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            if (cell[:1] == ".") is not (ends[at] == "."):
                return None
            text, end = cell[1 : width + 1], cell[width + 1 :].strip() or " "
            if end not in (" ", ".", "+"):
                return None
            rows[-1][at] += f"\n{text.strip()}" if ends[at] == "+" else text
            ends[at] = end
        if goes_on and not any(cell[1:].strip() for cell in cells):
            return None
    has_lines = len(rows) < len(lines) - 1
    return [[cell.strip() for cell in row] for row in rows] if has_lines else None


def _bar_cells(line: str) -> list[str]:
    if _JIRA_TITLES.fullmatch(line):
        line = line.replace("||", "|")
    return _BAR.split(line.strip().removeprefix("|").removesuffix("|"))


def _is_struck(row: Sequence[str]) -> bool:
    """Whether a row's digits are struck out."""
    return any(
        is_digest(_plain(each[0].strip("~"))) for cell in row for each in _STRUCK.finditer(cell)
    )


def _tell_struck(rows: Sequence[Sequence[str]], told: list[Reported]) -> None:
    for row in filter(_is_struck, rows):
        text = " ".join(" ".join(map(_plain, row)).replace("~~", "").split())
        told.append(Reported("not-visible", text, web_page.HIDDEN))


def _latex(lines: Sequence[str], at: int, told: list[Reported]) -> _Drawn | None:
    """A table of LaTeX: ``&`` parts its cells, and two backslashes end its rows."""
    if not (begin := _TABULAR.search(lines[at])):
        return None
    held = list(takewhile(lambda line: f"\\end{{{begin[1]}}}" not in line, lines[at + 1 :]))
    text = "\n".join(line for line in held if not line.lstrip().startswith("%"))
    rows = [[_of_latex(cell) for cell in _LATEX_CELL.split(row)] for row in _LATEX_ROW.split(text)]
    above = [TextLine(row[0]) for row in rows if len(row) == 1 and row[0]]
    table = [row for row in rows if len(row) > 1]
    return _Drawn([*above, Table(table, headers_of(table))], at + len(held) + 2)


def _of_latex(text: str) -> str:
    """The text of a cell, without the commands around it."""
    text = _VERBATIM.sub(r"\2", text)
    while (bare := _COMMAND.sub(r"\1", text)) != text:
        text = bare
    text = _LATEX_ESCAPE.sub(r"\1", _RULE_OF_LATEX.sub("", text)).replace("~", " ")
    return " ".join(text.replace("{", "").replace("}", "").split())


_KINDS: Final[tuple[Callable[[Sequence[str], int, list[Reported]], _Drawn | None], ...]] = (
    _markup,
    _grid,
    _wiki,
    _list_table,
    _latex,
    _bars,
)
