"""The structure tree of a tagged PDF, by pdfminer: page by page, from the leaves to the root."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import PDFObjRef, resolve1
from pdfminer.psexceptions import PSException
from pdfminer.psparser import PSLiteral

from pipeline.extract.formats.pdf.pdfminer_files import PDFMINER_FAILURES
from pipeline.extract.formats.pdf.tags import (
    DEEPEST,
    MOST_CELLS,
    CellTag,
    PageTags,
    TagStep,
    tags_of,
)

_MOST_NODES: Final = 100_000
"""Of the tree that leads from pages to their elements."""


def tags_reader(document: PDFDocument) -> Callable[[PDFPage], PageTags | None]:
    """A function that gives the tags of a page of a document; None where there are none.

    A tree that is broken is passed over: it is evidence, but no text.
    """
    try:
        tree = _Tree(document) if _is_tagged(document) else None
    except (PSException, *PDFMINER_FAILURES):
        tree = None

    def read(page: PDFPage) -> PageTags | None:
        try:
            return tree.tags(page) if tree else None
        except (PSException, *PDFMINER_FAILURES):
            return None

    return read


def _is_tagged(document: PDFDocument) -> bool:
    catalog = document.catalog
    info = resolve1(catalog.get("MarkInfo"))
    is_marked = isinstance(info, dict) and resolve1(info.get("Marked")) is True
    return is_marked and isinstance(resolve1(catalog.get("StructTreeRoot")), dict)


class _Tree:
    def __init__(self, document: PDFDocument) -> None:
        self._document = document
        root = resolve1(document.catalog["StructTreeRoot"])
        roles = resolve1(root.get("RoleMap")) or {}
        self._roles = {name: _name(role) for name, role in roles.items()}
        self._elements_of = dict(_numbers(root.get("ParentTree")))
        self._places: dict[int, dict[int, int]] = {}

    def tags(self, page: PDFPage) -> PageTags:
        """The tables of a page."""
        self._steps: dict[int, tuple[TagStep, ...]] = {}
        elements = resolve1(self._elements_of.get(resolve1(page.attrs.get("StructParents"))))
        contents = {
            content: self._steps_to(element)
            for content, element in enumerate(elements or ())
            if isinstance(element, PDFObjRef)
        }
        return tags_of(contents, self._cells_below)

    def _steps_to(self, element: PDFObjRef) -> tuple[TagStep, ...]:
        """The steps from the root to an element."""
        climbed: list[TagStep] = []
        while element.objid not in self._steps and len(climbed) < DEEPEST:
            item = resolve1(element)
            parent = item["P"]
            place = self._places_below(parent).get(element.objid, 0)
            climbed.append(TagStep(place, self._type(item), element.objid))
            if "S" not in resolve1(parent):  # the root
                self._steps[parent.objid] = ()
            element = parent
        if element.objid not in self._steps:
            return ()  # nested too deeply, or in a circle
        steps = self._steps[element.objid]
        for step in reversed(climbed):
            steps = (*steps, step)
            self._steps[step.handle] = steps
        return steps

    def _places_below(self, parent: PDFObjRef) -> dict[int, int]:
        """The places of the elements right below another."""
        if parent.objid not in self._places:
            kids = enumerate(_kids(resolve1(parent)))
            self._places[parent.objid] = {
                kid.objid: place for place, kid in kids if isinstance(kid, PDFObjRef)
            }
        return self._places[parent.objid]

    def _cells_below(self, row: int) -> list[CellTag]:
        kids = _kids(self._document.getobj(row))[:MOST_CELLS]
        return [self._cell(resolve1(kid)) for kid in kids]

    def _cell(self, item: Any) -> CellTag:
        if not isinstance(item, dict):
            return CellTag()
        spans = {"ColSpan": 1, "RowSpan": 1}
        owners = resolve1(item.get("A"))
        for owner in owners if isinstance(owners, list) else [owners]:
            attributes = resolve1(owner)
            if isinstance(attributes, dict):
                for name in spans:
                    span = resolve1(attributes.get(name))
                    if isinstance(span, int):
                        spans[name] = min(max(span, 1), MOST_CELLS)
        return CellTag(self._type(item) == "TH", spans["ColSpan"], spans["RowSpan"])

    def _type(self, item: dict[str, Any]) -> str:
        name = _name(item.get("S"))
        return self._roles.get(name, name)


def _kids(item: Any) -> list[Any]:
    kids = item.get("K") if isinstance(item, dict) else None
    resolved = resolve1(kids)
    return resolved if isinstance(resolved, list) else [kids]


def _name(value: Any) -> str:
    resolved = resolve1(value)
    return str(resolved.name) if isinstance(resolved, PSLiteral) else ""


def _numbers(tree: Any) -> Iterator[tuple[int, Any]]:
    """The items of a number tree (ISO 32000-1, 7.9.7), as references."""
    pending, seen = [tree], 0
    while pending and seen < _MOST_NODES:
        node = resolve1(pending.pop())
        seen += 1
        if not isinstance(node, dict):
            continue
        pairs = iter(resolve1(node.get("Nums")) or ())
        yield from zip(pairs, pairs, strict=False)
        pending.extend(resolve1(node.get("Kids")) or ())
