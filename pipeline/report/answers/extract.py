"""The report of what a document says."""

from __future__ import annotations

from dataclasses import astuple, fields

from pipeline.ingest.read_document import ExtractedDocument, ExtractedEntry
from pipeline.report.model import Column, Grid, Paragraph, Report
from pipeline.report.words import count, listed


def report(reading: ExtractedDocument) -> Report:
    """Show the rows in the order of the document."""
    columns = (
        Column("row", "number"),
        Column("page", "number"),
        Column("release", "word"),
        Column("fingerprint", "fingerprint"),
        Column("subject"),
    )
    rows = [
        (str(e.position), str(e.page), e.release, e.fingerprint or e.fingerprint_sha256, e.subject)
        for e in reading.entries
    ]
    return Report(
        data=reading,
        columns=[field.name for field in fields(ExtractedEntry)],
        records=[astuple(entry) for entry in reading.entries],
        blocks=[Paragraph(_lead(reading), is_lead=True), Grid(columns, rows)],
    )


def _lead(reading: ExtractedDocument) -> str:
    rows, pages = len(reading.entries), reading.document.pages
    releases = list(dict.fromkeys(entry.release for entry in reading.entries if entry.release))
    named = f"trusted by {listed(releases)}" if releases else "of a release it doesn't name"
    problems = f"; {count(len(reading.problems), 'problem')}" if reading.problems else ""
    what = f"{count(rows, 'root')} {named}, on {count(pages, 'page')}{problems}."
    return f"{reading.document.name}: {what}"
