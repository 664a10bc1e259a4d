"""A report as a page of HTML: one file that needs nothing else, to look at, mail and print.

The charts are drawn here, as HTML and SVG. A charting library would give a picture or a megabyte
of script; these are text that filters with the table, follows dark mode, prints, is read out, and
runs under a policy that allows no script but the page's own few lines.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from pipeline.report.html.chart import chart, columns, paths, steps
from pipeline.report.looks import LOOKS
from pipeline.report.model import Column, Fold, Grid, Headline, PageBlock, Paragraph, Report
from pipeline.report.safe import visible
from pipeline.report.subject import caveat, summary
from pipeline.version import VERSION
from pipeline.x509.names import label

if TYPE_CHECKING:
    from jinja2 import Environment, Template

_FEW: Final = 7
"""Up to so many rows are seen at a glance: they need no search."""
_MOST: Final = 300
"""Rows that are shown at once; of those without details, the others are made by the script."""
_MANY: Final = 9
"""From so many columns on, a grid is scrolled sideways, beside its last column."""
_LONG: Final = 180
"""A headline takes as many sentences as fit into so many characters."""
_SENTENCES: Final = re.compile(r"(?<=[a-z0-9)]\.)(?<!\bCo\.)(?<!\bInc\.)(?<!\bLtd\.) (?=[A-Z0-9])")
CRTSH: Final = "https://crt.sh/?q="
"""What stands before a fingerprint in the address of the page about it at crt.sh."""
_TYPED: Final = re.compile("`(trustlist [^`]*)`")
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Site:
    """What the pages of a site have in common: the menu, and the address of a search.

    ``search`` is called with the parameter ``text``, which may be a fingerprint; ``suggest`` gives,
    for what is typed so far, pairs of a root's name and fingerprint as JSON.
    """

    menu: Sequence[tuple[str, str]]
    search: str
    suggest: str


def render(report: Report, width: int | None = None) -> str:
    """Give the page, a file on its own."""
    return page(report)


def page(report: Report, site: Site | None = None) -> str:
    """Give the page, on its own or as one of a site.

    Fingerprints lead to the site's search or, on a page of its own, to crt.sh.
    """
    blocks = list(report.page or report.blocks)
    lead = next((b for b in blocks if isinstance(b, Paragraph) and b.is_lead), None)
    first, rest = _split(lead.text) if lead else ("trustlist", "")
    headline = report.headline or Headline(first, "")
    if lead and report.headline:  # what it says isn't said again
        has_it = lead.text.startswith(headline.text)
        rest = lead.text.removeprefix(headline.text).strip() if has_it else ""
        lead = lead if has_it else None
    said = [Paragraph(rest)] if rest else []
    blocks = [each for block in blocks for each in (said if block is lead else [block])]
    return _template().render(
        headline=headline,
        lists=report.lists,
        blocks=blocks,
        keys=frozenset(_keys(blocks)),
        version=VERSION,
        site=site,
        policy=policy(site),
        lookup=f"{site.search}?text=" if site else CRTSH,
    )


def policy(site: Site | None = None) -> str:
    """Give the page's Content-Security-Policy: nothing but its own style and script."""
    names = _environment().globals
    forms = "self" if site else "none"
    asking = "; connect-src 'self'" if site else ""
    return (
        f"default-src 'none'; style-src '{names['style_hash']}'; "
        f"script-src '{names['script_hash']}'; base-uri 'none'; form-action '{forms}'"
        f"{asking}"
    )


def _split(lead: str) -> tuple[str, str]:
    """Part a headline from what would make it too long."""
    sentences = _SENTENCES.split(lead)
    lengths = accumulate(len(sentence) + 1 for sentence in sentences)
    fitting = max(1, sum(length <= _LONG for length in lengths))
    return " ".join(sentences[:fitting]), " ".join(sentences[fitting:])


def _keys(blocks: Sequence[PageBlock]) -> Sequence[str]:
    keys: list[str] = []
    for block in blocks:
        if isinstance(block, Grid):
            keys += block.keys
        elif isinstance(block, Fold):
            keys += _keys(block.blocks)
    return keys


@cache
def _template() -> Template:
    return _environment().get_template("page.html.jinja")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    def shown(value: object) -> object:
        """Spell out what nobody sees, wherever a text is written."""
        return value if isinstance(value, Markup) else visible(str(value))

    environment = Environment(
        loader=PackageLoader(__name__, ""),
        autoescape=True,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    for name, suffix in (("style", "css"), ("script", "js")):
        text = resources.files(__name__).joinpath(f"page.{suffix}").read_text("utf-8")
        environment.globals[name] = Markup(text)  # noqa: S704  # it is ours
        environment.globals[f"{name}_hash"] = _digest(text)
    environment.globals.update(
        looks=_looks, few=_FEW, many=_MANY, most=_MOST, caveat=caveat, summary=summary
    )
    environment.filters.update(
        address=_address,
        bars=columns,
        cells=_cells,
        chart=chart,
        kind=_kind,
        label=label,
        lines=_lines,
        paths=paths,
        prose=_prose,
        rest=_rest,
        steps=steps,
        values=_values,
    )
    return environment


def _digest(text: str) -> str:
    """Name a style or script in the page's Content-Security-Policy."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


# --- what the template asks -------------------------------------------------------------------


def _kind(block: PageBlock) -> str:
    return type(block).__name__


def _looks(status: str) -> tuple[str, str]:
    """Give the class and the sign of a status."""
    return LOOKS.get(status, ("plain", ""))


def _lines(text: str) -> object:
    """Write a text of several lines; only the ends of lines stay as they are."""
    from markupsafe import escape

    return escape("\n".join(map(visible, text.replace("\r\n", "\n").split("\n"))))


def _prose(text: str) -> object:
    """Write a text of ours, in which backticks enclose what is typed."""
    from markupsafe import Markup, escape

    parts = [escape(visible(part)) for part in _TYPED.split(text)]
    code = Markup("<code>{}</code>")
    return Markup().join(code.format(p) if at % 2 else p for at, p in enumerate(parts))


def _values(grid: Grid, column: int) -> Iterable[tuple[str, int]]:
    """Count the values of a column, in the order they come."""
    return Counter(row[column] for row in grid.rows).items()


def _rest(grid: Grid, places: Sequence[int], most: int) -> str:
    """Pack the rows from the ``most``-th on: columns with tabs between them, a value a line.

    Compressed (RFC 1952) and in base64, tens of thousands are a tenth of what they are as HTML.
    """
    rows = grid.rows[most:]
    columns = ("\n".join(visible(row[place]) for row in rows) for place in places)
    packed = gzip.compress("\t".join(columns).encode(), mtime=0)
    return base64.b64encode(packed).decode()


@dataclass(frozen=True, slots=True)
class GridCell:
    """A value of a row; ``span`` columns side by side have it."""

    column: Column
    text: str
    span: int


def _cells(grid: Grid, row: Sequence[str], places: Sequence[int], is_wide: bool) -> list[GridCell]:
    """Give the cells of a row; where there are many, marks that are alike are one cell."""
    found: list[GridCell] = []
    for place in places:
        column, text = grid.columns[place], row[place]
        last = found[-1] if found else None
        if is_wide and last and column.kind == last.column.kind == "mark" and text == last.text:
            found[-1] = replace(last, span=last.span + 1)
        else:
            found.append(GridCell(column, text, 1))
    return found


def _address(fingerprint: str, lookup: str) -> str:
    """Give the page about a certificate, or nothing if this is no whole fingerprint."""
    return f"{lookup}{fingerprint}" if _FINGERPRINT.fullmatch(fingerprint) else ""
