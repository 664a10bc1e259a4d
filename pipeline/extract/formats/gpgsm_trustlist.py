"""GnuPG's ``trustlist.txt``: a root in each line, what it is called in the comment above it.

Of gpg-agent's manual, "Configuration": a line holds a fingerprint, with or without colons, then
``S``, ``P`` or ``*``, then flags such as ``relax``; ``!`` before it says that it isn't trusted.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.extract.formats import Pages, Reported
from pipeline.extract.formats.records import Record, table_of
from pipeline.extract.formats.tables import Part, Table, TextLine, pages_of_parts
from pipeline.extract.formats.text import decode
from pipeline.extract.headings import release_of
from pipeline.extract.vocabulary import attribute_of

_ROOT: Final = re.compile(
    r"\s*+(!?)\s*+((?:[0-9A-Fa-f]{2}:?){19,31}[0-9A-Fa-f]{2})\s+([SPsp*])((?:\s+[\w=-]+)*)\s*"
)
_INCLUDES: Final = "include-default"
_OTHER: Final = re.compile(rf"\s*(?:#.*|{_INCLUDES}\s*)?")
_MORE: Final = "The roots of GnuPG's system-wide list are trusted, too; they aren't in this file."


def read(data: bytes) -> Pages | None:
    """The roots of a trust list; None if a text has lines of another kind."""
    lines = decode(data).splitlines()
    if not any(map(_ROOT.fullmatch, lines)):
        return None
    if not all(_ROOT.fullmatch(line) or _OTHER.fullmatch(line) for line in lines):
        return None
    told = [Reported("unaccounted-text", _INCLUDES, _MORE)]
    includes = any(line.strip() == _INCLUDES for line in lines)
    return Pages(list(pages_of_parts(_parts(lines))), told if includes else ())


def _parts(lines: Sequence[str]) -> Iterator[Part]:
    """The roots that follow each other as a table, and the text of comments of their own."""
    roots: list[Record] = []
    comment: list[str] = []
    for line in [*lines, ""]:
        root = _ROOT.fullmatch(line)
        if root:
            above = [text for text in comment if release_of(text)]
            if above and roots:
                yield _table(roots)
                roots = []
            yield from map(TextLine, above)
            roots.append(_record(root, [text for text in comment if text not in above]))
            comment = []
        elif line.strip().startswith("#"):
            comment.append(line.strip().lstrip("#").strip())
        elif comment:
            if roots:
                yield _table(roots)
                roots = []
            yield from map(TextLine, comment)
            comment = []
    if roots:
        yield _table(roots)


def _table(roots: list[Record]) -> Table:
    return Table(table_of(roots), [0])


def _record(root: re.Match[str], comment: Sequence[str]) -> Record:
    """A root with its name: the lines of attributes above it, or else the first of any."""
    named = [text for text in comment if attribute_of(text)] or [*filter(None, comment[:1])]
    status = "trusted"
    if root[1]:
        status = "disabled (!)"
    elif root[3] in "Pp":
        status = "not trusted but for OpenPGP (P)"
    return {
        "Fingerprint": root[2],
        "Subject": ",\n".join(text.rstrip(",") for text in named),
        "Status": status,
        "Flags": root[4].strip(),
        "Comment": "\n".join(text for text in comment if text not in named),
    }
