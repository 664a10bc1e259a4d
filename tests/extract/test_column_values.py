"""What all names of a list end in, with nothing but a space before it: the values of a column."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.pdfgen import canvas

from pipeline.extract import extract
from pipeline.extract.column_values import ending_in_values
from tests.extract.unknown_roots import DIGITS, NAMES, TITLE, read

DATES = [
    "2030-12-30", "30.12.2030", "12/30/2030", "2030/12/30", "20301230", "2030-12-30T00:00:00Z",
    "2030-12-30 23:59:59", "Dec 30 2030", "December 30, 2030", "30 Dec 2030", "30-Dec-2030",
    "30. Dezember 2030", "Dec 30 23:59:59 2030 GMT", "2020-01-01 2030-12-30",
]  # fmt: skip
DOUBTFUL = ["Dec-2030", "1 Dec 2030", "Dec 2030 GMT", "3650 days", "0x1F", "391231235959Z"]
COLUMNS = [
    ["EV", "OV"], ["EV"], ["TLS", "S/MIME"], ["(EV)"], ["Active"], ["US", "DE", "CA"],
    ["2048", "4096"],
    ["RSA 2048", "EC 256"], ["RSA-2048", "RSA-4096"], ["01", "02"], ["2030", "2031"], ["12/2030"],
    ["11.0 2030", "12.6(1) 2031"],
]  # fmt: skip
OF_NAMES = [
    ["CA"], ["Root"], ["CA", "Root", "Authority"], ["G1", "G2"], ["EV", "CA"], ["S.A."],
    ["AB", "SE"],
]  # fmt: skip


def with_ends(ends: list[str]) -> list[str]:
    """Names with these ends, in turn."""
    return [f"{name} {ends[at % len(ends)]}" for at, name in enumerate(NAMES)]


@pytest.mark.parametrize("is_name_first", [False, True], ids=["digits first", "name first"])
@pytest.mark.parametrize("date", DATES)
def test_dates_behind_all_names_are_none_of_them(
    date: str, is_name_first: bool, tmp_path: Path
) -> None:
    rows = list(zip(DIGITS, NAMES, strict=True))
    if is_name_first:
        date = date.replace(",", "")  # the lines would be rows of a table that commas part
    shown = "{1} {2} {0}" if is_name_first else "{0} {1} {2}"
    found = read(tmp_path, *(shown.format(*row, date) for row in rows))
    assert not found.problems
    assert [(row.fingerprint, row.subject) for row in found.rows] == rows


@pytest.mark.parametrize("date", [*DATES, *DOUBTFUL])
def test_a_date_behind_some_names_is_told(date: str, tmp_path: Path) -> None:
    names = [f"{name} {date}" if at else name for at, name in enumerate(NAMES)]
    found = read(tmp_path, *(f"{d} {n}" for d, n in zip(DIGITS, names, strict=True)))
    assert {row.subject for row in found.rows} <= {*names}
    told = " ".join(each.text for each in found.problems)
    assert all(digits in told for digits in DIGITS[1:])


@pytest.mark.parametrize("date", [*DOUBTFUL, "sha256"])
def test_what_may_be_a_date_or_the_end_of_a_name_is_told(date: str, tmp_path: Path) -> None:
    found = read(tmp_path, *(f"{d} {n} {date}" for d, n in zip(DIGITS, NAMES, strict=True)))
    assert {row.subject for row in found.rows} <= set(NAMES)
    assert found.problems


@pytest.mark.parametrize("is_name_first", [False, True], ids=["digits first", "name first"])
@pytest.mark.parametrize("ends", COLUMNS, ids=" ".join)
def test_values_behind_all_names_are_told(
    ends: list[str], is_name_first: bool, tmp_path: Path
) -> None:
    pairs = zip(DIGITS, with_ends(ends), strict=True)
    found = read(tmp_path, *(f"{n} {d}" if is_name_first else f"{d} {n}" for d, n in pairs))
    assert not found.rows
    told = " ".join(each.text for each in found.problems)
    assert all(digits in told for digits in DIGITS)


@pytest.mark.parametrize("ends", OF_NAMES, ids=" ".join)
def test_what_names_end_in_is_no_value(ends: list[str], tmp_path: Path) -> None:
    names = [f"C=XX, O=Acme {at}, CN=Acme {ends[at % len(ends)]}" for at in range(len(DIGITS))]
    found = read(tmp_path, *(f"{d} {n}" for d, n in zip(DIGITS, names, strict=True)))
    assert not found.problems
    assert [row.subject for row in found.rows] == names


@pytest.mark.parametrize(
    "end",
    ["EV", "DE", "RSA 2048", "2048", "TLS", "SHA-256", "0A5B717F", "United States", "TLS, Email"],
)
@pytest.mark.parametrize("before", [" ", " - ", "\n  "], ids=["space", "dash", "line"])
def test_a_value_behind_one_name_is_none_of_it(before: str, end: str, tmp_path: Path) -> None:
    found = read(tmp_path, f"{DIGITS[0]} {NAMES[0]}{before}{end}")
    assert {row.subject for row in found.rows} <= {NAMES[0]}
    assert found.rows or DIGITS[0] in found.problems[0].text


@pytest.mark.parametrize("end", ["CA", "G1", "ECC", "RSA", "- G3", "II", "- 2"])
def test_one_name_may_end_in_what_names_end_in(end: str, tmp_path: Path) -> None:
    name = f"C=XX, O=Acme, CN=Acme Root {end}"
    found = read(tmp_path, f"{DIGITS[0]} {name}")
    assert not found.problems
    assert [row.subject for row in found.rows] == [name]


def test_a_value_is_told_where_others_have_a_dash(tmp_path: Path) -> None:
    ends = ["-", "EV", "-"]
    rows = zip(NAMES, ends, DIGITS, strict=False)
    found = read(tmp_path, *(f"* {name} {end} {digits}" for name, end, digits in rows))
    assert {row.subject for row in found.rows} <= {NAMES[0], NAMES[2]}
    assert DIGITS[1] in " ".join(each.text for each in found.problems)


def test_a_dash_behind_all_names_parts_them_from_digits(tmp_path: Path) -> None:
    names = [f"{NAMES[0]} EV", *NAMES[1:]]
    found = read(tmp_path, *(f"{n} - {d}" for n, d in zip(names, DIGITS, strict=True)))
    assert [row.subject for row in found.rows] == names


def test_one_name_by_itself_may_end_in_the_size_of_a_key(tmp_path: Path) -> None:
    name = "C=XX, O=Acme, CN=Acme Root CA 2048"
    found = read(tmp_path, f"SHA-1: {DIGITS[0]}", f"Subject: {name}")
    assert not found.problems
    assert [row.subject for row in found.rows] == [name]


def test_an_attribute_at_the_end_is_no_value() -> None:
    assert not ending_in_values(["CN=Acme EV", "CN=EV"])
    assert not ending_in_values(["CN=Acme, C=US", "CN=Acme 2, C=DE"])


def test_a_cell_that_a_page_draws_ends_its_name(tmp_path: Path) -> None:
    names = [f"{name} {year}" for year, name in enumerate(NAMES, 2020)]
    path = tmp_path / "list.pdf"
    page = canvas.Canvas(str(path), pagesize=(842, 595))
    page.setFont("Helvetica", 8)
    page.drawString(40, 560, TITLE)
    for at, row in enumerate(zip(DIGITS, names, strict=True)):
        page.grid([36, 270, 600], [540 - 20 * at, 520 - 20 * at])
        for x, text in zip((40, 274), row, strict=True):
            page.drawString(x, 527 - 20 * at, text)
    page.save()
    found = extract(path)
    assert not found.problems
    assert [(row.fingerprint, row.subject) for row in found.rows] == [
        *zip(DIGITS, names, strict=True)
    ]
