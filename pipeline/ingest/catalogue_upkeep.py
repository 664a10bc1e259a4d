"""The catalogue's upkeep: what it holds, how old it is, and roots of the user's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, func, select

from pipeline import catalogue
from pipeline.database.engine import open_for_writing, transaction
from pipeline.enrich import files, tabulated
from pipeline.load import attach
from pipeline.moment import moment
from pipeline.x509.certificate import Certificate, UnreadableCertificateError, read
from schemas import tables

OLD: Final = timedelta(days=365)
"""A catalogue whose newest bundle is older is out of date."""


@dataclass(frozen=True)
class ProgrammeInfo:
    """What the catalogue has of a programme: roots, the days of bundles, the newest's package."""

    programme: str
    roots_ever: int
    roots_now: int
    first_bundle: date
    newest_bundle: date
    newest_source: str
    age_days: int


@dataclass(frozen=True)
class CatalogueInfo:
    """What the catalogue holds. ``certificates_added`` are the user's, None without a database.

    ``packages`` are the names of those that the sightings were read from.
    """

    certificates: int
    certificates_added: int | None
    sightings: int
    newest_bundle: date
    age_days: int
    is_old: bool
    packages: list[str]
    programmes: list[ProgrammeInfo]


@dataclass(frozen=True)
class Added:
    """A root of the user's own; ``is_new`` if the database didn't have it."""

    fingerprint: str
    subject: str
    source: str
    is_new: bool


@dataclass(frozen=True)
class Addition:
    """The roots added; ``attached`` counts printed rows that have their certificate now."""

    roots: list[Added]
    attached: int
    warnings: list[str]


def info(engine: Engine | None = None, as_of: date | None = None) -> CatalogueInfo:
    """Say what the catalogue holds, and how old it is on a day (see `pipeline.moment.moment`)."""
    today = moment(as_of).date()
    programmes = [_programme(name, today) for name in sorted(catalogue.newest())]
    newest = max(each.newest_bundle for each in programmes)
    sightings = catalogue.sightings()
    sources = (part for each in sightings for part in each.source.split(" to "))
    return CatalogueInfo(
        certificates=len(catalogue.fingerprints()),
        certificates_added=None if engine is None else _count_added(engine),
        sightings=len(sightings),
        newest_bundle=newest,
        age_days=(today - newest).days,
        is_old=today - newest > OLD,
        packages=sorted({source.partition(" ")[0] for source in sources}),
        programmes=programmes,
    )


def add(database_url: str, paths: Sequence[Path]) -> Addition:
    """Keep the certificates of files and directories in the database, for all later documents.

    Rows that print their fingerprints get them at once.

    Raises:
        UsageError: a path can't be read or holds no certificate.
        DatabaseError: the database can't be used.
    """
    found: dict[str, tuple[Certificate, str]] = {}
    warnings: list[str] = []
    for file in files(paths):
        for fingerprint, der in file.certificates.items():
            try:
                found.setdefault(fingerprint, (read(der), file.name))
            except UnreadableCertificateError as error:
                warnings.append(f"{file.name}: {fingerprint} is {error}. Ignored.")
    engine = open_for_writing(database_url)
    known = _known(engine)
    attached = attach(engine, tabulated(found.values()))
    roots = [
        Added(fingerprint, str(certificate.subject), source, fingerprint not in known)
        for fingerprint, (certificate, source) in found.items()
    ]
    return Addition(roots, attached, warnings)


def _programme(name: str, today: date) -> ProgrammeInfo:
    sightings = [each for each in catalogue.sightings() if each.programme == name]
    newest = catalogue.newest()[name]
    present = [each for each in sightings if each.last_seen == newest]
    return ProgrammeInfo(
        name,
        roots_ever=len(sightings),
        roots_now=len(present),
        first_bundle=min(each.first_seen for each in sightings),
        newest_bundle=newest,
        newest_source=present[0].source.rpartition(" to ")[2],
        age_days=(today - newest).days,
    )


def _known(engine: Engine) -> set[str]:
    with transaction(engine) as connection:
        return set(connection.scalars(select(tables.certificates.c.fingerprint)))


def _count_added(engine: Engine) -> int:
    own = tables.certificates.c.source.startswith("file:")
    with transaction(engine) as connection:
        return connection.scalar(select(func.count()).where(own)) or 0
