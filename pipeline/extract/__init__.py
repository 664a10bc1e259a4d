"""PDF -> lines -> rows: what a document says, and what in it can't be read."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from pipeline import bundle, certificate
from pipeline.errors import DocumentError
from pipeline.extract import texts
from pipeline.extract.document import Document, Extraction, Problem, Row
from pipeline.extract.lines import Page
from pipeline.extract.readers import READERS
from pipeline.extract.rows import Grammar
from pipeline.extract.witnesses import compare

ReaderName = Literal["both", "pdfplumber", "pdfium"]


def extract(path: Path, reader: ReaderName = "both") -> Extraction:
    """Read the rows of the document at ``path``: a PDF, text, CSV, or a bundle of certificates.

    Raises:
        DocumentError: the file is missing, can't be read, or holds no row.
    """
    digest = sha256(path)
    with path.open("rb") as file:
        is_pdf = b"%PDF-" in file.read(1024)
    if is_pdf:
        read = _read_pdf(path, reader)
    elif path.suffix.lower() == ".pdf":
        raise DocumentError(f"{path}: this is not a PDF. Download it again, or rename it.")
    else:
        read = _read_other(path)
    if not read.rows and not read.problems:
        raise DocumentError(_no_rows(path, read))
    document = Document(path.name, digest, read.pages, read.title)
    return Extraction(document, read.rows, read.problems)


class _Read(NamedTuple):
    rows: list[Row]
    problems: list[Problem]
    pages: int
    title: str


def _read_pdf(path: Path, reader: ReaderName) -> _Read:
    names = list(READERS) if reader == "both" else [reader]
    first, *others = [_read(READERS[name](path)) for name in names]
    rows, problems = first.finish()
    for other in others:
        rows, problems = compare(rows, problems, *other.finish())
    return _Read(rows, problems, first.pages, first.title)


def _read_other(path: Path) -> _Read:
    data = path.read_bytes()
    if not data:
        raise DocumentError(f"{path}: this file is empty. Download it again.")
    if certificates := bundle.certificates_in(data):
        return _Read(_bundled(certificates), [], 1, path.name)
    text = texts.decode(data)
    if delimiter := texts.delimiter_of(text):
        rows, problems = texts.rows_of(text, delimiter)
        return _Read(rows, problems, 1, path.name)
    grammar = _read(texts.pages_of(text))
    return _Read(*grammar.finish(), grammar.pages, grammar.title)


def _bundled(certificates: Iterable[bytes]) -> list[Row]:
    """A bundle's entries are the certificates themselves."""
    return [
        Row(1, "", each.fingerprint, each.fingerprint_sha256, str(each.subject))
        for each in map(certificate.read, certificates)
    ]


def _no_rows(path: Path, read: _Read) -> str:
    if not read.title:
        return f"{path}: no text layer; run OCR first, for instance ocrmypdf."
    pages = "1 page" if read.pages == 1 else f"{read.pages} pages"
    return f"{path}: no row found on {pages}: no SHA-1 fingerprint. Is this a trust list?"


def _read(pages: Iterable[Page]) -> Grammar:
    grammar = Grammar()
    for page, following in _with_next(pages):
        grammar.read(page, following)
    return grammar


def _with_next(pages: Iterable[Page]) -> Iterator[tuple[Page, Page | None]]:
    previous: Page | None = None
    for page in pages:
        if previous is not None:
            yield previous, page
        previous = page
    if previous is not None:
        yield previous, None


def sha256(path: Path) -> str:
    """The SHA-256 of a file, as hex digits; it names the document.

    Raises:
        DocumentError: the file is missing or can't be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise DocumentError(f"{path}: there is no such file.") from None
    except IsADirectoryError:
        raise DocumentError(f"{path}: this is a directory; name a PDF file.") from None
    except OSError as error:
        raise DocumentError(f"{path}: can't be read: {error.strerror}.") from error
