"""How many phones accept from when on: that changes only where a certificate begins or ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.check.chain import label
from pipeline.questions.fleet.fleet_answer import FleetChange
from pipeline.questions.fleet.verdicts import is_within
from pipeline.x509 import names

if TYPE_CHECKING:
    from pipeline.check import Chain
    from pipeline.check.answer import Period, Verdict
    from pipeline.questions.fleet.verdicts import Results


def changes(
    phones: Sequence[tuple[int, Verdict, Sequence[Period]]],
    on: datetime,
    until: datetime | None,
    why: Mapping[datetime, str],
) -> list[FleetChange]:
    """Count the phones of some releases that accept, on a day and from each change on.

    ``phones`` has for each release the number, what it says on the day, and when it accepts; one
    that can't be judged stays unknown. Nothing changes after ``until``.
    """
    edges = {
        edge
        for _, verdict, periods in phones
        for each in periods
        for edge in (each.start, each.end)
        if verdict != "unknown" and on < edge and (until is None or edge <= until)
    }
    found: list[FleetChange] = []
    for at in sorted({on, *edges}):
        unknown = sum(number for number, verdict, _ in phones if verdict == "unknown")
        accepted = sum(
            number
            for number, verdict, periods in phones
            if verdict != "unknown" and is_within(at, periods)
        )
        refused = sum(number for number, _, _ in phones) - accepted - unknown
        if not found or accepted != found[-1].accepted:
            found.append(FleetChange(at, accepted, refused, unknown, why.get(at, "")))
    return found


def reasons(chains: Sequence[Chain], results: Sequence[Results]) -> dict[datetime, str]:
    """Say what begins or ends at the times at which certificates do."""
    return {
        at: "; ".join(dict.fromkeys(texts))
        for at, texts in _grouped(_edges(chains, results)).items()
    }


def _edges(chains: Sequence[Chain], results: Sequence[Results]) -> Iterator[tuple[datetime, str]]:
    for chain in chains:
        for each in chain.sent:
            yield each.not_before, f"{label(each)} begins"
            yield each.not_after, f"{label(each)} ends"
    for of_chain in results:
        for result in of_chain.values():
            for builder in result.builders.values():
                for step in builder.path:
                    yield step.not_after, f"{names.label(step.subject)} ends"


def _grouped(edges: Iterator[tuple[datetime, str]]) -> dict[datetime, list[str]]:
    found: dict[datetime, list[str]] = {}
    for at, text in edges:
        found.setdefault(at, []).append(text)
    return found
