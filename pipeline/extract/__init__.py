"""A document in, its rows and problems out, each reader in a process of its own.

How pages of words become rows is told in `read_pages`; what reads which format, in `formats`.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pipeline.errors import DocumentError, UsageError
from pipeline.extract import guard, ocr
from pipeline.extract.choose import Known, catalogued
from pipeline.extract.document import PAGE_WITHOUT_TEXT, Document, Extraction, Problem, Row
from pipeline.extract.formats.pdf.readers import ALL, LOOKS, Name, reader_of
from pipeline.extract.guard import LIMITS, Limits
from pipeline.extract.page import Page
from pipeline.extract.read_pages import steps
from pipeline.extract.reading import Reading, alone, gathered, in_step
from pipeline.extract.witness import steps_of_both
from pipeline.inputs import MIB


class NoRowsError(DocumentError):
    """The document was read, and there is nothing in it that is a row or could be one."""

    def __init__(self, message: str, document: Document):
        super().__init__(message)
        self.document = document


ReaderName = Literal["both", "pdfplumber", "pdfium", "ocr"]

Scans = Mapping[int, Page]
"""Pages that OCR read off pictures, by their numbers."""

KnownOf = Callable[[], Known]
"""Gives what is known, in the process that reads."""


def extract(
    path: Path,
    reader: ReaderName = "both",
    *,
    limits: Limits | None = LIMITS,
    workers: int = 1,
    known: Known | None = None,
    meanwhile: Callable[[], object] = lambda: None,
) -> Extraction:
    """Read the rows of the document at ``path``: a PDF, text, CSV, or a bundle of certificates.

    It is read in processes of their own, within ``limits``; with None, in this one and without any.
    So many ``workers`` (within limits only) share the pages of a PDF, and another process reads it
    with pdfium at the same time.

    The certificates that are ``known`` (None: those of the catalogue) tell how the document is laid
    out; what it prints is given as it prints it. ``meanwhile`` is called while other processes
    read a PDF.

    Raises:
        DocumentError: the file is missing, can't be read, holds no row (then it is a
            `NoRowsError`), or exceeds a limit.
    """
    if limits:
        guard.check_size(path, limits)
    digest = sha256(path)
    known_of = catalogued if known is None else partial(dict, known)
    remarks: list[str] = []
    if is_pdf(path):
        read, remarks = _read_pdf(path, reader, limits, workers, known_of, meanwhile)
    elif path.suffix.lower() == ".pdf":
        raise DocumentError(f"{path}: this is not a PDF. Download it again, or rename it.")
    else:
        work = partial(_read_other, path, known_of)
        read = guard.result(work, path, limits) if limits else work()
        remarks = [*read.remarks]
    if sha256(path) != digest:
        raise DocumentError(f"{path}: it changed while it was read; try again when it is whole.")
    document = Document(path.name, digest, read.pages, read.title)
    if not read.rows and not read.problems:
        raise NoRowsError(_no_rows(path, read), document)
    return Extraction(document, read.rows, read.problems, read.digests, remarks)


def is_pdf(path: Path) -> bool:
    """Whether a file is a PDF: up to 1,024 bytes may precede its mark (ISO 32000-1, H.3.4.1)."""
    with path.open("rb") as file:
        return b"%PDF-" in file.read(1024)


def _read_pdf(
    path: Path,
    reader: ReaderName,
    limits: Limits | None,
    workers: int,
    known_of: KnownOf,
    meanwhile: Callable[[], object],
) -> tuple[Reading, list[str]]:
    """What is read of a PDF, and how: pages that are only pictures by OCR, if it is installed."""
    names: tuple[Name, ...] = ("pdfplumber", "pdfium") if reader == "both" else (reader,)
    if reader == "ocr" and not ocr.is_installed():
        raise UsageError(f"--reader ocr: {ocr.NOT_INSTALLED}")
    limits = ocr.with_engine(limits) if reader == "ocr" else limits
    read, seen = _read_by(path, names, limits, workers, known_of, {}, meanwhile)
    if reader == "ocr":
        problems = [each for each in seen.problems if each.kind != "unread-ink"]  # it is read
        return _with(read, problems), ocr.remarks(range(1, read.pages + 1), [])
    scans, remarks = _scanned(path, seen.problems, limits, workers)
    if scans:
        read, seen = _read_by(path, names, limits, workers, known_of, scans, lambda: None)
    left = [_with_advice(each, scans) if _is_picture(each) else each for each in seen.problems]
    left += [problem for page in scans.values() for problem in page.problems]
    return _with(read, left), [*ocr.remarks([], seen.layered), *remarks]


def _with(read: Reading, problems: Iterable[Problem]) -> Reading:
    """What is read, with more problems."""
    found = sorted([*problems, *read.problems], key=lambda problem: problem.page)
    return read._replace(problems=found)


def _is_picture(problem: Problem) -> bool:
    return problem.kind == "unread-ink" and problem.text == PAGE_WITHOUT_TEXT


def _with_advice(problem: Problem, scans: Scans) -> Problem:
    """The problem of a picture of text, which stays: who didn't ask for OCR is to look at it."""
    if problem.page in scans:
        return replace(problem, hint=ocr.IS_READ)
    return problem if ocr.is_installed() else replace(problem, hint=ocr.NOT_INSTALLED)


def _scanned(
    path: Path, problems: Iterable[Problem], limits: Limits | None, workers: int
) -> tuple[dict[int, Page], list[str]]:
    """Read pages that are only pictures by OCR, if it is installed; and why they can't be."""
    pictures = [problem.page for problem in problems if _is_picture(problem)]
    if not pictures or not ocr.is_installed():
        return {}, []
    limits = ocr.with_engine(limits)
    shares = [pictures[first::workers] for first in range(min(workers, len(pictures)))]
    try:
        with ExitStack() as stack:
            work = [partial(_read_by_eye, path, share) for share in shares]
            read = (
                [each() for each in work]
                if limits is None
                else [
                    stack.enter_context(guard.apart(each, path, limits, _import_eye))
                    for each in work
                ]
            )
            return {page.number: page for share in read for page in share if page.lines}, []
    except DocumentError as error:
        return {}, [str(error).removeprefix(f"{path}: ")]


def _import_eye() -> None:
    reader_of("ocr")


def _read_by_eye(path: Path, numbers: Sequence[int]) -> Iterator[Page]:
    from pipeline.extract.formats.pdf import by_ocr

    return by_ocr.chosen_pages(path, numbers)


def _read_by(
    path: Path,
    names: Sequence[Name],
    limits: Limits | None,
    workers: int,
    known_of: KnownOf,
    scans: Scans,
    meanwhile: Callable[[], object],
) -> "tuple[Reading, _Seen]":
    """What readers read of a PDF, with scans in the place of pages, and what is seen on it."""
    with ExitStack() as stack:
        if limits is None:
            items = _read_in_turn(path, names, known_of, scans)
        else:
            work = partial(_read_at_once, path, names, limits, workers, known_of, scans)
            items = stack.enter_context(guard.apart(work, path, limits))
        meanwhile()
        seen = _Seen([], [])
        return gathered(_without_seen(items, seen)), seen


class _Seen(NamedTuple):
    """What is damaged, and what a person sees that the text doesn't say, or the reverse.

    ``layered`` are the pages whose text is what OCR laid over a picture.
    """

    problems: list[Problem]
    layered: list[int]

    def add(self, other: "_Seen") -> None:
        """Take what else was seen."""
        self.problems.extend(other.problems)
        self.layered.extend(other.layered)


def _without_seen(items: Iterable[Any], seen: _Seen) -> Iterator[Any]:
    """Put aside what is seen; what is read remains."""
    for item in items:
        if isinstance(item, _Seen):
            seen.add(item)
        else:
            yield item


def _looked_at(pages: Iterable[Page], seen: _Seen, scans: Scans) -> Iterator[Page]:
    """Put aside what is seen on pages; where one was scanned, give that."""
    for page in pages:
        seen.add(_Seen(page.problems, [page.number] if page.is_layered else []))
        yield scans.get(page.number, page)


def _read_in_turn(
    path: Path, names: Sequence[Name], known_of: KnownOf, scans: Scans
) -> Iterator[Any]:
    """What is damaged, then what is read, page by page, then what is seen."""
    checks = _checks(path, None, LOOKS in names)
    next(checks)
    yield next(checks)
    seen = _Seen([], [])
    known = known_of()
    readings = [_looked_at(reader_of(name)(path, ALL), seen, scans) for name in names]
    yield from _read_pages(readings, known)
    yield seen
    yield from checks


def _read_at_once(
    path: Path,
    names: Sequence[Name],
    limits: Limits,
    workers: int,
    known_of: KnownOf,
    scans: Scans,
) -> Iterator[Any]:
    """The same, with what is damaged at the end: nobody waits for it to begin.

    ``workers`` share the pages of the first reader; another process has those of the second, and
    one more checks the file.
    """
    with ExitStack() as stack:

        def apart(
            work: Callable[[], Iterable[Any]], prepare: Callable[[], object]
        ) -> Iterator[Any]:
            return stack.enter_context(guard.apart(work, path, limits, prepare))

        shares = [
            apart(
                partial(_pages, names[0], path, slice(first, None, workers)),
                partial(reader_of, names[0]),
            )
            for first in range(workers)
        ]
        others = [
            apart(partial(_pages, name, path, ALL), partial(reader_of, name)) for name in names[1:]
        ]
        checks = apart(partial(_checks, path, limits.pages, LOOKS in names), _import_checks)
        known = known_of()
        seen = _Seen([], [])
        next(checks)
        readings = [_looked_at(each, seen, scans) for each in (_in_turns(shares), *others)]
        try:
            yield from _read_pages(readings, known)
        except DocumentError:
            next(checks)  # what is wrong with the whole file says more
            raise
        yield next(checks)
        yield seen
        yield from checks


def _read_pages(readings: Sequence[Iterator[Page]], known: Known) -> Iterator[Any]:
    """What one reader's pages say, or two readers'."""
    match readings:
        case [pages, others]:
            return in_step(steps_of_both(pages, others, known))
        case _:
            return alone(steps(readings[0], known))


def _pages(name: Name, path: Path, part: slice) -> Iterator[Page]:
    return reader_of(name)(path, part)


def _import_checks() -> None:
    from pipeline.extract.formats.pdf import whole  # noqa: F401


def _checks(path: Path, most_pages: int | None, is_looked_at: bool) -> Iterator[_Seen]:
    """First nothing, if the file can be read at all; what is damaged; then what is seen on pages.

    The last is left out if a reader looks at them.
    """
    from pipeline.extract.formats.pdf import whole

    whole.check_opens(path, most_pages)
    yield _Seen([], [])
    yield _Seen(whole.problems(path), [])
    if not is_looked_at:
        from pipeline.extract.formats.pdf.by_pdfium import looks

        seen = _Seen([], [])
        for look in looks(path):
            seen.add(_Seen(*look))
        yield seen


def _in_turns(shares: Sequence[Iterator[Page]]) -> Iterator[Page]:
    """The first page of each share, then the second of each, and so on."""
    for share in cycle(shares):
        page = next(share, None)
        if page is None:
            return
        yield page


def _read_other(path: Path, known_of: KnownOf) -> Reading:
    from pipeline.extract import formats
    from pipeline.extract.formats import inner_digests

    data = path.read_bytes()
    if not data:
        raise DocumentError(f"{path}: this file is empty. Download it again.")
    try:
        content = formats.content_of(data)
    except formats.FormatError as error:
        raise DocumentError(f"{path}: {error}") from None
    told = [Problem(each.kind, 1, each.text, each.hint) for each in content.reported]
    if isinstance(content, formats.Certificates):
        if content.own and not (content.ders or content.damaged):
            raise DocumentError(
                f"{path}: this store holds keys of its owner, and no trusted certificate."
            )
        read = _bundled(path.name, content.ders, content.damaged)
        signed = [f"signed by {each}; the signature holds." for each in content.signers]
        return read._replace(problems=[*read.problems, *told], remarks=signed)
    read = gathered(alone(steps(content.pages, known_of())))
    problems = [*read.problems, *told]
    digests = {each for row in read.rows for each in (row.fingerprint, row.fingerprint_sha256)}
    lost = inner_digests.unread(content.text, digests, [each.text for each in problems])
    problems += [Problem("unaccounted-text", 1, each, inner_digests.HINT) for each in lost]
    return read._replace(problems=problems)


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
    return Reading(
        rows, [Problem("unaccounted-text", 1, text, hint) for text in damaged], 1, name, {}
    )


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
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                return hashlib.file_digest(file, "sha256").hexdigest()
            digest, left = hashlib.sha256(), status.st_size
            while part := file.read(min(left, MIB)):  # a file that grows has no end
                digest.update(part)
                left -= len(part)
            return digest.hexdigest()
    except FileNotFoundError:
        raise DocumentError(f"{path}: there is no such file.") from None
    except IsADirectoryError:
        raise DocumentError(f"{path}: this is a directory; name a PDF file.") from None
    except OSError as error:
        raise DocumentError(f"{path}: can't be read: {error.strerror}.") from error
