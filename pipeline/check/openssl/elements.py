"""The elements of ASN.1's encoding (X.690), as the certificate's bytes have them."""

from __future__ import annotations

from typing import Final, NamedTuple

from asn1crypto import parser

BOOLEAN: Final = 0x01
INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
OID: Final = 0x06
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30
SET: Final = 0x31


class Element(NamedTuple):
    """One element: its identifier octet, its content, and both with the length between them."""

    tag: int
    content: bytes
    whole: bytes

    def inner(self, tag: int | None = None) -> list[Element]:
        """Give the elements in this one; raise `ValueError` if it isn't of that type."""
        if tag is not None and self.tag != tag:
            raise ValueError(f"expected ASN.1 type {tag:#x}, not {self.tag:#x}")
        return elements(self.content)

    def expect(self, tag: int) -> bytes:
        """Give the content; raise `ValueError` if it isn't of that type."""
        if self.tag != tag:
            raise ValueError(f"expected ASN.1 type {tag:#x}, not {self.tag:#x}")
        return self.content


def elements(data: bytes) -> list[Element]:
    """Read the elements that follow one another. Raises `ValueError` if that isn't what it is."""
    found = []
    while data:
        _, _, _, header, content, trailer = parser.parse(data)
        length = len(header) + len(content) + len(trailer)
        found.append(Element(header[0], content, data[:length]))
        data = data[length:]
    return found


def element(data: bytes) -> Element:
    """Read the first element; what follows is ignored, as OpenSSL does in extensions.

    Raises `ValueError` if there is none.
    """
    _, _, _, header, content, trailer = parser.parse(data)
    return Element(header[0], content, header + content + trailer)


def integer(content: bytes) -> int:
    """Read the content of an INTEGER. Raises `ValueError` if it isn't the shortest form."""
    if not content or (len(content) > 1 and content[0] == (0xFF if content[1] & 0x80 else 0)):
        raise ValueError("an integer isn't in its shortest form")
    return int.from_bytes(content, "big", signed=True)


def boolean(content: bytes) -> bool:
    """Read the content of a BOOLEAN. Raises `ValueError` if it isn't one octet."""
    (octet,) = content
    return octet != 0


def bits(content: bytes, octets: int) -> int:
    """Read the first octets of a BIT STRING's content, the first the least significant.

    Raises `ValueError` if it doesn't tell how many bits of the last octet it leaves unused.
    """
    if not content or content[0] > 7:
        raise ValueError("a bit string doesn't tell its length")
    unused, *values = content
    if values:
        values[-1] &= 0xFF << unused
    return int.from_bytes(bytes(values[:octets]), "little")
