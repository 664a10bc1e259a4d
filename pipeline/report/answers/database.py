"""The reports of the database's upkeep."""

from __future__ import annotations

from dataclasses import astuple, fields

from pipeline.database.backup import Copy
from pipeline.database.engine import Upgrade
from pipeline.database.verify import DatabaseFault, Verification
from pipeline.report.model import Column, Grid, Paragraph, Report
from pipeline.report.words import count


def upgrade_report(upgrade: Upgrade) -> Report:
    """Say in one sentence what was done."""
    lead = (
        f"The database is up to date (schema {upgrade.after})."
        if upgrade.before == upgrade.after
        else f"Upgraded the database from schema {upgrade.before} to {upgrade.after}."
    )
    return Report(
        data=upgrade,
        columns=[field.name for field in fields(Upgrade)],
        records=[astuple(upgrade)],
        blocks=[Paragraph(lead, is_lead=True)],
    )


def verification_report(verification: Verification) -> Report:
    """Say in one sentence that all is well, or list what isn't."""
    faults = verification.faults
    held = (
        f"{count(verification.certificates, 'certificate')} and "
        f"{count(verification.snapshots, 'snapshot')} with {verification.entries:,} entries"
    )
    lead = (
        f"{count(len(faults), 'fault')} among {held}." if faults else f"Nothing is wrong: {held}."
    )
    columns = (Column("table", "word"), Column("row", "word"), Column("fault"))
    rows = [(each.table or "the file", each.key, each.text) for each in faults]
    return Report(
        data=verification,
        columns=[field.name for field in fields(DatabaseFault)],
        records=[astuple(each) for each in faults],
        blocks=[Paragraph(lead, is_lead=True), *([Grid(columns, rows)] if rows else [])],
    )


def backup_report(copy: Copy) -> Report:
    """Say where the copy is, and whether it took another file's place."""
    done = "Replaced" if copy.is_replaced else "Wrote"
    return Report(
        data=copy,
        columns=[field.name for field in fields(Copy)],
        records=[astuple(copy)],
        blocks=[Paragraph(f"{done} {copy.file}: {copy.bytes:,} bytes.", is_lead=True)],
    )
