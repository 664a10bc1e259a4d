"""The report of what is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, fields

from pipeline.questions.snapshots import SnapshotInfo
from pipeline.report.model import Column, Grid, Headline, Paragraph, Report, iso
from pipeline.report.words import count, listed, typed


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
        headline=_headline(snapshots, lead),
        releases="all",
    )


def _headline(snapshots: Sequence[SnapshotInfo], lead: str) -> Headline:
    if not snapshots:
        return Headline(lead, "unknown", "0", "lists")
    incomplete = [each for each in snapshots if each.problems]
    newest = snapshots[-1]
    before = [each for each in snapshots[:-1] if each.product == newest.product]
    where = ("--product", newest.product) if len({each.product for each in snapshots}) > 1 else ()
    todo = f"See what it trusts: {typed('show', newest.id.name, *where)}."
    if before:
        command = typed("diff", before[-1].id.name, newest.id.name, *where)
        todo = f"See what changed last: {command}."
    if incomplete:
        concerns = f"May lack roots, for they were loaded with problems: {len(incomplete):,}."
    else:
        products = list(dict.fromkeys(each.product for each in snapshots))
        concerns = f"Phones: {listed(products)}." if len(products) <= 4 else ""
    status = "incomplete" if incomplete else "complete"
    number, unit = count(newest.entries, "root").split()
    unit = f"{unit} in {newest.firmware}, the newest"
    return Headline(lead, status, number, unit, todo, concerns)
