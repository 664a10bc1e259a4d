"""The roots of a release, to look issuers up in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from pipeline.check.openssl.link import Link, issued, issued_before, readable


class Anchors:
    """Certificates by subject. One is an anchor by being in here, if it is self-signed."""

    def __init__(self, links: Iterable[Link]) -> None:
        self._by_subject: dict[bytes, list[Link]] = {}
        for each in dict.fromkeys(links):
            self._by_subject.setdefault(each.subject, []).append(each)

    @classmethod
    def of(cls, ders: Iterable[bytes]) -> Anchors:
        """Read certificates; those that no OpenSSL could read are left out, as it does."""
        return cls(each for der in ders if (each := readable(der)))

    def __iter__(self) -> Iterator[Link]:
        return (each for links in self._by_subject.values() for each in links)

    def __len__(self) -> int:
        return sum(map(len, self._by_subject.values()))

    def named(self, subject: bytes) -> Sequence[Link]:
        """Give those of a name (in its canonical form), in the order they were given."""
        return self._by_subject.get(subject, ())

    def issuer_of(self, subject: Link, at: datetime) -> Link | None:
        """Find the issuer as OpenSSL 3 does."""
        return best_issuer(self.named(subject.issuer), subject, at)

    def issuer_before(self, subject: Link) -> Link | None:
        """Find the issuer as OpenSSL 1.0.2 does: the first that fits."""
        return first(issued_before, self.named(subject.issuer), subject)


def first(
    test: Callable[[Link, Link], bool], candidates: Iterable[Link], subject: Link
) -> Link | None:
    """Find the first candidate that passes the test as the subject's issuer."""
    return next((each for each in candidates if test(each, subject)), None)


def best_issuer(candidates: Iterable[Link], subject: Link, at: datetime) -> Link | None:
    """Find the first candidate that is valid at that time, else the one that ends last."""
    best = None
    for each in candidates:
        if not issued(each, subject):
            continue
        if each.is_valid(at):
            return each
        if best is None or (each.ends and best.ends and each.ends > best.ends):
            best = each
    return best
