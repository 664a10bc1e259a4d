"""Rows of cells from the first sheet of a workbook (XLSX, XLS, ODS) that has any."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from pipeline.errors import DocumentError, UsageError
from pipeline.questions.fleet.inventory.cell_rows import Row


def rows(file: BinaryIO, source: str) -> Iterator[Row]:
    """Give each row and its number.

    Raises:
        DocumentError: it is no workbook, damaged, or locked with a password.
        UsageError: python-calamine isn't installed.
    """
    try:
        import python_calamine as calamine
    except ModuleNotFoundError:
        raise UsageError(
            f"{source}: this is a spreadsheet; install trustlist[xlsx], or save it as CSV."
        ) from None
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
        sheets = map(workbook.get_sheet_by_name, workbook.sheet_names)
        sheet = next((each for each in sheets if each.height), None)
    except (calamine.CalamineError, ValueError) as error:
        raise DocumentError(
            f"{source}: it can't be read as a spreadsheet ({error}); save it as CSV."
        ) from error
    if sheet is None:
        raise DocumentError(f"{source}: none of its sheets has any cells.")
    first = sheet.start[0] + 1 if sheet.start else 1
    for number, cells in enumerate(sheet.to_python(skip_empty_area=True), first):
        yield number, list(map(_text, cells))


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)
