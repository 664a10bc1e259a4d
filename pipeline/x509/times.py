"""The times of certificates (RFC 5280 section 4.1.2.5), as OpenSSL reads them."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import Final, NamedTuple

from pipeline.x509 import asn1
from pipeline.x509.asn1 import Element

# the digits in the two forms of the year; RFC 5280 wants seconds and Z
_TIME: Final = re.compile(
    r"(?P<year>[0-9]{4})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12][0-9]|3[01])"
    r"(?P<hour>[01][0-9]|2[0-3])(?P<minute>[0-5][0-9])(?P<second>[0-5][0-9])?"
    r"(?P<fraction>\.[0-9]+)?(?:Z|(?P<sign>[+-])(?P<hours>0[0-9]|1[0-2])(?P<minutes>[0-5][0-9]))"
)
_DAY: Final = 86400
_OF_400_YEARS: Final = 146097  # days
_EPOCH: Final = date(1970, 1, 1).toordinal()


class Time(NamedTuple):
    """A time in seconds since 1970, UTC: as RFC 5280 wants it, else None; and in any form."""

    proper: int | None
    any: int | None


def read_time(value: Element, *, takes_any_day: bool = False) -> Time:
    """Read a UTCTime or GeneralizedTime.

    ``takes_any_day``: 31 February is a day, the third of March, as for OpenSSL 1.0.2.
    """
    written = value.octets().decode("latin-1")
    if value.tag == asn1.UTC_TIME:
        written = ("19" if written >= "50" else "20") + written
    found = _TIME.fullmatch(written)
    if found is None or (found["fraction"] and value.tag == asn1.UTC_TIME):
        return Time(None, None)
    year, month, day = (int(found[part]) for part in ("year", "month", "day"))
    days = _days(year, month, day, takes_any_day=takes_any_day)
    if days is None:
        return Time(None, None)
    of_day = int(found["hour"]) * 3600 + int(found["minute"]) * 60 + int(found["second"] or 0)
    time = days * _DAY + of_day
    if found["sign"]:
        offset = int(found["hours"]) * 3600 + int(found["minutes"]) * 60
        time -= offset if found["sign"] == "+" else -offset
    is_proper = not found["sign"] and found["second"] and not found["fraction"]
    return Time(time if is_proper else None, time)


def _days(year: int, month: int, day: int, *, takes_any_day: bool) -> int | None:
    """Count the days since 1970. The calendar repeats after 400 years, which gives the year 0."""
    same, before = (year, 0) if year else (400, _OF_400_YEARS)
    if day > monthrange(same, month)[1] and not takes_any_day:
        return None
    return date(same, month, 1).toordinal() - before - _EPOCH + day - 1
