"""What a person sees on a page against its text: hidden text, unread ink, and fonts that lie.

A page is judged by its objects first. Only where they leave doubt it is drawn, with its text and
without: what text adds to the picture is visible, and what is left without it is ink that no
reader reads. The digits of a font are looked at where the font first draws some.
"""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pypdfium2 as pdfium
from pypdfium2 import raw

from pipeline.extract.document import PAGE_WITHOUT_TEXT, Problem
from pipeline.extract.formats.pdf import actual_text, glyph_shapes, hidden_text, unread_ink
from pipeline.extract.formats.pdf import pdfium_calls as calls
from pipeline.extract.formats.pdf.characters import (
    Characters,
    Flags,
    Floats,
    Indices,
    characters_of,
    is_listed,
)
from pipeline.extract.formats.pdf.drawing import Drawing
from pipeline.extract.formats.pdf.page_objects import TEXT, PageObjects
from pipeline.extract.formats.pdf.pdf_errors import drawn_otherwise
from pipeline.extract.formats.pdf.resources import Untold

_HIDDEN: Final = "The file says this, but nobody sees it on the page. Look at the page."
_STRUCK: Final = "This is struck out on the page. Look at the page."
_INK: Final = "Something is drawn here that is no text, so it can't be read. Look at the page."
_SLANTED: Final = "This text runs at an angle and is not read. Look at the page."
_STACKED: Final = "This runs from top to bottom, and is not read. Look at the page."
_ANNOTATED: Final = "This stands in an annotation or a form, not in the page. Look at the page."
_OTHERWISE: Final = "What the page shows here has another text in the file. Look at the page."
_NOT_SHOWN: Final = "A form of the file holds this, but the page doesn't show it. Look at the page."
_LIES: Final = "The page shows other digits than the text of the file has. Look at the page."
_CROSSING: Final = (raw.FPDF_ANNOT_STRIKEOUT, raw.FPDF_ANNOT_LINE, raw.FPDF_ANNOT_REDACT)
_FREEHAND: Final = (raw.FPDF_ANNOT_INK, raw.FPDF_ANNOT_POLYLINE)
_FLAT: Final = 5
"""What is drawn by hand crosses text out if it is so many times as wide as it is high."""
_MOST_POINTS: Final = 4096
_COVERING: Final = (raw.FPDF_ANNOT_SQUARE, raw.FPDF_ANNOT_CIRCLE, raw.FPDF_ANNOT_POLYGON)
_LOOKS: Final = 2
"""On so many pages with rows a font is looked at."""
_EXAMPLES: Final = 2
"""So many of each digit of a font are looked at."""


@dataclass(slots=True)
class Onlooker:
    """Looks at the pages of one document, in order.

    ``annotated`` is the document itself where annotations were drawn into the pages that are
    looked at. ``untold`` is what pdfium doesn't tell of it. ``held`` are the parts of rows in its
    forms, by their pages. ``is_layered`` is true if the text of
    the page that was looked at last is what OCR laid over a picture of it. ``_looks`` counts the
    pages on which a font was looked at, by pdfium's address: it keeps all fonts of a document.
    """

    annotated: Path | None = None
    untold: Untold = field(default_factory=Untold)
    held: Mapping[int, Sequence[str]] = field(default_factory=dict)
    is_layered: bool = False
    _looks: Counter[int | None] = field(default_factory=Counter)

    def problems(
        self,
        page: pdfium.PdfPage,
        textpage: pdfium.PdfTextPage,
        objects: PageObjects,
        number: int,
    ) -> list[Problem]:
        """What of a list on a page can't be seen, or isn't what the text says, or isn't text."""
        slanted = unread_ink.slanted_lines(textpage.raw, objects)
        found = [Problem("unread-ink", number, text, _SLANTED) for text in slanted]
        if self.annotated:
            found += _annotated(self.annotated, textpage, number)
        found += _not_shown(self.held.get(number, ()), textpage, number)
        texts = objects.items_at(objects.of_kind(TEXT))
        otherwise = actual_text.contradicted_lines(page, textpage, texts)
        found += [Problem("not-visible", number, text, _OTHERWISE) for text in otherwise]
        self.is_layered = hidden_text.is_ocr_layer(objects, page.get_bbox())
        overlays = _overlays(page)
        doubt = self._doubt(page, objects, overlays)
        drawn_lines = objects.box[:, hidden_text.crossing_lines(objects)]
        lines = np.concatenate((drawn_lines, overlays.lines), axis=1)
        drawings = unread_ink.drawings_among(objects)
        fonts = self._new_fonts(objects)
        is_stacked = unread_ink.may_be_stacked(objects)
        if not (doubt or lines.size or len(drawings) or fonts or is_stacked):
            return found
        letters = characters_of(textpage.raw, objects)
        stacked = unread_ink.stacked_letters(letters) if is_stacked else ()
        found += [Problem("unread-ink", number, text, _STACKED) for text in stacked]
        drawing = Drawing.of(page)
        if lines.size:
            struck = hidden_text.struck_out(lines, letters)
            found += _struck(letters, struck, number)
        if doubt:
            unseen, faint = hidden_text.hidden(doubt, objects, letters, drawing)
            if self.untold.knocks_out:  # which pdfium doesn't draw
                erased = np.isin(letters.owner, doubt.covered)
                unseen, faint = unseen | erased, faint | erased
            found += _unseen(letters, unseen, faint, number)
        if len(drawings):
            found += _ink(objects, drawings, letters, drawing, number)
        if letters.listed() and not self.untold.has_aliases:
            self._looks.update(set(fonts.values()))
        examples = len(letters.text) if self.untold.has_aliases else _EXAMPLES
        if digits := _digits_of(letters, fonts, examples):
            sharp = Drawing.of(page, glyph_shapes.SHARP)
            shown = dict(glyph_shapes.contradictions(letters, digits, sharp))
            found += _lies(letters, shown, number)
        return found

    def _doubt(
        self, page: pdfium.PdfPage, objects: PageObjects, overlays: _Overlays
    ) -> hidden_text.Doubt:
        doubt = hidden_text.doubts(objects, page.get_bbox())
        if self.untold.is_narrow:
            texts = objects.of_kind(TEXT)
            return hidden_text.Doubt(texts, texts, is_narrow=True)
        if self.untold.may_hide or objects.has_more or overlays.covers.size:
            return doubt._replace(pale=objects.of_kind(TEXT))
        return doubt

    def _new_fonts(self, objects: PageObjects) -> dict[int, int | None]:
        """The text objects whose font wasn't looked at enough yet, with its address."""
        owners = objects.of_kind(TEXT)
        fonts = map(calls.object_font, objects.items_at(owners))
        pairs = zip(owners.tolist(), fonts, strict=True)
        return {owner: font for owner, font in pairs if self._looks[font] < _LOOKS}


class _Overlays(NamedTuple):
    """Annotations that viewers draw by themselves: lines through text, and what covers it.

    Boxes as four rows: left, bottom, right, top.
    """

    lines: Floats
    covers: Floats


def _overlays(page: pdfium.PdfPage) -> _Overlays:
    """The lines of annotations that cross text out (12.5.6), and the boxes of closed shapes."""
    lines: list[tuple[float, ...]] = []
    covers: list[tuple[float, ...]] = []
    box = raw.FS_RECTF()
    for index in range(raw.FPDFPage_GetAnnotCount(page.raw)):
        annotation = raw.FPDFPage_GetAnnot(page.raw, index)
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        raw.FPDFAnnot_GetRect(annotation, ctypes.byref(box))
        strokes = list(_strokes(annotation, kind)) if kind in _FREEHAND else []
        raw.FPDFPage_CloseAnnot(annotation)
        middle = (box.bottom + box.top) / 2
        lines += strokes
        if kind in _CROSSING:
            lines.append((box.left, middle, box.right, middle))
        elif kind in _COVERING:
            covers.append((box.left, box.bottom, box.right, box.top))
    return _Overlays(
        *(np.array(each, dtype=np.float64).reshape(-1, 4).T for each in (lines, covers))
    )


def _strokes(annotation: Any, kind: int) -> Iterator[tuple[float, float, float, float]]:
    """The middle lines of what is drawn by hand from left to right: that crosses text out."""
    is_ink = kind == raw.FPDF_ANNOT_INK
    for number in range(raw.FPDFAnnot_GetInkListCount(annotation) if is_ink else 1):
        most = (raw.FS_POINTF * _MOST_POINTS)()
        found = (
            raw.FPDFAnnot_GetInkListPath(annotation, number, most, _MOST_POINTS)
            if is_ink
            else raw.FPDFAnnot_GetVertices(annotation, most, _MOST_POINTS)
        )
        if not 0 < found <= _MOST_POINTS:
            continue
        xs, ys = ([getattr(most[at], name) for at in range(found)] for name in "xy")
        if max(xs) - min(xs) > _FLAT * (max(ys) - min(ys)):
            middle = (max(ys) + min(ys)) / 2
            yield min(xs), middle, max(xs), middle


def _annotated(document: Path, textpage: pdfium.PdfTextPage, number: int) -> Iterator[Problem]:
    """Parts of rows that stand in an annotation: they are read, and it is said where they stand."""
    pdf = pdfium.PdfDocument(document)
    with closing(pdf), closing(pdf[number - 1]) as page, closing(page.get_textpage()) as before:
        own = set(before.get_text_range().splitlines())
    for line in textpage.get_text_range().splitlines():
        if line not in own and is_listed(line):
            yield Problem("unread-ink", number, line.strip(), _ANNOTATED)


def _not_shown(held: Sequence[str], textpage: pdfium.PdfTextPage, number: int) -> Iterator[Problem]:
    """Parts of rows that forms hold, and the text of their page hasn't."""
    shown = "".join(textpage.get_text_range().split()) if held else ""
    for text in held:
        if "".join(text.split()) not in shown:
            yield Problem("unread-ink", number, text.strip(), _NOT_SHOWN)


def _digits_of(letters: Characters, fonts: dict[int, int | None], examples: int) -> list[int]:
    """The first hex digits of each font in lines that hold rows, so many examples of each."""
    listed = set(letters.listed())
    count: Counter[tuple[int | None, str]] = Counter()
    found = []
    for index, (digit, line, owner) in enumerate(
        zip(letters.text, letters.line.tolist(), letters.owner.tolist(), strict=True)
    ):
        if owner not in fonts or line not in listed or digit not in glyph_shapes.DIGITS:
            continue
        count[fonts[owner], digit] += 1
        if count[fonts[owner], digit] <= examples:
            found.append(index)
    return found


def _lies(letters: Characters, shown: dict[int, str], number: int) -> Iterator[Problem]:
    for line in sorted({int(letters.line[index]) for index in shown}):
        text = letters.lines[line].strip()
        pairs = {(letters.text[i], shown[i]) for i in shown if letters.line[i] == line}
        yield Problem("not-visible", number, f"{text} ({drawn_otherwise(pairs)})", _LIES)


def _struck(letters: Characters, struck: Flags, number: int) -> Iterator[Problem]:
    for line in letters.lines_of(struck):
        if is_listed(letters.lines[line]):
            yield Problem("not-visible", number, letters.lines[line].strip(), _STRUCK)


def _unseen(letters: Characters, unseen: Flags, faint: Flags, number: int) -> Iterator[Problem]:
    """A problem for each line of a page with rows that can't be seen, or not all of it."""
    listed = set(letters.listed())
    for line in letters.lines_of(faint):
        # a faint line that is no part of a row is a watermark
        if line in listed or (listed and unseen[letters.line == line].any()):
            yield Problem("not-visible", number, letters.lines[line].strip(), _HIDDEN)


def _ink(
    objects: PageObjects,
    drawings: Indices,
    letters: Characters,
    drawing: Drawing,
    number: int,
) -> Iterator[Problem]:
    if hidden_text.is_ocr_layer(objects, drawing.page.get_bbox()):
        return  # the picture is what the text was read from
    drawn = set(drawings.tolist())
    others = [item for index, item in enumerate(objects.items) if index not in drawn]
    with drawing.without(others):
        bare = drawing.draw()
    pixels = drawing.pixels(letters.box)
    cells = unread_ink.inked_cells(bare, pixels, drawing.scale)
    if unread_ink.is_picture(objects, letters, drawing.page.get_bbox()):
        if unread_ink.is_page_of_text(bare, drawing.scale):
            yield Problem("unread-ink", number, PAGE_WITHOUT_TEXT, _INK)
        return
    place = unread_ink.ink_among(cells, *unread_ink.reach(letters, pixels, drawing.scale))
    if place:
        yield Problem("unread-ink", number, f"ink {place}", _INK)
