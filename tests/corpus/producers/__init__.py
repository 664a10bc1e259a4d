"""A module for each program that makes documents of the corpus."""
