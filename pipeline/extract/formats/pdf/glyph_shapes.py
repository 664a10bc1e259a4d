"""Hex digits that look like other hex digits: a font whose table lies, seen by its shapes.

Each digit of a font is compared with those of the standard fonts (ISO 32000-1, 9.6.2.2), which
pdfium draws without a file. Only a shape that is plainly another digit's contradicts the text.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
from PIL import Image
from pypdfium2 import raw

from pipeline.extract.formats.pdf.characters import Characters
from pipeline.extract.formats.pdf.drawing import Drawing, Grey

DIGITS: Final = "0123456789abcdefABCDEF"
STANDARD_FONTS: Final = tuple(
    family + weight
    for family in ("Helvetica", "Times-Roman", "Courier")
    for weight in ("", "-Bold")
)
SIDE: Final = 20
"""Shapes are compared as squares of so many pixels."""
SHARP: Final = 4.0
"""Pixels a point at which shapes are drawn."""
LEAST_LIKE: Final = 0.75
"""What is less like a digit than this (correlation, less the difference in width) isn't it."""
MARGIN: Final = 0.1
"""A digit is another one if it is more like that by this."""
ALIKE: Final = "ce"
"""Only the bar tells these apart, also as capitals; it may be a hair that hardly shows."""
BAR: Final = 0.6
"""Ink in the middle that is so dark beside the darkest above and below it is the bar of an e."""
NO_BAR: Final = 0.1
"""Where it is lighter than this, there is none."""
NARROWNESS: Final = 0.3
"""How much a difference in width counts."""

INK: Final = 60
"""What is darker than the paper by this (of 255) is ink."""
PAPER: Final = 255
SAME: Final = 0.98
"""Shapes that are so much alike are the same; those of different digits come to 0.84."""
SAME_WIDTH: Final = 0.05
"""Widths (by height) whose logarithms differ by less than this are the same."""

Square = npt.NDArray[np.float64]


class Shape(NamedTuple):
    """A drawn character: its ink in a square, with mean 0 and length 1, and its width by height."""

    square: Square
    ratio: float


def contradictions(
    letters: Characters, indices: Iterable[int], drawing: Drawing
) -> Iterator[tuple[int, str]]:
    """The digits among some characters (by their indices) that are drawn as others, and as which.

    Raises nothing: what is no digit, or has no ink, contradicts nothing; but different digits that
    are drawn alike contradict each other, and a box is none.
    """
    picture = drawing.draw()
    pixels = np.maximum(drawing.pixels(letters.box), 0)
    turns = drawing.turns(letters.along)
    drawn: dict[int, Shape] = {}
    for index in indices:
        x0, y0, x1, y1 = pixels[:, index]
        part = np.rot90(picture[y0:y1, x0:x1], int(turns[index]))
        stated = letters.text[index].lower()
        if shape := shape_of(part):
            if shown := _other_digit(shape, stated):
                yield index, shown
            else:
                drawn[index] = shape
        elif part.size and stated != "1" and is_ink(part):
            yield index, "a box"
    yield from _alike(drawn, [letters.text[index].lower() for index in drawn])


def _alike(drawn: dict[int, Shape], stated: list[str]) -> Iterator[tuple[int, str]]:
    """The digits that are drawn just as others are."""
    if not drawn:
        return
    squares = np.array([shape.square.ravel() for shape in drawn.values()])
    ratios = np.log([shape.ratio for shape in drawn.values()])
    digits = np.array(stated)
    for at, index in enumerate(drawn):
        is_same = (squares @ squares[at] > SAME) & (np.abs(ratios - ratios[at]) < SAME_WIDTH)
        others = np.flatnonzero(is_same & (digits != stated[at]))
        if len(others):
            yield index, stated[int(others[0])]


def is_ink(picture: Grey) -> bool:
    """Whether a part of a page has anything dark on it."""
    return int(picture.min()) < PAPER - INK


def _other_digit(shape: Shape, stated: str) -> str:
    """The digit that a shape plainly is, if it is not the one stated."""
    digits, squares, widths = _standard_shapes()
    likes = squares @ shape.square.ravel()
    likes -= NARROWNESS * np.abs(np.log(shape.ratio / widths))
    likeness: dict[str, float] = {}
    for digit, like in zip(digits, likes.tolist(), strict=True):
        likeness[digit] = max(like, likeness.get(digit, like))
    best = max(likeness, key=lambda digit: likeness[digit])
    if best in ALIKE and stated in ALIKE:
        return _by_bar(shape, stated) if likeness[best] >= LEAST_LIKE - MARGIN else ""
    is_plain = likeness[best] >= LEAST_LIKE and likeness[best] - likeness[stated] >= MARGIN
    return best if is_plain else ""


def _by_bar(shape: Shape, stated: str) -> str:
    """The one of `ALIKE` that a shape plainly is, if it is not the one stated."""
    ink = shape.square[:, 8:12].mean(axis=1)
    ink = ink - ink.min()
    inside = float(ink[6:14].max() / ink.max()) if ink.max() else 0.0
    shown = "e" if inside > BAR else "c" if inside < NO_BAR else stated
    return shown if shown != stated else ""


def shape_of(picture: Grey) -> Shape | None:
    """The shape of what is drawn in a picture, or None if there is nothing."""
    if not picture.size:
        return None
    ink = int(picture.max()) - picture
    rows, columns = (np.flatnonzero((ink > INK).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return None
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.uint8)
    square = np.asarray(
        Image.fromarray(cut).resize((SIDE, SIDE), Image.Resampling.BILINEAR), dtype=np.float64
    )
    square = square - square.mean()
    length = float(np.sqrt((square**2).sum()))
    return Shape(square / length, cut.shape[1] / cut.shape[0]) if length else None


@cache
def _standard_shapes() -> tuple[list[str], Square, Square]:
    """The digits as the standard fonts draw them; capitals count as the digit they are.

    Those drawn, the square of each as a row, and their widths by height.
    """
    drawn = [
        (digit.lower(), shape)
        for font in STANDARD_FONTS
        for digit, shape in zip(
            DIGITS, _drawn(font.replace("Times-Roman-Bold", "Times-Bold")), strict=True
        )
        if shape
    ]
    squares = np.array([shape.square.ravel() for _, shape in drawn])
    return [digit for digit, _ in drawn], squares, np.array([shape.ratio for _, shape in drawn])


def _drawn(font: str) -> Iterator[Shape | None]:
    size, step = 40, 60
    document = pdfium.PdfDocument.new()
    page = document.new_page(step * len(DIGITS), 2 * size)
    loaded = raw.FPDFText_LoadStandardFont(document.raw, font.encode())
    for place, digit in enumerate(DIGITS):
        text = raw.FPDFPageObj_CreateTextObj(document.raw, loaded, ctypes.c_float(size))
        buffer = ctypes.create_string_buffer(f"{digit}\0".encode("utf-16-le"))
        raw.FPDFText_SetText(text, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)))
        raw.FPDFPageObj_Transform(text, 1, 0, 0, 1, step * place + 10, size / 2)
        raw.FPDFPage_InsertObject(page.raw, text)
    raw.FPDFPage_GenerateContent(page.raw)
    picture = Drawing(page, 1.0).draw()
    for place in range(len(DIGITS)):
        yield shape_of(picture[:, step * place : step * (place + 1)])
