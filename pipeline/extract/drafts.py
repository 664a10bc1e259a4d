"""Rows as they are put together, page by page, and how their lines are joined."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from pipeline.extract import labels
from pipeline.extract.columns import BEGINS_NAME
from pipeline.extract.document import UNCERTAIN_JOIN
from pipeline.extract.fingerprints import SHA1, Parted
from pipeline.extract.page import Word

LABEL_BEFORE = re.compile(
    rf"""^(?:subject(?:\s*(?:dn|name))?|dn|issued\ to|owner|{labels.SUBJECT})\s*{labels.COLON}\s*
    |^(?:subject|issued\ to|{labels.SUBJECT})\s+(?=\S+=)|^[-–—:|]\s+""",
    re.VERBOSE | re.IGNORECASE,
)
"""What a subject may be labelled with: ``Subject:``."""
LABEL_AFTER = re.compile(
    rf"""(?:(?:^|\s)(?:\d+[.):]|[•*·▪‣◦–—|(\[-]|(?:sha-?1[\s-]*)?{labels.FINGERPRINT}
    (?:\s*\(?sha-?1\)?)?\s*{labels.COLON}?|sha-?1\s*[:=]?))+\s*$""",
    re.VERBOSE | re.IGNORECASE,
)
"""What may stand between a subject and the fingerprint of the next row: ``2.``, ``SHA-1:``."""
_NUMBER_BEFORE = re.compile(r"^(?:\d+[.):]?|[•*·▪‣◦–—-])\s+(?=\S*\s?=)")
_OTHER_FACTS = re.compile(r"[,;.]?\s+(?:valid|validity|expire[sd]?|issued)\b.*$", re.IGNORECASE)
_SOFT_HYPHENS = ("\u00ad", "\u2010")
"""U+2010 is what browsers draw where a soft hyphen breaks a line; names are written with ``-``."""
_MAY_BREAK = re.compile(r"[\w.)]-$|[/\\@_]$|(?:\bwww|[/@]\S*)\.$")
"""Ends of lines at which typesetters break without a space: hyphens, and within addresses."""

_FULL_LINE = "\x1c"
"""Stands where a full line was joined to the next; white space, so never within a word."""
_SEPARATED = re.compile(r"[,;+/\\]$")
_NOTE_MARKS = re.compile(r"\s*[†‡]|\s\*(?=\s|$)|[*¹²³]+$")
"""Marks of footnotes; no name ends in one."""
_QUOTES = re.compile(r"^[\"'\u2018-\u201f]+|[\"'\u2018-\u201f]+$")


@dataclass(slots=True)
class SubjectLine:
    """One line of a subject: its words, how much room there was for more, and the font size."""

    words: list[Word]
    room: float
    size: float


class Printed(NamedTuple):
    """A row that no page to come can change; what the document as a whole tells is to be added."""

    page: int
    release: str
    fingerprint: str
    sha256: str
    subject: str


@dataclass(slots=True)
class Draft:
    """A row as it is put together; its subject may go on on the next page.

    ``part`` numbers the pages, and the tables side by side on a page, that hold rows. ``x0`` is
    the left edge of the fingerprint.
    """

    page: int
    part: int
    release: str
    fingerprint: str
    x0: float = 0.0
    sha256: str = ""
    is_running: bool = False
    lines: list[SubjectLine] = field(default_factory=list)

    @property
    def left(self) -> float:
        """The left edge of the subject."""
        return min(line.words[0].x0 for line in self.lines)

    @property
    def width(self) -> float:
        """The width of the subject."""
        return max(line.words[-1].x1 for line in self.lines) - self.left

    def printed(self) -> Printed:
        """The row, its lines joined and labels left out; full lines are for `settle`."""
        return Printed(self.page, self.release, self.fingerprint, self.sha256, self._subject())

    def _subject(self) -> str:
        text = LABEL_BEFORE.sub("", join(self.lines))
        if self.is_running:
            text = _OTHER_FACTS.sub("", LABEL_AFTER.sub("", text))
            text = LABEL_BEFORE.sub("", _NUMBER_BEFORE.sub("", text))
        text = _NOTE_MARKS.sub("", text).strip().rstrip(";|").rstrip()
        return _QUOTES.sub("", text) if _QUOTES.match(text) else text


@dataclass(slots=True)
class Drafts:
    """The rows of a document so far, and what was learnt from them for the pages to come.

    ``rows`` may still change, until they are put away.

    ``release`` is the one under whose heading the next row stands; ``waiting`` holds a subject
    whose fingerprint is on the next page; ``name_first`` tells whether subjects precede their
    fingerprints in running text (None: not known yet); ``titles`` are those of the last table.
    """

    rows: list[Draft] = field(default_factory=list)
    part: int = 0
    release: str = ""
    waiting: list[SubjectLine] = field(default_factory=list)
    name_first: bool | None = None
    titles: list[Word] = field(default_factory=list)
    alignments: Counter[str] = field(default_factory=Counter)
    _short: int = 0
    _full: int = 0

    def add(self, draft: Draft) -> Draft:
        """Add a row; it takes the subject that waits for it."""
        draft.lines, self.waiting = self.waiting, []
        self.rows.append(draft)
        return draft

    def put_away(self, keep: int = 1) -> list[Printed]:
        """Give away all rows but the last ``keep``, to which a page to come can't add."""
        count = max(len(self.rows) - keep, 0)
        printed = [draft.printed() for draft in self.rows[:count]]
        del self.rows[:count]
        return printed

    @property
    def unfinished(self) -> Draft | None:
        """The last row of an earlier part, which may go on in this one."""
        last = self.rows[-1] if self.rows else None
        return last if last and last.part < self.part else None

    def parted(self) -> Parted | None:
        """The last fingerprint, if it is not complete."""
        last = self.rows[-1] if self.rows else None
        if last is None or last.part != self.part or len(last.fingerprint) >= SHA1:
            return None
        return Parted(SHA1 - len(last.fingerprint), last.x0)

    def tally(self, lines: Sequence[SubjectLine]) -> None:
        """Count lines that end short of the edge, and lines that fill it to the last character."""
        for line in lines[:-1]:
            if line.room < 0.8 * line.size:
                self._full += 1
            else:
                self._short += 1

    @property
    def breaks_words(self) -> bool:
        """Whether lines break anywhere (``word-break: break-all``), not only between words."""
        return self._full >= 4 and self._full > 0.85 * (self._full + self._short)


@lru_cache(maxsize=4096)
def settle(text: str, breaks_words: bool) -> str:
    """Decide the joins of full lines: a space, unless the document's lines break within words."""
    return text.replace(_FULL_LINE, UNCERTAIN_JOIN if breaks_words else " ")


def join(lines: Sequence[SubjectLine]) -> str:
    """Join the lines of a subject.

    A space goes between, unless the line ended in a hyphen or within a word. Where only the
    certificate can tell, the join is marked with U+200B; where it depends on how the document
    breaks its lines, it is left to `settle`.
    """
    text = ""
    for index, subject_line in enumerate(lines):
        line = text_of(subject_line.words)
        if not text:
            text = line
            continue
        before = lines[index - 1]
        if text.endswith(_SOFT_HYPHENS):
            text = text[:-1] + line
        elif BEGINS_NAME.match(line) and not _SEPARATED.search(text):
            text += ", " + line  # an attribute a line
        elif _MAY_BREAK.search(text) or (_is_full(before) and len(before.words) == 1):
            text += UNCERTAIN_JOIN + line
        else:
            text += (_FULL_LINE if _is_full(before) else " ") + line
    return text.replace(_SOFT_HYPHENS[0], "")


def _is_full(line: SubjectLine) -> bool:
    """Whether there was no room for another letter."""
    return line.room < line.size


def text_of(words: Iterable[Word]) -> str:
    """Words, joined by single spaces."""
    return " ".join(word.text for word in words)
