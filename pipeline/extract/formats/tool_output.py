"""What programs print of certificates: labelled lines, a record a certificate.

So do openssl, keytool, certutil, GnuTLS, gpgsm, PowerShell, IOS and Junos. What is indented deeper
than a label is of its value, and a label without a value heads those below it. The records are a
table, whose titles are the labels.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import dropwhile, pairwise
from typing import Final

from pipeline.extract import vocabulary
from pipeline.extract.fingerprints import MD5, SHA1, SHA256, digits_of
from pipeline.extract.formats import FormatError, Pages, Reported
from pipeline.extract.formats.tables import TORN, Part, Table, TextLine, pages_of_parts
from pipeline.extract.formats.text import COUNTED, decode, plain
from pipeline.extract.headings import release_of
from pipeline.x509 import names

_MARK: Final = re.compile(r"[=-]>(?= *[^ '\"])|[:=\uff1a]")
_GUTTER: Final = re.compile(r"(?P<label>\S+(?: \S+){0,6})(?: {2,}|\t)\s*(?P<value>[^\s:=].*)")
"""A label that no mark parts from its value, but more than a space."""
_RECORD: Final = re.compile(
    r"\d+ (?P<label>[A-Z]+) \d+ (?P<value>.+?)(?P<kind> \(SHA1 Hash HEX\))?"
)
"""A field of the trust list of phones (CUCM, ``show itl``): number, tag, length, value."""
_PAIR: Final = re.compile(r"(?P<label>[a-z][\w-]*) (?P<value>.+)")
"""A setting between braces, as F5's tmsh prints it: ``subject "CN=…"``."""
_DOTTED: Final = re.compile(r"(?P<group>[\w-]+(?:\.[\w-]+)*)\.(?P<label>[A-Za-z][\w-]*)")
"""A key of Java's properties: ``root.1.subject``."""
_PROPERTY: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|([\\=:#!]))")
"""What their values escape (java.util.Properties, load)."""
_HEX: Final = re.compile(r"[\dA-Fa-f: ]+")
_LONGEST: Final = 7
"""No label has more words."""
_NO_LABEL: Final = re.compile(r"[\[\]\",;]|^[\dA-Fa-f.]+$")
_OID: Final = re.compile(r"\d+(?:\.\d+){3,}")
_OPENS: Final = re.compile(r"(?P<label>[A-Za-z][\w ]*?):? ?\[")
"""How keytool begins an extension, whose brackets hold more lines: ``KeyIdentifier [``."""
_BYTES: Final = re.compile(r"[\dA-Fa-f]{4}(?::|  ) ?[\dA-Fa-f]{2}(?: |$)")
"""Begins a line that shows bytes behind their offset, of an extension or a key."""
_HEX_LINE: Final = re.compile(r"(?:[\dA-Fa-f]{2}[: ]){5,}[\dA-Fa-f]{0,2}|[\dA-Fa-f]{2}")
"""A line of the bytes of a key or a signature, as OpenSSL prints them."""
_OF_BYTES: Final = {"Public Key": "Public key", "Value": "Signature value"}
"""How IBM's tools head bytes, without a colon."""
_KIND_BEHIND: Final = re.compile(r"(?P<digits>[\dA-Fa-f:]{32,}) +\((?P<kind>[\w-]+)\)")
"""A digest as Junos prints it, of which kind it is behind it."""
_ATTRIBUTE: Final = re.compile(r"(?P<type>[A-Za-z]\w*|\d+(?:\.\d+){2,}) *= *(?P<value>.*)")
_PRINTS: Final = (("sha1", "fingerprint"), SHA1), (("sha256", "fingerprint"), SHA256)
_DIGESTS: Final = (SHA1, SHA256)
_CROSSED: Final = (
    "Each subject here is the issuer of another record, and none of its own: nothing tells what "
    "belongs together."
)
_TORN: Final = "A rule that begins a record stands amid this one; look at the document."
_NAMES: Final = frozenset({"subject", "issuer"})
_OF_HEADINGS: Final = frozenset({"sha1", "sha256", "md5", None})


@dataclass(slots=True)
class LabelledLine:
    """A label with what heads it, and the lines of its value; no label if its ``title`` is empty.

    ``inner`` is how far lines of the value are indented at least, and ``depth`` counts the brackets
    that are open in it. It ``begins`` what a blank line parts. ``behind`` is the line right behind
    a name that may be of it. ``group`` is what the keys of a record have in common: ``root.1``.
    ``lengths`` are those of its lines as printed; ``wraps`` are where a value that begins on the
    line of its label was wrapped.
    """

    title: str
    indent: int
    value: list[str] = field(default_factory=list)
    inner: int | None = None
    depth: int = 0
    begins: bool = False
    counted: bool = False
    behind: str = ""
    group: str = ""
    lengths: list[int] = field(default_factory=list)
    wraps: list[int] = field(default_factory=list)

    @property
    def role(self) -> vocabulary.Role | None:
        """What its value is of."""
        return vocabulary.role_of_title(self.title)

    @property
    def text(self) -> str:
        """Its value."""
        return " ".join(self.value)

    def tear(self, longest: int) -> None:
        """Mark where its lines may have been broken within a word: they are full."""
        (text,) = self.value
        full = [at for at, length in zip(self.wraps, self.lengths, strict=False)
                if length == longest and text[at - 1] not in ",;"]  # fmt: skip
        for at in reversed(full):
            text = f"{text[:at]}{TORN}{text[at + 1 :]}"
        self.value = [text]

    def add(self, text: str) -> None:
        """Add a line to the value; of names that have a line an attribute, without more spaces."""
        if self.depth:
            self.depth += text.count("[") - text.count("]")
        attribute = _ATTRIBUTE.fullmatch(text) if self.role in _NAMES else None
        if attribute and "=" not in attribute["value"] and names.short_type(attribute["type"]):
            text = f"{attribute['type']}={attribute['value']}"
        if self.value and self.role in _NAMES and self.inner == self.indent + 1:
            self.wraps.append(len(self.value[-1]))
            self.value[-1] += f" {text}"  # begun on the line of its label, and wrapped
        else:
            self.value.append(text)


Record = Sequence[LabelledLine]


def read(data: bytes) -> Pages | None:
    """The records of such a text, those below a heading as a table; None if it has others, too.

    Raises:
        FormatError: all that may be a fingerprint is what the certificates are called by.
    """
    text = decode(data)
    if "\f" in text:
        return None
    lines = _labelled_lines(text.splitlines())
    _tear(lines)
    if any(map(_may_deny, dropwhile(lambda each: not each.title, lines))):
        return None
    if _are_only_called(lines):
        raise FormatError("these records have no fingerprint: what they are called by is none.")
    headings = [at for at, each in enumerate(lines) if _is_heading(each)]
    parts: list[Part] = []
    told: list[Reported] = []
    for low, high in pairwise([-1, *headings, len(lines)]):
        found = _parts(lines[low + 1 : high], told)
        if found is None:
            return None
        parts += [*(_text(each) for each in lines[low:][:1] if low >= 0), *found]
    if not told and not any(isinstance(part, Table) for part in parts):
        return None
    return Pages(list(pages_of_parts(parts)), told)


def _are_only_called(lines: Sequence[LabelledLine]) -> bool:
    """Whether all digests are labelled as something else, or as what certificates are called."""
    roles: set[str | None] = {each.role for each in lines if _is_digest(each)}
    return "common-name" in roles and roles <= {"common-name", *vocabulary.NOT_FINGERPRINTS}


def _is_heading(line: LabelledLine) -> bool:
    """Whether a line names the release of what is below it."""
    return line.role == "release" or bool(release_of(line.title or line.text))


def _may_deny(line: LabelledLine) -> bool:
    """Whether a line may say, of a record or of those below it, that they aren't trusted."""
    is_field = bool(line.title and line.value)  # that the table tells
    return not is_field and vocabulary.holds_removed_mark(line.title or line.text)


def _parts(lines: Sequence[LabelledLine], told: list[Reported]) -> list[Part] | None:
    """The table of records, and what stands above it; None if they are none.

    Records with names of others are ``told``.
    """
    if not any(_is_label(each) for each in lines):
        return [_text(each) for each in lines]
    start, records = _parted(lines)
    if not any(records) or _may_go_on(records):
        return None
    is_torn = any(each.counted for record in records for each in record[1:])
    if is_torn or _are_crossed(records):
        told += [
            Reported("unaccounted-text", _shown(each), _TORN if is_torn else _CROSSED)
            for each in records
        ]
        return [*map(_text, lines[:start])]
    titles = {vocabulary.folded(each.title): _title(each) for each in reversed(lines[start:])}
    keys = list(dict.fromkeys(vocabulary.folded(each.title) for each in lines[start:]))
    rows = [
        [titles[key] for key in keys],
        *([_cell(each, key) for key in keys] for each in records),
    ]
    return [*map(_text, lines[:start]), Table(rows, [0])]


def _title(line: LabelledLine) -> str:
    """The title of a column; of digits that only an MD5 has, it says so."""
    is_md5 = line.role == "fingerprint" and len(digits_of("".join(line.text.split()))) == MD5
    return f"MD5 {line.title}" if is_md5 else line.title


def _shown(record: Record) -> str:
    """The digests and the subject of a record."""
    held = [each for each in record if each.role in ("sha1", "sha256", "fingerprint", "subject")]
    return " ".join(
        each.text if each.role == "subject" else digits_of("".join(each.text.split()))
        for each in held
    )


def _is_label(line: LabelledLine) -> bool:
    """Whether a line may be of a record: it has a label that is known, and a value."""
    return bool(line.role and line.value)


def _text(line: LabelledLine) -> TextLine:
    """A line above records; a heading stands above them all."""
    return TextLine(f"{line.title} {line.text}".strip(), 1 if _is_heading(line) else 0)


def _cell(record: Record, key: str) -> str:
    found = (each for each in record if vocabulary.folded(each.title) == key)
    return "\n".join(line for each in found for line in each.value)


def _may_go_on(records: Sequence[Record]) -> bool:
    """Whether a line right behind a name may be of it: it isn't the same in all records."""
    behind = [{each.behind for each in record if each.behind} for record in records]
    return any(each != behind[0] for each in behind) or (len(records) == 1 and bool(behind[0]))


def _are_crossed(records: Sequence[Record]) -> bool:
    """Whether names are those of other records: none issued itself, and one issued another."""
    named = [
        {each.role: each.text for each in record if each.role in _NAMES and each.value}
        for record in records
    ]
    issuers = {each.get("issuer", "") for each in named} - {""}
    subjects = {each.get("subject", "") for each in named} - {""}
    return not issuers.isdisjoint(subjects) and not any(
        each.get("issuer") == each.get("subject") for each in named
    )


# --- records -------------------------------------------------------------------------------------


def _parted(lines: Sequence[LabelledLine]) -> tuple[int, list[Record]]:
    """Where records begin, and the records: each has a fingerprint and a subject, or lacks one.

    Each begins with the first label that stands there more than once.
    """
    keys = [vocabulary.folded(each.title) for each in lines]
    prints = next(filter(None, (_prints(lines, *each) for each in _PRINTS)), [])
    subjects = [i for i, each in enumerate(lines) if each.role == "subject" and "=" in each.text]
    counts = Counter(keys)
    least = 1 if len(prints) == len(subjects) == 1 else 2
    first = next((key for key in keys if key and counts[key] >= least), "")
    starts = [at for at, key in enumerate(keys) if key == first]
    held = [[bisect(starts, at) for at in found] for found in (prints, subjects)]
    within = [{e.group for e in lines[low:high]} for low, high in pairwise([*starts, None])]
    if any(len(groups - {""}) > 1 for groups in within):
        return 0, []
    if {*held[0], *held[1]} != {*range(1, len(starts) + 1)}:
        return 0, []
    for found, records in zip((prints, subjects), held, strict=True):
        if len(records) > len({*records}) or len({keys[at] for at in found}) != 1:
            return 0, []  # a record has two, or they have different labels
    starts = [_opening(lines, at, {*starts, *prints, *subjects}) for at in starts]
    return starts[0], [lines[low:high] for low, high in pairwise([*starts, len(lines)])]


def _opening(lines: Sequence[LabelledLine], start: int, taken: Collection[int]) -> int:
    """Where a record begins that has labels of its own before the one that all have."""
    at = start
    while at > 0 and not lines[at].begins and at - 1 not in taken and lines[at - 1].title:
        at -= 1
    return at if lines[at].begins else start


def _prints(lines: Sequence[LabelledLine], roles: Collection[str], length: int) -> list[int]:
    """Where a fingerprint of some length stands."""
    return [
        at
        for at, each in enumerate(lines)
        if each.role in roles and len(digits_of("".join(each.text.split()))) == length
    ]


# --- lines ---------------------------------------------------------------------------------------


def _labelled_lines(lines: Iterable[str]) -> list[LabelledLine]:
    """Labels, and lines that are of none, from top to bottom."""
    found: list[LabelledLine] = []
    above: list[LabelledLine] = []
    is_parted, is_counted, was_comment = True, False, False
    for line in lines:
        if COUNTED.fullmatch(line):
            above.clear()
            is_parted = is_counted = True
            continue
        shown = plain(line)
        text = " ".join(shown.split())
        is_parted |= not text
        if not text or _BYTES.match(shown.strip()):
            continue
        indent = len(shown) - len(shown.lstrip())
        if above and above[-1].depth > 0:
            above[-1].add(text)
            continue
        is_comment = shown.startswith(" ") and not line[0].isspace()
        if is_comment is not was_comment:
            above.clear()  # a comment amid other lines, however it is indented, is of none of them
        was_comment = is_comment
        while above and above[-1].indent >= indent:
            above.pop()
        holder = above[-1] if above else None
        label = None
        if not (holder and _goes_on(holder, indent)):
            label = _label(text, holder, indent)
            if not (label or (holder and holder.role in _NAMES)):
                label = _label_of_column(shown.strip(), indent)
        if found and found[-1] is not holder and not is_parted and _is_end(found[-1], label):
            found[-1].behind = text
        if label is not None:
            label.begins, is_parted = is_parted, False
            label.counted, is_counted = is_counted, False
            label.lengths.append(_columns(shown.rstrip()))
            found.append(label)
            above.append(label)
        elif holder and holder.role == "other" and _HEX_LINE.fullmatch(text):
            continue  # of a key, or a signature
        elif holder and not (_is_digest(holder) and not _HEX.fullmatch(text)):
            holder.inner = indent if holder.inner is None else holder.inner
            holder.lengths.append(_columns(shown.rstrip()))
            holder.add(text)
        else:
            found.append(LabelledLine("", indent, [text], begins=is_parted))
            is_parted = False
    return found


def _columns(text: str) -> int:
    """How many columns of a console a text takes: letters of East Asia take two (UAX #11)."""
    return sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def _tear(lines: Sequence[LabelledLine]) -> None:
    """Mark where the lines of names may be broken within a word.

    Consoles break lines between words, or where they are full: PowerShell in Chinese, Japanese and
    Korean. A line that ends early by more than the space behind it tells that it is the former.
    """
    ends = [length for each in lines for length in each.lengths[: len(each.wraps)]]
    longest = max((length for each in lines if each.role for length in each.lengths), default=0)
    if any(length < longest - 1 for length in ends):
        return
    for each in lines:
        if each.wraps and len(each.value) == 1:
            each.tear(longest)


def _goes_on(name: LabelledLine, indent: int) -> bool:
    """Whether a line is of the name above it, whatever it looks like."""
    return name.role in _NAMES and name.inner is not None and indent >= name.inner


def _is_digest(line: LabelledLine) -> bool:
    """Whether a value is a whole digest, which ends with its digits."""
    return len(digits_of("".join(line.text.split()))) in _DIGESTS


def _is_end(name: LabelledLine, label: LabelledLine | None) -> bool:
    """Whether what stands behind a name may be its end: it has no label, or is an attribute."""
    if name.role not in _NAMES:
        return False
    return label is None or (label.role is None and "=" in label.text)


def _label(text: str, above: LabelledLine | None, indent: int) -> LabelledLine | None:
    """The label that a line begins with, and its value, below the one it is indented under."""
    heads = f"{above.title} " if above and not above.value else ""
    if heads and (digest := _KIND_BEHIND.fullmatch(text)):
        return LabelledLine(f"{heads}{digest['kind']}", indent, [digest["digits"]])
    if text in _OF_BYTES:
        return LabelledLine(_OF_BYTES[text], indent)
    if opened := _OPENS.fullmatch(text):
        return LabelledLine(opened["label"], indent, depth=1)
    if above and above.title.endswith("{") and (pair := _PAIR.fullmatch(text)):
        return LabelledLine(pair["label"], indent, [pair["value"].strip('"')], inner=indent + 1)
    if text.endswith("{"):
        return LabelledLine(text, indent)
    if record := _RECORD.fullmatch(text):
        kind = "SHA-1" if record["kind"] else record["label"]
        return LabelledLine(kind, indent, [record["value"]], inner=indent + 1)
    mark = _MARK.search(text)
    label = text[: mark.start()].strip() if mark else ""
    if not mark or not _can_be_label(label):
        return None
    value = text[mark.end() :]
    if mark[0] == "=" and (key := _DOTTED.fullmatch(label)):
        return _property(key["group"], key["label"], value, indent)
    if value.endswith(":") and vocabulary.role_of(f"{label} {value}"):
        label, value = f"{label} {value.strip(': ')}", ""  # as IBM's tools print digests
    role = vocabulary.role_of(label)
    is_parted = mark[0] != "=" and (not value or value.startswith(" "))
    if mark[0] == "=" and names.short_type(label) and label != "name":
        is_parted = role is None and above is None and "=" not in value
        role = None
    elif mark[0] == "=" and not above:
        is_parted = text.startswith(f"{label} = ") and "=" not in value
    if not (role or is_parted):
        return None
    # of what a digest is, or what nobody knows, the heading says
    found = LabelledLine(label if role not in _OF_HEADINGS else heads + label, indent)
    if value:
        found.inner = indent + 1
        found.add(value.strip())
    return found


def _property(group: str, label: str, value: str, indent: int) -> LabelledLine:
    shown = _PROPERTY.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], value)
    return LabelledLine(label, indent, [shown.strip()], inner=indent + 1, group=group)


def _label_of_column(text: str, indent: int) -> LabelledLine | None:
    """The label that a line begins with, and its value, which stand in columns."""
    found = _GUTTER.fullmatch(text)
    if not found or not vocabulary.role_of(found["label"]):
        return None
    label = LabelledLine(found["label"], indent, inner=indent + 1)
    label.add(" ".join(found["value"].split()))
    return label


def _can_be_label(text: str) -> bool:
    return bool(_OID.fullmatch(text)) or (
        0 < len(text.split()) <= _LONGEST and not _NO_LABEL.search(text)
    )
