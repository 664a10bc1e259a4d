"""Functions of pdfium that are asked once for each word or shape, at half the cost of a call.

They take and give plain addresses instead of typed pointers.
"""

import ctypes
from collections import deque
from collections.abc import Iterable
from itertools import repeat
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from pypdfium2 import raw

INT: Final = ctypes.c_int
ADDRESS: Final = ctypes.c_void_p


def _function(function: Any, result: Any, *arguments: Any) -> Any:
    address = ctypes.cast(function, ctypes.c_void_p).value or 0
    return ctypes.PYFUNCTYPE(result, *arguments)(address)


char_box: Final = _function(raw.FPDFText_GetLooseCharBox, INT, ADDRESS, INT, ADDRESS)
char_origin: Final = _function(raw.FPDFText_GetCharOrigin, INT, ADDRESS, INT, ADDRESS, ADDRESS)
char_matrix: Final = _function(raw.FPDFText_GetMatrix, INT, ADDRESS, INT, ADDRESS)
char_size: Final = _function(raw.FPDFText_GetFontSize, ctypes.c_double, ADDRESS, INT)
char_object: Final = _function(raw.FPDFText_GetTextObject, ADDRESS, ADDRESS, INT)

page_object: Final = _function(raw.FPDFPage_GetObject, ADDRESS, ADDRESS, INT)
form_object: Final = _function(raw.FPDFFormObj_GetObject, ADDRESS, ADDRESS, ctypes.c_ulong)
form_length: Final = _function(raw.FPDFFormObj_CountObjects, INT, ADDRESS)
object_type: Final = _function(raw.FPDFPageObj_GetType, INT, ADDRESS)
object_mark: Final = _function(raw.FPDFPageObj_GetMarkedContentID, INT, ADDRESS)
object_matrix: Final = _function(raw.FPDFPageObj_GetMatrix, INT, ADDRESS, ADDRESS)
object_bounds: Final = _function(
    raw.FPDFPageObj_GetBounds, INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS
)
path_length: Final = _function(raw.FPDFPath_CountSegments, INT, ADDRESS)
path_segment: Final = _function(raw.FPDFPath_GetPathSegment, ADDRESS, ADDRESS, INT)
segment_type: Final = _function(raw.FPDFPathSegment_GetType, INT, ADDRESS)
segment_closes: Final = _function(raw.FPDFPathSegment_GetClose, INT, ADDRESS)
segment_point: Final = _function(raw.FPDFPathSegment_GetPoint, INT, ADDRESS, ADDRESS, ADDRESS)


def address_of(pointer: Any) -> int:
    """The address that a pointer of pypdfium2's holds."""
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0


def places(array: npt.NDArray[Any]) -> range:
    """The addresses of the rows of an array."""
    first, size = array.ctypes.data, array.shape[1] * array.itemsize
    return range(first, first + size * len(array), size)


def char_boxes(textpage: int, indices: Iterable[int], count: int) -> npt.NDArray[np.float32]:
    """The boxes (left, top, right, bottom) of ``count`` characters of a page, one a row."""
    boxes = np.zeros((count, 4), dtype=np.float32)
    deque(map(char_box, repeat(textpage), indices, places(boxes)), maxlen=0)
    return boxes
