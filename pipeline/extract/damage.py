"""Signs of damage in a PDF that readers pass over without a word."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import Any, Final

from pdfminer import pdftypes
from pdfminer.pdfdocument import PDFDocument, PDFXRefFallback
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFObjRef, PDFStream, dict_value, int_value, resolve1
from pdfminer.psparser import LIT, PSKeyword

from pipeline.extract.document import Problem
from pipeline.extract.formats.pdf.pdf_errors import PAGES_KEPT, forget, opened, pdfminer_errors
from pipeline.extract.guard import too_many_pages


def damage(path: Path, most_pages: int = 1 << 31) -> list[Problem]:
    """Find what readers pass over without a word: everything that may have taken text away.

    Looks at the structure only: the tables of objects, the page tree and its count, the checksums
    of compressed data (RFC 1950, section 2.2), the length of other data, and the grammar of all
    that draws text (ISO 32000-1, annex A). At most one problem a page.

    Raises:
        DocumentError: the file is no PDF, is damaged beyond that, needs a password, or has more
            than ``most_pages``.
    """
    with opened(path) as file, _checksums() as broken:
        with pdfminer_errors(path):
            parser = _Parser(file)
            inspector = _Inspector(PDFDocument(parser), parser.loose, broken)
            if inspector.declared_pages > most_pages:
                raise too_many_pages(path, most_pages)
            pages = PDFPage.create_pages(inspector.document)
        problems: list[Problem] = []
        number = 0
        while True:
            with pdfminer_errors(path):
                page = next(pages, None)
            if page is None:
                break
            number += 1
            if number > most_pages:
                raise too_many_pages(path, most_pages)
            with pdfminer_errors(path, number):
                inspector.inspect_page(page)
            problems.extend(inspector.problems(number))
            if number % PAGES_KEPT == 0:
                forget(inspector.document)
        with pdfminer_errors(path):
            inspector.inspect_document(number)
    return [*inspector.problems(1), *problems]


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


def _instructions() -> re.Pattern[bytes]:
    """The pattern of instructions: operands of the right kinds, then their operator.

    A match ends after one that names a font or a form, or at the last that makes sense.
    """
    operands = _operands()
    plain, naming = (
        "|".join(
            "".join(operands[kind] for kind in kinds.split()) + f"(?:{operators})"
            for operators, kinds in _OPERATORS.items()
            if kinds.startswith(("font", "form")) is is_naming
        )
        for is_naming in (False, True)
    )
    pattern = rf"(?:(?:{plain}){_ENDS}{_SPACE})*+(?:(?:{naming}){_ENDS}{_SPACE})?+"
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
_INSTRUCTIONS: Final = _instructions()
_LEADING: Final = re.compile(_SPACE.encode("ascii"))


class _Content:
    """What a content stream consists of: fonts and forms it names, and what is wrong with it."""

    def __init__(self, data: bytes) -> None:
        fonts: dict[bytes, None] = {}
        forms: dict[bytes, None] = {}
        leading = _LEADING.match(data)
        at = leading.end() if leading else 0
        while (match := _INSTRUCTIONS.match(data, at)) and match.end() > at:
            at = match.end()
            if match.lastgroup == "font":
                fonts[match["font"]] = None
            elif match.lastgroup == "form":
                forms[match["form"]] = None
        self.fonts, self.forms = list(map(_name, fonts)), list(map(_name, forms))
        self.faults: list[str] = []
        if at < len(data):
            self.faults.append(f"the page's instructions make no sense: {_excerpt(data[at:])}")


def _excerpt(data: bytes) -> str:
    """The beginning of some data, fit to be shown."""
    return ascii(data[:40].decode("latin-1"))[1:-1]


def _name(token: bytes) -> str:
    """A name as pdfminer gives it, ``#`` escapes undone."""
    plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), token[1:].strip())
    return plain.decode("utf-8", "backslashreplace")
