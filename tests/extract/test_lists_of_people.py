"""Lists as administrators have them, of roots that nobody knows: read, or told."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.extract import Extraction, extract
from pipeline.extract.document import Row
from pipeline.extract.joining import Fullness, SubjectLine
from pipeline.normalise import normalise
from tests.extract.layout import SIZE, lines_of
from tests.extract.unknown_roots import DIGITS, NAMES, read

SHA256 = [f"{number}badf00d" * 8 for number in range(1, 7)]


def pairs(found: Extraction) -> list[tuple[str, str]]:
    """The rows as they would be loaded."""
    rows, _ = normalise(found.rows)
    return [*zip(rows["fingerprint"], rows["subject"], strict=True)]


@pytest.mark.parametrize(
    ("mark", "note"),
    [
        ("†", "† Removed from the store."),
        ("*", "* Removed in March."),
        ("²", "2 No longer trusted."),
    ],
)
def test_a_row_whose_note_says_that_it_is_removed_is_told(
    tmp_path: Path, mark: str, note: str
) -> None:
    marked = [name + (mark if at == 2 else "") for at, name in enumerate(NAMES)]
    table = (f"{d}  {name}" for d, name in zip(DIGITS, marked, strict=True))
    found = read(tmp_path, *table, "", "", note)
    assert pairs(found) == [
        pair for pair in zip(DIGITS, NAMES, strict=True) if pair[0] != DIGITS[2]
    ]
    assert any(DIGITS[2] in problem.text for problem in found.problems)


def test_a_release_that_is_only_named_below_a_list_is_not_its_own(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    table = [f"{d}  {name}" for d, name in zip(DIGITS, NAMES, strict=True)]
    after = "The next list will be published together with firmware release 12.9(1)."
    path.write_text("\n".join(["Trusted root certificates", "", *table, "", after]))
    assert {row.release for row in extract(path).rows} == {""}


def test_names_that_a_dialogue_lists_from_the_specific_to_the_general(tmp_path: Path) -> None:
    records: list[str] = []
    for digits, name in zip(DIGITS, NAMES, strict=True):
        turned = [attribute.replace("=", " = ") for attribute in reversed(name.split(", "))]
        records += ["Version: V3", "Subject:", *turned, f"Thumbprint: {digits}", ""]
    assert pairs(read(tmp_path, *records)) == [*zip(DIGITS, NAMES, strict=True)]


def test_the_bullet_of_the_item_below_is_no_part_of_a_name(tmp_path: Path) -> None:
    items = (
        line
        for digits, name in zip(DIGITS, NAMES, strict=True)
        for line in (f"◦ Subject: {name} ◦", f"  SHA-1: {digits}", "")
    )
    assert pairs(read(tmp_path, *items)) == [*zip(DIGITS, NAMES, strict=True)]


@pytest.mark.parametrize("between", ["; ", " / ", "\n"])
def test_labelled_digests_may_share_a_cell(tmp_path: Path, between: str) -> None:
    path = tmp_path / "list.csv"
    rows = (
        f'"{name}","SHA1={digits}{between}SHA256={sha256}"'
        for digits, sha256, name in zip(DIGITS, SHA256, NAMES, strict=True)
    )
    path.write_text("\n".join(["Subject,Fingerprints", *rows]))
    found = extract(path)
    assert pairs(found) == [*zip(DIGITS, NAMES, strict=True)]
    assert [row.fingerprint_sha256 for row in found.rows] == SHA256


def test_items_of_code_may_have_their_digits_on_a_second_line(tmp_path: Path) -> None:
    items = (
        f'        // {name[-14:]}\n        {{ "{name}",\n          "{digits}" }},'
        for digits, name in zip(DIGITS, NAMES, strict=True)
    )
    path = tmp_path / "Roots.java"
    path.write_text("\n".join(["final class Roots {", "    ROOTS = {", *items, "    };", "}"]))
    assert pairs(extract(path)) == [*zip(DIGITS, NAMES, strict=True)]


@pytest.mark.parametrize("heading", ["* Remove roots:", "Delete these roots"])
def test_a_heading_may_command(tmp_path: Path, heading: str) -> None:
    table = [f"{d}  {name}" for d, name in zip(DIGITS, NAMES, strict=True)]
    found = read(tmp_path, *table[:3], "", heading, "", *table[3:])
    assert pairs(found) == [*zip(DIGITS[:3], NAMES[:3], strict=True)]
    told = " ".join(problem.text for problem in found.problems)
    assert all(digits in told for digits in DIGITS[3:])


def split(texts: list[str], *at: int) -> Fullness:
    """How full the lines of subjects are that break behind so many characters."""
    fullness = Fullness()
    for text, end in zip(texts, at, strict=True):
        lines = lines_of(text[:end].rstrip(), text[end:].lstrip())
        fullness = fullness.with_lines([SubjectLine(line.words, 0.0, SIZE) for line in lines])
    return fullness


NAMED = [f"C=XX, O={word} Ltd., CN={word} Authority" for word in ("Acme", "Bell", "Cone", "Dart")]


def test_lines_surely_break_within_words_where_small_letters_begin_the_next() -> None:
    within = split(NAMED, 25, 26, 27, 28)
    between = split(NAMED, *[text.index("Authority") for text in NAMED])
    assert (within.breaks_words, within.splits_words) == (True, True)
    assert (between.breaks_words, between.splits_words) == (True, False)


def test_lines_alike_say_no_more_than_one() -> None:
    assert split([NAMED[0]] * 9, *[25] * 9).full == 1


def test_a_name_that_may_have_lost_a_space_is_told() -> None:
    row = Row(1, "", DIGITS[0], "", NAMES[0], is_undecided=True)
    rows, (problem,) = normalise([row])
    assert rows.empty
    assert DIGITS[0] in problem.text


def test_digests_of_a_column_of_checksums_are_no_fingerprints(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    rows = (
        f'"{name}","{digits}","SHA1={"5a" * 20}; SHA256={sha256}"'
        for digits, sha256, name in zip(DIGITS, SHA256, NAMES, strict=True)
    )
    path.write_text("\n".join(["Subject,SHA-1,Checksum", *rows]))
    assert not {row.fingerprint for row in extract(path).rows} - {*DIGITS}
