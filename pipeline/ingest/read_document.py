"""What a document says, for those who only look: plain data, no frame and no database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.extract import extract
from pipeline.extract.document import Document, Extraction, Problem
from pipeline.extract.guard import LIMITS, Limits
from pipeline.inputs import MIB, at_rest

if TYPE_CHECKING:
    from pipeline.enrich import File

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


def read(
    path: Path, extractor: Extractor = extract, *, limits: Limits = LIMITS
) -> ExtractedDocument:
    """Read a document without loading it; ``extractor`` reads its rows.

    Of ``limits``, size and time are those of a pipe or a device; the others are the extractor's.

    Raises:
        DocumentError: the file can't be used.
    """
    with at_rest(path, limits.size * MIB, limits.seconds) as local:
        return _read(local, extractor)


def _read(path: Path, extractor: Extractor) -> ExtractedDocument:
    extraction = extractor(path)
    from pipeline.enrich import Catalogue, hinted
    from pipeline.enrich.evidence import judge
    from pipeline.normalise import cleaned

    entries, repeated = cleaned(extraction.rows)
    judged = judge(entries, [*own_certificates(path), Catalogue()])
    columns = [field.name for field in fields(ExtractedEntry)]
    sound: list[ExtractedEntry] = []
    problems = [*hinted(extraction.problems), *repeated]
    for entry, verdict in zip(entries, judged.verdicts, strict=True):
        if isinstance(verdict, Problem):
            problems.append(verdict)
        else:
            told = entry._replace(subject=verdict.subject)
            sound.append(ExtractedEntry(*(getattr(told, name) for name in columns)))
    problems.sort(key=lambda problem: problem.page)
    return ExtractedDocument(extraction.document, sound, problems)


def own_certificates(path: Path) -> list[File]:
    """Give the certificates of a document that is a bundle of them."""
    from pipeline.enrich import file_of

    own = file_of(path, path.read_bytes())
    return [own] if own.certificates else []


def describe(problem: Problem) -> str:
    """Put a problem on one line."""
    text = f"page {problem.page}: {problem.kind}: {problem.text}"
    return " ".join(f"{text} ({problem.hint})".split() if problem.hint else text.split())
