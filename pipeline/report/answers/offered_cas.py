"""The report of whether to buy from a CA."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pipeline import catalogue
from pipeline.questions.ca_offers import Ca, CaOffers, CaRoot
from pipeline.report.model import Block, Column, Grid, Paragraph, Report, iso
from pipeline.report.words import count, every, listed
from pipeline.x509.names import label

_COLUMNS: Final = (
    *("ca", "advice", "issues_to", "fingerprint", "subject", "not_after", "flaw", "trusted_by"),
    *("if_sent", "cross_certificate", "through"),
)
_TO: Final = {
    "anyone": "It issues to anyone.",
    "region": "It issues mostly in its own country or region.",
    "customers": "It issues only to customers of its other services.",
    "nobody": "It issues no certificates for TLS servers any more.",
    "unknown": "",
}


def report(offers: CaOffers) -> Report:
    """Answer yes or no for each CA; then list its roots, with what speaks against each."""
    records = [
        (ca.name, ca.advice, ca.issues_to, *_values(root)) for ca in offers.cas for root in ca.roots
    ]
    return Report(offers, _COLUMNS, records, list(_blocks(offers)))


def _values(root: CaRoot) -> tuple[object, ...]:
    return (
        root.fingerprint,
        root.subject,
        root.not_after,
        root.flaw,
        root.trusted_by,
        root.if_sent,
        root.cross_certificate,
        root.through,
    )


def _blocks(offers: CaOffers) -> Iterator[Block]:
    if not offers.cas:
        yield Paragraph(f"No CA that is known here has {offers.text} in its name.", is_lead=True)
        return
    for ca in offers.cas:
        yield Paragraph(_lead(ca, offers.releases), is_lead=True)
    for ca in offers.cas:
        yield _roots(ca, len(offers.releases))


def _lead(ca: Ca, releases: Sequence[str]) -> str:
    asked = len(releases)
    whom = f"{releases[0]} trusts" if asked == 1 else f"{every(asked, 'release')} trust"
    sound = [root for root in ca.roots if not root.flaw]
    best = [root for root in sound if len(root.trusted_by) == max(len(r.trusted_by) for r in sound)]
    names = listed([label(root.subject) for root in best[:3]])
    if ca.advice == "yes":
        end = min(root.not_after for root in best)
        text = f"{ca.name}: yes, {whom} {names}, until {end:%Y-%m-%d} at least."
        if len(best[0].trusted_by) < asked:
            text = f"{ca.name}: yes, each of the {asked} releases trusts one of its roots."
    elif ca.advice == "some":
        text = f"{ca.name}: not for all, {ca.trusting} of {count(asked, 'release')} trust {names}."
    else:
        text = f"{ca.name}: no."
        if not sound:
            text += " Something speaks against each of its roots."
        elif not ca.trusting:
            text += " None of the releases trusts a root of it."
    sent = [root for root in sound if root.if_sent and root.through]
    if sent and ca.advice != "no":
        text += (
            f" Of what it issues under {listed([label(r.subject) for r in sent[:3]])}"
            f"{' and others' if len(sent) > 3 else ''}, servers have to send the "
            "cross-certificate, too."
        )
    return f"{text} {_TO[ca.issues_to]}".strip()


def _roots(ca: Ca, asked: int) -> Grid:
    columns = (
        Column("trusted by", "word"),
        Column("until", "word"),
        Column("fingerprint", "fingerprint"),
        Column("root"),
        Column("remark"),
    )
    rows = [
        (
            f"{len(root.trusted_by)} of {asked}",
            iso(root.not_after.date()),
            root.fingerprint,
            label(root.subject),
            _remark(root),
        )
        for root in ca.roots
    ]
    return Grid(columns, rows, ca.name)


def _remark(root: CaRoot) -> str:
    if root.flaw:
        return root.flaw
    if root.through and root.if_sent:
        issuer = label(catalogue.subjects().get(root.through, "")) or root.through
        return (
            f"{len(root.if_sent)} more if servers send it as issued by {issuer} "
            f"(SHA-1 {root.cross_certificate})"
        )
    return ""
