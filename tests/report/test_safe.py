"""Text from documents is harmless in what is shown, and the same in what is read again."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.report.safe import spreadsheet_cell, visible, visible_json

ANY_TEXT = st.text(st.characters(exclude_categories=()))
"""Also lone surrogates, controls and what is not assigned."""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("CN=Főtanúsítvány 日本 العربية", "CN=Főtanúsítvány 日本 العربية"),
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("a\nb\r\tc\x7f\x9b", r"a\x0ab\x0d\x09c\x7f\x9b"),
        ("user\u202etxt.exe", r"user\u202etxt.exe"),
        ("zero\u200bwidth\ufeff", r"zero\u200bwidth\ufeff"),
        ("soft\u00adhyphen\u2028", r"soft\xadhyphen\u2028"),
        ("tag\U000e0041", r"tag\U000e0041"),
        ("lone \ud800", r"lone \ud800"),
    ],
)
def test_what_a_terminal_obeys_or_nobody_sees_is_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@settings(deadline=None)
@given(ANY_TEXT)
def test_visible_text_is_printable_and_what_was_printable_stays(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable()
    if text.isprintable():
        assert shown == text


@settings(deadline=None)
@given(ANY_TEXT)
def test_visible_json_means_the_same(text: str) -> None:
    shown = visible_json(json.dumps({"a": text}, indent=1, ensure_ascii=False))
    assert shown.replace("\n", "").isprintable()
    assert json.loads(shown) == {"a": text}


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ('=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", r"\x09=1"),
        ("\r=1", r"\x0d=1"),
        ("  =1", "  '=1"),
        ('"=1', "\"'=1"),
        ("\uff1d1", "'\uff1d1"),
        ("\uff0b1", "'\uff0b1"),
        ("\uff0d1", "'\uff0d1"),
        ("\uff20x", "'\uff20x"),
        ("CN=x;=1; +2", "CN=x;'=1; '+2"),
        ("one; two - three", "one; two - three"),
        ("C=SE, O=x", "C=SE, O=x"),
        (-1, "-1"),
        (None, ""),
    ],
)
def test_a_spreadsheet_is_given_no_formula(value: object, cell: str) -> None:
    assert spreadsheet_cell(value) == cell


@settings(deadline=None)
@given(ANY_TEXT)
def test_no_cell_begins_like_a_formula(text: str) -> None:
    for cell in spreadsheet_cell(text).split(";"):
        bare = cell.strip(' "')
        assert not bare.startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d"))
