"""ASN.1 as it is encoded (X.690), read as OpenSSL reads it: BER, and field by field.

`asn1crypto` checks less (it reads what OpenSSL refuses) and cryptography more; to say what OpenSSL
makes of a certificate takes a reader that stumbles where OpenSSL does.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from asn1crypto import core

BOOLEAN: Final = 0x01
INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL: Final = 0x05
OID: Final = 0x06
ENUMERATED: Final = 0x0A
UTF8_STRING: Final = 0x0C
SEQUENCE: Final = 0x10
SET: Final = 0x11
PRINTABLE_STRING: Final = 0x13
T61_STRING: Final = 0x14
IA5_STRING: Final = 0x16
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
VISIBLE_STRING: Final = 0x1A
UNIVERSAL_STRING: Final = 0x1C
BMP_STRING: Final = 0x1E

_CONSTRUCTED: Final = 0x20
_CLASS: Final = 0xC0
_LONG: Final = 0x1F
_DEEPEST_STRING: Final = 5
_NEVER_CONSTRUCTED: Final = frozenset({BOOLEAN, INTEGER, NULL, OID, ENUMERATED})
_NAMES: Final = {
    BOOLEAN: "BOOLEAN",
    INTEGER: "INTEGER",
    BIT_STRING: "BIT STRING",
    OCTET_STRING: "OCTET STRING",
    NULL: "NULL",
    OID: "OBJECT IDENTIFIER",
    UTF8_STRING: "UTF8String",
    SEQUENCE: "SEQUENCE",
    SET: "SET",
    PRINTABLE_STRING: "PrintableString",
    T61_STRING: "T61String",
    IA5_STRING: "IA5String",
    UTC_TIME: "UTCTime",
    GENERALIZED_TIME: "GeneralizedTime",
    VISIBLE_STRING: "VisibleString",
    UNIVERSAL_STRING: "UniversalString",
    BMP_STRING: "BMPString",
}
# octets that a character of a string has, where it is more than one
_WIDTHS: Final = {BMP_STRING: 2, UNIVERSAL_STRING: 4}


class Element(NamedTuple):
    """One element: its tag (class and number), its content, and the whole of it.

    The tag is that of the identifier octet without the bit that says whether the element is
    constructed: 0x10 for a SEQUENCE, 0x80 for ``[0]``.
    """

    tag: int
    is_constructed: bool
    content: bytes
    whole: bytes

    def inner(self, tag: int = SEQUENCE) -> list[Element]:
        """Give the elements of a SEQUENCE OF, or SET OF. Raises ValueError if it is none."""
        self._expect(tag)
        return elements(self.content)

    def fields(self, tag: int = SEQUENCE) -> Fields:
        """Read the fields of a SEQUENCE, one by one. Raises ValueError if it is none."""
        self._expect(tag)
        if not self.is_constructed:
            raise ValueError("a sequence is not constructed")
        return Fields(elements(self.content))

    def explicit(self) -> Element:
        """Give the one element within an explicit tag. Raises ValueError if it isn't one."""
        if not self.is_constructed:
            raise ValueError("an explicit tag is not constructed")
        (inner,) = elements(self.content)
        return inner

    def primitive(self, tag: int) -> bytes:
        """Give the content of an element that is never constructed.

        Raises ValueError if it isn't of that type.
        """
        self._expect(tag)
        if self.is_constructed:
            raise ValueError("a primitive type is constructed")
        return self.content

    def octets(self, tag: int | None = None) -> bytes:
        """Give the content of a string, put together if it is in pieces (BER).

        Raises ValueError if it isn't of that type.
        """
        self._expect(self.tag if tag is None else tag)
        return _joined(self.content, 0) if self.is_constructed else self.content

    def _expect(self, tag: int) -> None:
        if self.tag != tag:
            raise ValueError(f"{_called(tag)} is expected, not {_called(self.tag)}")


def _called(tag: int) -> str:
    """Name a type by its tag, as X.680 writes it."""
    if tag & _CLASS:
        return f"[{tag & _LONG}]" if tag <= 0xFF else f"[{tag >> 8}]"
    return _NAMES.get(tag, f"[UNIVERSAL {tag}]")


class Fields:
    """The fields of a SEQUENCE, taken one after another; those that are optional may be missing."""

    def __init__(self, found: list[Element]) -> None:
        self._found = found
        self._next = 0

    def __len__(self) -> int:
        return len(self._found) - self._next

    def any(self) -> Element:
        """Take the next, whatever it is. Raises ValueError if there is none."""
        if not self:
            raise ValueError("a field is missing")
        self._next += 1
        return self._found[self._next - 1]

    def take(self, tag: int) -> Element:
        """Take the next, which has to be of that type. Raises ValueError if it isn't."""
        taken = self.any()
        taken._expect(tag)
        return taken

    def optional(self, *tags: int) -> Element | None:
        """Take the next if it is of one of these types."""
        if self and self._found[self._next].tag in tags:
            return self.any()
        return None

    def end(self) -> None:
        """Make sure that nothing is left. Raises ValueError if something is."""
        if self:
            raise ValueError("a sequence has fields that aren't known")


def elements(data: bytes) -> list[Element]:
    """Read the elements that follow one another. Raises ValueError if that isn't what it is."""
    found = []
    start, end = 0, len(data)
    while start < end:
        each, start = _read(data, start)
        if each is None:
            raise ValueError("an end without a beginning")
        found.append(each)
    return found


def element(data: bytes) -> Element:
    """Read the first element; what follows is ignored, as OpenSSL does in extensions.

    Raises ValueError if there is none.
    """
    found, _ = _read(data, 0)
    if found is None:
        raise ValueError("an end without a beginning")
    return found


def _read(data: bytes, start: int) -> tuple[Element | None, int]:
    """Read an element and where the next begins; None for the end of an indefinite length."""
    try:
        octet, length = data[start], data[start + 1]
        place = start + 2
        tag = octet & ~_CONSTRUCTED
        if octet & _LONG == _LONG:
            tag, place = _long_tag(data, start)
            length = data[place]
            place += 1
    except IndexError:
        raise ValueError("an element is cut off") from None
    is_constructed = bool(octet & _CONSTRUCTED)
    if length == 0x80:
        if not is_constructed:
            raise ValueError("a primitive element is of indefinite length")
        content, end = _until_end(data, place)
        return Element(tag, True, data[place:content], data[start:end]), end
    if length > 0x80:
        octets = length & 0x7F
        length = int.from_bytes(data[place : place + octets], "big")
        place += octets
    end = place + length
    if end > len(data):
        raise ValueError("an element is cut off")
    if octet == 0 and not length:
        return None, end
    return Element(tag, is_constructed, data[place:end], data[start:end]), end


def _long_tag(data: bytes, start: int) -> tuple[int, int]:
    """Read a number of a tag that is over 30; it is put above the octet with the class."""
    number, place = 0, start + 1
    while True:
        number = number << 7 | data[place] & 0x7F
        place += 1
        if not data[place - 1] & 0x80:
            return data[start] & _CLASS | number << 8, place


def _until_end(data: bytes, place: int) -> tuple[int, int]:
    """Find where a content of indefinite length ends, and where what follows begins."""
    while True:
        found, after = _read(data, place)
        if found is None:
            return place, after
        place = after


def _joined(content: bytes, depth: int) -> bytes:
    if depth > _DEEPEST_STRING:
        raise ValueError("a string is in pieces of pieces")
    pieces = []
    for piece in elements(content):
        pieces.append(_joined(piece.content, depth + 1) if piece.is_constructed else piece.content)
    return b"".join(pieces)


def encode(tag: int, *contents: bytes) -> bytes:
    """Write an element in DER, under an identifier octet."""
    content = b"".join(contents)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


# --- what is in them -------------------------------------------------------------------------


def integer(content: bytes) -> int:
    """Read the content of an INTEGER. Raises ValueError if it isn't in its shortest form."""
    if not content or (len(content) > 1 and content[0] == (0xFF if content[1] & 0x80 else 0)):
        raise ValueError("an integer isn't in its shortest form")
    return int.from_bytes(content, "big", signed=True)


def any_integer(content: bytes) -> int:
    """Read the content of an INTEGER in any form, as OpenSSL 1.0.2 does."""
    return int.from_bytes(content, "big", signed=True)


def boolean(content: bytes) -> bool:
    """Read the content of a BOOLEAN. Raises ValueError if it isn't one octet."""
    (octet,) = content
    return octet != 0


class BitString(NamedTuple):
    """A string of bits: its octets, without what the last one leaves over, and how many that is."""

    octets: bytes
    unused: int

    def low(self, octets: int) -> int:
        """Give the first octets as a number, the first the least significant."""
        return int.from_bytes(self.octets[:octets], "little")


def bit_string(content: bytes) -> BitString:
    """Read the content of a BIT STRING.

    Raises ValueError if it doesn't tell how many bits of the last octet it leaves unused.
    """
    if not content or content[0] > 7:
        raise ValueError("a bit string doesn't tell its length")
    unused, octets = content[0], content[1:]
    if octets and unused:
        octets = octets[:-1] + bytes([octets[-1] & 0xFF << unused & 0xFF])
    return BitString(octets, unused)


@lru_cache(maxsize=4096)
def dotted(content: bytes) -> str:
    """Read the content of an OBJECT IDENTIFIER. Raises ValueError if it is none."""
    if not content or content[-1] & 0x80:
        raise ValueError("an object identifier is cut off")
    if content[0] == 0x80 or any(
        octet == 0x80 and not before & 0x80 for before, octet in pairwise(content)
    ):
        raise ValueError("an object identifier isn't in its shortest form")
    written: str = core.ObjectIdentifier(contents=content).dotted
    return written


def check_any(found: Element, *, is_strict: bool = True) -> Element:
    """Check an element of any type as far as OpenSSL does; raises ValueError.

    ``is_strict``: an INTEGER has to be in its shortest form.
    """
    match found.tag:
        case 0x10 | 0x11:  # SEQUENCE, SET
            if not found.is_constructed:
                raise ValueError("a sequence is not constructed")
        case tag if tag & _CLASS or tag > 0xFF:
            pass
        case tag if tag in _NEVER_CONSTRUCTED:
            _check_primitive(tag, found.primitive(tag), is_strict=is_strict)
        case 0x03:  # BIT STRING
            bit_string(found.octets())
        case tag:
            if len(found.octets()) % _WIDTHS.get(tag, 1):
                raise ValueError("a string ends within a character")
    return found


def _check_primitive(tag: int, content: bytes, *, is_strict: bool) -> None:
    if tag in (INTEGER, ENUMERATED) and is_strict:
        integer(content)
    elif tag == BOOLEAN:
        boolean(content)
    elif tag == OID:
        dotted(content)
    elif tag == NULL and content:
        raise ValueError("a null isn't empty")
