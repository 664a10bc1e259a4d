"""Functions of pdfium that are asked once for each word or shape, at half the cost of a call.

They take and give plain addresses instead of typed pointers.
"""

import ctypes
from collections.abc import Sequence
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
char_tight_box: Final = _function(
    raw.FPDFText_GetCharBox, INT, ADDRESS, INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS
)
char_unit: Final = _function(raw.FPDFText_GetUnicode, ctypes.c_uint, ADDRESS, INT)
char_origin: Final = _function(raw.FPDFText_GetCharOrigin, INT, ADDRESS, INT, ADDRESS, ADDRESS)
char_matrix: Final = _function(raw.FPDFText_GetMatrix, INT, ADDRESS, INT, ADDRESS)
char_size: Final = _function(raw.FPDFText_GetFontSize, ctypes.c_double, ADDRESS, INT)
char_object: Final = _function(raw.FPDFText_GetTextObject, ADDRESS, ADDRESS, INT)

page_object: Final = _function(raw.FPDFPage_GetObject, ADDRESS, ADDRESS, INT)
form_object: Final = _function(raw.FPDFFormObj_GetObject, ADDRESS, ADDRESS, ctypes.c_ulong)
form_length: Final = _function(raw.FPDFFormObj_CountObjects, INT, ADDRESS)
object_type: Final = _function(raw.FPDFPageObj_GetType, INT, ADDRESS)
object_mark: Final = _function(raw.FPDFPageObj_GetMarkedContentID, INT, ADDRESS)
count_marks: Final = _function(raw.FPDFPageObj_CountMarks, INT, ADDRESS)
object_font: Final = _function(raw.FPDFTextObj_GetFont, ADDRESS, ADDRESS)
object_matrix: Final = _function(raw.FPDFPageObj_GetMatrix, INT, ADDRESS, ADDRESS)
object_bounds: Final = _function(
    raw.FPDFPageObj_GetBounds, INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS
)
object_fill: Final = _function(
    raw.FPDFPageObj_GetFillColor, INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS
)
object_stroke: Final = _function(
    raw.FPDFPageObj_GetStrokeColor, INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS
)
object_mixes: Final = _function(raw.FPDFPageObj_HasTransparency, INT, ADDRESS)
object_clip: Final = _function(raw.FPDFPageObj_GetClipPath, ADDRESS, ADDRESS)
set_shown: Final = _function(raw.FPDFPageObj_SetIsActive, INT, ADDRESS, INT)
text_mode: Final = _function(raw.FPDFTextObj_GetTextRenderMode, INT, ADDRESS)
text_of: Final = _function(
    raw.FPDFTextObj_GetText, ctypes.c_ulong, ADDRESS, ADDRESS, ADDRESS, ctypes.c_ulong
)
clip_length: Final = _function(raw.FPDFClipPath_CountPaths, INT, ADDRESS)
clip_corners: Final = _function(raw.FPDFClipPath_CountPathSegments, INT, ADDRESS, INT)
clip_corner: Final = _function(raw.FPDFClipPath_GetPathSegment, ADDRESS, ADDRESS, INT, INT)
path_mode: Final = _function(raw.FPDFPath_GetDrawMode, INT, ADDRESS, ADDRESS, ADDRESS)
path_length: Final = _function(raw.FPDFPath_CountSegments, INT, ADDRESS)
path_segment: Final = _function(raw.FPDFPath_GetPathSegment, ADDRESS, ADDRESS, INT)
segment_type: Final = _function(raw.FPDFPathSegment_GetType, INT, ADDRESS)
segment_closes: Final = _function(raw.FPDFPathSegment_GetClose, INT, ADDRESS)
segment_point: Final = _function(raw.FPDFPathSegment_GetPoint, INT, ADDRESS, ADDRESS, ADDRESS)

tree_child: Final = _function(raw.FPDF_StructTree_GetChildAtIndex, ADDRESS, ADDRESS, INT)
children: Final = _function(raw.FPDF_StructElement_CountChildren, INT, ADDRESS)
child: Final = _function(raw.FPDF_StructElement_GetChildAtIndex, ADDRESS, ADDRESS, INT)
child_mark: Final = _function(raw.FPDF_StructElement_GetChildMarkedContentID, INT, ADDRESS, INT)
element_type: Final = _function(
    raw.FPDF_StructElement_GetType, ctypes.c_ulong, ADDRESS, ADDRESS, ctypes.c_ulong
)
attributes: Final = _function(raw.FPDF_StructElement_GetAttributeCount, INT, ADDRESS)
attribute: Final = _function(raw.FPDF_StructElement_GetAttributeAtIndex, ADDRESS, ADDRESS, INT)
attribute_value: Final = _function(
    raw.FPDF_StructElement_Attr_GetValue, ADDRESS, ADDRESS, ctypes.c_char_p
)
number_value: Final = _function(raw.FPDF_StructElement_Attr_GetNumberValue, INT, ADDRESS, ADDRESS)


def address_of(pointer: Any) -> int:
    """The address that a pointer of pypdfium2's holds."""
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0


def places(array: npt.NDArray[Any]) -> range:
    """The addresses of the rows of an array."""
    first, size = array.ctypes.data, array.shape[1] * array.itemsize
    return range(first, first + size * len(array), size)


def points_of(segments: Sequence[int]) -> npt.NDArray[np.float32]:
    """The ends of segments of a path, one a row."""
    points = np.zeros((len(segments), 2), dtype=np.float32)
    for segment, place in zip(segments, places(points), strict=True):
        segment_point(segment, place, place + 4)
    return points
