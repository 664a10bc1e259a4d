"""The question: will phones accept this chain, on which firmware, until when, and what helps."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine

from pipeline.catalogue import root_programmes
from pipeline.check.answer import (
    Builder,
    ChainCertificate,
    Check,
    Checks,
    CommonRoot,
    Finding,
    NameCheck,
    Notice,
    Period,
    Remedy,
    Result,
    Step,
)
from pipeline.check.chain import Chain, is_ca, named
from pipeline.check.hostname import check_name
from pipeline.check.intermediates import Pool, issuer_urls
from pipeline.check.notices import notices
from pipeline.check.openssl.path import BuilderName, Code, Outcome
from pipeline.check.reasons import Reason, reason_of
from pipeline.check.releases import Release, releases
from pipeline.check.remedies import Case, other_ca, remedies, renaming, some, upgrade
from pipeline.check.verdict import Judge, Judgement, Sent
from pipeline.database.engine import transaction
from pipeline.moment import moment
from pipeline.questions.snapshots import incomplete
from pipeline.x509.certificate import Certificate, read


def check(
    engine: Engine,
    chain: Chain,
    *,
    firmware: Collection[str] = (),
    product: str | None = None,
    on: date | None = None,
    name: str | None = None,
    certs: Sequence[Path] = (),
    online: bool = False,
    allow_private: bool = False,
) -> Check:
    """Say which releases accept a chain, since or until when, and what helps where they don't.

    ``firmware`` names releases as `release_names.release` takes them; without it, all that are
    loaded are asked in their newest revisions. ``on`` as in `pipeline.moment.moment`. ``name`` is
    what phones call the server: its certificate has to be for that, too. ``certs`` are files
    of certificates that the server might send, too. If ``online``, an issuer that is missing is
    fetched from where the certificate says it is.

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
        allow_private=allow_private,
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
    certs: Sequence[Path] = (),
    online: bool = False,
    allow_private: bool = False,
) -> Checks:
    """Check several chains as `check` does; what one lacks may be in another."""
    when = moment(on)
    asked = releases(engine, firmware, product)
    pool = Pool(engine, _certificates(certs), chains, online=online, allow_private=allow_private)
    desk = _Desk(engine, asked, bool(firmware), Judge(when), pool)
    checks = [desk.check(chain, name) for chain in chains]
    return Checks(when, checks, incomplete(engine, [each.id for each in asked]))


def _certificates(paths: Sequence[Path]) -> list[Certificate]:
    if not paths:
        return []
    from pipeline.enrich import files  # imports pandas

    return [read(der) for file in files(paths) for der in file.certificates.values()]


@dataclass
class _Desk:
    """What the questions of one call have in common."""

    engine: Engine
    asked: Sequence[Release]
    is_choice: bool
    judge: Judge
    pool: Pool

    def check(self, chain: Chain, name: str | None) -> Check:
        """Answer for one chain."""
        name_check = None if name is None else check_name(chain.target, name)
        question = _Question(self, chain, name_check)
        results = question.results()
        is_refused = any(each.verdict == "refused" for each in results)
        return Check(
            on=self.judge.on,
            chain=list(map(question.certificate, chain.sent)),
            results=results,
            source=chain.source,
            name=name_check,
            findings=[*chain.findings, *question.missing(), *self._failures(chain)],
            common_roots=question.common_roots if is_refused else [],
        )

    def common_roots(self, target: Certificate) -> list[CommonRoot]:
        """Give the roots that all releases asked trust from the day asked for to the target's end.

        Those that browsers have in store come first, as their CAs are the ones in business.
        """
        return [
            CommonRoot(each.fingerprint, str(each.subject), each.not_after, is_in_browsers)
            for each, is_in_browsers in self._common
            if target.not_after < each.not_after
        ]

    def _failures(self, chain: Chain) -> list[Finding]:
        """Say what couldn't be fetched for a chain."""
        urls = dict.fromkeys(url for each in chain.sent for url in issuer_urls(each))
        failures = self.pool.failures
        return [Finding("not-fetched", failures[url]) for url in urls if url in failures]

    @cached_property
    def _common(self) -> list[tuple[Certificate, bool]]:
        first, *others = (each.roots for each in self.asked)
        shared = [
            root for root in first.values() if all(root.fingerprint in each for each in others)
        ]
        with transaction(self.engine) as connection:
            stores = root_programmes.stores(connection)
        ranked = [
            (root, root_programmes.is_in_a_browser(stores.present(root.fingerprint)))
            for root in shared
            if all(self.judge.accepts(Sent(root, ()), each) for each in self.asked)
        ]
        return sorted(ranked, key=lambda each: (not each[1], str(each[0].subject)))

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
    remedies: list[Remedy]


class _Question:
    """One chain, and what each release says of it."""

    def __init__(self, desk: _Desk, chain: Chain, name: NameCheck | None) -> None:
        self.desk = desk
        self.judge = desk.judge
        self.chain = chain
        self.sent = Sent(chain.target, chain.others, chain.is_served)
        self.is_misnamed = name is not None and not name.ok
        self.name = name
        self._shared: dict[tuple[str, ...], _Shared] = {}
        self._accepting: dict[Release, bool] = {}

    def results(self) -> list[Result]:
        """Give the answer of each release."""
        return [self._result(release) for release in self.desk.asked]

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
            or read(each.decisive.path[-1].der).is_self_signed
            for each in judgements
        ):
            return []
        ends = {read(each.decisive.path[-1].der) for each in judgements}
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
            notices=_notices(shared.judgement, release) if is_refused else [],
        )

    def _of(self, release: Release) -> _Shared:
        key = release.relevant(self.sent.names)
        if key not in self._shared:
            judgement = self.judge.judge(self.sent, release)
            case = Case(
                self.sent, release, self.judge, self.desk.asked, self.desk.pool, self._place
            )
            self._shared[key] = _Shared(
                judgement,
                reason_of(judgement),
                {name: self._builder(each, release) for name, each in judgement.outcomes.items()},
                self.judge.periods(self.sent, release),
                remedies(case) if judgement.verdict == "refused" else [],
            )
        return self._shared[key]

    def _builder(self, outcome: Outcome, release: Release) -> Builder:
        sent = set(self.sent.fingerprints)
        roots = release.with_proven(self.sent.all).roots
        path = []
        for link in outcome.path:
            is_top = link is outcome.path[-1]
            is_root = link.fingerprint in roots and (is_top or link.fingerprint not in sent)
            certificate = read(link.der)
            step = Step(
                link.fingerprint,
                str(certificate.subject),
                certificate.not_after,
                "trust list" if is_root else "server",
            )
            path.append(step)
        return Builder(outcome.ok, outcome.error or None, outcome.depth, path)

    def _place(self, certificate: Certificate) -> str:
        return f"certificate {self.chain.sent.index(certificate) + 1}"

    def _remedies(self, shared: _Shared, release: Release) -> list[Remedy]:
        if self.name and shared.judgement.verdict == "accepted":
            return [renaming(self.name, self.sent.target)]
        found = [*shared.remedies, *upgrade(self._upgrade(release))]
        if not any(each.kind in ("renew", "wait") for each in found):
            found += self._other_ca
        return found

    @cached_property
    def _other_ca(self) -> list[Remedy]:
        return list(other_ca(self.common_roots, self.desk.asked))

    @cached_property
    def common_roots(self) -> list[CommonRoot]:
        """Give the roots that outlive the target."""
        return self.desk.common_roots(self.sent.target)

    def _upgrade(self, release: Release) -> Release | None:
        later = (each for each in self.desk.loaded if each.comes_after(release))
        return next(filter(self._accepts, later), None)

    def _accepts(self, release: Release) -> bool:
        if release not in self._accepting:
            self._accepting[release] = self.judge.accepts(self.sent, release)
        return self._accepting[release]


def _misnamed(name: NameCheck) -> str:
    if not name.names:
        return (
            f"the server's certificate is not for {name.name}: it has no alternative names, "
            "and its common name doesn't count"
        )
    return f"the server's certificate is for {some(name.names)}, not for {name.name}"


def _notices(judgement: Judgement, release: Release) -> list[Notice]:
    outcome = judgement.decisive
    path = [read(each.der) for each in outcome.path]
    return list(notices(release.firmware, outcome.error, path))
