"""PDF -> lines -> rows: what a document says, and what in it can't be read."""

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pipeline.errors import DocumentError
from pipeline.extract import guard
from pipeline.extract.choose import Known, catalogued
from pipeline.extract.document import Document, Extraction, Problem, Row
from pipeline.extract.engine import steps
from pipeline.extract.formats.pdf.readers import ALL, Name, Reader, looks, reader_of
from pipeline.extract.guard import LIMITS, Limits
from pipeline.extract.page import Page
from pipeline.extract.reading import Reading, alone, gathered, in_step

ReaderName = Literal["both", "pdfplumber", "pdfium"]


def extract(
    path: Path,
    reader: ReaderName = "both",
    *,
    limits: Limits | None = LIMITS,
    workers: int = 1,
    known: Known | None = None,
) -> Extraction:
    """Read the rows of the document at ``path``: a PDF, text, CSV, or a bundle of certificates.

    It is read in a process of its own, within ``limits``; with None, in this one and without any.
    With more than one of ``workers`` (within limits only), so many processes share the pages of a
    PDF, and another reads it with pdfium at the same time.

    The certificates that are ``known`` (None: those of the catalogue) tell how the document is laid
    out; what it prints is given as it prints it.

    Raises:
        DocumentError: the file is missing, can't be read, holds no row, or exceeds a limit.
    """
    if limits:
        guard.check_size(path, limits)
    digest = sha256(path)
    known = catalogued() if known is None else known
    if is_pdf(path):
        read = _read_pdf(path, reader, limits, workers, known)
    elif path.suffix.lower() == ".pdf":
        raise DocumentError(f"{path}: this is not a PDF. Download it again, or rename it.")
    else:
        work = partial(_read_other, path, known)
        read = guard.result(work, path, limits) if limits else work()
    if not read.rows and not read.problems:
        raise DocumentError(_no_rows(path, read))
    document = Document(path.name, digest, read.pages, read.title)
    return Extraction(document, read.rows, read.problems)


def is_pdf(path: Path) -> bool:
    """Whether a file is a PDF: up to 1,024 bytes may precede its mark (ISO 32000-1, H.3.4.1)."""
    with path.open("rb") as file:
        return b"%PDF-" in file.read(1024)


def _read_pdf(
    path: Path, reader: ReaderName, limits: Limits | None, workers: int, known: Known
) -> Reading:
    from pipeline.extract.formats.pdf import whole  # noqa: F401 - once, and not in each process

    names: tuple[Name, ...] = ("pdfplumber", "pdfium") if reader == "both" else (reader,)
    readers = [reader_of(name) for name in names]
    with ExitStack() as stack:
        if limits is None:
            items = _read_in_turn(path, readers, 1 << 31, known)
        elif workers > 1:
            items = _read_at_once(path, readers, limits, workers, stack, known)
        else:
            work = partial(_read_in_turn, path, readers, limits.pages, known)
            items = stack.enter_context(guard.apart(work, path, limits))
        seen: list[Problem] = []
        read = gathered(_without_seen(items, seen))
    problems = sorted([*seen, *read.problems], key=lambda problem: problem.page)
    return read._replace(problems=problems)


class _Seen(NamedTuple):
    """What is damaged, and what a person sees that the text doesn't say, or the reverse."""

    problems: list[Problem]


def _without_seen(items: Iterable[Any], seen: list[Problem]) -> Iterator[Any]:
    """Put aside what is seen; what is read remains."""
    for item in items:
        if isinstance(item, _Seen):
            seen.extend(item.problems)
        else:
            yield item


def _looked_at(pages: Iterable[Page], seen: list[Problem]) -> Iterator[Page]:
    """Put aside what is seen on pages."""
    for page in pages:
        seen.extend(page.problems)
        yield page


def _read_in_turn(
    path: Path, readers: Sequence[Reader], most_pages: int, known: Known
) -> Iterator[Any]:
    """What is damaged, then what is read, page by page, then what is seen."""
    seen = _whole(path, most_pages)
    readings = [steps(_looked_at(reader(path, ALL), seen), known) for reader in readers]
    yield from in_step(*readings) if len(readings) > 1 else alone(*readings)
    if not any(map(looks, readers)):
        seen += _look(path)
    yield _Seen(seen)


def _read_at_once(
    path: Path,
    readers: Sequence[Reader],
    limits: Limits,
    workers: int,
    stack: ExitStack,
    known: Known,
) -> Iterator[Any]:
    """The same. ``workers`` share the pages of the first reader; another does the rest."""
    rest = partial(_read_the_rest, path, readers[1:], limits.pages, known, looks(readers[0]))
    others = stack.enter_context(guard.apart(rest, path, limits))
    shares = [
        stack.enter_context(guard.apart(partial(readers[0], path, part), path, limits))
        for part in (slice(first, None, workers) for first in range(workers))
    ]
    seen: list[Problem] = []
    first = steps(_looked_at(_in_turns(shares), seen), known)
    rest_of_it = _without_seen(others, seen)
    if len(readers) > 1:
        yield from in_step(first, rest_of_it)
    else:
        yield from alone(first)
        deque(rest_of_it, maxlen=0)
    yield _Seen(seen)


def _read_the_rest(
    path: Path, readers: Sequence[Reader], most_pages: int, known: Known, is_looked_at: bool
) -> Iterator[Any]:
    seen = _whole(path, most_pages)
    for reader in readers:
        yield from steps(_looked_at(reader(path, ALL), seen), known)
    if not is_looked_at and not any(map(looks, readers)):
        seen += _look(path)
    yield _Seen(seen)


def _whole(path: Path, most_pages: int) -> list[Problem]:
    from pipeline.extract.formats.pdf import whole

    return whole.problems(path, most_pages)


def _look(path: Path) -> list[Problem]:
    """Look at pages that a reader without eyes has read."""
    from pipeline.extract.formats.pdf.by_pdfium import problems

    return problems(path)


def _in_turns(shares: Sequence[Iterator[Page]]) -> Iterator[Page]:
    """The first page of each share, then the second of each, and so on."""
    for share in cycle(shares):
        page = next(share, None)
        if page is None:
            return
        yield page


def _read_other(path: Path, known: Known) -> Reading:
    from pipeline.extract import formats

    data = path.read_bytes()
    if not data:
        raise DocumentError(f"{path}: this file is empty. Download it again.")
    try:
        content = formats.content_of(data)
    except formats.FormatError as error:
        raise DocumentError(f"{path}: {error}") from None
    if isinstance(content, formats.Certificates):
        return _bundled(path.name, content.ders, content.damaged)
    return gathered(alone(steps(content.pages, known)))


def _bundled(name: str, certificates: Iterable[bytes], damaged_blocks: Sequence[str]) -> Reading:
    """A bundle's entries are the certificates themselves."""
    from pipeline.x509 import certificate

    rows: list[Row] = []
    damaged = list(damaged_blocks)
    for number, der in enumerate(certificates, 1):
        try:
            each = certificate.read(der)
        except certificate.UnreadableCertificateError:
            damaged.append(f"certificate {number}")
        else:
            rows.append(Row(1, "", each.fingerprint, each.fingerprint_sha256, str(each.subject)))
    hint = "This certificate is damaged and can't be read. Download the file again."
    return Reading(rows, [Problem("unaccounted-text", 1, text, hint) for text in damaged], 1, name)


def _no_rows(path: Path, read: Reading) -> str:
    if not read.title:
        return f"{path}: no text layer; run OCR first, for instance ocrmypdf."
    pages = "1 page" if read.pages == 1 else f"{read.pages} pages"
    return f"{path}: no row found on {pages}: no SHA-1 fingerprint. Is this a trust list?"


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
