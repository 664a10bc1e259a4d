"""The columns of an exported trust store: what is in them, and their types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Final, Literal, get_args, get_origin, get_type_hints

from pipeline.questions.export import StoredRoot
from schemas import tables

COLUMNS: Final = tuple(field.name for field in fields(StoredRoot))

DESCRIPTIONS: Final[Mapping[str, str]] = {
    **{column.name: column.comment or "" for column in tables.trust_list.columns},
    "certificate": "The certificate itself, DER; empty: it is not known.",
}
"""What is in each: the columns of the view, and one more."""


def types() -> dict[str, type]:
    """Give the type of each column: ``str``, ``int``, ``datetime`` or ``bytes``."""
    plain: set[type] = {str, int, datetime, bytes}
    return {
        name: next(iter(plain & {hint, *get_args(hint)}), str)  # a Literal is one of texts
        for name, hint in get_type_hints(StoredRoot).items()
    }


def choices() -> dict[str, list[str]]:
    """Give the values that a column can have, of those that have only a few."""
    hints = get_type_hints(StoredRoot).items()
    return {name: list(get_args(hint)) for name, hint in hints if get_origin(hint) is Literal}
