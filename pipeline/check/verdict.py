"""What a release says of a chain on a day, by both builders; the stricter is the phone's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import Literal

from pipeline.check.answer import Builder, Period, Step, Verdict
from pipeline.check.name_key import name_key
from pipeline.check.openssl.anchors import Anchors
from pipeline.check.openssl.outcome import (
    BUILDERS,
    NO_ROOT,
    BuilderName,
    Outcome,
    Purpose,
    StandIn,
    can_issue,
    is_valid,
    verify,
)
from pipeline.check.releases import Release, TrustedEntry
from pipeline.x509.certificate import Certificate


@dataclass(frozen=True)
class Judgement:
    """What a release says: a verdict, what each builder came to, and who decided.

    ``unresolved`` is the entry without a certificate that a path may end in, if the verdict hangs
    on it.
    """

    verdict: Verdict
    outcomes: Mapping[BuilderName, Outcome]
    unresolved: TrustedEntry | None = None

    @property
    def decisive(self) -> Outcome:
        """The outcome that the verdict follows: the first no, or else unknown, or the stricter."""
        is_no = sorted(
            (outcome for outcome in self.outcomes.values() if not outcome.ok),
            key=lambda outcome: outcome.is_unknown,
        )
        return next(iter(is_no), self.outcomes[BUILDERS[0]])


@dataclass(frozen=True)
class Sent:
    """What a server sends: its own certificate, and others in any order.

    A target that is a CA's is taken for the issuer of a server's certificate, unless it is known to
    be a server's own (``is_own``). So is one that is known to be an issuer (``is_issuer``), even if
    it doesn't say that it is a CA's: roots of version 1 can't.
    """

    target: Certificate
    others: tuple[Certificate, ...]
    is_own: bool = False
    is_issuer: bool = False

    @cached_property
    def all(self) -> tuple[Certificate, ...]:
        """The target first."""
        return (self.target, *self.others)

    @cached_property
    def fingerprints(self) -> tuple[str, ...]:
        """What tells this from anything else that is sent."""
        return tuple(
            f"~{each.fingerprint}" if isinstance(each, StandIn) else each.fingerprint
            for each in self.all
        )

    @cached_property
    def names(self) -> frozenset[str]:
        """All subjects and issuers, in the form `Release.relevant` takes."""
        return frozenset(
            name_key(name) for each in self.all for name in (each.subject, each.issuer)
        )

    def without(self, certificate: Certificate) -> Sent:
        """What is sent if a certificate isn't any more."""
        return replace(self, others=tuple(each for each in self.others if each != certificate))

    def from_issuer(self, issuer: Certificate) -> Sent:
        """What is sent, seen from an issuer of the target on."""
        others = tuple(each for each in self.others if each != issuer)
        return Sent(issuer, others, is_issuer=True)

    def along_with(self, certificate: Certificate) -> Sent:
        """What is sent if another certificate is, too."""
        return replace(self, others=(*self.others, certificate))


class Judge:
    """Judges chains on one day; releases that don't differ in what matters are judged as one."""

    def __init__(self, on: datetime) -> None:
        self.on = on
        self._known: dict[tuple[object, ...], Judgement] = {}

    def judge(self, sent: Sent, release: Release, on: datetime | None = None) -> Judgement:
        """Say whether a release accepts what is sent."""
        when = on or self.on
        key = sent.fingerprints, sent.is_own, sent.is_issuer, release.relevant(sent.names), when
        if key not in self._known:
            self._known[key] = _judge(sent, release.with_proven(sent.all), when)
        return self._known[key]

    def accepts(self, sent: Sent, release: Release) -> bool:
        """Whether a release accepts what is sent, by both builders."""
        return self.judge(sent, release).verdict == "accepted"

    def periods(self, sent: Sent, release: Release) -> list[Period]:
        """Find when a release accepts what is sent.

        That changes only where the validity of a certificate begins or ends that can be in a path.
        """
        target = sent.target
        known = release.with_proven(sent.all).roots
        roots = (known[each] for each in release.relevant(sent.names) if each in known)
        edges = {
            edge
            for certificate in (*sent.all, *roots)
            for edge in (certificate.not_before, certificate.not_after)
            if target.not_before <= edge <= target.not_after
        }
        found: list[Period] = []
        for start, end in pairwise(sorted(edges)):
            if self.judge(sent, release, start).verdict != "accepted":
                continue
            if found and found[-1].end == start:
                start = found.pop().start
            found.append(Period(start, end))
        return found


def builders(judgement: Judgement, sent: Sent, release: Release) -> dict[BuilderName, Builder]:
    """Tell in plain data what each builder came to of what was sent."""
    fingerprints = set(sent.fingerprints)
    roots = release.with_proven(sent.all).roots

    def step(certificate: Certificate, *, is_top: bool) -> Step:
        digest = certificate.fingerprint
        is_root = digest in roots and (is_top or digest not in fingerprints)
        origin: Literal["server", "trust list"] = "trust list" if is_root else "server"
        return Step(digest, str(certificate.subject), certificate.not_after, origin)

    return {
        name: Builder(
            outcome.ok,
            outcome.error or None,
            outcome.depth,
            [step(each, is_top=each is outcome.path[-1]) for each in outcome.path],
        )
        for name, outcome in judgement.outcomes.items()
    }


def _judge(sent: Sent, release: Release, on: datetime) -> Judgement:
    # what starts with a CA is checked from there
    is_issuer = sent.is_issuer or (can_issue(sent.target) and not sent.is_own)
    purpose: Purpose = "issuer" if is_issuer else "server"
    outcomes = {
        builder: verify(sent.target, sent.all, release.anchors, on, builder, purpose=purpose)
        for builder in BUILDERS
    }
    undecided = {
        builder: _undecided_root(builder, outcome, sent, release, on)
        for builder, outcome in outcomes.items()
        if not outcome.ok and not outcome.is_unknown
    }
    if None in undecided.values():
        return Judgement("refused", outcomes)
    if undecided:
        return Judgement("unknown", outcomes, next(iter(undecided.values())))
    is_unknown = any(outcome.is_unknown for outcome in outcomes.values())
    return Judgement("unknown" if is_unknown else "accepted", outcomes)


def _undecided_root(
    builder: BuilderName, outcome: Outcome, sent: Sent, release: Release, on: datetime
) -> TrustedEntry | None:
    """Find an entry that might, if its certificate were known, make a path that is accepted.

    It is taken for a self-signed root, as almost all are. It would take the place of what stands
    above a certificate that names it as its issuer. Before OpenSSL 1.1.0 the list is asked only
    where what is sent comes to an end (a root there gives way to the list's) or, if no root is
    found there, anywhere below.
    """
    if not release.unresolved:
        return None
    if builder == "untrusted-first" and (found := _at_the_end(sent, release, on)):
        return found
    end = sum(each in sent.all for each in outcome.path) - 1
    if end > 0 and outcome.path[end].is_self_issued:
        end -= 1
    for place, certificate in enumerate(outcome.path):
        is_wrong_itself = outcome.depth == place and outcome.code not in NO_ROOT
        if is_wrong_itself or not is_valid(certificate, on):
            return None
        is_asked = builder == "trusted-first" or outcome.code in NO_ROOT or place >= end
        if is_asked and (found := release.unresolved_named(certificate.issuer)):
            return found
    return None


def _at_the_end(sent: Sent, release: Release, on: datetime) -> TrustedEntry | None:
    """Find the entry that what is sent comes to an end at, on its own.

    Where that isn't known, the path that was judged may be another, found farther down.
    """
    path = verify(sent.target, sent.all, Anchors(()), on, "untrusted-first").path
    if len(path) > 1 and path[-1].is_self_issued:
        path = path[:-1]
    if not all(is_valid(each, on) for each in path):
        return None
    return release.unresolved_named(path[-1].issuer)
