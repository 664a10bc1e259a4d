"""The documents of Cisco's that tell of a case, from the data file beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from pipeline import catalogue
from pipeline.check.answer import Notice
from pipeline.firmware import Firmware
from pipeline.x509.certificate import Certificate


@dataclass(frozen=True)
class _Rule:
    notice: Notice
    roots: frozenset[str]
    names: frozenset[str]
    error: str | None
    before: Firmware | None

    def applies(self, firmware: str, error: str, path: Sequence[Certificate]) -> bool:
        if self.error not in (None, error):
            return False
        if self.before and not Firmware.parse(firmware) < self.before:
            return False
        return any(
            each.fingerprint in self.roots or str(each.issuer) in self.names for each in path
        )


def notices(firmware: str, error: str, path: Sequence[Certificate]) -> Iterator[Notice]:
    """Give those that apply to a release that refuses a path with an error in OpenSSL's words."""
    yield from (rule.notice for rule in _rules() if rule.applies(firmware, error, path))


def upgrade_caveat() -> str:
    """Say what stands against upgrading phones where they are."""
    return str(_file()["upgrade"]["text"])


@cache
def _rules() -> tuple[_Rule, ...]:
    subjects = catalogue.subjects()
    return tuple(
        _Rule(
            Notice(each["document"], each["bugs"], each["text"]),
            frozenset(each["roots"]),
            frozenset(subjects[root] for root in each["roots"]),
            each.get("error"),
            Firmware.parse(each["before"]) if "before" in each else None,
        )
        for each in _file()["notice"]
    )


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("notices.toml").read_text("utf-8"))
