"""The readers of PDF: pdfplumber (pdfminer), the reader of record; pdfium; and OCR, for pictures.

Each yields the pages of a document one at a time, so that memory does not grow with it. All make
the best of a damaged file and don't say what they left out; `whole` does.
"""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final, Literal, Protocol, cast

from pipeline.extract.page import Page

Name = Literal["pdfplumber", "pdfium", "ocr"]
ALL: Final = slice(None)
LOOKS: Final[Name] = "pdfium"
"""This reader also says what is seen on pages, and not only what their text is."""


class Reader(Protocol):
    """Reads a part of the pages of a PDF.

    Raises:
        DocumentError: the file is no PDF, is damaged, or needs a password.
    """

    def __call__(self, path: Path, part: slice) -> Iterator[Page]:
        """Read ``path``."""


def reader_of(name: Name) -> Reader:
    """The reader of this name; only one that is asked for is imported."""
    return cast(Reader, import_module(f"pipeline.extract.formats.pdf.by_{name}").pages)
