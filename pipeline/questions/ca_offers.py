"""Whether to buy a server's certificate from a CA: which of its roots all releases trust."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Engine

from pipeline import catalogue
from pipeline.catalogue import authorities, root_programmes
from pipeline.catalogue.authorities import Authority, IssuesTo
from pipeline.check.ca_choice import Choice
from pipeline.check.intermediates import Pool
from pipeline.check.releases import Release, releases, told_apart
from pipeline.check.servers import cover
from pipeline.check.verdict import Judge
from pipeline.database.engine import transaction
from pipeline.errors import UsageError
from pipeline.moment import moment
from pipeline.questions.snapshots import NOT_WRITTEN, SnapshotInfo, incomplete
from pipeline.x509.certificate import Certificate, read

Advice = Literal["yes", "some", "no"]


@dataclass(frozen=True)
class CaRoot:
    """A root of a CA. ``trusted_by`` are the releases that accept what it issues.

    ``if_sent`` are those that accept it where servers send ``cross_certificate`` (SHA-1), which
    the root ``through`` (SHA-1) has issued. ``flaw`` says why it is none to buy under, or nothing.
    """

    fingerprint: str
    subject: str
    not_after: datetime
    flaw: str
    trusted_by: list[str]
    if_sent: list[str]
    cross_certificate: str | None
    through: str | None


@dataclass(frozen=True)
class Ca:
    """A CA, and whether all releases trust what it issues: all, ``some``, or none of them.

    ``trusting`` counts those that trust one of its roots that nothing speaks against, ``source`` is
    where it says what it issues.
    """

    name: str
    issues_to: IssuesTo
    source: str
    advice: Advice
    trusting: int
    roots: list[CaRoot]


@dataclass(frozen=True)
class CaOffers:
    """The CAs that ``text`` names. ``releases`` are those asked, in their newest revisions."""

    text: str
    as_of: datetime
    releases: list[str]
    cas: list[Ca]
    gaps: list[SnapshotInfo] = field(default_factory=list, metadata=NOT_WRITTEN)

    @property
    def is_yes(self) -> bool:
        """Whether there is any such CA, and all releases trust each."""
        return bool(self.cas) and all(each.advice == "yes" for each in self.cas)


def ca_offers(
    engine: Engine,
    text: str,
    *,
    firmware: Collection[str] = (),
    product: str | None = None,
    as_of: date | None = None,
) -> CaOffers:
    """Say of each CA in whose name or organisation a word begins with a text whether all trust it.

    Upper and lower case are the same. ``firmware`` and ``product`` as in `pipeline.check.check`,
    ``as_of`` as in `pipeline.moment.moment`.

    Raises:
        UsageError: ``text`` is empty, nothing is loaded, or ``firmware`` names no release.
    """
    wanted = " ".join(text.split())
    if not wanted:
        raise UsageError("No CA is named; give a part of its name, such as sectigo.")
    is_meant = re.compile(rf"(?<!\w){re.escape(wanted)}", re.IGNORECASE).search
    when = moment(as_of)
    asked = releases(engine, firmware, product)
    names = told_apart(asked)
    judge, pool = Judge(when), Pool(engine, when)
    with transaction(engine) as connection:
        stores = root_programmes.stores(connection)
    choice = Choice(asked, judge, stores)
    known = {key: root for release in asked for key, root in release.roots.items()}
    others = catalogue.find(_named(is_meant) - known.keys())
    known |= {key: read(der) for key, der in others.items()}
    by_ca: dict[str, list[tuple[Authority, Certificate]]] = {}
    for root in known.values():
        authority = authorities.authority_of(root.fingerprint, str(root.subject))
        if is_meant(authority.name) or is_meant(root.subject.owner):
            by_ca.setdefault(authority.name, []).append((authority, root))
    cas = [
        _ca(
            min((each for each, _ in pairs), key=lambda each: each.issues_to == "nobody"),
            [_root(root, choice, names, judge, pool) for _, root in pairs],
            len(asked),
        )
        for pairs in by_ca.values()
    ]
    ordered = sorted(cas, key=lambda each: (-each.trusting, each.name))
    gaps = incomplete(engine, [each.id for each in asked])
    return CaOffers(text, when, list(names.values()), ordered, gaps)


def _named(is_meant: Callable[[str], object]) -> set[str]:
    subjects = catalogue.subjects()
    return {
        key
        for key, authority in authorities.roots().items()
        if is_meant(authority.name) or is_meant(subjects[key])
    }


def _root(
    root: Certificate, choice: Choice, names: Mapping[Release, str], judge: Judge, pool: Pool
) -> CaRoot:
    trusting = choice.trusting(root)
    flaw = choice.flaw(root)
    covers = {
        name: found
        for release, name in names.items()
        if not flaw and release not in trusting and (found := cover(root, release, judge, pool))
    }
    first = next((each for each in covers.values() if each.certificate), None)
    again = [name for name, each in covers.items() if not each.certificate]
    return CaRoot(
        root.fingerprint,
        str(root.subject),
        root.not_after,
        flaw,
        [name for each, name in names.items() if each in trusting or name in again],
        [name for name, each in covers.items() if each.certificate],
        first.certificate if first else None,
        first.root if first else None,
    )


def _ca(authority: Authority, roots: list[CaRoot], asked: int) -> Ca:
    trusting = {name for root in roots if not root.flaw for name in root.trusted_by}
    is_open = authority.issues_to != "nobody"
    advice: Advice = "no"
    if trusting and is_open:
        advice = "yes" if len(trusting) == asked else "some"
    roots.sort(key=lambda e: (bool(e.flaw), -len(e.trusted_by), -e.not_after.timestamp()))
    return Ca(authority.name, authority.issues_to, authority.source, advice, len(trusting), roots)
