"""Where the named destinations of a PDF are: how some producers say on which page a row is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pikepdf

from tests.corpus.model import Row


def pages(path: Path) -> dict[str, int]:
    """Map the name of each destination to its page, from 1."""
    with pikepdf.open(path) as pdf:
        numbers = {page.obj.objgen: n for n, page in enumerate(pdf.pages, 1)}
        found = {}
        for name, target in _destinations(pdf.Root):
            array = target.D if isinstance(target, pikepdf.Dictionary) else target
            found[name] = numbers[array[0].objgen]
        return found


def page_count(path: Path) -> int:
    """Count the pages of a PDF."""
    with pikepdf.open(path) as pdf:
        return len(pdf.pages)


def _destinations(root: pikepdf.Object) -> Iterator[tuple[str, pikepdf.Object]]:
    if "/Dests" in root:
        for name, target in root.Dests.items():
            yield name.removeprefix("/"), target
    if "/Names" in root and "/Dests" in root.Names:
        for name, target in pikepdf.NameTree(root.Names.Dests).items():
            yield str(name), target


def place(path: Path, named: dict[str, Row]) -> list[Row]:
    """Set the page of each row from the destination with its name."""
    found = pages(path)
    for name, row in named.items():
        row.page = found[name]
    return list(named.values())
