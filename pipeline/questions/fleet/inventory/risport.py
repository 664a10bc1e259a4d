"""Records from answers of RisPort70, the XML of Cisco Unified Serviceability (selectCmDevice).

Under ``SelectCmDeviceResult/CmNodes/item/CmDevices/item`` stands a device; one that has moved is
there under several nodes. An answer has a thousand devices or two at most, so a cluster takes
several, which may follow one another in a file.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, BinaryIO, Final

from pipeline.errors import DocumentError
from pipeline.questions.fleet.inventory import named_records
from pipeline.questions.fleet.inventory.batch import Batch
from pipeline.questions.fleet.inventory.named_records import Record
from pipeline.questions.fleet.inventory.titles import Field

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_CHUNK: Final = 1 << 16
_DECLARATION: Final = re.compile(rb"<\?xml\b")
_PLAIN: Final = (
    *("Name", "Description", "Status", "StatusReason", "Protocol", "ActiveLoadID"),
    *("DeviceClass", "Class", "TimeStamp"),
)


def batches(file: BinaryIO, source: str, chosen: Mapping[Field, str]) -> Iterator[Batch]:
    """Give the devices of all answers, and tell of those that an answer left out.

    Raises:
        DocumentError: it isn't well-formed, or says that Unified CM refused the question.
    """
    remarks: list[str] = []
    found = _records(file, source, remarks)
    count = 0
    for batch in named_records.batches(found, source, chosen):
        count += len(batch.lines) + len(batch.unusable)
        yield batch
    if not count:
        raise DocumentError(f"{source}: this XML has no devices under CmDevices.")
    if remarks:
        yield Batch([], {each: [] for each in batch.columns}, remarks=remarks)


def _records(file: BinaryIO, source: str, remarks: list[str]) -> Iterator[Record]:
    number = 0
    for place, answer in enumerate(_answers(file), 1):
        begun = number
        total = None
        for element in _elements(answer, source, place):
            tag = _local(element)
            if tag == "TotalDevicesFound" and (element.text or "").strip().isdigit():
                total = int(element.text or 0)
            elif tag == "faultstring":
                text = " ".join((element.text or "").split())[:200]
                raise DocumentError(f"{source}: Unified CM gave no devices: {text}")
            elif tag == "CmDevices":
                for device in element:
                    number += 1
                    yield number, _record(device)
                element.clear()
        if total is not None and total > number - begun:
            remarks.append(
                f"{source}: answer {place} has {number - begun:,} of {total:,} devices that were "
                "found; ask for the rest, too."
            )


def _answers(file: BinaryIO) -> Iterator[Iterator[bytes]]:
    """Part a file where another XML declaration begins."""
    rest = file.read(_CHUNK).removeprefix(b"\xef\xbb\xbf").lstrip()

    def answer() -> Iterator[bytes]:
        nonlocal rest
        is_begun = False
        while rest:
            following = _DECLARATION.search(rest, 0 if is_begun else 1)
            is_begun = True
            if following:
                piece, rest = rest[: following.start()], rest[following.start() :]
                yield piece
                return
            more = file.read(_CHUNK)
            # a declaration may stand across the end of what was read
            keep = len(rest) - 5 if more else len(rest)
            if keep > 0:
                yield rest[:keep]
                rest = rest[keep:]
            rest += more

    while rest.strip():
        yield answer()


def _elements(answer: Iterator[bytes], source: str, place: int) -> Iterator[Element]:
    """Give the elements as they end, so that an answer is never in memory as a whole."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    try:
        for _, element in iterparse(_Stream(answer), ("end",), forbid_dtd=True):
            yield element
    except ParseError as error:
        line, column = error.position
        raise DocumentError(
            f"{source}: answer {place} isn't well-formed XML at line {line}, column {column + 1}; "
            "ask for it again."
        ) from error
    except DefusedXmlException:
        raise DocumentError(
            f"{source}: answer {place} defines a document type, which none of Unified CM does."
        ) from None


class _Stream(io.RawIOBase):
    """Pieces as a file, from which they are read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def read(self, size: int = -1) -> bytes:
        """Give the next piece, however much was asked for."""
        return next(self._pieces, b"")


def _record(device: Element) -> Mapping[str, str]:
    found = {tag: child.text or "" for child in device if (tag := _local(child)) in _PLAIN}
    found["IPAddress"] = next(
        (
            text
            for child in device
            if _local(child) == "IPAddress"
            for each in child.iter()
            if _local(each) in ("IP", "IPAddress") and (text := (each.text or "").strip())
        ),
        "",
    )
    return found


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
