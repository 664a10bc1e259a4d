"""What the phones' releases say of the chains, taken from `pipeline.check`, and put together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Literal

from sqlalchemy import Engine

from pipeline.check import Chain, check_all
from pipeline.check.answer import Period, Result, Verdict
from pipeline.firmware import ReleaseId

Needs = Literal["all", "any"]


Results = Mapping[ReleaseId, Result]
"""What each release says of one chain."""


def results(
    engine: Engine,
    chains: Sequence[Chain],
    products: Collection[str],
    *,
    on: datetime,
    certs: Sequence[Path] = (),
    online: bool = False,
    allow_private: bool = False,
) -> list[Results]:
    """Ask all releases that are loaded of some products about each chain."""
    answers: list[dict[ReleaseId, Result]] = [{} for _ in chains]
    for product in products:
        checks = check_all(
            engine,
            chains,
            product=product,
            on=on,
            certs=certs,
            online=online,
            allow_private=allow_private,
        ).checks
        for answer, check in zip(answers, checks, strict=True):
            for each in check.results:
                answer[ReleaseId(each.product, each.firmware, each.revision)] = each
    return list(answers)


def verdict_of(verdicts: Collection[Verdict], needs: Needs) -> Verdict:
    """Give the verdict of a phone that needs all of some servers, or any."""
    decisive: Verdict = "refused" if needs == "all" else "accepted"
    if decisive in verdicts:
        return decisive
    if "unknown" in verdicts:
        return "unknown"
    return "accepted" if needs == "all" else "refused"


def periods_of(each: Sequence[Sequence[Period]], needs: Needs) -> list[Period]:
    """Give the times in which all of some chains are accepted, or any of them."""
    edges = sorted({edge for periods in each for one in periods for edge in (one.start, one.end)})
    enough = len(each) if needs == "all" else 1
    found: list[Period] = []
    for start, end in pairwise(edges):
        if sum(is_within(start, periods) for periods in each) < enough:
            continue
        if found and found[-1].end == start:
            start = found.pop().start
        found.append(Period(start, end))
    return found


def is_within(time: datetime, periods: Sequence[Period]) -> bool:
    """Whether a time is in one of the periods."""
    return any(each.start <= time < each.end for each in periods)


def end_of(time: datetime, periods: Sequence[Period]) -> datetime | None:
    """Give the end of the period that a time is in."""
    return next((each.end for each in periods if each.start <= time < each.end), None)
