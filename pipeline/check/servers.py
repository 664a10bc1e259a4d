"""What becomes of servers whose chains lead to a root that a release has no more, or lacks.

It is asked of the engine that `check` asks: no answer about servers is made in any other way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Engine, select

from pipeline.catalogue import cross_certificates
from pipeline.check.answer import Verdict
from pipeline.check.intermediates import Pool, stand_in
from pipeline.check.openssl.outcome import BUILDERS
from pipeline.check.releases import Release, read_releases
from pipeline.check.verdict import Judge, Sent
from pipeline.database.engine import transaction
from pipeline.firmware import ReleaseId
from pipeline.x509.certificate import Certificate
from pipeline.x509.certificate import read as read_certificate
from schemas import tables

_TRUSTED_FIRST: Final = BUILDERS[1]


@dataclass(frozen=True)
class ServerChange:
    """What two releases say of servers under a root (SHA-1) that the new one has no more.

    Their chains come by ``certificate`` (SHA-1): the root itself or, if ``is_cross``, one of
    another root's name and key that the root has issued and the servers send. Where the new release
    accepts them, ``through`` is the root (SHA-1) that it accepts them by.
    """

    root: str
    certificate: str
    subject: str
    issuer: str
    is_cross: bool
    old: Verdict
    new: Verdict
    through: str | None


@dataclass(frozen=True)
class Cover:
    """How a release accepts servers under a root that it lacks.

    ``root`` (SHA-1) is the trusted root that their chains come to. Unless it is a re-issue, of the
    same name and key, the servers have to send ``certificate``, a cross-certificate (SHA-1).
    """

    root: str
    certificate: str | None


def changes(
    engine: Engine, old: ReleaseId, new: ReleaseId, removed: Iterable[str], on: datetime
) -> list[ServerChange]:
    """Say of each removed root (SHA-1) what the two releases say of servers under it on a day.

    A root whose certificate isn't known is left out: of its servers nothing can be said.
    """
    roots = set(removed)
    if not roots:
        return []
    before, after = read_releases(engine, [old, new])
    judge = Judge(on)
    known = _cross_certificates(engine)
    found = []
    for root in (each for key, each in before.roots.items() if key in roots):
        for target in (root, *_issued_by(root, known)):
            sent = Sent(target, (), is_issuer=True)
            judgements = [judge.judge(sent, each) for each in (before, after)]
            is_accepted = judgements[1].verdict == "accepted"
            anchor = judgements[1].outcomes[_TRUSTED_FIRST].path[-1] if is_accepted else None
            found.append(
                ServerChange(
                    root.fingerprint,
                    target.fingerprint,
                    str(target.subject),
                    str(target.issuer),
                    target is not root,
                    judgements[0].verdict,
                    judgements[1].verdict,
                    anchor.fingerprint if anchor else None,
                )
            )
    return found


def covers(
    engine: Engine, release: ReleaseId, lacking: Sequence[Certificate], on: datetime
) -> dict[str, Cover]:
    """Say of roots that a release lacks, by SHA-1, how it accepts servers under them on a day.

    Those under which it accepts none are left out.
    """
    (trusting,) = read_releases(engine, [release])
    judge, pool = Judge(on), Pool(engine, on)
    covered = {each.fingerprint: cover(each, trusting, judge, pool) for each in lacking}
    return {root: each for root, each in covered.items() if each}


def cover(root: Certificate, release: Release, judge: Judge, pool: Pool) -> Cover | None:
    """Say how a release that lacks a root accepts servers under it; None if it doesn't."""
    return next(_ways(root, release, judge, pool), None)


def _ways(root: Certificate, release: Release, judge: Judge, pool: Pool) -> Iterator[Cover]:
    """Give the ways to a trusted root: a re-issue, then what is valid longest."""
    if anchor := _anchor(Sent(root, (), is_issuer=True), release, judge):
        yield Cover(anchor, None)
    crosses = [each for each in pool.crosses_of(root) if each.spki_sha256 == root.spki_sha256]
    for cross in sorted(crosses, key=lambda each: each.not_after, reverse=True):
        above = tuple(pool.candidates([cross]))
        for others in ((), *((each,) for each in above)):
            sent = Sent(cross, others, is_issuer=True)
            if anchor := _anchor(sent, release, judge):
                yield Cover(anchor, cross.fingerprint)


def _anchor(sent: Sent, release: Release, judge: Judge) -> str | None:
    judgement = judge.judge(sent, release)
    if judgement.verdict != "accepted":
        return None
    return judgement.outcomes[_TRUSTED_FIRST].path[-1].fingerprint


def _issued_by(root: Certificate, known: Sequence[Certificate]) -> Iterator[Certificate]:
    """Give the cross-certificates that a root has issued, each once."""
    own = [each for each in known if each.issuer == root.subject]
    yield from own
    at_hand = {each.fingerprint for each in own}
    for cross in cross_certificates.issued_by().get(root.fingerprint, ()):
        if cross.fingerprint not in at_hand:
            yield stand_in(cross)


def _cross_certificates(engine: Engine) -> list[Certificate]:
    """Read those of the database; of the CAs below roots, too, of which nothing else is said."""
    table = tables.certificates.c
    with transaction(engine) as connection:
        ders = list(connection.scalars(select(table.der).where(table.self_signed.is_(False))))
    return [read_certificate(der) for der in ders]
