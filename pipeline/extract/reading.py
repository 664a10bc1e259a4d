"""What readers say, gathered page by page, so that memory holds each row once.

Readers go through a document in step. A row on which they agree is passed on and forgotten; what
they differ on is kept from both until the end, when `compare` tells it apart.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import NamedTuple

from pipeline.extract import faults
from pipeline.extract.compare import compare
from pipeline.extract.document import Digests, Problem, Row
from pipeline.extract.ending import Ending
from pipeline.extract.final_rows import fault
from pipeline.extract.read_pages import Step
from pipeline.extract.witness import Steps


class Reading(NamedTuple):
    """All that was read from a document."""

    rows: list[Row]
    problems: list[Problem]
    pages: int
    title: str
    digests: Digests
    remarks: Sequence[str] = ()


class Part(NamedTuple):
    """Some rows: first those on which two readers agree, then what the two have instead.

    Rows of the only reader are ``rows``.
    """

    agreed: list[Row]
    rows: list[Row]
    others: list[Row]


def alone(reader: Iterable[Step]) -> Iterator[Part | list[Ending]]:
    """Let one reader read a document. Its ending comes last."""
    for item in reader:
        yield [item] if isinstance(item, Ending) else Part([], item, [])


def in_step(steps: Iterable[Steps]) -> Iterator[Part | list[Ending]]:
    """Let two readers read a document. Their endings come last."""
    endings: dict[int, Ending] = {}
    waiting: tuple[list[Row], list[Row]] = ([], [])
    for items in steps:
        for which, item in enumerate(items):
            if isinstance(item, Ending):
                endings[which] = item
            else:
                waiting[which].extend(item or ())
        yield from _parts(*waiting)
    yield Part([], *waiting)
    yield [endings[0], endings[1]]


def _parts(rows: list[Row], others: list[Row]) -> Iterator[Part]:
    """Take what two readers have in common, and pages on which they differ, off what they read."""
    while rows and others:
        pairs = enumerate(zip(rows, others, strict=False))
        count = next((i for i, (row, other) in pairs if row != other), min(len(rows), len(others)))
        yield Part(_taken(rows, count), [], [])
        del others[:count]
        if not (rows and others):
            return
        page = min(rows[0].page, others[0].page)
        if min(rows[-1].page, others[-1].page) == page:
            return  # more of that page may come
        yield Part([], _page(rows, page), _page(others, page))


def _page(rows: list[Row], page: int) -> list[Row]:
    """Take the rows of a page off the front."""
    return _taken(rows, next(i for i, row in enumerate(rows) if row.page != page))


def _taken(rows: list[Row], count: int) -> list[Row]:
    taken = rows[:count]
    del rows[:count]
    return taken


@dataclass(slots=True)
class _Keeper:
    """Makes rows that share what they have in common: a document of many releases repeats it."""

    _texts: dict[str, str] = field(default_factory=dict)

    def kept(self, part: Part) -> Part:
        """The rows of a part."""
        agreed = [self._row(row, agreed=True) for row in part.agreed]
        return Part(agreed, list(map(self._row, part.rows)), list(map(self._row, part.others)))

    def _row(self, row: Row, agreed: bool = False) -> Row:
        release = self._texts.setdefault(row.release, row.release)
        subject = self._texts.setdefault(row.subject, row.subject)
        return replace(row, release=release, subject=subject, agreed=agreed)


def gathered(items: Iterable[Part | list[Ending]]) -> Reading:
    """Put together what one reader says, or two."""
    keeper = _Keeper()
    parts: deque[Part] = deque()
    endings: list[Ending] = []
    for item in items:
        if isinstance(item, Part):
            parts.append(keeper.kept(item))
        else:
            endings = item
    return _compared(parts, *endings) if len(endings) > 1 else _as_is(parts, endings[0])


def _as_is(parts: deque[Part], ending: Ending) -> Reading:
    rows = [ending.row(each) for part in _drained(parts) for each in part.rows]
    sound, faulty = _told_apart(rows, ending)
    return _reading(sound, [*faulty, *ending.problems(rows)], ending)


def _compared(parts: deque[Part], ending: Ending, other: Ending) -> Reading:
    if (ending.release, ending.breaks_words) != (other.release, other.breaks_words):
        # what is printed alike may then be read differently
        parts = deque(map(_as_not_agreed, parts))
    rows: list[Row] = []
    others: list[Row] = []
    for part in _drained(parts):
        rows.extend(map(ending.row, part.agreed))
        rows.extend(map(ending.row, part.rows))
        others.extend(map(other.row, part.others))
    sound, faulty = _told_apart(rows, ending)
    its_sound, its_faulty = _told_apart(others, other)
    seen = chain((row for row in rows if row.agreed), others)
    compared, problems = compare(
        [row for row in sound if not row.agreed],
        [*faulty, *ending.problems(rows)],
        its_sound,
        [*its_faulty, *other.problems(seen)],
    )
    if other.pages != ending.pages:
        text = f"one reader finds {ending.pages} pages, the other {other.pages}"
        hint = "The PDF is damaged: pages may be missing. Download it again."
        problems.append(Problem("readers-disagree", 1, text, hint))
    again = iter(compared)
    sound = [row if row.agreed else next(again) for row in sound]
    return _reading(sound, problems, ending)


def _as_not_agreed(part: Part) -> Part:
    agreed = [replace(row, agreed=False) for row in part.agreed]
    return Part([], [*agreed, *part.rows], [*agreed, *part.others])


def _drained(parts: deque[Part]) -> Iterator[Part]:
    """The parts, each of which is forgotten as soon as it is done with."""
    while parts:
        yield parts.popleft()


def _reading(sound: list[Row], problems: list[Problem], ending: Ending) -> Reading:
    if any(not row.is_label for row in sound):
        problems.extend(faults.unnamed(row) for row in sound if row.is_label)
        sound = [row for row in sound if not row.is_label]
    problems.sort(key=lambda problem: problem.page)
    return Reading(sound, problems, ending.pages, ending.title, ending.account.digests)


def _told_apart(rows: Iterable[Row], ending: Ending) -> tuple[list[Row], list[Problem]]:
    """The rows that are sound, and the problems of those that aren't."""
    sound: list[Row] = []
    problems: list[Problem] = []
    for row in rows:
        if problem := fault(row) or ending.denial(row):
            problems.append(problem)
        else:
            sound.append(row)
    return sound, problems


__all__ = ["Part", "Reading", "Step", "alone", "gathered", "in_step"]
