"""Rows and look-ups that are known by their SHA-256 only."""

from alembic import op

revision = "0004"
down_revision = "0003"

_BEFORE = "length(fingerprint) = 40 AND ltrim(fingerprint, '0123456789abcdef') = ''"
_AFTER = {
    "printed_rows": f"{_BEFORE} OR fingerprint = '' AND fingerprint_sha256 IS NOT NULL",
    "lookups": "length(fingerprint) IN (40, 64) AND ltrim(fingerprint, '0123456789abcdef') = ''",
}


def upgrade() -> None:
    """Change what a fingerprint may be, and add the index that finds the others."""
    if op.get_context().dialect.name == "postgresql":
        for table, rule in _AFTER.items():
            name = op.f(f"ck_{table}_fingerprint_is_hex")
            op.drop_constraint(name, table)
            op.create_check_constraint(name, table, rule)
    else:
        _rewrite_checks()
    op.create_index("ix_printed_rows_fingerprint_sha256", "printed_rows", ["fingerprint_sha256"])


def _rewrite_checks() -> None:
    """Change the text of the checks: SQLite can't alter them, and no row has to be copied for it.

    Source: https://sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes".
    """
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    for table, rule in _AFTER.items():
        connection.exec_driver_sql(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ?",
            (f"({_BEFORE})", f"({rule})", table),
        )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
