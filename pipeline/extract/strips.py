"""Parts of pages put below one another, as if no break parted them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.extract.blocks import Placed
from pipeline.extract.row_marks import holds_row
from pipeline.extract.settings import SETTINGS


def stacked(parts: Iterable[Sequence[Placed]]) -> list[Placed]:
    """Parts of pages put below one another, as if no break parted them."""
    strip: list[Placed] = []
    for part in parts:
        if not part:
            continue
        size = part[0].size
        seam = min(pitch_of(part), SETTINGS.seam * size)
        move = strip[-1].y + seam - part[0].y if strip else 0.0
        sizes = [line.size for line in strip[-8:]]
        fits = not strip or any(abs(size - each) <= SETTINGS.same_size * size for each in sizes)
        for index, line in enumerate(part):
            cut = line.cut or (index == 0 and not fits)
            where = line.page, line.section, line.shift, cut, line.titles
            strip.append(Placed(line.words, line.y + move, line.size, *where))
    return strip


def pitch_of(lines: Sequence[Placed]) -> float:
    """From line to line within a text: the smaller steps there are."""
    steps = sorted(
        b.y - a.y
        for a, b in pairwise(lines)
        if b.y - a.y > SETTINGS.amid_step * b.size and a.text_column == b.text_column
    )
    least = SETTINGS.seam * lines[0].size if lines else 0.0
    return steps[len(steps) // 10] if steps else least


def cut_off(lines: list[Placed]) -> list[Placed]:
    """Lines that go on with nothing above them."""
    return [replace(line, cut=line.cut or index == 0) for index, line in enumerate(lines)]


def shifted(columns: Sequence[list[Placed]]) -> list[list[Placed]]:
    """Columns of a page, each moved to where the first stands."""
    origin = min((line.words[0].x0 for line in columns[0]), default=0.0) if columns else 0.0
    return [_shifted(column, origin) for column in columns]


def _shifted(column: list[Placed], origin: float) -> list[Placed]:
    shift = min((line.words[0].x0 for line in column), default=origin) - origin
    if abs(shift) < 1:
        return column
    return [
        replace(
            line,
            words=[w._replace(x0=w.x0 - shift, x1=w.x1 - shift) for w in line.words],
            shift=shift,
            titles=tuple(t._replace(x0=t.x0 - shift, x1=t.x1 - shift) for t in line.titles),
        )
        for line in column
    ]


def without_foot(content: list[Placed]) -> tuple[list[Placed], list[Placed]]:
    """The lines of a column, and those at its foot that stand apart and hold nothing of rows."""
    end = len(content)
    while end > 1:
        line, above = content[end - 1], content[end - 2]
        if holds_row(line):
            break
        end -= 1
        if line.y - above.y > SETTINGS.section_step * max(line.size, above.size):
            return content[:end], content[end:]
    return content, []
