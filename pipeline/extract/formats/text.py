"""Plain text, read like a page: a character's column and line are its place."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Final

from pipeline.extract.formats import Pages, Reported
from pipeline.extract.page import Line, Page, Word, clean
from pipeline.extract.vocabulary import (
    attribute_of,
    holds_removed_mark,
    is_added_mark,
    role_of,
    says_failed,
)

SIZE: Final = 10.0
"""The font size of a character, in points."""
WIDTH: Final = 4.0
"""Of a character."""
SHORTER: Final = 0.75
"""By so many characters a word before two spaces ends early: they are a gutter, one isn't."""
HEIGHT: Final = 12.0
_MARKS: Final = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_RULE: Final = re.compile(r"[\s\-=_*+|.~#]*")
COUNTED: Final = re.compile(
    r"^[-=*+]+\[? ?(?:record )?\d+\.?(?: row)? ?\]?[-=*+]{8,}$", re.IGNORECASE | re.MULTILINE
)
"""A rule that counts the records below it: ``-[ RECORD 1 ]---``."""
_LOGGED: Final = re.compile(
    r"\W*(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*|[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d)\s+"
)
"""Begins a line of a log: a date and a time."""
_DELETES: Final = re.compile(
    r"(?:^|\s)-?(?:delstore|delete-certificate|remove-item|delete\s+from)\b", re.IGNORECASE
)
_CHANGE: Final = re.compile(r"(\W*)(\w+)[:\s]\s*")
"""Begins a line of release notes: what happened, behind the mark of a list."""
_FEWEST_LOGGED: Final = 3
_OF_OTHERS: Final = ("serial", "key", "md5", "issuer")
"""Labels of digits that are no fingerprints."""
_REMOVED: Final = "This line says that it isn't trusted any more: it is not loaded."
_DIGITS: Final = re.compile(r"(?:[0-9A-Fa-f]{2}:?){20,}")
_COMMENT: Final = re.compile(r"^(#++|//++|;++|\*++)(?! ?\d) ?")
"""What each line of a comment begins with."""
_STARRED: Final = re.compile(r"\w\*+(?:\s|$)")
"""The mark of a note behind a word; a line that begins with stars may be that note."""
_QUOTED: Final = re.compile(r"^ ?>[> ]*")
"""What each line of a mail begins with that another quotes."""


def read(data: bytes) -> Pages:
    """Any text."""
    told: list[Reported] = []
    return Pages(pages_of(prepared(decode(data), told)), told)


def prepared(text: str, told: list[Reported]) -> str:
    """A text without what counts its records, and what a log or notes of changes say of each."""
    text = COUNTED.sub("\n\n", text)  # which part records as far as sections are apart
    return without_changes(_without_log(text, told), told)


def without_changes(text: str, told: list[Reported]) -> str:
    """A text without the words that say of each line with digits that it is new; others are told.

    So release notes have it: ``Added: CN=…`` and ``Removed: CN=…``. So are commands that delete.
    """
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if _DIGITS.search(line) and _DELETES.search(line):
            told.append(Reported("unaccounted-text", line.strip(), _REMOVED))
            lines[at] = ""
    held = {at: line for at, line in enumerate(lines) if _DIGITS.search(line)}
    changes = {at: change for at, line in held.items() if (change := _CHANGE.match(line))}
    removed = {at for at, change in changes.items() if holds_removed_mark(change[2])}
    added = {at for at, change in changes.items() if is_added_mark(change[2])}
    if not added or len(added | removed) < len(held):
        return "\n".join(lines)
    for at in added:
        lines[at] = changes[at][1] + held[at][changes[at].end() :]
    for at in removed:
        told.append(Reported("unaccounted-text", held[at].strip(), _REMOVED))
        lines[at] = ""
    return "\n".join(lines)


def _without_log(text: str, told: list[Reported]) -> str:
    """A text without what a log says on each line that has digits: before a name and behind.

    Where names are distinguished, it is all that stands before; or else what all lines say alike:
    the words of a message aren't capitalised, or a colon ends them; those of a name are. Lines
    that say that something is removed, or was not added, are ``told``.
    """
    lines = text.split("\n")
    held = {at: line for at, line in enumerate(lines) if _DIGITS.search(line)}
    logged = {at: found for at, line in held.items() if (found := _LOGGED.match(line))}
    if len(logged) < max(len(held), _FEWEST_LOGGED):
        return text
    said = {at: held[at][found.end() :].split() for at, found in logged.items()}
    are_named = all(any(map(attribute_of, words)) for words in said.values())
    if are_named:
        heads = {at: _before_name(words) for at, words in said.items()}
    for at, line in held.items():
        failed = are_named and says_failed(" ".join(said[at][: heads[at]]))
        if failed or holds_removed_mark(line):
            told.append(Reported("unaccounted-text", line.strip(), _REMOVED))
            lines[at] = ""
            del said[at]
    if are_named:
        for at, words in said.items():
            lines[at] = " ".join(words[heads[at] :])
        return "\n".join(lines)
    _leave_out_alike(lines, said)
    return "\n".join(lines)


def _leave_out_alike(lines: list[str], said: Mapping[int, Sequence[str]]) -> None:
    """Leave out of lines what all say alike, of the words that each says, by number."""
    before = [
        next(i for i, word in enumerate(words) if _DIGITS.search(word)) for words in said.values()
    ]
    heads = [words[:end] for words, end in zip(said.values(), before, strict=True)]
    alike = [words[0] for words in takewhile(_are_said, zip(*heads, strict=False))]
    ends = (i for i, word in enumerate(alike, 1) if word[-1] == ":" or word.islower())
    first = max(ends, default=0)
    tails = takewhile(_are_said, zip(*map(reversed, heads), strict=False))
    last = sum(1 for _ in takewhile(lambda words: words[0].islower(), tails))
    for (at, words), end in zip(said.items(), before, strict=True):
        lines[at] = " ".join([*words[first : max(end - last, first)], *words[end:]])


def _before_name(words: Sequence[str]) -> int:
    """How many words stand before a name and digits; a label right before digits is of them."""
    end = next(i for i, word in enumerate(words) if _DIGITS.search(word) or attribute_of(word))
    while end and role_of(words[end - 1]) and _DIGITS.search(words[end]):
        end -= 1
    return end


def _are_said(words: Sequence[str]) -> bool:
    """Whether words are alike, and none that says of digits that they are no fingerprint."""
    return len({*words}) == 1 and role_of(words[0]) not in _OF_OTHERS


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
    has_notes = _STARRED.search(text) is not None
    for number, content in enumerate(text.split("\f"), 1):
        lines = [
            Line(words, row * HEIGHT, SIZE)
            for row, line in enumerate(content.splitlines())
            if (words := list(_words(plain(line, has_notes=has_notes), row * HEIGHT)))
        ]
        yield Page(number, lines, [])


def plain(line: str, *, has_notes: bool = False) -> str:
    """A line without tabs, and without what makes it a comment; none if characters draw a rule.

    Where a text ``has_notes`` with stars, a star that begins a line is the mark of one.
    """
    spread = line.replace("\t", "\t  ").expandtabs(8)
    if _RULE.fullmatch(spread):
        return ""
    comment = _COMMENT.match(spread) or _QUOTED.match(spread)
    if comment and not (has_notes and spread.startswith("*")):
        return " " * comment.end() + spread[comment.end() :]
    return spread


def _words(spread: str, y: float) -> Iterator[Word]:
    for match in re.finditer(r"\S+", spread):
        shown = clean(match[0])
        if shown:
            is_parted = match.end() + 2 <= len(spread) and spread[match.end() + 1] == " "
            end = match.end() - SHORTER if is_parted else match.end()
            yield Word(shown, match.start() * WIDTH, end * WIDTH, y)
