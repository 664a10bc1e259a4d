"""The two readers of PDF: pdfplumber (pdfminer), the reader of record, and pdfium.

Each yields the pages of a document one at a time, so that memory does not grow with it. Both make
the best of a damaged file and don't say what they left out; `damage` does.
"""

import ctypes
import logging
import math
import re
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from io import BufferedReader, BytesIO
from itertools import islice
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
import pdfplumber
import pypdfium2 as pdfium
from pdfminer import pdftypes
from pdfminer.pdfdocument import PDFDocument, PDFPasswordIncorrect, PDFXRefFallback
from pdfminer.pdffont import PDFType1Font
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFObjRef, PDFStream, dict_value, int_value, resolve1
from pdfminer.psexceptions import PSException
from pdfminer.psparser import LIT, PSKeyword
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException
from pypdfium2 import raw

from pipeline.errors import DocumentError
from pipeline.extract.document import Problem
from pipeline.extract.guard import too_many_pages
from pipeline.extract.lines import Glyphs, Page, page_of, quarter_turns

ALL: Final = slice(None)


class Reader(Protocol):
    """Reads the pages of a PDF, or a part of them."""

    def __call__(self, path: Path, part: slice = ALL) -> Iterator[Page]:
        """Read ``path``."""


def pdfplumber_pages(path: Path, part: slice = ALL) -> Iterator[Page]:
    """Read ``path`` with pdfplumber.

    Raises:
        DocumentError: the file is no PDF, is damaged, or needs a password.
    """
    with _opened(path) as file:
        with _pdfminer_errors(path):
            pdf = pdfplumber.open(file)
            get_font = _true_widths(pdf.rsrcmgr.get_font)
            pdf.rsrcmgr.get_font = get_font  # type: ignore[method-assign]
            pages = pdf.pages[part]
        for page in pages:
            with _pdfminer_errors(path, page.page_number):
                glyphs = _pdfminer_glyphs(page.layout)
            yield page_of(page.page_number, glyphs)
            page.close()


@contextmanager
def _opened(path: Path) -> Iterator[BufferedReader | BytesIO]:
    """Open a PDF for pdfminer, which counts from the first byte and not from ``%PDF``.

    Other readers let up to 1,024 bytes stand before it (ISO 32000-1, annex H.3.4.1).
    """
    with path.open("rb") as file:
        start = file.read(1024).find(b"%PDF-")
        file.seek(0)
        if start <= 0:
            yield file
        else:
            yield BytesIO(file.read()[start:])


_PDFMINER_FAILURES: Final = (
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
def _pdfminer_errors(path: Path, page: int | None = None) -> Iterator[None]:
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    logging.getLogger("pdfplumber").setLevel(logging.CRITICAL)
    try:
        yield
    except (PSException, PdfminerException, MalformedPDFException, *_PDFMINER_FAILURES) as error:
        cause = error.args[0] if isinstance(error, PdfminerException) and error.args else error
        if isinstance(cause, MemoryError):
            raise cause from error
        if isinstance(cause, PDFPasswordIncorrect):
            raise DocumentError(_locked(path)) from error
        raise DocumentError(_damaged(path, page)) from error


def _pdfminer_glyphs(layout: Any) -> Glyphs:
    """The characters of a pdfminer page, those inside figures (form XObjects) included.

    Reading the layout itself rather than pdfplumber's ``page.chars`` halves the time: most of
    what pdfplumber adds to each character (colours, font names) is not asked for here.
    """
    text: list[str] = []
    place: list[tuple[float, ...]] = []
    pending = [iter(layout)]
    while pending:
        for item in pending[-1]:
            if hasattr(item, "adv"):
                a, b, _c, _d, e, f = item.matrix
                text.append(item.get_text())
                turn = 0 if b == 0 and a > 0 else quarter_turns(math.atan2(b, a))
                size = item.x1 - item.x0 if turn % 2 else item.y1 - item.y0
                place.append((e, f, item.x0, item.y0, item.x1, item.y1, size, turn))
            elif hasattr(item, "__iter__"):
                pending.append(iter(item))
                break
        else:
            pending.pop()
    placed = np.array(place, dtype=np.float64).reshape(-1, 8)
    x, y, *_, size, turns = placed.T
    return Glyphs(text, x, y, placed[:, 2:6], size, turns.astype(np.int8))


def _true_widths(get_font: Callable[..., Any]) -> Callable[..., Any]:
    """Let a document's own widths count for the fourteen standard fonts, too.

    pdfminer takes those from its tables, in which ligatures have no width, and so sets the rest of
    a text object too far to the left.
    """

    def get(objid: object, spec: Mapping[str, Any]) -> Any:
        font = get_font(objid, spec)
        if "Widths" in spec and "FirstChar" in spec and isinstance(font, PDFType1Font):
            widths = resolve1(spec["Widths"])
            font.widths = dict(enumerate(map(resolve1, widths), resolve1(spec["FirstChar"])))
        return font

    return get


def pdfium_pages(path: Path, part: slice = ALL) -> Iterator[Page]:
    """Read ``path`` with pdfium, in about a twentieth of pdfplumber's time.

    Raises:
        DocumentError: the file is no PDF, is damaged, or needs a password.
    """
    try:
        pdf = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        locked = error.err_code == raw.FPDF_ERR_PASSWORD
        raise DocumentError(_locked(path) if locked else _damaged(path)) from error
    with closing(pdf):
        for number in range(len(pdf))[part]:
            try:
                page = pdf[number]
                textpage = page.get_textpage()
            except pdfium.PdfiumError as error:
                raise DocumentError(_damaged(path, number + 1)) from error
            with closing(page), closing(textpage):
                yield page_of(number + 1, _pdfium_glyphs(textpage.raw))


def _pdfium_glyphs(textpage: Any) -> Glyphs:
    """The characters of a pdfium text page, less those that pdfium itself made up.

    One call a character (its box); origin and direction are asked once for each run of
    characters with the same top and bottom, which share a baseline.
    """
    count = raw.FPDFText_CountChars(textpage)
    boxes = (raw.FS_RECTF * max(count, 1))()
    get_box = raw.FPDFText_GetLooseCharBox
    for index in range(count):
        get_box(textpage, index, boxes[index])
    rects = np.frombuffer(boxes, dtype=np.float32)[: 4 * count].reshape(-1, 4).astype(np.float64)
    left, top, right, bottom = rects.T
    text = _pdfium_text(textpage, count)

    drawn = np.flatnonzero((top > bottom) & (right > left))
    follows = (np.diff(top[drawn]) == 0) & (np.diff(bottom[drawn]) == 0)
    starts = np.flatnonzero(np.concatenate(([True], ~follows))) if len(drawn) else drawn
    origins = np.array(
        [_pdfium_origin(textpage, int(drawn[start])) for start in starts], dtype=np.float64
    ).reshape(-1, 4)
    run = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(drawn))))
    turn = origins[:, 3].astype(np.int8)[run]
    upright = turn % 2 == 0
    return _merge_split_ligatures(
        Glyphs(
            [text[index] for index in drawn],
            np.where(upright, left[drawn], origins[run, 0]),
            np.where(upright, origins[run, 1], bottom[drawn]),
            np.column_stack((left, bottom, right, top))[drawn],
            origins[run, 2],
            turn,
        )
    )


def _pdfium_text(textpage: Any, count: int) -> list[str]:
    """The characters as pdfium numbers them: one UTF-16 unit each."""
    get = raw.FPDFText_GetUnicode
    buffer = (ctypes.c_ushort * (count + 1))()
    if raw.FPDFText_GetText(textpage, 0, count, buffer) == count + 1:
        units: list[int] = list(buffer[:count])
    else:
        units = [get(textpage, index) for index in range(count)]
    shown = {unit: _pdfium_char(unit) for unit in set(units)}
    return [shown[unit] for unit in units]


def _pdfium_char(unit: int) -> str:
    """Undo what pdfium does to a hyphen at the end of a line: it calls it U+0002 or U+FFFE."""
    if unit in (2, 0xFFFE):
        return "-"
    return "" if 0xD800 <= unit <= 0xDFFF or unit > 0x10FFFF else chr(unit)


def _pdfium_origin(textpage: Any, index: int) -> tuple[float, float, float, int]:
    """Origin, font size as displayed, and direction of one character."""
    x, y, matrix = ctypes.c_double(), ctypes.c_double(), raw.FS_MATRIX()
    raw.FPDFText_GetCharOrigin(textpage, index, x, y)
    raw.FPDFText_GetMatrix(textpage, index, matrix)
    size = raw.FPDFText_GetFontSize(textpage, index) * math.hypot(matrix.c, matrix.d)
    angle = raw.FPDFText_GetCharAngle(textpage, index)  # pdfium measures clockwise
    return x.value, y.value, size, quarter_turns(-angle) if angle >= 0 else 0


def _merge_split_ligatures(glyphs: Glyphs) -> Glyphs:
    """Put together what pdfium takes apart: the letters of one ligature share one box."""
    same = np.concatenate(([False], (np.diff(glyphs.box, axis=0) == 0).all(axis=1)))
    if not len(glyphs.text) or not same.any():
        return glyphs
    keep = np.flatnonzero(~same)
    ends: npt.NDArray[np.intp] = np.append(keep[1:], len(same))
    text = ["".join(glyphs.text[a:b]) for a, b in zip(keep.tolist(), ends.tolist(), strict=True)]
    return Glyphs(
        text,
        glyphs.x[keep],
        glyphs.y[keep],
        glyphs.box[keep],
        glyphs.size[keep],
        glyphs.turn[keep],
    )


# --- damage --------------------------------------------------------------------------------------


def damage(path: Path, most_pages: int = 1 << 31) -> list[Problem]:
    """Find what readers pass over without a word: everything that may have taken text away.

    Looks at the structure only: the tables of objects, the page tree and its count, the checksums
    of compressed data (RFC 1950, section 2.2), the length of other data, and the grammar of all
    that draws text (ISO 32000-1, annex A). At most one problem a page.

    Raises:
        DocumentError: the file is no PDF, is damaged beyond that, needs a password, or has more
            than ``most_pages``.
    """
    with _opened(path) as file, _checksums() as broken:
        with _pdfminer_errors(path):
            parser = _Parser(file)
            inspector = _Inspector(PDFDocument(parser), parser.loose, broken)
            pages = list(islice(PDFPage.create_pages(inspector.document), most_pages + 1))
            if max(len(pages), inspector.declared_pages) > most_pages:
                raise too_many_pages(path, most_pages)
            inspector.inspect_document(len(pages))
        problems = inspector.problems(1)
        for number, page in enumerate(pages, 1):
            with _pdfminer_errors(path, number):
                inspector.inspect_page(page)
            problems.extend(inspector.problems(number))
    return problems


class _Parser(PDFParser):
    """Knows the streams whose data is longer or shorter than they state."""

    def __init__(self, file: BufferedReader | BytesIO) -> None:
        super().__init__(file)
        self.loose: set[PDFStream] = set()

    def do_keyword(self, pos: int, token: PSKeyword) -> None:
        super().do_keyword(pos, token)
        stream = self.curstack[-1][1] if self.curstack else None
        if token is self.KEYWORD_STREAM and isinstance(stream, PDFStream):
            data = stream.rawdata or b""
            skipped = self.bufpos + self.charpos - pos - len(b"stream") - len(data)
            # ends of lines stand before and after the data
            if skipped > 4 or b"endstream" in data:
                self.loose.add(stream)


@contextmanager
def _checksums() -> Iterator[list[str]]:
    """Collect the compressed data that pdfminer can't unpack to its end, or whose sum is wrong.

    pdfminer asks one function for what can be saved of it, and goes on with that.
    """
    broken: list[str] = []

    def save(data: bytes) -> bytes:
        broken.append("compressed data is broken")
        return b""

    salvage, pdftypes.decompress_corrupted = pdftypes.decompress_corrupted, save
    try:
        yield broken
    finally:
        pdftypes.decompress_corrupted = salvage


@dataclass(slots=True)
class _Inspector:
    """Looks through one document.

    ``loose`` are the streams of another length than they state, ``found`` is what is wrong where
    it looks now.
    """

    document: PDFDocument
    loose: set[PDFStream]
    found: list[str]
    _seen: set[int | None] = field(default_factory=set)

    def problems(self, page: int) -> list[Problem]:
        """What was found since the last call, as the problem of a page."""
        faults = list(dict.fromkeys(self.found))
        self.found.clear()
        hint = "The PDF is damaged: text may be missing or wrong here. Download it again."
        return [Problem("unaccounted-text", page, "; ".join(faults), hint)] if faults else []

    @property
    def declared_pages(self) -> int:
        """The number of pages that the page tree states."""
        return int_value(dict_value(self.document.catalog.get("Pages")).get("Count"))

    def inspect_document(self, pages: int) -> None:
        """Check what the document says about itself; ``pages`` is how many were found."""
        if any(isinstance(table, PDFXRefFallback) for table in self.document.xrefs):
            self.found.append("the table of the document's objects is broken")
        if self.declared_pages != pages:
            self.found.append(
                f"the document should have {self.declared_pages} pages, but {pages} were found"
            )

    def inspect_page(self, page: Any) -> None:
        """Check all that a page draws text with."""
        if not page.contents and not all(map(_PAGE_KEY.fullmatch, page.attrs)):
            self.found.append("this page has no content, but something unknown instead")
        streams = [self._resolved(each) for each in page.contents]
        self._inspect_content(streams, page.resources)

    def _resolved(self, value: Any) -> Any:
        """What a reference refers to, which has to be there."""
        resolved = resolve1(value)
        if resolved is None and isinstance(value, PDFObjRef):
            self.found.append("a part of the document that this page needs is missing")
        return resolved

    def _data(self, stream: Any) -> bytes:
        """The data of a stream, unpacked, which it doesn't keep."""
        if not isinstance(stream, PDFStream):
            self.found.append("a part of this page isn't what it should be")
            return b""
        if stream in self.loose and not stream.get_filters():
            self.found.append("a part of this page is longer or shorter than it should be")
        packed = stream.rawdata
        data: bytes = stream.get_data()
        if packed is not None:
            stream.data, stream.rawdata = None, packed
        return data

    def _inspect_content(self, streams: Iterable[Any], resources: Any) -> None:
        """Check content streams that make one text, and the fonts and forms they use."""
        content = _Content(b"\n".join(map(self._data, streams)))
        self.found.extend(content.faults)
        resources = dict_value(resources)
        fonts, forms = (dict_value(resources.get(kind)) for kind in ("Font", "XObject"))
        for name in content.fonts:
            if name in fonts:
                self._inspect_parts(fonts[name])
            else:
                self.found.append(f"the font {name} is missing")
        for name in content.forms:
            if name in forms:
                self._inspect_form(forms[name], resources)
            else:
                self.found.append(f"{name}, a part of this page, is missing")

    def _inspect_form(self, reference: Any, resources: Any) -> None:
        form = self._resolved(reference)
        kind = resolve1(form.get("Subtype")) if isinstance(form, PDFStream) else None
        if not (kind is LIT("Image") or (kind is LIT("Form") and "BBox" in form)):
            self.found.append("a part of this page isn't what it should be")
        elif kind is LIT("Form") and form.objid not in self._seen:
            self._seen.add(form.objid)
            self._inspect_content([form], self._resolved(form.get("Resources", resources)))

    def _inspect_parts(self, value: Any) -> None:
        """Check that all is there that a font consists of."""
        pending = [value]
        while pending:
            part = pending.pop()
            if isinstance(part, PDFObjRef):
                if part.objid in self._seen:
                    continue
                self._seen.add(part.objid)
                part = self._resolved(part)
            if isinstance(part, dict):
                pending.extend(part.values())
            elif isinstance(part, list):
                pending.extend(part)
            elif isinstance(part, PDFStream) and part.get("Subtype") is not LIT("Image"):
                self._data(part)


_PAGE_KEY: Final = re.compile(
    r"""AA|AF|Annots|ArtBox|B|BleedBox|BoxColorInfo|Contents|CropBox|DPart|Dur|Group|ID
    |LastModified|MediaBox|Metadata|OutputIntents|PZ|Parent|PieceInfo|PresSteps|Resources|Rotate
    |SeparationInfo|StructParents|Tabs|TemplateInstantiated|Thumb|Trans|TrimBox|Type|UserUnit|VP""",
    re.VERBOSE,
)
"""What a page may state (ISO 32000-2, table 31)."""

_SPACE: Final = r"(?:[\0\t\n\f\r ]|%[^\r\n]*)*+"
_ENDS: Final = r"(?![^\0\t\n\f\r ()<>\[\]{}/%])"


def _string() -> str:
    """The pattern of a string; parentheses in it may be nested four deep."""
    inside = r"[^()\\]|\\."
    for _ in range(4):
        inside = rf"[^()\\]|\\.|\((?:{inside})*+\)"
    return rf"(?:\((?:{inside})*+\)|<[0-9A-Fa-f\s]*+>)"


def _operands() -> dict[str, str]:
    """The pattern of each kind of operand, with the white space after it."""
    kinds = {
        "number": r"[+-]*+(?:\d++\.?\d*+|\.\d++)",
        "name": r"/[^\0\t\n\f\r ()<>\[\]{}/%]*+",
        "string": _string(),
    }
    simple = "|".join((*kinds.values(), r"(?:true|false|null)\b"))
    values = rf"(?:(?:{simple}){_SPACE})*+"
    kinds["texts"] = rf"\[{_SPACE}(?:(?:{kinds['number']}|{kinds['string']}){_SPACE})*+\]"
    kinds["array"] = rf"\[{_SPACE}{values}\]"
    inner = rf"(?:(?:{simple}|{kinds['array']}|<<{_SPACE}{values}>>){_SPACE})*+"
    kinds["properties"] = rf"(?:{kinds['name']}|<<{_SPACE}{inner}>>)"
    kinds["colour"] = rf"(?:{kinds['number']}{_SPACE})*+(?:{kinds['name']})?+"
    kinds["font"] = rf"(?P<font>{kinds['name']})"
    kinds["form"] = rf"(?P<form>{kinds['name']})"
    return {kind: f"{pattern}{_SPACE}" for kind, pattern in kinds.items()}


def _instruction() -> re.Pattern[bytes]:
    """The pattern of an instruction: operands of the right kinds, then their operator."""
    operands = _operands()
    choices = [
        "".join(operands[kind] for kind in kinds.split()) + f"(?:{operators})"
        for operators, kinds in _OPERATORS.items()
    ]
    pattern = rf"(?:{'|'.join(choices)}){_ENDS}{_SPACE}"
    return re.compile(pattern.encode("ascii"), re.DOTALL)


_OPERATORS: Final = {
    "Tj|'": "string",
    "TJ": "texts",
    "T[dD]|[ml]": "number number",
    "Tm|cm|c": " ".join(["number"] * 6),
    "Tf": "font number",
    "Do": "form",
    r"T\*|q|Q|BT|ET|EMC|[fbB]\*?|W\*?|[hnsSF]": "",
    "re|[vykK]": " ".join(["number"] * 4),
    "rg|RG": "number number number",
    "T[cwzLrs]|[wJjMigG]": "number",
    "ri|gs|cs|CS|sh|MP|BMC": "name",
    "BDC|DP": "name properties",
    "scn?|SCN?": "colour",
    "d": "array number",
    '"': "number number string",
    r"BI\b.*?\sID\b.*?\sEI": "",  # an image
    r"BX\b.*?\bEX": "",  # what older readers are to pass over
}
"""Operators, and what stands before them (ISO 32000-1, annex A)."""
_INSTRUCTION: Final = _instruction()
_LEADING: Final = re.compile(_SPACE.encode("ascii"))


class _Content:
    """What a content stream consists of: fonts and forms it names, and what is wrong with it."""

    def __init__(self, data: bytes) -> None:
        self.fonts: dict[str, None] = {}
        self.forms: dict[str, None] = {}
        self.faults: list[str] = []
        leading = _LEADING.match(data)
        at = leading.end() if leading else 0
        for match in _INSTRUCTION.finditer(data, at):
            if match.start() != at:
                break
            at = match.end()
            if match.lastgroup == "font":
                self.fonts[_name(match["font"])] = None
            elif match.lastgroup == "form":
                self.forms[_name(match["form"])] = None
        if at < len(data):
            self.faults.append(f"the page's instructions make no sense: {_excerpt(data[at:])}")


def _excerpt(data: bytes) -> str:
    """The beginning of some data, fit to be shown."""
    return ascii(data[:40].decode("latin-1"))[1:-1]


def _name(token: bytes) -> str:
    """A name as pdfminer gives it, ``#`` escapes undone."""
    plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), token[1:].strip())
    return plain.decode("utf-8", "backslashreplace")


def _damaged(path: Path, page: int | None = None) -> str:
    where = f"{path}, page {page}" if page else str(path)
    return f"{where}: this PDF is damaged and can't be read. Download it again."


def _locked(path: Path) -> str:
    return f"{path}: this PDF needs a password. Save a copy without one and use that."


READERS: dict[str, Reader] = {"pdfplumber": pdfplumber_pages, "pdfium": pdfium_pages}
