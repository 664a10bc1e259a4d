"""Spreadsheets: each visible sheet of an XLSX, XLS or ODS file is a table."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

from pipeline.extract.formats import Certificates, FormatError, Pages
from pipeline.extract.formats.certificate_table import of_tables
from pipeline.extract.formats.tables import page_of

_ZIP: Final = b"PK\x03\x04"
_PARTS: Final = (b"xl/workbook", b"application/vnd.oasis.opendocument.spreadsheet")
"""What the directory of a zip file has in it, or its first file, if it is a spreadsheet."""
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(data: bytes) -> Pages | Certificates | None:
    """The tables of a workbook.

    Raises:
        FormatError: it is encrypted, damaged or empty, or python-calamine isn't installed.
    """
    is_zip = data.startswith(_ZIP) and any(part in data for part in _PARTS)
    if not (is_zip or data.startswith(_OLE)):
        return None
    try:
        import python_calamine as calamine
    except ImportError:
        raise FormatError(
            "reading a spreadsheet needs python-calamine: pip install 'trustlist[xlsx]', or save "
            "it as CSV."
        ) from None
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        tables = [list(_rows(sheet)) for sheet in _visible(calamine, workbook)]
    except calamine.PasswordError:
        raise FormatError("this spreadsheet is encrypted. Save it without a password.") from None
    except (calamine.CalamineError, ValueError):
        raise FormatError(
            "this spreadsheet is damaged, or encrypted with a password. Save it anew without one."
        ) from None
    tables = [table for table in tables if table]
    if not tables:
        raise FormatError("this spreadsheet holds nothing in its visible sheets.")
    pages = [page_of(number, table) for number, table in enumerate(tables, 1)]
    return of_tables(tables) or Pages(pages)


def _visible(calamine: Any, workbook: Any) -> Iterator[Any]:
    for each in workbook.sheets_metadata:
        is_table = each.typ == calamine.SheetTypeEnum.WorkSheet
        if is_table and each.visible == calamine.SheetVisibleEnum.Visible:
            yield workbook.get_sheet_by_name(each.name)


def _rows(sheet: Any) -> Iterator[list[str]]:
    for row in sheet.to_python():
        cells = [_text(cell) for cell in row]
        if any(cells):
            yield cells


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell)
