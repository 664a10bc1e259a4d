"""The roots of a release, to look issuers up in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

from pipeline.check.openssl.issuing import issued
from pipeline.check.openssl.link import Link, readable
from pipeline.check.openssl.profile import OpenSSL


class Anchors:
    """A trust store: certificates (DER) in the order they were given.

    One is an anchor by being in here, if it is self-signed. Those that a version can't read are
    left out, as it does.
    """

    def __init__(self, ders: Iterable[bytes]) -> None:
        self._ders = tuple(dict.fromkeys(ders))
        self.read_by: Callable[[OpenSSL], StoreIndex] = cache(self._read_by)

    def __len__(self) -> int:
        return len(self._ders)

    def _read_by(self, openssl: OpenSSL) -> StoreIndex:
        return StoreIndex(each for der in self._ders if (each := readable(der, openssl)))


class StoreIndex:
    """A trust store as one version reads it: certificates by subject."""

    def __init__(self, links: Iterable[Link]) -> None:
        by_subject: dict[bytes, list[Link]] = {}
        for each in dict.fromkeys(links):
            by_subject.setdefault(each.subject, []).append(each)
        self._by_subject: Mapping[bytes, Sequence[Link]] = by_subject

    def named(self, subject: bytes) -> Sequence[Link]:
        """Give those of a name (in its canonical form), in the order they were given."""
        return self._by_subject.get(subject, ())

    def issuer_of(self, subject: Link, at: int) -> Link | None:
        """Find the issuer as that version does."""
        candidates = self.named(subject.issuer)
        if subject.openssl.prefers_valid_issuers:
            return best_issuer(candidates, subject, at)
        return first_issuer(candidates, subject)


def first_issuer(candidates: Iterable[Link], subject: Link) -> Link | None:
    """Find the first candidate that fits."""
    return next((each for each in candidates if issued(each, subject)), None)


def best_issuer(candidates: Iterable[Link], subject: Link, at: int) -> Link | None:
    """Find the first candidate that is valid at that time, else the one that ends last."""
    best = None
    for each in candidates:
        if not issued(each, subject):
            continue
        if each.is_valid(at):
            return each
        if best is None or (
            each.ends is not None and best.ends is not None and each.ends > best.ends
        ):
            best = each
    return best
