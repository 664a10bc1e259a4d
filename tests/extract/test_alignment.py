"""Lines of a column dealt out to their rows, however the cells are aligned."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.layouts.alignment import Alignment, Cells, Mark, Text, deal, prefer

SIZE, PITCH, PADDING = 10.0, 12.0, 6.0
ALIGNMENTS: tuple[Alignment, ...] = ("top", "middle", "bottom")


def lay_out(
    heights: list[int], alignment: Alignment, digits: int = 1
) -> tuple[list[Mark], list[Text], list[range]]:
    """Rows of so many lines of text each, beside fingerprints of ``digits`` lines."""
    marks: list[Mark] = []
    texts: list[Text] = []
    rows: list[range] = []
    top = 100.0
    for height in heights:
        room = max(height, digits) * PITCH
        free = {"top": 0.0, "middle": 0.5, "bottom": 1.0}[alignment]
        first = top + free * (room - height * PITCH)
        texts.extend(Text(first + i * PITCH, i == 0) for i in range(height))
        rows.append(range(len(texts) - height, len(texts)))
        beside = top + free * (room - digits * PITCH)
        marks.append(Mark(beside, beside + (digits - 1) * PITCH))
        top += room + PADDING
    return marks, texts, rows


def best(marks: list[Mark], texts: list[Text]) -> Cells:
    return deal(marks, texts, SIZE)[0]


@pytest.mark.parametrize("alignment", ALIGNMENTS)
def test_lines_go_to_the_rows_they_were_set_in(alignment: Alignment) -> None:
    marks, texts, rows = lay_out([1, 3, 2, 1, 4, 2], alignment)
    found = best(marks, texts)
    assert (found.alignment, found.rows) == (alignment, rows)
    assert (len(found.leading), len(found.trailing)) == (0, 0)


@given(
    st.lists(st.integers(1, 6), min_size=2, max_size=25),
    st.sampled_from(ALIGNMENTS),
    st.integers(1, 3),
)
def test_whatever_the_heights(heights: list[int], alignment: Alignment, digits: int) -> None:
    marks, texts, rows = lay_out(heights, alignment, digits)
    assert best(marks, texts).rows == rows


def test_a_row_without_text_stays_empty_and_its_neighbours_keep_theirs() -> None:
    marks, texts, rows = lay_out([2, 1, 3], "top")
    bare = Mark(marks[-1].first + 4 * PITCH, marks[-1].first + 4 * PITCH)
    found = best([*marks, bare], texts)
    assert [list(row) for row in found.rows] == [*map(list, rows), []]


def test_no_text_at_all_is_no_way() -> None:
    marks, _, _ = lay_out([1, 1], "top")
    assert all(not any(way.rows) for way in deal(marks, [], SIZE))


def test_lines_above_the_first_row_lead() -> None:
    """The end of a row of the page before stands above the first, and is none of this page's."""
    marks, texts, rows = lay_out([2, 1, 3], "top")
    rest = [Text(texts[0].y - 30, False), Text(texts[0].y - 18, False)]
    found = best(marks, [*rest, *texts])
    assert list(found.leading) == [0, 1]
    assert [[i - 2 for i in row] for row in found.rows] == [list(row) for row in rows]


def test_a_text_well_below_the_last_row_trails() -> None:
    marks, texts, rows = lay_out([2, 1, 3], "top")
    found = best(marks, [*texts, Text(texts[-1].y + 3 * PITCH, False)])
    assert found.rows == rows
    assert list(found.trailing) == [6]


def test_a_subject_whose_fingerprint_is_on_the_next_page_trails() -> None:
    marks, texts, rows = lay_out([1, 3, 3, 1], "middle")
    found = best(marks[:-1], texts)
    assert found.alignment == "middle"
    assert found.rows == rows[:-1]
    assert list(found.trailing) == [7]


def test_what_was_usual_decides_between_equals() -> None:
    ways = [
        Cells("top", [range(1)], range(0), range(0), 1.0),
        Cells("middle", [range(1)], range(0), range(0), 1.0),
    ]
    chosen = prefer(ways, lambda alignment: 1.0 if alignment == "middle" else 0.0)
    assert chosen is not None
    assert chosen.alignment == "middle"
    assert prefer([], lambda _: 0.0) is None
