"""TOML: arrays of tables, such as settings have; see `records`."""

from __future__ import annotations

import re
import tomllib
from typing import Final

from pipeline.extract.formats import Certificates, Pages
from pipeline.extract.formats.records import TooManyError, content_of
from pipeline.extract.formats.text import decode
from pipeline.extract.formats.yaml_records import comments_of
from pipeline.extract.vocabulary import holds_removed_mark

_TABLE: Final = re.compile(r"^ *\[.*\] *(?:#.*)?$", re.M)


def read(data: bytes) -> Pages | Certificates | None:
    """The tables of a TOML document; None if a text has none, and is read as any text is.

    So is one whose comments say that something is removed: a comment may stand above a table.

    Raises:
        FormatError: they should hold certificates, and none can be read.
    """
    text = decode(data)
    begin = _TABLE.search(text)
    if not begin or any(map(holds_removed_mark, comments_of(text))):
        return None
    try:
        return content_of(tomllib.loads(text), comments_of(text[: begin.start()]))
    except (tomllib.TOMLDecodeError, RecursionError, TooManyError):
        return None
