"""The report of what a release trusts."""

from __future__ import annotations

from dataclasses import astuple, fields

from pipeline.query import TrustList, TrustListRow
from pipeline.report.report import Block, Column, Grid, Paragraph, Report, iso
from pipeline.report.words import count, listed


def report(trust_list: TrustList) -> Report:
    """Show the rows in the order of the document, and first what there is to know of all."""
    rows = trust_list.rows
    blocks: list[Block] = [Paragraph(_lead(trust_list), is_lead=True), Paragraph(_source(trust_list))]
    if rows:
        blocks.append(_grid(rows))
    return Report(
        data=trust_list,
        columns=[field.name for field in fields(TrustListRow)],
        records=[astuple(row) for row in rows],
        blocks=blocks,
    )


def _lead(trust_list: TrustList) -> str:
    snapshot, counts = trust_list.snapshot, trust_list.counts
    verbs = {
        "expired": "expired",
        "expiring": "expiring within a year",
        "valid": "valid for longer",
        "unknown": "unknown",
    }
    parts = [f"{number} {verbs[status]}" for status, number in counts.items() if number]
    day = iso(trust_list.as_of.date())
    return f"{snapshot.firmware} trusts {count(snapshot.entries, 'root')}; on {day}: {listed(parts)}."
