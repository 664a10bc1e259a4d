"""Spreadsheets: each visible sheet of an XLSX, XLS or ODS file is a table; others are reported."""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from html import unescape
from typing import Any, Final
from zipfile import ZipFile

from pipeline.extract.formats import Certificates, FormatError, Pages, Reported
from pipeline.extract.formats.archive import zip_entries
from pipeline.extract.formats.certificate_table import of_tables
from pipeline.extract.formats.tables import headers_of, page_of

_ZIP: Final = b"PK\x03\x04"
_PARTS: Final = (b"xl/workbook", b"application/vnd.oasis.opendocument.spreadsheet")
"""What the directory of a zip file has in it, or its first file, if it is a spreadsheet."""
_WORKBOOK: Final = "xl/workbook.xml"
_SHEET: Final = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
_RELATED: Final = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
_LINK: Final = re.compile(r"<(?:\w+:)?hyperlink\b[^>]*>")
_FORMULA: Final = re.compile(r'<c r="[A-Z]+(\d+)"[^>]*>\s*<f[^>]*>([^<]*HYPERLINK[^<]*)</f>')
_ATTRIBUTE: Final = re.compile(r'([\w:]+)="([^"]*)"')
_LARGEST: Final = 1 << 28
"""Bytes of all that is in a spreadsheet; what unpacks to more would fill the memory."""
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_workbook(data: bytes) -> bool:
    """Whether a file is a spreadsheet, as far as its first bytes and the names in it tell."""
    is_zip = data.startswith(_ZIP) and any(part in data for part in _PARTS)
    return is_zip or data.startswith(_OLE)


def read(data: bytes) -> Pages | Certificates | None:
    """The tables of a workbook.

    Raises:
        FormatError: it is encrypted, damaged or empty, or python-calamine isn't installed.
    """
    if not is_workbook(data):
        return None
    if sum(each.file_size for each in zip_entries(data)) > _LARGEST:
        raise FormatError("this spreadsheet is larger than 256 MiB when it is unpacked.")
    try:
        import python_calamine as calamine
    except ImportError:
        raise FormatError(
            "reading a spreadsheet needs python-calamine: pip install 'trustlist[xlsx]', or save "
            "it as CSV."
        ) from None
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        numbered = [(each, dict(_rows(workbook, each))) for each in _tables(calamine, workbook)]
    except calamine.PasswordError:
        raise FormatError("this spreadsheet is encrypted. Save it without a password.") from None
    except (calamine.CalamineError, ValueError):
        raise FormatError(
            "this spreadsheet is damaged, or encrypted with a password. Save it anew without one."
        ) from None
    is_visible = calamine.SheetVisibleEnum.Visible
    sheets = [(each, [*rows.values()]) for each, rows in numbered]
    tables = [rows for each, rows in sheets if rows and each.visible == is_visible]
    hidden = [
        _hidden(each.name, len(rows))
        for each, rows in sheets
        if rows and each.visible != is_visible
    ]
    if not tables:
        raise FormatError("this spreadsheet holds nothing in its visible sheets.")
    pages = [page_of(number, table, headers_of(table)) for number, table in enumerate(tables, 1)]
    if held := of_tables(tables):
        return held._replace(reported=[*held.reported, *hidden])
    links = _links(data)
    said = [
        " ".join([*cells, *links.get(each.name, {}).get(row, ())])
        for each, rows in numbered
        if each.visible == is_visible
        for row, cells in rows.items()
    ]
    return Pages(pages, hidden, "\n".join(said))


def _links(data: bytes) -> dict[str, dict[int, list[str]]]:
    """The targets of the links of an XLSX file: by the name of a sheet, then by their rows."""
    if not data.startswith(_ZIP):
        return {}
    with ZipFile(io.BytesIO(data)) as file:
        parts = _related(file, _WORKBOOK)
        sheets = map(_attributes, _SHEET.findall(_part(file, _WORKBOOK)))
        return {each.get("name", ""): _links_in(file, parts.get(_id(each), "")) for each in sheets}


def _links_in(file: ZipFile, name: str) -> dict[int, list[str]]:
    """The targets of the links of a sheet, which is a part of a file, by the rows they stand in."""
    found: dict[int, list[str]] = {}
    sheet, targets = _part(file, name), _related(file, name)
    for link in map(_attributes, _LINK.findall(sheet)):
        row = int("".join(filter(str.isdecimal, link["ref"].split(":")[0])))
        found.setdefault(row, []).append(targets.get(_id(link), ""))
    for row, formula in _FORMULA.findall(sheet):
        found.setdefault(int(row), []).append(unescape(formula))
    return found


def _related(file: ZipFile, name: str) -> dict[str, str]:
    """What a part is related to, by identifier: the names of other parts, or addresses.

    Source: ECMA-376-2, "Relationships"; a name is relative to the folder of the part.
    """
    folder, _, base = name.rpartition("/")
    related = map(_attributes, _RELATED.findall(_part(file, f"{folder}/_rels/{base}.rels")))
    return {
        each["Id"]: each["Target"]
        if each.get("TargetMode") == "External"
        else posixpath.join("/", folder, each["Target"])[1:]
        for each in related
    }


def _part(file: ZipFile, name: str) -> str:
    """The text of a part of a file; none if it has no such part."""
    return file.read(name).decode("utf-8", "replace") if name in file.namelist() else ""


def _id(element: Mapping[str, str]) -> str:
    """The identifier of what an element is related to, ``r:id``."""
    return next((value for name, value in element.items() if name.endswith(":id")), "")


def _attributes(element: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(element)}


def _hidden(name: str, rows: int) -> Reported:
    count = "1 row" if rows == 1 else f"{rows} rows"
    hint = "What people don't see isn't read. Unhide this sheet if it counts, or else delete it."
    return Reported("not-visible", f"hidden sheet “{name}”, {count}", hint)


def _tables(calamine: Any, workbook: Any) -> list[Any]:
    is_table = calamine.SheetTypeEnum.WorkSheet
    return [each for each in workbook.sheets_metadata if each.typ == is_table]


def _rows(workbook: Any, sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, with their numbers."""
    held = workbook.get_sheet_by_name(sheet.name)
    first = held.start[0] + 1 if held.start else 1
    for number, row in enumerate(held.to_python(), first):
        cells = [_text(cell) for cell in row]
        if any(cells):
            yield number, cells


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell)
