"""Digests that no layout sees: in addresses and paths, as arrays of bytes, in base64.

Each is a row's, or of a row that has digits of its own, or a label says what else it is; or else it
is reported.
"""

import base64
import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from pipeline.extract import vocabulary
from pipeline.extract.fingerprints import digits_of

_BYTE: Final = r"(?:\(byte\)\s*)?(?:0x|\\x|%)[0-9A-Fa-f]{2}(?![0-9A-Fa-f])"
_LENGTHS: Final = (20, 32)
"""How many bytes a digest has."""
_DIGEST: Final = re.compile(
    r"(?P<digits>(?:(?<![0-9A-Za-z])|(?<=%[0-9A-Fa-f]{2}))"
    r"(?:[0-9A-Fa-f]{64}|[0-9A-Fa-f]{40})(?![0-9A-Za-z]))"
    rf"|(?P<bytes>{_BYTE}(?:[\s,;]*{_BYTE}){{19,}})"
    r"|(?P<base64>(?<![\w+/=])(?:[A-Za-z0-9+/_-]{43}=|[A-Za-z0-9+/_-]{27}=)(?![\w+/=])"
    r"|(?<=SHA256:)[A-Za-z0-9+/]{43}(?![\w+/]))"
)
_PARTS: Final = frozenset(' \t\r\n\f",;|<>')
"""What parts words, and cells."""
_LABEL: Final = re.compile(r"([\w-][\w .()-]*?)[\"'\s]*[:=>]\s*[\"'`(\[{]*$")
_LONGEST: Final = 60
_FURTHEST: Final = 120
"""So many characters of a word are looked at, before a digest and behind it."""
_OPENED: Final = re.compile(r"[(\[{'`]")
_OTHERS: Final = re.compile(
    r"/(?:commits?|rev|log|changeset|blob|tree|raw)[/?]|://.*[/=][0-9a-f]{40}/.|@(?:sha256:)?[0-9a-f]"
    r"|sha256/|pkcs11:id="
)
"""Around digits: a revision of a source, an image, a pin or an identifier of a key."""
_OF_KEY: Final = re.compile(r"sha(?:1|256)/$|pin-sha256=\W*$|<pin\b[^>]*>\s*$", re.IGNORECASE)
"""Stands before the pin of a public key, in base64."""
HINT: Final = "No row has this digest, which stands within a word; look at the document."
_SEEN: Final = re.compile(r"[^\s:]")


class _Inner(NamedTuple):
    """A digest: where it begins, its digits, the word it stands in, and what precedes it there."""

    at: int
    digits: str
    word: str
    head: str


def unread(text: str, read: Collection[str], said: Iterable[str]) -> Iterator[str]:
    """The words of a text that hold a digest no row has.

    ``read`` are the digests of the rows, and ``said`` the texts of problems. What stands once
    beside the digits of each row, such as an address to look the certificate up, is of that row.
    """
    groups: dict[tuple[str, int], list[_Inner]] = defaultdict(list)
    told = "".join(_SEEN.findall(" ".join(said))).lower()
    for each in _digests_in(text):
        if each.digits not in read and each.digits not in told:
            groups[each.head, len(each.digits)].append(each)
    places = _places(text, read) if groups else []
    for group in groups.values():
        for each in _of_no_row(group, places, text):
            yield each.word


def _digests_in(text: str) -> Iterator[_Inner]:
    for found in _DIGEST.finditer(text):
        start, end = found.span()
        first, last = max(start - _FURTHEST, 0), min(end + _FURTHEST, len(text))
        while start > first and text[start - 1] not in _PARTS:
            start -= 1
        while end < last and text[end] not in _PARTS:
            end += 1
        before, word = text[max(found.start() - _LONGEST, 0) : found.start()], text[start:end]
        digits = _digits(found)
        is_seen = digits_of(word) and f"{text[start - 1 : start]}{text[end : end + 1]}" != "<>"
        if not digits or (found["digits"] and (is_seen or vocabulary.parted(word))):
            continue  # whoever reads words sees them
        before = before.rpartition("\n")[2]
        label = _LABEL.search(before)
        role = vocabulary.role_of(label[1]) if label else None
        if role in vocabulary.NOT_FINGERPRINTS or _OTHERS.search(word.lower()):
            continue
        if found["base64"] and (_OF_KEY.search(before) or not before.strip()):
            continue
        word = " ".join(word.split()).rpartition("](")[2]  # the target of a link of Markdown
        yield _Inner(found.start(), digits, word, _OPENED.split(text[start : found.start()])[-1])


def with_literals(text: str) -> str:
    """A program whose arrays of bytes are string literals of their digits, if they are digests."""

    def literal(found: re.Match[str]) -> str:
        is_array = found["bytes"] and "%" not in found[0]
        digits = _digits(found) if is_array else ""
        return f'"{digits}"' + "\n" * found[0].count("\n") if digits else found[0]

    return _DIGEST.sub(literal, text)


def _digits(found: re.Match[str]) -> str:
    """The digits of a digest; none if it is something longer."""
    if found["digits"]:
        return found[0].lower()
    if found["base64"]:
        value = found[0].rstrip("=").replace("-", "+").replace("_", "/")
        return base64.b64decode(value + "=").hex()
    pairs = re.findall(r"(?:0x|\\x|%)([0-9A-Fa-f]{2})", found[0])
    return "".join(pairs).lower() if len(pairs) in _LENGTHS else ""


def _places(text: str, digests: Collection[str]) -> list[int]:
    """Where digests stand that are spelled in any way, in order."""
    at = [each.start() for each in _SEEN.finditer(text)]
    bare = "".join(text[i] for i in at).lower()
    return sorted(at[bare.index(each)] for each in digests if each and each in bare)


def _of_no_row(group: list[_Inner], rows: list[int], text: str) -> Iterator[_Inner]:
    """Those of digests told alike that don't stand each behind, or each before, a row's digits.

    A few that do may be of something else, unless they stand on the row's line.
    """
    is_before = bool(rows) and group[0].at < rows[0]
    places = [each.at for each in group]
    edges = [*places, rows[-1] + 1] if is_before else [-1, *places]
    is_usual = 2 * len(group) >= len(rows)
    for each, (low, high) in zip(group, pairwise(edges), strict=True):
        held = rows[bisect(rows, low) : bisect(rows, high)]
        near = held[:1] if is_before else held[-1:]
        if not (held and (is_usual or "\n" not in text[min(*near, each.at) : max(*near, each.at)])):
            yield each
