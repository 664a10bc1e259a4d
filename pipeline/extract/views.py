"""A page seen as a whole, or in columns side by side: the strip to be read of it."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from math import inf
from typing import NamedTuple

from pipeline.extract.blocks import Placed
from pipeline.extract.headings import release_of
from pipeline.extract.page import Line, Page
from pipeline.extract.page_furniture import Places
from pipeline.extract.record_labels import with_labels_first
from pipeline.extract.settings import SETTINGS
from pipeline.extract.side_by_side import Bounds, parted
from pipeline.extract.sorting import Sorted, Sorter
from pipeline.extract.strips import cut_off, shifted, stacked, without_foot


class View(NamedTuple):
    """A page seen as a whole or, with ``bounds``, in columns.

    It has its sorted parts, the strip to be read, and all ``lines`` as they stand there.
    """

    bounds: Bounds
    sorter: Sorter
    parts: list[Sorted]
    strip: list[Placed]
    lines: list[Line]

    @property
    def has_content(self) -> bool:
        """Whether there is anything to read that isn't of the page before."""
        return any(part.content for part in self.parts)

    @property
    def is_of_several_releases(self) -> bool:
        """Whether its columns have headings side by side that name several releases."""
        columns = [part for part in self.parts[1:] if part.content]
        tops = [next((x.y for x in part.apart if release_of(x.text)), inf) for part in columns]
        releases = {part.section.release for part in columns}
        step = SETTINGS.label_step * columns[0].content[0].size if columns else 0.0
        return len(releases) > 1 and max(tops) - min(tops) < step

    @property
    def has_digits(self) -> bool:
        """Whether there are digits that only rows have."""
        return any(part.has_digits for part in self.parts)


def view_of(
    page: Page, sorter: Sorter, tail: Sequence[Placed], elsewhere: Sequence[Places], bounds: Bounds
) -> View:
    """A page as a whole or, with ``bounds``, its columns one below the other.

    The ``sorter`` is that of the page before, and stays as it is; the ``tail`` is what of it may go
    on here.
    """
    sorter = replace(sorter, bands=set(sorter.bands))
    if not bounds:
        lines = with_labels_first(page.lines)
        done = sorter.sort(replace(page, lines=lines), elsewhere)
        return View((), sorter, [done], stacked([tail, done.content]), lines)
    above, columns, below = parted(page.lines, bounds, elsewhere)
    read = [with_labels_first(column) for column in columns]
    lines = page.lines if read == columns else _by_height([above, *read, below])
    first, *others = (
        sorter.sort(replace(page, lines=part, sideways=[]), elsewhere)
        for part in (above, *read, below)
    )
    for each in others:
        each.content, foot = without_foot(each.content)
        each.apart.extend(foot)
    *held, last = (each.content for each in others)
    strip = stacked([first.content, tail, *shifted(held), cut_off(last)])
    return View(bounds, sorter, [first, *others], strip, lines)


def _by_height(parts: Sequence[Sequence[Line]]) -> list[Line]:
    """The lines of parts of a page, from top to bottom."""
    return sorted(chain.from_iterable(parts), key=lambda line: line.y)
