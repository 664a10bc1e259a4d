"""The way up from each earlier version of the schema, by Alembic.

A new database is made whole by `schemas.tables.create`; these steps are for those that are there.
To change the schema: change `schemas.tables`, count `VERSION` up, add a module to `versions` that
does the same to tables that hold data, and keep a database of the new version for the tests
(``python tests/databases/make.py``). They see to it that both ways end in the same schema. Views,
comments and checksums are always made anew, and no step has to mention them. A changed view needs
a new version, too: `database verify` compares them with the files they are made of.
"""

from __future__ import annotations

from importlib import resources

from sqlalchemy import Connection

from schemas import checksums, tables


def upgrade(connection: Connection) -> None:
    """Bring the schema to `schemas.tables.VERSION`, in the transaction that is open."""
    from alembic import command  # it costs 0.3 s, which only an upgrade is worth
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    directory = str(resources.files(__name__))
    config.set_main_option("script_location", directory.replace("%", "%%"))
    tables.drop_views(connection)
    command.upgrade(config, tables.VERSION)
    checksums.compute_all(connection, tables.metadata)
    tables.create_views(connection)
    tables.comment(connection)
