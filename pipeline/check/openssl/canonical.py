"""Names in the form that OpenSSL compares (``X509_NAME_cmp``): RFC 5280 section 7.1, roughly."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from pipeline.check.openssl import elements
from pipeline.check.openssl.elements import Element

# the string types that are compared as text: identifier octet and how it is read
_TEXT: Final[dict[int, Callable[[bytes], str]]] = {
    0x0C: lambda value: value.decode(),  # UTF8String
    0x13: lambda value: value.decode("latin-1"),  # PrintableString
    0x14: lambda value: value.decode("latin-1"),  # T61String
    0x16: lambda value: value.decode("latin-1"),  # IA5String
    0x1A: lambda value: value.decode("latin-1"),  # VisibleString
    0x1C: lambda value: value.decode("utf-32-be"),  # UniversalString
    0x1E: lambda value: value.decode("utf-16-be"),  # BMPString
}
_SPACES: Final = re.compile(rb"[ \t\n\v\f\r]+")


def text(value: Element) -> str | None:
    """Give a string's text; None if it is of a type that isn't text."""
    decode = _TEXT.get(value.tag)
    return decode(value.content) if decode else None


def canonical(name: Element) -> bytes:
    """Bring a name in a form that is the same for two names if OpenSSL finds them equal.

    ASCII letters lose their case, white space is trimmed and folded, all string types are one. A
    name is within a directory's subtree (RFC 5280 section 4.2.1.10) if its form begins with the
    form of the subtree.
    """
    return b"".join(_rdn(rdn) for rdn in name.inner(elements.SEQUENCE))


def _rdn(rdn: Element) -> bytes:
    return _counted(b"".join(sorted(_attribute(pair) for pair in rdn.inner(elements.SET))))


def _attribute(pair: Element) -> bytes:
    kind, value = pair.inner(elements.SEQUENCE)
    written = text(value)
    if written is None:
        return _counted(kind.content) + _counted(value.whole)
    folded = _SPACES.sub(b" ", written.encode("utf-8", "surrogatepass")).strip(b" ").lower()
    return _counted(kind.content) + _counted(b"\x0c" + folded)


def _counted(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value
