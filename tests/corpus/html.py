"""HTML that more than one producer prints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from tests.corpus import words
from tests.corpus.model import Row

BASE_CSS = """
@page { size: A4; margin: 22mm 16mm 20mm }
body { font: 9pt/1.35 "Liberation Sans", sans-serif; color: #111; margin: 0 }
h1 { font-size: 17pt; margin: 0 0 2mm } h2 { font-size: 11.5pt; margin: 5mm 0 2mm }
p { margin: 0 0 2.5mm }
table { border-collapse: collapse; width: 100%; margin: 3mm 0 }
th { text-align: left } th, td { vertical-align: top; padding: 1mm 1.6mm }
.mono { font-family: "Liberation Mono", monospace; font-size: 7.6pt }
"""
RULED = "th, td { border: 0.5pt solid #444 }"
MARGIN_BOXES = f"""
@page {{
  @top-left {{ content: "{words.TITLE}"; font: 7.5pt "Liberation Sans" }}
  @top-right {{ content: "{words.DOCUMENT_ID}"; font: 7.5pt "Liberation Sans" }}
  @bottom-left {{ content: "{words.LEGAL}"; font: 7.5pt "Liberation Sans" }}
  @bottom-right {{ content: "Page " counter(page) " of " counter(pages);
                   font: 7.5pt "Liberation Sans" }}
}}
"""


def page(body: str, *css: str, language: str = "en") -> str:
    """Return a whole HTML document."""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{words.TITLE}</title><style>{BASE_CSS}{''.join(css)}</style></head>"
        f"<body>{body}</body></html>"
    )


def front(release: str | None) -> str:
    """Return a title and an introduction."""
    product = words.PRODUCT + (f", {words.heading(release)}" if release else "")
    paragraphs = "".join(f"<p>{escape(p)}</p>" for p in words.INTRO)
    return f"<h1>{words.TITLE}</h1><h2>{product}</h2>{paragraphs}"


def back() -> str:
    """Return the notes that follow a table."""
    notes = "".join(f"<li>{escape(note)}</li>" for note in words.NOTES)
    return f"<h2>Notes</h2><ol>{notes}</ol>"


def anchor(row: Row) -> str:
    """Return the name under which a producer says where a row is."""
    return f"r{row.release or ''}-{row.fingerprint}"


def digits(row: Row) -> str:
    """Return the fingerprint of a row, marked so that its page can be asked for."""
    return f'<span class="mono" id="{anchor(row)}">{escape(row.shown)}</span>'


def table(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are HTML already."""
    headings = "".join(f"<th>{escape(h)}</th>" for h in head)
    lines = ("".join(f"<td>{cell}</td>" for cell in line) for line in body)
    cells = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table><thead><tr>{headings}</tr></thead><tbody>{cells}</tbody></table>"


def simple_table(rows: Iterable[Row], *head: str) -> str:
    """Return a table of fingerprint and subject."""
    return table(head, ((digits(row), escape(row.printed)) for row in rows))
