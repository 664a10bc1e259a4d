"""Windows' serialized stores: ``.sst`` files, and certificates in what is exported of the registry.

Both hold elements, each with a number, an encoding, a length and data (three 32-bit numbers, little
endian, before the data); 32 is a certificate. Source: Microsoft, wincrypt.h, CERT_CERT_PROP_ID.
"""

import re
from collections.abc import Iterator
from typing import Final

from pipeline.extract.formats import Certificates, FormatError, Reported
from pipeline.extract.formats.text import decode

_HEADER: Final = b"\0\0\0\0CERT"
_CERTIFICATE: Final = 32
_REGISTRY: Final = re.compile(r"\s*(?:Windows Registry Editor Version|REGEDIT4)")
_ENTRY: Final = re.compile(
    r"\[[^\]\n]*\\SystemCertificates\\(?P<store>[^\\\]\n]+)\\Certificates\\(?P<sha1>[0-9A-Fa-f]{40})\]"
    r"\s*\"Blob\"=hex:(?P<blob>(?:[0-9a-f]{2}[,\\\s]*)+)"
)
_DISALLOWED: Final = "Windows does not trust what is in its store “Disallowed”; it is not taken."


def read(data: bytes) -> Certificates | None:
    """The certificates of such a store.

    Raises:
        FormatError: it is damaged.
    """
    if data.startswith(_HEADER):
        return Certificates(list(_certificates(data[len(_HEADER) :])), [])
    text = decode(data[: 1 << 10])
    return _of_registry(decode(data)) if _REGISTRY.match(text) else None


def _of_registry(text: str) -> Certificates | None:
    found = Certificates([], [], reported=(told := []))
    for entry in _ENTRY.finditer(text):
        if entry["store"].lower() == "disallowed":
            told.append(Reported("unaccounted-text", entry["sha1"].lower(), _DISALLOWED))
            continue
        blob = bytes.fromhex("".join(re.findall(r"[0-9a-f]{2}", entry["blob"])))
        found.ders.extend(_certificates(blob))
    return found if found.ders or told else None


def _certificates(data: bytes) -> Iterator[bytes]:
    """The certificates among elements, up to the one that ends them."""
    at = 0
    while at + 12 <= len(data):
        number, _, length = (
            int.from_bytes(data[i : i + 4], "little") for i in range(at, at + 12, 4)
        )
        if number == 0:
            return
        if at + 12 + length > len(data):
            raise FormatError("this store is damaged or cut off. Export it again.")
        if number == _CERTIFICATE:
            yield data[at + 12 : at + 12 + length]
        at += 12 + length
