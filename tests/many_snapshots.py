"""A database with thousands of snapshots, made on the spot from the catalogue's certificates.

Several products with many releases each, some of them in two revisions; from one release to the
next a few roots come and go. What is stored is made by the tables; each list is loaded first as
the pipeline loads it, and then copied for the releases that keep it, for speed.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, Engine, Table, insert, select

from pipeline import catalogue
from pipeline.database.engine import firmware_order, transaction
from pipeline.enrich import Catalogue, enrich
from pipeline.extract.document import Document
from pipeline.firmware import Firmware
from pipeline.load import Loaded, content_digest, load
from schemas import frames, tables

ROOTS: Final = 150
RELEASES: Final = 200  # of a product
_BATCH: Final = 200  # snapshots written at a time


@dataclass(frozen=True)
class _List:
    product: str
    firmware: Firmware
    revision: int
    fingerprints: tuple[str, ...]


def fill(engine: Engine, snapshots: int, seed: int = 20) -> None:
    """Add so many snapshots of `ROOTS` entries each."""
    known = sorted(catalogue.subjects())
    load_one(engine, "seed", "seed", known)  # all certificates, and a printed row for each
    lists = islice(_lists(known, random.Random(seed)), snapshots)
    with transaction(engine) as connection:
        rows = {
            fingerprint: (number, digest)
            for fingerprint, number, digest in connection.execute(
                select(
                    tables.printed_rows.c.fingerprint,
                    tables.printed_rows.c.id,
                    tables.printed_rows.c.digest,
                )
            )
        }
        while batch := list(islice(lists, _BATCH)):
            _store(connection, batch, rows)


def load_one(
    engine: Engine, product: str, document: str, fingerprints: list[str], firmware: str = "1.0(1)"
) -> Loaded:
    """Load a document as the pipeline does, without reading one."""
    subjects = catalogue.subjects()
    entries = frames.make(
        (
            (position, 1 + position // 25, firmware, each, "", subjects[each], subjects[each], True)
            for position, each in enumerate(fingerprints, 1)
        ),
        frames.ENTRIES,
    )
    enriched = enrich(entries, [Catalogue()])
    sightings = frames.make(
        (
            (each.fingerprint, each.programme, each.first_seen, each.last_seen, each.source)
            for each in catalogue.sightings()
        ),
        frames.SIGHTINGS,
    )
    sha256 = hashlib.sha256(document.encode()).hexdigest()
    return load(
        engine,
        Document(f"{document}.pdf", sha256, 7, "CA Trust List"),
        enriched.entries,
        enriched.certificates,
        product=product,
        sightings=sightings,
    )


def names(number: int) -> tuple[str, list[str]]:
    """Give a product and its releases, oldest first."""
    releases = [
        str(Firmware(10 + place // 40, place // 4 % 10, 1 + place // 2 % 2, place % 2))
        for place in range(RELEASES)
    ]
    return f"IP Phone {7800 + number}", releases


def _lists(known: list[str], chance: random.Random) -> Iterator[_List]:
    product_number = 0
    while True:
        product, releases = names(product_number)
        trusted = chance.sample(known, ROOTS)
        for release in releases:
            for revision in (1, 2) if chance.random() < 0.1 else (1,):
                yield _List(product, Firmware.parse(release), revision, tuple(trusted))
            for _ in range(chance.choice((0, 0, 1, 3))):
                trusted.pop(chance.randrange(ROOTS))
                trusted.append(chance.choice(sorted(set(known) - set(trusted))))
        product_number += 1


def _store(connection: Connection, lists: list[_List], rows: dict[str, tuple[int, bytes]]) -> None:
    documents = [
        {
            "sha256": hashlib.sha256(repr(each).encode()).hexdigest(),
            "name": f"CA-Trust-List-{each.firmware}.pdf",
            "title": "CA Trust List",
            "pages": 7,
        }
        for each in lists
    ]
    document_ids = _ids(connection, tables.documents, documents)
    snapshots = [
        {
            "document_id": document_id,
            "product": each.product,
            "firmware": str(each.firmware),
            "firmware_order": firmware_order(each.firmware),
            "revision": each.revision,
            "entry_count": len(each.fingerprints),
            "digest": content_digest(
                (position, 1 + position // 25, rows[fingerprint][1])
                for position, fingerprint in enumerate(each.fingerprints, 1)
            ),
            "ingested_at": datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=document_id),
        }
        for document_id, each in zip(document_ids, lists, strict=True)
    ]
    snapshot_ids = _ids(connection, tables.snapshots, snapshots)
    entries = [
        {
            "snapshot_id": snapshot_id,
            "printed_row_id": number,
            "position": position,
            "page": 1 + position // 25,
        }
        for snapshot_id, each in zip(snapshot_ids, lists, strict=True)
        for number, position in sorted(
            (rows[fingerprint][0], position)
            for position, fingerprint in enumerate(each.fingerprints, 1)
        )
    ]
    connection.execute(insert(tables.entries), entries)


def _ids(connection: Connection, table: Table, records: list[dict[str, Any]]) -> list[int]:
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(connection.scalars(statement, records))
