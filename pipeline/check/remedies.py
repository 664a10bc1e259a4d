"""What makes a release accept a chain: each remedy is tried out before it is offered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final, NamedTuple

from pipeline.check.answer import CommonRoot, NameCheck, Remedy, RemedyKind
from pipeline.check.chain import is_ca, label
from pipeline.check.intermediates import Pool, issuer_urls
from pipeline.check.notices import upgrade_caveat
from pipeline.check.openssl.path import Code
from pipeline.check.releases import Release
from pipeline.check.verdict import Judge, Sent
from pipeline.x509 import names
from pipeline.x509.certificate import Certificate, read
from pipeline.x509.names import Name

MOST_CHANGES: Final = 3
"""Certificates that a remedy drops or adds at most."""
_MOST_TRIES: Final = 200
_SERVERS: Final = "the server's certificate"
_NAMED: Final = 3  # of several, in one sentence
_COMMON_WORDS: Final = frozenset(
    [
        "Authority",
        "CA",
        "Certificate",
        "Certification",
        "Class",
        "DV",
        "ECC",
        "EV",
        "External",
        "Global",
        "OV",
        "Primary",
        "Public",
        "RSA",
        "Root",
        "SSL",
        "Secure",
        "Server",
        "TLS",
        "Trusted",
    ]
)


@dataclass(frozen=True)
class Case:
    """A chain that a release refuses, and what it takes to try something else.

    ``asked`` are the releases that the question is about. ``place`` says which certificate of the
    chain one is: ``certificate 3``. With ``is_renewed``, the target is supposed to be sound, and
    what is above it is judged.
    """

    sent: Sent
    release: Release
    judge: Judge
    asked: Sequence[Release]
    pool: Pool
    place: Callable[[Certificate], str]
    is_renewed: bool = False

    def accepts(self, sent: Sent, release: Release) -> bool:
        """Whether a release accepts what is sent."""
        if not self.is_renewed:
            return self.judge.accepts(sent, release)
        outcomes = self.judge.judge(sent, release).outcomes.values()
        issuers = {read(each.path[1].der) for each in outcomes if len(each.path) > 1}
        return len(issuers) == 1 and self.judge.accepts(sent.from_issuer(*issuers), release)

    def has_root(self, subject: Name) -> bool:
        """Whether a root of this name is known, trusted or not."""
        return self.pool.has_root(subject) or any(each.has_root(subject) for each in self.asked)


def remedies(case: Case) -> list[Remedy]:
    """Give what helps on the server, the least effort first; what doesn't help is left out."""
    return [*_by_sending_others(case), *_by_unknown_intermediate(case), *_by_own_change(case)]


def upgrade(other: Release | None) -> Iterator[Remedy]:
    """Offer the first release that accepts the chain, if there is any."""
    if other:
        text = (
            f"{other.firmware} is the next release loaded that accepts the chain. "
            f"{upgrade_caveat()}"
        )
        yield Remedy("upgrade", f"upgrade to {other.firmware}", text, firmware=other.firmware)


def other_ca(roots: Sequence[CommonRoot], asked: Sequence[Release]) -> Iterator[Remedy]:
    """Offer a CA whose root all releases asked trust for long enough, if there is any."""
    if not roots:
        return
    best = some([names.label(root.subject) for root in roots])
    is_one = len(asked) == 1
    whom = f"{asked[0].firmware} trusts" if is_one else f"all {len(asked)} releases trust"
    text = f"These outlive the server's certificate: {best}."
    summary = f"use a certificate from a CA whose root {whom}"
    yield Remedy("other-ca", summary, text, certificates=[each.fingerprint for each in roots])


def renaming(name: NameCheck, target: Certificate) -> Remedy:
    """Offer a certificate for the name that the chain's is not for."""
    its = f"The one there is is for {some(name.names)}. " if name.names else ""
    text = f"{its}Phones have to call the server by a name that its certificate has."
    summary = f"get a certificate for {name.name}"
    return Remedy("renew", summary, text, certificates=[target.fingerprint])


def some(names: Sequence[str]) -> str:
    """Write the first few of several names: ``a, b, c and 7 more``."""
    more = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
    return _listed([*names[:_NAMED], *more])


# --- dropping and adding certificates --------------------------------------------------------


@dataclass(frozen=True)
class _Attempt:
    sent: Sent
    dropped: tuple[Certificate, ...] = ()
    added: tuple[Certificate, ...] = ()

    @property
    def kind(self) -> RemedyKind:
        if self.dropped and self.added:
            return "replace"
        return "send" if self.added else "stop-sending"


def _by_sending_others(case: Case) -> Iterator[Remedy]:
    """Give the smallest change of each kind that helps, dropping before adding."""
    kinds: dict[RemedyKind, _Attempt] = {}
    for attempt in _attempts(case):
        if attempt.kind not in kinds and case.accepts(attempt.sent, case.release):
            kinds[attempt.kind] = attempt
            if attempt.kind == "stop-sending":
                break  # nothing is easier
    order: tuple[RemedyKind, ...] = ("stop-sending", "send", "replace")
    for kind in order[:2] if len(kinds) > 1 else order:
        if kind in kinds:
            yield _as_remedy(kinds[kind], case)


def _attempts(case: Case) -> Iterator[_Attempt]:
    """Change what the builders stumbled over, in one place, then in two, and so on."""
    attempts = [_Attempt(case.sent)]
    tried = {frozenset(case.sent.fingerprints)}
    for _ in range(MOST_CHANGES):
        following: list[_Attempt] = []
        for attempt in attempts:
            for change in _changes(attempt, case):
                key = frozenset(change.sent.fingerprints)
                if key not in tried and len(tried) < _MOST_TRIES:
                    tried.add(key)
                    following.append(change)
        following.sort(key=lambda each: len(each.added))
        yield from following
        attempts = following


def _changes(attempt: _Attempt, case: Case) -> Iterator[_Attempt]:
    """Drop one certificate, those first that are in the way, or add one that a path asks for."""
    sent = attempt.sent
    outcomes = case.judge.judge(sent, case.release).outcomes.values()
    path = dict.fromkeys(
        read(each.der) for outcome in outcomes if not outcome.ok for each in reversed(outcome.path)
    )
    # what was tried and given up isn't in the path any more, but may be what is in the way
    for each in dict.fromkeys([*path, *sent.others]):
        if each in sent.others and each not in attempt.added:
            yield _Attempt(sent.without(each), (*attempt.dropped, each), attempt.added)
    for certificate in path:
        for each in case.pool.issuers_of(certificate):
            if each not in sent.all and each not in attempt.dropped:
                yield _Attempt(sent.along_with(each), attempt.dropped, (*attempt.added, each))


def _as_remedy(attempt: _Attempt, case: Case) -> Remedy:
    clauses = []
    if attempt.dropped:
        what = _listed(_described(each, case) for each in attempt.dropped)
        clauses.append(f"stop sending {what}")
    if attempt.added:
        clauses.append(f"send {_listed(_described(each, case) for each in attempt.added)}")
    summary = " and ".join(clauses)
    sentences = [
        f"Take {case.place(each)} out of what the server sends: {_named(each)}."
        for each in attempt.dropped
    ]
    sentences += [
        f"Add to what the server sends: {_named(each)}, SHA-1 {each.fingerprint}."
        for each in attempt.added
    ]
    breaks = _breaks(attempt.sent, case)
    if breaks:
        sentences.append(f"But then {_listed(breaks)} would not accept it any more.")
    certificates = [each.fingerprint for each in (*attempt.dropped, *attempt.added)]
    return Remedy(
        attempt.kind, summary, " ".join(sentences), certificates=certificates, breaks=breaks
    )


def _named(each: Certificate) -> str:
    return f"{label(each)}, issued by {each.issuer.label}"


def _breaks(sent: Sent, case: Case) -> list[str]:
    return [
        each.firmware
        for each in case.asked
        if case.accepts(case.sent, each) and not case.accepts(sent, each)
    ]


def _short(label: str) -> str:
    """Leave out what the names of CAs have in common: ``USERTrust RSA …`` is ``USERTrust``."""
    own = list(takewhile(lambda word: word not in _COMMON_WORDS, label.split()))
    return " ".join(own) or label


def _described(each: Certificate, case: Case) -> str:
    """Say what a certificate is; one of a CA that also has a root is a cross-certificate."""
    if each.is_self_signed:
        return f"the root {each.subject.label}"
    if case.has_root(each.subject):
        return f"{_short(each.subject.label)}'s cross-certificate"
    return f"the certificate of {each.subject.label}"


# --- certificates that aren't at hand ---------------------------------------------------------


def _by_unknown_intermediate(case: Case) -> Iterator[Remedy]:
    """Whether what is missing would help can't be told without it."""
    outcomes = case.judge.judge(case.sent, case.release).outcomes.values()
    if not all(each.code == Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY for each in outcomes):
        return
    end = read(next(iter(outcomes)).path[-1].der)
    if case.pool.issuers_of(end) or case.has_root(end.issuer):
        return
    urls = issuer_urls(end)
    source = f"should be at {urls[0]}" if urls else "is to be had from the CA"
    text = (
        f"Not tested, as it is not known here. It {source}; to be sure, let --online fetch it, or "
        "add it with --certs."
    )
    summary = f"send the certificate of {end.issuer.label}"
    if need := _need(case):
        yield Remedy(
            need.kind, f"{need.summary}, and {summary}", f"{need.text} {text}", is_tested=False
        )
    else:
        yield Remedy("send", summary, text, is_tested=False)


# --- a target that is at fault itself ----------------------------------------------------------


class _Need(NamedTuple):
    """What the target needs, whatever else is sent: a remedy's kind, summary and text."""

    kind: RemedyKind
    summary: str
    text: str


def _need(case: Case) -> _Need | None:
    target, on = case.sent.target, case.judge.on
    name = label(target)
    if on < target.not_before:
        summary = f"wait until {target.not_before:%Y-%m-%d %H:%M} UTC, or check --on and the clock"
        text = (
            f"The certificate of {name} is valid from then on. If it should be by now, the day "
            "that was asked for (--on) or a clock is wrong."
        )
        return _Need("wait", summary, text)
    if on >= target.not_after:
        what = f"the certificate of {name}" if is_ca(target) else _SERVERS
        return _Need(
            "renew", f"renew {what}", f"That of {name} ended on {target.not_after:%Y-%m-%d}."
        )
    outcomes = case.judge.judge(case.sent, case.release).outcomes.values()
    is_unsuited = any(each.code == Code.INVALID_PURPOSE and not each.depth for each in outcomes)
    if is_unsuited and not is_ca(target):
        text = (
            f"By its key usage or extended key usage (serverAuth), that of {name} is not for them."
        )
        return _Need("renew", "get a certificate for TLS servers from the same CA", text)
    return None


def _by_own_change(case: Case) -> Iterator[Remedy]:
    """Give the target what it needs, and change what else is sent if that alone doesn't help."""
    need = _need(case)
    if need is None:
        return
    target = case.sent.target
    if need.kind == "wait":
        then = replace(case, judge=Judge(target.not_before))
    else:
        then = replace(case, is_renewed=True)
    if then.accepts(then.sent, then.release):
        yield Remedy(*need, certificates=[target.fingerprint])
    elif change := next(_by_sending_others(then), None):
        yield Remedy(
            need.kind,
            f"{need.summary}, and {change.summary}",
            f"{need.text} {change.text}",
            certificates=[target.fingerprint, *change.certificates],
            breaks=change.breaks,
        )


def _listed(parts: Iterable[str]) -> str:
    *most, last = list(parts)
    return f"{', '.join(most)} and {last}" if most else last
