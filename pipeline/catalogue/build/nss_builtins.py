"""The roots in NSS's library of built-in objects, and the day from which each is distrusted.

The library (``libnssckbi.so``) has `certdata.txt` compiled into it: an array of attributes for each
object, in the order of that file. Of a certificate's attributes the value (its DER) is followed by
CKA_NSS_MOZILLA_CA_POLICY, then by CKA_NSS_SERVER_DISTRUST_AFTER: a UTCTime or, if there is none,
a single octet.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from datetime import date, datetime

_ITEM = 16  # an NSSItem on 64 bits: a pointer, and a size
_RELATIVE = 8  # R_X86_64_RELATIVE: the addend is what the pointer is
_RELA, _NO_BITS, _ALLOCATED = 4, 8, 2
_UTC_TIME = re.compile(rb"\d{12}Z")


def distrust_dates(library: bytes) -> Iterator[tuple[bytes, date]]:
    """Give the DER of each root that has a date for TLS servers, and that date.

    Certificates that a root issues later aren't trusted. ``library`` is an ELF file of x86-64.
    """
    image = _Image(library)
    for place in sorted(image.pointers):
        value = image.item(place)
        if value and _UTC_TIME.fullmatch(value):
            der = image.item(place - 2 * _ITEM)
            if der and der.startswith(b"\x30\x82"):  # else it is the date for e-mail
                yield der, datetime.strptime(value.decode(), "%y%m%d%H%M%SZ").date()


class _Image:
    """What lies where, once the file is loaded."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        (start,) = struct.unpack_from("<Q", data, 0x28)
        (number,) = struct.unpack_from("<H", data, 0x3C)
        headers = [struct.unpack_from("<IIQQQQIIQQ", data, start + i * 64) for i in range(number)]
        self._sections = [
            (address, offset, size)
            for _, kind, flags, address, offset, size, *_ in headers
            if kind != _NO_BITS and flags & _ALLOCATED
        ]
        self.pointers: dict[int, int] = {}
        for _, kind, _, _, offset, size, *_ in headers:
            if kind == _RELA:
                self.pointers |= {
                    place: addend
                    for place, how, addend in struct.iter_unpack(
                        "<QQq", data[offset : offset + size]
                    )
                    if how == _RELATIVE
                }

    def item(self, place: int) -> bytes | None:
        """Give what an NSSItem at an address points to."""
        target, size_at = self._offset(self.pointers.get(place)), self._offset(place + 8)
        if target is None or size_at is None:
            return None
        (size,) = struct.unpack_from("<Q", self._data, size_at)
        return self._data[target : target + size]

    def _offset(self, address: int | None) -> int | None:
        if address is None:
            return None
        for start, offset, size in self._sections:
            if start <= address < start + size:
                return int(address - start + offset)
        return None
