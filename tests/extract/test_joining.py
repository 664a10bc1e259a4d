"""How the lines of one subject are joined."""

from __future__ import annotations

import pytest

from pipeline.extract.document import UNCERTAIN_JOIN
from pipeline.extract.joining import SubjectLine, settle, subject_of
from tests.extract.layout import SIZE, WIDTH, lines_of

EDGE = 200.0


def lines(*texts: str, edge: float = EDGE) -> list[SubjectLine]:
    """Lines of a cell whose right edge is at ``edge`` points."""
    return [SubjectLine(line.words, edge - line.words[-1].x1, SIZE) for line in lines_of(*texts)]


@pytest.mark.parametrize(
    ("printed", "joined"),
    [
        (["C=SE, O=AddTrust AB"], "C=SE, O=AddTrust AB"),
        (["C=SE, O=AddTrust", "AB, CN=Root"], "C=SE, O=AddTrust AB, CN=Root"),
        (["C=SE,", "O=AddTrust AB,", "CN=Root"], "C=SE, O=AddTrust AB, CN=Root"),
        (["C=SE, O=AddTrust Co.", ", Ltd., CN=Root"], "C=SE, O=AddTrust Co., Ltd., CN=Root"),
        (["C=SE,O=AddTrust Co.", "\\, Ltd.,CN=Root"], "C=SE,O=AddTrust Co.\\, Ltd.,CN=Root"),
        (["C=SE, O=AddTrust (Sweden", "), CN=Root"], "C=SE, O=AddTrust (Sweden), CN=Root"),
        ([], ""),
        # a soft hyphen goes when its line breaks, and within a line
        (["CN=Certi\u00ad", "fication"], "CN=Certification"),
        (["CN=Certi\u2010", "fication"], "CN=Certification"),
        (["CN=Certi\u00adfication"], "CN=Certification"),
    ],
)
def test_a_space_goes_between_lines(printed: list[str], joined: str) -> None:
    assert settle(subject_of(lines(*printed)), breaks_words=False) == joined


@pytest.mark.parametrize(
    "printed",
    [
        ["CN=VeriSign Class-", "3 Root"],
        ["OU=http://www.usertrust.com/", "roots"],
        ["emailAddress=info@", "e-szigno.hu"],
        ["OU=www.", "digicert.com"],
        ["OU=terms at www.digicert.", "com/terms"],
    ],
)
def test_behind_a_hyphen_and_within_an_address_only_the_certificate_can_tell(
    printed: list[str],
) -> None:
    assert settle(subject_of(lines(*printed)), breaks_words=False) == UNCERTAIN_JOIN.join(printed)


def test_a_word_as_long_as_its_line_may_go_on() -> None:
    printed = ["serialNumber=G63287510", "0042"]
    full = settle(subject_of(lines(*printed, edge=len(printed[0]) * WIDTH)), breaks_words=False)
    assert full == UNCERTAIN_JOIN.join(printed)


def test_where_lines_break_anywhere_any_full_line_may_end_within_a_word() -> None:
    printed = ["C=SE, O=AddTr", "ust AB"]
    edge = len(printed[0]) * WIDTH
    assert settle(subject_of(lines(*printed, edge=edge)), breaks_words=True) == UNCERTAIN_JOIN.join(
        printed
    )
    assert settle(subject_of(lines(*printed, edge=edge)), breaks_words=False) == " ".join(printed)
    assert settle(subject_of(lines(*printed, edge=edge + 50)), breaks_words=True) == " ".join(
        printed
    )
