"""What happens to a trust list, from a published document to an answer. README.md is the map.

The functions for a notebook are those of the package `trustlist` (`pipeline/api/`).
"""
