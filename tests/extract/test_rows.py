"""The row grammar on typed pages: what each layout must come to."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from pipeline.extract.document import UNCERTAIN_JOIN
from pipeline.extract.page import Page
from pipeline.extract.read_pages import steps
from pipeline.extract.reading import alone, gathered
from tests.extract.layout import COURIER, WIDTH, lines_of, read

EXTERNAL = "02faf3e291435468607857694df5e45b68851868"
CLASS_1 = "ccab0ea04c2301d6697bdd379fcd12eb24e3949d"
COMODO = "d1eb23a46d17d68fd92564c2f1f1601764d8e349"
ISRG = "cabd2a79a1076a31f21d253635cb039d4329a5e8"
SHA256 = "1badc0de" * 8
NAMES = {
    EXTERNAL: "C=SE, O=AddTrust AB, CN=AddTrust External CA Root",
    CLASS_1: "C=SE, O=AddTrust AB, CN=AddTrust Class 1 CA Root",
    COMODO: "C=GB, O=Comodo CA Limited, CN=AAA Certificate Services",
    ISRG: "C=US, O=Internet Security Research Group, CN=ISRG Root X1",
}
FOUR = list(NAMES.items())


def pairs(*pages: list[str], width: float = WIDTH) -> list[tuple[str, str]]:
    """Fingerprint and subject of each row of a document without problems."""
    rows, problems = read(*pages, width=width)
    assert problems == []
    return [(row.fingerprint, row.subject) for row in rows]


def cell(name: str) -> list[str]:
    """A name over as many lines as it has attributes."""
    first, *others = name.split(", ")
    return [f"{first},", *(f"{other}," for other in others[:-1]), others[-1]]


def table(level: int) -> list[str]:
    """A table whose fingerprints are level with the first, second or third line of a name."""
    rows = ["SHA-1 fingerprint                           Subject"]
    for digits, name in FOUR:
        for number, text in enumerate(cell(name)):
            rows.append(f"{digits if number == level else '':40}    {text}")
        rows.append("")
    return rows


@pytest.mark.parametrize("level", [0, 1, 2], ids=["top", "middle", "bottom"])
def test_a_table_however_its_cells_are_aligned(level: int) -> None:
    assert pairs(table(level)) == FOUR


@pytest.mark.parametrize("width", [WIDTH, COURIER])
def test_the_subject_may_come_first(width: float) -> None:
    rows = ["Subject                                                     SHA-1"]
    rows += [f"{name:60}{digits}" for digits, name in FOUR]
    assert pairs(rows, width=width) == FOUR


@pytest.mark.parametrize("width", [WIDTH, COURIER])
def test_attributes_that_are_level_in_all_rows_are_no_columns(width: float) -> None:
    rows = [f"{digits}  {name}" for digits, name in FOUR]
    assert pairs(["Fingerprint                               Subject", *rows], width=width) == FOUR


def test_lines_without_a_table() -> None:
    assert pairs([line for digits, name in FOUR for line in (digits, f"  {name}")]) == FOUR


def test_a_numbered_list_of_names_with_fingerprints_below() -> None:
    rows = []
    for number, (digits, name) in enumerate(FOUR, 1):
        rows += [f"{number}. {name}", f"   {digits}", ""]
    assert pairs(rows) == FOUR


@pytest.mark.parametrize("step", [1, 5])
def test_numbers_of_lines_in_the_margin_are_of_no_row(step: int) -> None:
    lines: list[str] = []
    for digits, name in FOUR:
        lines += [digits, *cell(name)]
    numbered = [
        f"{number if number % step == 0 else '':<4}{line}"
        for number, line in enumerate(lines * 4, 101)
    ]
    half = len(numbered) // 2
    assert pairs(numbered[:half], numbered[half:]) == FOUR * 4


@pytest.mark.parametrize("indent", [0, 20, 42, 60])
@pytest.mark.parametrize("gap", [False, True])
def test_letters_that_part_an_alphabetic_list_are_of_no_row(indent: int, gap: bool) -> None:
    rows = ["Fingerprint                               Subject"]
    for letter, (digits, name) in zip("ABCI", FOUR, strict=True):
        first, *others = cell(name)
        rows += [" " * indent + letter, *([""] if gap else []), f"{digits}  {first}"]
        rows += [f"{'':40}  {other}" for other in others] + ([""] if gap else [])
    assert pairs(rows) == FOUR


def test_a_letter_by_itself_is_told() -> None:
    rows = ["Fingerprint                               Subject"]
    for digits, name in FOUR[:2]:
        rows += [f"{digits}  {name}", "", ""]
    found, problems = read([*rows[:-3], "", "X", "", *rows[-3:]])
    assert [(problem.kind, problem.text) for problem in problems] == [("unaccounted-text", "X")]
    assert len(found) == 2


def test_further_columns_are_of_no_subject() -> None:
    rows = ["No.  SHA-1                                     Subject" + " " * 60 + "Valid until"]
    rows += [
        f"{number:<3}  {digits}  {name:65}  2030-05-30"
        for number, (digits, name) in enumerate(FOUR, 1)
    ]
    assert pairs(rows) == FOUR


def test_two_tables_side_by_side_are_read_one_after_the_other() -> None:
    def half(rows: list[tuple[str, str]]) -> list[str]:
        return [
            f"{part:20}  {text:45}"
            for digits, name in rows
            for part, text in zip((digits[:20], digits[20:], ""), cell(name), strict=True)
        ]

    both = zip(half(FOUR[:2]), half(FOUR[2:]), strict=True)
    assert pairs([f"{left}      {right}" for left, right in both]) == FOUR


def test_what_goes_on_from_two_columns_on_the_next_page_is_told() -> None:
    """Each list goes on below itself, or the second one does: nothing tells."""

    def lines(number: int, name: str) -> list[str]:
        return [f"SHA-1: {number}badc0de{'0' * 32}", f"Subject: {name}", ""]

    left = [*lines(1, "O=Acme, CN=Acme One Root"), *lines(2, "O=Acme, CN=Acme Class")]
    right = [*lines(3, "O=Acme, CN=Acme Three Root"), *lines(4, "O=Acme, CN=Acme Four Root")]
    first = [f"{one:56}{other}" for one, other in zip(left, right, strict=True)]
    _, problems = read(first, ["         2 Root CA"])
    told = {each.text[0] for each in problems if "several pages" in each.hint}
    assert told == {"2", "4"}


def test_sha256_is_kept_apart() -> None:
    rows, problems = read(
        [
            f"{'SHA-1':40}  {'SHA-256':64}  Subject",
            *(f"{digits}  {SHA256}  {name}" for digits, name in FOUR),
        ]
    )
    assert [(row.fingerprint, row.subject) for row in rows] == FOUR
    assert {row.fingerprint_sha256 for row in rows} == {SHA256}
    assert problems == []


@pytest.mark.parametrize("level", [0, 1, 2])
def test_sha256_below_sha1_in_one_cell_beside_a_name_of_one_line(level: int) -> None:
    lines = [f"{'Fingerprints':64}  Subject"]
    for digits, name in FOUR:
        left = [digits, SHA256[:32], SHA256[32:]]
        lines += [f"{part:64}  {name if i == level else ''}" for i, part in enumerate(left)]
        lines.append("")
    rows, problems = read(lines)
    assert [(row.fingerprint, row.subject) for row in rows] == FOUR
    assert {row.fingerprint_sha256 for row in rows} == {SHA256}
    assert problems == []


# --- over pages ------------------------------------------------------------------------------


def test_a_row_that_a_page_break_parts() -> None:
    rows = table(0)
    inside = 11  # between the two last lines of the third row
    header = rows[:1]
    assert pairs(rows[:inside], [*header, *rows[inside:]]) == FOUR


def test_a_fingerprint_that_a_page_break_parts() -> None:
    rows = ["Fingerprint           Subject"]
    for digits, name in FOUR:
        halves = (digits[:20], digits[20:], "")
        rows += [f"{half:20}  {text}" for half, text in zip(halves, cell(name), strict=True)]
        rows.append("")
    inside = 10  # after the first half of the third fingerprint
    assert pairs(rows[:inside], [*rows[:1], *rows[inside:]]) == FOUR


def test_the_page_is_that_on_which_the_fingerprint_begins() -> None:
    header = "Fingerprint                               Subject"
    lines = [f"{digits}  {name}" for digits, name in FOUR]
    rows, _ = read([header, *lines[:3]], [header, *lines[3:]])
    assert [row.page for row in rows] == [1, 1, 1, 2]


def test_running_headers_and_footers_are_of_no_row() -> None:
    header = "Fingerprint                               Subject"
    pages = [
        [
            "Trusted certificate authorities",
            "",
            header,
            *(f"{digits}  {name}" for digits, name in FOUR[at : at + 2]),
            "",
            f"Document TL-7, page {number} of 2",
        ]
        for number, at in ((1, 0), (2, 2))
    ]
    assert pairs(*pages) == FOUR


# --- releases --------------------------------------------------------------------------------


def test_each_release_has_its_heading() -> None:
    rows, problems = read(
        [
            "Firmware Release 12.7(1)",
            "",
            *(f"{digits}  {name}" for digits, name in FOUR[:2]),
            "",
            "Firmware Release 12.8(1)",
            "",
            *(f"{digits}  {name}" for digits, name in FOUR[2:]),
        ]
    )
    assert [row.release for row in rows] == ["12.7(1)", "12.7(1)", "12.8(1)", "12.8(1)"]
    assert problems == []


def test_a_sentence_about_a_release_is_no_heading() -> None:
    rows, _ = read(
        [
            "Firmware Release 12.7(1)",
            "Three roots that were in 12.6(1) have since been taken out of this list.",
            "",
            *(f"{digits}  {name}" for digits, name in FOUR),
        ]
    )
    assert {row.release for row in rows} == {"12.7(1)"}


def test_the_only_release_that_is_mentioned_is_that_of_the_document() -> None:
    rows, _ = read(
        [
            "The phones trust these roots since they were upgraded to release 12.7(1).",
            "",
            *(f"{digits}  {name}" for digits, name in FOUR),
        ]
    )
    assert {row.release for row in rows} == {"12.7(1)"}


# --- never silently wrong --------------------------------------------------------------------


def with_third(line: str) -> list[str]:
    """A table whose third row is replaced."""
    lines = [f"{digits}  {name}" for digits, name in FOUR]
    return ["Fingerprint                               Subject", *lines[:2], line, *lines[3:]]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (f"{COMODO[:-1]}   {NAMES[COMODO]}", "malformed-fingerprint"),
        (f"{COMODO}0 {NAMES[COMODO]}", "malformed-fingerprint"),
        (f"{COMODO.replace('1', 'l', 1)}  {NAMES[COMODO]}", "malformed-fingerprint"),
        (f"{COMODO[:-1]}O  {NAMES[COMODO]}", "malformed-fingerprint"),
        (COMODO, "missing-subject"),
    ],
)
def test_a_bad_row_is_a_problem_and_the_others_are_rows(line: str, kind: str) -> None:
    rows, problems = read(with_third(line))
    good = [FOUR[0], FOUR[1], FOUR[3]]
    assert [(row.fingerprint, row.subject) for row in rows] == good
    assert [(problem.kind, problem.page) for problem in problems] == [(kind, 1)]
    assert problems[0].hint


@pytest.mark.parametrize(
    "line",
    [
        "            to be confirmed before publication",
        "see also the list of the previous release",
    ],
)
def test_text_between_rows_is_never_lost(line: str) -> None:
    """It may be taken for the end of a subject, which the certificate then refutes."""
    rows, problems = read(["", *with_third(f"{COMODO}  {NAMES[COMODO]}")[:4], "", line, ""])
    seen = " ".join([*(row.subject for row in rows), *(problem.text for problem in problems)])
    assert line.strip() in seen or not problems
    lines = with_third(f"{COMODO}  {NAMES[COMODO]}")
    rows, problems = read([*lines[:3], line, *lines[3:]])
    seen = " ".join([*(row.subject for row in rows), *(problem.text for problem in problems)])
    assert line.strip() in seen


# --- digests of other kinds, and fields in other languages --------------------------------------


def digest(name: str, digits: str) -> str:
    """Another digest of the same certificate, as far as a reader can tell."""
    return hashlib.new(name, digits.encode()).hexdigest()


KINDS = [("md5", "sha1"), ("sha1", "md5"), ("sha256", "sha1"), ("md5", "sha1", "sha256")]


@pytest.mark.parametrize("kinds", KINDS, ids="-".join)
@pytest.mark.parametrize("is_labelled", [False, True], ids=["bare", "labelled"])
@pytest.mark.parametrize("is_table", [False, True], ids=["records", "table"])
def test_digests_of_other_kinds_are_no_fingerprints(
    kinds: tuple[str, ...], is_labelled: bool, is_table: bool
) -> None:
    rows = ["Fingerprints".ljust(90) + "Subject"] if is_table else []
    for digits, name in FOUR:
        shown = [digits if kind == "sha1" else digest(kind, digits) for kind in kinds]
        if is_labelled:
            shown = [f"{k.upper()}: {each}" for k, each in zip(kinds, shown, strict=True)]
        rows += [shown[0].ljust(90) + name, *shown[1:]] if is_table else [name, *shown]
        rows.append("")
    assert pairs(rows) == FOUR


def test_a_page_of_which_some_fingerprints_lack_eight_digits_is_told() -> None:
    cut = [(digits[: 32 if at % 2 else 40], name) for at, (digits, name) in enumerate(FOUR)]
    rows, problems = read([line for digits, name in cut for line in (name, digits, "")])
    assert [problem.kind for problem in problems] == ["malformed-fingerprint"] * 2
    assert [(row.fingerprint, row.subject) for row in rows] == FOUR[::2]


@pytest.mark.parametrize("label", ["Key ID", "Subject Key Identifier:", "Serial number:"])
def test_forty_digits_under_a_label_of_their_own_are_no_fingerprint(label: str) -> None:
    rows = ["Subject".ljust(60) + "Digests"]
    for digits, name in FOUR:
        rows += [name.ljust(60) + label]
        rows += [" " * 60 + each for each in (digest("sha1", digits), "SHA-1", digits)]
        rows.append("")
    assert pairs(rows) == FOUR


def test_a_label_before_digits_takes_no_words_of_the_subject() -> None:
    rows = ["Subject".ljust(52) + "Digests"]
    for digits, name in FOUR:
        first, second, third = cell(name)
        rows += [f"{first:>51} MD5: {digest('md5', digits)}", f"{second:>51} {digits}"]
        rows += [f"{third:>51}", ""]
    found, _ = read(rows)
    joined = [(row.fingerprint, row.subject.replace(UNCERTAIN_JOIN, " ")) for row in found]
    assert joined == FOUR


LABELS = {
    "en": ("Issuer", "Subject", "Serial number", "Valid until", "SHA-1 fingerprint"),
    "de": ("Aussteller", "Antragsteller", "Seriennummer", "Gültig bis", "SHA-1-Fingerabdruck"),
    "fr": ("Émetteur", "Sujet", "Numéro de série", "Valide jusqu’au", "Empreinte SHA-1"),
    "es": ("Emisor", "Sujeto", "Número de serie", "Válido hasta", "Huella digital SHA-1"),
    "pt": ("Emissor", "Assunto", "Número de série", "Válido até", "Impressão digital SHA-1"),
    "it": ("Emittente", "Soggetto", "Numero di serie", "Valido fino al", "Impronta SHA-1"),
    "ja": ("発行者", "サブジェクト", "シリアル番号", "有効期間の終了", "SHA-1 フィンガープリント"),
}


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (1, 0, 2, 3, 4), (4, 1, 0, 2, 3)])
@pytest.mark.parametrize("colon", [": ", "  "], ids=["colons", "columns"])
def test_records_are_read_in_seven_languages(
    labels: tuple[str, ...], order: tuple[int, ...], colon: str
) -> None:
    rows = []
    width = 0 if colon == ": " else 30
    for digits, name in FOUR:
        fields = ("C=XX, O=Someone, CN=Else", name, "3f2a99b1c0", "2030-05-30", digits)
        rows += [(labels[at] + colon).ljust(width) + fields[at] for at in order] + [""]
    assert pairs(rows) == FOUR


def test_an_attribute_on_a_line_of_its_own_is_no_serial_number() -> None:
    rows = []
    for digits, _ in FOUR:
        rows += [digits, "C=EU, L=Madrid,", "serialNumber=A82743287, O=AC Camerfirma S.A.", ""]
    name = "C=EU, L=Madrid, serialNumber=A82743287, O=AC Camerfirma S.A."
    assert pairs(rows) == [(digits, name) for digits, _ in FOUR]


def test_two_names_beside_one_fingerprint_are_told() -> None:
    rows = [f"{digits}  {name}, C=XX, O=Someone" for digits, name in FOUR]
    found, problems = read(rows)
    assert found == []
    assert {problem.kind for problem in problems} == {"missing-subject"}


@pytest.mark.parametrize("band", ["Authorities beginning with {}", "– {} –", "{}: roots"])
def test_lines_that_part_an_alphabetic_list_are_of_no_row(band: str) -> None:
    listed = [("A", FOUR[0]), ("C", FOUR[2]), ("I", FOUR[3])]
    rows = ["Fingerprint".ljust(44) + "Subject"]
    for letter, (digits, name) in listed:
        rows += [band.format(letter), f"{digits:44}{name}"]
    later = [band.format("X"), f"{digest('sha1', 'x'):44}C=US, O=XRamp, CN=XRamp Root"]
    found = pairs(rows, [rows[0], *later])
    assert found[:3] == [row for _, row in listed]
    assert [subject for _, subject in found[3:]] == ["C=US, O=XRamp, CN=XRamp Root"]


def test_a_word_of_a_label_in_a_name_is_none_of_the_next_column() -> None:
    names = ["C=SE, O=Acme, CN=Acme Fingerprint", "C=SE, O=Acme, CN=Acme Issued Valid"]
    rows = ["No.    Subject                                 Thumbprint"]
    found = [(EXTERNAL, names[0]), (CLASS_1, names[1])]
    rows += [f"{at:5}  {name:40}{digits}" for at, (digits, name) in enumerate(found, 1)]
    assert pairs(rows) == found


def test_a_serial_number_last_in_a_header_gives_its_column_its_title() -> None:
    rows = ["SHA-1".ljust(44) + "Subject".ljust(60) + "Serial No."]
    for at, (digits, name) in enumerate(FOUR):
        rows.append(f"{digits:44}{name:60}{digest('sha1', str(at))}")
    assert pairs(rows) == FOUR


def test_numbers_of_rows_are_none_of_digits_in_pairs() -> None:
    rows = []
    for at, (digits, name) in enumerate(FOUR, 10):
        pairs_ = " ".join(digits[i : i + 2] for i in range(0, 40, 2))
        rows.append(f"{at}. {pairs_} {name}")
    assert pairs(rows) == FOUR


def test_a_column_without_a_title_that_repeats_the_subjects_is_of_issuers() -> None:
    unknown = [(digest("sha1", digits), name) for digits, name in FOUR]
    assert pairs([f"{name:60}{name:60}{digits}" for digits, name in unknown]) == unknown


def test_a_row_beside_a_name_that_no_row_has_is_told() -> None:
    unknown = [(digest("sha1", digits), name) for digits, name in FOUR[:2]]
    rows, problems = read([f"{digits}    {name}" for digits, name in unknown] + ["", "", "O=Acme"])
    told = " ".join(problem.text for problem in problems)
    assert unknown[1][0] in told
    assert "O=Acme" in told
    assert [row.fingerprint for row in rows] == [unknown[0][0]]


def test_rows_in_groups_of_digits_at_the_foot_of_a_column_are_read() -> None:
    left, right = [], []
    for digits, name in FOUR:
        groups = " ".join(digits[i : i + 8] for i in range(0, 40, 8))
        spaced = name.replace("=", " = ")
        left += [f"SHA-1: {groups}", f"Subject: {spaced}", "Key: RSA"]
        right += [f"SHA-1: {groups[::-1]}", f"Subject: {spaced} 2", "Key: RSA", "", "", ""]
    left += [""] * (len(right) - len(left))
    rows, _ = read([f"{a:80}{b}" for a, b in zip(left, right, strict=True)])
    assert len(rows) == 2 * len(FOUR)


def test_a_heading_amid_columns_heads_all_of_them() -> None:
    def lines(part: list[tuple[str, str]]) -> list[str]:
        (one, first), (two, second) = part
        return [f"{one:44}{first:60}{two:44}{second}"]

    text = ["Firmware 12.7(1)", *lines(FOUR[:2]), *lines(FOUR[2:]), "", "", ""]
    text += ["Firmware 12.8(1)", "", "", *lines(FOUR[:2]), *lines(FOUR[2:])]
    rows, problems = read(text)
    assert problems == []
    assert sorted((row.release, row.fingerprint) for row in rows) == sorted(
        (release, digits) for release in ("12.7(1)", "12.8(1)") for digits, _ in FOUR
    )


def test_rows_that_go_on_below_one_of_two_lists_are_told() -> None:
    first = [f"{'Firmware 12.7(1)':104}Firmware 12.8(1)"]
    first += [f"{a:44}{x:60}{b:44}{y}" for (a, x), (b, y) in [FOUR[:2], FOUR[1::-1]]]
    rows, problems = read(first, [f"{digits:44}{name}" for digits, name in FOUR[2:]])
    assert {(row.page, row.release) for row in rows} == {(1, "12.7(1)"), (1, "12.8(1)")}
    told = " ".join(problem.text for problem in problems)
    assert all(digits in told for digits, _ in FOUR[2:])


def test_a_type_that_ends_a_line_behind_digits_is_none_of_them() -> None:
    groups = {digits: " ".join(digits[i : i + 4] for i in range(0, 40, 4)) for digits in NAMES}
    lines = []
    for digits, name in FOUR:
        lines += [f"{groups[digits]} C", f"= {name.removeprefix('C=')}"]
    assert [digits for digits, _ in pairs(lines)] == list(NAMES)
    rows, _ = read(lines)
    assert [row.subject.replace("C = ", "C=") for row in rows] == list(NAMES.values())


def test_the_last_few_digits_of_cells_are_no_letters_of_an_alphabetic_list() -> None:
    ends = {digits: digits[:39] + end for digits, end in zip(NAMES, "acef", strict=True)}
    lines = []
    for digits, name in FOUR:
        lines += [f"{ends[digits][:39]}    {name}", ends[digits][39:]]
    rows, problems = read(lines)
    assert not problems
    assert [row.fingerprint for row in rows] == list(ends.values())


def side_by_side(width: int, *rows: tuple[str, str]) -> list[str]:
    """Two rows beside each other, in four columns of which the second is so wide."""
    lines = []
    for (one, name), (two, other) in zip(rows[::2], rows[1::2], strict=True):
        (above, below), (high, low) = (each.split(", CN=") for each in (name, other))
        lines += [
            f"{one}   {above + ',':<{width}}   {two}   {high},",
            f"{'':40}   {'CN=' + below:<{width}}   {'':40}   CN={low}",
        ]
    return lines


def test_sections_part_into_columns_of_their_own() -> None:
    unknown = [
        (hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest(), name)
        for name in (f"C=SE, O=Acme {n}, CN=Acme Root {n}" for n in range(1, 9))
    ]
    page = [
        "Firmware 12.7(1)",
        "",
        *side_by_side(24, *unknown[:4]),
        "",
        "Firmware 12.8(1)",
        "",
        *side_by_side(55, *unknown[4:]),
    ]
    rows, problems = read(page)
    assert not problems
    assert {(r.release, r.fingerprint, r.subject.replace(UNCERTAIN_JOIN, " ")) for r in rows} == {
        ("12.7(1)" if at < 4 else "12.8(1)", *row) for at, row in enumerate(unknown)
    }


def test_rows_whose_columns_go_on_on_the_next_page_are_told() -> None:
    def row(number: int) -> str:
        return hashlib.sha1(b"%d" % number, usedforsecurity=False).hexdigest()

    first = [
        f"{row(1)}                {row(3)}",
        f"{'C=SE, O=Acme, CN=Acme Root 1':<40}                C=SE, O=Acme, CN=Acme Root 3",
        f"{row(2)}                {row(4)}",
        f"{'C=SE, O=Acme, CN=Acme':<40}                C=SE, O=Acme, CN=Acme",
    ]
    second = [
        f"{'Root 2':<40}                Root 4",
        f"{row(5)}                {row(6)}",
        f"{'C=SE, O=Acme, CN=Acme Root 5':<40}                C=SE, O=Acme, CN=Acme Root 6",
        f"{row(7)}                {row(8)}",
        f"{'C=SE, O=Acme, CN=Acme Root 7':<40}                C=SE, O=Acme, CN=Acme Root 8",
    ]
    rows, problems = read(first, second)
    said = " ".join(problem.text for problem in problems)
    names = {row(n): f"C=SE, O=Acme, CN=Acme Root {n}" for n in range(1, 9)}
    wrong = [each for each in rows if names[each.fingerprint] != each.subject]
    assert problems
    assert all(each.fingerprint in said for each in wrong)
    assert all(digits in said for digits in names.keys() - {each.fingerprint for each in rows})


def unknown_rows(count: int) -> list[tuple[str, str]]:
    """Rows of roots that nobody knows."""
    names = [f"C=SE, O=Acme {n}, CN=Acme Root {n}" for n in range(1, count + 1)]
    return [(hashlib.sha1(n.encode(), usedforsecurity=False).hexdigest(), n) for n in names]


def beside(left: list[str], right: list[str], *heights: int) -> list[list[str]]:
    """Pages of such heights with two texts side by side, each of which goes on below itself."""
    pages, top = [], 0
    for height in heights:
        lines = range(top, top + height)
        cells = [[text[at] if at < len(text) else "" for at in lines] for text in (left, right)]
        pages.append([f"{one:<60}{other}".rstrip() for one, other in zip(*cells, strict=True)])
        top += height
    return pages


def test_names_above_their_digits_are_none_of_what_runs_on_other_pages() -> None:
    rows = unknown_rows(12)  # they differ in a number only, and stand at the same height
    left, right = ([text for row in part for text in row[::-1]] for part in (rows[:6], rows[6:]))
    pages = beside(left, right, 6, 6)
    assert sorted(pairs(*pages)) == sorted(rows)
    assert pairs(left[:6], left[6:]) == rows[:6]


@pytest.mark.parametrize(
    ("heights", "is_split", "gaps"),
    [
        ((9, 6, 12), False, ((), ())),
        ((11, 5, 6, 6), True, ((2, 3), (2, 4, 6))),
        ((8, 9, 13), False, ((1, 4), (2, 3))),
    ],
)
def test_rows_of_columns_that_go_on_on_the_next_page_are_right_or_told(
    heights: tuple[int, ...], is_split: bool, gaps: tuple[tuple[int, ...], tuple[int, ...]]
) -> None:
    rows = unknown_rows(14)
    texts: list[list[str]] = [[], []]
    for number, (digits, name) in enumerate(rows):
        column, at = divmod(number, 7)
        cells = [digits[:20], digits[20:], name] if is_split else [name, digits]
        texts[column] += [*cells, *([""] if at in gaps[column] else [])]
    read_rows, problems = read(*beside(*texts, *heights))
    said = " ".join(problem.text for problem in problems)
    names = dict(rows)
    assert all(row.subject == names[row.fingerprint] for row in read_rows)
    assert all(
        d in said or d[:20] in said or n in said
        for d, n in rows
        if d not in {row.fingerprint for row in read_rows}
    )


def test_the_end_of_a_name_at_the_top_of_a_page_is_no_header() -> None:
    rows = unknown_rows(4)
    digits, name = rows[1]
    rows[1] = digits, f"{name} Owner Root"
    titles = "SHA-1 fingerprint                           Subject"
    first = [titles, *(f"{one}    {other.removesuffix(' Owner Root')}" for one, other in rows[:2])]
    second = [f"{'':44}Owner Root", *(f"{one}    {other}" for one, other in rows[2:])]
    assert pairs(first, second) == rows
    assert pairs(first, [titles, *second[1:]]) == [rows[0], (digits, name), *rows[2:]]
    head = ["The authorities of a phone", ""]
    assert pairs([*head, *first], [*head, *second]) == rows
    assert pairs([*head, *first], [*head, titles, *second]) == rows


def test_letters_of_an_alphabetic_list_may_stand_on_a_page_each() -> None:
    rows = [
        (digits, f"C=SE, O={at}cme, CN={at}cme Root")
        for (digits, _), at in zip(unknown_rows(6), "ABCDEF", strict=True)
    ]
    typed = [f"{digits}    {name}" for digits, name in rows]
    pages = [[typed[at], "", "BDF"[at // 2], "", typed[at + 1]] for at in (0, 2, 4)]
    assert pairs(*pages) == rows
    pages[2][2] = "C"  # not in order
    assert read(*pages)[1]


def test_digits_in_the_middle_of_a_column_may_begin_anywhere() -> None:
    rows = unknown_rows(4)
    lines = ["                SHA-1 fingerprint                               Subject"]
    for number, (digits, name) in enumerate(rows):
        shown = ":".join(digits[i : i + 2] for i in range(0, 40, 2)) if number % 2 else digits
        first, *others = cell(name)
        lines += [f"{'':64}{first}", f"{shown:^60}    {others[0]}", f"{'':64}{others[1]}", ""]
    assert pairs(lines) == rows


def test_a_column_of_digits_of_several_lengths_is_of_numbers() -> None:
    rows = unknown_rows(5)
    lengths = (40, 16, 32, 22, 40)
    numbers = [SHA256[-length:] for length in lengths]
    lines = [
        f"{number:<44}{digits}    {name}"
        for number, (digits, name) in zip(numbers, rows, strict=True)
    ]
    assert pairs(lines) == rows
    assert pairs(lines[:4], [lines[4]]) == rows  # a column of the page before


def test_two_columns_of_digits_of_one_length_are_not_told_apart() -> None:
    rows = unknown_rows(3)
    lines = [f"{digits[::-1]}    {digits}    {name}" for digits, name in rows]
    lines[1] = lines[1][1:]  # a digit is missing
    found, problems = read(lines)
    assert not found
    assert problems


@pytest.mark.parametrize("width", [2.5, WIDTH, COURIER])
def test_a_number_that_ends_a_name_below_digits_is_of_the_name(width: float) -> None:
    rows = [
        (digits, f"{name} - {number}")
        for number, (digits, name) in enumerate(unknown_rows(3), start=4)
    ]
    lines = [
        line
        for digits, name in rows
        for line in (
            " ".join([*(digits[at : at + 2] for at in range(0, 40, 2)), name[:-2]]),
            f"{name[-1]} valid until 2031-02-05",
        )
    ]
    assert pairs(["Firmware 12.7(1)", *lines], width=width) == rows


@pytest.mark.parametrize("word", ["Notes", "Comments", "References", "Appendix A"])
def test_a_heading_right_below_a_name_is_none_of_it(word: str) -> None:
    rows = unknown_rows(3)
    lines = [line for row in rows for line in row]
    prose = "A phone checks the certificate of the server that it registers with, at any time."
    found, problems = read([prose, "", *lines, word, "", prose])
    assert {row.subject for row in found} <= {name for _, name in rows}
    assert len(found) == 3 or rows[2][0] in " ".join(problem.text for problem in problems)


@pytest.mark.parametrize("word", ["Valid", "Issuer", "Serial", "Status"])
def test_a_word_of_a_label_behind_an_equals_sign_is_of_the_name(word: str) -> None:
    digits = [digits for digits, _ in unknown_rows(3)]
    lines = [f"{'Subject':18}{'Issuer':18}SHA-1"]
    for number, each in enumerate(digits, 1):
        name = ["C = FR, O =", "Acme eG, CN", f"= {word}", f"Root {number}"]
        parts = [each[:14], each[14:28], each[28:], ""]
        lines += [f"{one:18}{one:18}{part}".rstrip() for one, part in zip(name, parts, strict=True)]
    name = f"C = FR, O = Acme eG, CN = {word} Root"
    assert pairs(lines) == [(each, f"{name} {number}") for number, each in enumerate(digits, 1)]


@pytest.mark.parametrize("notes", [["", "Notes"], ["", "Notes", "All have a SHA-1."], []])
def test_prose_on_the_next_page_is_none_of_the_last_row(notes: list[str]) -> None:
    rows = [(digits, f"{name} Server Root CA 2025") for digits, name in unknown_rows(3)]
    lines = [line for digits, name in rows for line in (f"{digits}  {name[:-8]}", "CA 2025")]
    prose = ["A root that has expired stays in the list until the next firmware release."]
    found, problems = read([*lines, *notes], prose)
    read_rows = [(row.fingerprint, row.subject) for row in found]
    assert read_rows == rows[: len(read_rows)]
    assert len(read_rows) == 3 or rows[-1][0] in " ".join(problem.text for problem in problems)


def record(digits: str, name: str) -> list[str]:
    """A record of five labelled fields."""
    sha256 = hashlib.sha256(digits.encode()).hexdigest()
    labels = ("Subject:", "SHA-1:", "Key Identifier:", "SHA-256:", "Usage:")
    values = (name, digits, sha256[:40], sha256, "TLS")
    return [
        line for pair in zip(labels, values, strict=True) for line in (pair[0], f"    {pair[1]}")
    ]


@pytest.mark.parametrize("at", range(1, 9))
def test_a_page_break_may_stand_anywhere_in_a_record(at: int) -> None:
    rows = unknown_rows(4)
    lines = [line for row in rows for line in [*record(*row), ""]]
    begun = 2 * (len(record(*rows[0])) + 1)
    found, problems = read(lines[: begun + at], lines[begun + at :])
    assert not problems
    assert [(row.fingerprint, row.subject) for row in found] == rows
    assert [row.fingerprint_sha256 for row in found] == [
        hashlib.sha256(digits.encode()).hexdigest() for digits, _ in rows
    ]


@pytest.mark.parametrize("word", ["Certificate", "Owner", "Issuer", "Status", "Serial"])
@pytest.mark.parametrize("is_dense", [False, True])
@pytest.mark.parametrize("as_record", [False, True])
def test_the_last_word_of_a_name_alone_on_its_line_is_no_label(
    word: str, is_dense: bool, as_record: bool
) -> None:
    """Half of the names end in it; below stands the next row, not a value."""
    begin = "Subject: " if as_record else ""
    rows, expected = [], []
    for number in range(1, 7):
        digits, name = f"{number}badc0de" * 5, f"C=XX, O=Acme, CN=Acme {number} Root Services"
        rows += [f"SHA-1: {digits}", f"{begin}{name}"] if as_record else [f"{digits:44}{name}"]
        rows += [f"{'':{len(begin) or 44}}{word}"] * (number % 2)
        rows += [] if is_dense else [""]
        expected.append((digits, f"{name} {word}" if number % 2 else name))
    read_rows, problems = read(rows)
    found = [(row.fingerprint, row.subject.replace("\u200b", " ")) for row in read_rows]
    assert found == expected
    assert problems == []


def test_a_word_alone_below_some_names_may_be_a_label() -> None:
    """What stands below it at its edge may be its value, or the rest of the name."""
    rows = []
    for number in range(1, 7):
        rows += [f"SHA-1: {number}badc0de{'0' * 32}", f"Subject: O=Acme, CN=Acme {number} Public"]
        rows += [f"{'':9}Certificate", f"{'':9}Authority"] * (number % 2) + [""]
    read_rows, problems = read(rows)
    assert [row.fingerprint[0] for row in read_rows] == ["2", "4", "6"]
    assert [problem.text[0] for problem in problems] == ["1", "3", "5"]


def test_the_end_of_a_name_at_the_head_of_pages_is_no_running_head() -> None:
    """Their numbers differ otherwise than those of pages do."""
    pages: list[list[str]] = [[]]
    for number in range(1, 10):
        pages[-1] += [f"{f'{number}badc0de' * 5:44}C=XX, O=Acme Trust Services, CN=Acme"]
        if number % 3 == 0:
            pages.append([])
        pages[-1] += [f"{'':44}Root CA {number}", ""]
    rows, problems = read(*pages)
    expected = [f"C=XX, O=Acme Trust Services, CN=Acme Root CA {number}" for number in range(1, 10)]
    assert [row.subject.replace("\u200b", " ") for row in rows] == expected
    assert problems == []


def test_a_running_head_has_the_number_of_its_page() -> None:
    pages = [
        [f"Trusted authorities, sheet {number} of 3", ""]
        + [f"{f'{number}{at}adc0de' * 5:44}C=XX, O=Acme, CN=Acme Root {number}{at}" for at in "abc"]
        for number in range(1, 4)
    ]
    rows, problems = read(*pages)
    assert len(rows) == 9
    assert problems == []


def test_text_of_no_size_at_all_is_no_failure() -> None:
    """A damaged file may give its text the size 0."""
    lines = lines_of(f"{'1badc0de' * 5}   O=Acme,   CN=Acme", "", "removed")
    page = Page(1, [replace(line, size=0.0) for line in lines], [])
    reading = gathered(alone(steps([page], {})))
    assert reading.rows or reading.problems


@pytest.mark.parametrize(
    ("count", "said"), [(38, "38 digits and they belong"), (40, "40 digits, as a SHA-1 has, and")]
)
def test_digits_without_a_row_are_called_what_they_may_be(count: int, said: str) -> None:
    other = ("3badc0de5badc0de" * 3)[:count]
    header = f"{'SHA-1':42}{'Other':42}Subject"
    _, problems = read([header, *(f"{digits:42}{other:42}{name}" for digits, name in FOUR)])
    assert all(said in problem.hint for problem in problems if problem.text == other)
    assert any(problem.text == other for problem in problems)
