"""A document at an address of the web, loaded if it has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pipeline.extract.guard import LIMITS, Limits
from pipeline.ingest.steps import PRODUCT, Ingested, loaded_before
from pipeline.ingest.web_documents import Memory, Remembered, as_file, download, name_of

Load = Callable[[Path], Ingested]
"""Loads the document in a file: `pipeline.ingest.steps.ingest`, with a database and options."""


def ingest_from_web(
    url: str,
    database_url: str,
    load: Load,
    memory: Memory,
    *,
    firmware: str | None = None,
    product: str = PRODUCT,
    reads_again: bool = False,
    keeps_document: bool = False,
    limits: Limits = LIMITS,
    allow_http: bool = False,
) -> tuple[Ingested, Remembered]:
    """Load what is at an address; give what became of it, and what to remember of the address.

    What is loaded and hasn't changed costs one request, without a body in answer, unless it
    ``reads_again``. If it ``keeps_document``, a copy goes to the memory's directory.

    Raises:
        SourceError: the document can't be had.
        DocumentError, UsageError, DatabaseError: as `pipeline.ingest.steps.ingest`.
    """
    known = memory.recall(url)
    before = None
    if known.sha256 and not reads_again:
        before = loaded_before(
            database_url, name_of(url), known.sha256, firmware=firmware, product=product
        )
    found = download(url, known if before else None, limits=limits, allow_http=allow_http)
    if before and found is None:
        return before, known
    assert found is not None  # noqa: S101 - without `before`, no condition was asked for
    if keeps_document:
        memory.keep_document(found)
    with as_file(found) as path:
        loaded = load(path)
    return loaded, replace(found.remembered, unsent=known.unsent, refusals=known.refusals)
