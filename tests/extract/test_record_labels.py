"""Records whose labels have a column of their own, level with their values anyhow."""

from __future__ import annotations

import pytest

from pipeline.extract.page import Line, Page, Word
from pipeline.extract.read_pages import steps
from pipeline.extract.reading import alone, gathered
from pipeline.extract.record_labels import with_labels_first
from tests.extract.layout import HEIGHT, SIZE, WIDTH
from tests.extract.unknown_roots import DIGITS

NAMES = [f"C=XX, O=Acme Trust Services, OU=Certification, CN=Acme Root CA {n}" for n in range(1, 7)]
PARTED = ["C=XX, O=Acme Trust", "Services, OU=Certification,", "CN=Acme Root CA {}"]
LEVELS = {"top": 0.0, "middle": 0.5, "bottom": 1.0}
VALUES = 25
"""The column in which values begin."""

Field = tuple[list[str], list[str]]
"""The lines of a label, and of its value."""


def record(number: int, lines: int) -> list[Field]:
    """A root whose subject is broken into so many lines."""
    whole = [line.format(number) for line in PARTED]
    subject = {
        1: [" ".join(whole)],
        2: [whole[0], " ".join(whole[1:])],
        3: whole,
    }[lines]
    return [
        (["Subject:"], subject),
        (["Fingerprint", "(SHA-1):"], [DIGITS[number - 1]]),
        (["Status:"], ["Trusted"]),
    ]


def lines_of(records: list[list[Field]], part: float) -> list[Line]:
    """Records below each other; the lower cell of a field stands at this part of its room."""
    words: dict[float, list[Word]] = {}
    top = 3 * HEIGHT
    for each in records:
        for label, value in each:
            count = max(len(label), len(value))
            for column, texts in ((0, label), (VALUES, value)):
                for n, text in enumerate(texts):
                    y = top + (part * (count - len(texts)) + n) * HEIGHT
                    x = column * WIDTH
                    for word in text.split():
                        words.setdefault(y, []).append(Word(word, x, x + len(word) * WIDTH, y))
                        x += (len(word) + 1) * WIDTH
            top += count * HEIGHT
        top += 0.5 * HEIGHT
    return [Line(held, y, SIZE) for y, held in sorted(words.items())]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("lines", [(3, 1, 3, 2), (1, 3, 3, 1)])
def test_lines_of_a_value_above_its_label(level: str, lines: tuple[int, ...]) -> None:
    records = [record(number, count) for number, count in enumerate(lines, 1)]
    page = Page(1, lines_of(records, LEVELS[level]), [])
    read = gathered(alone(steps([page], {})))
    assert not read.problems
    assert [(row.fingerprint, row.subject) for row in read.rows] == list(
        zip(DIGITS[:4], NAMES[:4], strict=True)
    )


def test_each_label_stands_before_the_first_line_of_its_value() -> None:
    records = [record(1, 3), record(2, 2)]
    lines = with_labels_first(lines_of(records, LEVELS["middle"]))
    assert [line.text for line in lines[:4]] == [
        f"Subject: {PARTED[0]}",
        PARTED[1],
        PARTED[2].format(1),
        f"Fingerprint (SHA-1): {DIGITS[0]}",
    ]


def test_lines_that_may_be_of_either_label_stay_where_they_are() -> None:
    fields: list[Field] = [
        (["Subject:"], ["C=XX, O=Acme Trust", "Services"]),
        (["Issuer:"], ["C=XX, O=Acme Trust", "Services"]),
    ]
    # at the foot these are two lines each; in the middle they may be three and one
    lines = lines_of([fields, fields], LEVELS["bottom"])
    assert [line.text for line in lines][1] == "Subject: Services"
    assert with_labels_first(lines) == lines


def test_a_table_of_two_columns_is_none_of_records() -> None:
    rows: list[Field] = [([DIGITS[n]], [f"CN=Acme Root CA {n}", "and more"]) for n in range(4)]
    lines = lines_of([rows], LEVELS["middle"])
    assert with_labels_first(lines) == lines


def subject_and_digits(number: int, lines: int) -> list[Field]:
    return record(number, lines)[:2]


def read_of(records: list[list[Field]], level: str) -> list[tuple[str, str]]:
    read = gathered(alone(steps([Page(1, lines_of(records, LEVELS[level]), [])], {})))
    assert not read.problems
    return [(row.fingerprint, row.subject) for row in read.rows]


def test_only_the_first_and_the_last_record_have_a_value_of_several_lines() -> None:
    counts = (2, 1, 1, 2)
    records = [record(n, count) for n, count in enumerate(counts, 1)]
    for each in records:
        each[1] = (["SHA-1:"], each[1][1])
    assert read_of(records, "middle") == list(zip(DIGITS[:4], NAMES[:4], strict=True))


def test_no_line_of_a_record_has_a_label_and_a_value() -> None:
    records = [subject_and_digits(n, count) for n, count in enumerate((2, 1, 2, 2, 1), 1)]
    assert read_of(records, "middle") == list(zip(DIGITS[:5], NAMES[:5], strict=True))


@pytest.mark.parametrize("level", LEVELS)
def test_each_line_of_a_label_may_be_one_by_itself(level: str) -> None:
    signature: Field = (["Signature", "Algorithm:"], ["sha256WithRSAEncryption"])
    records = [[signature, *record(n, count)] for n, count in enumerate((2, 1, 3), 1)]
    assert read_of(records, level) == list(zip(DIGITS[:3], NAMES[:3], strict=True))


@pytest.mark.parametrize("level", LEVELS)
def test_a_label_and_its_value_may_both_have_two_lines(level: str) -> None:
    md5: Field = (["Fingerprint", "(MD5):"], ["00112233445566778899aabb", "ccddeeff"])
    sha1 = [(["SHA-1:"], [digits]) for digits in DIGITS]
    records = [[record(n, count)[0], sha1[n - 1], md5] for n, count in enumerate((2, 1, 2, 3), 1)]
    assert read_of(records, level) == list(zip(DIGITS[:4], NAMES[:4], strict=True))


@pytest.mark.parametrize("label", ["#:", "Trust Anchor Id:"])
def test_a_label_that_nobody_knows_is_one_by_its_colon(label: str) -> None:
    records = [[([label], [str(n)]), *record(n, count)] for n, count in enumerate((2, 1, 3), 1)]
    assert read_of(records, "middle") == list(zip(DIGITS[:3], NAMES[:3], strict=True))


@pytest.mark.parametrize("level", LEVELS)
def test_one_record_tells_the_labels_of_others(level: str) -> None:
    """Without colons, ``SHA-1`` and ``Thumbprint`` may be two labels, or one."""

    def fields(number: int, lines: int) -> list[Field]:
        is_broken = lines > 1
        return [
            (
                ["Certificate", "Subject"] if is_broken else ["Certificate Subject"],
                record(number, lines)[0][1],
            ),
            (["SHA-1", "Thumbprint"] if is_broken else ["SHA-1 Thumbprint"], [DIGITS[number - 1]]),
            (["Status"], ["Trusted"]),
        ]

    records = [fields(number, lines) for number, lines in enumerate((1, 2, 1, 3), 1)]
    assert read_of(records, level) == list(zip(DIGITS[:4], NAMES[:4], strict=True))


@pytest.mark.parametrize("level", LEVELS)
def test_records_side_by_side_have_labels_of_their_own(level: str) -> None:
    words: dict[float, list[Word]] = {}
    for column, counts in enumerate([(2, 1, 3), (3, 2, 1)]):
        first = 1 + 3 * column
        records = [record(n, count) for n, count in enumerate(counts, first)]
        for line in lines_of(records, LEVELS[level]):
            x = 110 * WIDTH * column
            moved = [word._replace(x0=word.x0 + x, x1=word.x1 + x) for word in line.words]
            words.setdefault(line.y, []).extend(moved)
    page = Page(1, [Line(held, y, SIZE) for y, held in sorted(words.items())], [])
    read = gathered(alone(steps([page], {})))
    assert not read.problems
    assert [(row.fingerprint, row.subject) for row in read.rows] == list(
        zip(DIGITS, NAMES, strict=True)
    )
