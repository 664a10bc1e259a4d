"""What every form of an inventory is read into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from pipeline.questions.fleet.inventory.titles import Field

SIZE: Final = 20_000
"""Devices in a batch at most."""


class Unusable(NamedTuple):
    """A row that says nothing of a device, from a line (or row, or record) to another, and why."""

    first: int
    last: int
    reason: str


@dataclass(frozen=True)
class Batch:
    """Some devices, a column of texts for each field that the inventory has; all equally long.

    ``lines`` says where each stands. ``remarks`` are what is to be said of the whole inventory.
    """

    lines: Sequence[int]
    columns: Mapping[Field, Sequence[str]]
    unusable: Sequence[Unusable] = field(default=())
    remarks: Sequence[str] = field(default=())
