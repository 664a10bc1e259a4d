"""Where the parameters of a statement are, and that it is one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pipeline.errors import UsageError

_TOKEN: Final = re.compile(
    r"""
      (?<!\w)[eE]'(?:[^'\\]|\\.|'')*'       # PostgreSQL's string with escapes
    | '(?:[^']|'')*' | "(?:[^"]|"")*" | `[^`]*`
    | --[^\n]* | /\*.*?\*/
    | (?<!\w)\$(?P<tag>\w*)\$.*?\$(?P=tag)\$   # PostgreSQL's string in dollars
    | ::                                    # a cast
    | (?<![\w\]]):(?P<name>[A-Za-z_]\w*)
    | (?P<end>;)
    """,
    re.VERBOSE | re.DOTALL,
)
_NOTHING: Final = re.compile(r"(?:\s|;|--[^\n]*|/\*.*?\*/)*", re.DOTALL)

_WORD: Final = re.compile(r"\w+|\(")


@dataclass(frozen=True)
class Statement:
    """One statement of SQL, and the names of its parameters, each once."""

    sql: str
    names: tuple[str, ...]

    @classmethod
    def parse(cls, sql: str) -> Statement:
        """Find the parameters (``:name``) outside of strings, quoted names and comments.

        Raises:
            UsageError: there is no statement, or more than one.
        """
        if _NOTHING.fullmatch(sql):
            raise UsageError("There is no SQL; give a SELECT.")
        names = []
        for token in _TOKEN.finditer(sql):
            if token["name"]:
                names.append(token["name"])
            if token["end"]:
                if not _NOTHING.fullmatch(sql, token.end()):
                    raise UsageError("Give one statement; there is more after the semicolon.")
                sql = sql[: token.start()]
                break
        return cls(sql, tuple(dict.fromkeys(names)))

    @property
    def first_word(self) -> str:
        """What it begins with, in upper case."""
        begin = _NOTHING.match(self.sql)
        word = _WORD.match(self.sql, begin.end() if begin else 0)
        return word[0].upper() if word else ""

    def marked(self, mark: Callable[[str], str]) -> str:
        """Give the SQL with ``mark(name)`` in place of each parameter."""
        return _TOKEN.sub(
            lambda token: mark(token["name"]) if token["name"] else token[0], self.sql
        )
