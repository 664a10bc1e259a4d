"""What else documents print of a root, from its certificate."""

from __future__ import annotations

import warnings
from datetime import datetime

from cryptography import x509

from samples import truth
from tests.corpus.model import Row, subject_name


def number(row: Row) -> int:
    """Return the serial number, without its sign."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of numbers that are not positive
        return abs(row.certificate.serial_number)


def serial(row: Row) -> str:
    """Return the serial number, an even number of hex digits."""
    digits = f"{number(row):x}"
    return digits.zfill(len(digits) + len(digits) % 2)


def key_id(row: Row) -> str:
    """Return the identifier of the key, 40 hex digits."""
    key = row.certificate.public_key()
    return x509.SubjectKeyIdentifier.from_public_key(key).digest.hex()


def begin(row: Row) -> datetime:
    """Return when the certificate becomes valid."""
    return row.certificate.not_valid_before_utc


def end(row: Row) -> datetime:
    """Return when the certificate expires."""
    return row.certificate.not_valid_after_utc


def common(row: Row) -> str:
    """Return the last attribute of the subject, mostly its common name."""
    return truth.rdns(subject_name(row.fingerprint))[-1][-1][1]
