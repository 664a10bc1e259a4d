"""Documents printed by wkhtmltopdf, with an old WebKit and Qt (Debian: wkhtmltopdf)."""

from __future__ import annotations

import os
import subprocess
from html import escape
from pathlib import Path

from tests.corpus import html, spelling, words
from tests.corpus.model import Producer, Row, chunks, program, rows, take

PROGRAM = program("wkhtmltopdf")

_said = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout
PRODUCER = Producer(" ".join(_said.split()[:2]))
BREAK = '<div style="page-break-after: always"></div>'


def build(path: Path, pages: list[str], css: str) -> None:
    """Print pages of HTML; each is known to fit on one sheet."""
    last = len(pages)
    feet = (f"<p><small>{words.LEGAL} {n} of {last}</small></p>" for n in range(1, last + 1))
    body = BREAK.join(page + foot for page, foot in zip(pages, feet, strict=True))
    command = [PROGRAM, "--quiet", "--page-size", "A4", "-", str(path)]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    source = html.page(body, css).encode()
    subprocess.run(command, input=source, check=True, capture_output=True, env=environment)


# --- layouts ---------------------------------------------------------------------------------


@PRODUCER.document(
    "wkhtmltopdf-ruled.pdf", "ruled table", "header and footer as text of the page", "colons"
)
def ruled(path: Path) -> list[Row]:
    found = rows(take(30, 15), digits=spelling.colons)
    pages = [html.simple_table(c, "Fingerprint", "Subject") for c in chunks(found, 14)]
    heads = [html.front("12.7(1)"), f"<p>{words.TITLE} (continued)</p>"]
    made = [head + page for head, page in zip(heads, pages, strict=True)]
    build(path, [made[0], made[1] + html.back()], html.RULED)
    return found


@PRODUCER.document(
    "wkhtmltopdf-preformatted.pdf",
    "preformatted text in columns of fixed width",
    "subjects wrapped under their column",
)
def preformatted(path: Path) -> list[Row]:
    found = rows(take(26, 60), "12.8(1)", digits=spelling.upper)
    lines = []
    for row in found:
        for n, part in enumerate(spelling.wrapped(row.printed, 50)):
            lines.append(f"{row.shown if n == 0 else '':<42}{part}")
        row.page = 1
    text = escape("\n".join([f"{'SHA-1 FINGERPRINT':<42}SUBJECT", *lines]))
    css = 'pre { font: 7.5pt "Liberation Mono" }'
    build(path, [f"{html.front('12.8(1)')}<pre>{text}</pre>"], css)
    return found
