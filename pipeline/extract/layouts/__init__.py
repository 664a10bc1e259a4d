"""The ways to read a block, a module each: pure functions that propose rows.

A layout is a function from a `Block` and what is usual so far to proposals. It explains words: as
those of rows, or of fields beside them. It doesn't decide: `pipeline.extract.choose` does, by
what certificates say and by what is left unexplained. A new layout is a module here and a line in
`pipeline.extract.proposals`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import NamedTuple, TypeVar

from pipeline.extract.blocks import Block, Lines
from pipeline.extract.fingerprints import Fingerprint
from pipeline.extract.joining import SubjectLine, subject_of
from pipeline.extract.page import Token
from pipeline.extract.settings import SETTINGS
from pipeline.extract.vocabulary import Role


@dataclass(slots=True)
class Draft:
    """A row as a layout reads it.

    ``digits`` are its SHA-1 or, if only that is printed, its SHA-256 fingerprint; ``sha256`` is
    the one beside a SHA-1. ``subject`` are the words of each of its lines; ``right`` is the edge
    they could reach. ``status`` is what says that the row is not trusted, if anything does;
    ``release`` is that of a column of releases. Where no names are printed, ``subject`` is what the
    certificate is called there, and the row ``is_label``. If something else of the row follows
    its name within the same text, it ``is_followed``: a comma between the two is of neither.
    """

    digits: Fingerprint
    sha256: Fingerprint | None = None
    subject: Lines = field(default_factory=list)
    right: float = 0.0
    status: str = ""
    release: str = ""
    is_label: bool = False
    is_followed: bool = False

    @property
    def is_by_order(self) -> bool:
        """Whether its name stands on other lines than its digits: order alone pairs them."""
        if not self.subject:
            return False
        first, last = self.subject[0][0], self.subject[-1][0]
        lines = [piece.line for piece in self.digits.pieces]
        return last < min(lines) or first > max(lines)

    @property
    def begin(self) -> Token:
        """The first word of its subject."""
        line, words = self.subject[0]
        return Token(line, words[0])

    @property
    def end(self) -> Token:
        """The last word of its subject."""
        line, words = self.subject[-1]
        return Token(line, words[-1])

    @property
    def lines(self) -> tuple[int, int]:
        """Its first and its last line."""
        held = self.held_lines()
        return min(held), max(held)

    def held_lines(self) -> list[int]:
        """The lines of its words."""
        held = [piece.line for piece in self.digits.pieces]
        if self.sha256:
            held += [piece.line for piece in self.sha256.pieces]
        return held + [line for line, _ in self.subject]

    def tokens(self) -> Iterator[tuple[int, int]]:
        """All its words, by their numbers."""
        prints = [each.words for each in (self.digits, self.sha256) if each is not None]
        lines = [zip(repeat(line), words, strict=False) for line, words in self.subject]
        return chain(*prints, *lines)

    def is_scanned(self, block: Block) -> bool:
        """Whether OCR read any of it."""
        if not block.scanned:
            return False
        return any(block.lines[line].page in block.scanned for line in self.held_lines())

    def printed(self, block: Block) -> str:
        """Its subject, joined; what the whole document tells of joins is left to `settle`."""
        text = subject_of(self.subject_lines(block))
        return text.rstrip(",") if self.is_followed else text

    def subject_lines(self, block: Block) -> list[SubjectLine]:
        """The lines of its subject."""
        found = []
        for line, words in self.subject:
            held = [block.lines[line].words[word] for word in words]
            found.append(SubjectLine(held, self.right - held[-1].x1, block.lines[line].size))
        return found


class Field(NamedTuple):
    """Words beside the rows: another column, or a value that a label governs; its role."""

    role: Role | None
    tokens: list[Token]


class Way(NamedTuple):
    """A way to read pages: a layout, and where the fingerprints stand."""

    layout: str
    column: int


def before_of(way: Way, ways: Mapping[Way, int]) -> int:
    """How many rows were read this way before; tables of like columns need not be as wide."""
    if way in ways:
        return ways[way]
    return sum(ways.get(way._replace(column=way.column + by), 0) for by in (-1, 1))


@dataclass(slots=True)
class Proposal:
    """What a layout makes of a block. More ``fit`` is better, among proposals of like evidence.

    ``usual`` counts how the cells of its rows are aligned, if that is certain.
    """

    layout: str
    drafts: list[Draft]
    fields: list[Field] = field(default_factory=list)
    fit: float = 0.0
    usual: Counter[str] = field(default_factory=Counter)

    @property
    def way(self) -> Way:
        """How it reads: by which layout, and where fingerprints begin (in centimetres or so)."""
        places = sorted(draft.digits.x0 for draft in self.drafts)
        return Way(
            self.layout, round(places[len(places) // 2] / SETTINGS.same_place) if places else 0
        )


Column = TypeVar("Column")


def likely_subjects(
    named: Mapping[Column, int], role_of: Callable[[Column], Role | None]
) -> list[Column]:
    """The columns that may be those of the subjects, by how many names each holds.

    It is the one whose title says so, or any but the issuer's, and none with far fewer names.
    """
    ranks = {"subject": 2, "issuer": 0}
    ranked = {each: ranks.get(role_of(each) or "", 1) for each, count in named.items() if count}
    best = max(ranked.values(), default=0)
    counts = {each: named[each] for each, rank in ranked.items() if rank == best}
    most = max(counts.values(), default=0)
    return [each for each, count in counts.items() if 3 * count >= most]


def repeats(block: Block, tokens: Iterable[Token], drafts: Sequence[Draft]) -> bool:
    """Whether a column says the same as the subjects do: the issuers of self-signed roots."""
    said = "".join(block.tokens.word(token).text for token in sorted(tokens))
    subjects = (word.text for draft in drafts for word in block.words(draft.subject))
    return "=" in said and said == "".join(subjects)


def joined(layout: str, parts: Sequence[Proposal]) -> Proposal:
    """One proposal of those for the sections of a block."""
    whole = Proposal(layout, [], fit=sum(part.fit for part in parts) / max(len(parts), 1))
    for part in parts:
        whole.drafts.extend(part.drafts)
        whole.fields.extend(part.fields)
        whole.usual.update(part.usual)
    return whole


Layout = Callable[[Block, Counter[str]], Iterator[Proposal]]
"""Reads a block; the counter tells how cells were aligned on the pages before."""
