"""The report of a second look for certificates."""

from __future__ import annotations

from typing import Final

from pipeline.ingest.enrich_again import Resolution, Unresolved
from pipeline.report.model import Block, Column, Grid, Paragraph, Report, iso
from pipeline.report.words import count

_COLUMNS: Final = ("fingerprint", "subject", "certificate_source", "not_at_crtsh")


def report(resolution: Resolution, *, is_online: bool) -> Report:
    """Count what was found, and list what wasn't. ``is_online``: whether crt.sh was asked."""
    blocks: list[Block] = [Paragraph(_lead(resolution), is_lead=True)]
    if resolution.resolved:
        columns = (Column("found in", "word"), Column("fingerprint", "fingerprint"))
        blocks.append(
            Grid(
                (*columns, Column("subject")),
                [(r.certificate_source, r.fingerprint, r.subject) for r in resolution.resolved],
            )
        )
    if resolution.unresolved:
        blocks.append(
            Grid(
                (Column("not found"), Column("fingerprint", "fingerprint"), Column("subject")),
                [(_where(r, is_online), r.fingerprint, r.subject) for r in resolution.unresolved],
            )
        )
    return Report(
        data=resolution,
        columns=_COLUMNS,
        records=[
            *((r.fingerprint, r.subject, r.certificate_source, None) for r in resolution.resolved),
            *((r.fingerprint, r.subject, None, r.not_at_crtsh) for r in resolution.unresolved),
        ],
        blocks=blocks,
    )


def _lead(resolution: Resolution) -> str:
    found, missing = len(resolution.resolved), len(resolution.unresolved)
    if not found and not missing:
        return "Every row has its certificate."
    wanted = count(found + missing, "certificate")
    if not missing:
        return f"Found {wanted}; every row that was looked at has its own now."
    return f"Found {found} of {wanted}; {missing} still unknown."


def _where(root: Unresolved, is_online: bool) -> str:
    if root.not_at_crtsh:
        return f"crt.sh didn't have it on {iso(root.not_at_crtsh.date())}"
    return "crt.sh didn't answer" if is_online else "crt.sh wasn't asked (--online)"
