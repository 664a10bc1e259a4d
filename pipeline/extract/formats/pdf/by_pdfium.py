"""Reads PDFs with pdfium, in a twentieth of pdfplumber's time."""

import ctypes
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
from pypdfium2 import raw

from pipeline.errors import DocumentError
from pipeline.extract.document import Problem
from pipeline.extract.formats.pdf import pdfium_calls as calls
from pipeline.extract.formats.pdf.annotations import displayed
from pipeline.extract.formats.pdf.lines import Glyphs, page_of, quarter_turns
from pipeline.extract.formats.pdf.pdf_errors import damaged, locked
from pipeline.extract.formats.pdf.pdfium_paths import sides_on
from pipeline.extract.formats.pdf.seen import Onlooker
from pipeline.extract.page import Page


def pages(path: Path, part: slice) -> Iterator[Page]:
    """Read a part of the pages of ``path``.

    Raises:
        DocumentError: the file is no PDF, is damaged, or needs a password.
    """
    onlooker, sheets = _sheets(path, part)
    for number, page, textpage in sheets:
        sides = sides_on(calls.address_of(page.raw), raw.FPDFPage_CountObjects(page))
        read = page_of(number, _pdfium_glyphs(textpage.raw), sides)
        read.problems = onlooker.problems(page, textpage, number)
        yield read


def problems(path: Path) -> list[Problem]:
    """What a person sees on the pages of ``path`` that their text doesn't say, and the reverse.

    Raises:
        DocumentError: the file is no PDF, is damaged, or needs a password.
    """
    onlooker, sheets = _sheets(path, slice(None))
    looks = (onlooker.problems(page, textpage, number) for number, page, textpage in sheets)
    return list(chain.from_iterable(looks))


Sheet = tuple[int, pdfium.PdfPage, pdfium.PdfTextPage]


def _sheets(path: Path, part: slice) -> tuple[Onlooker, Iterator[Sheet]]:
    """Who looks at pages, and the pages, each of which is closed when the next is asked for."""
    shown = displayed(path)
    onlooker = Onlooker(path if shown.drawn else None, has_layers=shown.has_layers)
    return onlooker, _opened(path, shown.drawn, part)


def _opened(path: Path, drawn: bytes | None, part: slice) -> Iterator[Sheet]:
    with pdfium_errors(path):
        pdf = pdfium.PdfDocument(drawn or path)
    with closing(pdf):
        for number in range(len(pdf))[part]:
            with pdfium_errors(path, number + 1):
                page = pdf[number]
                textpage = page.get_textpage()
            with closing(page), closing(textpage):
                yield number + 1, page, textpage


@contextmanager
def pdfium_errors(path: Path, page: int | None = None) -> Iterator[None]:
    """Turn what pdfium raises on ``page`` of ``path`` into a `DocumentError`."""
    try:
        yield
    except pdfium.PdfiumError as error:
        needs_password = error.err_code == raw.FPDF_ERR_PASSWORD
        reason = locked(path) if needs_password else damaged(path, page)
        raise DocumentError(reason) from error


def _pdfium_glyphs(textpage: Any) -> Glyphs:
    """The characters of a pdfium text page, less those that pdfium itself made up.

    One call a character (its box); origin and direction are asked once for each run of
    characters with the same top and bottom, which share a baseline.
    """
    count = max(raw.FPDFText_CountChars(textpage), 0)
    page = ctypes.cast(textpage, ctypes.c_void_p).value
    boxes = np.zeros((count, 4), dtype=np.float32)
    deque(map(calls.char_box, repeat(page), range(count), calls.places(boxes)), maxlen=0)
    left, top, right, bottom = boxes.T.astype(np.float64)
    drawn = np.flatnonzero((top > bottom) & (right > left))
    box = np.array((left[drawn], bottom[drawn], right[drawn], top[drawn]))
    starts = np.flatnonzero(_changes(box[1]) | _changes(box[3]))
    lengths = np.diff(starts, append=len(drawn))
    x, y, size, turn = (np.repeat(each, lengths) for each in _pdfium_runs(page, drawn[starts]))
    upright = turn % 2 == 0
    return _merge_split_ligatures(
        Glyphs(
            _pdfium_text(textpage, count)[drawn],
            np.where(upright, box[0], x),
            np.where(upright, y, box[1]),
            box,
            size,
            turn,
        )
    )


def _changes(values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Whether each value is another than the one before."""
    changes: npt.NDArray[np.bool_] = np.diff(values, prepend=np.nan) != 0
    return changes


def _pdfium_runs(page: int | None, indices: npt.NDArray[np.intp]) -> tuple[npt.NDArray[Any], ...]:
    """Origin (x and y), font size as displayed, and direction of characters."""
    runs = indices.tolist()
    origin = np.zeros((len(runs), 2))
    x = calls.places(origin)
    y = range(x.start + origin.itemsize, x.stop + origin.itemsize, x.step)
    deque(map(calls.char_origin, repeat(page), runs, x, y), maxlen=0)
    matrix = np.zeros((len(runs), 6), dtype=np.float32)
    deque(map(calls.char_matrix, repeat(page), runs, calls.places(matrix)), maxlen=0)
    a, _b, c, d, _e, _f = matrix.T.astype(np.float64)
    size = np.array(list(map(calls.char_size, repeat(page), runs))) * np.hypot(c, d)
    angles, which = np.unique(-np.arctan2(c, a), return_inverse=True)
    turn = np.array(list(map(quarter_turns, angles.tolist())), dtype=np.int8)[which]
    return origin[:, 0], origin[:, 1], size, turn


def _pdfium_text(textpage: Any, count: int) -> npt.NDArray[np.str_]:
    """The characters as pdfium numbers them: one UTF-16 unit each."""
    get = raw.FPDFText_GetUnicode
    buffer = np.zeros(count + 1, dtype=np.uint16)
    pointer = buffer.ctypes.data_as(ctypes.POINTER(ctypes.c_ushort))
    if raw.FPDFText_GetText(textpage, 0, count, pointer) == count + 1:
        units = buffer[:count].astype(np.uint32)
    else:
        units = np.array([get(textpage, index) for index in range(count)], dtype=np.uint32)
    units[units == 0] = 0xFFFD  # no character, but something shown
    # what pdfium calls a hyphen at the end of a line
    units[(units == 2) | (units == 0xFFFE)] = ord("-")
    units[(units >= 0xD800) & (units < 0xE000) | (units > 0x10FFFF)] = 0
    text: npt.NDArray[np.str_] = units.view("U1")
    return text


def _merge_split_ligatures(glyphs: Glyphs) -> Glyphs:
    """Put together what pdfium takes apart: the letters of one ligature share one box."""
    same = np.flatnonzero((np.diff(glyphs.box) == 0).all(axis=0)) + 1
    if not len(same):
        return glyphs
    keep = np.setdiff1d(np.arange(len(glyphs.text)), same)
    parts = np.split(glyphs.text, keep[1:])
    merged = glyphs.only(keep)
    merged.text = np.array(["".join(part.tolist()) for part in parts])
    return merged
