"""Scripts that write what schemas/ ships: the JSON Schemas, and the dictionary of the database."""
