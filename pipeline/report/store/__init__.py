"""A release's trust store -> what other programs read: a module a format.

Each has ``render(store) -> bytes``.
"""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol, cast

from pipeline.errors import UsageError
from pipeline.inputs import is_there
from pipeline.questions.export import TrustStore
from pipeline.report import StoreFormat, put, renderer
from pipeline.report.model import Report
from pipeline.report.output import whole
from pipeline.report.store import datapackage
from pipeline.report.store.store_columns import COLUMNS

OF_CERTIFICATES: Final = frozenset[StoreFormat]({"pem", "p7b"})
"""The formats that a root has no place in unless its certificate is known."""


class _Renderer(Protocol):
    """What a format module offers."""

    def render(self, store: TrustStore) -> bytes:
        """Give the content of the file."""


def render(store: TrustStore, format_: StoreFormat) -> bytes:
    """Write a trust store in a format.

    Raises UsageError if what it takes to write it isn't installed.
    """
    if format_ in ("csv", "json"):
        records = [tuple(getattr(root, name) for name in COLUMNS) for root in store.roots]
        report = Report(data=store.roots, columns=COLUMNS, records=records, blocks=())
        return renderer(format_).render(report).encode()
    module = import_module(f"pipeline.report.store.{format_}")
    return cast(_Renderer, module).render(store)


def write(store: TrustStore, format_: StoreFormat, output: Path | None = None) -> None:
    """Write a trust store to the file ``output``, or to standard output.

    A CSV file gets a description beside it; both are written, or neither.

    Raises:
        UsageError: it can't be written.
    """
    content = render(store, format_)
    if format_ != "csv" or output is None or not _is_to_be_a_file(output):
        put(content, output)
        return
    path = Path(os.path.realpath(output))  # Path.resolve raises for links in a circle
    description = datapackage.render(store, path, content)
    try:
        with whole(output) as file, whole(path.with_name(datapackage.NAME)) as beside:
            file.write(content)
            beside.write(description)
    except OSError as error:
        raise UsageError(f"{output}: can't be written: {error.strerror}.") from error


def _is_to_be_a_file(output: Path) -> bool:
    """Whether this is, or will be, a regular file: beside a pipe or a device there is nothing."""
    return not is_there(output) or output.is_file()
