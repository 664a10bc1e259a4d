"""The reports of the database's upkeep."""

from __future__ import annotations

from dataclasses import astuple, fields

from pipeline.database import Upgrade
from pipeline.report.report import Paragraph, Report


def upgrade(upgrade: Upgrade) -> Report:
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
