"""What is new at addresses of the web since the last look."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.database.engine import open_for_reading
from pipeline.errors import TrustlistError
from pipeline.extract.guard import LIMITS, Limits
from pipeline.ingest.from_web import Load, ingest_from_web
from pipeline.ingest.steps import PRODUCT, Ingested, IngestedSnapshot
from pipeline.ingest.web_documents import Memory, shown
from pipeline.questions.diff import Diff, diff
from pipeline.questions.snapshots import snapshots

if TYPE_CHECKING:
    from sqlalchemy import Engine


@dataclass(frozen=True)
class News:
    """A document that wasn't loaded before, and how its releases differ from those before them.

    ``text`` says it in a few words, as messengers show it.
    """

    text: str
    url: str
    document: Ingested
    changes: list[Diff]


def look(
    url: str,
    database_url: str,
    load: Load,
    memory: Memory,
    *,
    firmware: str | None = None,
    product: str = PRODUCT,
    keeps_documents: bool = False,
    limits: Limits = LIMITS,
    allow_http: bool = False,
) -> News | None:
    """Load what is at an address if it is new; give what is new of it, if anything is.

    The parameters are those of `pipeline.ingest.from_web.ingest_from_web`.

    Raises:
        TrustlistError: it can't be had, read or loaded. For the same reason time after time, it is
            raised only once: then there is nothing new.
    """
    known = memory.recall(url)
    try:
        loaded, seen = ingest_from_web(
            url,
            database_url,
            load,
            memory,
            firmware=firmware,
            product=product,
            keeps_document=keeps_documents,
            limits=limits,
            allow_http=allow_http,
        )
    except TrustlistError as error:
        memory.keep(replace(known, trouble=str(error)))
        if str(error) == known.trouble:
            return None
        raise
    memory.keep(replace(seen, trouble=""))
    new = [snapshot for snapshot in loaded.snapshots if snapshot.is_new]
    return _news(url, open_for_reading(database_url), loaded, new) if new else None


def _news(url: str, engine: Engine, loaded: Ingested, new: list[IngestedSnapshot]) -> News:
    pairs = [(snapshot, _before(engine, snapshot)) for snapshot in new]
    changes = [
        diff(engine, before, f"{each.firmware}@{each.revision}", product=each.product)
        for each, before in pairs
        if before
    ]
    return News(_text(url, new, changes), shown(url), loaded, changes)


def _before(engine: Engine, new: IngestedSnapshot) -> str:
    """Name what a snapshot is compared with: the revision, or the release, before it; or none."""
    if new.revision > 1:
        return f"{new.firmware}@{new.revision - 1}"
    before = ""
    for each in snapshots(engine, product=new.product):
        if each.firmware == new.firmware:
            break
        before = f"{each.firmware}@{each.revision}"
    return before


def _text(url: str, new: list[IngestedSnapshot], changes: list[Diff]) -> str:
    by_release = {(each.new.firmware, each.new.revision): each for each in changes}
    said = []
    for each in new:
        name = each.firmware if each.revision == 1 else f"{each.firmware}@{each.revision}"
        change = by_release.get((each.firmware, each.revision))
        if change is None:
            said.append(f"{name} ({each.product}): {each.rows} roots, the first list loaded")
        else:
            old = change.old.name
            numbers = f"{len(change.added)} roots added, {len(change.removed)} removed"
            said.append(f"{name} ({each.product}): {numbers} since {old}")
    return f"New trust list: {'; '.join(said)}. {shown(url)}"
