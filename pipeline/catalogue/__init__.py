"""The shipped root certificates, and when each was seen in which programme's root store.

Read from three text files beside this module, whose layout README.md describes. Nothing is read
before it is asked for, and no certificate is decoded but those asked for.
"""

from __future__ import annotations

import binascii
import csv
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

_SHA1 = "# sha1 "
_SHA256 = "# sha256 "
_SHA256_DIGITS = 64


class CorruptCatalogueError(ValueError):
    """A certificate in the catalogue is not the one its comment names."""


@dataclass(frozen=True)
class Sighting:
    """A root was in a programme's bundles, trusted to authenticate TLS servers.

    `first_seen` and `last_seen` are the dates of the first and the last bundle it was seen in;
    between them it may have been away. It is in the programme's store now, as far as the
    catalogue knows, if `last_seen` equals the programme's date in `newest()`.
    """

    fingerprint: str
    """SHA-1 of the certificate, 40 lower-case hex digits."""
    programme: str
    """mozilla, microsoft, apple, aosp, openjdk or oracle."""
    first_seen: date
    last_seen: date
    source: str
    """The packages those two bundles were read from: ``certifi 0.0.1 to certifi 2018.1.18``."""


def find(fingerprints: Iterable[str]) -> dict[str, bytes]:
    """Decode each known certificate among ``fingerprints``: fingerprint to DER.

    Fingerprints are SHA-1 or SHA-256, 40 or 64 lower-case hex digits; unknown ones are left out.
    Raises `CorruptCatalogueError` if a certificate's digest is not the one it was found by.
    """
    blocks = _blocks()
    found: dict[str, bytes] = {}
    for digest in fingerprints:
        sha1 = digest if len(digest) < _SHA256_DIGITS else _by_sha256().get(digest, "")
        if sha1 in blocks:
            found[digest] = _der(sha1, blocks[sha1])
    return found


@cache
def _by_sha256() -> dict[str, str]:
    return {sha256: sha1 for sha1, sha256 in fingerprints().items()}


@cache
def fingerprints() -> dict[str, str]:
    """SHA-1 to SHA-256 (lower-case hex digits) of every certificate."""
    return {
        sha1: block.partition(_SHA256)[2].partition("\n")[0] for sha1, block in _blocks().items()
    }


@cache
def subjects() -> dict[str, str]:
    """SHA-1 to the subject in its canonical form (`pipeline.x509.names`), of every certificate."""
    return {sha1: block.split("\n", 3)[2][2:] for sha1, block in _blocks().items()}


@cache
def owners() -> frozenset[str]:
    """The organisations of all roots (the first O of each subject), in lower case."""
    found = (re.search(r"(?:^|, )O=(.*?)(?=, \w+=|$)", each) for each in subjects().values())
    return frozenset(each[1].casefold() for each in found if each)


def sightings() -> list[Sighting]:
    """Every sighting, sorted by fingerprint and programme."""
    return list(_sightings())


@cache
def _sightings() -> tuple[Sighting, ...]:
    rows = csv.DictReader(_text("sightings.csv").splitlines())
    return tuple(
        Sighting(
            row["fingerprint"],
            row["programme"],
            date.fromisoformat(row["first_seen"]),
            date.fromisoformat(row["last_seen"]),
            row["source"],
        )
        for row in rows
    )


@cache
def names(programme: str) -> dict[str, str]:
    """SHA-1 to what a programme (microsoft or mozilla) calls a root, or called it last.

    Microsoft's often names who runs it today: AddTrust's root is ``Sectigo (AddTrust)``. Of
    Mozilla's labels only those are here that the subject doesn't have.
    """
    rows = csv.DictReader(_text("names.csv").splitlines())
    return {row["fingerprint"]: row["name"] for row in rows if row["programme"] == programme}


@cache
def nicknames() -> dict[str, tuple[str, ...]]:
    """SHA-1 to all that programmes call a root, where they do."""
    found: dict[str, tuple[str, ...]] = {}
    for programme in ("microsoft", "mozilla"):
        for root, name in names(programme).items():
            found[root] = (*found.get(root, ()), name)
    return found


@cache
def newest() -> dict[str, date]:
    """Programme to the date of its newest bundle in the catalogue."""
    dates: dict[str, date] = {}
    for sighting in _sightings():
        dates[sighting.programme] = max(
            sighting.last_seen, dates.get(sighting.programme, sighting.last_seen)
        )
    return dates


@cache
def _blocks() -> dict[str, str]:
    """SHA-1 to the text of its block, undecoded."""
    blocks = _text("roots.pem").split("\n\n")
    start, end = len(_SHA1), len(_SHA1) + 40
    return {block[start:end]: block for block in blocks}


def _der(fingerprint: str, block: str) -> bytes:
    body = block.partition("-----BEGIN CERTIFICATE-----")[2].partition("-----END")[0]
    der = binascii.a2b_base64(body)
    if hashlib.sha1(der, usedforsecurity=False).hexdigest() != fingerprint:
        raise CorruptCatalogueError(f"the catalogue's certificate {fingerprint} has another digest")
    return der


def _text(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
