"""A misprinted fingerprint is told to be what it is meant to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import catalogue
from pipeline.catalogue.nearest import edits, find, nearest
from pipeline.enrich import hinted
from pipeline.extract.document import Problem

ADDTRUST = "ccab0ea04c2301d6697bdd379fcd12eb24e3949d"
NAMED = f"AddTrust Class 1 CA Root ({ADDTRUST})"


@pytest.mark.parametrize(
    ("misprint", "hint"),
    [
        # the seventh digit is a d, for a
        (
            "ccab0ed04c2301d6697bdd379fcd12eb24e3949d",
            f"ccab0ed04c23… is one digit away from {NAMED}",
        ),
        # 39 digits
        (
            "ccab0ea04c2301d6697bdd379fcd12eb24e3949",
            f"ccab0ea04c23… is one digit away from {NAMED}",
        ),
        # 41 digits
        (
            "0ccab0ea04c2301d6697bdd379fcd12eb24e3949d",
            f"0ccab0ea04c2… is one digit away from {NAMED}",
        ),
        # two neighbours swapped
        (
            "ccab0ea04c2301d6697bdd379fcd12eb24e394d9",
            f"ccab0ea04c23… is one digit away from {NAMED}",
        ),
        # one wrong, one missing
        (
            "dcab0ea04c2301d6697bdd379fcd12eb24e394d",
            f"dcab0ea04c23… is two digits away from {NAMED}",
        ),
        # O for 0, l for 1, in any dress
        (
            "CC:AB:OE:AO:4C:23:Ol:D6:69:7B:DD:37:9F:CD:l2:EB:24:E3:94:9D",
            f"ccaboeao4c23… has letters that look like digits; it may be {NAMED}",
        ),
    ],
)
def test_a_misprint_names_the_root_it_is_meant_to_be(misprint: str, hint: str) -> None:
    assert nearest(misprint) == hint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "see page 4",
        ADDTRUST,
        "0123456789abcdef0123456789abcdef01234567",
        "ddab0ed04c2301d6697bdd379fcd12eb24e3949d",  # three digits are wrong
        ADDTRUST[:32],
    ],
)
def test_anything_else_gets_no_hint(text: str) -> None:
    assert nearest(text) == ""


@given(st.data())
def test_two_edits_anywhere_in_any_fingerprint_are_found(data: st.DataObject) -> None:
    original = data.draw(st.sampled_from(sorted(catalogue.fingerprints())))
    count = data.draw(st.integers(1, 2))
    text = original
    for _ in range(count):
        text = data.draw(edited(text))
    near = find(text)
    if text == original:
        assert near is None
    else:
        assert near is not None
        assert near.fingerprint == original
        assert near.distance <= count


@st.composite
def edited(draw: st.DrawFn, text: str) -> str:
    at = draw(st.integers(0, len(text) - 2))
    digit = draw(st.sampled_from("0123456789abcdef"))
    return draw(
        st.sampled_from(
            [
                text[:at] + digit + text[at + 1 :],
                text[:at] + text[at + 1 :],
                text[:at] + digit + text[at:],
                text[:at] + text[at + 1] + text[at] + text[at + 2 :],
            ]
        )
    )


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("", "", 0),
        ("", "ab", 2),
        ("abc", "abc", 0),
        ("abc", "acb", 1),
        ("ca", "abc", 3),
        ("kitten", "sitting", 3),
    ],
)
def test_edits_are_counted_by_optimal_string_alignment(one: str, other: str, count: int) -> None:
    assert edits(one, other) == edits(other, one) == count


def test_malformed_rows_get_the_hint_and_other_problems_stay() -> None:
    malformed = Problem(
        "malformed-fingerprint", 2, f"{ADDTRUST[:-1]} C=SE, O=AddTrust AB", "Has 39 digits."
    )
    grouped = Problem(
        "malformed-fingerprint",
        2,
        "CC AB 0E A0 4C 23 01 D6 69 7B DD 37 9F CD 12 EB 24 E3 94 9 C=SE",
    )
    foreign = Problem("malformed-fingerprint", 2, "0123456789 C=SE, O=Else")
    other = Problem("unaccounted-text", 3, ADDTRUST[:-1])
    first, second, *unchanged = hinted([malformed, grouped, foreign, other])
    assert first.hint == f"Has 39 digits. ccab0ea04c23… is one digit away from {NAMED}."
    assert second.hint == f"ccab0ea04c23… is one digit away from {NAMED}."
    assert unchanged == [foreign, other]
