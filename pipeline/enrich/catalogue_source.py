"""The catalogue as a source: the root certificates shipped with the project."""

from __future__ import annotations

from collections.abc import Collection

from pipeline import catalogue


class Catalogue:
    """The shipped certificates."""

    name = "catalogue"

    def find(self, fingerprints: Collection[str]) -> dict[str, bytes]:
        """Give the DER of each certificate the catalogue has among these."""
        return catalogue.find(fingerprints)
