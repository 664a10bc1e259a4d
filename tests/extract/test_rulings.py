"""Ruled lines and edges of bands, as both readers of PDF give them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.extract.formats.pdf.readers import Name, reader_of
from pipeline.extract.formats.pdf.rulings import MOST_SIDES
from pipeline.extract.page import Page, Ruling
from tests.extract.hostile import ROW, assembled, one_page, stream

READERS: tuple[Name, ...] = ("pdfplumber", "pdfium")

pytestmark = pytest.mark.parametrize("reader", READERS)

# What each draws: a line across at y = 720 from 40 to 400, and one down at x = 300 from 680 to 720.
ONE_BELOW_ANOTHER = [(40, -720, 400, -720), (300, -720, 300, -680)]
DRAWN = {
    "lines, each a path": b"40 720 m 400 720 l S 300 680 m 300 720 l S",
    "lines of one path": b"40 720 m 400 720 l 300 680 m 300 720 l S",
    "thin rectangles": b"40 719.5 360 1 re f 299.5 680 1 40 re f",
    "borders of each cell": b"40 720 m 300 720 l S 300 720.4 m 400 720.4 l S 300 680 m 300 720 l S",
    "as large as it is set": b"q 10 0 0 10 0 20 cm 4 70 m 40 70 l S 30 66 m 30 70 l S Q",
}


def read(path: Path, reader: Name, content: bytes, **others: bytes) -> Page:
    path = path / "list.pdf"
    path.write_bytes(assembled(one_page(content, **others)))
    (page,) = reader_of(reader)(path, slice(None))
    return page


def near(rulings: tuple[Ruling, ...]) -> list[tuple[int, ...]]:
    """Rulings to the next point: where exactly a stroke of some width ends, readers differ."""
    return [tuple(round(each / 2) * 2 for each in ruling) for ruling in rulings]


@pytest.mark.parametrize("name", DRAWN)
def test_lines_are_found_however_they_are_drawn(name: str, reader: Name, tmp_path: Path) -> None:
    page = read(tmp_path, reader, ROW + b" " + DRAWN[name])
    assert near(page.rulings) == ONE_BELOW_ANOTHER


def test_a_band_has_four_edges(reader: Name, tmp_path: Path) -> None:
    page = read(tmp_path, reader, b"0.9 g 40 690 400 30 re f 0 g " + ROW)
    across = [(40, -720, 440, -720), (40, -690, 440, -690)]
    assert near(page.rulings) == [*across, (40, -720, 40, -690), (440, -720, 440, -690)]
    (line,) = page.lines
    assert page.rulings[0][1] < line.y < page.rulings[1][1]


def test_bands_side_by_side_share_an_edge(reader: Name, tmp_path: Path) -> None:
    page = read(tmp_path, reader, b"40 690 200 30 re f 240 690 200 30 re f " + ROW)
    assert len(page.rulings) == 2 + 3


def test_rules_inside_a_form_are_where_it_is_set(reader: Name, tmp_path: Path) -> None:
    form = stream(
        DRAWN["lines, each a path"],
        b"/Type /XObject /Subtype /Form /BBox [0 0 842 792] /Matrix [1 0 0 1 10 0]",
    )
    path = tmp_path / "list.pdf"
    resources = b"/Font << /F1 5 0 R >> /XObject << /X 6 0 R >>"
    content = ROW + b" q 1 0 0 1 -10 -20 cm /X Do Q"
    path.write_bytes(assembled(one_page(content, resources=resources) | {6: form}))
    (page,) = reader_of(reader)(path, slice(None))
    assert near(page.rulings) == [(40, -700, 400, -700), (300, -700, 300, -660)]


@pytest.mark.parametrize("turns", [b"0 1 -1 0", b"-1 0 0 -1", b"0 -1 1 0"])
def test_a_turned_page_has_its_rules_as_if_it_were_upright(
    turns: bytes, reader: Name, tmp_path: Path
) -> None:
    drawn = ROW + b" " + DRAWN["lines, each a path"]
    upright = read(tmp_path, reader, drawn)
    turned = read(tmp_path, reader, b"q %s 0 0 cm %s Q" % (turns, drawn))
    assert turned.turned != 0
    assert near(turned.rulings) == near(upright.rulings)
    assert turned.lines[0].words[0].x0 == pytest.approx(upright.lines[0].words[0].x0, abs=0.1)


@pytest.mark.parametrize(
    "drawn",
    [
        b"40 720 m 400 600 l S",  # slanted
        b"40 720 m 80 760 400 760 400 720 c S",  # a curve
        b"40 720 2 2 re f 44 720 2 2 re f",  # dots
        b"40 720 m 400 720 l n",  # not painted
        b"40 720 400 30 re W n",  # a clipping path
    ],
)
def test_what_is_no_edge_of_a_cell_is_no_ruling(drawn: bytes, reader: Name, tmp_path: Path) -> None:
    assert read(tmp_path, reader, ROW + b" " + drawn).rulings == ()


def test_a_drawing_of_very_many_lines_has_no_rulings(reader: Name, tmp_path: Path) -> None:
    lines = b" ".join(b"40 %d m 400 %d l S" % (at, at) for at in range(MOST_SIDES + 10))
    page = read(tmp_path, reader, ROW + b" " + lines)
    assert page.rulings == ()
    assert len(page.lines) == 1
