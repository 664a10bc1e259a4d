"""What a person sees on a page against what is loaded, in documents of several producers.

Sound documents of the corpus are altered as an editor would: a row is covered, cropped away, struck
out, put on a layer that is off, drawn as a picture … The text layer stays the same, or lacks what
is drawn. Each has to be reported, and the document as it was read without a problem.
"""

from __future__ import annotations

import ctypes
import io
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import pdfplumber
import pikepdf
import pypdfium2 as pdfium
import pytest
from pikepdf import Array, Dictionary, Name

from pipeline.extract.document import Problem
from pipeline.extract.formats.pdf import by_pdfium, whole

CORPUS: Final = Path(__file__).parents[1] / "corpus"
SOUND: Final = (
    "fop-table",
    "reportlab-ruled",
    "weasyprint-bands",
    "ghostscript-rules",
    "pdftex-longtable",
)
"""Five producers, whose rows stand upright on one line each."""
UNKNOWN: Final = "0badc0de" * 5


class Row(NamedTuple):
    """Where the last row of a page stands, in the page's own space (y grows upwards)."""

    fingerprint: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def box(self) -> str:
        return f"{self.left} {self.bottom} {self.right - self.left} {self.top - self.bottom} re"


@cache
def last_row(path: Path) -> Row:
    with pdfplumber.open(path) as pdf:
        page = pdf.pages[0]
        words = page.extract_words()
        found = [each for each in words if re.fullmatch("[0-9a-fA-F]{40}", each["text"])]
        word = max(found, key=lambda each: each["top"])
        line = [each for each in words if abs(each["top"] - word["top"]) < 2]
        right = max(each["x1"] for each in line)
        left = min(each["x0"] for each in line)
        height = float(page.height)
        return Row(word["text"].lower(), left, height - word["bottom"], right, height - word["top"])


Alteration = Callable[[pikepdf.Pdf, pikepdf.Page, Row], None]


def append(pdf: pikepdf.Pdf, page: pikepdf.Page, content: str, before: str = "") -> None:
    """Draw something after what the page draws, in the page's own space."""
    page.contents_add(pdf.make_stream(f"q {before}\n".encode()), prepend=True)
    page.contents_add(pdf.make_stream(f"\nQ {content}".encode()))


def under_a_white_box(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    append(pdf, page, f"q 1 g {row.box} f Q")


def some_digits_under_a_white_box(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    width = (row.right - row.left) / 12
    append(pdf, page, f"q 1 g {row.left} {row.bottom} {width} {row.top - row.bottom} re f Q")


def under_an_image(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    image = pdf.make_stream(b"\xff", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1)
    image.ColorSpace, image.BitsPerComponent = Name.DeviceGray, 8
    page.add_resource(image, Name.XObject, Name.Cover)
    matrix = f"{row.right - row.left} 0 0 {row.top - row.bottom} {row.left} {row.bottom} cm"
    append(pdf, page, f"q {matrix} /Cover Do Q")


def under_a_form(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    form = pdf.make_stream(f"1 g {row.box} f".encode(), Type=Name.XObject, Subtype=Name.Form)
    form.BBox = Array([row.left, row.bottom, row.right, row.top])
    page.add_resource(form, Name.XObject, Name.Cover)
    append(pdf, page, "q /Cover Do Q")


def under_a_stamp(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    width, height = row.right - row.left, row.top - row.bottom
    look = pdf.make_stream(f"1 g 0 0 {width} {height} re f".encode(), Subtype=Name.Form)
    look.BBox = Array([0, 0, width, height])
    annotate(pdf, page, row, Subtype=Name.Square, AP=Dictionary(N=look))


def annotate(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row, **entries: object) -> None:
    annotation = Dictionary(Type=Name.Annot, F=4, **entries)
    annotation.Rect = Array([row.left, row.bottom, row.right, row.top])
    page.obj.Annots = Array([*page.obj.get("/Annots", Array()), pdf.make_indirect(annotation)])


def cropped_away(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    _, _, right, top = (float(each) for each in page.mediabox)
    page.cropbox = Array([0, row.top + 1, right, top])


def clipped_away(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    append(pdf, page, "", before=f"0 {row.top + 1} 5000 5000 re W n")


def on_a_layer_that_is_off(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="hidden"))
    setting = Dictionary(OFF=Array([layer]), Order=Array([layer]))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=setting)
    page.obj.Resources.Properties = Dictionary(Hidden=layer)
    page.contents_add(pdf.make_stream(b"/OC /Hidden BDC "), prepend=True)
    page.contents_add(pdf.make_stream(b" EMC"))


def masked(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    _, _, right, top = (float(each) for each in page.mediabox)
    group = Dictionary(S=Name.Transparency, CS=Name.DeviceGray)
    mask = pdf.make_stream(f"1 g 0 {row.top} {right} {top} re f".encode(), Subtype=Name.Form)
    mask.BBox, mask.Group = Array([0, 0, right, top]), group
    state = Dictionary(SMask=Dictionary(S=Name.Luminosity, G=mask))
    page.add_resource(state, Name.ExtGState, Name.Masked)
    page.contents_add(pdf.make_stream(b"/Masked gs "), prepend=True)


def struck_out(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    middle = (row.bottom + row.top) / 2
    append(pdf, page, f"q 0 G 0.8 w {row.left} {middle} m {row.right} {middle} l S Q")


def struck_out_by_a_thin_box(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    middle = (row.bottom + row.top) / 2
    append(pdf, page, f"q 1 0 0 rg {row.left} {middle} {row.right - row.left} 1 re f Q")


def struck_out_by_an_annotation(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    corners = [row.left, row.top, row.right, row.top, row.left, row.bottom, row.right, row.bottom]
    annotate(pdf, page, row, Subtype=Name.StrikeOut, QuadPoints=Array(corners), C=Array([1, 0, 0]))


def text(pdf: pikepdf.Pdf, page: pikepdf.Page, what: str, matrix: str, state: str = "") -> None:
    """Write a row of an unknown root, which the rest of the page doesn't hold."""
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    page.add_resource(font, Name.Font, Name.Added)
    append(pdf, page, f"q {state} BT /Added 7 Tf {matrix} Tm ({what}) Tj ET Q")


def below(row: Row) -> str:
    return f"1 0 0 1 {row.left} {row.bottom - 25}"


WORDS: Final = f"{UNKNOWN} C=XX, O=Nobody, CN=Nobody Root CA"


def added_in_white(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    text(pdf, page, WORDS, below(row), "1 g")


def added_in_nearly_white(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    text(pdf, page, WORDS, below(row), "0.97 0.98 0.97 rg")


def added_invisibly(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    text(pdf, page, WORDS, below(row), "3 Tr")


def added_as_a_clip(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    text(pdf, page, WORDS, below(row), "7 Tr")


def added_too_small_to_see(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    text(pdf, page, WORDS, f"0.1 0 0 0.1 {row.left} {row.bottom - 25}")


def added_transparently(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    page.add_resource(Dictionary(ca=0, CA=0), Name.ExtGState, Name.Clear)
    text(pdf, page, WORDS, below(row), "/Clear gs")


def added_beside_the_paper(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    text(pdf, page, WORDS, f"1 0 0 1 {row.left} -40")


def added_at_an_angle(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    text(pdf, page, WORDS, f"0.94 0.34 -0.34 0.94 {row.left} {row.bottom - 60}")


def added_mirrored(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    text(pdf, page, WORDS, f"-1 0 0 1 {row.left + 400} {row.bottom - 25}")


def added_as_a_note(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    look = pdf.make_stream(f"BT /F 7 Tf 0 2 Td ({WORDS}) Tj ET".encode(), Subtype=Name.Form)
    look.BBox, look.Resources = Array([0, 0, 400, 10]), Dictionary(Font=Dictionary(F=font))
    place = row._replace(bottom=row.bottom - 30, top=row.bottom - 20, right=row.left + 400)
    annotate(pdf, page, place, Subtype=Name.FreeText, Contents=WORDS, AP=Dictionary(N=look))


def added_as_a_note_that_viewers_draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    place = row._replace(bottom=row.bottom - 30, top=row.bottom - 20, right=row.left + 500)
    look = pikepdf.String("/Helv 7 Tf 0 g")
    annotate(pdf, page, place, Subtype=Name.FreeText, Contents=WORDS, DA=look)


def added_as_a_value(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    look = pikepdf.String("/Helv 7 Tf 0 g")
    place = row._replace(bottom=row.bottom - 30, top=row.bottom - 18, right=row.left + 500)
    annotate(pdf, page, place, Subtype=Name.Widget, FT=Name.Tx, T="root", V=WORDS, DA=look)
    fields = Array([page.obj.Annots[-1]])
    pdf.Root.AcroForm = Dictionary(Fields=fields, DA=look, NeedAppearances=True)
    pdf.Root.AcroForm.DR = Dictionary(Font=Dictionary(Helv=pdf.make_indirect(font)))


def under_a_square_that_viewers_draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    white = Array([1, 1, 1])
    annotate(pdf, page, row, Subtype=Name.Square, C=white, IC=white)


def struck_out_by_a_drawn_line(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    middle = (row.bottom + row.top) / 2
    line = Array([row.left, middle, row.right, middle])
    annotate(pdf, page, row, Subtype=Name.Line, L=line, C=Array([1, 0, 0]))


def struck_out_by_an_underscore(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    width = row.right - row.left
    size = row.top - row.bottom
    dashes = "_" * round(width / (0.55 * size))
    text(pdf, page, dashes, f"{size / 7} 0 0 {size / 7} {row.left} {row.bottom + 0.6 * size}")


def on_a_layer_by_default_off(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    on_a_layer_that_is_off(pdf, page, row)
    pdf.Root.OCProperties.D = Dictionary(BaseState=Name.OFF)


def digits_under_other_digits(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    width = (row.right - row.left) / 12
    state = f"1 g {row.left} {row.bottom} {width} {row.top - row.bottom} re f 0 g"
    text(pdf, page, "98765432", f"1 0 0 1 {row.left} {row.bottom + 1}", state)


def digits_upon_other_digits(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    text(pdf, page, "88888888", f"1 0 0 1 {row.left} {row.bottom + 1}")


def added_on_its_own_colour(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    text(pdf, page, WORDS, below(row), f"0 g {row.left - 5} {row.bottom - 28} 500 12 re f")


def struck_out_by_hand(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    middle = (row.bottom + row.top) / 2
    stroke = [row.left, middle, (row.left + row.right) / 2, middle + 1, row.right, middle - 1]
    annotate(pdf, page, row, Subtype=Name.Ink, InkList=Array([Array(stroke)]), C=Array([1, 0, 0]))


def struck_out_by_a_drawn_polyline(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    middle = (row.bottom + row.top) / 2
    corners = Array([row.left, middle, (row.left + row.right) / 2, middle + 1, row.right, middle])
    annotate(pdf, page, row, Subtype=Name.PolyLine, Vertices=corners, C=Array([1, 0, 0]))


def marked_for_redaction(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    annotate(pdf, page, row, Subtype=Name.Redact, IC=Array([0, 0, 0]))


def added_in_a_white_pattern(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    tile = pdf.make_stream(b"1 g 0 0 9 9 re f", Type=Name.Pattern, PatternType=1, PaintType=1)
    tile.TilingType, tile.BBox, tile.XStep, tile.YStep = 1, Array([0, 0, 9, 9]), 9, 9
    tile.Resources = Dictionary()
    page.add_resource(tile, Name.Pattern, Name.Paper)
    text(pdf, page, WORDS, below(row), "/Pattern cs /Paper scn")


def added_in_white_strokes(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    text(pdf, page, WORDS, below(row), "1 Tr 1 G")


def added_infinitely_narrow(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    text(pdf, page, WORDS, below(row), "0.01 Tz")


def added_as_outlines(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    """A row whose letters are paths: crosses and hooks, as many as letters."""
    left, low = row.left, row.bottom - 25
    shapes = [
        f"{left + 6 * n} {low} m {left + 6 * n + 4} {low + 6} l {left + 6 * n + 2} {low} l "
        f"{left + 6 * n} {low + 3} {left + 6 * n + 1} {low + 5} {left + 6 * n + 4} {low + 1} c S"
        for n in range(60)
    ]
    append(pdf, page, f"q 0 G 1 w {' '.join(shapes)} Q")


def added_as_a_pattern_of_letters(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    shown = f"BT /F 7 Tf 0 2 Td ({WORDS}) Tj ET".encode()
    tile = pdf.make_stream(shown, Type=Name.Pattern, PatternType=1, PaintType=1)
    tile.TilingType, tile.BBox, tile.XStep, tile.YStep = 1, Array([0, 0, 500, 12]), 500, 12
    tile.Resources = Dictionary(Font=Dictionary(F=font))
    tile.Matrix = Array([1, 0, 0, 1, row.left, row.bottom - 30])
    page.add_resource(tile, Name.Pattern, Name.Letters)
    box = f"{row.left} {row.bottom - 30} 500 12 re"
    append(pdf, page, f"q /Pattern cs /Letters scn {box} f Q")


def added_as_an_image(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    picture = drawn(WORDS, 500, 14)
    image = pdf.make_stream(picture[2], Type=Name.XObject, Subtype=Name.Image)
    image.Width, image.Height = picture[:2]
    image.ColorSpace, image.BitsPerComponent = Name.DeviceGray, 8
    page.add_resource(image, Name.XObject, Name.Scan)
    append(pdf, page, f"q 400 0 0 11 {row.left} {row.bottom - 28} cm /Scan Do Q")


def added_as_a_scanned_page(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    picture = drawn(*[WORDS] * 8, 800, 1000)
    image = pdf.make_stream(picture[2], Type=Name.XObject, Subtype=Name.Image)
    image.Width, image.Height = picture[:2]
    image.ColorSpace, image.BitsPerComponent = Name.DeviceGray, 8
    scan = pdf.add_blank_page(page_size=(600, 750))
    scan.add_resource(image, Name.XObject, Name.Scan)
    scan.contents_add(pdf.make_stream(b"q 600 0 0 750 0 0 cm /Scan Do Q"))
    pdf.pages.insert(1, pdf.pages[-1])
    del pdf.pages[-1]


def added_as_a_scanned_page_with_a_stamp(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    added_as_a_scanned_page(pdf, page, row)
    text(pdf, pdf.pages[1], "Archive of the IT department, sheet 2", "1 0 0 1 20 8")


def drawn(*what: str | int) -> tuple[int, int, bytes]:
    """Lines of text as grey pixels, drawn from a page of its own: width, height and bytes."""
    *lines, width, height = what
    page = pikepdf.new()
    sheet = page.add_blank_page(page_size=(int(width), int(height)))
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    sheet.add_resource(font, Name.Font, Name.F)
    step = int(height) / (len(lines) + 1)
    shown = "".join(
        f"BT /F 9 Tf 2 {int(height) - 10 - step * number} Td ({line}) Tj ET "
        for number, line in enumerate(lines)
    )
    sheet.contents_add(page.make_stream(shown.encode()))
    file = io.BytesIO()
    page.save(file)
    pixels = pdfium.PdfDocument(file.getvalue())[0].render(scale=1, grayscale=True).to_numpy()
    return pixels.shape[1], pixels.shape[0], pixels.tobytes()


ALTERATIONS: Final[tuple[Alteration, ...]] = (
    under_a_white_box,
    some_digits_under_a_white_box,
    under_an_image,
    under_a_form,
    under_a_stamp,
    cropped_away,
    clipped_away,
    on_a_layer_that_is_off,
    masked,
    struck_out,
    struck_out_by_a_thin_box,
    struck_out_by_an_annotation,
    added_in_white,
    added_in_nearly_white,
    added_invisibly,
    added_as_a_clip,
    added_too_small_to_see,
    added_transparently,
    added_beside_the_paper,
    added_at_an_angle,
    added_mirrored,
    added_as_a_note,
    added_as_a_note_that_viewers_draw,
    added_as_a_value,
    under_a_square_that_viewers_draw,
    struck_out_by_a_drawn_line,
    struck_out_by_an_underscore,
    on_a_layer_by_default_off,
    digits_under_other_digits,
    digits_upon_other_digits,
    added_on_its_own_colour,
    struck_out_by_hand,
    struck_out_by_a_drawn_polyline,
    marked_for_redaction,
    added_in_a_white_pattern,
    added_in_white_strokes,
    added_infinitely_narrow,
    added_as_outlines,
    added_as_a_pattern_of_letters,
    added_as_an_image,
    added_as_a_scanned_page,
    added_as_a_scanned_page_with_a_stamp,
)


def problems_of(path: Path) -> list[Problem]:
    return [*whole.problems(path), *by_pdfium.problems(path)]


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_document_shows_what_it_says(name: str) -> None:
    assert problems_of(CORPUS / f"{name}.pdf") == []


ALTERED: Final = [
    pytest.param(name, alter, id=f"{name}-{alter.__name__}")
    for number, alter in enumerate(ALTERATIONS)
    for name in (SOUND * 2)[number % len(SOUND) :][:3]
]
"""Each alteration in three producers' documents, each time in others."""


@pytest.mark.parametrize(("name", "alter"), ALTERED)
def test_what_is_seen_otherwise_is_reported(name: str, alter: Alteration, tmp_path: Path) -> None:
    path = CORPUS / f"{name}.pdf"
    row = last_row(path)
    altered = tmp_path / "altered.pdf"
    with pikepdf.open(path) as pdf:
        alter(pdf, pdf.pages[0], row)
        pdf.save(altered)
    assert {each.kind for each in problems_of(altered)} & {"not-visible", "unread-ink"}


@pytest.mark.parametrize("name", ["weasyprint-bands", "weasyprint-two-columns"])
def test_digits_that_a_font_draws_as_others_are_reported(name: str, tmp_path: Path) -> None:
    altered = tmp_path / "altered.pdf"
    with pikepdf.open(CORPUS / f"{name}.pdf") as pdf:
        for each in pdf.objects:
            if isinstance(each, pikepdf.Stream) and b"begincmap" in each.read_bytes():
                table = each.read_bytes()
                swapped = re.sub(
                    rb"<003([47])>", lambda m: b"<003%s>" % (b"7" if m[1] == b"4" else b"4"), table
                )
                each.write(swapped)
        pdf.save(altered)
    kinds = {each.kind for each in problems_of(altered)}
    assert "not-visible" in kinds


def test_a_watermark_and_a_logo_are_no_problem(tmp_path: Path) -> None:
    altered = tmp_path / "altered.pdf"
    path = CORPUS / "reportlab-ruled.pdf"
    with pikepdf.open(path) as pdf:
        page = pdf.pages[0]
        _, _, _, top = (float(each) for each in page.mediabox)
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        page.add_resource(font, Name.Font, Name.Added)
        mark = b"q 0.93 g BT /Added 7 Tf 8 8 -8 8 150 200 Tm (DRAFT) Tj ET Q"
        page.contents_add(pdf.make_stream(mark), prepend=True)
        append(pdf, page, f"q 0 0 1 rg 40 {top - 30} m 60 {top - 30} 70 {top} 60 {top} c f Q")
        pdf.save(altered)
    assert problems_of(altered) == []


def test_an_update_that_was_cut_off_is_reported(tmp_path: Path) -> None:
    data = (CORPUS / "reportlab-ruled.pdf").read_bytes()
    altered = tmp_path / "altered.pdf"
    altered.write_bytes(data + b"\n4 0 obj\n<< /Length 999 >>\nstream\nBT (0563b8630d")
    assert "damaged" in {each.kind for each in problems_of(altered)}


def test_white_space_after_the_end_of_a_file_is_no_damage(tmp_path: Path) -> None:
    altered = tmp_path / "altered.pdf"
    altered.write_bytes((CORPUS / "reportlab-ruled.pdf").read_bytes() + b"\r\n\0\0  \n")
    assert problems_of(altered) == []


@pytest.mark.parametrize(("drawn_as", "stated"), [("c", "e"), ("e", "c"), ("3", "8"), ("c", "c")])
def test_a_font_that_says_nothing_of_its_glyphs_is_told_by_their_shapes(
    drawn_as: str, stated: str, tmp_path: Path
) -> None:
    """Only its table of characters speaks, and that says another digit for one of them."""
    code = ord(drawn_as)
    table = (
        "1 begincodespacerange <00> <ff> endcodespacerange 2 beginbfrange "
        f"<20> <{code - 1:02x}> <0020> <{code + 1:02x}> <7e> <{code + 1:04x}> endbfrange "
        f"1 beginbfchar <{code:02x}> <{ord(stated):04x}> endbfchar"
    )
    altered = tmp_path / "altered.pdf"
    path = CORPUS / "reportlab-ruled.pdf"
    row = last_row(path)
    with pikepdf.open(path) as pdf:
        page = pdf.pages[0]
        text(pdf, page, "0bad3c0de8" * 4 + " C=XX, CN=Nobody", below(row))
        page.obj.Resources.Font.Added.ToUnicode = pdf.make_stream(table.encode())
        pdf.save(altered)
    lies = [each for each in problems_of(altered) if each.kind == "not-visible"]
    assert bool(lies) == (drawn_as != stated)
    if lies:
        assert f"{stated} is drawn as {drawn_as}" in lies[0].text


def test_pdfium_keeps_the_fonts_of_a_document() -> None:
    """So a font's address tells it from all others, though the pages that used it are closed."""
    pdf, count = pikepdf.new(), 40
    for number in range(count):
        page = pdf.add_blank_page()
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        page.add_resource(pdf.make_indirect(font) if number % 2 else font, Name.Font, Name.F)
        page.contents_add(pdf.make_stream(b"BT /F 9 Tf 9 300 Td (0123456789abcdef) Tj ET"))
    file = io.BytesIO()
    pdf.save(file)
    document = pdfium.PdfDocument(file.getvalue())

    def address(number: int) -> int | None:
        page = document[number]
        fonts = [pdfium.raw.FPDFTextObj_GetFont(each.raw) for each in page.get_objects()]
        page.close()
        (found,) = (ctypes.cast(font, ctypes.c_void_p).value for font in fonts)
        return found

    first, again = ([address(number) for number in range(count)] for _ in range(2))
    assert first == again
    assert len(set(first)) == count
