"""Which certificate authorities a phone's firmware trusts, and what follows from it.

For a notebook, the questions and the steps under names that read well:

    ingest_document, open_database
    list_snapshots, show_release, compare_releases, find, expiring, export, fleet, run_query
    read_chain, check_chain
    extract_document -> normalise_rows -> enrich_entries -> load_document

A path is text or a `Path`; that of a document may be an
address of the web. A database is the URL or path of one, or what `open_database` gave. A
release is text (``12.7``, ``12.7(1)@2``) or a `Firmware`. A day is ISO text (``2020-06-01``), a
`date` or a `datetime` with a zone. What can't be taken raises `TrustlistError`, whose message names
the argument. Answers are plain dataclasses.
"""

from pipeline.errors import TrustlistError
from pipeline.version import VERSION as __version__  # noqa: N811
from trustlist.notebook import (
    check_chain,
    compare_releases,
    enrich_entries,
    expiring,
    export,
    extract_document,
    find,
    fleet,
    ingest_document,
    list_snapshots,
    load_document,
    normalise_rows,
    open_database,
    read_chain,
    read_document,
    run_query,
    show_release,
)

__all__ = [
    "TrustlistError",
    "__version__",
    "check_chain",
    "compare_releases",
    "enrich_entries",
    "expiring",
    "export",
    "extract_document",
    "find",
    "fleet",
    "ingest_document",
    "list_snapshots",
    "load_document",
    "normalise_rows",
    "open_database",
    "read_chain",
    "read_document",
    "run_query",
    "show_release",
]
