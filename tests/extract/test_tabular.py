"""Lists in spreadsheets, JSON, YAML and HTML; archives, which are refused with what is inside."""

from __future__ import annotations

import base64
import io
import json
import plistlib
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
import yaml

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


def test_a_label_in_the_column_before_is_none_of_a_number_with_a_title(tmp_path: Path) -> None:
    titles = ["Name", "Sig alg", "Serial number", "Revocation Status", "SHA-256", "Key Identifier"]
    table = [titles]
    for at, name in enumerate(("Nobody Root", "Somebody Root")):
        serial, key = f"{at:02}" + " ab" * 19, "q83vEjRWeJCrze8SNFZ4kKvN7xI="
        table.append([name, "SHA-256", serial, "Not Revoked", f"{at}badc0de" * 8, key])
    path = tmp_path / "list.tsv"
    path.write_text("\n".join(map("\t".join, table)))
    found = extract(path, limits=None, known={})
    assert [row.fingerprint_sha256 for row in found.rows] == ["0badc0de" * 8, "1badc0de" * 8]
    assert found.problems == []


def test_a_list_of_trusted_services_in_xml(tmp_path: Path) -> None:
    """As ETSI TS 119 612 has it: certificates in base64, and a status above each."""
    services = "".join(
        f"<Service><Identity><Id><X509Certificate>{base64.b64encode(each.der).decode()}"
        f"</X509Certificate></Id><Id><X509SKI>q83vEjRWeJCrze8SNFZ4kKvN7xI=</X509SKI></Id>"
        f"</Identity><ServiceStatus>http://uri.etsi.org/Svcstatus/{status}</ServiceStatus></Service>"
        for each, status in zip(ROOTS, ("granted", "withdrawn"), strict=True)
    )
    path = tmp_path / "list.xml"
    path.write_text(f"<List><Provider>{services}</Provider></List>")
    found = extract(path, limits=None, known={})
    assert [row.fingerprint for row in found.rows] == [ROOTS[0].fingerprint]
    assert ["withdrawn" in each.text + each.hint for each in found.problems] == [True]


def test_certificates_in_a_profile_of_apple(tmp_path: Path) -> None:
    payloads = [
        {"PayloadType": "com.apple.security.root", "PayloadContent": each.der} for each in ROOTS
    ]
    path = tmp_path / "roots.mobileconfig"
    path.write_bytes(plistlib.dumps({"PayloadContent": payloads, "PayloadVersion": 1}))
    assert [digits for digits, _ in rows(path)] == [each.fingerprint for each in ROOTS]


def test_a_bundle_in_a_text_of_yaml(tmp_path: Path) -> None:
    pem = "".join(f"# {each.fingerprint}\n{each.pem.decode()}" for each in ROOTS)
    lines = "".join(f"    {line}\n" for line in pem.splitlines())
    path = tmp_path / "roots.yaml"
    path.write_text(f"kind: ConfigMap\ndata:\n  ca.pem: |\n{lines}")
    found = extract(path, limits=None, known={})
    assert [row.fingerprint for row in found.rows] == [each.fingerprint for each in ROOTS]


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


def zip_parts(data: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        yield from ((name, archive.read(name)) for name in archive.namelist())


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


@pytest.mark.parametrize("is_formula", [True, False])
@pytest.mark.parametrize("own", [0, 1, 2])
def test_digits_in_links_of_a_spreadsheet(own: int, is_formula: bool, tmp_path: Path) -> None:
    """Those of a row that has its own are of the row; others are told."""
    digits = ["0badf00d" * 8, "5eedc0de" * 8]
    cells = [["A CA", WANTED[0][0]], ["B CA", WANTED[1][0] if own == 2 else ""]][: max(own, 1)]
    cells = cells if own else [["A CA", "no"]]
    table = [["Name", "SHA-1"], *cells, *([["B CA", "none"]] if own == 1 else [])]
    parts = dict(zip_parts(xlsx({"One": table})))
    targets = [f"https://crt.sh/?sha256={each}" for each in digits[: len(table) - 1]]
    name = "xl/worksheets/sheet1.xml"
    sheet = parts[name].decode()
    if is_formula:
        for number, target in enumerate(targets, 2):
            link = f'<c r="C{number}" t="str"><f>HYPERLINK("{target}","x")</f><v>x</v></c></row>'
            rows_ = sheet.split("</row>")
            rows_[number - 1] += link.removesuffix("</row>")
            sheet = "</row>".join(rows_)
    else:
        links = "".join(f'<hyperlink ref="A{n}" r:id="l{n}"/>' for n, _ in enumerate(targets, 2))
        sheet = sheet.replace("</sheetData>", f"</sheetData><hyperlinks>{links}</hyperlinks>")
        sheet = sheet.replace("<worksheet ", f'<worksheet xmlns:r="{_OFFICE}" ')
        parts["xl/worksheets/_rels/sheet1.xml.rels"] = (
            f'<Relationships xmlns="{_PACKAGE}/relationships">'
            + "".join(
                f'<Relationship Id="l{n}" Type="{_OFFICE}/hyperlink" Target="{target}"/>'
                for n, target in enumerate(targets, 2)
            )
            + "</Relationships>"
        ).encode()
    path = tmp_path / "list.xlsx"
    path.write_bytes(zipped({**parts, name: sheet.encode()}))
    read = extract(path, known={}, limits=None)
    assert [row.fingerprint for row in read.rows] == [each for each, _ in WANTED][:own]
    told = " ".join(problem.text for problem in read.problems)
    assert [each in told for each in digits] == [own == 0, own == 1]


def test_links_are_of_the_sheet_that_has_them_whatever_its_part_is_called(tmp_path: Path) -> None:
    """Sheets that somebody reordered keep the names of their parts; so do those beside a chart."""
    digits = ["0badf00d" * 8, "5eedc0de" * 8]
    tables = {"One": TABLE[:2], "Two": [["Name", "SHA-1"], ["B CA", "none"]]}
    parts = dict(zip_parts(xlsx(tables)))
    related = parts["xl/_rels/workbook.xml.rels"].decode()
    for old, new in (("sheet1", "one"), ("sheet2", "sheet1"), ("one", "sheet2")):
        related = related.replace(f"/{old}.xml", f"/{new}.xml")
    parts["xl/_rels/workbook.xml.rels"] = related.encode()
    first, second = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"
    parts[first], parts[second] = parts[second], parts[first]
    for name, target in ((second, digits[0]), (first, digits[1])):
        folder, _, base = name.rpartition("/")
        parts[f"{folder}/_rels/{base}.rels"] = (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="l" '
            f'Type="{_OFFICE}/hyperlink" TargetMode="External" '
            f'Target="https://crt.sh/?sha256={target}"/></Relationships>'
        ).encode()
        parts[name] = (
            parts[name]
            .replace(b"<worksheet ", f'<worksheet xmlns:r="{_OFFICE}" '.encode())
            .replace(
                b"</sheetData>",
                b'</sheetData><hyperlinks><hyperlink ref="A2:A2" r:id="l"/></hyperlinks>',
            )
        )
    path = tmp_path / "list.xlsx"
    path.write_bytes(zipped(parts))
    read = extract(path, known={}, limits=None)
    assert [row.fingerprint for row in read.rows] == [WANTED[0][0]]
    told = " ".join(problem.text for problem in read.problems)
    assert [each in told for each in digits] == [False, True]


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


@pytest.mark.parametrize("indent", [None, 2], ids=["JSON Lines", "indented objects"])
def test_objects_below_one_another(indent: int | None, tmp_path: Path) -> None:
    path = tmp_path / "x509.log"
    text = "\n".join(
        json.dumps({"id": n, "certificate.subject": name, "sha1": digits}, indent=indent)
        for n, (digits, name) in enumerate(WANTED)
    )
    path.write_text(text)
    assert rows(path) == WANTED
    path.write_text(text[:-3])
    assert "damaged or cut off" in refusal(path)


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
        (
            json.dumps([{"id": 1, "common_name": "A CA", "serial_number": "0a1b"}]),
            "identify none",
        ),
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


@pytest.mark.parametrize("head", ["release = '14.2(1)'", "# Release 14.2(1)", ""])
def test_a_list_in_toml(head: str, tmp_path: Path) -> None:
    path = tmp_path / "roots.toml"
    tables = [f"[[root]]\nsubject = '{s}'\nsha1 = \"{f.upper()}\"\n" for f, s in WANTED]
    path.write_text("\n".join([head, "", *tables]))
    read = extract(path, limits=None)
    assert [(row.fingerprint, row.subject) for row in read.rows] == WANTED
    assert {row.release for row in read.rows} == {"14.2(1)" if head else ""}
    path.write_text("\n".join([head, "", tables[0], "# removed in May:", *tables[1:]]))
    problems = extract(path, limits=None).problems
    assert any(WANTED[1][0] in problem.text.lower() for problem in problems)


REMOVED = [
    {"trusted": objects()[:1], "removed": objects()[1:]},
    {"roots": [{"state": "ok", "roots": objects()[:1]}, {"removed": objects()[1:]}]},
]


@pytest.mark.parametrize("document", REMOVED)
@pytest.mark.parametrize("write", [json.dumps, yaml.safe_dump])
def test_a_key_above_a_list_is_its_heading(
    document: object, write: Callable[[object], str], tmp_path: Path
) -> None:
    path = tmp_path / "list.txt"
    path.write_text(write(document))
    read = extract(path, limits=None)
    assert [row.fingerprint for row in read.rows] == [WANTED[0][0]]
    (problem,) = read.problems
    assert (WANTED[1][0] in problem.text, "“removed" in problem.hint) == (True, True)


def test_a_key_above_certificates_counts_too(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    one, two = ([{"pem": each.pem.decode()}] for each in ROOTS)
    path.write_text(json.dumps({"trusted": one, "removed": two}))
    read = extract(path, limits=None)
    assert [row.fingerprint for row in read.rows] == [WANTED[0][0]]
    assert len(read.problems) == 1


def test_keys_may_be_releases(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text(json.dumps({"12.7(1)": objects()[:1], "12.8(1)": objects()[1:]}))
    assert [row.release for row in extract(path, limits=None).rows] == ["12.7(1)", "12.8(1)"]
    path.write_text(json.dumps({"firmware": "12.7(1)", "roots": objects()}))
    assert {row.release for row in extract(path, limits=None).rows} == {"12.7(1)"}


def test_fingerprints_elsewhere_in_json_are_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text(json.dumps({"roots": objects()[:1], "more": [WANTED[1][0]]}))
    read = extract(path, limits=None)
    assert [row.fingerprint for row in read.rows] == [WANTED[0][0]]
    assert [each.text for each in read.problems] == [WANTED[1][0]]


@pytest.mark.parametrize("digits", [":".join(f"{n:02}" for n in range(2, 22)), "0123456701" * 4])
def test_digits_in_yaml_are_no_number(digits: str, tmp_path: Path) -> None:
    path = tmp_path / "list.yaml"
    path.write_text(f"- sha1: {digits}\n  subject: O=Invented, CN=Invented Root One\n")
    assert rows(path) == [(digits.replace(":", ""), "O=Invented, CN=Invented Root One")]


NAMED = [(digits, name.partition("CN=")[2]) for digits, name in WANTED]


@pytest.mark.parametrize(
    "document",
    [
        {"roots": {name: digits for digits, name in NAMED}},
        {"roots": {name: {"sha1": digits, "state": "present"} for digits, name in NAMED}},
        {name: {"sha1": digits} for digits, name in NAMED},
    ],
    ids=["fingerprints by name", "objects by name", "nothing else"],
)
@pytest.mark.parametrize("kind", ["json", "yaml"])
def test_keys_may_be_names(document: Any, kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"roots.{kind}"
    path.write_text(json.dumps(document) if kind == "json" else yaml.dump(document))
    assert sorted(rows(path)) == sorted(NAMED)


def test_what_a_role_makes_absent_is_not_trusted(tmp_path: Path) -> None:
    path = tmp_path / "vars.yml"
    roots = [
        {"name": n, "sha1": d, "state": s}
        for (d, n), s in zip(NAMED, ["absent", "present"], strict=True)
    ]
    path.write_text(f"---\n# Release 14.2(1)\n{yaml.dump({'roots': roots})}")
    read = extract(path, limits=None)
    assert [(row.release, row.fingerprint) for row in read.rows] == [("14.2(1)", NAMED[1][0])]
    assert ["absent" in each.hint for each in read.problems] == [True]


@pytest.mark.parametrize(
    "element",
    [
        '<root name="{name}" serial="{serial}" sha1="{digits}"/>',
        "<c:root><c:name>{name}</c:name><c:serial>{serial}</c:serial><c:sha1>{digits}</c:sha1></c:root>",
    ],
    ids=["attributes", "elements"],
)
def test_a_list_in_xml(element: str, tmp_path: Path) -> None:
    path = tmp_path / "roots.xml"
    roots = "".join(element.format(name=n, digits=d, serial="ab" * 20) for d, n in NAMED)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE roots [<!ENTITY x SYSTEM "/x">]>'
    path.write_text(f'{head}<roots xmlns:c="urn:x"><note>&x;</note>{roots}</roots>')
    assert rows(path) == NAMED


def test_a_property_list(tmp_path: Path) -> None:
    path = tmp_path / "roots.plist"
    tables = [{"SHA-1": digits, "subject": name} for digits, name in WANTED]
    path.write_bytes(plistlib.dumps({"trusted": tables}))
    assert rows(path) == WANTED


@pytest.mark.parametrize("title", ["Root", "Roots", "Trust anchor"])
def test_titles_of_what_roots_are_called(title: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    lines = [f"{name},{digits},2030\n" for name, (digits, _) in zip("AB", WANTED, strict=True)]
    path.write_text(f"{title},SHA-1,Expires\n" + "".join(lines).replace(",", " Root CA,", 1))
    read = extract(path, known={}, limits=None)
    assert [row.subject for row in read.rows] == ["A Root CA", "B"]


def test_yaml_that_repeats_itself_has_an_end(tmp_path: Path) -> None:
    lines = ["- &a {x: y}"]
    for above, below in zip("abcdefghijklmnop", "bcdefghijklmnopq", strict=True):
        lines.append(f"- &{below} {{{', '.join(f'{key}: *{above}' for key in 'uvwxyz')}}}")
    path = tmp_path / "list.yaml"
    path.write_text("\n".join(lines))
    assert "no row found" in refusal(path)


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


HEAD = "<tr><th>SHA-1</th><th>Subject</th></tr>"
CELLS = [f"<td>{digits}</td><td>{escape(subject)}</td>" for digits, subject in WANTED]


@pytest.mark.parametrize(
    "body",
    [
        "<pre>{0}  {1}\n{2}  {3}</pre>",
        "<div>{0} {1}</div><div>{2} {3}</div>",
        "<ul><li>{1}<br>SHA-1: {0}<li>{3}<br>SHA-1: {2}</ul>",
        "<table><tr><td>menu<td><table><tr><th>SHA-1<th>Subject</tr>"
        "<tr><td>{0}<td>{1}</tr><tr><td>{2}<td>{3}</tr></table></table>",
        "<table><tr><th>SHA-1<th>Subject</tr><tr><td>{0}<td><table><tr><td>{1}</table></tr>"
        "<tr><td>{2}<td><table><tr><td>{3}</table></tr></table>",
        "<table><tr><th colspan=2>Roots</tr><tr><th>SHA-1<th>Subject</tr>"
        "<tr><td>{0}<td>{1}</tr><tr><td>{2}<td>{3}</tr></table>",
    ],
)
def test_other_ways_to_build_a_page(body: str, tmp_path: Path) -> None:
    path = tmp_path / "list.html"
    texts = [escape(text) for row in WANTED for text in row]
    path.write_text(f"<!DOCTYPE html><h1>Roots</h1>{body.format(*texts)}")
    assert rows(path) == WANTED


def test_a_cell_over_several_rows_is_of_each(tmp_path: Path) -> None:
    path = tmp_path / "list.html"
    head = "<tr><th>Status<th>SHA-1<th>Subject</tr>"
    one, two = CELLS
    path.write_text(f"<table>{head}<tr><td rowspan=2>Removed</td>{one}</tr><tr>{two}</tr></table>")
    read = extract(path, limits=None)
    assert (read.rows, ["“Removed”" in each.hint for each in read.problems]) == ([], [True, True])


@pytest.mark.parametrize("row", ["<tr hidden>{}", "<tr style='display: none'>{}", "<tr>{}"])
def test_a_row_that_nobody_sees_or_that_is_struck_out_is_a_problem(
    row: str, tmp_path: Path
) -> None:
    path = tmp_path / "list.html"
    cells = CELLS[1].replace("<td>", "<td><del>", 1) if row == "<tr>{}" else CELLS[1]
    path.write_text(f"<table>{HEAD}<tr>{CELLS[0]}</tr>{row.format(cells)}</tr></table>")
    read = extract(path, limits=None)
    assert [each.fingerprint for each in read.rows] == [WANTED[0][0]]
    assert [each.kind for each in read.problems] == ["not-visible"]


def test_text_below_a_table_is_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "list.html"
    below = " ".join(map(escape, WANTED[1]))
    path.write_text(f"<table>{HEAD}<tr>{CELLS[0]}</tr></table><p>{below}</p>")
    assert sorted(rows(path)) == sorted(WANTED)


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


def test_a_name_in_quotes_ends_where_its_cell_does(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    name = "C=XX, O=Acme, CN=Acme Root"
    lines = ["fingerprint,subject", f'{"0badc0de" * 5},"{name}","C=XX,O=Acme,CN=Acme Root"']
    path.write_text("\n".join(lines))
    assert rows(path) == [("0badc0de" * 5, name)]
