"""What runs out soon."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Engine, select

from pipeline.database.engine import batches, transaction
from pipeline.errors import UsageError
from pipeline.questions import trust_list
from schemas import tables
from schemas.tables import Certificate, PrintedRow

_WITHIN: Final = re.compile(r"([1-9][0-9]{0,4}) ?([dwmy])", re.IGNORECASE)

_UNKNOWN: Final = (
    select(PrintedRow.fingerprint)
    .distinct()
    .outerjoin(Certificate, Certificate.fingerprint == PrintedRow.fingerprint)
    .where(Certificate.fingerprint.is_(None))
)


@dataclass(frozen=True)
class Release:
    """A release that was looked at, in one of its revisions."""

    product: str
    firmware: str
    revision: int


@dataclass(frozen=True)
class ExpiringRoot:
    """A root that runs out, and which of the releases trust it. Times are UTC."""

    fingerprint: str
    subject: str
    not_after: datetime
    trusted_by: list[Release]


@dataclass(frozen=True)
class Expiring:
    """What runs out from ``as_of`` to ``until``, both included, soonest first.

    ``unknown`` counts the roots whose certificate, and so whose end, isn't known.
    """

    as_of: datetime
    until: datetime
    releases: list[Release]
    unknown: int
    roots: list[ExpiringRoot]


def expiring(
    engine: Engine,
    text: str | None = None,
    *,
    within: str = "90d",
    product: str | None = None,
    as_of: date | None = None,
) -> Expiring:
    """Find what runs out in the release that ``text`` names or, without it, in every release.

    ``within`` as in `end_of`, ``as_of`` as in `query.moment`.

    Raises:
        UsageError: ``within`` is no time; ``text`` names no release, or several.
    """
    when = trust_list.moment(as_of)
    until = end_of(within, when)
    releases = _releases(engine, text, product)
    within_time = Certificate.not_after.between(when, until)
    with transaction(engine) as connection:
        known = connection.scalars(select(Certificate.fingerprint).where(within_time)).all()
        ending = _rows(connection, releases, known)
        unknown = _rows(connection, releases, connection.scalars(_UNKNOWN).all())
    roots: dict[str, ExpiringRoot] = {}
    for release, fingerprint, subject, not_after in ending:
        new = ExpiringRoot(fingerprint, subject, not_after, [])
        roots.setdefault(fingerprint, new).trusted_by.append(release)
    soonest = sorted(roots.values(), key=lambda root: (root.not_after, root.fingerprint))
    return Expiring(when, until, releases, len({row[1] for row in unknown}), soonest)


def _rows(
    connection: Connection, releases: Sequence[Release], fingerprints: Sequence[str]
) -> list[tuple[Release, str, str, datetime]]:
    """Give the rows of these releases that have one of these fingerprints, release by release.

    Of many releases all is asked for at once: few roots are wanted, but most releases.
    """
    view = tables.trust_list.c
    release = (view.product, view.firmware, view.revision)
    statement = select(*release, view.fingerprint, view.subject, view.not_after)
    if len(releases) == 1:
        values = zip(release, _key(releases[0]), strict=True)
        statement = statement.where(*(column == value for column, value in values))
    places = {_key(each): place for place, each in enumerate(releases)}
    found = [
        row
        for batch in batches(fingerprints)
        for row in connection.execute(statement.where(view.fingerprint.in_(batch)))
        if row[:3] in places
    ]
    found.sort(key=lambda row: places[row[:3]])
    return [(Release(*row[:3]), *row[3:]) for row in found]


def _key(release: Release) -> tuple[str, str, int]:
    return release.product, release.firmware, release.revision


def end_of(within: str, start: datetime) -> datetime:
    """Add a time to ``start``: ``90d``, ``12w``, ``6m`` (calendar months) or ``1y``.

    A day that the month doesn't have is its last.

    Raises:
        UsageError: this is no such time, or its end is after the year 9999.
    """
    found = _WITHIN.fullmatch(within.strip())
    if not found:
        raise UsageError(f"{within!r} is no time such as 90d, 12w, 6m or 1y.")
    number, unit = int(found[1]), found[2].lower()
    try:
        if unit in "dw":
            return start + timedelta(days=number * (7 if unit == "w" else 1))
        return _months_after(start, number * (12 if unit == "y" else 1))
    except (OverflowError, ValueError):
        raise UsageError(f"{within!r} is too long; it ends after the year 9999.") from None


def _months_after(start: datetime, months: int) -> datetime:
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    last = calendar.monthrange(year, month)[1]
    return start.replace(year=year, month=month, day=min(start.day, last))


def _releases(engine: Engine, text: str | None, product: str | None) -> list[Release]:
    if text is not None:
        snapshot = trust_list.release(engine, text, product)
        return [Release(snapshot.product, snapshot.firmware, snapshot.revision)]
    newest = tables.latest_revisions.c
    statement = select(newest.product, newest.firmware, newest.revision).order_by(
        newest.product, newest.firmware_order
    )
    with transaction(engine) as connection:
        releases = [Release(*row) for row in connection.execute(statement)]
    found = [release for release in releases if product in (None, release.product)]
    if not found:
        what = "Nothing" if product is None else f"Nothing of {product}"
        raise UsageError(f"{what} is loaded; run `trustlist snapshots` to see what is.")
    return found
