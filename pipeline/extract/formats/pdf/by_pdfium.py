"""Reads PDFs with pdfium, in a twentieth of pdfplumber's time."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pypdfium2 as pdfium
from pypdfium2 import raw

from pipeline.errors import DocumentError
from pipeline.extract.formats.pdf.lines import page_of
from pipeline.extract.formats.pdf.pdf_errors import damaged, locked
from pipeline.extract.formats.pdf.pdfium_paths import objects_on, sides_of_objects
from pipeline.extract.formats.pdf.pdfium_tags import TagReader
from pipeline.extract.formats.pdf.pdfium_text import glyphs_of
from pipeline.extract.page import Page


def pages(path: Path, part: slice) -> Iterator[Page]:
    """Read a part of the pages of ``path``.

    Raises:
        DocumentError: the file is no PDF, is damaged, or needs a password.
    """
    with pdfium_errors(path):
        pdf = pdfium.PdfDocument(path)
    tag_reader = TagReader()
    with closing(pdf):
        for number in range(len(pdf))[part]:
            with pdfium_errors(path, number + 1):
                page = pdf[number]
                textpage = page.get_textpage()
            with closing(page), closing(textpage):
                objects = objects_on(page)
                tags, cells = tag_reader.tags(page, objects)
                glyphs = glyphs_of(textpage.raw, cells)
                yield page_of(number + 1, glyphs, sides_of_objects(objects), tags)


@contextmanager
def pdfium_errors(path: Path, page: int | None = None) -> Iterator[None]:
    """Turn what pdfium raises on ``page`` of ``path`` into a `DocumentError`."""
    try:
        yield
    except pdfium.PdfiumError as error:
        needs_password = error.err_code == raw.FPDF_ERR_PASSWORD
        reason = locked(path) if needs_password else damaged(path, page)
        raise DocumentError(reason) from error
