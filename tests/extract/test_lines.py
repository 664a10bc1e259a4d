"""From glyphs to words to lines, at any turn of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.formats.pdf.lines import Glyphs, page_of
from pipeline.extract.formats.pdf.readers import Name, reader_of
from pipeline.extract.page import Page, clean
from tests.extract.hostile import ROW, assembled, one_page

SIZE, ADVANCE = 10.0, 6.0

Glyph = tuple[str, float, float]
"""A character and its origin, in a space where y grows upwards."""


def typed(text: str, x: float, y: float, advance: float = ADVANCE) -> Iterator[Glyph]:
    """A run of characters, drawn one after the other."""
    for number, char in enumerate(text):
        yield char, x + number * advance, y


def glyphs(drawn: Iterable[Glyph], turns: int = 0) -> Glyphs:
    """Characters ten points tall and six wide, on a page turned counter-clockwise."""
    placed = list(drawn)
    x = np.array([x for _, x, _ in placed])
    y = np.array([y for _, _, y in placed])
    box = np.array((x, y - 2, x + ADVANCE, y + 8))
    for _ in range(turns):
        x, y = -y, x
        left, bottom, right, top = box
        box = np.array((-top, left, -bottom, right))
    size = np.full(len(placed), SIZE)
    turn = np.full(len(placed), turns, dtype=np.int8)
    text = np.array([char for char, _, _ in placed], dtype=np.str_)
    return Glyphs(text, x, y, box, size, turn, np.full(len(placed), -1))


def page(*runs: Iterable[Glyph]) -> Page:
    return page_of(1, glyphs(glyph for run in runs for glyph in run))


def texts(read: Page) -> list[str]:
    return [line.text for line in read.lines]


def test_spaces_part_words_and_baselines_part_lines() -> None:
    assert texts(page(typed("C=SE, O=AddTrust", 0, 700), typed("CN=Root", 0, 688))) == [
        "C=SE, O=AddTrust",
        "CN=Root",
    ]


def test_lines_come_from_the_top_however_they_were_drawn() -> None:
    assert texts(page(typed("second", 0, 688), typed("first", 0, 700))) == ["first", "second"]


def test_columns_of_a_line_come_from_the_left_however_they_were_drawn() -> None:
    read = page(typed("right", 200, 700), typed("left", 0, 700))
    assert texts(read) == ["left right"]
    assert [(word.x0, word.x1) for word in read.lines[0].words] == [(0, 24), (200, 230)]


def test_a_gap_parts_words_where_there_are_no_spaces() -> None:
    assert texts(page(typed("AddTrust", 0, 700), typed("AB", 8 * 6 + 2.5, 700))) == ["AddTrust AB"]


def test_kerning_does_not() -> None:
    assert texts(page(typed("AddT", 0, 700), typed("rust", 4 * 6 - 0.8, 700))) == ["AddTrust"]
    assert texts(page(typed("AddT", 0, 700), typed("rust", 4 * 6 + 0.8, 700))) == ["AddTrust"]


def test_a_word_set_with_letter_spaces_stays_one_if_there_are_true_spaces() -> None:
    assert texts(page(typed("02fa f3e2", 0, 700, advance=7.5))) == ["02fa f3e2"]


def test_a_raised_mark_is_a_superscript_on_its_line() -> None:
    assert texts(page(typed("Root", 0, 700), typed("1", 24, 703))) == ["Root¹"]
    assert texts(page(typed("Root", 0, 700), typed("a,2", 24, 704))) == ["Rootᵃ,²"]
    assert texts(page(typed("1", 0, 703), typed("Removed", 6, 700))) == ["¹Removed"]
    assert texts(page(typed("N", 0, 700), typed("o", 6, 704))) == ["o", "N"]


def test_a_narrower_digit_than_the_same_one_in_its_word_is_a_superscript() -> None:
    drawn = glyphs([*typed("CA 2019", 0, 700), *typed("1", 42, 700), *typed("R11", 60, 700)])
    drawn.box[2, 7] -= 2.5
    assert texts(page_of(1, drawn)) == ["CA 2019¹ R11"]


def test_fake_bold_counts_once() -> None:
    assert texts(page(typed("CN=Root", 0, 700), typed("CN=Root", 0.4, 700))) == ["CN=Root"]


def test_fake_bold_letter_by_letter_counts_once() -> None:
    twice = [(each, (each[0], each[1] + 0.3, each[2])) for each in typed("AA==", 0, 700)]
    assert texts(page(*twice)) == ["AA=="]


def test_a_double_letter_counts_twice() -> None:
    assert texts(page(typed("ffee00", 0, 700, advance=3.4))) == ["ffee00"]


def test_text_that_juts_out_does_not_mingle_with_the_next_column() -> None:
    read = page(typed("02faf3e29143", 0, 700), typed("C=SE, O=X", 66, 700))
    assert texts(read) == ["02faf3e29143 C=SE, O=X"]


def test_an_empty_page_has_no_lines() -> None:
    read = page_of(7, glyphs([]))
    assert (read.number, read.lines, read.sideways) == (7, [], [])


def test_blanks_alone_make_no_line() -> None:
    assert texts(page(typed("   ", 0, 700), typed("C=SE", 0, 680))) == ["C=SE"]


def test_text_in_another_direction_is_set_apart() -> None:
    upright = glyphs([*typed("CN=Root", 0, 700), *typed("O=AddTrust", 0, 688)])
    stamp = glyphs(typed("DRAFT", 0, 0), turns=1)
    both = Glyphs(
        np.concatenate((upright.text, stamp.text)),
        np.concatenate((upright.x, stamp.x)),
        np.concatenate((upright.y, stamp.y)),
        np.concatenate((upright.box, stamp.box), axis=1),
        np.concatenate((upright.size, stamp.size)),
        np.concatenate((upright.turn, stamp.turn)),
        np.concatenate((upright.cell, stamp.cell)),
    )
    read = page_of(1, both)
    assert texts(read) == ["CN=Root", "O=AddTrust"]
    assert [line.text for line in read.sideways] == ["DRAFT"]
    assert read.turned == 0


# --- characters ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("Certi\ufb01cate", "Certificate"),
        ("O\ufb03ce", "Office"),
        ("Te\u0301cnica", "Técnica"),
        ("Tu\u0308rktrust", "Türktrust"),
        ("Root\u200bCA", "RootCA"),
        ("Root\ufeff", "Root"),
        ("Class\u20111", "Class-1"),
        ("Class\u22121", "Class-1"),
        ("½ ² ™", "½ ² ™"),  # compatibility characters other than ligatures are what they are
        ("中华电信", "中华电信"),
    ],
)
def test_characters_are_spelt_as_in_a_certificate(printed: str, meant: str) -> None:
    assert clean(printed) == meant


def test_a_no_break_space_parts_words() -> None:
    assert texts(page(typed("AddTrust\u00a0AB", 0, 700))) == ["AddTrust AB"]


# --- turns -----------------------------------------------------------------------------------

words = st.text("abcdefghijklmnop0123456789=.", min_size=1, max_size=8)
rows = st.lists(st.lists(words, min_size=1, max_size=5), min_size=1, max_size=6)


@given(rows, st.integers(0, 3))
def test_a_page_turned_by_quarters_has_the_same_words_in_the_same_places(
    content: list[list[str]], turns: int
) -> None:
    drawn = [
        glyph
        for number, row in enumerate(content)
        for glyph in typed(" ".join(row), 40, 700 - 12 * number)
    ]
    upright, turned = page_of(1, glyphs(drawn)), page_of(1, glyphs(drawn, turns))
    assert texts(turned) == [" ".join(row) for row in content]
    assert turned.turned == turns
    assert turned.sideways == []
    for line, other in zip(upright.lines, turned.lines, strict=True):
        assert other.y == pytest.approx(line.y)
        assert [w.x0 for w in other.words] == pytest.approx([w.x0 for w in line.words])
        assert [w.x1 for w in other.words] == pytest.approx([w.x1 for w in line.words])


@pytest.mark.parametrize("reader", ["pdfium", "pdfplumber"])
def test_gaps_between_narrow_words_are_as_narrow(reader: Name, tmp_path: Path) -> None:
    """They are measured by the width of letters, whatever their height."""
    words = b"(C=US,)-278(O=Google)-278(Trust)-278(Services)-278(LLC)"
    by_matrix = b"BT /F1 8 Tf 0.5 0 0 1 40 600 Tm [%s] TJ ET" % words
    by_state = b"BT /F1 8 Tf 50 Tz 1 0 0 1 40 500 Tm [%s] TJ ET" % words
    path = tmp_path / "list.pdf"
    path.write_bytes(assembled(one_page(b"\n".join((ROW, by_matrix, by_state)))))
    (page,) = reader_of(reader)(path, slice(None))
    assert [line.text for line in page.lines[1:]] == ["C=US, O=Google Trust Services LLC"] * 2
