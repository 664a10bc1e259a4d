"""How a status looks, on a page and in a terminal alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Look = Literal[
    "removed", "added", "changed", "unchanged", "bad", "warning", "good", "unknown", "plain"
]

LOOKS: Final[Mapping[str, tuple[Look, str]]] = {
    "removed": ("removed", "−"),
    "added": ("added", "+"),
    "changed": ("changed", "≠"),
    "unchanged": ("unchanged", "="),
    "expired": ("bad", "✕"),
    "refused": ("bad", "✕"),
    "never accepted": ("bad", "✕"),
    "expiring": ("warning", "!"),
    "not yet valid": ("warning", "!"),
    "valid": ("good", "✓"),
    "accepted": ("good", "✓"),
    "unknown": ("unknown", "?"),
    "complete": ("good", "✓"),
    "incomplete": ("warning", "!"),
    "in store": ("good", "✓"),
    "left": ("warning", "!"),
    "nothing": ("bad", "✕"),
    "re-issue": ("good", "✓"),
    "cross-certificate": ("warning", "!"),
    "several": ("plain", "≡"),
}
"""The look and the sign of a status: colour alone tells nobody anything."""
