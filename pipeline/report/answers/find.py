"""The report of a root whole, or of several in a line each."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Final

from pipeline import catalogue
from pipeline.catalogue.nearest import nearest
from pipeline.catalogue.root_programmes import PROGRAMMES
from pipeline.questions.find import Found, FoundRoot, KnownCross, Trust, Twin
from pipeline.questions.trust_list import status_of
from pipeline.report.model import (
    Block,
    Column,
    DayMark,
    Facts,
    Fold,
    Grid,
    Headline,
    PageBlock,
    Paragraph,
    Report,
    Span,
    Timeline,
    Verbatim,
    iso,
)
from pipeline.report.words import count, dated, key, listed, relative
from pipeline.x509.names import label

_NOT_IN_CSV: Final = {"releases", "programmes", "twins", "cross_certificates"}


def report(found: Found) -> Report:
    """Show one root with all that is known of it, or list several."""
    columns = [field.name for field in fields(FoundRoot) if field.name not in _NOT_IN_CSV]
    return Report(
        data=found,
        columns=[*columns, "trusted_by", "present_in"],
        records=[
            (
                *(getattr(root, column) for column in columns),
                _spans(root),
                [stay.programme for stay in root.programmes if stay.present_now],
            )
            for root in found.roots
        ],
        blocks=_blocks(found),
        page=list(_page(found)),
        headline=_headline(found),
        releases="all",
    )


def _page(found: Found) -> Iterator[PageBlock]:
    """Show of one root when it was valid and in which stores, too, and its certificate to copy."""
    blocks = _blocks(found)
    yield from blocks[:1]
    for root in found.roots if len(found.roots) == 1 else ():
        yield _life(root, found.as_of)
    yield from blocks[1:]
    for root in found.roots if len(found.roots) == 1 else ():
        for der in catalogue.find([root.identity]).values():
            body = "\n".join(textwrap.wrap(base64.b64encode(der).decode(), 64))
            pem = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----"
            yield Fold("The certificate (PEM)", [Verbatim(pem)])


def _life(root: FoundRoot, when: datetime) -> Timeline:
    """Draw a root's life on one line of time: its validity, its twins', and stores that have it."""
    spans = []
    if root.not_before and root.not_after:
        spans.append(Span("validity", root.not_before, root.not_after, root.status))
    others: list[tuple[str, KnownCross | Twin]] = [
        *((f"as issued by {label(each.issuer_subject)}", each) for each in root.cross_certificates),
        *((f"twin {each.fingerprint[:12]}…", each) for each in root.twins),
    ]
    spans += (
        Span(name, each.not_before, each.not_after, status_of(each.not_after, when))
        for name, each in others
    )
    spans += (
        Span(
            f"in store: {PROGRAMMES[stay.programme]}",
            _start(stay.first_seen),
            None if stay.present_now else _start(stay.last_seen),
            "in store" if stay.present_now else "left",
        )
        for stay in root.programmes
    )
    trusted = listed([f"{_span(each)} ({each.product})" for each in root.releases])
    title = "Its life" + (f"; trusted by {trusted}" if trusted else "; trusted by none loaded")
    return Timeline(title, spans, [DayMark("today", when)])


def _start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _headline(found: Found) -> Headline:
    match found.roots:
        case []:
            return Headline(_none(found), "unknown", "0", "roots found")
        case [root]:
            return _headline_of(root, found)
        case roots:
            lead = _several(found)
            return Headline(lead, "several", f"{len(roots):,}", "roots found")


def _headline_of(root: FoundRoot, found: Found) -> Headline:
    today = found.as_of.date()
    latest = [each for each in root.releases if each.in_latest]
    number, unit = "", ""
    if root.not_after:
        days = (root.not_after - found.as_of).days
        number, unit = (f"{days:,}", "days left") if days >= 0 else ("expired", "")
        unit = unit or relative(root.not_after.date(), today)
    if root.status == "expired":
        todo = "Servers need a chain that ends in another root: `trustlist check CHAIN.pem` tells."
    elif latest:
        todo = "Servers under it can be used for these phones: `trustlist check CHAIN.pem` proves."
    elif root.releases:
        todo = "The newest release has dropped it: move servers to another root before an upgrade."
    else:
        todo = "No loaded release trusts it: `trustlist check CHAIN.pem` says what helps a server."
    concerns = _standing(root) if found.newest_bundles else ""
    if root.not_after and root.status != "expired":
        concerns = f"Valid until {dated(root.not_after.date(), today)}. {concerns}".strip()
    status = "removed" if root.releases and not latest else root.status if latest else "unknown"
    if root.status == "expired":
        status = "expired"
    return Headline(_lead(root, found.as_of), status, number, unit, todo, concerns)


def _blocks(found: Found) -> list[Block]:
    match found.roots:
        case []:
            return [Paragraph(_none(found), is_lead=True)]
        case [root]:
            lead, *rest = _whole(root, found)
            missing = [Paragraph(_missing(found), is_lead=True)] if found.not_found else []
            return [lead, *missing, *rest]
        case roots:
            return [Paragraph(_several(found), is_lead=True), _list(roots)]


def _several(found: Found) -> str:
    lead = f"{count(len(found.roots), 'root')} found; give more of a name or fingerprint for one."
    return f"{lead} {_missing(found)}" if found.not_found else lead


def _missing(found: Found) -> str:
    return f"None has {listed(found.not_found)} in its name or fingerprint."


def _none(found: Found) -> str:
    hint = nearest(found.text)
    what = f"No root has {found.text} in its name, or at the beginning of its fingerprint."
    return f"{what} {hint}." if hint else what


def _list(roots: Sequence[FoundRoot]) -> Grid:
    columns = (
        Column("status", "status"),
        Column("until", "word"),
        Column("trusted by"),
        Column("fingerprint", "fingerprint"),
        Column("subject"),
    )
    rows = [
        (
            root.status,
            _day(root.not_after),
            "; ".join(_spans(root)) or "no loaded release",
            root.identity,
            root.subject,
        )
        for root in roots
    ]
    return Grid(columns, rows)


def _spans(root: FoundRoot) -> list[str]:
    """Name the first and the last release of each product; the product, too, if there are more."""
    many = len(root.releases) > 1
    return [_span(each) + (f" ({each.product})" if many else "") for each in root.releases]


def _span(trust: Trust) -> str:
    first, last = trust.first_firmware, trust.last_firmware
    return first if first == last else f"{first} to {last}"


def _day(time: datetime | None) -> str:
    return iso(time.date()) if time else ""


# --- one root --------------------------------------------------------------------------------


def _whole(root: FoundRoot, found: Found) -> Iterator[Block]:
    yield Paragraph(_lead(root, found.as_of), is_lead=True)
    yield Facts(list(_facts(root)))
    if root.releases:
        yield _releases(root.releases)
    if root.twins:
        yield _twins(root)
    if root.cross_certificates:
        yield _crosses(root)
    if found.newest_bundles:
        yield Paragraph(_standing(root))
    if root.programmes:
        yield _programmes(root)


def _lead(root: FoundRoot, when: datetime) -> str:
    name = label(root.subject) or root.identity
    many = len(root.releases) > 1
    trusts = [
        f"{_trusted(trust)} ({trust.product})" if many else _trusted(trust)
        for trust in root.releases
    ]
    trusted = listed(trusts) or "in no loaded release"
    return f"{name} is {trusted}. {_validity(root, when)}{_by_others(root, when)}"


def _by_others(root: FoundRoot, when: datetime) -> str:
    """Say that what it issues is trusted all the same, by a twin or a cross-certificate."""
    if any(each.in_latest for each in root.releases):
        return ""
    text = ""
    for twin in root.twins:
        if twin.releases and when < twin.not_after:
            trusted = listed([_trusted(each) for each in twin.releases])
            text += f" Its twin {twin.fingerprint} (same name and key) is {trusted}."
    by_issuer = {
        label(each.issuer_subject): each
        for each in root.cross_certificates
        if any(trust.in_latest for trust in each.releases) and when < each.not_after
    }
    if by_issuer:
        text += (
            f" As issued by {listed(list(by_issuer))} it leads to a trusted root, if servers send "
            "that certificate."
        )
    return text


def _trusted(trust: Trust) -> str:
    """Say since when and until when; the first and last release loaded are no limits."""
    first, last = trust.first_firmware, trust.last_firmware
    if first == last == trust.latest_firmware and not trust.before_first:
        text = f"trusted by {first}, the only release loaded"
    elif trust.in_latest and trust.before_first:
        text = f"trusted since {first} (not by {trust.before_first}, loaded before it)"
    elif trust.in_latest:
        text = f"trusted by all releases from {first}, the oldest loaded, to {last}"
    else:
        start = f"from {first} to {last}" if first != last else f"by {first}"
        text = f"trusted {start}, but no more by {trust.latest_firmware}, the newest loaded"
    if trust.missing:
        text = text.replace("by all releases from", "from")
        text += f", yet not by {listed(trust.missing)}"
    return text


def _validity(root: FoundRoot, when: datetime) -> str:
    if root.not_before is None or root.not_after is None:
        return "Its certificate is not known: run `trustlist enrich --online` to look for it."
    if root.status == "expired":
        return f"It expired on {_day(root.not_after)}."
    if root.not_before > when:
        return f"It is valid only from {_day(root.not_before)} to {_day(root.not_after)}."
    return f"It is valid until {_day(root.not_after)}."


def _facts(root: FoundRoot) -> Iterator[tuple[Column, str]]:
    yield Column("subject"), root.subject
    if called := catalogue.nicknames().get(root.fingerprint):
        yield Column("also called"), "; ".join(dict.fromkeys(called))
    if root.issuer not in (None, root.subject):
        yield Column("issuer"), root.issuer or ""
    yield Column("status", "status"), root.status
    if root.not_before and root.not_after:
        yield Column("valid from"), iso(root.not_before)
        yield Column("valid until"), iso(root.not_after)
    if root.fingerprint:
        yield Column("SHA-1", "fingerprint"), root.fingerprint
    if root.fingerprint_sha256:
        yield Column("SHA-256", "fingerprint"), root.fingerprint_sha256
    if root.spki_sha256:
        yield Column("SHA-256 of the key"), root.spki_sha256
    if root.serial_number:
        yield Column("serial number"), root.serial_number
    if root.key_type:
        yield Column("key"), key(root.key_type, root.key_bits, is_weak=root.weak_key)
    if root.signature_algorithm:
        yield Column("signature"), _signature(root)
    if root.certificate_source:
        yield Column("certificate from"), _source(root)


def _signature(root: FoundRoot) -> str:
    if root.self_signed:
        note = f"; {root.broken_digest} is no weakness there" if root.broken_digest else ""
        return f"{root.signature_algorithm}, self-signed{note}"
    note = f"; {root.broken_digest} is weak" if root.broken_digest else ""
    return f"{root.signature_algorithm}, not self-signed{note}"


def _source(root: FoundRoot) -> str:
    lenient = "; strict parsers refuse it" if root.parser == "asn1crypto" else ""
    return f"{root.certificate_source}{lenient}"


def _releases(trusts: Sequence[Trust]) -> Grid:
    columns = (
        Column("first", "word"),
        Column("last", "word"),
        Column("in the newest", "word"),
        Column("product"),
    )
    rows = [
        (
            trust.first_firmware,
            trust.last_firmware,
            f"{'yes' if trust.in_latest else 'no'}, {trust.latest_firmware}",
            trust.product,
        )
        for trust in trusts
    ]
    return Grid(columns, rows)


def _twins(root: FoundRoot) -> Grid:
    columns = (
        Column("twin of the same name and key", "fingerprint"),
        Column("until", "word"),
        Column("trusted by"),
    )
    rows = [
        (each.fingerprint, _day(each.not_after), _all_spans(each.releases)) for each in root.twins
    ]
    return Grid(columns, rows)


def _crosses(root: FoundRoot) -> Grid:
    columns = (
        Column("cross-certificate, SHA-256", "fingerprint"),
        Column("until", "word"),
        Column("issuer trusted by"),
        Column("issued by"),
    )
    rows = [
        (
            each.fingerprint_sha256,
            _day(each.not_after),
            _all_spans(each.releases),
            label(each.issuer_subject),
        )
        for each in root.cross_certificates
    ]
    return Grid(columns, rows)


def _all_spans(releases: Sequence[Trust]) -> str:
    many = len(releases) > 1
    spans = [_span(each) + (f" ({each.product})" if many else "") for each in releases]
    return "; ".join(spans) or "no loaded release"


def _standing(root: FoundRoot) -> str:
    present = [PROGRAMMES[stay.programme] for stay in root.programmes if stay.present_now]
    if present:
        return f"In store now: {listed(present)}."
    if root.programmes:
        return "In no store now."
    return "Never seen in any store."


def _programmes(root: FoundRoot) -> Grid:
    columns = (
        Column("programme", "word"),
        Column("in store", "word"),
        Column("first seen", "word"),
        Column("last seen", "word"),
        Column("last seen in"),
    )
    rows = [
        (
            PROGRAMMES[stay.programme],
            "now" if stay.present_now else "left",
            iso(stay.first_seen),
            iso(stay.last_seen),
            stay.last_source,
        )
        for stay in root.programmes
    ]
    return Grid(columns, rows)
