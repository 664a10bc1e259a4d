"""The report of which phones accept some chains, or of what they trust."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pipeline.firmware import ReleaseId
from pipeline.questions.fleet.asking import Asked
from pipeline.questions.fleet.fleet_answer import (
    Fix,
    FleetAnswer,
    FleetRelease,
    FleetRoot,
    FleetTrust,
    Inventory,
    TrustedRelease,
)
from pipeline.report.formats.csv import lines
from pipeline.report.model import (
    Bar,
    Bars,
    Block,
    Card,
    Cards,
    Column,
    Counts,
    Fold,
    Grid,
    Headline,
    Metric,
    PageBlock,
    Paragraph,
    Report,
    Steps,
    TestedCase,
    iso,
)
from pipeline.report.words import count, dated, every, listed
from pipeline.x509.names import label

MOST_LISTED: Final = 20_000
"""Phones that a page lists."""
_MOST_BARS: Final = 30
_MOST_CARDS: Final = 6
_MOST_NAMED: Final = 4
"""Releases in one cell."""
_MOST_CHAINS: Final = 4
"""Chains that have a column each."""
_MOST_ROOTS: Final = 20
"""Roots that all phones trust which are listed elsewhere than on a page."""
_SHARED_COLUMNS: Final = ("product", "firmware", "judged_as", "verdict", "until", "fix")
_ROOT_COLUMNS: Final = ("fingerprint", "subject", "not_after", "phones", "in_browsers")
_VERDICTS: Final = ("refused", "accepted", "unknown")


def report(asked: Asked[FleetAnswer], *, anonymous: bool = False) -> Report:
    """Show how many phones accept, and what helps; a page lists them unless ``anonymous``."""
    answer = asked.answer
    return Report(
        answer,
        phone_columns(anonymous=anonymous),
        (),  # as many as there are phones: `csv_lines` gives them
        list(_blocks(answer)),
        list(_page(asked, anonymous=anonymous)),
        list(map(_case, answer.releases)),
        list(_metrics(answer)),
        _headline(answer),
        _judged(answer.releases),
    )


def _headline(answer: FleetAnswer) -> Headline:
    phones, lead, todo = answer.inventory.phones, _lead(answer), _first(answer)
    if answer.refused:
        refusing = [each for each in answer.releases if each.verdict == "refused"]
        names = list(dict.fromkeys(each.firmware or each.load for each in refusing))
        some = listed(names) if len(names) <= _MOST_NAMED else count(len(names), "release")
        number, unit = f"{answer.refused:,}", f"of {count(phones, 'phone')} refuse"
        return Headline(lead, "refused", number, unit, todo, f"Concerns phones on {some}.")
    if answer.unknown or not phones:
        number, unit = f"{answer.unknown:,}", "phones can't be judged"
        return Headline(lead, "unknown", number, unit, todo)
    if answer.until:
        until = dated(answer.until.date(), answer.on.date())
        todo = todo or f"Nothing to do before {until}."
    return Headline(lead, "accepted", f"{answer.accepted:,}", "phones accept", todo)


def _judged(releases: Sequence[FleetRelease] | Sequence[TrustedRelease]) -> list[ReleaseId]:
    """Give the loaded releases whose lists were taken."""
    return list(
        dict.fromkeys(
            ReleaseId(each.product, each.judged_as, each.revision)
            for each in releases
            if each.product and each.judged_as and each.revision
        )
    )


def phone_columns(*, anonymous: bool = False) -> Sequence[str]:
    """Name the columns of a line a phone."""
    return ("load", *_SHARED_COLUMNS) if anonymous else ("name", "load", *_SHARED_COLUMNS)


def csv_lines(asked: Asked[FleetAnswer], *, anonymous: bool = False) -> Iterator[str]:
    """Give a line a phone while they come; what many have in common is written once."""
    yield _line(phone_columns(anonymous=anonymous))
    ends = [_line(shared(each)) for each in asked.answer.releases]
    loads = [_line([load]).rstrip("\n") for load in asked.loads]
    codes, places = asked.phones["load"].tolist(), asked.places.tolist()
    names = asked.phones["name"].tolist()
    for name, code, place in zip(names, codes, places, strict=True):
        rest = f"{loads[code]},{ends[place]}"
        if anonymous:
            yield rest
        else:
            is_plain = name.isascii() and name.isalnum()
            yield f"{name if is_plain else _line([name])[:-1]},{rest}"


def shared(release: FleetRelease) -> Sequence[object]:
    """Give what is the same for all phones of a release, for all columns but the first two."""
    return (
        release.product,
        release.firmware,
        release.judged_as,
        release.verdict,
        release.until,
        release.fix,
    )


def _line(values: Sequence[object]) -> str:
    return next(lines(values, ()))  # type: ignore[arg-type]


# --- what is said ----------------------------------------------------------------------------


def _blocks(answer: FleetAnswer) -> Iterator[Block]:
    yield Paragraph(_lead(answer), is_lead=True)
    if todo := _todo(answer):
        yield Paragraph(todo)
    yield _releases(answer)
    if answer.fixes:
        yield _fixes(answer)
    if len(answer.changes) > 1:
        yield _changes(answer)
    yield from _about(answer.inventory)


def _page(asked: Asked[FleetAnswer], *, anonymous: bool) -> Iterator[PageBlock]:
    answer = asked.answer
    yield Paragraph(_lead(answer), is_lead=True)
    yield Counts({each: getattr(answer, each) for each in _VERDICTS if getattr(answer, each)})
    if answer.fixes:
        best = answer.fixes[:_MOST_CARDS]
        yield Cards("What brings phones back", [_card(each, answer) for each in best])
    if len(answer.changes) > 1:
        yield _chart(answer)
    yield Bars("Phones by release", _bars(answer.releases))
    yield _releases(answer)
    if len(answer.fixes) > _MOST_CARDS:
        yield _fixes(answer)
    if len(answer.changes) > 1:
        yield _changes(answer)
    yield from _about(answer.inventory)
    if not anonymous:
        yield from _phones(asked)


def _lead(answer: FleetAnswer) -> str:
    phones = answer.inventory.phones
    if not phones:
        return "There are no phones in the inventory."
    when = _when(answer.on)
    until = f", the first of them until {iso(answer.until.date())}" if answer.until else ""
    if answer.accepted == phones:
        whom = _servers(answer, is_all=answer.needs == "all")
        return f"{_everybody(phones, 'accept')} {whom} {when}{until}."
    whom = _servers(answer, is_all=answer.needs == "any")
    if answer.refused == phones:
        return f"{_everybody(phones, 'refuse')} {whom} {when}."
    refuse = _verb(phones, "phone", answer.refused, "refuse")
    said = [f"{answer.refused:,} of {refuse} {whom} {when}"]
    if answer.accepted:
        verb = "accepts" if answer.accepted == 1 else "accept"
        it = "it" if len(answer.chains) == 1 else "all" if answer.needs == "all" else "one or more"
        said.append(f"{answer.accepted:,} {verb} {it}{until}")
    if answer.unknown:
        said.append(f"{answer.unknown:,} can't be judged")
    return f"{'; '.join(said)}."


def _everybody(phones: int, verb: str) -> str:
    whom = every(phones, "phone")
    return f"The only phone {verb}s" if phones == 1 else f"{whom[0].upper()}{whom[1:]} {verb}"


def _verb(total: int, noun: str, number: int, verb: str) -> str:
    return f"{count(total, noun)} {verb}s" if number == 1 else f"{count(total, noun)} {verb}"


def _servers(answer: FleetAnswer, *, is_all: bool) -> str:
    if len(answer.chains) == 1:
        return answer.chains[0].name
    number = len(answer.chains)
    return every(number, "chain") if is_all else f"one or more of {number} chains"


def _when(on: datetime) -> str:
    return "today" if on.date() == datetime.now(UTC).date() else f"on {iso(on.date())}"


def _todo(answer: FleetAnswer) -> str:
    """Say in the second paragraph what to do."""
    if answer.fixes:
        best = answer.fixes[0]
        return f"Best fix: {best.summary}: {_effect(best, answer)}."
    if answer.refused:
        return "No fix is known; `trustlist check` shows where the chain is refused."
    return ""


def _first(answer: FleetAnswer) -> str:
    if not answer.fixes:
        return _todo(answer)
    best = answer.fixes[0]
    return f"{_sentence(best.summary)}: {_effect(best, answer)}."


def _sentence(clause: str) -> str:
    return f"{clause[:1].upper()}{clause[1:]}"


def _effect(fix: Fix, answer: FleetAnswer) -> str:
    """Say whom a fix brings back, and what stands against it."""
    today = ", today" if fix.kind == "server" and _when(answer.on) == "today" else ""
    return ", ".join(
        [f"brings back {fix.brings_back:,} of {answer.refused:,}{today}", *_objections(fix)]
    )


def _objections(fix: Fix) -> Iterator[str]:
    if fix.over_mra:
        whom = "1 is" if fix.over_mra == 1 else f"{fix.over_mra:,} are"
        yield f"but {whom} only reachable over MRA, which can't upgrade (CSCvb29314)"
    elif fix.over_mra is None and fix.upgrades:
        yield "but phones on MRA can't upgrade (CSCvb29314); --mra-from counts them"
    if fix.loses:
        yield f"but {fix.loses:,} that accept now would refuse"
    if not fix.is_tested:
        yield "not tested, as not all of it is known here"


def _release_name(each: FleetRelease | TrustedRelease, *, has_products: bool) -> str:
    if each.firmware is None:
        return each.load or "none stated"
    name = f"{each.firmware} ({each.product})" if has_products else each.firmware
    return f"{name}, assumed as {each.judged_as}" if each.is_assumed else name


def _has_products(releases: Sequence[FleetRelease] | Sequence[TrustedRelease]) -> bool:
    return len({each.product for each in releases if each.product}) > 1


def _releases(answer: FleetAnswer) -> Grid:
    has_products = _has_products(answer.releases)
    columns = [
        Column("verdict", "status"),
        Column("phones", "number"),
        Column("until", "word"),
        Column("release"),
        Column("why"),
    ]
    rows = [
        [
            each.verdict,
            f"{each.phones:,}",
            iso(each.until.date()) if each.until else "",
            _release_name(each, has_products=has_products),
            each.reason,
        ]
        for each in answer.releases
    ]
    if 1 < len(answer.chains) <= _MOST_CHAINS:
        columns[4:4] = [Column(f"chain {n}", "status") for n in range(1, len(answer.chains) + 1)]
        for row, each in zip(rows, answer.releases, strict=True):
            row[4:4] = [one.verdict for one in each.chains] or ["unknown"] * len(answer.chains)
    return Grid(columns, rows, "By release")


def _fixes(answer: FleetAnswer) -> Grid:
    columns = (
        Column("brings back", "number"),
        Column("of", "number"),
        Column("what"),
        Column("on, and what stands against it"),
    )
    rows = [
        (
            f"{each.brings_back:,}",
            f"{answer.refused:,}",
            each.summary,
            "; ".join([_named(each), *_objections(each)]),
        )
        for each in answer.fixes
    ]
    return Grid(columns, rows, "Fixes, the best first")


def _named(fix: Fix) -> str:
    """Name the releases that a fix helps, if they are few."""
    few = len(fix.releases) <= _MOST_NAMED
    return listed(list(fix.releases)) if few else count(len(fix.releases), "release")


def _changes(answer: FleetAnswer) -> Grid:
    columns = (
        Column("from", "word"),
        Column("accept", "number"),
        Column("refuse", "number"),
        Column("why"),
    )
    rows = [
        (iso(each.at), f"{each.accepted:,}", f"{each.refused:,}", each.why)
        for each in answer.changes
    ]
    return Grid(columns, rows, "How many phones accept")


# --- the inventory ---------------------------------------------------------------------------


def _about(inventory: Inventory) -> Iterator[Block]:
    """Account for every row."""
    parts = [count(inventory.phones, "phone")]
    if inventory.others:
        kinds = listed([f"{number:,} {kind}" for kind, number in inventory.others.items()])
        parts.append(f"{count(sum(inventory.others.values()), 'other device')} ({kinds})")
    if inventory.repeated:
        repeated = "1 entry" if inventory.repeated == 1 else f"{inventory.repeated:,} entries"
        parts.append(f"{repeated} of devices that are there more than once")
    if inventory.unusable:
        parts.append(f"{count(inventory.unusable, 'row')} that can't be used")
    source = listed([Path(each).name or each for each in inventory.sources[:3]])
    if len(inventory.sources) > 3:
        source = f"{len(inventory.sources)} inventories"
    text = f"{count(inventory.rows, 'row')} of {source}: {listed(parts)}."
    if inventory.over_mra is not None:
        text += f" Of the phones, {inventory.over_mra:,} register over MRA."
    if inventory.pinned:
        text += (
            f" Of {count(inventory.pinned, 'phone')} only the load is known that they should run."
        )
    yield Paragraph(" ".join([text, *inventory.remarks]))
    if inventory.unusable_rows:
        columns = (Column("line", "number"), Column("why it can't be used"))
        rows = [
            (
                f"{each.first}" if each.first == each.last else f"{each.first}–{each.last}",
                each.reason,
            )
            for each in inventory.unusable_rows
        ]
        yield Grid(columns, rows, "Rows that can't be used")


# --- the page --------------------------------------------------------------------------------


def _card(fix: Fix, answer: FleetAnswer) -> Card:
    is_whole = fix.brings_back == answer.refused and not fix.over_mra and not fix.loses
    return Card(
        _sentence(fix.summary),
        f"{fix.brings_back:,}",
        f"of {count(answer.refused, 'phone')}",
        f"{'; '.join([_named(fix), *_objections(fix)])}.",
        "accepted" if is_whole else "expiring",
    )


def _chart(answer: FleetAnswer) -> Steps:
    points = [(each.at, each.accepted) for each in answer.changes]
    first, last = points[0][0], points[-1][0]
    end = last + max((last - first) / 10, timedelta(days=1))
    return Steps(
        "Phones that accept, over time", points, answer.inventory.phones, "phones accept", end
    )


def _bars(releases: Sequence[FleetRelease]) -> list[Bar]:
    most = sorted(releases, key=lambda each: -each.phones)[:_MOST_BARS]
    return [
        Bar(each.firmware or each.load or "none stated", {each.verdict: each.phones})
        for each in releases
        if each in most
    ]


def _phones(asked: Asked[FleetAnswer]) -> Iterator[PageBlock]:
    """List the phones, those that refuse first."""
    releases = asked.answer.releases
    has_products = _has_products(releases)
    ranks = [("refused", "unknown", "accepted").index(each.verdict) for each in releases]
    frame = asked.phones.assign(place=asked.places, rank=[ranks[each] for each in asked.places])
    frame = frame.sort_values("rank", kind="stable").head(MOST_LISTED)
    texts = [each for each in ("address", "description") if each in frame]
    columns = [
        Column("verdict", "status"),
        Column("phone", "word"),
        Column("release", "word"),
        Column("until", "word"),
        Column("load", "word"),
        *(Column(each, "word" if each == "address" else "text") for each in texts),
    ]
    ends = [
        (
            each.verdict,
            _release_name(each, has_products=has_products),
            iso(each.until.date()) if each.until else "",
        )
        for each in releases
    ]
    rows = [
        (ends[place][0], name, *ends[place][1:], asked.loads[load], *more)
        for name, load, place, *more in frame[["name", "load", "place", *texts]].itertuples(
            index=False, name=None
        )
    ]
    whole = len(rows) == len(asked.phones)
    number, total = len(rows), len(asked.phones)
    listing = f"{number:,} of {count(total, 'phone')}"
    if whole:
        listing = _sentence(every(number, "phone")) if number > 1 else "1 phone"
    note = [] if whole else [Paragraph("--format csv gives all phones.")]
    yield Fold(f"{listing}, those first that refuse", [*note, Grid(columns, rows)])


# --- for machines ----------------------------------------------------------------------------


def _case(each: FleetRelease) -> TestedCase:
    name = f"{_release_name(each, has_products=True)}: {count(each.phones, 'phone')}"
    if each.verdict == "accepted":
        return TestedCase(name, "passed")
    outcome: Final = "failed" if each.verdict == "refused" else "skipped"
    return TestedCase(name, outcome, each.reason, f"Fix: {each.fix}." if each.fix else each.remark)


def _metrics(answer: FleetAnswer) -> Iterator[Metric]:
    numbers = [((each,), float(getattr(answer, each))) for each in _VERDICTS]
    yield Metric("trustlist_fleet_phones", "Phones by what they say.", ("verdict",), numbers)
    by_release: dict[tuple[str, str, str], float] = {}
    for each in answer.releases:
        key = each.product or "", each.firmware or "", each.verdict
        by_release[key] = by_release.get(key, 0) + each.phones
    yield Metric(
        "trustlist_fleet_release_phones",
        "Phones of a release, by what they say.",
        ("product", "firmware", "verdict"),
        list(by_release.items()),
    )
    if answer.until:
        yield Metric(
            "trustlist_fleet_accepted_until_timestamp_seconds",
            "When the first of the phones that accept comes to refuse.",
            (),
            [((), answer.until.timestamp())],
        )
    unusable = float(answer.inventory.unusable)
    yield Metric("trustlist_fleet_unusable_rows", "Rows that can't be used.", (), [((), unusable)])


# --- without a chain -------------------------------------------------------------------------


def trust_report(answer: FleetTrust) -> Report:
    """Show which roots that phones trust end soon, and which all of them trust."""
    blocks = [*_trust_blocks(answer, _MOST_ROOTS)]
    page = [*_trust_blocks(answer, len(answer.trusted_by_all))]
    roots = [*answer.expiring, *answer.trusted_by_all]
    records = [
        (each.fingerprint, each.subject, each.not_after, each.phones, each.in_browsers)
        for each in dict.fromkeys(roots)
    ]
    cases = [
        TestedCase(f"{label(each.subject)} ({each.fingerprint})", "failed", _ends(each))
        for each in answer.expiring
    ] or [TestedCase(_trust_lead(answer), "passed")]
    expiring = len(answer.expiring)
    headline = Headline(
        _trust_lead(answer),
        "expiring" if expiring else "valid",
        f"{expiring:,}",
        "root expires" if expiring == 1 else "roots expire",
        "Give a server's chain to see which phones accept it: --chain FILE or --connect HOST:PORT.",
        f"Concerns {count(answer.inventory.phones, 'phone')}.",
    )
    return Report(
        answer,
        _ROOT_COLUMNS,
        records,
        blocks,
        page,
        cases,
        list(_root_metrics(answer)),
        headline,
        _judged(answer.releases),
    )


def _ends(root: FleetRoot) -> str:
    return f"ends on {iso(root.not_after.date())}; trusted by {count(root.phones, 'phone')}"


def _trust_blocks(answer: FleetTrust, most: int) -> Iterator[Block]:
    yield Paragraph(_trust_lead(answer), is_lead=True)
    yield Paragraph(
        "Give --chain FILE or --connect HOST:PORT to see which phones accept a server, and until "
        "when."
    )
    yield _trusted_releases(answer)
    if answer.expiring:
        yield _roots(answer.expiring, "Roots that expire")
    shown = answer.trusted_by_all[:most]
    number = len(answer.trusted_by_all)
    text = f"All of these phones trust {count(number, 'root')} that {_is_are(number)} valid"
    more = (
        f"; the first {len(shown)} are shown, --format html has all" if len(shown) < number else ""
    )
    yield Paragraph(f"{text}{more}.")
    if shown:
        yield _roots(shown, "Roots that all phones trust")
    yield from _about(answer.inventory)


def _trust_lead(answer: FleetTrust) -> str:
    known = answer.inventory.phones - answer.unknown
    verb = "expires" if len(answer.expiring) == 1 else "expire"
    lead = (
        f"{len(answer.expiring):,} of the roots that {count(known, 'phone')} trust {verb} by "
        f"{iso(answer.until.date())}."
    )
    if answer.unknown:
        lead += f" What {count(answer.unknown, 'more phone')} trust is not known."
    return lead


def _is_are(number: int) -> str:
    return "is" if number == 1 else "are"


def _trusted_releases(answer: FleetTrust) -> Grid:
    has_products = _has_products(answer.releases)
    columns = (
        Column("phones", "number"),
        Column("roots", "number"),
        Column("release"),
        Column("remark"),
    )
    rows = [
        (
            f"{each.phones:,}",
            "" if each.roots is None else str(each.roots),
            _release_name(each, has_products=has_products),
            each.remark,
        )
        for each in answer.releases
    ]
    return Grid(columns, rows, "By release")


def _roots(roots: Sequence[FleetRoot], title: str) -> Grid:
    columns = (
        Column("until", "word"),
        Column("phones", "number"),
        Column("in browsers", "word"),
        Column("fingerprint", "fingerprint"),
        Column("subject"),
    )
    rows = [
        (
            iso(each.not_after.date()),
            f"{each.phones:,}",
            "yes" if each.in_browsers else "no",
            each.fingerprint,
            each.subject,
        )
        for each in roots
    ]
    return Grid(columns, rows, title)


def _root_metrics(answer: FleetTrust) -> Iterator[Metric]:
    yield Metric(
        "trustlist_fleet_root_end_timestamp_seconds",
        "When a root ends that phones trust.",
        ("fingerprint", "subject"),
        [
            ((each.fingerprint, each.subject), each.not_after.timestamp())
            for each in answer.expiring
        ],
    )
    yield Metric(
        "trustlist_fleet_root_phones",
        "Phones that trust a root which ends.",
        ("fingerprint", "subject"),
        [((each.fingerprint, each.subject), float(each.phones)) for each in answer.expiring],
    )
