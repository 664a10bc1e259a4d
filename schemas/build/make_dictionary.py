"""Write schemas/README.md, the dictionary of the database, from the tables and the ready queries.

Run it with ``make schemas`` after one of them has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Column, Table, TypeDecorator

from pipeline.database.sql.canned import Query, queries
from schemas import tables

FILE: Final = Path(__file__).resolve().parent.parent / "README.md"

_TYPES: Final = {
    "bool": "truth value",
    "bytes": "bytes",
    "date": "day",
    "datetime": "time",
    "int": "whole number",
    "str": "text",
}
_BY_KEY: Final = {
    ("entries", "printed_rows"): "says what",
    ("entries", "snapshots"): "is in",
    ("snapshots", "documents"): "is read from",
    ("problems", "documents"): "is found in",
}
"""What a foreign key means."""

_BY_FINGERPRINT: Final = [
    ("certificates |o--o{ printed_rows", "is meant by"),
    ("certificates |o--o{ sightings", "is seen in"),
    ("certificates |o--o{ lookups", "is asked for"),
]
"""Tables that a fingerprint joins: a row may be there before its certificate is known."""

HEAD: Final = """\
# The database

This page is made by `make schemas`, from `tables.py` and `queries/`. The same SQL works on SQLite
and PostgreSQL, and a database of an earlier version is brought to this one by `trustlist database
upgrade`.

Ask the **views**: their names and columns stay. The tables below them are for those who need
more; they may change with a version. All times are UTC. SQLite keeps a time as text, `2020-05-30
10:48:38`, which sorts and compares with `'2020-06-01'`; a truth value is 0 or 1 there. A
fingerprint is lower-case hex digits without separators.

## How to connect

`trustlist query` (see the [README](../README.md#your-own-sql)) is the safe way: it can't change
anything. For other programs:

**pandas** (in the environment that trustlist is in):

```python
import pandas

times = ["not_before", "not_after"]
roots = pandas.read_sql("SELECT * FROM trust_list", "sqlite:///trustlist.db", parse_dates=times)
print(roots.groupby("firmware")["not_after"].min())
```

**DBeaver**: *New connection*, *SQLite*, path `trustlist.db`; in the connection's settings set
*Read-only connection*. For PostgreSQL choose *PostgreSQL* and a role like the one below.

**Datasette** (`pip install datasette`) shows the file in a browser: `trustlist database datasette
-o metadata.json` writes what it says of tables and columns, with the ready queries; then `datasette
trustlist.db --metadata metadata.json`.

**DuckDB** reads what `trustlist query … --format csv --output roots.csv` writes (`FROM
'roots.csv'`), and Parquet from `trustlist export`. Its extension `sqlite` also attaches the file
itself: `ATTACH 'trustlist.db' (TYPE sqlite, READ_ONLY)`.

**PostgreSQL, for a team**: load with one role, ask with another, which may only read. `trustlist
query` runs in a read-only transaction that takes one statement that gives rows. What a role may
do beyond tables (a superuser's functions on the server's files, other sessions, extensions such
as dblink) a transaction doesn't refuse. `query` lays down a superuser's rights before it asks,
but a superuser can take them up again: don't give analysts one.

```sql
CREATE ROLE analyst LOGIN PASSWORD 'change me';
GRANT USAGE ON SCHEMA public TO analyst;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO analyst;
ALTER ROLE analyst SET default_transaction_read_only = on;
```

Give the rights again after `trustlist database upgrade`, which makes the views anew.

The first `ingest` makes the tables, in the first schema of the user's search path, which has to be
empty (`?options=-csearch_path%3Dtrustlist` names another, once somebody has made it); that and
`upgrade` take a role that may create there. To load takes SELECT, INSERT and UPDATE on the tables
and USAGE on their sequences; to ask, SELECT. Copies are for `pg_dump` to make. The tests run on
PostgreSQL 18, and did on 16.

```sh
# whatever libpq takes may follow the question mark; the password is best kept in ~/.pgpass
export TRUSTLIST_DATABASE='postgresql://trustlist@db.example.com/trustlist?sslmode=verify-full'
```

Loading needs an advisory lock that lasts for a transaction (`pg_advisory_xact_lock`), DDL in
transactions, and foreign keys. Databases that speak PostgreSQL's protocol were not run. What their
makers say: Citus is an extension of PostgreSQL, and leaves tables that aren't distributed as they
are; YugabyteDB has had such locks since 2025; CockroachDB takes the call and locks nothing, so
there only one process should load at a time.
"""


def text() -> str:
    """Give the page."""
    ours = list(tables.metadata.sorted_tables)
    views = [tables.views.tables[name] for name in sorted(tables.VIEWS)]
    parts = [
        HEAD,
        "## Views\n",
        *map(_table, views),
        "## Queries that are ready\n",
        "`trustlist query --name NAME --param PARAMETER=VALUE`. A value that is shown here is\n"
        "that of the parameter unless another is given.\n",
        "\n".join(_queries(queries())) + "\n",
        "## Tables\n",
        "\n".join(_diagram(ours)) + "\n",
        *map(_table, ours),
    ]
    return "\n".join(parts)


def _table(table: Table) -> str:
    lines = [
        f"### {table.name}\n",
        f"{table.comment}\n",
        "| column | kind | meaning |",
        "|---|---|---|",
    ]
    for column in table.columns:
        marks = [_type(column), *(["key"] if column.primary_key else [])]
        marks += [f"→ `{key.column.table.name}`" for key in column.foreign_keys]
        lines.append(f"| `{column.name}` | {', '.join(marks)} | {column.comment} |")
    return "\n".join(lines) + "\n"


def _type(column: Column[Any]) -> str:
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    return _TYPES[kind.python_type.__name__]


def _queries(ready: Iterable[Query]) -> Iterator[str]:
    yield "| name | what it answers | parameters |"
    yield "|---|---|---|"
    for query in ready:
        parameters = "<br>".join(
            f"`{each.name}{'' if each.default is None else f'={each.default}'}` {each.meaning}"
            for each in query.parameters
        )
        yield f"| [`{query.name}`](queries/{query.name}.sql) | {query.description} | {parameters} |"


def _diagram(ours: Iterable[Table]) -> Iterator[str]:
    """Draw what belongs to what, as Mermaid does on GitHub."""
    yield "```mermaid"
    yield "erDiagram"
    for table in ours:
        for column in table.columns:
            for key in column.foreign_keys:
                parent = key.column.table.name
                yield f'    {parent} ||--o{{ {table.name} : "{_BY_KEY[table.name, parent]}"'
    for ends, means in _BY_FINGERPRINT:
        yield f'    {ends} : "{means}"'
    for table in ours:
        yield f"    {table.name} {{"
        for column in table.columns:
            marks = {"PK": column.primary_key, "FK": column.foreign_keys}
            keys = ", ".join(key for key, has in marks.items() if has)
            yield f"        {_type(column).replace(' ', '_')} {column.name} {keys}".rstrip()
        yield "    }"
    yield "```"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
