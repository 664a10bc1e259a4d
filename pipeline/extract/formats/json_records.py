"""JSON: a list of objects, such as a CA programme's or one's own; see `records`.

Objects below one another, as in JSON Lines, are such a list, too.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from pipeline.extract.formats import Certificates, FormatError, Pages
from pipeline.extract.formats.records import ELSE, TooManyError, content_of
from pipeline.extract.formats.text import decode

_BEGINS: Final = re.compile(r"\s*[\[{]\s*[\[{\"\]}]")

_IS_NONE: Final = re.compile(r"\s*\[+\s*[A-Za-z_]\w*\s*\]")
"""Begins TOML and settings like it: the name of a table in brackets."""


def read(data: bytes) -> Pages | Certificates | None:
    """The lists of objects in a JSON document.

    Raises:
        FormatError: it is cut off or nested too deep, or has no such list.
    """
    text = decode(data)
    if not _BEGINS.match(text):
        return None
    try:
        content = content_of(_parsed(text))
    except (RecursionError, TooManyError):
        raise FormatError("this JSON is nested too deep, or holds too much.") from None
    except FormatError:
        raise
    except ValueError:
        if '"' not in text.lstrip()[:40] or _IS_NONE.match(text):
            return None  # a text that begins with a bracket
        raise FormatError("this JSON is damaged or cut off. Download it again.") from None
    if content is None:
        raise FormatError(
            f"this JSON has no list of objects with a fingerprint or a certificate each; {ELSE}"
        )
    return content


def _parsed(text: str) -> Any:
    """The value in a text; of several, a list.

    Raises:
        ValueError: it is no JSON, or damaged.
    """
    decoder, found, at = json.JSONDecoder(), [], 0
    text = text.strip()
    while at < len(text):
        value, end = decoder.raw_decode(text, at)
        found.append(value)
        at = end + len(text[end:]) - len(text[end:].lstrip())
    return found[0] if len(found) == 1 else found
