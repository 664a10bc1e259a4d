"""Pages typed like a letter: a character's column and row are its place on the page."""

from __future__ import annotations

import re

from pipeline.extract.document import Problem, Row
from pipeline.extract.page import Line, Page, Word
from pipeline.extract.read_pages import steps
from pipeline.extract.reading import alone, gathered

SIZE, WIDTH, HEIGHT = 10.0, 4.0, 12.0
"""Of a character, in points; a single space is narrower than any gutter, two are one."""
COURIER = 6.0
"""The width of a character of Courier: a space is as wide as some gutters are."""


def lines_of(*rows: str, width: float = WIDTH) -> list[Line]:
    """The lines of a page; an empty one leaves its place white."""
    return [
        Line(words, number * HEIGHT, SIZE)
        for number, row in enumerate(rows)
        if (
            words := [
                Word(match[0], match.start() * width, match.end() * width, number * HEIGHT)
                for match in re.finditer(r"\S+", row)
            ]
        )
    ]


def read(*pages: list[str], width: float = WIDTH) -> tuple[list[Row], list[Problem]]:
    """The rows of typed pages, and what is wrong with them."""
    typed = [Page(number, lines_of(*rows, width=width), []) for number, rows in enumerate(pages, 1)]
    read = gathered(alone(steps(typed)))
    return read.rows, read.problems
