"""Cells from ruled lines."""

from __future__ import annotations

from extract.layout import HEIGHT, WIDTH, lines_of

from pipeline.extract.page import Page, Ruling
from pipeline.extract.ruled import tables_of


def cells_of(*rows: str) -> list[list[list[str]]]:
    """The cells of the tables of a page drawn with ``-``, ``|`` and ``+``."""
    text = [row.translate(str.maketrans("-|+", "   ")) for row in rows]
    page = Page(1, lines_of(*text), [], rulings=tuple(rulings_of(rows)))
    return [
        [[" ".join(word.text for word in cell.words) for cell in row.cells] for row in table.rows]
        for table in tables_of(page)
    ]


def rulings_of(rows: tuple[str, ...]) -> list[Ruling]:
    """Lines where characters draw them, in the middle of each."""
    found: list[Ruling] = []
    for at, row in enumerate(rows):
        y = at * HEIGHT - 4
        for begin, end in runs(row, "-+"):
            found.append(((begin + 0.5) * WIDTH, y, (end - 0.5) * WIDTH, y))
    for at in range(max(map(len, rows))):
        x = (at + 0.5) * WIDTH
        column = "".join(row[at] if at < len(row) else " " for row in rows)
        for begin, end in runs(column, "|+"):
            found.append((x, begin * HEIGHT - 4, x, (end - 1) * HEIGHT - 4))
    return found


def runs(text: str, marks: str) -> list[tuple[int, int]]:
    """Where runs of these marks begin and end, those of at least two."""
    found, begin = [], None
    for at, char in enumerate(f"{text} "):
        if char in marks and begin is None:
            begin = at
        elif char not in marks and begin is not None:
            found.append((begin, at))
            begin = None
    return [(begin, end) for begin, end in found if end - begin > 1]


def test_lines_part_cells() -> None:
    found = cells_of(
        "+------+---------+",
        "| one  | CN=A    |",
        "|      | Root    |",
        "+------+---------+",
        "| two  | CN=B    |",
        "+------+---------+",
    )
    assert found == [[["one", "CN=A Root"], ["two", "CN=B"]]]


def test_words_outside_are_of_no_cell() -> None:
    found = cells_of(
        "Title above",
        "+------+---------+",
        "| one  | CN=A    |  beside",
        "+------+---------+",
        "below",
    )
    assert found == [[["one", "CN=A"]]]


def test_a_cell_that_spans_rows_is_of_the_first() -> None:
    found = cells_of(
        "+------+-----+------+",
        "| Acme | one | CN=A |",
        "|      +-----+------+",
        "|      | two | CN=B |",
        "+------+-----+------+",
    )
    assert found == [[["Acme", "one", "CN=A"], ["", "two", "CN=B"]]]


def test_a_cell_that_spans_columns_is_of_the_first() -> None:
    found = cells_of(
        "+------------+------+",
        "| one and a  | x    |",
        "+------+-----+------+",
        "| two  | b   | y    |",
        "+------+-----+------+",
    )
    assert found == [[["one and a", "", "x"], ["two", "b", "y"]]]


def test_tables_side_by_side_are_two() -> None:
    found = cells_of(
        "+------+------+      +------+------+",
        "| one  | CN=A |      | two  | CN=B |",
        "+------+------+      +------+------+",
    )
    assert found == [[["one", "CN=A"]], [["two", "CN=B"]]]


def test_an_empty_column_keeps_its_place() -> None:
    found = cells_of(
        "+------+------+------+",
        "| one  |      | CN=A |",
        "+------+------+------+",
    )
    assert found == [[["one", "", "CN=A"]]]


def test_lines_between_rows_only_and_frames_part_no_cells() -> None:
    assert (
        cells_of(
            "--------------------",
            "  one      CN=A     ",
            "--------------------",
            "  two      CN=B     ",
            "--------------------",
        )
        == []
    )
    assert (
        cells_of(
            "+-----------------+",
            "| Subject: CN=A   |",
            "| SHA-1:   one    |",
            "+-----------------+",
        )
        == []
    )
