"""Which lines are headings over rows, and the release that one names."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise
from math import inf
from typing import Final

from pipeline import firmware
from pipeline.extract import vocabulary
from pipeline.extract.chunks import chunk_starts
from pipeline.extract.page import Line, text_of
from pipeline.extract.settings import SETTINGS

_DIGIT: Final = re.compile(r"\d")


def release_of(text: str) -> str:
    """The one release that a line names, in Cisco's form; ``""`` if none or several.

    Of another product, it is one only if the line is a title that says no more.
    """
    if not _DIGIT.search(text) or any(map(vocabulary.attribute_of, text.split())):
        return ""
    if (neighbour := firmware.neighbour_in(text)) is not None:
        return str(neighbour)
    releases = firmware.find_releases(text)
    return str(releases[0]) if len(releases) == 1 else ""


def releases_side_by_side(line: Line) -> set[str]:
    """The releases that headings beside each other on a line name."""
    if "=" in line.text or not _DIGIT.search(line.text):
        return set()
    parts = (
        text_of(line.words[begin:end])
        for begin, end in pairwise([*chunk_starts(line), len(line.words)])
    )
    return {release for part in parts if is_heading(part) and (release := release_of(part))}


def is_heading(text: str) -> bool:
    """Whether a line that names a release can be a heading, rather than a sentence."""
    return len(text.split()) <= SETTINGS.heading_words and not text.endswith((".", ",", ";"))


def heads_rows(line: Line) -> bool:
    """Whether a line is a heading of a section: a release, or what is removed."""
    text = line.text
    return bool(release_of(text) and is_heading(text)) or vocabulary.heads_removed(text)


def is_caption(lines: Sequence[Line], index: int) -> bool:
    """Whether a line says what the row below it is called: a value of its name."""
    text = lines[index].text.lstrip("0123456789.) ")
    return f"={text}" in " ".join(line.text for line in lines[index + 1 : index + 9])


def is_amid(lines: Sequence[Line], index: int) -> bool:
    """Whether a line stands amid the lines of other cells, closer to them than lines of a text."""
    line = lines[index]
    near = [*lines[max(index - 1, 0) : index], *lines[index + 1 : index + 2]]
    return any(abs(other.y - line.y) < SETTINGS.amid_step * line.size for other in near)


def is_value(lines: Sequence[Line], index: int) -> bool:
    """Whether a line is the value of a label above it: ``Removed`` below ``Status:``."""
    if index == 0:
        return False
    words = [word.text for word in lines[index - 1].words]
    label = vocabulary.label_at(words)
    return label is not None and label.role == "status" and label.length == len(words)


def hangs_on(lines: Sequence[Line], index: int, rows: Collection[int], *, is_last: bool) -> bool:
    """Whether a line is of the row above it, and no heading: more white stands below it."""
    if not index or not any(at in rows for at in range(max(index - 4, 0), index)):
        return False
    line, above = lines[index], lines[index - 1]
    step = line.y - above.y
    if not line.is_right_below(above) or line.size > SETTINGS.larger_size * above.size:
        return False
    below = lines[index + 1].y - line.y if index + 1 < len(lines) else inf if is_last else 0.0
    return below > SETTINGS.text_step * step


def is_field(line: Line) -> bool:
    """Whether a line says something of its own row: ``Status: Removed``, ``Label: Removed Co``."""
    label = vocabulary.label_at([word.text for word in line.words])
    if label is None or label.length == len(line.words):
        return False
    is_name = label.has_colon and label.role in ("common-name", "subject", "issuer")
    return is_name or label.role == "status"
