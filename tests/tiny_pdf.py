"""A PDF of plain lines, made by hand: for what no sample has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def write_pdf(path: Path, lines: Sequence[str]) -> Path:
    """Write one page with these lines, one below the other (ISO 32000-1, sections 7 and 9)."""
    shown = (line.encode("cp1252") for line in lines)
    text = b" T* ".join(b"<%s> Tj" % line.hex().encode() for line in shown)
    content = b"BT /F1 9 Tf 14 TL 40 760 Td %s ET" % text
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 842 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        FONT,
    ]
    data = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(data)
    data += b"xref\n0 6\n0000000000 65535 f \n" + table + trailer
    path.write_bytes(data)
    return path
