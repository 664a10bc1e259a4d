"""The steps strung together: a document in, its snapshots in the database."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, cast

from pipeline import catalogue
from pipeline.database.engine import open_for_writing, open_if_made
from pipeline.enrich import Catalogue, Enriched, File, Source, enrich, files, hinted, scanned
from pipeline.enrich.database_source import Database
from pipeline.enrich.evidence import KNOWN
from pipeline.errors import DocumentError, UsageError
from pipeline.extract import extract, sha256
from pipeline.extract.document import Digests, Problem, ProblemKind, Row
from pipeline.extract.fold import folded
from pipeline.extract.guard import LIMITS, Limits
from pipeline.extract.no_rows import why
from pipeline.firmware import Firmware, InvalidFirmware
from pipeline.ingest import bundle_signer, crtsh_memory
from pipeline.ingest.read_document import (
    Extractor,
    describe,
    own_certificates,
    refused,
)
from pipeline.inputs import MIB, at_rest
from pipeline.normalise import normalise
from pipeline.questions.show import show
from pipeline.questions.snapshots import problems, snapshots

if TYPE_CHECKING:
    import pandas as pd
    from sqlalchemy import Engine

    from pipeline.enrich.crtsh import Service
    from pipeline.load import LoadedSnapshot

PRODUCT: Final = "IP Phone 7800/8800"
"""The phones whose list a document is, unless said otherwise."""

Step = Literal["reading", "comparing names", "finding certificates", "loading"]
"""What is done to a document, in this order."""

Progress = Callable[[Step], object]


@dataclass(frozen=True)
class IngestedSnapshot:
    """A snapshot that a document states. ``proven + unresolved == rows``.

    Rows that are identified count as proven, too. ``expired`` counts the certificates that have
    expired by now.
    """

    product: str
    firmware: str
    revision: int
    is_new: bool
    rows: int
    proven: int
    unresolved: int
    expired: int


@dataclass(frozen=True)
class Ingested:
    """What became of a document.

    ``problems`` are those that were accepted, now or when it was loaded before. ``remarks`` are
    plain sentences about how it was read, and what was read and not loaded, ``warnings`` about
    sources of certificates that failed, ``rearranged`` about rows whose name is the certificate's
    in another order.
    """

    document: str
    document_sha256: str
    snapshots: list[IngestedSnapshot]
    problems: list[Problem]
    remarks: list[str]
    warnings: list[str]
    rearranged: list[str] = field(default_factory=list)


def prepare() -> None:
    """Import what loading needs, while a document is being read in another process."""
    import pipeline.load  # noqa: F401


def ingest(
    path: Path,
    database_url: str,
    *,
    firmware: str | None = None,
    product: str = PRODUCT,
    certs: Sequence[Path] = (),
    online: bool = False,
    allow_partial: bool = False,
    extractor: Extractor = extract,
    progress: Progress = lambda step: None,
    service: Service | None = None,
    asking: crtsh_memory.Progress = lambda done, total: None,
    limits: Limits = LIMITS,
) -> Ingested:
    """Load the document at ``path``: all of it, or nothing.

    Certificates are looked for in ``certs`` (files and directories), the database, the catalogue
    and, only if ``online``, at crt.sh or the mirror ``service``: ``asking`` gets the number of
    look-ups done and the total. A document that is loaded already isn't read again, unless
    ``certs`` or ``online`` is given: then its rows may get certificates they hadn't before.

    ``firmware`` names the release of rows that stand under no release's heading. With
    ``allow_partial``, what can't be read or believed is kept as a problem with the good rows; of a
    document that was loaded so, it is accepted again.
    ``extractor`` reads the document; of a pipe or a device, it gets a copy within the size and the
    time of ``limits``.

    Raises:
        UsageError: ``firmware`` is no release or not the document's, ``certs`` holds nothing.
        DocumentError: the document can't be used, or holds problems.
        DatabaseError: the database can't be used.
    """
    wanted = _parse(firmware)
    own = files(certs)
    with at_rest(path, limits.size * MIB, limits.seconds) as local:
        return _ingest(
            local,
            database_url,
            wanted,
            product,
            own,
            online=online,
            allow_partial=allow_partial,
            extractor=extractor,
            progress=progress,
            service=service,
            asking=asking,
        )


def _ingest(
    path: Path,
    database_url: str,
    wanted: Firmware | None,
    product: str,
    own: Sequence[File],
    *,
    online: bool,
    allow_partial: bool,
    extractor: Extractor,
    progress: Progress,
    service: Service | None,
    asking: crtsh_memory.Progress,
) -> Ingested:
    digest = sha256(path)
    before = _loaded_before(database_url, path.name, digest, wanted, product)
    if before and not (own or online):
        return before
    accepted = before.problems if before else []
    engine = open_if_made(database_url)
    progress("reading")
    extraction = extractor(path)
    kept = [Database(engine)] if engine else []
    sources: list[Source] = [*own, *own_certificates(path), *kept, Catalogue()]
    try:
        rows = assign_releases(path, extraction.rows, wanted)
    except DocumentError:  # what can't be used of any release isn't asked for its own
        unusable, problems = _resolve(extraction.rows, extraction.problems, sources)
        if unusable.entries.empty and not online:
            raise DocumentError(*refusal_of_all(path, extraction.digests, problems)) from None
        raise
    if online:
        sources.append(crtsh_memory.crtsh(engine, service, asking))
    enriched, problems = _resolve(rows, extraction.problems, sources, progress)
    if online and crtsh_memory.has_answered(enriched):
        crtsh_memory.keep(open_for_writing(database_url), enriched)
    if enriched.entries.empty:
        raise DocumentError(*refusal_of_all(path, extraction.digests, problems))
    if problems and not (allow_partial or accepted):
        raise DocumentError(*refusal(path, problems))
    progress("loading")
    from pipeline.load import load

    engine = open_for_writing(database_url)
    loaded = load(
        engine,
        extraction.document,
        enriched.entries,
        enriched.certificates,
        problems,
        product=product,
        sightings=_sightings(),
    )
    snapshots = [_counted(engine, snapshot) for snapshot in loaded.snapshots]
    remarks = [*extraction.remarks, *bundle_signer.remarks(path, own)]
    remarks += [
        remark
        for snapshot in loaded.snapshots
        if not snapshot.is_new and (remark := _unlike(engine, snapshot, enriched.entries))
    ]
    return Ingested(
        path.name, digest, snapshots, problems, remarks, enriched.warnings, enriched.rearranged
    )


def loaded_before(
    database_url: str,
    name: str,
    digest: str,
    *,
    firmware: str | None = None,
    product: str = PRODUCT,
) -> Ingested | None:
    """Give what is loaded of the document with this SHA-256, as `ingest` would; None if nothing is.

    Raises:
        UsageError: ``firmware`` is no release.
        DatabaseError: the database can't be used.
    """
    return _loaded_before(database_url, name, digest, _parse(firmware), product)


def _loaded_before(
    database_url: str, name: str, digest: str, wanted: Firmware | None, product: str
) -> Ingested | None:
    engine = open_if_made(database_url)
    known = _known(engine, digest, wanted, product) if engine else []
    if not engine or not known:
        return None
    return Ingested(name, digest, known, _accepted(engine, digest), [], [])


def assign_releases(path: Path, rows: Sequence[Row], wanted: Firmware | None) -> list[Row]:
    """Give the rows that stand under no release's heading the release ``wanted``.

    If the document names that release more exactly (``12.7(1)`` for ``12.7``), its name is taken.

    Raises:
        DocumentError: rows stand under no heading, and ``wanted`` isn't given.
        UsageError: all rows stand under headings, and ``wanted`` is not what they name.
    """
    named = list(dict.fromkeys(row.release for row in rows if row.release))
    is_stated = bool(named) and wanted is not None and wanted.covers(Firmware.parse(named[0]))
    if all(row.release for row in rows):
        if named and wanted and not (is_stated and len(named) == 1):
            raise UsageError(
                f"{path}: this is the list of {', '.join(named)}, not of {wanted}. "
                "Leave --firmware out, or give another file."
            )
        return list(rows)
    if wanted is None:
        raise DocumentError(_unnamed(path, rows, named))
    name = named[0] if is_stated and len(named) == 1 else str(wanted)
    return [row if row.release else replace(row, release=name) for row in rows]


def refusal(path: Path, problems: Sequence[Problem]) -> list[str]:
    """Say why a document isn't loaded: each of its problems on a line."""
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    head = f"{path}: {count}; nothing was loaded. --allow-partial loads the rows without them."
    return [head, *map(describe, problems)]


def refusal_of_all(path: Path, digests: Digests, problems: Sequence[Problem]) -> list[str]:
    """Say why nothing of a document can be loaded."""
    command = shlex.join(["trustlist", "extract", str(path), "--format", "json"])
    return refused(path, f"{why(digests, problems)} Nothing was loaded.", problems, f"`{command}`")


# --- parts -----------------------------------------------------------------------------------


def _resolve(
    rows: Sequence[Row],
    problems: Sequence[Problem],
    sources: Sequence[Source],
    progress: Progress = lambda step: None,
) -> tuple[Enriched, list[Problem]]:
    """Normalise and enrich; give also all problems, those met before and now, by page."""
    progress("comparing names")
    taken, unproven = scanned.proven(rows, sources)
    entries, repeated = normalise(taken)
    progress("finding certificates")
    enriched = enrich(entries, sources)
    found = [*hinted(folded(problems)), *unproven, *repeated, *enriched.problems]
    return enriched, sorted(found, key=lambda problem: problem.page)


def _parse(firmware: str | None) -> Firmware | None:
    try:
        return Firmware.parse(firmware) if firmware is not None else None
    except InvalidFirmware as error:
        raise UsageError(f"--firmware: {error}") from None


def _unnamed(path: Path, rows: Sequence[Row], named: Sequence[str]) -> str:
    advice = "give it, for instance --firmware '12.7(1)'."
    if not named:
        return f"{path}: it doesn't say which firmware this is the list of; {advice}"
    first = next(row for row in rows if not row.release)
    return (
        f"{path}, page {first.page}: {first.identity} and other rows stand under no heading "
        f"that names a firmware ({', '.join(named)} are named elsewhere); {advice}"
    )


def _known(
    engine: Engine, digest: str, wanted: Firmware | None, product: str
) -> list[IngestedSnapshot]:
    """List the snapshots that were loaded from this document before."""
    from pipeline.load import LoadedSnapshot

    infos = snapshots(engine, document_sha256=digest, product=product)
    if wanted and not any(wanted.covers(Firmware.parse(info.firmware)) for info in infos):
        return []
    return [
        _counted(engine, LoadedSnapshot(product, i.firmware, i.revision, i.entries, is_new=False))
        for i in infos
    ]


def _counted(engine: Engine, snapshot: LoadedSnapshot) -> IngestedSnapshot:
    release = snapshot.id
    loaded = show(engine, release.name, product=release.product)
    proven = sum(row.evidence in KNOWN for row in loaded.rows)
    return IngestedSnapshot(
        release.product,
        release.firmware,
        release.revision,
        snapshot.is_new,
        rows=snapshot.entries,
        proven=proven,
        unresolved=snapshot.entries - proven,
        expired=loaded.counts["expired"],
    )


def _accepted(engine: Engine, digest: str) -> list[Problem]:
    return [
        Problem(cast(ProblemKind, each.kind), each.page, each.text, each.hint)
        for each in problems(engine, digest)
    ]


def _unlike(engine: Engine, snapshot: LoadedSnapshot, entries: pd.DataFrame) -> str:
    """Say that a document reads otherwise than when it was loaded, or ``""``."""
    release = snapshot.id
    loaded = {row.identity for row in show(engine, release.name, product=release.product).rows}
    its_own = entries[entries["release"] == release.firmware]
    sha256 = its_own["fingerprint_sha256"]
    read = set(its_own["fingerprint"].where(its_own["fingerprint"] != "", sha256))
    if read == loaded:
        return ""
    return (
        f"{release.firmware} stays as it was loaded (roots then: {len(loaded)}, read now: "
        f"{len(read)}). To have what is read now, load it into another database."
    )


def _sightings() -> pd.DataFrame:
    from schemas import frames

    return frames.make(map(attrgetter(*frames.SIGHTINGS), catalogue.sightings()), frames.SIGHTINGS)
