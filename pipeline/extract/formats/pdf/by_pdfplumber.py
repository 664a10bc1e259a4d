"""Reads PDFs with pdfplumber (pdfminer)."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pdfplumber
from pdfminer.pdfpage import PDFPage
from pdfminer.psexceptions import PSException
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from pipeline.extract.formats.pdf.lines import page_of, right_edge
from pipeline.extract.formats.pdf.pdfminer_content import Interpreter
from pipeline.extract.formats.pdf.pdfminer_files import (
    PAGES_KEPT,
    forget,
    opened,
    pdfminer_errors,
)
from pipeline.extract.formats.pdf.pdfminer_fonts import font_maker
from pipeline.extract.formats.pdf.pdfminer_tags import tags_reader
from pipeline.extract.formats.pdf.pdfminer_text import Canvas
from pipeline.extract.page import Page


def pages(path: Path, part: slice) -> Iterator[Page]:
    """Read a part of the pages of ``path``.

    Raises:
        DocumentError: the file is no PDF, is damaged, or needs a password.
    """
    with opened(path) as file:
        with pdfminer_errors(path), _causes():
            pdf = pdfplumber.open(file)
            pdf.rsrcmgr.get_font = font_maker(pdf.rsrcmgr)  # type: ignore[assignment,method-assign]
        read_tags = tags_reader(pdf.doc)
        found = enumerate(PDFPage.create_pages(pdf.doc), 1)
        chosen = islice(found, part.start, part.stop, part.step)
        while True:
            with pdfminer_errors(path), _causes():
                number, each = next(chosen, (0, None))
            if each is None:
                return
            with pdfminer_errors(path, number), _causes():
                # pdf.pages would keep them all
                tags = read_tags(each)
                canvas = Canvas(pdf.rsrcmgr, number, tags.cell_of if tags else {})
                Interpreter(pdf.rsrcmgr, canvas).process_page(each)
                glyphs = canvas.glyphs()
            page = page_of(number, glyphs, canvas.sides, tags)
            page.right = right_edge(canvas.box, page.turned)
            yield page
            if number % PAGES_KEPT == 0:
                forget(pdf.doc)


@contextmanager
def _causes() -> Iterator[None]:
    """Raise what pdfminer raised, rather than what pdfplumber wraps it in."""
    try:
        yield
    except PdfminerException as error:
        if error.args and isinstance(error.args[0], Exception):
            raise error.args[0] from error
        raise PSException from error
    except MalformedPDFException as error:
        raise PSException from error
