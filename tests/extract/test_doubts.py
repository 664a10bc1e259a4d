"""Rows of roots that nobody knows: read where the page tells how, and problems where it doesn't.

All names are alike, as those of one CA are: each word stands right below that of the row above.
"""

from __future__ import annotations

import textwrap
from itertools import chain
from pathlib import Path

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen import canvas

from pipeline.catalogue import fingerprints, subjects
from pipeline.extract import Extraction, extract
from pipeline.extract.document import Problem, Row
from pipeline.extract.page import Page
from pipeline.extract.read_pages import steps
from pipeline.extract.reading import alone, gathered
from tests.extract.layout import lines_of
from tests.extract.random_judge import judge, read_pages
from tests.extract.random_lists import Roots, draw
from tests.extract.random_pages import pages_of
from tests.extract.unknown_roots import DIGITS, NAMES, TITLE, read


def typed(*pages: list[str]) -> tuple[list[Row], list[Problem]]:
    found = [Page(number, lines_of(*lines), []) for number, lines in enumerate(pages, 1)]
    reading = gathered(alone(steps(found, {})))
    return reading.rows, reading.problems


def taken(found: Extraction) -> list[tuple[str, str]]:
    return [(row.fingerprint, row.subject) for row in found.rows]


@pytest.mark.parametrize(
    "ending", ["CA {}", "R{}", "CA - G{}", "{}", "CA 2 Class {} Root", "CA 201{}", "CA"]
)
@pytest.mark.parametrize("gap", [" ", "  "])
def test_words_below_each_other_are_no_columns(tmp_path: Path, ending: str, gap: str) -> None:
    names = [f"C=XX, O=Acme {at}, CN=Acme Root {ending.format(at)}" for at in range(1, 7)]
    found = read(tmp_path, *(f"{d}{gap}{n}" for d, n in zip(DIGITS, names, strict=True)))
    assert taken(found) == list(zip(DIGITS, names, strict=True))
    assert found.problems == []


@pytest.mark.parametrize("further", [[], ["2048"], ["2048", "2030-01-01"]])
@pytest.mark.parametrize("is_numbered", [False, True])
def test_nor_are_they_on_a_page(tmp_path: Path, further: list[str], is_numbered: bool) -> None:
    path = tmp_path / "list.pdf"
    page = canvas.Canvas(str(path), pagesize=(842, 595))
    page.setFont("Helvetica", 7)
    page.drawString(40, 550, TITLE)
    for at, (digits, name) in enumerate(zip(DIGITS, NAMES, strict=True)):
        cells = [(60, digits), (260, name), *((450 + 50 * n, t) for n, t in enumerate(further))]
        for x, cell in [(40, str(at + 1))] * is_numbered + cells:
            page.drawString(x, 520 - 14 * at, cell)
    page.save()
    found = extract(path)
    assert taken(found) == list(zip(DIGITS, NAMES, strict=True))
    assert found.problems == []


def test_of_two_untitled_columns_of_forty_digits_none_is_taken(tmp_path: Path) -> None:
    keys = [each[::-1] for each in DIGITS]
    lines = [f"{d}  {k}  {n}" for d, k, n in zip(DIGITS, keys, NAMES, strict=True)]
    found = read(tmp_path, *lines)
    assert taken(found) == []
    told = " ".join(each.text for each in found.problems)
    assert all(each in told for each in [*DIGITS, *keys])


def test_of_two_columns_with_the_same_title_none_is_taken() -> None:
    others = [each[::-1] if at % 2 else "" for at, each in enumerate(DIGITS)]
    lines = [f"{o:44}{d:44}{n}" for d, o, n in zip(DIGITS, others, NAMES, strict=True)]
    rows, problems = typed([f"{'SHA-1':44}{'SHA-1':44}Subject", *lines])
    assert [row.fingerprint for row in rows] == DIGITS[::2]
    told_of = " ".join(each.text for each in problems)
    assert all(each in told_of for each in [*DIGITS[1::2], *others[1::2]])


def test_a_mark_beside_cells_of_its_row_is_no_heading() -> None:
    """Cells that are centred, and of one line, stand on a line of their own."""
    marks = ["Active", "Active", "Removed", "Active", "Active", "Active"]
    lines = [
        line
        for mark, digits, name in zip(marks, DIGITS, NAMES, strict=True)
        for line in (
            f"{'':12}{digits:44}{'':12}{name.split(' CN=')[0]}",
            f"{mark:12}{'':44}{'ecdsa':12}{'':30}release",
            f"{'':12}{'':44}{'':12}CN={name.split(' CN=')[1]}",
            "",
        )
    ]
    header = f"{'Status':12}{'SHA-1':44}{'Key Type':12}{'Subject':30}Notes"
    rows, problems = typed([header, *lines])
    assert DIGITS[2] not in {row.fingerprint for row in rows}
    assert [DIGITS[2] in each.text for each in problems if "Removed" in each.hint] == [True]


@pytest.mark.parametrize("alike", [1, 2, 6])
def test_columns_that_say_the_same_of_a_row_are_those_of_one_table(alike: int) -> None:
    """Keys and issuers, digits and subjects: in no row anything tells which is which."""
    keys = [each[::-1] for each in DIGITS]
    issuers = [*NAMES[:alike], *(name.replace("Acme", "Other") for name in NAMES[alike:])]
    cells = zip(keys, issuers, DIGITS, NAMES, strict=True)
    rows, problems = typed(["   ".join(each) for each in cells])
    assert rows == []
    told_of = " ".join(each.text for each in problems)
    assert all(each in told_of for each in DIGITS)


def test_digits_without_a_label_at_the_top_of_a_column_may_be_a_serial_number() -> None:
    records = [
        [f"SHA-1: {digits}", "Serial:", digits[::-1], f"Subject: {name}", ""]
        for digits, name in zip(DIGITS, NAMES, strict=True)
    ]
    left, right = chain(*records[::2]), chain(*records[1::2])
    lines = [f"{one:60}{other}" for one, other in zip(left, right, strict=True)]
    rows, problems = typed(
        lines[:7], lines[7:]
    )  # the label ends one page, its value is on the next
    found = {row.fingerprint for row in rows}
    assert found <= set(DIGITS)
    told_of = " ".join(each.text for each in problems)
    assert all(each in told_of for each in DIGITS if each not in found)


@pytest.mark.parametrize("label", ["Status:", "Status: ", "State:"])
def test_a_mark_on_the_line_below_its_label_governs_its_record(tmp_path: Path, label: str) -> None:
    records = []
    for at, (digits, name) in enumerate(zip(DIGITS, NAMES, strict=True)):
        status = [label, "Removed"] if at == 2 else [label, "Trusted"]
        records += [f"Subject: {name}", f"SHA-1: {digits}", *status, ""]
    found = read(tmp_path, *records)
    assert taken(found) == [
        pair for at, pair in enumerate(zip(DIGITS, NAMES, strict=True)) if at != 2
    ]
    assert any(DIGITS[2] in each.text for each in found.problems)


def test_a_common_name_that_no_certificate_can_have_is_a_problem(tmp_path: Path) -> None:
    """RFC 5280, A.1: ub-common-name is 64."""
    longest = f"C=XX, O=Acme, CN={'Acme ' * 11}Root CA 7"
    assert len(longest.partition("CN=")[2]) == 64
    names = [longest, f"{longest}8", *NAMES[2:]]
    found = read(tmp_path, *(f"{d}  {n}" for d, n in zip(DIGITS, names, strict=True)))
    assert DIGITS[0] in [digits for digits, _ in taken(found)]
    assert DIGITS[1] not in [digits for digits, _ in taken(found)]
    assert any(DIGITS[1] in each.text for each in found.problems)


def test_digits_of_another_column_are_no_part_of_a_name(tmp_path: Path) -> None:
    names = [f"{NAMES[0]} 0A 1B 2C 3D", *NAMES[1:]]
    found = read(tmp_path, *(f"{d}  {n}" for d, n in zip(DIGITS, names, strict=True)))
    assert DIGITS[0] not in [digits for digits, _ in taken(found)]
    assert any(DIGITS[0] in each.text for each in found.problems)


@pytest.mark.parametrize("heads", [[("SHA-1", "Subject", "Status")], []])
def test_a_row_that_a_column_says_is_removed_is_not_taken(
    tmp_path: Path, heads: list[tuple[str, str, str]]
) -> None:
    rows = [
        (digits, name, "Removed" if at == 2 else "Trusted")
        for at, (digits, name) in enumerate(zip(DIGITS, NAMES, strict=True))
    ]
    lines = [f"{digits:42}{name:33}{status}" for digits, name, status in [*heads, *rows]]
    found = read(tmp_path, *lines)
    assert taken(found) == [(digits, name) for digits, name, status in rows if status == "Trusted"]
    assert [each for each in found.problems if DIGITS[2] in each.text]


@pytest.mark.parametrize("width", [33, 45])
@pytest.mark.parametrize("filling", ["", "x"])
def test_issuers_are_no_subjects(tmp_path: Path, width: int, filling: str) -> None:
    names = [f"C=XX, O=Acme{filling * at}, CN=Acme Root CA {at}" for at in range(1, 7)]
    rows = [("SHA-1", "Subject", "Issuer"), *zip(DIGITS, names, names, strict=True)]
    room = max(width, len(names[-1]) + 2)
    found = read(tmp_path, *(f"{d:42}{subject:{room}}{issuer}" for d, subject, issuer in rows))
    assert taken(found) == list(zip(DIGITS, names, strict=True))
    assert found.problems == []


@pytest.mark.parametrize("cell", ["RSA 2048 sha256WithRSAEncryption", "Trusted", "2048"])
@pytest.mark.parametrize("white", [4.5, 6, 9, 12])
def test_a_cell_close_to_a_name_is_never_taken_for_its_end(
    tmp_path: Path, cell: str, white: float
) -> None:
    """Points of white between the columns; the font has 7, and a space less than 2."""
    path = tmp_path / "list.pdf"
    page = canvas.Canvas(str(path), pagesize=(842, 595))
    page.setFont("Helvetica", 7)
    page.drawString(40, 550, TITLE)
    edge = 260 + stringWidth(NAMES[0], "Helvetica", 7) + white
    for at, (digits, name) in enumerate(zip(DIGITS, NAMES, strict=True)):
        for x, text in [(60, digits), (260, name), (edge, cell)]:
            page.drawString(x, 520 - 14 * at, text)
    page.save()
    found = extract(path)
    assert not {subject for _, subject in taken(found)} - set(NAMES)
    assert len(found.rows) == 6 or all(
        any(digits in each.text for each in found.problems) for digits in DIGITS
    )


# --- what stands around a row --------------------------------------------------------------------


def told(found: Extraction, digits: str) -> bool:
    return any(digits in problem.text for problem in found.problems)


def test_a_line_that_had_room_for_the_next_word_ended_its_text(tmp_path: Path) -> None:
    long = "C=XX, O=Acme International Holding, OU=Trust Services, CN=Acme Long Root CA"
    rows = [f"{digits} {name}" for digits, name in zip(DIGITS, [long, *NAMES[1:]], strict=True)]
    found = read(tmp_path, *rows, "Kept for older servers")
    assert {subject for _, subject in taken(found)} <= {long, *NAMES}
    assert DIGITS[-1] in dict(taken(found)) or told(found, DIGITS[-1])


def test_a_month_between_numbers_is_no_digits(tmp_path: Path) -> None:
    lines = [
        line
        for number, (digits, name) in enumerate(zip(DIGITS, NAMES, strict=True))
        for line in (
            f"Thumbprint: {digits}",
            f"Not Before: 20{number + 10} Feb 1{number}",
            f"Not After: Dec 1{number} 21:50:39 20{number + 30} GMT",
            f"Subject: {name}",
        )
    ]
    found = read(tmp_path, *lines)
    assert taken(found) == list(zip(DIGITS, NAMES, strict=True))
    assert found.problems == []


@pytest.mark.parametrize("end", ["E1", "CA 20", "CA"])
def test_a_bracket_parts_digits_from_a_name_that_ends_in_digits(tmp_path: Path, end: str) -> None:
    names = [f"C=XX, O=Acme {number}, CN=Acme Root {end}" for number in range(1, 7)]
    pairs = [" ".join(digits[i : i + 2] for i in range(0, 40, 2)) for digits in DIGITS]
    found = read(tmp_path, *(f"{n} ({d})" for d, n in zip(pairs, names, strict=True)))
    assert taken(found) == list(zip(DIGITS, names, strict=True))
    assert found.problems == []


def test_what_a_heading_removes_goes_on_on_the_next_page(tmp_path: Path) -> None:
    path = tmp_path / "list.pdf"
    page = canvas.Canvas(str(path), pagesize=(595, 842))
    above = [TITLE, "", *record(0), "", *record(1), "", "Revoked authorities", "", *record(2), ""]
    for lines in ([*above, *record(3)[:4]], record(3)[4:]):
        page.setFont("Helvetica", 9)
        for at, line in enumerate(lines):
            page.drawString(50, 780 - 11 * at, line)
        page.showPage()
    page.save()
    found = extract(path)
    assert taken(found) == list(zip(DIGITS[:2], NAMES[:2], strict=True))
    assert told(found, DIGITS[2])
    assert told(found, DIGITS[3])


def record(number: int) -> list[str]:
    return [
        *("Validity", f"20{number + 10}-06-25 to 2040-06-25"),
        *("Validity Period", f"20{number + 10}-06-25 to 2040-06-25"),
        *("Subject", NAMES[number], "Fingerprint", DIGITS[number]),
    ]


@pytest.mark.parametrize("with_catalogue", [True, False], ids=["catalogue", "empty"])
@pytest.mark.parametrize(
    ("seed", "roots"),
    [
        *((30116, None), (30191, None)),
        *((30149, None), (30452, None), (9114, None)),
        *((9035, None), (9061, None), (9062, "unknown"), (9101, "unknown"), (9075, None)),
        *((30071, None), (30100, None), (30351, None), (30318, None), (30452, None)),
        *((9201, "unknown"), (30238, "unknown"), (30029, "unknown"), (9266, "unknown")),
        *((9125, None), (9140, None), (9265, None), (50003, None), (50138, None)),
        *((50024, None), (50205, None), (50241, None), (50170, "unknown"), (50235, "unknown")),
        *((60005, None), (60023, None), (60078, None), (90124, None), (90133, None)),
        *((90076, None), (90080, None), (30204, None), (50164, None), (140486, None)),
        *((80041, "unknown"), (90129, "unknown"), (70112, "unknown"), (110070, "unknown")),
        *((140113, "unknown"), (140224, "unknown"), (140487, "unknown"), (110115, None)),
        *((130066, "unknown"), (120076, None), (150016, "unknown"), (160187, None), (160479, None)),
        *((160532, None), (160847, None), (160940, None), (160563, None), (160357, "unknown")),
        *((160571, "unknown"), (160798, "unknown"), (170133, "unknown"), (170762, "unknown")),
        *((170878, "unknown"), (170603, None), (170047, None), (170321, None), (170456, None)),
        *((10055, None), (10138, None), (20040, None), (40013, "unknown"), (70009, "unknown")),
        (180084, None),
        *((222110, "mixed"), (300096, "mixed")),  # keys and issuers look like a list of their own
        *((300628, "mixed"), (300192, "unknown"), (300616, "unknown")),
        (1200308, "mixed"),  # a page break amid the cells of a row, which are centred
        *((1200257, "mixed"), (1200369, "mixed"), (1200675, "unknown"), (1200709, None)),
        (1200744, "mixed"),  # a column is where others stand in the table below
        (1800013, None),  # names of issuers look like a list beside that of the rest
        (1700089, "unknown"),  # the same with a country behind the names of one of two columns
        (1820231, "unknown"),  # a word that may be a label of a date, and no date behind it
        (1820536, "unknown"),  # a line that begins with digits isn't numbered
        (1820201, None),  # a name goes on below a page break with a word that may be a title
        (1830225, "mixed"),  # digits of a dense column, each with the rest of those above
        (1850056, "unknown"),  # columns of digits, and a row that waits for the next page
        (1810135, "unknown"),  # a number below a line that an equals sign began
        # digits may begin a group earlier, or later
        *((1800187, "unknown"), (1800228, "unknown"), (1810351, None)),
    ],
)
def test_nothing_is_silent(seed: int, roots: Roots | None, with_catalogue: bool) -> None:
    drawn = draw(seed, roots=roots)
    judgement = judge(drawn, *read_pages(pages_of(drawn), with_catalogue=with_catalogue))
    assert [*judgement.silent, *judgement.extra] == []


@pytest.mark.parametrize(
    ("seed", "roots"),
    [
        *((160187, None), (160622, None), (160604, "unknown")),  # titles close to each other
        (160571, "unknown"),  # a name that is a label, too, before a SHA-256
        (160795, None),  # labels of records at the same place of each page
        (160946, None),  # the digests of one certificate in two columns
        *((170846, None), (170910, None)),  # a column of months, with its last line beside digits
        *((170055, "unknown"), (10028, None)),  # prose right below a table, across its columns
        (60021, None),  # the value of a label looks like a title
        *((170982, "unknown"), (170341, "unknown")),  # labels that are attributes, or places
        (10144, None),  # a label ends the page before its value
        (170187, None),  # labels of records at the same place of each page, without a colon
    ],
)
def test_all_rows_are_read(seed: int, roots: Roots | None) -> None:
    drawn = draw(seed, roots=roots)
    judgement = judge(drawn, *read_pages(pages_of(drawn)))
    assert judgement.inexact == judgement.silent == judgement.extra == []


def test_a_mark_at_the_foot_of_a_page_governs_the_record_that_ends_on_the_next() -> None:
    drawn = draw(165066, shape="records", roots="unknown")
    judgement = judge(drawn, *read_pages(pages_of(drawn)))
    assert [*judgement.silent, *judgement.extra] == []


def test_a_sha256_of_another_certificate_is_told(tmp_path: Path) -> None:
    known = dict(list(subjects().items())[:4])
    first, second, *_ = known
    digests = fingerprints()
    shown = {**{sha1: digests[sha1] for sha1 in known}, first: digests[second]}
    rows = [f"{sha1}  {shown[sha1]}  {name}" for sha1, name in known.items()]
    found = read(tmp_path, f"{'SHA-1':40}  {'SHA-256':64}  Subject", *rows)
    assert [digits for digits, _ in taken(found)] == [sha1 for sha1 in known if sha1 != first]
    assert told(found, first)
    assert told(found, digests[second])


def test_a_mark_at_the_head_of_a_page_governs_the_record_that_began_before() -> None:
    records = [
        *("Fingerprint:", "  {}", "Subject:", "  {}", "CA Owner:", "  Acme", "Trust Status:"),
        *("  {}", "Location:", "  XX", "", ""),
    ]
    lines = [
        line.format(value)
        for at, (digits, name) in enumerate(zip(DIGITS, NAMES, strict=True))
        for line, value in zip(
            records,
            ["", digits, "", name, *[""] * 3, "Removed" if at == 2 else "Trusted", *[""] * 4],
            strict=True,
        )
    ]
    rows, problems = typed(lines[:28], lines[28:])
    pairs = list(zip(DIGITS, NAMES, strict=True))
    assert [(row.fingerprint, row.subject) for row in rows] == [*pairs[:2], *pairs[3:]]
    assert [DIGITS[2] in each.text and "Removed" in each.hint for each in problems] == [True]


def test_a_name_with_words_below_it_on_its_page_does_not_go_on_on_the_next() -> None:
    fields = ["Location", "  AT", "AKI", "  {}", "Public Key Algorithm", "  RSA 204{}"]
    fields += ["SHA-1 Fingerprint", "  {}", "Subject", "  {}", ""]
    lines = [
        line.format(value)
        for at, (digits, name) in enumerate(zip(DIGITS[:4], NAMES, strict=False))
        for line, value in zip(
            fields, [*[""] * 3, digits[::-1], "", at, "", digits, "", name, ""], strict=True
        )
    ]
    rows, problems = typed(lines[:27], lines[27:])
    assert {row.subject for row in rows} <= set(NAMES)
    found = {row.fingerprint for row in rows}
    assert all(d in found or any(d in each.text for each in problems) for d in DIGITS[:4])


def test_a_sha256_behind_a_word_that_looks_like_a_label_is_read_or_told() -> None:
    ends = ["Root 1", "Serial", "Root 3", "Root 4"]
    rows, problems = typed(
        [
            f"{d:42}C=XX, CN=Acme  {end:9}{d[::-1]}{d[:24]}"
            for d, end in zip(DIGITS[:4], ends, strict=True)
        ]
    )
    whole = {
        d: (f"C=XX, CN=Acme {end}", f"{d[::-1]}{d[:24]}")
        for d, end in zip(DIGITS[:4], ends, strict=True)
    }
    read = {row.fingerprint: (row.subject, row.fingerprint_sha256) for row in rows}
    assert read.items() <= whole.items()
    told = " ".join(each.text for each in problems)
    assert all(digits in told for digits in whole.keys() - read.keys())


@pytest.mark.parametrize(
    "fields",
    [
        ("# :                {number}", "SHA-1 Thumbprint : {digits}", "Subject :          {name}"),
        ("DN=     {name}", "Name=   Acme Root CA {number}", "SHA-1=  {digits}"),
        ("SHA-1= {digits}", "Subject= {name}", "Certificate Serial Number= 0{number}ab"),
    ],
    ids=["a number sign before a label", "a name that is no attribute", "a word before a label"],
)
def test_what_begins_a_line_of_a_record_is_a_label_of_its_own(fields: tuple[str, ...]) -> None:
    rows, problems = typed(
        [
            line.format(number=number, digits=digits, name=name)
            for number, (digits, name) in enumerate(zip(DIGITS, NAMES, strict=True), 1)
            for line in (*fields, "")
        ]
    )
    pairs = [(row.fingerprint, row.subject) for row in rows]
    assert pairs == list(zip(DIGITS, NAMES, strict=True))
    assert problems == []


def test_lists_side_by_side_may_come_as_close_as_a_space() -> None:
    left, right = (
        [
            line
            for digits, name in zip(DIGITS[at : at + 3], NAMES[at : at + 3], strict=True)
            for line in (
                *(f"Issued To: {name}", "SHA-1 Hash:"),
                *(":".join(digits[i : i + 2] for i in range(0, 40, 2)), ""),
            )
        ]
        for at in (0, 3)
    )
    # a digest of one list stands beside the label of the next: a space parts them
    rows, problems = typed([f"{a:60}{b}" for a, b in zip([*left, ""], ["", *right], strict=True)])
    pairs = {row.fingerprint: row.subject for row in rows}
    assert pairs == dict(zip(DIGITS, NAMES, strict=True))
    assert problems == []


@pytest.mark.parametrize("step", [5, 14])
def test_a_mark_amid_the_lines_of_a_row_is_no_heading(tmp_path: Path, step: int) -> None:
    """Cells that are centred: what stands between two lines of a row is beside both."""
    path = tmp_path / "list.pdf"
    page = canvas.Canvas(str(path), pagesize=(842, 595))
    page.setFont("Helvetica", 9)
    page.drawString(40, 550, TITLE)
    for at, (digits, name) in enumerate(zip(DIGITS, NAMES, strict=True)):
        y = 520 - 40 * at
        for down, (print_, part) in enumerate(
            zip((digits[:20], digits[20:]), name.split(" CN="), strict=True)
        ):
            page.drawString(60, y - 11 * down, print_)
            page.drawString(260, y - 11 * down, f"CN={part}" if down else part)
        page.drawString(600, y - step if at == 2 else y, "Removed" if at == 2 else "Trusted")
    page.save()
    found = extract(path)
    assert DIGITS[2] not in dict(taken(found))
    assert told(found, DIGITS[2])
    if step < 11:  # else nothing but its place in the column tells it from a heading
        assert taken(found) == [
            pair for pair in zip(DIGITS, NAMES, strict=True) if pair[0] != DIGITS[2]
        ]


@pytest.mark.parametrize("ending", ["C=XX Notes, O=Acme, CN=Acme Root CA 9", "O=Acme, C=XX Notes"])
def test_words_behind_a_country_are_told(tmp_path: Path, ending: str) -> None:
    found = read(
        tmp_path, *(f"{d}  {n}" for d, n in zip(DIGITS, [ending, *NAMES[1:]], strict=True))
    )
    assert taken(found) == list(zip(DIGITS[1:], NAMES[1:], strict=True))
    assert told(found, DIGITS[0])


def test_lines_that_known_rows_end_early_are_no_doubt_of_unknown_ones(tmp_path: Path) -> None:
    """Some break lines by the number of characters, whatever their width."""
    path = tmp_path / "list.pdf"
    known = sorted(subjects().items(), key=lambda each: len(each[1]), reverse=True)[:20]
    name = "C=XX, O=Acme Illicit Widgets, OU=Millwill Fill Hill, CN=Acme Illimitable Root CA"
    rows = [*known[:10], (DIGITS[0], name), *known[10:]]
    page = canvas.Canvas(str(path), pagesize=(842, 1190))
    page.setFont("Helvetica", 7)
    page.drawString(40, 1150, TITLE)
    y = 1120
    for digits, subject in rows:
        page.drawString(60, y, digits)
        for line in textwrap.wrap(subject, 40, break_on_hyphens=False):
            page.drawString(260, y, line)
            y -= 9
        y -= 8
    page.save()
    assert (DIGITS[0], name) in taken(extract(path))
