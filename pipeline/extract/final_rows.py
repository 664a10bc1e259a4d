"""Drafts -> rows: what is loaded of a row, where it stands, and what is wrong with it."""

from collections.abc import Sequence
from typing import Final, Literal

from pipeline.extract import faults
from pipeline.extract.account import marks_of
from pipeline.extract.blocks import Block
from pipeline.extract.choose import Known
from pipeline.extract.document import UNCERTAIN_JOIN, Place, Problem, Row
from pipeline.extract.fingerprints import SHA256
from pipeline.extract.layouts import Draft

_MARKS: Final = " ,;:|'\""
"""What may stand around the label of a row."""
REMOVED: Final = "\x00"
"""Begins the release of a row that a heading or a column says is not trusted any more."""


def row_of(block: Block, draft: Draft, text: str, known: Known) -> Row:
    """The row that a draft becomes; ``text`` is its subject as printed."""
    line = block.lines[draft.digits.line]
    digits = draft.digits.digits
    sha1, sha256 = digits, draft.sha256.digits if draft.sha256 else ""
    if len(digits) == SHA256 and draft.digits.is_sound:
        sha1, sha256 = "", digits
        if certified := known.get(digits):
            sha1 = certified.fingerprint
    release = draft.release or line.section.release
    if why := draft.status or line.section.removed:
        where = f", page {line.section.page}" if not draft.status else ""
        release = f"{REMOVED}{why}{where}"
    if draft.is_label:
        text = text.strip(_MARKS)
    place, scanned = places_of(block, draft), draft.is_scanned(block)
    return Row(
        line.page,
        release,
        sha1,
        sha256,
        text,
        is_label=draft.is_label,
        place=place,
        scanned=scanned,
        marks=_marks(block, draft),
        is_undecided=any(UNCERTAIN_JOIN in word.text for word in block.words(draft.subject)),
    )


def _marks(block: Block, draft: Draft) -> tuple[str, ...]:
    """The marks of notes on the lines of a row, in whatever column."""
    first, last = draft.lines
    texts = (line.text for line in block.lines[first : last + 1])
    return tuple(sorted(set().union(*map(marks_of, texts))))


def places_of(block: Block, draft: Draft) -> tuple[Place, ...]:
    """Where the words of a row stand on their pages, line by line."""
    places: list[Place] = []
    for digits in (draft.digits, draft.sha256):
        for piece in digits.pieces if digits else ():
            words = range(piece.first, piece.last + 1)
            places.append(_place_of(block, "fingerprint", piece.line, words))
    places.extend(_place_of(block, "subject", line, words) for line, words in draft.subject)
    return tuple(places)


def _place_of(
    block: Block, kind: Literal["fingerprint", "subject"], index: int, words: Sequence[int]
) -> Place:
    line = block.lines[index]
    held = [line.words[at] for at in words]
    x0, x1 = min([word.x0 for word in held]), max([word.x1 for word in held])
    return Place(kind, line.page, x0 + line.shift, held[0].y, x1 + line.shift, line.size)


def fault(row: Row) -> Problem | None:
    """What is wrong with a row."""
    if row.release.startswith(REMOVED):
        why = row.release[len(REMOVED) :]
        hint = f"“{why}” says that this is not trusted for servers; it is not taken."
        text = f"{row.identity} {row.subject}"
        return Problem("unaccounted-text", row.page, text, hint)
    return faults.of(row)
