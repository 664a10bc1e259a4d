"""Markdown: a table in it is read as one, all else as plain text."""

import re
from typing import Final

from pipeline.extract.formats import Pages
from pipeline.extract.formats.tables import headers_of, page_of
from pipeline.extract.formats.text import decode

_RULE: Final = re.compile(r"\s*\|?(?:\s*:?-{2,}:?\s*\|)+(?:\s*:?-{2,}:?\s*)?\|?\s*")
"""The line below the titles of a table."""
_BREAK: Final = re.compile(r"\s*<br\s*/?>\s*", re.IGNORECASE)
_ESCAPED: Final = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>])")
_BAR: Final = re.compile(r"(?<!\\)\|")


def read(data: bytes) -> Pages | None:
    """The first table of a Markdown text; a line end in a cell is written ``<br>``."""
    text = decode(data)
    lines = text.splitlines()
    if not any(map(_RULE.fullmatch, lines)) and not _BREAK.search(text):
        return None
    rows = [line for line in lines if _BAR.search(line)]
    if not rows:
        return None
    first = lines.index(rows[0])
    table = [_cells(line) for line in rows if not _RULE.fullmatch(line)]
    others = [line for line in lines if line not in rows]
    above = "\n".join(line.lstrip("# ") for line in lines[:first])
    below = [[line] for line in others[len(lines[:first]) :] if line.strip()]
    return Pages([page_of(1, [*table, *below], headers_of(table), above)])


def _cells(line: str) -> list[str]:
    parts = _BAR.split(line.strip().removeprefix("|").removesuffix("|"))
    return [_ESCAPED.sub(r"\1", _BREAK.sub("\n", part.strip())).strip("`*") for part in parts]
