"""Which phones of a fleet accept a chain."""
