"""Composite fonts: which CIDs their CMap makes of codes, and what their codes say (9.7, 9.10.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from pipeline.errors import DocumentError
from pipeline.extract import ReaderName, extract
from tests.extract.unknown_roots import DIGITS, NAMES, TITLE

LETTERS = sorted({*"".join([TITLE, *NAMES, *DIGITS]), " "})
WIDTH = 600
"""Of each character, in thousandths of the font size; its own CIDs have other widths."""
LINES = [TITLE, *(f"{digits}  {name}" for digits, name in zip(DIGITS, NAMES, strict=True))]


@dataclass(frozen=True)
class Font:
    """How letters are encoded: their codes as hex, and which CIDs a CMap has for them."""

    codes: dict[str, str]
    cmap: str
    """A predefined one's name, or an embedded one's sections."""
    cids: Iterable[int]
    has_table: bool = True
    ordering: str = "Identity"


def codes(shift: int, length: int = 2) -> dict[str, str]:
    """Codes of so many bytes that are no CID, nor what Unicode has."""
    return {letter: f"{at + shift:0{2 * length}x}" for at, letter in enumerate(LETTERS)}


def chars(of: dict[str, str], first: int, step: int) -> str:
    """A section of single codes, whose CIDs begin at one and go by steps."""
    said = " ".join(f"<{code}> {first + step * at}" for at, code in enumerate(of.values()))
    return f"{len(of)} begincidchar {said} endcidchar"


def of_one_range(of: dict[str, str], first: int) -> str:
    """A section of a range of codes."""
    low, *_, high = of.values()
    return f"1 begincidrange <{low}> <{high}> {first} endcidrange"


MANY = range(500, 500 + len(LETTERS))
OF_UNICODE = {letter: f"{ord(letter):04x}" for letter in LETTERS}
IN_PARTS = {
    letter: f"{at + 1:02x}" if at % 2 else f"80{at + 1:02x}" for at, letter in enumerate(LETTERS)
}
FONTS = {
    "single codes": Font(codes(0x121), chars(codes(0x121), 500, 1), MANY),
    "a range": Font(codes(0x121), of_one_range(codes(0x121), 500), MANY),
    "codes of a byte": Font(codes(0x81, 1), of_one_range(codes(0x81, 1), 500), MANY),
    "codes of one and two bytes": Font(IN_PARTS, chars(IN_PARTS, 500, 1), MANY),
    "no glyph for any code": Font(codes(0x121), chars(codes(0x121), 0, 0), [0]),
    "a predefined one": Font(OF_UNICODE, "UniJIS-UCS2-H", range(1, 300), ordering="Japan1"),
    "one that builds on a predefined one": Font(
        OF_UNICODE, "/UniJIS-UCS2-H usecmap", range(1, 300), ordering="Japan1"
    ),
    "a predefined one of a collection": Font(
        OF_UNICODE, "UniJIS-UCS2-H", range(1, 300), has_table=False, ordering="Japan1"
    ),
}


def made(pdf: pikepdf.Pdf, font: Font) -> Dictionary:
    """The font as an object of a PDF."""
    system = Dictionary(Registry=pikepdf.String("Adobe"), Supplement=0)
    system.Ordering = pikepdf.String(font.ordering)
    letters = Dictionary(Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name.Helvetica)
    letters.CIDSystemInfo, letters.DW = system, 90
    letters.W = Array([each for cid in font.cids for each in (cid, Array([WIDTH]))])
    whole = Dictionary(Type=Name.Font, Subtype=Name.Type0, BaseFont=Name.Helvetica)
    whole.DescendantFonts = Array([pdf.make_indirect(letters)])
    if " " in font.cmap:
        length = len(next(iter(font.codes.values())))
        spaces = f"1 begincodespacerange <{'0' * length}> <{'f' * length}> endcodespacerange"
        content = f"/CIDInit /ProcSet findresource begin 12 dict begin begincmap {spaces}\n"
        content += f"{font.cmap}\nendcmap end end"
        whole.Encoding = pdf.make_stream(content.encode(), Type=Name.CMap, CIDSystemInfo=system)
        whole.Encoding.CMapName = Name("/Of-This-Document")
    else:
        whole.Encoding = Name(f"/{font.cmap}")
    if font.has_table:
        said = " ".join(f"<{code}> <{ord(letter):04x}>" for letter, code in font.codes.items())
        whole.ToUnicode = pdf.make_stream(
            f"{len(font.codes)} beginbfchar {said} endbfchar".encode()
        )
    return whole


def written(path: Path, font: Font) -> Path:
    """A page of lines that are set in a font."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(842, 595))
        page.add_resource(pdf.make_indirect(made(pdf, font)), Name.Font, Name.Composite)
        shown = "".join(
            f"1 0 0 1 40 {550 - 14 * at} Tm <{''.join(font.codes[each] for each in line)}> Tj "
            for at, line in enumerate(LINES)
        )
        page.contents_add(f"BT /Composite 7 Tf {shown} ET".encode())
        pdf.save(path)
    return path


OF_ONE_READER = {"codes of one and two bytes", "one that builds on a predefined one"}
"""What pdfium doesn't read."""


@pytest.mark.parametrize("name", FONTS)
def test_a_composite_font_is_read_by_its_codes(name: str, tmp_path: Path) -> None:
    reader: ReaderName = "pdfplumber" if name in OF_ONE_READER else "both"
    found = extract(written(tmp_path / "list.pdf", FONTS[name]), reader=reader)
    assert not found.problems
    pairs = [(row.fingerprint, row.subject) for row in found.rows]
    assert pairs == list(zip(DIGITS, NAMES, strict=True))


@pytest.mark.parametrize(
    "ranges", ["<00000000> <ffffffff> 0", "<00000001> <0000ffff> 0 " * 3], ids=["large", "again"]
)
def test_a_map_of_more_codes_than_a_font_has_is_damage(ranges: str, tmp_path: Path) -> None:
    sections = f"1 begincidrange {ranges} endcidrange"
    path = written(tmp_path / "list.pdf", Font(codes(1, 4), sections, [0]))
    with pytest.raises(DocumentError, match=r"list\.pdf"):
        extract(path, reader="pdfplumber")
