"""An index for questions that name a firmware and no product; no infinite times."""

from alembic import op

revision = "0002"
down_revision = "0001"

_TIMES = (
    ("snapshots", "ingested_at"),
    ("certificates", "not_before"),
    ("certificates", "not_after"),
    ("sightings", "first_seen"),
    ("sightings", "last_seen"),
    ("lookups", "asked_at"),
)


def upgrade() -> None:
    """Add the index and, where times have a type that knows infinity, the checks."""
    op.create_index("ix_snapshots_firmware", "snapshots", ["firmware"])
    if op.get_context().dialect.name == "postgresql":
        for table, column in _TIMES:
            name = op.f(f"ck_{table}_{column}_is_finite")
            op.create_check_constraint(name, table, f"isfinite({column})")
