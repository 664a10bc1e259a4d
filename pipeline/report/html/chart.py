"""Where the parts of a chart go, in per cent of its width or height."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from pipeline.report.model import Bar, Bars, DrawnPath, Paths, PathStep, Span, Steps, Timeline, iso

_MOST_YEARS: Final = 11
_MOST_MONTHS: Final = 7
"""Ticks for which there is room on a telephone; months have longer names."""
_STEPS: Final = (1, 3, 6, 12, 24, 60, 120, 300, 600, 1200, 6000, 12_000)
"""Months from tick to tick."""
_FIRST: Final = datetime.min.replace(tzinfo=UTC)
_LAST: Final = datetime.max.replace(tzinfo=UTC)
_FORESIGHT: Final = timedelta(days=50 * 365)
"""A chart ends so long after its last mark: some certificates end in the year 9999."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the chart, ``at`` per cent from the left."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class ChartPiece:
    """Where the bar of a span is, ``at`` per cent from the left, and its time in words."""

    span: Span
    at: float
    width: float
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A timeline, laid out."""

    ticks: Sequence[Tick]
    marks: Sequence[Tick]
    pieces: Sequence[ChartPiece]
    statuses: Mapping[str, int]


def chart(timeline: Timeline) -> Chart:
    """Lay out a timeline."""
    start, end = _range(timeline)

    def at(time: datetime) -> float:
        share = (min(max(time, start), end) - start) / (end - start)
        return round(100 * share, 2)

    return Chart(
        [Tick(at(time), label) for time, label in _ticks(start, end)],
        [Tick(at(mark.at), f"{mark.label} {iso(mark.at.date())}") for mark in timeline.marks],
        [_piece(span, at(span.start or start), at(span.end or end)) for span in timeline.spans],
        Counter(span.status for span in timeline.spans),
    )


def _piece(span: Span, left: float, right: float) -> ChartPiece:
    return ChartPiece(span, left, round(max(right - left, 0), 2), _words(span))


def _words(span: Span) -> str:
    start, end = (iso(at.date()) if at else "" for at in (span.start, span.end))
    if start and end:
        return f"{start} – {end}"
    if start or end:
        return f"from {start}" if start else f"until {end}"
    return span.remark or span.status


def _range(timeline: Timeline) -> tuple[datetime, datetime]:
    marks = [mark.at for mark in timeline.marks]
    starts = [span.start for span in timeline.spans if span.start]
    ends = [span.end for span in timeline.spans if span.end]
    times = [*marks, *starts, *ends]
    if not times:
        now = datetime.now(UTC)
        return now, now + timedelta(days=1)
    start, end = min(times), max(times)
    latest = max(marks) if marks else max(starts, default=end)
    if end - latest > _FORESIGHT:
        end = latest + _FORESIGHT
    room = max((end - start) / 50, timedelta(days=1))
    return max(start, _FIRST + room) - room, min(end, _LAST - room) + room


def _ticks(start: datetime, end: datetime) -> Iterator[tuple[datetime, str]]:
    """Give round days between two times, and what to call each."""
    first, last = start.year * 12 + start.month, end.year * 12 + end.month - 1
    by_step = ((step, range(-(-first // step) * step, last + 1, step)) for step in _STEPS)
    step, months = next((step, months) for step, months in by_step if len(months) <= _most(step))
    for month in months:
        time = datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)
        yield time, f"{time:%Y}" if step >= 12 else f"{time:%Y-%m}"


def _most(step: int) -> int:
    return _MOST_MONTHS if step < 12 else _MOST_YEARS


# --- paths ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StepBar:
    """A step of a path with the place of its validity, per cent from the left, and in words."""

    step: PathStep
    at: float
    width: float
    words: str


@dataclass(frozen=True, slots=True)
class PathChart:
    """Paths with a bar under each step, all on one scale; ``today`` is the place of the day."""

    paths: Sequence[tuple[DrawnPath, Sequence[StepBar]]]
    today: float


def paths(block: Paths) -> PathChart:
    """Lay out paths."""
    steps = [step for path in block.paths for step in path.steps]
    times = [block.at, *(t for step in steps for t in (step.start, step.end) if t)]
    first, last = min(times), max(times)
    if last <= first:
        last = first + timedelta(days=1)

    def at(time: datetime) -> float:
        return round(100 * ((time - first) / (last - first)), 2)

    def bar(step: PathStep) -> StepBar:
        left, right = at(step.start or first), at(step.end or first)
        ends = (iso(each.date()) if each else "" for each in (step.start, step.end))
        return StepBar(step, left, round(max(right - left, 0), 2), " – ".join(filter(None, ends)))

    drawn = [(path, [bar(step) for step in path.steps]) for path in block.paths]
    return PathChart(drawn, at(block.at))


# --- bars ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BarPart:
    """A part of a column, ``at`` per cent from the top."""

    status: str
    number: int
    at: float
    height: float


@dataclass(frozen=True, slots=True)
class ColumnOfParts:
    """A bar, from the top down."""

    label: str
    total: int
    parts: Sequence[BarPart]


def columns(bars: Bars) -> list[ColumnOfParts]:
    """Lay out a bar chart; the highest bar is 100 per cent."""
    most = max((sum(bar.numbers.values()) for bar in bars.bars), default=0) or 1
    return [_column(bar, most) for bar in bars.bars]


def _column(bar: Bar, most: int) -> ColumnOfParts:
    total = sum(bar.numbers.values())
    parts = []
    left = total
    for status, number in bar.numbers.items():
        top, height = 100 * (most - left) / most, 100 * number / most
        parts.append(BarPart(status, number, round(top, 2), round(height, 2)))
        left -= number
    return ColumnOfParts(bar.label, total, parts)


# --- steps -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which a number stays the same: its place from the left and the top, per cent."""

    at: float
    width: float
    top: float
    number: int
    words: str


@dataclass(frozen=True, slots=True)
class StepChart:
    """A number over time, laid out."""

    ticks: Sequence[Tick]
    stretches: Sequence[Stretch]


def steps(block: Steps) -> StepChart:
    """Lay out a number that changes; its highest possible value is 100 per cent."""
    starts = [at for at, _ in block.points]
    start, end = starts[0], block.end

    def at(time: datetime) -> float:
        return round(100 * ((time - start) / (end - start)), 2)

    ticks = [Tick(at(time), label) for time, label in _ticks(start, end) if start <= time <= end]
    stretches = [
        Stretch(
            at(begins),
            round(at(ends) - at(begins), 2),
            round(100 - 100 * number / (block.most or 1), 2),
            number,
            f"from {iso(begins.date())}: {number:,} of {block.most:,} {block.unit}",
        )
        for (begins, number), ends in zip(block.points, [*starts[1:], end], strict=True)
    ]
    return StepChart(ticks, stretches)
