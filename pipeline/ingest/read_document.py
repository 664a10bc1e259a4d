"""What a document says, for those who only look: plain data, no frame and no database."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.errors import DocumentError
from pipeline.extract import NoRowsError, extract
from pipeline.extract.document import Document, Extraction, Problem
from pipeline.extract.guard import LIMITS, Limits
from pipeline.extract.no_rows import why
from pipeline.inputs import MIB, at_rest, unreadable

if TYPE_CHECKING:
    from pipeline.enrich import File, Source

Extractor = Callable[[Path], Extraction]
"""Reads the rows of a document: `pipeline.extract.extract`, or that with other limits."""


@dataclass(frozen=True)
class ExtractedEntry:
    """A row of a document, normalised (`schemas.frames.ENTRIES`)."""

    position: int
    page: int
    release: str
    fingerprint: str
    fingerprint_sha256: str
    subject: str
    subject_printed: str


@dataclass(frozen=True)
class ExtractedDocument:
    """What a document says, and what in it can't be read."""

    document: Document
    entries: list[ExtractedEntry]
    problems: list[Problem]


def prepare() -> None:
    """Import what judging needs, while a document is being read in another process."""
    import pipeline.catalogue.nearest
    import pipeline.enrich
    import pipeline.normalise

    pipeline.catalogue.subjects()


@dataclass(frozen=True)
class Look:
    """What a document says; if it has no entry, the sentence that says why.

    ``remarks`` are plain sentences about how it was read.
    """

    document: ExtractedDocument
    refusal: str
    remarks: list[str] = field(default_factory=list)


def look(path: Path, extractor: Extractor, limits: Limits) -> Look:
    """Do what `read` does; that there is nothing to be read in a document is no error here.

    Raises:
        DocumentError: the file can't be read.
    """
    with at_rest(path, limits.size * MIB, limits.seconds) as local:
        try:
            extraction = extractor(local)
        except NoRowsError as error:
            return Look(
                ExtractedDocument(error.document, [], []),
                str(error).removeprefix(f"{local}: "),
            )
        found = _judged(local, extraction)
        refusal = "" if found.entries else why(extraction.digests, found.problems)
        return Look(found, refusal, extraction.remarks)


def read(
    path: Path, extractor: Extractor = extract, *, limits: Limits = LIMITS
) -> ExtractedDocument:
    """Read a document without loading it; ``extractor`` reads its rows.

    Of ``limits``, size and time are those of a pipe or a device; the others are the extractor's.

    Raises:
        DocumentError: the file can't be used.
    """
    with at_rest(path, limits.size * MIB, limits.seconds) as local:
        return _judged(local, extractor(local))


def _judged(path: Path, extraction: Extraction) -> ExtractedDocument:
    from pipeline.enrich import Catalogue, hinted, scanned
    from pipeline.enrich.evidence import judge
    from pipeline.normalise import cleaned

    sources: list[Source] = [*own_certificates(path), Catalogue()]
    rows, unproven = scanned.proven(extraction.rows, sources)
    entries, repeated = cleaned(rows)
    judged = judge(entries, sources)
    columns = [each.name for each in fields(ExtractedEntry)]
    sound: list[ExtractedEntry] = []
    problems = [*hinted(extraction.problems), *unproven, *repeated]
    for entry, verdict in zip(entries, judged.verdicts, strict=True):
        if isinstance(verdict, Problem):
            problems.append(verdict)
        else:
            told = entry._replace(subject=verdict.subject, fingerprint=verdict.fingerprint)
            sound.append(ExtractedEntry(*(getattr(told, name) for name in columns)))
    problems.sort(key=lambda problem: problem.page)
    return ExtractedDocument(extraction.document, sound, problems)


def documents(path: Path) -> list[Path]:
    """Give the PDFs of a directory by their names; of anything else, the path itself.

    Raises:
        DocumentError: the directory can't be read, or has none.
    """
    if not path.is_dir():
        return [path]
    try:
        found = sorted(each for each in path.iterdir() if each.suffix.lower() == ".pdf")
    except OSError as error:
        raise DocumentError(f"{path}: {unreadable(error)}.") from error
    if not found:
        raise DocumentError(f"{path}: there is no PDF in this directory; name a file.")
    return found


def own_certificates(path: Path) -> list[File]:
    """Give the certificates of a document that is a bundle of them."""
    from pipeline.enrich import file_of
    from pipeline.extract.formats import FormatError

    try:
        own = file_of(path, path.read_bytes())
    except FormatError:  # of a PDF that has bytes like those of another format in it
        return []
    return [own] if own.certificates else []


def describe(problem: Problem) -> str:
    """Put a problem on one line."""
    text = f"page {problem.page}: {problem.kind}: {problem.text}"
    return " ".join(f"{text} ({problem.hint})".split() if problem.hint else text.split())


def refused(path: Path, reason: str, problems: Sequence[Problem], how_to_see_all: str) -> list[str]:
    """Say in a line why a document without an entry can't be used; then of its rows, if it has any.

    Of problems that are alike, the first is told. Text that belongs to no row isn't, unless it is
    that of a row which isn't believed: without rows, such text is all there is.
    """
    kinds: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        if problem.kind != "unaccounted-text" or _ROW.match(problem.text):
            kinds.setdefault((problem.kind, problem.hint), []).append(problem)
    told = [
        describe(first if not rest else replace(first, text=f"{first.text} and {len(rest)} alike"))
        for first, *rest in kinds.values()
    ][:MOST_PROBLEMS]
    shown = len(told) == len(problems)
    number = "problem" if len(problems) == 1 else f"{len(problems):,} problems"
    more = "" if shown else f" {how_to_see_all} has the {number}."
    return [f"{path}: {reason}{more}", *told]


_ROW: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})? .*=")
"""What a row looks like: a SHA-1 or SHA-256 and a name."""
MOST_PROBLEMS: Final = 5
"""So many kinds of problems are told of a document without an entry."""
