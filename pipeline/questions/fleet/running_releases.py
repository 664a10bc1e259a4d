"""Which releases the phones run, and whose trust list each is judged by."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.firmware import Firmware, ReleaseId, stand_in
from pipeline.questions.fleet import loads
from pipeline.questions.fleet.devices import Fleet

MOST_UNKNOWN: Final = 20
"""Releases that aren't loaded which are listed one by one; the others are one line."""


@dataclass(frozen=True)
class Running:
    """Phones that run one release. ``load`` is the load of one of them.

    ``judged_as`` is the loaded release whose list counts for them, None if there is none.
    """

    product: str | None
    firmware: str | None
    load: str
    phones: int
    over_mra: int
    judged_as: ReleaseId | None
    remark: str = ""

    @property
    def is_assumed(self) -> bool:
        """Whether another release's list counts for them."""
        return self.judged_as is not None and self.judged_as.firmware != self.firmware


def running(
    fleet: Fleet, loaded: Sequence[ReleaseId], products: loads.Products
) -> tuple[list[Running], npt.NDArray[np.intp]]:
    """Give the releases, and for each number of a load the place of its release.

    Products come in order and releases from the oldest on, what can't be judged at the end.

    Raises:
        UsageError: a family of phones may be of several products.
    """
    number = len(fleet.loads)
    codes = fleet.phones["load"].to_numpy(dtype=np.intp)
    phones = np.bincount(codes, minlength=number)
    over_mra = np.bincount(
        codes, weights=fleet.phones["is_over_mra"].to_numpy(dtype=float), minlength=number
    )
    by_product: dict[str, dict[Firmware, ReleaseId]] = {}
    for each in loaded:
        by_product.setdefault(each.product, {})[Firmware.parse(each.firmware)] = each
    found = [_running(*load, by_product, products) for load in fleet.loads]
    merged: dict[tuple[str | None, str | None, str], Running] = {}
    for one, own, mra in zip(found, phones.tolist(), over_mra.tolist(), strict=True):
        before = merged.get(_key(one), one)
        merged[_key(one)] = replace(
            before, phones=before.phones + own, over_mra=before.over_mra + int(mra)
        )
    ordered = _listed(one for one in merged.values() if one.phones)
    places = {_key(one): place for place, one in enumerate(ordered)}
    rest = len(ordered) - 1
    return ordered, np.array([places.get(_key(one), rest) for one in found], dtype=np.intp)


def _key(each: Running) -> tuple[str | None, str | None, str]:
    return each.product, each.firmware, each.remark


def _running(
    load: str,
    model: str,
    loaded: Mapping[str, Mapping[Firmware, ReleaseId]],
    products: loads.Products,
) -> Running:
    if not load.strip():
        return _unknown(load, "No load is stated for these.")
    stated = loads.parse(load)
    family = stated.family or loads.family_of_model(model)
    if stated.firmware is None:
        return _unknown(load, "What release this is can't be told from the load's name.")
    firmware = str(stated.firmware)
    if family is None:
        product = next(iter(loaded)) if len(loaded) == 1 else None
    else:
        product = products.of(family)
    if product is None:
        return Running(family, firmware, load, 0, 0, None, _no_product(family))
    lists = loaded.get(product, {})
    if stated.firmware in lists:
        return Running(product, firmware, load, 0, 0, lists[stated.firmware])
    if base := stand_in(stated.firmware, lists):
        remark = f"{firmware} is not loaded; its list is assumed to be that of {base}."
        return Running(product, firmware, load, 0, 0, lists[base], remark)
    options = shlex.join(["--firmware", firmware, "--product", product])
    remark = f"{firmware} is not loaded; `trustlist ingest FILE {options}` loads its list."
    return Running(product, firmware, load, 0, 0, None, remark)


def _no_product(family: str | None) -> str:
    if family is None:
        return "Which phones these are can't be told: neither a family nor a model is stated."
    option = shlex.join(["--product-map", f"{family}=PRODUCT"])
    return f"No list that is loaded is for phones of the family {family}; {option} says which is."


def _unknown(load: str, remark: str) -> Running:
    return Running(None, None, load, 0, 0, None, remark)


def _listed(found: Iterable[Running]) -> list[Running]:
    """Order the releases; those of few phones that can't be judged become one."""
    everything = list(found)
    known = [each for each in everything if each.judged_as]
    unknown = [each for each in everything if not each.judged_as]
    known.sort(key=lambda each: (str(each.product), Firmware.parse(str(each.firmware))))
    unknown.sort(key=lambda each: -each.phones)
    few = unknown[MOST_UNKNOWN:]
    if few:
        rest = Running(
            None,
            None,
            few[0].load,
            sum(each.phones for each in few),
            sum(each.over_mra for each in few),
            None,
            f"{len(few):,} more releases that are not loaded.",
        )
        unknown = [*unknown[:MOST_UNKNOWN], rest]
    return [*known, *unknown]
