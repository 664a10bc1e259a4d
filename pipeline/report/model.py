"""What an answer is turned into before it is written: one form that every format reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, TypeVar, overload

if TYPE_CHECKING:
    from pipeline.firmware import ReleaseId
    from pipeline.questions.snapshots import SnapshotInfo

T = TypeVar("T")

Kind = Literal["text", "word", "number", "status", "mark", "fingerprint"]
"""Only text may take several lines; a mark is ``yes`` or a dash."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences."""

    text: str
    is_lead: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a grid. ``kind`` says how its values may be shown."""

    title: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows with a value for each column; the last column takes the room that is left.

    The rest is for pages: a title; in ``details``, if given, the blocks that each row opens to, of
    which a search looks at the first; in ``keys`` a name for each row, to link to it.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    title: str = ""
    details: Sequence[Sequence[PageBlock]] = ()
    keys: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ListingItem:
    """A certificate and what there is to say of it.

    The rest is for pages: in ``chips`` what matters most in a few words, each with a status; in
    ``stores`` for each root programme whether it has the root (``now``, ``left``, ``never``).
    """

    fingerprint: str
    remark: str
    subject: str
    chips: Sequence[tuple[str, str]] = ()
    stores: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """Items under a title."""

    title: str
    items: Sequence[ListingItem]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and what belongs to each."""

    pairs: Sequence[tuple[Column, str]]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A bar of a timeline: from ``start`` to ``end`` (UTC), open where one is None.

    If both are, there is no such time, or it isn't known: the remark or else the status says which.
    ``status`` chooses the colour, as a status in a grid does; ``remark`` says it in words. ``key``
    is that of the row in a grid on the same page, if one has more about it.
    """

    label: str
    start: datetime | None
    end: datetime | None
    status: str
    remark: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class DayMark:
    """A day that a timeline marks across all bars, such as today."""

    label: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Timeline:
    """When each of some things holds, a bar each: lines of text, or a chart in HTML."""

    title: str
    spans: Sequence[Span]
    marks: Sequence[DayMark] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are of each status, to be seen at a glance."""

    numbers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a bar chart, with its height by status."""

    label: str
    numbers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar chart."""

    title: str
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True)
class Links:
    """Texts that lead to other pages of the same site, with their addresses; and what they are."""

    label: str
    links: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Card:
    """Something to do: a title, a number to be seen at a glance with what it counts, and a text.

    On a site it may lead to ``address``.
    """

    title: str
    number: str
    unit: str
    text: str
    status: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Cards:
    """Things to do, the best first."""

    title: str
    cards: Sequence[Card]


@dataclass(frozen=True, slots=True)
class Steps:
    """A number that changes at times, as a chart: from each of ``points`` on it is so much.

    ``most`` is the height of the chart, ``unit`` what is counted, ``end`` where the chart ends.
    """

    title: str
    points: Sequence[tuple[datetime, int]]
    most: int
    unit: str
    end: datetime


class MadeLater(Sequence[T]):
    """Values that are made when they are first looked at: not every format needs them."""

    def __init__(self, make: Callable[[], Iterable[T]]) -> None:
        self._make = make

    @cached_property
    def _values(self) -> Sequence[T]:
        return list(self._make())

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return self._values[index]

    def __len__(self) -> int:
        return len(self._values)


@dataclass(frozen=True, slots=True)
class PathStep:
    """A certificate of a path that is drawn, and where it comes from.

    ``start`` and ``end`` (UTC) are its validity, None where it isn't known; ``status`` is that of
    the day asked for, ``fault`` why the path breaks there, if it does.
    """

    name: str
    origin: str
    start: datetime | None
    end: datetime | None
    status: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class DrawnPath:
    """A path as one way of building comes to it, the server's certificate first."""

    title: str
    status: str
    steps: Sequence[PathStep]


@dataclass(frozen=True, slots=True)
class Paths:
    """Paths side by side, and the day for which they are."""

    title: str
    paths: Sequence[DrawnPath]
    at: datetime


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A text to copy as it stands, line by line."""

    text: str


@dataclass(frozen=True, slots=True)
class Fold:
    """Blocks that are seen when their title is opened."""

    summary: str
    blocks: Sequence[PageBlock]


@dataclass(frozen=True, slots=True)
class FormField:
    """Something to fill in; a choice has ``choices``, each a value and what is shown."""

    name: str
    label: str
    kind: Literal["line", "text", "file", "files", "day", "choice"] = "line"
    value: str = ""
    choices: Sequence[tuple[str, str]] = ()
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A question that a site takes; what it ``sends`` goes in the body of the request."""

    title: str
    action: str
    fields: Sequence[FormField]
    button: str
    sends: bool = False
    hidden: Sequence[tuple[str, str]] = ()


Block = Paragraph | Grid | Listing | Facts | Timeline
PageBlock = Block | Counts | Bars | Links | Steps | Cards | Form | Paths | Fold | Verbatim
"""What a page can show; but for cards, none of the others says anything that blocks don't."""

FACT_COLUMNS: Final = (Column("what", "word"), Column("value"))
"""The columns of facts that are shown as a grid."""

SPAN_COLUMNS: Final = (
    Column("status", "status"),
    Column("from", "word"),
    Column("until", "word"),
    Column("what"),
    Column("remark"),
)
"""The columns of a timeline that is shown as a grid."""


def fact_rows(facts: Facts) -> Sequence[Sequence[str]]:
    """Give the values for `FACT_COLUMNS`."""
    return [(column.title, value) for column, value in facts.pairs]


def span_row(span: Span) -> Sequence[str]:
    """Give a bar's values for `SPAN_COLUMNS`."""
    start, end = (iso(at) if at else "" for at in (span.start, span.end))
    return span.status, start, end, span.label, span.remark


CaseOutcome = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class TestedCase:
    """A case of a test, for continuous integration: its name, how it ended, and why."""

    name: str
    outcome: CaseOutcome
    message: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something that a rule finds in a file or of a server, as code scanning has it.

    ``level`` is ``none`` of what passes; ``source`` names the file or server.
    """

    rule: str
    level: Literal["error", "warning", "note", "none"]
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Metric:
    """A number to watch over time, as Prometheus has it: name, help, names and values of labels."""

    name: str
    help: str
    labels: Sequence[str]
    samples: Sequence[tuple[Sequence[str], float]]


@dataclass(frozen=True, slots=True)
class Headline:
    """An answer at a glance, to be read before anything else.

    ``text`` is the answer in a sentence or two, ``status`` how good it is: it chooses the sign and
    the colour. ``number`` is the one that matters, of ``unit``. ``todo`` is the first thing to do,
    ``concerns`` says whom or what it is about.
    """

    text: str
    status: str
    number: str = ""
    unit: str = ""
    todo: str = ""
    concerns: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """An answer in the three shapes that formats need.

    ``data`` (dataclasses and plain values) is for programs, ``columns`` and ``records`` are for
    spreadsheets, ``blocks`` for people, the answer first. ``page``, if given, is what a page shows
    in their stead: it has room for more. ``cases``, ``metrics`` and ``diagnostics`` are for the
    commands that have them. Nothing in it is escaped: that is for the format to do, which alone
    knows what is dangerous in it. ``headline`` is the answer at a glance; ``releases``
    are those it is about, and ``lists`` their snapshots, for formats that name the documents.
    """

    data: object
    columns: Sequence[str]
    records: Sequence[Sequence[object]]
    blocks: Sequence[Block]
    page: Sequence[PageBlock] = ()
    cases: Sequence[TestedCase] = ()
    metrics: Sequence[Metric] = ()
    headline: Headline | None = None
    releases: Sequence[ReleaseId] | Literal["all"] = ()
    lists: Sequence[SnapshotInfo] = ()
    diagnostics: Sequence[Diagnostic] = ()


def iso(value: date) -> str:
    """Write a day as ``2020-05-30``, a time (which is UTC) as ``2020-05-30T10:48:38Z``."""
    if not isinstance(value, datetime):
        return value.isoformat()
    # strftime's %Y has no leading zeros on Linux
    return value.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
