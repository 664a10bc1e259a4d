"""The report of what became of documents."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import astuple, fields
from itertools import chain

from pipeline.firmware import Firmware
from pipeline.ingest.steps import Ingested, IngestedSnapshot
from pipeline.questions.snapshots import SnapshotInfo
from pipeline.report.model import Block, Column, Grid, Paragraph, Report
from pipeline.report.words import count


def report(documents: Sequence[Ingested], loaded: Sequence[SnapshotInfo]) -> Report:
    """Say what is new, count rows and certificates, and suggest what to type next.

    ``loaded`` is what lies around the last snapshot in the database (`snapshots.nearby`).
    """
    records = [
        (each.document, each.document_sha256, *astuple(snapshot))
        for each in documents
        for snapshot in each.snapshots
    ]
    snapshots = [*chain.from_iterable(each.snapshots for each in documents)]
    blocks: list[Block] = [Paragraph(_lead(documents), is_lead=True), _grid(documents)]
    if command := _next(snapshots, loaded):
        blocks.append(Paragraph(f"Next: {command}"))
    return Report(
        data=list(documents),
        columns=["document", "document_sha256", *(f.name for f in fields(IngestedSnapshot))],
        records=records,
        blocks=blocks,
    )


def _lead(documents: Sequence[Ingested]) -> str:
    snapshots = [*chain.from_iterable(each.snapshots for each in documents)]
    problems = sum(len(each.problems) for each in documents)
    accepted = f" {count(problems, 'problem')} accepted; `show` lists them." if problems else ""
    new = [snapshot for snapshot in snapshots if snapshot.is_new]
    if not new:
        return f"Nothing is new: all of this was loaded before.{accepted}"
    rows = count(sum(snapshot.rows for snapshot in new), "row")
    unresolved = sum(snapshot.unresolved for snapshot in new)
    proven = f"{unresolved:,} of {rows} unresolved" if unresolved else f"{rows}, all proven"
    before = len(snapshots) - len(new)
    rest = f" Not new: {count(before, 'snapshot')}." if before else ""
    return f"Loaded {count(len(new), 'snapshot')}: {proven}.{rest}{accepted}"


def _grid(documents: Sequence[Ingested]) -> Grid:
    names = ("revision", "rows", "proven", "unresolved", "expired")
    columns = [
        Column("release", "word"),
        *(Column(name, "number") for name in names),
        Column("document"),
    ]
    rows = [
        [
            snapshot.firmware,
            *(str(getattr(snapshot, name)) for name in names),
            each.document,
        ]
        for each in documents
        for snapshot in each.snapshots
    ]
    return Grid(columns, rows)


# --- the next command ------------------------------------------------------------------------


def _next(snapshots: Sequence[IngestedSnapshot], loaded: Sequence[SnapshotInfo]) -> str:
    """Suggest a look at what could not be proven; else the newest change; else the list."""
    last = snapshots[-1]
    products = {snapshot.product for snapshot in loaded}
    product = ["--product", last.product] if len(products) > 1 else []
    for snapshot in snapshots:
        if snapshot.unresolved:
            name = _short(snapshot.firmware, loaded)
            return shlex.join(["trustlist", "show", name, "--status", "unknown", *product])
    of_product = (each.firmware for each in loaded if each.product == last.product)
    newest = [_short(firmware, loaded) for firmware in dict.fromkeys(of_product)][-2:]
    return shlex.join(["trustlist", "diff" if len(newest) == 2 else "show", *newest, *product])


def _short(release: str, loaded: Sequence[SnapshotInfo]) -> str:
    """Name a release by its family if that means no other."""
    family = Firmware.parse(release).family
    covered = {each.firmware for each in loaded if family.covers(Firmware.parse(each.firmware))}
    return str(family) if len(covered) == 1 else release
