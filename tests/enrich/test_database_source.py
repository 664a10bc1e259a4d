"""Certificates that were resolved before are found in the database."""

from pathlib import Path

import pytest

from pipeline import catalogue
from pipeline.database.engine import open_for_reading, open_for_writing
from pipeline.enrich import Catalogue, enrich
from pipeline.enrich.database_source import Database
from pipeline.errors import DatabaseError
from pipeline.extract.document import Row
from pipeline.load import attach
from pipeline.normalise import normalise

KNOWN = list(catalogue.fingerprints())[:3]
UNKNOWN = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database with the first three certificates of the catalogue."""
    url = f"sqlite:///{tmp_path / 'trustlist.db'}"
    rows = [Row(1, "", each, "", catalogue.subjects()[each]) for each in KNOWN]
    entries, _ = normalise(rows)
    attach(open_for_writing(url), enrich(entries, [Catalogue()]).certificates)
    return url


def test_what_was_resolved_before_is_found_and_nothing_else(url: str) -> None:
    source = Database(open_for_reading(url))
    assert source.find([KNOWN[0], KNOWN[2], UNKNOWN]) == catalogue.find([KNOWN[0], KNOWN[2]])


def test_any_number_can_be_asked_for_at_once(url: str) -> None:
    many = [f"{number:040x}" for number in range(40_000)]
    assert Database(open_for_reading(url)).find([*many, KNOWN[1]]) == catalogue.find([KNOWN[1]])


def test_it_is_a_source_that_proves_rows(url: str) -> None:
    entries, _ = normalise([Row(1, "", KNOWN[0], "", catalogue.subjects()[KNOWN[0]])])
    result = enrich(entries, [Database(open_for_reading(url))])
    assert result.entries["evidence"].tolist() == ["proven"]
    assert result.certificates["source"].tolist() == ["database"]


def test_a_database_that_is_gone_is_an_error(url: str, tmp_path: Path) -> None:
    source = Database(open_for_reading(url))
    (tmp_path / "trustlist.db").unlink()
    with pytest.raises(DatabaseError, match=r"trustlist\.db"):
        source.find(KNOWN)
