"""Names that are cut off, struck out or broken where nothing but their looks shows it."""

from __future__ import annotations

import textwrap
from itertools import count
from pathlib import Path
from unicodedata import east_asian_width

import pikepdf
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from pipeline import catalogue
from pipeline.extract import Extraction, extract
from pipeline.extract.document import Problem, Row
from pipeline.extract.formats.pdf.lines import shown_as
from pipeline.extract.page import Line, Page, Word
from pipeline.extract.read_pages import steps
from pipeline.extract.reading import alone, gathered
from pipeline.normalise import normalise
from tests.extract.layout import lines_of
from tests.extract.random_pages import width_of
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


def test_a_line_without_a_size_is_struck_out_by_nothing() -> None:
    """As damage makes them: a size of 0 has no middle."""
    rows = list(zip(DIGITS, NAMES, strict=True))
    lines = lines_of(TITLE, *(f"{digits}  {name}" for digits, name in rows))
    lines[2].size = 0.0
    rules = tuple((0.0, line.y - 1, 500.0, line.y - 1) for line in lines)
    found = gathered(alone(steps([Page(1, lines, [], rulings=rules)], {})))
    said = " ".join(each.text for each in found.problems)
    read = [(row.fingerprint, row.subject) for row in found.rows]
    assert set(read) <= {*rows}
    assert all(digits in said for digits, name in rows if (digits, name) not in read)


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


@pytest.mark.parametrize("margin", [0.5, 5.0, 30.0])
def test_a_name_at_the_edge_of_the_page_may_go_on_beyond_it(tmp_path: Path, margin: float) -> None:
    path = tmp_path / "list.pdf"
    lines = [f"{digits}  {name}" for digits, name in zip(DIGITS, NAMES, strict=True)]
    lines[2] += " of Trust Services and Key Management"  # behind it all words are cut off
    end = 40 + max(pdfmetrics.stringWidth(line, "Helvetica", 8) for line in lines)
    page = page_of(path, (end + margin, 595))
    for at, line in enumerate(lines):
        page.drawString(40, 530 - 14 * at, line)
    page.save()
    # where its page begins isn't where its box does
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[0].mediabox = [-200, 0, end + margin, 595]
        pdf.save()
    for reader in ("both", "pdfplumber", "pdfium"):
        found = extract(path, reader=reader)
        assert (DIGITS[2] in told(found)) is (margin < 10)
        assert [pair for pair in pairs(found) if pair[0] != DIGITS[2]] == [
            pair for at, pair in enumerate(zip(DIGITS, NAMES, strict=True)) if at != 2
        ]


def test_a_known_name_at_the_edge_of_the_page_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "list.pdf"
    known = [(d, n) for d, n in catalogue.subjects().items() if 60 < len(n) < 80 and n.isascii()]
    lines = [f"{digits}  {name}" for digits, name in known[:8]]
    end = 40 + max(pdfmetrics.stringWidth(line, "Helvetica", 8) for line in lines)
    page = page_of(path, (end + 1, 595))
    for at, line in enumerate(lines):
        page.drawString(40, 530 - 14 * at, line)
    page.save()
    assert pairs(extract(path)) == known[:8]


def test_a_character_that_nothing_tells_is_told(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    named = [name.replace("Acme R", "Acm\ufffd R") if at == 3 else name
             for at, name in zip(count(), NAMES)]  # fmt: skip
    lines = (f"{digits}  {name}" for digits, name in zip(DIGITS, named, strict=True))
    path.write_text("\n".join([TITLE, "", *lines]) + "\n")
    assert pairs(extract(path)) == [
        pair for at, pair in enumerate(zip(DIGITS, NAMES, strict=True)) if at != 3
    ]


# --- broken within words -------------------------------------------------------------------------

LONG = [f"CN=Acme Root CA {at}, OU={unit}, O=Acme, C=XX" for at, unit in enumerate(
    ["Trust Services", "Key Management", "Trust Services Two", "Authority", "Keys of Roots", "PKI"]
)]  # fmt: skip
"""Names from the specific to the general, as Windows prints them."""


def turned(name: str) -> str:
    return ", ".join(reversed(name.split(", ")))


def loaded(found: Extraction) -> list[tuple[str, str]]:
    """The rows as they would be loaded; no row is lost or another without a problem."""
    rows, problems = normalise(found.rows)
    said = " ".join([told(found), *(each.text for each in problems)])
    kept = [*zip(rows["fingerprint"], rows["subject"], strict=True)]
    assert all(digits in said or digits in dict(kept) for digits in DIGITS)
    return [pair for pair in kept if pair[0] not in told(found)]


def format_list(named: list[tuple[str, str]], width: int, *, between_words: bool) -> str:
    """What PowerShell's Format-List prints in a console of this width."""
    lines = []
    for digits, name in named:
        room = width - len("Thumbprint : ")
        parts = [name[at : at + room] for at in range(0, len(name), room)]
        lines += [f"Thumbprint : {digits.upper()}"]
        for at, part in enumerate(textwrap.wrap(name, room) if between_words else parts):
            lines.append(f"{'' if at else 'Subject    : ':13}{part}")
        lines.append("")
    return "\n".join(lines)


@pytest.mark.parametrize("width", range(54, 66))
@pytest.mark.parametrize("between_words", [True, False])
def test_a_console_may_break_a_line_within_a_word(
    tmp_path: Path, width: int, between_words: bool
) -> None:
    path = tmp_path / "list.txt"
    path.write_text(
        format_list([*zip(DIGITS, LONG, strict=True)], width, between_words=between_words)
    )
    kept = loaded(extract(path))
    assert set(kept) <= {*zip(DIGITS, map(turned, LONG), strict=True)}
    if between_words and width < 60:  # lines end early
        assert len(kept) == len(DIGITS)


@pytest.mark.parametrize("width", range(54, 62))
def test_a_console_gives_letters_of_east_asia_two_columns(tmp_path: Path, width: int) -> None:
    names = [
        f"C=JP, O=認証局認証局認証局認証局, CN=Acme Root of Trust {digits[:4]}" for digits in DIGITS
    ]
    lines: list[str] = []
    for digits, name in zip(DIGITS, names, strict=True):
        lines += [f"Thumbprint : {digits.upper()}", ""]
        for letter in f"Subject    : {name}":
            if sum(1 + (east_asian_width(c) in "WF") for c in f"{lines[-1]}{letter}") > width:
                lines.append(" " * 13)
            lines[-1] += letter
        lines.append("")
    path = tmp_path / "list.txt"
    path.write_text("\n".join(lines))
    assert set(loaded(extract(path))) <= {*zip(DIGITS, names, strict=True)}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ffi", "ffi"),
        ("o\u030b", "o\u030b"),
        ("...", "..."),
        ("Root CA of all", "\ufffd"),
        ("Certification", "\ufffd"),
    ],
)
def test_a_glyph_shows_a_letter_with_its_accents_or_a_ligature(text: str, shown: str) -> None:
    assert shown_as(text) == shown


@pytest.mark.parametrize("width", [54, 57, 60, 70])
def test_certificates_tell_where_a_console_breaks_lines(tmp_path: Path, width: int) -> None:
    known = [(digits, name) for digits, name in catalogue.subjects().items()
             if len(name) > 70 and name.startswith("C=") and '"' not in name][:20]  # fmt: skip
    path = tmp_path / "list.txt"
    path.write_text(format_list(known, width, between_words=False))
    rows, problems = normalise(extract(path).rows)
    assert [*zip(rows["fingerprint"], rows["subject"], strict=True)] == known
    assert problems == []


@pytest.mark.parametrize("width", [8, 11, 14, 19, 25])
def test_a_dot_ends_what_psql_wraps(tmp_path: Path, width: int) -> None:
    rule = "-" * 42 + "+" + "-" * (width + 2)
    lines = [f" {'fingerprint':^40} | {'subject':^{width}} ", rule]
    for digits, name in zip(DIGITS, NAMES, strict=True):
        parts = [name[at : at + width] for at in range(0, len(name), width)]
        for at, part in enumerate(parts):
            lead, end = "." if at else " ", "." if at + 1 < len(parts) else " "
            lines.append(f" {'' if at else digits:40} |{lead}{part:{width}}{end}")
    path = tmp_path / "list.txt"
    path.write_text("\n".join([*lines, "(6 rows)", ""]))
    assert loaded(extract(path)) == [*zip(DIGITS, NAMES, strict=True)]


def test_a_plus_sign_ends_a_line_of_a_cell_of_psql(tmp_path: Path) -> None:
    lines = [f" {'fingerprint':^40} | {'subject':^24} ", "-" * 42 + "+" + "-" * 26]
    for digits, name in zip(DIGITS, NAMES, strict=True):
        lines += [f" {digits} | {name[:13]:24}+", f" {'':40} | {name[13:]:24} "]
    path = tmp_path / "list.txt"
    path.write_text("\n".join([*lines, "(6 rows)", ""]))
    assert loaded(extract(path)) == [*zip(DIGITS, NAMES, strict=True)]


PARTED = [
    ("C=AT, O=Stone Seal Corporation, CN=Stone Seal", "Root X1 9"),
    ("C=TR, O=Acme Trust Services, CN=Acme Root", "Certification Authority"),
    ("C=US, L=Salt Lake City, O=Acme Corporation,", "CN=Acme Class 1 CA Root - R8"),
    ("C=FR, L=Wien, O=Harbour GmbH, OU=Key", "Management, CN=Harbour Expires Never Root"),
    ("C=ES, O=Acme Trust S.A., CN=Acme Trust Primary", "Root CA 2048"),
    ("C=FI, O=Stone Root Inc., CN=Stone Root Root", "Certification Authority - R5"),
]
"""Names over two lines."""


def test_a_record_parted_by_two_columns_takes_no_name_level_with_it() -> None:
    texts = [(TITLE, 42.0, 18.0)]
    for at, (digits, (begin, end)) in enumerate(zip(DIGITS, PARTED, strict=True)):
        foot = 42.5 + 53.5 * at
        x, top = (310.0, 42.5) if at == len(PARTED) - 1 else (42.0, foot + 19)
        ends = [f"SHA-1: {digits}", f"Serial: 1{at}f7", f"Valid to: 203{at}-07-27"]
        texts += [(f"Subject: {begin}", 42.0, foot), (end, 52.0, foot + 9.5)]
        texts += [(each, x, top + 9.5 * n) for n, each in enumerate(ends)]
    rows, problems = read_placed(texts, 7.5)
    said = " ".join(each.text for each in problems)
    kept = {(row.fingerprint, row.subject) for row in rows if row.fingerprint not in said}
    named = {(digits, " ".join(name)) for digits, name in zip(DIGITS, PARTED, strict=True)}
    assert kept <= named
    assert all(digits in said or digits in dict(kept) for digits in DIGITS)


def read_placed(
    texts: list[tuple[str, float, float]], size: float
) -> tuple[list[Row], list[Problem]]:
    """Read one page of texts, each at its place."""
    levels: dict[float, list[Word]] = {}
    for text, x, y in texts:
        for word in text.split():
            end = x + width_of(word, size)
            levels.setdefault(y, []).append(Word(word, x, end, y))
            x = end + width_of(" ", size)
    lines = [Line(sorted(words, key=lambda w: w.x0), y, size) for y, words in levels.items()]
    reading = gathered(alone(steps([Page(1, sorted(lines, key=lambda line: line.y), [])])))
    return reading.rows, reading.problems
