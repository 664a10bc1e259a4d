"""The reports of what the catalogue holds, and of what was added to it."""

from __future__ import annotations

from dataclasses import astuple, fields

from pipeline.catalogue.root_programmes import PROGRAMMES
from pipeline.ingest.catalogue_upkeep import Added, Addition, CatalogueInfo, ProgrammeInfo
from pipeline.report.model import Column, Grid, Paragraph, Report, iso
from pipeline.report.words import count, listed


def info_report(catalogue: CatalogueInfo) -> Report:
    """Say how much there is and how old it is; then a line for each programme."""
    columns = (
        Column("programme", "word"),
        Column("roots ever", "number"),
        Column("roots now", "number"),
        Column("first bundle", "word"),
        Column("newest bundle", "word"),
        Column("days old", "number"),
        Column("read from"),
    )
    rows = [
        (
            PROGRAMMES[each.programme],
            str(each.roots_ever),
            str(each.roots_now),
            iso(each.first_bundle),
            iso(each.newest_bundle),
            str(each.age_days),
            each.newest_source,
        )
        for each in catalogue.programmes
    ]
    own = catalogue.certificates_added
    added = f" and {own:,} of your own in the database" if own else ""
    lead = (
        f"The catalogue holds {count(catalogue.certificates, 'root')}{added}; its newest bundle "
        f"is of {iso(catalogue.newest_bundle)}, {count(catalogue.age_days, 'day')} ago."
    )
    sources = (
        f"{count(catalogue.sightings, 'sighting')}, read from the packages "
        f"{listed(catalogue.packages)}."
    )
    return Report(
        data=catalogue,
        columns=[field.name for field in fields(ProgrammeInfo)],
        records=[astuple(each) for each in catalogue.programmes],
        blocks=[Paragraph(lead, is_lead=True), Paragraph(sources), Grid(columns, rows)],
    )


def addition_report(addition: Addition) -> Report:
    """List the roots, and say which of them are new."""
    columns = (
        Column("new", "word"),
        Column("file"),
        Column("fingerprint", "fingerprint"),
        Column("subject"),
    )
    rows = [
        (
            "yes" if root.is_new else "no",
            root.source.removeprefix("file:"),
            root.fingerprint,
            root.subject,
        )
        for root in addition.roots
    ]
    new = sum(root.is_new for root in addition.roots)
    before = len(addition.roots) - new
    lead = f"Added {count(new, 'root')}" + (f"; {before} known before." if before else ".")
    if addition.attached:
        lead += f" {count(addition.attached, 'row')} of loaded lists got a certificate."
    return Report(
        data=addition,
        columns=[field.name for field in fields(Added)],
        records=[astuple(root) for root in addition.roots],
        blocks=[Paragraph(lead, is_lead=True), *([Grid(columns, rows)] if rows else [])],
    )
