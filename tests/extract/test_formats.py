"""Trust lists in plain text and CSV."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from pipeline.extract import extract
from pipeline.extract.document import Problem, Row
from pipeline.extract.formats import delimited, text
from pipeline.extract.read_pages import steps
from pipeline.extract.reading import alone, gathered

EXTERNAL = "02faf3e291435468607857694df5e45b68851868"
CLASS_1 = "ccab0ea04c2301d6697bdd379fcd12eb24e3949d"
SHA256 = "687fa451382278fff0c8b11f8d43d576671c6eb2bceab413fb83d965d06d2ff2"
NAME = "C=SE, O=AddTrust AB, CN=AddTrust External CA Root"
OTHER = "C=SE, O=AddTrust AB, CN=AddTrust Class 1 CA Root"


def rows(content: str) -> tuple[list[Row], list[Problem]]:
    read = delimited.read(content.encode())
    assert read is not None
    reading = gathered(alone(steps(read.pages)))
    return reading.rows, reading.problems


@pytest.mark.parametrize(
    "data",
    [
        "O=Türktrust".encode(),
        codecs.BOM_UTF8 + "O=Türktrust".encode(),
        "O=Türktrust".encode("utf-16"),
        codecs.BOM_UTF16_BE + "O=Türktrust".encode("utf-16-be"),
        "O=Türktrust".encode("latin-1"),
    ],
    ids=["UTF-8", "UTF-8 with mark", "UTF-16", "UTF-16 BE", "ISO 8859-1"],
)
def test_encodings(data: bytes) -> None:
    assert text.decode(data) == "O=Türktrust"


def test_dashes_and_quotes_as_excel_writes_them() -> None:
    assert text.decode(b"\x93Root\x94 \x96 CA") == "“Root” – CA"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_that_which_sets_fingerprints_apart(delimiter: str) -> None:
    content = f'{EXTERNAL}{delimiter}"{NAME}"\n{CLASS_1}{delimiter}"{OTHER}"\n'
    assert delimited.delimiter_of(content) == delimiter


@pytest.mark.parametrize(
    "content",
    [
        f"{EXTERNAL}  {NAME}\n{CLASS_1}  {OTHER}\n",
        f"{EXTERNAL}\n{NAME}\n",
        "",
        "a,b\n1,2\n",
        f"{EXTERNAL}, {NAME}\n{CLASS_1}, C=SE\n",  # commas of the names, not of a table
    ],
)
def test_other_texts_have_none(content: str) -> None:
    assert delimited.delimiter_of(content) == ""


def test_cells_are_told_by_what_they_hold() -> None:
    found, problems = rows(f'1,"{NAME}",2020-05-30,{EXTERNAL}\n2,"{OTHER}",2020-05-30,{CLASS_1}\n')
    assert [(row.fingerprint, row.subject) for row in found] == [
        (EXTERNAL, NAME),
        (CLASS_1, OTHER),
    ]
    assert problems == []


def test_titles_tell_subject_from_issuer_and_fingerprint_from_key() -> None:
    found, _ = rows(
        "Key identifier,Fingerprint,Issuer,Subject\n"
        f'{CLASS_1},{EXTERNAL},"{OTHER}","{NAME}"\n'
        f'{EXTERNAL},{CLASS_1},"{NAME}","{OTHER}"\n'
    )
    assert [(row.fingerprint, row.subject) for row in found] == [
        (EXTERNAL, NAME),
        (CLASS_1, OTHER),
    ]


def test_release_and_sha256_have_columns_of_their_own() -> None:
    found, _ = rows(
        "Firmware,SHA-1,SHA-256,Subject\n"
        f'12.7(1),{EXTERNAL},{SHA256},"{NAME}"\n'
        f'12.8(1),{CLASS_1},,"{OTHER}"\n'
    )
    assert [(row.release, row.fingerprint_sha256) for row in found] == [
        ("12.7(1)", SHA256),
        ("12.8(1)", ""),
    ]


def test_a_release_above_the_table_is_that_of_all_rows() -> None:
    found, _ = rows(f'Firmware release 12.7(1),\n{EXTERNAL},"{NAME}"\n{CLASS_1},"{OTHER}"\n')
    assert [row.release for row in found] == ["12.7(1)", "12.7(1)"]


def test_a_quoted_cell_may_have_lines() -> None:
    found, _ = rows(f'{EXTERNAL},"C=SE,\nO=AddTrust AB,\nCN=AddTrust External CA Root"\n')
    assert [row.subject for row in found] == [NAME]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (f'{CLASS_1[:-1]},"{OTHER}"', "malformed-fingerprint"),
        (f'{CLASS_1}0,"{OTHER}"', "malformed-fingerprint"),
        (f'{CLASS_1.replace("0", "O", 1)},"{OTHER}"', "malformed-fingerprint"),
        (f"{CLASS_1},", "missing-subject"),
        (f',"{OTHER}"', "unaccounted-text"),
    ],
)
def test_a_bad_line_is_a_problem_and_the_others_are_rows(line: str, kind: str) -> None:
    third = f'd1eb23a46d17d68fd92564c2f1f1601764d8e349,"{NAME}"'
    found, problems = rows(f'Fingerprint,Subject\n{EXTERNAL},"{NAME}"\n{line}\n{third}\n')
    assert [row.fingerprint for row in found] == [EXTERNAL, third[:40]]
    assert [problem.kind for problem in problems] == [kind]
    assert problems[0].hint


@pytest.mark.parametrize("cell", ['="{}"', '"=""{}"""'])
def test_digits_that_excel_is_to_keep_as_they_are(cell: str) -> None:
    lines = [
        f'{cell.format(digits)},"{name}"\n' for digits, name in ((EXTERNAL, NAME), (CLASS_1, OTHER))
    ]
    found, problems = rows(f"SHA-1,Subject\n{''.join(lines)}")
    assert [(row.fingerprint, row.subject) for row in found] == [(EXTERNAL, NAME), (CLASS_1, OTHER)]
    assert problems == []


def test_notes_below_the_table_are_none() -> None:
    found, problems = rows(f'{EXTERNAL},"{NAME}"\n{CLASS_1},"{OTHER}"\nEnd of the list,\n')
    assert len(found) == 2
    assert problems == []


# --- plain text ------------------------------------------------------------------------------


def test_form_feeds_part_pages() -> None:
    pages = list(text.pages_of("one\ftwo\nthree"))
    assert [(page.number, [line.text for line in page.lines]) for page in pages] == [
        (1, ["one"]),
        (2, ["two", "three"]),
    ]


def test_rules_drawn_with_characters_are_no_text() -> None:
    (page,) = text.pages_of("Fingerprint   Subject\n-----------+-------\n===========\nrow")
    assert [line.text for line in page.lines] == ["Fingerprint Subject", "row"]


def test_a_tab_is_a_gutter_however_little_it_moves() -> None:
    (page,) = text.pages_of(f"{EXTERNAL[:-1]}\tC=SE")
    first, second = page.lines[0].words
    assert second.x0 - first.x1 > page.lines[0].size / 2


@pytest.mark.parametrize(
    ("title", "release"),
    [
        ("RoomOS 11.14.2.3", "RoomOS 11.14.2.3"),
        ("Cisco Expressway X14.0.3 trusted CAs", "X14.0.3"),
        ("Section 17.6.1a", ""),
        ("2021-12", ""),
    ],
)
def test_a_title_may_name_the_release_of_another_product(title: str, release: str) -> None:
    found, _ = rows(f'{title}\n{EXTERNAL},"{NAME}"\n{CLASS_1},"{OTHER}"\n')
    assert [row.release for row in found] == [release] * 2


def test_a_release_of_another_product_in_a_sentence_is_not_that_of_the_list() -> None:
    found, _ = rows(
        "Trust list of firmware 12.7(1)\n"
        "Phones that register through Expressway X14.0.3 have it.\n"
        f'{EXTERNAL},"{NAME}"\n{CLASS_1},"{OTHER}"\n'
    )
    assert {row.release for row in found} == {"12.7(1)"}


@pytest.mark.parametrize("count", [1, 3])
def test_a_line_that_begins_with_a_tab_is_no_row_of_a_table(count: int) -> None:
    """So does `keytool -list -v` print digests."""
    record = (
        f"Alias name: a\nOwner: {NAME}\nFingerprints:\n\tSHA1: {EXTERNAL}\n\tSHA256: {SHA256}\n"
    )
    assert delimited.delimiter_of(f"{record}Version: 3\n" * count) == ""


def test_a_table_with_tabs_may_stand_below_some_lines() -> None:
    above = "Trusted certificates\n\nPhones have these.\nSee below.\n\n"
    content = f"{above}SHA-1\tSubject\n{EXTERNAL}\t{NAME}\n{CLASS_1}\t{OTHER}\n"
    assert delimited.delimiter_of(content) == "\t"


@pytest.mark.parametrize(
    "name", ["Root CA 01", "CA - G2", "Common CA 2", "Digital 2048", "DE CA 3", "Root, Inc. (2006)"]
)
def test_a_label_is_whole(name: str) -> None:
    """Numbers and ``CA``, whose letters are hex digits, are of a name; dates beside it aren't."""
    lines = [
        f"{at}. {digits}  {name} {at}  2030-01-0{at}\n"
        for at, digits in enumerate((EXTERNAL, CLASS_1), 1)
    ]
    reading = gathered(alone(steps(text.pages_of("".join(lines)), {})))
    assert [row.subject for row in reading.rows] == [f"{name} 1", f"{name} 2"]


@pytest.mark.parametrize("parted", [" ", "  ", " - ", "  |  ", " (SHA-1 ", " (fingerprint "])
def test_a_number_that_ends_a_label_before_digits_is_of_it(parted: str) -> None:
    names = ["Root CA - G2", "Root CA 01", "Common CA 2048"]
    digits = [f"0badf00{at}" * 5 for at in range(len(names))]
    end = ")" if "(" in parted else ""
    lines = "".join(f"{a}{parted}{b}{end}\n" for a, b in zip(names, digits, strict=True))
    reading = gathered(alone(steps(text.pages_of(lines), {})))
    assert ([row.subject for row in reading.rows], reading.problems) == (names, [])


def test_names_without_quotes_are_whole(tmp_path: Path) -> None:
    one, two = ("0badc0de" * 5, "C=XX, O=Nobody, Inc., CN=Root"), ("5eedc0de" * 5, "O=Some, CN=R")
    for titles, order in (("SHA1,Subject,Until", 1), ("Subject,SHA1,Until", -1)):
        lines = [",".join([*(digits, name)[::order], "2030"]) for digits, name in (one, two)]
        path = tmp_path / "list.csv"
        path.write_text("\n".join([titles, *lines, ""]))
        found = extract(path, limits=None, known={})
        assert [(row.fingerprint, row.subject) for row in found.rows] == [one, two]
        assert found.problems == []
