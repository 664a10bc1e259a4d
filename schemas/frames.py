"""Data-frame contracts: the columns that one step of the pipeline promises the next.

A contract maps column names to their types, in order. `make` builds a frame to a contract, also
an empty one; `check` refuses a frame that breaks it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

# if pyarrow is installed, pandas would take its strings, which refuse what a hostile PDF may print
# (a lone surrogate) and have a regular-expression engine of their own
pd.set_option("mode.string_storage", "python")

_CLASSES: Final[Mapping[str, type]] = {"bytes": bytes, "date": datetime.date}
_SHA1: Final = "[0-9a-f]{40}"
_SHA256: Final = "[0-9a-f]{64}"


@dataclass(frozen=True)
class Column:
    """The type of a column: a pandas dtype, or ``bytes`` or ``date`` for objects of that class.

    Each value matches ``pattern`` as a whole; none is missing, unless ``optional``.
    """

    dtype: str
    pattern: str = ""
    optional: bool = False


Contract = Mapping[str, Column]

ENTRIES: Final[Contract] = {
    "position": Column("int64"),  # from 1, rising; unique within a release
    "page": Column("int64"),  # from 1
    "release": Column("str"),  # as str(pipeline.firmware.Firmware): 12.7(1)
    "fingerprint": Column("str", _SHA1),
    "fingerprint_sha256": Column("str", f"({_SHA256})?"),  # as printed
    "subject": Column("str"),  # canonical, as pipeline.x509.names
    "subject_printed": Column("str"),
    "agreed": Column("bool"),  # two readers gave this row
}
"""The rows of a document, normalised."""

EVIDENT_ENTRIES: Final[Contract] = {
    **ENTRIES,
    "evidence": Column("str", "proven|agreed|disputed"),
}
"""The same, enriched: with the evidence for each row."""

CERTIFICATES: Final[Contract] = {
    "fingerprint": Column("str", _SHA1),
    "fingerprint_sha256": Column("str", _SHA256),
    "spki_sha256": Column("str", _SHA256),  # of the DER of SubjectPublicKeyInfo: names the key
    "subject": Column("str"),  # canonical, as pipeline.x509.names
    "issuer": Column("str"),  # canonical
    "serial_number": Column("str", "-?[0-9a-f]+"),
    "not_before": Column("datetime64[us, UTC]"),
    "not_after": Column("datetime64[us, UTC]"),  # up to the year 9999
    "key_type": Column("str"),  # RSA, EC, DSA, Ed25519, …
    "key_bits": Column("Int64", optional=True),
    "signature_algorithm": Column("str"),  # OpenSSL's name: sha256WithRSAEncryption
    "self_signed": Column("bool"),  # subject is issuer, and the signature verifies
    "parser": Column("str", "cryptography|asn1crypto"),
    "source": Column("str"),  # catalogue, file:NAME, crt.sh, …
    "der": Column("bytes"),
}
"""The certificates found, one row each; `fingerprint` is unique."""

SIGHTINGS: Final[Contract] = {
    "fingerprint": Column("str", _SHA1),
    "programme": Column("str"),  # mozilla, microsoft, …
    "first_seen": Column("date"),
    "last_seen": Column("date"),
    "source": Column("str"),  # certifi 0.0.1 to certifi 2018.1.18
}
"""When each root was seen in each programme's bundles; (fingerprint, programme) is unique."""


def make(records: Iterable[tuple[Any, ...]], contract: Contract) -> pd.DataFrame:
    """Build a frame from rows of values in the contract's order, and check it."""
    frame = pd.DataFrame.from_records(list(records), columns=list(contract))
    frame = frame.astype(
        {
            name: "object" if column.dtype in _CLASSES else column.dtype
            for name, column in contract.items()
        }
    )
    check(frame, contract)
    return frame


def check(frame: pd.DataFrame, contract: Contract) -> None:
    """Raise ValueError, naming the column and the first bad value, if the contract is broken."""
    if list(frame.columns) != list(contract):
        raise ValueError(f"the columns are {list(frame.columns)}, not {list(contract)}")
    for name, column in contract.items():
        _check_column(frame[name], column)


def _check_column(values: pd.Series[Any], column: Column) -> None:
    expected = _CLASSES.get(column.dtype)
    if expected is None and values.dtype != column.dtype:
        raise ValueError(f"{values.name} is {values.dtype}, not {column.dtype}")
    if expected is not None:
        _refuse(values, values.map(type) != expected, column.dtype)
    if not column.optional:
        _refuse(values, values.isna(), "present")
    if column.pattern:
        _refuse(values, ~values.str.fullmatch(column.pattern), column.pattern)


def _refuse(values: pd.Series[Any], is_bad: pd.Series[bool], rule: str) -> None:
    if is_bad.any():
        bad = values[is_bad]
        raise ValueError(f"{values.name} of row {bad.index[0]} is {bad.iloc[0]!r}, not {rule}")
