"""Looking certificates up at crt.sh so that it is never asked for the same one twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import Engine, insert, select

from pipeline.database.engine import batches, transaction
from pipeline.enrich import Enriched, Source
from pipeline.load import attach
from schemas import tables

_LOOKUP: Final = tables.lookups.c

if TYPE_CHECKING:
    from pipeline.enrich.crtsh import Service

SOURCE: Final = "crt.sh"

Progress = Callable[[int, int], None]
"""Called with the number of look-ups done and the total."""


def crtsh(
    engine: Engine | None,
    service: Service | None = None,
    progress: Progress = lambda done, total: None,
) -> Source:
    """Make crt.sh a source that isn't asked for what it didn't have before, says the database.

    Raises DatabaseError if that can't be used.
    """
    from pipeline.enrich.crtsh import CrtSh  # httpx isn't imported by those who stay offline

    return CrtSh(service, progress, skip=[] if engine is None else _absent(engine))


def _absent(engine: Engine) -> Sequence[str]:
    with transaction(engine) as connection:
        return connection.scalars(select(_LOOKUP.fingerprint).where(_LOOKUP.source == SOURCE)).all()


def has_answered(enriched: Enriched) -> bool:
    """Whether crt.sh said anything that is worth keeping."""
    found = SOURCE in set(enriched.certificates["source"])
    return found or bool(enriched.absent.get(SOURCE))


def keep(engine: Engine, enriched: Enriched) -> int:
    """Store the certificates that crt.sh had, and note those it hadn't.

    Returns the number of printed rows that have their certificate now and hadn't before. Raises
    DatabaseError if the database can't be used.
    """
    found = enriched.certificates[enriched.certificates["source"] == SOURCE]
    attached = attach(engine, found)
    _note(engine, enriched.absent.get(SOURCE, frozenset()))
    return attached


def absent_since(engine: Engine, fingerprints: Iterable[str]) -> dict[str, datetime]:
    """Tell when crt.sh said that it doesn't have these (UTC), of those it was asked for."""
    asked = select(_LOOKUP.fingerprint, _LOOKUP.asked_at).where(_LOOKUP.source == SOURCE)
    with transaction(engine) as connection:
        return {
            fingerprint: asked_at
            for batch in batches(fingerprints)
            for fingerprint, asked_at in connection.execute(
                asked.where(_LOOKUP.fingerprint.in_(batch))
            )
        }


def _note(engine: Engine, absent: Iterable[str]) -> None:
    moment = datetime.now(UTC)
    known = select(_LOOKUP.fingerprint).where(_LOOKUP.source == SOURCE)
    with transaction(engine) as connection:
        new = sorted(set(absent) - set(connection.scalars(known)))
        if new:
            records = [{"fingerprint": each, "source": SOURCE, "asked_at": moment} for each in new]
            connection.execute(insert(tables.lookups), records)
