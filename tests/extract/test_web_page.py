"""Tables in HTML pages, as Cisco's appendices and CAs' own pages have them."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest

from pipeline.errors import DocumentError
from pipeline.extract import extract

ROWS = [
    ("0badc0de" * 5, "C=XX, O=Nobody & Sons, CN=Nobody Root CA 1"),
    ("0badf00d" * 5, "C=XX, O=Nobody & Sons, CN=Nobody Root CA 2"),
    ("5eedc0de" * 5, "C=YY, O=Somebody <Ltd>, CN=Somebody Root"),
]


def page(rows: list[str], before: str = "", titles: str = "") -> bytes:
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    text = f"<!DOCTYPE html><html><head><title>Trusted roots</title></head><body>{before}"
    return f"{text}<table>{titles}{body}</table><p>Contact us.</p></body></html>".encode()


def cells(*texts: str) -> str:
    return "".join(f"<td>{text}</td>" for text in texts)


def read(path: Path, data: bytes) -> list[tuple[str, str]]:
    path.write_bytes(data)
    found = extract(path, limits=None, known={})
    assert not found.problems
    return [(row.fingerprint, row.subject) for row in found.rows]


def test_a_table_with_titles_in_any_order(tmp_path: Path) -> None:
    titles = "<tr><th>No.</th><th>Subject</th><th>SHA-1 fingerprint</th></tr>"
    rows = [cells(str(i), escape(subject), digits) for i, (digits, subject) in enumerate(ROWS, 1)]
    assert read(tmp_path / "list.html", page(rows, titles=titles)) == ROWS


def test_a_break_in_a_cell_is_a_line_end(tmp_path: Path) -> None:
    titles = "<tr><th>Fingerprint</th><th>Subject</th></tr>"
    rows = [
        cells(f"{digits[:20]}<br/>{digits[20:]}", escape(subject).replace(", CN", ",<br>CN"))
        for digits, subject in ROWS
    ]
    assert read(tmp_path / "list.html", page(rows, titles=titles)) == ROWS


def test_a_heading_names_the_release(tmp_path: Path) -> None:
    titles = "<tr><th>Fingerprint</th><th>Subject</th></tr>"
    rows = [cells(digits, escape(subject)) for digits, subject in ROWS]
    path = tmp_path / "list.html"
    path.write_bytes(page(rows, "<h2>Firmware Release 12.8(1)</h2>", titles))
    assert {row.release for row in extract(path, limits=None, known={}).rows} == {"12.8(1)"}


def test_scripts_and_comments_are_no_text(tmp_path: Path) -> None:
    titles = "<tr><th>Fingerprint</th><th>Subject</th></tr>"
    rows = [cells(digits, escape(subject)) for digits, subject in ROWS]
    before = f"<script>var a = '{'ab' * 20} CN=Script';</script><!-- {'cd' * 20} CN=Comment -->"
    assert read(tmp_path / "list.html", page(rows, before, titles)) == ROWS


@pytest.mark.parametrize(
    "shown",
    [
        "<li style='display: none'>{name}<br>{digits}</li>",
        "<li hidden>{name}<br>{digits}</li>",
        "<li>{name}<br><s>{digits}</s></li>",
        "<li><del>{name}<br>{digits}</del></li>",
        "<p style='text-decoration: line-through'>{name} {digits}</p>",
    ],
    ids=["not displayed", "hidden", "digits struck out", "deleted", "struck out by style"],
)
def test_a_digest_that_nobody_sees_is_told(shown: str, tmp_path: Path) -> None:
    (digits, subject), (kept, name), *_ = ROWS
    items = shown.format(name=escape(subject), digits=digits) + f"<li>{escape(name)}<br>{kept}</li>"
    path = tmp_path / "list.html"
    path.write_text(f"<!DOCTYPE html><html><body><ul>{items}</ul></body></html>")
    found = extract(path, limits=None, known={})
    assert digits not in {row.fingerprint for row in found.rows}
    assert [each.kind for each in found.problems if digits in each.text] == ["not-visible"]
    assert {row.subject for row in found.rows} <= {name}


def test_what_a_page_hides_besides_is_no_problem(tmp_path: Path) -> None:
    rows = [cells(digits, escape(subject)) for digits, subject in ROWS]
    assert read(tmp_path / "list.html", page(rows, "<div hidden>Menu <a>Home</a></div>")) == ROWS


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE html><html><body><h1>Sign in</h1><form>User</form></body></html>",
        b"<html></html>",
        b"<!DOCTYPE html>" + b"<div>" * 20_000,
    ],
    ids=["a sign-in page", "nothing", "very deep"],
)
def test_a_page_of_another_kind_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "list.html"
    path.write_bytes(data)
    with pytest.raises(DocumentError, match=r"list\.html: "):
        extract(path, limits=None, known={})
