"""Looking once more for the certificates of loaded rows that have none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Engine, exists, select

from pipeline.database.engine import transaction
from pipeline.enrich import Catalogue, Source, enrich, files
from pipeline.extract.document import Problem
from pipeline.ingest import crtsh_memory
from pipeline.load import attach, entries_of
from pipeline.questions import release_names
from schemas import frames, tables

_SNAPSHOT: Final = tables.snapshots.c
_PRINTED: Final = tables.printed_rows.c

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.enrich.crtsh import Service


@dataclass(frozen=True)
class Resolved:
    """A certificate that was found, and where."""

    fingerprint: str
    subject: str
    certificate_source: str


@dataclass(frozen=True)
class Unresolved:
    """A certificate that wasn't: its SHA-1, or SHA-256 if only that is known.

    ``not_at_crtsh`` is when crt.sh said that it doesn't have it (UTC).
    """

    fingerprint: str
    subject: str
    not_at_crtsh: datetime | None


@dataclass(frozen=True)
class Resolution:
    """What came of it. ``problems`` are rows that contradict the certificate found for them."""

    resolved: list[Resolved]
    unresolved: list[Unresolved]
    problems: list[Problem]
    warnings: list[str]


def resolve(
    engine: Engine,
    release: str | None = None,
    *,
    product: str | None = None,
    certs: Sequence[Path] = (),
    online: bool = False,
    service: Service | None = None,
    asking: crtsh_memory.Progress = lambda done, total: None,
) -> Resolution:
    """Look for the certificates that rows of a release, or of all, are without.

    They are looked for where `pipeline.ingest.ingest` does. Nothing that is known is changed.

    Raises:
        UsageError: ``release`` names none, ``certs`` holds nothing.
        DatabaseError: the database can't be used.
    """
    own = files(certs)
    entries = _unresolved(engine, release, product)
    sources: list[Source] = [*own, Catalogue()]
    if online:
        sources.append(crtsh_memory.crtsh(engine, service, asking))
    enriched = enrich(entries, sources)
    attach(engine, enriched.certificates)
    if online:
        crtsh_memory.keep(engine, enriched)
    columns = enriched.certificates[["fingerprint", "subject", "source"]]
    resolved = [Resolved(*row) for row in columns.itertuples(index=False, name=None)]
    found = {*enriched.certificates["fingerprint"], *enriched.certificates["fingerprint_sha256"]}
    sha256 = entries["fingerprint_sha256"]
    digests = entries["fingerprint"].where(entries["fingerprint"] != "", sha256)
    wanted = dict(zip(digests, entries["subject"], strict=True))
    since = crtsh_memory.absent_since(engine, wanted)
    unresolved = [
        Unresolved(fingerprint, subject, since.get(fingerprint))
        for fingerprint, subject in wanted.items()
        if fingerprint not in found
    ]
    return Resolution(resolved, unresolved, enriched.problems, enriched.warnings)


_WITHOUT_CERTIFICATE: Final = ~exists().where(
    tables.certificates.c.fingerprint == _PRINTED.fingerprint
)
"""Also of rows whose SHA-1 isn't known: it is filled in once their certificate is."""


def _unresolved(engine: Engine, release: str | None, product: str | None) -> pd.DataFrame:
    """Make a frame of the distinct rows whose certificate is not known."""
    rows = select(tables.printed_rows).where(_WITHOUT_CERTIFICATE).order_by(_PRINTED.id)
    places = select(tables.entries.c.printed_row_id).join(
        tables.snapshots, _SNAPSHOT.id == tables.entries.c.snapshot_id
    )
    if release is not None:
        snapshot = release_names.release(engine, release, product)
        places = places.where(
            _SNAPSHOT.product == snapshot.product,
            _SNAPSHOT.firmware == snapshot.firmware,
            _SNAPSHOT.revision == snapshot.revision,
        )
    elif product is not None:
        places = places.where(_SNAPSHOT.product == product)
    with transaction(engine) as connection:
        found = connection.execute(rows.where(_PRINTED.id.in_(places))).all()
    return frames.make(entries_of(found), frames.ENTRIES)
