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


def parse_moment(text: str) -> date:
    """Read a day, or a time, which is UTC if it has no zone of its own (ISO 8601).

    Raises ValueError if it is neither.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is no day such as 2020-06-01 or time such as 2020-05-30T10:48"
        ) from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
