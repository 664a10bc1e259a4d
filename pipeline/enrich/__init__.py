"""Fingerprints -> certificates. One interface (`Source`), a module a source.

`enrich` asks the sources in the order given, takes no certificate whose digest isn't the one asked
for, and says of each entry how well it is proven.
"""

from pipeline.enrich.catalogue_source import Catalogue
from pipeline.enrich.evidence import Enriched, enrich, hinted, tabulated
from pipeline.enrich.files import File, file_of, files
from pipeline.enrich.source import IncompleteError, Source

__all__ = [
    "Catalogue",
    "Enriched",
    "File",
    "IncompleteError",
    "Source",
    "enrich",
    "file_of",
    "files",
    "hinted",
    "tabulated",
]
