"""Which of several columns or readings is believed, with certificates and without."""

from __future__ import annotations

import hashlib

import pytest

from pipeline.extract.document import Problem, Row
from pipeline.extract.page import Page
from pipeline.extract.read_pages import steps
from pipeline.extract.reading import alone, gathered
from tests.extract.layout import lines_of

NAMES = {
    "02faf3e291435468607857694df5e45b68851868": (
        "C=SE, O=AddTrust AB, OU=AddTrust External TTP Network, CN=AddTrust External CA Root"
    ),
    "ccab0ea04c2301d6697bdd379fcd12eb24e3949d": (
        "C=SE, O=AddTrust AB, OU=AddTrust TTP Network, CN=AddTrust Class 1 CA Root"
    ),
    "cabd2a79a1076a31f21d253635cb039d4329a5e8": (
        "C=US, O=Internet Security Research Group, CN=ISRG Root X1"
    ),
    "b1bc968bd4f49d622aa89a81f2150152a41d829c": (
        "C=BE, O=GlobalSign nv-sa, OU=Root CA, CN=GlobalSign Root CA"
    ),
}
FOUR = list(NAMES.items())


def serial(digits: str) -> str:
    """A serial number of forty digits."""
    return hashlib.sha1(b"serial" + digits.encode()).hexdigest()


def read(*lines: str, with_catalogue: bool) -> tuple[list[Row], list[Problem]]:
    page = Page(1, lines_of(*lines), [])
    reading = gathered(alone(steps([page], None if with_catalogue else {})))
    return reading.rows, reading.problems


ROWS = [f"{serial(digits)}  {digits}  {name}" for digits, name in FOUR]


def test_of_two_untitled_columns_the_one_that_certificates_know_is_taken() -> None:
    rows, problems = read(*ROWS, with_catalogue=True)
    assert [(row.fingerprint, row.subject) for row in rows] == FOUR
    assert problems == []


def test_where_nothing_decides_neither_is_taken_and_each_is_told() -> None:
    rows, problems = read(*ROWS, with_catalogue=False)
    assert rows == []
    told = " ".join(problem.text for problem in problems)
    assert all(digits in told for digits in NAMES)


def test_what_certificates_decide_of_one_table_is_not_decided_of_another() -> None:
    name = "C=SE, O=Acme, CN=Acme Root"
    gap = 16 * " "  # so that the columns stand elsewhere
    others = [f"{serial(f'{n}')}{gap}{serial(f'{n} b')}{gap}{name} {n}" for n in range(3)]
    rows, problems = read("Release 12.7", *ROWS, "Release 12.8", *others, with_catalogue=True)
    told = " ".join(problem.text for problem in problems)
    taken = {row.fingerprint: row.subject for row in rows}
    assert {digits: taken.pop(digits) for digits in NAMES} == NAMES
    assert taken == {serial(f"{n} b"): f"{name} {n}" for n in range(3)} or all(
        serial(f"{n} b") in told or f"{name} {n}" in told for n in range(3)
    )


@pytest.mark.parametrize("with_catalogue", [True, False])
@pytest.mark.parametrize("title", ["Serial number", "Subject Key Identifier", "Key ID", "SKI"])
def test_a_title_says_what_a_column_is(title: str, with_catalogue: bool) -> None:
    header = f"{title:40}  {'SHA-1':40}  Subject"
    rows, problems = read(header, *ROWS, with_catalogue=with_catalogue)
    assert [(row.fingerprint, row.subject) for row in rows] == FOUR
    assert problems == []


@pytest.mark.parametrize("with_catalogue", [True, False])
def test_a_misprinted_subject_stays_as_it_is_printed(with_catalogue: bool) -> None:
    digits, name = FOUR[0]
    other = name.replace("AddTrust AB", "AddTrust BA")
    lines = [f"{digits}  {other}", *(f"{each}  {text}" for each, text in FOUR[1:])]
    rows, _ = read(*lines, with_catalogue=with_catalogue)
    assert [(row.fingerprint, row.subject) for row in rows] == [(digits, other), *FOUR[1:]]
