"""Lists that are pictures: scans made by the test, a little askew and noisy, read by OCR."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any, Final

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from pipeline import catalogue
from pipeline.errors import UsageError
from pipeline.extract import extract, ocr
from pipeline.extract.guard import Limits
from pipeline.ingest.read_document import look
from pipeline.x509 import names

LIMITS: Final = Limits(seconds=1200)  # of CPU time it takes a fiftieth
RESOLUTION: Final = 200
Roots = list[tuple[str, str]]


@pytest.fixture
def engine() -> None:
    """The engine, and what it needs of the system."""
    pytest.importorskip("rapidocr_onnxruntime", exc_type=ImportError)


def some_roots(count: int, seed: int) -> Roots:
    """Roots of the catalogue, with names that a standard font has letters for."""
    printable = [
        (fingerprint, subject)
        for fingerprint, subject in sorted(catalogue.subjects().items())
        if subject.isascii() and len(subject) < 160
    ]
    return random.Random(seed).sample(printable, count)


def write_list(path: Path, roots: Roots) -> Path:
    """A ruled list of two columns, as Cisco's."""
    style = ParagraphStyle("cell", fontName="Helvetica", fontSize=8, leading=10)
    digits = ParagraphStyle("digits", style, fontName="Courier")
    heading = ParagraphStyle("heading", fontName="Helvetica-Bold", fontSize=12, leading=20)
    rows = [[Paragraph("Fingerprint (SHA-1)", style), Paragraph("Subject", style)]]
    rows += [[Paragraph(f, digits), Paragraph(s, style)] for f, s in roots]
    table = Table(rows, [210, 290], style=[("GRID", (0, 0), (-1, -1), 0.5, "black")])
    title = Paragraph("Trusted roots, Firmware Release 12.7(1)", heading)
    SimpleDocTemplate(str(path), pagesize=A4, topMargin=40, bottomMargin=40).build([title, table])
    return path


def scan_of(path: Path, *, angle: float, noise: float, seed: int) -> Image.Image:
    """The first page as a scanner sees it: turned by some degrees, and with noise."""
    page = pdfium.PdfDocument(path)[0]
    drawn = page.render(scale=RESOLUTION / 72, grayscale=True).to_pil().convert("L")
    turned = drawn.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)
    grain = np.random.default_rng(seed).normal(0, noise, turned.size[::-1])
    return Image.fromarray((np.asarray(turned) + grain).clip(0, 255).astype(np.uint8))


def seen_in(path: Path, reader: Any = "both") -> Any:
    found = look(path, lambda file: extract(file, reader, limits=LIMITS), LIMITS)
    return found, {(e.fingerprint, e.subject) for e in found.document.entries}


@pytest.mark.slow
@pytest.mark.usefixtures("engine")
def test_a_scan_behind_a_page_of_text_is_read_and_proven(tmp_path: Path) -> None:
    """The page that has text is read as before; at least 95 % of the scanned rows are proven."""
    plain, scanned = some_roots(3, seed=1), some_roots(24, seed=2)
    text = write_list(tmp_path / "text.pdf", plain)
    image = scan_of(write_list(tmp_path / "list.pdf", scanned), angle=0.6, noise=15, seed=3)
    image.save(tmp_path / "scan.pdf", resolution=RESOLUTION)
    both = pdfium.PdfDocument(text)
    both.import_pages(pdfium.PdfDocument(tmp_path / "scan.pdf"))
    both.save(tmp_path / "both.pdf")
    found, entries = seen_in(tmp_path / "both.pdf")
    truth = {(f, str(names.parse(s))) for f, s in (*plain, *scanned)}
    assert entries <= truth
    assert entries >= {(f, str(names.parse(s))) for f, s in plain}
    assert len(entries) >= 3 + 0.95 * len(scanned)
    (picture,) = (p for p in found.document.problems if p.kind == "unread-ink")
    assert picture.page == 2
    assert "--reader ocr" in picture.hint
    missing = truth - entries
    told = " ".join(problem.text + problem.hint for problem in found.document.problems)
    assert all(fingerprint in told for fingerprint, _ in missing)


@pytest.fixture
def tesseract(monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian's Tesseract, as if the wheel weren't installed."""
    if not ocr.tesseract():
        pytest.skip("Debian's tesseract-ocr is not installed")
    from pipeline.extract.formats.pdf import ocr_engines

    monkeypatch.setattr(ocr_engines, "RapidOCR", None)


def text_on(picture: np.ndarray[Any, Any]) -> list[str]:
    from pipeline.extract.formats.pdf import by_ocr

    page = by_ocr.page_of(1, np.ascontiguousarray(picture), RESOLUTION / 72)
    assert page.is_scanned
    return [" ".join(word.text for word in line.words) for line in page.lines]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["engine", "tesseract"])
def test_a_scan_on_its_side_or_upside_down_is_read_as_an_upright_one(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    request.getfixturevalue(name)
    roots = some_roots(2, seed=8)
    image = scan_of(write_list(tmp_path / "list.pdf", roots), angle=0, noise=5, seed=9)
    upright = np.asarray(image.crop((0, 0, image.width, image.height // 7)))
    lines = text_on(upright)
    assert any(subject.rpartition("CN=")[2] in line for _, subject in roots for line in lines)
    for turns in (2, 3):
        assert text_on(np.rot90(upright, turns)) == lines, turns


@pytest.mark.slow
@pytest.mark.usefixtures("tesseract")
def test_tesseract_reads_where_the_wheel_is_missing(tmp_path: Path) -> None:
    """It may read fewer rows; what it reads wrongly is never a row, and each one is told."""
    roots = some_roots(6, seed=10)
    image = scan_of(write_list(tmp_path / "list.pdf", roots), angle=0.3, noise=5, seed=11)
    image.save(tmp_path / "scan.pdf", resolution=RESOLUTION)
    found, entries = seen_in(tmp_path / "scan.pdf", "ocr")
    truth = {(f, str(names.parse(s))) for f, s in roots}
    assert len(entries) >= len(roots) - 1
    assert entries <= truth
    assert found.document.problems or entries == truth


@pytest.mark.slow
@pytest.mark.usefixtures("engine")
def test_what_no_certificate_proves_is_no_row_of_a_scan(tmp_path: Path) -> None:
    """An unknown root, a fingerprint with a wrong digit, another root's name, a struck-out row."""
    (good, name), (spoilt, its_name), (other, _), (struck, struck_name) = some_roots(4, seed=4)
    wrong = spoilt[:-1] + ("0" if spoilt[-1] != "0" else "1")
    unknown = "0badc0de" * 5
    rows = [
        (good, name),
        (unknown, "C=XX, O=Nobody, CN=Nobody Root CA"),
        (wrong, its_name),
        (other, name),
        (struck, struck_name),
    ]
    path = write_list(tmp_path / "list.pdf", rows)
    textpage = pdfium.PdfDocument(path)[0].get_textpage()
    at = textpage.search(struck).get_next()
    assert at is not None
    left, bottom, right, top = textpage.get_charbox(at[0])
    image = scan_of(path, angle=0, noise=5, seed=5)
    scale, middle = RESOLUTION / 72, A4[1] - (bottom + top) / 2
    ends = (left * scale, middle * scale, (left + 40 * (right - left) * 1.2) * scale)
    ImageDraw.Draw(image).line((*ends, middle * scale), fill=0, width=3)
    image.save(tmp_path / "scan.pdf", resolution=RESOLUTION)
    found, entries = seen_in(tmp_path / "scan.pdf", "ocr")
    problems = found.document.problems
    kinds = {problem.kind for problem in problems}
    assert {(good, str(names.parse(name)))} == {e for e in entries if e[0] != struck}
    assert any(problem.kind == "unread-ink" and unknown in problem.text for problem in problems)
    assert any(wrong in problem.text and spoilt in problem.hint for problem in problems)
    assert any(p.kind == "subject-mismatch" and other in p.text for p in problems)
    assert "not-visible" in kinds or "malformed-fingerprint" in kinds
    assert any("page 1: read by OCR" in remark for remark in found.remarks)


def test_a_line_through_a_text_strikes_it_out() -> None:
    from pipeline.extract.formats.pdf.by_ocr import is_struck_out

    image = Image.new("L", (400, 60), 255)
    font = ImageFont.load_default(20)
    ImageDraw.Draw(image).text((10, 15), "0563b8630d62d75abbc8ab1e4bdf", 0, font)
    corners = np.array([(10, 15), (300, 15), (300, 40), (10, 40)], dtype=np.float64)
    assert not is_struck_out(np.asarray(image), corners)
    struck, under = image.copy(), image.copy()
    ImageDraw.Draw(struck).line((8, 29, 310, 29), fill=0, width=2)
    ImageDraw.Draw(under).line((8, 41, 310, 41), fill=0, width=2)
    assert is_struck_out(np.asarray(struck), corners)
    assert not is_struck_out(np.asarray(under), corners)


@pytest.mark.parametrize(
    ("printed", "is_it"),
    [
        ("C=US,O=AfirmTrust,CN=AffirmTrustNetworking", True),  # ff as one
        ("CN=AffirmTrust Networking, O=AffirmTrust, C=US", True),
        ("C=US.O=AffirmTrust,CN=AffirmTrust Netw0rking", True),
        ("C=US, O=AffirmTrust, CN=AffirmTrust Premium", False),
        ("C=US, O=AffirmTrust, CN=AffirmTrust Networking 2", False),
        ("C=US, O=AffirmTrust", False),
        ("C=US, O=AffirmTrust, CN=AffirmTrust Networking Trusted certificates", False),
    ],
)
def test_a_scanned_name_is_compared_by_what_ocr_keeps(printed: str, is_it: bool) -> None:
    actual = names.parse("C=US, O=AffirmTrust, CN=AffirmTrust Networking")
    assert names.matches_scan(printed, actual) is is_it


@pytest.mark.parametrize(
    ("one", "other"),
    [("Root CA 1", "Root CA 11"), ("GTS Root R3", "GTS Root R4"), ("Root 2011", "Root 2012")],
)
def test_names_that_differ_in_a_number_differ_on_a_scan(one: str, other: str) -> None:
    first, second = (f"C=US, O=Example, CN={cn}" for cn in (one, other))
    assert not names.matches_scan(first, names.parse(second))
    assert not names.matches_scan(second, names.parse(first))


def test_each_name_of_the_catalogue_tells_itself_from_all_others() -> None:
    """What is folded away on scans tells no two roots apart that have different names."""
    subjects = sorted(set(catalogue.subjects().values()))
    folded: dict[str, set[str]] = {}
    for subject in subjects:
        bare = subject.replace(" ", "")
        assert names.matches_scan(bare, names.parse(subject))
        folded.setdefault(names._outlines(subject), set()).add(str(names.parse(subject)).casefold())
    same = [alike for alike in folded.values() if len(alike) > 1]
    assert len(same) <= len(subjects) // 100, same


def test_without_the_engine_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "is_installed", lambda: False)
    path = write_list(tmp_path / "list.pdf", some_roots(12, seed=6))
    with pytest.raises(UsageError, match=r"--reader ocr: .*pip install 'trustlist\[ocr\]'"):
        extract(path, "ocr")
    scan_of(path, angle=0.3, noise=5, seed=7).save(tmp_path / "scan.pdf", resolution=RESOLUTION)
    found, entries = seen_in(tmp_path / "scan.pdf")
    assert not entries
    assert "pip install 'trustlist[ocr]'" in found.refusal
    (problem,) = found.document.problems
    assert (problem.kind, problem.page) == ("unread-ink", 1)
    assert "pip install 'trustlist[ocr]'" in problem.hint


def test_pages_are_named_in_runs() -> None:
    (remark,) = ocr.remarks([3, 1, 2, 7], [])
    assert remark.startswith("pages 1-3, 7: read by OCR")
    (layered,) = ocr.remarks([], [4, 4])
    assert layered.startswith("page 4: what is read is the text that OCR laid over a picture")
