"""Documents made to do harm, or come to harm: one plain line, or the right rows."""

from __future__ import annotations

import base64
import json
import multiprocessing
import os
import signal
import time
import zlib
from pathlib import Path

import pytest

from pipeline.errors import DocumentError
from pipeline.extract import Limits, ReaderName, extract, guard
from pipeline.extract.document import Extraction
from pipeline.extract.formats.pdf import whole
from tests.extract.hostile import FINGERPRINT, ROW, SUBJECT, assembled, one_page, stream, unpacked

CORPUS = Path(__file__).parents[1] / "corpus"
SAMPLES = Path(__file__).parents[2] / "samples"
LIMITS = Limits(seconds=120, memory=400, pages=50, size=20)
THE_ROW = (1, FINGERPRINT, SUBJECT)


def written(directory: Path, data: bytes) -> Path:
    path = directory / "list.pdf"
    path.write_bytes(data)
    return path


def refusal(path: Path, limits: Limits = LIMITS) -> str:
    """The line a person gets; it names the file and ends in a sentence that says what to do."""
    with pytest.raises(DocumentError) as caught:
        extract(path, limits=limits)
    line = str(caught.value)
    assert line.startswith(f"{path}")
    assert "\n" not in line
    assert line.endswith(".")
    return line


def outcome(path: Path, reader: ReaderName = "both") -> Extraction | str:
    """What was read, or the line a person gets."""
    try:
        return extract(path, reader, limits=LIMITS)
    except DocumentError as error:
        return str(error)


def rows(extraction: Extraction) -> list[tuple[int, str, str]]:
    return [(row.page, row.fingerprint, row.subject) for row in extraction.rows]


def filled(number: int) -> dict[int, bytes]:
    """The objects of a document of ``number`` pages that share one content stream."""
    kids = b" ".join(b"%d 0 R" % each for each in range(10, 10 + number))
    page = one_page()[3]
    pages = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, number)
    return one_page(pages=pages) | dict.fromkeys(range(10, 10 + number), page)


def bomb(mebibytes: int) -> bytes:
    """So much white space, packed."""
    packer = zlib.compressobj(1)
    return b"".join(packer.compress(b" " * (1 << 20)) for _ in range(mebibytes)) + packer.flush()


# --- harmless, whatever it looks like ------------------------------------------------------------

JAVASCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
LAUNCH = b"<< /S /Launch /F (/bin/sh) >>"
FILES = b"<< /EmbeddedFiles << /Names [(list.exe) << /Type /Filespec /EF << /F 7 0 R >> >>] >> >>"
HARMLESS = {
    "garbage before the header": b"GARBAGE\n" * 20 + assembled(one_page()),
    "a script when it is opened": assembled(
        one_page(catalog=b"<< /Type /Catalog /Pages 2 0 R /OpenAction %s >>" % JAVASCRIPT)
    ),
    "a program to launch": assembled(one_page(more=b"/AA << /O %s >>" % LAUNCH)),
    "an attached file that unpacks to gigabytes": assembled(
        one_page(catalog=b"<< /Type /Catalog /Pages 2 0 R /Names %s >>" % FILES)
        | {7: stream(bomb(1000), b"/Filter /FlateDecode")}
    ),
    "a page upside down": assembled(one_page()).replace(b"[0 0 842 792]", b"[842 792 0 0]"),
    "a form that draws itself": assembled(
        one_page(
            ROW + b" /X Do",
            resources=b"/Font << /F1 5 0 R >> /XObject << /X 6 0 R >>",
        )
        | {
            6: stream(
                b"/X Do",
                b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]"
                b" /Resources << /XObject << /X 6 0 R >> >>",
            )
        }
    ),
    "a form without content, as qpdf packs it": assembled(
        one_page(
            ROW + b" /X Do",
            resources=b"/Font << /F1 5 0 R >> /XObject << /X 6 0 R >>",
        )
        | {6: stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Filter /FlateDecode")}
    ),
    "ten thousand saved states": assembled(one_page(b"q " * 10**4 + ROW + b" Q" * 10**4)),
    "a font whose name is no text": assembled(
        one_page(ROW.replace(b"/F1", b"/F#e9"), resources=b"/Font << /F#e9 5 0 R >>")
    ),
    "strings in strings": assembled(one_page(ROW.replace(b"C=SE", b"C=S\\105"))),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_looks_harmful_but_is_not_is_read(name: str, tmp_path: Path) -> None:
    extraction = extract(written(tmp_path, HARMLESS[name]), limits=LIMITS)
    assert rows(extraction) == [THE_ROW]
    assert extraction.problems == []


# --- refused -------------------------------------------------------------------------------------

NESTED = 100_000
REFUSED = {
    "nothing but a header": b"%PDF-1.7\n",
    "nothing but zeros": b"%PDF-1.7\n" + bytes(10**6),
    "encryption that is nonsense": assembled(
        one_page(), more=b"/Encrypt << /Filter /Standard /V 9 /R 77 /O (x) /U (y) /P 1 >>"
    ),
    "encryption that is a number": assembled(one_page(), more=b"/Encrypt 7"),
    "encryption by an unknown handler": assembled(
        one_page(), more=b"/Encrypt << /Filter /Nobody /V 1 >>"
    ),
    "a table of objects that refers to itself": (
        assembled(one_page(), more=b"/Prev %d" % assembled(one_page()).index(b"xref\n0 6"))
    ),
    "a length that is its own": assembled(
        one_page(contents=b"<< /Length 4 0 R >>\nstream\nx\nendstream")
    ),
    "a page tree without pages": assembled(one_page(pages=b"<< /Type /Pages /Count 0 >>")),
    "a catalog that is a number": assembled(one_page(catalog=b"17")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_broken_document_is_refused(name: str, tmp_path: Path) -> None:
    refusal(written(tmp_path, REFUSED[name]))


# --- not believed --------------------------------------------------------------------------------

SUSPECT = {
    "metadata that is its own": assembled(one_page(), more=b"/Info 1 0 R"),
    "objects that don't end": assembled(one_page()).replace(b"endobj", b"      "),
    "a page tree that goes in a circle": assembled(
        one_page(pages=b"<< /Type /Pages /Kids [3 0 R 2 0 R] /Count 2 >>")
    ),
    "the same page again and again": assembled(
        one_page(pages=b"<< /Type /Pages /Kids [%s] /Count 9999 >>" % (b"3 0 R " * 9999))
    ),
    "a page that isn't there": assembled(
        one_page(pages=b"<< /Type /Pages /Kids [3 0 R 9 0 R] /Count 2 >>")
    ),
    "pages that nothing leads to": assembled(
        one_page(pages=b"<< /Type /Pages /Kids [3 0 R] /Count 5 >>")
    ),
    "arrays in arrays": assembled(one_page(ROW + b"[" * NESTED + b"]" * NESTED + b" TJ")),
    "arrays in a page": assembled(one_page(more=b"/X " + b"[" * NESTED + b"]" * NESTED)),
    "dictionaries in a page": assembled(one_page(more=b"/X " + b"<</A " * 9999 + b">>" * 9999)),
    "a number of four hundred digits": assembled(
        one_page(ROW.replace(b"260 0 Td", b"1" * 400 + b" 0 Td"))
    ),
    "a page of any size": assembled(one_page()).replace(
        b"[0 0 842 792]", b"[0 0 %s 1e9]" % (b"9" * 400)
    ),
    "a length that is too short": assembled(
        one_page(contents=b"<< /Length 9 >>\nstream\n%s\nendstream" % ROW)
    ),
    "a length that is too long": assembled(
        one_page(contents=b"<< /Length 999 >>\nstream\n%s\nendstream" % ROW)
    ),
    "contents that are no stream": assembled(one_page(contents=b"[17 (x) /N]")),
    "a font that is its own": assembled(
        one_page(
            font=b"<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H"
            b" /DescendantFonts [5 0 R] >>"
        )
    ),
}


@pytest.mark.parametrize("name", SUSPECT)
@pytest.mark.parametrize("reader", ["both", "pdfplumber", "pdfium"])
def test_a_suspect_document_gives_the_right_rows_or_a_problem(
    name: str, reader: ReaderName, tmp_path: Path
) -> None:
    path = written(tmp_path, SUSPECT[name])
    read = outcome(path, reader)
    if isinstance(read, str):
        assert "\n" not in read
    else:
        assert read.problems or rows(read) == [THE_ROW]


@pytest.mark.parametrize("tenths", range(1, 10))
@pytest.mark.parametrize("name", ["fpdf2-zebra.pdf", "typst-list.pdf", "cairo-glyphs.pdf"])
def test_a_truncated_document_is_never_taken_for_whole(
    name: str, tenths: int, tmp_path: Path
) -> None:
    data = (CORPUS / name).read_bytes()
    path = written(tmp_path, data[: len(data) * tenths // 10])
    read = outcome(path)
    assert isinstance(read, str) or read.problems


def test_forms_within_forms_have_an_end(tmp_path: Path) -> None:
    attributes = (
        b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X %d 0 R >> >>"
    )
    forms = {n: stream(b"/X Do", attributes % (n + 1)) for n in range(10, 3000)}
    resources = b"/Font << /F1 5 0 R >> /XObject << /X 10 0 R >>"
    page = one_page(ROW + b" /X Do", resources=resources)
    path = written(tmp_path, assembled(page | forms | {3000: stream(b"", attributes % 10)}))
    read = outcome(path)
    assert isinstance(read, str) or rows(read) == [THE_ROW]


# --- limits --------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [1, 2])
def test_memory_is_limited(times: int, tmp_path: Path) -> None:
    data = bomb(1000)
    for _ in range(times - 1):
        data = zlib.compress(data)
    filters = b"/Filter [%s]" % (b"/FlateDecode " * times)
    path = written(tmp_path, assembled(one_page(contents=stream(data, filters))))
    assert "needs more than 400 MiB" in refusal(path)


def test_time_is_limited(tmp_path: Path) -> None:
    text = zlib.compress(ROW * 100_000)
    contents = stream(text, b"/Filter /FlateDecode")
    path = written(tmp_path, assembled(one_page(contents=contents)))
    assert "could not be read in 0.5 seconds" in refusal(path, Limits(seconds=0.5))
    assert multiprocessing.active_children() == []


def test_references_in_a_circle_take_no_longer_than_allowed(tmp_path: Path) -> None:
    path = written(tmp_path, assembled(one_page(contents=b"6 0 R") | {6: b"4 0 R"}))
    refusal(path, Limits(seconds=2))


def test_pages_are_limited(tmp_path: Path) -> None:
    path = written(tmp_path, assembled(filled(60)))
    assert "has more than 50 pages" in refusal(path)
    extraction = extract(path, limits=Limits(pages=60))
    assert extraction.document.pages == 60


def test_size_is_limited(tmp_path: Path) -> None:
    path = written(tmp_path, assembled(one_page()) + b"%" * (21 << 20))
    assert "is larger than 20 MiB" in refusal(path)


def test_a_text_is_limited_too(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text(f"{FINGERPRINT} {SUBJECT}\n" * 200_000, encoding="ascii")
    assert "could not be read in 0.5 seconds" in refusal(path, Limits(seconds=0.5))


# --- a process of its own ------------------------------------------------------------------------


def test_a_crash_is_one_plain_line(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"list\.pdf: a reader of PDF broke down on it\. "):
        guard.result(lambda: os.kill(os.getpid(), signal.SIGKILL), tmp_path / "list.pdf", LIMITS)


def test_a_fault_is_one_plain_line(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"failed \(ValueError: .*\)\. Please report this\."):
        guard.result(lambda: int("x"), tmp_path / "list.pdf", LIMITS)


def test_nothing_that_a_library_prints_gets_out(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    guard.result(lambda: os.write(1, b"out") + os.write(2, b"err"), tmp_path, LIMITS)
    assert capfd.readouterr() == ("", "")


def test_what_nobody_waits_for_any_more_is_stopped(tmp_path: Path) -> None:
    with guard.apart(lambda: iter(lambda: time.sleep(0.01), 1), tmp_path, LIMITS) as answers:
        next(answers)
        assert len(multiprocessing.active_children()) == 1
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("reader", ["both", "pdfplumber", "pdfium"])
@pytest.mark.parametrize("name", ["reportlab-prose", "weasyprint-split-rows", "problem-mixture"])
def test_workers_change_nothing(name: str, reader: ReaderName) -> None:
    path = CORPUS / f"{name}.pdf"
    assert extract(path, reader, workers=3) == extract(path, reader)


# --- nothing is lost without a word --------------------------------------------------------------


def broken(name: str) -> bytes:
    """A document of two pages whose second one has come to harm."""
    good = zlib.compress(ROW)
    second = {
        "a wrong checksum": stream(good[:-1] + b"?", b"/Filter /FlateDecode"),
        "a wrong checksum of what is packed twice": stream(
            base64.a85encode(good[:-1] + b"?") + b"~>", b"/Filter [/ASCII85Decode /FlateDecode]"
        ),
        "packed data cut short": stream(good[:-20], b"/Filter /FlateDecode"),
        "packed data with a wrong byte": stream(
            good[:30] + bytes([good[30] ^ 4]) + good[31:], b"/Filter /FlateDecode"
        ),
        "an operator nobody knows": stream(ROW.replace(b"Tj ET", b"Tk ET")),
        "an operator without operand": stream(ROW.replace(b"40 700 Td", b"700 Td")),
        "a string without end": stream(ROW.replace(b") Tj ET", b" Tj ET")),
        "a font that isn't there": stream(ROW.replace(b"/F1", b"/F2")),
        "a form that isn't there": stream(ROW + b" /X Do"),
        "a page's content that isn't there": b"null",
    }[name]
    page = one_page()[3]
    pages = b"<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>"
    content = ROW.replace(FINGERPRINT.encode(), b"02faf3e291435468607857694df5e45b68851868")
    return assembled(
        one_page(content, pages=pages) | {6: page.replace(b"4 0 R", b"7 0 R"), 7: second}
    )


@pytest.mark.parametrize(
    "name",
    [
        "a wrong checksum",
        "a wrong checksum of what is packed twice",
        "packed data cut short",
        "packed data with a wrong byte",
        "an operator nobody knows",
        "an operator without operand",
        "a string without end",
        "a font that isn't there",
        "a form that isn't there",
        "a page's content that isn't there",
    ],
)
def test_damage_is_a_problem_of_its_page(name: str, tmp_path: Path) -> None:
    problems = whole.problems(written(tmp_path, broken(name)))
    assert [(problem.kind, problem.page) for problem in problems] == [("damaged", 2)]


@pytest.mark.parametrize(
    "path", [*CORPUS.glob("*.pdf"), *SAMPLES.glob("*.pdf")], ids=lambda path: path.stem
)
def test_sound_documents_are_not_called_damaged(path: Path) -> None:
    assert whole.problems(path) == []


@pytest.mark.parametrize("name", ["reportlab-ruled", "cairo-glyphs", "operators-encrypted-aes"])
def test_unpacking_changes_no_row(name: str, tmp_path: Path) -> None:
    data = unpacked((CORPUS / f"{name}.pdf").read_bytes())
    assert b"/FlateDecode" not in data
    truth = json.loads((CORPUS / f"{name}.truth.json").read_text("utf-8"))["entries"]
    found = extract(written(tmp_path, data)).rows
    assert [row.fingerprint for row in found] == [entry["fingerprint"] for entry in truth]
