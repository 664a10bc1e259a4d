"""The fonts that pdfminer makes, where what it makes of them isn't what their document says.

A standard font's own widths count, and a composite font's own codes: pdfminer looks a CMap up by
its name even where the document embeds it, and then reads nothing of what is set in that font.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from io import BytesIO
from typing import Any, Final

from pdfminer.cmapdb import CMap, CMapBase, CMapParser, IdentityCMap
from pdfminer.pdffont import PDFCIDFont, PDFType1Font
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.psexceptions import PSException
from pdfminer.psparser import PSKeyword, PSLiteral
from pdfminer.utils import choplist, nunpack

MOST_CODES: Final = 1 << 17
"""A CMap of more codes is taken for damage: a font has at most 65,536 glyphs."""


def font_maker(manager: PDFResourceManager) -> Callable[[object, Mapping[str, object]], Any]:
    """``manager.get_font``, of fonts as their document has them."""
    get_font = manager.get_font

    def get(objid: object, spec: Mapping[str, object]) -> Any:
        kind = resolve1(spec.get("Subtype"))
        # pdfminer asks for a Type0 font's descendant, with the Encoding and ToUnicode of the font
        if isinstance(kind, PSLiteral) and kind.name in ("CIDFontType0", "CIDFontType2"):
            return CompositeFont(manager, spec)
        font = get_font(objid, spec)
        if "Widths" in spec and "FirstChar" in spec and isinstance(font, PDFType1Font):
            # pdfminer takes those of the fourteen standard fonts from its tables, in which
            # ligatures have no width, and so sets the rest of a text object too far to the left
            widths = resolve1(spec["Widths"])
            font.widths = dict(enumerate(map(resolve1, widths), resolve1(spec["FirstChar"])))
        return font

    return get


class CodeMap(CMapBase):
    """The CIDs of codes, which have one to four bytes each (ISO 32000-1, 9.7.5)."""

    def __init__(self) -> None:
        super().__init__()
        self.cids: dict[bytes, int] = {}
        self._added = 0

    def use_cmap(self, cmap: CMapBase) -> None:
        """Take over those of a predefined CMap."""
        if isinstance(cmap, CMap):
            self.cids.update(_codes_in(cmap.code2cid))
        elif isinstance(cmap, IdentityCMap):
            self.cids.update((at.to_bytes(2), at) for at in range(1 << 16))
        self.attrs.setdefault("WMode", int(cmap.is_vertical()))

    def add(self, first: bytes, last: bytes, cid: int) -> None:
        """Add the codes from one to another, whose CIDs count on from the first one's."""
        low, high = nunpack(first), nunpack(last)
        self._added += high - low + 1
        if self._added > MOST_CODES:
            raise PSException(f"a CMap of more than {MOST_CODES} codes")
        for at in range(low, high + 1):
            self.cids[at.to_bytes(len(first))] = cid + at - low

    @cached_property
    def _lengths(self) -> list[int]:
        return sorted({len(code) for code in self.cids}) or [2]

    def codes(self, string: bytes) -> Iterator[bytes]:
        """The codes of a string; what is no code is taken to be as long as the shortest one."""
        at = 0
        while at < len(string):
            parts = (string[at : at + length] for length in self._lengths)
            code = next((each for each in parts if each in self.cids), None)
            code = code or string[at : at + self._lengths[0]]
            yield code
            at += len(code)


def _codes_in(tree: Mapping[int, Any], before: bytes = b"") -> Iterator[tuple[bytes, int]]:
    for byte, below in tree.items():
        code = before + bytes([byte])
        if isinstance(below, int):
            yield code, below
        else:
            yield from _codes_in(below, code)


class _Parser(CMapParser):
    """Reads an embedded CMap; pdfminer's own parser knows the sections of ToUnicode tables."""

    def __init__(self, cmap: CodeMap, content: bytes) -> None:
        super().__init__(cmap, BytesIO(content))
        self._codes = cmap

    def do_keyword(self, pos: int, token: PSKeyword) -> None:
        """Take a section of CIDs; leave the rest to pdfminer."""
        if token is self.KEYWORD_ENDCIDRANGE:
            for first, last, cid in choplist(3, self._operands()):
                self._codes.add(first, last, cid)
        elif token is self.KEYWORD_ENDCIDCHAR:
            for code, cid in choplist(2, self._operands()):
                self._codes.add(code, code, cid)
        else:
            super().do_keyword(pos, token)

    def _operands(self) -> Iterable[Any]:
        return [operand for _, operand in self.popall()]


class CompositeFont(PDFCIDFont):
    """A composite font, whose characters are told apart by their codes.

    Its widths and glyphs go by the CID that its CMap has for a code, its text by the code itself
    where it has a ToUnicode table (ISO 32000-1, 9.10.3): codes without a glyph have the CID 0 in
    common. pdfminer takes the two for one, which holds for the CMaps called Identity alone.
    """

    def __init__(self, manager: PDFResourceManager, spec: Mapping[str, Any]) -> None:
        super().__init__(manager, spec)
        self._text_is_of_codes = isinstance(spec.get("ToUnicode"), PDFStream)
        self._cids: dict[int, int] = {}

    def get_cmap_from_spec(self, spec: Mapping[str, Any], strict: bool) -> CMapBase:
        """The font's CMap, embedded or predefined."""
        encoding = spec.get("Encoding")
        cmap = CodeMap()
        if isinstance(encoding, PDFStream):
            _Parser(cmap, encoding.get_data()).run()
            if cmap.cids:
                return cmap
        predefined = super().get_cmap_from_spec(spec, strict)
        if not isinstance(predefined, CMap):
            return predefined
        cmap.use_cmap(predefined)
        return cmap

    def decode(self, string: bytes) -> Iterable[int]:
        """The codes of a string, as numbers."""
        if not isinstance(self.cmap, CodeMap):
            return self.cmap.decode(string)  # Identity: each code is its CID
        codes = [(nunpack(code), code) for code in self.cmap.codes(string)]
        self._cids.update((number, self.cmap.cids.get(code, 0)) for number, code in codes)
        return [number for number, _ in codes]

    def char_width(self, cid: int) -> float:
        """How far a character of a code goes, in parts of the font size."""
        return super().char_width(self._cids.get(cid, cid))

    def char_disp(self, cid: int) -> Any:
        """Where a character of a code has its vertical origin."""
        return super().char_disp(self._cids.get(cid, cid))

    def to_unichr(self, cid: int) -> str:
        """What a character of a code says."""
        return super().to_unichr(cid if self._text_is_of_codes else self._cids.get(cid, cid))
