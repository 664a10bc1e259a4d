"""The report of a release and a root store: what only one of the two has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pipeline.questions.against import Against, Store
from pipeline.report.answers.diff import COLUMNS, listing, record
from pipeline.report.model import Block, Paragraph, Report, iso
from pipeline.report.words import count

_CHANGES: Final = ("only-in-release", "only-in-store")


def report(against: Against) -> Report:
    """Say how many roots only one of them has; then list what the release lacks, and the rest."""
    name, store = against.release.firmware, against.store.name
    parts = (
        (f"Only in {store}", _CHANGES[1], against.only_in_store),
        (f"Only in {name}", _CHANGES[0], against.only_in_release),
    )
    blocks: list[Block] = [Paragraph(" ".join(_lead(against)), is_lead=True)]
    blocks.extend(listing(title, items) for title, _, items in parts if items)
    return Report(
        data=against,
        columns=COLUMNS,
        records=[record(change, item) for _, change, items in parts for item in items],
        blocks=blocks,
    )


def _lead(against: Against) -> Iterator[str]:
    name, store = against.release.firmware, against.store
    lacking, more = len(against.only_in_store), len(against.only_in_release)
    if not lacking and not more:
        yield f"{name} trusts exactly the {count(against.in_both, 'root')} of {_called(store)}."
    elif not lacking:
        yield f"{name} trusts all {count(against.in_both, 'root')} of {_called(store)}"
        yield f"and {more:,} more."
    else:
        number = "all" if not against.in_both else f"{lacking:,} of the"
        yield f"{name} lacks {number} {count(store.certificates, 'root')} of {_called(store)}:"
        yield "phones refuse servers whose chain ends in one of them."
        yield f"It trusts {_others(against)}{count(more, 'root')} that {store.name} hasn't."
    others = store.not_self_signed
    if others and store.newest is None:
        yield f"{count(others, 'certificate')} of {store.name} {'is' if others == 1 else 'are'}"
        yield "not self-signed, so no root; `trustlist check` judges chains."


def _others(against: Against) -> str:
    return f"the other {against.in_both:,}, and " if against.in_both else ""


def _called(store: Store) -> str:
    if store.newest:
        return f"{store.name} ({store.source}, {iso(store.newest)})"
    return store.source if store.source.startswith(store.name) else store.name
