"""Opening PDFs with pdfminer, and what goes wrong with them in plain words."""

import logging
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import Final

from pdfminer.pdfdocument import PDFDocument, PDFPasswordIncorrect
from pdfminer.psexceptions import PSException

from pipeline.errors import DocumentError
from pipeline.extract.formats.pdf.annotations import displayed
from pipeline.extract.formats.pdf.pdf_errors import damaged, locked


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader | BytesIO]:
    """Open a PDF as it is displayed for pdfminer, which counts from the first byte, not ``%PDF``.

    Other readers let up to 1,024 bytes stand before it (ISO 32000-1, annex H.3.4.1).
    """
    drawn = displayed(path).drawn
    with BytesIO(drawn) if drawn else path.open("rb") as file:
        start = file.read(1024).find(b"%PDF-")
        file.seek(0)
        if start <= 0:
            yield file
        else:
            yield BytesIO(file.read()[start:])


PDFMINER_FAILURES: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What pdfminer raises, besides its own exceptions, when a file isn't what it takes it for."""


@contextmanager
def pdfminer_errors(path: Path, page: int | None = None) -> Iterator[None]:
    """Turn what pdfminer raises on ``page`` of ``path`` into a `DocumentError`."""
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    logging.getLogger("pdfplumber").setLevel(logging.CRITICAL)
    try:
        yield
    except PDFPasswordIncorrect as error:
        raise DocumentError(locked(path)) from error
    except (PSException, *PDFMINER_FAILURES) as error:
        raise DocumentError(damaged(path, page)) from error


PAGES_KEPT: Final = 64


def forget(document: PDFDocument) -> None:
    """Let go of objects that pdfminer keeps: it would keep the contents of all pages, unpacked.

    What is needed again is read again; do this once in so many pages.
    """
    document._cached_objs.clear()
