"""What stands beside or below a name and is of the next item, or of another field of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.extract import Extraction, extract
from tests.extract.unknown_roots import DIGITS, NAMES, TITLE, read

RECORDS = {
    "list.md": ["- {2}", "  - SHA-1: {0}", "  - Subject: {1}"],
    "list.txt": ["{2}", "  SHA-1: {0}", "  Subject: {1}"],
    "numbered.txt": ["7. {2}", "   - SHA-1: {0}", "   - Subject: {1}"],
}


@pytest.mark.parametrize("head", ["Stone Root CA", "Enabled", "4096"])
@pytest.mark.parametrize("name", RECORDS)
def test_the_head_of_the_next_record_is_none_of_a_name(
    name: str, head: str, tmp_path: Path
) -> None:
    rows = list(zip(DIGITS, NAMES, strict=True))
    lines = [line.format(*row, head) for row in rows for line in RECORDS[name]]
    path = tmp_path / name
    path.write_text("\n".join([TITLE, "", *lines, ""]))
    assert_right_or_told(extract(path), rows)


@pytest.mark.parametrize("head", ["Stone Root CA", "Enabled", "4096"])
@pytest.mark.parametrize(
    "item",
    ["<li>{2}<br>{0}<br>{1}</li>", "<li>{2}<ul><li>SHA-1: {0}</li><li>Subject: {1}</li></ul></li>"],
)
def test_items_of_a_web_page_are_apart(item: str, head: str, tmp_path: Path) -> None:
    rows = list(zip(DIGITS, NAMES, strict=True))
    path = tmp_path / "list.html"
    items = "".join(item.format(*row, head) for row in rows)
    path.write_text(f"<!doctype html><h1>{TITLE}</h1><ul>{items}</ul>")
    assert_right_or_told(extract(path), rows)


@pytest.mark.parametrize("shown", ["- {0} - {1} - {2}", "- {1} - {2} - {0}", "{1} - {0} - {2}"])
@pytest.mark.parametrize("value", ["France", "TLS, Email", "12.8", "Enabled"])
def test_fields_that_dashes_part_are_none_of_names(shown: str, value: str, tmp_path: Path) -> None:
    rows = list(zip(DIGITS, NAMES, strict=True))
    assert_right_or_told(read(tmp_path, *(shown.format(*row, value) for row in rows)), rows)


def assert_right_or_told(found: Extraction, rows: list[tuple[str, str]]) -> None:
    told = " ".join(each.text for each in found.problems)
    read_ = {(r.fingerprint, r.subject) for r in found.rows if r.fingerprint not in told}
    assert read_ <= {*rows}
    assert all(digits in told for digits, name in rows if (digits, name) not in read_)
