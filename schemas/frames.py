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
class FrameColumn:
    """The type of a column: a pandas dtype, or ``bytes`` or ``date`` for objects of that class.

    Each value matches ``pattern`` as a whole; none is missing, unless ``optional``.
    """

    dtype: str
    pattern: str = ""
    optional: bool = False


Contract = Mapping[str, FrameColumn]

ENTRIES: Final[Contract] = {
    "position": FrameColumn("int64"),  # from 1, rising; unique within a release
    "page": FrameColumn("int64"),  # from 1
    "release": FrameColumn("str"),  # as str(pipeline.firmware.Firmware): 12.7(1)
    "fingerprint": FrameColumn("str", f"({_SHA1})?"),  # empty if only the other is known
    "fingerprint_sha256": FrameColumn("str", f"({_SHA256})?"),  # as printed
    "subject": FrameColumn("str"),  # canonical, as pipeline.x509.names
    "subject_printed": FrameColumn("str"),  # a label without "=" where no name is printed
    "agreed": FrameColumn("bool"),  # two readers gave this row
}
"""The rows of a document, normalised."""

EVIDENT_ENTRIES: Final[Contract] = {
    **ENTRIES,
    "evidence": FrameColumn("str", "proven|identified|agreed|disputed"),
}
"""The same, enriched: with the evidence for each row."""

CERTIFICATES: Final[Contract] = {
    "fingerprint": FrameColumn("str", _SHA1),
    "fingerprint_sha256": FrameColumn("str", _SHA256),
    "spki_sha256": FrameColumn("str", _SHA256),  # of the DER of SubjectPublicKeyInfo: names the key
    "subject": FrameColumn("str"),  # canonical, as pipeline.x509.names
    "issuer": FrameColumn("str"),  # canonical
    "serial_number": FrameColumn("str", "-?[0-9a-f]+"),
    "not_before": FrameColumn("datetime64[us, UTC]"),
    "not_after": FrameColumn("datetime64[us, UTC]"),  # up to the year 9999
    "key_type": FrameColumn("str"),  # RSA, EC, DSA, Ed25519, …
    "key_bits": FrameColumn("Int64", optional=True),
    "signature_algorithm": FrameColumn("str"),  # OpenSSL's name: sha256WithRSAEncryption
    "self_signed": FrameColumn("bool"),  # subject is issuer, and the signature verifies
    "parser": FrameColumn("str", "cryptography|asn1crypto"),
    "source": FrameColumn("str"),  # catalogue, file:NAME, crt.sh, …
    "der": FrameColumn("bytes"),
}
"""The certificates found, one row each; `fingerprint` is unique."""

SIGHTINGS: Final[Contract] = {
    "fingerprint": FrameColumn("str", _SHA1),
    "programme": FrameColumn("str"),  # mozilla, microsoft, …
    "first_seen": FrameColumn("date"),
    "last_seen": FrameColumn("date"),
    "source": FrameColumn("str"),  # certifi 0.0.1 to certifi 2018.1.18
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


def _check_column(values: pd.Series[Any], column: FrameColumn) -> None:
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
