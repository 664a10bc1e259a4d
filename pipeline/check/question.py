"""The question: will phones accept this chain, on which firmware, until when, and what helps."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from pipeline.catalogue import root_programmes
from pipeline.check.advice import Adviser, renaming, some
from pipeline.check.answer import (
    Builder,
    ChainCertificate,
    Check,
    Checks,
    Finding,
    NameCheck,
    Notice,
    Period,
    Remedy,
    Result,
)
from pipeline.check.ca_choice import Choice, other_ca
from pipeline.check.chain import Chain, is_ca, named
from pipeline.check.hostname import check_name
from pipeline.check.intermediates import Pool, issuer_urls
from pipeline.check.notices import notices
from pipeline.check.openssl.codes import Code
from pipeline.check.openssl.outcome import BuilderName
from pipeline.check.reasons import Reason, reason_of
from pipeline.check.releases import Release, releases
from pipeline.check.remarks import remarks
from pipeline.check.remedies import Case
from pipeline.check.verdict import Judge, Judgement, Sent, builders
from pipeline.database.engine import transaction
from pipeline.moment import moment
from pipeline.questions.snapshots import incomplete
from pipeline.x509.certificate import Certificate, read

if TYPE_CHECKING:
    from pipeline.enrich.crtsh import Service


def check(
    engine: Engine,
    chain: Chain,
    *,
    firmware: Collection[str] = (),
    product: str | None = None,
    on: date | None = None,
    name: str | None = None,
    certs: Sequence[Path | Certificate] = (),
    online: bool = False,
    strict: bool = False,
    allow_private: bool = False,
    service: Service | None = None,
) -> Check:
    """Say which releases accept a chain, since or until when, and what helps where they don't.

    ``firmware`` names releases as `release_names.release` takes them; without it, all that are
    loaded are asked in their newest revisions. ``on`` as in `pipeline.moment.moment`. ``name`` is
    what phones call the server: its certificate has to be for that, too; a chain of a live server
    has a name of its own. ``certs`` are
    certificates that the server might send, too, or files of them. If ``online``, an issuer that is
    missing is fetched from where the certificate says it is, and a cross-certificate that helps
    from crt.sh or its mirror ``service``. If ``strict``, a chain with remarks isn't accepted.

    Raises:
        UsageError: ``firmware`` names no release, or several; ``name`` is no host's; ``certs``
            has a file without certificates.
        DatabaseError: the database can't be used.
    """
    (answer,) = check_all(
        engine,
        [chain],
        firmware=firmware,
        product=product,
        on=on,
        name=name,
        certs=certs,
        online=online,
        strict=strict,
        allow_private=allow_private,
        service=service,
    ).checks
    return answer


def check_all(
    engine: Engine,
    chains: Sequence[Chain],
    *,
    firmware: Collection[str] = (),
    product: str | None = None,
    on: date | None = None,
    name: str | None = None,
    certs: Sequence[Path | Certificate] = (),
    online: bool = False,
    strict: bool = False,
    allow_private: bool = False,
    service: Service | None = None,
) -> Checks:
    """Check several chains as `check` does; what one lacks may be in another.

    Each result has the verdict of one release, and what was tried and helps on that release.
    """
    when = moment(on)
    asked = releases(engine, firmware, product)
    certificates = _certificates(certs)
    pool = Pool(
        engine,
        when,
        certificates,
        chains,
        online=online,
        allow_private=allow_private,
        service=service,
    )
    session = _CheckSession(engine, asked, bool(firmware), Judge(when), pool, strict)
    answers = [session.check(chain, name, is_only=len(chains) == 1) for chain in chains]
    gaps = incomplete(engine, [each.id for each in asked])
    ends = [
        chain.target.not_after
        for chain, answer in zip(chains, answers, strict=True)
        if any(each.verdict == "refused" for each in answer.results)
    ]
    if not ends:
        return Checks(when, answers, gaps=gaps)
    until, choice = min(ends), session.choice
    return Checks(
        when,
        answers,
        choice.authorities(until),
        choice.roots(until),
        choice.left_out(until),
        gaps,
    )


def _certificates(given: Sequence[Path | Certificate]) -> list[Certificate]:
    found = [each for each in given if isinstance(each, Certificate)]
    if len(found) == len(given):
        return found
    from pipeline.enrich import files  # imports pandas

    read_in = files([each for each in given if isinstance(each, Path)])
    return [*found, *(read(der) for file in read_in for der in file.certificates.values())]


@dataclass
class _CheckSession:
    """What the questions of one call have in common."""

    engine: Engine
    asked: Sequence[Release]
    is_choice: bool
    judge: Judge
    pool: Pool
    is_strict: bool = False

    def check(self, chain: Chain, name: str | None, *, is_only: bool = True) -> Check:
        """Answer for one chain; if it is the only one, with the CAs that one could come from."""
        expected = chain.server if name is None else name
        name_check = None if expected is None else check_name(chain.target, expected)
        question = _Question(self, chain, name_check)
        results = question.results()
        until = chain.target.not_after
        names_cas = is_only and any(each.verdict == "refused" for each in results)
        return Check(
            on=self.judge.on,
            chain=list(map(question.certificate, chain.sent)),
            results=results,
            source=chain.source,
            name=name_check,
            findings=[*chain.findings, *question.missing(), *self._failures(question)],
            remarks=list(remarks(chain)),
            authorities=self.choice.authorities(until) if names_cas else [],
            common_roots=self.choice.roots(until) if names_cas else [],
            left_out=self.choice.left_out(until) if names_cas else {},
            is_for_ca=is_ca(chain.target) and not chain.is_served,
            is_strict=self.is_strict,
        )

    def _failures(self, question: _Question) -> list[Finding]:
        """Say what couldn't be fetched for a chain."""
        failures = self.pool.failures
        if not failures:
            return []
        candidates = question.case.candidates
        sought = [url for each in (*question.chain.sent, *candidates) for url in issuer_urls(each)]
        sought += [each.fingerprint for each in candidates]
        texts = dict.fromkeys(failures[each] for each in sought if each in failures)
        return [Finding("not-fetched", text) for text in texts]

    @cached_property
    def choice(self) -> Choice:
        """The CAs that a certificate could come from."""
        with transaction(self.engine) as connection:
            stores = root_programmes.stores(connection)
        return Choice(self.asked, self.judge, stores)

    def other_ca(self, until: datetime) -> Remedy | None:
        """Offer another CA, for a certificate that ends then."""
        if until not in self._other_cas:
            self._other_cas[until] = other_ca(self.choice, until, self.asked)
        return self._other_cas[until]

    @cached_property
    def _other_cas(self) -> dict[datetime, Remedy | None]:
        return {}

    def later(self, release: Release) -> list[Release]:
        """Give the releases that a phone can be upgraded to, the next first."""
        if release not in self._later:
            later = [each for each in self.loaded if each.comes_after(release)]
            self._later[release] = later
        return self._later[release]

    @cached_property
    def _later(self) -> dict[Release, list[Release]]:
        return {}

    @cached_property
    def loaded(self) -> Sequence[Release]:
        """All releases for the same phones, in their newest revisions."""
        if not self.is_choice:
            return self.asked
        products = {each.product for each in self.asked}
        product = products.pop() if len(products) == 1 else None
        return releases(self.engine, product=product)


@dataclass(frozen=True)
class _Shared:
    """What releases that judge a chain alike have in common."""

    judgement: Judgement
    reason: Reason
    builders: dict[BuilderName, Builder]
    accepted: list[Period]


class _Question:
    """One chain, and what each release says of it."""

    def __init__(self, session: _CheckSession, chain: Chain, name: NameCheck | None) -> None:
        self.session = session
        self.judge = session.judge
        self.chain = chain
        self.sent = Sent(chain.target, chain.others, chain.is_served)
        self.is_misnamed = name is not None and not name.ok
        self.name = name
        self.case = Case(self.sent, self.judge, session.pool, session.asked)
        self.adviser = Adviser(
            self.case,
            self._place,
            session.later,
            lambda: session.other_ca(self.sent.target.not_after),
        )
        self._shared: dict[tuple[str, ...], _Shared] = {}

    def results(self) -> list[Result]:
        """Give the answer of each release."""
        return [self._result(release) for release in self.session.asked]

    def certificate(self, certificate: Certificate) -> ChainCertificate:
        """Describe a certificate of the chain."""
        return ChainCertificate(
            position=self.chain.sent.index(certificate) + 1,
            fingerprint=certificate.fingerprint,
            fingerprint_sha256=certificate.fingerprint_sha256,
            subject=str(certificate.subject),
            issuer=str(certificate.issuer),
            not_before=certificate.not_before,
            not_after=certificate.not_after,
            is_ca=is_ca(certificate),
            is_target=certificate is self.chain.target,
        )

    def missing(self) -> list[Finding]:
        """Say what isn't sent if every release stops at the same certificate for want of it."""
        judgements = [shared.judgement for shared in self._shared.values()]
        if any(
            each.verdict != "refused"
            or each.decisive.code != Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY
            or each.decisive.path[-1].is_self_signed
            for each in judgements
        ):
            return []
        ends = {each.decisive.path[-1] for each in judgements}
        return [
            Finding(
                "missing-intermediate",
                f"The issuer of {named(end, self.chain.sent)}, {end.issuer.label}, is missing: "
                "it is not sent, and no root of the releases asked.",
            )
            for end in ends
        ]

    def _result(self, release: Release) -> Result:
        shared = self._of(release)
        verdict, reason = shared.judgement.verdict, shared.reason
        accepted = shared.accepted
        if self.name and self.is_misnamed:
            accepted = []
            if verdict == "accepted":
                verdict, reason = "refused", Reason(_misnamed(self.name))
        on = self.judge.on
        until = next((each.end for each in accepted if each.start <= on < each.end), None)
        is_refused = verdict == "refused"
        return Result(
            product=release.product,
            firmware=release.firmware,
            revision=release.revision,
            verdict=verdict,
            reason=reason.text,
            since=reason.since,
            until=until,
            builders=shared.builders,
            accepted=accepted,
            remedies=self._remedies(shared, release) if is_refused else [],
            notices=self._notices(shared.judgement, release) if is_refused else [],
        )

    def _of(self, release: Release) -> _Shared:
        key = self.case.key(release)
        if key not in self._shared:
            judgement = self.judge.judge(self.sent, release)
            self._shared[key] = _Shared(
                judgement,
                reason_of(judgement, self.sent.target),
                builders(judgement, self.sent, release),
                self.judge.periods(self.sent, release),
            )
        return self._shared[key]

    def _place(self, certificate: Certificate) -> str:
        return f"certificate {self.chain.sent.index(certificate) + 1}"

    def _notices(self, judgement: Judgement, release: Release) -> list[Notice]:
        outcome = judgement.decisive
        path = outcome.path
        is_private = bool(self.adviser.private_root(release))
        return list(
            notices(release.product, release.firmware, outcome.error, path, is_private=is_private)
        )

    def _remedies(self, shared: _Shared, release: Release) -> list[Remedy]:
        if self.name and shared.judgement.verdict == "accepted":
            return [renaming(self.name, self.sent.target)]
        return self.adviser.remedies(release)


def _misnamed(name: NameCheck) -> str:
    if name.problem:
        return f"the server's certificate is not for {name.name}: {name.problem}"
    if not name.names:
        return (
            f"the server's certificate is not for {name.name}: it has no alternative names, "
            "and its common name doesn't count"
        )
    return f"the server's certificate is for {some(name.names)}, not for {name.name}"
