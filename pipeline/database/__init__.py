"""The database: opening it, checking it, copying it, and SQL put to it."""
