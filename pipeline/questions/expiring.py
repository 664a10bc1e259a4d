"""What runs out soon."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Engine, select

from pipeline.database.engine import batches, transaction
from pipeline.errors import UsageError
from pipeline.firmware import ReleaseId
from pipeline.moment import moment
from pipeline.questions.release_names import release, some_releases
from pipeline.questions.snapshots import NOT_WRITTEN, SnapshotInfo, incomplete
from pipeline.questions.trust_list import is_of
from schemas import tables

_CERTIFICATE: Final = tables.certificates.c

_WITHIN: Final = re.compile(r"([1-9][0-9]{0,4}) ?([dwmy])", re.IGNORECASE)

_UNKNOWN: Final = (
    select(tables.printed_rows.c.fingerprint)
    .distinct()
    .outerjoin(tables.certificates, _CERTIFICATE.fingerprint == tables.printed_rows.c.fingerprint)
    .where(_CERTIFICATE.fingerprint.is_(None))
)


@dataclass(frozen=True)
class ExpiringRoot:
    """A root that runs out, and which of the releases trust it. Times are UTC."""

    fingerprint: str
    subject: str
    not_after: datetime
    trusted_by: list[ReleaseId]


@dataclass(frozen=True)
class Expiring:
    """What runs out from ``as_of`` to ``until``, both included, soonest first.

    ``unknown`` counts the roots whose certificate, and so whose end, isn't known. ``gaps`` are the
    releases that may lack roots.
    """

    as_of: datetime
    until: datetime
    releases: list[ReleaseId]
    unknown: int
    roots: list[ExpiringRoot]
    gaps: list[SnapshotInfo] = field(default_factory=list, metadata=NOT_WRITTEN)


def expiring(
    engine: Engine,
    text: str | None = None,
    *,
    within: str = "90d",
    product: str | None = None,
    as_of: date | None = None,
) -> Expiring:
    """Find what runs out in the release that ``text`` names or, without it, in every release.

    ``within`` as in `end_of`, ``as_of`` as in `pipeline.moment.moment`.

    Raises:
        UsageError: ``within`` is no time; ``text`` names no release, or several.
    """
    when = moment(as_of)
    until = end_of(within, when)
    releases = (
        some_releases(engine, product) if text is None else [release(engine, text, product).id]
    )
    within_time = _CERTIFICATE.not_after.between(when, until)
    with transaction(engine) as connection:
        known = connection.scalars(select(_CERTIFICATE.fingerprint).where(within_time)).all()
        ending = _rows(connection, releases, known)
        unknown = _rows(connection, releases, connection.scalars(_UNKNOWN).all())
    roots: dict[str, ExpiringRoot] = {}
    for each, fingerprint, subject, not_after in ending:
        new = ExpiringRoot(fingerprint, subject, not_after, [])
        roots.setdefault(fingerprint, new).trusted_by.append(each)
    soonest = sorted(roots.values(), key=lambda root: (root.not_after, root.fingerprint))
    return Expiring(
        when,
        until,
        releases,
        len({row[1] for row in unknown}),
        soonest,
        incomplete(engine, releases),
    )


def _rows(
    connection: Connection, releases: Sequence[ReleaseId], fingerprints: Sequence[str]
) -> list[tuple[ReleaseId, str, str, datetime]]:
    """Give the rows of these releases that have one of these fingerprints, release by release.

    Of many releases all is asked for at once: few roots are wanted, but most releases.
    """
    view = tables.trust_list.c
    statement = select(
        *(view.product, view.firmware, view.revision),
        *(tables.identity(view), view.subject, view.not_after),
    )
    if len(releases) == 1:
        statement = statement.where(is_of(releases[0]))
    places = {each: place for place, each in enumerate(releases)}
    found = [
        (found_in, root, subject, not_after)
        for batch in batches(fingerprints)
        for *names, root, subject, not_after in connection.execute(
            statement.where(view.fingerprint.in_(batch))
        )
        if (found_in := ReleaseId(*names)) in places
    ]
    found.sort(key=lambda row: places[row[0]])
    return found


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
