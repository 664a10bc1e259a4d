"""The characters and shapes of a page, as pdfminer's interpreter draws them.

pdfminer's own device makes an object of each character, which takes most of a reader's time. This
one notes where characters stand along their string, and places those of a page all at once.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from pdfminer.converter import PDFLayoutAnalyzer
from pdfminer.layout import LTCurve, LTLine, LTRect
from pdfminer.pdffont import PDFFont, PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.psparser import PSLiteral
from pdfminer.utils import apply_matrix_rect

from pipeline.extract.formats.pdf.lines import Glyphs, quarter_turns, scale_of, shown_as
from pipeline.extract.formats.pdf.rulings import MOST_SIDES, Point, Side, line_of, sides_of


class Canvas(PDFLayoutAnalyzer):
    """Takes what is drawn on one page, form XObjects included.

    ``cell_of`` are the numbers of tagged cells by the marks of their content; marks in form
    XObjects are not of the page. ``sides`` are those of shapes, ``box`` is what is displayed.
    """

    def __init__(
        self, resources: PDFResourceManager, number: int, cell_of: Mapping[Any, int]
    ) -> None:
        super().__init__(resources, number)
        self.sides: list[Side] = []
        self.box = (0.0, 0.0, 0.0, 0.0)
        self._cell_of = cell_of
        self._mark: Any = None
        self._outer: list[Any] = []
        self._forms = 0
        self._fonts: dict[PDFFont, dict[int, tuple[str, float]]] = {}
        # of each character: its text, where it begins along its string, and how far it goes
        self._text: list[str] = []
        self._begin: list[float] = []
        self._width: list[float] = []
        # of each string: its matrix, how far it is off the line, the box of its characters to the
        # left, below and above their origin, its tagged cell, how much it is widened, and how many
        # characters it has
        self._strings: list[tuple[float, ...]] = []

    def glyphs(self) -> Glyphs:
        """The characters of the page."""
        strings = np.array(self._strings, dtype=np.float64).reshape(-1, 13)
        turns = np.array([_turn(a, b) for a, b in strings[:, :2].tolist()], dtype=np.int8)
        counts = strings[:, 12].astype(np.intp)
        across = np.repeat(strings[:, 11], counts)
        a, b, c, d, e, f, off, left, low, high, cell, *_ = np.repeat(strings, counts, axis=0).T
        turn = np.repeat(turns, counts)
        begin = np.array(self._begin, dtype=np.float64)
        right = left + np.array(self._width, dtype=np.float64)
        x = begin * a + off * c + e
        y = begin * b + off * d + f
        corners = [(side, level) for side in (left, right) for level in (low, high)]
        xs = [a * side + c * level + x for side, level in corners]
        ys = [b * side + d * level + y for side, level in corners]
        x0, x1 = np.minimum.reduce(xs), np.maximum.reduce(xs)
        y0, y1 = np.minimum.reduce(ys), np.maximum.reduce(ys)
        height, width = np.hypot(c, d), np.hypot(a, b) * across
        size = np.where(turn % 2, x1 - x0, y1 - y0)
        size *= scale_of(height, width) / np.maximum(height, 1e-9)
        box = np.array((x0, y0, x1, y1))
        return Glyphs(_array(self._text), x, y, box, size, turn, cell.astype(np.intp))

    # --- what pdfminer's interpreter calls -----------------------------------------------------

    def begin_page(self, page: PDFPage, ctm: Any) -> None:
        """Let shapes be handed to `add`."""
        super().begin_page(page, ctm)
        self.box = apply_matrix_rect(ctm, page.cropbox)
        self.cur_item = self  # type: ignore[assignment]

    def end_page(self, page: PDFPage) -> None:
        """Keep what was taken; hold itself no more, which only a look for garbage would end."""
        self.cur_item = None  # type: ignore[assignment]

    def begin_figure(self, name: str, bbox: Any, matrix: Any) -> None:
        """Begin a form XObject, or an image."""
        self._forms += 1

    def end_figure(self, _: str) -> None:
        """End it."""
        self._forms -= 1

    def render_image(self, name: str, stream: Any) -> None:
        """Pass over an image."""

    def begin_tag(self, tag: PSLiteral, props: Any = None) -> None:
        """Begin marked content, which may stand in another."""
        self._outer.append(self._mark)
        if isinstance(props, dict) and "MCID" in props:
            self._mark = props["MCID"]

    def end_tag(self) -> None:
        """End marked content."""
        self._mark = self._outer.pop() if self._outer else None

    def add(self, shape: object) -> None:
        """Take a shape."""
        if isinstance(shape, LTCurve) and len(self.sides) <= MOST_SIDES:
            self.sides.extend(_sides(shape))

    def render_string_horizontal(
        self,
        seq: Any,
        matrix: Any,
        pos: Any,
        font: PDFFont,
        fontsize: float,
        scaling: float,
        charspace: float,
        wordspace: float,
        rise: float,
        dxscale: float,
        ncs: Any,
        graphicstate: Any,
    ) -> Any:
        """Take the characters of a string (ISO 32000-1, 9.4.4)."""
        x, y = pos
        known = self._fonts.setdefault(font, {})
        count = len(self._text)
        goes_on = False
        for part in seq:
            if isinstance(part, int | float):
                x -= part * dxscale
                goes_on = True
            elif isinstance(part, bytes):
                for code in font.decode(part):
                    if goes_on:
                        x += charspace
                    if code not in known:
                        known[code] = self._text_of(font, code), font.char_width(code)
                    text, width = known[code]
                    advance = width * fontsize * scaling
                    self._text.append(text)
                    self._begin.append(x)
                    self._width.append(advance)
                    x += advance
                    if code == 32 and wordspace:
                        x += wordspace
                    goes_on = True
        low = font.get_descent() * fontsize + rise
        box = (0.0, low, low + fontsize)
        self._end_string(matrix, y, box, len(self._text) - count, scaling)
        return x, y

    def render_char(
        self,
        matrix: Any,
        font: PDFFont,
        fontsize: float,
        scaling: float,
        rise: float,
        cid: int,
        ncs: Any,
        graphicstate: Any,
    ) -> float:
        """Take a character of a vertical string (ISO 32000-1, 9.7.4.3): a string of its own."""
        displacement: Any = font.char_disp(cid)
        across, up = displacement
        across = 0.5 * fontsize if across is None else across * fontsize * 0.001
        level = (1000 - up) * fontsize * 0.001 + rise
        advance = font.char_width(cid) * fontsize * scaling
        self._text.append(self._text_of(font, cid))
        self._begin.append(0.0)
        self._width.append(fontsize)
        self._end_string(matrix, 0.0, (-across, level + advance, level), 1)
        return advance

    def _text_of(self, font: PDFFont, code: int) -> str:
        try:
            return shown_as(font.to_unichr(code))
        except PDFUnicodeNotDefined:
            return self.handle_undefined_char(font, code)

    def _end_string(
        self,
        matrix: tuple[float, ...],
        off: float,
        box: tuple[float, ...],
        count: int,
        scaling: float = 1.0,
    ) -> None:
        cell = self._cell_of.get(self._mark, -1) if self._cell_of and not self._forms else -1
        self._strings.append((*matrix, off, *box, cell, abs(scaling), count))


def _turn(a: float, b: float) -> int:
    return 0 if b == 0 and a > 0 else quarter_turns(math.atan2(b, a))


def _sides(shape: LTCurve) -> Iterable[Side]:
    if isinstance(shape, LTLine | LTRect):
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
