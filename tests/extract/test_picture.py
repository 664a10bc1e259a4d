"""Pictures of pages: as large as the page, with colour where the rows stand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf
import pytest
from PIL import Image, ImageChops

from pipeline.errors import DocumentError, UsageError
from pipeline.extract.document import Problem
from pipeline.extract.guard import Limits
from pipeline.report.picture import COLOURS, RESOLUTION, draw
from pipeline.report.seen_places import seen_places
from tests.extract.test_disguises import UNSEEN, altered
from tests.extract.test_seen import problems_of
from tests.tiny_pdf import write_pdf

CORPUS = Path(__file__).parents[1] / "corpus"
ADDTRUST = "ccab0ea04c2301d6697bdd379fcd12eb24e3949d"
SUBJECT = "C=SE, O=AddTrust AB, OU=AddTrust TTP Network, CN=AddTrust Class 1 CA Root"


def fingerprints(document: str) -> list[tuple[int, str]]:
    """Page and fingerprint of each row, from the truth."""
    truth = json.loads((CORPUS / document).with_suffix(".truth.json").read_text("utf-8"))
    return [(entry["page"], entry["fingerprint"]) for entry in truth["entries"]]


def box_of(page: Any, text: str) -> tuple[float, float, float, float]:
    """Where a text that was drawn letter by letter stands, as pdfplumber's characters tell."""
    drawn = "".join(char["text"] for char in page.chars)
    at = drawn.lower().index(text)
    chars = page.chars[at : at + len(text)]
    return (
        min(char["x0"] for char in chars),
        min(char["top"] for char in chars),
        max(char["x1"] for char in chars),
        max(char["bottom"] for char in chars),
    )


def share_of(picture: Path, page: Any, kind: Any, box: tuple[float, float, float, float]) -> float:
    """The part of the pixels in a box of the page that have the tint of ``kind``."""
    image = Image.open(picture).convert("RGB")
    height = round((page.cropbox[3] - page.cropbox[1]) * RESOLUTION / 72)
    scale = RESOLUTION / 72
    below = image.height - height  # the page stands below the caption
    left, top, right, bottom = box
    left, right = ((x - page.cropbox[0]) * scale for x in (left, right))
    top, bottom = ((y - page.cropbox[1]) * scale + below for y in (top, bottom))
    pixels = image.crop((round(left), round(top), round(right), round(bottom))).get_flattened_data()
    tint = tuple(round(255 + (part - 255) * 70 / 255) for part in COLOURS[kind])
    near = [all(abs(a - b) < 12 for a, b in zip(pixel, tint, strict=True)) for pixel in pixels]
    return sum(near) / len(near)


@pytest.mark.parametrize(
    "document",
    [
        "reportlab-ruled.pdf",
        "operators-rotate-90.pdf",
        "operators-rotate-180.pdf",
        "operators-rotate-270.pdf",
        "operators-boxes.pdf",
        "fpdf2-rotated-content.pdf",
        "weasyprint-two-columns.pdf",
    ],
)
def test_each_fingerprint_is_coloured_where_it_stands(document: str, tmp_path: Path) -> None:
    pictures = draw(CORPUS / document, [], tmp_path)
    with pdfplumber.open(CORPUS / document) as pdf:
        assert len(pictures) == len(pdf.pages)
        for number, fingerprint in fingerprints(document):
            page = pdf.pages[number - 1]
            shown = share_of(
                pictures[number - 1], page, "fingerprint", box_of(page, fingerprint[:8])
            )
            assert shown > 0.15, (number, fingerprint)


def test_a_picture_is_a_png_as_wide_as_the_page(tmp_path: Path) -> None:
    (picture,) = draw(CORPUS / "reportlab-single.pdf", [], tmp_path / "new" / "directory")
    assert picture.parent == tmp_path / "new" / "directory"
    with pdfplumber.open(CORPUS / "reportlab-single.pdf") as pdf, Image.open(picture) as image:
        page = pdf.pages[0]
        assert image.format == "PNG"
        assert image.width == pytest.approx(page.width * RESOLUTION / 72, abs=1)
        assert image.height >= page.height * RESOLUTION / 72


def test_pictures_are_numbered_so_that_they_sort_by_page(tmp_path: Path) -> None:
    names = [file.name for file in draw(CORPUS / "weasyprint-split-rows.pdf", [], tmp_path)]
    assert names[0] == "weasyprint-split-rows-01.png"
    assert names == sorted(names)
    assert len(names) > 9


def test_subject_and_fingerprint_differ_in_colour(tmp_path: Path) -> None:
    document = write_pdf(tmp_path / "list.pdf", ["Firmware release 12.7(1)", ADDTRUST, SUBJECT])
    (picture,) = draw(document, [], tmp_path)
    with pdfplumber.open(document) as pdf:
        page = pdf.pages[0]
        for text, kind in ((ADDTRUST, "fingerprint"), ("addtrust ttp", "subject")):
            box = box_of(page, text)
            assert share_of(picture, page, kind, box) > 0.15
            assert share_of(picture, page, "problem", box) == 0


def test_a_row_with_a_problem_is_coloured_as_one(tmp_path: Path) -> None:
    document = write_pdf(tmp_path / "list.pdf", ["Firmware release 12.7(1)", ADDTRUST, SUBJECT])
    problem = Problem("subject-mismatch", 1, f"{ADDTRUST} {SUBJECT}", "Look at the page.")
    (picture,) = draw(document, [problem], tmp_path)
    with pdfplumber.open(document) as pdf:
        page = pdf.pages[0]
        for text in (ADDTRUST, "addtrust ttp"):
            assert share_of(picture, page, "problem", box_of(page, text)) > 0.15


def test_of_two_rows_alike_the_later_is_the_problem(tmp_path: Path) -> None:
    document = CORPUS / "problem-repeated.pdf"
    repeated = "ccab0ea04c2301d6697bdd379fcd12eb24e3949d"
    problem = Problem("duplicate", 1, f"{repeated} at position 20 on page 1 repeats position 3")
    (picture,) = draw(document, [problem], tmp_path)
    with pdfplumber.open(document) as pdf:
        page = pdf.pages[0]
        first, second = sorted(page.search(repeated, case=False), key=lambda hit: hit["top"])
    boxes = [(hit["x0"], hit["top"], hit["x1"], hit["bottom"]) for hit in (first, second)]
    assert share_of(picture, page, "fingerprint", boxes[0]) > 0.15
    assert share_of(picture, page, "problem", boxes[1]) > 0.15


def test_text_that_no_row_took_is_coloured_as_a_problem(tmp_path: Path) -> None:
    text = "see also the list of the previous release"
    problem = Problem("unaccounted-text", 1, text, "Look at the page.")
    (picture,) = draw(CORPUS / "problem-stray.pdf", [problem], tmp_path)
    with pdfplumber.open(CORPUS / "problem-stray.pdf") as pdf:
        page = pdf.pages[0]
        (hit,) = page.search(text)
    box = (hit["x0"], hit["top"], hit["x1"], hit["bottom"])
    assert share_of(picture, page, "problem", box) > 0.15


def test_a_problem_stands_in_words_above_the_page(tmp_path: Path) -> None:
    document = CORPUS / "reportlab-single.pdf"
    (plain,) = draw(document, [], tmp_path / "plain")
    problem = Problem("unaccounted-text", 1, "turned text that is on no line of the page")
    (told,) = draw(document, [problem], tmp_path / "told")
    before, after = Image.open(plain), Image.open(told)
    more = after.height - before.height
    assert more > 0
    page = (0, more + 60, after.width, after.height)
    same = before.crop((0, 60, before.width, before.height))
    assert not ImageChops.difference(after.crop(page).convert("RGB"), same.convert("RGB")).getbbox()
    note = after.crop((0, before.height - before.height + 26, after.width, 26 + more))
    assert len(set(note.convert("RGB").get_flattened_data())) > 1


def test_a_directory_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(UsageError, match=r"taken.*can't be written"):
        draw(CORPUS / "reportlab-single.pdf", [], tmp_path / "taken")


def test_a_file_that_is_no_pdf_is_told(tmp_path: Path) -> None:
    (tmp_path / "list.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    with pytest.raises(DocumentError, match=r"list\.pdf"):
        draw(tmp_path / "list.pdf", [], tmp_path)


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (Limits(pages=1), "--max-pages"),
        (Limits(seconds=0.01), "--max-seconds"),
        (Limits(size=0), "--max-size"),
    ],
    ids=["pages", "seconds", "size"],
)
def test_drawing_keeps_within_the_limits(limits: Limits, told: str, tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=told):
        draw(CORPUS / "weasyprint-split-rows.pdf", [], tmp_path, limits)
    assert not list(tmp_path.iterdir())


def test_only_a_pdf_has_pages_to_draw(tmp_path: Path) -> None:
    text = tmp_path / "list.csv"
    text.write_text("not a PDF")
    with pytest.raises(UsageError, match="not a PDF"):
        draw(text, [], tmp_path / "pictures")
    assert not (tmp_path / "pictures").exists()


def boxes_on(picture: Path, page: Any) -> set[tuple[int, int, int, int]]:
    """The outlines drawn in the colour of problems, each as its extent in points on the page."""
    image = Image.open(picture).convert("RGB")
    height = round((page.cropbox[3] - page.cropbox[1]) * RESOLUTION / 72)
    body = image.crop((0, image.height - height, image.width, image.height))
    edge = Image.new("RGB", body.size, COLOURS["problem"])
    mask = ImageChops.difference(body, edge).convert("L").point(lambda part: 255 * (part < 8))
    box = mask.getbbox()
    return {tuple(round(each * 72 / RESOLUTION) for each in box)} if box else set()  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "ink 40 pt from the left, 112 pt from the top, 300 pt wide, 12 pt high",
            (40, 112, 340, 124),
        ),
        ("a page that is a picture of text", (0, 0, 842, 792)),
    ],
)
def test_ink_that_is_no_text_is_framed_where_it_is(
    text: str, expected: tuple[int, ...], tmp_path: Path
) -> None:
    document = write_pdf(tmp_path / "list.pdf", ["Firmware release 12.7(1)"])
    (picture,) = draw(document, [Problem("unread-ink", 1, text, "Look at the page.")], tmp_path)
    with pdfplumber.open(document) as pdf:
        (box,) = boxes_on(picture, pdf.pages[0])
    assert box == pytest.approx(expected, abs=2)


@pytest.mark.parametrize("suffix", ["", " (0 is drawn as 4)"])
def test_text_that_nobody_sees_is_coloured_where_it_would_stand(
    suffix: str, tmp_path: Path
) -> None:
    document = write_pdf(
        tmp_path / "list.pdf", ["Firmware release 12.7(1)", "x", ADDTRUST, SUBJECT]
    )
    problem = Problem("not-visible", 1, f"{ADDTRUST}{suffix}", "Look at the page.")
    (picture,) = draw(document, [problem], tmp_path)
    with pdfplumber.open(document) as pdf:
        page = pdf.pages[0]
        (box,) = boxes_on(picture, page)
        left, top, right, bottom = box_of(page, ADDTRUST)
    assert box[0] == pytest.approx(left, abs=3)
    assert box[1] == pytest.approx(top, abs=4)
    assert box[2] >= right - 3
    assert box[3] >= bottom - 3


def test_a_note_is_framed_where_it_stands(tmp_path: Path) -> None:
    document = write_pdf(tmp_path / "list.pdf", ["Firmware release 12.7(1)"])
    with pikepdf.open(document, allow_overwriting_input=True) as pdf:
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.FreeText,
            Contents=f"{ADDTRUST} {SUBJECT}",
            Rect=pikepdf.Array([40, 400, 600, 420]),
        )
        pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(note)])
        pdf.save()
    problem = Problem("unread-ink", 1, f"{ADDTRUST} {SUBJECT}", "Look at the page.")
    (picture,) = draw(document, [problem], tmp_path)
    with pdfplumber.open(document) as pdf:
        (box,) = boxes_on(picture, pdf.pages[0])
    assert box == pytest.approx((40, 792 - 420, 600, 792 - 400), abs=2)


@pytest.mark.parametrize(
    "how",
    [
        "white of four inks",
        "a transparent group",
        "glyphs that are boxes",
        "under a link",
        "under a shading",
        "a form at an angle",
        "a mirrored form",
        "letter upon letter",
        "written downwards",
    ],
)
def test_what_is_seen_otherwise_has_a_place_on_the_picture(how: str, tmp_path: Path) -> None:
    """Hidden, covered, slanted and stacked text is framed on the page."""
    document = altered("reportlab-ruled", UNSEEN[how], tmp_path)
    problems = problems_of(document)
    assert problems
    with pdfplumber.open(document) as pdf:
        page = pdf.pages[0]
        places = [place for each in problems for place in seen_places(page, each.text)]
        assert places
        for left, top, right, bottom in places:
            assert 0 <= left < right <= page.width
            assert 0 <= top < bottom <= page.height
    (picture, *_) = draw(document, problems, tmp_path / "pictures")
    with pdfplumber.open(document) as pdf:
        assert boxes_on(picture, pdf.pages[0])
