"""Tables that a text draws: Markdown's, grids, MediaWiki's, and HTML in Markdown."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import DocumentError
from pipeline.extract import extract

ONE = ("0badc0de" * 5, "C=XX, O=Ünïted Trüst, Inc., CN=Nobody Root (c) 1")
TWO = ("5eedc0de" * 5, "C=YY, O=Somebody_Ltd [test], CN=Somebody Root")
ROWS = [ONE, TWO]


def escaped(text: str) -> str:
    return "".join(f"\\{each}" if each in "()_[]" else each for each in text)


def in_html(rows: list[tuple[str, str]]) -> str:
    """As SAP's documentation on GitHub has tables: Markdown in the cells of HTML."""
    cells = [[escaped(text) for text in row] for row in [("SHA-1", "Subject"), *rows]]
    body = "".join(
        "<tr>\n" + "".join(f'<td valign="top">\n\n{cell}\n\n</td>\n' for cell in row) + "</tr>\n"
        for row in cells
    )
    return f"<table>\n{body}</table>\n"


def in_markdown(rows: list[tuple[str, str]]) -> str:
    lines = [f"| `{digits}` | {escaped(subject)} |" for digits, subject in rows]
    return "\n".join(["| SHA-1 | Subject |", "|---|---|", *lines, ""])


def in_org(rows: list[tuple[str, str]]) -> str:
    lines = [f"| {digits} | {subject} |" for digits, subject in rows]
    return "\n".join(["| SHA-1 | Subject |", "|-------+---------|", *lines, ""])


def in_psql(rows: list[tuple[str, str]]) -> str:
    lines = [f" {digits} | {subject}" for digits, subject in rows]
    return "\n".join([f" {'SHA-1':^40} | Subject", f"{'-' * 42}+{'-' * 60}", *lines, ""])


def in_jira(rows: list[tuple[str, str]]) -> str:
    lines = [f"|{digits}|{subject}|" for digits, subject in rows]
    return "\n".join(["||SHA-1||Subject||", *lines, ""])


def in_mysql(rows: list[tuple[str, str]]) -> str:
    rule = f"+-{'-' * 40}-+-{'-' * 60}-+"
    lines = [f"| {digits:<40} | {subject:<60} |" for digits, subject in rows]
    return "\n".join([rule, f"| {'SHA-1':<40} | {'Subject':<60} |", rule, *lines, rule, ""])


def in_grid(rows: list[tuple[str, str]]) -> str:
    """As reStructuredText has it: what is long goes on on a further line."""
    rule = f"+{'-' * 22}+{'-' * 32}+"
    lines = [rule, f"| {'SHA-1':<20} | {'Subject':<30} |", rule.replace("-", "=")]
    for digits, subject in rows:
        at = subject.rindex(" ", 0, 30)
        for left, right in ((digits[:20], subject[:at]), (digits[20:], subject[at + 1 :])):
            lines.append(f"| {left:<20} | {right:<30} |")
        lines.append(rule)
    return "\n".join([*lines, ""])


def in_wiki(rows: list[tuple[str, str]]) -> str:
    lines = ['{| class="wikitable"', "|+ Roots", '! scope="col" | SHA-1', "! Subject"]
    for digits, subject in rows:
        lines += ["|-", f'| style="color: red" | <code>{digits}</code>', f"| '''{subject}'''"]
    return "\n".join([*lines, "|}", ""])


def in_list_table(rows: list[tuple[str, str]]) -> str:
    """As reStructuredText has it: a cell on a line, and what is long goes on below it."""
    lines = [".. list-table:: Roots", "   :header-rows: 1", "", "   * - SHA-1", "     - Subject"]
    for digits, subject in rows:
        first, rest = subject.split(" ", 1)
        lines += [f"   * - ``{digits}``", f"     - {first}", f"       {rest}"]
    return "\n".join([*lines, "", ""])


def in_textile(rows: list[tuple[str, str]]) -> str:
    lines = [f"|@{digits}@ |{subject} |" for digits, subject in rows]
    return "\n".join(["|_. SHA-1 |_. Subject |", *lines, ""])


def in_twiki(rows: list[tuple[str, str]]) -> str:
    lines = [f"| ={digits}= | {subject} |" for digits, subject in rows]
    return "\n".join(["| *SHA-1* | *Subject* |", *lines, ""])


def in_latex(rows: list[tuple[str, str]]) -> str:
    lines = [
        f"\\texttt{{{digits}}} & {subject.replace('_', chr(92) + '_')} \\\\ \\hline"
        for digits, subject in rows
    ]
    head = ["\\begin{longtable}{ll}", "\\hline", "\\textbf{SHA-1} & \\textbf{Subject} \\\\ \\hline"]
    return "\n".join([*head, "\\endhead", *lines, "\\end{longtable}", ""])


KINDS = [
    in_html,
    in_markdown,
    in_org,
    in_psql,
    in_jira,
    in_mysql,
    in_grid,
    in_wiki,
    in_list_table,
    in_textile,
    in_twiki,
    in_latex,
]


def read(path: Path, text: str) -> tuple[list[tuple[str, str, str]], list[str]]:
    path.write_text(text, encoding="utf-8")
    found = extract(path, limits=None, known={})
    rows = [(row.release, row.fingerprint, row.subject) for row in found.rows]
    return rows, [each.hint for each in found.problems]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_table_below_the_heading_that_names_its_release(kind, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    text = f"# Trusted roots\n\nRelease 14.2(1)\n\n{kind(ROWS)}\nThat is all.\n"
    assert read(tmp_path / "list.md", text) == ([("14.2(1)", *row) for row in ROWS], [])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_table_has_the_heading_above_it(kind, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    text = f"## Release 14.2(1)\n\n{kind([ONE])}\n## Release 14.3(1)\n\nNew.\n\n{kind([TWO])}"
    assert read(tmp_path / "list.md", text) == (
        [("14.2(1)", *ONE), ("14.3(1)", *TWO)],
        [],
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_table_of_what_was_removed(kind, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    text = f"# Roots\n\n## Removed\n\n{kind([ONE])}\n## Current\n\n{kind([TWO])}"
    rows, (hint,) = read(tmp_path / "list.md", text)
    assert rows == [("", *TWO)]
    assert "Removed" in hint


def test_lines_of_a_title_say_what_the_lines_of_cells_are(tmp_path: Path) -> None:
    """As Microsoft's list of the authorities behind Azure has a serial number and a thumbprint."""
    serials = ["0x0a1b2c3d4e5f60718293a4b5c6d7e8f9", "5f60718293a4b5c6d7e8f90a1b2c3d4e5f607182"]
    lines = [
        f"| {escaped(subject)} | {serials[at]}<br>{digits.upper()} |"
        for at, (digits, subject) in enumerate(ROWS)
    ]
    for title, kept in (("Serial Number /<br>Thumbprint", ROWS), ("Serial Number", [])):
        head = [f"| Subject | {title} |", "|---|---|"]
        path = tmp_path / "list.md"
        path.write_text("\n".join([*head, *lines, ""]))
        try:
            found = extract(path, limits=None, known={})
        except DocumentError:
            assert not kept
        else:
            assert [(row.fingerprint, row.subject) for row in found.rows] == kept


def test_links_and_rows_that_are_struck_out(tmp_path: Path) -> None:
    (first, name), (second, other) = ROWS
    text = (
        "SHA-1 | Subject\n--- | ---\n"
        f"[{first.upper()}](https://example.org/?q={first}) | {escaped(name)}\n"
        f"~~{second}~~ | {escaped(other)}\n"
    )
    rows, (hint,) = read(tmp_path / "list.md", text)
    assert rows == [("", first.upper(), name)] or rows == [("", *ONE)]
    assert "struck out" in hint


def test_a_list_below_a_table_is_read_too(tmp_path: Path) -> None:
    text = f"{in_markdown([ONE])}\nAnd this one:\n\n```\n{TWO[0]}  {TWO[1]}\n```\n"
    assert read(tmp_path / "list.md", text) == ([("", *ONE), ("", *TWO)], [])


@pytest.mark.parametrize(
    "before", ["<div>Release 14.2(1)</div>", "<main>Release <b>14.2(1)</b><br></main>"]
)
def test_a_page_without_a_charset(before: str, tmp_path: Path) -> None:
    text = f"<html><body>{before}{in_html([])[:-9]}"
    text += "".join(f"<tr><td>{digits}</td><td>{subject}</td></tr>" for digits, subject in ROWS)
    path = tmp_path / "list.html"
    assert read(path, f"{text}</table>") == ([("14.2(1)", *row) for row in ROWS], [])


def test_the_caption_of_a_table_names_its_release(tmp_path: Path) -> None:
    table = (
        in_html(ROWS).replace("\\", "").replace("<tr>", "<caption>Release 14.2(1)</caption><tr>", 1)
    )
    found = read(tmp_path / "list.html", f"<html><body>{table}")
    assert found == ([("14.2(1)", *row) for row in ROWS], [])


def test_records_and_lists_of_markdown(tmp_path: Path) -> None:
    records = "".join(
        f"### {subject.rpartition('CN=')[2]}\n\n* **SHA-1**: `{digits}`\n"
        f"* **Subject**: {subject}\n\n"
        for digits, subject in ROWS
    )
    text = f"# Roots\n\nRelease 14.2(1)\n\n{records}".replace(" (c)", "")
    (first, name), other = ROWS
    wanted = [(first, name.replace(" (c)", "")), other]
    assert read(tmp_path / "list.md", text) == ([("14.2(1)", *row) for row in wanted], [])
    labels = [("0badc0de" * 5, "Nobody CA"), ("5eedc0de" * 5, "Somebody CA 01")]
    text = "# Roots\n\n" + "".join(f"- `{digits}` – {name}\n" for digits, name in labels)
    assert read(tmp_path / "labels.md", text) == ([("", *row) for row in labels], [])


def test_text_below_the_last_table_is_not_of_its_last_row(tmp_path: Path) -> None:
    """As Confluence's exports end."""
    table = in_html(ROWS).replace("\\", "")
    text = f"<html><body>{table}<h2>Attachments:</h2><p>a.pem</p><div>Made on Mar 04, 2024</div>"
    assert read(tmp_path / "list.html", text) == ([("", *row) for row in ROWS], [])


def test_marks_of_notes_in_markdown_are_none_of_a_name(tmp_path: Path) -> None:
    table = in_markdown(ROWS).replace("Somebody Root |", "Somebody Root[^1] |")
    for note, taken in (("Cross-signed.", ROWS), ("Removed in March.", [ONE])):
        text = f"{table}\n[^1]: {note}\n"
        read_rows, hints = read(tmp_path / "list.md", text)
        assert read_rows == [("", *row) for row in taken]
        denied = [hint for hint in hints if "it is not taken" in hint]
        assert len(denied) == len(ROWS) - len(taken)
        assert bool(hints) == bool(denied)


def test_a_line_of_a_list_that_is_struck_out_is_no_row(tmp_path: Path) -> None:
    lines = [f"- {ONE[1]} ({ONE[0]})", f"- ~~{TWO[1]} ({TWO[0]})~~", ""]
    found, (hint,) = read(tmp_path / "list.md", "\n".join(lines))
    assert found == [("", *ONE)]
    assert "struck out" in hint
