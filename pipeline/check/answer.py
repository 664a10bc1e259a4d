"""What `check` answers: plain data, the keys of its JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pipeline.catalogue.authorities import IssuesTo
from pipeline.check.openssl.outcome import BuilderName
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

RemarkKind = Literal[
    "no-client-auth",
    "weak-signature",
    "weak-key",
    "large-key",
    "long-names",
    "name-in-cn-only",
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
class Remark:
    """Something that the verdict doesn't follow from and that still may stop a phone or a server.

    ``document`` is the one of Cisco's that says so, if there is any.
    """

    kind: RemarkKind
    text: str
    document: str = ""


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

    ``is_tested``: the builders were run again with it for this very release, and accept; if not,
    ``untested`` says what of it couldn't be. ``summary`` is a clause (``stop sending …``), ``text``
    sentences that say how. ``certificates`` are those that it is about (SHA-1), ``firmware`` is the
    release to upgrade to. Of the releases asked for, ``cures`` counts those that refuse the chain
    now and would accept it, and ``breaks`` names those that accept it now and wouldn't any more.
    """

    kind: RemedyKind
    summary: str
    text: str
    is_tested: bool = True
    untested: str = ""
    certificates: list[str] = field(default_factory=list)
    firmware: str | None = None
    cures: int = 0
    breaks: list[str] = field(default_factory=list)
    # what each came to when it was tried, on the release to upgrade to if there is one; above a
    # certificate that is to be another; nothing of what couldn't be tried
    builders: dict[BuilderName, Builder] = field(default_factory=dict, metadata=NOT_WRITTEN)


@dataclass(frozen=True, slots=True)
class Notice:
    """A document of Cisco's that tells of this case."""

    document: str
    bugs: list[str]
    text: str


@dataclass(frozen=True, slots=True)
class Result:
    """Whether one release accepts the chain: the stricter of what the builders say.

    ``since`` is from when on it refuses the chain because a certificate has expired: when that
    ended or, if that was before, when the server's own began; ``until`` is when the release, that
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
    """Whether the server's certificate is for a name (RFC 9525).

    ``names`` are those it is for; ``problem`` says why they can't be read, if they can't.
    """

    name: str
    ok: bool
    names: list[str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class CommonRoot:
    """A root that all the releases asked for trust, and that outlives the server's certificate.

    ``in_browsers``: all browsers' stores have it now. ``authority`` is who runs it today.
    """

    fingerprint: str
    subject: str
    not_after: datetime
    in_browsers: bool
    authority: str


@dataclass(frozen=True, slots=True)
class OfferedCa:
    """A CA to buy a server's certificate from.

    ``releases`` counts those asked for that trust one of its ``roots`` (SHA-1), each of which
    outlives the server's certificate, the last until ``until``.
    """

    name: str
    issues_to: IssuesTo
    releases: int
    roots: list[str]
    until: datetime


@dataclass(frozen=True, slots=True)
class Check:
    """Which releases accept a chain on a day. ``source`` is the file or server it is from.

    Where a release refuses the chain, ``authorities`` are the CAs that a certificate could come
    from, the best first, ``common_roots`` the roots that all the releases asked for trust, and
    ``left_out`` counts those that some release trusts and that are none to buy under, by why not.
    Of several chains, those of all are named once, in `Checks`. If it ``is_strict``, remarks count.
    If it ``is_for_ca``, the chain begins with a CA's certificate, and the verdicts are on what that
    CA issues.
    """

    on: datetime
    chain: list[ChainCertificate]
    results: list[Result]
    source: str
    name: NameCheck | None
    findings: list[Finding]
    remarks: list[Remark]
    authorities: list[OfferedCa]
    common_roots: list[CommonRoot]
    left_out: dict[str, int]
    is_for_ca: bool
    is_strict: bool

    @property
    def is_accepted(self) -> bool:
        """Whether every release asked for accepts it and, if that is asked, without a remark."""
        is_fine = not (self.is_strict and self.remarks)
        return is_fine and all(result.verdict == "accepted" for result in self.results)


@dataclass(frozen=True, slots=True)
class Checks:
    """The same for several chains, each on its own.

    ``authorities``, ``common_roots`` and ``left_out`` are those of certificates that don't outlive
    any of the servers'. ``gaps`` are releases that may lack roots.
    """

    on: datetime
    checks: list[Check]
    authorities: list[OfferedCa] = field(default_factory=list)
    common_roots: list[CommonRoot] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    gaps: list[SnapshotInfo] = field(default_factory=list, metadata=NOT_WRITTEN)
