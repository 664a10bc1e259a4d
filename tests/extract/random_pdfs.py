"""Lists drawn at random, printed as PDF by real producers, each imported only when it is asked for.

WeasyPrint and Chromium print one HTML; Typst, reportlab and fpdf2 have sources of their own. They
break lines and pages themselves, but that Typst can't break digits: its digits come broken.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from html import escape
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from tests.extract.random_lists import (
    Beside,
    Block,
    Cell,
    Lines,
    List,
    Prose,
    Records,
    Style,
    Table,
)
from tests.extract.random_pages import WIDTH, edges_of, needed_width, pieces

HEIGHT: Final = 800.0
"""Of a page, in points."""
MARGIN: Final = 40.0
WIDER: Final = 1.25
"""DejaVu Sans, the font that all of them have, is by so much wider than Helvetica."""


def available() -> list[str]:
    """The producers that are installed, with the fonts they need."""
    return [name for name in PRINTERS if _is_installed(name)]


def _is_installed(name: str) -> bool:
    if name == "chromium":
        return shutil.which(name) is not None
    if name in ("reportlab", "fpdf2") and not Path(_DEJAVU).exists():
        return False
    try:
        import_module({"fpdf2": "fpdf"}.get(name, name))
    except (ImportError, OSError):  # WeasyPrint needs Pango
        return False
    return True


def _width(drawn: List) -> float:
    beside = max(
        (len(block.columns) for block in drawn.blocks if isinstance(block, Beside)), default=0
    )
    return max(WIDTH, WIDER * needed_width(drawn) + 2 * MARGIN + 20 + 60 * beside)


# --- HTML ----------------------------------------------------------------------------------------


def _html(drawn: List) -> str:
    style = drawn.style
    border = "border: 0.5pt solid #444;" if style.ruled else ""
    band = "tr:nth-child(even) td { background: #e4e8ee }" if style.banded else ""
    footer = '"Page " counter(page) " of " counter(pages)'
    if style.footer == "{page}":
        footer = "counter(page)"
    elif "{" not in style.footer:
        footer = f'"{style.footer}"'
    css = f"""
      @page {{ size: {_width(drawn):.0f}pt {HEIGHT:.0f}pt; margin: {MARGIN}pt;
        @top-left {{ content: "{style.header}"; font: 7pt "DejaVu Sans" }}
        @bottom-left {{ content: {footer}; font: 7pt "DejaVu Sans" }} }}
      body {{ font: {style.size}pt/1.25 "DejaVu Sans"; margin: 0 }}
      h2 {{ font-size: 1.3em; break-after: avoid }}
      table {{ border-collapse: collapse; margin: 4pt 0 }}
      thead {{ display: {"table-header-group" if style.repeats_titles else "table-row-group"} }}
      th {{ text-align: left }} {band}
      th, td {{ {border} vertical-align: {style.vertical}; padding: 2pt 4pt }}
      tr {{ break-inside: {"auto" if style.splits_rows else "avoid"} }}
      .d {{ word-break: break-all; overflow-wrap: anywhere; min-width: {14 * style.size}pt }}
      dl {{ margin: 0 0 8pt }} dt, dd {{ margin: 0 }} p {{ margin: 0 0 3pt }}
      .h {{ padding-left: 15pt; text-indent: -15pt }} .s {{ white-space: pre-wrap }}
      .c td {{ border: none; padding: 0 8pt 0 0; background: none }} .b {{ display: flex }}
      .b > div {{ flex: 1 1 0; min-width: 0; margin-right: {2.5 * style.size}pt }}
      .b .d {{ min-width: {9 * style.size}pt }}
    """
    body = "".join(_html_of(block) for block in drawn.blocks)
    return (
        f'<!doctype html><html><meta charset="utf-8"><style>{css}</style><body>{body}</body></html>'
    )


def _html_of(block: Block) -> str:
    match block:
        case Prose():
            tag = "h2" if block.is_heading else "p"
            return f"<{tag}>{escape(block.text)}</{tag}>"
        case Table():
            titles = "".join(f"<th>{escape(title)}</th>" for title in block.titles or ())
            head = f"<thead><tr>{titles}</tr></thead>" if titles else ""
            rows = ("".join(map(_html_cell, row)) for row in block.rows)
            return (
                f"<table>{head}<tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>"
            )
        case Records():
            return "".join(_html_record(block, row) for row in block.rows)
        case Lines():
            gap = " " * block.gap
            texts = (gap.join(escape(cell.text) for cell in row) for row in block.rows)
            shape = "s h" if block.hanging else "s"
            return "".join(f'<p class="{shape}">{text}</p>' for text in texts)
        case Beside():
            columns = ("".join(map(_html_of, column)) for column in block.columns)
            return f'<div class="b">{"".join(f"<div>{c}</div>" for c in columns)}</div>'


def _html_cell(cell: Cell) -> str:
    return (
        f'<td class="d">{escape(cell.text)}</td>'
        if cell.is_digits
        else (f"<td>{escape(cell.text)}</td>")
    )


def _html_record(block: Records, row: Sequence[tuple[str, Cell]]) -> str:
    fields = [(escape(label + block.mark), escape(cell.text)) for label, cell in row]
    if block.style == "above":  # digits may be broken anywhere, names only between words
        kinds = [" class=d" if cell.is_digits else "" for _, cell in row]
        lines = zip(fields, kinds, strict=True)
        return f"<dl>{''.join(f'<dt>{la}</dt><dd{k}>{v}</dd>' for (la, v), k in lines)}</dl>"
    if block.style == "before":
        return f"<dl>{''.join(f'<dt class=h>{label} {value}</dt>' for label, value in fields)}</dl>"
    lines = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in fields)
    return f'<table class="c">{lines}</table>'


def weasyprint(drawn: List, path: Path) -> None:
    """Print by WeasyPrint."""
    import weasyprint

    weasyprint.HTML(string=_html(drawn)).write_pdf(path, pdf_tags=drawn.seed % 2 == 0)


def chromium(drawn: List, path: Path) -> None:
    """Print by Chromium."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        file = Path(folder) / "list.html"
        file.write_text(_html(drawn), encoding="utf-8")
        command = [
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
            *(["--disable-pdf-tagging"] if drawn.seed % 2 else []),
            f"--user-data-dir={folder}/profile", f"--print-to-pdf={path}", file.as_uri(),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=120)


# --- Typst ---------------------------------------------------------------------------------------


def typst(drawn: List, path: Path) -> None:
    """Print by Typst."""
    import typst

    style = drawn.style
    footer = "#counter(page).display()"
    if "{" not in style.footer:
        footer = f"#{_quoted(style.footer)}"
    elif style.footer != "{page}":
        footer = "Page #counter(page).display() of #counter(page).final().first()"
    head = f"""
      #set page(width: {_width(drawn)}pt, height: {HEIGHT}pt, margin: {MARGIN}pt,
        header: text(7pt, {_quoted(style.header)}), footer: context text(7pt)[{footer}])
      #set text(font: "Libertinus Serif", size: {style.size}pt, hyphenate: false)
      #set par(leading: 0.45em, spacing: 0.8em)
    """
    room = _width(drawn) - 2 * MARGIN
    source = head + "\n\n".join(_typst_of(block, style, room) for block in drawn.blocks)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "main.typ"
        file.write_text(source, encoding="utf-8")
        options: dict[str, Any] = {"timestamp": 0, "pdf_tags": drawn.seed % 2 == 0}
        typst.compile(str(file), output=str(path), **options)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _typst_of(block: Block, style: Style, room: float) -> str:
    match block:
        case Prose():
            size, sticky = (1.3, "true") if block.is_heading else (1, "false")
            return f"#block(sticky: {sticky}, text({size}em, {_quoted(block.text)}))"
        case Table():
            return _typst_table(block, style, room)
        case Records():
            return "\n\n".join(_typst_record(block, row, room, style) for row in block.rows)
        case Lines():
            gap = " " * block.gap
            texts = (gap.join(cell.text for cell in row) for row in block.rows)
            indent = "15pt" if block.hanging else "0pt"
            return "\n\n".join(f"#par(hanging-indent: {indent}, {_quoted(t)})" for t in texts)
        case Beside():
            count = len(block.columns)
            gutter = 2.5 * style.size
            each = (room - gutter * (count - 1)) / count
            columns = [
                f"[{' '.join(_typst_of(b, style, each) for b in column)}]"
                for column in block.columns
            ]
            widths = ", ".join(["1fr"] * count)
            return f"#grid(columns: ({widths}), gutter: {gutter}pt, {', '.join(columns)})"


def _typst_table(block: Table, style: Style, room: float) -> str:
    edges = edges_of(block, style, room)
    widths = [right - left for left, right in pairwise(edges)]
    share = room / max(sum(widths), room)
    widths = [width * share for width in widths]
    pad = 0.35 * style.size if style.ruled else 0.8 * style.size
    cells = [
        _quoted(
            "\n".join(pieces(cell, style.size, width - 2 * pad)) if cell.is_digits else cell.text
        )
        for row in block.rows
        for cell, width in zip(row, widths, strict=True)
    ]
    titles = ", ".join(_quoted(title) for title in block.titles or ())
    repeat = str(style.repeats_titles).lower()
    head = f"table.header(repeat: {repeat}, {titles}), " if titles else ""
    align = {"top": "top", "middle": "horizon", "bottom": "bottom"}[style.vertical]
    stroke = "0.4pt" if style.ruled else "none"
    fill = "(x, y) => if calc.even(y) { luma(235) }" if style.banded else "none"
    columns = ", ".join(f"{width}pt" for width in widths)
    breakable = "" if style.splits_rows else "#show table.cell: set block(breakable: false)\n"
    return (
        f"{breakable}#table(columns: ({columns}), inset: (x: {pad}pt, y: 3pt), stroke: {stroke}, "
        f"align: left + {align}, fill: {fill}, {head}{', '.join(cells)})"
    )


def _typst_record(
    block: Records, row: Sequence[tuple[str, Cell]], room: float, style: Style
) -> str:
    fields = [(label + block.mark, cell) for label, cell in row]
    if block.style == "before":
        lines = [f"#par(hanging-indent: 10pt, {_quoted(f'{la} {c.text}')})" for la, c in fields]
        return "#block(breakable: false, spacing: 1.4em)[{}]".format("\n\n".join(lines))
    if block.style == "above":
        lines = []
        for label, cell in fields:
            value = "\n".join(pieces(cell, style.size * WIDER, room - 10))
            shown = value if cell.is_digits else cell.text
            lines.append(f"#{_quoted(label)} \\ #h(10pt)#{_quoted(shown)}")
        return "#block(breakable: false, spacing: 1.4em)[{}]".format("\n\n".join(lines))
    cells = ", ".join(f"{_quoted(label)}, {_quoted(cell.text)}" for label, cell in fields)
    return f"#block(spacing: 1.4em, grid(columns: (auto, 1fr), gutter: 5pt, {cells}))"


# --- reportlab -----------------------------------------------------------------------------------

_DEJAVU: Final = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"


@cache
def _reportlab_font() -> str:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    pdfmetrics.registerFont(TTFont("DejaVuSans", _DEJAVU))
    return "DejaVuSans"


def reportlab(drawn: List, path: Path) -> None:
    """Print by reportlab's Platypus."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import SimpleDocTemplate

    style, width = drawn.style, _width(drawn)
    plain = ParagraphStyle(
        "plain", fontName=_reportlab_font(), fontSize=style.size, leading=1.25 * style.size,
        allowOrphans=1, allowWidows=1,
    )  # fmt: skip

    def furniture(canvas: Any, document: Any) -> None:
        canvas.setFont(_reportlab_font(), 7)
        canvas.drawString(MARGIN, HEIGHT - 25, style.header)
        canvas.drawString(MARGIN, 20, style.footer.format(page=document.page, pages="many"))

    story = [
        flow
        for block in drawn.blocks
        for flow in _flows(block, style, plain, width - 2 * MARGIN - 12)
    ]
    document = SimpleDocTemplate(
        str(path), pagesize=(width, HEIGHT), leftMargin=MARGIN, rightMargin=MARGIN,
        topMargin=MARGIN, bottomMargin=MARGIN, invariant=1,
    )  # fmt: skip
    document.build(story, onFirstPage=furniture, onLaterPages=furniture)


def _flows(block: Block, style: Style, plain: Any, room: float) -> list[Any]:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, Spacer
    from reportlab.platypus import Table as Grid

    def text(said: str, **changes: Any) -> Any:
        shown = escape(said).replace("  ", "\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}")
        return Paragraph(shown, ParagraphStyle("changed", plain, **changes))

    match block:
        case Prose():
            size = plain.fontSize * (1.3 if block.is_heading else 1)
            return [
                text(
                    block.text,
                    fontSize=size,
                    leading=1.3 * size,
                    spaceAfter=4,
                    keepWithNext=block.is_heading,
                )
            ]
        case Table():
            edges = edges_of(block, style, room / WIDER)
            widths = [(b - a) * WIDER for a, b in pairwise(edges)]
            titles = [[text(title) for title in block.titles]] if block.titles else []
            rows = [[text(cell.text) for cell in row] for row in block.rows]
            grid = Grid(
                [*titles, *rows], widths, repeatRows=int(bool(titles) and style.repeats_titles),
                splitInRow=int(style.splits_rows), style=_grid_style(style, bool(titles)),
                hAlign="LEFT",
            )  # fmt: skip
            return [grid, Spacer(1, 6)]
        case Records() if block.style == "column":
            flows: list[Any] = []
            for row in block.rows:
                labels = max(len(label) for label, _ in row) * 0.65 * style.size + 8
                cells = [[text(label + block.mark), text(cell.text)] for label, cell in row]
                flows += [
                    Grid(
                        cells,
                        [labels, room - labels],
                        hAlign="LEFT",
                        style=[("VALIGN", (0, 0), (-1, -1), "TOP")],
                    ),
                    Spacer(1, 6),
                ]
            return flows
        case Records():
            flows = []
            for row in block.rows:
                if block.style == "before":
                    fields = [
                        text(f"{label}{block.mark} {cell.text}", leftIndent=10, firstLineIndent=-10)
                        for label, cell in row
                    ]
                else:
                    fields = [
                        part
                        for label, cell in row
                        for part in (text(label + block.mark), text(cell.text, leftIndent=10))
                    ]
                flows += [*fields, Spacer(1, 6)]
            return flows
        case Lines():
            indent = 15 if block.hanging else 0
            gap = "\N{NO-BREAK SPACE}" * (block.gap - 1) + " "
            texts = (gap.join(cell.text for cell in row) for row in block.rows)
            return [
                text(each, leftIndent=indent, firstLineIndent=-indent, spaceAfter=2)
                for each in texts
            ]
        case Beside():
            count = len(block.columns)
            each = room / count
            columns = [
                [flow for b in column for flow in _flows(b, style, plain, each - 16)]
                for column in block.columns
            ]
            return [
                Grid(
                    [columns],
                    [each] * count,
                    style=[
                        ("VALIGN", (0, 0), (-1, -1), "TOP"),
                        ("LEFTPADDING", (0, 0), (-1, -1), 0),
                        ("RIGHTPADDING", (0, 0), (-1, -1), 14),
                    ],
                    splitInRow=1,
                    hAlign="LEFT",
                )
            ]


def _grid_style(style: Style, has_titles: bool) -> list[Any]:
    from reportlab.lib.colors import HexColor, black

    whole = (0, 0), (-1, -1)
    made: list[Any] = [("VALIGN", *whole, style.vertical.upper())]
    if style.ruled:
        made += [
            ("GRID", *whole, 0.5, black),
            ("LEFTPADDING", *whole, 3),
            ("RIGHTPADDING", *whole, 3),
        ]
    if style.banded:
        made.append(("ROWBACKGROUNDS", (0, int(has_titles)), (-1, -1), [None, HexColor("#e4e8ee")]))
    return made


# --- fpdf2 ---------------------------------------------------------------------------------------


def fpdf2(drawn: List, path: Path) -> None:
    """Print by fpdf2."""
    import fpdf

    style, width = drawn.style, _width(drawn)

    class Sheet(fpdf.FPDF):
        def header(self) -> None:
            self.set_font("dejavu", size=7)
            self.set_y(20)
            self.cell(0, 8, style.header, new_x="LMARGIN", new_y="NEXT")
            self.set_y(MARGIN)

        def footer(self) -> None:
            self.set_font("dejavu", size=7)
            self.set_y(-28)
            self.cell(0, 8, style.footer.format(page=self.page_no(), pages="{nb}"))

    pdf = Sheet(unit="pt", format=(width, HEIGHT))
    pdf.add_font("dejavu", fname=_DEJAVU)
    pdf.set_margin(MARGIN)
    pdf.set_auto_page_break(True, MARGIN)
    pdf.set_font("dejavu", size=style.size)
    pdf.add_page()
    for block in drawn.blocks:
        _fpdf2_block(pdf, block, style, width - 2 * MARGIN)
        pdf.ln(style.size)
    pdf.output(str(path))


def _fpdf2_block(pdf: Any, block: Block, style: Style, room: float) -> None:
    size, leading = style.size, 1.25 * style.size

    def put(text: str, indent: float = 0) -> None:
        pdf.set_x(pdf.l_margin + indent)
        pdf.multi_cell(room - indent, leading, text, align="L", new_x="LMARGIN", new_y="NEXT")

    match block:
        case Prose():
            pdf.set_font("dejavu", size=size * (1.3 if block.is_heading else 1))
            put(block.text)
            pdf.set_font("dejavu", size=size)
        case Table():
            _fpdf2_table(pdf, block, style, room)
        case Records():
            for row in block.rows:
                for label, cell in row:
                    if block.style == "above":
                        put(label + block.mark)
                        put(cell.text, 10)
                    elif block.style == "before":
                        put(f"{label}{block.mark} {cell.text}")
                    else:
                        before = pdf.page
                        labels = max(pdf.get_string_width(la + block.mark) for la, _ in row) + 12
                        if pdf.will_page_break(4 * leading):
                            pdf.add_page()
                        assert pdf.page >= before
                        pdf.cell(labels, leading, label + block.mark)
                        pdf.multi_cell(
                            room - labels,
                            leading,
                            cell.text,
                            align="L",
                            new_x="LMARGIN",
                            new_y="NEXT",
                        )
                pdf.ln(0.8 * size)
        case Lines():
            for line in block.rows:
                put((" " * block.gap).join(cell.text for cell in line))
        case Beside():
            _fpdf2_beside(pdf, block, style, room)


def _fpdf2_table(pdf: Any, block: Table, style: Style, room: float) -> None:
    from fpdf.enums import TableBordersLayout, TableCellFillMode, VAlign

    edges = edges_of(block, style, room / WIDER)
    widths = [b - a for a, b in pairwise(edges)]
    layout = TableBordersLayout.ALL if style.ruled else TableBordersLayout.NONE
    valign = {"top": VAlign.T, "middle": VAlign.M, "bottom": VAlign.B}[style.vertical]
    with pdf.table(
        col_widths=widths, width=min(sum(widths) * WIDER, room), align="LEFT", text_align="LEFT",
        borders_layout=layout, first_row_as_headings=bool(block.titles) and style.repeats_titles,
        headings_style=_fpdf2_plain(), line_height=1.25 * style.size, padding=2, v_align=valign,
        cell_fill_color=230 if style.banded else None,
        cell_fill_mode=TableCellFillMode.ROWS if style.banded else TableCellFillMode.NONE,
    ) as table:  # fmt: skip
        for texts in [
            *([block.titles] if block.titles else []),
            *([c.text for c in r] for r in block.rows),
        ]:
            row = table.row()
            for text in texts:
                row.cell(text)


def _fpdf2_plain() -> Any:
    from fpdf.fonts import FontFace

    return FontFace(emphasis="")


def _fpdf2_beside(pdf: Any, block: Beside, style: Style, room: float) -> None:
    count = len(block.columns)
    gutter = 2.5 * style.size
    each = (room - gutter * (count - 1)) / count
    top, left, page = pdf.get_y(), pdf.l_margin, pdf.page
    ends = []
    for i, column in enumerate(block.columns):
        pdf.page = page
        pdf.set_left_margin(left + i * (each + gutter))
        pdf.set_xy(pdf.l_margin, top)
        for part in column:
            _fpdf2_block(pdf, part, style, each)
        ends.append((pdf.page, pdf.get_y()))
    pdf.set_left_margin(left)
    pdf.page, bottom = max(ends)
    pdf.set_xy(left, bottom)


PRINTERS: Final[dict[str, Callable[[List, Path], None]]] = {
    "weasyprint": weasyprint,
    "chromium": chromium,
    "typst": typst,
    "reportlab": reportlab,
    "fpdf2": fpdf2,
}
"""Who prints a list as PDF."""
