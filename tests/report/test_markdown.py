"""Markdown, by the judgement of GitHub's own renderer: text stays text, tables are tables."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.report.formats.markdown import escaped, render
from pipeline.report.model import (
    Block,
    Column,
    DayMark,
    Grid,
    Listing,
    ListingItem,
    Paragraph,
    Report,
    Span,
    Timeline,
)
from pipeline.report.safe import visible
from tests.github import Page, folded, github

SHA1 = "02faf3e291435468607857694df5e45b68851868"
REFERENCE = re.compile(r"@\w|#\d|GH-\d|:(?!\d\d:)[\w+-]+:|\$.*\$", re.IGNORECASE)
"""What GitHub makes links, icons and formulas of, in the text of what is rendered."""
HOSTILE = [
    "<script>alert(1)</script>",
    "a | b \\| c \\",
    "`code` ``` *bold* __bold__ ~~gone~~ ~gone~",
    "[x](http://example.com) ![x](y) [^1] <http://example.com>",
    "http://example.com ftp://example.com www.example.com WWW.example.com a@example.com",
    "mailto:a@example.com xmpp:a@example.com",
    "@someone #123 owner/project#123 GH-123 :smile: $x^2$ $$ x $$",
    "# heading",
    "- item",
    "+ item",
    "* item",
    "1. item",
    "12) item",
    "> quote",
    "--- | ---",
    "====",
    "    indented",
    "~~~ fence",
    "[ ] task",
    "[x]: http://example.com",
    "&lt; &#64; &amp;lt;",
    "two\nlines\r\nand\ttab\x1b[2J\u202e",
    "O=http://www.usertrust.com, CN=Entrust.net (c)--",
]
TEXT = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=())),
    st.lists(
        st.sampled_from([*"\\`*_[]()<>&|~!#@:$+-=.1a ", "www.", "http://", "a@b.co", "\n", "<b>"])
    ).map("".join),
)


def shown(*blocks: Block) -> Page:
    return github(render(Report(None, (), [], blocks)))


@settings(deadline=None, max_examples=300)
@given(TEXT)
@example("\\")
@example("a\\|b")
def test_a_text_is_rendered_as_the_same_text_and_as_nothing_else(text: str) -> None:
    grid = Grid([Column(text), Column("b", "fingerprint")], [[text, text], ["", text]])
    listing = Listing(text, [ListingItem(text, text, text), ListingItem(SHA1, text, text)])
    span = Span(text, None, datetime(2020, 5, 30, tzinfo=UTC), "expired", text)
    timeline = Timeline(text, [span], [DayMark(text, datetime(2020, 6, 1, tzinfo=UTC))])
    expected = folded(visible(text))
    for block in (Paragraph(text), grid, listing, timeline):
        page = shown(block)
        assert set(page.elements) <= {
            *("p", "table", "thead", "tbody", "tr", "th", "td"),
            *("h3", "ul", "li", "br", "code", "span"),
        }
        assert not any(REFERENCE.search(run) for run in page.runs)
        times = {Paragraph: 1, Grid: 4, Listing: 6, Timeline: 4}[type(block)]
        assert not expected or page.text.count(expected) >= times
    assert shown(Paragraph(text)).text == expected
    assert shown(grid).elements.count("tr") == 3
    assert shown(grid).elements.count("td") == 4
    assert "\n" not in escaped(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_hostile_would_do_harm_if_it_were_not_escaped(text: str) -> None:
    page = github(f"{text}\n\n[^1]: x\n\n[x]: y")
    is_harmless = set(page.elements) <= {"p"} and page.text == folded(visible(text))
    assert not is_harmless or any(map(REFERENCE.search, page.runs)) or text in HARMLESS


HARMLESS = {"<script>alert(1)</script>", "[ ] task", "--- | ---", "===="}
"""GitHub itself escapes the first, the others depend on what is before them."""


def test_a_grid_is_a_table_with_digits_in_a_fixed_width_and_numbers_to_the_right() -> None:
    columns = [Column("row", "number"), Column("fingerprint", "fingerprint"), Column("subject")]
    assert render(
        Report(None, (), [], [Paragraph("One."), Grid(columns, [["1", SHA1, "CN=a|b"]])])
    ) == (
        "One.\n"
        "\n"
        "| row | fingerprint | subject |\n"
        "| ---: | --- | --- |\n"
        f"| 1 | `{SHA1}` | CN=a\\|b |\n"
    )


def test_a_listing_has_the_subject_on_a_line_below() -> None:
    page = shown(Listing("Removed (1)", [ListingItem(SHA1, "expired 2020-05-30", "C=SE, CN=x")]))
    assert page.elements == ["h3", "ul", "li", "code", "br"]
    assert page.text == f"Removed (1) {SHA1} expired 2020-05-30 C=SE, CN=x"


def test_an_empty_text_is_nothing() -> None:
    assert render(Report(None, (), [], [Paragraph("")])) == "\n"
