"""Lists in source code and settings: fingerprints in string literals or arrays of bytes.

The name of each is another literal of the line, or of the same one, or the comment beside or above
it. Of objects over several lines, each key is the title of a column.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from pipeline.extract import vocabulary
from pipeline.extract.fingerprints import SHA1
from pipeline.extract.formats import Pages
from pipeline.extract.formats.inner_digests import with_literals
from pipeline.extract.formats.records import Record, table_of
from pipeline.extract.formats.tables import Part, Table, TextLine, pages_of_parts
from pipeline.extract.formats.text import decode
from pipeline.extract.headings import release_of

_DIGITS: Final = re.compile(
    r"(?<![\w:])(?:[0-9A-Fa-f]{64}|[0-9A-Fa-f]{40}|(?:[0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}"
    r"|(?:[0-9A-Fa-f]{2}:){19}[0-9A-Fa-f]{2})(?![\w:])"
)
_TOKEN: Final = re.compile(
    r'"((?:[^"\\]|\\.)*)"' r"|'((?:[^'\\]|\\.)*)'" r"|`([^`]*)`" r"|(?://+|#+|--+|;;+|/\*+)(.*)$"
)
_KEY: Final = re.compile(r"([A-Za-z_][\w-]*)\s*(?:=>?|:)\s*$")
_OF_LITERAL: Final = re.compile(r"\s*(?:=>?|:)")
_VALUE: Final = re.compile(
    r"([A-Za-z_]\w*)\s*(?:=>?|:)\s*(true|false|absent|present)\b", re.IGNORECASE
)
_OF_ITEMS: Final = re.compile(r"(?<=[)\]}],)[ \t]*(?=[(\[{])")
"""Where items that follow each other on a line are parted."""
_BEGUN: Final = re.compile(
    r"""([({\[][ \t]*(?:"[^"\n]*=[^"\n]*"|'[^'\n]*=[^'\n]*'),)[ \t]*\n\s*(?=["'])"""
)
"""An item that begins with a name, and has its digits on the next line."""
_NAMED: Final = re.compile(r"\{\s*:?\s*$")
"""Behind the name of an object: ``root { 'name':``, ``resource "root" "name" {``."""
_OPENS: Final = re.compile(r"[({\[]\s*$")
_ADDRESS: Final = re.compile(r"https?://\S+")
_BRACKET: Final = re.compile(r"[(){}\[\]]")
_CODE: Final = re.compile(r"[({\[=]")
_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[\W_]+")
_ESCAPE: Final = re.compile(r"""\\([\\"'])""")
_OF_COMMENTS: Final = ("issuer", "subject", "common-name", "serial", "date", "key")
"""Of what a comment above digits may be with a label."""
_NO_PRINTS: Final = vocabulary.NOT_FINGERPRINTS
_NAMES: Final = ("subject", "common-name", "certificate")


@dataclass(slots=True)
class _Line:
    """A line of code: its string literals, each with its key, its comment, and the rest."""

    literals: list[tuple[str, str]] = field(default_factory=list)
    comment: str = ""
    rest: str = ""

    @property
    def has_digits(self) -> bool:
        return any(_DIGITS.search(text) for _, text in self.literals)

    @property
    def count(self) -> int:
        """How many digests of one length it has, at most, that may be fingerprints."""
        texts = (t for k, t in self.literals if vocabulary.role_of(k) not in _NO_PRINTS)
        found = (each for text in texts for each in _DIGITS.findall(text))
        return max(Counter(len(each.replace(":", "")) for each in found).values(), default=0)


def read(data: bytes) -> Pages | None:
    """The list in a program; None if a text is none, or has digits elsewhere than in literals."""
    text = with_literals(decode(data))
    text = _BEGUN.sub(r"\1 ", text)
    lines = [_line(each) for each in _OF_ITEMS.sub("\n", text).splitlines()]
    held = [line for line in lines if line.has_digits]
    is_code = any(_OPENS.search(line.rest) for line in lines) or any(
        _CODE.search(line.rest) for line in held
    )
    inside = sum(len(_DIGITS.findall(t)) for line in held for _, t in line.literals)
    if not held or not is_code or inside != len(_DIGITS.findall(_ADDRESS.sub("", text))):
        return None
    if any(line.count > 1 for line in held):
        return None
    parts = _objects(lines) if any(map(_is_field, held)) else _parts(lines)
    return Pages(list(pages_of_parts(parts)))


def _line(text: str) -> _Line:
    """A line, in its parts."""
    found, at = _Line(), 0
    key = ""
    for token in _TOKEN.finditer(text):
        before = text[at : token.start()]
        found.rest += f"{before} "
        at = token.end()
        if token[4] is not None:
            found.comment = token[4].removesuffix("*/").strip()
            continue
        literal = _ESCAPE.sub(r"\1", next(g for g in token.groups()[:3] if g is not None))
        if name := _KEY.search(before):
            key = name[1]
        if _OF_LITERAL.match(text, at) and vocabulary.role_of(literal):
            key = literal
        else:
            found.literals.append((key, literal))
            key = ""
    found.rest += text[at:]
    return found


def _is_field(line: _Line) -> bool:
    """Whether a line is one of several of a record: its key says what its only literal is."""
    return len(line.literals) == 1 and vocabulary.role_of(line.literals[0][0]) is not None


def _parts(lines: Sequence[_Line]) -> Iterator[Part]:
    """The rows that follow each other as a table, and what else the code says between them."""
    rows: list[Record] = []
    above: list[str] = []
    for at, line in enumerate(lines):
        if line.has_digits:
            after = lines[at + 1] if at + 1 < len(lines) else _Line()
            fields, above = _fields(above)
            row = _row(line, above if not (after.has_digits and _is_bare(after)) else []) | fields
            if above and not _uses(row, above):
                yield from _table(rows)
                rows = []
                yield from map(TextLine, above)
            rows.append(row)
            above = []
        elif line.comment and not line.literals and not line.rest.strip():
            above += [] if _ADDRESS.fullmatch(line.comment) else [line.comment]
        elif above and line.literals and not _BRACKET.search(line.rest):
            continue  # a field of what the comment names
        elif above and _OPENS.search(line.rest) and not line.literals and any(map(_is_dn, above)):
            above = [each for each in above if _is_dn(each)]  # it names the object that begins
        elif said := _said(line):
            yield from _table(rows)
            rows = []
            yield from map(TextLine, above)
            yield TextLine(said, 1 if _OPENS.search(line.rest) else 0)
            above = []
    yield from _table(rows)
    yield from map(TextLine, above)


def _objects(lines: Sequence[_Line]) -> Iterator[Part]:
    """Objects of a field on each line, those that follow each other as a table."""
    rows: list[Record] = []
    current: Record = {}
    for line in lines:
        fields = [*line.literals, *_VALUE.findall(line.rest)]
        if _BRACKET.search(line.rest) or any(key in current for key, _ in fields):
            rows, current = [*rows, *([current] if current else [])], {}
        if all(key for key, _ in fields):
            current.update(fields)
        elif _NAMED.search(line.rest) and not _is_heading(_said(line)):
            current["Name"] = line.literals[-1][1]
            continue
        if (said := _said(line)) and not (fields and all(key for key, _ in fields)):
            yield from _table(rows)
            rows = []
            yield TextLine(said, 1 if _OPENS.search(line.rest) else 0)
    yield from _table([*rows, *([current] if current else [])])


def _is_heading(text: str) -> bool:
    return vocabulary.holds_removed_mark(text) or bool(release_of(text))


def _is_dn(comment: str) -> bool:
    return bool(vocabulary.attribute_of(comment))


def _fields(comments: Sequence[str]) -> tuple[Record, list[str]]:
    """What comments say with a label, ``Issuer: CN=…``, by the title of its column; and others."""
    found: Record = {}
    others: list[str] = []
    for comment in comments:
        label, mark, value = comment.partition(": ")
        role = vocabulary.role_of(label) if mark else None
        if role in _OF_COMMENTS:
            found.setdefault("Subject" if role in _NAMES else label, value.strip())
        else:
            others.append(comment)
    return found, others


def _table(rows: list[Record]) -> Iterator[Table]:
    if rows:
        yield Table(table_of(rows), [0])


def _is_bare(line: _Line) -> bool:
    """Whether nothing on a line says what its digits are called."""
    return not line.comment and not any(_name_of(text) for _, text in line.literals)


def _uses(row: Record, above: Sequence[str]) -> bool:
    return bool(above) and row.get("Subject") == above[-1] and len(above) == 1


def _said(line: _Line) -> str:
    """The words of a line of code."""
    texts = [text for _, text in line.literals]
    words = [_WORDS.sub(" ", line.rest), *texts, line.comment]
    return " ".join(" ".join(words).split())


def _name_of(literal: str) -> str:
    """What a literal says besides digits."""
    return _DIGITS.sub("", literal).strip(" \t:;,|-")


def _row(line: _Line, above: Sequence[str]) -> Record:
    """The row of a line: its digits, its name, and what else it says."""
    row: Record = {}
    names: list[str] = []
    for key, text in line.literals:
        role = vocabulary.role_of(key) if key else None
        digits = _DIGITS.search(text)
        name = _name_of(text)
        if role in (*vocabulary.NOT_FINGERPRINTS, "status", "release"):
            row[key] = text
            continue
        if digits:
            row["SHA-1" if len(digits[0].replace(":", "")) == SHA1 else "SHA-256"] = digits[0]
        if name:
            names.insert(0 if role in _NAMES else len(names), name)
    named = [each for each in names if "=" in each] or names or [line.comment, *above[-1:]]
    row["Subject"] = next(filter(None, named), "")
    row["Notes"] = "; ".join(
        each for each in [*names, line.comment] if each and each != row["Subject"]
    )
    row.update(dict(_VALUE.findall(line.rest)))
    said = [_WORDS.sub(" ", line.rest), line.comment if line.comment != row["Subject"] else ""]
    row["Status"] = next((s.strip() for s in said if vocabulary.holds_removed_mark(s)), "")
    return row
