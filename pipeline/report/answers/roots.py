"""Roots as a page shows them: when each is valid, how many expire by year, and a table of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pipeline.catalogue.root_programmes import PROGRAMMES, Stay, is_in_a_browser
from pipeline.moment import moment
from pipeline.questions.show import TrustListRow
from pipeline.questions.snapshots import SnapshotInfo
from pipeline.report.model import (
    Bar,
    Bars,
    Column,
    DayMark,
    Facts,
    Grid,
    PageBlock,
    Paragraph,
    Span,
    Timeline,
    iso,
)
from pipeline.report.words import count, key
from pipeline.x509.names import label

_MOST_YEARS: Final = 60
"""Empty years are shown, too, unless there were more bars than this."""


@dataclass(frozen=True)
class PageRoot:
    """A root on a page. ``change`` and ``why`` say what happened to it, if that is the question.

    ``places`` names the documents that print it, and where. ``stays`` is None if only the
    programmes that have it now are known.
    """

    row: TrustListRow
    places: Sequence[tuple[str, str]]
    stays: Sequence[Stay] | None = None
    change: str = ""
    why: str = ""

    @property
    def look(self) -> str:
        """What a chart shows it as."""
        return self.change or self.row.status

    @property
    def name(self) -> str:
        """What a person calls it."""
        return label(self.row.subject or self.row.subject_printed) or self.row.identity


def place(row: TrustListRow, snapshot: SnapshotInfo) -> str:
    """Say where a row is printed."""
    return f"page {row.page}, row {row.position} of {snapshot.document}"


def blocks(roots: Sequence[PageRoot], as_of: datetime, *, knows_stores: bool) -> list[PageBlock]:
    """Show all roots; ``as_of`` is the time their status is of."""
    if not roots:
        return []
    return [_timeline(roots, as_of), _years(roots), _grid(roots, knows_stores)]


def _timeline(roots: Sequence[PageRoot], as_of: datetime) -> Timeline:
    today = moment(None)
    marks = [DayMark("today", today)]
    if as_of.date() != today.date():
        marks.append(DayMark("as of", as_of))
    order = {change: at for at, change in enumerate(dict.fromkeys(root.change for root in roots))}
    by_end = sorted(roots, key=lambda root: (order[root.change], _end(root.row), root.name))
    spans = [
        Span(
            root.name,
            root.row.not_before,
            root.row.not_after,
            root.look,
            "" if root.row.not_after else "not known",
            root.row.identity,
        )
        for root in by_end
    ]
    return Timeline("When each root is valid", spans, marks)


def _end(row: TrustListRow) -> str:
    return iso(row.not_after) if row.not_after else ""


def _years(roots: Sequence[PageRoot]) -> Bars:
    years = Counter(root.row.not_after.year for root in roots if root.row.not_after)
    shown = sorted(years)
    if years and shown[-1] - shown[0] < _MOST_YEARS:
        shown = list(range(shown[0], shown[-1] + 1))
    looks = list(dict.fromkeys(root.look for root in roots))
    numbers = Counter((root.row.not_after.year, root.look) for root in roots if root.row.not_after)
    bars = [
        Bar(str(year), {look: numbers[year, look] for look in looks if numbers[year, look]})
        for year in shown
    ]
    return Bars("Roots that expire, by year", bars)


# --- the table -------------------------------------------------------------------------------


_COLUMNS: Final[Sequence[tuple[Column, Callable[[PageRoot], str]]]] = (
    (Column("root"), lambda root: root.name),
    (Column("change", "status"), lambda root: root.change),
    (Column("status", "status"), lambda root: root.row.status),
    (Column("until", "word"), lambda root: _day(root.row.not_after)),
    (Column("evidence", "status"), lambda root: root.row.evidence),
    (
        Column("in browsers", "status"),
        lambda root: "yes" if is_in_a_browser(root.row.present_in) else "no",
    ),
    (Column("fingerprint", "fingerprint"), lambda root: root.row.identity),
)


def _grid(roots: Sequence[PageRoot], knows_stores: bool) -> Grid:
    """Make a line of each root; the evidence has a column only if some aren't proven."""
    is_asked = {
        "change": bool(roots[0].change),
        "evidence": any(root.row.evidence != "proven" for root in roots),
        "in browsers": knows_stores,
    }
    shown = [each for each in _COLUMNS if is_asked.get(each[0].title, True)]
    return Grid(
        [column for column, _ in shown],
        [[value(root) for _, value in shown] for root in roots],
        title=count(len(roots), "root"),
        details=[_details(root, knows_stores) for root in roots],
        keys=[root.row.identity for root in roots],
    )


def _day(time: datetime | None) -> str:
    return iso(time.date()) if time else ""


def _details(root: PageRoot, knows_stores: bool) -> list[PageBlock]:
    details: list[PageBlock] = [Facts(list(_names(root.row))), Facts(list(_facts(root)))]
    if root.stays:
        details.append(Facts([_stay(stay) for stay in root.stays], "Stores"))
    elif root.stays is not None and knows_stores:
        details.append(Paragraph("Never seen in any store."))
    return details


def _names(row: TrustListRow) -> Iterator[tuple[Column, str]]:
    """Give what it can be found by."""
    yield Column("subject"), row.subject
    if row.subject_printed != row.subject:
        yield Column("printed as"), row.subject_printed
    if row.issuer not in (None, row.subject):
        yield Column("issuer"), row.issuer or ""
    if row.fingerprint:
        yield Column("SHA-1", "fingerprint"), row.fingerprint
    if row.fingerprint_sha256:
        yield Column("SHA-256", "fingerprint"), row.fingerprint_sha256
    if row.serial_number:
        yield Column("serial number"), row.serial_number


def _facts(root: PageRoot) -> Iterator[tuple[Column, str]]:
    row = root.row
    if root.why:
        yield Column("why"), root.why
    if row.not_before and row.not_after:
        yield Column("valid"), f"{iso(row.not_before)} to {iso(row.not_after)}"
    if row.key_type:
        yield Column("key"), key(row.key_type, row.key_bits, is_weak=row.weak_key)
    if row.signature_algorithm:
        yield Column("signature"), row.signature_algorithm
    source = f", certificate from {row.certificate_source}" if row.certificate_source else ""
    yield Column("evidence"), f"{row.evidence}{source}"
    for release, place in root.places:
        yield Column(f"printed in {release}"), place
    if root.stays is None and row.present_in:
        yield Column("in store now"), ", ".join(PROGRAMMES[each] for each in row.present_in)


def _stay(stay: Stay) -> tuple[Column, str]:
    span = f"first seen {iso(stay.first_seen)}, last {iso(stay.last_seen)} ({stay.last_source})"
    return Column(
        PROGRAMMES[stay.programme]
    ), f"in store now, {span}" if stay.present_now else f"left, {span}"
