"""An inventory of devices -> batches of what each states of itself; nothing of it is stored.

`read` looks at what a file begins with and leaves it to the module for that form. A batch has some
thousand devices: an inventory of a million is never in memory as a whole.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from pipeline import inputs
from pipeline.errors import DocumentError
from pipeline.inputs import STANDARD_INPUT
from pipeline.questions.fleet.inventory.batch import Batch, Unusable
from pipeline.questions.fleet.inventory.titles import Field
from pipeline.questions.fleet.inventory.titles import parse as parse_column

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "STANDARD_INPUT",
    "Batch",
    "Field",
    "Unusable",
    "of_content",
    "of_frame",
    "parse_column",
    "read",
]

_LARGEST: Final = 4096 * inputs.MIB
_SECONDS: Final = 600.0
"""What an inventory that comes through a pipe may take until its end."""
_BUFFER: Final = 1 << 16
_SPREADSHEETS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""What XLSX and ODS (which are ZIP files) and XLS begin with."""


def read(
    path: Path, chosen: Mapping[Field, str] | None = None, unwanted: Collection[Field] = ()
) -> Iterator[Batch]:
    """Give what a file, or standard input (``-``), says of devices.

    It may be CSV with any delimiter, in UTF-8, UTF-16 or Windows-1252; a spreadsheet; answers of
    RisPort70 (Cisco Serviceability XML); JSON lines, or a list in JSON. ``chosen`` says which title
    a field has where that isn't one of the usual (`titles.TITLES`).

    Raises:
        DocumentError: it can't be read, is damaged, or has no column of names or loads.
        UsageError: ``chosen`` has a title that isn't there.
    """
    name = "standard input" if path == STANDARD_INPUT else str(path)
    try:
        with inputs.opened(path, _LARGEST, _SECONDS) as file:
            yield from _batches(file, name, chosen or {}, unwanted)
    except OSError as error:
        reason = "no such file" if isinstance(error, FileNotFoundError) else error.strerror
        raise DocumentError(f"{name}: it can't be read: {reason}.") from error


def of_content(
    content: bytes, chosen: Mapping[Field, str] | None = None, unwanted: Collection[Field] = ()
) -> Iterator[Batch]:
    """Give what the content of a file says of devices, as `read` does."""
    yield from _batches(io.BytesIO(content), "the inventory", chosen or {}, unwanted)


def of_frame(frame: pd.DataFrame, chosen: Mapping[Field, str] | None = None) -> Iterator[Batch]:
    """Give what a data frame with such columns says; `read` tells the rest."""
    from pipeline.questions.fleet.inventory import cell_rows

    cells = frame.astype(object).where(frame.notna(), "").astype(str)
    rows = ((place, list(row)) for place, row in enumerate(cells.itertuples(index=False), 1))
    titles = (0, list(map(str, frame.columns)))
    yield from cell_rows.batches(iter([titles, *rows]), "the data frame", chosen or {})


def _batches(
    file: BinaryIO, name: str, chosen: Mapping[Field, str], unwanted: Collection[Field]
) -> Iterator[Batch]:
    if not isinstance(file, io.BufferedReader):  # what stands in for standard input can't peek
        file = io.BufferedReader(cast(io.RawIOBase, file), _BUFFER)
    start = file.peek(_BUFFER)[:_BUFFER]
    first = start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if not first:
        raise DocumentError(f"{name}: it is empty.")
    if start.startswith(_SPREADSHEETS):
        from pipeline.questions.fleet.inventory import cell_rows, spreadsheet

        yield from cell_rows.batches(spreadsheet.rows(file, name), name, chosen, unwanted)
    elif first == b"<":
        from pipeline.questions.fleet.inventory import risport

        yield from risport.batches(file, name, chosen)
    elif first in (b"{", b"["):
        from pipeline.questions.fleet.inventory import json_records

        yield from json_records.batches(file, name, chosen)
    else:
        from pipeline.questions.fleet.inventory import delimited

        yield from delimited.batches(file, start, name, chosen, unwanted)
