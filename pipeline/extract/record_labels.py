"""Records whose labels have a column of their own: each label before the first line of its value.

Where cells are level in the middle, or at the foot, lines of a value stand above its label. Which
do is told by all records of a page: lines are dealt out to labels in the one way that fits them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, chain, compress, pairwise
from typing import Final, Literal, NamedTuple

from pipeline.extract import vocabulary
from pipeline.extract.page import Line, Word, text_of
from pipeline.extract.settings import SETTINGS

_Level = Literal["top", "middle", "bottom"]
_LEVELS: Final[tuple[_Level, ...]] = ("top", "middle", "bottom")
_FEWEST: Final = 2
"""Fewer values below each other may be so by chance."""
_MOST_LINES: Final = 40
"""Of one field."""
_Kind = Literal["both", "label", "value"]


class _Part(NamedTuple):
    """A line of a record: its words in the column of labels, and in that of values."""

    label: list[Word]
    value: list[Word]

    @property
    def kind(self) -> _Kind:
        """What it has."""
        return "label" if not self.value else "value" if not self.label else "both"


class _Record(NamedTuple):
    """Lines that follow on each other as those of a text do, from the ``first`` on."""

    first: int
    parts: list[_Part]

    @property
    def labels(self) -> str:
        """All its labels."""
        return text_of(word for part in self.parts for word in part.label)

    @property
    def is_marked(self) -> bool:
        """Whether a colon, or the like, ends each label."""
        return any(part.kind == "both" and _ends_label(part.label) for part in self.parts)


def with_labels_first(lines: list[Line]) -> list[Line]:
    """The lines of a page; labels of records stand before the first lines of their values."""
    records = [record for record in _runs(lines) if record]
    lists = _lists(records)
    ways = {
        level: [_fields(record, level, lists.get(record.labels)) for record in records]
        for level in _LEVELS
    }
    whole = _are_whole(records)
    fitting = [level for level in _LEVELS if all(compress(ways[level], whole))]
    if not records or not fitting or (fitting[0] != "top" and len(fitting) > 1):
        return lines
    found: list[Line] = []
    at = 0
    for record, fields in zip(records, ways[fitting[0]], strict=True):
        if not fields:
            continue
        found.extend(lines[at : record.first])
        for field in fields:
            own = lines[record.first + field.start : record.first + field.stop]
            found.extend(_set(own, record.parts[field.start : field.stop]))
        at = record.first + len(record.parts)
    return [*found, *lines[at:]]


def _lists(records: Sequence[_Record]) -> dict[str, list[str]]:
    """The labels of records that have each on one line, beside its value, by their whole text.

    They tell which lines are one label in records that break them. The same text may be that of
    records that break a label as they do its value: those with fewest labels count.
    """
    found: dict[str, list[str]] = {}
    for record in records:
        if not all(part.kind == "both" for part in record.parts):
            continue
        labels = [text_of(part.label) for part in record.parts]
        is_known = sum(vocabulary.role_of(label) is not None for label in labels) >= _FEWEST
        if is_known and len(labels) < len(found.get(record.labels, [*labels, ""])):
            found[record.labels] = labels
    return found


def _are_whole(records: Sequence[_Record]) -> list[bool]:
    """Which records have all their lines: a page break may part the first of a page, and the last.

    One that has all labels of another is whole.
    """
    inner = {record.labels for record in records[1:-1]}
    edges = (0, len(records) - 1)
    return [
        not inner or at not in edges or record.labels in inner for at, record in enumerate(records)
    ]


def _runs(lines: Sequence[Line]) -> Iterator[_Record | None]:
    """The lines that are of records, run by run."""
    steps = [below.y - above.y for above, below in pairwise(lines)]
    whole = [
        round(step, 1)
        for step, line in zip(steps, lines, strict=False)
        if SETTINGS.amid_step * line.size <= step <= SETTINGS.label_step * line.size
    ]
    pitch = Counter(whole).most_common(1)[0][0] if whole else 0.0
    cuts = [at for at, step in enumerate(steps, 1) if step > SETTINGS.text_step * pitch]
    for begin, end in pairwise([0, *cuts, len(lines)]):
        yield _record(lines[begin:end], begin)


def _record(lines: Sequence[Line], first: int) -> _Record | None:
    """A run of lines as a record, if each has its words in a column of labels and one of values."""
    firsts = [line.words[0].x0 for line in lines]
    left = min(firsts, default=0.0)
    # labels of two lines may have none with their values, of one line or three
    edges = Counter(round(x0) for x0 in firsts if x0 - left >= SETTINGS.same_edge)
    for line in lines:
        if not vocabulary.may_begin_label(line.words[0].text):
            continue
        label = vocabulary.label_at([word.text for word in line.words])
        if label and label.length < len(line.words):
            edges[round(line.words[label.length].x0)] += 1
    edge = edges.most_common(1)[0][0] if edges else 0
    count = sum(n for x0, n in edges.items() if abs(x0 - edge) < SETTINGS.same_edge)
    if count < _FEWEST or left > edge - SETTINGS.same_edge:
        return None
    parts: list[_Part] = []
    for line in lines:
        words = line.words
        begin = next((at for at, word in enumerate(words) if word.x1 > edge), len(words))
        if begin > 0 and abs(words[0].x0 - left) >= SETTINGS.same_edge:
            return None
        if begin < len(words) and abs(words[begin].x0 - edge) >= SETTINGS.same_edge:
            return None
        parts.append(_Part(words[:begin], words[begin:]))
    return _Record(first, parts)


def _fields(
    record: _Record, level: _Level, labels: Sequence[str] | None = None
) -> list[range] | None:
    """The lines of each field, if there is one way to deal them out.

    ``labels`` are those of the record, if another one tells.
    """
    count = len(record.parts)
    kinds = [part.kind for part in record.parts]
    is_label = _is_labelled if labels is None else _spans(record, labels)
    ways = [*[0] * count, 1]  # to deal out the lines from each one on: 2 are several
    ends = [count]  # those from which on there is a way
    fields: dict[int, range] = {}
    for at in reversed(range(count)):
        for end in reversed(ends):
            if end - at > _MOST_LINES:
                break
            if _is_level(kinds[at:end], level) and is_label(record, at, end):
                ways[at] = min(ways[at] + ways[end], 2)
                fields[at] = range(at, end)
        if ways[at]:
            ends.append(at)
    if ways[0] != 1:
        return None
    found, at = [], 0
    while at < count:
        found.append(fields[at])
        at = fields[at].stop
    return found


def _is_level(kinds: Sequence[_Kind], level: _Level) -> bool:
    """Whether lines may be those of one field, by where labels and values stand in it."""
    labels, values = len(kinds) - kinds.count("value"), len(kinds) - kinds.count("label")
    return labels > 0 and kinds == _kinds_of(labels, values, level)


@lru_cache(maxsize=1024)
def _kinds_of(labels: int, values: int, level: _Level) -> list[_Kind]:
    """What each line has of a label and a value of so many lines.

    Where one has an odd number more than the other, lines level in the middle stand between.
    """
    most, share = max(labels, values), _LEVELS.index(level)
    of_label, of_value = (
        {share * (most - count) + 2 * line for line in range(count)}  # in halves of a line
        for count in (labels, values)
    )
    return [
        "value" if at not in of_label else "label" if at not in of_value else "both"
        for at in sorted(of_label | of_value)
    ]


def _spans(record: _Record, labels: Sequence[str]) -> Callable[[_Record, int, int], bool]:
    """Tells whether the labels on some lines of a record are just one of these."""
    ends = [0, *accumulate(len(label.split()) for label in labels)]
    before = [0, *accumulate(len(part.label) for part in record.parts)]
    spans = set(pairwise(ends))
    return lambda _, at, end: (before[at], before[end]) in spans


def _is_labelled(record: _Record, at: int, end: int) -> bool:
    """Whether the words in the column of labels, on some lines of a record, are just one label.

    What is in brackets ends one. What nobody knows is one by its mark, beside its value. Lines of a
    label are told from labels by that mark, or by fewer lines that are beside them.
    """
    parts = record.parts[at:end]
    lines = [part.label for part in parts if part.label]
    if lines[0][0].text[0] in "([":
        return False
    is_known = vocabulary.role_of(text_of(chain(*lines))) is not None
    is_pair = len(parts) == 1 and parts[0].kind == "both"
    if not (is_known or is_pair):
        return False
    if not record.is_marked:
        return is_known and (len(lines) == 1 or sum(bool(part.value) for part in parts) == 1)
    ends = [_ends_label(line) for line in lines]
    return not any(ends[:-1]) and ends[-1]


def _ends_label(words: Sequence[Word]) -> bool:
    return words[-1].text[-1] in vocabulary.COLON


def _set(lines: Sequence[Line], parts: Sequence[_Part]) -> Iterator[Line]:
    """The lines of a field, the label before the first of its value."""
    label = [word for part in parts for word in part.label]
    values = [(line, part.value) for line, part in zip(lines, parts, strict=True) if part.value]
    if not values:
        yield from lines
        return
    for at, (line, value) in enumerate(values):
        words = value if at else [*(word._replace(y=value[0].y) for word in label), *value]
        yield line if words == line.words else Line(words, value[0].y, line.size)


__all__ = ["with_labels_first"]
