"""Text hidden in rarer ways, and sound text that is drawn by the same means.

Each is added to documents of two producers: what nobody sees has to be reported, and what everybody
sees has not.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from tests.extract.test_seen import (
    CORPUS,
    WORDS,
    Row,
    added_as_a_note,
    annotate,
    append,
    below,
    cropped_away,
    last_row,
    problems_of,
    text,
)

PRODUCERS: Final = ("reportlab-ruled", "fop-table")
Draw = Callable[[pikepdf.Pdf, pikepdf.Page, Row], None]


def helvetica() -> Dictionary:
    return Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)


def tints(*ends: list[float]) -> Dictionary:
    """A function from nothing to all of a colour (ISO 32000-1, 7.10.3)."""
    first, last = map(Array, ends)
    return Dictionary(FunctionType=2, Domain=Array([0, 1]), C0=first, C1=last, N=1)


def in_colour(space: Callable[[pikepdf.Pdf], Array], colour: str) -> Draw:
    def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
        page.add_resource(space(pdf), Name.ColorSpace, Name.Space)
        text(pdf, page, WORDS, below(row), f"/Space cs {colour} scn")

    return draw


def with_state(content: str, **state: object) -> Draw:
    def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
        page.add_resource(Dictionary(**state), Name.ExtGState, Name.State)
        paper = f"1 g {row.left - 5} {row.bottom - 28} 500 12 re f 0 g"
        text(pdf, page, WORDS, below(row), f"{paper} /State gs {content}")

    return draw


def drawn_by(content: str) -> Draw:
    def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
        text(pdf, page, WORDS, below(row), content)

    return draw


def in_a_form(matrix: str, size: float = 7, **entries: object) -> Draw:
    """A row in a form whose own matrix places it; x and y stand for a place below the list."""

    def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
        shown = f"BT /F {size} Tf ({WORDS}) Tj ET".encode()
        form = pdf.make_stream(shown, Type=Name.XObject, Subtype=Name.Form, **entries)
        form.Resources = Dictionary(Font=Dictionary(F=helvetica()))
        if "/BBox" not in form:
            form.BBox = Array([-9000, -9000, 9000, 9000])
        places = {"x": row.left, "y": row.bottom - 25, "far": -3000}
        form.Matrix = Array([places.get(each) or float(each) for each in matrix.split()])
        page.add_resource(form, Name.XObject, Name.Held)
        append(pdf, page, "q /Held Do Q")

    return draw


def in_a_mixed_form(before: str = "", group: Dictionary | None = None, **state: object) -> Draw:
    """A row in a form that is drawn as a whole with a state of the page (11.4.5)."""

    def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
        shown = f"BT /F 7 Tf {below(row)} Tm ({WORDS}) Tj ET".encode()
        form = pdf.make_stream(shown, Type=Name.XObject, Subtype=Name.Form)
        form.Resources, form.BBox = Dictionary(Font=Dictionary(F=helvetica())), page.mediabox
        if group is not None:
            form.Group = group
        page.add_resource(form, Name.XObject, Name.Held)
        page.add_resource(Dictionary(**state), Name.ExtGState, Name.State)
        append(pdf, page, f"q {before} /State gs /Held Do Q")

    return draw


def in_a_masked_form(level: int) -> Draw:
    """A row in a form of which a mask shows nothing (0) or all (1)."""

    def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
        _, _, right, top = (float(each) for each in page.mediabox)
        mask = pdf.make_stream(f"{level} g 0 0 {right} {top} re f".encode(), Subtype=Name.Form)
        mask.BBox = page.mediabox
        mask.Group = Dictionary(S=Name.Transparency, CS=Name.DeviceGray)
        in_a_mixed_form(SMask=Dictionary(S=Name.Luminosity, G=mask))(pdf, page, row)

    return draw


def by_a_policy(policy: str, *, is_off: bool) -> Draw:
    """A row that is seen by what a policy says of its only layer (8.11.2.2)."""

    def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="layer"))
        setting = Dictionary(OFF=Array([layer] if is_off else []))
        pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=setting)
        member = Dictionary(Type=Name.OCMD, OCGs=Array([layer]), P=Name(policy))
        page.add_resource(pdf.make_indirect(member), Name.Properties, Name.Layer)
        page.add_resource(helvetica(), Name.Font, Name.Added)
        append(pdf, page, f"/OC /Layer BDC BT /Added 7 Tf {below(row)} Tm ({WORDS}) Tj ET EMC")

    return draw


def in_a_pattern_of(tint: int, tile: str) -> Draw:
    """A row whose letters are filled with a pattern that takes its colour from them (8.7.3.3)."""

    def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
        plain = pdf.make_stream(tile.encode(), PatternType=1, PaintType=2, TilingType=1)
        plain.BBox, plain.XStep, plain.YStep = Array([0, 0, 9, 9]), 9, 9
        plain.Resources = Dictionary()
        page.add_resource(plain, Name.Pattern, Name.Plain)
        page.add_resource(Array([Name.Pattern, Name.DeviceGray]), Name.ColorSpace, Name.Tint)
        text(pdf, page, WORDS, below(row), f"/Tint cs {tint} /Plain scn")

    return draw


DIGITS: Final = "0123456789abcdef0badc0de0badc0de0badc0de"


def from_top_to_bottom(letters: str) -> Draw:
    """Letters upon each other in the right margin."""

    def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
        _, _, right, top = (float(each) for each in page.mediabox)
        page.add_resource(helvetica(), Name.Font, Name.Added)
        shown = "".join(
            f"1 0 0 1 {right - 14} {top - 30 - 7 * number} Tm ({letter}) Tj "
            for number, letter in enumerate(letters)
        )
        append(pdf, page, f"BT /Added 6 Tf {shown} ET")

    return draw


def written_downwards(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    """Digits in a font that is written from top to bottom (9.7.4.3)."""
    system = Dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"))
    system.Supplement = 0
    letters = Dictionary(Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name.Helvetica)
    letters.CIDSystemInfo, letters.DW = system, 600
    font = Dictionary(Type=Name.Font, Subtype=Name.Type0, BaseFont=Name.Helvetica)
    font.Encoding, font.DescendantFonts = Name("/Identity-V"), Array([pdf.make_indirect(letters)])
    font.ToUnicode = pdf.make_stream(
        b"1 begincodespacerange <0000> <ffff> endcodespacerange "
        b"1 beginbfrange <0020> <007e> <0020> endbfrange"
    )
    page.add_resource(font, Name.Font, Name.Downwards)
    _, _, right, top = (float(each) for each in page.mediabox)
    codes = "".join(f"{ord(digit):04x}" for digit in DIGITS)
    append(pdf, page, f"BT /Downwards 6 Tf 1 0 0 1 {right - 14} {top - 30} Tm <{codes}> Tj ET")


def in_glyphs_of_two_codes(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    """A font with a second code for 3 that draws an 8, and is used once, after the first."""
    in_glyphs(LETTER)(pdf, page, row)
    font = page.obj.Resources.Font.Glyphs
    font.CharProcs.c128 = pdf.make_stream(LETTER.format("8").encode())
    font.Encoding.Differences.extend([128, Name.c128])
    font.LastChar, font.Widths = 128, Array([600] * 97)
    table = font.ToUnicode.read_bytes() + b" 1 beginbfchar <80> <0033> endbfchar"
    font.ToUnicode.write(table)
    digits = "3333" + DIGITS[:35]
    place = f"1 0 0 1 {row.left} {row.bottom - 40}"
    append(pdf, page, f"BT /Glyphs 7 Tf {place} Tm ({digits}\\200 C=XX, CN=Nobody) Tj ET")


def painted_through(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    """A row that clips a black box."""
    page.add_resource(helvetica(), Name.Font, Name.Added)
    clip = f"BT 7 Tr /Added 7 Tf {below(row)} Tm ({WORDS}) Tj ET"
    append(pdf, page, f"q {clip} 0 g {row.left - 5} {row.bottom - 30} 600 20 re f Q")


def clipped_by_other_letters(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    page.add_resource(helvetica(), Name.Font, Name.Added)
    clip = f"BT 7 Tr /Added 7 Tf 1 0 0 1 {row.left} {row.bottom - 60} Tm (x) Tj ET"
    append(pdf, page, f"q {clip} BT 0 Tr /Added 7 Tf {below(row)} Tm ({WORDS}) Tj ET Q")


def stamped(flags: int) -> Draw:
    """A white stamp over the last row, with flags (12.5.3)."""

    def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
        under_a_look(Name.Stamp, "1 g 0 0 {width} {height} re f")(pdf, page, row)
        page.obj.Annots[-1].F = flags

    return draw


def on_a_layer(*, is_off: bool, is_nested: bool = False) -> Draw:
    """A row on a layer, or on one that a visibility expression names (8.11.2.2)."""

    def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="layer"))
        setting = Dictionary(OFF=Array([layer] if is_off else []))
        pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=setting)
        expression = Array([Name.Not, Array([Name.Not, layer])])
        nested = Dictionary(Type=Name.OCMD, OCGs=layer, VE=expression)
        page.add_resource(
            pdf.make_indirect(nested) if is_nested else layer, Name.Properties, Name.Layer
        )
        page.add_resource(helvetica(), Name.Font, Name.Added)
        shown = f"BT /Added 7 Tf {below(row)} Tm ({WORDS}) Tj ET"
        append(pdf, page, f"/OC /Layer BDC /Span << /MCID 99 >> BDC {shown} EMC EMC")

    return draw


def over_the_row(content: str) -> Draw:
    """Something over the last row: in its box, or drawn with its height and width."""

    def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
        shading = Dictionary(ShadingType=2, ColorSpace=Name.DeviceGray, Coords=Array([0, 0, 9, 0]))
        shading.Function, shading.Extend = tints([1], [1]), Array([True, True])
        page.add_resource(shading, Name.Shading, Name.Shade)
        for name, kind in ((Name.Coloured, 1), (Name.Plain, 2)):
            tile = pdf.make_stream(b"1 g 0 0 9 9 re f" if kind == 1 else b"0 0 9 9 re f")
            tile.PatternType, tile.PaintType, tile.TilingType = 1, kind, 1
            tile.BBox, tile.XStep, tile.YStep = Array([0, 0, 9, 9]), 9, 9
            tile.Resources = Dictionary()
            page.add_resource(tile, Name.Pattern, name)
        page.add_resource(Array([Name.Pattern, Name.DeviceGray]), Name.ColorSpace, Name.Tint)
        place = f"{row.right - row.left} 0 0 {row.top - row.bottom} {row.left} {row.bottom} cm"
        middle = (row.top + row.bottom) / 2
        line = f"{row.left} {middle} m {row.right} {middle} l"
        wide = f"{row.top - row.bottom} w"
        shown = content.format(box=row.box, place=place, line=line, wide=wide)
        append(pdf, page, f"q {shown} Q")

    return draw


def in_glyphs(procedure: str) -> Draw:
    """A row in a Type 3 font, each of whose glyphs is a procedure (9.6.5); ``{}`` is its letter."""

    def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
        codes = [code for code in range(32, 127) if chr(code) not in "()\\"]
        glyphs = {
            f"/c{code}": pdf.make_stream(procedure.format(chr(code)).encode()) for code in codes
        }
        names = [part for code in codes for part in (code, Name(f"/c{code}"))]
        font = Dictionary(Type=Name.Font, Subtype=Name.Type3, CharProcs=Dictionary(glyphs))
        font.Encoding = Dictionary(Type=Name.Encoding, Differences=Array(names))
        font.FirstChar, font.LastChar, font.Widths = 32, 126, Array([600] * 95)
        font.FontBBox, font.FontMatrix = Array([0, 0, 600, 700]), Array([0.001, 0, 0, 0.001, 0, 0])
        font.Resources = Dictionary(Font=Dictionary(F=helvetica()))
        table = b"1 beginbfrange <20> <7e> <0020> endbfrange"
        font.ToUnicode = pdf.make_stream(
            b"1 begincodespacerange <00> <ff> endcodespacerange" + table
        )
        page.add_resource(font, Name.Font, Name.Glyphs)
        append(pdf, page, f"q BT /Glyphs 7 Tf {below(row)} Tm ({WORDS}) Tj ET Q")

    return draw


def turned_and_cropped(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    page.obj.Rotate = 90
    cropped_away(pdf, page, row)


def highlighted(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    corners = [row.left, row.top, row.right, row.top, row.left, row.bottom, row.right, row.bottom]
    yellow = Array([1, 1, 0])
    annotate(pdf, page, row, Subtype=Name.Highlight, QuadPoints=Array(corners), C=yellow)


def under_a_look(subtype: Name, content: str, **state: object) -> Draw:
    """A mark-up annotation over the last row that has a look of its own (12.5.5)."""

    def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
        width, height = row.right - row.left, row.top - row.bottom
        shown = content.format(width=width, height=height).encode()
        look = pdf.make_stream(shown, Type=Name.XObject, Subtype=Name.Form)
        look.BBox = Array([0, 0, width, height])
        look.Resources = Dictionary(ExtGState=Dictionary(State=Dictionary(**state)))
        annotate(pdf, page, row, Subtype=subtype, AP=Dictionary(N=look))

    return draw


def beside_a_hidden_field(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    """A field that nothing displays (12.5.3), on a page that has a look drawn."""
    under_a_look(Name.Underline, "0.5 w 0 0.5 m {width} 0.5 l S")(pdf, page, row)
    annotate(pdf, page, row, Subtype=Name.Widget, FT=Name.Tx, T="root", V="nothing")
    page.obj.Annots[-1].F = 2
    pdf.Root.AcroForm = Dictionary(Fields=Array([page.obj.Annots[-1]]))


def rgb(pdf: pikepdf.Pdf) -> Array:
    profile = pdf.make_stream(b"", N=3, Alternate=Name.DeviceRGB)
    return Array([Name.ICCBased, profile])


def ink(_pdf: pikepdf.Pdf) -> Array:
    return Array([Name.Separation, Name.Spot, Name.DeviceCMYK, tints([0] * 4, [0, 0, 0, 1])])


def lab(_pdf: pikepdf.Pdf) -> Array:
    return Array([Name.Lab, Dictionary(WhitePoint=Array([0.95, 1, 1.09]))])


def indexed(_pdf: pikepdf.Pdf) -> Array:
    return Array([Name.Indexed, Name.DeviceRGB, 1, pikepdf.String(b"\0\0\0\xff\xff\xff")])


def narrowed(width: int) -> Draw:
    """A row in a font all of whose letters are so wide (in thousandths of its size)."""

    def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
        text(pdf, page, WORDS, below(row))
        font = page.obj.Resources.Font.Added
        font.FirstChar, font.LastChar, font.Widths = 32, 126, Array([width] * 95)
        font.FontDescriptor = Dictionary(
            Type=Name.FontDescriptor, FontName=Name.Helvetica, Flags=32, ItalicAngle=0, StemV=80
        )
        font.FontDescriptor.FontBBox = Array([0, -200, 1000, 900])
        font.FontDescriptor.Ascent, font.FontDescriptor.Descent = 718, -207

    return draw


def in_place_of(stated: str, *, is_named: bool = False) -> Draw:
    """A row that the page says has another text (14.9.4), there or in its resources."""

    def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
        page.add_resource(helvetica(), Name.Font, Name.Added)
        page.add_resource(
            Dictionary(ActualText=pikepdf.String(stated)), Name.Properties, Name.Other
        )
        properties = "/Other" if is_named else f"<< /ActualText ({stated}) >>"
        shown = f"BT /Added 7 Tf {below(row)} Tm ({WORDS}) Tj ET"
        append(pdf, page, f"/Span {properties} BDC {shown} EMC")

    return draw


def knocked_out(box: str) -> Draw:
    """A row in a group in which what is painted later, as good as clear, erases it (11.4.6.2)."""

    def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
        x, y = row.left, row.bottom
        row_of_it = f"BT /F 7 Tf {below(row)} Tm ({WORDS}) Tj ET"
        shown = f"{row_of_it} /Clear gs 1 g {box.format(x=x - 5, y=y - 30, far=y - 90)} f"
        form = pdf.make_stream(shown.encode(), Type=Name.XObject, Subtype=Name.Form)
        clear = Dictionary(ca=0.01)
        form.Resources = Dictionary(
            Font=Dictionary(F=helvetica()), ExtGState=Dictionary(Clear=clear)
        )
        form.BBox, form.Group = page.mediabox, Dictionary(S=Name.Transparency, K=True)
        page.add_resource(form, Name.XObject, Name.Held)
        append(pdf, page, "q /Held Do Q")

    return draw


def noted(*, is_open: bool) -> Draw:
    """A row in a note that is shown when somebody asks for it (12.5.6.14)."""

    def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
        place = row._replace(bottom=row.bottom - 40, top=row.bottom - 20, right=row.left + 500)
        annotate(pdf, page, place, Subtype=Name.Text, Contents=WORDS)
        note = page.obj.Annots[-1]
        annotate(pdf, page, place, Subtype=Name.Popup, Parent=note, Open=is_open)
        note.Popup = page.obj.Annots[-1]

    return draw


def written_in_a_note(*, is_off: bool) -> Draw:
    """A row in an annotation on a layer."""

    def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
        on_a_layer(is_off=is_off)(pdf, pdf.add_blank_page(), row)
        del pdf.pages[-1]
        added_as_a_note(pdf, page, row)
        page.obj.Annots[-1].OC = pdf.Root.OCProperties.OCGs[0]

    return draw


def in_a_field(value: str, shown: str, flags: int = 4) -> Draw:
    """A field that has one value and shows another (12.7.3.3)."""

    def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
        look = pdf.make_stream(f"BT /F 7 Tf 2 3 Td ({shown}) Tj ET".encode(), Subtype=Name.Form)
        look.BBox, look.Type = Array([0, 0, 500, 12]), Name.XObject
        look.Resources = Dictionary(Font=Dictionary(F=helvetica()))
        place = row._replace(bottom=row.bottom - 30, top=row.bottom - 18, right=row.left + 500)
        field = {"FT": Name.Tx, "T": "root", "V": value, "AP": Dictionary(N=look)}
        annotate(pdf, page, place, Subtype=Name.Widget, **field)
        page.obj.Annots[-1].F = flags
        pdf.Root.AcroForm = Dictionary(Fields=Array([page.obj.Annots[-1]]))

    return draw


def under_a_ground(subtype: Name, **entries: object) -> Draw:
    """The last row under an annotation whose white ground viewers draw."""

    def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
        annotate(pdf, page, row, Subtype=subtype, **entries)
        if subtype == Name.Widget:
            pdf.Root.AcroForm = Dictionary(Fields=Array([page.obj.Annots[-1]]))

    return draw


def in_a_form_of_xml(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    form = pdf.make_stream(f"<xdp><draw><text>{WORDS}</text></draw></xdp>".encode())
    pdf.Root.AcroForm = Dictionary(XFA=form, Fields=Array([]))


def in_an_attached_file(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    pdf.attachments["list.txt"] = pikepdf.AttachedFileSpec(pdf, WORDS.encode())


def leaning(by: float) -> Draw:
    def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
        text(pdf, page, WORDS, f"1 0 {by} 1 {row.left} {row.bottom - 25}")

    return draw


def in_parts(part: str, step: float) -> Draw:
    """The same thing again and again, from the left end of the last row to its right end."""

    def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
        middle, height = (row.bottom + row.top) / 2, row.top - row.bottom
        count = int((row.right - row.left) / step)
        places = (row.left + step * number for number in range(count))
        shown = (
            part.format(x=x, far=x + 2.2, y=row.bottom, middle=middle, h=height) for x in places
        )
        append(pdf, page, f"q 1 g {' '.join(shown)} Q")

    return draw


def by_its_usage(state: str) -> Draw:
    """A row on a layer that viewers switch as its usage says (8.11.4.4)."""

    def draw(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
        on_a_layer(is_off=False)(pdf, page, row)
        layers = pdf.Root.OCProperties.OCGs
        layers[0].Usage = Dictionary(View=Dictionary(ViewState=Name(state)))
        event = Dictionary(Event=Name.View, OCGs=layers, Category=Array([Name.View]))
        pdf.Root.OCProperties.D.AS = Array([event])

    return draw


def twice_as_large(pdf: pikepdf.Pdf, page: pikepdf.Page, row: Row) -> None:
    page.obj.UserUnit = 2


GROUP: Final = Dictionary(S=Name.Transparency, I=True)
LETTER: Final = "600 0 d0 BT /F 1000 Tf ({}) Tj ET"
UNSEEN: Final[dict[str, Draw]] = {
    "white by a profile": in_colour(rgb, "1 1 1"),
    "white by no ink": in_colour(ink, "0"),
    "white of Lab": in_colour(lab, "100 0 0"),
    "white of a palette": in_colour(indexed, "1"),
    "white of four inks": drawn_by("0 0 0 0 k"),
    "lightened": with_state("", BM=Name.Lighten),
    "clipped by nothing": drawn_by("0 0 0 0 re W n"),
    "clipped twice": drawn_by("0 0 900 900 re 0 0 900 900 re W* n"),
    "filled and stroked white": drawn_by("2 Tr 1 g 1 G"),
    "backwards": drawn_by("-100 Tz"),
    "a form off the page": in_a_form("1 0 0 1 0 far"),
    "a form at an angle": in_a_form("0.94 0.34 -0.34 0.94 x y"),
    "a mirrored form": in_a_form("-1 0 0 1 500 y"),
    "a tiny form": in_a_form("0.02 0 0 0.02 x y"),
    "a form that ends before it": in_a_form("1 0 0 1 x y", BBox=Array([0, -9, 1, -8])),
    "a layer that is off": on_a_layer(is_off=True),
    "not a layer that is not off": on_a_layer(is_off=True, is_nested=True),
    "glyphs without ink": in_glyphs("600 0 d0"),
    "under an inline image": over_the_row("{place} BI /W 1 /H 1 /BPC 8 /CS /G /F /AHx ID ff> EI"),
    "under a white mask": over_the_row(
        "1 g {place} BI /W 8 /H 1 /BPC 1 /IM true /F /AHx ID 00> EI"
    ),
    "under a shading": over_the_row("{box} W n /Shade sh"),
    "under a pattern": over_the_row("/Pattern cs /Coloured scn {box} f"),
    "under an uncoloured pattern": over_the_row("/Tint cs 1 /Plain scn {box} f"),
    "under a thick line": over_the_row("1 G {wide} {line} S"),
    "turned and cropped": turned_and_cropped,
    "under a highlight": under_a_look(Name.Highlight, "1 1 0 rg 0 0 {width} {height} re f"),
    "under a link": under_a_look(Name.Link, "1 g 0 0 {width} {height} re f"),
    "under its own outline": drawn_by("2 Tr 0 g 1 G 4 w"),
    "a layer that is on where all have to be off": by_a_policy("/AllOff", is_off=False),
    "a layer that is off where all have to be on": by_a_policy("/AllOn", is_off=True),
    "a transparent form": in_a_mixed_form(ca=0, CA=0),
    "a transparent group": in_a_mixed_form(group=GROUP, ca=0, CA=0),
    "a masked form": in_a_masked_form(0),
    "a form that is clipped": in_a_mixed_form("0 0 1 1 re W n"),
    "glyphs that are white": in_glyphs("600 0 d0 1 g BT /F 1000 Tf ({}) Tj ET"),
    "glyphs that are invisible": in_glyphs("600 0 0 0 600 700 d1 BT 3 Tr /F 1000 Tf ({}) Tj ET"),
    "glyphs that are boxes": in_glyphs("600 0 0 0 600 700 d1 0 0 500 600 re f"),
    "glyphs that are all alike": in_glyphs("600 0 d0 BT /F 1000 Tf (x) Tj ET"),
    "glyphs of two codes": in_glyphs_of_two_codes,
    "filled by a white pattern": in_a_pattern_of(1, "0 0 9 9 re f"),
    "filled by an empty pattern": in_a_pattern_of(0, ""),
    "letter upon letter": from_top_to_bottom(DIGITS),
    "written downwards": written_downwards,
    "clipped by other letters": clipped_by_other_letters,
    "under a stamp that isn't printed": stamped(0),
    "letters without width": narrowed(0),
    "letters upon each other": narrowed(50),
    "other digits than its glyphs": in_place_of(WORDS.replace("de C", "d1 C")),
    "another name than its glyphs": in_place_of(WORDS.replace("CN=No", "CN=Some"), is_named=True),
    "knocked out of its group": knocked_out("{x} {y} 600 16 re"),
    "a note that is open": noted(is_open=True),
    "a note on a layer that is on": written_in_a_note(is_off=False),
    "a value that isn't shown": in_a_field(WORDS, "nothing"),
    "a value that is shown": in_a_field("nothing", WORDS),
    "under a white field": under_a_ground(
        Name.Widget, FT=Name.Tx, T="field", V="", MK=Dictionary(BG=Array([1, 1, 1]))
    ),
    "under a white note": under_a_ground(Name.FreeText, Contents="", C=Array([1, 1, 1])),
    "a form of XML": in_a_form_of_xml,
    "letters that lie flat": leaning(6),
    "under many strips": in_parts("{x} {y} 1.2 {h} re f", 1),
    "struck out in parts": in_parts("0 G 0.8 w {x} {middle} m {far} {middle} l S", 2),
    "a layer that its usage hides": by_its_usage("/OFF"),
}
SEEN: Final[dict[str, Draw]] = {
    "black by a profile": in_colour(rgb, "0 0 0"),
    "black by ink": in_colour(ink, "1"),
    "black of Lab": in_colour(lab, "0 0 0"),
    "black of a palette": in_colour(indexed, "0"),
    "darkened": with_state("", BM=Name.Multiply),
    "a form": in_a_form("1 0 0 1 x y", BBox=Array([-5, -5, 500, 12])),
    "a large form": in_a_form("0.1 0 0 0.1 x y", size=70),
    "a layer that is on": on_a_layer(is_off=False),
    "glyphs with ink": in_glyphs(LETTER),
    "highlighted": highlighted,
    "highlighted darker": under_a_look(
        Name.Highlight, "/State gs 1 1 0 rg 0 0 {width} {height} re f", BM=Name.Multiply
    ),
    "highlighted thinly": under_a_look(
        Name.Highlight, "/State gs 1 1 0 rg 0 0 {width} {height} re f", ca=0.4
    ),
    "underlined": under_a_look(Name.Underline, "0.5 w 0 0.5 m {width} 0.5 l S"),
    "underlined, a hidden field beside it": beside_a_hidden_field,
    "a layer that is off as all have to be": by_a_policy("/AllOff", is_off=True),
    "a form that is drawn whole": in_a_mixed_form(ca=1, CA=1),
    "a group": in_a_mixed_form(group=GROUP),
    "a form that is paler": in_a_mixed_form(ca=0.7),
    "a form of which the mask shows all": in_a_masked_form(1),
    "a form that is clipped around it": in_a_mixed_form("0 0 900 900 re W n"),
    "a form in a mode that spares the paper": in_a_mixed_form(BM=Name.Lighten),
    "glyphs that are black": in_glyphs("600 0 d0 0 g BT /F 1000 Tf ({}) Tj ET"),
    "glyphs of one colour": in_glyphs("600 0 0 -200 700 900 d1 BT /F 1000 Tf ({}) Tj ET"),
    "filled by a black pattern": in_a_pattern_of(0, "0 0 9 9 re f"),
    "a column of marks": from_top_to_bottom("ABCA" * 15),
    "painted through": painted_through,
    "under a stamp that is hidden": stamped(2),
    "under a stamp that is only printed": stamped(4 | 32),
    "letters of one width": narrowed(600),
    "the same text as its glyphs": in_place_of(WORDS),
    "a group that erases something else": knocked_out("{x} {far} 600 16 re"),
    "a note that is closed": noted(is_open=False),
    "a note on a layer that is off": written_in_a_note(is_off=True),
    "a hidden value": in_a_field(WORDS, WORDS, flags=2),
    "under a note without ground": under_a_ground(Name.FreeText, Contents=""),
    "an attached file": in_an_attached_file,
    "letters that lean": leaning(0.3),
    "half as wide": drawn_by("50 Tz"),
    "a layer that its usage shows": by_its_usage("/ON"),
    "a page of larger units": twice_as_large,
}


def altered(name: str, draw: Draw, directory: Path) -> Path:
    path, made = CORPUS / f"{name}.pdf", directory / "altered.pdf"
    with pikepdf.open(path) as pdf:
        draw(pdf, pdf.pages[0], last_row(path))
        pdf.save(made)
    return made


@pytest.mark.parametrize("name", PRODUCERS)
@pytest.mark.parametrize("how", UNSEEN)
def test_what_is_hidden_in_a_rarer_way_is_reported(how: str, name: str, tmp_path: Path) -> None:
    made = altered(name, UNSEEN[how], tmp_path)
    assert {each.kind for each in problems_of(made)} & {"not-visible", "unread-ink"}


@pytest.mark.parametrize("name", PRODUCERS)
@pytest.mark.parametrize("how", SEEN)
def test_what_is_drawn_in_a_rarer_way_is_no_problem(how: str, name: str, tmp_path: Path) -> None:
    assert problems_of(altered(name, SEEN[how], tmp_path)) == []
