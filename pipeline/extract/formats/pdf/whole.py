"""Whether a PDF is whole: what readers repair or pass over without a word may have taken text away.

qpdf (pikepdf) checks the tables of objects, each stream and its length, and the syntax of pages and
forms; `content_grammar` checks that instructions make sense, which qpdf doesn't.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import reduce
from pathlib import Path
from typing import Any, Final

import pikepdf

from pipeline.errors import DocumentError
from pipeline.extract.document import Problem
from pipeline.extract.formats.pdf.content_grammar import Content
from pipeline.extract.formats.pdf.pdf_errors import damaged, drawn_otherwise, locked
from pipeline.extract.formats.pdf.resources import dictionary
from pipeline.extract.guard import too_many_pages

DEEPEST: Final = 20
"""Form XObjects inside form XObjects are looked into this deep."""
_HINT: Final = "The PDF is damaged: text may be missing or wrong here. Download it again."
_LIES: Final = "The page shows other characters than the text of the file has. Look at the page."
_PAGE: Final = re.compile(r"\bpage (\d+)")
_WHERE: Final = re.compile(r"^.*?\((?:[^()]|\([^()]*\))*\): ")
_END: Final = b"%%EOF"
_WHITE: Final = b"\0\t\n\f\r "
_BROKEN: Final = (pikepdf.PdfError, zlib.error, ValueError)
"""What is raised where the data of a stream can't be unpacked."""
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


def check_opens(path: Path, most_pages: int | None) -> None:
    """Check that a PDF can be read at all.

    Raises:
        DocumentError: it is no PDF, is damaged beyond that, needs a password, or has more than
            ``most_pages``.
    """
    with _opened(path) as pdf:
        if most_pages is not None and len(pdf.pages) > most_pages:
            raise too_many_pages(path, most_pages)


def problems(path: Path) -> list[Problem]:
    """Find everything in a PDF that may have taken text away, at most one problem a page.

    Fonts are looked at, too: see `lying_fonts`.

    Raises:
        DocumentError: the file is no PDF, is damaged beyond that, or needs a password.
    """
    with _opened(path) as pdf:
        faults = [*_of_file(path), *_of_document(pdf), *_of_pages(pdf)]
        faults += _of_qpdf(pdf, any(faults))
        lies = list(_lies(pdf))
    return [*_by_page(faults), *lies]


@contextmanager
def _opened(path: Path) -> Iterator[pikepdf.Pdf]:
    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            yield pdf
    except pikepdf.PasswordError as error:
        raise DocumentError(locked(path)) from error
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        raise DocumentError(damaged(path)) from error


Fault = tuple[int, str]
"""A page, and what is wrong with it."""


def _by_page(faults: Iterable[Fault]) -> Iterator[Problem]:
    found: dict[int, dict[str, None]] = {}
    for page, text in faults:
        found.setdefault(page, {})[text] = None
    for page in sorted(found):
        yield Problem("damaged", page, "; ".join(found[page]), _HINT)


def _of_qpdf(pdf: pikepdf.Pdf, is_known: bool) -> Iterator[Fault]:
    """What qpdf says; what names no page is left out if damage is known already: it is the same."""
    # attached files aren't read, and may unpack to gigabytes, which the check would do
    is_alone = "/EmbeddedFiles" not in dictionary(pdf.Root.get("/Names"))
    for message in (*(pdf.check_pdf_syntax() if is_alone else ()), *pdf.get_warnings()):
        page = _PAGE.search(message)
        if page or not is_known:
            yield (int(page[1]) if page else 1), _WHERE.sub("", message)


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
    declared = dictionary(pdf.Root.get("/Pages")).get("/Count")
    if declared != len(pdf.pages):
        yield 1, f"the document should have {declared} pages, but {len(pdf.pages)} were found"


def _of_pages(pdf: pikepdf.Pdf) -> Iterator[Fault]:
    seen: set[Any] = set()
    for number, page in enumerate(pdf.pages, 1):
        stated = dict(page.obj.items())
        contents = stated.get("/Contents", pikepdf.Array())
        if "/Contents" not in stated and not set(stated) <= _PAGE_KEYS:
            yield number, "this page has no content, but something unknown instead"
        streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
        resources = dictionary(page.obj.get("/Resources"))
        for text in _of_content(streams, resources, seen, 0):
            yield number, text


def _of_content(streams: list[Any], resources: Any, seen: set[Any], depth: int) -> Iterator[str]:
    """Check content streams that make one text, and the fonts and forms that they name."""
    if not all(isinstance(each, pikepdf.Stream) for each in streams):
        yield "a part of this page isn't what it should be"
        return
    try:
        content = Content.of(b"\n".join(map(_unpacked, streams)))
    except _BROKEN:
        yield "a part of this page can't be unpacked: its data is broken"
        return
    if content.nonsense:
        yield f"the page's instructions make no sense: {content.nonsense}"
    # pikepdf gives names that are no text, but takes none
    fonts, forms = (dict(dictionary(resources.get(kind)).items()) for kind in ("/Font", "/XObject"))
    for name in content.fonts:
        font = fonts.get(f"/{name}")
        if not isinstance(font, pikepdf.Dictionary):
            yield f"the font {name} is missing"
        elif font.objgen not in seen and not _is_sound(font, seen):
            yield f"a part of the font {name} is broken or missing"
    for name in content.forms:
        form = forms.get(f"/{name}")
        if not isinstance(form, pikepdf.Stream):
            yield f"{name}, a part of this page, is missing"
        elif form.get("/Subtype") == "/Form" and form.objgen not in seen and depth < DEEPEST:
            seen.add(form.objgen)
            inner = dictionary(form.get("/Resources", resources))
            yield from _of_content([form], inner, seen, depth + 1)


def _is_sound(font: pikepdf.Dictionary, seen: set[Any]) -> bool:
    """Whether all is there that a font consists of, and each stream of it can be unpacked."""
    pending: list[Any] = [font]
    while pending:
        part = pending.pop()
        if isinstance(part, pikepdf.Object) and part.is_indirect:
            if part.objgen in seen:
                continue
            seen.add(part.objgen)
        if isinstance(part, pikepdf.Stream):
            try:
                _unpacked(part)
            except _BROKEN:
                return False
        elif isinstance(part, pikepdf.Dictionary):
            values = dict(part.items())
            if any(value is None for value in values.values()):
                return False
            pending.extend(values.values())
        elif isinstance(part, pikepdf.Array):
            pending.extend(part)
    return True


def _contradictions(font: pikepdf.Dictionary) -> list[tuple[str, str]]:
    """A font that isn't as it should be, of which other checks tell, contradicts nothing."""
    if "/ToUnicode" not in font:
        return []
    from pipeline.extract.formats.pdf.lying_fonts import contradictions

    try:
        return contradictions(font)
    except (pikepdf.PdfError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return []


_DECODERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "/ASCII85Decode": lambda data: base64.a85decode(data.rstrip(_WHITE).removesuffix(b"~>")),
    "/FlateDecode": zlib.decompress,
}


def _unpacked(stream: pikepdf.Stream) -> bytes:
    """The data of a stream. qpdf doesn't mind a wrong checksum (RFC 1950, section 2.2).

    A stream of no bytes has no data, whatever it should be unpacked with: qpdf writes empty ones.

    Raises:
        PdfError, zlib.error or ValueError: it can't be unpacked.
    """
    stated = stream.get("/Filter")
    filters = stated.as_list() if isinstance(stated, pikepdf.Array) else [stated]
    decoders = [_DECODERS[str(each)] for each in filters if str(each) in _DECODERS]
    if len(decoders) < len(filters) or "/DecodeParms" in stream:
        return stream.read_bytes()
    packed = stream.read_raw_bytes()
    return reduce(lambda data, decode: decode(data), decoders, packed) if packed else packed


def _lies(pdf: pikepdf.Pdf) -> Iterator[Problem]:
    """Fonts whose table of characters contradicts their glyphs, on the first page with them."""
    seen: set[Any] = set()
    for number, page in enumerate(pdf.pages, 1):
        fonts = dictionary(dictionary(page.obj.get("/Resources")).get("/Font"))
        for name, font in fonts.items():
            if not isinstance(font, pikepdf.Dictionary) or font.objgen in seen:
                continue
            seen.add(font.objgen)
            if pairs := _contradictions(font):
                text = f"font {name[1:]}: {drawn_otherwise(pairs)}"
                yield Problem("not-visible", number, text, _LIES)
