"""A page as a person sees it: grey pixels, and where on them a place of the page is."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
from pypdfium2 import raw

from pipeline.extract.formats.pdf import pdfium_calls as calls

Floats = npt.NDArray[np.float64]
Grey = npt.NDArray[np.int16]

PIXELS_PER_POINT: Final = 2.0
MOST_PIXELS: Final = 16_000_000
"""A poster is drawn smaller, so that memory is bounded."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draws a page, always at the same size."""

    page: pdfium.PdfPage
    scale: float

    @classmethod
    def of(cls, page: pdfium.PdfPage, scale: float = PIXELS_PER_POINT) -> Drawing:
        """How a page is drawn, at ``scale`` pixels a point or as large as memory allows."""
        width, height = page.get_size()
        most = (MOST_PIXELS / max(width * height, 1)) ** 0.5
        return cls(page, min(scale, most))

    def draw(self) -> Grey:
        """The page with its annotations, 0 (black) to 255 (white)."""
        bitmap = self.page.render(scale=self.scale, grayscale=True, no_smoothtext=False)
        grey: Grey = bitmap.to_numpy().reshape(bitmap.height, bitmap.width).astype(np.int16)
        return grey

    @contextmanager
    def without(self, items: Sequence[int]) -> Iterator[None]:
        """Leave objects (pdfium's addresses) out while the page is drawn."""
        for item in items:
            calls.set_shown(item, False)
        try:
            yield
        finally:
            for item in items:
                calls.set_shown(item, True)

    def pixels(self, box: Floats) -> npt.NDArray[np.intp]:
        """Boxes of the page (four rows: left, bottom, right, top) as pixels: x0, y0, x1, y1."""
        a, b, c, d, e, f = self._to_device()
        xs = [a * box[i] + c * box[j] + e for i in (0, 2) for j in (1, 3)]
        ys = [b * box[i] + d * box[j] + f for i in (0, 2) for j in (1, 3)]
        low = np.floor([np.minimum.reduce(xs), np.minimum.reduce(ys)])
        high = np.ceil([np.maximum.reduce(xs), np.maximum.reduce(ys)])
        return np.concatenate((low, high)).astype(np.intp)

    def _to_device(self) -> tuple[float, ...]:
        """The matrix from the page's space to pixels, /Rotate and crop box included."""
        fine = 1000
        width, height = (round(side * self.scale) * fine for side in self.page.get_size())
        x, y = ctypes.c_int(), ctypes.c_int()
        at = []
        for point in ((0, 0), (1000, 0), (0, 1000)):
            raw.FPDF_PageToDevice(
                self.page, 0, 0, width, height, 0, *point, ctypes.byref(x), ctypes.byref(y)
            )
            at.append((x.value / fine, y.value / fine))
        (e, f), (ax, ay), (cx, cy) = at
        return (ax - e) / 1000, (ay - f) / 1000, (cx - e) / 1000, (cy - f) / 1000, e, f

    def turns(self, along: Floats) -> npt.NDArray[np.intp]:
        """By how many quarter turns counter-clockwise pictures of text are to be turned.

        ``along`` are the directions in which it is written on the page (two rows: x and y).
        """
        a, b, c, d, _e, _f = self._to_device()
        x, y = along
        turns = np.arctan2(b * x + d * y, a * x + c * y) / (np.pi / 2)
        found: npt.NDArray[np.intp] = np.round(turns).astype(np.intp)
        return found
