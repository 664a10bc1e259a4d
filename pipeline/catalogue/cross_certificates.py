"""Known cross-certificates: a root's own name and key, certified by another root.

What is known of each is in ``cross_certificates.csv``: its digests, serial number and validity, but
not its bytes. `stand_in` makes a certificate of that, which lacks nothing but the signature and the
extensions that the table doesn't tell.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from itertools import groupby

from pipeline import catalogue


@dataclass(frozen=True)
class CrossCertificate:
    """What is known of a cross-certificate. Digests are lower-case hex digits, times UTC.

    ``root`` is the root of the catalogue (SHA-1) whose name and key it has, ``issuers`` are those
    that have the name and key it was issued with. ``path_length`` is None if it sets none.
    """

    fingerprint: str
    fingerprint_sha256: str
    root: str
    issuers: tuple[str, ...]
    serial_number: str
    not_before: datetime
    not_after: datetime
    path_length: int | None


@cache
def of_roots() -> Mapping[str, Sequence[CrossCertificate]]:
    """Root (SHA-1) to its cross-certificates, by when they begin."""
    text = resources.files(__package__).joinpath("cross_certificates.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {root: [_of_row(row) for row in own] for root, own in groupby(rows, _root)}


@cache
def issued_by() -> Mapping[str, Sequence[CrossCertificate]]:
    """Issuing root (SHA-1) to the cross-certificates that it, or one of its key, has issued."""
    found: dict[str, list[CrossCertificate]] = {}
    for crosses in of_roots().values():
        for each in crosses:
            for issuer in each.issuers:
                found.setdefault(issuer, []).append(each)
    return found


@cache
def stand_in(cross: CrossCertificate) -> bytes:
    """Make a certificate (DER) that stands in for one; see `x509.unsigned.cross_certificate`."""
    from pipeline.x509.unsigned import cross_certificate  # not for those who only read the list

    ders = catalogue.find([cross.root, cross.issuers[0]])
    return cross_certificate(
        ders[cross.root],
        ders[cross.issuers[0]],
        int(cross.serial_number, 16),
        cross.not_before,
        cross.not_after,
        cross.path_length,
    )


def _root(row: dict[str, str]) -> str:
    return row["root"]


def _of_row(row: dict[str, str]) -> CrossCertificate:
    return CrossCertificate(
        row["sha1"],
        row["sha256"],
        row["root"],
        tuple(row["issuers"].split()),
        row["serial"],
        datetime.fromisoformat(row["not_before"]),
        datetime.fromisoformat(row["not_after"]),
        int(row["path_length"]) if row["path_length"] else None,
    )
