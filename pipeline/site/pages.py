"""An address -> a page: the reports of the commands, linked with one another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from sqlalchemy import Engine

from pipeline import questions
from pipeline.database.engine import open_for_reading
from pipeline.database.verify import explained_by_damage
from pipeline.errors import UsageError
from pipeline.questions.snapshots import SnapshotInfo
from pipeline.report import html
from pipeline.report.answers import expiring, find, report, show, snapshots
from pipeline.report.html import CRTSH, Site, policy
from pipeline.report.model import Links, PageBlock, Paragraph, Report
from pipeline.report.words import count

Parameters = Mapping[str, str]

SITE: Final = Site(
    menu=[("What is loaded", "/"), ("What expires soon", "/expiring")], search="/find"
)
POLICY: Final = policy(SITE)
"""The Content-Security-Policy of every page."""

_PERIODS: Final = {"30d": "30 days", "90d": "90 days", "1y": "a year", "5y": "5 years"}


class NoPageError(UsageError):
    """There is no page at this address."""


def page(database_url: str, path: str, parameters: Parameters) -> str:
    """Give the page at an address.

    Raises:
        NoPageError: there is none.
        UsageError: a parameter is missing or wrong.
        DatabaseError: the database can't be used.
    """
    if path not in _PAGES:
        raise NoPageError(f"There is no page {path}.")
    make, names = _PAGES[path]
    if unknown := parameters.keys() - names:
        raise UsageError(f"{path} takes no {min(unknown)}, only: {', '.join(names)}.")
    with explained_by_damage(database_url):
        return html.page(make(open_for_reading(database_url), parameters), SITE)


def error_page(*lines: str) -> str:
    """Give a page that says what is wrong."""
    blocks = [Paragraph(line, is_lead=at == 0) for at, line in enumerate(lines)]
    return html.page(Report(data=None, columns=(), records=(), blocks=blocks), SITE)


# --- the pages -------------------------------------------------------------------------------


def _home(engine: Engine, parameters: Parameters) -> Report:
    loaded = questions.snapshots.snapshots(engine)
    names = _names(loaded)
    lists = [(name, _to_list(each)) for each, name in zip(loaded, names, strict=True)]
    return _with_links(snapshots.report(loaded), Links("Trust lists", lists))


def _show(engine: Engine, parameters: Parameters) -> Report:
    product = parameters.get("product")
    answer = questions.show.show(engine, _needed(parameters, "release"), product=product)
    this = answer.snapshot
    soon = urlencode({"release": _release(this), "product": this.product})
    return _with_links(
        show.report(answer),
        Links("What changed", list(_changes(this, questions.snapshots.snapshots(engine)))),
        Links("See also", [("what of it expires soon", f"/expiring?{soon}")]),
    )


def _diff(engine: Engine, parameters: Parameters) -> Report:
    old, new = _needed(parameters, "old"), _needed(parameters, "new")
    answer = questions.report.compare(engine, old, new, product=parameters.get("product"))
    sides = [(side.snapshot.firmware, _to_list(side.snapshot)) for side in (answer.old, answer.new)]
    return _with_links(report.report(answer), Links("Trust lists", sides))


def _find(engine: Engine, parameters: Parameters) -> Report:
    answer = questions.find.find(engine, _needed(parameters, "text"))
    match answer.roots:
        case [root]:
            elsewhere = [("this certificate at crt.sh", f"{CRTSH}{root.fingerprint}")]
        case _:
            elsewhere = []
    return _with_links(find.report(answer), Links("See also", elsewhere), _gaps(answer.gaps))


def _expiring(engine: Engine, parameters: Parameters) -> Report:
    chosen = {name: parameters[name] for name in ("release", "product") if name in parameters}
    answer = questions.expiring.expiring(
        engine,
        chosen.get("release"),
        within=parameters.get("within", "90d"),
        product=chosen.get("product"),
    )
    periods = [
        (words, f"/expiring?{urlencode({**chosen, 'within': period})}")
        for period, words in _PERIODS.items()
    ]
    return _with_links(expiring.report(answer), Links("Within", periods), _gaps(answer.gaps))


_PAGES: Final[Mapping[str, tuple[Callable[[Engine, Parameters], Report], Sequence[str]]]] = {
    "/": (_home, ()),
    "/show": (_show, ("release", "product")),
    "/diff": (_diff, ("old", "new", "product")),
    SITE.search: (_find, ("text",)),
    "/expiring": (_expiring, ("release", "product", "within")),
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
