"""What a document of the corpus holds: rows, how they are printed, and the truth of them.

The truth comes from the certificates and from where a producer placed a row, never from reading
the document.
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509

from samples import truth
from tests.corpus import unlisted, unusual_roots

FOLDER = Path(__file__).resolve().parent
REPORTED = "reported"
SAMPLE_ROOTS = Path(truth.__file__).resolve().parent / "roots.csv"


@dataclass
class Row:
    """One row of a document, or one place of it that is a problem.

    `shown` is the fingerprint and `printed` the subject as given to the producer, empty if only the
    certificate itself is there; `page` (from 1)
    is where the fingerprint begins, 0 until the producer has placed the row. `needs_catalogue`: the
    problem can be seen only by someone who has the certificate. A row whose `problem` is `REPORTED`
    must not be read, whatever kind of problem tells of it, as long as one names what is `shown`.
    """

    fingerprint: str
    shown: str
    printed: str
    release: str | None = None
    problem: str | None = None
    needs_catalogue: bool = False
    prints_sha256: bool = False
    page: int = 0

    @property
    def der(self) -> bytes:
        """The certificate."""
        return der(self.fingerprint)

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate, parsed."""
        return certificate(self.fingerprint)

    @property
    def sha256(self) -> str:
        """SHA-256 fingerprint, 64 lower-case hex digits."""
        return hashlib.sha256(self.der).hexdigest()

    def entry(self) -> dict[str, Any]:
        """Return what a reader must say of this row."""
        said: dict[str, Any] = {
            "page": self.page,
            "release": self.release,
            "fingerprint": self.fingerprint,
        }
        if self.prints_sha256:
            said["fingerprint_sha256"] = self.sha256
        said["subject"] = subject(self.fingerprint)
        if self.printed:
            said["subject_printed"] = truth.fold(self.printed)
        return said

    def fault(self) -> dict[str, Any]:
        """Return what a reader must say of this row, which is a problem."""
        said: dict[str, Any] = {"kind": self.problem, "page": self.page}
        return said | ({"needs": "catalogue"} if self.needs_catalogue else {})


@dataclass
class Document:
    """One document of the corpus and how to make it: `make` writes it and returns its rows."""

    name: str
    stresses: tuple[str, ...]
    make: Callable[[Path], Iterable[Row]]


@dataclass
class Producer:
    """A program that makes documents, with the version that made those in the corpus."""

    name: str
    documents: list[Document] = field(default_factory=list)

    def document(
        self, name: str, *stresses: str
    ) -> Callable[[Callable[[Path], Iterable[Row]]], Callable[[Path], Iterable[Row]]]:
        """Decorate a function that writes the document `name` and returns its rows."""

        def register(make: Callable[[Path], Iterable[Row]]) -> Callable[[Path], Iterable[Row]]:
            self.documents.append(Document(name, stresses, make))
            return make

        return register

    def write(self, document: Document) -> None:
        """Make a document and write its truth beside it.

        Raises:
            ValueError: the producer has not said on which page a row is.

        """
        path = FOLDER / document.name
        rows = list(document.make(path))
        if unplaced := [row.fingerprint for row in rows if row.page < 1]:
            raise ValueError(f"{document.name}: no page for {unplaced}")
        said = {
            "document": document.name,
            "producer": self.name,
            "stresses": list(document.stresses),
            "entries": [row.entry() for row in rows if not row.problem],
            "problems": [row.fault() for row in rows if row.problem not in (None, REPORTED)],
        }
        if reported := [row for row in rows if row.problem == REPORTED]:
            said["reported"] = [{"page": row.page, "text": row.shown} for row in reported]
        text = json.dumps(said, ensure_ascii=False, indent=1) + "\n"
        path.with_suffix(".truth.json").write_text(text, encoding="utf-8")


def program(name: str) -> str:
    """Return the path of an installed program.

    Raises:
        FileNotFoundError: it is not installed.

    """
    if path := shutil.which(name):
        return path
    raise FileNotFoundError(f"{name} is not installed")


# --- certificates ----------------------------------------------------------------------------


@cache
def _made_here() -> dict[str, bytes]:
    return truth.roots(unusual_roots.PEM) | truth.roots(unlisted.PEM)


def odd_roots() -> list[str]:
    """Return the fingerprints of the roots with odd names, in the order of `unusual_roots.py`."""
    return list(truth.roots(unusual_roots.PEM))


def unlisted_roots() -> list[str]:
    """Return the fingerprints of plain roots that no catalogue has: those of `unlisted.py`."""
    return list(truth.roots(unlisted.PEM))


def der(fingerprint: str) -> bytes:
    """Return the root with this SHA-1 fingerprint, from the catalogue or the ones made here."""
    return _made_here().get(fingerprint) or truth.roots()[fingerprint]


def certificate(fingerprint: str) -> x509.Certificate:
    """Return the same, parsed."""
    if fingerprint in _made_here():
        return x509.load_der_x509_certificate(der(fingerprint))
    return truth.certificate(fingerprint)


def subject_name(fingerprint: str) -> x509.Name:
    """Return the parsed subject of the root with this SHA-1 fingerprint."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of names that are too long or empty
        return certificate(fingerprint).subject


def subject(fingerprint: str) -> str:
    """Return the canonical subject of the root with this SHA-1 fingerprint."""
    if fingerprint in _made_here():
        return truth.canonical(subject_name(fingerprint))
    return truth.subject(fingerprint)


@cache
def _sample_fingerprints() -> tuple[str, ...]:
    with SAMPLE_ROOTS.open(encoding="utf-8", newline="") as file:
        return tuple(row["fingerprint"] for row in csv.DictReader(file))


def take(count: int, skip: int = 0, encoding: str = "ascii") -> list[str]:
    """Choose roots of the samples whose subjects can be written in an encoding.

    `skip` makes documents differ; the choice begins again at the end of the list.
    """
    fit = [f for f in _sample_fingerprints() if _fits(subject(f), encoding)]
    return [fit[(skip + n) % len(fit)] for n in range(count)]


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def mixed(count: int, skip: int = 0) -> list[str]:
    """Choose so many roots of the samples, and by turns with them roots that no catalogue has."""
    known, unknown = take(count, skip), unlisted_roots()
    pairs = ((each, unknown[(skip + n) % len(unknown)]) for n, each in enumerate(known))
    return [each for pair in pairs for each in pair]


# --- rows ------------------------------------------------------------------------------------


def rows(
    fingerprints: Iterable[str],
    release: str | None = "12.7(1)",
    digits: Callable[[str], str] = str,
    name: Callable[[str], str] = subject,
    prints_sha256: bool = False,
) -> list[Row]:
    """Make rows of roots; `digits` spells a fingerprint, `name` the subject of a fingerprint."""
    return [
        Row(f, digits(f), name(f), release=release, prints_sha256=prints_sha256)
        for f in fingerprints
    ]


def chunks(items: list[Row], *sizes: int) -> Iterator[list[Row]]:
    """Cut rows into pages of the given sizes; the last takes what is left. Sets their pages."""
    start = 0
    for page, size in enumerate([*sizes, len(items)], 1):
        chunk = items[start : start + size]
        if not chunk:
            return
        for row in chunk:
            row.page = page
        yield chunk
        start += size
