"""Judging many releases at once, and through time, comes to what judging one on a day comes to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise

from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.check.intermediates import Pool
from pipeline.check.openssl.anchors import Anchors
from pipeline.check.openssl.outcome import BUILDERS, verify
from pipeline.check.releases import Release, TrustedEntry
from pipeline.check.remedies import Case
from pipeline.check.verdict import Judge, Sent
from pipeline.x509.certificate import Certificate, read
from tests.certificates import Issued, issue

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
NAMES = ("A", "B", "C")


class Known(Pool):
    """Knows these certificates and no others."""

    def __init__(self, *certificates: Certificate) -> None:
        super().__init__(None, FIRST, certificates)  # type: ignore[arg-type]

    @property
    def _stored(self) -> list[Certificate]:  # type: ignore[override]
        return []

    @property
    def _listed(self) -> frozenset[str]:  # type: ignore[override]
        return frozenset()


@cache
def key(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def made(subject: str, issuer: str, start: int, end: int) -> Issued:
    """Make a certificate of one of few CAs by another, for some days."""
    days = FIRST + start * DAY, FIRST + end * DAY
    signer = (
        None if subject == issuer else Issued(made(issuer, issuer, 0, 9).certificate, key(issuer))
    )
    is_ca = subject in NAMES
    return issue(subject, signer, key=key(subject), start=days[0], end=days[1], is_ca=is_ca)


@dataclass(frozen=True)
class World:
    sent: Sent
    releases: list[Release]


times = st.sampled_from([(0, 9), (0, 5), (2, 6), (5, 9)])


def certificates(subjects: tuple[str, ...]) -> st.SearchStrategy[Certificate]:
    return st.builds(
        lambda subject, issuer, when: read(made(subject, issuer, *when).der),
        st.sampled_from(subjects),
        st.sampled_from(NAMES),
        times,
    )


def release(number: int, roots: list[Certificate]) -> Release:
    entries = [
        TrustedEntry(each.fingerprint, str(each.subject), each) for each in dict.fromkeys(roots)
    ]
    return Release("8800", f"12.{number}(1)", number, 1, entries)


def test_of_roots_with_one_name_the_first_counts() -> None:
    """OpenSSL 1.0.2 takes the first that fits, also if it has expired."""
    over, valid = (read(made("A", "A", *days).der) for days in ((0, 5), (0, 9)))
    sent = Sent(read(made("leaf", "A", 0, 9).der), ())
    judge = Judge(FIRST + 6 * DAY)
    releases = release(1, [over, valid]), release(2, [valid, over])
    assert [judge.judge(sent, each).verdict for each in releases] == ["refused", "accepted"]


def test_a_root_sent_along_that_has_expired_may_give_way_to_one_not_known() -> None:
    """OpenSSL 1.0.2 asks the list in place of a root that is sent, and takes the first there."""
    over, valid = (read(made("A", "A", *days).der) for days in ((0, 5), (0, 9)))
    sent = Sent(read(made("leaf", "A", 0, 9).der), (over,))
    judge = Judge(FIRST + 6 * DAY)
    known = release(1, [valid, over])
    assert judge.judge(sent, known).verdict == "accepted"
    assert judge.judge(sent, release(2, [over])).verdict == "refused"
    hidden, *others = known.entries
    half_known = replace(release(3, []), entries=[hidden._replace(certificate=None), *others])
    judgement = Judge(judge.on).judge(sent, half_known)
    assert judgement.verdict == "unknown"
    assert judgement.unresolved == half_known.entries[0]


def test_where_the_issuer_is_sent_a_root_not_known_helps_nothing() -> None:
    """OpenSSL 1.0.2 follows what is sent, and asks the list only where that comes to an end."""
    below, over, instead = (
        read(made(*each).der) for each in (("A", "B", 0, 9), ("B", "B", 0, 5), ("A", "A", 0, 9))
    )
    sent = Sent(read(made("leaf", "A", 0, 9).der), (below,))
    on = FIRST + 6 * DAY
    known = release(1, [instead, over])
    assert Judge(on).judge(sent, known).verdict == "refused"
    hidden, *others = known.entries
    half_known = replace(known, entries=[hidden._replace(certificate=None), *others])
    assert Judge(on).judge(sent, half_known).verdict == "refused"


def test_a_root_not_known_at_the_end_of_what_is_sent_counts_before_what_is_found_below() -> None:
    """OpenSSL 1.0.2 looks for other paths only if no root is found at that end."""
    below, not_yet, root = (
        read(made(*each).der) for each in (("A", "B", 0, 9), ("A", "B", 2, 6), ("B", "B", 0, 9))
    )
    top = read(made("A", "A", 0, 9).der)
    sent = Sent(read(made("leaf", "A", 0, 9).der), (below,))
    known = release(1, [not_yet, root, top])
    assert Judge(FIRST).judge(sent, known).verdict == "accepted"
    entries = [e._replace(certificate=None) if e.certificate == root else e for e in known.entries]
    judgement = Judge(FIRST).judge(sent, replace(known, entries=entries))
    assert judgement.verdict == "unknown"
    assert judgement.unresolved == entries[1]


worlds = st.builds(
    lambda leaf, others, stores: World(
        Sent(leaf, tuple(dict.fromkeys(others))),
        [release(number, roots) for number, roots in enumerate(stores)],
    ),
    certificates(("server",)),
    st.lists(certificates(NAMES), max_size=4),
    st.lists(st.lists(certificates(NAMES), max_size=4), min_size=1, max_size=4),
)


def accepts(sent: Sent, release: Release, on: datetime) -> bool:
    """Ask both builders, with all that there is."""
    anchors = Anchors(each.der for each in release.roots.values())
    return all(verify(sent.target, sent.all, anchors, on, builder).ok for builder in BUILDERS)


@settings(max_examples=300, deadline=None)
@given(worlds, st.integers(0, 9))
def test_releases_that_are_judged_as_one_would_be_judged_alike(world: World, day: int) -> None:
    on = FIRST + day * DAY
    judge = Judge(on)
    for release in world.releases:
        verdict = judge.judge(world.sent, release).verdict
        assert verdict == ("accepted" if accepts(world.sent, release, on) else "refused")


@settings(max_examples=200, deadline=None)
@given(worlds)
def test_the_periods_are_when_it_is_accepted(world: World) -> None:
    judge = Judge(FIRST)
    for release in world.releases:
        periods = judge.periods(world.sent, release)
        assert all(a.end < b.start for a, b in pairwise(periods))
        midnights = (FIRST + day * DAY for day in range(-1, 11))
        for midnight in midnights:
            for moment in (midnight - SECOND, midnight, midnight + DAY / 2):
                inside = any(each.start <= moment < each.end for each in periods)
                assert inside == accepts(world.sent, release, moment)


@settings(max_examples=200, deadline=None)
@given(worlds, st.lists(certificates(NAMES), max_size=3), st.integers(0, 9))
def test_what_is_offered_helps(world: World, more: list[Certificate], day: int) -> None:
    on = FIRST + day * DAY
    case = Case(world.sent, Judge(on), Known(*more), world.releases)
    for release in world.releases:
        for change in case.changes(release):
            after = change.of(world.sent)
            assert after != world.sent
            assert accepts(after, release, on)
            assert {each.firmware for each in case.broken(change)} == {
                each.firmware
                for each in world.releases
                if accepts(world.sent, each, on) and not accepts(after, each, on)
            }
            assert {each.firmware for each in case.cured(change)} == {
                each.firmware
                for each in world.releases
                if accepts(after, each, on) and not accepts(world.sent, each, on)
            }


@settings(max_examples=300, deadline=None)
@given(worlds, st.lists(certificates(NAMES), max_size=3), st.integers(0, 9))
def test_every_single_change_that_helps_is_found(
    world: World, more: list[Certificate], day: int
) -> None:
    on = FIRST + day * DAY
    case = Case(world.sent, Judge(on), Known(*more), world.releases)
    for release in world.releases:
        if accepts(world.sent, release, on):
            assert case.changes(release) == []
            continue
        dropping = [e for e in world.sent.others if accepts(world.sent.without(e), release, on)]
        adding = [
            each
            for each in dict.fromkeys(more)
            if each not in world.sent.all
            and not each.is_self_signed
            and accepts(world.sent.along_with(each), release, on)
        ]
        found = case.changes(release)
        singles = [each for each in found if len(each.dropped) + len(each.added) == 1]
        assert {each.dropped[0] for each in singles if each.dropped} == set(dropping)
        assert {each.added[0] for each in singles if each.added} == set(adding)
        if dropping:
            assert found[0].dropped


@settings(max_examples=400, deadline=None)
@given(worlds, st.integers(0, 9), st.data())
def test_what_is_refused_would_be_if_all_certificates_were_known(
    world: World, day: int, data: st.DataObject
) -> None:
    on = FIRST + day * DAY
    for known in world.releases:
        roots = sorted(each for each, root in known.roots.items() if root.is_self_signed)
        hidden = data.draw(st.sets(st.sampled_from(roots or [""])))
        entries = [
            each._replace(certificate=None) if each.fingerprint in hidden else each
            for each in known.entries
        ]
        half_known = replace(known, entries=entries)
        verdict = Judge(on).judge(world.sent, half_known).verdict
        if verdict == "refused":
            assert not accepts(world.sent, known, on)
        if not half_known.unresolved:
            assert verdict != "unknown"
