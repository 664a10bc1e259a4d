"""The description of an exported CSV file, as Frictionless has it: ``datapackage.json`` beside it.

https://specs.frictionlessdata.io/tabular-data-package/ says what is in it.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pipeline.errors import UsageError
from pipeline.inputs import MIB, read
from pipeline.questions.export import TrustStore
from pipeline.report.safe import visible, visible_json
from pipeline.report.store.store_columns import COLUMNS, DESCRIPTIONS, choices, types

NAME: Final = "datapackage.json"
_LARGEST: Final = 16 * MIB

_KINDS: Final[dict[type, dict[str, str]]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    datetime: {"type": "datetime"},
    bytes: {"type": "string", "format": "binary"},  # Base64
}


def render(store: TrustStore, path: Path, data: bytes) -> bytes:
    """Describe the file to be written at ``path``, among others that the package there describes.

    ``data`` is the content of the file.

    Raises:
        UsageError: the package that is there is none, or ``path`` has its name.
    """
    if path.name == NAME:
        raise UsageError(f"{path}: this is the name of the description beside it; give another.")
    package = _read(path.with_name(NAME))
    others = [each for each in package["resources"] if _path(each) != path.name]
    package = {**package, "resources": [*others, _resource(store, path.name, data)]}
    text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
    return visible_json(text).encode()


def _read(path: Path) -> dict[str, Any]:
    try:
        package = json.loads(read(path, _LARGEST))
        if isinstance(package["resources"], list):
            return dict(package)
    except FileNotFoundError:
        return {"profile": "tabular-data-package", "name": "trust-stores", "resources": []}
    except (OSError, ValueError, TypeError, KeyError):
        pass
    raise UsageError(
        f"{path}: this is no data package, which would have to describe the CSV file; "
        "write to another directory."
    )


def _path(resource: object) -> object:
    return resource.get("path") if isinstance(resource, dict) else None


def _resource(store: TrustStore, name: str, data: bytes) -> dict[str, Any]:
    snapshot = store.snapshot
    return {
        "profile": "tabular-data-resource",
        "name": re.sub("[^a-z0-9]+", "-", name.lower()).strip("-"),
        "path": name,
        "title": visible(f"Root certificates trusted by {snapshot.product}, {snapshot.firmware}"),
        "description": (
            "An apostrophe before a text that begins with =, +, - or @ keeps spreadsheets from "
            "running it."
        ),
        "sources": [{"title": visible(snapshot.document)}],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "doubleQuote": True},
        "schema": {
            "fields": _fields(),
            "primaryKey": ["fingerprint"],
            "missingValues": [""],
        },
    }


def _fields() -> list[dict[str, Any]]:
    kinds, values = types(), choices()
    return [
        {"name": name, **_KINDS[kinds[name]], "description": DESCRIPTIONS[name]}
        | ({"constraints": {"enum": values[name]}} if name in values else {})
        for name in COLUMNS
    ]
