"""Pictures of pages with what was read drawn on them, so that a person sees it at a glance.

The document is read once more, by the reader of record, for where its words stand.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import pdfplumber
from PIL import Image, ImageDraw, ImageFont

from pipeline.errors import UsageError
from pipeline.extract import guard, is_pdf
from pipeline.extract.document import Place, Problem, Row
from pipeline.extract.ending import Ending
from pipeline.extract.formats.pdf.by_pdfium import pdfium_errors
from pipeline.extract.formats.pdf.readers import reader_of
from pipeline.extract.guard import LIMITS, Limits
from pipeline.extract.page import Line, Page, Word
from pipeline.extract.read_pages import steps
from pipeline.report.output import whole
from pipeline.report.seen_places import seen_places

Kind = Literal["fingerprint", "subject", "problem"]

# Okabe and Ito's palette, which people with any colour vision can tell apart.
COLOURS: Final[dict[Kind, tuple[int, int, int]]] = {
    "fingerprint": (0, 114, 178),
    "subject": (0, 158, 115),
    "problem": (213, 94, 0),
}
RESOLUTION: Final = 110
"""Dots per inch: small type is just readable."""
_LARGEST: Final = 5000
"""Pixels along the longer side; a page larger than a poster is shown smaller."""
_INK: Final = (40, 40, 40)
_BAND: Final = 26
"""Height in pixels of a line of the caption."""


class Box(NamedTuple):
    """Text on a page turned upright: edges in points, with y growing downwards."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(slots=True)
class Sketch:
    """What is to be drawn on a page; ``links`` tie a fingerprint to its subject.

    ``rows`` counts the rows that begin on the page, ``notes`` are the problems in words, ``seen``
    the texts of those whose place only the page itself tells.
    """

    page: Page
    rows: int = 0
    boxes: list[tuple[Kind, Box]] = field(default_factory=list)
    links: list[tuple[Kind, Box, Box]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)


def draw(
    path: Path, problems: Sequence[Problem], directory: Path, limits: Limits = LIMITS
) -> list[Path]:
    """Write each page of the PDF at ``path`` as a PNG that shows its rows and ``problems``.

    Above the page, which is as large as at 110 dots per inch, stands a caption: the number of the
    page, what the colours mean, and the problems. It is drawn in a process of its own, within
    ``limits``.

    Returns:
        The files, one a page, in the order of the pages.

    Raises:
        DocumentError: the document can't be read, or exceeds a limit.
        UsageError: the document is no PDF, or the directory can't be written to.
    """
    if not is_pdf(path):
        raise UsageError(f"{path}: this is not a PDF, so it has no pages to draw.")
    guard.check_size(path, limits)
    work = partial(_pictures, path, problems, limits.pages)
    written: list[Path] = []
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with guard.apart(work, path, limits) as pictures:
            for number, picture in pictures:
                written.append(directory / f"{path.stem}-{number}.png")
                with whole(written[-1]) as file:
                    file.write(picture)
    except OSError as error:
        where = error.filename or directory
        raise UsageError(f"{where}: can't be written: {error.strerror}.") from error
    return written


def _pictures(
    path: Path, problems: Sequence[Problem], most_pages: int
) -> Iterator[tuple[str, bytes]]:
    """The number of each page, with as many digits as that of the last, and its PNG."""
    sketches = _sketches(path, problems, most_pages)
    with pdfplumber.open(path) as pdf:
        for page, sketch in zip(pdf.pages, sketches, strict=True):
            title = f"{path.name}, page {page.page_number} of {len(sketches)}: {_rows(sketch)}"
            with pdfium_errors(path, page.page_number):
                picture = _with_caption(_drawn(page, sketch), title, sketch.notes)
            png = BytesIO()
            picture.save(png, "png")
            yield f"{page.page_number:0{len(str(len(sketches)))}}", png.getvalue()
            page.close()


def _rows(sketch: Sketch) -> str:
    return "1 row" if sketch.rows == 1 else f"{sketch.rows} rows"


# --- what stands where -----------------------------------------------------------------------


def _sketches(path: Path, problems: Sequence[Problem], most_pages: int) -> list[Sketch]:
    """Read the document, and plan the drawing of each of its pages."""
    found = reader_of("pdfplumber")(path, slice(most_pages + 1))
    sketches = [Sketch(page) for page in found]
    if len(sketches) > most_pages:
        raise guard.too_many_pages(path, most_pages)
    read = steps(sketch.page for sketch in sketches)
    rows = [row for step in read if not isinstance(step, Ending) for row in step]
    faulty = _faulty(rows, problems)
    for number, row in enumerate(rows):
        _sketch_row(sketches, row, number in faulty)
    for problem in problems:
        if 0 < problem.page <= len(sketches):
            _sketch_problem(sketches[problem.page - 1], problem)
    return sketches


def _faulty(rows: Sequence[Row], problems: Iterable[Problem]) -> set[int]:
    """The rows that problems tell of. Of two alike, the later is the one too many."""
    found: set[int] = set()
    for problem in problems:
        for number in reversed(range(len(rows))):
            row = rows[number]
            told = row.page == problem.page and row.fingerprint in problem.text
            if told and number not in found:
                found.add(number)
                break
    return found


def _box(words: Sequence[Word], size: float) -> Box:
    """The box of words on one line, as tall as letters of this size."""
    y = words[0].y
    x0, x1 = min(word.x0 for word in words), max(word.x1 for word in words)
    return Box(x0 - 1, y - 0.8 * size, x1 + 1, y + 0.25 * size)


def _sketch_row(sketches: Sequence[Sketch], row: Row, is_faulty: bool) -> None:
    sketches[row.page - 1].rows += not is_faulty
    for place in row.place:
        colour: Kind = "problem" if is_faulty else place.kind
        sketches[place.page - 1].boxes.append((colour, _box_at(place)))
    colour = "problem" if is_faulty else "subject"
    for first in [place for place in row.place if place.kind == "fingerprint"][:1]:
        box = _box_at(first)
        near = [
            _box_at(other)
            for other in row.place
            if other.kind == "subject" and other.page == first.page
        ]
        if near:
            level = min(near, key=lambda other: abs(other.top - box.top))
            sketches[first.page - 1].links.append((colour, box, level))


def _box_at(place: Place) -> Box:
    return _box([Word("", place.x0, place.x1, place.y)], place.size)


def _sketch_problem(sketch: Sketch, problem: Problem) -> None:
    sketch.notes.append(f"{problem.kind}: {problem.text}")
    if problem.kind == "unaccounted-text":
        placed = [(word, line) for line in sketch.page.lines for word in line.words]
        held: dict[int, tuple[Line, list[Word]]] = {}
        for word, line in _stretch(placed, problem.text.split()):
            held.setdefault(id(line), (line, []))[1].append(word)
        sketch.boxes.extend(("problem", _box(words, line.size)) for line, words in held.values())
    elif problem.kind in ("not-visible", "unread-ink"):
        sketch.seen.append(problem.text)


def _stretch(placed: Sequence[tuple[Word, Line]], wanted: Sequence[str]) -> list[tuple[Word, Line]]:
    """The shortest stretch of a page that has the wanted words in this order."""
    best: list[int] = []
    for start, (word, _) in enumerate(placed):
        if word.text != wanted[0]:
            continue
        found: list[int] = []
        for at in range(start, len(placed)):
            if len(found) < len(wanted) and placed[at][0].text == wanted[len(found)]:
                found.append(at)
        if len(found) == len(wanted) and (not best or found[-1] - start < best[-1] - best[0]):
            best = found
    return [placed[at] for at in best]


# --- drawing ---------------------------------------------------------------------------------


def _drawn(page: Any, sketch: Sketch) -> Image.Image:
    """The picture of a page of pdfplumber's, with the sketch on it."""
    inches = max(page.cropbox[2] - page.cropbox[0], page.cropbox[3] - page.cropbox[1]) / 72
    image = page.to_image(resolution=min(RESOLUTION, _LARGEST / inches), antialias=True)
    for kind, box in sketch.boxes:
        corners = [_on_page(page, sketch.page.turned, x, y) for x, y in (box[:2], box[2:])]
        (x0, x1), (top, bottom) = map(sorted, zip(*corners, strict=True))
        image.draw_rect((x0, top, x1, bottom), (*COLOURS[kind], 70), COLOURS[kind], 1)
    for text in sketch.seen:
        for place in seen_places(page, text):
            image.draw_rect(place, (*COLOURS["problem"], 70), COLOURS["problem"], 1)
    for kind, box, other in sketch.links:
        ends = [_on_page(page, sketch.page.turned, x, y) for x, y in _link(box, other)]
        image.draw_line(ends, COLOURS[kind], 2)
    annotated: Image.Image = image.annotated
    return annotated


def _link(box: Box, other: Box) -> tuple[tuple[float, float], tuple[float, float]]:
    """The ends of a line from one box to the other."""
    if box.x0 < other.x1 and other.x0 < box.x1:
        x = max(box.x0, other.x0) + 3
        upper, lower = sorted((box, other), key=lambda each: each.top)
        return (x, upper.bottom), (x, lower.top)
    left, right = sorted((box, other))
    return (left.x1, (left.top + left.bottom) / 2), (right.x0, (right.top + right.bottom) / 2)


def _on_page(page: Any, turned: int, x: float, y: float) -> tuple[float, float]:
    """From a place on the page turned upright to the same place on pdfplumber's page."""
    match turned:
        case 0:
            across, up = x, -y
        case 1:
            across, up = y, x
        case 2:
            across, up = -x, y
        case _:
            across, up = -y, -x
    point: tuple[float, float] = page.point2coord((across, up))
    return point


def _with_caption(page: Image.Image, title: str, notes: Sequence[str]) -> Image.Image:
    """Put a line with the title and the colours above a page, and one for each note."""
    height = _BAND * (1 + len(notes))
    image = Image.new("RGB", (page.width, height + page.height), "white")
    image.paste(page, (0, height))
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(13)
    pen.text((8, 5), title, _INK, font)
    x = page.width - 8.0
    for kind, colour in reversed(COLOURS.items()):
        x -= pen.textlength(kind, font)
        pen.text((x, 5), kind, _INK, font)
        pen.rectangle((x - 18, 7, x - 6, 19), colour)
        x -= 32
    for number, note in enumerate(notes, 1):
        text = _cut(note, pen, font, page.width - 16)
        pen.text((8, _BAND * number + 5), text, COLOURS["problem"], font)
    pen.line((0, height - 1, page.width, height - 1), _INK)
    return image


def _cut(text: str, pen: ImageDraw.ImageDraw, font: Any, width: float) -> str:
    """As much of the text as fits."""
    if pen.textlength(text, font) <= width:
        return text
    while pen.textlength(f"{text}...", font) > width:
        text = text[:-1]
    return f"{text}..."
