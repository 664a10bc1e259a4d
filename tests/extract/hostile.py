"""PDFs as nobody should make them, written byte by byte (ISO 32000-1, section 7)."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFObjRef, PDFStream
from pdfminer.psparser import PSLiteral

FINGERPRINT = "ccab0ea04c2301d6697bdd379fcd12eb24e3949d"
SUBJECT = "C=SE, O=AddTrust AB, OU=AddTrust TTP Network, CN=AddTrust Class 1 CA Root"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
ROW = f"BT /F1 9 Tf 40 700 Td ({FINGERPRINT}) Tj 260 0 Td ({SUBJECT}) Tj ET".encode()


def assembled(bodies: Mapping[int, bytes], root: int = 1, more: bytes = b"") -> bytes:
    """A PDF of these objects; ``more`` goes into its trailer."""
    data = bytearray(b"%PDF-1.7\n")
    offsets: dict[int, int] = {}
    for number, body in bodies.items():
        offsets[number] = len(data)
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    size = max(bodies) + 1
    start = len(data)
    data += b"xref\n0 %d\n" % size
    for number in range(size):
        if number in offsets:
            data += b"%010d 00000 n \n" % offsets[number]
        else:
            data += b"0000000000 65535 f \n"
    data += b"trailer\n<< /Size %d /Root %d 0 R %s >>\n" % (size, root, more)
    return bytes(data) + b"startxref\n%d\n%%%%EOF\n" % start


def stream(data: bytes, attributes: bytes = b"") -> bytes:
    """The body of a stream object."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), attributes, data)


def one_page(content: bytes = b"", **others: bytes) -> dict[int, bytes]:
    """The objects of a document of one page with one row, or another content stream.

    Each can be replaced: ``catalog`` (1), ``pages`` (2), ``page`` (3), ``contents`` (4), ``font``
    (5); ``resources`` and ``more`` go into the page.
    """
    resources = others.get("resources", b"/Font << /F1 5 0 R >>")
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 842 792] /Contents 4 0 R %s" % (
        others.get("more", b"")
    )
    return {
        1: others.get("catalog", b"<< /Type /Catalog /Pages 2 0 R >>"),
        2: others.get("pages", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
        3: others.get("page", page + b" /Resources << %s >> >>" % resources),
        4: others.get("contents", stream(content or ROW)),
        5: others.get("font", FONT),
    }


# --- unpacking -----------------------------------------------------------------------------------


def unpacked(data: bytes) -> bytes:
    """The same PDF with no stream compressed, and no object within a stream."""
    document = PDFDocument(PDFParser(BytesIO(data)))
    numbers = sorted({number for table in document.xrefs for number in table.get_objids()})
    objects = {number: document.getobj(number) for number in numbers}
    bodies = {
        number: _written(value)
        for number, value in objects.items()
        if not (isinstance(value, PDFStream) and _is_plumbing(value))
    }
    root = next(t.get_trailer()["Root"] for t in document.xrefs if "Root" in t.get_trailer())
    return assembled(bodies, root.objid)


def _is_plumbing(value: PDFStream) -> bool:
    kind = value.get("Type")
    return isinstance(kind, PSLiteral) and kind.name in ("ObjStm", "XRef")


def _written(value: Any) -> bytes:
    """An object as it is written in a PDF (ISO 32000-1, section 7.3)."""
    match value:
        case PDFStream():
            return _written_stream(value)
        case PDFObjRef():
            return b"%d 0 R" % value.objid
        case PSLiteral():
            return b"/" + _name(value.name)
        case bool() | None:
            return {True: b"true", False: b"false", None: b"null"}[value]
        case bytes():
            return b"<%s>" % value.hex().encode()
        case dict():
            items = (b"/%s %s" % (_name(key), _written(each)) for key, each in value.items())
            return b"<< %s >>" % b" ".join(items)
        case list():
            return b"[%s]" % b" ".join(map(_written, value))
        case _:
            return f"{value:.6f}".rstrip("0").rstrip(".").encode() if value % 1 else b"%d" % value


def _name(name: str | bytes) -> bytes:
    raw = name.encode() if isinstance(name, str) else name
    plain = (
        b"%c" % each if 33 <= each < 127 and each not in b"#/()<>[]{}%" else b"#%02x" % each
        for each in raw
    )
    return b"".join(plain)


def _written_stream(value: PDFStream) -> bytes:
    filters = [getattr(each, "name", "") for each, _ in value.get_filters()]
    is_text = set(filters) <= {"FlateDecode", "ASCII85Decode", "ASCIIHexDecode", "LZWDecode"}
    dropped = ("Length", *(("Filter", "DecodeParms") if is_text else ()))
    data = value.get_data() if is_text else value.get_rawdata()
    kept = {key: each for key, each in value.attrs.items() if key not in dropped}
    return stream(data or b"", _written(kept)[2:-2])
