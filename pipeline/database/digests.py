"""The digests by which rows and snapshots are recognised, and by which `verify` checks them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def row_digest(
    fingerprint: str, fingerprint_sha256: str, subject_printed: str, agreed: bool
) -> bytes:
    """Give the SHA-256 that tells a printed row from all others."""
    parts = (fingerprint, fingerprint_sha256, "agreed" if agreed else "disputed", subject_printed)
    return hashlib.sha256("\n".join(parts).encode()).digest()


def content_digest(rows: Iterable[tuple[int, int, bytes]]) -> bytes:
    """Give the SHA-256 of a snapshot's entries: position, page and `row_digest`, in order."""
    lines = (f"{position} {page} {digest.hex()}\n" for position, page, digest in rows)
    return hashlib.sha256("".join(lines).encode()).digest()
