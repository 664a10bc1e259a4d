"""Documents exported by LibreOffice Writer and Calc (Debian: libreoffice-writer, -calc)."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import escape

from tests.corpus import spelling, words
from tests.corpus.destinations import page_count, place
from tests.corpus.model import Producer, Row, program, rows, take

PROGRAM = program("soffice")

_said = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout
PRODUCER = Producer(" ".join(_said.split()[:2]))

SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"), ("style", "style"), ("text", "text"), ("table", "table"),
        ("fo", "xsl-fo-compatible"), ("svg", "svg-compatible"), ("number", "datastyle"),
    )
)  # fmt: skip
EXPORT = '{"ExportBookmarksToPDFDestination":{"type":"boolean","value":"true"}}'


def paragraph(text: str, style: str = "Body") -> str:
    """Return a paragraph."""
    return f'<text:p text:style-name="{style}">{escape(text)}</text:p>'


def digits(row: Row, style: str = "Mono") -> str:
    """Return the fingerprint of a row as a paragraph with a bookmark."""
    mark = f'<text:bookmark text:name="r{row.fingerprint}"/>'
    return f'<text:p text:style-name="{style}">{mark}{escape(row.shown)}</text:p>'


def front(release: str) -> str:
    """Return a title and an introduction."""
    return (
        paragraph(words.TITLE, "Title")
        + paragraph(f"{words.PRODUCT}, {words.heading(release)}", "Heading")
        + "".join(paragraph(p) for p in words.INTRO)
    )


def back() -> str:
    """Return the notes that follow a table."""
    return paragraph("Notes", "Heading") + "".join(paragraph(f"• {n}") for n in words.NOTES)


def table(widths: Iterable[str], head: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    """Return a table whose cells are XML already; its first row repeats on each page."""
    columns = "".join(
        f'<table:table-column table:style-name="w{n}"/>' for n, _ in enumerate(widths, 1)
    )
    cell = '<table:table-cell table:style-name="Cell">{}</table:table-cell>'
    heads = "".join(cell.format(paragraph(h, "Head")) for h in head)
    body = "".join(
        f"<table:table-row>{''.join(cell.format(c) for c in line)}</table:table-row>"
        for line in lines
    )
    return (
        f'<table:table table:name="t" table:style-name="Table">{columns}'
        f"<table:table-header-rows><table:table-row>{heads}</table:table-row>"
        f"</table:table-header-rows>{body}</table:table>"
    )


def writer(body: str, widths: Iterable[str], cell: str, extra: str = "") -> str:
    """Return a flat text document."""

    def style(name: str, size: str, font: str = "Liberation Sans") -> str:
        return (
            f'<style:style style:name="{name}" style:family="paragraph">'
            f'<style:paragraph-properties fo:margin-bottom="0.08cm" fo:orphans="1" fo:widows="1"/>'
            f'<style:text-properties style:font-name="{font}" fo:font-family="{font}" '
            f'fo:font-size="{size}" fo:language="en" fo:country="US"/></style:style>'
        )

    columns = "".join(
        f'<style:style style:name="w{n}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width}"/></style:style>'
        for n, width in enumerate(widths, 1)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {SPACES} office:version="1.2" '
        'office:mimetype="application/vnd.oasis.opendocument.text"><office:styles>'
        + style("Body", "10pt")
        + style("Title", "18pt")
        + style("Heading", "12pt")
        + style("Mono", "7.5pt", "Liberation Mono")
        + style("Small", "8.5pt")
        + style("Head", "9pt")
        + extra
        + '</office:styles><office:automatic-styles><style:page-layout style:name="pl">'
        '<style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" '
        'fo:margin="1.8cm"/><style:header-style/><style:footer-style/></style:page-layout>'
        f'{columns}<style:style style:name="Cell" style:family="table-cell">'
        f'<style:table-cell-properties fo:padding="0.08cm" {cell}/></style:style>'
        '<style:style style:name="Table" style:family="table"><style:table-properties '
        'table:align="left" style:width="17cm"/></style:style></office:automatic-styles>'
        '<office:master-styles><style:master-page style:name="Standard" '
        f'style:page-layout-name="pl"><style:header>{paragraph(words.DOCUMENT_ID, "Small")}'
        f'</style:header><style:footer><text:p text:style-name="Small">{words.LEGAL} Page '
        "<text:page-number/> of <text:page-count/></text:p></style:footer></style:master-page>"
        f"</office:master-styles><office:body><office:text>{body}</office:text></office:body>"
        "</office:document>"
    )


def build(path: Path, found: list[Row], source: str) -> list[Row]:
    """Export a flat text; the page of a row is that of its bookmark."""
    _export(path, source, "fodt", f"writer_pdf_Export:{EXPORT}")
    return place(path, {f"r{row.fingerprint}": row for row in found})


def _export(path: Path, source: str, ending: str, export: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{path.stem}.{ending}"
        file.write_text(source, encoding="utf-8")
        command = [
            PROGRAM, f"-env:UserInstallation=file://{folder}/profile", "--headless",
            "--convert-to", f"pdf:{export}",
            "--outdir", str(path.parent), str(file),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=300)


# --- layouts ---------------------------------------------------------------------------------


@PRODUCER.document(
    "libreoffice-table.pdf",
    "ruled table, rows break across pages, header row repeated",
    "fingerprint wrapped over two lines",
    "accents",
    "cells vertically centred",
)
def ruled(path: Path) -> list[Row]:
    found = rows(take(26, 0, "utf-8"), digits=spelling.pairs)
    widths = ("5.4cm", "8.6cm", "3cm")
    lines = (
        (
            digits(r),
            paragraph(r.printed, "Small"),
            paragraph(f"{r.certificate.not_valid_after_utc:%d-%b-%Y}", "Small"),
        )
        for r in found
    )
    more = paragraph(words.MORE_INTRO[0])
    body = (
        front("12.7(1)")
        + more
        + table(widths, ("Fingerprint", "Subject", "Expires"), lines)
        + back()
    )
    cell = 'fo:border="0.5pt solid #000000" style:vertical-align="middle"'
    return build(path, found, writer(body, widths, cell))


@PRODUCER.document(
    "libreoffice-tabs.pdf",
    "plain lines with a tab between fingerprint and subject, hanging indent",
    "justified text",
    "names reversed as in RFC 4514",
)
def tabs(path: Path) -> list[Row]:
    found = rows(take(30, 64, "utf-8"), "12.8(1)", digits=spelling.upper, name=spelling.rfc4514)
    hanging = (
        '<style:style style:name="Row" style:family="paragraph"><style:paragraph-properties '
        'fo:margin-left="8.2cm" fo:text-indent="-8.2cm" fo:text-align="justify" '
        'fo:margin-bottom="0.12cm" fo:orphans="1" fo:widows="1"><style:tab-stops>'
        '<style:tab-stop style:position="8.2cm"/></style:tab-stops></style:paragraph-properties>'
        '<style:text-properties fo:font-family="Liberation Sans" fo:font-size="8.5pt"/>'
        "</style:style>"
    )
    lines = "".join(
        f'<text:p text:style-name="Row"><text:bookmark text:name="r{r.fingerprint}"/>'
        f"{escape(r.shown)}<text:tab/>{escape(r.printed)}</text:p>"
        for r in found
    )
    return build(path, found, writer(front("12.8(1)") + lines + back(), (), "", hanging))


@PRODUCER.document(
    "libreoffice-nested.pdf",
    "fingerprint and subject in one cell, subject first, a blank line between rows",
    "two columns of such cells, read one after the other",
)
def nested(path: Path) -> list[Row]:
    found = rows(take(22, 110, "utf-8"), "12.6(1)")
    cells = [paragraph(r.printed, "Small") + digits(r) + paragraph("", "Small") for r in found]
    lines = zip(cells[:11], cells[11:], strict=True)
    widths = ("8.5cm", "8.5cm")
    body = front("12.6(1)") + table(widths, ("Authorities", "Authorities, continued"), lines)
    return build(path, found, writer(body, widths, 'fo:border="none"'))


@PRODUCER.document(
    "libreoffice-sheet.pdf",
    "a spreadsheet as exported by Calc: grid lines, sheet name as header, `Page 1` as footer",
    "columns for number and validity",
    "subject wrapped, fingerprint aligned at the bottom of its cell",
)
def sheet(path: Path) -> list[Row]:
    found = rows(take(22, 29, "utf-8"), "12.7(1)", digits=spelling.upper)
    widths = ("0.9cm", "7.4cm", "6.6cm", "1.9cm")
    styles = "".join(
        f'<style:style style:name="w{n}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{w}"/></style:style>'
        for n, w in enumerate(widths)
    )
    heads = ("No.", "SHA-1 fingerprint", "Subject", "Valid until")
    lines: list[tuple[str, ...]] = [("", words.TITLE, words.heading("12.7(1)")), (), heads]
    for number, row in enumerate(found, 1):
        until = f"{row.certificate.not_valid_after_utc:%Y-%m-%d}"
        lines.append((str(number), row.shown, row.printed, until))
        row.page = 1
    lines += [(), ("", words.DATE, words.LEGAL)]
    cell = (
        '<table:table-cell table:style-name="c" office:value-type="string"><text:p>{}</text:p>'
        "</table:table-cell>"
    )
    body = "".join(
        f"<table:table-row>{''.join(cell.format(escape(c)) for c in line)}</table:table-row>"
        for line in lines
    )
    columns = "".join(f'<table:table-column table:style-name="w{n}"/>' for n in range(len(widths)))
    source = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {SPACES} office:version="1.2" '
        'office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:automatic-styles>'
        f'{styles}<style:style style:name="c" style:family="table-cell">'
        "<style:table-cell-properties "
        'fo:wrap-option="wrap" fo:border="0.3pt solid #aaaaaa" style:vertical-align="bottom"/>'
        '<style:text-properties fo:font-size="8pt" fo:font-family="Liberation Sans"/></style:style>'
        "</office:automatic-styles><office:body><office:spreadsheet><table:table "
        f'table:name="CA Trust List">{columns}{body}</table:table></office:spreadsheet>'
        "</office:body></office:document>"
    )
    _export(path, source, "fods", "calc_pdf_Export")
    if page_count(path) != 1:
        raise ValueError("the sheet does not fit on one page")
    return found
