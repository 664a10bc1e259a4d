"""The characters of a page with the objects that draw them, for pages that are in doubt."""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from pypdfium2 import raw

from pipeline.extract.formats.pdf import pdfium_calls as calls
from pipeline.extract.formats.pdf.page_objects import PageObjects

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

_DIGITS: Final = re.compile(r"(?:[0-9A-Fa-f]{2}[ :.-]?){8,}")
_ATTRIBUTE: Final = re.compile(r"\b(?:[A-Z]{1,4}|[0-2](?:\.\d+)+|emailAddress)\s?=")


@dataclass(slots=True)
class Characters:
    """The letters and digits of a page, as parallel columns: blanks and dots prove nothing.

    ``box`` has four rows: left, bottom, right, top. ``line`` is the number of each one's line,
    ``lines`` are the texts of all lines. ``owner`` is the index among the page's objects of the
    one that draws it, ``along`` the direction in which it is written (two rows: x and y).
    """

    text: list[str]
    box: Floats
    line: Indices
    owner: Indices
    along: Floats
    lines: list[str]

    def of_line(self, line: int) -> Indices:
        """The indices of the characters of a line."""
        return np.flatnonzero(self.line == line)

    def listed(self) -> list[int]:
        """The numbers of the lines that hold digits of a fingerprint, or attributes of a name."""
        return [number for number in self.lines_of(slice(None)) if is_listed(self.lines[number])]

    def lines_of(self, which: Flags | slice) -> list[int]:
        """The numbers of the lines that some characters stand on, in order.

        `numpy.unique` would load masked arrays at each start.
        """
        return sorted(set(self.line[which].tolist()))


def is_listed(text: str) -> bool:
    """Whether a text holds eight bytes in hex digits, or an attribute of a name."""
    return bool(_DIGITS.search(text) or _ATTRIBUTE.search(text))


def characters_of(textpage: Any, objects: PageObjects) -> Characters:
    """The letters and digits of pdfium's text page."""
    page = calls.address_of(textpage)
    index = {item: i for i, item in enumerate(objects.items)}
    edges = (ctypes.c_double * 4)()
    places = [ctypes.addressof(edges) + 8 * i for i in range(4)]
    text: list[str] = []
    boxes: list[tuple[float, float, float, float]] = []
    line: list[int] = []
    owner: list[int] = []
    along: list[tuple[float, float]] = []
    matrix = raw.FS_MATRIX()
    matrix_place = ctypes.addressof(matrix)
    lines = [""]
    for i in range(max(raw.FPDFText_CountChars(textpage), 0)):
        letter = chr(calls.char_unit(page, i))
        if letter in "\r\n":
            if lines[-1]:
                lines.append("")
            continue
        lines[-1] += letter
        drawn = calls.char_object(page, i) if letter.isalnum() else None
        if not drawn or not calls.char_tight_box(page, i, *places):
            continue
        left, right, bottom, top = edges
        boxes.append((left, bottom, right, top))
        text.append(letter)
        line.append(len(lines) - 1)
        calls.char_matrix(page, i, matrix_place)
        along.append((matrix.a, matrix.b))
        owner.append(index.get(drawn, -1))
    return Characters(
        text,
        np.array(boxes, dtype=np.float64).reshape(-1, 4).T,
        np.array(line, dtype=np.intp),
        np.array(owner, dtype=np.intp),
        np.array(along, dtype=np.float64).reshape(-1, 2).T,
        lines,
    )
