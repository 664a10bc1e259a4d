"""Lists in spreadsheets, JSON, YAML and HTML; archives, which are refused with what is inside."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from pipeline.enrich import files
from pipeline.errors import DocumentError
from pipeline.extract import extract
from tests.certificates import issue

ROOTS = [issue(f"Invented Root {word}", organisation="Invented, Inc.") for word in ("One", "Two")]
WANTED = [
    (each.fingerprint, "O=Invented, Inc., CN=" + word)
    for each, word in zip(ROOTS, ("Invented Root One", "Invented Root Two"), strict=True)
]
TABLE = [
    ["No.", "Issued by", "SHA-1 Thumbprint", "Subject"],
    *([str(n), "O=Somebody Else", *row] for n, row in enumerate(WANTED, 1)),
]


def rows(path: Path) -> list[tuple[str, str]]:
    read = extract(path, limits=None)
    assert read.problems == []
    return [(row.fingerprint, row.subject) for row in read.rows]


def refusal(path: Path) -> str:
    with pytest.raises(DocumentError) as caught:
        extract(path, limits=None)
    (line,) = caught.value.lines
    return str(line)


# --- spreadsheets ----------------------------------------------------------------------------

_OPEN = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET = f"{_OPEN}.worksheet+xml"
_RELATIONSHIPS = "application/vnd.openxmlformats-package.relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def xlsx(sheets: Mapping[str, Sequence[Sequence[str]]], hidden: Sequence[str] = ()) -> bytes:
    """Write a workbook as ECMA-376 has it, with texts in the cells."""
    names = list(enumerate(sheets, 1))
    state = {name: ' state="hidden"' if name in hidden else "" for name in sheets}
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{_RELATIONSHIPS}+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_OPEN}.sheet.main+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_SHEET}"/>'
            for n, _ in names
        )
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n, _ in names
        )
        + "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{_SHEETS}" xmlns:r="{_OFFICE}"><sheets>'
        + "".join(
            f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"{state[name]}/>' for n, name in names
        )
        + "</sheets></workbook>",
    }
    for n, name in names:
        cells = (
            "<row>"
            + "".join(f'<c t="inlineStr"><is><t>{escape(c)}</t></is></c>' for c in row)
            + "</row>"
            for row in sheets[name]
        )
        parts[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet xmlns="{_SHEETS}"><sheetData>{"".join(cells)}</sheetData></worksheet>'
        )
    return zipped({name: text.encode() for name, text in parts.items()})


def ods(table: Sequence[Sequence[str]]) -> bytes:
    """Write a sheet as OpenDocument 1.2 has it."""
    spaces = {"office": "office", "table": "table", "text": "text"}
    heads = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{ns}:1.0"'
        for name, ns in spaces.items()
    )
    body = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p>'
            "</table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in table
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        "</manifest:manifest>"
    )
    content = (
        f"<office:document-content {heads}><office:body><office:spreadsheet>"
        f'<table:table table:name="One">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": kind.encode(),
            "META-INF/manifest.xml": manifest.encode(),
            "content.xml": content.encode(),
        }
    )


def zipped(parts: Mapping[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return data.getvalue()


def test_a_table_in_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(xlsx({"Roots": TABLE, "Notes": [["Nothing here"]]}))
    assert rows(path) == WANTED
    path = tmp_path / "list.ods"
    path.write_bytes(ods(TABLE))
    assert rows(path) == WANTED


def test_a_hidden_sheet_is_not_what_a_person_sees(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(xlsx({"Roots": TABLE[:2], "Old": [TABLE[0], TABLE[2]]}, hidden=["Old"]))
    found = extract(path, limits=None)
    assert [row.fingerprint for row in found.rows] == [fingerprint for fingerprint, _ in WANTED[:1]]
    (problem,) = found.problems
    assert (problem.kind, problem.text) == ("not-visible", "hidden sheet “Old”, 2 rows")


def test_a_hidden_sheet_beside_certificates_is_said(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    cells = [["SHA-1", "PEM"], *([each.fingerprint, each.pem.decode()] for each in ROOTS)]
    path.write_bytes(xlsx({"Roots": cells, "Empty": [], "Old": TABLE}, hidden=["Old", "Empty"]))
    found = extract(path, limits=None)
    assert len(found.rows) == len(ROOTS)
    assert [each.kind for each in found.problems] == ["not-visible"]


def test_certificates_in_cells_of_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    cells = [[each.fingerprint, each.pem.decode()] for each in ROOTS]
    path.write_bytes(xlsx({"Roots": [["SHA-1", "PEM"], *cells]}))
    assert [fingerprint for fingerprint, _ in rows(path)] == [each[0] for each in WANTED]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("cut off", xlsx({"Roots": TABLE})[:900]),
        ("other columns", xlsx({"Roots": [["Name", "Phone"], ["Ann", "1234"], ["Bob", "5678"]]})),
        ("empty", xlsx({"Roots": []})),
        ("encrypted", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)),
    ],
)
def test_a_spreadsheet_that_cannot_be_used_is_refused_in_one_line(
    name: str, data: bytes, tmp_path: Path
) -> None:
    path = tmp_path / f"{name}.xlsx"
    path.write_bytes(data)
    assert str(path) in refusal(path)


# --- JSON and YAML ---------------------------------------------------------------------------


def objects(digest: str = "sha1Fingerprint") -> list[dict[str, Any]]:
    return [
        {"id": n, digest: fingerprint, "subject": subject, "notAfter": "2030-01-01"}
        for n, (fingerprint, subject) in enumerate(WANTED)
    ]


@pytest.mark.parametrize(
    "document",
    [
        objects(),
        objects("thumb_print"),
        {"version": 3, "data": {"roots": objects()}},
        {fingerprint: {"subject_dn": subject} for fingerprint, subject in WANTED},
        [{"name": {"subject": s}, "digests": {"sha1": f, "md5": "0" * 32}} for f, s in WANTED],
    ],
)
def test_a_list_of_objects_in_json(document: object, tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text(json.dumps(document, indent=1))
    assert rows(path) == WANTED


def test_certificates_in_json(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text(json.dumps([{"label": "x", "pem": each.pem.decode()} for each in ROOTS]))
    assert [fingerprint for fingerprint, _ in rows(path)] == [each[0] for each in WANTED]
    (source,) = files([path])
    assert list(source.certificates) == [each[0] for each in WANTED]


def test_an_object_that_is_not_trusted_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text(
        json.dumps(
            [one | {"trusted": two} for one, two in zip(objects(), (True, False), strict=True)]
        )
    )
    read = extract(path, limits=None)
    assert [row.fingerprint for row in read.rows] == [WANTED[0][0]]
    assert WANTED[1][0] in read.problems[0].text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (json.dumps(objects())[:-20], "damaged or cut off"),
        ('{"colour": "red"}', "no list of objects"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_json_that_cannot_be_used_is_refused_in_one_line(
    text: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "list.json"
    path.write_text(text)
    assert said in refusal(path)


def test_a_list_in_yaml(tmp_path: Path) -> None:
    path = tmp_path / "list.yaml"
    lines = ["platform: phones", "trusted_certificates:"]
    for fingerprint, subject in WANTED:
        lines += [f"- subject: {subject}", f"  sha1: {fingerprint}"]
    path.write_text("\n".join(lines))
    assert rows(path) == WANTED


# --- HTML ------------------------------------------------------------------------------------


def test_lists_of_definitions_in_a_page(tmp_path: Path) -> None:
    path = tmp_path / "list.html"
    lists = "".join(
        f"<dl><dt>Subject</dt><dd>{escape(subject)}</dd><dt>Serial number</dt><dd>{'ab' * 20}</dd>"
        f"<dt>SHA-1 fingerprint</dt><dd>{fingerprint.upper()}</dd></dl>"
        for fingerprint, subject in WANTED
    )
    path.write_text(f"<!DOCTYPE html><title>Trusted</title><h1>Trusted</h1>{lists}")
    assert rows(path) == WANTED


def test_a_page_of_another_kind_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<!DOCTYPE html><title>News</title><p>It rains.</p><dl><dt>A<dd>B</dl>")
    assert "no row found" in refusal(path)


# --- archives --------------------------------------------------------------------------------


def tarred(name: str, mode: str) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode=mode) as archive:  # type: ignore[call-overload]
        info = tarfile.TarInfo(name)
        info.size = 3
        archive.addfile(info, io.BytesIO(b"abc"))
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (zipped({f"{n}.pem": b"" for n in range(7)}), "zip archive of 7 files: 0.pem, 1.pem"),
        (tarred("roots/a.pem", "w:gz"), "gzip archive of 1 file: roots/a.pem. Unpack it"),
        (tarred("roots/a.pem", "w"), "tar archive of 1 file: roots/a.pem"),
        (b"\x1f\x8b\x08" + bytes(50), "compressed (gzip)"),
        (zipped({"a.pem": b"abc"})[:40], "compressed (zip)"),
    ],
    ids=["zip", "tar and gzip", "tar", "gzip, cut off", "zip, cut off"],  # archives hold the time
)
def test_an_archive_is_refused_with_what_is_inside(data: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "roots.bin"
    path.write_bytes(data)
    assert said in refusal(path)
