"""What an answer is about: the lists of the releases it names, and the documents they are from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pipeline.questions import snapshots
from pipeline.questions.snapshots import SnapshotInfo
from pipeline.report.model import Report
from pipeline.report.words import count, listed

if TYPE_CHECKING:
    from sqlalchemy import Engine

SAMPLES: Final = frozenset(
    {
        "90d38122010264a5cd42da6ec8d6713baf9b7cc858a58ab78d9ce84988fca094",
        "fbfd808721b1bdbd361b8acc9e769a077bee9762a13dd014b02c55f656e5788f",
        "e5bef99a638af90101bfbaf4c7eae985cbd1efebb5847a0b678ef2198ed98868",
    }
)
"""SHA-256 of the project's own sample documents, which are not Cisco's."""

_MOST_NAMED: Final = 4


def with_lists(report: Report, engine: Engine) -> Report:
    """Add the snapshots of the releases that a report is about, for the formats that name them."""
    if not report.releases:
        return report
    loaded = snapshots.snapshots(engine)
    if report.releases == "all":
        return replace(report, lists=loaded)
    by_id = {each.id: each for each in loaded}
    return replace(report, lists=[by_id[each] for each in report.releases if each in by_id])


def summary(lists: Sequence[SnapshotInfo]) -> str:
    """Say in a line which lists these are: products, releases, documents."""
    products = list(dict.fromkeys(each.product for each in lists))
    names = list(dict.fromkeys(each.firmware for each in lists))
    documents = list(dict.fromkeys(each.document for each in lists))
    return ": ".join(
        [
            _some(products, "product"),
            f"{_some(names, 'release')}, from {_some(documents, 'document')}",
        ]
    )


def _some(names: list[str], noun: str) -> str:
    return listed(names) if len(names) <= _MOST_NAMED else count(len(names), noun)


def caveat(lists: Sequence[SnapshotInfo]) -> str:
    """Say that lists are the project's samples, if they are."""
    samples = sum(each.document_sha256 in SAMPLES for each in lists)
    if not samples:
        return ""
    return "sample lists, not Cisco's" if samples == len(lists) else "some are samples, not Cisco's"
