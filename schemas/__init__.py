"""What the data looks like: frame contracts, tables and views. Imports nothing from pipeline."""
