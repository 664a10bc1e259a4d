"""Documents made with WeasyPrint (PyPI)."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path

import weasyprint
from cryptography import x509

from samples import truth
from tests.corpus import html, spelling, words
from tests.corpus.facts import begin, common, end, key_id, serial
from tests.corpus.model import REPORTED, Producer, Row, mixed, odd_roots, rows, subject_name, take

PRODUCER = Producer(f"WeasyPrint {weasyprint.__version__}")


def build(path: Path, found: list[Row], source: str) -> list[Row]:
    """Print HTML; the page of a row is that of its anchor."""
    document = weasyprint.HTML(string=source).render()
    for row in found:
        name = html.anchor(row)
        row.page = next(n for n, page in enumerate(document.pages, 1) if name in page.anchors)
    document.write_pdf(str(path))
    return found


# --- layouts ---------------------------------------------------------------------------------


@PRODUCER.document(
    "weasyprint-anywhere.pdf",
    "words broken anywhere (`overflow-wrap: anywhere` in narrow columns)",
    "fingerprint wrapped over two lines",
    "names of RFC 4514: reversed, `O=Entrust\\, Inc.`",
    "rules",
)
def anywhere(path: Path) -> list[Row]:
    found = rows(take(26, 1), name=spelling.rfc4514)
    css = (
        "table { table-layout: fixed; width: 120mm } td { overflow-wrap: anywhere }"
        "th:first-child { width: 38mm }"
    )
    body = html.front("12.7(1)") + html.simple_table(found, "Fingerprint", "Subject DN")
    return build(path, found, html.page(body, html.RULED, html.MARGIN_BOXES, css))


@PRODUCER.document(
    "weasyprint-ragged.pdf",
    "fingerprint over three lines of unequal length, or four",
    "rules between rows only",
    "colons, lower case",
)
def ragged(path: Path) -> list[Row]:
    found = rows(take(26, 33), "12.8(1)", digits=lambda d: spelling.colons(d).lower())
    css = (
        "table { table-layout: fixed; width: 130mm } td { word-break: break-all }"
        "th:first-child { width: 42mm } tr { border-bottom: 0.5pt solid #999 }"
    )
    body = html.front("12.8(1)") + html.simple_table(found, "Fingerprint", "Subject") + html.back()
    return build(path, found, html.page(body, html.MARGIN_BOXES, css))


@PRODUCER.document(
    "weasyprint-ligatures.pdf",
    "ligatures (fi, fl, ff, Th) of a font that has them",
    "small type, no rules",
)
def ligatures(path: Path) -> list[Row]:
    wanted = [row for row in rows(take(140)) if any(x in row.printed for x in ("ffi", "fi", "ff"))]
    found = wanted[:24]
    css = 'body, th, td { font-family: "DejaVu Serif"; font-size: 8pt }'
    body = html.front("12.7(1)") + html.simple_table(found, "Fingerprint", "Subject") + html.back()
    return build(path, found, html.page(body, html.MARGIN_BOXES, css))


@PRODUCER.document(
    "weasyprint-split-rows.pdf",
    "rows break across pages within fingerprint and subject",
    "subject before the fingerprint",
    "small pages, header row repeated",
)
def split_rows(path: Path) -> list[Row]:
    found = rows(take(20, 50), digits=spelling.pairs)
    css = (
        "@page { size: 140mm 88mm } table { table-layout: fixed }"
        "th:first-child { width: 60% } td { line-height: 1.5; orphans: 1; widows: 1 }"
        "td:last-child { width: 30mm }"
    )
    body = html.front("12.7(1)") + html.table(
        ("Subject", "SHA-1"), ((escape(row.printed), html.digits(row)) for row in found)
    )
    return build(path, found, html.page(body, html.RULED, html.MARGIN_BOXES, css))


@PRODUCER.document(
    "weasyprint-sha256.pdf",
    "one cell holds SHA-1, SHA-256 and validity, each with a label",
    "SHA-256 wrapped",
    "cells vertically centred",
)
def sha256(path: Path) -> list[Row]:
    found = rows(take(18, 66), "12.8(1)", prints_sha256=True)
    css = (
        "table { table-layout: fixed } td { vertical-align: middle } th:first-child { width: 42% }"
        "td:last-child { overflow-wrap: anywhere } tr { break-inside: avoid }"
    )
    lines = []
    for row in found:
        certificate = row.certificate
        dates = f"{certificate.not_valid_before_utc:%Y-%m-%d} to "
        dates += f"{certificate.not_valid_after_utc:%Y-%m-%d}"
        cell = f"SHA-1: {html.digits(row)}<br>"
        cell += f'SHA-256: <span class="mono">{row.sha256}</span><br>Valid: {dates}'
        lines.append((escape(row.printed), cell))
    body = html.front("12.8(1)") + html.table(("Subject", "Identification"), lines) + html.back()
    return build(path, found, html.page(body, html.RULED, html.MARGIN_BOXES, css))


@PRODUCER.document(
    "weasyprint-cover.pdf",
    "cover page, contents, pages of prose before and after the table",
    "another release is named in the prose",
    "mixed font sizes",
)
def cover(path: Path) -> list[Row]:
    found = rows(take(20, 86), "12.7(1)", digits=spelling.upper)
    css = (
        "@page :first { @top-left { content: none } @top-right { content: none } }"
        ".cover { break-after: page; padding-top: 70mm } .cover h1 { font-size: 30pt }"
        "h2 { break-after: avoid } td:last-child { font-size: 7pt } tr { break-inside: avoid }"
        ".toc a { color: inherit; text-decoration: none }"
        ".toc a::after { content: leader('.') target-counter(attr(href), page) }"
    )
    paragraphs = "".join(f"<p>{escape(p)}</p>" for p in (*words.INTRO, *words.MORE_INTRO))
    body = (
        f'<div class="cover"><h1>{words.TITLE}</h1><h2>{words.PRODUCT}</h2>'
        f"<p>{words.heading('12.7(1)')}</p><p>{words.DATE}</p><p>{words.LEGAL}</p></div>"
        '<div class="toc"><h2>Contents</h2><p><a href="#about">1 About this list</a></p>'
        '<p><a href="#list">2 Root certificates</a></p><p><a href="#notes">3 Notes</a></p></div>'
        f'<h2 id="about">1 About this list</h2>{paragraphs}{paragraphs}'
        '<h2 id="list">2 Root certificates</h2>'
        + html.simple_table(found, "SHA-1 fingerprint", "Subject")
        + html.back().replace("<h2>Notes", '<h2 id="notes">3 Notes')
    )
    return build(path, found, html.page(body, html.RULED, html.MARGIN_BOXES, css))


@PRODUCER.document(
    "weasyprint-two-columns.pdf",
    "two columns on a page, no table: fingerprint in bold, subject below it",
    "columns of unequal length",
)
def two_columns(path: Path) -> list[Row]:
    found = rows(take(34, 106))
    css = (
        ".list { columns: 2; column-gap: 8mm } dt { break-after: avoid; margin-top: 1.8mm }"
        "dt .mono { font-weight: bold } dd { margin: 0; break-inside: avoid }"
    )
    items = "".join(f"<dt>{html.digits(r)}</dt><dd>{escape(r.printed)}</dd>" for r in found)
    body = html.front("12.7(1)") + f'<div class="list"><dl>{items}</dl></div>' + html.back()
    return build(path, found, html.page(body, html.MARGIN_BOXES, css))


ACCENTED = (
    "06083f593f15a104a069a46ba903d006b7970991",
    "1b4b396126276b6491a2686dd70243212d1f1d96",
    "1632478d89f9213a92008563f5a4a7d312408ad6",
    "51c6e70849066ef392d45ca00d6da3628fc35239",
    "2e14daec28f0fa1e8e389a4eabeb26c00ad383c3",
    "cba1c5f8b0e35eb8b94512d3f934a2e90610d336",
)


@PRODUCER.document(
    "weasyprint-scripts.pdf",
    "accents and Chinese characters",
    "no release named",
    "groups of eight",
)
def scripts(path: Path) -> list[Row]:
    found = rows(ACCENTED, None, digits=spelling.eights)
    css = 'body, td { font-family: "Liberation Sans", "WenQuanYi Micro Hei" }'
    body = html.front(None) + html.simple_table(found, "Fingerprint", "Subject")
    return build(path, found, html.page(body, html.RULED, html.MARGIN_BOXES, css))


@PRODUCER.document(
    "weasyprint-byte-escapes.pdf",
    "names of RFC 4514 with non-ASCII as `\\C5\\91`, wrapped anywhere",
    "odd names: `+` within an RDN, unnamed OID with a `#` value, quotes, empty CN",
)
def byte_escapes(path: Path) -> list[Row]:
    chosen = [*ACCENTED[:2], *ACCENTED[3:], *odd_roots()]
    found = rows(chosen, "14.0(1)", name=spelling.rfc4514_bytes)
    css = (
        "table { table-layout: fixed } th:first-child { width: 72mm }td { overflow-wrap: anywhere }"
    )
    body = html.front("14.0(1)") + html.simple_table(found, "Fingerprint", "Subject")
    return build(path, found, html.page(body, html.RULED, html.MARGIN_BOXES, css))


# --- records ---------------------------------------------------------------------------------

DEJAVU = (
    'body, th, td { font-family: "DejaVu Sans"; font-size: 8pt } .mono { font: 7pt "DejaVu Sans" }'
    " p, tr { break-inside: avoid }"
)
LANGUAGES = {
    "Deutsch": "Aussteller Antragsteller Seriennummer Gültig_bis SHA-1-Fingerabdruck",
    "Français": "Émetteur Sujet Numéro_de_série Valide_jusqu’au Empreinte_SHA-1",
    "Español": "Emisor Sujeto Número_de_serie Válido_hasta Huella_digital_SHA-1",
    "Italiano": "Emittente Soggetto Numero_di_serie Valido_fino_al Impronta_SHA-1",
}


@PRODUCER.document(
    "weasyprint-languages.pdf",
    "records whose fields are labelled in German, French, Spanish and Italian",
    "the issuer before the subject, serial number and validity after it",
)
def languages(path: Path) -> list[Row]:
    found = rows(take(16, 60), digits=spelling.upper)
    records = [
        _record(row, labels.replace("_", "\u00a0").split(" "))
        for row, labels in zip(
            found, [each for each in LANGUAGES.values() for _ in range(4)], strict=True
        )
    ]
    boxes = html.MARGIN_BOXES.replace("Liberation", "DejaVu")
    body = html.front("12.7(1)") + "".join(records)
    return build(path, found, html.page(body, boxes, DEJAVU))


def _record(row: Row, labels: list[str]) -> str:
    """Return a record whose fields have these labels, in a paragraph of its own."""
    certificate = row.certificate
    fields = (
        escape(spelling.issuer(row.fingerprint)),
        escape(row.printed),
        f"{certificate.serial_number:x}",
        f"{certificate.not_valid_after_utc:%Y-%m-%d}",
        html.digits(row),
    )
    lines = (f"{label}: {value}" for label, value in zip(labels, fields, strict=True))
    return f"<p>{'<br>'.join(lines)}</p>"


@PRODUCER.document(
    "weasyprint-digests.pdf",
    "a cell that holds MD5, SHA-1 and SHA-256, each under or behind its label",
    "the identifier of the key, of 40 digits, too",
    "subject before the fingerprints",
)
def digests(path: Path) -> list[Row]:
    found = rows(take(20, 90), prints_sha256=True)

    def cell(row: Row) -> str:
        digest = hashlib.md5(row.der).hexdigest()
        key = x509.SubjectKeyIdentifier.from_public_key(row.certificate.public_key()).digest.hex()
        return (
            f'<span class="mono">MD5: {digest}</span><br><span class="mono">Key ID</span><br>'
            f'<span class="mono">{key}</span><br><span class="mono">SHA-1</span><br>'
            f'{html.digits(row)}<br><span class="mono">SHA-256</span><br>'
            f'<span class="mono">{row.sha256}</span>'
        )

    lines = ((escape(row.printed), cell(row)) for row in found)
    body = html.front("12.7(1)") + html.table(("Subject", "Digests"), lines)
    boxes = html.MARGIN_BOXES.replace("Liberation", "DejaVu")
    return build(path, found, html.page(body, html.RULED, boxes, DEJAVU))


@PRODUCER.document(
    "weasyprint-bands.pdf",
    "an alphabetic list parted by lines such as `Authorities beginning with C`",
    "no space between those lines and the rows",
)
def bands(path: Path) -> list[Row]:
    named = sorted(
        ((_owner(row), row) for row in rows(take(30, 5)) if ", O=" in row.printed),
        key=lambda pair: pair[0],
    )
    found = [row for _, row in named]
    lines: list[str] = []
    letter = ""
    for owner, row in named:
        if owner[0] != letter:
            letter = owner[0]
            band = f"Authorities beginning with {letter}"
            lines.append(f'<tr><td colspan="2">{band}</td></tr>')
        lines.append(f"<tr><td>{html.digits(row)}</td><td>{escape(row.printed)}</td></tr>")
    head = "<tr><th>Fingerprint</th><th>Subject</th></tr>"
    body = html.front("12.7(1)") + f"<table><thead>{head}</thead>{''.join(lines)}</table>"
    boxes = html.MARGIN_BOXES.replace("Liberation", "DejaVu")
    return build(path, found, html.page(body, boxes, DEJAVU, "th, td { padding: 0 1.6mm }"))


def _owner(row: Row) -> str:
    """Return the organisation of a subject, in capitals."""
    name = row.certificate.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)[0]
    return str(name.value).upper()


# --- more than one number a row, more than one list a page ---------------------------------------

_BESIDE = (
    "@page { size: A4 landscape } .beside { display: flex }"
    ".beside > div { flex: 1 1 0; margin-right: 6mm } td { overflow-wrap: anywhere }"
)


def _beside(*parts: str) -> str:
    return f'<div class="beside">{"".join(f"<div>{part}</div>" for part in parts)}</div>'


@PRODUCER.document(
    "weasyprint-beside.pdf",
    "two lists side by side, of other columns in another order",
    "half of the roots are in no catalogue",
)
def beside(path: Path) -> list[Row]:
    found = rows(mixed(9, 12), "14.0(1)")
    first, second = found[:9], found[9:]
    left = html.table(
        ("Thumbprint", "Subject"), ((html.digits(row), escape(row.printed)) for row in first)
    )
    right = html.table(
        ("No.", "Subject DN", "SHA-1"),
        ((str(n), escape(row.printed), html.digits(row)) for n, row in enumerate(second, 1)),
    )
    body = html.front("14.0(1)") + _beside(left, right)
    return build(path, found, html.page(body, html.MARGIN_BOXES, _BESIDE))


@PRODUCER.document(
    "weasyprint-releases-beside.pdf",
    "two releases side by side, each under its heading, fingerprint above subject",
    "half of the roots are in no catalogue",
)
def releases_beside(path: Path) -> list[Row]:
    lists = (rows(mixed(6, 22), "12.7(1)"), rows(mixed(5, 26), "12.8(1)"))
    parts = []
    for found in lists:
        items = "".join(f"<p>{html.digits(row)}<br>{escape(row.printed)}</p>" for row in found)
        parts.append(f"<h2>{words.heading(found[0].release or '')}</h2>{items}")
    body = f"<h1>{words.TITLE}</h1>" + _beside(*parts)
    return build(path, [*lists[0], *lists[1]], html.page(body, html.MARGIN_BOXES, _BESIDE))


@PRODUCER.document(
    "weasyprint-records.pdf",
    "records with labels in a column: DN, serial number of 40 digits, SHA-1, validity",
    "half of the roots are in no catalogue",
)
def records(path: Path) -> list[Row]:
    found = rows(mixed(8, 44), "12.8(1)", name=spelling.rfc4514)
    parts = []
    for row in found:
        fields = {
            "DN": escape(row.printed),
            "Serial": serial(row),
            "SHA-1 Hash": html.digits(row),
            "Valid": f"{begin(row):%Y-%m-%d} to {end(row):%Y-%m-%d}",
        }
        lines = "".join(f"<tr><td>{k}</td><td>{v}</td></tr>" for k, v in fields.items())
        parts.append(f"<table>{lines}</table>")
    css = "tr { break-inside: avoid } td:first-child { width: 30mm }"
    body = html.front("12.8(1)") + "".join(parts)
    return build(path, found, html.page(body, html.MARGIN_BOXES, css))


@PRODUCER.document(
    "weasyprint-status.pdf",
    "a column that says which roots are trusted, removed or revoked: those are reported",
    "half of the roots are in no catalogue",
)
def status(path: Path) -> list[Row]:
    found = rows(mixed(8, 56), "12.8(1)")
    said = ["Trusted"] * len(found)
    for at, word in ((3, "Removed"), (6, "Revoked"), (11, "Removed")):
        found[at], said[at] = replace(found[at], problem=REPORTED), word
    lines = (
        (html.digits(row), escape(row.printed), each) for row, each in zip(found, said, strict=True)
    )
    table = html.table(("Fingerprint", "Subject", "Status"), lines)
    body = html.front("12.8(1)") + table + html.back()
    return build(path, found, html.page(body, html.RULED, html.MARGIN_BOXES))


@PRODUCER.document(
    "weasyprint-slides.pdf",
    "slides: a slide whose heading says what was removed, before and after others that don't",
    "half of the roots are in no catalogue",
)
def slides(path: Path) -> list[Row]:
    found = rows(mixed(8, 66), "14.1(1)")
    found[6:9] = [replace(row, problem=REPORTED) for row in found[6:9]]
    heads = ("Trusted by firmware 14.1(1)", "Removed in firmware 14.1(1)", "Trusted, continued")
    parts = []
    for head, part in zip(heads, (found[:6], found[6:9], found[9:]), strict=True):
        items = "".join(f"<li>{escape(row.printed)}<br>{html.digits(row)}</li>" for row in part)
        parts.append(f"<section><h1>{head}</h1><ul>{items}</ul></section>")
    css = "@page { size: 254mm 143mm } section { break-after: page } li { margin-bottom: 2mm }"
    return build(path, found, html.page("".join(parts), css))


# --- names and notes -----------------------------------------------------------------------------


@PRODUCER.document(
    "weasyprint-name-lines.pdf",
    "each attribute of a name on a line of its own, without commas, as Windows' viewer shows it",
    "half of the roots are in no catalogue",
)
def name_lines(path: Path) -> list[Row]:
    found = rows(mixed(9, 14), "12.8(1)", spelling.upper)
    lines = []
    for row in found:
        name = reversed(truth.rdns(subject_name(row.fingerprint)))
        parts = [f"{type_}={value}" for rdn in name for type_, value in rdn]
        row.printed = " ".join(parts)
        cell = "<br>".join(map(escape, parts))
        lines.append((cell, serial(row), html.digits(row), f"{end(row):%d.%m.%Y}"))
    table = html.table(("Subject", "Serial number", "SHA-1", "Expires"), lines)
    css = "@page { size: A4 landscape } tr { break-inside: avoid }"
    body = html.front("12.8(1)") + table
    return build(path, found, html.page(body, html.RULED, html.MARGIN_BOXES, css))


@PRODUCER.document(
    "weasyprint-footnotes.pdf",
    "marks of footnotes behind names and digits, the notes below the table, page numbers amid rows",
    "half of the roots are in no catalogue",
)
def footnotes(path: Path) -> list[Row]:
    found = rows(mixed(12, 34), "12.7(1)")
    lines = []
    for n, row in enumerate(found):
        mark = f"<sup>{n % 3 + 1}</sup>" if n % 4 == 1 else ""
        lines.append((html.digits(row), escape(row.printed) + mark))
    notes = "<p>1 Expired.</p><p>2 Cross-signed by another root.</p><p>3 Legacy root.</p>"
    css = (
        "@page { size: 148mm 105mm; @right-middle { content: counter(page) } }"
        "td { font-size: 7pt } sup { font-size: 5pt } tr { break-inside: avoid }"
    )
    body = html.front("12.7(1)") + html.table(("SHA-1", "Subject"), lines) + notes
    return build(path, found, html.page(body, html.MARGIN_BOXES, css))


@PRODUCER.document(
    "weasyprint-merged-cells.pdf",
    "cells that span rows: the owner once for all of its roots; serial numbers of 40 digits",
    "half of the roots are in no catalogue",
)
def merged_cells(path: Path) -> list[Row]:
    found = rows(mixed(9, 104), "14.0(1)")
    body = ""
    for at in range(0, len(found), 3):
        for n, row in enumerate(found[at : at + 3]):
            owner = f'<td rowspan="3">Owner {at // 3 + 1}</td>' if n == 0 else ""
            cells = f"<td>{serial(row)}</td><td>{html.digits(row)}</td>"
            body += f"<tr>{owner}<td>{escape(row.printed)}</td>{cells}</tr>"
    head = "".join(f"<th>{each}</th>" for each in ("Owner", "Subject", "Serial", "Thumbprint"))
    css = "@page { size: A4 landscape } td { font-size: 7.5pt } tr { break-inside: avoid }"
    source = html.front("14.0(1)") + f"<table><thead><tr>{head}</tr></thead>{body}</table>"
    return build(path, found, html.page(source, html.RULED, html.MARGIN_BOXES, css))


# --- records of certificate practice statements ------------------------------------------------


def _practice(found: list[Row], digits: Callable[[str], str]) -> str:
    """Return a table for each row, of two columns: labels, and values."""
    parts = []
    for number, row in enumerate(found, 1):
        name = escape(row.printed)
        fields = {
            "Subject": name,
            "Issuer": name,
            "Serial number": serial(row),
            "Valid to": f"{end(row):%d.%m.%Y}",
            "Subject key identifier": key_id(row),
            "SHA-1 fingerprint": html.digits(row),
            "SHA-256 fingerprint": digits(row.sha256),
        }
        lines = "".join(f"<tr><td>{key}</td><td>{value}</td></tr>" for key, value in fields.items())
        parts.append(f"<h3>2.{number} {escape(common(row))}</h3><table>{lines}</table>")
    return html.front("12.7(1)") + "".join(parts)


_NARROW = (
    "body, td, .mono { font-family: 'DejaVu Sans'; font-size: 7.5pt } h3 { font-size: 9pt }"
    "table { table-layout: fixed; width: 115mm } tr { break-inside: avoid }"
    "h3 { break-after: avoid }"
    "td { overflow-wrap: anywhere } td:first-child { width: 24mm }"
)


@PRODUCER.document(
    "weasyprint-cell-labels.pdf",
    "a ruled table for each root, whose labels and digits take two lines; numbered headings",
    "half of the roots are in no catalogue",
)
def cell_labels(path: Path) -> list[Row]:
    found = rows(mixed(7, 81), "12.7(1)", spelling.colons, prints_sha256=True)
    boxes = html.MARGIN_BOXES.replace("Liberation", "DejaVu")
    source = html.page(_practice(found, spelling.colons), html.RULED, boxes, _NARROW)
    return build(path, found, source)


@PRODUCER.document(
    "weasyprint-plain-labels.pdf",
    "the same without rules, digits in groups of eight",
    "half of the roots are in no catalogue",
)
def plain_labels(path: Path) -> list[Row]:
    found = rows(mixed(7, 91), "12.7(1)", spelling.eights, prints_sha256=True)
    boxes = html.MARGIN_BOXES.replace("Liberation", "DejaVu")
    return build(path, found, html.page(_practice(found, spelling.eights), boxes, _NARROW))


@PRODUCER.document(
    "weasyprint-pem.pdf",
    "a certificate in PEM below each root, also over page breaks; marks of footnotes on headings",
    "half of the roots are in no catalogue",
)
def pem(path: Path) -> list[Row]:
    found = rows(mixed(5, 71), "12.8(1)", spelling.colons)
    parts = []
    for row in found:
        text = f"Subject: {escape(row.printed)}<br>SHA-1: {html.digits(row)}"
        block = ssl.DER_cert_to_PEM_cert(row.der)
        parts.append(f"<h3>{escape(common(row))}<sup>1</sup></h3><p>{text}</p><pre>{block}</pre>")
    css = "pre { font: 6pt 'DejaVu Sans Mono'; margin: 0 0 4mm } p, h3 { break-inside: avoid }"
    body = html.front("12.8(1)") + "".join(parts) + "<p><sup>1</sup> As of 2024.</p>"
    boxes = html.MARGIN_BOXES.replace("Liberation", "DejaVu")
    return build(path, found, html.page(body, boxes, css))


@PRODUCER.document(
    "weasyprint-inline.pdf",
    "release notes: a list below `Added`, one below `Removed`; a comma between name and SHA-1",
    "half of the roots are in no catalogue",
)
def inline(path: Path) -> list[Row]:
    found = rows(mixed(8, 11), "12.8(1)")
    found[-4:] = [replace(row, problem=REPORTED) for row in found[-4:]]
    parts = []
    for head, part in (("Added", found[:-4]), ("Removed", found[-4:])):
        items = "".join(f"<li>{escape(r.printed)}, SHA-1 {html.digits(r)}</li>" for r in part)
        parts.append(f"<h2>{head}</h2><ul>{items}</ul>")
    boxes = html.MARGIN_BOXES.replace("Liberation", "DejaVu")
    return build(path, found, html.page(html.front("12.8(1)") + "".join(parts), boxes))
