"""The report of what changed between two releases, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from pipeline.diff import Diff, Item
from pipeline.query import moment
from pipeline.report import report as form
from pipeline.report.report import Block, Listing, Paragraph, Report, iso
from pipeline.report.words import count, listed

_COLUMNS: Final = ("change", "fingerprint", "subject", "not_before", "not_after", "reasons")


def report(diff: Diff, as_of: date | None = None) -> Report:
    """Say in a sentence or two what changed, then list what was removed, added and changed.

    ``as_of`` is the day the question was asked for.
    """
    parts = {"removed": diff.removed, "added": diff.added, "changed": diff.changed}
    blocks: list[Block] = [Paragraph(_lead(diff, as_of), is_lead=True)]
    blocks.extend(_listing(change, items) for change, items in parts.items() if items)
    return Report(
        data=diff,
        columns=_COLUMNS,
        records=[
            (change, i.fingerprint, i.subject, i.not_before, i.not_after, i.reasons)
            for change, items in parts.items()
            for i in items
        ],
        blocks=blocks,
    )


def _listing(change: str, items: Sequence[Item]) -> Listing:
    title = f"{change.capitalize()} ({len(items)})"
    return Listing(
        title, [form.Item(i.fingerprint, "; ".join(i.reasons), i.subject) for i in items]
    )


# --- the first paragraph ---------------------------------------------------------------------


def _lead(diff: Diff, as_of: date | None) -> str:
    old, new = _names(diff)
    changes = (("drops", diff.removed), ("adds", diff.added), ("renames", diff.changed))
    deeds = [f"{verb} {len(items)}" for verb, items in changes if items]
    if not deeds:
        return f"{new} trusts the same {count(diff.unchanged, 'root')} as {old}."
    deeds[0] += " root" if deeds[0].endswith(" 1") else " roots"
    sentences = [f"{new} {listed(deeds)}; {diff.unchanged} stay as they were in {old}."]
    if diff.removed:
        sentences.extend(_on_removed(diff.removed, as_of))
    return " ".join(sentences)


def _names(diff: Diff) -> tuple[str, str]:
    """Name the two sides, as exactly as it takes to tell them apart."""
    old, new = diff.old, diff.new
    if old.firmware != new.firmware:
        return old.firmware, new.firmware
    if old.revision != new.revision:
        return f"{old.firmware}@{old.revision}", f"{new.firmware}@{new.revision}"
    return f"{old.firmware} of {old.product}", f"{new.firmware} of {new.product}"


def _on_removed(removed: Sequence[Item], as_of: date | None) -> list[str]:
    when = moment(as_of)
    ends = [item.not_after for item in removed if item.not_after and item.not_after < when]
    known = [item for item in removed if item.not_after]
    day = iso(as_of or max(ends).date()) if ends else ""
    if len(ends) == len(removed):
        if len(removed) == 1:
            return [f"It had expired by {day}."]
        return [f"{'Both' if len(removed) == 2 else f'All {len(removed)}'} had expired by {day}."]
    sentences = [f"Of those dropped, {len(ends)} had expired by {day}."] if ends else []
    if left := len(known) - len(ends):
        verb = "is" if left == 1 else "are"
        sentences.append(
            f"{left} {verb} still valid: servers whose chain ends there lose the phones."
        )
    if unknown := len(removed) - len(known):
        sentences.append(f"The certificates of {unknown} are not known.")
    return sentences
