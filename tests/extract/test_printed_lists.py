"""Tables and texts as browsers and typesetters print them: broken anywhere, columns close.

All roots are unknown: what is read, the page alone tells.
"""

from __future__ import annotations

from itertools import pairwise

import pytest

from pipeline.extract.document import UNCERTAIN_JOIN, Problem, Row
from pipeline.extract.page import Line, Page, Ruling
from pipeline.extract.read_pages import steps
from pipeline.extract.reading import alone, gathered
from tests.extract.layout import HEIGHT, lines_of
from tests.extract.unknown_roots import DIGITS, NAMES

ROWS = list(zip(DIGITS, NAMES, strict=True))


def typed(*pages: list[str]) -> tuple[list[Row], list[Problem]]:
    found = [Page(number, lines_of(*lines), []) for number, lines in enumerate(pages, 1)]
    reading = gathered(alone(steps(found, {})))
    return reading.rows, reading.problems


def taken(rows: list[Row]) -> list[tuple[str, str]]:
    return [(row.fingerprint, row.subject.replace(UNCERTAIN_JOIN, " ")) for row in rows]


def grouped(digits: str, size: int) -> str:
    return " ".join(digits[at : at + size] for at in range(0, len(digits), size))


def broken(text: str, width: int) -> list[str]:
    """A text broken anywhere, as ``word-break: break-all`` does."""
    return [text[at : at + width].strip() for at in range(0, len(text), width)]


def side_by_side(*columns: list[str], gap: int = 3) -> list[str]:
    """The lines of the cells of a row."""
    count = max(map(len, columns))
    full = [[*column, *[""] * (count - len(column))] for column in columns]
    widths = [max(map(len, column)) + gap for column in columns]
    return [
        "".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in zip(*full, strict=True)
    ]


@pytest.mark.parametrize("size", [2, 4, 8])
@pytest.mark.parametrize("width", [23, 26, 29, 33])
@pytest.mark.parametrize("digits_first", [True, False])
def test_groups_of_digits_may_be_broken(size: int, width: int, digits_first: bool) -> None:
    lines: list[str] = ["SHA-1 Fingerprint" + 60 * " " + "SHA-1 Fingerprint"]
    lines[0] = lines[0][:17] if digits_first else "Subject".ljust(35) + "SHA-1 Fingerprint"
    for digits, name in ROWS:
        cells = [broken(grouped(digits.upper(), size), width), [name]]
        lines += [*side_by_side(*(cells if digits_first else cells[::-1])), ""]
    rows, _ = typed(lines)
    assert taken(rows) == ROWS


def test_md5_below_each_other_are_no_sha256() -> None:
    """Rows stand apart by half a line, more than the lines of each."""
    lines: list[Line] = []
    for at, (digits, name) in enumerate(ROWS):
        md5 = broken(grouped(f"{at}c0ffee1" * 4, 2), 24)
        for line in lines_of(*side_by_side(broken(grouped(digits, 2), 30), [name], md5)):
            y = line.y + 2.5 * HEIGHT * at
            lines.append(Line([word._replace(y=y) for word in line.words], y, line.size))
    read = gathered(alone(steps([Page(1, lines, [])], {})))
    assert taken(read.rows) == ROWS
    assert not any(row.fingerprint_sha256 for row in read.rows)


def test_lines_of_two_digests_that_are_as_wide_are_no_groups_of_one() -> None:
    lines = [side_by_side(["MD5".ljust(22)], ["SHA-1 Fingerprint".ljust(22)], ["Subject"])[0]]
    for at, (digits, name) in enumerate(ROWS):
        md5 = f"{at}c0ffee1" * 4
        cells = [md5[:22], md5[22:]], [digits[:22], digits[22:]]
        first, second = side_by_side(*cells, gap=2)
        lines += [f"{first}  {name}", second, ""]
    rows, _ = typed(lines)
    assert taken(rows) == ROWS


def test_columns_of_digits_part_where_digits_of_other_lines_begin() -> None:
    lines = ["MD5".ljust(26) + "SHA-1 Fingerprint".ljust(33) + "Subject"]
    for at, (digits, name) in enumerate(ROWS):
        # in some rows the white between the columns is little more than a space
        md5 = broken(grouped(f"{at}c0ffee1" * 4, 2), 24 if at % 2 else 18)
        md5[0] = md5[0].ljust(23)
        words = side_by_side(md5, broken(grouped(digits, 2), 30), [name], gap=2)
        lines += [*words, ""]
    rows, _ = typed(lines)
    assert taken(rows) == ROWS


def test_digits_in_a_column_go_on_there_whatever_ends_the_line() -> None:
    lines = ["Fingerprint".ljust(25) + "Subject".ljust(38) + "Serial Number"]
    for digits, name in ROWS:
        serial = digits[::-1][:22]  # as long as what the fingerprint has on its line
        lines += [*side_by_side([digits[:22], digits[22:]], [name], [serial]), ""]
    rows, _ = typed(lines)
    assert taken(rows) == ROWS


def test_a_lone_pair_of_letters_begins_digits_that_go_on_below_it() -> None:
    lines = ["SHA-1 Fingerprint".ljust(34) + "Subject"]
    found: list[tuple[str, str]] = []
    for digits, name in ROWS:
        whole = "cc" + digits[2:]
        pairs = grouped(whole, 2).replace(" ", ":").upper()
        lines += [*side_by_side([pairs[:3], pairs[3:32], pairs[32:]], [name]), ""]
        found.append((whole, name))
    rows, _ = typed(lines)
    assert taken(rows) == found


def test_digits_in_brackets_end_a_name() -> None:
    lines: list[str] = []
    for digits, name in ROWS:
        lines += [name[:21], f"{name[21:].strip()} ({digits})"]
    rows, problems = typed([*lines, "Notes", "A root that has expired stays in the list."])
    assert taken(rows) == ROWS
    assert problems == []


def test_a_label_that_a_line_break_parts_is_none_of_the_name() -> None:
    lines: list[str] = []
    for digits, name in ROWS:
        lines += [f"{digits} {name} valid", "until 2027-11-15"]
    rows, _ = typed(lines)
    assert taken(rows) == ROWS


def test_numbers_before_rows_are_of_no_name_above_them() -> None:
    lines: list[str] = []
    for at, (digits, name) in enumerate(ROWS, 1):
        lines += [f"{at}.   {digits} {name[:13]}", name[14:]]
    rows, _ = typed(lines)
    assert taken(rows) == ROWS


def test_a_word_that_ends_a_name_is_no_label_of_digits_further_left() -> None:
    names = [f"C=XX, O=Acme, CN=Acme Fingerprint Root {at}" for at in range(1, 7)]
    lines = ["SHA-1 Fingerprint".ljust(45) + "Subject"]
    for digits, name in zip(DIGITS, names, strict=True):
        cut = name.index(" Root")
        lines += [45 * " " + name[:cut], digits.ljust(45) + name[cut:].strip(), ""]
    rows, _ = typed(lines)
    assert taken(rows) == list(zip(DIGITS, names, strict=True))


def test_running_text_goes_on_at_the_margin_also_for_names_within_a_line() -> None:
    names = [f"C=XX, O={'Acme and Sons ' * at}Ltd., CN=Acme Root CA {at}" for at in range(1, 7)]
    words = [f"{d} {n}" for d, n in zip(DIGITS, names, strict=True)]
    lines: list[str] = []
    for pair in zip(words[::2], words[1::2], strict=True):
        line = ""
        for word in "   ".join(pair).split(" "):
            if len(line) + len(word) >= 100:
                lines.append(line.rstrip())
                line = ""
            line += f"{word} "
        lines.append(line.rstrip())
    rows, _ = typed(lines)
    assert taken(rows) == list(zip(DIGITS, names, strict=True))


@pytest.mark.parametrize("value", ["Removed", "Revoked"])
def test_a_status_at_the_foot_of_a_page_is_of_the_record_below_it(value: str) -> None:
    pages: list[list[str]] = [[], []]
    for at, digits in enumerate(DIGITS):
        status = ["Trust Status=", value if at == 3 else "Trusted"]
        called = f"Acme National Root Certification Authority - G{at}"
        name = f"C=XX, O=Acme, CN={called}"
        fields = ["Thumbprint=", digits, "Distinguished Name=", name]
        fields += ["Country=", "XX", "CN=", called, ""]
        pages[at > 3] += status
        pages[at > 2] += fields
    rows, problems = typed(*pages)
    assert DIGITS[3] not in {row.fingerprint for row in rows}
    assert any(DIGITS[3] in problem.text for problem in problems)


def test_a_label_above_its_value_begins_a_record_on_the_next_page_too() -> None:
    pages: list[list[str]] = [[], []]
    for at, (digits, name) in enumerate(ROWS):
        called = name.split("CN=")[1]
        pages[at > 2] += ["Name", f"  {called}", "Thumbprint", f"  {digits}", "DN", f"  {name}", ""]
    rows, problems = typed(*pages)
    assert taken(rows)[-3:] == ROWS[3:]
    # what stands below the last record of a page may be of it
    assert [row for row in ROWS if row not in taken(rows)] == ROWS[2:3]
    assert [DIGITS[2] in problem.text for problem in problems] == [True]


def test_rows_between_bands_have_the_cells_of_those() -> None:
    """Only every other row has a band behind it, and a space is all that parts two columns."""
    edges = [-2.0, 100.0, 190.0, 260.0]
    lines: list[Line] = []
    rulings: list[Ruling] = []
    for at, (digits, name) in enumerate(ROWS[:5]):
        top = 30.0 * at
        cells = side_by_side([digits[:20], digits[20:]], [name[:21], name[22:]], ["Acme", "AB"])
        for line in lines_of(*(f"{text[:23]:25} {text[23:44]:21} {text[47:]}" for text in cells)):
            y = top + 12 + line.y
            lines.append(Line([word._replace(y=y) for word in line.words], y, line.size))
        for x0, x1 in pairwise(edges) if at % 2 == 0 else ():
            rulings += [(x0, y, x1, y) for y in (top, top + 30)]
            rulings += [(x, top, x, top + 30) for x in (x0, x1)]
    read = gathered(alone(steps([Page(1, lines, [], rulings=tuple(rulings))], {})))
    assert taken(read.rows) == ROWS[:5]


@pytest.mark.parametrize("text", ["A root that has expired stays in the list.", "Add no others."])
def test_a_label_beside_its_digits_says_nothing_of_the_text_below(text: str) -> None:
    """``A`` is a hex digit, too, and here it begins the next page."""
    lines: list[str] = []
    for digits, name in ROWS:
        label = "SHA-1 Fingerprint:".ljust(22)
        lines += ["Subject:".ljust(22) + name, label + grouped(digits.upper(), 4), ""]
    for pages in [(lines, [text]), ([*lines[:-1], text],)]:
        rows, problems = typed(*pages)
        assert not problems
        assert taken(rows) == ROWS


@pytest.mark.parametrize("mark", ["=", ":"])
@pytest.mark.parametrize(
    "label", ["Certificate Serial Number", "Certificate Key Size", "Cert Issuer"]
)
def test_a_word_that_adds_nothing_may_lead_a_label(label: str, mark: str) -> None:
    """``Certificate`` is a label by itself, too; here it is no word of the name above."""
    lines: list[str] = []
    for digits, name in ROWS:
        value = name if label == "Cert Issuer" else "2048"
        lines += [f"SHA-1{mark} {digits}", f"Subject{mark} {name}", f"{label}{mark} {value}", ""]
    rows, problems = typed(lines)
    assert not problems
    assert taken(rows) == ROWS
