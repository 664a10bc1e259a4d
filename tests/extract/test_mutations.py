"""Thousands of damaged documents: the right rows, or word that something is wrong.

Small documents from several producers are damaged at random, by a fixed seed, as they are and with
all their streams unpacked (where no checksum tells of a changed byte). What comes out after all
steps up to the certificates has to be exactly the truth: page, fingerprint and subject of each
row. If not, there is a problem, or the document is refused.

One thing can't be told from another sound document: a heading that names another release, or none
any more (`ingest` then asks for it). The rows are right all the same; these are counted apart.

A page that shows nothing but a picture any more isn't read by OCR, which would take most of the
time: it is a problem, whatever it holds.

Without a catalogue another thing can't be told: a row in which the document itself now prints other
digits or letters. It is right to read what is printed; all rows that are still printed as they were
have to be read as before.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path
from typing import Final, NamedTuple

import pypdfium2
import pytest

from pipeline.enrich import Source, enrich
from pipeline.errors import DocumentError
from pipeline.extract import extract, ocr
from pipeline.normalise import normalise
from tests.extract.hostile import unpacked
from tests.extract.random_judge import catalogue_of

CORPUS: Final = Path(__file__).parents[1] / "corpus"
SEED: Final = 3
MUTANTS: Final = {
    "with the catalogue": int(os.environ.get("MUTANTS", "600")),
    "without": int(os.environ.get("MUTANTS", "300")),
}
"""`MUTANTS=5000` for the long run."""
PROCESSES: Final = 2
SECONDS: Final = 60
"""Of CPU time for one document; thirty times what the slowest takes."""
PATIENCE: Final = 900
"""So many seconds may pass without a judgement, however busy the machine is."""
MEMORY: Final = 4 << 30

PRODUCERS: Final = (
    "cairo-glyphs",
    "fpdf2-lines",
    "fpdf2-zebra",
    "operators-encrypted-aes",
    "operators-forms",
    "operators-ocr",
    "operators-rotate-90",
    "operators-words",
    "reportlab-prose",
    "reportlab-releases",
    "reportlab-ruled",
    "reportlab-single",
    "typst-slashes",
    "weasyprint-scripts",
)
RIGHT, ELSEWHERE = "the right rows", "the right rows, under another heading"
ALTERED = "the right rows, but for what is printed otherwise"
PROBLEM, REFUSED = "problems", "refused"
SILENT, TRACEBACK, HANG = "OTHER ROWS, SILENTLY", "A TRACEBACK", "A HANG"

Entry = tuple[int, str, str, str]
"""Page, release, fingerprint and subject."""


class Original(NamedTuple):
    name: str
    data: bytes
    truth: list[Entry]


class Judgement(NamedTuple):
    outcome: str
    detail: str


# --- damage --------------------------------------------------------------------------------------


def flip_bits(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 1, 1, 2, 8))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def overwrite(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 1, 3))):
        at, length = chance.randrange(len(data)), chance.randint(1, 8)
        data[at : at + length] = chance.randbytes(length)


def change_digits(data: bytearray, chance: random.Random) -> None:
    digits = [at for at in range(len(data)) if data[at] in b"0123456789"]
    for at in chance.sample(digits, chance.choice((1, 1, 2, 5))):
        data[at] = chance.choice(b"0123456789")


def delete(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data))
    del data[at : at + chance.choice((1, 2, 5, 20, 100, 500))]


def insert(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data))
    data[at:at] = chance.randbytes(chance.choice((1, 2, 5, 20)))


def repeat(data: bytearray, chance: random.Random) -> None:
    at, start = chance.randrange(len(data)), chance.randrange(len(data))
    data[at:at] = data[start : start + chance.choice((5, 50, 500))]


def truncate(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def swap_blocks(data: bytearray, chance: random.Random) -> None:
    length = chance.choice((1, 2, 8, 40, 200))
    first, second = sorted(chance.sample(range(0, len(data) - length, length), 2))
    one, other = (data[at : at + length] for at in (first, second))
    data[first : first + length], data[second : second + length] = other, one


DAMAGE: Final[tuple[Callable[[bytearray, random.Random], None], ...]] = (
    flip_bits,
    overwrite,
    change_digits,
    delete,
    insert,
    repeat,
    truncate,
    swap_blocks,
)


# --- judgement -----------------------------------------------------------------------------------


class Late(BaseException):
    """A document took too long. No reader catches it."""


@contextmanager
def alarm() -> Iterator[None]:
    def ring(*_: object) -> None:
        raise Late

    signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def entries_of(path: Path, sources: Sequence[Source]) -> list[Entry] | Judgement:
    """All that is read, up to the certificates; in this process, for speed."""
    try:
        extraction = extract(path, limits=None, known=None if sources else {})
    except (DocumentError, MemoryError, RecursionError) as error:  # the guard says the last two
        return Judgement(REFUSED, str(error))
    problems = extraction.problems
    if not problems:
        frame, problems = normalise(extraction.rows)
    if not problems:
        enriched = enrich(frame, sources)
        problems = enriched.problems
    if problems:
        return Judgement(PROBLEM, str(problems[0]))
    columns = ["page", "release", "fingerprint", "subject"]
    return list(enriched.entries[columns].itertuples(index=False, name=None))


def judge(path: Path, original: Original, *, with_catalogue: bool = True) -> Judgement:
    truth = original.truth
    try:
        with alarm(), catalogue_of(is_empty=not with_catalogue) as sources:
            entries = entries_of(path, sources)
    except Late:
        return Judgement(HANG, "")
    except Exception:
        return Judgement(TRACEBACK, traceback.format_exc())
    if isinstance(entries, Judgement):
        return entries
    if not with_catalogue:
        entries, truth = list(map(in_any_order, entries)), list(map(in_any_order, truth))
    if entries == truth:
        return Judgement(RIGHT, "")
    if [(e[0], *e[2:]) for e in entries] == [(e[0], *e[2:]) for e in truth]:
        return Judgement(ELSEWHERE, str({entry[1] for entry in entries}))
    if not with_catalogue and is_as_printed(path, original, entries, truth):
        return Judgement(ALTERED, "")
    wrong = [entry for entry in entries if entry not in truth]
    missing = [entry for entry in truth if entry not in entries]
    return Judgement(SILENT, f"{wrong} instead of {missing}")


def in_any_order(entry: Entry) -> Entry:
    """A row whose name is sorted: only a certificate tells if it begins with its CN."""
    return (*entry[:3], ", ".join(sorted(entry[3].split(", "))))


def is_as_printed(path: Path, original: Original, entries: list[Entry], truth: list[Entry]) -> bool:
    """Whether no row is lost, and what isn't read any more isn't printed any more."""
    try:
        before, now = (printed_in(file) for file in (original.data, path))
    except pypdfium2.PdfiumError:
        return False
    return len(entries) == len(truth) and all(
        before.count("".join(part.split())) > now.count("".join(part.split()))
        for entry, true in zip(entries, truth, strict=True)
        for part in parts_of(true) - parts_of(entry)
    )


def printed_in(file: Path | bytes) -> str:
    """All text of a document, without white space; then its letters and digits alone."""
    with pypdfium2.PdfDocument(file) as pdf:
        text = "".join(page.get_textpage().get_text_bounded() for page in pdf)
    return "".join(text.split()) + "\n" + "".join(filter(str.isalnum, text.lower()))


def parts_of(entry: Entry) -> set[str]:
    """The digits of a row, and each value of its name."""
    return {entry[2], *entry[3].split(", ")}


# --- the test ------------------------------------------------------------------------------------


def originals() -> list[Original]:
    found = []
    for name in PRODUCERS:
        truth = json.loads((CORPUS / f"{name}.truth.json").read_text("utf-8"))
        rows = [
            (each["page"], each["release"] or "", each["fingerprint"], each["subject"])
            for each in truth["entries"]
        ]
        data = (CORPUS / f"{name}.pdf").read_bytes()
        found.append(Original(name, data, rows))
        found.append(Original(f"{name}, unpacked", unpacked(data), rows))
    return found


class Mutants:
    """What each process of the pool needs."""

    originals: list[Original]
    directory: Path

    @classmethod
    def prepare(cls, found: list[Original], directory: Path) -> None:
        cls.originals, cls.directory = found, directory
        ocr.is_installed = lambda: False
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    @classmethod
    def judge(cls, number: int, with_catalogue: bool) -> tuple[str, Judgement]:
        """Make the mutant of this number and see what becomes of it."""
        chance = random.Random(SEED * 1_000_000 + number)
        original = cls.originals[number % len(cls.originals)]
        damage = chance.choice(DAMAGE)
        data = bytearray(original.data)
        damage(data, chance)
        path = cls.directory / f"{number}.pdf"
        path.write_bytes(data)
        judgement = judge(path, original, with_catalogue=with_catalogue)
        if judgement.outcome in (RIGHT, PROBLEM, REFUSED, ALTERED):
            path.unlink()
        return f"{number} ({original.name}, {damage.__name__})", judgement


@pytest.mark.parametrize("with_catalogue", [True, False], ids=list(MUTANTS))
@pytest.mark.parametrize("original", originals(), ids=lambda original: original.name)
def test_undamaged_documents_give_the_right_rows(
    original: Original, with_catalogue: bool, tmp_path: Path
) -> None:
    path = tmp_path / "list.pdf"
    path.write_bytes(original.data)
    judgement = judge(path, original, with_catalogue=with_catalogue)
    assert judgement == Judgement(RIGHT, "")


@pytest.mark.parametrize("catalogue", MUTANTS)
def test_no_damage_changes_rows_silently(
    catalogue: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    count, with_catalogue = MUTANTS[catalogue], catalogue == "with the catalogue"
    work = partial(Mutants.judge, with_catalogue=with_catalogue)
    counts: Counter[str] = Counter()
    failures = []
    with pool(tmp_path) as workers:
        judged = workers.imap_unordered(work, range(count))
        for _ in range(count):
            name, judgement = judged.next(timeout=PATIENCE)
            counts[judgement.outcome] += 1
            if judgement.outcome in (SILENT, TRACEBACK, HANG):
                failures.append(f"{name}: {judgement.outcome}: {judgement.detail}")
    with capsys.disabled():
        lines = [f"{n:6} {outcome}" for outcome, n in counts.most_common()]
        print(f"\n{count} damaged documents, {catalogue}:", *lines, sep="\n", file=sys.stderr)
    assert not failures, "\n".join(failures)


@contextmanager
def pool(directory: Path) -> Iterator[Pool]:
    with get_context("fork").Pool(PROCESSES, Mutants.prepare, (originals(), directory)) as workers:
        yield workers
