"""A module a version, each from the one before it."""
