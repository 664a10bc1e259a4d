"""Plain text, read like a page: a character's column and line are its place."""

import re
from collections.abc import Iterator
from typing import Final

from pipeline.extract.formats import Pages
from pipeline.extract.page import Line, Page, Word, clean

SIZE: Final = 10.0
"""The font size of a character, in points."""
WIDTH: Final = 4.0
"""Of a character."""
SHORTER: Final = 0.75
"""By so many characters a word before two spaces ends early: they are a gutter, one isn't."""
HEIGHT: Final = 12.0
_MARKS: Final = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_RULE: Final = re.compile(r"[\s\-=_*+|.~#]*")
_COMMENT: Final = re.compile(r"^(#+|//+|;+|\*+) ?(?!\d)")
"""What each line of a comment begins with."""


def read(data: bytes) -> Pages:
    """Any text."""
    return Pages(pages_of(decode(data)))


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 with a mark, or else Windows-1252 as Excel writes it."""
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def pages_of(text: str) -> Iterator[Page]:
    """The pages of a plain text, which form feeds part."""
    for number, content in enumerate(text.split("\f"), 1):
        lines = [
            Line(words, row * HEIGHT, SIZE)
            for row, line in enumerate(content.splitlines())
            if (words := list(_words(line, row * HEIGHT)))
        ]
        yield Page(number, lines, [])


def plain(line: str) -> str:
    """A line without tabs, and without what makes it a comment; none if characters draw a rule."""
    spread = line.replace("\t", "\t  ").expandtabs(8)
    if _RULE.fullmatch(spread):
        return ""
    if comment := _COMMENT.match(spread):
        return " " * comment.end() + spread[comment.end() :]
    return spread


def _words(line: str, y: float) -> Iterator[Word]:
    spread = plain(line)
    for match in re.finditer(r"\S+", spread):
        shown = clean(match[0])
        if shown:
            is_parted = match.end() + 2 <= len(spread) and spread[match.end() + 1] == " "
            end = match.end() - SHORTER if is_parted else match.end()
            yield Word(shown, match.start() * WIDTH, end * WIDTH, y)
