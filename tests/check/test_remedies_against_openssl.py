"""The judge of remedies is OpenSSL itself, over small PKIs made at random.

Each has three releases (stores), a chain, and up to five certificates that could be sent, too. What
is offered for a release is put to both libraries with that release's roots: they accept. And what
they accept after a single step, a certificate less or more or a later release, is offered, whether
a release is asked alone or with others.
TRUSTLIST_REMEDY_PKIS sets how many PKIs are tried.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from random import Random

import pytest

from pipeline.check.advice import Adviser
from pipeline.check.answer import Remedy
from pipeline.check.releases import Release, TrustedEntry
from pipeline.check.remedies import Case, Change
from pipeline.check.verdict import Judge, Sent
from pipeline.x509.certificate import Certificate, UnreadableCertificateError, read
from tests.check.judging import EXPLAINED, LIBRARIES
from tests.check.libcrypto import Judge as Library
from tests.check.libcrypto import Question
from tests.check.pki import build
from tests.check.random_pki import make
from tests.check.test_verdict import Known

PKIS = int(os.environ.get("TRUSTLIST_REMEDY_PKIS", "400"))
RELEASES = 3
MOST_CANDIDATES = 5


@dataclass
class World:
    """A chain on a day, releases that are asked about it, and what else could be sent."""

    sent: Sent
    releases: list[Release]
    candidates: list[Certificate]
    at: datetime

    @cached_property
    def case(self) -> Case:
        return Case(self.sent, Judge(self.at), Known(*self.candidates), self.releases)


def world(seed: int) -> World | None:
    """Make one; None if there is something in it that is judged otherwise, or can't be read."""
    random = Random(seed)
    pki = make(random, 4)
    others = [*pki.recipes[1:], *make(random, 4).recipes[1:]]
    if any(each.applies(recipe) for each in EXPLAINED for recipe in (pki.recipes[0], *others)):
        return None
    try:
        target = read(build(pki.recipes[0]))
        known = list(dict.fromkeys(read(build(each)) for each in others))
    except UnreadableCertificateError:
        return None
    if any(each.parser != "cryptography" for each in (target, *known)):
        return None  # a library that can't read one of them gives no verdict
    sent_first = [read(build(pki.recipes[i])) for i in pki.sent if i]
    sent = list(dict.fromkeys(each for each in sent_first if each != target))
    spare = [each for each in known if each not in sent and each != target]
    candidates = random.sample(spare, min(MOST_CANDIDATES, len(spare)))
    releases = []
    for number in range(RELEASES):
        roots = [each for each in known if random.random() < (0.7 if _is_root(each) else 0.1)]
        random.shuffle(roots)
        entries = [TrustedEntry(each.fingerprint, str(each.subject), each) for each in roots]
        releases.append(Release("8800", f"12.{number}(1)", number, 1, entries))
    return World(Sent(target, tuple(sent), is_own=True), releases, candidates, pki.at)


def _is_root(each: Certificate) -> bool:
    return each.subject == each.issuer


class Both:
    """OpenSSL 1.0.2 and 3, each with its own way to build paths."""

    def __init__(self, stack: ExitStack) -> None:
        self._libraries = [
            (stack.enter_context(Library(each.path_or_skip())), each.series == "3")
            for each in LIBRARIES
            if each.name in ("system", "1.0.2q")
        ]

    def accept(self, world: World, asked: list[tuple[Sent, Release]]) -> list[bool]:
        answers = [True] * len(asked)
        at = int(world.at.timestamp())
        for library, trusted_first in self._libraries:
            stores = {release: _store(library, release) for _, release in asked}
            questions = [
                Question(
                    sent.target.der,
                    [each.der for each in sent.all],
                    stores[release],
                    at,
                    trusted_first,
                )
                for sent, release in asked
            ]
            for place, verdict in enumerate(library.ask(questions)):
                answers[place] &= verdict.error == 0
        return answers


def _store(library: Library, release: Release) -> list[bytes]:
    """Give a release's roots but for those that the library can't read: they can't be loaded."""
    ders = [each.der for each in release.roots.values()]
    verdicts = library.ask(Question(der, [], [], 0, trusted_first=False) for der in ders)
    return [der for der, verdict in zip(ders, verdicts, strict=True) if verdict.error != -1]


@pytest.fixture(scope="module")
def openssl() -> Iterator[Both]:
    with ExitStack() as stack:
        yield Both(stack)


def test_what_is_offered_is_accepted_and_no_single_step_is_missing(openssl: Both) -> None:
    counts: Counter[str] = Counter()
    for seed in range(PKIS):
        if made := world(seed):
            _compare(made, openssl, counts, seed)
    print(dict(counts))
    assert counts["refused"] > PKIS / 4
    for kind in ("drop", "send", "several", "upgrade"):
        assert counts[kind], kind


def _compare(made: World, openssl: Both, counts: Counter[str], seed: int) -> None:
    case, sent = made.case, made.sent
    accepted = openssl.accept(made, [(sent, release) for release in made.releases])
    advice = Adviser(case, lambda _: "certificate", _later(made.releases), lambda: None)
    for place, release in enumerate(made.releases):
        if case.judge.judge(sent, release).verdict == "unknown":
            continue
        assert case.judge.accepts(sent, release) == accepted[place], seed
        if accepted[place]:
            continue
        counts["refused"] += 1
        offered = case.changes(release)
        outcome = openssl.accept(made, [(each.of(sent), release) for each in offered])
        assert all(outcome), (seed, release.firmware)
        singles = [
            *(Change(dropped=(each,)) for each in sent.others),
            *(Change(added=(each,)) for each in made.candidates),
        ]
        helps = openssl.accept(made, [(each.of(sent), release) for each in singles])
        helping = {each for each, ok in zip(singles, helps, strict=True) if ok}
        assert helping == {e for e in offered if len(e.dropped) + len(e.added) == 1}, seed
        counts["drop"] += any(each.dropped for each in helping)
        counts["send"] += any(each.added for each in helping)
        counts["several"] += bool(offered) and not helping
        _compare_upgrades(advice, made, release, accepted[place + 1 :], openssl, counts)
        alone = Adviser(
            Case(sent, case.judge, case.pool, [release]),
            advice.place,
            advice.later,
            advice.other_ca,
        )
        assert _gist(alone.remedies(release)) == _gist(advice.remedies(release)), seed


def _gist(remedies: Sequence[Remedy]) -> set[tuple[object, ...]]:
    """What is offered, in whatever order, which the other releases asked for decide."""
    return {
        (e.kind, e.firmware, "" if e.firmware else tuple(e.certificates), e.is_tested)
        for e in remedies
    }


def _compare_upgrades(
    advice: Adviser,
    made: World,
    release: Release,
    later: list[bool],
    openssl: Both,
    counts: Counter[str],
) -> None:
    """The next release that accepts is offered, or the next with a change, which is tried, too."""
    if advice.case.need(release):
        return
    following = made.releases[made.releases.index(release) + 1 :]
    first = next((each for each, ok in zip(following, later, strict=True) if ok), None)
    (upgrade, *more) = [e for e in advice.remedies(release) if e.kind == "upgrade"] or [None]
    assert not more
    if first:
        assert upgrade
        assert upgrade.firmware == first.firmware
        counts["upgrade"] += 1
    elif upgrade and made.sent.target.fingerprint not in upgrade.certificates:
        (other,) = [each for each in following if each.firmware == upgrade.firmware]
        changed = made.sent
        known = {each.fingerprint: each for each in (*made.sent.others, *made.candidates)}
        for fingerprint in upgrade.certificates:
            each = known[fingerprint]
            is_sent = each in made.sent.others
            changed = changed.without(each) if is_sent else changed.along_with(each)
        assert openssl.accept(made, [(changed, other)]) == [True]
        counts["upgrade and change"] += 1


def _later(releases: list[Release]) -> Callable[[Release], list[Release]]:
    return lambda release: [each for each in releases if each.comes_after(release)]
