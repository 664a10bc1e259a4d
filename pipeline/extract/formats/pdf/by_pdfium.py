"""Reads PDFs with pdfium, in a twentieth of pdfplumber's time."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import raw

from pipeline.errors import DocumentError
from pipeline.extract.document import Problem
from pipeline.extract.formats.pdf.annotations import displayed
from pipeline.extract.formats.pdf.lines import page_of, right_edge
from pipeline.extract.formats.pdf.page_objects import objects_of
from pipeline.extract.formats.pdf.pdf_errors import damaged, locked
from pipeline.extract.formats.pdf.pdfium_paths import sides_of_objects
from pipeline.extract.formats.pdf.pdfium_tags import TagReader
from pipeline.extract.formats.pdf.pdfium_text import glyphs_of
from pipeline.extract.formats.pdf.seen import Onlooker
from pipeline.extract.page import Page


def pages(path: Path, part: slice) -> Iterator[Page]:
    """Read a part of the pages of ``path``.

    Raises:
        DocumentError: the file is no PDF, is damaged, or needs a password.
    """
    onlooker, sheets = _sheets(path, part)
    tag_reader = TagReader()
    for number, page, textpage in sheets:
        objects = objects_of(page.raw)
        tags, cells = tag_reader.tags(page, objects.of_page)
        glyphs = glyphs_of(textpage.raw, cells)
        read = page_of(number, glyphs, sides_of_objects(objects), tags)
        read.right = right_edge(page.get_bbox(), read.turned)
        read.problems = onlooker.problems(page, textpage, objects, number)
        read.is_layered = onlooker.is_layered
        yield read


class SeenOnPage(NamedTuple):
    """What is seen on a page, and its number if its text is what OCR laid over a picture."""

    problems: list[Problem]
    layered: list[int]


def looks(path: Path) -> Iterator[SeenOnPage]:
    """What a person sees on the pages of ``path`` that their text doesn't say, and the reverse.

    Raises:
        DocumentError: the file is no PDF, is damaged, or needs a password.
    """
    onlooker, sheets = _sheets(path, slice(None))
    for number, page, textpage in sheets:
        found = onlooker.problems(page, textpage, objects_of(page.raw), number)
        yield SeenOnPage(found, [number] if onlooker.is_layered else [])


def problems(path: Path) -> list[Problem]:
    """The problems of all `looks`; raises as they do."""
    return [problem for look in looks(path) for problem in look.problems]


Sheet = tuple[int, pdfium.PdfPage, pdfium.PdfTextPage]


def _sheets(path: Path, part: slice) -> tuple[Onlooker, Iterator[Sheet]]:
    """Who looks at pages, and the pages, each of which is closed when the next is asked for."""
    shown = displayed(path)
    onlooker = Onlooker(path if shown.drawn else None, shown.untold, shown.held)
    return onlooker, _opened(path, shown.drawn, part)


def _opened(path: Path, drawn: bytes | None, part: slice) -> Iterator[Sheet]:
    with pdfium_errors(path):
        pdf = pdfium.PdfDocument(drawn or path)
    with closing(pdf):
        for number in range(len(pdf))[part]:
            with pdfium_errors(path, number + 1):
                page = pdf[number]
                textpage = page.get_textpage()
            with closing(page), closing(textpage):
                yield number + 1, page, textpage


@contextmanager
def pdfium_errors(path: Path, page: int | None = None) -> Iterator[None]:
    """Turn what pdfium raises on ``page`` of ``path`` into a `DocumentError`."""
    try:
        yield
    except pdfium.PdfiumError as error:
        needs_password = error.err_code == raw.FPDF_ERR_PASSWORD
        reason = locked(path) if needs_password else damaged(path, page)
        raise DocumentError(reason) from error
