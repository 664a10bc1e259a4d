"""A root of a trust list with what speaks for and against it, from wherever the list comes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from pipeline import catalogue
from pipeline.catalogue.root_programmes import Stay, Stores
from pipeline.firmware import ReleaseId
from pipeline.questions.trust_list import is_of
from pipeline.x509.certificate import Certificate
from schemas import tables

_CERTIFICATE: Final = tables.certificates.c


@dataclass(frozen=True)
class Root:
    """A row of a trust list, with the evidence for reasons; None is for what is not known.

    ``fingerprint`` is its SHA-1 or, while that is not known, its SHA-256; ``name`` and ``key`` are
    the subject of its certificate and the SHA-256 of its SubjectPublicKeyInfo. ``stays`` are
    its times in the programmes' stores.
    """

    fingerprint: str
    subject: str
    not_before: datetime | None = None
    not_after: datetime | None = None
    name: str | None = None
    key: str | None = None
    key_type: str | None = None
    stays: Sequence[Stay] | None = None


def of_snapshot(connection: Connection, release: ReleaseId, known: Stores) -> list[Root]:
    """Read a snapshot's roots, in the order of its document."""
    row = tables.trust_list.c
    statement = (
        select(
            tables.identity(row).label("fingerprint"),
            row.subject,
            row.not_before,
            row.not_after,
            _CERTIFICATE.subject.label("name"),
            _CERTIFICATE.spki_sha256.label("key"),
            row.key_type,
        )
        .outerjoin(tables.certificates, _CERTIFICATE.fingerprint == row.fingerprint)
        .where(is_of(release))
        .order_by(row.position)
    )
    return [
        Root(**found._mapping, stays=_stays(found.fingerprint, known))
        for found in connection.execute(statement)
    ]


def of_certificates(certificates: Iterable[Certificate], known: Stores) -> list[Root]:
    """Take certificates for a trust list."""
    return [
        Root(
            each.fingerprint,
            str(each.subject),
            each.not_before,
            each.not_after,
            str(each.subject),
            each.spki_sha256,
            each.key_type,
            _stays(each.fingerprint, known),
        )
        for each in certificates
    ]


def known_as(root: Root) -> str | None:
    """Give Microsoft's name for a root if it begins with a word that the subject hasn't.

    So it does where somebody else runs the root today: Sectigo, for AddTrust's.
    """
    name = re.split(r" \(| - ", catalogue.names("microsoft").get(root.fingerprint, ""))[0]
    first = name.partition(" ")[0].casefold()
    return name if first not in root.subject.casefold() else None


def _stays(fingerprint: str, known: Stores) -> Sequence[Stay] | None:
    return known.stays(fingerprint) if known.newest else None
