"""Words that are taken whole stand where they stand if each character is looked at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest

from pipeline.extract.formats.pdf import pdfium_text
from pipeline.extract.formats.pdf.lines import page_of
from pipeline.extract.page import Word
from tests.extract.hostile import assembled, one_page

CORPUS = Path(__file__).parents[1] / "corpus"


def words(textpage: pdfium.PdfTextPage) -> list[Word]:
    page = page_of(1, pdfium_text.glyphs_of(textpage.raw, {}))
    return [word for line in (*page.lines, *page.sideways) for word in line.words]


def both_ways(
    source: Path | bytes, monkeypatch: pytest.MonkeyPatch
) -> list[tuple[list[Word], list[Word]]]:
    """The words of each page as they are read, and as they are if none is taken whole."""
    found = []
    with pdfium.PdfDocument(source) as pdf:
        for page in pdf:
            textpage = page.get_textpage()
            read = words(textpage)
            with monkeypatch.context() as patch:
                none = lambda text: np.zeros(len(text.first), dtype=bool)  # noqa: E731
                patch.setattr(pdfium_text._Text, "whole_words", none)
                found.append((read, words(textpage)))
    return found


@pytest.mark.parametrize("document", sorted(CORPUS.glob("*.pdf")), ids=lambda path: path.stem)
def test_no_word_reads_otherwise(document: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        pages = both_ways(document, monkeypatch)
    except pdfium.PdfiumError:
        pytest.skip("needs a password")
    for read, looked_at in pages:
        assert [word.text for word in read] == [word.text for word in looked_at]
        for word, other in zip(read, looked_at, strict=True):
            assert word[1:] == pytest.approx(other[1:], abs=0.01)


@pytest.mark.parametrize(
    ("operators", "meant"),
    [
        (b"(CN=Root) Tj", ["CN=Root"]),
        (b"[(CN=) -400 (Root)] TJ", ["CN=", "Root"]),
        (b"[(CN=) -200 (Ro) 200 (ot)] TJ", ["CN=", "Root"]),
        (b"[(CN=) -20 (Ro) 20 (ot)] TJ", ["CN=Root"]),
        (b"[(A) 90 (VA) -90 (B)] TJ", ["AVAB"]),
        (b"(CN=Root) Tj -0.3 0 Td (CN=Root) Tj", ["CN=Root"]),
        (b"(CN=Root) Tj 0 -0.3 Td (CN=Root) Tj", ["CN=Root"]),
        (b"3 Tc (CN=Root) Tj", ["C", "N", "=", "R", "o", "o", "t"]),
        (b"50 Tz (CN=Root) Tj", ["CN=Root"]),
    ],
)
def test_gaps_within_a_word_are_seen(operators: bytes, meant: list[str]) -> None:
    content = b"BT /F1 9 Tf 40 700 Td %s ET" % operators
    with pdfium.PdfDocument(assembled(one_page(content))) as pdf:
        assert [word.text for word in words(pdf[0].get_textpage())] == meant
