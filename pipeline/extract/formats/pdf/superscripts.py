"""The marks of footnotes, as superscripts of the words they follow: ``Root²``, not ``Root2``."""

import re
from typing import Final

import numpy as np
import numpy.typing as npt

Texts = npt.NDArray[np.str_]
Floats = npt.NDArray[np.float64]

LARGEST: Final = 1.3
"""A mark is at most this many times as large as its text: digits may be small."""
RAISED: Final = (0.2, 0.7)
"""It stands higher than the text by so much of its size, at least and at most."""
GAP: Final = 0.35
"""It stands no further from that text than this part of its size."""
NARROW_DIGIT: Final = 0.36
"""Digits narrower than this part of their size may be superscripts, in a font that has such."""
NARROWER: Final = 0.8
"""They are if they are narrower than this part of the same digit before them in their word."""
MARK: Final = re.compile(
    r"\s*[\[(]?(?:\d{1,2}|[a-d]|[*†‡§]{1,3})(?:,\s?(?:\d{1,2}|[a-d]|[*†‡§]{1,3}))*[\])]?\s*"
)
SUPERSCRIPTS: Final = str.maketrans("0123456789()abcd", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾ᵃᵇᶜᵈ")


def marked(
    text: Texts, baseline: Floats, left: Floats, right: Floats, size: Floats
) -> tuple[Texts, Floats, Floats]:
    """The text, baselines and sizes of glyphs in the order drawn, with marks on their text's line.

    A mark stands behind a text or, where a note begins, before it. Baselines grow downwards.
    """
    text = _with_narrow_digits(text, left, right, size)
    starts = np.flatnonzero((np.diff(baseline) != 0) | (np.diff(size) != 0)) + 1
    if not len(starts):
        return text, baseline, size
    before = starts - 1
    gap = left[starts] - right[before]
    behind = _is_raised(baseline[before] - baseline[starts], gap, size[starts], size[before])
    ahead = _is_raised(baseline[starts] - baseline[before], gap, size[before], size[starts])
    if not (behind | ahead).any():
        return text, baseline, size
    text, baseline, size = text.copy(), baseline.copy(), size.copy()
    bounds = [0, *starts.tolist(), len(text)]
    for run in range(len(bounds) - 1):
        begin, end = bounds[run : run + 2]
        is_behind = run > 0 and behind[run - 1]
        if not is_behind and not (run < len(ahead) and ahead[run]):
            continue
        shown = text[begin:end].tolist()
        if MARK.fullmatch("".join(shown)):
            text[begin:end] = [each.translate(SUPERSCRIPTS) for each in shown]
            of_text = begin - 1 if is_behind else end
            baseline[begin:end], size[begin:end] = baseline[of_text], size[of_text]
    return text, baseline, size


def _is_raised(up: Floats, gap: Floats, size: Floats, of_text: Floats) -> npt.NDArray[np.bool_]:
    """Whether glyphs of a size stand so much higher than a text beside them as marks do."""
    found: npt.NDArray[np.bool_] = (up >= RAISED[0] * of_text) & (up <= RAISED[1] * of_text)
    found &= (size <= LARGEST * of_text) & (np.abs(gap) <= GAP * of_text)
    return found


def _with_narrow_digits(text: Texts, left: Floats, right: Floats, size: Floats) -> Texts:
    """The text, in which a digit of another shape than the same one before it is a superscript.

    That is so only at the end of a word: fonts have digits of several widths, but each has one.
    """
    width = right - left
    is_digit = (text >= "0") & (text <= "9") & (np.strings.str_len(text) == 1)
    narrow = is_digit & (width < NARROW_DIGIT * size)
    if not narrow.any():
        return text
    text = text.copy()
    blank = np.strings.isspace(text)
    apart = np.abs(left[1:] - right[:-1]) > GAP / 2 * size[1:]
    parts = np.flatnonzero(apart | blank[1:] | blank[:-1]) + 1
    ends = np.append(parts, len(text))
    for begin, end in zip(
        np.append(0, parts)[narrow[ends - 1]], ends[narrow[ends - 1]], strict=True
    ):
        last = end - 1
        others = width[begin:last][text[begin:last] == text[last]]
        if len(others) and width[last] < NARROWER * min(others):
            text[last] = str(text[last]).translate(SUPERSCRIPTS)
    return text
