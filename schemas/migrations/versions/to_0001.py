"""The first version that was released; there is nothing before it."""

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Do nothing: `schemas.tables.create` makes new databases."""
