"""The engines that read pictures: RapidOCR (the extra ``ocr``), or else Debian's Tesseract.

RapidOCR's models come with it; it reads digits well, but drops spaces and accents. Tesseract is a
program, asked for its table of words (TSV, see ``man tesseract``).
"""

from __future__ import annotations

import csv
import os
import re
import subprocess
from collections.abc import Sequence
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
BETWEEN: Final = 16
"""So many pixels of paper are around a number that is read again."""
UNSURE: Final = 50
"""Tesseract's confidence (of 100) in what it takes for a character, and isn't."""
_HEX: Final = re.compile("[0-9A-Fa-fOoIlSZ£¢|]+")
_NUMBER: Final = re.compile("[0-9A-Fa-fOoIlSZ£¢|]{12}")
_DIGITS: Final = (40, 64)
"""The digits of a fingerprint, by SHA-1 or SHA-256."""
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
    bare = Image.fromarray(_without_rules(picture))
    words = _words(program, bare)
    lines = groupby(words, lambda row: (row["block_num"], row["par_num"], row["line_num"]))
    texts = [text for _, line in lines for text in _of_line(list(line))]
    numbers = [index for index, text in enumerate(texts) if _is_number(text)]
    again = _digits_of(program, bare, [texts[index] for index in numbers])
    for index, digits in zip(numbers, again, strict=True):
        if len(digits) in _DIGITS:
            texts[index] = texts[index]._replace(text=digits)
    return texts


def _words(program: str, picture: Image.Image, *options: str) -> list[dict[str, str]]:
    """The words of Tesseract's table, whose boxes are in pixels of the picture, enlarged."""
    size = (round(picture.width * ENLARGED), round(picture.height * ENLARGED))
    smooth = picture.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(1))
    image = BytesIO()
    smooth.save(image, "ppm")
    # 6: one block of lines, for columns that are taken apart lose what stands side by side
    command = [program, "stdin", "stdout", "-l", "eng", "--psm", "6", *options, "tsv"]
    done = subprocess.run(command, input=image.getvalue(), capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise DocumentError(f"OCR can't be started: tesseract: {said}")
    table = csv.DictReader(
        done.stdout.decode("utf-8", "replace").splitlines(),
        delimiter="\t",
        quoting=csv.QUOTE_NONE,
    )
    return [row for row in table if row["level"] == _WORD and row["text"].strip()]


def _digits_of(program: str, picture: Image.Image, numbers: Sequence[SeenText]) -> list[str]:
    """Read numbers again, as hex digits alone: among words, Tesseract doubles an f.

    They are cut out of the picture and put below each other, upright.
    """
    if not numbers:
        return []
    strips = [_upright(picture, each) for each in numbers]
    pitch = max(strip.height for strip in strips) + BETWEEN
    sheet = Image.new("L", (max(strip.width for strip in strips), pitch * len(strips)), 255)
    for place, strip in enumerate(strips):
        sheet.paste(strip, (0, pitch * place))
    letters = "".join(each.text for each in numbers)
    few = "abcdef" if letters == letters.lower() else "abcdefABCDEF"
    words = _words(program, sheet, "-c", f"tessedit_char_whitelist=0123456789{few}")
    found = [""] * len(numbers)
    for word in words:
        middle = (float(word["top"]) + float(word["height"]) / 2) / ENLARGED
        found[min(int(middle / pitch), len(found) - 1)] += word["text"]
    return found


def _upright(picture: Image.Image, text: SeenText) -> Image.Image:
    """The part of a picture that shows a text, turned back as far as its line is askew."""
    (left, top), (right, bottom) = text.corners.min(axis=0), text.corners.max(axis=0)
    (x, y) = text.corners[1] - text.corners[0]
    edges = (left - BETWEEN / 2, top - BETWEEN / 4, right + BETWEEN / 2, bottom + BETWEEN / 4)
    part = picture.crop(tuple(map(round, edges)))
    angle = float(np.degrees(np.arctan2(y, x)))
    return part.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)


def _of_line(words: list[dict[str, str]]) -> list[SeenText]:
    """The words of a line of Tesseract's table, in boxes that are turned as the line runs.

    All are as high as most of them: Tesseract's own are as high as the letters in them.
    """
    boxes = np.array(
        [[float(word[key]) for key in ("left", "top", "width", "height")] for word in words]
    )
    boxes /= ENLARGED
    left, top, width, height = boxes.T
    middle = left + width / 2
    rise = float(np.polyfit(middle, top + height / 2, 1)[0]) if len(words) > 1 else 0.0
    begin = float(np.median(top + height / 2 - rise * middle))
    half = float(np.median(height)) / 2
    found: list[SeenText] = []
    for (x, _y, wide, high), word in zip(boxes.tolist(), words, strict=True):
        if len(word["text"]) == 1 and float(word["conf"]) < UNSURE and not half < high < 3 * half:
            continue  # what is left of a rule
        start, end = begin + rise * x, begin + rise * (x + wide)
        corners = [
            (x, start - half),
            (x + wide, end - half),
            (x + wide, end + half),
            (x, start + half),
        ]
        text = SeenText(np.array(corners), word["text"], float(word["conf"]) / 100)
        if found and _is_one_number(found[-1], text):
            text = _joined(found.pop(), text)
        found.append(text)
    return found


def _is_one_number(one: SeenText, other: SeenText) -> bool:
    """Whether two texts are parts of one run of hex digits, between which no space is seen."""
    gap, height = other.corners[0, 0] - one.corners[1, 0], other.corners[3, 1] - other.corners[0, 1]
    are_digits = _is_number(one) or bool(_HEX.fullmatch(one.text) and _HEX.fullmatch(other.text))
    return are_digits and gap < NO_SPACE * height


def _is_number(text: SeenText) -> bool:
    """Whether a text is, or begins with, so many hex digits that it is no word."""
    return bool(_NUMBER.match(text.text))


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
