"""Names of certificates in a form that equal ones have in common."""

from __future__ import annotations

from functools import lru_cache

from pipeline.x509.names import Name


@lru_cache(maxsize=65536)
def name_key(name: Name | str) -> str:
    """Bring a name, or its canonical form, in a form that equal names have in common.

    Names are compared more loosely than by path building, so none that it takes as equal differ.
    """
    return str(name).casefold()
