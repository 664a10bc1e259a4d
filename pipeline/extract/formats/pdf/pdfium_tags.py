"""The structure tree of a tagged PDF, by pdfium: page by page, from the root to the leaves."""

import ctypes
from collections.abc import Iterable, Iterator
from typing import Any, Final

from pypdfium2 import raw

from pipeline.extract.formats.pdf import pdfium_calls as calls
from pipeline.extract.formats.pdf.tags import (
    DEEPEST,
    MOST_CELLS,
    CellTag,
    PageTags,
    TagStep,
    tags_of,
)

_MANY: Final = 64
"""Where an element has more below it, those of a page are looked for after those of the last."""
_MOST_ELEMENTS: Final = 200_000
"""To look at on one page."""


class TagReader:
    """Reads the tags of the pages of one document, one after the other."""

    def __init__(self) -> None:
        self._last: dict[tuple[int, ...], int] = {}
        """Of an element with much below it: where that of the page before stood."""
        self._name = ctypes.create_string_buffer(64)
        self._wanted: set[int] = set()
        self._looked_at = 0

    def tags(self, page: Any, objects: Iterable[int]) -> tuple[PageTags | None, dict[int, int]]:
        """The tables of a page, and of its ``objects`` those in cells, with the cell's number."""
        tree = raw.FPDF_StructTree_GetForPage(page)
        if not tree:
            return None, {}
        try:
            marks = {item: calls.object_mark(item) for item in objects}
            self._wanted = set(marks.values()) - {-1}
            self._looked_at = 0
            count = raw.FPDF_StructTree_CountChildren(tree)
            contents = dict(self._contents(calls.address_of(tree), count, (), is_root=True))
            tags = tags_of(contents, self._cells_below)
        finally:
            raw.FPDF_StructTree_Close(tree)
        in_cells = ((item, tags.cell_of.get(mark, -1)) for item, mark in marks.items())
        return tags, {item: cell for item, cell in in_cells if cell >= 0}

    def _contents(
        self, whole: int, count: int, steps: tuple[TagStep, ...], is_root: bool = False
    ) -> Iterator[tuple[int, tuple[TagStep, ...]]]:
        """How each marked content of the page that is below an element is reached."""
        path = tuple(step.place for step in steps)
        start = self._last.get(path, 0) if count > _MANY else 0
        for place in (*range(start, count), *range(start)):
            if not self._wanted or self._looked_at > _MOST_ELEMENTS:
                return
            self._looked_at += 1
            mark = -1 if is_root else calls.child_mark(whole, place)
            if mark in self._wanted:
                self._wanted.remove(mark)
                yield mark, steps
            part = (calls.tree_child if is_root else calls.child)(whole, place)
            if part and len(steps) < DEEPEST:
                step = TagStep(place, self._type(part), part)
                self._last[path] = place
                yield from self._contents(part, calls.children(part), (*steps, step))

    def _cells_below(self, row: int) -> list[CellTag]:
        count = min(calls.children(row), MOST_CELLS)
        return [self._cell(calls.child(row, place)) for place in range(count)]

    def _cell(self, cell: int | None) -> CellTag:
        if not cell:
            return CellTag()
        spans = {b"ColSpan": 1, b"RowSpan": 1}
        for number in range(min(calls.attributes(cell), MOST_CELLS)):
            attributes = calls.attribute(cell, number)
            for name in spans:
                value = attributes and calls.attribute_value(attributes, name)
                span = ctypes.c_float()
                if value and calls.number_value(value, ctypes.addressof(span)):
                    spans[name] = int(min(max(span.value, 1), MOST_CELLS))
        return CellTag(self._type(cell) == "TH", spans[b"ColSpan"], spans[b"RowSpan"])

    def _type(self, element: int) -> str:
        """The standard type of an element; all that matter are short."""
        size = calls.element_type(element, ctypes.addressof(self._name), len(self._name))
        if not 2 <= size <= len(self._name):
            return ""
        return self._name.raw[: size - 2].decode("utf-16-le", "replace")
