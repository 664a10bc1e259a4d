"""Batches of an inventory -> each device once, phones apart from what is none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from socket import AF_INET, AF_INET6, inet_pton
from typing import Final, TypeVar

import numpy as np
import pandas as pd

from pipeline.errors import UsageError
from pipeline.questions.fleet import loads
from pipeline.questions.fleet.inventory import Batch, Field, Unusable

T = TypeVar("T")

PHONE: Final = "phone"
MOST_SHOWN: Final = 10
"""Rows that can't be used of which the first so many are shown."""

_PHONE_NAME: Final = re.compile(r"SEP[0-9A-F]{12}", re.IGNORECASE)
_KINDS: Final = (  # by words in a model or class; the first that fits
    (re.compile(r"trunk", re.IGNORECASE), "SIP trunk"),
    (re.compile(r"\bCTI\b", re.IGNORECASE), "CTI port or route point"),
    (
        re.compile(r"jabber|client services|dual mode|\b(?:csf|bot|tct|tab)\b", re.IGNORECASE),
        "Jabber",
    ),
    (re.compile(r"third[- ]party", re.IGNORECASE), "third-party SIP device"),
    (re.compile(r"gateway|h\.?323|\bvg[0-9]{3}|analog", re.IGNORECASE), "gateway or adapter"),
    (
        re.compile(r"conference bridge|media|transcod|music|annunciator|mtp|ivr", re.IGNORECASE),
        "media resource",
    ),
    (
        re.compile(r"telepresence|webex (?:room|board|desk|codec|dx)|room ?kit", re.IGNORECASE),
        "video endpoint",
    ),
    (re.compile(r"voice ?mail|hunt ?list|remote destination|profile", re.IGNORECASE), "other"),
)
_PREFIXES: Final = {
    "CSF": "Jabber",
    "BOT": "Jabber",
    "TCT": "Jabber",
    "TAB": "Jabber",
    "ATA": "gateway or adapter",
    "CFB": "media resource",
    "MTP": "media resource",
    "MOH": "media resource",
    "ANN": "media resource",
    "IVR": "media resource",
    "XCO": "media resource",
}
"""What Unified CM has the names of such devices begin with."""
_REGISTERED: Final = ("registered", "partiallyregistered", "partially registered")
_TEXTS: Final[tuple[Field, ...]] = ("address", "description")


@dataclass(frozen=True)
class Fleet:
    """The phones of an inventory, each once, and what else was in it.

    ``phones`` has the columns ``name``, ``load`` (a number, for `loads`), ``is_over_mra`` and, if
    they were asked for, ``address`` and ``description``. ``loads`` are the texts of the loads and
    models, ``others`` counts the devices that are no phones, by kind.
    """

    sources: Sequence[str]
    phones: pd.DataFrame
    loads: Sequence[tuple[str, str]]
    rows: int
    repeated: int
    others: Mapping[str, int]
    unusable: int
    shown: Sequence[tuple[str, Unusable]]
    pinned: int
    is_mra_known: bool
    remarks: Sequence[str]


def networks(texts: Iterable[str]) -> list[IPv4Network | IPv6Network]:
    """Read networks or addresses, such as ``192.0.2.0/28``.

    Raises:
        UsageError: one is none.
    """
    found = []
    for text in texts:
        try:
            found.append(ip_network(text.strip(), strict=False))
        except ValueError:
            raise UsageError(
                f"--mra-from {text}: this is no address or network such as 192.0.2.0/28."
            ) from None
    return found


class Collection:
    """Takes batches and keeps of each device only what the answer needs.

    ``mra`` are the networks from whose addresses phones register over Expressway; with
    ``keeps_texts``, addresses and descriptions are kept for a list.
    """

    def __init__(
        self, mra: Sequence[IPv4Network | IPv6Network] = (), *, keeps_texts: bool = False
    ) -> None:
        self._is_over_mra = _tester(mra) if mra else None
        self._texts = _TEXTS if keeps_texts else ()
        self.unwanted: Sequence[Field] = ("description",) if mra else _TEXTS
        if keeps_texts:
            self.unwanted = ()
        self._frames: list[pd.DataFrame] = []
        self._loads: _Numbers[tuple[str, str]] = _Numbers()
        self._kinds: _Numbers[str] = _Numbers()
        # what is stated is stated by many: each such text is looked at once
        self._is_registered = cache(_is_registered)
        self._stated_kind = cache(_stated_kind)
        self._rows = self._unusable = 0
        self._shown: list[tuple[str, Unusable]] = []
        self._remarks: list[str] = []
        self._sources: dict[str, None] = {}

    def add(self, batch: Batch, source: str) -> None:
        """Take a batch."""
        size = len(batch.lines)
        self._sources[source] = None
        self._rows += size + len(batch.unusable)
        self._unusable += len(batch.unusable)
        room = MOST_SHOWN - len(self._shown)
        self._shown += [(source, each) for each in batch.unusable[: max(room, 0)]]
        self._remarks += batch.remarks
        if not size:
            return
        empty = [""] * size

        def column(each: Field) -> Sequence[str]:
            return batch.columns.get(each, empty)

        names, models = list(map(str.upper, column("name"))), column("model")
        active, pinned = column("load"), column("pinned")
        running = [run or wanted for run, wanted in zip(active, pinned, strict=True)]
        kinds = map(self._kind, names, models, column("class"), running)
        data: dict[str, object] = {
            "name": pd.Series(names, dtype=object),
            "load": np.fromiter(map(self._loads.of, zip(running, models, strict=True)), "i4", size),
            "kind": np.fromiter(map(self._kinds.of, kinds), "i2", size),
            "is_registered": np.fromiter(map(self._is_registered, column("status")), "?", size),
            "time": np.fromiter(map(_time, column("time")), "f8", size),
            "is_pinned": np.fromiter(
                (not run and bool(wanted) for run, wanted in zip(active, pinned, strict=True)),
                "?",
                size,
            ),
            "is_over_mra": np.fromiter(
                map(self._is_over_mra, column("address")) if self._is_over_mra else empty, "?", size
            ),
        }
        for each in self._texts:
            data[each] = pd.Series(column(each), dtype=object)
        self._frames.append(pd.DataFrame(data, copy=False))

    def fleet(self) -> Fleet:
        """Give what was collected.

        Of a device that is there several times one entry counts: registered before others, the
        newest of those, the last of these.
        """
        everything = _together(self._frames, self._texts)
        is_repeated = everything["name"].duplicated(keep=False)
        if is_repeated.any():
            several = everything[is_repeated].sort_values(["is_registered", "time"], kind="stable")
            dropped = several.index[several["name"].duplicated(keep="last")]
            devices = everything.drop(index=dropped)
        else:
            devices = everything
        is_phone = devices["kind"] == self._kinds.of(PHONE)
        kinds = list(self._kinds)
        others = Counter(kinds[each] for each in devices.loc[~is_phone, "kind"])
        pinned = int((devices["is_pinned"] & is_phone).sum())
        columns = ["name", "load", "is_over_mra", *self._texts]
        phones = devices.loc[is_phone, columns].reset_index(drop=True)
        return Fleet(
            sources=list(self._sources),
            phones=phones,
            loads=list(self._loads),
            rows=self._rows,
            repeated=len(everything) - len(devices),
            others=dict(others.most_common()),
            unusable=self._unusable,
            shown=self._shown,
            pinned=pinned,
            is_mra_known=self._is_over_mra is not None,
            remarks=self._remarks,
        )

    def _kind(self, name: str, model: str, own_class: str, load: str) -> str:
        stated = self._stated_kind(model, own_class, load)
        return stated or (
            PHONE if _PHONE_NAME.fullmatch(name) else _PREFIXES.get(name[:3], "other")
        )


class _Numbers(dict[T, int]):
    """Numbers things in the order they come."""

    def of(self, thing: T) -> int:
        """Give the number of a thing."""
        return self.setdefault(thing, len(self))


def _together(frames: list[pd.DataFrame], texts: Sequence[Field]) -> pd.DataFrame:
    """Put the frames together and let them go."""
    if not frames:
        names = ("name", "load", "kind", "is_registered", "time", "is_pinned", "is_over_mra")
        return pd.DataFrame({each: [] for each in (*names, *texts)})
    columns = {}
    for each in map(str, list(frames[0])):
        whole = np.concatenate([frame.pop(each).to_numpy() for frame in frames])
        columns[each] = pd.Series(whole, dtype=whole.dtype, copy=False)
    frames.clear()
    return pd.DataFrame(columns, copy=False)


def _stated_kind(model: str, own_class: str, load: str) -> str | None:
    """Say what a device is by what it states; None if that tells nothing."""
    for text in (model, own_class):
        if kind := next((kind for pattern, kind in _KINDS if pattern.search(text)), None):
            return kind
    if loads.is_endpoint(load):
        return "video endpoint"
    return PHONE if loads.parse(load).family in loads.FAMILIES else None


def _is_registered(status: str) -> bool:
    """Whether a device is: ``Registered``, ``Registered with cucm1``, ``PartiallyRegistered``."""
    return status.casefold().startswith(_REGISTERED)


def _time(text: str) -> float:
    """Read seconds or an ISO 8601 time; 0 where it isn't told so that it can be compared."""
    if not text:
        return 0.0
    if text.isascii() and text.isdigit() and len(text) < 20:
        return float(text)
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return 0.0
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _tester(mra: Sequence[IPv4Network | IPv6Network]) -> Callable[[str], bool]:
    """Make what tells whether an address is in one of these networks, a million times a second."""
    spans = [
        (family, network.network_address.packed, network.broadcast_address.packed)
        for network in mra
        for family in [AF_INET if network.version == 4 else AF_INET6]
    ]

    def is_over_mra(text: str) -> bool:
        family = AF_INET6 if ":" in text else AF_INET
        try:
            address = inet_pton(family, text)
        except (OSError, ValueError):  # the second if it has a NUL or is no ASCII
            return False
        return any(own == family and first <= address <= last for own, first, last in spans)

    return is_over_mra
