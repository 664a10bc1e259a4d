"""What macOS prints of a keychain: ``security find-certificate -a -Z``."""

import re
from collections.abc import Iterator
from typing import Final

from pipeline.extract.formats import FormatError, Pages
from pipeline.extract.formats.records import Record, table_of
from pipeline.extract.formats.tables import Part, Table, TextLine, pages_of_parts
from pipeline.extract.formats.text import decode

_ATTRIBUTE: Final = re.compile(r'\s+"(\w{4})"<\w+>=(?:"(.*)"|(?:0x([0-9A-Fa-f]*))?.*)')
"""A text in quotes; or bytes in hex digits, then again as a C string."""
_LABEL: Final = re.compile(r'^\s+"labl"<blob>=', re.MULTILINE)
_DIGEST: Final = re.compile(r"(SHA-1|SHA-256) hash: ([0-9A-F]+)")
_FIELD: Final = re.compile(r"(?:keychain|version|class|attributes): ?.*")


def read(data: bytes) -> Pages | None:
    """The certificates of a keychain, by their digests and labels.

    Raises:
        FormatError: it was printed without digests.
    """
    text = decode(data)
    if not _LABEL.search(text):
        return None
    if not _DIGEST.search(text):
        raise FormatError(
            "this list of a keychain has no fingerprints. Print it with "
            "`security find-certificate -a -Z`."
        )
    return Pages(list(pages_of_parts(_parts(text))))


def _parts(text: str) -> Iterator[Part]:
    """Text that is not of the list, and the certificates below it as a table."""
    found: list[Record] = []
    for line in text.splitlines():
        if digest := _DIGEST.fullmatch(line.strip()):
            if not found or "Label" in found[-1] or digest[1] in found[-1]:
                found.append({})
            found[-1][digest[1]] = digest[2]
        elif attribute := _ATTRIBUTE.fullmatch(line):
            if attribute[1] == "labl" and found:
                found[-1]["Label"] = _value(attribute)
        elif line.strip() and not _FIELD.fullmatch(line):
            if found:
                yield Table(table_of(found), [0])
            found = []
            yield TextLine(line)
    if found:
        yield Table(table_of(found), [0])


def _value(attribute: re.Match[str]) -> str:
    if attribute[2] is not None:
        return attribute[2]
    return bytes.fromhex(attribute[3] or "").decode("utf-8", "replace")
