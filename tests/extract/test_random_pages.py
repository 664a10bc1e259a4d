"""Lists drawn at random: what makes them, what judges them, and what is read of them."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.extract.document import Problem
from tests.extract import random_pdfs
from tests.extract.random_judge import Judgement, Read, Total, judge, judged, read_pages
from tests.extract.random_lists import SHAPES, Entry, List, Roots, Shape, draw
from tests.extract.random_pages import pages_of, typed

SEEDS = range(100)


def squeezed(text: str) -> str:
    return re.sub(r"[^0-9a-z]", "", text.lower())


# --- what is drawn -------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
def test_a_seed_is_a_list(shape: Shape) -> None:
    first, again = draw(7, shape=shape), draw(7, shape=shape)
    assert first == again
    assert typed(pages_of(first)) == typed(pages_of(again))
    assert first != draw(8, shape=shape)


def test_every_word_of_a_row_is_printed_and_its_fingerprint_begins_on_its_page() -> None:
    for seed in SEEDS:
        drawn = draw(seed)
        pages = pages_of(drawn)
        words = {word.text for page in pages for line in page.lines for word in line.words}
        joined = [squeezed("".join(w.text for line in p.lines for w in line.words)) for p in pages]
        assert drawn.entries
        for entry in drawn.entries:
            assert entry.root.fingerprint[:8] in joined[entry.page - 1]
            printed = " ".join(words)
            name = filter(str.isalnum, entry.root.value("CN").split())
            assert all(word in printed for word in name)


def test_no_two_words_stand_on_each_other() -> None:
    for seed in SEEDS:
        for page in pages_of(draw(seed)):
            for line in page.lines:
                ends = zip(line.words, line.words[1:], strict=False)
                assert all(left.x1 < right.x0 for left, right in ends), (seed, line.text)


def test_a_list_holds_each_root_once_a_release() -> None:
    for seed in SEEDS:
        entries = [entry for entry in draw(seed).entries if not entry.is_removed]
        assert len({(entry.release, entry.root.fingerprint) for entry in entries}) == len(entries)


def test_what_can_be_told() -> None:
    told = {draw(seed).can_be_told(with_catalogue=True) for seed in SEEDS}
    assert told == {True, False}
    for seed in range(500):
        drawn = draw(seed, roots="unknown")
        assert drawn.can_be_told(with_catalogue=True) == drawn.can_be_told(with_catalogue=False)


# --- what is judged ------------------------------------------------------------------------------


def sample() -> tuple[List, list[Read]]:
    """A list, and what is to be read of it."""
    drawn = next(each for each in map(draw, SEEDS) if len(each.entries) > 4 and told(each))
    pages_of(drawn)
    return drawn, list(map(right, drawn.entries))


def told(drawn: List) -> bool:
    return not any(entry.is_removed for entry in drawn.entries)


def right(entry: Entry) -> Read:
    root = entry.root
    sha256 = root.sha256 if entry.prints_sha256 else ""
    return Read(entry.page, entry.release, root.fingerprint, sha256, root.canonical)


def counts(judgement: Judgement) -> tuple[int, int, int, int]:
    silent, extra = len(judgement.silent), len(judgement.extra)
    return judgement.exact, judgement.reported, silent, extra


def test_right_rows_are_exact() -> None:
    drawn, read = sample()
    assert counts(judge(drawn, read, [])) == (len(read), 0, 0, 0)


def test_a_row_that_is_missing_is_silent_unless_a_problem_names_it() -> None:
    drawn, read = sample()
    count, lost = len(read) - 1, drawn.entries[0]
    assert counts(judge(drawn, read[1:], [])) == (count, 0, 1, 0)
    elsewhere = Problem("unaccounted-text", lost.page + 5, "something else")
    assert counts(judge(drawn, read[1:], [elsewhere])) == (count, 0, 1, 0)
    digits = Problem("missing-subject", lost.page + 5, lost.root.fingerprint.upper())
    assert counts(judge(drawn, read[1:], [digits])) == (count, 1, 0, 0)
    on_page = Problem("unaccounted-text", lost.page, "something on that page")
    assert counts(judge(drawn, read[1:], [on_page])) == (count, 1, 0, 0)


@pytest.mark.parametrize(
    "wrong",
    [{"subject": "C=XX, CN=Other"}, {"page": 9}, {"fingerprint_sha256": "0" * 64}],
    ids=str,
)
def test_a_row_that_is_wrong_is_silent_unless_a_problem_names_it(wrong: dict[str, str]) -> None:
    drawn, read = sample()
    drawn.entries[0].prints_sha256 = True
    first = drawn.entries[0]
    read[0] = right(first)._replace(**wrong)
    assert counts(judge(drawn, read, [])) == (len(read) - 1, 0, 1, 0)
    on_page = Problem("unaccounted-text", first.page, "something on that page")
    assert counts(judge(drawn, read, [on_page])) == (len(read) - 1, 0, 1, 0)
    named = Problem("subject-mismatch", first.page, first.root.fingerprint)
    assert counts(judge(drawn, read, [named])) == (len(read) - 1, 1, 0, 0)


def test_digits_that_are_no_fingerprint_are_extra() -> None:
    drawn, read = sample()
    key_id = read[0]._replace(fingerprint="f" * 40)
    assert counts(judge(drawn, [*read, key_id], [])) == (len(read), 0, 0, 1)
    assert counts(judge(drawn, [key_id, *read[1:]], [])) == (len(read) - 1, 0, 1, 1)


def test_a_row_read_twice_is_extra() -> None:
    drawn, read = sample()
    assert counts(judge(drawn, [*read, read[0]], [])) == (len(read), 0, 0, 1)


def test_an_extra_row_of_a_sha256_alone_is_extra() -> None:
    drawn, read = sample()
    other = read[0]._replace(fingerprint="", fingerprint_sha256="e" * 64)
    elsewhere = Problem("unaccounted-text", 1, read[0].subject)
    assert counts(judge(drawn, [*read, other], [elsewhere])) == (len(read), 0, 0, 1)
    named = Problem("unaccounted-text", 1, "E" * 64)
    assert counts(judge(drawn, [*read, other], [named])) == (len(read), 0, 0, 0)


def test_a_removed_row_must_not_be_read() -> None:
    drawn, read = sample()
    drawn.entries[0] = replace(drawn.entries[0], is_removed=True)
    assert counts(judge(drawn, read, [])) == (len(read) - 1, 0, 1, 0)
    named = Problem("unaccounted-text", 9, drawn.entries[0].root.fingerprint)
    assert counts(judge(drawn, read[1:], [named])) == (len(read) - 1, 1, 0, 0)


# --- what is read --------------------------------------------------------------------------------

PARTS = 8
LISTS = int(os.environ.get("LISTS", "1200"))
"""About 2,000 pages; so many of each kind again without a catalogue, of known roots a fourth."""
FLOOR = 0.95


def total_of(seeds: range, roots: Roots | None, *, with_catalogue: bool) -> tuple[Total, list[str]]:
    """What is read of lists that can be told, and what is silent in any."""
    told, silent = Total(), []
    for seed in seeds:
        drawn = draw(seed, roots=roots)
        entries, problems = read_pages(pages_of(drawn), with_catalogue=with_catalogue)
        judgement = judge(drawn, entries, problems)
        if drawn.can_be_told(with_catalogue=with_catalogue):
            told.add(judgement)
        silent += [f"seed {seed}: {each}" for each in (*judgement.silent, *judgement.extra)]
    return told, silent


LOWEST, MOST_SILENT = 0.94, 0.005
"""Of the rows that can be told: what is reached already, and must not be lost again."""


@pytest.mark.parametrize("with_catalogue", [True, False], ids=["catalogue", "unknown"])
def test_rows_are_read_no_worse_than_before(with_catalogue: bool) -> None:
    roots: Roots | None = None if with_catalogue else "unknown"
    told, silent = total_of(range(LISTS // 20), roots, with_catalogue=with_catalogue)
    assert told.exact >= LOWEST * told.rows, str(told)
    assert len(silent) <= MOST_SILENT * told.rows, "\n".join(silent)


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize(
    ("with_catalogue", "roots"), [(True, None), (False, "unknown")], ids=["catalogue", "unknown"]
)
def test_rows_are_right_or_reported(with_catalogue: bool, roots: Roots | None, part: int) -> None:
    count = LISTS // PARTS // (1 if with_catalogue else 3)
    seeds = range(part * 10_000, part * 10_000 + count)
    told, silent = total_of(seeds, roots, with_catalogue=with_catalogue)
    assert not silent, "\n".join(silent)
    assert told.exact >= FLOOR * told.rows, str(told)


@pytest.mark.parametrize(
    ("seed", "shape", "roots"),
    [
        (221_000, "lines", "unknown"),
        (221_118, "table", "mixed"),
        (300_001, "beside", "unknown"),
        (300_738, "table", "mixed"),
        (301_159, "table", "mixed"),
    ],
)
def test_lists_that_were_read_wrongly_once_are_right_or_reported(
    seed: int, shape: Shape, roots: Roots
) -> None:
    drawn = draw(seed, shape=shape, roots=roots)
    silent = judged(drawn, "pages", Path(), with_catalogue=roots != "unknown").silent
    assert not silent


@pytest.mark.parametrize("seed", [960_009, 960_028])
def test_printed_lists_that_were_read_wrongly_once_are_right_or_reported(
    seed: int, tmp_path: Path
) -> None:
    if "reportlab" not in random_pdfs.available():
        pytest.skip("needs reportlab, and the font DejaVu Sans")
    drawn = draw(seed, roots="unknown")
    assert not judged(drawn, "reportlab", tmp_path / "list.pdf", with_catalogue=False).silent


@pytest.mark.parametrize("producer", list(random_pdfs.PRINTERS))
def test_rows_of_printed_lists_are_right_or_reported(producer: str, tmp_path: Path) -> None:
    if producer not in random_pdfs.available():
        pytest.skip(f"needs {producer}, and the font DejaVu Sans")
    told, silent = Total(), []
    for seed in range(900_000, 900_000 + LISTS // (200 if producer == "chromium" else 60)):
        drawn = draw(seed)
        judgement = judged(drawn, producer, tmp_path / f"{seed}.pdf", with_catalogue=True)
        if drawn.can_be_told(with_catalogue=True):
            told.add(judgement)
        silent += [f"seed {seed}: {each}" for each in (*judgement.silent, *judgement.extra)]
    assert not silent, "\n".join(silent)
    assert told.exact >= FLOOR * told.rows, str(told)
