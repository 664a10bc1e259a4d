"""Whether the tables, indexes and views of a SQLite file are those that trustlist makes.

SQLite keeps them as statements, and reads a damaged one as it stands: as another type, another
order, another condition. What it makes of them is compared with a new database in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from schemas import tables

_TABLE: Final = 'SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(:name)'
_INDEXES: Final = """
SELECT list.name, list."unique", list.partial, part.seqno, part.name, part."desc", part.coll
FROM pragma_index_list(:name) AS list, pragma_index_xinfo(list.name) AS part
ORDER BY list.name, part.seqno
"""
_KEYS: Final = 'SELECT "table", "from", "to" FROM pragma_foreign_key_list(:name) ORDER BY "from"'
_VIEW: Final = "SELECT sql FROM sqlite_master WHERE type = 'view' AND name = :name"


def changed_structure(connection: Connection) -> Iterator[tuple[str, str]]:
    """Give the name of each table and view that is another than a new database has, and how.

    They have to be there, with all their columns and indexes.
    """
    with create_engine("sqlite://", poolclass=NullPool).begin() as new:
        tables.create(new)
        for table in tables.metadata.tables:
            for query, what in ((_TABLE, "columns"), (_INDEXES, "indexes"), (_KEYS, "references")):
                if _rows(connection, query, table) != _rows(new, query, table):
                    yield table, f"its {what} are not those that trustlist makes"
        for view in tables.views.tables:
            if _rows(connection, _VIEW, view) != _rows(new, _VIEW, view):
                yield view, "it is not the view that trustlist makes"


def _rows(connection: Connection, query: str, name: str) -> list[tuple[object, ...]]:
    found = connection.exec_driver_sql(query, {"name": name})
    return [tuple(row) for row in found]
