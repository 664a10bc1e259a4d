"""Plain text whose rows all have the same number of fields: it is read as the table that it is.

The fields of a row stand on one line, parted by two spaces or more, or by dashes; or each has a
line of its own, in the items of a list. Titles name them; without titles, nothing but digits, names
and what can't be part of a name is a field. Wherever a field may be part of the one beside it, the
text is none of these: it is read like any other, word by word.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, groupby, pairwise
from typing import Final

from pipeline.extract import vocabulary
from pipeline.extract.column_values import (
    ending_in_values,
    ends_no_name,
    is_value,
    may_end_in_value,
)
from pipeline.extract.fingerprints import SHA1, SHA256, digits_of
from pipeline.extract.formats import Pages, Reported
from pipeline.extract.formats.tables import (
    Part,
    Table,
    TextLine,
    headers_of,
    is_digest,
    pages_of_parts,
)
from pipeline.extract.formats.text import decode, plain, prepared

_GAP: Final = re.compile(" {2,}")
_DASH: Final = re.compile(r"((?<!\s)\s+[-–—]\s+)")
_MARK: Final = re.compile(r"^(?:[-*+•·–]|\d{1,4}[.)]|[(\[]\d{1,4}[)\]])\s+")
"""What an item of a list begins with."""
_OF_NAME: Final = re.compile(r"[A-Z]{0,2}\d{1,2}|.*=.*")
"""What stands behind a dash within a name: ``Root CA - G2``, ``Acme - For use only, CN=Root``."""
_NUMBER: Final = re.compile(r"\d{1,4}\.?")
_DIGEST: Final = re.compile(rf"(?:[0-9A-Fa-f]{{2}}:?){{{SHA1 // 2},{SHA256 // 2}}}")
_SEPARATOR: Final = re.compile(r"\t|  | \| ")
"""Parts fields, too: what holds one is several."""
_FEWEST: Final = 2
"""Of fewer rows than this, a dash may be of a name."""


def read(data: bytes) -> Pages | None:
    """The rows of a text, if those of each page have the same number of fields; else None."""
    told: list[Reported] = []
    parts: list[Part] = []
    for content in prepared(decode(data), told).split("\f"):
        lines = [line if _is_dash(line) else plain(line).rstrip() for line in content.splitlines()]
        # a number sign begins a comment, or is the title of a column
        raw = [each and line for each, line in zip(lines, content.splitlines(), strict=True)]
        if not (found := _parts(raw) or _parts(lines)):
            return None
        parts += found
    return Pages(list(pages_of_parts(parts)), told)


def _is_dash(line: str) -> bool:
    """Whether a line is a dash, which is a field of nothing, and no rule."""
    return line.strip() == "-"


def with_tables(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts of a document, with a table for texts that are one; headings part texts."""
    for is_text, group in groupby(
        parts, lambda part: isinstance(part, TextLine) and not part.level
    ):
        held = [*group]
        lines = [part.text.rstrip() for part in held if isinstance(part, TextLine)]
        yield from (_parts(lines) if is_text else None) or held


def _parts(lines: Sequence[str]) -> list[Part] | None:
    return next(filter(None, (kind(lines) for kind in _KINDS)), None)


def _in_columns(lines: Sequence[str]) -> list[Part] | None:
    """A page whose rows have their fields on one line, with the same gaps or the same edges."""
    fields = [_GAP.split(line.strip()) for line in lines]
    held = _with_digests(fields)
    if not held or _may_go_on_below(lines, held[-1]):
        return None
    first, last = held[0], held[-1]
    above = next((at for at in range(first - 1, -1, -1) if lines[at]), first)
    is_titled = headers_of([fields[above], fields[first]]) == [0]
    among = [line for line in lines[above if is_titled else first : last + 1] if line]
    rows = _rows(among, among[0] if is_titled else "")
    titles = rows.pop(0) if is_titled and rows else []
    if above < first and not is_titled and _are_titles(lines[above]):
        is_titled, titles = True, _labels(lines[above])
        if not titles:
            return None
    if not _are_rows(rows, titles):
        return None
    table = Table([titles, *rows], [0]) if titles else Table(rows, [])
    return _page(lines[: above if is_titled else first], table, lines[last + 1 :])


def _labels(line: str) -> list[str]:
    """The labels that make up a line, with no more than a space between them; or none."""
    words = line.split()
    found: list[str] = []
    while words:
        label = vocabulary.label_at(words)
        if label is None:
            return []
        found.append(" ".join(words[: label.length]))
        words = words[label.length :]
    return found


def _rows(lines: Sequence[str], titles: str) -> list[list[str]]:
    """The fields of lines, if all gaps are as wide, or all fields of a column begin at one place.

    Where ``titles`` tell how many fields there are, and all gaps are as wide, two of these are a
    gap that holds an empty field.
    """
    edge = min(len(line) - len(line.lstrip()) for line in lines)
    gaps = [[match.span() for match in _GAP.finditer(line, edge)] for line in lines]
    begins = {tuple(end for _, end in each) for each in gaps}
    widths = {end - begin for each in gaps for begin, end in each}
    if titles and len({match[0] for match in _GAP.finditer(titles.strip())}) == 1:
        width = min(widths)
        if all(each % width == 0 for each in widths):
            return [line[edge:].split(" " * width) for line in lines]
    if len(widths) == 1 or len(begins) == 1:
        return [_GAP.split(line.strip()) for line in lines]
    return []


def _with_digests(fields: Sequence[Sequence[str]]) -> list[int]:
    return [at for at, texts in enumerate(fields) if any(map(is_digest, texts))]


def _may_go_on_below(lines: Sequence[str], last: int) -> bool:
    """Whether the name of the last row may go on below it."""
    return any(lines[last + 1 : last + 2])


def _are_titles(line: str) -> bool:
    """Whether several words of a line are titles of columns."""
    return sum(vocabulary.role_of(word) is not None for word in line.split()) > 1


def _with_dashes(lines: Sequence[str]) -> list[Part] | None:
    """A page whose rows have their fields on one line each, with dashes between them."""
    fields = [_dashed(_MARK.sub("", line.strip(), count=1)) for line in lines]
    held = _with_digests(fields)
    if len(held) < _FEWEST:
        return None
    rows = [fields[at] for at in range(held[0], held[-1] + 1) if lines[at]]
    if not _are_rows(rows) or _may_go_on_below(lines, held[-1]):
        return None
    return _page(lines[: held[0]], Table(rows, []), lines[held[-1] + 1 :])


def _dashed(line: str) -> list[str]:
    """The fields that dashes part; those of a name, which may have some, are put together.

    There are none if a number may be of a name or a field of its own.
    """
    first, *others = _DASH.split(line)
    fields = [first]
    for dash, part in zip(others[::2], others[1::2], strict=True):
        is_own = is_digest(part) or vocabulary.attribute_of(part)
        if is_own or not vocabulary.attribute_of(fields[-1]):
            fields.append(part)
        elif _OF_NAME.fullmatch(part):
            fields[-1] += f"{dash}{part}"
        elif _NUMBER.fullmatch(part):
            return []
        else:
            fields.append(part)
    return fields


def _in_items(lines: Sequence[str]) -> list[Part] | None:
    """A page whose rows are items of a list, or paragraphs, with a line for each field."""
    items: list[list[str]] = []
    for line, before in zip(lines, ["", *lines], strict=False):
        text = line.strip()
        if not line:
            continue
        if not before or not items or _MARK.match(text):
            items.append([])
        items[-1].append(text if items[-1] else _MARK.sub("", text, count=1))
    held = _with_digests(items)
    if not held:
        return None
    above, rows, below = items[: held[0]], items[held[0] : held[-1] + 1], items[held[-1] + 1 :]
    titles = _titles_within(rows)
    if titles:
        rows = [row[1::2] for row in rows]
    if not _are_rows(rows, titles) or (_may_go_on(rows) and not titles):
        return None
    table = Table([titles, *rows], [0]) if titles else Table(rows, [])
    return _page([*chain.from_iterable(above)], table, [*chain.from_iterable(below)])


def _titles_within(items: Sequence[Sequence[str]]) -> list[str]:
    """The titles of items in which each field stands below its own, the same in each; or none.

    Digits have one that says so. One that is not known may be that of another field, but not right
    behind a name: it may be the end of each.
    """
    titles = [*items[0][::2]]
    if any(len(item) != 2 * len(titles) or [*item[::2]] != titles for item in items):
        return []
    columns = [*zip(*(item[1::2] for item in items), strict=True)]
    roles = [vocabulary.role_of(title) for title in titles]
    unknown = [at for at, role in enumerate(roles) if role is None]
    if any(at and _are_names(columns[at - 1]) for at in unknown):
        return []
    digits = [role for role, column in zip(roles, columns, strict=True) if _are_digests(column)]
    return titles if all(role in vocabulary.DIGITS for role in digits) else []


def _page(above: Sequence[str], table: Table, below: Sequence[str]) -> list[Part]:
    return [*map(TextLine, filter(None, above)), table, *map(TextLine, filter(None, below))]


def _are_rows(rows: Sequence[Sequence[str]], titles: Sequence[str] = ()) -> bool:
    """Whether rows have the same number of fields, with a digest each, and no field is of another.

    Names are whole, and none stands beside several digests. Without titles, what is neither digits
    nor a name must be a value that is no part of a name, and none stands behind all names; and a
    second name must be the same one, of an issuer.
    """
    if not rows or len({*map(len, [*filter(None, [titles]), *rows])}) != 1:
        return False
    if any(_SEPARATOR.search(cell) for row in rows for cell in row):
        return False
    columns = [*zip(*rows, strict=True)]
    digests = [column for column in columns if _are_digests(column)]
    names = [column for column in columns if _are_names(column)]
    if not digests or any(cell.endswith(("=", *vocabulary.PARTS)) for c in names for cell in c):
        return False
    if titles:
        roles = map(vocabulary.role_of_title, titles)
        subjects = [c for c, role in zip(columns, roles, strict=True) if role != "issuer"]
        return sum(map(_are_names, subjects)) <= 1
    values = [column for column in columns if column not in digests and column not in names]
    lengths = [len(digits_of("".join(column[0].split()))) for column in digests]
    return (
        len({*names}) == 1
        and len({*names[0]}) == len({*digests[0]})
        and len({*lengths}) == len(lengths)
        and not (ending_in_values(names[0]) or (len(rows) == 1 and may_end_in_value(names[0][0])))
        and all(is_value(cell) for column in values for cell in column)
    )


def _may_go_on(rows: Sequence[Sequence[str]]) -> bool:
    """Whether names may go on in the fields behind them, as on the next line of a text."""
    columns = [*zip(*rows, strict=True)]
    return any(
        _are_names(column) and not (_are_digests(behind) or all(map(ends_no_name, behind)))
        for column, behind in pairwise(columns)
        if behind != column
    )


def _are_names(column: Sequence[str]) -> bool:
    return all(map(vocabulary.attribute_of, column))


def _are_digests(column: Sequence[str]) -> bool:
    """Whether all fields are digests; some may have a wrong digit, but not all."""
    is_whole = any(_DIGEST.fullmatch("".join(cell.split())) for cell in column)
    return is_whole and all(map(is_digest, column))


_KINDS: Final[tuple[Callable[[Sequence[str]], list[Part] | None], ...]] = (
    _in_columns,
    _with_dashes,
    _in_items,
)
