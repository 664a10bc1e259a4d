"""What extraction yields: a document, its rows as printed, and the problems met on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

ProblemKind = Literal[
    "malformed-fingerprint",
    "missing-subject",
    "duplicate",
    "readers-disagree",
    "unaccounted-text",
    "subject-mismatch",
    "not-visible",
    "unread-ink",
    "damaged",
]

DigestKind = Literal["SHA-1", "SHA-256", "misprint", "MD5", "serial", "key", "other"]


class Digest(NamedTuple):
    """What a run of digits is, and the title of its column, if it has one."""

    kind: DigestKind
    title: str


Digests = Mapping[Digest, int]
"""How often a document has each."""

PAGE_WITHOUT_TEXT: Final = "a page that is a picture of text"
"""What the problem of a page says that is nothing but a picture of text."""

UNCERTAIN_JOIN = "\u200b"
"""Stands in a printed subject where two lines were joined and a space may or may not belong."""


@dataclass(frozen=True, slots=True)
class Document:
    """A published file. ``sha256`` identifies it; ``title`` is its first line of text."""

    name: str
    sha256: str
    pages: int
    title: str


class Place(NamedTuple):
    """Where words of a row stand on a page turned upright: on the baseline ``y``, in points."""

    kind: Literal["fingerprint", "subject"]
    page: int
    x0: float
    y: float
    x1: float
    size: float


@dataclass(frozen=True, slots=True)
class Row:
    """One row as printed.

    ``fingerprint`` and ``fingerprint_sha256`` hold digits only, in lower case; one of them may be
    empty where the document prints the other. ``subject`` is the printed text with its lines
    joined; it is a label, perhaps empty, where the document prints no names (``is_label``).
    ``release`` is the release under whose heading the row stands, in Cisco's form, or empty.
    ``agreed`` is true when two readers gave this row; ``place`` is where it stands. ``scanned`` is
    true when OCR read it, which takes one letter for another and drops spaces and accents.
    ``is_undecided`` is true where only its certificate can tell which spaces its subject has;
    ``marks`` are those of notes on its lines.
    """

    page: int
    release: str
    fingerprint: str
    fingerprint_sha256: str
    subject: str
    agreed: bool = False
    place: tuple[Place, ...] = field(default=(), compare=False, repr=False)
    scanned: bool = False
    is_label: bool = False
    is_undecided: bool = False
    marks: tuple[str, ...] = field(default=(), compare=False, repr=False)

    @property
    def identity(self) -> str:
        """The digest that identifies its certificate: the SHA-1 or, if there is none, SHA-256."""
        return self.fingerprint or self.fingerprint_sha256


@dataclass(frozen=True, slots=True)
class Problem:
    """Something on a page that can't be taken as a row: what, where, and what to do."""

    kind: ProblemKind
    page: int
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was read from one document, in the document's own order.

    ``digests`` counts all runs of digits of a fingerprint's length, whether rows have them or not.
    ``remarks`` are plain sentences about how it was read, which are no problem.
    """

    document: Document
    rows: list[Row]
    problems: list[Problem] = field(default_factory=list)
    digests: Digests = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
