"""Tables of tagged PDFs, as both readers give them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pipeline.errors import DocumentError
from pipeline.extract import extract
from pipeline.extract.formats.pdf.readers import Name, reader_of
from pipeline.extract.page import Page, TaggedTable
from tests.extract.hostile import FONT, assembled, stream

CORPUS = Path(__file__).parents[1] / "corpus"
READERS: tuple[Name, ...] = ("pdfplumber", "pdfium")

pytestmark = pytest.mark.parametrize("reader", READERS)

Table = list[list[str]]


def texts(table: TaggedTable) -> Table:
    words = [[[word.text for word in cell.words] for cell in row.cells] for row in table.rows]
    return [[" ".join(cell) for cell in row] for row in words]


def read(path: Path, reader: Name) -> list[Page]:
    return list(reader_of(reader)(path, slice(None)))


# --- by hand (ISO 32000-1, 14.7 and 14.8) --------------------------------------------------------
#
# Objects: 1 catalog, 2 pages, 3 first page, 4 its content, 5 font, 6 root of the tree, 7 parent
# tree, 8 the table, 10 and 11 rows, 20 to 23 cells, 30 second page, 31 its content.


def shown(mark: int, x: int, y: int, text: str) -> bytes:
    """A marked content that shows a text."""
    return b"/Span << /MCID %d >> BDC BT /F1 9 Tf %d %d Td (%s) Tj ET EMC" % (
        mark,
        x,
        y,
        text.encode("ascii"),
    )


TABLE = b" ".join(
    (
        shown(0, 40, 700, "SHA-1"),
        shown(1, 200, 700, "Subject"),
        shown(2, 40, 680, "02faf3e2"),
        shown(3, 200, 680, "C=SE, O=X"),
    )
)


def element(kind: str, parent: int, kids: bytes, more: bytes = b"") -> bytes:
    return b"<< /Type /StructElem /S /%s /P %d 0 R /Pg 3 0 R /K [%s] %s >>" % (
        kind.encode("ascii"),
        parent,
        kids,
        more,
    )


def tagged(content: bytes = TABLE, **others: bytes) -> dict[int, bytes]:
    """A document of one page with a table of two rows and columns, one marked content a cell."""
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 842 792] /Contents %d 0 R"
        b" /StructParents %d /Resources << /Font << /F1 5 0 R >> >> >>"
    )
    return {
        1: b"<< /Type /Catalog /Pages 2 0 R /MarkInfo << /Marked %s >> /StructTreeRoot 6 0 R >>"
        % others.get("marked", b"true"),
        2: b"<< /Type /Pages /Kids [%s] /Count %s >>"
        % (others.get("kids", b"3 0 R"), others.get("count", b"1")),
        3: page % (4, 0),
        4: stream(content),
        5: FONT,
        6: b"<< /Type /StructTreeRoot /K [8 0 R] /ParentTree 7 0 R"
        b" /RoleMap << /Row /TR /Title /TH >> >>",
        7: b"<< /Nums [%s] >>" % others.get("parents", b"0 [20 0 R 21 0 R 22 0 R 23 0 R]"),
        8: element("Table", 6, b"10 0 R 11 0 R"),
        10: element("TR", 8, b"20 0 R 21 0 R"),
        11: element("TR", 8, b"22 0 R 23 0 R"),
        20: element("TH", 10, b"0"),
        21: element("TH", 10, b"1"),
        22: element("TD", 11, b"2"),
        23: element("TD", 11, b"3"),
        30: page % (31, 1),
    }


def table_of(path: Path, reader: Name, objects: Mapping[int, bytes]) -> TaggedTable:
    path = path / "list.pdf"
    path.write_bytes(assembled(objects))
    ((table,),) = (page.tagged for page in read(path, reader))
    return table


def test_cells_hold_the_words_of_the_page(reader: Name, tmp_path: Path) -> None:
    path = tmp_path / "list.pdf"
    path.write_bytes(assembled(tagged()))
    (page,) = read(path, reader)
    (table,) = page.tagged
    assert texts(table) == [["SHA-1", "Subject"], ["02faf3e2", "C=SE, O=X"]]
    assert [[cell.is_header for cell in row.cells] for row in table.rows] == [
        [True, True],
        [False, False],
    ]
    words = [word for row in table.rows for cell in row.cells for word in cell.words]
    assert words == [word for line in page.lines for word in line.words]


def test_types_of_ones_own_stand_for_standard_ones(reader: Name, tmp_path: Path) -> None:
    own = {10: element("Row", 8, b"20 0 R 21 0 R"), 20: element("Title", 10, b"0")}
    table = table_of(tmp_path, reader, tagged() | own)
    assert texts(table) == [["SHA-1", "Subject"], ["02faf3e2", "C=SE, O=X"]]
    assert table.rows[0].cells[0].is_header


def test_spans_are_told(reader: Name, tmp_path: Path) -> None:
    cells = {
        20: element("TH", 10, b"0", b"/A << /O /Table /ColSpan 2 >>"),
        21: element("TH", 10, b"1", b"/A [<< /O /Layout >> << /O /Table /RowSpan 3 >>]"),
        22: element("TD", 11, b"2", b"/A << /O /Table /ColSpan -7 /RowSpan 99999 >>"),
    }
    first, second = table_of(tmp_path, reader, tagged() | cells).rows
    assert [(cell.columns, cell.rows) for cell in first.cells] == [(2, 1), (1, 3)]
    assert [(cell.columns, cell.rows) for cell in second.cells] == [(1, 1000), (1, 1)]


def test_an_empty_cell_keeps_its_place(reader: Name, tmp_path: Path) -> None:
    row = {11: element("TR", 8, b"24 0 R 22 0 R 23 0 R"), 24: element("TD", 11, b"")}
    assert texts(table_of(tmp_path, reader, tagged() | row))[1] == ["", "02faf3e2", "C=SE, O=X"]


def test_elements_between_row_and_text_are_looked_through(reader: Name, tmp_path: Path) -> None:
    wrapped = {
        8: element("Table", 6, b"9 0 R"),
        9: element("TBody", 8, b"10 0 R 11 0 R"),
        10: element("TR", 9, b"20 0 R 21 0 R"),
        11: element("TR", 9, b"22 0 R 23 0 R"),
        23: element("TD", 11, b"24 0 R"),
        24: element("P", 23, b"25 0 R"),
        25: element("Span", 24, b"3"),
        7: b"<< /Kids [12 0 R] >>",
        12: b"<< /Limits [0 0] /Nums [0 [20 0 R 21 0 R 22 0 R 25 0 R]] >>",
    }
    assert texts(table_of(tmp_path, reader, tagged() | wrapped))[1] == ["02faf3e2", "C=SE, O=X"]


def test_a_word_is_never_of_two_cells(reader: Name, tmp_path: Path) -> None:
    # Helvetica's digits are 5.004 points wide at 9 points: no gap between the two
    content = shown(2, 40, 680, "0123456789") + b" " + shown(3, 90, 680, "0123456789")
    assert texts(table_of(tmp_path, reader, tagged(content))) == [["0123456789", "0123456789"]]


def test_a_word_of_two_marks_in_one_cell_is_one(reader: Name, tmp_path: Path) -> None:
    content = shown(2, 40, 680, "0123456789") + b" " + shown(3, 90, 680, "0123456789")
    same = {22: element("TD", 11, b"2 3")}
    parents = b"0 [20 0 R 21 0 R 22 0 R 22 0 R]"
    table = table_of(tmp_path, reader, tagged(content, parents=parents) | same)
    assert texts(table) == [["01234567890123456789", ""]]


def test_a_mark_around_another_goes_on_after_it(reader: Name, tmp_path: Path) -> None:
    inner = b"/Span << /Lang (en) >> BDC BT /F1 9 Tf 100 680 Td (b) Tj ET EMC"
    content = b"/P << /MCID 2 >> BDC BT /F1 9 Tf 40 680 Td (a) Tj ET %s" % inner
    content += b" BT /F1 9 Tf 150 680 Td (c) Tj ET EMC"
    assert texts(table_of(tmp_path, reader, tagged(content))) == [["a b c", ""]]


def test_a_row_that_goes_on_keeps_its_number(reader: Name, tmp_path: Path) -> None:
    path = tmp_path / "list.pdf"
    other_page = b"<< /Type /MCR /Pg 30 0 R /MCID 0 >>"
    objects = tagged(
        kids=b"3 0 R 30 0 R",
        count=b"2",
        parents=b"0 [20 0 R 21 0 R 22 0 R 23 0 R] 1 [23 0 R]",
    ) | {31: stream(shown(0, 200, 700, "CN=Root")), 23: element("TD", 11, b"3 " + other_page)}
    path.write_bytes(assembled(objects))
    first, second = read(path, reader)
    ((head, before), (after,)) = (page.tagged[0].rows for page in (first, second))
    assert texts(second.tagged[0]) == [["", "CN=Root"]]
    assert before.number == after.number != head.number
    assert first.tagged[0].number == second.tagged[0].number


def test_marks_in_a_form_are_not_those_of_the_page(reader: Name, tmp_path: Path) -> None:
    objects = tagged(TABLE + b" /X Do") | {
        3: tagged()[3].replace(b"/Font", b"/XObject << /X 40 0 R >> /Font"),
        40: stream(
            shown(2, 40, 660, "STRAY"),
            b"/Type /XObject /Subtype /Form /BBox [0 0 842 792]"
            b" /Resources << /Font << /F1 5 0 R >> >>",
        ),
    }
    assert texts(table_of(tmp_path, reader, objects))[1] == ["02faf3e2", "C=SE, O=X"]


def test_tags_that_the_document_does_not_vouch_for_are_none(reader: Name, tmp_path: Path) -> None:
    path = tmp_path / "list.pdf"
    path.write_bytes(assembled(tagged(marked=b"false")))
    assert [page.tagged for page in read(path, reader)] == [()]


BROKEN = {
    "a tree that is no tree": {6: b"[17]"},
    "parents that are numbers": {7: b"<< /Nums [0 [1 2 3 4]] >>"},
    "no parents": {7: b"null"},
    "an element that is above itself": {8: element("Table", 11, b"10 0 R 11 0 R")},
    "an element below itself": {22: element("TD", 11, b"22 0 R 2")},
    "an element with nothing above it": {8: b"<< /Type /StructElem /S /Table /K [10 0 R] >>"},
    "a row that is a string": {11: b"(TR)"},
    "types that are numbers": {22: b"<< /S 7 /P 11 0 R /K 2 >>"},
    "attributes that are their own": {22: element("TD", 11, b"2", b"/A 22 0 R")},
    "kids that are strings": {11: element("TR", 8, b"(x) (y)")},
    "elements in elements": {
        **{n: element("Div", n - 1, b"%d 0 R" % (n + 1)) for n in range(100, 3000)},
        8: element("Table", 2999, b"10 0 R 11 0 R"),
        100: element("Div", 6, b"101 0 R"),
        6: b"<< /Type /StructTreeRoot /K [100 0 R] /ParentTree 7 0 R >>",
    },
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_tree_takes_no_word_away(name: str, reader: Name, tmp_path: Path) -> None:
    path = tmp_path / "list.pdf"
    path.write_bytes(assembled(tagged() | BROKEN[name]))
    (page,) = read(path, reader)
    assert [line.text for line in page.lines] == ["SHA-1 Subject", "02faf3e2 C=SE, O=X"]


def test_parents_that_are_their_own_are_survived(reader: Name, tmp_path: Path) -> None:
    """The program that reads breaks down on them: pdfium does, whoever asks it for the tree."""
    path = tmp_path / "list.pdf"
    path.write_bytes(assembled(tagged() | {7: b"<< /Kids [7 0 R 7 0 R] >>"}))
    with suppress(DocumentError):
        assert extract(path, reader).rows == []


# --- as people have them -------------------------------------------------------------------------


def test_tables_of_typst_side_by_side(reader: Name) -> None:
    truth = json.loads((CORPUS / "typst-side-by-side.truth.json").read_text("utf-8"))
    (page,) = read(CORPUS / "typst-side-by-side.pdf", reader)
    rows = [row for table in page.tagged for row in texts(table)]
    printed = {"".join(row[0].split()).lower().replace(":", "") for row in rows}
    assert {entry["fingerprint"] for entry in truth["entries"]} <= printed


def test_tables_of_chromium(reader: Name, chromium_pdf: Path) -> None:
    pages = read(chromium_pdf, reader)
    assert len(pages) > 1
    rows = [row for page in pages for table in page.tagged for row in texts(table)]
    assert [row for row in rows if row[0] != "No"] == EXPECTED
    assert sum(row == ["No", "SHA-1", "Subject"] for row in rows) == len(pages)


EXPECTED = [
    [str(n), f"{n * 7919**9:040x}", f"C=SE, O=Org {n}, OU={'a long name ' * 12}, CN=Root {n}"]
    for n in range(1, 31)
]


@pytest.fixture(scope="module")
def chromium_pdf(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Path:
    path = tmp_path_factory.mktemp("chromium") / "list.pdf"
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in EXPECTED)
    page = chromium.new_page()
    page.set_content(
        "<!doctype html><html lang=en><title>List</title><style>tr { break-inside: avoid }</style>"
        f"<table border=1><thead><tr><th>No<th>SHA-1<th>Subject</thead>{rows}</table>"
    )
    page.pdf(path=path, tagged=True)
    page.close()
    return path


def print_owners(chromium: Browser, path: Path, names: list[str]) -> dict[str, str]:
    """A table in which each owner spans three rows; subjects by their fingerprints."""
    rows = {hashlib.sha1(name.encode()).hexdigest(): name for name in names}
    page = chromium.new_page()
    page.set_content(
        "<!doctype html><html lang=en><title>List</title>"
        "<style>td { orphans: 1; widows: 1; width: 16em }</style>"
        "<table border=1><thead><tr><th>Owner<th>Subject<th>SHA-1<th>Status</thead>"
        + "".join(
            "<tr>"
            + ("<td rowspan=3>An owner" if n % 3 == 0 else "")
            + f"<td>{subject}<td style='font-size: 7pt'>{digits}<td>Active"
            for n, (digits, subject) in enumerate(rows.items())
        )
        + "</table>"
    )
    page.pdf(path=path, tagged=True)
    page.close()
    return rows


def test_a_row_goes_on_below_a_header_that_repeats(
    reader: Name, chromium: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "list.pdf"
    units = ("Certification Services", "Trust Network for Servers", "Public Key Infrastructure")
    names = [
        f"C=SE, O=Organisation {n}, {''.join(f'OU={unit}, ' for unit in units[n % 3 :])}CN=Root {n}"
        for n in range(30)
    ]
    rows = print_owners(chromium, path, names)
    found = extract(path, reader, limits=None, known={})
    assert {row.fingerprint: row.subject for row in found.rows} == rows
    assert not found.problems


def test_a_line_of_a_name_that_stands_at_the_foot_of_each_page_is_missed(
    reader: Name, chromium: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "list.pdf"
    names = [
        f"C=SE, O=Organisation {n} for Trust, OU=Certification Services Division {n}, CN=Root {n}"
        for n in range(45)
    ]
    rows = print_owners(chromium, path, names)
    found = extract(path, reader, limits=None, known={})
    read = {row.fingerprint: row.subject for row in found.rows}
    told = " ".join(problem.text for problem in found.problems)
    assert all(read.get(each, name) == name for each, name in rows.items())
    assert all(each in read or each in told for each in rows)
