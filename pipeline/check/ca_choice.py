"""Which CA to buy from: those whose roots phones trust, browsers still do, and that still issue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Final

from pipeline.catalogue import authorities
from pipeline.catalogue.authorities import Authority, IssuesTo
from pipeline.catalogue.root_programmes import BROWSERS, Stores
from pipeline.check.answer import CommonRoot, OfferedCa, Remedy
from pipeline.check.releases import Release
from pipeline.check.verdict import Judge, Sent
from pipeline.x509 import names
from pipeline.x509.certificate import Certificate

_RANKS: Final[Sequence[IssuesTo]] = ("anyone", "region", "unknown", "customers")
_NAMED: Final = 5


class Choice:
    """The CAs that releases trust, for a server's certificate that ends on a day."""

    def __init__(self, asked: Sequence[Release], judge: Judge, stores: Stores) -> None:
        self._asked = asked
        self._judge = judge
        self._stores = stores
        self._known: dict[str, frozenset[Release]] = {}

    def roots(self, until: datetime) -> list[CommonRoot]:
        """Give the roots that all releases trust beyond a time and that still count, best first."""
        return [
            self._common(root)
            for root, releases in self._ranked
            if releases == len(self._asked) and until < root.not_after
        ]

    def authorities(self, until: datetime) -> list[OfferedCa]:
        """Give the CAs that have such roots in any of the releases, best first."""
        found: dict[str, list[Certificate]] = {}
        for root, _ in self._ranked:
            if until < root.not_after:
                found.setdefault(self._authority(root).name, []).append(root)
        answers = [
            OfferedCa(
                name,
                self._authority(roots[0]).issues_to,
                len(frozenset[Release]().union(*map(self._accepting, roots))),
                [root.fingerprint for root in roots],
                max(root.not_after for root in roots),
            )
            for name, roots in found.items()
        ]
        answers.sort(key=lambda each: (-each.releases, _RANKS.index(each.issues_to), each.name))
        return answers

    def left_out(self, until: datetime) -> dict[str, int]:
        """Count the roots that some release trusts and that don't count, by why not."""
        counts: dict[str, int] = {}
        for root in self._all.values():
            reason = self.flaw(root)
            if not reason and root.not_after <= until:
                reason = "ends before the server's certificate"
            if reason:
                counts[reason] = counts.get(reason, 0) + 1
        return counts

    def flaw(self, root: Certificate) -> str:
        """Say why a root is none to buy under; ``""`` if nothing speaks against it."""
        if not root.not_before <= self._judge.on < root.not_after:
            return "not valid"
        for each in authorities.distrusts().get(root.fingerprint, ()):
            if each.programme in BROWSERS and each.after < self._judge.on.date():
                return "distrusted"
        if self._authority(root).issues_to == "nobody":
            return "issues nothing any more"
        present = set(self._stores.present(root.fingerprint))
        if self._stores.newest and not present.issuperset(BROWSERS):
            return "not in all browsers now"
        return ""

    def certificate(self, fingerprint: str) -> Certificate:
        """Give a root of one of the releases."""
        return self._all[fingerprint]

    def trusting(self, root: Certificate) -> list[Release]:
        """Give the releases that accept what a root issues."""
        accepting = self._accepting(root)
        return [release for release in self._asked if release in accepting]

    @cached_property
    def _all(self) -> Mapping[str, Certificate]:
        return {
            each.fingerprint: each for release in self._asked for each in release.roots.values()
        }

    @cached_property
    def _ranked(self) -> list[tuple[Certificate, int]]:
        """The roots that count with the number of releases that accept what they issue."""
        counted = [
            (root, len(self.trusting(root))) for root in self._all.values() if not self.flaw(root)
        ]
        counted = [(root, number) for root, number in counted if number]
        counted.sort(
            key=lambda each: (
                -each[1],
                _RANKS.index(self._authority(each[0]).issues_to),
                self._authority(each[0]).name,
                each[0].key_type != "RSA",  # what most servers have
                -each[0].not_after.timestamp(),
                each[0].fingerprint,
            )
        )
        return counted

    def _accepting(self, root: Certificate) -> frozenset[Release]:
        if root.fingerprint not in self._known:
            sent = Sent(root, (), is_issuer=True)
            self._known[root.fingerprint] = frozenset(
                release
                for release in self._asked
                if root.fingerprint in release.roots and self._judge.accepts(sent, release)
            )
        return self._known[root.fingerprint]

    def _authority(self, root: Certificate) -> Authority:
        return authorities.authority_of(root.fingerprint, str(root.subject))

    def _common(self, root: Certificate) -> CommonRoot:
        present = set(self._stores.present(root.fingerprint))
        return CommonRoot(
            root.fingerprint,
            str(root.subject),
            root.not_after,
            present.issuperset(BROWSERS),
            self._authority(root).name,
        )


def other_ca(choice: Choice, until: datetime, asked: Sequence[Release]) -> Remedy | None:
    """Offer a CA whose root all releases asked trust for long enough, if there is any."""
    best = [each for each in choice.authorities(until) if each.releases == len(asked)]
    if not best:
        return None
    named = [f"{each.name} ({_root(each, choice)})" for each in best[:_NAMED]]
    more = len(best) - len(named)
    rest = f" and {more} more" if more else ""
    number = len(asked)
    several = "both releases trust" if number == 2 else f"all {number} releases trust"
    whom = f"{asked[0].firmware} trusts" if number == 1 else several
    text = f"{', '.join(named)}{rest}; their roots outlive the server's certificate."
    return Remedy("other-ca", f"use a certificate from a CA whose root {whom}", text, cures=0)


def _root(authority: OfferedCa, choice: Choice) -> str:
    return names.label(str(choice.certificate(authority.roots[0]).subject))
