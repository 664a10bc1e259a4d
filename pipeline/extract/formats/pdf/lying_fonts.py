"""Fonts whose table of characters (ToUnicode) contradicts what the font itself calls its glyphs.

A reader takes a character from ToUnicode (ISO 32000-1, 9.10.3); a person sees the glyph. The name
of a glyph (the Adobe Glyph List) and the cmap of an embedded font program say what it shows. Where
a font says nothing of its glyphs, `glyph_shapes` looks at them.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pikepdf
from fontTools import agl
from fontTools.cffLib import CFFFontSet
from fontTools.encodings.StandardEncoding import StandardEncoding
from fontTools.ttLib import TTFont, TTLibError

MOST_BYTES: Final = 16 << 20
"""A larger font program isn't looked at."""
BROKEN: Final = (
    TTLibError,
    struct.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    TypeError,
    ValueError,
)
"""What fontTools stumbles over in a broken font program, which then says nothing of its glyphs."""
_BF_CHAR: Final = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]+)>")
_BF_RANGE: Final = re.compile(
    rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]+)>\s*(?:<([0-9A-Fa-f\s]+)>|\[([^\]]*)\])"
)
_SECTION: Final = re.compile(rb"beginbf(char|range)(.*?)endbf\1", re.DOTALL)
_HEX: Final = re.compile(rb"<([0-9A-Fa-f\s]+)>")

Codes = dict[int, str]
"""What codes of a font stand for."""


def contradictions(font: pikepdf.Object) -> list[tuple[str, str]]:
    """The letters and digits that a font's table gives for glyphs which show another.

    Each is what the table says, and what the glyph shows.
    """
    stated = to_unicode(font)
    if not stated:
        return []
    shown = glyphs_shown(font)
    pairs = ((text, shown[code]) for code, text in stated.items() if code in shown)
    return sorted({pair for pair in pairs if _differ(*pair)})


def _differ(stated: str, shown: str) -> bool:
    """Whether two characters are different letters or digits; small capitals are alike."""
    both = (stated, shown)
    if not all(len(each) == 1 and each.isascii() and each.isalnum() for each in both):
        return False
    return stated.casefold() != shown.casefold()


def to_unicode(font: pikepdf.Object) -> Codes:
    """What a font's ToUnicode table says of each code."""
    table = font.get("/ToUnicode")
    if not isinstance(table, pikepdf.Stream):
        return {}
    found: Codes = {}
    for kind, section in _SECTION.findall(table.read_bytes()):
        if kind == b"char":
            found.update((_number(code), _text(text)) for code, text in _BF_CHAR.findall(section))
        else:
            found.update(_ranges(section))
    return found


def _ranges(section: bytes) -> Iterator[tuple[int, str]]:
    for low, high, start, texts in _BF_RANGE.findall(section):
        first, last = _number(low), min(_number(high), _number(low) + 0xFFFF)
        if texts:
            yield from zip(range(first, last + 1), map(_text, _HEX.findall(texts)), strict=False)
        elif len(text := _text(start)) == 1:
            most = min(last, first + 0x10FFFF - ord(text))
            yield from ((code, chr(ord(text) + code - first)) for code in range(first, most + 1))


def _number(digits: bytes) -> int:
    return int(b"".join(digits.split()) or b"0", 16)


def _text(digits: bytes) -> str:
    data = b"".join(digits.split())
    return bytes.fromhex((data + b"0" * (len(data) % 2)).decode()).decode("utf-16-be", "replace")


def glyphs_shown(font: pikepdf.Object) -> Codes:
    """What the glyphs of a font show, by their names or by the font program's own table."""
    if font.get("/Subtype") == "/Type0":
        return _of_composite(font)
    names = _built_in(font) | _encoded(font)
    return {code: text for code, name in names.items() if (text := _of_name(name))}


def _of_name(name: str) -> str:
    return agl.toUnicode(name) if name != ".notdef" else ""


def _encoded(font: pikepdf.Object) -> dict[int, str]:
    """The names that the font's Encoding gives (ISO 32000-1, 9.6.6)."""
    encoding = font.get("/Encoding")
    base = encoding.get("/BaseEncoding") if isinstance(encoding, pikepdf.Dictionary) else encoding
    names: dict[int, str] = {}
    if base in ("/WinAnsiEncoding", "/MacRomanEncoding"):
        codec = "cp1252" if base == "/WinAnsiEncoding" else "mac_roman"
        texts = (bytes([code]).decode(codec, "ignore") for code in range(33, 256))
        names = {code: agl.UV2AGL.get(ord(text), "") for code, text in enumerate(texts, 33) if text}
    if isinstance(encoding, pikepdf.Dictionary):
        code = 0
        for each in encoding.get("/Differences", pikepdf.Array()).as_list():
            if isinstance(each, pikepdf.Name):
                names[code] = str(each)[1:]
                code += 1
            else:
                code = int(each)
    return names


def _program(descriptor: Any) -> bytes | None:
    """The bytes of the embedded font program, TrueType or CFF (ISO 32000-1, 9.9)."""
    for key in ("/FontFile2", "/FontFile3"):
        stream = descriptor.get(key) if isinstance(descriptor, pikepdf.Dictionary) else None
        if isinstance(stream, pikepdf.Stream):
            data = stream.read_bytes()
            return data if len(data) <= MOST_BYTES else None
    return None


def _built_in(font: pikepdf.Object) -> dict[int, str]:
    """The names that an embedded CFF program gives the codes of a simple font."""
    data = _program(font.get("/FontDescriptor"))
    if data is None or data[:4] in (b"\0\1\0\0", b"true", b"OTTO"):
        return {}
    try:
        fonts = CFFFontSet()
        fonts.decompile(io.BytesIO(data), None)
        encoding = fonts[0].Encoding
    except BROKEN:
        return {}
    names = StandardEncoding if encoding == "StandardEncoding" else encoding
    return dict(enumerate(names)) if isinstance(names, list) else {}


def _of_composite(font: pikepdf.Object) -> Codes:
    """What the glyphs of a TrueType font show whose codes number them (Identity-H)."""
    descendants = font.get("/DescendantFonts")
    if font.get("/Encoding") != "/Identity-H" or not isinstance(descendants, pikepdf.Array):
        return {}
    inner = descendants[0]
    data = _program(inner.get("/FontDescriptor"))
    if data is None:
        return {}
    glyphs = _program_glyphs(data)
    to_glyph = inner.get("/CIDToGIDMap")
    if isinstance(to_glyph, pikepdf.Stream):
        numbers = to_glyph.read_bytes()
        return {
            code: glyphs[glyph]
            for code in range(len(numbers) // 2)
            if (glyph := int.from_bytes(numbers[2 * code : 2 * code + 2])) in glyphs
        }
    return glyphs


def _program_glyphs(data: bytes) -> Codes:
    """What each glyph of a font program shows: by its cmap, else by its name."""
    try:
        program = TTFont(io.BytesIO(data), lazy=True)
        order: Mapping[str, int] = program.getReverseGlyphMap()
        cmap = program.getBestCmap() if "cmap" in program else None
        if cmap:
            return {order[name]: chr(code) for code, name in cmap.items() if name in order}
        if "post" in program and program["post"].formatType == 2:
            return {i: text for name, i in order.items() if (text := _of_name(name))}
    except BROKEN:
        return {}
    return {}
