"""Certificates that stand amid the text of a page, in PEM: below the row that tells of each."""

import hashlib
import re
from base64 import b64decode
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from pipeline.extract.document import Problem
from pipeline.extract.page import Line

_BEGIN: Final = "-----BEGIN CERTIFICATE-----"
_END: Final = "-----END CERTIFICATE-----"
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]{2,}={0,2}")


@dataclass(slots=True)
class PemBlock:
    """One of them: the page that it begins on, and its lines."""

    page: int
    lines: list[str] = field(default_factory=list)

    @property
    def digests(self) -> set[str]:
        """Its SHA-1 and SHA-256 fingerprints; none if it is damaged."""
        try:
            der = b64decode("".join(self.lines), validate=True)
        except ValueError:
            return set()
        return {
            hashlib.sha1(der, usedforsecurity=False).hexdigest(),
            hashlib.sha256(der).hexdigest(),
        }


@dataclass(slots=True)
class PemBlocks:
    """Those of a document, page by page; a block may go on on the next page."""

    found: list[PemBlock] = field(default_factory=list)
    is_open: bool = False

    def without(self, page: int, lines: Sequence[Line]) -> list[Line]:
        """The lines of the next page that are of no such block."""
        left: list[Line] = []
        for line in lines:
            if line.text == _BEGIN:
                self.found.append(PemBlock(page))
                self.is_open = True
            elif self.is_open and line.text == _END:
                self.is_open = False
            elif self.is_open and _BASE64.fullmatch(line.text):
                self.found[-1].lines.append(line.text)
            else:
                left.append(line)
        return left

    def problems(self, fingerprints: Collection[str]) -> list[Problem]:
        """Those that no row tells of, by the fingerprints of rows."""
        hint = "No row has the fingerprint of this certificate, or it is damaged; look at the page."
        return [
            Problem(
                "unaccounted-text",
                block.page,
                f"{_BEGIN} {block.lines[0] if block.lines else ''}",
                hint,
            )
            for block in self.found
            if block.digests.isdisjoint(fingerprints)
        ]
