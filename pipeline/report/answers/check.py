"""The report of whether phones accept a chain: the verdicts, the evidence, what helps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Final, Literal

from pipeline.check import Check, Checks
from pipeline.check.answer import (
    Builder,
    CommonRoot,
    Finding,
    Remark,
    Remedy,
    Result,
    Step,
    Verdict,
)
from pipeline.check.openssl.outcome import BuilderName
from pipeline.firmware import ReleaseId, told_apart, with_revisions
from pipeline.report.model import (
    Block,
    Card,
    Cards,
    CaseOutcome,
    Column,
    DayMark,
    Diagnostic,
    DrawnPath,
    Fold,
    Grid,
    Headline,
    MadeLater,
    Metric,
    PageBlock,
    Paragraph,
    Paths,
    PathStep,
    Report,
    Span,
    TestedCase,
    Timeline,
    iso,
)
from pipeline.report.words import count, dated, every, listed
from pipeline.x509.names import label

_COLUMNS: Final = (
    "source",
    "product",
    "firmware",
    "revision",
    "verdict",
    "reason",
    "since",
    "until",
    "untrusted_first_error",
    "untrusted_first_depth",
    "trusted_first_error",
    "trusted_first_depth",
    "remedies",
    "remarks",
)
_VERDICTS: Final[tuple[Verdict, ...]] = ("refused", "unknown", "accepted")
_VERBS: Final[dict[Verdict, tuple[str, str]]] = {
    "refused": ("refuses", "refuse"),
    "unknown": ("can't judge", "can't judge"),
    "accepted": ("accepts", "accept"),
}
_BUILDERS: Final[dict[BuilderName, str]] = {
    "untrusted-first": "untrusted-first (OpenSSL before 1.1.0)",
    "trusted-first": "trusted-first (OpenSSL 3.0)",
}
_MOST_NAMED: Final = 6  # releases or chains in one sentence
_MOST_CAS: Final = 12
_LONG_ENOUGH: Final = (
    "Roots that all releases asked trust for longer than the server's certificate is valid"
)


def report(check: Check, *, timeline: bool = False) -> Report:
    """Show what each release says of one chain; ``timeline`` adds when each accepts it.

    A page has that always, and all the roots that another certificate could come from.
    """
    page = list(_page(check))
    blocks = list(_blocks(check, timeline))
    records = list(_records(check))
    return Report(
        check,
        _COLUMNS,
        records,
        blocks,
        page,
        _cases([check]),
        _metrics([check]),
        _headline(check),
        _release_ids([check]),
        diagnostics=list(_diagnostics(check)),
    )


def _release_ids(checks: Sequence[Check]) -> list[ReleaseId]:
    return list(dict.fromkeys(_id(each) for check in checks for each in check.results))


def _id(result: Result) -> ReleaseId:
    return ReleaseId(result.product, result.firmware, result.revision)


def _named(check: Check, *, with_product: bool = False) -> Iterator[tuple[str, Result]]:
    """Give the results, each with the name of its release among them."""
    names = told_apart(list(map(_id, check.results)), with_product=with_product)
    return zip(names, check.results, strict=True)


def _headline(check: Check) -> Headline:
    """Say how many releases accept the chain, the first thing to do, and which phones suffer."""
    groups, total, today = _groups(check), len(check.results), check.on.date()
    worst = groups[0].result
    names = [name for name, each in _named(check) if each.verdict == worst.verdict]
    number = len(names)
    what = label(next(each for each in check.chain if each.is_target).subject) or check.source
    one, many = _VERBS[worst.verdict]
    if total == 1:
        who = groups[0].who
    elif number == total:
        who = every(total, "release").capitalize()
    else:
        who = f"{number} of {total} releases"
    verb = one if number == 1 else many
    text = f"{who} {verb} {what} on {iso(today)}: {worst.reason}."
    if worst.verdict == "accepted":
        ends = [each.until for each in check.results if each.until]
        todo = f"Nothing to do before {dated(min(ends).date(), today)}." if ends else ""
        return Headline(text, "accepted", f"{number} of {total}", "accept it", todo)
    todo = _first(worst.remedies[0]) if worst.remedies else ""
    if worst.verdict == "unknown" and not todo:
        todo = "Run `trustlist enrich --online` to look for what isn't known."
    unit = "refuse it" if worst.verdict == "refused" else "can't be judged"
    whom = listed(names) if len(names) <= _MOST_NAMED else _several(names)
    return Headline(
        text, worst.verdict, f"{number} of {total}", unit, todo, f"Concerns phones on {whom}."
    )


def _first(remedy: Remedy) -> str:
    note = "" if remedy.is_tested else f" ({remedy.untested})"
    return f"{remedy.summary[:1].upper()}{remedy.summary[1:]}{note}."


def _headline_of_all(checks: Checks) -> Headline:
    bad = [check for check in checks.checks if not check.is_accepted]
    total = len(checks.checks)
    if not bad:
        return Headline(_summary(checks), "accepted", f"{total:,}", "chains accepted")
    first = next((each for each in map(_headline, bad) if each.todo), None)
    return Headline(
        _summary(checks),
        "refused",
        f"{len(bad):,} of {total:,}",
        "chains aren't accepted",
        first.todo if first else "",
        f"Concerns {_several([Path(each.source).name for each in bad])}.",
    )


def report_all(checks: Checks, *, timeline: bool = False) -> Report:
    """Show what the releases say of several chains, alike ones in one line."""
    every = checks.checks
    blocks = MadeLater(lambda: _blocks_of_all(checks, timeline))
    return Report(
        checks,
        _COLUMNS,
        MadeLater(lambda: chain.from_iterable(map(_records, every))),
        blocks,
        MadeLater(lambda: _page_of_all(checks, blocks)),
        MadeLater(lambda: _cases(every)),
        MadeLater(lambda: _metrics(every)),
        _headline_of_all(checks),
        _release_ids(every),
        diagnostics=MadeLater(lambda: chain.from_iterable(map(_diagnostics, every))),
    )


def only_verdicts(full: Report) -> Report:
    """Leave only the verdicts of a report, a line each."""
    return replace(
        full, blocks=[each for each in full.blocks if isinstance(each, Paragraph) and each.is_lead]
    )


def _blocks_of_all(checks: Checks, timeline: bool) -> Iterator[Block]:
    yield Paragraph(_summary(checks), is_lead=True)
    yield _overview(checks)
    if timeline:
        yield from map(_timeline, checks.checks)
    yield from _all_remarks(checks)
    yield from _other_cas(checks)


def _page_of_all(checks: Checks, blocks: Sequence[Block]) -> Iterator[PageBlock]:
    yield from blocks
    yield from _by_brand(checks.common_roots)


def _cases(checks: Sequence[Check]) -> list[TestedCase]:
    """Give a case for each chain and release."""
    outcomes: dict[Verdict, CaseOutcome] = {
        "accepted": "passed",
        "refused": "failed",
        "unknown": "skipped",
    }
    return [
        TestedCase(
            f"{check.source}: {name}",
            outcomes[result.verdict],
            "" if result.verdict == "accepted" else result.reason,
            "" if result.verdict == "accepted" else _why(result),
        )
        for check in checks
        for name, result in _named(check, with_product=True)
    ]


def _diagnostics(check: Check) -> Iterator[Diagnostic]:
    """Give one for each release, and one for whatever there is to say of the chain."""
    rules: dict[Verdict, tuple[str, Literal["error", "warning", "none"]]] = {
        "accepted": ("chain-accepted", "none"),
        "refused": ("chain-refused", "error"),
        "unknown": ("verdict-unknown", "warning"),
    }
    for name, result in _named(check, with_product=True):
        rule, level = rules[result.verdict]
        text = f"{name}: {result.verdict}: {_why(result)}"
        yield Diagnostic(rule, level, text, check.source)
    for remark in check.remarks:
        yield Diagnostic(
            remark.kind,
            "error" if check.is_strict else "note",
            f"{remark.text}{_source(remark)}",
            check.source,
        )
    for finding in check.findings:
        yield Diagnostic(finding.kind, "note", finding.text, check.source)


def _metrics(checks: Sequence[Check]) -> list[Metric]:
    labels = ("source", "product", "firmware")
    found = [
        ((check.source, result.product, name), result)
        for check in checks
        for name, result in zip(
            with_revisions(list(map(_id, check.results))), check.results, strict=True
        )
    ]
    return [
        Metric(
            "trustlist_check_accepted",
            "Whether a release accepts a chain: 1 yes, 0 no.",
            labels,
            [(key, float(each.verdict == "accepted")) for key, each in found],
        ),
        Metric(
            "trustlist_check_accepted_until_timestamp_seconds",
            "When a release that accepts a chain comes to refuse it.",
            labels,
            [(key, each.until.timestamp()) for key, each in found if each.until],
        ),
    ]


def _records(check: Check) -> Iterator[Sequence[object]]:
    for result in check.results:
        old, new = (result.builders[name] for name in _BUILDERS)
        yield (
            check.source,
            result.product,
            result.firmware,
            result.revision,
            result.verdict,
            result.reason,
            result.since,
            result.until,
            old.error,
            old.depth,
            new.error,
            new.depth,
            [remedy.summary for remedy in result.remedies],
            [remark.kind for remark in check.remarks],
        )


# --- one chain -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Group:
    """Releases that say the same, and one of their results."""

    names: list[str]
    result: Result

    @property
    def whose(self) -> str:
        return _several(self.names)

    @property
    def who(self) -> str:
        """The same within a sentence."""
        return listed(self.names) if len(self.names) <= _MOST_NAMED else self.whose


def _several(names: Sequence[str]) -> str:
    if len(names) <= _MOST_NAMED:
        return ", ".join(names)
    return f"{names[0]} and {len(names) - 1} more"


def _blocks(check: Check, timeline: bool) -> Iterator[Block]:
    groups = _groups(check)
    for group in groups:
        yield Paragraph(_verdict(group, check), is_lead=True)
    yield from _remarks(check)
    yield from (Paragraph(each.text, is_lead=True) for each in check.findings if _qualifies(each))
    if len(check.results) > 1:
        yield _releases(check)
    if timeline:
        yield _timeline(check)
    yield Paragraph(_about(check))
    yield _chain(check)
    if rest := [[each.text] for each in check.findings if not _qualifies(each)]:
        yield Grid([Column("about what is sent")], rest)
    yield from _evidence(groups)
    yield from _fixes(groups)
    yield from _other_cas(check)


def _page(check: Check) -> Iterator[PageBlock]:
    """Show the verdicts, what helps, the paths as they are built; then the evidence."""
    groups = _groups(check)
    for group in groups:
        yield Paragraph(_verdict(group, check), is_lead=True)
    yield from (Paragraph(each.text, is_lead=True) for each in check.findings if _qualifies(each))
    for group in groups:
        if remedies := group.result.remedies:
            title = f"What helps {group.who}, the least effort first"
            yield Cards(title, [_card(*each) for each in enumerate(remedies, 1)])
    for group in groups:
        yield _before_and_after(group, check)
    yield from _remarks(check)
    if len(check.results) > 1:
        yield _releases(check)
    yield _timeline(check)
    yield from _notices(groups)
    yield Paragraph(_about(check))
    yield _chain(check)
    if rest := [[each.text] for each in check.findings if not _qualifies(each)]:
        yield Grid([Column("about what is sent")], rest)
    yield from (Fold(_cas_title(each), [each]) for each in _other_cas(check) if _is_grid(each))
    yield from (each for each in _other_cas(check) if not _is_grid(each))
    yield from _by_brand(check.common_roots)


def _is_grid(block: Block) -> bool:
    return isinstance(block, Grid)


def _cas_title(block: Block) -> str:
    return block.title if isinstance(block, Grid) else ""


def _judges(group: _Group) -> str:
    one, many = _VERBS[group.result.verdict]
    return one if len(group.names) == 1 else many


def _card(number: int, remedy: Remedy) -> Card:
    tried = "tried, it works" if remedy.is_tested else remedy.untested
    status = "accepted" if remedy.is_tested else "expiring"
    return Card(
        f"{remedy.summary[:1].upper()}{remedy.summary[1:]}",
        f"{number}.",
        tried,
        remedy.text,
        status,
    )


def _before_and_after(group: _Group, check: Check) -> Paths:
    """Draw the paths of what is sent and, beside them, those that were tried with the first fix."""
    result = group.result
    title = f"How {group.who} {_judges(group)} it"
    fix = next((each for each in result.remedies[:1] if each.builders), None)
    if fix is None:
        drawn = [_drawn(name, each, check) for name, each in _paths(result.builders)]
        return Paths(title, drawn, check.on)
    before = [_drawn(f"Now, {n}", each, check, fix) for n, each in _paths(result.builders)]
    after = [_drawn(f"After, {n}", each, check, fix) for n, each in _paths(fix.builders)]
    return Paths(f"{title}, before and after the first fix", [*before, *after], check.on)


def _drawn(title: str, builder: Builder, check: Check, fix: Remedy | None = None) -> DrawnPath:
    """Draw a path; the certificate that OpenSSL complains of says so, in OpenSSL's words."""
    starts = {each.fingerprint: each.not_before for each in check.chain}
    own = next(each for each in check.chain if each.is_target)
    on = own.not_before if fix and fix.kind == "wait" and builder.ok else check.on
    steps = []
    if builder.path and builder.path[0].fingerprint != own.fingerprint:
        steps.append(PathStep(label(own.subject), "to be issued", None, None, "unknown"))
    for depth, each in enumerate(builder.path):
        start = starts.get(each.fingerprint)
        status = _status(start or on, each.not_after, on)
        fault = (builder.error or "") if depth == builder.depth else ""
        origin = _origin(each, check, fix)
        steps.append(PathStep(label(each.subject), origin, start, each.not_after, status, fault))
    if builder.error and "issuer certificate" in builder.error and builder.path:
        issuers = {each.fingerprint: each.issuer for each in check.chain}
        name = label(issuers.get(builder.path[-1].fingerprint, "")) or "its issuer"
        steps.append(PathStep(name, "missing", None, None, "unknown", builder.error))
    return DrawnPath(title, "accepted" if builder.ok else "refused", steps)


def _origin(step: Step, check: Check, fix: Remedy | None) -> str:
    """Say where a certificate comes from, and what the fix does to it."""
    if step.origin == "trust list":
        return "from the trust list"
    sent = next((each for each in check.chain if each.fingerprint == step.fingerprint), None)
    if sent is None:
        return "to be sent, too"
    if fix is None or fix.kind == "wait" or step.fingerprint not in fix.certificates:
        return "sent by the server"
    return f"sent by the server: to be {'replaced' if sent.is_target else 'left out'}"


def _by_brand(roots: Sequence[CommonRoot]) -> Iterator[PageBlock]:
    """Fold the roots that all releases trust, and those by who runs them."""
    if not roots:
        return
    brands: dict[str, list[CommonRoot]] = {}
    for each in roots:
        brands.setdefault(each.authority or "not known", []).append(each)
    title = f"{count(len(roots), 'root')} that all releases asked trust for long enough, by CA"
    grid = Grid(
        (Column("CA"), Column("roots", "number"), Column("the last until", "word")),
        [
            (name, f"{len(own):,}", iso(max(each.not_after for each in own).date()))
            for name, own in brands.items()
        ],
        details=[[_common_roots(own, title="")] for own in brands.values()],
    )
    yield Fold(title, [grid])


def _qualifies(finding: Finding) -> bool:
    """Whether it has to be known to take the verdict for what it is."""
    return finding.kind == "starts-with-ca"


def _groups(check: Check) -> list[_Group]:
    """Put releases together that have the same verdict, reason, paths and remedy."""
    groups: dict[tuple[object, ...], _Group] = {}
    known: dict[int, str] = {}  # many releases have the same
    for name, result in _named(check):
        if (paths := known.get(id(result.builders))) is None:
            each = [[step.fingerprint for step in e.path] for e in result.builders.values()]
            paths = known[id(result.builders)] = str(each)
        fix = result.remedies[0].summary if result.remedies else ""
        key = (result.verdict, result.reason, result.until, fix, paths)
        group = groups.setdefault(key, _Group([], result))
        group.names.append(name)
    return sorted(groups.values(), key=lambda group: _VERDICTS.index(group.result.verdict))


def _verdict(group: _Group, check: Check) -> str:
    result = group.result
    when = ""
    if result.since:
        when = f" since {_minute(result.since)}"
    elif result.until:
        when = f" until {_minute(result.until)}"
    return f"{group.whose}: {result.verdict.upper()}{_what(check)}{when}: {_why(result)}"


def _what(check: Check) -> str:
    """Say that the verdict is on what a CA issues, if no server's certificate is given."""
    if not check.is_for_ca:
        return ""
    target = next(each for each in check.chain if each.is_target)
    return f" (what {label(target.subject)} issues)"


def _why(result: Result) -> str:
    text = f"{result.reason}."
    if result.remedies:
        text += f" {_fix(result.remedies[0])}."
    elif result.verdict == "unknown":
        text += " Run `trustlist enrich --online` to look for it."
    return text


def _fix(remedy: Remedy) -> str:
    """Name a remedy, and what of it wasn't tried."""
    note = "" if remedy.is_tested else f" ({remedy.untested})"
    return f"Fix{note}: {remedy.summary}"


def _minute(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC"


def _releases(check: Check) -> Grid:
    columns = (
        Column("release", "word"),
        Column("verdict", "status"),
        Column("accepted from", "word"),
        Column("until", "word"),
        Column("why"),
    )
    rows = [
        (
            name,
            result.verdict,
            iso(result.accepted[-1].start.date()) if result.accepted else "never",
            iso(result.accepted[-1].end.date()) if result.accepted else "",
            result.reason,
        )
        for name, result in _named(check)
    ]
    return Grid(columns, rows)


def _timeline(check: Check) -> Timeline:
    spans: list[Span] = []
    for name, result in _named(check):
        spans += (Span(name, each.start, each.end, "accepted") for each in result.accepted)
        if not result.accepted:
            spans.append(Span(name, None, None, "never accepted"))
    return Timeline(f"When {check.source} is accepted", spans, [DayMark("asked for", check.on)])


def _about(check: Check) -> str:
    text = f"Checked {check.source} as on {_minute(check.on)}."
    if check.name:
        is_for = "is" if check.name.ok else "is not"
        text += f" The server's certificate {is_for} for {check.name.name}."
    else:
        text += " The names in it were compared with none; --hostname NAME does that."
    return text


def _chain(check: Check) -> Grid:
    columns = (
        Column("sent", "number"),
        Column("status", "status"),
        Column("from", "word"),
        Column("until", "word"),
        Column("certificate"),
        Column("issued by"),
    )
    rows = [
        (
            str(each.position),
            _status(each.not_before, each.not_after, check.on),
            iso(each.not_before.date()),
            iso(each.not_after.date()),
            label(each.subject),
            label(each.issuer),
        )
        for each in check.chain
    ]
    return Grid(columns, rows)


def _status(start: datetime, end: datetime, on: datetime) -> str:
    if on < start:
        return "not yet valid"
    return "valid" if on < end else "expired"


# --- evidence and fixes ----------------------------------------------------------------------


def _evidence(groups: Sequence[_Group]) -> Iterator[Block]:
    for group in groups:
        for title, builder in _paths(group.result.builders):
            outcome = "accepted" if builder.ok else f"{builder.error} at depth {builder.depth}"
            yield Paragraph(f"{group.whose}, {title}: {outcome}.")
            if builder.path:
                yield _path(builder)


def _paths(builders: Mapping[BuilderName, Builder]) -> Iterator[tuple[str, Builder]]:
    """Give what each builder came to, or both in one if that is the same."""
    old, new = (builders[name] for name in _BUILDERS)
    if old == new:
        yield "both builders", old
    else:
        yield from zip(_BUILDERS.values(), (old, new), strict=True)


def _path(builder: Builder) -> Grid:
    columns = (
        Column("depth", "number"),
        Column("until", "word"),
        Column("origin", "word"),
        Column("certificate"),
    )
    rows = [
        (str(depth), iso(step.not_after.date()), step.origin, label(step.subject))
        for depth, step in enumerate(builder.path)
    ]
    return Grid(columns, rows)


def _fixes(groups: Sequence[_Group]) -> Iterator[Block]:
    for group in groups:
        if group.result.remedies:
            yield Paragraph(f"What helps {group.who}, the least effort first:")
            yield _remedies(group.result.remedies)
    yield from _notices(groups)


def _notices(groups: Sequence[_Group]) -> Iterator[Block]:
    notices = {each.document: each for group in groups for each in group.result.notices}
    for notice in notices.values():
        bugs = f" ({', '.join(notice.bugs)})" if notice.bugs else ""
        yield Paragraph(f"Cisco's document {notice.document}{bugs}: {notice.text}")


def _remedies(remedies: Sequence[Remedy]) -> Grid:
    columns = (Column("fix", "number"), Column("what"), Column("tested"), Column("how"))
    rows = [
        (str(number), each.summary, "yes" if each.is_tested else each.untested, each.text)
        for number, each in enumerate(remedies, 1)
    ]
    return Grid(columns, rows)


def _remarks(check: Check) -> Iterator[Block]:
    """Say what no verdict follows from, right below the verdicts."""
    if check.remarks:
        said = " ".join(f"{each.text}{_source(each)}" for each in check.remarks)
        counted = " With --strict, that counts." if check.is_strict else ""
        yield Paragraph(f"Not judged, but worth knowing: {said}{counted}")


def _source(remark: Remark) -> str:
    return f" ({remark.document})" if remark.document else ""


def _all_remarks(checks: Checks) -> Iterator[Block]:
    """List the remarks on several chains, each once with the chains that it is about."""
    about: dict[str, list[str]] = {}
    for check in checks.checks:
        for each in check.remarks:
            about.setdefault(each.kind, []).append(Path(check.source).name)
    if about:
        columns = (Column("remark", "word"), Column("chains"))
        rows = [(kind, _several(names)) for kind, names in about.items()]
        counted = ", counted by --strict" if any(c.is_strict for c in checks.checks) else ""
        yield Grid(columns, rows, f"Not judged, but worth knowing{counted}")


def _other_cas(answer: Check | Checks) -> Iterator[Block]:
    """List the CAs that a certificate could come from, by how many releases trust them."""
    if not answer.authorities:
        return
    releases = _number_of_releases(answer)
    columns = (
        Column("releases", "word"),
        Column("until", "word"),
        Column("issues to", "word"),
        Column("CA"),
    )
    rows = [
        (f"{each.releases} of {releases}", iso(each.until.date()), each.issues_to, each.name)
        for each in answer.authorities[:_MOST_CAS]
    ]
    title = "CAs that a certificate could come from, by how many of the releases trust them"
    yield Grid(columns, rows, title)
    more = len(answer.authorities) - len(rows)
    left_out = [f"{number} {why}" for why, number in answer.left_out.items()]
    parts = [f"{more} more CAs are in the JSON."] if more else []
    if left_out:
        parts.append(f"Roots left out: {'; '.join(left_out)}.")
    if parts:
        yield Paragraph(" ".join(parts))


def _number_of_releases(answer: Check | Checks) -> int:
    checks = [answer] if isinstance(answer, Check) else answer.checks
    return max(len(check.results) for check in checks)


def _common_roots(roots: Sequence[CommonRoot], title: str = _LONG_ENOUGH) -> Grid:
    columns = (
        Column("until", "word"),
        Column("CA"),
        Column("fingerprint", "fingerprint"),
        Column("subject"),
    )
    rows = [
        (
            iso(each.not_after.date()),
            each.authority,
            each.fingerprint,
            each.subject,
        )
        for each in roots
    ]
    return Grid(columns, rows, title)


# --- several chains --------------------------------------------------------------------------


def _summary(checks: Checks) -> str:
    good = sum(check.is_accepted for check in checks.checks)
    releases = max((len(check.results) for check in checks.checks), default=0)
    whom = "the release" if releases == 1 else every(releases, "release")
    return (
        f"Of {count(len(checks.checks), 'chain')}, {good:,} "
        f"{'is' if good == 1 else 'are'} accepted by {whom} asked on {_minute(checks.on)}."
    )


def _overview(checks: Checks) -> Grid:
    columns = (
        Column("verdict", "status"),
        Column("chain"),
        Column("releases"),
        Column("why, and what helps"),
    )
    names = [Path(check.source).name for check in checks.checks]
    is_clear = len(set(names)) == len(names)
    rows = [
        (
            group.result.verdict,
            name if is_clear else check.source,
            group.whose,
            _why(group.result),
        )
        for name, check in zip(names, checks.checks, strict=True)
        for group in _groups(check)
    ]
    return Grid(columns, rows)
