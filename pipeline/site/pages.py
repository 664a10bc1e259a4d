"""An address -> a page: the reports of the commands, linked with one another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from json import dumps
from typing import Final, NamedTuple
from urllib.parse import urlencode

from sqlalchemy import Engine

from pipeline import questions
from pipeline.database.engine import open_for_reading
from pipeline.database.verify import explained_by_damage
from pipeline.errors import UsageError
from pipeline.ingest.catalogue_upkeep import info
from pipeline.questions.matrix import matrix
from pipeline.questions.snapshots import SnapshotInfo
from pipeline.report import html
from pipeline.report.answers import expiring, find, report, show, snapshots
from pipeline.report.formats import csv, json
from pipeline.report.html import CRTSH, Site, policy
from pipeline.report.model import (
    Card,
    Cards,
    Form,
    FormField,
    Headline,
    Links,
    PageBlock,
    Paragraph,
    Report,
)
from pipeline.report.safe import visible
from pipeline.report.subject import with_lists
from pipeline.report.words import count, dated
from pipeline.site import tools
from pipeline.site.request import SiteRequest
from pipeline.x509.names import label

Parameters = Mapping[str, str]

SITE: Final = Site(
    menu=[
        ("What is loaded", "/"),
        ("What expires soon", "/expiring"),
        ("Check a chain", "/check"),
        ("Phones", "/fleet"),
        ("SQL", "/sql"),
    ],
    search="/find",
    suggest="/suggest",
)
POLICY: Final = policy(SITE)
"""The Content-Security-Policy of every page."""

_PERIODS: Final = {"30d": "30 days", "90d": "90 days", "1y": "a year", "5y": "5 years"}


class NoPageError(UsageError):
    """There is no page at this address."""


class SiteContent(NamedTuple):
    """What an address leads to: a text, of a media type."""

    kind: str
    text: str


HTML: Final = "text/html; charset=utf-8"
_JSON: Final = "application/json; charset=utf-8"
_CSV: Final = "text/csv; charset=utf-8"
_API: Final = "/api"
_MOST_SUGGESTED: Final = 12


def content(database_url: str, request: SiteRequest) -> SiteContent:
    """Give what is at an address.

    A page is at its path; at ``/api`` and that path is the same as JSON, as the command gives it,
    or with ``format=csv`` as CSV.

    Raises:
        NoPageError: there is none.
        UsageError: a parameter is missing or wrong.
        DocumentError: what was sent can't be used.
        DatabaseError: the database can't be used.
    """
    with explained_by_damage(database_url):
        if request.path == "/healthz":
            questions.snapshots.snapshots(open_for_reading(database_url))
            return SiteContent("text/plain; charset=utf-8", "ok\n")
        if request.path == SITE.suggest:
            return _suggested(open_for_reading(database_url), request)
        if request.path.startswith(f"{_API}/"):
            return _data(database_url, request)
        engine = open_for_reading(database_url)
        found = with_lists(_report(engine, request), engine)
        as_data = {} if request.is_sent or not found.columns else dict(_data_links(request))
        if as_data:
            blocks = found.page or found.blocks
            found = replace(found, page=[*blocks, Links("The same as", list(as_data.items()))])
        return SiteContent(HTML, html.page(found, SITE))


def takes_forms(path: str) -> int:
    """Give how many bytes a path takes as a form; none: 0."""
    return tools.MOST_BYTES.get(path.removeprefix(_API), 0)


def error_page(*lines: str) -> str:
    """Give a page that says what is wrong."""
    first, *rest = lines
    blocks = [Paragraph(each) for each in rest]
    return html.page(Report(None, (), (), blocks, headline=Headline(first, "refused")), SITE)


def error_data(*lines: str) -> SiteContent:
    """Say what is wrong to a program."""
    return SiteContent(_JSON, f"{dumps({'error': [visible(line) for line in lines]})}\n")


def refused_page(report: Report) -> str:
    """Give a page that says what is wrong with a question, and asks again."""
    return html.page(report, SITE)


def _report(engine: Engine, request: SiteRequest) -> Report:
    if request.path not in _PAGES:
        raise NoPageError(f"There is no page {request.path}.")
    make, names = _PAGES[request.path]
    unknown = request.parameters.keys() - names
    if unknown and "name" not in names:  # a ready query has parameters of its own
        only = f"only: {', '.join(names)}" if names else "nor any other parameter"
        raise UsageError(f"{request.path} takes no {min(unknown)}, {only}.")
    return make(engine, request)


def _data(database_url: str, request: SiteRequest) -> SiteContent:
    """Answer a program, in the form of the commands."""
    given = dict(request.parameters)
    form = given.pop("format", "json")
    if form not in ("json", "csv"):
        raise UsageError(f"There is no format {form} here, only json and csv.")
    path = request.path.removeprefix(_API)
    asked = replace(request, path="/" if path == "/snapshots" else path, parameters=given)
    engine = open_for_reading(database_url)
    found = tools.sql(engine, asked, None) if asked.path == "/sql" else _report(engine, asked)
    if not found.columns:
        raise UsageError(f"{path} lacks what is asked; send it as the form of the page does.")
    if form == "json":
        return SiteContent(_JSON, json.render(found))
    return SiteContent(_CSV, csv.render(found))


def _data_links(request: SiteRequest) -> Iterator[tuple[str, str]]:
    path = f"{_API}{'/snapshots' if request.path == '/' else request.path}"
    for name, more in (("JSON", {}), ("CSV", {"format": "csv"})):
        query = urlencode({**request.parameters, **more})
        yield name, f"{path}?{query}" if query else path


def _suggested(engine: Engine, request: SiteRequest) -> SiteContent:
    found = questions.find.suggestions(engine, request.text("text"), _MOST_SUGGESTED)
    pairs = [(visible(label(subject) or digits), digits) for subject, digits in found]
    return SiteContent(_JSON, f"{dumps(pairs)}\n")


# --- the pages -------------------------------------------------------------------------------


def _home(engine: Engine, request: SiteRequest) -> Report:
    loaded = questions.snapshots.snapshots(engine)
    names = _names(loaded)
    lists = [(name, _to_list(each)) for each, name in zip(loaded, names, strict=True)]
    shown = snapshots.report(loaded)
    if not loaded:
        return shown
    tiles = Cards("At a glance", list(_tiles(engine, loaded)))
    page = [*shown.blocks[:1], tiles, *_pickers(loaded), Links("Trust lists", lists)]
    return replace(shown, page=[*page, *shown.blocks[1:]])


def _tiles(engine: Engine, loaded: Sequence[SnapshotInfo]) -> Iterator[Card]:
    """Show what to look at first, each leading there."""
    newest = loaded[-1]
    released = len({(each.product, each.firmware) for each in loaded})
    names = dict(zip((each.id for each in loaded), _names(loaded), strict=True))
    yield Card("Releases", f"{released:,}", "loaded", f"The newest is {names[newest.id]}.")
    counts = questions.show.show(engine, newest.id.name, product=newest.product).counts
    gone = counts["expired"]
    yield Card(
        f"Expired in {newest.firmware}",
        f"{gone:,}",
        f"of {count(newest.entries, 'root')}",
        "They can make phones refuse servers that send cross-certificates.",
        "expired" if gone else "valid",
        _to_list(newest),
    )
    soon = questions.expiring.expiring(engine)
    text = "Within 90 days, in any release."
    if soon.roots:
        first = soon.roots[0].not_after.date()
        text = f"Within 90 days; the first on {dated(first, soon.as_of.date())}."
    number, unit = count(len(soon.roots), "root").split()
    status = "expiring" if soon.roots else "valid"
    yield Card("Expiring soon", number, unit, text, status, "/expiring")
    before = [each for each in loaded if each.product == newest.product][-2:-1]
    for each in before:
        both = [each.id.name, newest.id.name]
        step = matrix(engine, both, product=newest.product).steps[-1]
        yield Card(
            "Last change",
            f"+{step.added:,} −{step.removed:,}",
            "roots",
            f"From {names[each.id]} to {names[newest.id]}.",
            "changed" if step.added or step.removed else "unchanged",
            _to_diff(each, newest),
        )
    age = info(engine)
    text = f"What is known of root stores is of {age.newest_bundle.isoformat()}."
    status = "expiring" if age.is_old else "valid"
    yield Card("Catalogue", f"{age.age_days:,}", "days old", text, status)


def _pickers(loaded: Sequence[SnapshotInfo]) -> Iterator[Form]:
    """Ask which two releases to compare, of each product that has two."""
    products = list(dict.fromkeys(each.product for each in loaded))
    for product in products:
        names = [each.id.name for each in loaded if each.product == product]
        if len(names) > 1:
            family = [each for each in loaded if each.product == product]
            choices = list(zip(names, _names(family), strict=True))
            yield Form(
                "Compare two releases" + (f" of {product}" if len(products) > 1 else ""),
                "/diff",
                [
                    FormField("old", "From", "choice", names[-2], choices),
                    FormField("new", "To", "choice", names[-1], choices),
                ],
                "Compare",
                hidden=[("product", product)],
            )


def _show(engine: Engine, request: SiteRequest) -> Report:
    product = request.parameters.get("product")
    answer = questions.show.show(engine, _needed(request.parameters, "release"), product=product)
    this = answer.snapshot
    soon = urlencode({"release": _release(this), "product": this.product})
    return _with_links(
        show.report(answer),
        Links("What changed", list(_changes(this, questions.snapshots.snapshots(engine)))),
        Links("See also", [("what of it expires soon", f"/expiring?{soon}")]),
    )


def _diff(engine: Engine, request: SiteRequest) -> Report:
    old, new = _needed(request.parameters, "old"), _needed(request.parameters, "new")
    answer = questions.report.compare(engine, old, new, product=request.parameters.get("product"))
    sides = [(side.snapshot.firmware, _to_list(side.snapshot)) for side in (answer.old, answer.new)]
    return _with_links(report.report(answer), Links("Trust lists", sides))


def _find(engine: Engine, request: SiteRequest) -> Report:
    answer = questions.find.find(engine, _needed(request.parameters, "text"))
    match answer.roots:
        case [root]:
            elsewhere = [("this certificate at crt.sh", f"{CRTSH}{root.fingerprint}")]
        case _:
            elsewhere = []
    return _with_links(find.report(answer), Links("See also", elsewhere), _gaps(answer.gaps))


def _expiring(engine: Engine, request: SiteRequest) -> Report:
    chosen = {
        name: request.parameters[name]
        for name in ("release", "product")
        if name in request.parameters
    }
    answer = questions.expiring.expiring(
        engine,
        chosen.get("release"),
        within=request.parameters.get("within", "90d"),
        product=chosen.get("product"),
    )
    periods = [
        (words, f"/expiring?{urlencode({**chosen, 'within': period})}")
        for period, words in _PERIODS.items()
    ]
    return _with_links(expiring.report(answer), Links("Within", periods), _gaps(answer.gaps))


_PAGES: Final[Mapping[str, tuple[Callable[[Engine, SiteRequest], Report], Sequence[str]]]] = {
    "/": (_home, ()),
    "/show": (_show, ("release", "product")),
    "/diff": (_diff, ("old", "new", "product")),
    SITE.search: (_find, ("text",)),
    "/expiring": (_expiring, ("release", "product", "within")),
    "/check": (tools.check, ("firmware", "product", "on", "hostname")),
    "/fleet": (tools.fleet, ("on",)),
    "/sql": (tools.sql, ("sql", "name")),
}
"""A path to what makes its page, and the parameters that takes."""


# --- links -----------------------------------------------------------------------------------


def _with_links(shown: Report, *links: Links) -> Report:
    """Put links below the first sentences of a page."""
    blocks: Sequence[PageBlock] = shown.page or shown.blocks
    given = [each for each in links if each.links]
    return replace(shown, page=[*blocks[:1], *given, *blocks[1:]])


def _names(loaded: Sequence[SnapshotInfo]) -> Iterator[str]:
    """Name snapshots, as exactly as it takes to tell them apart."""
    products = {each.product for each in loaded}
    revisions = Counter((each.product, each.firmware) for each in loaded)
    for each in loaded:
        is_only = revisions[each.product, each.firmware] == 1
        name = each.firmware if is_only else _release(each)
        yield f"{name} of {each.product}" if len(products) > 1 else name


def _changes(this: SnapshotInfo, loaded: Sequence[SnapshotInfo]) -> Iterator[tuple[str, str]]:
    """Lead from a snapshot to what changed from and to each other one of its product."""
    family = [each for each in loaded if each.product == this.product]
    at = family.index(this)
    for number, (each, name) in enumerate(zip(family, _names(family), strict=True)):
        if number < at:
            yield f"since {name}", _to_diff(each, this)
        elif number > at:
            yield f"until {name}", _to_diff(this, each)


def _gaps(gaps: Sequence[SnapshotInfo]) -> Links:
    """Lead to the lists that an answer draws on which may lack roots."""
    names = (f"{_release(each)} ({count(each.problems, 'problem')})" for each in gaps)
    return Links("May lack roots", list(zip(names, map(_to_list, gaps), strict=True)))


def _to_list(snapshot: SnapshotInfo) -> str:
    return f"/show?{urlencode({'release': _release(snapshot), 'product': snapshot.product})}"


def _to_diff(old: SnapshotInfo, new: SnapshotInfo) -> str:
    names = {"old": _release(old), "new": _release(new), "product": new.product}
    return f"/diff?{urlencode(names)}"


def _release(snapshot: SnapshotInfo) -> str:
    return snapshot.id.name


def _needed(parameters: Parameters, name: str) -> str:
    if name not in parameters:
        raise UsageError(f"The address lacks {name}=.")
    return parameters[name]
