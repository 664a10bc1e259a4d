"""Columns of tables as printers set them: hardly parted, level in the middle, below headings."""

from __future__ import annotations

import pytest

from pipeline.extract.blocks import Title
from pipeline.extract.column_titles import merged, titles_of
from pipeline.extract.document import Row
from pipeline.extract.page import Line, Page
from pipeline.extract.read_pages import steps
from pipeline.extract.reading import Reading, alone, gathered
from pipeline.extract.sorting import Sorter
from tests.extract.layout import COURIER, lines_of, read
from tests.extract.unknown_roots import DIGITS, NAMES

AMID = [f"OU={unit}, CN=Acme" for unit in ("A", "Unit", "B", "Uni", "U")]
INDENT = 42


def pairs(rows: list[Row]) -> list[tuple[str, str]]:
    return [(row.fingerprint, row.subject) for row in rows]


def in_the_middle(names: list[str], width: int) -> list[str]:
    """Names of three lines, with the digits and a key beside the second."""
    typed: list[str] = []
    for digits, name in zip(DIGITS, names, strict=False):
        typed += [
            f"{'':{INDENT}}C=XX, O=Acme Co.,",
            f"{digits:{INDENT}}{name:<{width}}RSA",
            f"{'':{INDENT}}High Root CA",
            "",
        ]
    return typed


def subjects(names: list[str]) -> list[tuple[str, str]]:
    whole = (f"C=XX, O=Acme Co., {name} High Root CA" for name in names)
    return list(zip(DIGITS, whole, strict=False))


def read_close(typed: list[str]) -> Reading:
    """What is read of lines a little more than half as far apart as those of a text are."""
    lines = [
        Line([word._replace(y=0.6 * word.y) for word in line.words], 0.6 * line.y, line.size)
        for line in lines_of(*typed)
    ]
    return gathered(alone(steps([Page(1, lines, [])], {})))


def test_a_column_of_words_a_space_behind_the_longest_name_is_none_of_names() -> None:
    width = max(map(len, AMID)) + 2
    rows, problems = read(in_the_middle(AMID, width), width=COURIER)
    assert not problems
    assert pairs(rows) == subjects(AMID)


@pytest.mark.parametrize("typed", ["{0} {1}", "{1}  {0}"])
@pytest.mark.parametrize("name", ["{} Root CA", "{} Root CA 1", "{} CA - G1"])
def test_words_below_each_other_in_names_of_one_length_are_no_column(typed: str, name: str) -> None:
    names = [f"C=XX, CN={name.format(word)}" for word in ("Alpha", "Bravo", "Delta", "Gamma")]
    lines = [typed.format(*row) for row in zip(DIGITS, names, strict=False)]
    rows, problems = read(lines, width=COURIER)
    assert not problems
    assert pairs(rows) == list(zip(DIGITS, names, strict=False))


def test_such_a_column_may_begin_the_lines_between_those_of_names() -> None:
    typed: list[str] = []
    for number, digits in enumerate(DIGITS[:4], 1):
        typed += [
            "C=XX, O=Acme Trust Services and Certification",
            f"{'':46}Active    {digits}",
            f"Authority, CN=Acme Certification Root {number}",
            "",
            "",
        ]
    found = read_close(typed)
    names = [
        "C=XX, O=Acme Trust Services and Certification Authority, "
        f"CN=Acme Certification Root {number}"
        for number in range(1, 5)
    ]
    assert not found.problems
    assert pairs(found.rows) == list(zip(DIGITS, names, strict=False))


def test_a_row_read_again_by_itself_is_not_believed_if_it_reads_otherwise() -> None:
    """The last row of a page may go on on the next: by itself nothing tells its columns."""
    names = [*AMID, "OU=Unit Two, CN=Acme"]
    after = ["   The list has ended, and what follows is no part of it; it is here to be read."]
    typed = in_the_middle(names, len(names[-1]) + 1)
    rows, problems = read(typed, after, width=COURIER)
    assert set(pairs(rows)) <= set(subjects(names))
    assert len(rows) == len(names) - 1
    assert DIGITS[5] in problems[0].text


def test_a_sha256_whose_lines_stand_around_those_of_its_row() -> None:
    sha256 = [f"{number}feedc0de5eed0ff" * 4 for number in range(1, 5)]
    typed = [f"{'Fingerprint (SHA-1)':24}{'Subject':24}SHA-256", "", ""]
    for digits, name, other in zip(DIGITS, NAMES, sha256, strict=False):
        owner, own = name.rsplit(" ", 4)[0], " ".join(name.rsplit(" ", 4)[1:])
        typed += [
            f"{'':48}{other[:28]}",
            f"{digits[:20]:24}{owner}",
            f"{'':48}{other[28:56]}",
            f"{digits[20:]:24}{own}",
            f"{'':48}{other[56:]}",
            "",
            "",
        ]
    found = read_close(typed)
    assert not found.problems
    assert pairs(found.rows) == list(zip(DIGITS, NAMES, strict=False))[:4]
    assert [row.fingerprint_sha256 for row in found.rows] == sha256


def test_a_heading_above_titles_is_none_and_joins_no_two_of_them() -> None:
    heading, titles = lines_of(
        "Trusted certificate authorities of our own",
        "Fingerprint (SHA-1)   Subject Key Identifier   Subject",
    )
    above = Title(heading.text, heading.words[0].x0, heading.words[-1].x1, "owner")
    found = merged([[above], titles_of(titles)])
    assert [title.role for title in found] == ["sha1", "key", "subject"]


def test_headings_of_two_releases_above_titles_are_none() -> None:
    lines = lines_of(
        "Firmware 12.8(1)                          Firmware Release 14.0(1)",
        "Subject           SHA-1 Fingerprint       Subject          SHA-1 Fingerprint",
        f"CN=Acme  {DIGITS[0]}                      CN=Acme Two {DIGITS[1]}",
    )
    sorter = Sorter()
    done = sorter.sort(Page(1, lines, []), ({}, {}))
    assert done.section.is_shared
    assert [title.text for title in sorter.titles][:2] == ["Subject", "SHA-1 Fingerprint"]


def test_digits_with_colons_end_before_a_number_that_begins_the_next_column() -> None:
    typed = []
    for number, digits in enumerate(DIGITS[:4]):
        byte = [digits[at : at + 2].upper() for at in range(0, 40, 2)]
        one, two = ":".join(byte[:10]) + ":", ":".join(byte[10:])
        typed += [
            f"{'':31}C=XX, O=Acme, OU=(c)",
            f"{one} 2006 Acme, CN=Acme",
            f"{two}  Root CA {number}",
            "",
        ]
    rows, problems = read(typed)
    assert not problems
    assert pairs(rows) == [
        (digits, f"C=XX, O=Acme, OU=(c) 2006 Acme, CN=Acme Root CA {number}")
        for number, digits in enumerate(DIGITS[:4])
    ]
