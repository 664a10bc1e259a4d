"""Bytes -> pages of words, or certificates: a module a format, told apart by content.

A format is a function from a document's bytes to what it holds, or None if the bytes are of
another format. What comes out is one of three things: `Pages` of words (a table is a page whose
cells are stated, see `tables.page_of`), or `Certificates`. A new format is a module here and a
line in `FORMATS`; PDF, which is read page by page by two readers, is apart from these.
"""

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Final, NamedTuple

from pipeline.extract.page import Page


class Pages(NamedTuple):
    """A document of words on pages."""

    pages: Iterable[Page]


class Certificates(NamedTuple):
    """A document that holds certificates themselves: DER, and what in it is damaged."""

    ders: list[bytes]
    damaged: list[str]


Content = Pages | Certificates
Format = Callable[[bytes], Content | None]
"""Reads a document of one format.

Raises:
    FormatError: it is of this format, but can't be used.
"""


class FormatError(ValueError):
    """A document is of a format, but can't be read; the message is one plain sentence."""


FORMATS: Final = ("pkcs12_store", "certificates", "web_page", "markdown", "delimited", "text")
"""The modules, in the order in which they are asked; the last takes any text."""


def content_of(data: bytes) -> Content:
    """What a document holds.

    Raises:
        FormatError: it can't be read.
    """
    for name in FORMATS:
        read: Format = import_module(f"{__name__}.{name}").read
        content = read(data)
        if content is not None:
            return content
    raise FormatError("this is no document of a known format.")
