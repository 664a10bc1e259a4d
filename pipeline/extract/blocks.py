"""Pages -> blocks: the lines that may be of rows, stacked into one strip without page breaks.

Headings, headers of tables, running headers and footers are told apart first; each line keeps
the section that it stands in. What a page break or the foot of a column parts is then together
again: a layout reads a `Block` as if the document were one long page.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from math import inf
from typing import Final, NamedTuple

from pipeline import firmware
from pipeline.extract import trust_words, vocabulary
from pipeline.extract.cells import cells_of
from pipeline.extract.fingerprints import (
    SHA1,
    SHA256,
    SHORTEST,
    TYPES_OF_DIGITS,
    Fingerprint,
    Piece,
    digits_of,
    pieces_of,
)
from pipeline.extract.page import Line, Page, Ruling, Word
from pipeline.extract.settings import SETTINGS
from pipeline.extract.tokens import (
    Label,
    Spots,
    Token,
    Tokens,
    begins_name,
    chunk_starts,
    is_date,
    tokens_of,
    with_labels_parted,
)
from pipeline.extract.vocabulary import Role

_FEWEST_TITLES: Final = 2
_PAGE_NUMBER: Final = re.compile(
    r"(?:page|seite|p\.)?\s*[-–—]?\s*\d+\s*(?:[-–—]|(?:of|/|von)\s*\d+)?", re.IGNORECASE
)
_DIGIT: Final = re.compile(r"\d")
_LETTER: Final = re.compile(r"(?<![^\s\-–—([])[^\W\d_](?![^\s\-–—:.)\]])")
"""A letter that stands by itself, such as that of a part of an alphabetic list."""
_VALUE: Final = re.compile(r"=\s?(\w)")


class Section(NamedTuple):
    """What the heading above some rows says: their release, or that they are not trusted.

    ``page`` and ``y`` tell where the heading stands. It ``is_shared`` if headings of several
    releases stand side by side: nothing tells which of them a row is under.
    """

    release: str = ""
    removed: str = ""
    size: float = 0.0
    number: int = 0
    page: int = 0
    y: float = 0.0
    is_shared: bool = False


NO_SECTION: Final = Section()
"""Above the first heading."""


class Title(NamedTuple):
    """The title of a column, where it stands, and the role it gives the column."""

    text: str
    x0: float
    x1: float
    role: Role | None


@dataclass
class Placed(Line):
    """A line of a strip: ``y`` is its place in the strip, its words are where the page has them.

    ``shift`` is how far to the left a column of text was moved. A ``cut`` line goes on with
    nothing that is above it. ``titles`` are those of the table that it stands in.
    """

    page: int = 0
    section: Section = NO_SECTION
    shift: float = 0.0
    cut: bool = False
    titles: tuple[Title, ...] = ()

    def level(self, at: int) -> float:
        """The baseline of a word in the strip: digits may be set lower than the text by them."""
        return self.y + self.words[at].y - self.words[0].y


class Edge(NamedTuple):
    """The left edge of a column: of which section and column of text, and where."""

    section: int
    shift: float
    x0: int


@dataclass(slots=True)
class Block:
    """A strip of lines to read, with all that was found out about it before.

    A layout reads the lines of the ``span``; ``cuts`` are those at which something new begins.
    ``roles`` are those of digits that were asked for.
    ``scanned`` are the pages that OCR read; ``numbers`` are the columns that hold digits of several
    lengths, which are numbers.
    """

    lines: list[Placed]
    tokens: Tokens
    size: float
    span: range
    cuts: list[int] = field(default_factory=list)
    spots: Spots = field(default_factory=dict)
    roles: dict[Fingerprint, Role | None] = field(default_factory=dict)
    titles: list[Title] = field(default_factory=list)
    scanned: frozenset[int] = frozenset()
    numbers: frozenset[Edge] = frozenset()

    def __post_init__(self) -> None:
        tables = dict.fromkeys(self.lines[index].titles for index in self.span)
        self.titles = list(dict.fromkeys(title for titles in tables for title in titles))

    def within(self, span: range) -> Block:
        """The same lines, of which only some are to be read."""
        return replace(self, span=span)

    @property
    def digits(self) -> list[Fingerprint]:
        """The digits that begin on the lines to be read."""
        return [digits for digits in self.tokens.digits if digits.line in self.span]

    def sections(self, *, by_column: bool) -> list[range]:
        """The lines to be read, parted at the cuts, or also where a column of text begins."""
        cuts = {*self.cuts}
        if by_column:
            places = [(line.page, line.shift) for line in self.lines]
            cuts.update(at for at, (a, b) in enumerate(pairwise(places), 1) if a != b)
        bounds = [self.span.start, *sorted(c for c in cuts if c in self.span), self.span.stop]
        return [range(begin, end) for begin, end in pairwise(bounds) if end > begin]

    def title_role(self, x0: float, x1: float, line: int | None = None) -> Role | None:
        """The role of a column with these edges, by the title that overlaps it most.

        It is a title of the table that the ``line`` stands in, or of any.
        """
        title = self._title(x0, x1, line)
        return title.role if title else None

    def title_of(self, x0: float, x1: float, line: int) -> str:
        """The title itself, or ``""``."""
        title = self._title(x0, x1, line)
        return title.text if title else ""

    def _title(self, x0: float, x1: float, line: int | None) -> Title | None:
        titles = self.titles if line is None else self.lines[line].titles
        best = max(titles, key=lambda t: _overlap(t, x0, x1), default=None)
        return best if best and _overlap(best, x0, x1) > 0 else None

    def free(self, index: int) -> list[int]:
        """The words of a line that are no digits of a fingerprint."""
        owner = self.tokens.owner
        return [w for w in range(len(self.lines[index].words)) if (index, w) not in owner]


def _overlap(title: Title, x0: float, x1: float) -> float:
    return min(title.x1, x1) - max(title.x0, x0)


def block_of(
    lines: list[Placed],
    pages: Mapping[int, Page] | None = None,
    *,
    has_md5: bool = False,
    alone: Counter[tuple[str, int]] | None = None,
    numbers: frozenset[Edge] = frozenset(),
) -> Block:
    """A block of some lines; ``pages`` hold what documents state of the cells of their tables.

    With ``has_md5``, the document is known to print MD5 digests beside SHA-1; ``alone`` counts the
    labels with a line to themselves on the pages before, ``numbers`` are columns of numbers there.
    """
    lines = _with_types_whole(lines)
    cuts = [
        i
        for i, (above, line) in enumerate(pairwise(lines), 1)
        if line.cut or line.section.number != above.section.number
    ]
    sizes = Counter(round(line.size, 1) for line in lines)
    size = sizes.most_common(1)[0][0] if sizes else 10.0
    spots = cells_of(lines, pages or {})
    tokens = tokens_of(lines, spots, has_md5=has_md5, alone=alone)
    scanned = frozenset(n for n, page in pages.items() if page.is_scanned) if pages else frozenset()
    block = Block(lines, tokens, size, range(len(lines)), cuts, spots, scanned=scanned)
    _mark_numbers(block, numbers)
    return block


def _mark_numbers(block: Block, known: frozenset[Edge]) -> None:
    """Mark the digits of columns that nothing announces, and whose lengths differ: of numbers.

    They stand beside a column of digests, which have one length; a misprint is a digit or two.
    """
    columns: dict[Edge, list[Fingerprint]] = defaultdict(list)
    for digits in block.tokens.digits:
        line = block.lines[digits.line]
        if digits.role is None and not block.title_of(digits.x0, digits.x1, digits.line):
            edge = Edge(line.section.number, line.shift, round(digits.x0))
            columns[edge].append(digits)
    most: Counter[tuple[int, float]] = Counter()
    for edge, held in columns.items():
        if all(map(_is_sha1, held[:-1])):  # a page break may part the last one
            most[edge[:2]] = max(most[edge[:2]], len(held))
    others = {
        edge
        for edge, held in columns.items()
        if most[edge[:2]] >= len(held)
        and sum(map(_is_no_digest, held)) >= max(2, SETTINGS.number_lengths * len(held))
    }
    block.numbers = frozenset(others | known)
    for edge in block.numbers & columns.keys():
        for digits in columns[edge]:
            digits.role = "serial"


def _is_no_digest(digits: Fingerprint) -> bool:
    count = len(digits.digits)
    return min(abs(count - SHA1), abs(count - SHA256)) > SETTINGS.misprint


def _is_sha1(digits: Fingerprint) -> bool:
    return digits.is_sound and len(digits.digits) == SHA1


def _with_types_whole(lines: list[Placed]) -> list[Placed]:
    """The lines; a type that ends one right behind digits has its sign: ``… 62 AD C`` / ``= SE``.

    Without it, ``C`` is one digit more.
    """
    found = list(lines)
    for at, (above, line) in enumerate(pairwise(lines)):
        *before, last = found[at].words
        if line.words[0].text != "=" or len(line.words) == 1 or not before:
            continue
        if (above.page, above.shift) != (line.page, line.shift) or last.x0 < line.words[0].x0:
            continue
        is_close = last.x0 - before[-1].x1 < SETTINGS.digits_space * above.size
        if is_close and last.text.upper() in TYPES_OF_DIGITS and digits_of(before[-1].text):
            found[at] = replace(above, words=[*before, last._replace(text=f"{last.text} =")])
            found[at + 1] = replace(line, words=line.words[1:])
    return found


class Value(NamedTuple):
    """What stands behind a label: the words of a line."""

    line: int
    words: range
    text: str


def value_of(block: Block, index: int, label: Label) -> Value | None:
    """The value of a label: up to the next one or, if the label ends its line, the line below."""
    line, words = index, block.lines[index].words
    later = (each.first for each in block.tokens.labels[index] if each.first >= label.end)
    held = range(label.end, min(later, default=len(words)))
    if label.end == len(words) and index + 1 < len(block.lines):
        line, words = index + 1, block.lines[index + 1].words
        held = range(0 if block.tokens.labels[line] else len(words))
    text = " ".join(words[at].text for at in held)
    return Value(line, held, text) if text else None


# --- what a line is ------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def shape(text: str) -> str:
    """The text without its numbers, which differ from page to page."""
    return re.sub(r"\d+", "#", text)


def is_page_number(text: str) -> bool:
    """Whether the line is a page number and nothing else."""
    return _PAGE_NUMBER.fullmatch(text) is not None


def release_of(text: str) -> str:
    """The one release that a line names, in Cisco's form; ``""`` if none or several.

    Of another product, it is one only if the line is a title that says no more.
    """
    if not _DIGIT.search(text) or any(map(vocabulary.attribute_of, text.split())):
        return ""
    if (neighbour := firmware.neighbour_in(text)) is not None:
        return str(neighbour)
    releases = firmware.find_releases(text)
    return str(releases[0]) if len(releases) == 1 else ""


def _releases_side_by_side(line: Line) -> set[str]:
    """The releases that headings beside each other on a line name."""
    if "=" in line.text or not _DIGIT.search(line.text):
        return set()
    parts = (
        " ".join(word.text for word in line.words[begin:end])
        for begin, end in pairwise([*chunk_starts(line), len(line.words)])
    )
    return {release for part in parts if is_heading(part) and (release := release_of(part))}


def is_heading(text: str) -> bool:
    """Whether a line that names a release can be a heading, rather than a sentence."""
    return len(text.split()) <= SETTINGS.heading_words and not text.endswith((".", ",", ";"))


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
    is_subject = len(line.words) <= 4 and titles and titles[0].role == "subject"
    enough = len(roles) > 1 and 2 * len(roles) > len(titles)
    speaks = bool({"fingerprint", "sha1", "sha256", "subject", "serial", "key", "md5"} & {*roles})
    return titles if is_subject or (enough and speaks) else []


def _stated_titles(page: Page) -> dict[int, list[Title]]:
    """The titles of tables whose headers a document states, by their height on the page."""
    found: dict[int, list[Title]] = defaultdict(list)
    for row in (row for table in page.tagged for row in table.rows):
        filled = [cell for cell in row.cells if cell.words]
        if len(filled) < _FEWEST_TITLES or not all(cell.is_header for cell in filled):
            continue
        for cell in filled:
            for y in dict.fromkeys(round(word.y) for word in cell.words):
                words = [word for word in cell.words if round(word.y) == y]
                text = " ".join(word.text for word in words)
                found[y].append(Title(text, words[0].x0, words[-1].x1, _role_of_title(text)))
    return found


def _titled(line: Line) -> list[Title]:
    titles: list[Title] = []
    gaps = (after.x0 - before.x1 for before, after in pairwise(line.words))
    is_spaceless = min(gaps, default=0.0) >= SETTINGS.wide_gutter * line.size
    bounds = [*(range(len(line.words)) if is_spaceless else chunk_starts(line)), len(line.words)]
    for begin, end in pairwise(bounds):
        words = [word for word in line.words[begin:end] if word.text != "|"]
        if words:
            titles.extend(_titles_in(words, line.size))
    return titles


def _titles_in(words: Sequence[Word], size: float) -> list[Title]:
    """The titles of a run of words: one, or several if each is a label and nothing is between.

    Labels with more than a space between them are of several columns, even if they make up another
    label together.
    """
    for at, (before, word) in enumerate(pairwise(words), 1):
        if word.x0 - before.x1 >= SETTINGS.text_gap * size and all(
            vocabulary.role_of(" ".join(each.text for each in part))
            for part in (words[:at], words[at:])
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


def _header_from(headers: Mapping[int, list[Title]], index: int) -> list[list[Title]]:
    """The lines of the header that begins on a line."""
    found: list[list[Title]] = []
    while index in headers:
        found.append(headers[index])
        index += 1
    return found


def _merged(rows: Sequence[Sequence[Title]]) -> list[Title]:
    """The titles of a header of several lines: what stands one below the other is one title."""
    titles: list[Title] = []
    for row in rows:
        for each in row:
            above = next((t for t in titles if _overlap(t, each.x0, each.x1) > 0), None)
            if above is None:
                titles.append(each)
                continue
            text = f"{above.text} {each.text}"
            joined = Title(
                text,
                min(above.x0, each.x0),
                max(above.x1, each.x1),
                vocabulary.role_of_title(text) or above.role or each.role,
            )
            titles[titles.index(above)] = joined
    return sorted(titles, key=lambda title: title.x0)


def without_line_numbers(lines: list[Line]) -> list[Line]:
    """The lines of a page without the numbers of its lines, if those stand in its left margin.

    Each number is further down by as many lines as it is higher, whatever the lines hold.
    """
    numbered = [i for i, line in enumerate(lines) if line.words[0].text.isdecimal()]
    if len(numbered) < SETTINGS.numbered_rows:
        return lines
    edge = max(lines[i].words[0].x1 for i in numbered)
    firsts = {int(lines[i].words[0].text) - i for i in numbered}
    others = [line.words[line.words[0].text.isdecimal() :] for line in lines]
    among = others[numbered[0] : numbered[-1]]
    if len(firsts) > 1 or any(words and words[0].x0 < edge for words in among):
        return lines
    return [
        Line(words, words[0].y, line.size)
        for line, words in zip(lines, others, strict=True)
        if words
    ]


def bands_among(texts: Iterable[str]) -> set[str]:
    """Those lines that part an alphabetic list: ``A``, ``B``, ``D``, each once and in order.

    Each may say the same besides its letter: ``Authorities beginning with A``.
    """
    letters: dict[str, list[str]] = defaultdict(list)
    lines: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        rest = rest_of_band(text)
        if rest:
            letters[rest].append(_LETTER.findall(text)[0].casefold())
            lines[rest].append(text)
    return {
        text
        for rest, found in letters.items()
        if len(found) >= SETTINGS.bands and found == sorted(set(found))
        for text in lines[rest]
    }


def rest_of_band(text: str) -> str:
    """What a line says besides a letter that stands by itself; ``""`` if it has none."""
    if "=" in text or len(text) > 90 or not _LETTER.search(text):
        return ""
    return _LETTER.sub("_", text)


def _has_name_with_letter_of(text: str, band: str) -> bool:
    """Whether the value of an attribute in ``text`` begins with the letter of a band."""
    letters = {letter.casefold() for letter in _LETTER.findall(band)}
    return any(match[1].casefold() in letters for match in _VALUE.finditer(text))


# --- a page sorted -------------------------------------------------------------------------------

SLIP: Final = 12
"""By so many points a line may stand higher or lower on one scanned page than on another."""

Places = dict[int, list[str]]
"""The shapes of lines by their height on the page, to tell which stand on another page, too."""


def places(lines: Iterable[Line], *, is_scanned: bool = False) -> Places:
    """The shapes of the lines of a page by height; on a scanned one, paper may have slipped."""
    found: Places = defaultdict(list)
    slip = SLIP if is_scanned else 0
    for line in lines:
        for height in range(round(line.y) - slip, round(line.y) + slip + 1):
            found[height].append(_spaceless(line.text))
    return found


def _spaceless(text: str) -> str:
    """The shape of a text without its spaces, which OCR drops here and there."""
    return shape(text).replace(" ", "")


def stands_on(line: Line, others: Iterable[Places]) -> bool:
    """Whether a line (numbers and spaces aside) stands at the same height of another page."""
    near = [there for other in others if (there := other.get(round(line.y)))]
    return bool(near) and any(_spaceless(line.text) in there for there in near)


@dataclass(slots=True)
class Sorted:
    """A page whose lines are told apart.

    ``content`` may be of rows; ``apart`` are headings, headers and the like, each with whether it
    runs on every page; ``bands`` part an alphabetic list. ``mentioned`` are releases in prose;
    ``size`` is the usual font size.
    """

    number: int
    content: list[Placed]
    apart: list[Line]
    repeats: list[Line]
    bands: list[Line]
    section: Section
    mentioned: set[str]
    has_digits: bool
    size: float


@dataclass(slots=True)
class Sorter:
    """Tells the lines of pages apart, one page after the other.

    ``counterparts`` are headings over what was removed, without that word: ``Added roots`` ends
    what ``Removed roots`` begins.
    """

    section: Section = NO_SECTION
    titles: tuple[Title, ...] = ()
    bands: set[str] = field(default_factory=set)
    counterparts: set[str] = field(default_factory=set)

    def sort(self, page: Page, elsewhere: Sequence[Places]) -> Sorted:
        """Tell the lines of a page apart; ``elsewhere`` are places on the pages around it."""
        lines = [_with_labels_parted(line) for line in page.lines]
        pieces = [pieces_of(index, line) for index, line in enumerate(lines)]
        rows = {i for i, found in enumerate(pieces) if any(map(_is_of_row, found))}
        first, last = min(rows, default=inf), max(rows, default=-inf)
        ends = {
            i for i, found in enumerate(pieces) if i - 1 in rows and _ends_digits(lines, i, found)
        }
        bands = self._bands([line.text for line in lines], rows | ends)
        removals = (line.text for line in lines if vocabulary.heads_removed(line.text))
        self.counterparts.update(filter(None, map(vocabulary.without_mark, removals)))
        stated = _stated_titles(page)
        headers = self._headers(lines, rows, stated)
        size = median_size(lines)
        done = Sorted(page.number, [], [], [], [], self.section, set(), bool(rows), size)
        cut = False
        for index, line in enumerate(lines):
            if index in rows:
                pass
            elif index in bands:
                done.bands.append(line)
                cut = True
                continue
            elif index in headers:
                if index - 1 not in headers:
                    before = [title.text for title in self.titles]
                    self.titles = tuple(_merged(_header_from(headers, index)))
                    is_other = before != [title.text for title in self.titles]
                    cut = cut or (is_other and bool(before) and round(line.y) in stated)
                done.apart.append(line)
                cut = cut or bool(done.content)
                continue
            elif self._is_apart(
                line,
                done,
                stands_on(line, elsewhere[:1]),
                _is_caption(lines, index)
                or _is_value(lines, index)
                or _is_amid(lines, index)
                or _hangs_on(lines, index, rows, is_last=not elsewhere[1:] or not elsewhere[1]),
            ) or vocabulary.is_continued_mark(line.text):
                done.apart.append(line)
                cut = cut or self.section.number != done.section.number or bool(done.content)
                continue
            elif not first < index < last and self._repeats(line, elsewhere, index, headers):
                done.repeats.append(line)
                continue
            where = page.number, self.section, 0.0, cut, self.titles
            done.content.append(Placed(line.words, line.y, line.size, *where))
            cut = False
        for line in page.sideways:
            done.mentioned.update(filter(None, [release_of(line.text)]))
        done.section = self.section
        return done

    def _repeats(
        self,
        line: Line,
        elsewhere: Sequence[Places],
        index: int,
        headers: Collection[int],
    ) -> bool:
        """Whether a line stands at the same height of another page; below a header are rows."""
        if any(header < index for header in headers) and index < max(headers, default=0) + 3:
            return False
        if begins_name(line.words, 0):
            return False
        return stands_on(line, elsewhere)

    def _is_apart(self, line: Line, done: Sorted, repeats: bool, is_caption: bool) -> bool:
        """Whether a line is a heading that says something of the rows below it."""
        text = line.text
        release = release_of(text)
        if release and not is_heading(text):
            done.mentioned.add(release)
            release = ""
        heads = is_heading(text) and not is_caption and not _is_field(line)
        heads = heads and len(chunk_starts(line)) < SETTINGS.heading_columns
        removed = text if heads and vocabulary.heads_removed(text) else ""
        before = self.section
        if len(_releases_side_by_side(line)) > 1:
            place = line.size, before.number + 1, done.number, line.y
            self.section = Section("", "", *place, is_shared=True)
            return True
        if release or removed:
            stated = release or before.release
            is_new = (stated, removed) != (before.release, before.removed) or done.content
            number = before.number + bool(is_new)
            self.section = Section(stated, removed, line.size, number, done.number, line.y)
            return True
        is_other = text.partition(" ")[2] in self.counterparts
        if is_other and not before.removed:
            return True
        if before.removed and (
            is_other or (not repeats and is_heading(text) and self._ends(line, done))
        ):
            number = before.number + 1
            self.section = Section(before.release, "", line.size, number, done.number, line.y)
            return True
        return False

    def _ends(self, line: Line, done: Sorted) -> bool:
        """Whether a line is a heading of its own, after which another's doesn't count any more."""
        if vocabulary.role_of(line.text) or any(is_date(word.text) for word in line.words):
            return False  # a label or a value of a record
        large = line.size >= 0.97 * self.section.size
        return large and "=" not in line.text and line.size > 1.05 * done.size

    def _headers(
        self, lines: Sequence[Line], rows: Collection[int], stated: Mapping[int, Sequence[Title]]
    ) -> dict[int, list[Title]]:
        """The lines of headers of tables, and the titles on each: ``stated``, or told by words."""
        found: dict[int, list[Title]] = {}
        for index, line in enumerate(lines):
            low, high = line.words[0].x0, line.words[-1].x1
            if index not in rows and (titles := stated.get(round(line.y))):
                found[index] = [title for title in titles if low <= title.x0 and title.x1 <= high]
                continue
            if index in rows or not (titles := titles_of(line)):
                continue
            if len(titles) == 1 and sum(each.text == line.text for each in lines) > 1:
                continue  # a label of each record
            if not _goes_on(lines, index, rows) and self._may_be_header(lines, index, titles):
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
                    found[at] = _titled(line)
                    at += step
        return dict(sorted(found.items()))

    def _may_be_header(self, lines: Sequence[Line], index: int, titles: Sequence[Title]) -> bool:
        """Whether a header at the top of a page isn't rather the end of a row of the page before.

        It has the titles that the table had there, or stands apart from what is below.
        """
        if index > 0 or not self.titles:
            return True
        known = " ".join(title.text for title in self.titles)
        below = lines[1].y - lines[0].y if len(lines) > 1 else inf
        return any(t.text in known for t in titles) or below > SETTINGS.label_step * lines[0].size

    def _bands(self, texts: Sequence[str], rows: Collection[int]) -> set[int]:
        """The lines that part an alphabetic list; below one of words, a name has its letter."""
        bands = bands_among(text for index, text in enumerate(texts) if index not in rows)
        held = [index for index, text in enumerate(texts) if text in bands]
        if not all(_has_names_below(texts, index) for index in held):
            held = []
        more = [
            index
            for index, text in enumerate(texts)
            if len(text) > 1 and rest_of_band(text) in self.bands and index not in held
        ]
        found = {*held, *(index for index in more if _has_names_below(texts, index))}
        self.bands.update(rest_of_band(texts[index]) for index in found)
        return found


def _with_labels_parted(line: Line) -> Line:
    words = with_labels_parted(line)
    return line if words is line.words else Line(words, line.y, line.size)


def _has_names_below(texts: Sequence[str], index: int) -> bool:
    text = texts[index]
    below = " ".join(texts[index + 1 : index + 5])
    return len(text) == 1 or _has_name_with_letter_of(below, text)


def _is_caption(lines: Sequence[Line], index: int) -> bool:
    """Whether a line says what the row below it is called: a value of its name."""
    text = lines[index].text.lstrip("0123456789.) ")
    return any(f"={text}" in line.text for line in lines[index + 1 : index + 9])


def _is_amid(lines: Sequence[Line], index: int) -> bool:
    """Whether a line stands amid the lines of other cells, closer to them than lines of a text."""
    line = lines[index]
    near = [*lines[max(index - 1, 0) : index], *lines[index + 1 : index + 2]]
    return any(abs(other.y - line.y) < SETTINGS.amid_step * line.size for other in near)


def _is_value(lines: Sequence[Line], index: int) -> bool:
    """Whether a line is the value of a label above it: ``Removed`` below ``Status:``."""
    if index == 0:
        return False
    words = [word.text for word in lines[index - 1].words]
    label = vocabulary.label_at(words)
    return label is not None and label.role == "status" and label.length == len(words)


def _hangs_on(lines: Sequence[Line], index: int, rows: Collection[int], *, is_last: bool) -> bool:
    """Whether a line is of the row above it, and no heading: more white stands below it."""
    if not index or not any(at in rows for at in range(max(index - 4, 0), index)):
        return False
    line, above = lines[index], lines[index - 1]
    step = line.y - above.y
    if step > SETTINGS.label_step * line.size or line.size > SETTINGS.larger_size * above.size:
        return False
    below = lines[index + 1].y - line.y if index + 1 < len(lines) else inf if is_last else 0.0
    return below > SETTINGS.text_step * step


def _goes_on(lines: Sequence[Line], index: int, rows: Collection[int]) -> bool:
    """Whether a line stands right below lines of a row, and so may be of it."""
    while (
        index > 0 and lines[index].y - lines[index - 1].y <= SETTINGS.label_step * lines[index].size
    ):
        index -= 1
        if index in rows or "=" in lines[index].text:
            return True
    return False


def _is_of_row(piece: Piece) -> bool:
    """Whether digits can only stand in a row."""
    digits = piece.digits
    return (len(digits) >= SHA1 // 2 or (piece.has_colons and len(digits) >= SHORTEST)) or (
        len(digits) >= SHORTEST and not digits.isdigit() and any(map(str.isdigit, digits))
    )


def _ends_digits(lines: Sequence[Line], index: int, pieces: Sequence[Piece]) -> bool:
    """Whether a line is the last few digits of a fingerprint on the line above it."""
    first = lines[index].words[0]
    return (
        len(lines[index].words) == 1
        and len(pieces) == 1
        and any(
            len(above.digits) + len(pieces[0].digits) in (SHA1, SHA256)
            and abs(above.x0 - first.x0) < lines[index].size
            for above in pieces_of(index - 1, lines[index - 1])
        )
    )


def _is_field(line: Line) -> bool:
    """Whether a line says something of its own row: ``Status: Removed``, ``Label: Removed Co``."""
    label = vocabulary.label_at([word.text for word in line.words])
    if label is None or label.length == len(line.words):
        return False
    is_name = label.has_colon and label.role in ("common-name", "subject", "issuer")
    return is_name or label.role == "status"


def _is_of_header(line: Line) -> bool:
    """Whether each chunk of a line is a label, or words of one: a further line of a header."""
    if "=" in line.text or release_of(line.text) or vocabulary.heads_removed(line.text):
        return False
    return all(
        title.role is not None or vocabulary.is_word_of_label(title.text) for title in _titled(line)
    )


def median_size(lines: Sequence[Line]) -> float:
    """The usual font size of lines; 0 if there are none."""
    sizes = sorted(line.size for line in lines)
    return sizes[len(sizes) // 2] if sizes else 0.0


# --- columns of text side by side ----------------------------------------------------------------


Bounds = tuple[tuple[float, tuple[float, ...]], ...]
"""From what height on which edges part a page: once, or for each of its sections."""


def gutters(page: Page) -> list[Bounds]:
    """Where a page may part into tables or texts that stand side by side: ways to part it.

    The whole page parts at the same edges, or each section below a heading at its own.
    """
    lines, down = page.lines, [rule for rule in page.rulings if rule[2] <= rule[0]]
    ways: list[Bounds] = [((-inf, bounds),) for bounds in _gutters(lines, down)]
    tops = [-inf, *(line.y for line in lines if _heads_rows(line)), inf]
    if len(tops) == 2:  # no heading parts the page
        return ways
    parts = [
        (top, _gutters([line for line in lines if top <= line.y < end], down))
        for top, end in pairwise(tops)
    ]
    found = [(top, edges) for top, edges in parts if edges]
    if len(found) > 1:
        for number in range(max(len(edges) for _, edges in found)):
            way = tuple(
                (top, edges[min(number, len(edges) - 1)] if edges else ()) for top, edges in parts
            )
            ways.append(way)
    return ways


def _heads_rows(line: Line) -> bool:
    """Whether a line is a heading of a section: a release, or what is removed."""
    text = line.text
    return bool(release_of(text) and is_heading(text)) or vocabulary.heads_removed(text)


def _gutters(lines: Sequence[Line], down: Sequence[Ruling]) -> list[tuple[float, ...]]:
    """Where some lines may part into columns: ways to part them.

    There is white all the way down, or a rule, and names and digits on either side of it. A table
    has white between its own columns, too: what parts two tables may be the first such white, or
    the widest.
    """
    pieces = [
        piece
        for index, line in enumerate(lines)
        for piece in pieces_of(index, line)
        if len(piece.digits) >= SHA1 // 5
    ]
    if not pieces or min(p.x1 for p in pieces) > max(p.x0 for p in pieces):
        return []
    rows = lines[min(p.line for p in pieces) : max(p.line for p in pieces) + 1]
    # cells that are level in the middle or at the foot begin above the first digits
    names = [
        word.x0
        for line in lines
        for at, word in enumerate(line.words)
        if begins_name(line.words, at)
    ]

    def holds_rows(low: float, high: float) -> bool:
        return any(low < x < high for x in names) and any(
            low < p.x0 and p.x1 < high for p in pieces
        )

    def ways_of(parting: Mapping[float, float]) -> Iterator[tuple[float, ...]]:
        widths = sorted(set(parting.values()), reverse=True)
        for least in [0.0, *widths[: SETTINGS.widest_columns]]:
            bounds: list[float] = []
            for bound, width in parting.items():
                low = bounds[-1] if bounds else -inf
                if width >= least and holds_rows(low, bound) and holds_rows(bound, inf):
                    bounds.append(bound)
            if bounds:
                yield tuple(bounds)

    white = {
        bound: width
        for bound, width in _white(rows).items()
        if holds_rows(-inf, bound)
        and holds_rows(bound, inf)
        and sum(_crosses(line, bound) for line in rows) <= SETTINGS.crossing_lines * len(rows)
    }
    ruled = dict.fromkeys(_ruled(rows, down), 0.0)
    return list(dict.fromkeys([*ways_of(white), *ways_of(ruled)]))


def _white(rows: Sequence[Line]) -> dict[float, float]:
    """How much white there is before what begins at an edge in some rows, from left to right."""
    gaps: dict[int, list[float]] = defaultdict(list)
    for line in rows:
        gaps[round(line.words[0].x0)].append(inf)
        for before, word in pairwise(line.words):
            if word.x0 - before.x1 > line.size:
                gaps[round(word.x0)].append(word.x0 - before.x1)
    # a heading may begin a little before its table does: the bound is amid the white
    return {
        edge - min(0.5 * min(found), 3 * rows[0].size): min(found)
        for edge, found in sorted(gaps.items())
        if len(found) >= SETTINGS.common_edge * len(rows)
    }


def _ruled(rows: Sequence[Line], down: Sequence[Ruling]) -> list[float]:
    """Where rules run down beside all rows, and no word crosses them."""
    first, last = rows[0].y, rows[-1].y
    found = sorted({round(x, 1) for x, top, _, foot in down if top <= first and foot >= last - 1})
    words = [word for line in rows for word in line.words]
    return [x for x in found if not any(w.x0 < x - 1 and w.x1 > x + 1 for w in words)]


def _crosses(line: Line, bound: float) -> bool:
    """Whether a line runs on across ``bound``: a word does, or only a space stands there."""
    left = max((word.x1 for word in line.words if word.x0 < bound), default=-inf)
    right = min((word.x0 for word in line.words if word.x0 >= bound), default=inf)
    return right - left < SETTINGS.space_within * line.size


def parted(
    lines: Sequence[Line], bounds: Bounds, elsewhere: Sequence[Places] = ()
) -> tuple[list[Line], list[list[Line]], list[Line]]:
    """What stands above the columns of a page, those columns, and what stands below them.

    What stands between the columns of two sections is one of its own.
    """
    tops = [*(top for top, _ in bounds), inf]
    above: list[Line] = []
    columns: list[list[Line]] = []
    below: list[Line] = []
    for (_, edges), (top, end) in zip(bounds, pairwise(tops), strict=True):
        part = [line for line in lines if top <= line.y < end]
        head, inside, foot = _parted(part, edges, elsewhere) if edges else ([], [part], [])
        if columns:
            columns.append([*below, *head])
        else:
            above = [*below, *head]
        columns, below = [*columns, *inside], foot
    return above, [column for column in columns if column], below


def _parted(
    lines: Sequence[Line], bounds: Sequence[float], elsewhere: Sequence[Places]
) -> tuple[list[Line], list[list[Line]], list[Line]]:
    """The same of one section.

    The last line before the rows that runs across, or stands on other pages, too, ends what is
    above, and the first such line behind the rows begins what is below. Columns end at a heading
    that has white beside it: below it are further ones.
    """
    rows = [line.y for i, line in enumerate(lines) if any(map(_is_of_row, pieces_of(i, line)))]
    first, last = min(rows), max(rows)
    across = [
        line.y
        for line in lines
        if any(_crosses(line, bound) for bound in bounds) or stands_on(line, elsewhere)
    ]
    top = max((y for y in across if y < first), default=-inf)
    foot = min((y for y in across if y > last), default=inf)
    above = [line for line in lines if line.y <= top]
    below = [line for line in lines if line.y >= foot]
    inside = [line for line in lines if top < line.y < foot]
    cuts = [line.y for line in inside if _heads_columns(line, inside, bounds[0])]
    columns = [
        _column([line for line in inside if begin <= line.y < end], low, high)
        for begin, end in pairwise([-inf, *cuts, inf])
        for low, high in pairwise([-inf, *bounds, inf])
    ]
    return above, [column for column in columns if column], below


def _heads_columns(line: Line, lines: Sequence[Line], bound: float) -> bool:
    """Whether a heading in the first column is one of all columns: it has white beside it."""
    if line.words[-1].x1 > bound or not (
        (release_of(line.text) and is_heading(line.text)) or vocabulary.heads_removed(line.text)
    ):
        return False
    beside = [other.y for other in lines if other.words[-1].x0 > bound]
    above = max((y for y in beside if y <= line.y), default=-inf)
    below = min((y for y in beside if y > line.y), default=inf)
    return inf > below - above > SETTINGS.heading_gap * line.size


def _column(lines: Sequence[Line], low: float, high: float) -> list[Line]:
    """The parts of lines between two edges. A line's size is that of its first word."""
    own = [round(line.size, 1) for line in lines if low <= line.words[0].x0 < high]
    usual = Counter(own).most_common(1)[0][0] if own else 0.0
    column: list[Line] = []
    for line in lines:
        words = [word for word in line.words if low <= word.x0 < high]
        if words:
            size = line.size if words[0] is line.words[0] or not usual else usual
            column.append(Line(words, words[0].y, size))
    return column


def shifted(columns: Sequence[list[Placed]]) -> list[list[Placed]]:
    """Columns of a page, each moved to where the first stands."""
    origin = min((line.words[0].x0 for line in columns[0]), default=0.0) if columns else 0.0
    return [_shifted(column, origin) for column in columns]


def _shifted(column: list[Placed], origin: float) -> list[Placed]:
    shift = min((line.words[0].x0 for line in column), default=origin) - origin
    if abs(shift) < 1:
        return column
    return [
        replace(
            line,
            words=[w._replace(x0=w.x0 - shift, x1=w.x1 - shift) for w in line.words],
            shift=shift,
            titles=tuple(t._replace(x0=t.x0 - shift, x1=t.x1 - shift) for t in line.titles),
        )
        for line in column
    ]


def cut_off(lines: list[Placed]) -> list[Placed]:
    """Lines that go on with nothing above them."""
    return [replace(line, cut=line.cut or index == 0) for index, line in enumerate(lines)]


def stacked(parts: Iterable[Sequence[Placed]]) -> list[Placed]:
    """Parts of pages put below one another, as if no break parted them."""
    strip: list[Placed] = []
    for part in parts:
        if not part:
            continue
        size = part[0].size
        seam = min(pitch_of(part), SETTINGS.seam * size)
        move = strip[-1].y + seam - part[0].y if strip else 0.0
        sizes = [line.size for line in strip[-8:]]
        fits = not strip or any(abs(size - each) <= SETTINGS.same_size * size for each in sizes)
        for index, line in enumerate(part):
            cut = line.cut or (index == 0 and not fits)
            where = line.page, line.section, line.shift, cut, line.titles
            strip.append(Placed(line.words, line.y + move, line.size, *where))
    return strip


def pitch_of(lines: Sequence[Placed]) -> float:
    """From line to line within a text: the smaller steps there are."""
    steps = sorted(
        b.y - a.y
        for a, b in pairwise(lines)
        if b.y - a.y > 0.8 * b.size and (a.page, a.shift) == (b.page, b.shift)
    )
    least = SETTINGS.seam * lines[0].size if lines else 0.0
    return steps[len(steps) // 10] if steps else least


def without_foot(content: list[Placed]) -> tuple[list[Placed], list[Placed]]:
    """The lines of a column, and those at its foot that stand apart and hold nothing of rows."""
    end = len(content)
    while end > 1:
        line, above = content[end - 1], content[end - 2]
        if holds_row(line):
            break
        end -= 1
        if line.y - above.y > SETTINGS.section_step * max(line.size, above.size):
            return content[:end], content[end:]
    return content, []


def holds_row(line: Line) -> bool:
    """Whether a line holds what can only come from a row, digits in groups and ``C = SE`` too."""
    return (
        any(begins_like_row(word.text) for word in line.words)
        or any(begins_name(line.words, at) for at in range(len(line.words)))
        or any(
            len(piece.digits) >= 16 and not piece.digits.isdigit() for piece in pieces_of(0, line)
        )
    )


def begins_like_row(word: str) -> bool:
    """Whether a word can only come from a row."""
    digits = digits_of(word)
    if len(digits) >= 16 and not digits.isdigit():
        return True
    mark = word.find("=")
    return 0 < mark < len(word) - 1 and bool(vocabulary.attribute_of(word))


__all__ = ["Block", "Placed", "Section", "Sorter", "Title", "Token", "block_of"]
