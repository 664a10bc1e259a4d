"""Turns of phrase that several reports need."""

from __future__ import annotations

import shlex
from datetime import date

from pipeline.catalogue.root_programmes import LEAST_RSA_BITS


def count(number: int, noun: str) -> str:
    """Write ``1 root``, ``7 roots``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def every(number: int, noun: str) -> str:
    """Write ``both releases``, ``all 3 releases``."""
    return f"both {noun}s" if number == 2 else f"all {number:,} {noun}s"


def typed(*words: str) -> str:
    """Write a command of ours as it is typed in a shell: names of releases have brackets."""
    return f"`{shlex.join(['trustlist', *words])}`"


def listed(parts: list[str]) -> str:
    """Write ``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)


def relative(day: date, today: date) -> str:
    """Write how far a day is from another: ``in 97 days``, ``today``, ``6 years ago``."""
    if day == today:
        return "today"
    first, last = sorted((day, today))
    years = last.year - first.year - ((last.month, last.day) < (first.month, first.day))
    span = count(years, "year") if years > 1 else count((last - first).days, "day")
    return f"in {span}" if day > today else f"{span} ago"


def dated(day: date, today: date) -> str:
    """Write a day with how far it is: ``2027-03-04 (in 97 days)``."""
    return f"{day.isoformat()} ({relative(day, today)})"


def key(key_type: str, key_bits: int | None, *, is_weak: bool) -> str:
    """Write ``RSA, 1024 bits: weak, under 2048 bits``."""
    bits = f", {key_bits} bits" if key_bits else ""
    return f"{key_type}{bits}" + (f": weak, under {LEAST_RSA_BITS} bits" if is_weak else "")
