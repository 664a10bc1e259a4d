"""The engines that read pictures: RapidOCR (the extra ``ocr``), or else Debian's Tesseract.

RapidOCR's models come with it; it reads digits well, but drops spaces and accents. Tesseract is a
program, asked for its table of words (TSV, see ``man tesseract``).
"""

from __future__ import annotations

import csv
import os
import re
import subprocess
from functools import cache
from io import BytesIO
from itertools import groupby
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from pipeline.errors import DocumentError
from pipeline.extract import ocr

_MISSING = ocr.NOT_INSTALLED
try:
    from rapidocr_onnxruntime import RapidOCR
    from rapidocr_onnxruntime.utils.infer_engine import ONNXRuntimeError
except ImportError as missing:  # it, or a system library that one of its parts needs
    RapidOCR = None
    if ocr.has_wheel():
        _MISSING = f"OCR can't be started: {missing}. On Debian, apt install libgl1 libglib2.0-0."

MOST_PIXELS: Final = 4000
"""Along the longer side of a picture."""
MOST_THREADS: Final = 4
ENLARGED: Final = 1.5
"""Tesseract reads pictures best that are so many times as large."""
RULE: Final = 60
"""So many dark pixels side by side are a part of a line."""
DARK: Final = 128
NO_SPACE: Final = 0.8
"""A gap that is smaller than this part of a text's height is no space between numbers."""
_HEX: Final = re.compile("[0-9A-Fa-fOoIlSZ£|]+")
_WORD: Final = "5"
"""The level of a word in Tesseract's table; lines and blocks have lower ones."""

Grey = npt.NDArray[np.uint8]
Corners = npt.NDArray[np.float64]


class SeenText(NamedTuple):
    """A piece of text on a picture: its corners (x, y) clockwise from the upper left, in pixels.

    ``score``, from 0 to 1, is how sure the engine is of it.
    """

    corners: Corners
    text: str
    score: float = 1.0


def texts_on(picture: Grey) -> list[SeenText]:
    """All texts on a picture that stand upright or nearly so.

    Raises:
        DocumentError: the engine is missing, or can't be started.
        MemoryError: the engine gets too little memory.
    """
    if RapidOCR is not None:
        return _by_rapidocr(picture)
    if program := ocr.tesseract():
        return _by_tesseract(program, picture)
    raise DocumentError(_MISSING)


def _by_rapidocr(picture: Grey) -> list[SeenText]:
    try:
        found, _ = _rapidocr()(np.repeat(picture[:, :, None], 3, axis=2), use_cls=False)
    except ONNXRuntimeError as error:
        if "bad_alloc" in str(error) or "alloc memory" in str(error):
            raise MemoryError from None
        raise
    return [
        SeenText(np.array(corners, dtype=np.float64), str(text), float(score))
        for corners, text, score in found or ()
    ]


@cache
def _rapidocr() -> Any:
    threads = min(os.cpu_count() or 1, MOST_THREADS)
    return RapidOCR(max_side_len=MOST_PIXELS, intra_op_num_threads=threads, inter_op_num_threads=1)


def _by_tesseract(program: str, picture: Grey) -> list[SeenText]:
    prepared = Image.fromarray(_without_rules(picture))
    size = (round(prepared.width * ENLARGED), round(prepared.height * ENLARGED))
    smooth = prepared.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(1))
    image = BytesIO()
    smooth.save(image, "ppm")
    # 6: one block of lines, for columns that are taken apart lose what stands side by side
    command = [program, "stdin", "stdout", "-l", "eng", "--psm", "6", "tsv"]
    done = subprocess.run(command, input=image.getvalue(), capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise DocumentError(f"OCR can't be started: tesseract: {said}")
    table = csv.DictReader(
        done.stdout.decode("utf-8", "replace").splitlines(),
        delimiter="\t",
        quoting=csv.QUOTE_NONE,
    )
    words = (row for row in table if row["level"] == _WORD and row["text"].strip())
    lines = groupby(words, lambda row: (row["block_num"], row["par_num"], row["line_num"]))
    return [text for _, line in lines for text in _of_line(list(line))]


def _of_line(words: list[dict[str, str]]) -> list[SeenText]:
    """The words of a line of Tesseract's table, their boxes turned as the line runs."""
    boxes = np.array(
        [[float(word[key]) for key in ("left", "top", "width", "height")] for word in words]
    )
    boxes /= ENLARGED
    left, top, width, height = boxes.T
    middle = left + width / 2
    rise = float(np.polyfit(middle, top + height / 2, 1)[0]) if len(words) > 1 else 0.0
    found: list[SeenText] = []
    for (x, y, wide, high), word in zip(boxes.tolist(), words, strict=True):
        half = rise * wide / 2
        corners = [
            (x, y - half),
            (x + wide, y + half),
            (x + wide, y + high + half),
            (x, y + high - half),
        ]
        text = SeenText(np.array(corners), word["text"], float(word["conf"]) / 100)
        if found and _is_one_number(found[-1], text):
            text = _joined(found.pop(), text)
        found.append(text)
    return found


def _is_one_number(one: SeenText, other: SeenText) -> bool:
    """Whether two texts are parts of one run of hex digits, between which no space is seen."""
    gap, height = other.corners[0, 0] - one.corners[1, 0], other.corners[3, 1] - other.corners[0, 1]
    both = _HEX.fullmatch(one.text) and _HEX.fullmatch(other.text)
    return bool(both) and gap < NO_SPACE * height


def _joined(one: SeenText, other: SeenText) -> SeenText:
    corners = np.array([one.corners[0], other.corners[1], other.corners[2], one.corners[3]])
    return SeenText(corners, one.text + other.text, min(one.score, other.score))


def _without_rules(picture: Grey) -> Grey:
    """A picture without its long lines, beside which Tesseract reads badly."""
    bare = picture.copy()
    for part, target in ((picture, bare), (picture.T, bare.T)):
        width = part.shape[1]
        count = np.cumsum(np.pad(part < DARK, ((0, 0), (RULE, 0))), axis=1, dtype=np.int32)
        is_end = count[:, RULE:] - count[:, :-RULE] > 0.97 * RULE  # of so long a dark line
        ends = np.cumsum(np.pad(is_end, ((0, 0), (1, RULE))), axis=1, dtype=np.int32)
        is_rule = ends[:, RULE : RULE + width] > ends[:, :width]
        is_rule[1:] |= is_rule[:-1].copy()
        is_rule[:-1] |= is_rule[1:].copy()
        target[is_rule] = 255
    return bare
