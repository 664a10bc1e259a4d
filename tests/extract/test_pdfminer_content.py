"""Objects of plain content are those that pdfminer's own parser finds in it."""

from __future__ import annotations

import gc
import random
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from pdfminer.pdfinterp import PDFContentParser
from pdfminer.pdftypes import PDFStream
from pdfminer.psexceptions import PSEOF

from pipeline.extract.formats.pdf.pdfminer_content import Interpreter, plain_objects
from pipeline.extract.formats.pdf.pdfminer_text import Canvas

PLAIN = [
    b"BT /F1 8 Tf 1 0 0 1 48 -12.5 Tm (AddTrust \\(SE\\) \\344\\\\) Tj T* ET",
    b"[(a)-.5<4142>+3(b (c) d)]TJ 0 5. m 3 4 l b* f* (x) ' 1 2 (y)\"",
    b"/P <</MCID 0/Lang(en)/Box[0 0 1 1]/Shown true>>BDC EMC\n",
    b"/Artifact<</Type/Pagination/Attached[/Top]>>BDC",
    b"q\r\n.5 0 0 RG\t/Im1 Do\fQ",
    b"",
]
OTHER = [
    b"% note\n1 w",
    b"/A#20B Do",
    b"BI /W 1 ID \x00 EI",
    b"(open",
    b"[1 2",
    b"1 ]",
    b"<41 42> Tj",
    b"<414> Tj",
    b"(a\\\nb) Tj",
    b"(a\\7) Tj",
    b"[(a) Tj] TJ",
    b"<</A>> BDC",
    b"1 2>>",
    b"--5 w",
    b"1e5 w",
    b"5\x00w",
    b"Tj'",
    b"{ 1 }",
    b"/\xe4 Do",
]


def of_pdfminer(contents: Sequence[bytes]) -> list[Any]:
    """What pdfminer's parser finds."""
    try:
        parser = PDFContentParser([PDFStream({}, content) for content in contents])
    except PSEOF:
        return []
    found = []
    while True:
        try:
            found.append(parser.nextobject()[1])
        except PSEOF:
            return found


def typed(objects: Any) -> Any:
    """Objects with their types: 1 is not 1.0."""
    match objects:
        case list():
            return [typed(each) for each in objects]
        case dict():
            return {key: typed(value) for key, value in objects.items()}
        case _:
            return type(objects), objects


@pytest.mark.parametrize("content", PLAIN)
def test_plain_content_is_taken_apart(content: bytes) -> None:
    objects = plain_objects([content])
    assert objects is not None
    assert typed(objects) == typed(of_pdfminer([content]))


@pytest.mark.parametrize("content", OTHER)
def test_what_is_not_plain_is_left_to_pdfminer(content: bytes) -> None:
    assert plain_objects([content]) is None
    assert plain_objects([PLAIN[0], content]) is None


def test_values_are_those_of_the_standard() -> None:
    """ISO 32000-1, 7.3.4: escapes and hexadecimal strings."""
    assert plain_objects([b"(a\\n\\(\\101\\)\\\\)<0aFF>"]) == [b"a\n(A)\\", b"\n\xff"]


def test_content_too_long_to_be_held_is_left_to_pdfminer() -> None:
    assert plain_objects([b"q Q\n" * 300_000]) is None


PIECES = [
    *(b" ", b"\n", b"\r\n", b"\x00", b"\x0b", b"[", b"]", b"<<", b">>", b"<", b">", b"(", b")"),
    *(b"\\", b"/", b"/F1", b"#41", b"%", b"Tj", b"TJ", b"T*", b"'", b'"', b"BI", b"ID", b"EI"),
    *(b"true", b"null", b"0", b"12", b"-3.5", b".", b"-", b"+", b"4142", b"(a)", b"(\\051)"),
    *(b"<4142>", b"{", b"}", b"\xe4", b"\\\n", b"BDC", b"d0", b"*"),
]


def drawn(chance: random.Random) -> list[bytes]:
    """Up to three streams of pieces drawn at random; pdfminer reads 4,096 bytes at a time."""
    blanks = b" " * chance.choice([0, 0, 0, chance.randrange(4_070, 4_100)])
    return [
        blanks + b"".join(chance.choice(PIECES) + chance.choice([b"", b" "]) for _ in range(count))
        for count in chance.choices(range(9), k=chance.randrange(1, 4))
    ]


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_taken_apart_is_what_pdfminer_finds(seed: int) -> None:
    chance = random.Random(seed)
    held = [contents for _ in range(1_000) if plain_objects(contents := drawn(chance)) is not None]
    assert len(held) > 50
    for contents in held:
        assert typed(plain_objects(contents)) == typed(of_pdfminer(contents)), contents


@pytest.mark.parametrize(
    "contents", [[b"1 0 0", b"1 2 3 cm"], [b"(a", b"b) Tj"], [b"<", b"> Tj"], [b"T", b"j"]]
)
def test_nothing_begins_in_one_stream_and_ends_in_the_next(contents: list[bytes]) -> None:
    objects = plain_objects(contents)
    assert objects is None or typed(objects) == typed(of_pdfminer(contents))


def test_a_page_is_forgotten_without_a_look_for_garbage() -> None:
    path = Path(__file__).parents[1] / "corpus" / "reportlab-ruled.pdf"
    with pdfplumber.open(path) as pdf:
        gc.disable()
        try:
            canvas = Canvas(pdf.rsrcmgr, 1, {})
            Interpreter(pdf.rsrcmgr, canvas).process_page(pdf.pages[0].page_obj)
            assert len(canvas.glyphs().text)
            kept = weakref.ref(canvas)
            del canvas
            assert kept() is None
        finally:
            gc.enable()
