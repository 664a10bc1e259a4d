"""Documents made with Typst (PyPI: typst)."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import typst

from tests.corpus import faults, spelling, words
from tests.corpus.facts import key_id, serial
from tests.corpus.model import REPORTED, Producer, Row, mixed, rows, take

PRODUCER = Producer(f"Typst {version('typst')}")
FONTS = ["/usr/share/texmf/fonts/opentype/public/tex-gyre"]

PREAMBLE = f"""
#set document(title: "{words.TITLE}", date: none)
#set page(paper: "a4", margin: (x: 18mm, y: 22mm),
  header: text(8pt)[{words.TITLE} #h(1fr) {words.DOCUMENT_ID}],
  footer: context text(8pt)[{words.LEGAL} #h(1fr)
    Page #counter(page).display() of #counter(page).final().first()])
#set text(font: "TeX Gyre Heros", size: 9pt, lang: "en", hyphenate: false)
#set par(leading: 0.5em)
#let fp(name, shown) = [#context [#metadata((name: name, page: here().page())) <row>]#text(
  font: "TeX Gyre Cursor", size: 7.6pt, shown)]
"""


def quoted(text: str) -> str:
    """Return text as a Typst string."""
    return json.dumps(text, ensure_ascii=False)


def _key(row: Row) -> str:
    return f"{row.release}-{row.fingerprint}-{row.problem}"


def digits(row: Row) -> str:
    """Return the fingerprint of a row as a call that notes its page."""
    return f"fp({quoted(_key(row))}, {quoted(row.shown)})"


def front(release: str | None) -> str:
    """Return a title and an introduction."""
    product = words.PRODUCT + (f", {words.heading(release)}" if release else "")
    paragraphs = "\n\n".join(words.INTRO)
    return f"#text(17pt, weight: 'bold')[{words.TITLE}]\n\n*{product}*\n\n{paragraphs}\n\n".replace(
        "'", '"'
    )


def back() -> str:
    """Return the notes that follow a table."""
    return "\n*Notes*\n\n" + "\n".join(f"+ #{quoted(note)}" for note in words.NOTES)


def build(path: Path, found: list[Row], source: str, tags: bool = False) -> list[Row]:
    """Compile a source, and ask Typst for the page of each row."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "main.typ"
        file.write_text(PREAMBLE + source, encoding="utf-8")
        options: dict[str, Any] = {"font_paths": FONTS, "ignore_system_fonts": True}
        typst.compile(str(file), output=str(path), timestamp=0, pdf_tags=tags, **options)
        said = json.loads(typst.query(str(file), "<row>", field="value", **options))
    pages = {entry["name"]: entry["page"] for entry in said}
    for row in found:
        row.page = pages[_key(row)]
    return found


# --- layouts ---------------------------------------------------------------------------------


@PRODUCER.document(
    "typst-slashes.pdf",
    "no rules, aligned columns",
    "names as OpenSSL 0.9 prints them: `/C=SE/O=AddTrust AB`",
)
def slashes(path: Path) -> list[Row]:
    found = rows(take(34, 12), name=spelling.slashes)
    cells = ", ".join(f"{digits(row)}, {quoted(row.printed)}" for row in found)
    table = (
        "#table(columns: (auto, 1fr), stroke: none, inset: (x: 3pt, y: 2.2pt),"
        f"table.header([*Fingerprint*], [*Subject*]), {cells})"
    )
    return build(path, found, front("12.7(1)") + table + back())


@PRODUCER.document(
    "typst-issuer.pdf",
    "landscape",
    "columns for number, issuer, validity; issuer before the subject",
    "cells aligned at the bottom",
)
def issuer(path: Path) -> list[Row]:
    found = rows(take(24, 48), "12.8(1)", digits=spelling.upper)
    lines = []
    for number, row in enumerate(found, 1):
        certificate = row.certificate
        dates = (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
        valid = ", ".join(quoted(f"{d:%d.%m.%Y}") for d in dates)
        same = quoted(spelling.issuer(row.fingerprint))
        lines.append(f'"{number}", {same}, {quoted(row.printed)}, {digits(row)}, {valid}')
    table = (
        "#table(columns: (auto, 1fr, 1fr, auto, auto, auto), align: bottom, stroke: 0.4pt,"
        "table.header([*No.*], [*Issuer*], [*Subject*], [*SHA-1*], [*From*], [*To*]),"
        f"{', '.join(lines)})"
    )
    source = "#set page(flipped: true)\n#set text(8pt)\n" + front("12.8(1)") + table
    return build(path, found, source)


@PRODUCER.document(
    "typst-wrapped.pdf",
    "fingerprint in groups of four, wrapped over two lines",
    "narrow subject column",
    "rows break across pages",
    'names as Windows prints them: reversed, `O="Entrust, Inc."`, `S=`',
)
def wrapped(path: Path) -> list[Row]:
    found = rows(take(22, 84), digits=spelling.fours, name=spelling.windows)
    cells = ", ".join(f"{digits(row)}, {quoted(row.printed)}" for row in found)
    table = (
        "#table(columns: (36mm, 62mm), stroke: (x: none, y: 0.4pt),"
        f"table.header([*Thumbprint*], [*Subject*]), {cells})"
    )
    return build(path, found, front("12.7(1)") + table + back())


@PRODUCER.document(
    "typst-list.pdf",
    "numbered list, no table: subject first, fingerprint in parentheses behind it",
    "accents, embedded fonts",
)
def listed(path: Path) -> list[Row]:
    found = rows(take(30, 0, "utf-8"), "12.6(1)", digits=spelling.colons)
    items = "\n".join(f"+ #{quoted(row.printed)} (#{digits(row)})" for row in found)
    return build(path, found, front("12.6(1)") + items + "\n" + back())


@PRODUCER.document(
    "typst-columns.pdf", "three columns of fingerprint above subject", "small type", "A3"
)
def columns(path: Path) -> list[Row]:
    found = rows(take(45, 90), "12.8(1)")
    blocks = "\n".join(
        f"#block(breakable: false, spacing: 1.1em)[#{digits(row)} \\ #{quoted(row.printed)}]"
        for row in found
    )
    source = '#set page(paper: "a3")\n' + front("12.8(1)") + f"#columns(3, gutter: 7mm)[{blocks}]"
    return build(path, found, source)


@PRODUCER.document(
    "typst-side-by-side.pdf",
    "two tables side by side, each with its own header",
    "rules",
    "tagged PDF",
)
def side_by_side(path: Path) -> list[Row]:
    found = rows(take(20, 20), digits=spelling.eights)
    tables = []
    for part in (found[:10], found[10:]):
        cells = ", ".join(f"{digits(row)}, {quoted(row.printed)}" for row in part)
        tables.append(
            "table(columns: (30mm, 1fr), stroke: 0.4pt,"
            f"table.header([*SHA-1*], [*Subject*]), {cells})"
        )
    source = f"#grid(columns: (1fr, 1fr), gutter: 6mm, {tables[0]}, {tables[1]})"
    return build(path, found, front("12.7(1)") + source, tags=True)


# --- problems --------------------------------------------------------------------------------


def _faulty(path: Path, fault: str) -> list[Row]:
    found = faults.ALL[fault][1]()
    cells = ", ".join(f"{digits(row)}, {quoted(row.printed)}" for row in found)
    table = (
        "#table(columns: (auto, 1fr), stroke: (x: none, y: 0.4pt),"
        f"table.header([*SHA-1 fingerprint*], [*Subject*]), {cells})"
    )
    return build(path, found, front(found[0].release) + table + back())


for _fault in ("letters", "no-subject", "mixture"):
    PRODUCER.document(f"problem-{_fault}.pdf", faults.ALL[_fault][0])(
        partial(_faulty, fault=_fault)
    )


# --- more than one number a row ------------------------------------------------------------------


@PRODUCER.document(
    "typst-digits-untitled.pdf",
    "two columns of 40 digits without titles: the known half of the roots tells which is which",
)
def digits_untitled(path: Path) -> list[Row]:
    found = rows(mixed(10, 28))
    cells = ", ".join(
        f"{digits(row)}, text(7.6pt, {quoted(key_id(row))}), {quoted(row.printed)}" for row in found
    )
    table = f"#table(columns: (auto, auto, 1fr), stroke: none, inset: 3pt, {cells})"
    source = "#set page(flipped: true)\n" + front("12.7(1)") + table
    return build(path, found, source)


@PRODUCER.document(
    "typst-key-identifiers.pdf", "key identifiers, and no fingerprint at all: nothing to read"
)
def key_identifiers(path: Path) -> list[Row]:
    found = [replace(row, problem=REPORTED) for row in rows(mixed(6, 51))]
    lines = []
    for row in found:
        row.shown = key_id(row)
        lines.append(f"{quoted(row.printed)}, {digits(row)}")
        row.shown = "Subject Key Identifier"
    table = (
        "#table(columns: (1fr, auto), stroke: 0.4pt,"
        f"table.header([*Subject*], [*Subject Key Identifier*]), {', '.join(lines)})"
    )
    return build(path, found, front("12.7(1)") + table)


@PRODUCER.document(
    "typst-records-above.pdf",
    "records whose labels stand above the values: subject, serial number, thumbprint",
    "half of the roots are in no catalogue",
)
def records_above(path: Path) -> list[Row]:
    found = rows(mixed(7, 64), "12.8(1)", digits=spelling.upper)
    blocks = []
    for row in found:
        blocks.append(
            f"#block(breakable: false, spacing: 1.6em)[*Subject* \\ #{quoted(row.printed)} \\ "
            f"*Serial number* \\ #{quoted(serial(row))} \\ *Thumbprint* \\ #{digits(row)}]"
        )
    return build(path, found, front("12.8(1)") + "\n".join(blocks))
