"""PDF -> lines -> rows: what a document says, and what in it can't be read."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Literal, NamedTuple

from pipeline import bundle, certificate
from pipeline.errors import DocumentError
from pipeline.extract import guard, texts
from pipeline.extract.document import Document, Extraction, Problem, Row
from pipeline.extract.guard import LIMITS, Limits
from pipeline.extract.lines import Page
from pipeline.extract.rows import Grammar
from pipeline.extract.witnesses import compare

ReaderName = Literal["both", "pdfplumber", "pdfium"]


def extract(
    path: Path,
    reader: ReaderName = "both",
    *,
    limits: Limits | None = LIMITS,
    workers: int = 1,
) -> Extraction:
    """Read the rows of the document at ``path``: a PDF, text, CSV, or a bundle of certificates.

    It is read in a process of its own, within ``limits``; with None, in this one and without any.
    With more than one of ``workers`` (within limits only), so many processes share the pages of a
    PDF, and another reads it with pdfium at the same time.

    Raises:
        DocumentError: the file is missing, can't be read, holds no row, or exceeds a limit.
    """
    if limits:
        guard.check_size(path, limits)
    digest = sha256(path)
    if is_pdf(path):
        from pipeline.extract import readers  # noqa: F401 - once, here, and not in each process

        work = partial(_read_pdf, path, reader, limits, workers)
    elif path.suffix.lower() == ".pdf":
        raise DocumentError(f"{path}: this is not a PDF. Download it again, or rename it.")
    else:
        work = partial(_read_other, path)
    read = guard.result(work, path, limits) if limits else work()
    if not read.rows and not read.problems:
        raise DocumentError(_no_rows(path, read))
    document = Document(path.name, digest, read.pages, read.title)
    return Extraction(document, read.rows, read.problems)


def is_pdf(path: Path) -> bool:
    """Whether a file is a PDF: up to 1,024 bytes may precede its mark (ISO 32000-1, H.3.4.1)."""
    with path.open("rb") as file:
        return b"%PDF-" in file.read(1024)


class _Read(NamedTuple):
    """What one reader says, or all together."""

    rows: list[Row]
    problems: list[Problem]
    pages: int
    title: str


def _read_pdf(path: Path, reader: ReaderName, limits: Limits | None, workers: int) -> _Read:
    names = ("pdfplumber", "pdfium") if reader == "both" else (reader,)
    if limits and workers > 1:
        (first, *others), damages = _read_at_once(path, names, limits, workers)
    else:
        most_pages = limits.pages if limits else 1 << 31
        (first, *others), damages = _read_in_turn(path, names, most_pages)
    rows, problems = first.rows, first.problems
    for other in others:
        rows, problems = compare(rows, problems, other.rows, other.problems)
        if other.pages != first.pages:
            text = f"one reader finds {first.pages} pages, the other {other.pages}"
            hint = "The PDF is damaged: pages may be missing. Download it again."
            problems.append(Problem("readers-disagree", 1, text, hint))
    problems = sorted([*damages, *problems], key=lambda problem: problem.page)
    return _Read(rows, problems, first.pages, first.title)


def _read_in_turn(
    path: Path, names: Sequence[str], most_pages: int
) -> tuple[list[_Read], list[Problem]]:
    from pipeline.extract.damage import damage
    from pipeline.extract.readers import READERS

    damages = damage(path, most_pages)
    return [_read(READERS[name](path)) for name in names], damages


def _read_at_once(
    path: Path, names: Sequence[str], limits: Limits, workers: int
) -> tuple[list[_Read], list[Problem]]:
    """Let ``workers`` share the pages for the first reader while another process does the rest."""
    from pipeline.extract.readers import READERS

    read = READERS[names[0]]
    rest = guard.Once(partial(_read_in_turn, path, names[1:], limits.pages))
    with ExitStack() as stack:
        outcome = stack.enter_context(guard.apart(rest, path, limits))
        shares = [
            stack.enter_context(guard.apart(partial(read, path, part), path, limits))
            for part in (slice(first, None, workers) for first in range(workers))
        ]
        first = _read(_in_turns(shares))
        others, damages = next(outcome)
    return [first, *others], damages


def _in_turns(shares: Sequence[Iterator[Page]]) -> Iterator[Page]:
    """The first page of each share, then the second of each, and so on."""
    for share in cycle(shares):
        page = next(share, None)
        if page is None:
            return
        yield page


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
    return _read(texts.pages_of(text))


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


def _read(pages: Iterable[Page]) -> _Read:
    grammar = Grammar()
    for page, following in _with_next(pages):
        grammar.read(page, following)
    return _Read(*grammar.finish(), grammar.pages, grammar.title)


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
