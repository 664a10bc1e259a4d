"""A report -> text, a module for each format."""
