"""What `fleet` answers: plain data, the keys of its JSON. Times are UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pipeline.check.answer import Verdict
from pipeline.questions.snapshots import NOT_WRITTEN, SnapshotInfo

FixKind = Literal["server", "upgrade", "combined"]


@dataclass(frozen=True, slots=True)
class UnusableRow:
    """A row of an inventory that says nothing of a device: from a line to another, and why."""

    source: str
    first: int
    last: int
    reason: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """What was in the inventory.

    ``rows`` are ``phones``, ``others`` (devices that are no phones, by kind), ``repeated`` (entries
    of a device beside the one that counts) and ``unusable`` ones, of which the first few are in
    ``unusable_rows``. ``pinned`` counts the phones of which only the load is known that they are
    meant to run. ``over_mra`` are those that register over Expressway, None if that isn't known.
    """

    sources: list[str]
    rows: int
    phones: int
    others: dict[str, int]
    repeated: int
    unusable: int
    unusable_rows: list[UnusableRow]
    pinned: int
    over_mra: int | None
    remarks: list[str]


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """What a release says of one chain. ``until`` is when that it accepts ends."""

    source: str
    verdict: Verdict
    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class FleetRelease:
    """The phones that run one release, and what it says of the chains.

    ``firmware`` is what the phones run, None where their load doesn't tell; ``load`` is an example
    of it. ``judged_as`` is the loaded release whose list was taken, None if there is none; if it is
    not the same, it ``is_assumed`` that the list is. ``remark`` says what to do about either.
    """

    product: str | None
    firmware: str | None
    load: str
    phones: int
    over_mra: int
    judged_as: str | None
    revision: int | None
    is_assumed: bool
    remark: str
    verdict: Verdict
    until: datetime | None
    reason: str
    chains: list[ChainVerdict]
    fix: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Something that brings phones back.

    ``steps`` are what to do, several if it is ``combined``. ``brings_back`` counts the phones that
    accept with it and don't now, ``loses`` those that it does the reverse to. ``upgrades`` counts
    the phones to be upgraded, of which ``over_mra`` can't be, as they register over Expressway
    (None: not known). ``releases`` are those it helps. ``is_tested``: each step was tried on each
    of these releases.
    """

    kind: FixKind
    summary: str
    steps: list[str]
    brings_back: int
    loses: int
    upgrades: int
    over_mra: int | None
    is_tested: bool
    releases: list[str]


@dataclass(frozen=True, slots=True)
class FleetChange:
    """From ``at`` on so many phones accept, until the next change; ``why`` says what changed."""

    at: datetime
    accepted: int
    refused: int
    unknown: int
    why: str


@dataclass(frozen=True, slots=True)
class FleetChain:
    """A chain that was asked about. ``name`` is what its server's certificate is for."""

    source: str
    name: str
    not_after: datetime


@dataclass(frozen=True, slots=True)
class FleetAnswer:
    """Which phones accept the chains (``needs``: all of them, or any) on a day.

    ``until`` is when the first of the phones that accept comes to refuse. ``changes`` begin on the
    day asked for. ``fixes`` are the best first, ``combined`` ones only if no single one does.
    ``gaps`` are the releases that may lack roots.
    """

    on: datetime
    needs: Literal["all", "any"]
    chains: list[FleetChain]
    inventory: Inventory
    accepted: int
    refused: int
    unknown: int
    until: datetime | None
    releases: list[FleetRelease]
    fixes: list[Fix]
    changes: list[FleetChange]
    gaps: list[SnapshotInfo] = field(default_factory=list, metadata=NOT_WRITTEN)


@dataclass(frozen=True, slots=True)
class TrustedRelease:
    """The phones that run one release, as in `FleetRelease`, and how many roots it trusts."""

    product: str | None
    firmware: str | None
    load: str
    phones: int
    judged_as: str | None
    revision: int | None
    is_assumed: bool
    remark: str
    roots: int | None


@dataclass(frozen=True, slots=True)
class FleetRoot:
    """A root and how many phones trust it; ``in_browsers``: a browser has it in store now."""

    fingerprint: str
    subject: str
    not_after: datetime
    phones: int
    in_browsers: bool


@dataclass(frozen=True, slots=True)
class FleetTrust:
    """What the phones trust: roots that end within a year, and those that all phones trust.

    ``all`` are those phones whose release is known; ``unknown`` counts the others. ``gaps`` as in
    `FleetAnswer`.
    """

    on: datetime
    until: datetime
    inventory: Inventory
    unknown: int
    releases: list[TrustedRelease]
    expiring: list[FleetRoot]
    trusted_by_all: list[FleetRoot]
    gaps: list[SnapshotInfo] = field(default_factory=list, metadata=NOT_WRITTEN)
