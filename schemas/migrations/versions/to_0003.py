"""A checksum for each row, so that `database verify` finds whatever is damaged."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_TABLES = (
    "documents",
    "snapshots",
    "printed_rows",
    "certificates",
    "sightings",
    "lookups",
    "problems",
)


def upgrade() -> None:
    """Add the columns; `schemas.migrations.upgrade` fills them."""
    for table in _TABLES:
        op.add_column(table, sa.Column("checksum", sa.LargeBinary()))
