"""Reads PDFs with pdfplumber (pdfminer)."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pdfplumber
from pdfminer.layout import LTCurve, LTLine, LTRect
from pdfminer.pdffont import PDFType1Font
from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import resolve1
from pdfminer.psexceptions import PSException
from pdfminer.psparser import PSLiteral
from pdfplumber.page import PDFPageAggregatorWithMarkedContent
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from pipeline.extract.formats.pdf.lines import Glyphs, page_of, quarter_turns
from pipeline.extract.formats.pdf.pdf_errors import PAGES_KEPT, forget, opened, pdfminer_errors
from pipeline.extract.formats.pdf.pdfminer_tags import tags_reader
from pipeline.extract.formats.pdf.rulings import MOST_SIDES, Point, Side, line_of, sides_of
from pipeline.extract.page import Page


def pages(path: Path, part: slice) -> Iterator[Page]:
    """Read a part of the pages of ``path``.

    Raises:
        DocumentError: the file is no PDF, is damaged, or needs a password.
    """
    with opened(path) as file:
        with pdfminer_errors(path), _causes():
            pdf = pdfplumber.open(file)
            get_font = _true_widths(pdf.rsrcmgr.get_font)
            pdf.rsrcmgr.get_font = get_font  # type: ignore[method-assign]
        read_tags = tags_reader(pdf.doc)
        found = enumerate(PDFPage.create_pages(pdf.doc), 1)
        chosen = islice(found, part.start, part.stop, part.step)
        while True:
            with pdfminer_errors(path), _causes():
                number, each = next(chosen, (0, None))
            if each is None:
                return
            with pdfminer_errors(path, number), _causes():
                # pdf.pages would keep them all
                device = _Device(pdf.rsrcmgr, number)
                PDFPageInterpreter(pdf.rsrcmgr, device).process_page(each)
                tags = read_tags(each)
                glyphs, sides = _drawn_on(device.get_result(), tags.cell_of if tags else {})
            yield page_of(number, glyphs, sides, tags)
            if number % PAGES_KEPT == 0:
                forget(pdf.doc)


@contextmanager
def _causes() -> Iterator[None]:
    """Raise what pdfminer raised, rather than what pdfplumber wraps it in."""
    try:
        yield
    except PdfminerException as error:
        if error.args and isinstance(error.args[0], Exception):
            raise error.args[0] from error
        raise PSException from error
    except MalformedPDFException as error:
        raise PSException from error


class _Device(PDFPageAggregatorWithMarkedContent):
    """Knows which marked content characters are of, where one stands in another."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._outer: list[int | None] = []

    def begin_tag(self, tag: PSLiteral, props: Any = None) -> None:
        self._outer.append(self.cur_mcid)
        if isinstance(props, dict) and "MCID" in props:
            self.cur_mcid = props["MCID"]

    def end_tag(self) -> None:
        self.cur_mcid = self._outer.pop() if self._outer else None


def _drawn_on(layout: Any, cell_of: Mapping[Any, int]) -> tuple[Glyphs, list[Side]]:
    """The characters of a pdfminer page, and the sides of its shapes.

    Those inside figures (form XObjects) are included; marks in those are not of the page.

    Reading the layout itself rather than pdfplumber's ``page.chars`` halves the time: most of
    what pdfplumber adds to each character (colours, font names) is not asked for here.
    """
    text: list[str] = []
    place: list[tuple[float, ...]] = []
    sides: list[Side] = []
    cells: list[int] = []
    pending = [iter(layout)]
    while pending:
        for item in pending[-1]:
            if hasattr(item, "adv"):
                a, b, _c, _d, e, f = item.matrix
                text.append(item.get_text())
                if cell_of:
                    in_figure = len(pending) > 1
                    cells.append(-1 if in_figure else cell_of.get(item.mcid, -1))
                turn = 0 if b == 0 and a > 0 else quarter_turns(math.atan2(b, a))
                size = item.x1 - item.x0 if turn % 2 else item.y1 - item.y0
                place.append((e, f, item.x0, item.y0, item.x1, item.y1, size, turn))
            elif isinstance(item, LTCurve):
                if len(sides) <= MOST_SIDES:
                    sides.extend(_sides(item))
            elif hasattr(item, "__iter__"):
                pending.append(iter(item))
                break
        else:
            pending.pop()
    columns = np.array(place, dtype=np.float64).reshape(-1, 8).T.copy()
    x, y, *_, size, turns = columns
    cell = np.array(cells, dtype=np.intp) if cell_of else np.full(len(x), -1)
    directions = turns.astype(np.int8)
    return Glyphs(_array(text), x, y, columns[2:6], size, directions, cell), sides


def _sides(shape: LTCurve) -> Iterable[Side]:
    if isinstance(shape, (LTLine, LTRect)):
        line = line_of(shape.bbox)
        if line or isinstance(shape, LTLine):
            return [line] if line else []
    return sides_of(_points(shape.original_path or ()))


def _points(path: Iterable[Sequence[Any]]) -> Iterator[Point | None]:
    """The ends of the lines of a path; None where the pen is lifted or draws a curve."""
    start: Point | None = None
    for operator, *points in path:
        if operator == "h":
            yield start
            continue
        if operator != "l":
            yield None
        if operator == "m":
            start = points[-1]
        yield points[-1]


def _array(text: list[str]) -> npt.NDArray[np.str_]:
    """Strings as an array, where a NUL would end a string: it is no character, but is shown."""
    if "\0" in "".join(text):
        text = [each.replace("\0", "\ufffd") for each in text]
    return np.array(text, dtype=np.str_)


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
