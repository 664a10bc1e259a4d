"""Rows that OCR read: those that a certificate proves are taken, the others are problems.

The fingerprint has to be the certificate's, digit by digit; the name its subject, but for what OCR
can't tell (`pipeline.x509.names.matches_scan`). The subject is then spelled as the certificate has
it, for how the document spells it isn't known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from pipeline.catalogue.nearest import nearest
from pipeline.enrich.evidence import Search
from pipeline.enrich.source import Source
from pipeline.extract.document import UNCERTAIN_JOIN, Problem, Row
from pipeline.x509 import names
from pipeline.x509.certificate import Certificate

_UNKNOWN: Final = (
    "This was read off a picture, and no known certificate has this fingerprint. Look at the page; "
    "--certs gives certificates."
)


def proven(rows: Sequence[Row], sources: Iterable[Source]) -> tuple[list[Row], list[Problem]]:
    """Keep the rows that weren't scanned, and those of the scanned ones that are proven."""
    scanned = [row for row in rows if row.scanned]
    if not scanned:
        return list(rows), []
    search = Search(scanned)
    for source in sources:
        search.ask(source)
    kept: list[Row] = []
    problems: list[Problem] = []
    for row in rows:
        found = search.found.get(row.identity)
        if not row.scanned:
            kept.append(row)
        elif found is None:
            hint = nearest(row.fingerprint) if row.fingerprint else ""
            problems.append(
                Problem("unread-ink", row.page, _shown(row), f"{hint}." if hint else _UNKNOWN)
            )
        elif _is_its_row(row, found.certificate):
            kept.append(replace(row, subject=str(found.certificate.subject)))
        else:
            hint = f"The certificate with this fingerprint is that of {found.certificate.subject}."
            problems.append(Problem("subject-mismatch", row.page, _shown(row), hint))
    return kept, problems


def _is_its_row(row: Row, certificate: Certificate) -> bool:
    if row.fingerprint_sha256 not in ("", certificate.fingerprint_sha256):
        return False
    return names.matches_scan(row.subject.replace(UNCERTAIN_JOIN, " "), certificate.subject)


def _shown(row: Row) -> str:
    return f"{row.identity} {row.subject}".replace(UNCERTAIN_JOIN, " ").strip()
