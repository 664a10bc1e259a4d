"""Whether a PDF is whole: what readers repair or pass over without a word may have taken text away.

qpdf (pikepdf) checks the tables of objects, each stream and its length, and the syntax of pages and
forms; `content_grammar` checks that instructions make sense, which qpdf doesn't.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import pikepdf

from pipeline.errors import DocumentError
from pipeline.extract.document import Problem
from pipeline.extract.formats.pdf.content_grammar import Content
from pipeline.extract.formats.pdf.lying_fonts import contradictions
from pipeline.extract.formats.pdf.pdf_errors import damaged, locked
from pipeline.extract.guard import too_many_pages

DEEPEST: Final = 20
"""Form XObjects inside form XObjects are looked into this deep."""
_HINT: Final = "The PDF is damaged: text may be missing or wrong here. Download it again."
_LIES: Final = "The page shows other characters than the text of the file has. Look at the page."
_PAGE: Final = re.compile(r"\bpage (\d+)")
_WHERE: Final = re.compile(r"^.*?\((?:[^()]|\([^()]*\))*\): ")
_END: Final = b"%%EOF"
_WHITE: Final = b"\0\t\n\f\r "
_PAGE_KEYS: Final = frozenset(
    f"/{key}"
    for keys in (
        "AA AF Annots ArtBox B BleedBox BoxColorInfo Contents CropBox DPart Dur Group ID",
        "LastModified MediaBox Metadata OutputIntents PZ Parent PieceInfo PresSteps Resources",
        "Rotate SeparationInfo StructParents Tabs TemplateInstantiated Thumb Trans TrimBox Type",
        "UserUnit VP",
    )
    for key in keys.split()
)
"""What a page may state (ISO 32000-2, table 31)."""


def problems(path: Path, most_pages: int = 1 << 31) -> list[Problem]:
    """Find everything in a PDF that may have taken text away, at most one problem a page.

    Fonts are looked at, too: see `lying_fonts`.

    Raises:
        DocumentError: the file is no PDF, is damaged beyond that, needs a password, or has more
            than ``most_pages``.
    """
    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            if len(pdf.pages) > most_pages:
                raise too_many_pages(path, most_pages)
            faults = [*_of_file(path), *_of_document(pdf), *_of_pages(pdf)]
            faults += [_place(text) for text in (*pdf.check_pdf_syntax(), *pdf.get_warnings())]
            lies = list(_lies(pdf))
    except pikepdf.PasswordError as error:
        raise DocumentError(locked(path)) from error
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        raise DocumentError(damaged(path)) from error
    return [*_by_page(faults), *lies]


Fault = tuple[int, str]
"""A page, and what is wrong with it."""


def _by_page(faults: Iterable[Fault]) -> Iterator[Problem]:
    found: dict[int, dict[str, None]] = {}
    for page, text in faults:
        found.setdefault(page, {})[text] = None
    for page in sorted(found):
        yield Problem("damaged", page, "; ".join(found[page]), _HINT)


def _place(message: str) -> Fault:
    """A message of qpdf's, without the file's name, and the page it names."""
    page = _PAGE.search(message)
    return (int(page[1]) if page else 1), _WHERE.sub("", message)


def _of_file(path: Path) -> Iterator[Fault]:
    """Check that nothing follows the end of the file: an update that was cut off, for instance."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(size - (1 << 20), 0))
        tail = file.read()
    _before, mark, after = tail.rpartition(_END)
    if not mark:
        yield 1, "the end of the file is missing"
    elif after.strip(_WHITE):
        yield 1, "something follows the end of the file, as if an update of it was cut off"


def _of_document(pdf: pikepdf.Pdf) -> Iterator[Fault]:
    declared = pdf.Root.get("/Pages", pikepdf.Dictionary()).get("/Count")
    if declared != len(pdf.pages):
        yield 1, f"the document should have {declared} pages, but {len(pdf.pages)} were found"


def _of_pages(pdf: pikepdf.Pdf) -> Iterator[Fault]:
    seen: set[Any] = set()
    for number, page in enumerate(pdf.pages, 1):
        if "/Contents" not in page.obj and not set(page.obj.keys()) <= _PAGE_KEYS:
            yield number, "this page has no content, but something unknown instead"
        contents = page.obj.get("/Contents", pikepdf.Array())
        streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
        resources = page.obj.get("/Resources", pikepdf.Dictionary())
        for text in _of_content(streams, resources, seen, 0):
            yield number, text


def _of_content(streams: list[Any], resources: Any, seen: set[Any], depth: int) -> Iterator[str]:
    """Check content streams that make one text, and the fonts and forms that they name."""
    if not all(isinstance(each, pikepdf.Stream) for each in streams):
        yield "a part of this page isn't what it should be"
        return
    try:
        content = Content.of(b"\n".join(each.read_bytes() for each in streams))
    except pikepdf.PdfError:
        yield "a part of this page can't be unpacked"
        return
    if content.nonsense:
        yield f"the page's instructions make no sense: {content.nonsense}"
    fonts, forms = (resources.get(kind, pikepdf.Dictionary()) for kind in ("/Font", "/XObject"))
    for name in content.fonts:
        if not isinstance(fonts.get(f"/{name}"), pikepdf.Dictionary):
            yield f"the font {name} is missing"
    for name in content.forms:
        form = forms.get(f"/{name}")
        if not isinstance(form, pikepdf.Stream):
            yield f"{name}, a part of this page, is missing"
        elif form.get("/Subtype") == "/Form" and form.objgen not in seen and depth < DEEPEST:
            seen.add(form.objgen)
            yield from _of_content([form], form.get("/Resources", resources), seen, depth + 1)


def _lies(pdf: pikepdf.Pdf) -> Iterator[Problem]:
    """Fonts whose table of characters contradicts their glyphs, on the first page with them."""
    seen: set[Any] = set()
    for number, page in enumerate(pdf.pages, 1):
        fonts = page.obj.get("/Resources", pikepdf.Dictionary()).get("/Font", pikepdf.Dictionary())
        for name, font in fonts.items():
            if font.objgen in seen or not isinstance(font, pikepdf.Dictionary):
                continue
            seen.add(font.objgen)
            if pairs := contradictions(font):
                shown = ", ".join(f"{stated} is drawn as {drawn}" for stated, drawn in pairs[:8])
                yield Problem("not-visible", number, f"font {name[1:]}: {shown}", _LIES)
