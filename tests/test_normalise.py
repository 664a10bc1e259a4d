"""Rows as printed become one clean frame."""

import pytest

from pipeline.extract.document import Row
from pipeline.normalise import normalise
from schemas import frames

ADDTRUST = "ccab0ea04c2301d6697bdd379fcd12eb24e3949d"
ADDTRUST_SUBJECT = "C=SE, O=AddTrust AB, OU=AddTrust TTP Network, CN=AddTrust Class 1 CA Root"
UNKNOWN = "0123456789abcdef0123456789abcdef01234567"
OTHER = "f" * 40
JOIN = "\u200b"


def row(fingerprint: str, subject: str, page: int = 1, release: str = "12.7(1)") -> Row:
    return Row(page, release, fingerprint, "", subject, agreed=True)


def test_a_row_becomes_an_entry_of_the_contract() -> None:
    entries, problems = normalise(
        [Row(3, "12.7(1)", ADDTRUST, "", ADDTRUST_SUBJECT, agreed=True)],
    )
    assert problems == []
    frames.check(entries, frames.ENTRIES)
    assert entries.iloc[0].to_dict() == {
        "position": 1,
        "page": 3,
        "release": "12.7(1)",
        "fingerprint": ADDTRUST,
        "fingerprint_sha256": "",
        "subject": ADDTRUST_SUBJECT,
        "subject_printed": ADDTRUST_SUBJECT,
        "agreed": True,
    }


def test_no_rows_make_an_empty_frame_of_the_contract() -> None:
    entries, problems = normalise([])
    frames.check(entries, frames.ENTRIES)
    assert (len(entries), problems) == (0, [])


def test_digits_are_lower_case_and_alone() -> None:
    colons = ":".join(UNKNOWN[at : at + 2] for at in range(0, 40, 2)).upper()
    sha256 = "AB CD" * 16
    entries, _ = normalise([Row(1, "", colons, sha256, "CN=x")])
    assert entries["fingerprint"].tolist() == [UNKNOWN]
    assert entries["fingerprint_sha256"].tolist() == ["abcd" * 16]


@pytest.mark.parametrize(
    "printed",
    [
        "C = SE, O = AddTrust AB, OU = AddTrust TTP Network, CN = AddTrust Class 1 CA Root",
        "/C=SE/O=AddTrust AB/OU=AddTrust TTP Network/CN=AddTrust Class 1 CA Root",
        "CN=AddTrust Class 1 CA Root,OU=AddTrust TTP Network,O=AddTrust AB,C=SE",
        " C=SE,  O=AddTrust\n AB, OU=AddTrust TTP Network, CN=AddTrust Class 1 CA Root ",
    ],
)
def test_every_spelling_of_a_name_has_one_canonical_form(printed: str) -> None:
    entries, _ = normalise([row(ADDTRUST, printed)])
    assert entries["subject"].tolist() == [ADDTRUST_SUBJECT]
    assert entries["subject_printed"].tolist() == [" ".join(printed.split())]


def test_positions_count_from_1_in_each_release() -> None:
    entries, _ = normalise(
        [
            row(UNKNOWN, "CN=a", release="12.7(1)"),
            row(OTHER, "CN=b", release="12.7(1)"),
            row(UNKNOWN, "CN=a", release="12.8(1)"),
        ]
    )
    assert entries["position"].tolist() == [1, 2, 1]


# --- joins -----------------------------------------------------------------------------------


def printed(text: str, fingerprint: str = UNKNOWN) -> tuple[str, str]:
    entries, _ = normalise([row(fingerprint, text)])
    return entries["subject_printed"].iloc[0], entries["subject"].iloc[0]


CANONICAL = {"C = US, CN = Root": "C=US, CN=Root"}


def test_the_known_certificate_decides_what_an_uncertain_join_is() -> None:
    broken = (
        f"C=SE, O=AddTrust AB, OU=AddTrust TTP{JOIN}Network, "
        f"CN=AddT{JOIN}rust Class 1 {JOIN}CA Root"
    )
    assert printed(broken, ADDTRUST) == (ADDTRUST_SUBJECT, ADDTRUST_SUBJECT)


def test_a_certificate_with_another_subject_decides_nothing() -> None:
    assert printed(f"C=SE, CN=Another{JOIN}Root", ADDTRUST)[0] == "C=SE, CN=Another Root"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"C=US, CN=Class 3{JOIN}Root", "C=US, CN=Class 3 Root"),
        (f"C=US,{JOIN}CN=Root", "C=US, CN=Root"),
        (f"C=US, CN={JOIN}Root", "C=US, CN=Root"),
        (f"C = US, CN ={JOIN}Root", "C = US, CN = Root"),
        (f"C=US, CN=Example-{JOIN}Root", "C=US, CN=Example-Root"),
        (
            f"C=US, OU=https://www.example{JOIN}.com/cps, CN=x",
            "C=US, OU=https://www.example.com/cps, CN=x",
        ),
        (f"C=US, OU=www.exam{JOIN}ple.com, CN=x", "C=US, OU=www.example.com, CN=x"),
        (f"C=US, O=Example{JOIN}, Inc., CN=x", "C=US, O=Example, Inc., CN=x"),
    ],
)
def test_without_a_certificate_an_uncertain_join_becomes_what_is_likelier(
    text: str, expected: str
) -> None:
    assert printed(text) == (expected, CANONICAL.get(expected, expected))


# --- problems --------------------------------------------------------------------------------


def test_a_repeated_fingerprint_is_reported_and_the_first_row_stays() -> None:
    entries, [problem] = normalise(
        [
            row(UNKNOWN, "CN=a", 1),
            row(OTHER, "CN=b", 1),
            row(UNKNOWN, "CN=a", 2),
            row(ADDTRUST, "CN=c", 2),
        ]
    )
    assert entries["fingerprint"].tolist() == [UNKNOWN, OTHER, ADDTRUST]
    assert entries["position"].tolist() == [1, 2, 4]
    assert (problem.kind, problem.page) == ("duplicate", 2)
    assert problem.text == f"{UNKNOWN} at position 3 on page 2 repeats position 1 on page 1"
    assert problem.hint == "The later row is left out."


def test_a_repeated_fingerprint_with_another_subject_says_both() -> None:
    _, [problem] = normalise([row(UNKNOWN, "CN=a"), row(UNKNOWN, "CN=b")])
    assert "CN=a" in problem.hint
    assert "CN=b" in problem.hint


@pytest.mark.parametrize("name", ["CN=Acme Root- i.k. 7", "CN=Acme Root-i.k. 7"])
def test_another_row_of_the_certificate_decides_what_an_uncertain_join_is(name: str) -> None:
    parted = row(UNKNOWN, f"CN=Acme Root-{JOIN}i.k. 7", 1, release="12.7(1)")
    entries, problems = normalise([parted, row(UNKNOWN, name, 2, release="12.8(1)")])
    assert entries["subject"].tolist() == [name, name]
    assert problems == []


def test_two_names_of_one_fingerprint_are_both_reported() -> None:
    entries, problems = normalise(
        [
            row(UNKNOWN, "CN=a", 1, release="12.7(1)"),
            row(UNKNOWN, "CN=a b", 2, release="12.8(1)"),
            row(OTHER, "CN=c", 2, release="12.8(1)"),
        ]
    )
    assert entries["subject"].tolist() == ["CN=c"]
    assert [(each.kind, each.page, each.text) for each in problems] == [
        ("subject-mismatch", 1, f"{UNKNOWN} CN=a"),
        ("subject-mismatch", 2, f"{UNKNOWN} CN=a b"),
    ]
    assert [each.hint.rpartition(" beside ")[2] for each in problems] == ["CN=a b.", "CN=a."]


def test_the_same_root_in_another_release_is_no_duplicate() -> None:
    entries, problems = normalise(
        [row(UNKNOWN, "CN=a", release="12.7(1)"), row(UNKNOWN, "CN=a", release="12.8(1)")]
    )
    assert (len(entries), problems) == (2, [])


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "No subject stands beside this fingerprint."),
        ("  ", "No subject stands beside this fingerprint."),
        (
            "see next page",
            "What stands beside this fingerprint is no distinguished name (C=…, O=…, CN=…).",
        ),
    ],
)
def test_a_row_without_a_name_is_a_problem_and_no_entry(text: str, hint: str) -> None:
    entries, [problem] = normalise([row(UNKNOWN, text, page=4), row(OTHER, "CN=b", page=5)])
    assert (problem.kind, problem.page) == ("missing-subject", 4)
    assert problem.text == f"{UNKNOWN} {text}".strip()
    assert problem.hint == hint
    assert entries["fingerprint"].tolist() == [OTHER]
    assert entries["position"].tolist() == [2]


def test_a_row_without_a_name_is_told_whose_the_fingerprint_is() -> None:
    _, [problem] = normalise([row(ADDTRUST, "")])
    assert problem.hint.endswith(f"It is that of {ADDTRUST_SUBJECT}.")


def test_a_row_that_is_repeated_without_a_name_is_reported_once() -> None:
    entries, [problem] = normalise([row(UNKNOWN, "CN=a"), row(UNKNOWN, "")])
    assert problem.kind == "duplicate"
    assert len(entries) == 1


def test_problems_are_in_the_order_of_the_pages() -> None:
    _, problems = normalise(
        [row(UNKNOWN, "CN=a", 1), row(OTHER, "", 3), row(ADDTRUST, "", 2), row(UNKNOWN, "CN=a", 2)]
    )
    assert [problem.page for problem in problems] == [2, 2, 3]
