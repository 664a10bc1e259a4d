"""The report of the queries that are ready to use."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.database.sql.canned import Parameter, Query
from pipeline.report.model import Column, Grid, Paragraph, Report


def report(queries: Sequence[Query]) -> Report:
    """List them, a line each."""
    lead = f"{len(queries)} queries are ready: trustlist query --name NAME --param as_of=2020-06-01"
    rows = [
        (query.name, "; ".join(map(_spelled, query.parameters)), query.title) for query in queries
    ]
    return Report(
        data=list(queries),
        columns=("name", "title", "description", "parameters", "sql"),
        records=[
            (
                query.name,
                query.title,
                query.description,
                list(map(_spelled, query.parameters)),
                query.sql,
            )
            for query in queries
        ],
        blocks=[
            Paragraph(lead, is_lead=True),
            Grid((Column("name", "word"), Column("parameters"), Column("title")), rows),
        ],
    )


def _spelled(parameter: Parameter) -> str:
    default = "" if parameter.default is None else f"={parameter.default}"
    return f"{parameter.name}{default}"
