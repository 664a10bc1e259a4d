"""Two readers of one document, each the other's witness: what they must agree on is the page.

Rows are made of pages by pure functions, the same for both readers. Where the pages are alike, so
are the rows, and making them twice would prove nothing more: they are made once. From the first
page on that the readers see otherwise, each has its own rows, and these are compared.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, zip_longest

from pipeline.extract.choose import Known
from pipeline.extract.page import Line, Page, Ruling, TaggedTable
from pipeline.extract.read_pages import Engine, Step, rest_of
from pipeline.extract.settings import SETTINGS

Steps = tuple[Step | None, Step | None]
"""A step of each reader; None where it has come to its end before."""


def steps_of_both(pages: Iterable[Page], others: Iterable[Page], known: Known) -> Iterator[Steps]:
    """What two readers' ``pages`` and ``others`` say, one page after the other."""
    ours, theirs = iter(pages), iter(others)
    engine = Engine(known)
    page, other = next(ours, None), next(theirs, None)
    while page and is_alike(page, other):
        following, its_other = next(ours, None), next(theirs, None)
        if not is_alike(following, its_other):  # it tells how this one is read
            ours, theirs = chain(_given(following), ours), chain(_given(its_other), theirs)
            break
        rows = engine.read(page, following)
        yield rows, rows
        page, other = following, its_other
    else:
        if page is other is None:
            rows, ending = engine.finish(), engine.ending()
            yield from ((rows, rows), (ending, ending))
            return
    copy = engine.copy()
    ours, theirs = chain(_given(page), ours), chain(_given(other), theirs)
    yield from zip_longest(rest_of(ours, engine), rest_of(theirs, copy))


def _given(page: Page | None) -> Iterable[Page]:
    return [page] if page else []


def is_alike(page: Page | None, other: Page | None) -> bool:
    """Whether two readers see the same on a page: each word and each rule, at the same place.

    None stands for what comes after the last page.
    """
    if page is None or other is None or page is other:
        return page is other
    return (
        page.number == other.number
        and page.turned == other.turned
        and page.is_scanned == other.is_scanned
        and _are_lines_alike(page.lines, other.lines)
        and _are_lines_alike(page.sideways, other.sideways)
        and _are_rules_alike(page.rulings, other.rulings)
        and list(map(_stated, page.tagged)) == list(map(_stated, other.tagged))
    )


def _are_lines_alike(lines: Sequence[Line], others: Sequence[Line]) -> bool:
    return len(lines) == len(others) and all(map(_is_line_alike, lines, others))


def _is_line_alike(line: Line, other: Line) -> bool:
    across = SETTINGS.witness_across * line.size
    return len(line.words) == len(other.words) and all(
        a.text == b.text
        and abs(a.x0 - b.x0) <= across
        and abs(a.x1 - b.x1) <= across
        and abs(a.y - b.y) <= SETTINGS.witness_level
        and abs(a.size - b.size) <= SETTINGS.witness_level
        for a, b in zip(line.words, other.words, strict=True)
    )


def _are_rules_alike(rules: Sequence[Ruling], others: Sequence[Ruling]) -> bool:
    return len(rules) == len(others) and all(
        abs(a - b) <= SETTINGS.witness_rule
        for rule, other in zip(rules, others, strict=True)
        for a, b in zip(rule, other, strict=True)
    )


def _stated(table: TaggedTable) -> tuple[object, ...]:
    """What the document states of a table: its rows, their cells, the words in them."""
    return table.number, [
        (row.number, [(*cell[1:], [word.text for word in cell.words]) for cell in row.cells])
        for row in table.rows
    ]
