"""What only a whole document tells of its rows, once it is read."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from pipeline.extract.account import Account
from pipeline.extract.document import UNCERTAIN_JOIN, Problem, Row
from pipeline.extract.joining import is_undecided, settle
from pipeline.extract.pem_blocks import PemBlocks


@dataclass(frozen=True, slots=True)
class Ending:
    """What only a whole document tells of its rows.

    ``release`` is the only one that it mentions anywhere, for rows under no heading.
    """

    pages: int
    title: str
    release: str
    breaks_words: bool
    account: Account
    pem_blocks: PemBlocks = field(default_factory=PemBlocks)
    splits_words: bool = False

    def row(self, row: Row) -> Row:
        """A row as it is in the end: often the same one."""
        release = row.release or self.release
        subject = settle(row.subject, self.breaks_words)
        if (release, subject) == (row.release, row.subject):
            return row
        undecided = row.is_undecided or (self.splits_words and is_undecided(row.subject))
        return replace(row, release=release, subject=subject, is_undecided=undecided)

    def denial(self, row: Row) -> Problem | None:
        """The problem of a row whose mark a note explains: it isn't trusted any more."""
        if not row.marks or not (note := self.account.denied(row.marks)):
            return None
        text = f"{row.identity} {row.subject.replace(UNCERTAIN_JOIN, '')}"
        hint = f"The note “{note}” says that this is not trusted; it is not taken."
        return Problem("unaccounted-text", row.page, text, hint)

    def problems(self, rows: Iterable[Row]) -> list[Problem]:
        """What is wrong beside the rows, which are all that the document has, faulty ones too."""
        fingerprints: set[str] = set()
        suspects = {leftover.page for leftover in self.account.leftovers}
        subjects: dict[int, list[str]] = {page: [] for page in suspects}
        for row in rows if suspects or self.pem_blocks.found else ():
            fingerprints |= {row.fingerprint, row.fingerprint_sha256}
            for page in suspects & {row.page - 1, row.page}:  # a heading may end a page
                subjects[page].append(row.subject.replace(UNCERTAIN_JOIN, ""))
        return [*self.pem_blocks.problems(fingerprints), *self.account.problems(subjects)]


Step = list[Row] | Ending
"""Rows that no page to come can change, or at last what the whole document tells of them."""
