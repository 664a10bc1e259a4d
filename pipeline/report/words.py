"""Turns of phrase that several reports need."""

from __future__ import annotations

from pipeline.catalogue.root_programmes import LEAST_RSA_BITS


def count(number: int, noun: str) -> str:
    """Write ``1 root``, ``7 roots``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(parts: list[str]) -> str:
    """Write ``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)


def key(key_type: str, key_bits: int | None, *, is_weak: bool) -> str:
    """Write ``RSA, 1024 bits: weak, under 2048 bits``."""
    bits = f", {key_bits} bits" if key_bits else ""
    return f"{key_type}{bits}" + (f": weak, under {LEAST_RSA_BITS} bits" if is_weak else "")
