"""Words right behind a name that are none of it: told, not loaded as a part of the name.

The roots are made up, so that no certificate can tell where a name ends.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.pdfgen import canvas

from pipeline import catalogue
from pipeline.extract import Extraction, extract, faults
from pipeline.extract.no_rows import why
from pipeline.normalise import normalise
from tests.extract.unknown_roots import DIGITS, NAMES, TITLE, read


def assert_told(found: Extraction, *, but: tuple[int, ...] = ()) -> None:
    """All rows of made-up roots are reported, but for some by their number, which are right."""
    told = " ".join(f"{each.text} {each.hint}" for each in found.problems)
    rows = [
        (row.fingerprint, row.subject)
        for row in found.rows
        if row.fingerprint in DIGITS and row.fingerprint not in told
    ]
    assert rows == [(DIGITS[at], NAMES[at]) for at in but]
    assert [digits for digits in DIGITS if digits not in told] == [DIGITS[at] for at in but]


NOTES = [
    "(expires 2028)",
    "[root]",
    "– new in 12.8",
    "# a comment",
    "// a comment",
    "; a comment",
    "<br>",
    "(self-signed)",
    "2048 bit",
    "sha1WithRSAEncryption",
    "(formerly Stone Root)",
    "✓",
    "yes",
    "o",
    "12.7(1)",
    "(1)",
    "alias Acme",
    "issued by Acme",
    "expired",
    "trusted for email",
    "same as above",
    ", see note 3",
    ". See note 3.",
    ", 2030",
    "\\",
    ":",
    "with SHA-1 fingerprint",
    "whose digits are",
]


@pytest.mark.parametrize("note", NOTES)
@pytest.mark.parametrize("is_name_first", [False, True], ids=["digits first", "name first"])
def test_a_note_is_no_part_of_a_name(tmp_path: Path, note: str, is_name_first: bool) -> None:
    names = [f"{name} {note}" for name in NAMES]
    pairs = zip(names, DIGITS, strict=True) if is_name_first else zip(DIGITS, names, strict=True)
    found = read(tmp_path, *(" ".join(pair) for pair in pairs))
    assert {row.subject for row in found.rows} <= set(NAMES)
    assert found.problems or (note == ":" and len(found.rows) == len(NAMES))


def test_a_list_of_nothing_but_such_names_is_not_called_one_without_names(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    lines = [f"{digits} {name} (expires 2028)" for digits, name in zip(DIGITS, NAMES, strict=True)]
    path.write_text("\n".join([TITLE, "", *lines]))
    found = extract(path)
    assert "no subject beside them can be believed" in why(found.digests, found.problems)


def test_no_known_name_is_a_fault() -> None:
    assert [name for name in catalogue.subjects().values() if faults.of_subject(name)] == []


@pytest.mark.parametrize(
    "printed",
    [
        "C=XX, O=Acme,= Stone, CN=Acme Root",
        "C=XX, O=Acme,$CN=Acme Root",
        "C=XX, O=AcmeL i m i t e d",
        'C=XX, O=Acme, CN="Acme Root',
        '"C=XX, O=Acme, CN=Acme Root',
        'C=XX, O=Acme, CN="Acme Root" of trust',
        'name="root0.crt_0"',
    ],
)
def test_what_is_no_name_as_printed_is_told(printed: str) -> None:
    assert faults.of_subject(printed)
    assert not faults.is_strict(printed)


@pytest.mark.parametrize(
    "printed",
    [
        'C=XX, O="Acme, Inc.", CN=Acme Root',
        'C=XX, O=Acme "Stone" Ltd, CN=Acme Root',
        "C=XX, O=Acme \\; Sons, CN=A B C",
        "C=XX + O=Acme + CN=Acme Root - G2",
        "/C=XX/O=Acme & Sons/CN=Acme Root (2048)",
        "C=XX, O=Acme [47], CN=No Valid Until Root",
    ],
)
def test_what_is_a_name_is_not(printed: str) -> None:
    assert faults.of_subject(printed) == ""


def test_an_alias_is_no_part_of_a_name(tmp_path: Path) -> None:
    lines = [f"{d} {n}\n{n[17:]}\n" for d, n in zip(DIGITS, NAMES, strict=True)]
    assert_told(read(tmp_path, *lines))


@pytest.mark.parametrize(("broken", "is_told"), [("Certifi-\ncation", True), ("e-\nSign", False)])
def test_a_hyphen_within_a_word_may_be_of_its_line(
    tmp_path: Path, broken: str, is_told: bool
) -> None:
    lines = [
        f"{digits}  C=XX, O=Acme, CN=Acme {broken.replace(chr(10), chr(10) + ' ' * 42)} Root {at}"
        for at, digits in enumerate(DIGITS)
    ]
    found = read(tmp_path, *lines)
    assert bool(found.problems) is is_told
    read_ = [f"C=XX, O=Acme, CN=Acme e-Sign Root {at}" for at in range(len(DIGITS))]
    assert [row.subject.replace("\u200b", "") for row in found.rows] == [] if is_told else read_


# --- quotation marks -----------------------------------------------------------------------------


@pytest.mark.parametrize("behind", ["further words", 'EV "Two"', "EV"])
@pytest.mark.parametrize("label", ["", "subjectdn = "])
def test_a_name_in_quotes_ends_with_them(tmp_path: Path, behind: str, label: str) -> None:
    records = [
        line
        for digits, name in zip(DIGITS, NAMES, strict=True)
        for line in [f'{label}"{name}" {behind}', f"sha1 = {digits}", ""]
    ]
    assert_told(read(tmp_path, *records))
    assert_told(
        read(tmp_path, *(f'{d} "{n}" {behind}' for d, n in zip(DIGITS, NAMES, strict=True)))
    )


def test_a_quotation_mark_that_nothing_closes_tells_that_a_name_is_cut(tmp_path: Path) -> None:
    assert_told(read(tmp_path, *(f'{d} "{n}' for d, n in zip(DIGITS, NAMES, strict=True))))


def test_a_name_in_quotes_is_read_without_them(tmp_path: Path) -> None:
    for mark, close in ('""', "''", "“”", "„“"):
        lines = [f"{d} {mark}{n}{close}" for d, n in zip(DIGITS, NAMES, strict=True)]
        found = read(tmp_path, *lines)
        assert [(row.fingerprint, row.subject) for row in found.rows] == [
            *zip(DIGITS, NAMES, strict=True)
        ]
        assert found.problems == []


# --- other rows, other lines ---------------------------------------------------------------------


def test_a_second_name_is_no_part_of_the_first(tmp_path: Path) -> None:
    lines = [f"{d} {n} CN=Acme Two" for d, n in zip(DIGITS, NAMES, strict=True)]
    assert_told(read(tmp_path, *lines))


def test_a_field_of_a_record_is_no_part_of_its_name(tmp_path: Path) -> None:
    lines = [f"{d} {n} bits=2048" for d, n in zip(DIGITS, NAMES, strict=True)]
    assert_told(read(tmp_path, *lines))


def known(count: int) -> list[tuple[str, str]]:
    return [*catalogue.subjects().items()][:count]


@pytest.mark.parametrize("words", ["NEW", "EV", "RSA 2048"])
def test_words_behind_all_known_names_are_none_of_unknown_ones(tmp_path: Path, words: str) -> None:
    lines = [f"{d} {n} {words}" for d, n in [*known(4), *zip(DIGITS, NAMES, strict=True)]]
    assert_told(read(tmp_path, *lines))


def test_words_behind_some_known_names_are_none_of_unknown_ones(tmp_path: Path) -> None:
    sound = [f"{digits} {name}" for digits, name in known(8)]
    marked = [f"{digits} {name} NEW" for digits, name in known(10)[8:]]
    lines = [
        f"{d} {n}{' NEW' * (at > 1)}" for at, (d, n) in enumerate(zip(DIGITS, NAMES, strict=True))
    ]
    assert_told(read(tmp_path, *sound, *marked, *lines), but=(0, 1))


def test_where_known_names_have_words_too_many_unknown_ones_may_have(tmp_path: Path) -> None:
    words = ["NEW", "EV", "TLS", "Class 3", "Two", "v3", "Ltd.", "Global", "Trust", "R1"]
    named = [*known(4), *zip(DIGITS, NAMES, strict=True)]
    lines = [f"{d} {n} {word}" for (d, n), word in zip(named, words, strict=True)]
    assert_told(read(tmp_path, *lines))


def test_one_misprint_among_known_names_says_nothing_of_others(tmp_path: Path) -> None:
    (digits, name), *others = known(8)
    lines = [f"{digits} {name} Mispriint", *(f"{d} {n}" for d, n in others)]
    lines += [f"{d} {n}" for d, n in zip(DIGITS, NAMES, strict=True)]
    assert read(tmp_path, *lines).problems == []


def test_a_line_in_another_column_of_the_next_page_is_no_part_of_a_name(tmp_path: Path) -> None:
    path = tmp_path / "list.pdf"
    page = canvas.Canvas(str(path), pagesize=(842, 595))
    for number in range(3):
        page.setFont("Helvetica", 8)
        page.drawString(40, 530, [TITLE, "Banks", "Public bodies"][number])
        for at in (2 * number, 2 * number + 1):
            page.drawString(40, 515 - 15 * (at % 2), DIGITS[at])
            page.drawString(300, 515 - 15 * (at % 2), NAMES[at])
        page.showPage()
    page.save()
    assert_told(extract(path), but=(0, 2, 4, 5))


def test_nor_is_a_line_in_another_column_of_the_same_page(tmp_path: Path) -> None:
    path = tmp_path / "list.pdf"
    page = canvas.Canvas(str(path), pagesize=(842, 595))
    page.setFont("Helvetica", 8)
    page.drawString(40, 550, TITLE)
    for at, (digits, name) in enumerate(zip(DIGITS, NAMES, strict=True)):
        y = 530 - 15 * (at + (at > 1))
        page.drawString(40, y, digits)
        page.drawString(300, y, name)
    page.drawString(40, 500, "Banks")
    page.save()
    assert_told(extract(path), but=(0, 2, 3, 4, 5))


@pytest.mark.parametrize("gap", [" ", "  ", "    "])
def test_names_that_run_on_at_the_margin_are_read(tmp_path: Path, gap: str) -> None:
    names = [name.split(" Root")[0] + "\nRoot" + name.split(" Root")[1] for name in NAMES]
    found = read(tmp_path, *(f"{d}{gap}{n}" for d, n in zip(DIGITS, names, strict=True)))
    rows, problems = normalise(found.rows)
    assert [*zip(rows["fingerprint"], rows["subject"], strict=True)] == [
        *zip(DIGITS, NAMES, strict=True)
    ]
    assert problems == []
    assert found.problems == []


def test_the_value_below_a_label_of_trust_is_no_heading(tmp_path: Path) -> None:
    records = []
    for at, (digits, name) in enumerate(zip(DIGITS, NAMES, strict=True)):
        mark = "Removed" if at == 2 else "Trusted"
        records += ["Status:", mark, f"Subject: {name}", f"SHA-1: {digits}", ""]
    assert_told(read(tmp_path, *records), but=(0, 1, 3, 4, 5))


def test_bytes_behind_their_offset_are_no_fingerprint(tmp_path: Path) -> None:
    records = []
    for digits, name in zip(DIGITS, NAMES, strict=True):
        dump = ["0000: " + "92 E1 A6 A3 C1 5B 0F 11 22 33  ......[...", "0010: 10 29 38 47  .)8G"]
        records += [name, digits, *dump, ""]
    found = read(tmp_path, *records)
    assert [(r.fingerprint, r.subject) for r in found.rows] == [*zip(DIGITS, NAMES, strict=True)]
    assert found.problems == []


# --- documents that are odd all over ---------------------------------------------------------


def listed() -> list[str]:
    return [f"{digits}  {name}" for digits, name in zip(DIGITS, NAMES, strict=True)]


@pytest.mark.parametrize("odd", ["# ", "## #", "|- +--+\n|---|", "' =x", "'", '"', "{", "a\rb, c"])
@pytest.mark.parametrize("ending", ["txt", "md", "csv"])
def test_odd_lines_hinder_no_reader(tmp_path: Path, odd: str, ending: str) -> None:
    path = tmp_path / f"list.{ending}"
    path.write_bytes("\n".join([TITLE, "", *listed()[:3], "", odd, "", *listed()[3:]]).encode())
    found = extract(path, limits=None, known={})
    told = " ".join(each.text for each in found.problems)
    for digits, name in zip(DIGITS, NAMES, strict=True):
        assert (digits, name) in [(r.fingerprint, r.subject) for r in found.rows] or digits in told


@pytest.mark.parametrize(
    "sha256", ["2ab7" * 7 + "2aby" + "2ab7" * 8, "2ab7" * 2 + "2öb7" + "2ab7" * 13]
)
def test_a_sha256_that_is_none_is_told_beside_a_sound_sha1(tmp_path: Path, sha256: str) -> None:
    records = []
    for at, (digits, name) in enumerate(zip(DIGITS, NAMES, strict=True)):
        printed = sha256 if at == 2 else f"{at}{at}cafe77" * 8
        records += [f"Subject: {name}", f"SHA-1: {digits}", f"SHA-256: {printed}", ""]
    assert_told(read(tmp_path, *records), but=(0, 1, 3, 4, 5))
