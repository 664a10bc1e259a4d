"""The name of a load -> the family of phones it is for, its release, and whose trust list that is.

``sip88xx.12-8-1-0001-455`` is release 12.8(1) of the family ``sip88xx``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from pipeline.errors import UsageError
from pipeline.firmware import Firmware, InvalidFirmware

FAMILIES: Final[dict[str, tuple[str, ...]]] = {
    "sip78xx": ("78xx", "7800", "7811", "7821", "7841", "7861"),
    "sip88xx": ("88xx", "8800", "8811", "8841", "8851", "8861"),
    "sip8845_65": ("8845", "8865"),
    "sip7832": ("7832",),
    "sip8832": ("8832",),
    "sip8821": ("8821",),
    "phoneos": ("phoneos", "98xx", "9800", "9811", "9821", "9841", "9851", "9861", "9871"),
}
"""What a load's name begins with, and the words for such phones in the name of a product."""

_SERIES: Final = {
    "sip8845_65": "sip88xx",
    "sip7832": "sip78xx",
    "sip8832": "sip88xx",
}
"""Families that share the releases and the trust list of a series; 8821 and 9800 have their own."""

_WORD: Final = re.compile(r"[0-9a-z]+")
_NUMBER: Final = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")
_ENDPOINT: Final = re.compile(r"(?:ce|roomos|tc)[ .]?[0-9]", re.IGNORECASE)
"""Loads of video endpoints: ``ce9.15.3``, ``RoomOS 11.14``."""


class Load(NamedTuple):
    """What a load's name says. ``family`` and ``firmware`` are None where it doesn't say that."""

    family: str | None
    firmware: Firmware | None


def parse(text: str) -> Load:
    """Read a load's name, or that of a release (which names no family)."""
    prefix, dot, _ = text.strip().casefold().partition(".")
    family = prefix if dot and not prefix[:1].isdigit() else None
    try:
        firmware = Firmware.parse(text)
    except InvalidFirmware:
        return Load(family, None)
    return Load(family, None if firmware.maintenance is None else firmware)


def is_endpoint(text: str) -> bool:
    """Whether a load is that of a video endpoint, which has a trust list of its own kind."""
    return _ENDPOINT.match(text.strip()) is not None


def family_of_model(model: str) -> str | None:
    """Give the family of a model, such as ``Cisco 8851``."""
    words = set(_NUMBER.findall(model))  # 8865NR is an 8865, too
    found = (each for each, own in FAMILIES.items() if words & set(own))
    return next(found, None)


def parse_map(texts: Iterable[str], loaded: Sequence[str]) -> dict[str, str]:
    """Read what ``--product-map`` says: ``88xx=IP Phone 8800``, for a family or one of its words.

    Raises:
        UsageError: it is no such text; nothing of the product is loaded.
    """
    chosen: dict[str, str] = {}
    for text in texts:
        name, equals, product = text.partition("=")
        key, product = name.strip().casefold(), product.strip()
        if not equals or not key or not product:
            raise UsageError(
                f"--product-map {text}: give FAMILY=PRODUCT, such as 88xx=IP Phone 7800/8800."
            )
        if product not in loaded:
            raise UsageError(
                f"--product-map {text}: nothing of {product} is loaded, only of: "
                f"{', '.join(sorted(loaded)[:20])}."
            )
        named = [each for each, words in FAMILIES.items() if key == each or key in words]
        for each in named or [key]:
            chosen[each] = product
    return chosen


class Products:
    """Which of the loaded products a family belongs to."""

    def __init__(self, loaded: Sequence[str], chosen: Mapping[str, str]) -> None:
        self._loaded = loaded
        self._known: dict[str, str | None] = dict(chosen)

    def of(self, family: str) -> str | None:
        """Give the product that names the family or else its series; None if none does.

        Of several, it is the one that names the fewest families besides.

        Raises:
            UsageError: several do.
        """
        if family not in self._known:
            self._known[family] = self._find(family)
        return self._known[family]

    def _find(self, family: str) -> str | None:
        for each in (family, _SERIES.get(family)):
            naming = {
                product: len(_families_in(product))
                for product in self._loaded
                if each in _families_in(product)
            }
            best = [name for name, number in naming.items() if number == min(naming.values())]
            if len(best) > 1:
                raise UsageError(
                    f"{family} may be any of {', '.join(sorted(best))}; "
                    f"give --product-map {family}=PRODUCT."
                )
            if best:
                return best[0]
        return None


def _families_in(product: str) -> frozenset[str | None]:
    words = set(_WORD.findall(product.casefold()))
    return frozenset(each for each, own in FAMILIES.items() if words & {each, *own})
