"""What is read of a list, held against its truth row by row.

A row is exact if release, fingerprint, SHA-256 (where it is printed) and subject are right (and its
page, where that is known). It is reported if a problem names it, or is on its page and the row is
not among what is read. It is silent if neither: lost, or read wrongly without a word. A row that
is marked as removed must not be read, only reported. What is read and is not in the list at all is
silent, too, if no problem names it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import pypdfium2

from pipeline import catalogue
from pipeline.catalogue import nearest
from pipeline.enrich import Catalogue, enrich
from pipeline.errors import DocumentError
from pipeline.extract import extract
from pipeline.extract.choose import catalogued
from pipeline.extract.document import Problem, Row
from pipeline.extract.page import Page
from pipeline.extract.read_pages import steps
from pipeline.extract.reading import alone, gathered
from pipeline.normalise import normalise
from tests.extract.random_lists import Entry, List, Roots, Shape, draw
from tests.extract.random_pages import pages_of, typed


class Read(NamedTuple):
    """A row as it would be loaded."""

    page: int
    release: str
    fingerprint: str
    fingerprint_sha256: str
    subject: str


@dataclass(slots=True)
class Judgement:
    """How many rows are what, and a line for each that is silent."""

    exact: int = 0
    reported: int = 0
    silent: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    inexact: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """All rows of the list."""
        return self.exact + self.reported + len(self.silent)


# --- reading -------------------------------------------------------------------------------------


@contextmanager
def catalogue_of(*, is_empty: bool) -> Iterator[list[Catalogue]]:
    """The sources to ask: the catalogue, or none and a catalogue that knows nobody."""
    if not is_empty:
        yield [Catalogue()]
        return
    with (
        patch.object(catalogue, "subjects", dict),
        patch.object(catalogue, "fingerprints", dict),
        patch.object(catalogue, "find", lambda _: {}),
        # it is made once, of these
        patch.object(nearest, "_by_piece", dict),
    ):
        yield []


def read_pages(
    pages: Iterable[Page], *, with_catalogue: bool = True
) -> tuple[list[Read], list[Problem]]:
    """What would be loaded of pages of words, and all problems."""
    with catalogue_of(is_empty=not with_catalogue) as sources:
        known = catalogued() if with_catalogue else {}
        reading = gathered(alone(steps(pages, known)))
        return _loaded(reading.rows, reading.problems, sources)


def read_file(path: Path, *, with_catalogue: bool = True) -> tuple[list[Read], list[Problem]]:
    """What would be loaded of a document, and all problems."""
    with catalogue_of(is_empty=not with_catalogue) as sources:
        try:
            known = None if with_catalogue else {}
            extraction = extract(path, limits=None, known=known)
        except DocumentError as error:
            return [], [Problem("damaged", 0, str(error))]  # type: ignore[arg-type]
        return _loaded(extraction.rows, extraction.problems, sources)


def _loaded(
    rows: Sequence[Row], problems: Sequence[Problem], sources: Sequence[Catalogue]
) -> tuple[list[Read], list[Problem]]:
    frame, more = normalise(rows)
    enriched = enrich(frame, sources)
    columns = list(Read._fields)
    entries = map(Read._make, enriched.entries[columns].itertuples(index=False, name=None))
    return list(entries), [*problems, *more, *enriched.problems]


# --- judging -------------------------------------------------------------------------------------


def judge(drawn: List, entries: Sequence[Read], problems: Sequence[Problem]) -> Judgement:
    """Hold what is read against the list."""
    judgement = Judgement()
    said = _Said(problems)
    left = Counter(entries)
    by_digits = {(entry.release, entry.fingerprint): entry for entry in entries}
    whole = any(problem.page == 0 for problem in problems)
    for entry in drawn.entries:
        read = by_digits.get((entry.release, entry.root.fingerprint))
        is_exact = read is not None and not entry.is_removed and _is_exact(entry, read)
        if read:
            left[read] -= 1
        if is_exact:
            judgement.exact += 1
            continue
        name = f"{entry.root.fingerprint[:12]} page {entry.page} {entry.root.canonical}"
        if said.names(entry.root.fingerprint, entry.root.canonical, entry.root.sha256) or (
            read is None and (whole or entry.page in said.pages)
        ):
            judgement.reported += 1
            judgement.inexact.append(f"reported: {name}: {said.of(entry)}")
        elif read is None:
            judgement.silent.append(f"LOST {name}")
        else:
            why = "is marked as removed" if entry.is_removed else f"read as {read}"
            judgement.silent.append(f"WRONG {name}: {why}")
    for read in left.elements():
        if not said.names(read.fingerprint, "", read.fingerprint_sha256):
            judgement.extra.append(f"EXTRA {read}")
    return judgement


def _is_exact(entry: Entry, read: Read) -> bool:
    root = entry.root
    return (
        read.subject == root.canonical
        and entry.page in (0, read.page)
        and (read.fingerprint_sha256 == root.sha256 or not entry.prints_sha256)
    )


class _Said:
    """What problems say, to be searched."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = problems
        self.pages = {problem.page for problem in problems}
        self.squeezed = [_squeezed(f"{problem.text} {problem.hint}") for problem in problems]

    def names(self, fingerprint: str, subject: str, sha256: str = "") -> bool:
        """Whether a problem tells of this row: its digits, of either kind, or all of its name."""
        told = [each for each in (fingerprint[:16], sha256[:16], _squeezed(subject)) if each]
        return any(each in text for each in told for text in self.squeezed)

    def of(self, entry: Entry) -> str:
        """The problem that tells of a row, for a person to read."""
        for problem, text in zip(self.problems, self.squeezed, strict=True):
            if entry.root.fingerprint[:16] in text or problem.page in (0, entry.page):
                return f"{problem.kind} p{problem.page} {problem.text[:150]!r}: {problem.hint}"
        return ""


def _squeezed(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def place(drawn: List, path: Path) -> None:
    """Say on which page of a PDF each fingerprint begins, where its text tells."""
    with pypdfium2.PdfDocument(path) as pdf:
        texts = [_squeezed(page.get_textpage().get_text_bounded()) for page in pdf]
    for entry in drawn.entries:
        begin = entry.root.fingerprint[:8]
        found = [n for n, text in enumerate(texts, 1) if begin in text]
        entry.page = found[0] if len(found) == 1 else 0


# --- by hand -------------------------------------------------------------------------------------


@dataclass(slots=True)
class Total:
    """Rows of many lists."""

    rows: int = 0
    exact: int = 0
    reported: int = 0
    silent: int = 0
    extra: int = 0

    def add(self, judgement: Judgement) -> None:
        """Count one list more."""
        self.rows += judgement.rows
        self.exact += judgement.exact
        self.reported += judgement.reported
        self.silent += len(judgement.silent)
        self.extra += len(judgement.extra)

    def __str__(self) -> str:
        share = 100 * self.exact / (self.rows or 1)
        return (
            f"{self.rows:6} rows: {share:5.1f} % exact, {self.reported:5} reported, "
            f"{self.silent:4} lost or wrong silently, {self.extra:4} that are none, silently"
        )


@cache
def printer_of(producer: str) -> Callable[[List, Path], None]:
    """The function that prints a list as PDF."""
    from tests.extract import random_pdfs

    return random_pdfs.PRINTERS[producer]


def judged(drawn: List, producer: str, path: Path, *, with_catalogue: bool) -> Judgement:
    """Set or print a list, read it, and judge that."""
    if producer == "pages":
        entries, problems = read_pages(pages_of(drawn), with_catalogue=with_catalogue)
    else:
        printer_of(producer)(drawn, path)
        place(drawn, path)
        entries, problems = read_file(path, with_catalogue=with_catalogue)
    return judge(drawn, entries, problems)


def by_hand(options: argparse.Namespace) -> None:
    """Judge many lists, and print what becomes of them."""
    totals: dict[str, Total] = {}
    left, begun = options.failures, time.perf_counter()
    shape: Shape | None = options.shape
    roots: Roots | None = options.roots
    folder = Path(options.keep or tempfile.mkdtemp(prefix="lists-"))
    folder.mkdir(exist_ok=True)
    for seed in range(options.seed, options.seed + options.count):
        drawn = draw(seed, shape=shape, roots=roots)
        path = folder / f"{options.producer}-{seed}.pdf"
        judgement = judged(drawn, options.producer, path, with_catalogue=not options.empty)
        is_told = drawn.can_be_told(with_catalogue=not options.empty)
        names = [drawn.shape, drawn.roots, "can be told" if is_told else "can't be told", "all"]
        for name in names:
            totals.setdefault(name, Total()).add(judgement)
        failures = [*judgement.silent, *judgement.extra]
        if options.show and is_told:
            failures += judgement.inexact
        if failures and left > 0:
            left -= 1
            told = "" if is_told else ", can't be told"
            print(f"=== seed {seed}: {drawn.shape}, {drawn.roots}{told}", *failures[:4], sep="\n")
            if options.show:
                print(typed(pages_of(drawn)))
        if path.exists() and not (failures or options.keep):
            path.unlink()
    for name, total in sorted(totals.items(), key=lambda item: item[0]):
        print(f"{name:14} {total}")
    print(f"{time.perf_counter() - begun:.0f} s; PDFs of failures, if any: {folder}")
