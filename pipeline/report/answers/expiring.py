"""The report of what runs out soon."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pipeline.questions.expiring import Expiring, ExpiringRoot
from pipeline.report.model import (
    Block,
    Column,
    Grid,
    Headline,
    Metric,
    Paragraph,
    Report,
    TestedCase,
    iso,
)
from pipeline.report.words import count, dated, listed
from pipeline.x509.names import label

_COLUMNS: Final = ("fingerprint", "subject", "not_after", "days_left", "trusted_by")


def report(expiring: Expiring) -> Report:
    """List the roots, soonest first."""
    blocks: list[Block] = [Paragraph(_lead(expiring), is_lead=True)]
    if expiring.unknown:
        roots = count(expiring.unknown, "certificate")
        blocks.append(Paragraph(f"Not known: the end of {roots}, which couldn't be found."))
    if expiring.roots:
        blocks.append(_grid(expiring))
    return Report(
        data=expiring,
        columns=_COLUMNS,
        records=[
            (root.fingerprint, root.subject, root.not_after, _days(root, expiring), _names(root))
            for root in expiring.roots
        ],
        blocks=blocks,
        cases=_cases(expiring),
        metrics=list(_metrics(expiring)),
        headline=_headline(expiring),
        releases=list(expiring.releases),
    )


def _headline(expiring: Expiring) -> Headline:
    lead, roots = _lead(expiring), expiring.roots
    if not roots:
        until = dated(expiring.until.date(), expiring.as_of.date())
        todo = f"Nothing to do before {until}; ask again then, or with a longer --within."
        return Headline(lead, "valid", "0", "roots expire", todo)
    first = roots[0]
    end = dated(first.not_after.date(), expiring.as_of.date())
    return Headline(
        lead,
        "expiring",
        f"{len(roots):,}",
        "root expires" if len(roots) == 1 else "roots expire",
        f"First {label(first.subject) or first.fingerprint}, on {end}: "
        "look for servers whose chain ends in it.",
        f"It is trusted by {_releases(first)}.",
    )


def _releases(root: ExpiringRoot) -> str:
    names = _names(root)
    return listed(names) if len(names) <= 4 else f"{len(names)} releases"


def _cases(expiring: Expiring) -> list[TestedCase]:
    """Give a failure for each root; none is a pass of the whole."""
    if not expiring.roots:
        return [TestedCase(_lead(expiring), "passed")]
    return [
        TestedCase(
            f"{label(root.subject)} ({root.fingerprint})",
            "failed",
            f"expires on {iso(root.not_after.date())}",
            f"Trusted by {listed(_names(root))}.",
        )
        for root in expiring.roots
    ]


def _metrics(expiring: Expiring) -> Iterator[Metric]:
    yield Metric(
        "trustlist_expiring_roots",
        f"Roots that expire by {iso(expiring.until.date())}.",
        (),
        [((), float(len(expiring.roots)))],
    )
    yield Metric(
        "trustlist_root_end_timestamp_seconds",
        "When a root ends that a release trusts.",
        ("product", "firmware", "fingerprint", "subject"),
        [
            (
                (release.product, release.firmware, root.fingerprint, root.subject),
                root.not_after.timestamp(),
            )
            for root in expiring.roots
            for release in root.trusted_by
        ],
    )


def _lead(expiring: Expiring) -> str:
    firmwares = list(dict.fromkeys(release.firmware for release in expiring.releases))
    many = len(firmwares) > 4
    where = f"the {len(firmwares)} releases loaded" if many else listed(firmwares)
    start, end = iso(expiring.as_of.date()), iso(expiring.until.date())
    if not expiring.roots:
        return f"No root of {where} expires from {start} to {end}."
    verb = "expires" if len(expiring.roots) == 1 else "expire"
    return f"{count(len(expiring.roots), 'root')} of {where} {verb} from {start} to {end}."


def _grid(expiring: Expiring) -> Grid:
    columns = [
        Column("until", "word"),
        Column("days left", "number"),
        Column("trusted by"),
        Column("fingerprint", "fingerprint"),
        Column("subject"),
    ]
    rows = [
        [
            iso(root.not_after.date()),
            str(_days(root, expiring)),
            ", ".join(_names(root)),
            root.fingerprint,
            root.subject,
        ]
        for root in expiring.roots
    ]
    if len(expiring.releases) == 1:
        del columns[2]
        for row in rows:
            del row[2]
    return Grid(columns, rows)


def _days(root: ExpiringRoot, expiring: Expiring) -> int:
    return (root.not_after - expiring.as_of).days


def _names(root: ExpiringRoot) -> list[str]:
    return list(dict.fromkeys(release.firmware for release in root.trusted_by))
