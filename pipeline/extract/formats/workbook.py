"""Spreadsheets: each visible sheet of an XLSX, XLS or ODS file is a table; others are reported."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

from pipeline.extract.formats import Certificates, FormatError, Pages, Reported
from pipeline.extract.formats.archive import zip_entries
from pipeline.extract.formats.certificate_table import of_tables
from pipeline.extract.formats.tables import headers_of, page_of

_ZIP: Final = b"PK\x03\x04"
_PARTS: Final = (b"xl/workbook", b"application/vnd.oasis.opendocument.spreadsheet")
"""What the directory of a zip file has in it, or its first file, if it is a spreadsheet."""
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
        sheets = [(each, list(_rows(workbook, each))) for each in _tables(calamine, workbook)]
    except calamine.PasswordError:
        raise FormatError("this spreadsheet is encrypted. Save it without a password.") from None
    except (calamine.CalamineError, ValueError):
        raise FormatError(
            "this spreadsheet is damaged, or encrypted with a password. Save it anew without one."
        ) from None
    is_visible = calamine.SheetVisibleEnum.Visible
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
    return Pages(pages, hidden)


def _hidden(name: str, rows: int) -> Reported:
    count = "1 row" if rows == 1 else f"{rows} rows"
    hint = "What people don't see isn't read. Unhide this sheet if it counts, or else delete it."
    return Reported("not-visible", f"hidden sheet “{name}”, {count}", hint)


def _tables(calamine: Any, workbook: Any) -> list[Any]:
    is_table = calamine.SheetTypeEnum.WorkSheet
    return [each for each in workbook.sheets_metadata if each.typ == is_table]


def _rows(workbook: Any, sheet: Any) -> Iterator[list[str]]:
    for row in workbook.get_sheet_by_name(sheet.name).to_python():
        cells = [_text(cell) for cell in row]
        if any(cells):
            yield cells


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell)
