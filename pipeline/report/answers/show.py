"""The report of what a release trusts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, fields
from typing import Final

from pipeline.catalogue.root_programmes import BROWSERS, LEAST_RSA_BITS
from pipeline.questions.show import TrustList, TrustListRow
from pipeline.questions.trust_list import Status
from pipeline.report.answers import roots
from pipeline.report.answers.roots import PageRoot, place
from pipeline.report.model import (
    Block,
    Column,
    Counts,
    Grid,
    Headline,
    PageBlock,
    Paragraph,
    Report,
    iso,
)
from pipeline.report.words import count, dated, listed, typed
from pipeline.x509.names import label

_VERBS: Final[dict[Status, tuple[str, str]]] = {
    "expired": ("has expired", "have expired"),
    "expiring": ("expires within a year", "expire within a year"),
    "valid": ("is valid for longer", "are valid for longer"),
    "unknown": ("is of an unknown certificate", "are of unknown certificates"),
}


def report(trust_list: TrustList) -> Report:
    """Show the rows in the order of the document, and before them what there is to know of all."""
    rows = trust_list.rows
    head: list[Block] = [
        Paragraph(_lead(trust_list), is_lead=True),
        Paragraph(_standing(trust_list)),
        Paragraph(_source(trust_list)),
    ]
    head.extend(problems(trust_list))
    return Report(
        data=trust_list,
        columns=[field.name for field in fields(TrustListRow)],
        records=[astuple(row) for row in rows],
        blocks=[*head, _grid(rows)] if rows else head,
        page=[*head, *_page(trust_list)],
        headline=_headline(trust_list),
        releases=[trust_list.snapshot.id],
    )


def _headline(trust_list: TrustList) -> Headline:
    counts = trust_list.counts
    bad: tuple[Status, ...] = ("expired", "expiring", "unknown")
    status: Status = next((each for each in bad if counts.get(each)), "valid")
    today = trust_list.as_of.date()
    ends = [
        (row.not_after, label(row.subject) or row.identity)
        for row in trust_list.rows
        if row.not_after and row.not_after >= trust_list.as_of
    ]
    concerns = ""
    if ends:
        end, name = min(ends)
        concerns = f"The next to expire is {name}, on {dated(end.date(), today)}."
    command = typed("check", "CHAIN.pem", "--firmware", trust_list.snapshot.firmware)
    todo = f"Run {command} on servers"
    return Headline(
        _lead(trust_list),
        status,
        f"{counts.get(status, 0):,}",
        f"of {count(trust_list.snapshot.entries, 'root')} {status}",
        f"{todo}: an expired root in this list can make phones refuse them."
        if status == "expired"
        else f"{todo} to see whether phones accept them.",
        concerns,
    )


def _page(trust_list: TrustList) -> Iterator[PageBlock]:
    rows, snapshot = trust_list.rows, trust_list.snapshot
    yield Counts({status: number for status, number in trust_list.counts.items() if number})
    shown = [PageRoot(row, [(snapshot.firmware, place(row, snapshot))]) for row in rows]
    yield from roots.blocks(
        shown, trust_list.as_of, knows_stores=trust_list.in_no_browser is not None
    )


def _lead(trust_list: TrustList) -> str:
    snapshot, day = trust_list.snapshot, iso(trust_list.as_of.date())
    parts = [
        f"{number:,} {_VERBS[status][number != 1]}"
        for status, number in trust_list.counts.items()
        if number
    ]
    return (
        f"{snapshot.firmware} trusts {count(snapshot.entries, 'root')}. On {day}, {listed(parts)}."
    )


def _standing(trust_list: TrustList) -> str:
    """Say how strong the keys are, and whether a browser still has the roots."""
    keys = f"{count(trust_list.weak_keys, 'weak key')} (RSA under {LEAST_RSA_BITS} bits)"
    bundles = trust_list.newest_bundles
    newest = [bundles[programme] for programme in BROWSERS if programme in bundles]
    if trust_list.in_no_browser is None or not newest:
        return f"{keys}."
    roots = f"{count(trust_list.in_no_browser, 'root')} not in browsers now"
    return f"{keys}; {roots} (bundles of {iso(min(newest))} to {iso(max(newest))})."


def _source(trust_list: TrustList) -> str:
    snapshot, shown = trust_list.snapshot, len(trust_list.rows)
    origin = (
        f"Revision {snapshot.revision}, from {snapshot.document} "
        f"({count(snapshot.pages, 'page')}), loaded {iso(snapshot.ingested_at.date())}."
    )
    return origin if shown == snapshot.entries else f"{origin} Shown: {count(shown, 'root')}."


def problems(trust_list: TrustList) -> Iterator[Block]:
    """List the problems that were accepted with its document, if there were any."""
    if not trust_list.problems:
        return
    number = count(len(trust_list.problems), "problem")
    yield Paragraph(
        f"{trust_list.snapshot.document} was loaded without what couldn't be read or believed in "
        f"it, so roots may be missing here: {number}."
    )
    yield Grid(
        (Column("page", "number"), Column("problem", "word"), Column("what")),
        [
            (str(each.page), each.kind, f"{each.text} ({each.hint})" if each.hint else each.text)
            for each in trust_list.problems
        ],
    )


def _grid(rows: Sequence[TrustListRow]) -> Grid:
    """Make a line of each row; the evidence has a column only if some aren't proven."""
    columns = [
        Column("status", "status"),
        Column("until", "word"),
        Column("evidence", "word"),
        Column("fingerprint", "fingerprint"),
        Column("subject"),
    ]
    cells = [
        [
            row.status,
            iso(row.not_after.date()) if row.not_after else "",
            row.evidence,
            row.identity,
            row.subject or row.subject_printed,
        ]
        for row in rows
    ]
    if all(row.evidence == "proven" for row in rows):
        del columns[2]
        for cell in cells:
            del cell[2]
    return Grid(columns, cells)
