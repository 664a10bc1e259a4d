"""Reads PDFs with an optical eye: pages are drawn, and what is seen on the picture is read.

An engine (`ocr_engines`) tells where each piece of text is, and what it says. Rows that it reads
are ``scanned``: they are believed only where a certificate proves them. A picture that was scanned
on its side, or upside down, is turned until it can be read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pypdfium2 as pdfium

from pipeline.extract.document import Problem
from pipeline.extract.formats.pdf.by_pdfium import pdfium_errors
from pipeline.extract.formats.pdf.ocr_engines import MOST_PIXELS, Corners, Grey, SeenText, texts_on
from pipeline.extract.page import Line, Page, Word, clean

RESOLUTION: Final = 200
"""Dots per inch at which pages are looked at; lower, and hex digits are confused."""
ON_ITS_SIDE: Final = (1, 3, 2)
UPSIDE_DOWN: Final = (2, 1, 3)
"""By so many quarter turns counter-clockwise a picture is turned until it can be read."""
SHORT: Final = 6
"""A text of fewer letters than this tells neither how it runs nor if it is struck out."""
SURE: Final = 0.8
"""An engine is sure of a text if its score is higher than this."""
SAME_LINE: Final = 0.4
"""Texts whose middles differ by less than this part of their height stand on one line."""
BASELINE: Final = 0.2
"""By this part of a text's height its baseline is above its lower edge."""
LETTERS: Final = 0.8
"""The font size is this part of a text's height."""
LONG: Final = 8
"""The slope of texts this many times as wide as high is that of the page."""
INK: Final = 70
"""Pixels that are darker than the paper by this (of 255) are ink."""
PARTS: Final = 12
"""A text is looked at in so many parts for a line through it."""
STRUCK: Final = 0.7
"""A line through so much of a text strikes it out."""

_HEX: Final = re.compile(r"(?:[0-9A-FOQILZS£|]{2}[ :.-]?){10,}", re.IGNORECASE)
_FINGERPRINT_AND_NAME: Final = re.compile(
    r"(?<![0-9A-F])([0-9A-F]{64}|[0-9A-F]{40})(?=/?(?:CN|C|O|OU|L|ST|DC|E|emailAddress)\s?=)",
    re.IGNORECASE,
)
_LOOKALIKES: Final = str.maketrans("OoQqIiLlZzSs£|", "000011112255f1")
_STRUCK: Final = "This is struck out on the page. Look at the page."


def pages(path: Path, part: slice) -> Iterator[Page]:
    """Read a part of the pages of ``path``.

    Raises:
        DocumentError: the file is no PDF, is damaged, or needs a password; the engine is missing.
    """
    with pdfium_errors(path):
        pdf = pdfium.PdfDocument(path)
    with closing(pdf):
        yield from _read(pdf, path, range(len(pdf))[part])


def chosen_pages(path: Path, numbers: Sequence[int]) -> Iterator[Page]:
    """Read the pages of ``path`` with these numbers, which count from 1. Raises as `pages`."""
    with pdfium_errors(path):
        pdf = pdfium.PdfDocument(path)
    with closing(pdf):
        yield from _read(pdf, path, (number - 1 for number in numbers))


def _read(pdf: pdfium.PdfDocument, path: Path, indices: Iterable[int]) -> Iterator[Page]:
    if pdf.get_formtype():
        pdf.init_forms()  # values of fields are drawn, too
    for index in indices:
        with pdfium_errors(path, index + 1):
            page = pdf[index]
        with closing(page):
            scale = min(RESOLUTION / 72, MOST_PIXELS / max(page.get_size()))
            bitmap = page.render(scale=scale, grayscale=True)
            picture = bitmap.to_numpy().reshape(bitmap.height, bitmap.width).copy()
        yield page_of(index + 1, picture, scale)


def page_of(number: int, picture: Grey, scale: float) -> Page:
    """What is to be read on a picture of page ``number``, with ``scale`` pixels a point."""
    picture, texts = seen_on(picture)
    lines = _lines(texts, scale)
    page = Page(number, lines, [], is_scanned=True)
    for each in texts:
        if len(each.text) >= SHORT and is_struck_out(picture, each.corners):
            page.problems.append(Problem("not-visible", number, each.text, _STRUCK))
    return page


def seen_on(picture: Grey) -> tuple[Grey, list[SeenText]]:
    """A picture turned so that its text is upright, and all texts on it.

    Raises:
        DocumentError: the engine is missing, or can't be started.
        MemoryError: the engine gets too little memory.
    """
    texts = texts_on(picture)
    wide = [each for each in texts if _is_wide(each)]
    if texts and not _are_read(wide):
        ways = UPSIDE_DOWN if len(wide) > len(texts) / 2 else ON_ITS_SIDE
        picture, texts = _turned(picture, wide, ways)
    shown = [each._replace(text=_with_digits(clean(each.text).strip())) for each in texts]
    return picture, [each for each in shown if each.text]


def _turned(
    picture: Grey, texts: list[SeenText], ways: Iterable[int]
) -> tuple[Grey, list[SeenText]]:
    """A picture turned in the first way in which it can be read, or else in the best."""
    best = picture, texts
    for turns in ways:
        turned = np.ascontiguousarray(np.rot90(picture, turns))
        texts = [each for each in texts_on(turned) if _is_wide(each)]
        if _are_read(texts):
            return turned, texts
        if _sureness(texts) > _sureness(best[1]):
            best = turned, texts
    return best


def _is_wide(text: SeenText) -> bool:
    """Whether a text isn't one that runs upwards or downwards."""
    along, down = text.corners[1] - text.corners[0], text.corners[3] - text.corners[0]
    return len(text.text) < SHORT or float(np.hypot(*along)) > float(np.hypot(*down))


def _are_read(texts: Sequence[SeenText]) -> bool:
    """Whether texts make sense as they stand: fingerprints, or an engine that is sure of them."""
    if any(_HEX.search(each.text) for each in texts):
        return True
    longer = [each.score for each in texts if len(each.text) >= SHORT]
    return bool(longer) and float(np.median(longer)) > SURE


def _sureness(texts: Sequence[SeenText]) -> float:
    """Of how many letters an engine is sure."""
    return sum(each.score * len(each.text) for each in texts if each.score > SURE)


def _with_digits(text: str) -> str:
    """A text in whose runs of hex digits the letters that look like digits are digits.

    A space that OCR dropped between a whole fingerprint and a name behind it is put back.
    """
    read = _HEX.sub(lambda match: match[0].translate(_LOOKALIKES), text)
    return _FINGERPRINT_AND_NAME.sub(r"\1 ", read)


# --- lines of words --------------------------------------------------------------------------


class _Piece(NamedTuple):
    """A text on a page turned upright, in points: edges of its first and last letter's middle."""

    x0: float
    top: float
    x1: float
    bottom: float
    text: str

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        return self.bottom - self.top


def _lines(texts: Sequence[SeenText], scale: float) -> list[Line]:
    pieces = sorted(_upright(texts, scale), key=lambda piece: piece.middle)
    lines: list[list[_Piece]] = []
    for piece in pieces:
        if lines and piece.middle - _middle(lines[-1]) < SAME_LINE * piece.height:
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return [_line(each) for each in lines]


def _middle(line: Sequence[_Piece]) -> float:
    return float(np.mean([piece.middle for piece in line]))


def _upright(texts: Sequence[SeenText], scale: float) -> Iterator[_Piece]:
    """The texts, turned back by the angle at which most of them run."""
    angle = _slope([each.corners for each in texts])
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    for each in texts:
        x, y = (each.corners @ turn / scale).T.tolist()
        left, right = (x[0] + x[3]) / 2, (x[1] + x[2]) / 2
        yield _Piece(left, (y[0] + y[1]) / 2, right, (y[2] + y[3]) / 2, each.text)


def _slope(boxes: Sequence[Corners]) -> float:
    """The angle (radians, clockwise) at which long texts run, 0 if there is none."""
    edges = [(box[1] - box[0], box[3] - box[0]) for box in boxes]
    slopes = [math.atan2(y, x) for (x, y), down in edges if x > LONG * abs(down[1])]
    return float(np.median(slopes)) if slopes else 0.0


def _line(pieces: Sequence[_Piece]) -> Line:
    height = float(np.median([piece.height for piece in pieces]))
    y = float(np.median([piece.bottom for piece in pieces])) - BASELINE * height
    size = LETTERS * height
    ordered = sorted(pieces, key=lambda piece: piece.x0)
    return Line([word for piece in ordered for word in _words(piece, y, size)], y, size)


def _words(piece: _Piece, y: float, size: float) -> Iterator[Word]:
    """The words of a piece, each as wide as its share of the letters."""
    step = (piece.x1 - piece.x0) / len(piece.text)
    at = 0
    for word in piece.text.split():
        start = piece.text.index(word, at)
        at = start + len(word)
        yield Word(word, piece.x0 + step * start, piece.x0 + step * at, y, size)


def is_struck_out(picture: Grey, corners: Corners) -> bool:
    """Whether a line goes through the middle of a text: ink without a gap, in each part of it."""
    (left, top), (right, top_right) = corners[0], corners[1]
    height = float(np.hypot(*(corners[3] - corners[0])))
    paper = float(np.median(picture))
    parts = np.linspace(left, right, PARTS + 1)
    struck = 0
    for start, end in pairwise(parts.tolist()):
        middle = ((start + end) / 2 - left) / max(right - left, 1)
        upper = top + (top_right - top) * middle
        rows = slice(round(max(upper + 0.3 * height, 0)), round(max(upper + 0.7 * height, 0)))
        ink = picture[rows, round(max(start, 0)) : round(max(end, 0))] < paper - INK
        struck += bool(ink.size and (ink.mean(axis=1) > 0.9).any())
    return struck >= STRUCK * PARTS
