"""Which certificate authorities a phone's firmware trusts, and what follows from it.

For a notebook, the steps under names that read well; each takes and returns plain dataclasses or
data frames:

    extract_document  ->  normalise_rows  ->  enrich_entries  ->  load_document
    open_database  ->  list_snapshots, show_release, compare_releases, run_query
    read_chain  ->  check_chain

`read_document` is the first two, `ingest_document` the first line whole. A step's module is
imported when the step is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

from pipeline.version import VERSION as __version__  # noqa: N811

if TYPE_CHECKING:
    from pipeline.check import check as check_chain
    from pipeline.check import read_chain
    from pipeline.database.engine import open_for_reading as open_database
    from pipeline.database.sql import run as run_query
    from pipeline.enrich import enrich as enrich_entries
    from pipeline.extract import extract as extract_document
    from pipeline.ingest.steps import ingest as ingest_document
    from pipeline.ingest.steps import read as read_document
    from pipeline.load import load as load_document
    from pipeline.normalise import normalise as normalise_rows
    from pipeline.questions.diff import diff as compare_releases
    from pipeline.questions.show import show as show_release
    from pipeline.questions.snapshots import snapshots as list_snapshots

__all__ = [
    "__version__",
    "check_chain",
    "compare_releases",
    "enrich_entries",
    "extract_document",
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

_STEPS: Final = {
    "check_chain": ("check", "check"),
    "compare_releases": ("questions.diff", "diff"),
    "enrich_entries": ("enrich", "enrich"),
    "extract_document": ("extract", "extract"),
    "ingest_document": ("ingest.steps", "ingest"),
    "list_snapshots": ("questions.snapshots", "snapshots"),
    "load_document": ("load", "load"),
    "normalise_rows": ("normalise", "normalise"),
    "open_database": ("database.engine", "open_for_reading"),
    "read_chain": ("check", "read_chain"),
    "read_document": ("ingest.steps", "read"),
    "run_query": ("database.sql", "run"),
    "show_release": ("questions.show", "show"),
}
"""Step to module and function. The names differ from the modules', which stand here, too."""


def __getattr__(name: str) -> object:
    if name not in _STEPS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, function = _STEPS[name]
    return getattr(import_module(f"pipeline.{module}"), function)
