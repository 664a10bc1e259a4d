"""Who runs a root today, whom it issues to, and from when on a programme distrusts it.

``authorities.csv`` goes by the organisation in a root's subject (its first O, or what stands for
it) or, before that, by a root's SHA-1; ``distrust.csv`` is built from the programmes' own lists.
``brands.csv`` has what CAs sell under another name, and the intermediate that shows it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from typing import Literal, cast

from pipeline import catalogue
from pipeline.x509 import names

IssuesTo = Literal["anyone", "region", "customers", "nobody", "unknown"]


@dataclass(frozen=True)
class Authority:
    """A CA as one that sells. ``source`` is where that is written.

    It issues certificates of TLS servers to anyone, to a country or region, to customers of its
    other services, to nobody any more; or that is unknown.
    """

    name: str
    issues_to: IssuesTo
    source: str


@dataclass(frozen=True)
class Distrust:
    """A programme trusts no TLS server's certificate that the root issues after a day."""

    programme: str
    after: date
    source: str


@lru_cache(maxsize=4096)
def authority_of(fingerprint: str, subject: str) -> Authority:
    """Say who runs a root: its SHA-1, and its subject in canonical form."""
    owner = names.parse(subject).owner if subject else ""
    known = _authorities()
    found = known.get(fingerprint) or known.get(owner.casefold())
    return found or Authority(owner or subject or fingerprint, "unknown", "")


@cache
def distrusts() -> Mapping[str, Sequence[Distrust]]:
    """SHA-1 of a root to those of the programmes, the first to begin first."""
    found: dict[str, list[Distrust]] = {}
    for row in _rows("distrust.csv"):
        day = date.fromisoformat(row["after"])
        found.setdefault(row["fingerprint"], []).append(
            Distrust(row["programme"], day, row["source"])
        )
    return {root: sorted(each, key=lambda e: e.after) for root, each in found.items()}


@cache
def roots() -> Mapping[str, Authority]:
    """SHA-1 of every root of the catalogue to who runs it."""
    return {each: authority_of(each, subject) for each, subject in catalogue.subjects().items()}


def known() -> Iterable[Authority]:
    """The CAs of which it is written who they are."""
    return _authorities().values()


@cache
def brands() -> Mapping[str, Sequence[str]]:
    """Names under which a CA sells what it issues from roots of another name; to their SHA-1."""
    found: dict[str, list[str]] = {}
    for row in _rows("brands.csv"):
        found.setdefault(row["brand"], []).append(row["root"])
    return found


@cache
def _authorities() -> Mapping[str, Authority]:
    return {
        row["match"].casefold(): Authority(
            row["authority"], cast(IssuesTo, row["issues_to"]), row["source"]
        )
        for row in _rows("authorities.csv")
    }


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files(__package__).joinpath(name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))
