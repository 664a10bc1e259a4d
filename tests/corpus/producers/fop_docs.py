"""Documents made with Apache FOP (Debian: fop)."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from tests.corpus import spelling, words
from tests.corpus.model import Producer, Row, program, rows, take

PROGRAM = program("fop")

_said = subprocess.run([PROGRAM, "-version"], capture_output=True, text=True, check=False)
_version = re.search(r"Version ([\d.]+)", _said.stdout + _said.stderr)
PRODUCER = Producer(f"Apache FOP {_version[1] if _version else ''}".strip())

REGIONS = """<fo:region-body margin="16mm 0 14mm 0" {columns}/>
<fo:region-before extent="12mm"/><fo:region-after extent="8mm"/>"""


def block(text: str, attributes: str = "") -> str:
    """Return a block of plain text."""
    return f"<fo:block {attributes}>{escape(text)}</fo:block>"


def digits(row: Row, attributes: str = 'font-family="Courier" font-size="7.5pt"') -> str:
    """Return the fingerprint of a row as a block that FOP names in its area tree."""
    return f'<fo:block id="r{row.fingerprint}" {attributes}>{escape(row.shown)}</fo:block>'


def front(release: str) -> str:
    """Return a title and an introduction."""
    return (
        block(words.TITLE, 'font-size="17pt" font-weight="bold"')
        + block(f"{words.PRODUCT}, {words.heading(release)}", 'font-size="12pt"')
        + "".join(block(p, 'space-before="2mm"') for p in words.INTRO)
    )


def back() -> str:
    """Return the notes that follow a table."""
    return block("Notes", 'font-weight="bold" space-before="4mm"') + "".join(
        block(f"{n}. {note}", 'space-before="1mm"') for n, note in enumerate(words.NOTES, 1)
    )


def table(widths: Iterable[str], head: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    """Return a ruled table whose cells are FO already and whose header repeats."""
    cell = '<fo:table-cell border="0.5pt solid black" padding="1mm">{}</fo:table-cell>'
    columns = "".join(f'<fo:table-column column-width="{w}"/>' for w in widths)
    heads = "".join(cell.format(block(h, 'font-weight="bold"')) for h in head)
    body = "".join(
        f"<fo:table-row>{''.join(cell.format(c) for c in line)}</fo:table-row>" for line in lines
    )
    return (
        '<fo:table table-layout="fixed" width="100%" space-before="3mm" '
        f'table-omit-header-at-break="false">{columns}<fo:table-header><fo:table-row>{heads}'
        f"</fo:table-row></fo:table-header><fo:table-body>{body}</fo:table-body></fo:table>"
    )


def build(path: Path, found: list[Row], body: str, columns: str = "") -> list[Row]:
    """Format a document; the page of a row is the one that FOP's area tree gives its id."""
    running = block(f"{words.TITLE}, {words.DOCUMENT_ID}", 'font-size="8pt"')
    source = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<fo:root xmlns:fo="http://www.w3.org/1999/XSL/Format" font-family="Helvetica" '
        'font-size="9pt" hyphenate="false"><fo:layout-master-set><fo:simple-page-master '
        'master-name="p" page-width="210mm" page-height="297mm" margin="14mm 16mm">'
        f"{REGIONS.format(columns=columns)}</fo:simple-page-master></fo:layout-master-set>"
        '<fo:page-sequence master-reference="p"><fo:static-content flow-name="xsl-region-before">'
        f"{running}</fo:static-content>"
        '<fo:static-content flow-name="xsl-region-after"><fo:block font-size="8pt">'
        f'{words.LEGAL} Page <fo:page-number/> of <fo:page-number-citation-last ref-id="end"/>'
        f'</fo:block></fo:static-content><fo:flow flow-name="xsl-region-body">{body}'
        '<fo:block id="end"/></fo:flow></fo:page-sequence></fo:root>'
    )
    with tempfile.TemporaryDirectory() as folder:
        file, tree = Path(folder) / "list.fo", Path(folder) / "areas.xml"
        file.write_text(source, encoding="utf-8")
        for output in (["-pdf", str(path)], ["-at", str(tree)]):
            command = [PROGRAM, "-q", "-fo", str(file), *output]
            subprocess.run(command, check=True, capture_output=True, timeout=300)
        pages = _pages(ElementTree.parse(tree))
    for row in found:
        row.page = pages[f"r{row.fingerprint}"]
    return found


def _pages(tree: ElementTree.ElementTree[ElementTree.Element]) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, page in enumerate(tree.iter("pageViewport"), 1):
        for area in page.iter():
            if name := area.get("prod-id"):
                found.setdefault(name, number)
    return found


# --- layouts ---------------------------------------------------------------------------------


@PRODUCER.document(
    "fop-table.pdf",
    "ruled table whose rows break across pages",
    "the fingerprint in two cells' worth of lines: SHA-1 above SHA-256 without labels",
    "subject before the fingerprints",
)
def ruled(path: Path) -> list[Row]:
    found = rows(take(24, 18), prints_sha256=True)
    mono = 'font-family="Courier" font-size="6.5pt"'
    lines = (
        (block(r.printed, 'orphans="1" widows="1"'), digits(r, mono) + block(r.sha256, mono))
        for r in found
    )
    head = ("Subject", "SHA-1, SHA-256")
    body = front("12.7(1)") + table(("80mm", "98mm"), head, lines) + back()
    return build(path, found, body)


@PRODUCER.document(
    "fop-columns.pdf",
    "two columns on a page, each record three lines: subject, fingerprint, expiry",
    "lines kept between the records",
    "justified text",
)
def records(path: Path) -> list[Row]:
    found = rows(take(32, 57), "12.8(1)", digits=spelling.pairs)
    body = front("12.8(1)") + "".join(
        '<fo:block space-before="2mm" border-bottom="0.4pt solid grey" '
        'keep-together.within-column="always">'
        + block(r.printed, 'text-align="justify"')
        + digits(r, 'font-size="8pt"')
        + block(f"Expires {r.certificate.not_valid_after_utc:%d/%m/%Y}", 'font-size="8pt"')
        + "</fo:block>"
        for r in found
    )
    return build(path, found, body, 'column-count="2" column-gap="8mm"')
