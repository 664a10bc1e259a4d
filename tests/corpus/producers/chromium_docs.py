"""Documents printed by Chromium (Debian: chromium)."""

from __future__ import annotations

import subprocess
import tempfile
from html import escape
from pathlib import Path

from tests.corpus import facts, html, spelling, words
from tests.corpus.destinations import place
from tests.corpus.facts import common, serial
from tests.corpus.model import Producer, Row, mixed, odd_roots, program, rows, take

PROGRAM = program("chromium")

_said = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout
PRODUCER = Producer(" ".join(_said.split()[:2]))


def build(path: Path, found: list[Row], source: str) -> list[Row]:
    """Print HTML; the page of a row is that of the destination its link leads to."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "trust-list.html"
        file.write_text(source, encoding="utf-8")
        command = [
            PROGRAM, "--headless", "--no-sandbox", "--disable-gpu",
            "--no-pdf-header-footer", "--disable-pdf-tagging",
            f"--user-data-dir={folder}/profile", f"--print-to-pdf={path}", file.as_uri(),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    return place(path, {html.anchor(row): row for row in found})


def linked(number: int, row: Row) -> str:
    """Return a number that links to its own row: only what is linked to is a destination."""
    return f'<a href="#{html.anchor(row)}">{number}</a>'


# --- layouts ---------------------------------------------------------------------------------


@PRODUCER.document(
    "chromium-break-all.pdf",
    "lines broken at any letter (`word-break: break-all`), in names too",
    "fingerprint wrapped over two lines",
    "number column",
    "rules",
    "Type 3 fonts: what Chromium makes of OpenType fonts with PostScript outlines",
    "U+FB00 (a ligature) for `ff` in fingerprints",
)
def break_all(path: Path) -> list[Row]:
    found = rows(take(24, 4))
    css = (
        'body { font-family: "TeX Gyre Heros" } .mono { font-family: "TeX Gyre Cursor" }'
        "table { table-layout: fixed; width: 125mm } td { word-break: break-all }"
        "th:nth-child(1) { width: 7mm } th:nth-child(2) { width: 40mm } a { color: inherit }"
    )
    lines = (
        (linked(n, row), html.digits(row), escape(row.printed)) for n, row in enumerate(found, 1)
    )
    body = html.front("12.7(1)") + html.table(("#", "Fingerprint", "Subject"), lines) + html.back()
    boxes = html.MARGIN_BOXES.replace("Liberation Sans", "TeX Gyre Heros")
    return build(path, found, html.page(body, html.RULED, boxes, css))


@PRODUCER.document(
    "chromium-soft-hyphens.pdf",
    "soft hyphens within words, shown where a line breaks",
    "no-break spaces",
    "zebra stripes",
    "justified text",
)
def soft_hyphens(path: Path) -> list[Row]:
    def name(fingerprint: str) -> str:
        spelled = spelling.oneline_utf8(fingerprint).replace(" = ", "=")
        for word, broken in (
            ("Certification", "Certi\u00adfi\u00adcation"),
            ("Authority", "Au\u00adthor\u00adity"),
            ("Root CA", "Root\u00a0CA"),
        ):
            spelled = spelled.replace(word, broken)
        return spelled

    found = [row for row in rows(take(50, 40), name=name) if '"' not in row.printed][:26]
    css = (
        "td { text-align: justify } tr:nth-child(even) { background: #e8eef4 }"
        "table { width: 130mm } a { color: inherit; text-decoration: none }"
    )
    lines = (
        (linked(n, row), html.digits(row), escape(row.printed)) for n, row in enumerate(found, 1)
    )
    body = html.front("12.7(1)") + html.table(("No.", "SHA-1", "Subject"), lines)
    return build(path, found, html.page(body, html.MARGIN_BOXES, css))


@PRODUCER.document(
    "chromium-cards.pdf",
    "boxes instead of a table: labels `Subject`, `SHA-1`, `Valid until` with their values",
    "letter-spaced fingerprint",
    "rows break across pages",
)
def cards(path: Path) -> list[Row]:
    found = rows(take(18, 77), "12.8(1)", digits=spelling.upper)
    css = (
        ".card { border: 0.5pt solid #789; border-radius: 2mm; margin: 2mm 0; padding: 2mm }"
        ".card div { display: flex } .card b { flex: 0 0 26mm } .mono { letter-spacing: 0.12em }"
        "a { color: inherit }"
    )
    cards = "".join(
        f'<div class="card"><div><b>Subject</b><span>{escape(row.printed)}</span></div>'
        f"<div><b>SHA-1</b>{html.digits(row)}</div>"
        f"<div><b>Valid until</b>{row.certificate.not_valid_after_utc:%d %B %Y}</div></div>"
        for row in found
    )
    # Every row is linked to from the first page, so that its place is in the file.
    index = " ".join(f'<a href="#{html.anchor(row)}">{n}</a>' for n, row in enumerate(found, 1))
    body = html.front("12.8(1)") + f"<p>Go to certificate: {index}</p>{cards}"
    return build(path, found, html.page(body, html.MARGIN_BOXES, css))


@PRODUCER.document(
    "chromium-long-cells.pdf",
    "subject over many lines beside a fingerprint of one",
    "cells vertically centred",
    "odd names: `+` within an RDN, unnamed OID, `jurisdictionC`, empty CN",
    "names as OpenSSL 1.1 prints them",
)
def long_cells(path: Path) -> list[Row]:
    found = rows([*odd_roots(), *take(12, 130)], "14.1(1)", name=spelling.oneline)
    css = "td { vertical-align: middle } td:last-child { width: 42mm } a { color: inherit }"
    lines = (
        (linked(n, row), html.digits(row), escape(row.printed)) for n, row in enumerate(found, 1)
    )
    body = html.front("14.1(1)") + html.table(("No.", "SHA-1", "Subject"), lines)
    return build(path, found, html.page(body, html.RULED, html.MARGIN_BOXES, css))


@PRODUCER.document(
    "chromium-web-page.pdf",
    "a web page of an authority: a heading for each root, a list of terms below with a serial "
    "number, SHA-1, SHA-256; rows break across pages",
    "half of the roots are in no catalogue",
)
def web_page(path: Path) -> list[Row]:
    found = rows(mixed(7, 57), None, spelling.colons, spelling.windows, prints_sha256=True)
    parts = []
    for n, row in enumerate(found, 1):
        fields = {
            "Distinguished name": escape(row.printed),
            "Serial number": serial(row),
            "Valid until": f"{facts.end(row):%d %B %Y}",
            "SHA-1 fingerprint": html.digits(row),
            "SHA-256 fingerprint": f"<code>{spelling.colons(row.sha256)}</code>",
        }
        terms = "".join(f"<dt>{key}</dt><dd>{value}</dd>" for key, value in fields.items())
        parts.append(f"<h2>{linked(n, row)} {escape(common(row))}</h2><dl>{terms}</dl>")
    css = (
        "dt { font-weight: bold } dd { margin: 0 0 1mm 8mm; overflow-wrap: anywhere }"
        "nav { color: #555 } a { color: inherit }"
    )
    nav = "<nav>Home | Products | Repository | Support | Contact</nav>"
    body = f"{nav}<h1>Repository</h1><p>{escape(words.LEGAL)}</p>{''.join(parts)}"
    return build(path, found, html.page(body, css))
