"""Each format: what becomes of paragraphs, grids and listings, also of hostile ones."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.report import Format, renderer
from pipeline.report.model import Column, Grid, Listing, ListingItem, Paragraph, Report

SHA1 = "02faf3e291435468607857694df5e45b68851868"
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
HOSTILE = (
    "CN=<script>alert(1)</script>, O=[red]x[/red] [link=http://x]y[/link]\x1b]0;owned\x07\x1b[2J"
    "\u202eevil\u2066\r\n\x9b31m, OU=`id` $(id) | |, L=:smile:"
)
GRID = Grid(
    [
        Column("row", "number"),
        Column("status", "status"),
        Column("fingerprint", "fingerprint"),
        Column("subject"),
    ],
    [
        ["9", "expired", SHA1, "C=SE, O=AddTrust AB, CN=AddTrust External CA Root"],
        ["10", "valid", SHA1[::-1], "C=HU, CN=Főtanúsítvány"],
    ],
)


@dataclass
class Answer:
    subject: str
    end: datetime | None
    day: date
    reasons: list[str]


def report(*blocks: Paragraph | Grid | Listing, subject: str = "CN=x") -> Report:
    answer = Answer(
        subject, datetime(2020, 5, 30, 10, 48, 38, tzinfo=UTC), date(2020, 6, 1), ["a", "b"]
    )
    record = (answer.subject, answer.end, answer.day, answer.reasons, None, True, 7)
    columns = ("subject", "end", "day", "reasons", "nothing", "is_new", "number")
    return Report(answer, columns, [record], blocks)


def render(format_: Format, *blocks: Paragraph | Grid | Listing, width: int | None = None) -> str:
    return renderer(format_).render(report(*blocks), width)


# --- for programs ----------------------------------------------------------------------------


def test_json_has_the_answer_s_fields_and_times_in_utc() -> None:
    assert json.loads(render("json")) == {
        "subject": "CN=x",
        "end": "2020-05-30T10:48:38Z",
        "day": "2020-06-01",
        "reasons": ["a", "b"],
    }


def test_json_that_is_too_large_to_indent_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    end = datetime(2020, 5, 30, 10, 48, 38, tzinfo=UTC)
    shared = Answer('a "name"\\ \n\u2028ő', end, date(2020, 6, 1), ["a", "b"])
    data = {
        "answers": [shared, shared, (shared, [])],
        "numbers": [1, True, 0, False, None, -7, 2.5, 10**20],
        "bytes": b"\x00\xff",
        "day": date(2020, 5, 30),
        "keys": {1: "by number", 2: [shared]},
        "empty": {},
    }
    made = Report(data, [], [], [])
    indented = renderer("json").render(made)
    monkeypatch.setattr("pipeline.report.formats.json._READABLE", 0)
    compact = renderer("json").render(made)
    assert compact.count("\n") == 1
    assert json.dumps(json.loads(compact)) == json.dumps(json.loads(indented))


def test_json_lines_have_a_record_each() -> None:
    assert json.loads(render("jsonl")) == {
        "subject": "CN=x",
        "end": "2020-05-30T10:48:38Z",
        "day": "2020-06-01",
        "reasons": ["a", "b"],
        "nothing": None,
        "is_new": True,
        "number": 7,
    }
    hostile = renderer("jsonl").render(report(subject=HOSTILE + "\u2028\x85"))
    assert hostile.count("\n") == len(hostile.splitlines()) == 1
    assert json.loads(hostile)["subject"] == HOSTILE + "\u2028\x85"


def test_csv_has_a_header_and_plain_cells() -> None:
    assert render("csv") == (
        "subject,end,day,reasons,nothing,is_new,number\n"
        "CN=x,2020-05-30T10:48:38Z,2020-06-01,a; b,,true,7\n"
    )


def test_csv_for_excel_is_csv_after_a_byte_order_mark() -> None:
    assert render("csv-bom").encode() == b"\xef\xbb\xbf" + render("csv").encode()


# --- for people ------------------------------------------------------------------------------


def test_a_plain_grid_has_a_row_a_line_with_everything_in_it() -> None:
    assert render("table", Paragraph("Two."), GRID) == (
        "Two.\n"
        "\n"
        "row  status   fingerprint                               subject\n"
        f"  9  expired  {SHA1}  C=SE, O=AddTrust AB, CN=AddTrust External CA Root\n"
        f" 10  valid    {SHA1[::-1]}  C=HU, CN=Főtanúsítvány\n"
    )


def test_a_plain_listing_has_the_remark_beside_the_fingerprint_and_the_subject_below() -> None:
    listing = Listing("Removed (1)", [ListingItem(SHA1, "expired 2020-05-30", "CN=AddTrust")])
    assert render("table", listing) == (
        f"Removed (1)\n  {SHA1}  expired 2020-05-30\n    CN=AddTrust\n"
    )


@settings(deadline=None)
@given(
    width=st.integers(60, 200),
    subject=st.lists(st.text("abcdefő漢 =,", min_size=1, max_size=90), max_size=4).map(" ".join),
)
def test_a_terminal_gets_lines_that_fit_and_nothing_is_lost(width: int, subject: str) -> None:
    from rich.cells import cell_len

    listing = Listing(
        "Removed", [ListingItem(SHA1, "expired 2020-05-30; last seen in 2020", subject)]
    )
    row = ["1", "valid", SHA1, subject]
    shown = render("table", Grid(GRID.columns, [row]), listing, width=width)
    lines = ESCAPE.sub("", shown).splitlines()
    assert max(map(cell_len, lines)) <= width
    everything = "".join("".join(lines).split())
    assert everything.count("".join(subject.split())) >= 2
    assert (f"{SHA1[:12]}…" in shown) == (width < 120)
    assert shown.count(SHA1) == (1 if width < 120 else 2)


def test_a_title_wider_than_its_column_is_broken_where_room_is_short() -> None:
    grid = Grid([Column("days left", "number"), Column("what")], [["7", "x"]])
    lines = [ESCAPE.sub("", render("table", grid, width=width)).splitlines() for width in (80, 120)]
    assert [len(each) for each in lines] == [3, 2]


def test_rows_with_more_columns_than_fit_are_a_list_of_their_values() -> None:
    columns = [Column(f"column {at}", "word") for at in range(8)]
    grid = Grid(columns, [[f"{row}-{at}-" + 8 * "x" for at in range(8)] for row in range(2)])
    lines = ESCAPE.sub("", render("table", grid, width=80)).splitlines()
    assert len(lines) == 8 + 1 + 8
    assert [line.split() for line in lines[:2]] == [
        ["column", "0", "0-0-xxxxxxxx"],
        ["column", "1", "0-1-xxxxxxxx"],
    ]
    assert lines[8].strip() == ""
    wide = ESCAPE.sub("", render("table", grid, width=120)).splitlines()
    assert len(wide) == 3


def test_a_root_in_a_terminal_has_its_name_first_and_no_remark_is_torn() -> None:
    """A remark goes on in the next line where a part of it ends, as long as parts fit."""
    remark = "expired 2020-05-30; still in store: OpenJDK; last seen: Mozilla 2020-04-05, Apple"
    item = ListingItem(
        SHA1,
        f"{remark} 2019-11-28",
        "C=SE, O=AddTrust AB, CN=AddTrust External CA Root",
        [("expired 2020-05-30", "expired")],
    )
    lines = ESCAPE.sub("", render("table", Listing("Removed (1)", [item]), width=80)).splitlines()
    assert [line.rstrip() for line in lines] == [
        "− Removed (1)",
        "  AddTrust External CA Root",
        "    expired 2020-05-30; still in store: OpenJDK; last seen: Mozilla 2020-04-05,",
        "    Apple 2019-11-28",
        f"    {SHA1}  C=SE, O=AddTrust AB, CN=AddTrust",
        "    External CA Root",
    ]


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        (
            "C=SE, O=AddTrust AB, CN=AddTrust External CA Root",
            "CN=AddTrust External CA Root, C=SE, O=AddTrust AB",
        ),
        ("C=US, O=Equifax, OU=Equifax Secure CA", "OU=Equifax Secure CA, C=US, O=Equifax"),
        ("CN=Alone", "CN=Alone"),
        ("O=x + CN=y", "O=x + CN=y"),  # it would not be the same name any more
        ("C=SE, ST=z", "C=SE, ST=z"),
        ("no name", "no name"),
    ],
)
def test_the_common_name_is_first_where_a_terminal_is_narrow(subject: str, shown: str) -> None:
    grid = Grid([Column("n", "number"), Column("subject")], [["1", subject]])
    narrow, wide = (ESCAPE.sub("", render("table", grid, width=each)) for each in (119, 120))
    assert narrow.splitlines()[1].split(maxsplit=1)[1].rstrip() == shown
    assert subject in wide
    assert subject in render("table", grid)


def test_colours_and_signs_go_with_the_status(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    column = [Column("status", "status"), Column("n", "number")]
    red, green = "\x1b[31m", "\x1b[32m"
    for status, colour, sign in (
        ("expired", red, "✕"),
        ("refused", red, "✕"),
        ("removed", red, "−"),
        ("added", green, "+"),
        ("accepted", green, "✓"),
    ):
        grid = Grid(column, [[status, "1"]])
        assert f"{colour}{sign} {status}" in render("table", grid, width=80)
        assert sign not in render("table", grid)  # a script looks for the word
    verdict = Paragraph("12.7(1): REFUSED: expired.", is_lead=True)
    assert "REFUSED" in ESCAPE.sub("", render("table", verdict, width=80))
    assert re.search(r"\x1b\[[0-9;]*31m ?REFUSED", render("table", verdict, width=80))
    titles = [Listing(f"{each} (1)", []) for each in ("Removed", "Added", "Changed")]
    plain = ESCAPE.sub("", render("table", *titles, width=80))
    assert plain.split("\n")[::2] == ["− Removed (1)", "+ Added (1)", "≠ Changed (1)"]
    monkeypatch.setenv("NO_COLOR", "1")
    assert red not in render("table", GRID, width=80)


# --- hostile documents -----------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["table", "json", "csv", "markdown", "html"])
@pytest.mark.parametrize("width", [None, 80])
def test_nothing_in_a_document_commands_a_terminal(format_: Format, width: int | None) -> None:
    blocks = (
        Paragraph(HOSTILE, is_lead=True),
        Grid(GRID.columns, [[HOSTILE, HOSTILE, HOSTILE, HOSTILE]]),
        Listing(HOSTILE, [ListingItem(HOSTILE, HOSTILE, HOSTILE)]),
    )
    shown = renderer(format_).render(report(*blocks, subject=HOSTILE), width)
    plain = ESCAPE.sub("", shown) if width else shown  # only rich's own colours
    assert all(line.isprintable() for line in plain.split("\n"))


def test_markup_in_a_document_is_shown_as_it_is() -> None:
    shown = ESCAPE.sub("", render("table", Paragraph("[red]x[/red] :smile: [link=y]z"), width=80))
    assert shown == "[red]x[/red] :smile: [link=y]z\n"


def test_hostile_text_survives_json_and_is_one_cell_in_csv() -> None:
    hostile = report(subject=HOSTILE)
    assert json.loads(renderer("json").render(hostile))["subject"] == HOSTILE
    (row,) = csv.DictReader(io.StringIO(renderer("csv").render(hostile), newline=""))
    assert row["subject"].startswith("CN=<script>alert(1)</script>")
    assert row["number"] == "7"
