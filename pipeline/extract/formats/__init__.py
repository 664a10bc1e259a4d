"""Bytes -> pages of words, or certificates: a module a format, told apart by content.

A format is a function from a document's bytes to what it holds, or None if the bytes are of
another format. What comes out is one of three things: `Pages` of words (a table is a page whose
cells are stated, see `tables.page_of`), or `Certificates`. A new format is a module here and a
line in `FORMATS`; PDF, which is read page by page by two readers, is apart from these.
"""

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import Final, NamedTuple

from pipeline.extract.document import ProblemKind
from pipeline.extract.page import Page


class Reported(NamedTuple):
    """What a document says besides: a problem; ``is_kept`` if what it is about is taken, too."""

    kind: ProblemKind
    text: str
    hint: str
    is_kept: bool = False


class Pages(NamedTuple):
    """A document of words on pages. ``reported`` is what it has that is on none of them.

    ``text`` is all that it says, the targets of its links, too.
    """

    pages: Iterable[Page]
    reported: Sequence[Reported] = ()
    text: str = ""


class Certificates(NamedTuple):
    """A document that holds certificates themselves: DER, and what in it is damaged.

    ``own`` are those that belong to a private key of a store: they are no entries of a trust list.
    ``signers`` are the subjects of those who signed it, whose signatures hold.
    ``reported`` is what is said of certificates, those that are not taken among them.
    """

    ders: list[bytes]
    damaged: list[str]
    own: Sequence[bytes] = ()
    reported: Sequence[Reported] = ()
    signers: Sequence[str] = ()


Content = Pages | Certificates
Format = Callable[[bytes], Content | None]
"""Reads a document of one format.

Raises:
    FormatError: it is of this format, but can't be used.
"""


class FormatError(ValueError):
    """A document is of a format, but can't be read; the message is one plain sentence."""


_CONTAINERS: Final = ("workbook", "pkcs12_store", "java_store", "windows_store")
"""Formats that aren't text, and may hold certificates."""
_PEM: Final = b"-----BEGIN "
_PEM_UTF_16: Final = _PEM.decode().encode("utf-16-le")
_WITH_PEM: Final = (
    "json_records",
    "yaml_records",
    "toml_records",
    "web_page",
    "xml_records",
    "certificate_table",
)
"""Formats of text that are others', and hold certificates if they hold PEM."""
_OF_TEXT: Final = (
    "tool_output",
    "gpgsm_trustlist",
    "keychain",
    "drawn_tables",
    "source_code",
    "delimited",
    "even_text",
    "text",
)
FORMATS: Final = (
    *_CONTAINERS,
    "archive",
    "mail",
    "patch",
    "certdata",
    *_WITH_PEM,
    "certificates",
    *_OF_TEXT,
)
"""The modules, in the order in which they are asked; the last takes any text."""


def content_of(data: bytes) -> Content:
    """What a document holds.

    Raises:
        FormatError: it can't be read.
    """
    for name in FORMATS:
        read: Format = import_module(f"{__name__}.{name}").read
        content = read(data)
        if isinstance(content, Pages) and not content.text and name not in _CONTAINERS:
            from pipeline.extract.formats.text import decode

            return content._replace(text=decode(data))
        if content is not None:
            return content
    raise FormatError("this is no document of a known format.")


def certificates_of(data: bytes) -> Certificates | None:
    """The certificates that a file holds; None if it is of no format that holds any.

    Raises:
        FormatError: it is of such a format, and can't be read.
    """
    others = _WITH_PEM if _PEM in data or _PEM_UTF_16 in data else ()
    return _first((*_CONTAINERS, "certdata", *others, "certificates"), data)


def container_of(data: bytes) -> Certificates | None:
    """The certificates of a key store or spreadsheet; None if a file is none, or holds none.

    Raises:
        FormatError: no password opens it, or it is damaged.
    """
    return _first(_CONTAINERS, data)


def _first(names: Sequence[str], data: bytes) -> Certificates | None:
    for name in names:
        content = import_module(f"{__name__}.{name}").read(data)
        if isinstance(content, Certificates):
            return content
    return None
