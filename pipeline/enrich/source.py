"""The interface that every source of certificates has."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from pipeline.errors import SourceError


class Source(Protocol):
    """Somewhere to find certificates by their fingerprint, SHA-1 or SHA-256.

    What it gives is never taken on trust: `pipeline.enrich.enrich` computes the digests.
    """

    @property
    def name(self) -> str:
        """What the certificates' ``source`` shall be: ``catalogue``, ``file:NAME``, ``crt.sh``."""

    def find(self, fingerprints: Collection[str]) -> Mapping[str, bytes]:
        """Give the DER of each certificate it has among these; as 40 or 64 hex digits.

        Raises `IncompleteError` if it couldn't be asked for all of them.
        """


class IncompleteError(SourceError):
    """A source failed before it had answered for every fingerprint.

    `found` is what it had found by then, `absent` what it had said that it doesn't have.
    """

    def __init__(self, message: str, found: Mapping[str, bytes], absent: Collection[str]):
        super().__init__(message)
        self.found = found
        self.absent = absent
