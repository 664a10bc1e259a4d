"""Two readers whose pages are alike share one run of the engine: what is said stays the same."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import zip_longest

import pytest

from pipeline.extract.choose import Known, catalogued
from pipeline.extract.page import Line, Page, TaggedCell, TaggedRow, TaggedTable, Word
from pipeline.extract.read_pages import steps
from pipeline.extract.reading import Reading, gathered, in_step
from pipeline.extract.witness import is_alike, steps_of_both
from tests.extract.random_pages import draw, pages_of

SEEDS = range(1, 13)
KNOWN = catalogued()


def of_both(pages: Sequence[Page], others: Sequence[Page], known: Known) -> Reading:
    return gathered(in_step(steps_of_both(pages, others, known)))


def of_each(pages: Sequence[Page], others: Sequence[Page], known: Known) -> Reading:
    """What two readers say that share nothing."""
    return gathered(in_step(zip_longest(steps(pages, known), steps(others, known))))


def with_words(page: Page, change: Callable[[Word], Word | None]) -> Page:
    """A page whose words are changed, or left out."""
    lines = []
    for line in page.lines:
        if words := [changed for word in line.words if (changed := change(word))]:
            lines.append(Line(words, line.y, line.size))
    return replace(page, lines=lines)


def changed(pages: Sequence[Page], chance: random.Random, text: str | None) -> list[Page]:
    """Pages on one of which one word is another, or missing."""
    number = chance.randrange(len(pages))
    chosen = chance.choice([word for line in pages[number].lines for word in line.words])
    given = None if text is None else chosen._replace(text=text)
    page = with_words(pages[number], lambda word: given if word is chosen else word)
    return [*pages[:number], page, *pages[number + 1 :]]


@pytest.mark.parametrize("known", [KNOWN, {}], ids=["catalogue", "empty"])
@pytest.mark.parametrize("seed", SEEDS)
def test_equal_pages_give_what_each_reader_gives_by_itself(seed: int, known: Known) -> None:
    pages = pages_of(draw(seed))
    assert of_both(pages, pages_of(draw(seed)), known) == of_each(pages, pages, known)


@pytest.mark.parametrize("text", [None, "C=SE,", "0f" * 20], ids=["none", "name", "digits"])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_word_that_one_reader_sees_otherwise_counts_as_if_nothing_were_shared(
    seed: int, text: str | None
) -> None:
    pages = pages_of(draw(seed))
    others = changed(pages, random.Random(seed), text)
    assert of_both(pages, others, KNOWN) == of_each(pages, others, KNOWN)
    assert of_both(others, pages, {}) == of_each(others, pages, {})


@pytest.mark.parametrize("count", [0, 1])
def test_pages_that_one_reader_lacks_are_told(count: int) -> None:
    pages = next(each for seed in SEEDS if len(each := pages_of(draw(seed))) > 2)
    read = of_both(pages, pages[:count], KNOWN)
    assert read == of_each(pages, pages[:count], KNOWN)
    told = [problem.text for problem in read.problems if problem.kind == "readers-disagree"]
    assert f"one reader finds {len(pages)} pages, the other {count}" in told


def test_rows_of_like_pages_are_made_once_and_those_of_others_twice() -> None:
    pages = next(each for seed in SEEDS if len(each := pages_of(draw(seed))) > 2)
    others = [*pages[:-1], with_words(pages[-1], lambda word: word._replace(text=f"{word.text}x"))]
    shared = [one is other for one, other in steps_of_both(pages, others, KNOWN)]
    # the page before the last is read with the last in sight; then come the last rows and the end
    assert shared == [True] * (len(pages) - 2) + [False] * 4


PAGE = Page(1, [Line([Word("0a", 10, 30, 20, 8), Word("CN=A", 40, 60, 20, 8)], 20, 8)], [])
TABLE = TaggedTable(1, (TaggedRow((TaggedCell((PAGE.lines[0].words[0],)),), 7),))


@pytest.mark.parametrize(
    "other",
    [
        with_words(PAGE, lambda word: word._replace(text=word.text.upper())),
        with_words(PAGE, lambda word: word._replace(x0=word.x0 - 0.3)),
        with_words(PAGE, lambda word: word._replace(x1=word.x1 + 0.3)),
        with_words(PAGE, lambda word: word._replace(y=word.y + 0.1)),
        with_words(PAGE, lambda word: word._replace(size=word.size + 0.1)),
        with_words(PAGE, lambda word: word if word.text == "0a" else None),
        replace(PAGE, lines=[], sideways=PAGE.lines),
        replace(PAGE, lines=[Line([word], 20, 8) for word in PAGE.lines[0].words]),
        replace(PAGE, rulings=((0, 5, 90, 5),)),
        replace(PAGE, turned=1),
        replace(PAGE, is_scanned=True),
        replace(PAGE, tagged=(TABLE,)),
        None,
    ],
)
def test_pages_are_not_alike(other: Page | None) -> None:
    assert not is_alike(PAGE, other)
    assert not is_alike(other, PAGE)


def test_rules_and_cells_count() -> None:
    ruled = replace(PAGE, rulings=((0, 5, 90, 5),), tagged=(TABLE,))
    assert not is_alike(ruled, replace(ruled, rulings=((0, 8, 90, 8),)))
    cells = TABLE.rows[0].cells
    header = TABLE._replace(rows=(TaggedRow((cells[0]._replace(is_header=True),), 7),))
    assert not is_alike(ruled, replace(ruled, tagged=(header,)))
    assert is_alike(ruled, replace(ruled, rulings=((0, 5.5, 90, 5.5),)))


def test_widths_that_readers_know_with_more_or_less_care_are_alike() -> None:
    assert is_alike(PAGE, with_words(PAGE, lambda word: word._replace(x1=word.x1 + 0.1)))
    assert is_alike(None, None)
