"""Make an inventory of phones as Unified CM exports it: `python tests/make_inventory.py 4000`.

The phones run 12.6, 12.7 and 12.8 and their service releases; a fifth of those that aren't on 12.8
register from home, by addresses of 192.0.2.0/24. With them come devices that are no phones, and
phones that stand there twice.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterator
from typing import Final, NamedTuple

TITLES: Final = (
    *("Device Name", "Description", "Device Pool", "Device Type", "Directory Number 1"),
    *("Load Information", "Active Load ID", "Status", "IP Address", "Time Stamp"),
)
LOADS: Final = {
    "sip88xx.12-6-1-0001-535": ("12.6(1)", 15),
    "sip78xx.12-7-1-0001-403": ("12.7(1)", 30),
    "sip8845_65.12-7-1-0101-12": ("12.7(1)SR1", 10),
    "sip88xx.12-8-1-0001-455": ("12.8(1)", 35),
    "sip88xx.12-8-1-0201-8": ("12.8(1)SR2", 10),
}
"""A load, the release that it is, and how many of a hundred phones run it."""
MODELS: Final = {
    "sip88xx": "Cisco 8851",
    "sip78xx": "Cisco 7841",
    "sip8845_65": "Cisco 8865",
}
OTHERS: Final = (
    ("CSFUSER{}", "Cisco Unified Client Services Framework"),
    ("TRUNK-{}", "SIP Trunk"),
    ("CTIPORT{}", "CTI Port"),
)


class Device(NamedTuple):
    """A row below `TITLES`, and the release that it runs (empty if it is no phone)."""

    cells: tuple[str, ...]
    release: str


def devices(number: int, seed: int = 7) -> Iterator[Device]:
    """Make so many phones, a tenth as many other devices, and a twentieth of the phones twice."""
    choose = random.Random(seed)
    weights = [weight for _, weight in LOADS.values()]
    for at in range(number):
        (load,) = choose.choices(list(LOADS), weights)
        release = LOADS[load][0]
        is_at_home = "12.8" not in release and choose.random() < 0.2
        address = (
            f"192.0.2.{at % 250 + 1}" if is_at_home else f"10.{at >> 16}.{at >> 8 & 255}.{at & 255}"
        )
        name = f"SEP{choose.getrandbits(24):06X}{at:06X}"
        model = MODELS[load.partition(".")[0]]
        row = (name, f"Phone {at}", f"DP_{at % 20}", model, f"{2000 + at}", "")
        if at % 20 == 0:  # it has moved: what it was before stands there, too
            old = choose.choice(list(LOADS))
            yield Device((*row, old, "UnRegistered", address, "1600000000"), "")
        yield Device((*row, load, "Registered", address, "1630000000"), release)
        if at % 10 == 0:
            pattern, model = OTHERS[at // 10 % len(OTHERS)]
            yield Device(
                (pattern.format(at), f"No phone {at}", "DP_0", model, "", "", "", "None", "", ""),
                "",
            )


def main() -> None:
    """Write as many as are asked for to standard output."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(TITLES)
    writer.writerows(each.cells for each in devices(int(sys.argv[1])))


if __name__ == "__main__":
    main()
