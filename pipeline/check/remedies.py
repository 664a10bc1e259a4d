"""What makes a release accept a chain: each change is tried on that release before it is offered.

A change is some certificates less and some more in what the server sends. All that are of one
certificate are tried; those of more only where none of one helps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final, Literal

from pipeline.check.answer import Builder
from pipeline.check.chain import is_ca
from pipeline.check.intermediates import Pool, issuer_urls
from pipeline.check.name_key import name_key
from pipeline.check.openssl.codes import Code
from pipeline.check.openssl.outcome import BuilderName, StandIn
from pipeline.check.releases import Release
from pipeline.check.verdict import Judge, Judgement, Sent, builders
from pipeline.x509.certificate import Certificate

MOST_CHANGES: Final = 3
"""Certificates that a change drops or adds at most."""
MOST_OFFERED: Final = 20
"""Changes that are given, the best of them."""
_MOST_TRIES: Final = 300

Need = Literal["renew", "wait", "suit"]
"""What the target needs before anything else can help: another that is valid, or for servers."""


@dataclass(frozen=True)
class Change:
    """Certificates that are not sent any more, and others that are, behind all that is sent."""

    dropped: tuple[Certificate, ...] = ()
    added: tuple[Certificate, ...] = ()

    @property
    def stand_ins(self) -> list[StandIn]:
        """Those of what is added whose bytes aren't at hand."""
        return [each for each in self.added if isinstance(each, StandIn)]

    def of(self, sent: Sent) -> Sent:
        """What is sent after it."""
        for each in self.dropped:
            sent = sent.without(each)
        for each in self.added:
            sent = sent.along_with(each)
        return sent


class Case:
    """A chain and what could be sent besides, to be tried on releases on one day.

    ``asked`` are the releases that the question is about.
    """

    def __init__(self, sent: Sent, judge: Judge, pool: Pool, asked: Sequence[Release]) -> None:
        self.sent = sent
        self.judge = judge
        self.pool = pool
        self.asked = asked
        self.candidates = pool.candidates(sent.all)
        self._names = Sent(sent.target, (*sent.others, *self.candidates)).names
        self._keys: dict[Release, tuple[str, ...]] = {}
        self._accepted: dict[tuple[str, ...], bool] = {}

    def look_again(self) -> None:
        """Take what the pool knows now; its names are the same as before."""
        self.candidates = self.pool.candidates(self.sent.all)

    def key(self, release: Release) -> tuple[str, ...]:
        """Give what tells apart releases that may differ, whatever is sent of what is known.

        It is the roots that a path can meet, in their order; the candidates and the day are the
        same for all. What was tried on a release was tried on all that have the same.
        """
        if release not in self._keys:
            self._keys[release] = release.relevant(self._names)
        return self._keys[release]

    @cached_property
    def groups(self) -> list[list[Release]]:
        """The releases asked for, those together that can't differ."""
        found: dict[tuple[str, ...], list[Release]] = {}
        for release in self.asked:
            found.setdefault(self.key(release), []).append(release)
        return list(found.values())

    # --- a target that is at fault itself ---

    def need(self, release: Release) -> Need | None:
        """Say what the target needs before anything else can help."""
        target, on = self.sent.target, self.judge.on
        if on < target.not_before:
            return "wait"
        if on >= target.not_after:
            return "renew"
        outcomes = self.judge.judge(self.sent, release).outcomes.values()
        is_unsuited = any(e.code == Code.INVALID_PURPOSE and not e.depth for e in outcomes)
        return "suit" if is_unsuited and not is_ca(target) else None

    def accepts(self, sent: Sent, release: Release, need: Need | None = None) -> bool:
        """Whether a release accepts what is sent, supposed that the target has what it needs.

        Of one that needs to be renewed or another, only what is above it is judged.
        """
        if need is None and sent is self.sent:
            return self.is_accepted(release)
        tried = self._tried(sent, release, need)
        return tried is not None and tried[1].verdict == "accepted"

    def paths(
        self, change: Change, release: Release, need: Need | None = None
    ) -> dict[BuilderName, Builder]:
        """Give what each builder comes to after a change; `accepts` says which part is judged."""
        tried = self._tried(change.of(self.sent), release, need)
        return builders(tried[1], tried[0], release) if tried else {}

    def _tried(
        self, sent: Sent, release: Release, need: Need | None
    ) -> tuple[Sent, Judgement] | None:
        """Judge what is sent; of a target that won't stay, only from its issuer, if it is clear."""
        if need is None:
            return sent, self.judge.judge(sent, release)
        if need == "wait":
            return sent, self.judge.judge(sent, release, sent.target.not_before)
        outcomes = self.judge.judge(sent, release).outcomes.values()
        issuers = {each.path[1] for each in outcomes if len(each.path) > 1}
        if len(issuers) != 1:
            return None
        above = sent.from_issuer(*issuers)
        return above, self.judge.judge(above, release)

    def is_accepted(self, release: Release) -> bool:
        """Whether a release accepts what is sent, as it is."""
        key = self.key(release)
        if key not in self._accepted:
            self._accepted[key] = self.judge.accepts(self.sent, release)
        return self._accepted[key]

    # --- the search ---

    def changes(self, release: Release, need: Need | None = None) -> list[Change]:
        """Give the smallest changes that make a release accept, the one of least effort first.

        There are none if it accepts already, or if nothing that is known helps. It is less effort
        to drop than to add, and to add what is at hand; then counts how many of the releases asked
        for it cures, how few it breaks, and how long what is added is valid; of that, the newest.
        """
        if self.accepts(self.sent, release, need):
            return []
        level = [
            *(Change(dropped=(each,)) for each in self.sent.others),
            *(Change(added=(each,)) for each in self.candidates),
        ]
        tried: set[tuple[frozenset[Certificate], frozenset[Certificate]]] = set()
        for _ in range(MOST_CHANGES):
            helping = [each for each in level if self.accepts(each.of(self.sent), release, need)]
            if helping:
                helping.sort(key=lambda each: self._effort(each, need))
                return helping[:MOST_OFFERED]
            following = []
            for more in (more for each in level for more in self._further(each, release)):
                parts = frozenset(more.dropped), frozenset(more.added)
                if parts not in tried and len(tried) < _MOST_TRIES:
                    tried.add(parts)
                    following.append(more)
            level = following
        return []

    def _further(self, change: Change, release: Release) -> Iterator[Change]:
        """Drop one more of what is sent, or add one that a path asks for that fails."""
        sent = change.of(self.sent)
        outcomes = self.judge.judge(sent, release).outcomes.values()
        path = {each for e in outcomes if not e.ok for each in e.path}
        wanted = {name_key(each.issuer) for each in path}
        for each in self.sent.others:
            if each not in change.dropped:
                yield Change((*change.dropped, each), change.added)
        for each in self.candidates:
            if each not in change.added and name_key(each.subject) in wanted:
                yield Change(change.dropped, (*change.added, each))

    def _effort(self, change: Change, need: Need | None) -> tuple[float, ...]:
        return (
            len(change.added),
            len(change.stand_ins),
            -len(self.cured(change, need)),
            len(self.broken(change, need)),
            -min((each.not_after.timestamp() for each in change.added), default=0.0),
            -sum(each.not_before.timestamp() for each in change.added),
        )

    def cured(self, change: Change, need: Need | None = None) -> list[Release]:
        """Give the releases asked for that refuse what is sent and accept it after a change."""
        return list(self._turned(change, need, accepted_before=False))

    def broken(self, change: Change, need: Need | None = None) -> list[Release]:
        """Give the releases asked for that accept what is sent and refuse it after a change."""
        return list(self._turned(change, need, accepted_before=True))

    def _turned(
        self, change: Change, need: Need | None, *, accepted_before: bool
    ) -> Iterator[Release]:
        after = change.of(self.sent)
        for group in self.groups:
            before = self.accepts(self.sent, group[0], need)
            if before == accepted_before and self.accepts(after, group[0], need) != before:
                yield from group


# --- where what helps isn't known -------------------------------------------------------------


def missing_issuer(case: Case, release: Release) -> Certificate | None:
    """Find the certificate that every path stops at for want of its issuer's, which isn't known.

    No known root has the issuer's name: then there is nothing else to send.
    """
    ends = _ends(case, release, Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY)
    if len(ends) != 1 or ends[0].is_self_signed or _is_known(case, ends[0]):
        return None
    return ends[0]


def to_renew(case: Case, release: Release) -> Certificate | None:
    """Find an intermediate that is sent and has ended, if the release trusts who issued it."""
    for outcome in case.judge.judge(case.sent, release).outcomes.values():
        for ended, issuer in pairwise(outcome.path[1:]):
            if ended not in case.sent.others or case.judge.on < ended.not_after:
                continue
            if case.judge.accepts(case.sent.without(ended).from_issuer(issuer), release):
                return ended
    return None


def private_root(case: Case, release: Release) -> str | None:
    """Name the root of a private CA that a chain ends in, as far as can be told.

    It is one that is sent and known to nobody; or the issuer of the last certificate, if it is not
    known and either of a domain of its own (DC) or of an organisation that runs no known root,
    and that certificate is of the same organisation or doesn't say where its issuer's would be.
    """
    ends = _ends(case, release)
    for end in ends:
        if _is_known(case, end):
            return None
        if not end.is_self_signed and not _is_private(case, end):
            return None
    return ends[0].issuer.label if ends else None


def _is_private(case: Case, end: Certificate) -> bool:
    types = {each.type for each in end.issuer.attributes}
    if "DC" in types:
        return True
    if "O" not in types or case.pool.is_of_a_public_ca(end.issuer):
        return False
    return end.subject.owner == end.issuer.owner or not issuer_urls(end)


def _ends(case: Case, release: Release, code: Code | None = None) -> list[Certificate]:
    """Give the last certificate of each path that fails; none if one does for another reason."""
    outcomes = case.judge.judge(case.sent, release).outcomes.values()
    if code is not None and any(each.code != code for each in outcomes):
        return []
    ends = (each.path[-1] for each in outcomes if not each.ok)
    return list(dict.fromkeys(ends))


def _is_known(case: Case, end: Certificate) -> bool:
    """Whether a root has the issuer's name, or a certificate of it that is valid is at hand."""
    on = case.judge.on
    return (
        case.pool.has_root(end.issuer)
        or any(each.has_root(end.issuer) for each in case.asked)
        or any(each.not_before <= on < each.not_after for each in case.pool.issuers_of(end))
    )
