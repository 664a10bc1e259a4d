"""Names that are cut off, struck out or broken where nothing but their looks shows it."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pikepdf
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from pipeline.extract import Extraction, extract
from tests.extract.unknown_roots import DIGITS, NAMES, TITLE

WIDE = (842.0, 595.0)
FONT = "Vera"
"""A font that ReportLab brings along, to be embedded with its table of characters."""


def told(found: Extraction) -> str:
    """All that the problems say."""
    return " ".join(each.text for each in found.problems)


def pairs(found: Extraction) -> list[tuple[str, str]]:
    """The rows that no problem names."""
    said = told(found)
    return [(r.fingerprint, r.subject) for r in found.rows if r.fingerprint not in said]


def page_of(path: Path, size: tuple[float, float] = WIDE, font: str = "Helvetica") -> canvas.Canvas:
    """A page that begins with a title."""
    page = canvas.Canvas(str(path), pagesize=size)
    page.setFont(font, 8)
    page.drawString(40, size[1] - 40, TITLE)
    return page


# --- struck out ----------------------------------------------------------------------------------


def draw(page: canvas.Canvas, text: str, x: float, y: float, *, letter_by_letter: bool) -> float:
    """Draw a text; where it ends. Browsers may draw each letter by itself."""
    for part in text if letter_by_letter else [text]:
        page.drawString(x, y, part)
        x += page.stringWidth(part, "Helvetica", 8)
    return x


@pytest.mark.parametrize("letter_by_letter", [True, False])
def test_a_line_through_letters_strikes_them_out(tmp_path: Path, letter_by_letter: bool) -> None:
    path = tmp_path / "list.pdf"
    page = page_of(path)
    for at, (digits, name) in enumerate(zip(DIGITS, NAMES, strict=True)):
        y = 530.0 - 24 * at
        page.drawString(40, y, name)
        end = draw(page, digits, 40, y - 10, letter_by_letter=letter_by_letter)
        if at in (1, 4):
            page.rect(40, y - 8, end - 40, 0.6, stroke=0, fill=1)
    page.save()
    found = extract(path)
    said = [each.text for each in found.problems if "struck out" in each.hint]
    assert said == [DIGITS[1], DIGITS[4]]


def test_what_strikes_a_line_out_parts_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "list.pdf"
    page = page_of(path)
    for at, (digits, name) in enumerate(zip(DIGITS, NAMES, strict=True)):
        y = 530.0 - 10 * at
        end = draw(page, f"{name}, SHA-1 {digits}", 40, y, letter_by_letter=False)
        if at in (0, 3, 5):  # the first and the last one in part
            struck = end - 40 if at == 3 else page.stringWidth("C=XX, O=Acme, CN=Acme")
            page.rect(40, y + 2, struck, 0.6, stroke=0, fill=1)
    page.save()
    assert pairs(extract(path)) == [(DIGITS[at], NAMES[at]) for at in (1, 2, 4)]


# --- cut off -------------------------------------------------------------------------------------


@pytest.mark.parametrize("stands_for", ["thority, CN=Stone Root CA", "a, C", "CA 9"])
def test_an_ellipsis_isnt_what_its_font_says_that_it_stands_for(
    tmp_path: Path, stands_for: str
) -> None:
    """As WeasyPrint 70 says it: all that is cut off where it is drawn first."""
    pdfmetrics.registerFont(TTFont(FONT, "Vera.ttf"))
    path = tmp_path / "list.pdf"
    page = page_of(path, font=FONT)
    for at, (digits, name) in enumerate(zip(DIGITS, NAMES, strict=True)):
        page.drawString(40, 530 - 14 * at, digits)
        page.drawString(280, 530 - 14 * at, f"{name} o\u2026" if at in (1, 4) else name)
    page.save()
    said = stands_for.encode("utf-16-be").hex().encode()
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        fonts = [pdf.make_indirect(f) for f in pdf.pages[0].resources.Font.values()]
        tables = [font.ToUnicode for font in fonts if "/ToUnicode" in font]
        changed = [t for t in tables if b"2026" in t.read_bytes()]
        for table in changed:
            table.write(table.read_bytes().replace(b"<2026>", b"<" + said + b">"))
        assert changed
        pdf.save(path)
    found = extract(path)
    assert {DIGITS[1], DIGITS[4]} <= {digits for digits in DIGITS if digits in told(found)}
    assert set(pairs(found)) <= {*zip(DIGITS, NAMES, strict=True)}


def test_a_character_that_nothing_tells_is_told(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    named = [name.replace("Acme R", "Acm\ufffd R") if at == 3 else name
             for at, name in zip(count(), NAMES)]  # fmt: skip
    lines = (f"{digits}  {name}" for digits, name in zip(DIGITS, named, strict=True))
    path.write_text("\n".join([TITLE, "", *lines]) + "\n")
    assert pairs(extract(path)) == [
        pair for at, pair in enumerate(zip(DIGITS, NAMES, strict=True)) if at != 3
    ]
