"""The pages that take a question: a chain, an inventory, SQL. What is sent is never stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final
from urllib.parse import urlencode

from sqlalchemy import Engine

from pipeline import questions
from pipeline.check import Chain, chain_in, check_all
from pipeline.database.sql import QueryResult, canned, run
from pipeline.errors import UsageError
from pipeline.moment import parse_moment
from pipeline.questions.fleet.asking import accepting, collect, trusting
from pipeline.questions.release_names import loaded_firmware, loaded_product
from pipeline.report.answers import check as check_answer
from pipeline.report.answers import fleet as fleet_answer
from pipeline.report.answers import query
from pipeline.report.model import (
    Form,
    FormField,
    Headline,
    Links,
    PageBlock,
    Paragraph,
    Report,
)
from pipeline.site.request import SiteRequest
from pipeline.x509.certificate import Certificate

MOST_BYTES: Final = {"/check": 1 << 20, "/fleet": 16 << 20}
"""Bytes of a request that each path takes; a chain is some kilobytes, a phone some hundred."""
SHOWN_ROWS: Final = 1000
"""Rows of a query that a page shows; JSON and CSV have all."""
_SECONDS: Final = 10.0
"""What the database may work on a query."""
_EXAMPLE: Final = "SELECT firmware, count(*) AS roots\nFROM trust_list\nGROUP BY firmware"


class RefusedQuestionError(UsageError):
    """A question can't be answered; ``page`` says why, and has the form to mend it."""

    def __init__(self, error: UsageError, page: Report):
        super().__init__(*error.lines)
        self.page = page


def check(engine: Engine, request: SiteRequest) -> Report:
    """Say which releases accept a chain that is sent; before that, ask for it."""
    form = _check_form(engine, request)
    if not request.is_sent:
        text = "The certificates are looked at in memory and not stored; keys aren't needed."
        return _asking("Will phones accept this server?", text, form)
    chains = _chains(request)
    if not chains:
        raise UsageError("There is no chain in the form; paste the PEM that the server sends.")
    firmware, on, name = (request.text(each) for each in ("firmware", "on", "hostname"))
    answer = check_all(
        engine,
        chains,
        firmware=[firmware] if firmware else (),
        product=request.text("product") or None,
        on=_day(on),
        name=name or None,
        certs=_others(request),
    )
    if len(chains) > 1:
        return _followed(check_answer.report_all(answer), form)
    return _followed(check_answer.report(answer.checks[0]), form)


def fleet(engine: Engine, request: SiteRequest) -> Report:
    """Say which phones of an inventory accept a chain; before that, ask for both."""
    form = Form(
        "Ask about these phones",
        "/fleet",
        [
            FormField("file", "Inventory: CSV, spreadsheet, RisPort70 XML or JSON", "file"),
            FormField("chain", "The chain that the server sends (PEM); it may be left out", "text"),
            FormField("chains", "Or files, a chain in each", "files"),
            FormField("on", "On", "day"),
        ],
        "Ask",
        sends=True,
    )
    if not request.is_sent:
        text = "The inventory is looked at in memory and not stored."
        return _asking("Which of my phones accept this server?", text, form)
    inventories = request.contents("file")
    if not inventories:
        raise UsageError("There is no inventory in the form; choose a file.")
    phones = collect(inventories[:1], keeps_texts=True)
    chains, on = _chains(request), _day(request.text("on"))
    if not chains:
        return _followed(fleet_answer.trust_report(trusting(engine, phones, on=on).answer), form)
    return _followed(fleet_answer.report(accepting(engine, phones, chains, on=on)), form)


def sql(engine: Engine, request: SiteRequest, limit: int | None = SHOWN_ROWS) -> Report:
    """Answer a query, one's own or a ready one, on a connection that can only read.

    A link from another site only fills it in: nobody's database is to be kept busy by a page
    elsewhere.
    """
    own, name = request.text("sql"), request.text("name")
    form = _sql_form(own)
    ready = canned.query(name) if name else None
    if ready:
        form = _ready_form(ready, request)
    lists = Links(
        "Ready queries",
        [(each.title, f"/sql?{urlencode({'name': each.name})}") for each in canned.queries()],
    )
    is_whole = ready is None or all(
        request.text(each.name) or each.default is not None for each in ready.parameters
    )
    if not (own or ready) or not is_whole or request.is_from_elsewhere:
        title = ready.title if ready else "Put your own SQL to the database"
        text = ready.description if ready else "It is one SELECT; nothing can be changed by it."
        return _asking(title, text, form, lists)
    try:
        if ready:
            answer = query.report(_run(engine, ready, request, limit), ready.title)
        else:
            answer = query.report(run(engine, own, limit=limit, timeout=_SECONDS))
    except UsageError as error:
        raise RefusedQuestionError(
            error, _asking(" ".join(error.lines), "", form, lists, status="refused")
        ) from error
    return _with_form(answer, form, lists)


def _run(
    engine: Engine, ready: canned.Query, request: SiteRequest, limit: int | None
) -> QueryResult:
    names = [each.name for each in ready.parameters]
    given = {each: text for each in names if (text := request.text(each))}
    values = canned.values(ready, given)
    for (
        each
    ) in ready.parameters:  # what isn't loaded would give no rows, which reads like an answer
        value = str(values[each.name])
        if each.type in ("release", "product") and value != each.default:
            look_up = loaded_firmware if each.type == "release" else loaded_product
            values[each.name] = look_up(engine, value)
    return run(engine, ready.sql, values, limit=limit, timeout=_SECONDS)


# --- forms -----------------------------------------------------------------------------------


def _check_form(engine: Engine, request: SiteRequest) -> Form:
    loaded = questions.snapshots.snapshots(engine)
    names = list(dict.fromkeys(each.firmware for each in loaded))
    return Form(
        "Check another chain" if request.is_sent else "The chain",
        "/check",
        [
            FormField("chain", "What the server sends, its own certificate first (PEM)", "text"),
            FormField("file", "Or files, a chain in each: PEM, DER, PKCS #7", "files"),
            FormField("certs", "Others that it might send, too", "files"),
            FormField(
                "firmware",
                "Firmware",
                "choice",
                request.text("firmware"),
                [("", "all releases"), *((each, each) for each in names)],
            ),
            FormField("on", "On", "day", request.text("on")),
            FormField("hostname", "Name that phones call it by", "line", request.text("hostname")),
        ],
        "Check",
        sends=True,
    )


def _sql_form(text: str) -> Form:
    field = FormField("sql", "SQL", "text", text or _EXAMPLE, is_needed=True)
    return Form("Your own", "/sql", [field], "Run")


def _ready_form(ready: canned.Query, request: SiteRequest) -> Form:
    fields = [
        FormField(
            each.name,
            each.meaning,
            "line",
            request.text(each.name) or each.default or "",
            is_needed=each.default is None,
        )
        for each in ready.parameters
    ]
    return Form("Values", "/sql", fields, "Run", hidden=[("name", ready.name)])


def _asking(title: str, text: str, form: Form, *more: PageBlock, status: str = "") -> Report:
    said = [Paragraph(text)] if text else []
    page = [Paragraph(title, is_lead=True), *said, form, *more]
    return Report(None, (), (), [], page, headline=Headline(title, status))


def _followed(answer: Report, form: Form) -> Report:
    """Ask for the next below an answer."""
    return replace(answer, page=[*(answer.page or answer.blocks), form])


def _with_form(answer: Report, form: Form, lists: Links) -> Report:
    blocks: Sequence[PageBlock] = answer.page or answer.blocks
    return replace(answer, page=[*blocks[:1], form, *blocks[1:], lists])


# --- what is sent ----------------------------------------------------------------------------


def _chains(request: SiteRequest) -> list[Chain]:
    names = ("chain", "file") if request.path.endswith("/check") else ("chain", "chains")
    contents = request.contents(*names)
    if len(contents) == 1:
        return [chain_in("the chain", contents[0])]
    return [chain_in(f"chain {number}", each) for number, each in enumerate(contents, 1)]


def _others(request: SiteRequest) -> list[Certificate]:
    contents = request.contents("certs")
    return [each for one in contents for each in chain_in("the other certificates", one).sent]


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return parse_moment(text)
    except ValueError as error:
        raise UsageError(f"{error}.") from None
