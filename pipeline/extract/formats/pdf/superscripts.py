"""The marks of footnotes, as superscripts of the words they follow: ``Root²``, not ``Root2``."""

import re
from typing import Final

import numpy as np
import numpy.typing as npt

Texts = npt.NDArray[np.str_]
Floats = npt.NDArray[np.float64]

SMALLER: Final = 0.86
"""A mark is at most this part of the text before it in size."""
RAISED: Final = (0.12, 0.7)
"""It stands higher than that text by so much of its size, at least and at most."""
GAP: Final = 0.35
"""It begins no further from the end of that text than this part of its size."""
MARK: Final = re.compile(
    r"\s*[\[(]?(?:\d{1,2}|[*†‡§]{1,3})(?:,\s?(?:\d{1,2}|[*†‡§]{1,3}))*[\])]?\s*"
)
SUPERSCRIPTS: Final = str.maketrans("0123456789()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾")


def marked(
    text: Texts, baseline: Floats, left: Floats, right: Floats, size: Floats
) -> tuple[Texts, Floats, Floats]:
    """The text, baselines and sizes of glyphs in the order drawn, with marks on their word's line.

    Baselines grow downwards.
    """
    changes = (np.diff(baseline) != 0) | (np.diff(size) != 0)
    starts = np.flatnonzero(changes) + 1
    before = starts - 1
    raised = (baseline[before] - baseline[starts]) / size[before]
    likely = size[starts] <= SMALLER * size[before]
    likely &= (RAISED[0] <= raised) & (raised <= RAISED[1])
    likely &= np.abs(left[starts] - right[before]) <= GAP * size[before]
    if not likely.any():
        return text, baseline, size
    text, baseline, size = text.copy(), baseline.copy(), size.copy()
    ends = np.append(starts[1:], len(text))
    for begin, end in zip(starts[likely].tolist(), ends[likely].tolist(), strict=True):
        run = text[begin:end].tolist()
        if MARK.fullmatch("".join(run)):
            text[begin:end] = [each.translate(SUPERSCRIPTS) for each in run]
            baseline[begin:end], size[begin:end] = baseline[begin - 1], size[begin - 1]
    return text, baseline, size
