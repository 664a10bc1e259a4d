"""What runs on several pages, told from what only looks like it."""

from __future__ import annotations

import pytest

from pipeline.extract.page_furniture import places, stands_on
from tests.extract.layout import lines_of


@pytest.mark.parametrize(
    ("text", "other", "is_same"),
    [("Page 1", "Page 2", True), ("Page 1", "Page 3", False), ("1", "#", False), ("#", "1", False)],
)
def test_numbers_of_pages_differ_by_one(text: str, other: str, is_same: bool) -> None:
    """A sign that stands for a number, as the title ``#`` does, is none."""
    (line,) = lines_of(text)
    assert stands_on(line, [places(lines_of(other))]) is is_same
