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
    """Read what is one element. Raises `ValueError` if it is none or several."""
    (only,) = elements(data)
    return only


def integer(content: bytes) -> int:
    """Read the content of an INTEGER."""
    return int.from_bytes(content, "big", signed=True)


def bits(content: bytes, octets: int) -> int:
    """Read the first octets of a BIT STRING's content, the first the least significant."""
    return int.from_bytes(content[1 : 1 + octets], "little")
