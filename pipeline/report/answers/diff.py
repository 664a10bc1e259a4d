"""The report of what changed between two releases, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from pipeline.catalogue.root_programmes import PROGRAMMES
from pipeline.check.answer import Verdict
from pipeline.check.servers import ServerChange
from pipeline.firmware import Firmware, ReleaseId
from pipeline.questions.diff import ChangedRoot, Diff
from pipeline.questions.diff_reasons import Fact
from pipeline.report.model import (
    Block,
    Headline,
    Listing,
    ListingItem,
    Metric,
    Paragraph,
    Report,
    TestedCase,
    iso,
)
from pipeline.report.words import count, listed
from pipeline.x509.names import label

COLUMNS: Final = (
    *("change", "fingerprint", "subject", "not_before", "not_after", "reasons", "known_as"),
)
_MOST_NAMED: Final = 4
"""Roots in a sentence; all that were dropped are listed below it."""


def report(diff: Diff, as_of: date | None = None) -> Report:
    """Say in a few sentences what changed, then list what was removed, added and changed.

    ``as_of`` is the day the question was asked for.
    """
    parts = {"removed": diff.removed, "added": diff.added, "changed": diff.changed}
    titles = {change: change.capitalize() for change in parts}
    blocks: list[Block] = [Paragraph(" ".join(_lead(diff, as_of)), is_lead=True)]
    blocks.extend(map(Paragraph, _servers(diff)))
    blocks.extend(listing(titles[change], items) for change, items in parts.items() if items)
    return Report(
        data=diff,
        columns=COLUMNS,
        records=[record(change, item) for change, items in parts.items() for item in items],
        blocks=blocks,
        cases=cases(parts, f"{diff.old.firmware} and {diff.new.firmware} trust the same roots"),
        metrics=[changes_metric(parts, diff.old.firmware, diff.new.firmware)],
        headline=_headline(diff, as_of),
        releases=list(dict.fromkeys((diff.old, diff.new))),
    )


def _headline(diff: Diff, as_of: date | None) -> Headline:
    text = next(_lead(diff, as_of))
    differs = len(diff.removed) + len(diff.added) + len(diff.changed)
    if not differs:
        return Headline(text, "unchanged", f"{diff.unchanged:,}", "roots in both")
    items = {item.fingerprint: item for item in diff.removed}
    pairs = {each.root: (each.old, each.new) for each in diff.servers if not each.is_cross}
    lost = [items[root] for root, pair in pairs.items() if pair == ("accepted", "refused")]
    unit = "root differs" if differs == 1 else "roots differ"
    if lost:
        todo = f"Before phones move to {_names(diff)[1]}, run `trustlist check` on your servers."
        concerns = f"Servers lose whose chain ends in {_some(lost, diff.as_of, 3)}."
        return Headline(text, "refused", f"{differs:,}", unit, todo, concerns)
    todo = "Run `trustlist check` on your servers: it says what each release makes of them."
    concerns = ""
    if items and all("unknown" not in pairs.get(root, ("unknown",)) for root in items):
        concerns = f"No server that {_names(diff)[0]} accepts needs a root that was dropped."
    return Headline(text, "changed", f"{differs:,}", unit, todo, concerns)


def cases(parts: Mapping[str, Sequence[ChangedRoot]], title: str) -> list[TestedCase]:
    """Give a failure for each root that two lists don't have in common; none is a pass."""
    found = [
        TestedCase(
            f"{change}: {label(item.subject)} ({item.fingerprint})",
            "failed",
            change,
            "; ".join(item.reasons),
        )
        for change, items in parts.items()
        for item in items
    ]
    return found or [TestedCase(title, "passed")]


def changes_metric(parts: Mapping[str, Sequence[ChangedRoot]], old: str, new: str) -> Metric:
    """Count what two lists don't have in common."""
    return Metric(
        "trustlist_diff_roots",
        "Roots that two lists don't have in common.",
        ("old", "new", "change"),
        [((old, new, change), float(len(items))) for change, items in parts.items()],
    )


def listing(title: str, items: Sequence[ChangedRoot]) -> Listing:
    """List roots with the reasons, their number in the title."""
    return Listing(
        f"{title} ({len(items):,})",
        [
            ListingItem(
                each.fingerprint,
                "; ".join(each.reasons),
                each.subject,
                list(_chips(each)),
                stores_of(each.facts),
            )
            for each in items
        ],
    )


_RELATED: Final = {
    "reissued": "re-issue kept",
    "same-key": "same key kept",
    "new-key": "same name, new key",
    "successor": "has a successor",
    "same-organisation": "same organisation",
    "renamed": "printed otherwise",
    "unknown-certificate": "certificate unknown",
}


def _chips(root: ChangedRoot) -> Iterator[tuple[str, str]]:
    """Give the reasons in a few words each."""
    for fact in root.facts:
        if fact.kind == "expired" and fact.day:
            yield f"expired {iso(fact.day)}", "expired"
        elif fact.kind == "valid" and fact.day:
            yield f"valid until {iso(fact.day)}", "valid"
    is_later = any(reason.startswith("successor to") for reason in root.reasons)
    related = _RELATED | ({"successor": "is a successor"} if is_later else {})
    yield from dict.fromkeys(
        (related[fact.kind], "") for fact in root.facts if fact.kind in related
    )
    if stores := stores_of(root.facts):
        number = sum(state == "now" for _, state in stores)
        yield f"in {number} of {len(stores)} stores", "valid" if number else "expired"


def stores_of(facts: Sequence[Fact]) -> list[tuple[str, str]]:
    """Say of each programme's store whether it has a root now; nothing if that isn't known."""
    if not any("store" in fact.kind for fact in facts):
        return []
    states = {"in-store": "now", "left-store": "left"}
    known = {each.programme: states[each.kind] for each in facts if each.kind in states}
    return [(name, known.get(programme, "never")) for programme, name in PROGRAMMES.items()]


def record(change: str, item: ChangedRoot) -> Sequence[object]:
    """Give the values for `COLUMNS`."""
    dates = (item.not_before, item.not_after)
    return change, item.fingerprint, item.subject, *dates, item.reasons, item.known_as


# --- the first paragraph ---------------------------------------------------------------------


def _lead(diff: Diff, as_of: date | None) -> Iterator[str]:
    old, new = _names(diff)
    changes = (("drops", diff.removed), ("adds", diff.added), ("renames", diff.changed))
    deeds = [f"{verb} {len(items):,}" for verb, items in changes if items]
    if diff.old == diff.new:
        yield from _itself(diff.new, diff.unchanged)
        return
    if not deeds:
        yield f"{new} trusts the same {count(diff.unchanged, 'root')} as {old}."
        return
    deeds[0] += " root" if deeds[0].endswith(" 1") else " roots"
    yield f"{new} {listed(deeds)}; {_staying(diff.unchanged)} in {old}."
    if _is_backward(diff):
        yield f"{new} is the older release."
    if diff.removed:
        yield from _validity(diff.removed, diff.as_of, as_of)
        yield from _in_stores(diff.removed)


def _names(diff: Diff) -> tuple[str, str]:
    """Name the two sides, as exactly as it takes to tell them apart."""
    old, new = diff.old, diff.new
    if old.product != new.product:
        return f"{old.firmware} of {old.product}", f"{new.firmware} of {new.product}"
    if old.firmware == new.firmware:
        return f"{old.firmware}@{old.revision}", f"{new.firmware}@{new.revision}"
    return old.firmware, new.firmware


def _itself(release: ReleaseId, roots: int) -> Iterator[str]:
    yield f"{release.firmware} was compared with itself: one list of {count(roots, 'root')}."
    if release.revision > 1:
        yield f"The list before it is {release.firmware}@{release.revision - 1}."


def _is_backward(diff: Diff) -> bool:
    old, new = (Firmware.parse(side.firmware) for side in (diff.old, diff.new))
    return diff.old.product == diff.new.product and (new, diff.new.revision) < (
        old,
        diff.old.revision,
    )


def _staying(unchanged: int) -> str:
    if unchanged > 1:
        return f"{unchanged:,} stay as they were"
    return f"{'1' if unchanged else 'none'} stays as it was"


def _validity(removed: Sequence[ChangedRoot], when: datetime, as_of: date | None) -> Iterator[str]:
    ends = [item.not_after for item in removed if item.not_after and item.not_after < when]
    day = iso(as_of or max(ends).date()) if ends else ""
    if len(ends) == len(removed):
        yield f"{_all(len(removed))} had expired by {day}."
        return
    valid = sum(item.not_after is not None for item in removed) - len(ends)
    if valid == len(removed):
        yield f"{_all(valid)} {'is' if valid == 1 else 'are'} still valid."
        return
    unknown = len(removed) - len(ends) - valid
    parts = [
        *([f"{len(ends):,} had expired by {day}"] if ends else []),
        *([f"{valid:,} {'is' if valid == 1 else 'are'} still valid"] if valid else []),
        *([f"{unknown:,} {'has' if unknown == 1 else 'have'} no known end"] if unknown else []),
    ]
    yield f"Of those dropped, {listed(parts)}."


def _in_stores(removed: Sequence[ChangedRoot]) -> Iterator[str]:
    outside = sum(
        any(fact.kind in ("in-no-store", "never-in-store") for fact in item.facts)
        for item in removed
    )
    if outside == len(removed):
        yield f"{'It is' if outside == 1 else 'They are'} in no store now."
    elif outside:
        yield f"{outside:,} of them {'is' if outside == 1 else 'are'} in no store now."


def _servers(diff: Diff) -> Iterator[str]:
    """Say what becomes of servers, a paragraph for those that fare alike."""
    if said := list(_fates(diff)) if diff.removed else []:
        yield from said[:-1]
        yield f"{said[-1]} `trustlist check` tells of yours."


def _fates(diff: Diff) -> Iterator[str]:
    """Tell first of the servers that lose, last of those that nobody accepts."""
    old, new = _names(diff)
    items = {item.fingerprint: item for item in diff.removed}
    own: dict[tuple[Verdict, Verdict], list[ChangedRoot]] = {}
    crosses: dict[tuple[Verdict, Verdict], list[ServerChange]] = {}
    for each in diff.servers:
        if each.is_cross:
            crosses.setdefault((each.old, each.new), []).append(each)
        else:
            own.setdefault((each.old, each.new), []).append(items[each.root])
    is_one = len(items) == 1
    if lost := own.get(("accepted", "refused")):
        where = "there" if is_one else "in one of them"
        yield f"Servers whose chain ends {where} must change: {_some(lost, diff.as_of)}."
    if cut_off := crosses.get(("accepted", "refused")):
        yield f"{new} refuses servers that send {_sent(cut_off)}; {old} accepts them."
    if helped := crosses.get(("refused", "accepted")):
        why = _why(helped, diff)
        yield f"{old} refuses servers that send {_sent(helped)}; {new} accepts them, since {why}."
    if gained := own.get(("refused", "accepted")):
        ends = _some(gained, diff.as_of)
        yield f"{new} accepts servers whose chain ends in {ends}; {old} doesn't."
    if replaced := own.get(("accepted", "accepted")):
        labels = listed(list(map(_named, replaced)))
        yield f"Trusted still, by a certificate of the same name and key: {labels}."
    if refused := own.get(("refused", "refused")):
        yield f"Both refuse a chain that can end nowhere else than in {_some(refused, diff.as_of)}."
    told = {item.fingerprint for items in own.values() for item in items}
    unsaid = [item for item in diff.removed if item.fingerprint not in told]
    unsaid += [item for pair, items in own.items() if "unknown" in pair for item in items]
    if unsaid:
        yield f"What that means for servers isn't known of {_some(unsaid, diff.as_of)}."


def _sent(crosses: Sequence[ServerChange]) -> str:
    """Name cross-certificates: ``USERTrust RSA … as issued by AddTrust …``."""
    by_issuer: dict[str, list[str]] = {}
    for each in crosses:
        by_issuer.setdefault(label(each.issuer), []).append(label(each.subject))
    return listed(
        [
            f"{_any_of(list(dict.fromkeys(subjects)))} as issued by {issuer}"
            for issuer, subjects in by_issuer.items()
        ]
    )


def _any_of(names: Sequence[str]) -> str:
    most, last = names[:-1], names[-1]
    return f"{', '.join(most)} or {last}" if most else last


def _why(accepted: Sequence[ServerChange], diff: Diff) -> str:
    added = {item.fingerprint for item in diff.added}
    names = list(dict.fromkeys(label(each.subject) for each in accepted))
    which = f"{names[0]} is" if len(names) == 1 else "those roots are"
    return f"{which} {'trusted there' if any(e.through in added for e in accepted) else 'kept'}"


def _some(roots: Sequence[ChangedRoot], when: datetime, most: int = _MOST_NAMED) -> str:
    """Name roots: those still valid, then the latest expired; and how many more there are."""
    ordered = sorted(
        roots,
        key=lambda item: (item.not_after is not None, item.not_after or when),
        reverse=True,
    )
    named = list(dict.fromkeys(map(_named, ordered)))[:most]
    unnamed = sum(_named(item) not in named for item in ordered)
    return listed([*named, *([f"{unnamed:,} more"] if unnamed else [])])


def _named(item: ChangedRoot) -> str:
    name = label(item.subject) or item.fingerprint
    return f"{name} ({item.known_as})" if item.known_as else name


def _all(number: int) -> str:
    return {1: "It", 2: "Both"}.get(number, f"All {number:,}")
