"""PDF -> lines -> rows: what a document says, and what in it can't be read."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from pipeline.errors import DocumentError
from pipeline.extract.document import Document, Extraction
from pipeline.extract.lines import Page
from pipeline.extract.readers import READERS
from pipeline.extract.rows import Grammar
from pipeline.extract.witnesses import compare

ReaderName = Literal["both", "pdfplumber", "pdfium"]


def extract(path: Path, reader: ReaderName = "both") -> Extraction:
    """Read the rows of the document at ``path``.

    Raises:
        DocumentError: the file is missing, can't be read, or holds no row.
    """
    digest = _sha256(path)
    names = list(READERS) if reader == "both" else [reader]
    first, *others = [_read(READERS[name](path)) for name in names]
    rows, problems = first.finish()
    for other in others:
        rows, problems = compare(rows, problems, *other.finish())
    if not rows and not problems:
        raise DocumentError(_no_rows(path, first))
    return Extraction(Document(path.name, digest, first.pages, first.title), rows, problems)


def _no_rows(path: Path, grammar: Grammar) -> str:
    if not grammar.title:
        return f"{path}: no text layer; run OCR first, for instance ocrmypdf."
    return (
        f"{path}: no row found on {grammar.pages} pages: no SHA-1 fingerprint. "
        "Is this a trust list?"
    )


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


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise DocumentError(f"{path}: there is no such file.") from None
    except IsADirectoryError:
        raise DocumentError(f"{path}: this is a directory; name a PDF file.") from None
    except OSError as error:
        raise DocumentError(f"{path}: can't be read: {error.strerror}.") from error
