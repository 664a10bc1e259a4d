"""What `check` answers: plain data, the keys of its JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pipeline.check.openssl.path import BuilderName
from pipeline.questions.snapshots import NOT_WRITTEN, SnapshotInfo

Verdict = Literal["accepted", "refused", "unknown"]

FindingKind = Literal[
    "starts-with-ca",
    "wrong-order",
    "duplicate",
    "unneeded",
    "root-sent",
    "missing-intermediate",
    "not-fetched",
    "private-key",
]

RemedyKind = Literal[
    "stop-sending",
    "send",
    "replace",
    "renew",
    "wait",
    "upgrade",
    "other-ca",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the chain as it is sent that is worth a sentence."""

    kind: FindingKind
    text: str


@dataclass(frozen=True, slots=True)
class ChainCertificate:
    """A certificate of the chain. ``position`` counts from 1, as it is sent; times are UTC.

    ``is_target`` marks the one whose acceptance is asked for.
    """

    position: int
    fingerprint: str
    fingerprint_sha256: str
    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime
    is_ca: bool
    is_target: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A certificate of a path, and whether the server sent it or the release has it as a root."""

    fingerprint: str
    subject: str
    not_after: datetime
    origin: Literal["server", "trust list"]


@dataclass(frozen=True, slots=True)
class Builder:
    """What one way of building paths comes to.

    ``error`` is in OpenSSL's words, ``depth`` the place in ``path`` it is about, from 0 for the
    server's certificate; both are None if ``ok``.
    """

    ok: bool
    error: str | None
    depth: int | None
    path: list[Step]


@dataclass(frozen=True, slots=True)
class Period:
    """A time in which a chain is accepted, UTC.

    ``end`` is the last second of a certificate's validity, the one in which OpenSSL takes it as
    expired already; RFC 5280 section 4.1.2.5 has the certificate valid in that second, too.
    """

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Remedy:
    """Something that makes the release accept the chain.

    ``is_tested``: the builders were run again with it, and accept. If not, something that isn't
    known here is part of it. ``summary`` is a clause (``stop sending …``), ``text`` sentences that
    say how. ``breaks`` are the releases asked for that accept the chain now and wouldn't any more.
    """

    kind: RemedyKind
    summary: str
    text: str
    is_tested: bool = True
    certificates: list[str] = field(default_factory=list)
    firmware: str | None = None
    breaks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Notice:
    """A document of Cisco's that tells of this case."""

    document: str
    bugs: list[str]
    text: str


@dataclass(frozen=True, slots=True)
class Result:
    """Whether one release accepts the chain: the stricter of what the builders say.

    ``since`` is when the certificate ended that has expired; ``until`` is when the release, that
    accepts the chain on the day asked for, comes to refuse it. ``accepted`` has all the times in
    which it is accepted.
    """

    product: str
    firmware: str
    revision: int
    verdict: Verdict
    reason: str
    since: datetime | None
    until: datetime | None
    builders: dict[BuilderName, Builder]
    accepted: list[Period]
    remedies: list[Remedy]
    notices: list[Notice]


@dataclass(frozen=True, slots=True)
class NameCheck:
    """Whether the server's certificate is for a name (RFC 9525); ``names`` are those it is for."""

    name: str
    ok: bool
    names: list[str]


@dataclass(frozen=True, slots=True)
class CommonRoot:
    """A root that all the releases asked for trust, and that outlives the server's certificate."""

    fingerprint: str
    subject: str
    not_after: datetime
    in_browsers: bool


@dataclass(frozen=True, slots=True)
class Check:
    """Which releases accept a chain on a day. ``source`` is the file or server it is from."""

    on: datetime
    chain: list[ChainCertificate]
    results: list[Result]
    source: str
    name: NameCheck | None
    findings: list[Finding]
    common_roots: list[CommonRoot]

    @property
    def is_accepted(self) -> bool:
        """Whether every release asked for accepts it."""
        return all(result.verdict == "accepted" for result in self.results)


@dataclass(frozen=True, slots=True)
class Checks:
    """The same for several chains, each on its own. ``gaps`` are releases that may lack roots."""

    on: datetime
    checks: list[Check]
    gaps: list[SnapshotInfo] = field(default_factory=list, metadata=NOT_WRITTEN)
