"""The report of a release and a root store: what only one of the two has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from pipeline import catalogue
from pipeline.questions.against import Against, Store
from pipeline.questions.diff import ChangedRoot
from pipeline.report.answers.diff import (
    COLUMNS,
    cases,
    changes_metric,
    listing,
    record,
    stores_of,
)
from pipeline.report.model import (
    Block,
    Column,
    Counts,
    Facts,
    Grid,
    Headline,
    PageBlock,
    Paragraph,
    Report,
    iso,
)
from pipeline.report.words import count
from pipeline.x509.names import label

_CHANGES: Final = ("only-in-release", "only-in-store")


def report(against: Against) -> Report:
    """Say how many roots only one of them has; then list what the release lacks, and the rest."""
    name, store = against.release.firmware, against.store.name
    only_in_store = [_covered(each, against) for each in against.only_in_store]
    parts = (
        (f"Only in {store}", _CHANGES[1], only_in_store),
        (f"Only in {name}", _CHANGES[0], against.only_in_release),
    )
    blocks: list[Block] = [Paragraph(" ".join(_lead(against)), is_lead=True)]
    blocks.extend(listing(title, items) for title, _, items in parts if items)
    changes = {change: items for _, change, items in parts}
    return Report(
        data=against,
        columns=COLUMNS,
        records=[record(change, item) for _, change, items in parts for item in items],
        blocks=blocks,
        page=[blocks[0], *_page(against, parts)],
        cases=cases(changes, f"{name} and {store} have the same roots"),
        metrics=[changes_metric(changes, name, store)],
        headline=_headline(against),
        releases=[against.release],
    )


def _page(
    against: Against, parts: Sequence[tuple[str, str, Sequence[ChangedRoot]]]
) -> Iterator[PageBlock]:
    """Count the roots that one of them lacks, and list them to be searched and filtered."""
    yield Counts({title.lower(): len(items) for title, _, items in parts if items})
    columns = (
        Column("root"),
        Column("where", "status"),
        Column("covered by", "status"),
        Column("stores", "word"),
        Column("until", "word"),
        Column("fingerprint", "fingerprint"),
    )
    every = [(title, item) for title, _, items in parts for item in items]
    rows = [
        (
            label(item.subject) or item.fingerprint,
            title.lower(),
            _covered_by(item, against),
            _stores(item),
            iso(item.not_after.date()) if item.not_after else "",
            item.fingerprint,
        )
        for title, item in every
    ]
    details = [
        [
            Facts([(Column("subject"), item.subject), (Column("why"), "; ".join(item.reasons))]),
        ]
        for _, item in every
    ]
    if rows:
        yield Grid(columns, rows, count(len(rows), "root"), details)


def _covered_by(item: ChangedRoot, against: Against) -> str:
    if all(item.fingerprint != each.fingerprint for each in against.only_in_store):
        return ""
    cover = against.covers.get(item.fingerprint)
    if cover is None:
        return "nothing"
    return "re-issue" if cover.certificate is None else "cross-certificate"


def _stores(item: ChangedRoot) -> str:
    known = stores_of(item.facts)
    return f"{sum(state == 'now' for _, state in known)} of {len(known)}" if known else ""


def _headline(against: Against) -> Headline:
    name, store = against.release.firmware, against.store.name
    lacking = len(against.only_in_store)
    refused = sum(each.fingerprint not in against.covers for each in against.only_in_store)
    if not lacking:
        text = (
            " ".join(_lead(against))
            if not against.only_in_release
            else (
                f"{name} trusts all {count(against.in_both, 'root')} of {_called(against.store)}."
            )
        )
        return Headline(text, "accepted", "0", f"roots of {store} lacking")
    text = f"{name} lacks {lacking:,} of {count(against.store.certificates, 'root')} of {store}."
    todo = "Buy servers' certificates under a root that it trusts: `trustlist find --ca NAME`."
    concerns = (
        f"Phones refuse servers whose chain can end only in one of {count(refused, 'root')}."
        if refused
        else "Servers under all of them are accepted all the same."
    )
    status = "refused" if refused else "accepted"
    unit = "root lacking" if lacking == 1 else "roots lacking"
    return Headline(text, status, f"{lacking:,}", unit, todo, concerns)


def _lead(against: Against) -> Iterator[str]:
    name, store = against.release.firmware, against.store
    lacking, more = len(against.only_in_store), len(against.only_in_release)
    if not lacking and not more:
        yield f"{name} trusts exactly the {count(against.in_both, 'root')} of {_called(store)}."
    elif not lacking:
        yield f"{name} trusts all {count(against.in_both, 'root')} of {_called(store)}"
        yield f"and {more:,} more."
    else:
        number = "all" if not against.in_both else f"{lacking:,} of the"
        yield f"{name} lacks {number} {count(store.certificates, 'root')} of {_called(store)}:"
        yield from _servers(against)
        yield f"It trusts {_others(against)}{count(more, 'root')} that {store.name} hasn't."
    others = store.not_self_signed
    if others and store.newest is None:
        yield f"{count(others, 'certificate')} of {store.name} {'is' if others == 1 else 'are'}"
        yield "not self-signed, so no root; `trustlist check` judges chains."


def _servers(against: Against) -> Iterator[str]:
    """Say of how many it accepts servers all the same."""
    lacking = len(against.only_in_store)
    covers = [against.covers.get(each.fingerprint) for each in against.only_in_store]
    again = sum(each is not None and each.certificate is None for each in covers)
    crossed = sum(each is not None and each.certificate is not None for each in covers)
    refused = lacking - again - crossed
    one = "one of them" if lacking > 1 else "it"
    if refused == lacking:
        yield f"phones refuse servers whose chain ends in {one}."
        return
    parts = []
    if refused:
        others = "the other" if refused == 1 else f"one of the other {refused:,}"
        parts.append(f"phones refuse servers whose chain ends in {others}")
    if again:
        verb = "is a re-issue of a root" if again == 1 else "are re-issues of roots"
        parts.append(f"{again:,} {verb} that it trusts (same name and key)")
    if crossed:
        verb = "has a cross-certificate" if crossed == 1 else "have cross-certificates"
        parts.append(f"{crossed:,} {verb} under a root that it trusts, which servers have to send")
    yield f"{'; '.join(reversed(parts))}."


def _covered(item: ChangedRoot, against: Against) -> ChangedRoot:
    """Say of a root how servers under it are accepted all the same."""
    cover = against.covers.get(item.fingerprint)
    if cover is None:
        return item
    if cover.certificate is None:
        reason = f"servers under it are accepted, by {cover.root[:12]}… (same name and key)"
    else:
        name = label(catalogue.subjects().get(cover.root, "")) or cover.root
        reason = (
            f"servers under it are accepted if they send it as issued by {name} "
            f"(SHA-1 {cover.certificate})"
        )
    return replace(item, reasons=[reason, *item.reasons])


def _others(against: Against) -> str:
    return f"the other {against.in_both:,}, and " if against.in_both else ""


def _called(store: Store) -> str:
    if store.newest:
        return f"{store.name} ({store.source}, {iso(store.newest)})"
    return store.source if store.source.startswith(store.name) else store.name
