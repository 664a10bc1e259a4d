"""The moment that an answer is for: a day, a time, or now; always in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime


def moment(as_of: date | None) -> datetime:
    """Give the second that ``as_of`` means: a day its first (UTC), None the present.

    Raises ValueError if it is a time without a zone.
    """
    if as_of is None:
        return datetime.now(UTC).replace(microsecond=0)
    if not isinstance(as_of, datetime):
        return datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC)
    if as_of.tzinfo is None:
        raise ValueError(f"{as_of} has no time zone")
    return as_of.astimezone(UTC).replace(microsecond=0)
