"""The two readers of PDF: pdfplumber (pdfminer), the reader of record, and pdfium.

Each yields the pages of a document one at a time, so that memory does not grow with it. Both make
the best of a damaged file and don't say what they left out; `damage` does.
"""

import ctypes
import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from itertools import repeat
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
import pdfplumber
import pypdfium2 as pdfium
from pdfminer.pdffont import PDFType1Font
from pdfminer.pdftypes import resolve1
from pypdfium2 import raw

from pipeline.errors import DocumentError
from pipeline.extract.lines import Glyphs, Page, page_of, quarter_turns
from pipeline.extract.opening import damaged, locked, opened, pdfminer_errors

ALL: Final = slice(None)


class Reader(Protocol):
    """Reads the pages of a PDF, or a part of them."""

    def __call__(self, path: Path, part: slice = ALL) -> Iterator[Page]:
        """Read ``path``."""


def pdfplumber_pages(path: Path, part: slice = ALL) -> Iterator[Page]:
    """Read ``path`` with pdfplumber.

    Raises:
        DocumentError: the file is no PDF, is damaged, or needs a password.
    """
    with opened(path) as file:
        with pdfminer_errors(path):
            pdf = pdfplumber.open(file)
            get_font = _true_widths(pdf.rsrcmgr.get_font)
            pdf.rsrcmgr.get_font = get_font  # type: ignore[method-assign]
            pages = pdf.pages[part]
        for page in pages:
            with pdfminer_errors(path, page.page_number):
                glyphs = _pdfminer_glyphs(page.layout)
            yield page_of(page.page_number, glyphs)
            page.close()


def _pdfminer_glyphs(layout: Any) -> Glyphs:
    """The characters of a pdfminer page, those inside figures (form XObjects) included.

    Reading the layout itself rather than pdfplumber's ``page.chars`` halves the time: most of
    what pdfplumber adds to each character (colours, font names) is not asked for here.
    """
    text: list[str] = []
    place: list[tuple[float, ...]] = []
    pending = [iter(layout)]
    while pending:
        for item in pending[-1]:
            if hasattr(item, "adv"):
                a, b, _c, _d, e, f = item.matrix
                text.append(item.get_text())
                turn = 0 if b == 0 and a > 0 else quarter_turns(math.atan2(b, a))
                size = item.x1 - item.x0 if turn % 2 else item.y1 - item.y0
                place.append((e, f, item.x0, item.y0, item.x1, item.y1, size, turn))
            elif hasattr(item, "__iter__"):
                pending.append(iter(item))
                break
        else:
            pending.pop()
    placed = np.array(place, dtype=np.float64).reshape(-1, 8)
    x, y, *_, size, turns = placed.T
    return Glyphs(text, x, y, placed[:, 2:6], size, turns.astype(np.int8))


def _true_widths(get_font: Callable[..., Any]) -> Callable[..., Any]:
    """Let a document's own widths count for the fourteen standard fonts, too.

    pdfminer takes those from its tables, in which ligatures have no width, and so sets the rest of
    a text object too far to the left.
    """

    def get(objid: object, spec: Mapping[str, Any]) -> Any:
        font = get_font(objid, spec)
        if "Widths" in spec and "FirstChar" in spec and isinstance(font, PDFType1Font):
            widths = resolve1(spec["Widths"])
            font.widths = dict(enumerate(map(resolve1, widths), resolve1(spec["FirstChar"])))
        return font

    return get


def pdfium_pages(path: Path, part: slice = ALL) -> Iterator[Page]:
    """Read ``path`` with pdfium, in about a twentieth of pdfplumber's time.

    Raises:
        DocumentError: the file is no PDF, is damaged, or needs a password.
    """
    try:
        pdf = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        needs_password = error.err_code == raw.FPDF_ERR_PASSWORD
        reason = locked(path) if needs_password else damaged(path)
        raise DocumentError(reason) from error
    with closing(pdf):
        for number in range(len(pdf))[part]:
            try:
                page = pdf[number]
                textpage = page.get_textpage()
            except pdfium.PdfiumError as error:
                raise DocumentError(damaged(path, number + 1)) from error
            with closing(page), closing(textpage):
                yield page_of(number + 1, _pdfium_glyphs(textpage.raw))


_get_box: Final = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(
    ctypes.cast(raw.FPDFText_GetLooseCharBox, ctypes.c_void_p).value or 0
)
"""``FPDFText_GetLooseCharBox`` by address: half the cost of a call, of which each character has
one."""


def _pdfium_glyphs(textpage: Any) -> Glyphs:
    """The characters of a pdfium text page, less those that pdfium itself made up.

    One call a character (its box); origin and direction are asked once for each run of
    characters with the same top and bottom, which share a baseline.
    """
    count = raw.FPDFText_CountChars(textpage)
    boxes = (raw.FS_RECTF * max(count, 1))()
    first, size = ctypes.addressof(boxes), ctypes.sizeof(raw.FS_RECTF)
    page = ctypes.cast(textpage, ctypes.c_void_p).value
    places = range(first, first + size * count, size)
    deque(map(_get_box, repeat(page), range(count), places), maxlen=0)
    rects = np.frombuffer(boxes, dtype=np.float32)[: 4 * count].reshape(-1, 4).astype(np.float64)
    left, top, right, bottom = rects.T
    text = _pdfium_text(textpage, count)

    drawn = np.flatnonzero((top > bottom) & (right > left))
    follows = (np.diff(top[drawn]) == 0) & (np.diff(bottom[drawn]) == 0)
    starts = np.flatnonzero(np.concatenate(([True], ~follows))) if len(drawn) else drawn
    origins = np.array(
        [_pdfium_origin(textpage, int(drawn[start])) for start in starts], dtype=np.float64
    ).reshape(-1, 4)
    run = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(drawn))))
    turn = origins[:, 3].astype(np.int8)[run]
    upright = turn % 2 == 0
    return _merge_split_ligatures(
        Glyphs(
            [text[index] for index in drawn],
            np.where(upright, left[drawn], origins[run, 0]),
            np.where(upright, origins[run, 1], bottom[drawn]),
            np.column_stack((left, bottom, right, top))[drawn],
            origins[run, 2],
            turn,
        )
    )


def _pdfium_text(textpage: Any, count: int) -> list[str]:
    """The characters as pdfium numbers them: one UTF-16 unit each."""
    get = raw.FPDFText_GetUnicode
    buffer = (ctypes.c_ushort * (count + 1))()
    if raw.FPDFText_GetText(textpage, 0, count, buffer) == count + 1:
        units: list[int] = list(buffer[:count])
    else:
        units = [get(textpage, index) for index in range(count)]
    shown = {unit: _pdfium_char(unit) for unit in set(units)}
    return [shown[unit] for unit in units]


def _pdfium_char(unit: int) -> str:
    """Undo what pdfium does to a hyphen at the end of a line: it calls it U+0002 or U+FFFE."""
    if unit in (2, 0xFFFE):
        return "-"
    return "" if 0xD800 <= unit <= 0xDFFF or unit > 0x10FFFF else chr(unit)


def _pdfium_origin(textpage: Any, index: int) -> tuple[float, float, float, int]:
    """Origin, font size as displayed, and direction of one character."""
    x, y, matrix = ctypes.c_double(), ctypes.c_double(), raw.FS_MATRIX()
    raw.FPDFText_GetCharOrigin(textpage, index, x, y)
    raw.FPDFText_GetMatrix(textpage, index, matrix)
    size = raw.FPDFText_GetFontSize(textpage, index) * math.hypot(matrix.c, matrix.d)
    angle = raw.FPDFText_GetCharAngle(textpage, index)  # pdfium measures clockwise
    return x.value, y.value, size, quarter_turns(-angle) if angle >= 0 else 0


def _merge_split_ligatures(glyphs: Glyphs) -> Glyphs:
    """Put together what pdfium takes apart: the letters of one ligature share one box."""
    same = np.concatenate(([False], (np.diff(glyphs.box, axis=0) == 0).all(axis=1)))
    if not len(glyphs.text) or not same.any():
        return glyphs
    keep = np.flatnonzero(~same)
    ends: npt.NDArray[np.intp] = np.append(keep[1:], len(same))
    text = ["".join(glyphs.text[a:b]) for a, b in zip(keep.tolist(), ends.tolist(), strict=True)]
    return Glyphs(
        text,
        glyphs.x[keep],
        glyphs.y[keep],
        glyphs.box[keep],
        glyphs.size[keep],
        glyphs.turn[keep],
    )


READERS: dict[str, Reader] = {"pdfplumber": pdfplumber_pages, "pdfium": pdfium_pages}
