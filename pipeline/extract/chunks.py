"""Where the texts of a line begin: those of columns have white before them, or a bar."""

import re
from collections.abc import Sequence
from itertools import pairwise, takewhile
from statistics import median
from typing import Final

from pipeline.extract.fingerprints import SHORTEST, digits_of
from pipeline.extract.page import Line, Word
from pipeline.extract.settings import SETTINGS
from pipeline.extract.word_kinds import is_date

_LONG_DIGITS: Final = re.compile(r"(?:[0-9a-fA-F]{2}[:-]?){8,}")


def chunk_starts(line: Line) -> list[int]:
    """The words of a line before which there is more white than between words of a text."""
    words = line.words
    gaps = [after.x0 - before.x1 for before, after in pairwise(words)]
    usual = 0.0
    if len(gaps) > SETTINGS.few_gaps or _is_stretched(line, gaps):
        usual = median(gaps)
        # the spaces of justified text are all alike: in a header most gaps are those of columns
        spaces = [gap for gap in gaps if gap > SETTINGS.thinnest_space * line.size]
        widest = SETTINGS.like_spaces * min(spaces, default=usual)
        usual = min(usual, max((gap for gap in spaces if gap <= widest), default=usual))
    least = max(SETTINGS.text_gap * line.size, SETTINGS.usual_gap * usual)
    bars = {at for at, word in enumerate(words, 1) if word.text == "|"}
    if bars and _is_row_before_bar(words):
        bars = set()
    return [0, *(at for at, gap in enumerate(gaps, 1) if gap >= least or at in bars)]


def _is_row_before_bar(words: Sequence[Word]) -> bool:
    """Whether digits and a name stand before the first ``|``: then it is no edge of cells."""
    head = list(takewhile(lambda text: text != "|", (word.text for word in words)))
    return any("=" in text for text in head) and any(map(_LONG_DIGITS.fullmatch, head))


def _is_stretched(line: Line, gaps: Sequence[float]) -> bool:
    """Whether this is a line of a name in justified text: all its spaces are wide."""
    return (
        len(gaps) > 1
        and SETTINGS.justified_space * line.size < min(gaps) < SETTINGS.stretched_space * line.size
        and "=" in line.text
        and not any(is_date(w.text) or len(digits_of(w.text)) > SHORTEST for w in line.words)
    )
