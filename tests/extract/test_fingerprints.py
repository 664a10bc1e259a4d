"""What is a fingerprint, in any dress, and what only looks like one."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.fingerprints import Fingerprint, digits_of, pieces_of
from pipeline.extract.tokens import tokens_of
from pipeline.extract.wrapped_digits import Neighbours, fingerprints_of
from tests.extract.layout import lines_of

SHA1 = "02faf3e291435468607857694df5e45b68851868"
OTHER = "ccab0ea04c2301d6697bdd379fcd12eb24e3949d"
SHA256 = "687fa451382278fff0c8b11f8d43d576671c6eb2bceab413fb83d965d06d2ff2"
COLONS = "02:FA:F3:E2:91:43:54:68:60:78:57:69:4D:F5:E4:5B:68:85:18:68"  # as OpenSSL prints it


def found(*rows: str) -> list[Fingerprint]:
    lines = lines_of(*rows)
    pieces = [pieces_of(index, line) for index, line in enumerate(lines)]
    return fingerprints_of(lines, pieces, Neighbours())


def digits(*rows: str) -> list[str]:
    return [fingerprint.digits for fingerprint in found(*rows)]


@pytest.mark.parametrize(
    "rows",
    [
        [SHA1],
        [SHA1.upper()],
        [COLONS],
        ["0x" + SHA1],
        ["SHA1 Fingerprint=" + COLONS],
        ["SHA-1: " + SHA1],
        ["(" + SHA1 + ")"],
        ["02faf3e2 91435468 60785769 4df5e45b 68851868"],
        ["02fa f3e2 9143 5468 6078 5769 4df5 e45b 6885 1868"],
        ["02 fa f3 e2 91 43 54 68 60 78 57 69 4d f5 e4 5b 68 85 18 68"],
        ["02-FA-F3-E2-91-43-54-68-60-78-57-69-4D-F5-E4-5B-68-85-18-68"],
        ["02faf3e2914354686078", "57694df5e45b68851868"],
        ["02faf3e29143546860785769", "4df5e45b68851868"],
        ["02faf3e291435", "4686078576", "94df5e45b68851868"],
        ["02faf3e29143546860785769", "4df5e45b6885", "1868"],
        ["02:FA:F3:E2:91:43:54:68:60:78:", "57:69:4D:F5:E4:5B:68:85:18:68"],
        ["02:FA:F3:E2:91:43:54:68:60:78", ":57:69:4D:F5:E4:5B:68:85:18:68"],
        ["02fa f3e2 9143 5468 6078", "5769 4df5 e45b 6885 1868"],
    ],
    ids=str,
)
def test_one_fingerprint_in_any_dress(rows: list[str]) -> None:
    (fingerprint,) = found(*rows)
    assert fingerprint.digits == SHA1
    assert fingerprint.is_sound


def test_it_runs_on_from_the_end_of_a_line_to_the_start_of_the_next() -> None:
    assert digits(
        "O=AddTrust AB, CN=AddTrust External CA Root 02faf3e291435468",
        "607857694df5e45b68851868 and further text",
    ) == [SHA1]


def test_a_line_of_digits_goes_on_no_further_to_the_left_than_a_paragraph() -> None:
    other_column = [f"{'':40}{OTHER}", SHA256[:24], SHA256[24:]]
    assert digits(*other_column) == [OTHER, SHA256]


def test_one_below_the_other_are_two() -> None:
    assert digits(SHA1, OTHER) == [SHA1, OTHER]


def test_two_that_wrap_alike_are_told_apart() -> None:
    half = 20
    rows = [SHA1[:half], SHA1[half:], OTHER[:half], OTHER[half:]]
    assert digits(*rows) == [SHA1, OTHER]


@pytest.mark.parametrize(
    "rows",
    [
        [f"{SHA1}   {SHA256}"],
        [SHA1, SHA256],
        [SHA1, SHA256[:32], SHA256[32:]],
        [f"{SHA1}   {SHA256[:32]}", f"{'':40}   {SHA256[32:]}"],
    ],
    ids=["beside", "below", "below, wrapped", "beside, wrapped"],
)
def test_sha256_with_sha1(rows: list[str]) -> None:
    assert digits(*rows) == [SHA1, SHA256]
    assert all(fingerprint.is_sound for fingerprint in found(*rows))


@pytest.mark.parametrize("at", [44, 54, 60])
def test_words_below_a_sha256_that_wraps_are_not_of_it(at: int) -> None:
    """More than 40 digits on its first line are no SHA-1 with another below it."""
    assert digits(SHA256[:at], SHA256[at:], "CN=Root CA", SHA1) == [SHA256, SHA1]


@pytest.mark.parametrize(
    "malformed",
    [
        SHA1[:-1],
        SHA1 + "0",
        SHA1.replace("0", "O", 1),
        SHA1.replace("1", "l", 1),
        "x" + SHA1[1:],
        COLONS[:-1],
    ],
)
def test_a_malformed_one_is_found_and_not_sound(malformed: str) -> None:
    (fingerprint,) = found(malformed)
    assert not fingerprint.is_sound


@pytest.mark.parametrize(
    "text",
    [
        "2020-05-30",
        "30.05.2020 10:48:38",
        "May 30 10:48:38 2020 GMT",
        "20200530",
        "12.7(1)",
        "CA-Trust-List.pdf",
        "CAFE BABE DEAD BEEF",
        "C=SE, O=AddTrust AB, CN=AddTrust Class 1 CA Root",
        "0123456789",
        "decade facade",
        "ISO 27001:2013",
    ],
)
def test_dates_numbers_and_words_are_none(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("02:FA", "02fa"),
        ("0x02FAF3E2", "02faf3e2"),
        ("SHA1:02fa", "02fa"),
        ("Fingerprint=02:FA", "02fa"),
        ("2020-05-30", ""),
        ("AddTrust", ""),
        ("O2FAF3E2914", "o2faf3e2914"),  # O for 0: found, so that it can be told
    ],
)
def test_digits_of_a_word(word: str, expected: str) -> None:
    assert digits_of(word) == expected


# --- any digest ------------------------------------------------------------------------------

digests = st.binary(max_size=8).map(lambda data: hashlib.sha1(data).hexdigest())


@given(digests, st.integers(8, 32), st.booleans())
def test_wherever_it_wraps_it_is_found(digest: str, at: int, is_upper: bool) -> None:
    printed = digest.upper() if is_upper else digest
    if printed[:at].isdigit() or printed[:at].isalpha():
        return  # digits or letters alone may be anything
    assert digits(printed[:at], printed[at:]) == [digest]


@given(digests, st.sampled_from([2, 4, 5, 8, 10, 20]), st.sampled_from([" ", ":", "-"]))
def test_in_groups_of_any_size(digest: str, size: int, mark: str) -> None:
    groups = [digest[at : at + size] for at in range(0, len(digest), size)]
    (fingerprint,) = found(mark.join(groups))
    assert fingerprint.digits == digest


BYTES = "02 fa f3 e2 91 43 54 68 60 78 57 69 4d f5 e4 5b 68 85 18 68"


@pytest.mark.parametrize(
    "rows",
    [
        [f"{BYTES} C = SE, O = Acme"],
        [f"1. {BYTES} C = SE, O = Acme"],
        ["02faf3e2 91435468 60785769 4df5e45b 68851868 C = SE, O = Acme"],
        [f"C=SE, CN=Acme Root CA {BYTES}"],
        [f"C=SE, CN=Acme Root CA - C3 {BYTES}"],
        [f"C=SE, CN=Acme Root 2010 {BYTES[:29]}", f"  {BYTES[30:]}"],
        [f"1. {BYTES[:23]}", f"  {BYTES[24:47]}", f"  {BYTES[48:]} C=SE, O=Acme"],
        [f"C=SE, CN=Acme Root X1 {BYTES[:5]}", f"{BYTES[6:]}   C=SE, O=Another"],
    ],
    ids=str,
)
def test_words_of_a_name_right_beside_it_are_none_of_it(rows: list[str]) -> None:
    assert digits(*rows) == [SHA1]


@pytest.mark.parametrize(
    "rows",
    [
        ["O=Thawte Consulting cc,", SHA1[2:]],
        ["CN=TrustCor ECA-1", f"{BYTES[3:]}"],
        [f"C=SE, O=Acme: {BYTES} 68"],
    ],
    ids=str,
)
def test_words_of_a_name_never_make_it_whole(rows: list[str]) -> None:
    assert SHA1 not in digits(*rows)


def test_pieces_of_a_sha1_that_a_page_ends_are_of_no_sha256() -> None:
    """24 and 16 digits each; the third lacks its end: 64 of them make no SHA-256."""
    parts = [SHA1[:24], SHA1[24:], OTHER[:24], OTHER[24:], SHA1[:24]]
    assert digits(*parts) == [SHA1, OTHER, SHA1[:24]]


def test_digits_on_a_line_amid_two_others_are_of_another_column() -> None:
    """A cell of two lines stands level with the middle of one of three."""
    first, *others = lines_of(f"{SHA1[:20]:>50}", OTHER[:20], f"{SHA1[20:]:>50}")
    lines = [first, *(replace(line, y=first.y + 0.6 * n * line.size, words=[
        word._replace(y=first.y + 0.6 * n * line.size) for word in line.words
    ]) for n, line in enumerate(others, 1))]  # fmt: skip
    pieces = [pieces_of(index, line) for index, line in enumerate(lines)]
    assert SHA1 in [each.digits for each in fingerprints_of(lines, pieces, Neighbours())]


@pytest.mark.parametrize("gap", ["   ", "      "])
def test_a_month_in_another_column_takes_no_digits(gap: str) -> None:
    groups = " ".join(SHA1[i : i + 2] for i in range(0, 40, 2))
    assert digits(f"Feb{gap}{groups}") == digits(f"{groups}{gap}Feb{gap}2030") == [SHA1]
    assert digits("Not Before: Feb  3 21:50:39 2012 GMT") == []


def test_a_word_of_a_name_beside_digits_is_no_label_of_theirs() -> None:
    """Names wrap: ``Fingerprint`` stands alone beside the second line of a SHA-256."""
    names = ("Acme", "Fingerprint", "Root")
    parts = (SHA256[:26], SHA256[26:52], SHA256[52:])
    rows = [f"{name:14}{part}" for name, part in zip(names * 2, parts * 2, strict=True)]
    tokens = tokens_of(lines_of(*rows), {})
    assert [each.digits for each in tokens.digits] == [SHA256, SHA256]
    assert not any(tokens.labels)


def test_a_label_beside_digits_parts_them_from_those_above() -> None:
    """The SHA-1 before is whole, or it is the label of as many digits as are missing."""
    rows = ["SHA-1    " + SHA1[:20], " " * 9 + SHA1[20:], "SHA-256  " + SHA256[:32]]
    tokens = tokens_of(lines_of(*rows, " " * 9 + SHA256[32:]), {})
    assert [(each.role, each.digits) for each in tokens.digits] == [
        ("sha1", SHA1),
        ("sha256", SHA256),
    ]


def test_numbers_that_end_a_name_are_of_no_fingerprint() -> None:
    groups = " ".join(SHA1[i : i + 2] for i in range(0, 40, 2))
    assert digits(f"CN=Acme Server Root CA 2025 5 {groups}") == [SHA1]


def test_digits_behind_names_go_on_on_the_next_line_each_by_itself() -> None:
    """The last group of the second is on a line of its own; ``CA`` before it is none of it."""
    first, second = (" ".join(each[i : i + 2] for i in range(0, 40, 2)) for each in (SHA1, OTHER))
    rows = [f"CN=Acme Server Root CA 2025 {first}", f"CN=Acme CA {second[:-3]}", second[-2:]]
    assert digits(*rows) == [SHA1, OTHER]


def test_two_letters_in_the_next_column_are_no_group_of_digits() -> None:
    rows = [f"{SHA1[:17]}   Acme", f"{SHA1[17:34]}   AB", SHA1[34:]]
    assert digits(*rows) == [SHA1]


def test_a_year_beside_digits_of_the_page_before_is_none_of_them() -> None:
    """The columns of the next page stand elsewhere; a date there is below the old ones."""
    before = [SHA256[:30], SHA256[30:60], SHA256[60:]]
    after = [f"{'':20}{OTHER[:20]}", f"2030{'':16}{OTHER[20:]}"]
    assert digits(*before, *after) == [SHA256, OTHER]


def test_digits_that_end_a_name_lack_no_serial_number_below_them() -> None:
    rows = [
        "Subject        CN=Firma CIF",
        "               A62634068",
        "Serial number  53ec3beefbb2485f",
    ]
    tokens = tokens_of(lines_of(*rows), {})
    assert [label.role for label in tokens.labels[2]] == ["serial"]


def test_digits_indented_below_their_label_are_its_value_beside_other_columns() -> None:
    lines = lines_of(f"{'':60}Fingerprint:", f"{'Acme Root CA':60}     {SHA1}")
    (fingerprint,) = tokens_of(lines, {}).digits
    assert fingerprint.role == "fingerprint"


def test_the_rest_of_digits_that_end_a_line_is_no_end_of_those_that_begin_it() -> None:
    groups = [[each[at : at + 4] for at in range(0, 40, 4)] for each in (SHA1, OTHER)]
    assert digits(
        f"O=Acme, CN=Root CA {groups[0][0]}",
        f"{' '.join(groups[0][1:])} C=SE, CN=Acme Root {' '.join(groups[1][:9])}",
        f"{groups[1][9]} C=SE, CN=Other Root",
    ) == [SHA1, OTHER]
