"""The documents of Cisco's that describe a case, from the data file beside this module."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from pipeline import catalogue
from pipeline.check.answer import Notice
from pipeline.x509.certificate import Certificate


@dataclass(frozen=True)
class _Rule:
    notice: Notice
    products: re.Pattern[str]
    roots: frozenset[str]
    names: frozenset[str]
    error: str | None
    before: tuple[int, ...] | None
    is_about_private: bool

    def is_for(self, product: str, firmware: str) -> bool:
        """Whether it is about such devices."""
        is_before = self.before is None or _numbers(firmware) < self.before
        return is_before and bool(self.products.search(product))

    def applies(self, error: str, path: Sequence[Certificate], is_private: bool) -> bool:
        if self.is_about_private:
            return is_private
        if self.error not in (None, error):
            return False
        return any(
            each.fingerprint in self.roots or str(each.issuer) in self.names for each in path
        )


def notices(
    product: str,
    firmware: str,
    error: str,
    path: Sequence[Certificate],
    *,
    is_private: bool = False,
) -> Iterator[Notice]:
    """Give those that apply to a release that refuses a path with an error in OpenSSL's words.

    ``is_private`` says that the chain ends in a private CA's root.
    """
    for rule in _rules_for(product, firmware):
        if rule.applies(error, path, is_private):
            yield rule.notice


def upgrade_caveat(product: str) -> str:
    """Say what stands against upgrading devices where they are; ``""`` if nothing is known."""
    caveat = _file()["upgrade"]
    return str(caveat["text"]) if re.search(caveat["products"], product) else ""


def has_fixed_list(product: str) -> bool:
    """Whether it is known that nothing can be added to what a product trusts."""
    return any(each.is_about_private and each.products.search(product) for each in _rules())


def _numbers(firmware: str) -> tuple[int, ...]:
    """Read a release as it is ordered: ``CE9.8.2`` as 9, 8, 2."""
    return tuple(map(int, re.findall(r"\d+", firmware)))


@lru_cache(maxsize=1024)
def _rules_for(product: str, firmware: str) -> tuple[_Rule, ...]:
    return tuple(rule for rule in _rules() if rule.is_for(product, firmware))


@cache
def _rules() -> tuple[_Rule, ...]:
    subjects = catalogue.subjects()
    return tuple(
        _Rule(
            Notice(each["document"], each["bugs"], each["text"]),
            re.compile(each["products"]),
            frozenset(each.get("roots", ())),
            frozenset(subjects[root] for root in each.get("roots", ())),
            each.get("error"),
            _numbers(each["before"]) if "before" in each else None,
            each.get("private", False),
        )
        for each in _file()["notice"]
    )


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("notices.toml").read_text("utf-8"))
