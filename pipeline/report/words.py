"""Turns of phrase that several reports need."""

from __future__ import annotations


def count(number: int, noun: str) -> str:
    """Write ``1 root``, ``7 roots``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(parts: list[str]) -> str:
    """Write ``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)
