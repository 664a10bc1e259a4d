"""The headers of tables: the titles of columns, and the roles that these give."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from math import inf
from typing import Final

from pipeline.extract import trust_words, vocabulary
from pipeline.extract.blocks import Title
from pipeline.extract.chunks import chunk_starts
from pipeline.extract.headings import release_of, releases_side_by_side
from pipeline.extract.page import Line, Page, Word, text_of
from pipeline.extract.settings import SETTINGS
from pipeline.extract.vocabulary import DIGITS, Role

_FEWEST_TITLES: Final = 2
_ENDS_NAME: Final = re.compile(r"\d|\bCA\b")
"""``Subject CA - R2`` is no title, but the end of a name."""


def titles_of(line: Line) -> list[Title]:
    """The titles of columns on a line; none if it is no header of a table.

    A header has at least two titles, or speaks of the subject only, and holds no prose.
    """
    text = line.text
    if "=" in text or text.endswith(":") or len(text) > 200:
        return []
    titles = _titled(line)
    if text.endswith(".") and not (titles and titles[-1].role):
        return []  # prose; ``Serial No.`` is none
    roles = [title.role for title in titles if title.role]
    is_subject = (
        len(line.words) <= 4
        and titles
        and titles[0].role == "subject"
        and not _ENDS_NAME.search(text)
    )
    enough = len(roles) > 1 and 2 * len(roles) > len(titles)
    speaks = bool((DIGITS | {"subject"}) & {*roles})
    return titles if is_subject or (enough and speaks) else []


def stated_titles(page: Page) -> dict[int, list[Title]]:
    """The titles of tables whose headers a document states, by their height on the page."""
    found: dict[int, list[Title]] = defaultdict(list)
    for row in (row for table in page.tagged for row in table.rows):
        filled = [cell for cell in row.cells if cell.words]
        if len(filled) < _FEWEST_TITLES or not all(cell.is_header for cell in filled):
            continue
        for cell in filled:
            for y in dict.fromkeys(round(word.y) for word in cell.words):
                words = [word for word in cell.words if round(word.y) == y]
                text = text_of(words)
                found[y].append(Title(text, words[0].x0, words[-1].x1, _role_of_title(text)))
    return found


def _titled(line: Line) -> list[Title]:
    titles: list[Title] = []
    bounds = [*_starts(line), len(line.words)]
    for begin, end in pairwise(bounds):
        words = [word for word in line.words[begin:end] if word.text != "|"]
        if words:
            titles.extend(_titles_in(words, line.size))
    return titles


def _starts(line: Line) -> list[int]:
    """The words at which a title of another column may begin: where more than a space is before."""
    gaps = [after.x0 - before.x1 for before, after in pairwise(line.words)]
    space = min(gaps, default=0.0)
    if space >= SETTINGS.wide_gutter * line.size:
        return [*range(len(line.words))]  # no title has two words here
    least = max(SETTINGS.space_within * line.size, SETTINGS.usual_gap * space)
    return sorted({*chunk_starts(line), *(at for at, gap in enumerate(gaps, 1) if gap >= least)})


def _titles_in(words: Sequence[Word], size: float) -> list[Title]:
    """The titles of a run of words: one, or several if each is a label and nothing is between.

    Labels with more than a space between them are of several columns, even if they make up another
    label together.
    """
    for at, (before, word) in enumerate(pairwise(words), 1):
        if word.x0 - before.x1 >= SETTINGS.text_gap * size and all(
            vocabulary.role_of(text_of(part)) for part in (words[:at], words[at:])
        ):
            return [*_titles_in(words[:at], size), *_titles_in(words[at:], size)]
    texts = [word.text for word in words]
    whole = " ".join(texts)
    found: list[Title] = []
    at = 0
    while vocabulary.role_of(whole) is None and at < len(texts):
        label = vocabulary.label_at(texts, at)
        if label is None:
            break
        part = words[at : at + label.length]
        text = " ".join(texts[at : at + label.length])
        found.append(Title(text, part[0].x0, part[-1].x1, label.role))
        at += label.length
    if at == len(texts) and len(found) > 1:
        return found
    role = _role_of_title(whole) if len(whole) <= SETTINGS.title_length else None
    return [Title(whole, words[0].x0, words[-1].x1, role)]


def _role_of_title(text: str) -> Role | None:
    return vocabulary.role_of_title(text) or ("status" if trust_words.is_title(text) else None)


def headers_of(
    lines: Sequence[Line],
    rows: Collection[int],
    stated: Mapping[int, Sequence[Title]],
    before: Sequence[Title],
    top: int,
) -> dict[int, list[Title]]:
    """The lines of headers of tables, and the titles on each: ``stated``, or told by words.

    ``before`` are the titles of the table that the page before ends in; ``top`` is the first line
    below what stands on other pages as well.
    """
    found: dict[int, list[Title]] = {}
    for index, line in enumerate(lines):
        low, high = line.words[0].x0, line.words[-1].x1
        if index not in rows and (titles := stated.get(round(line.y))):
            found[index] = [title for title in titles if low <= title.x0 and title.x1 <= high]
            continue
        if index in rows or not (titles := titles_of(line)):
            continue
        if len(titles) == 1 and (
            sum(each.text == line.text for each in lines) > 1 or _has_label_above(lines, index)
        ):
            continue  # a label of each record, or its value
        is_of_row = index == top and before and _may_end_row(lines, index, titles, before)
        if not (is_of_row or _goes_on(lines, index, rows) or _is_whole(found, index - 1, before)):
            found[index] = titles
    for index in list(found):
        for step in (-1, 1):
            at = index + step
            while 0 <= at < len(lines) and at not in rows and at not in found:
                line, near = lines[at], lines[at - step]
                if abs(line.y - near.y) > SETTINGS.header_step * line.size or not _is_of_header(
                    line
                ):
                    break
                if step > 0 and _is_whole(found, at - 1, before):
                    break
                found[at] = _titled(line)
                at += step
    return dict(sorted(found.items()))


def _is_whole(headers: Mapping[int, list[Title]], last: int, before: Sequence[Title]) -> bool:
    """Whether a header that goes as far as a line has all the titles that its table had before."""
    first = last
    while first - 1 in headers:
        first -= 1
    held = merged([headers[index] for index in range(first, last + 1) if index in headers])
    return bool(before) and [each.text for each in held] == [each.text for each in before]


def _may_end_row(
    lines: Sequence[Line], index: int, titles: Sequence[Title], before: Sequence[Title]
) -> bool:
    """Whether a header at the top of a page may rather be the end of a row of the page before.

    A header has the titles that the table had there, or stands apart from what is below.
    """
    known = " ".join(title.text for title in before)
    below = lines[index + 1].y - lines[index].y if index + 1 < len(lines) else inf
    is_apart = below > SETTINGS.label_step * lines[index].size
    return not is_apart and not any(title.text in known for title in titles)


def header_from(headers: Mapping[int, list[Title]], index: int) -> list[list[Title]]:
    """The lines of the header that begins on a line."""
    found: list[list[Title]] = []
    while index in headers:
        found.append(headers[index])
        index += 1
    return found


def merged(rows: Sequence[Sequence[Title]]) -> list[Title]:
    """The titles of a header of several lines: what stands one below the other is one title.

    What stands above several titles, as a heading may, parts none of them from its own column.
    """
    titles: list[Title] = []
    for row in rows:
        below: dict[Title | None, list[Title]] = defaultdict(list)
        for each in row:
            below[next((t for t in titles if t.overlap(each.x0, each.x1) > 0), None)].append(each)
        titles = [
            *(title for title in titles if title not in below),
            *(_joined(above, each, len(held)) for above, held in below.items() for each in held),
        ]
    return sorted(titles, key=lambda title: title.x0)


def _joined(above: Title | None, title: Title, count: int) -> Title:
    """A title with what stands above it and, it may be, above others: ``count`` in all."""
    if above is None:
        return title
    text = f"{above.text} {title.text}"
    if count > 1:
        role = title.role or vocabulary.role_of_title(text) or above.role
        return title._replace(text=text, role=role)
    role = vocabulary.role_of_title(text) or above.role or title.role
    return Title(text, min(above.x0, title.x0), max(above.x1, title.x1), role)


def _goes_on(lines: Sequence[Line], index: int, rows: Collection[int]) -> bool:
    """Whether a line stands right below lines of a row, and so may be of it."""
    while index > 0 and lines[index].is_right_below(lines[index - 1]):
        index -= 1
        if index in rows or "=" in lines[index].text:
            return True
    return False


def _has_label_above(lines: Sequence[Line], index: int) -> bool:
    """Whether a label with a colon stands right above a line."""
    line, above = lines[index], lines[max(index - 1, 0)]
    is_near = line.is_right_below(above)
    return above.text.endswith(":") and is_near and vocabulary.role_of(above.text) is not None


def _is_of_header(line: Line) -> bool:
    """Whether each chunk of a line is a label, or words of one: a further line of a header."""
    if "=" in line.text or vocabulary.heads_removed(line.text):
        return False
    if release_of(line.text) or releases_side_by_side(line):
        return False
    return all(
        title.role is not None or vocabulary.is_word_of_label(title.text) for title in _titled(line)
    )
