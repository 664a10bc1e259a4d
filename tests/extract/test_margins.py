"""What a line is that belongs to no row, and which lines can't be accounted for."""

from __future__ import annotations

import pytest

from pipeline.extract import margins
from pipeline.extract.margins import Leftover, Margins, Zone
from tests.extract.layout import lines_of

DIGITS = "ccab0ea04c2301d6697bdd379fcd12eb24e3949d"


@pytest.mark.parametrize(
    "row",
    [
        "SHA-1 fingerprint                         Subject",
        "Fingerprint     Subject name",
        "No.   Thumbprint      Issuer      Valid until",
        "Subject        SHA-1     SHA-256",
        "Fingerprint (SHA1)    Subject DN",
        "Distinguished name    Expires",
    ],
)
def test_titles_of_columns_are_a_header(row: str) -> None:
    assert margins.is_table_header(lines_of(row)[0])


@pytest.mark.parametrize(
    "row",
    [
        "Each SHA-1 fingerprint is the digest of a certificate whose subject stands beside it.",
        "The subject of each certificate is given with its fingerprint.",
        "Fingerprint:",
        "C=US, O=Subject Authority, CN=Fingerprint Root",
        "Trusted certificate authorities",
        DIGITS,
    ],
)
def test_prose_names_and_labels_are_none(row: str) -> None:
    assert not margins.is_table_header(lines_of(row)[0])


@pytest.mark.parametrize(
    "text",
    [
        "(continued)",
        "Continued on next page",
        "Trusted roots (cont.)",
        "Table 1, cont'd",
        "continues",
    ],
)
def test_marks_that_a_table_goes_on(text: str) -> None:
    assert margins.is_continued_mark(text)


@pytest.mark.parametrize("text", ["Root 12", "CN=Continued Trust", "Contents", "Contact"])
def test_other_lines_are_no_such_mark(text: str) -> None:
    assert not margins.is_continued_mark(text)


@pytest.mark.parametrize("text", ["7", "Page 7", "page 7 of 12", "7/12", "- 7 -", "Seite 7 von 12"])
def test_page_numbers(text: str) -> None:
    assert margins.is_page_number(text)


@pytest.mark.parametrize("text", ["7 roots", "Page", "12.7(1)", "2020-05-30"])
def test_no_page_numbers(text: str) -> None:
    assert not margins.is_page_number(text)


@pytest.mark.parametrize(
    ("text", "release"),
    [
        ("Firmware Release 12.7(1)", "12.7(1)"),
        ("Cisco IP Phone 8800 Series, Firmware Release 12.8(1)", "12.8(1)"),
        ("Changes from 12.7(1) to 12.8(1)", ""),
        ("Trusted certificate authorities", ""),
        ("C=US, O=Release 12.7(1), CN=Root", ""),
    ],
)
def test_the_one_release_that_a_line_names(text: str, release: str) -> None:
    assert margins.release_of(text) == release


def test_a_heading_is_short_and_no_sentence() -> None:
    assert margins.is_heading("Cisco IP Phone 7800 and 8800 Series, Firmware Release 12.7(1)")
    assert not margins.is_heading("Roots that expired were removed in release 12.8(1).")
    assert not margins.is_heading(
        "Phones that have been upgraded from an earlier release to firmware 12.7(1) keep the list"
    )


@pytest.mark.parametrize("text", [f"see {DIGITS}", "and CN=AddTrust Class 1 CA Root", DIGITS[:20]])
def test_hex_digits_and_names_are_suspect(text: str) -> None:
    assert margins.is_suspect(text)


@pytest.mark.parametrize("text", ["Document TL-2019-044, revision B", "Until 2020-05-30", "="])
def test_other_text_is_not(text: str) -> None:
    assert not margins.is_suspect(text)


# --- accounting ------------------------------------------------------------------------------


def unaccounted(*lines: Leftover) -> list[tuple[int, str]]:
    """Page and text of the problems on a document whose rows are on pages 2 to 4."""
    collected = Margins(list(lines))
    for page in (2, 3, 4):
        collected.saw_rows(page)
    problems = collected.problems({3: ["C=SE, O=AddTrust AB, CN=AddTrust Class 1 CA Root"]})
    assert {problem.kind for problem in problems} <= {"unaccounted-text"}
    return [(problem.page, problem.text) for problem in problems]


@pytest.mark.parametrize(
    "line",
    [
        Leftover(1, "An introduction", "no rows", 100),
        Leftover(2, "The list begins below", "above", 100),
        Leftover(4, "Notes", "below", 700),
        Leftover(5, "An appendix", "no rows", 100),
        Leftover(3, "Confidential", "apart", 20),
        Leftover(3, "DRAFT", "sideways", 20),
        Leftover(3, "Page 3 of 5", "below", 780),
        Leftover(3, "(continued)", "above", 50),
    ],
    ids=lambda line: line.text,
)
def test_headings_notes_and_page_numbers_are_accounted_for(line: Leftover) -> None:
    assert unaccounted(line) == []


@pytest.mark.parametrize("zone", ["above", "between", "below"])
def test_a_line_among_rows_is_not(zone: Zone) -> None:
    assert unaccounted(Leftover(3, "to be confirmed", zone, 300)) == [(3, "to be confirmed")]


def test_a_running_header_repeats_at_the_same_height_but_for_its_numbers() -> None:
    first, second = (
        Leftover(3, "Revision 7, sheet 3", "above", 20),
        Leftover(4, "Revision 7, sheet 4", "above", 20),
    )
    assert unaccounted(first, second) == []
    lower = Leftover(4, "Revision 7, sheet 4", "above", 60)
    assert len(unaccounted(first, lower)) == 2


def test_twice_on_one_page_is_no_running_header() -> None:
    line = Leftover(3, "to be confirmed", "between", 300)
    assert len(unaccounted(line, line)) == 2


@pytest.mark.parametrize("zone", ["above", "below", "apart", "no rows", "sideways"])
@pytest.mark.parametrize("page", [1, 3, 5])
def test_what_looks_like_a_row_is_told_wherever_it_stands(zone: Zone, page: int) -> None:
    text = f"{DIGITS} C=SE, O=AddTrust AB"
    assert unaccounted(Leftover(page, text, zone, 20)) == [(page, text)]
