"""Plain text whose rows all have as many fields, and text that only looks like it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.extract import Extraction, NoRowsError, extract
from pipeline.extract.formats import even_text
from tests.extract.unknown_roots import DIGITS, NAMES

COUNT = 3
TITLES = ["No", "SHA-1 Fingerprint", "EV", "Subject DN", "Key"]
NUMBERS = ["1", "2", "3"]
EV = ["EV", "-", "Yes"]
KEYS = ["RSA 2048", "EC 384", "RSA 4096"]
ROWS = list(zip(NUMBERS, DIGITS[:COUNT], EV, NAMES[:COUNT], KEYS, strict=True))


def try_reading(tmp_path: Path, text: str, ending: str = "txt") -> Extraction:
    """What is read of a text, whether any row is."""
    path = tmp_path / f"list.{ending}"
    path.write_text(text)
    try:
        return extract(path)
    except NoRowsError as error:
        return error.extraction


def is_exact(found: Extraction) -> bool:
    read = [(row.fingerprint, row.subject) for row in found.rows]
    return not found.problems and read == list(zip(DIGITS[:COUNT], NAMES[:COUNT], strict=True))


def spaced(rows: Sequence[Sequence[str]], gap: str = "  ") -> str:
    return "\n".join(map(gap.join, rows))


def padded(rows: Sequence[Sequence[str]], gap: int) -> str:
    widths = [max(map(len, column)) + gap for column in zip(*rows, strict=True)]
    return "\n".join(
        "".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows
    )


def numbered(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"{at}. " + "\n   ".join(row) for at, row in enumerate(rows, 1))


def labelled(rows: Sequence[Sequence[str]]) -> str:
    return "\n\n".join(
        "\n".join(f"{title}\n{cell}" for title, cell in zip(TITLES, row, strict=True))
        for row in rows
    )


def as_items(rows: Sequence[Sequence[str]]) -> str:
    items = "".join(f"<li>{'<br>'.join(row)}</li>" for row in rows)
    return f"<html><body><h1>Roots</h1><ul>{items}</ul></body></html>"


UNNUMBERED = [row[1:] for row in ROWS]
TEXTS = {
    "titled": spaced([TITLES, *ROWS]),
    "titled, three spaces": spaced([TITLES, *ROWS], "   "),
    "titled with a sign": spaced([["#", *TITLES[1:]], *ROWS]),
    "titled, padded": padded([TITLES, *ROWS], 2),
    "below a heading": "Roots of release 12.7\n\n" + spaced([TITLES, *ROWS]) + "\n\nEnd of list",
    "untitled": spaced(ROWS),
    "untitled, padded": padded(ROWS, 3),
    "an empty field": spaced([TITLES, *((*row[:2], "", *row[3:]) for row in ROWS)]),
    "dashes": "\n".join(f"- {' - '.join(row)}" for row in UNNUMBERED),
    "long dashes": "\n".join(" – ".join(row) for row in UNNUMBERED),
    "items": numbered(UNNUMBERED),
    "items with issuers": numbered([(row[1], row[3], row[3]) for row in ROWS]),
    "paragraphs": "\n\n".join(map("\n".join, UNNUMBERED)),
    "labelled paragraphs": labelled(ROWS),
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_even_rows_are_a_table(text: str, tmp_path: Path) -> None:
    assert is_exact(try_reading(tmp_path, text))


def test_even_items_of_a_web_page_are_a_table(tmp_path: Path) -> None:
    assert is_exact(try_reading(tmp_path, as_items(UNNUMBERED), "html"))


@pytest.mark.parametrize("dash", ["-", "–"])
def test_dashes_of_a_name_part_nothing(dash: str, tmp_path: Path) -> None:
    names = [f"C=XX, O=Acme, CN=Acme Root {dash} G{at}" for at in range(COUNT)]
    rows = zip(DIGITS, names, KEYS, strict=False)
    found = try_reading(tmp_path, "\n".join(f" {dash} ".join(row) for row in rows))
    assert not found.problems
    assert [row.subject for row in found.rows] == names


FALSE = {
    "CA": ["CA", "CA", "CA"],
    "numbers": ["1", "2", "3"],
    "sizes": ["2048", "2048", "4096"],
    "words": ["Certification Authority"] * 3,
    "units": ["OU=Trust", "OU=Trust", "OU=Trust"],
}


@pytest.mark.parametrize("ends", FALSE.values(), ids=FALSE)
@pytest.mark.parametrize("form", ["items", "web"])
def test_what_a_name_may_go_on_with_is_no_field(
    ends: Sequence[str], form: str, tmp_path: Path
) -> None:
    names = [f"C=XX, O=Acme, CN=Acme Root {at}" for at in "ABC"]
    rows = list(zip(DIGITS, names, ends, strict=False))
    text = numbered(rows) if form == "items" else as_items(rows)
    found = try_reading(tmp_path, text, "txt" if form == "items" else "html")
    told = " ".join(problem.text for problem in found.problems)
    cut = {row.fingerprint for row in found.rows if row.subject in names}
    assert not cut
    assert all(digits in told for digits in {*DIGITS[:COUNT]} - {r.fingerprint for r in found.rows})


def test_a_value_behind_a_space_is_none_of_a_field(tmp_path: Path) -> None:
    """The dash is a value of its own here, and only spaces part the rest."""
    rows = [f"{digits} - {name} EV" for digits, name in zip(DIGITS, NAMES, strict=True)]
    found = try_reading(tmp_path, "\n".join(rows))
    assert not found.rows
    told = " ".join(problem.text for problem in found.problems)
    assert all(digits in told for digits in DIGITS)


@pytest.mark.parametrize("form", [spaced, numbered])
def test_rows_below_a_heading_of_removed_ones_are_told(form: object, tmp_path: Path) -> None:
    assert callable(form)
    kept, gone = ROWS[:2], ROWS[2:]
    text = f"Trusted\n\n{form(kept)}\n\nRemoved certificates\n\n{form(gone)}\n"
    found = try_reading(tmp_path, text)
    assert {row.fingerprint for row in found.rows} <= {*DIGITS[:2]}
    assert DIGITS[2] in " ".join(problem.text for problem in found.problems)
    found = try_reading(tmp_path, f"Removed certificates\n\n{form(ROWS)}\n")
    assert not found.rows


def test_a_row_with_a_wrong_digit_or_too_few_is_told(tmp_path: Path) -> None:
    for digits in (f"{DIGITS[1][:20]}O{DIGITS[1][21:]}", DIGITS[1][:38]):
        rows = [[digits if cell == DIGITS[1] else cell for cell in row] for row in ROWS]
        found = try_reading(tmp_path, spaced([TITLES, *rows]))
        assert [row.fingerprint for row in found.rows] == [DIGITS[0], DIGITS[2]]
        assert [problem.kind for problem in found.problems] == ["malformed-fingerprint"]


@pytest.mark.parametrize("titles", [[TITLES], []])
def test_a_name_that_goes_on_below_the_last_row_is_told(
    titles: list[list[str]], tmp_path: Path
) -> None:
    rows = [*ROWS[:2], (*ROWS[2][:3], "C=XX, O=Acme, CN=Acme", ROWS[2][4])]
    text = spaced([*titles, *rows]) + "\n" + " " * 50 + "Root CA 3\n"
    found = try_reading(tmp_path, text)
    assert {row.subject for row in found.rows} <= {*NAMES[:COUNT]}
    assert DIGITS[2] in " ".join(problem.text for problem in found.problems)


def test_a_name_that_begins_above_the_first_row_is_told(tmp_path: Path) -> None:
    names = ["O=Acme Trust, C=XX", *NAMES[1:COUNT]]
    text = f"CN=Acme Root CA,\n{spaced(list(zip(names, DIGITS, strict=False)))}\n"
    found = try_reading(tmp_path, text)
    whole = {(DIGITS[0], "CN=Acme Root CA, O=Acme Trust, C=XX")}
    read = {(row.fingerprint, row.subject) for row in found.rows if row.fingerprint == DIGITS[0]}
    assert read <= whole
    assert read or DIGITS[0] in " ".join(problem.text for problem in found.problems)


D, N = DIGITS[:COUNT], NAMES[:COUNT]
OTHERS = ["DigiCert", "Sectigo", "Entrust"]
NO_TABLES = {
    "a tab before another column": [f"{d}  {n}\t{o}" for d, n, o in zip(D, N, OTHERS, strict=True)],
    "a tab in a field": [f"{n}\t{o}  {d}" for d, n, o in zip(D, N, OTHERS, strict=True)],
    "spaces behind a dash": [f"{n}   {o} - {d}" for d, n, o in zip(D, N, OTHERS, strict=True)],
    "a bar in a paragraph": [f"{n} | {o}\n{d}\n" for d, n, o in zip(D, N, OTHERS, strict=True)],
    "spaces in a paragraph": [f"{n}   {o}\n{d}\n" for d, n, o in zip(D, N, OTHERS, strict=True)],
    "a column behind a dash": [f"{d} - {n} - {o}" for d, n, o in zip(D, N, OTHERS, strict=True)],
    "a word behind a dash": [f"{n} - root - {d}" for d, n in zip(D, N, strict=True)],
}


@pytest.mark.parametrize("lines", NO_TABLES.values(), ids=NO_TABLES)
def test_what_holds_several_fields_is_no_field(lines: Sequence[str], tmp_path: Path) -> None:
    check(try_reading(tmp_path, "\n".join(lines)), dict(zip(D, N, strict=True)))


WRAPPED = {
    "an end before what looks like its value": "Subject\n{o}, CN=Acme\nHolding\nEV\nSHA-1\n{d}",
    "a line below dashes": "{d} - {o}, CN=Acme\n    Holding",
    "the size of a key, or of the name": "{d} - {o}, CN=Acme - 2048",
    "the same end below a title": "Subject\n{o}, CN=Acme\nCertification Authority\n{d}",
    "an end that is a label": "Subject\n{o}, CN=Acme\nRoot CA\n{d}",
    "an end before a title": "{o}, CN=Acme\nG1\nSHA-1\n{d}",
    "a country below its type": "{o}, CN=Acme, C=\nUS\n{d}",
    "a country in words": "CN=Acme, {o}\nGermany\n{d}",
    "the use that a name ends in": "{d} - {o}, CN=Acme - {u}",
    "the version that a name ends in": "{o}, CN=Acme\nv{i}\n{d}",
}


@pytest.mark.parametrize("count", [1, COUNT])
@pytest.mark.parametrize("form", WRAPPED.values(), ids=WRAPPED)
def test_a_name_that_goes_on_in_what_looks_like_a_field_is_not_cut(
    form: str, count: int, tmp_path: Path
) -> None:
    """Each name may go on: none of the rows may have just its beginning."""
    uses = ["Email", "TLS", "Code Signing"]
    text = "\n\n".join(
        form.format(
            o=f"O=Acme Trust {'ABC'[i] if '{u}' not in form else 'A'}", d=D[i], u=uses[i], i=i
        )
        for i in range(count)
    )
    found = try_reading(tmp_path, text)
    told = " ".join(problem.text for problem in found.problems)
    ends = ("CN=Acme", "C=", "Trust A", "Trust B", "Trust C", "Acme 2048", "Acme - 2048")
    cut = [row.subject for row in found.rows if row.subject.endswith(ends)]
    assert not cut
    assert all(d in told or d in {row.fingerprint for row in found.rows} for d in D[:count])


def test_one_column_of_names_that_has_no_title_of_an_issuer_is_all_there_may_be(
    tmp_path: Path,
) -> None:
    rows = [("CN=Acme Root 1", "O=Acme, C=XX", D[0]), ("CN=Acme Root 2", "O=Acme, C=XX", D[1])]
    found = try_reading(tmp_path, spaced([["CN", "O", "SHA-1"], *rows]))
    assert not [row.subject for row in found.rows if row.subject == "O=Acme, C=XX"]
    told = " ".join(problem.text for problem in found.problems)
    assert all(d in told for d in D[:2])


def test_a_value_behind_one_name_is_no_part_of_its_field(tmp_path: Path) -> None:
    check(try_reading(tmp_path, f"{D[0]}  {N[0]} EV\n"), {D[0]: N[0]})


def test_digits_below_a_title_of_keys_are_no_fingerprints(tmp_path: Path) -> None:
    rows = spaced(list(zip(D, N, strict=True)))
    assert not try_reading(tmp_path, f"Key ID Subject\n{rows}\n").rows


def test_titles_need_no_gaps_where_rows_have_them(tmp_path: Path) -> None:
    rows = [(d[::-1], d, n) for d, n in zip(D, N, strict=True)]
    assert is_exact(try_reading(tmp_path, f"Key ID SHA-1 Subject\n{spaced(rows)}\n"))


@pytest.mark.parametrize(
    "text",
    [
        f"Key ID of it Subject DN\n{spaced(list(zip(D, N, strict=True)))}\n",
        spaced(
            [(d, f"C=YY, CN=Other {at}", n) for at, (d, n) in enumerate(zip(D, N, strict=True))]
        ),
        "\n".join(f"{d} - {n}" for d, n in zip(D, N, strict=True)) + "\nHolding\n",
        f"{D[0]}   {N[0]}  EV\n{D[1]}  {N[1]}  DE\n",
        spaced([(d, n, "Holding") for d, n in zip(D, N, strict=True)]),
        "\n".join(D),
        "\n".join(f"{n}  {n}" for n in N),
    ],
    ids=[
        *("titles that aren't known", "two names", "a line below", "uneven"),
        *("words that may be of names", "digits", "names"),
    ],
)
def test_a_text_that_may_be_read_otherwise_is_no_table(text: str) -> None:
    assert even_text.read(text.encode()) is None


def test_what_ends_in_digits_is_no_digest(tmp_path: Path) -> None:
    digits = [":".join(d[at : at + 2] for at in range(0, len(d), 2)).upper() for d in D]
    names = [f"C=XX, O=Acme {at}, CN=Acme Root - G{at}" for at in range(COUNT)]
    found = try_reading(
        tmp_path, "\n".join(f"{n} EV {d}" for n, d in zip(names, digits, strict=True))
    )
    check(found, dict(zip(D, names, strict=True)))


def test_a_heading_of_a_web_page_parts_its_lists(tmp_path: Path) -> None:
    lists = [as_items(UNNUMBERED[:2]), as_items(UNNUMBERED[2:]).replace("Roots", "Removed roots")]
    found = try_reading(tmp_path, "".join(lists).replace("</body></html><html><body>", ""), "html")
    assert [row.fingerprint for row in found.rows] == D[:2]
    assert D[2] in " ".join(problem.text for problem in found.problems)


def test_a_title_of_an_issuer_tells_names_apart(tmp_path: Path) -> None:
    rows = [(d, f"C=YY, CN=Other {at}", n) for at, (d, n) in enumerate(zip(D, N, strict=True))]
    assert is_exact(try_reading(tmp_path, spaced([["SHA-1", "Issuer", "Subject"], *rows])))


def test_a_paragraph_of_two_digests_is_not_one_row(tmp_path: Path) -> None:
    found = try_reading(tmp_path, f"{N[0]}\n{D[0]}\n{N[0]}\n{D[1]}\n")
    assert {(row.fingerprint, row.subject) for row in found.rows} == {(D[0], N[0]), (D[1], N[0])}


def check(found: Extraction, truth: dict[str, str]) -> None:
    """Each row is exact, or told."""
    read = {row.fingerprint: row.subject for row in found.rows}
    assert read.items() <= truth.items()
    told = " ".join(problem.text for problem in found.problems)
    assert all(digits in told for digits in truth.keys() - read.keys())


def test_names_of_other_paragraphs_are_told(tmp_path: Path) -> None:
    """A name, a release that looks like a heading, and digits: none is a row with what is next."""
    rows = zip(NAMES, ["11.0", "12.6(1)", "12.7(1)"], DIGITS, strict=False)
    found = try_reading(tmp_path, "Trusted roots\n" + "\n".join(map("\n".join, rows)))
    truth = dict(zip(DIGITS, NAMES, strict=True))
    # a row without a name is told later: its certificate isn't known
    assert all(row.subject in ("", truth[row.fingerprint]) for row in found.rows)
    told = " ".join(problem.text for problem in found.problems)
    assert all(digits in told for digits in {*DIGITS[:COUNT]} - {r.fingerprint for r in found.rows})
