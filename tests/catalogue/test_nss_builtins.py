"""Dates of distrust from NSS's own library, where it is installed.

Which roots are for TLS servers at all (``CKA_TRUST_SERVER_AUTH``) isn't read from it: certifi's
list is of these only, and the catalogue takes Mozilla's sightings from there.
"""

from __future__ import annotations

import platform
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from pipeline import catalogue
from pipeline.catalogue.build.nss_builtins import distrust_dates

ANNOUNCED: Final = {
    # TrustCor: Mozilla's dev-security-policy, 2022-11-30; Entrust: the same, 2024-07-31
    "58d1df9595676b63c0f05b1c174d8b840bc878bd": date(2022, 11, 30),
    "ffbdcde782c8435e3c6f26865ccaa83a455bc30a": date(2022, 11, 30),
    "8cf427fd790c3ad166068de81e57efbb932272d4": date(2024, 11, 30),
    "503006091d97d4f5ae39f7cbe7927d7d652d3431": date(2024, 11, 30),
    "cabd2a79a1076a31f21d253635cb039d4329a5e8": None,  # ISRG Root X1
    "d1eb23a46d17d68fd92564c2f1f1601764d8e349": None,  # AAA Certificate Services
}
"""What Mozilla announced of roots (SHA-1), before it dropped those that it distrusts."""


@pytest.fixture(scope="module")
def library() -> bytes:
    found = sorted(Path("/usr").glob("lib*/**/libnssckbi.so"))
    if not found:
        pytest.skip("Debian's package libnss3 isn't installed")
    if platform.machine() != "x86_64":
        pytest.skip("the library is read as that of x86-64")
    return found[0].read_bytes()


def test_the_dates_are_those_that_mozilla_announced(library: bytes) -> None:
    dates = dict(distrust_dates(library))
    compared = set()
    for root, der in catalogue.find(ANNOUNCED).items():
        day = ANNOUNCED[root]
        is_older = day is not None and day > max(dates.values())  # than the announcement
        if der in library and not is_older:
            assert dates.get(der) == day
            compared.add(day is None)
    assert compared == {True, False}


def test_each_is_of_a_whole_root_and_none_is_of_e_mail(library: bytes) -> None:
    """A root's own validity, or the date for e-mail beside that for servers, is no such date."""
    dates = dict(distrust_dates(library))
    assert 0 < len(dates) < 30
    known = set(catalogue.find(catalogue.fingerprints()).values())
    assert dates.keys() <= known
    assert all(date(2016, 1, 1) < day < date(2030, 1, 1) for day in dates.values())
