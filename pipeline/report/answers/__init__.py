"""An answer -> a report, a module for each question."""
