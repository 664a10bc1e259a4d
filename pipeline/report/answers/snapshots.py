"""The report of what is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, fields

from pipeline.questions.snapshots import SnapshotInfo
from pipeline.report.model import Column, Grid, Paragraph, Report, iso
from pipeline.report.words import count


def report(snapshots: Sequence[SnapshotInfo]) -> Report:
    """List the snapshots, a line each; problems are counted only if there are any."""
    columns = [
        Column("release", "word"),
        Column("revision", "number"),
        Column("roots", "number"),
        Column("problems", "number"),
        Column("loaded", "word"),
        Column("product"),
        Column("document"),
    ]
    rows = [
        [
            snapshot.firmware,
            str(snapshot.revision),
            str(snapshot.entries),
            str(snapshot.problems),
            iso(snapshot.ingested_at.date()),
            snapshot.product,
            snapshot.document,
        ]
        for snapshot in snapshots
    ]
    if not any(snapshot.problems for snapshot in snapshots):
        del columns[3]
        for row in rows:
            del row[3]
    what = count(len(snapshots), "snapshot")
    lead = f"{what} loaded." if rows else "Nothing is loaded; run `trustlist ingest` first."
    return Report(
        data=list(snapshots),
        columns=[field.name for field in fields(SnapshotInfo)],
        records=[astuple(snapshot) for snapshot in snapshots],
        blocks=[Paragraph(lead, is_lead=True), *([Grid(columns, rows)] if rows else [])],
    )
