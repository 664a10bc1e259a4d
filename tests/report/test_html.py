"""The page as text: its policy, its charts, and what it makes of each kind of block."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.report.html import render
from pipeline.report.html.chart import chart, columns
from pipeline.report.model import (
    Bar,
    Bars,
    Card,
    Cards,
    Column,
    Counts,
    DayMark,
    DrawnPath,
    Facts,
    Fold,
    Form,
    FormField,
    Grid,
    Listing,
    ListingItem,
    PageBlock,
    Paragraph,
    Paths,
    PathStep,
    Report,
    Span,
    Timeline,
    Verbatim,
)

SHA1 = "02faf3e291435468607857694df5e45b68851868"
HOSTILE = "\"'><script>alert(1)</script>&\u202e\x1b[31m javascript:alert(2)"
DAY = datetime(2020, 6, 1, tzinfo=UTC)


class Reading(HTMLParser):
    """What a parser finds in a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, str] = {}
        self.text = ""
        self._open = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open = tag

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        self.inside[self._open] = self.inside.get(self._open, "") + data
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def page(*blocks: PageBlock) -> Reading:
    return Reading(render(Report(None, (), (), (), blocks)))


def every_kind(text: str) -> Sequence[PageBlock]:
    details = [Facts([(Column(text), text), (Column(text, "fingerprint"), text)], text)]
    grid = Grid(
        [Column(text), Column(text, "status"), Column(text, "fingerprint"), Column(text, "number")],
        [[text] * 4] * 9,
        title=text,
        details=[details] * 9,
        keys=[f"{text}{n}" for n in range(9)],
    )
    return (
        Paragraph(text, is_lead=True),
        Counts({text: 3}),
        Listing(text, [ListingItem(text, text, text)]),
        Listing(text, [ListingItem(text, text, text, [(text, text)], [(text, "now")])]),
        Cards(text, [Card(text, text, text, text, text, "/")]),
        Paths(text, [DrawnPath(text, text, [PathStep(text, text, DAY, DAY, text, text)])], DAY),
        Fold(text, [Paragraph(text), Verbatim(text)]),
        Form(text, "/", [FormField(text, text, "text", text), FormField(text, text)], text),
        Timeline(text, [Span(text, DAY, None, text, text, f"{text}1")], [DayMark(text, DAY)]),
        Bars(text, [Bar(text, {text: 2})]),
        grid,
        Facts([(Column(text), text)], text),
    )


# --- what is allowed -------------------------------------------------------------------------


def test_the_policy_allows_the_page_s_own_script_and_style_and_nothing_else() -> None:
    reading = page(*every_kind("x"))
    (policy,) = (
        each["content"]
        for each in reading.all("meta")
        if each.get("http-equiv") == "Content-Security-Policy"
    )
    allowed = dict(rule.split(" ", 1) for rule in (policy or "").split("; "))
    assert allowed == {
        "default-src": "'none'",
        "style-src": _digest(reading.inside["style"]),
        "script-src": _digest(reading.inside["script"]),
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert len(reading.all("script")) == len(reading.all("style")) == 1


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_no_element_has_a_style_a_handler_or_a_source() -> None:
    for tag, attributes in page(*every_kind("x")).tags:
        for name in attributes:
            assert not name.startswith("on"), tag
            assert name not in ("style", "src", "srcset", "formaction", "xlink:href")
            assert name != "action" or attributes.get("class") == "ask"  # a site's own question


@pytest.mark.parametrize("text", [HOSTILE, *HOSTILE.split()])
def test_text_is_text_in_every_kind_of_block(text: str) -> None:
    plain, hostile = page(*every_kind("x")), page(*every_kind(text))
    assert [(tag, set(found)) for tag, found in hostile.tags] == [
        (tag, set(found)) for tag, found in plain.tags
    ]
    assert hostile.text.isprintable() or all(
        line.isprintable() for line in hostile.text.split("\n")
    )
    assert hostile.text.count("alert(1)") == hostile.text.count("<script>alert(1)</script>")


@settings(deadline=None)
@given(st.text())
def test_any_text_is_text(text: str) -> None:
    plain, other = (
        page(Paragraph(each, is_lead=True), Facts([(Column("x"), each)])) for each in ("x", text)
    )
    assert [tag for tag, _ in other.tags] == [tag for tag, _ in plain.tags]


# --- links -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "is_linked"),
    [
        (SHA1, True),
        (SHA1 + SHA1[:24], True),
        (SHA1[:39], False),
        (SHA1.upper(), False),
        (f"{SHA1}\n", False),
        ("javascript:alert(1)", False),
        (f"{SHA1[:38]}\u0660\u0661", False),
    ],
)
def test_only_a_whole_fingerprint_is_a_link_to_crt_sh(text: str, is_linked: bool) -> None:
    links = page(Grid([Column("a", "fingerprint"), Column("b")], [[text, text]])).all("a")
    wanted = {"href": f"https://crt.sh/?q={text}", "rel": "noopener noreferrer"}
    assert [{name: link[name] for name in wanted} for link in links] == [wanted] * is_linked


def test_a_bar_links_to_the_row_that_has_its_key_if_there_is_one() -> None:
    spans = [Span("one", DAY, DAY, "valid", key=key) for key in ("k1", "elsewhere", "")]
    reading = page(Timeline("t", spans), Grid([Column("a")], [["x"]], keys=["k1"]))
    assert "#k1" in [link["href"] for link in reading.all("a")]
    assert "#elsewhere" not in [link["href"] for link in reading.all("a")]


# --- the headline ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lead", "headline"),
    [
        ("Short. All of it.", "Short. All of it."),
        ("", "trustlist"),
        (f"12.8(1) drops 9 roots. {'Long ' * 40}end.", "12.8(1) drops 9 roots."),
        (f"Entrust, Inc. Root has gone. {'Long ' * 40}end.", "Entrust, Inc. Root has gone."),
    ],
)
def test_a_headline_is_not_longer_than_a_few_sentences(lead: str, headline: str) -> None:
    reading = page(*([Paragraph(lead, is_lead=True)] if lead else []))
    assert reading.inside["h1"].strip() == headline
    rest = lead.removeprefix(headline).strip()
    assert rest in reading.text


# --- charts ----------------------------------------------------------------------------------

times = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.none() | times, st.none() | times), max_size=5),
    st.lists(times, max_size=2),
)
def test_a_timeline_has_all_bars_within_it_whatever_the_times(
    ends: list[tuple[datetime | None, datetime | None]], marks: list[datetime]
) -> None:
    spans = [Span("x", *each, status="valid") for each in ends]
    drawn = chart(Timeline("t", spans, [DayMark("m", at) for at in marks]))
    assert len(drawn.pieces) == len(spans)
    for piece in drawn.pieces:
        assert 0 <= piece.at <= piece.at + piece.width <= 100.01
    for tick in (*drawn.ticks, *drawn.marks):
        assert 0 <= tick.at <= 100
    assert len(drawn.ticks) <= 11


def test_a_certificate_without_end_does_not_squeeze_the_others() -> None:
    endless = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)  # RFC 5280, section 4.1.2.5
    spans = [
        Span("old", DAY - timedelta(days=7300), DAY, "expired"),
        Span("endless", DAY, endless, "valid"),
    ]
    old, new = chart(Timeline("t", spans, [DayMark("today", DAY)])).pieces
    assert old.width > 20
    assert new.at + new.width > 95
    assert new.words == "2020-06-01 – 9999-12-31"


def test_ticks_are_round_days() -> None:
    def labels(days: int) -> list[str]:
        span = Span("x", DAY, DAY + timedelta(days=days), "valid")
        return [tick.label for tick in chart(Timeline("t", [span])).ticks]

    assert labels(90) == ["2020-06", "2020-07", "2020-08"]
    assert labels(1900) == ["2021", "2022", "2023", "2024", "2025"]
    assert labels(14_000) == ["2020", "2025", "2030", "2035", "2040", "2045", "2050", "2055"]


def test_bars_are_as_high_as_their_numbers() -> None:
    drawn = columns(
        Bars("t", [Bar("a", {"removed": 3, "valid": 1}), Bar("b", {}), Bar("c", {"x": 2})])
    )
    assert [[(part.at, part.height) for part in column.parts] for column in drawn] == [
        [(0, 75), (75, 25)],
        [],
        [(50, 50)],
    ]
    assert [column.total for column in drawn] == [4, 0, 2]


def test_rows_have_search_and_filters_only_if_there_are_many() -> None:
    def grid(rows: int) -> Reading:
        return page(Grid([Column("status", "status")], [["valid"]] * rows))

    assert not grid(7).all("form")
    assert len(grid(8).all("form")) == 1
    assert re.search(r"valid\s*8", grid(8).text)
