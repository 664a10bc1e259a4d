"""What helps a release that refuses a chain, in words: remedies, the least effort first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile
from typing import Final, NamedTuple

from pipeline.check.answer import NameCheck, Remedy, RemedyKind
from pipeline.check.chain import is_ca, label
from pipeline.check.intermediates import issuer_urls
from pipeline.check.notices import has_fixed_list, upgrade_caveat
from pipeline.check.openssl.outcome import StandIn
from pipeline.check.releases import Release, told_apart
from pipeline.check.remedies import Case, Change, Need, missing_issuer, private_root, to_renew
from pipeline.x509.certificate import Certificate

_SERVERS: Final = "the server's certificate"
_NAMED: Final = 3  # of several, in one sentence
_DIGITS: Final = 12  # of a digest, where the whole one is in the text
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


@dataclass
class Adviser:
    """Knows a case, and words what was found.

    ``place`` says which certificate of the chain one is: ``certificate 3``. ``later`` gives the
    releases that a phone can be upgraded to, the next first. ``other_ca`` gives the remedy of
    another CA, for where nothing keeps to the same for certain.
    """

    case: Case
    place: Callable[[Certificate], str]
    later: Callable[[Release], Sequence[Release]]
    other_ca: Callable[[], Remedy | None]
    _on_server: dict[tuple[str, ...], _OnServer] = field(default_factory=dict)
    _accepting: dict[Release, Release | None] = field(default_factory=dict)
    _helping: dict[Release, Release | None] = field(default_factory=dict)
    _upgrades: dict[Release, Remedy] = field(default_factory=dict)
    _combined: dict[Release, Remedy] = field(default_factory=dict)
    _together: dict[tuple[int, int, str], list[Remedy]] = field(default_factory=dict)

    @cached_property
    def _names(self) -> Mapping[Release, str]:
        return told_apart(self.case.asked)

    def remedies(self, release: Release) -> list[Remedy]:
        """Give what helps a release that refuses the chain."""
        own = self._of(release)
        upgrade = self._upgrade(release, with_others=not own.helps)
        alike = id(own), id(upgrade), release.product  # the first two are kept
        if alike not in self._together:
            found = [*own.remedies, *([upgrade] if upgrade else [])]
            keeps_ca = (each.kind in ("renew", "wait") for each in found)
            if not any(keeps_ca) and (other := self.other_ca()):
                found.append(_public(other, own.private, release) if own.private else other)
            self._together[alike] = found
        return self._together[alike]

    def private_root(self, release: Release) -> str:
        """Name the root of a private CA that the chain ends in, or give ``""``."""
        return self._of(release).private

    # --- on the server ---

    def _of(self, release: Release) -> _OnServer:
        key = self.case.key(release)
        if key not in self._on_server:
            self._on_server[key] = self._search(release)
        return self._on_server[key]

    def _search(self, release: Release) -> _OnServer:
        case = self.case
        need = case.need(release)
        if need and case.accepts(case.sent, release, need):
            cures = sum(len(g) for g in case.groups if case.accepts(case.sent, g[0], need))
            alone = self._remedy(need, Change(), release, cures=cures)
            return _OnServer([alone], helps=True)
        changes = case.changes(release, need)
        if case.pool.fetch_stand_ins(e for change in changes for e in change.stand_ins):
            case.look_again()
            changes = case.changes(release, need)
        if changes:
            return _OnServer([self._remedy(need, each, release) for each in changes], helps=True)
        private = private_root(case, release) or ""
        untested = [] if private else list(self._untested(need, release))
        return _OnServer(untested, private=private)

    def _remedy(
        self, need: Need | None, change: Change, release: Release, *, cures: int | None = None
    ) -> Remedy:
        case = self.case
        needed = self._needed(need) if need else None
        broken = case.broken(change, need)
        sentences = [needed.text] if needed else []
        sentences += self._how(change)
        if broken:
            names = _listed([self._names[each] for each in broken])
            sentences.append(f"But then {names} would not accept it any more.")
        target = [case.sent.target.fingerprint] if need else []
        return Remedy(
            needed.kind if needed else _kind(change),
            _summary(needed, self._clause(change)),
            " ".join(sentences),
            not change.stand_ins,
            _untested(change),
            [*target, *(each.fingerprint for each in (*change.dropped, *change.added))],
            cures=len(case.cured(change, need)) if cures is None else cures,
            breaks=[self._names[each] for each in broken],
            builders=case.paths(change, release, need),
        )

    def _untested(self, need: Need | None, release: Release) -> Iterator[Remedy]:
        """Offer what would have to be known here to be tried."""
        needed = self._needed(need) if need else None
        if ended := to_renew(self.case, release):
            text = (
                f"{self.place(ended).capitalize()}, {label(ended)}, ended on "
                f"{ended.not_after:%Y-%m-%d}: send the one that its CA has issued since in its "
                f"place. {self._where(ended, self._below(ended))}"
            )
            clause = f"send the renewed certificate of {label(ended)} instead of the expired one"
            unknown = "not tested: the renewed certificate is not known here"
            yield Remedy(
                needed.kind if needed else "replace",
                _summary(needed, clause),
                f"{needed.text} {text}" if needed else text,
                False,
                unknown,
                [ended.fingerprint],
            )
        elif end := missing_issuer(self.case, release):
            name = end.issuer.label
            summary = _summary(needed, f"send the certificate of {name}")
            text = f"Not tested, as it is not known here. {self._where(None, end)}"
            yield Remedy(
                needed.kind if needed else "send",
                summary,
                f"{needed.text} {text}" if needed else text,
                False,
                f"not tested: the certificate of {name} is not known here",
                [self.case.sent.target.fingerprint] if need else [],
            )

    def _below(self, issuer: Certificate) -> Certificate:
        below = (e for e in self.case.sent.all if e.issuer == issuer.subject and e != issuer)
        return next(below, issuer)

    def _where(self, _: Certificate | None, below: Certificate) -> str:
        urls = issuer_urls(below)
        source = f"should be at {urls[0]}" if urls else "is to be had from the CA"
        return f"It {source}; to be sure, let --online fetch it, or add it with --certs."

    def _needed(self, need: Need) -> _Needed:
        target = self.case.sent.target
        name = label(target)
        if need == "wait":
            text = (
                f"The certificate of {name} is valid from then on. If it should be by now, the day "
                "that was asked for (--on) or a clock is wrong."
            )
            return _Needed("wait", f"{target.not_before:%Y-%m-%d %H:%M} UTC", text)
        if need == "renew":
            what = f"the certificate of {name}" if is_ca(target) else _SERVERS
            text = f"That of {name} ended on {target.not_after:%Y-%m-%d}."
            return _Needed("renew", f"renew {what}", text)
        text = (
            f"By its key usage or extended key usage (serverAuth), that of {name} is not for them."
        )
        return _Needed("renew", "get a certificate for TLS servers from the same CA", text)

    # --- certificates to drop and to add ---

    def _clause(self, change: Change) -> str:
        clauses = []
        if change.dropped:
            clauses.append(f"stop sending {_listed([self._dropped(e) for e in change.dropped])}")
        if change.added:
            clauses.append(f"send {_listed([self._added(e) for e in change.added])}")
        return " and ".join(clauses)

    def _how(self, change: Change) -> Iterator[str]:
        for each in change.dropped:
            yield f"Take {self.place(each)} out of what the server sends: {_named(each)}."
        for each in change.added:
            yield (
                f"Add to what the server sends, at the end: {_named(each)}, valid until "
                f"{each.not_after:%Y-%m-%d}, serial number {each.serial:x}, "
                f"SHA-256 {each.fingerprint_sha256}, SHA-1 {each.fingerprint}."
            )
            if isinstance(each, StandIn):
                urls = [f"https://crt.sh/?q={each.fingerprint_sha256}"]
                below = (e for e in self.case.sent.all if e.issuer == each.subject)
                urls += [url for other in below for url in issuer_urls(other)]
                yield (
                    f"It is to be had from its CA ({' or '.join(dict.fromkeys(urls))}); --online "
                    "fetches it. Until then all but its signature, and extensions that restrict "
                    "what it is for, is tested."
                )

    def _dropped(self, each: Certificate) -> str:
        if each.is_self_signed:
            return f"the root {each.subject.label}"
        which = self._which(each, self.case.sent.all)
        if self._is_root(each):
            return f"{_short(each.subject.label)}'s cross-certificate{which}"
        return f"the certificate of {each.subject.label}{which}"

    def _added(self, each: Certificate) -> str:
        if not self._is_root(each):
            known = (*self.case.sent.all, *self.case.candidates)
            return f"the certificate of {each.subject.label}{self._which(each, known)}"
        digest = f"SHA-256 {each.fingerprint_sha256[:_DIGITS]}…, "
        until = f"({digest}until {each.not_after:%Y-%m-%d})"
        return f"{each.subject.label} as issued by {each.issuer.label} {until}"

    def _is_root(self, each: Certificate) -> bool:
        """Whether it is a cross-certificate: one of a CA that also has a root."""
        case = self.case
        return case.pool.has_root(each.subject) or any(e.has_root(each.subject) for e in case.asked)

    def _which(self, each: Certificate, others: Sequence[Certificate]) -> str:
        """Tell it apart from others of the same name, if there are any."""
        if any(e.subject == each.subject and e != each for e in others):
            return f" (until {each.not_after:%Y-%m-%d}, serial number {each.serial:x})"
        return ""

    # --- another release ---

    def _upgrade(self, release: Release, *, with_others: bool) -> Remedy | None:
        """Offer the next release that accepts the chain as it is or, else, with a change."""
        if other := self._next(release, self.case.is_accepted, self._accepting):
            if other not in self._upgrades:
                self._upgrades[other] = self._upgrade_alone(other)
            return self._upgrades[other]
        if with_others and (other := self._next(release, self._helps, self._helping)):
            if other not in self._combined:
                self._combined[other] = self._upgrade_and(self._of(other).remedies[0], other)
            return self._combined[other]
        return None

    def _upgrade_alone(self, other: Release) -> Remedy:
        text = f"{other.firmware} is the next release loaded that accepts the chain."
        return Remedy(
            "upgrade",
            f"upgrade to {other.firmware}",
            f"{text} {upgrade_caveat(other.product)}".strip(),
            firmware=other.firmware,
            cures=self._before(other),
            builders=self.case.paths(Change(), other),
        )

    def _helps(self, release: Release) -> bool:
        own = self._of(release)
        return own.helps and own.remedies[0].kind != "wait"

    def _next(
        self,
        release: Release,
        is_meant: Callable[[Release], bool],
        known: dict[Release, Release | None],
    ) -> Release | None:
        """Find the next release that is meant; what is found holds for those in between, too."""
        if release not in known:
            between, found = [release], None
            for other in self.later(release):
                if is_meant(other):
                    found = other
                    break
                between.append(other)
            known |= dict.fromkeys(between, found)
        return known[release]

    def _upgrade_and(self, first: Remedy, other: Release) -> Remedy:
        text = (
            f"{other.firmware} is the next release loaded that helps; it refuses the chain as it "
            f"is, too. {first.text} {upgrade_caveat(other.product)}"
        )
        return Remedy(
            "upgrade",
            f"upgrade to {other.firmware}{_and(first.summary)}{first.summary}",
            text.strip(),
            first.is_tested,
            first.untested,
            first.certificates,
            other.firmware,
            self._before(other),
            builders=first.builders,
        )

    def _before(self, release: Release) -> int:
        """Count the releases asked for that can be upgraded to one, and refuse."""
        return sum(map(release.comes_after, self._refusing))

    @cached_property
    def _refusing(self) -> Sequence[Release]:
        return [each for each in self.case.asked if not self.case.is_accepted(each)]


@dataclass(frozen=True)
class _OnServer:
    """What is to be done without another release or CA, and whether that ``helps`` for certain.

    ``private`` names the root of a private CA that the chain ends in.
    """

    remedies: list[Remedy]
    helps: bool = False
    private: str = ""


class _Needed(NamedTuple):
    """What the target needs: a remedy's kind, summary (of waiting: until when) and text."""

    kind: RemedyKind
    summary: str
    text: str


def _summary(needed: _Needed | None, clause: str) -> str:
    if needed is None:
        return clause
    if needed.kind == "wait" and clause:
        return f"{clause}; {_SERVERS} is valid from {needed.summary} on"
    if needed.kind == "wait":
        return f"check --on and the clock: {_SERVERS} is valid from {needed.summary} on"
    return f"{needed.summary}, and {clause}" if clause else needed.summary


def _and(summary: str) -> str:
    return ", " if ", and " in summary else " and "


def _kind(change: Change) -> RemedyKind:
    if change.dropped and change.added:
        return "replace"
    return "send" if change.added else "stop-sending"


def _untested(change: Change) -> str:
    names = [each.subject.label for each in change.stand_ins]
    return f"tested but for the signature of {_listed(names)}" if names else ""


def _public(remedy: Remedy, root: str, release: Release) -> Remedy:
    """Say of another CA that it has to be a public one, and why."""
    is_fixed = has_fixed_list(release.product)
    why = f"{root} is a private CA's" + (", and the phones' list can't be changed" * is_fixed)
    text = (
        f"{root} is no root of a public CA, as far as is known here: to send it doesn't help. "
        f"{'Nothing can be added to the list on a phone (document 213872). ' * is_fixed}"
    )
    return Remedy(remedy.kind, f"{remedy.summary} ({why})", text + remedy.text)


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


def _named(each: Certificate) -> str:
    return f"{label(each)}, issued by {each.issuer.label}"


def _short(label: str) -> str:
    """Leave out what the names of CAs have in common: ``USERTrust RSA …`` is ``USERTrust``."""
    own = list(takewhile(lambda word: word not in _COMMON_WORDS, label.split()))
    return " ".join(own) or label


def _listed(parts: Sequence[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last
