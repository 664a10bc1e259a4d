"""pdfminer's interpreter of content streams, given the objects of plain ones at once.

pdfminer parses content a character's kind at a time, which takes most of a reader's time. Where a
stream holds nothing but what one pattern tells apart, its objects are found by that; whatever is
less than plain (inline images, comments, escapes in names, damage) is left to pdfminer.
"""

import re
from binascii import unhexlify
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdftypes import stream_value
from pdfminer.psparser import KWD, LIT, PSKeyword, PSLiteral, keyword_name, literal_name

MOST: Final = 1 << 20
"""Content of more bytes isn't taken apart at once."""

_BLANKS: Final = b" \t\r\n\f"
_ENDS: Final = rb"(?=[ \t\r\n\f/\[\]()<>]|\Z)"
_IN_STRING: Final = rb"[^()\\]|\\[()\\nrtbf]|\\[0-3][0-7]{2}"
_TOKEN: Final = re.compile(
    rb"[ \t\r\n\f]*+(?:("
    rb"[+-]?(?:[0-9]{1,15}+(?:\.[0-9]{0,15}+)?+|\.[0-9]{1,15}+)" + _ENDS + rb"|"
    rb"/[!-\"$&'*-.0-;=?-Z\\^-z|~]++" + _ENDS + rb"|"
    rb"[A-Za-z][A-Za-z0-9]*+\*?+" + _ENDS + rb"|['\"]|"
    rb"\((?:" + _IN_STRING + rb"|\((?:" + _IN_STRING + rb")*+\))*+\)|"
    rb"<(?:[0-9A-Fa-f]{2})*+>|<<|>>|[\[\]])|.++)",
    re.DOTALL,
)
"""White space and a token (ISO 32000-1, 7.3), or all that follows if that isn't plain."""
_ESCAPE: Final = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPED: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_OPENS: Final = object()
_CLOSES: Final = object()
_IS_NOT_PLAIN: Final = object()
_MARKS: Final[dict[bytes, Any]] = {
    b"": _IS_NOT_PLAIN,
    b"[": _OPENS,
    b"<<": _OPENS,
    b"]": _CLOSES,
    b">>": _CLOSES,
    b"true": True,
    b"false": False,
    b"BI": _IS_NOT_PLAIN,
    b"ID": _IS_NOT_PLAIN,
}


class Interpreter(PDFPageInterpreter):
    """Does what pdfminer's own does, faster where content is plain."""

    def execute(self, streams: Sequence[object]) -> None:
        """Draw what content streams say."""
        found = [stream_value(each) for each in streams]
        ids = {each.objid for each in found}
        if None in ids or not ids.isdisjoint(self.parent_stream_ids):
            super().execute(streams)  # it knows which of them to pass over
            return
        objects = plain_objects([each.get_data() for each in found])
        if objects is None:
            super().execute(streams)
            return
        self.stream_ids = {each for each in ids if each is not None}
        for each in objects:
            if not isinstance(each, PSKeyword):
                self.argstack.append(each)
            elif operator := _operator(each):
                draw, count = operator
                operands = self.pop(count) if count else []
                if len(operands) == count:
                    draw(self, *operands)


@lru_cache(maxsize=256)
def _operator(keyword: PSKeyword) -> tuple[Callable[..., object], int] | None:
    """What pdfminer does for an operator, and the number of its operands."""
    name = keyword_name(keyword).replace("*", "_a").replace('"', "_w").replace("'", "_q")
    method = getattr(PDFPageInterpreter, f"do_{name}", None)
    return (method, method.__code__.co_argcount - 1) if method else None


def plain_objects(contents: Sequence[bytes]) -> list[Any] | None:
    """The objects of content streams, as pdfminer has them; None if it has to be asked.

    Each stream is whole: no object begins in one and ends in the next.
    """
    if sum(map(len, contents)) > MOST:
        return None
    objects: list[Any] = []
    for content in contents:
        more = _objects_in(content)
        if more is None:
            return None
        objects.extend(more)
    return objects


def _objects_in(content: bytes) -> list[Any] | None:
    objects: list[Any] = []
    outer: list[tuple[bytes, list[Any]]] = []
    for token in _TOKEN.findall(content.rstrip(_BLANKS)):
        value = _value(token)
        if value is _OPENS:
            outer.append((token, objects))
            objects = []
        elif value is _CLOSES:
            opening, before = outer.pop() if outer else (b"", [])
            made = _made(opening + token, objects)
            if made is None:
                return None
            objects = before
            objects.append(made)
        elif value is _IS_NOT_PLAIN or (outer and isinstance(value, PSKeyword)):
            return None
        else:
            objects.append(value)
    return None if outer else objects


def _made(marks: bytes, objects: list[Any]) -> Any:
    """An array, or a dictionary; None if it is neither."""
    if marks == b"[]":
        return objects
    keys = objects[::2]
    is_dictionary = marks == b"<<>>" and len(objects) % 2 == 0
    if not is_dictionary or not all(isinstance(key, PSLiteral) for key in keys):
        return None
    return dict(zip(map(literal_name, keys), objects[1::2], strict=True))


@lru_cache(maxsize=8192)
def _value(token: bytes) -> Any:
    """What a token stands for."""
    if token in _MARKS:
        return _MARKS[token]
    first = token[:1]
    if first.isalpha() or first in b"'\"":
        return KWD(token)
    match first:
        case b"/":
            return LIT(token[1:].decode("ascii"))
        case b"(":
            return _ESCAPE.sub(_unescaped, token[1:-1]) if b"\\" in token else token[1:-1]
        case b"<":
            return unhexlify(token[1:-1])
        case _:
            return float(token) if b"." in token else int(token)


def _unescaped(match: re.Match[bytes]) -> bytes:
    said = match[1]
    return bytes([int(said, 8)]) if len(said) == 3 else _ESCAPED.get(said, said)
