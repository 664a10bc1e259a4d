"""XML: elements of one name that follow each other are a list of objects; see `records`.

So are the dictionaries of Apple's property lists.
"""

from __future__ import annotations

import plistlib
import re
from typing import Any, Final

from lxml import etree

from pipeline.extract.formats import Certificates, FormatError, Pages
from pipeline.extract.formats.records import ELSE, TooManyError, content_of, may_identify
from pipeline.extract.formats.text import decode

_BEGINS: Final = re.compile(r"\s*<(?:\?xml|[\w:-]+[\s>])")
_DECLARATION: Final = re.compile(r"\s*<\?xml[^>]*\?>")


def read(data: bytes) -> Pages | Certificates | None:
    """The lists of elements that hold fingerprints; None if a text has none.

    Raises:
        FormatError: they should hold certificates, and none can be read.
    """
    text = decode(data)
    if not _BEGINS.match(text):
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(_DECLARATION.sub("", text, count=1), parser)
        content = content_of(plistlib.loads(data) if root.tag == "plist" else _value(root))
    except FormatError:
        raise
    except (
        etree.XMLSyntaxError,
        plistlib.InvalidFileException,
        ValueError,
        RecursionError,
        TooManyError,
    ):
        return None
    if content is None and not may_identify(text):
        raise FormatError(f"this XML has no fingerprint and no certificate; {ELSE}")
    return content


def _value(element: Any) -> Any:
    """An element: its text or, with attributes or elements in it, an object; or a list of these."""
    fields: dict[str, list[Any]] = {key: [value] for key, value in element.attrib.items()}
    for each in element:
        if isinstance(each.tag, str):
            fields.setdefault(etree.QName(each).localname, []).append(_value(each))
    text = (element.text or "").strip()
    if not fields:
        return text
    if text:
        fields.setdefault("text", []).append(text)
    return {key: found[0] if len(found) == 1 else found for key, found in fields.items()}
