"""Tables with a certificate in each row, PEM in a cell, as CCADB exports them.

The certificate is the row. What other cells say of it is compared with it, or respected: a row that
is marked as removed, or whose trust bits lack those of web sites, is reported and not taken.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from pipeline.extract import trust_words, vocabulary
from pipeline.extract.fingerprints import digits_of
from pipeline.extract.formats import Certificates, FormatError, Reported
from pipeline.extract.formats.text import decode
from pipeline.x509 import bundle

_MARK: Final = "-----BEGIN CERTIFICATE-----"
_DELIMITERS: Final = ",;\t|"
_LARGEST_CELL: Final = 1 << 24
_QUOTES: Final = " '\"\n\r"
_DIGESTS: Final = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}


class _Row(NamedTuple):
    number: int
    titles: Sequence[str]
    cells: Sequence[str]
    pem: int
    denied: str

    @property
    def name(self) -> str:
        """What a row is called, in a message."""
        called = [
            cell
            for title, cell in zip(self.titles, self.cells, strict=True)
            if vocabulary.role_of_title(title) in ("common-name", "subject") and cell
        ]
        return f"row {self.number}: {called[-1] if called else 'without a name'}"


def read(data: bytes) -> Certificates | None:
    """The certificates of a table.

    Raises:
        FormatError: no row of it holds a certificate that can be read.
    """
    if _MARK.encode() not in data:
        return None
    table = _table(decode(data))
    return of_tables([table]) if table else None


def of_tables(tables: Sequence[Sequence[Sequence[str]]]) -> Certificates | None:
    """The certificates of tables that have titles; None if no cell of them holds any.

    Raises:
        FormatError: no row holds a certificate that can be read.
    """
    rows = [row for table in tables if _pem_column(table) >= 0 for row in _rows(table)]
    if not rows:
        return None
    ders: list[bytes] = []
    told: list[Reported] = []
    for row in rows:
        der = _certificate(row)
        if der is None:
            hint = "There is no certificate in this row that can be read."
            told.append(Reported("unaccounted-text", row.name, hint))
            continue
        faults = list(_faults(row, der))
        told += faults
        if all(each.is_kept for each in faults):
            ders.append(der)
    if not (ders or told):
        raise FormatError("no row of this table holds a certificate.")
    return Certificates(ders, [], reported=told)


def _table(text: str) -> list[list[str]] | None:
    """The rows of a table with titles, all of one length; None if a text is none."""
    before = csv.field_size_limit(_LARGEST_CELL)  # of the whole process, so put back
    try:
        for delimiter in _DELIMITERS:
            rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(row)]
            lengths = {len(row) for row in rows}
            if len(rows) > 1 and len(lengths) == 1 and lengths != {1} and _pem_column(rows) >= 0:
                return rows
    except csv.Error:
        return None
    finally:
        csv.field_size_limit(before)
    return None


def _pem_column(rows: Sequence[Sequence[str]]) -> int:
    for row in rows[1:]:
        for column, cell in enumerate(row):
            if cell.strip(_QUOTES).startswith(_MARK):
                return column
    return -1


def _rows(table: Sequence[Sequence[str]]) -> Iterator[_Row]:
    column = _pem_column(table)
    titles = [title.lstrip("\ufeff") for title in table[0]]
    texts = [[" ".join(cell.split()) for cell in cells] for cells in table[1:]]
    beside = [
        trust_words.TrustColumn(title, cells)
        for at, (title, *cells) in enumerate(zip(titles, *texts, strict=True))
        if at != column
    ]
    denied = trust_words.denials(beside, len(texts))
    for number, (cells, why) in enumerate(zip(table[1:], denied, strict=True), 1):
        yield _Row(number, titles, cells, column, why)


def _certificate(row: _Row) -> bytes | None:
    found = bundle.certificates_in(row.cells[row.pem].strip(_QUOTES).encode())
    return found[0] if len(found) == 1 else None


def _faults(row: _Row, der: bytes) -> Iterator[Reported]:
    """What a row says that its certificate doesn't, or that a trust list can't."""
    if row.denied:
        hint = f"“{row.denied}” says that this is not trusted for servers; it is not taken."
        yield Reported("unaccounted-text", f"{row.name}, {row.denied}", hint)
    for column, (title, cell) in enumerate(zip(row.titles, row.cells, strict=True)):
        text = " ".join(cell.split())
        if column == row.pem or not text:
            continue
        digest = _DIGESTS.get(vocabulary.role_of_title(title) or "")
        if digest is not None and digits_of(text.replace(" ", "")) != digest(der).hexdigest():
            hint = f"“{title}” is not the digest of the certificate in this row."
            yield Reported("subject-mismatch", f"{row.name}, {text}", hint)
        elif trust_words.is_distrust_after(title) and any(map(str.isdigit, text)):
            yield distrusted_after(row.name, text)


def distrusted_after(name: str, day: str) -> Reported:
    """Say of a root that is taken that certificates of after a day aren't trusted."""
    hint = (
        "It is taken, but the list says that server certificates issued under it after this day "
        "are not trusted, which can't be loaded."
    )
    return Reported("unaccounted-text", f"{name}, distrusted after {day}", hint, is_kept=True)
