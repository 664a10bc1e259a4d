"""A PDF of plain lines, made by hand: for what no sample has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def write_pdf(path: Path, lines: Sequence[str]) -> Path:
    """Write one page with these lines, one below the other (ISO 32000-1, sections 7 and 9)."""
    return _write(path, [line.encode("cp1252") for line in lines], [FONT], width=842)


def write_pdf_of_any_text(path: Path, lines: Sequence[str]) -> Path:
    """Write one page with lines of any characters, also of those that no font has.

    A glyph means what the font's ToUnicode table says (ISO 32000-1, section 9.10.3).
    """
    numbers = {char: at for at, char in enumerate(dict.fromkeys("".join(lines)), 1)}
    coded = [b"".join(numbers[char].to_bytes(2) for char in line) for line in lines]
    pairs = (b"<%04x> <%s>" % (at, _utf_16(char)) for char, at in numbers.items())
    table = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
        b"1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        + b"".join(b"1 beginbfchar %s endbfchar\n" % pair for pair in pairs)
        + b"endcmap end end"
    )
    font = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Helvetica /Encoding /Identity-H"
        b" /DescendantFonts [6 0 R] /ToUnicode 7 0 R >>"
    )
    descendant = (
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Helvetica /DW 500"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
    )
    longest = max(map(len, lines))
    return _write(path, coded, [font, descendant, _stream(table)], width=100 + 5 * longest)


def _utf_16(char: str) -> bytes:
    return char.encode("utf-16-be").hex().encode()


def _stream(content: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)


def _write(path: Path, lines: Sequence[bytes], fonts: Sequence[bytes], width: int) -> Path:
    """Write a page in the first of these fonts; they are the objects 5, 6 and so on."""
    text = b" T* ".join(b"<%s> Tj" % line.hex().encode() for line in lines)
    content = b"BT /F1 9 Tf 14 TL 40 760 Td %s ET" % text
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>" % width,
        _stream(content),
        *fonts,
    ]
    data = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    size = len(bodies) + 1
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(data))
    data += b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer
    path.write_bytes(data)
    return path
