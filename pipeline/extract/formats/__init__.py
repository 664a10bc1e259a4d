"""Bytes to pages of words, a package or module a format."""
