"""What Datasette is told of the database: titles, what tables and columns mean, the ready queries.

Datasette serves a SQLite file for reading; see its documentation on metadata and canned queries.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, Table

from pipeline.database.sql.canned import Parameter, Query, queries
from pipeline.database.sql.statement import Statement
from pipeline.errors import UsageError
from schemas import tables

Metadata = Mapping[str, Any]

_TITLE: Final = "Which certificate authorities a firmware trusts"
_FACETS: Final = {
    "trust_list": ["product", "firmware", "evidence"],
    "changes": ["product", "to_firmware", "change"],
    "root_history": ["product", "first_firmware", "in_latest"],
    "programme_status": ["programme", "present_now"],
}
"""The columns of a view whose values are counted beside it, to choose by."""


def metadata(engine: Engine) -> Metadata:
    """Describe a SQLite database in the form of Datasette's `--metadata` file.

    Raises:
        UsageError: it isn't SQLite.
    """
    if engine.dialect.name != "sqlite":
        url = engine.url.set(drivername="postgresql").render_as_string(hide_password=True)
        raise UsageError(f"{url}: this is PostgreSQL; Datasette reads SQLite files only.")
    name = Path(engine.url.database or "").stem
    views = {each: _view(tables.views.tables[each]) for each in tables.VIEWS}
    below = {each.name: _table(each) for each in tables.metadata.sorted_tables}
    database = {
        "title": _TITLE,
        "description": "Ask the views; the tables below them are hidden. All times are UTC.",
        "tables": {**views, **below},
        "queries": {each.name: _canned(each) for each in queries()},
    }
    return {"title": "trustlist", "databases": {name: database}}


def _view(view: Table) -> Metadata:
    facets = {"facets": _FACETS[view.name]} if view.name in _FACETS else {}
    return {**_described(view), **facets}


def _table(table: Table) -> Metadata:
    return {**_described(table), "hidden": True}


def _described(table: Table) -> Metadata:
    columns = {column.name: column.comment for column in table.columns if column.comment}
    return {"description": table.comment or "", "columns": columns}


def _canned(query: Query) -> Metadata:
    """Give a ready query; a value that is left empty is the default of its parameter."""
    meant = [f"{each.name}: {each.meaning}{_default(each)}" for each in query.parameters]
    expressions = {each.name: _expression(each) for each in query.parameters}
    return {
        "title": query.title,
        "description": " ".join([query.description, *meant]),
        "sql": Statement.parse(query.sql).marked(lambda name: expressions[name]),
        "params": [each.name for each in query.parameters],
    }


def _default(parameter: Parameter) -> str:
    return f" (If left empty: {parameter.default}.)" if parameter.default else ""


def _expression(parameter: Parameter) -> str:
    """Give what stands for a parameter in SQLite's SQL: Datasette's values are texts, or empty."""
    mark, default = f":{parameter.name}", parameter.default
    if default is None:
        return mark
    if parameter.type == "date":
        days = default.removeprefix("today")
        default = f"date('now', '{days or '+0'} days')"
    else:
        default = f"'{default}'"
    value = f"COALESCE(NULLIF({mark}, ''), {default})"
    return f"CAST({value} AS INTEGER)" if parameter.type == "number" else value
