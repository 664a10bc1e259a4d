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
from pipeline.extract.formats.tables import is_digest
from pipeline.extract.formats.text import decode
from pipeline.x509 import bundle
from pipeline.x509.certificate import read as read_certificate

MARK: Final = "-----BEGIN CERTIFICATE-----"
"""What is in a cell that holds a certificate."""
_DELIMITERS: Final = ",;\t|"
_LARGEST_CELL: Final = 1 << 24
_QUOTES: Final = " '\"\n\r"
_SEVERAL: Final = "There are several certificates in this cell; a list has one in each row."
_DIGESTS: Final = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}


class _Row(NamedTuple):
    number: int
    titles: Sequence[str]
    cells: Sequence[str]
    pem: int
    denied: str
    subject: str = ""

    @property
    def name(self) -> str:
        """What a row is called, in a message."""
        called = [
            cell
            for title, cell in zip(self.titles, self.cells, strict=True)
            if vocabulary.role_of_title(title) in ("common-name", "subject") and cell
        ]
        name = called[-1] if called else self.subject or "without a name"
        return f"row {self.number}: {name}"


def read(data: bytes) -> Certificates | None:
    """The certificates of a table.

    Raises:
        FormatError: no row of it holds a certificate that can be read.
    """
    if MARK.encode() not in data and MARK.encode("utf-16-le") not in data:
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
        found = bundle.certificates_in(bundle.unwrapped(row.cells[row.pem].strip(_QUOTES).encode()))
        if len(found) != 1:
            hint = _SEVERAL if found else "There is no certificate in this row that can be read."
            told.append(Reported("unaccounted-text", row.name, hint))
            continue
        (der,) = found
        row = row._replace(subject=str(read_certificate(der).subject))
        faults = list(_faults(row, der))
        told += faults
        if all(each.is_kept for each in faults):
            ders.append(der)
    if not (ders or told):
        raise FormatError("no row of this table holds a certificate.")
    return Certificates(ders, [], reported=told)


def _table(text: str) -> list[list[str]] | None:
    """The rows of a table, all of one length; None if a text is none.

    What stands above its titles, or below it, has other lengths.
    """
    before = csv.field_size_limit(_LARGEST_CELL)  # of the whole process, so put back
    try:
        for delimiter in _DELIMITERS:
            rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(row)]
            lengths = {len(row) for row in rows if _pem_column([row]) >= 0}
            if len(lengths) == 1 and lengths != {1}:
                return [row for row in rows if len(row) in lengths]
    except csv.Error:
        return None
    finally:
        csv.field_size_limit(before)
    return None


def _pem_column(rows: Sequence[Sequence[str]]) -> int:
    for row in rows:
        for column, cell in enumerate(row):
            if cell.strip(_QUOTES).startswith(MARK):
                return column
    return -1


def _rows(table: Sequence[Sequence[str]]) -> Iterator[_Row]:
    """The rows below the titles, if there are any; notes of a single cell are none."""
    column = _pem_column(table)
    first = next(at for at, row in enumerate(table) if _pem_column([row]) >= 0)
    above = [at for at in range(first) if sum(map(bool, table[at])) > 1]
    titled = [at for at in above if not any(map(is_digest, table[at]))]
    titles = (
        [each.lstrip("\ufeff") for each in table[titled[-1]]] if titled else [""] * len(table[0])
    )
    below = [row for row in table[titled[-1] + 1 if titled else 0 :] if sum(map(bool, row)) > 1]
    if len(titles) == 1:
        below = [row for row in table if row[0].strip(_QUOTES).startswith(MARK)]
    texts = [[" ".join(cell.split()) for cell in cells] for cells in below]
    beside = [
        trust_words.TrustColumn(title, cells)
        for at, (title, *cells) in enumerate(zip(titles, *texts, strict=True))
        if at != column
    ]
    denied = trust_words.denials(beside, len(texts))
    for number, (cells, why) in enumerate(zip(below, denied, strict=True), 1):
        yield _Row(number, titles, cells, column, why)


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
