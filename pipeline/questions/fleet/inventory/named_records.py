"""Records of named values -> batches, whether they come from JSON or XML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from pipeline.questions.fleet.inventory import titles
from pipeline.questions.fleet.inventory.batch import SIZE, Batch, Unusable
from pipeline.questions.fleet.inventory.titles import Field

Record = tuple[int, Mapping[str, str]]
"""A line or number, counted from 1, and the values by their names."""


def batches(
    records: Iterator[Record | Unusable], source: str, chosen: Mapping[Field, str]
) -> Iterator[Batch]:
    """Give the records, batch by batch.

    Raises:
        DocumentError, UsageError: as `titles.missing` says of all names in the first batch.
    """
    known: dict[tuple[str, ...], dict[Field, str]] = {}
    is_first = True
    while chunk := list(islice(records, SIZE)):
        lines: list[int] = []
        values: dict[Field, list[str]] = {each: [] for each in titles.TITLES}
        unusable: list[Unusable] = []
        for record in chunk:
            if isinstance(record, Unusable):
                unusable.append(record)
                continue
            line, by_name = record
            keys = tuple(by_name)
            if keys not in known:
                places = titles.find(keys, chosen)
                known[keys] = {each: keys[place] for each, place in places.items()}
            fields = known[keys]
            if not ("name" in fields and by_name[fields["name"]].strip()):
                unusable.append(Unusable(line, line, "it names no device"))
                continue
            lines.append(line)
            for each, column in values.items():
                column.append(by_name[fields[each]].strip() if each in fields else "")
        if is_first:
            _look_at(known, source, chosen)
            is_first = False
        yield Batch(lines, values, unusable)


def _look_at(
    known: Mapping[tuple[str, ...], Mapping[Field, str]], source: str, chosen: Mapping[Field, str]
) -> None:
    names = list(dict.fromkeys(key for keys in known for key in keys))
    wrong = titles.missing(source, names, titles.find(names, chosen), chosen)
    if wrong and names:
        raise wrong
