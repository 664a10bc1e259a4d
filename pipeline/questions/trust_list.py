"""A row of a trust list, and how its certificate stands on a day: what several questions need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import ColumnElement, and_

from pipeline.firmware import ReleaseId
from schemas import tables

Status = Literal["expired", "expiring", "valid", "unknown"]

SOON: Final = timedelta(days=365)
"""A certificate that ends within this time is ``expiring``."""


@dataclass(frozen=True)
class ListedRoot:
    """A row of the view `trust_list`. Times are UTC.

    `fingerprint` is empty while only the SHA-256 is known.
    """

    product: str
    firmware: str
    revision: int
    position: int
    page: int
    fingerprint: str
    fingerprint_sha256: str | None
    subject: str
    subject_printed: str
    issuer: str | None
    serial_number: str | None
    not_before: datetime | None
    not_after: datetime | None
    key_type: str | None
    key_bits: int | None
    signature_algorithm: str | None
    evidence: Literal["proven", "identified", "agreed", "disputed"]
    certificate_source: str | None
    document_sha256: str
    ingested_at: datetime

    @property
    def identity(self) -> str:
        """What tells the root from others: its SHA-1 or, while that is not known, its SHA-256."""
        return self.fingerprint or self.fingerprint_sha256 or ""


def is_of(release: ReleaseId) -> ColumnElement[bool]:
    """The condition that a row of the view `trust_list` is one of a release's."""
    view = tables.trust_list.c
    return and_(
        view.product == release.product,
        view.firmware == release.firmware,
        view.revision == release.revision,
    )


def status_of(not_after: datetime | None, when: datetime) -> Status:
    """Tell how a certificate stands at a time; None: it is not known.

    It is valid in its last second, too (RFC 5280 section 4.1.2.5). Only the end counts: one whose
    time has yet to come is ``valid``.
    """
    if not_after is None:
        return "unknown"
    if not_after < when:
        return "expired"
    return "expiring" if not_after - when <= SOON else "valid"
