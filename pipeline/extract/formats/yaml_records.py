"""YAML: a list of mappings, such as roles and inventories have; see `records`."""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from pipeline.extract.formats import Certificates, Pages
from pipeline.extract.formats.certificate_table import MARK
from pipeline.extract.formats.records import TooManyError, content_of, holds_print
from pipeline.extract.formats.text import decode
from pipeline.extract.vocabulary import holds_removed_mark

_ITEM: Final = re.compile(r"^ *- +(?:['\"]?[\w .-]+['\"]?: *(?:$|\S)|\||\{)", re.M)
"""Begins a mapping of a list."""
_BEGIN: Final = re.compile(r"^(?:---|%YAML)", re.M)
"""Begins a document."""
_NESTED: Final = re.compile(
    r"^( *)[^\s#-].*: *\n(?:\1 +#.*\n)*"
    r"\1 +(?:'[^'\n]+'|\"[^\"\n]+\"|[^\s#'\":-][^:\n]*): *(?:$|\S)",
    re.M,
)
"""A mapping within another, which begins deeper."""
_FLOW: Final = re.compile(r"^[\w .-]+: *[\[{]", re.M)
"""A list or a mapping on the line of its key."""
_COMMENT: Final = re.compile(r"(?:^|\s)#+[ \t]?(.*)")
_MERGE: Final = "<<"

_Base: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _Loader(_Base):  # type: ignore[misc]
    """Takes all values as they are written: of digits alone, YAML would make numbers."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """A mapping whose keys differ: of records below each other, the last would win."""
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(keys) != len({*keys}) or _MERGE in keys or len(keys) < len(node.value):
            raise yaml.YAMLError
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


def comments_of(text: str) -> list[str]:
    """What the comments of a text say."""
    return _COMMENT.findall(text)


def read(data: bytes) -> Pages | Certificates | None:
    """The lists of mappings in YAML; None if a text has none, and is read as any text is.

    So is one whose comments say that something is removed: a comment may stand above a list.

    Raises:
        FormatError: they should hold certificates, and none can be read.
    """
    text = decode(data)
    begins = [found.start() for each in (_ITEM, _NESTED, _FLOW) if (found := each.search(text))]
    if not (begins or _BEGIN.search(text)) or any(map(holds_removed_mark, comments_of(text))):
        return None
    try:
        tokens = yaml.scan(text, _Loader) if text.count(MARK) > 1 else ()
        if any(getattr(each, "value", "").count(MARK) > 1 for each in tokens):
            return None  # a bundle in a text, as a ConfigMap has it
        documents = list(yaml.load_all(text, _Loader))
        if MARK not in text and not holds_print(documents):
            return None  # a list of sentences
        above = comments_of(text[: min(begins, default=0)])
        return content_of(documents[0] if len(documents) == 1 else documents, above)
    except (yaml.YAMLError, RecursionError, TooManyError):
        return None
