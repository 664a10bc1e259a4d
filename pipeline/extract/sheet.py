"""The lines of a page while its rows are read: what each is, and which words rows have taken."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from math import inf

from pipeline.extract import margins
from pipeline.extract.columns import begins_name
from pipeline.extract.fingerprints import Fingerprint
from pipeline.extract.margins import Leftover, Zone
from pipeline.extract.page import Line, Page, Word

LINES_APART = 1.9
"""Two lines of one text are at most this many times the font size apart."""

NUMBER_APART = 1.6
"""A number further away than this is that of the page."""

Token = tuple[int, int]
"""A word of a page: the number of its line, and its own in the line."""
Places = dict[int, list[Line]]
"""Lines by their height on the page, to tell which of them stand on another page, too."""
REMOVED = "removed"
"""Stands for a release over rows whose heading says that they are no longer trusted."""


def places(lines: Iterable[Line]) -> Places:
    """The lines of a page by height."""
    found: Places = {}
    for line in lines:
        found.setdefault(round(line.y), []).append(line)
    return found


def _stands_on(line: Line, others: Iterable[Places]) -> bool:
    """Whether a line (numbers aside) stands at the same height of another page."""
    shape, y = margins.shape(line.text), round(line.y)
    return any(margins.shape(each.text) == shape for other in others for each in other.get(y, ()))


@dataclass(slots=True)
class Sheet:
    """A page, or one of several tables side by side on it.

    ``zone`` tells where its lines stand if it has no rows. ``plain`` lines may be of a row, if
    they aren't ``row_lines``, which hold a fingerprint; the others are headings, table headers,
    running headers or footers. ``sections`` are the headings that name a release,
    ``bands`` the lines that part an alphabetic list.
    """

    page: Page
    zone: Zone = "no rows"
    lines: list[Line] = field(init=False)
    plain: list[bool] = field(default_factory=list)
    repeats: list[bool] = field(default_factory=list)
    titles: list[Word] = field(default_factory=list)
    sections: list[tuple[int, str]] = field(default_factory=list)
    mentioned: set[str] = field(default_factory=set)
    row_lines: set[int] = field(default_factory=set)
    bands: list[int] = field(default_factory=list)
    _taken: dict[int, set[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lines = self.page.lines

    def classify(
        self, found: Sequence[Fingerprint], elsewhere: Sequence[Places], bands: Collection[str]
    ) -> None:
        """Tell the lines of rows from headings and the like.

        Args:
            found: the fingerprints of the page.
            elsewhere: places of the lines on the pages before and after.
            bands: what those of an alphabetic list say on the pages before.
        """
        for fingerprint in found:
            for piece in fingerprint.pieces:
                self.take_words(piece.line, range(piece.first, piece.last + 1))
                self.row_lines.add(piece.line)
        first, last = min(self.row_lines, default=inf), max(self.row_lines, default=-inf)
        self.bands = self._bands(bands)
        for index, line in enumerate(self.lines):
            if index in self.row_lines or index in self.bands:
                self.repeats.append(False)
                self.plain.append(False)
            else:
                self._classify_line(index, line, elsewhere if not first < index < last else ())
        for line in self.page.sideways:
            self.mentioned.update(filter(None, [margins.release_of(line.text)]))

    def _bands(self, known: Collection[str]) -> list[int]:
        """The lines that part an alphabetic list; below one of words, a name has its letter."""
        texts = [line.text for line in self.lines]
        bands = margins.bands_among(
            text for index, text in enumerate(texts) if index not in self.row_lines
        )
        held = [index for index, text in enumerate(texts) if text in bands]
        if not all(self._has_names_below(index) for index in held):
            held = []
        more = [
            index
            for index, text in enumerate(texts)
            if len(text) > 1 and margins.rest_of_band(text) in known and index not in held
        ]
        return held + [index for index in more if self._has_names_below(index)]

    def _has_names_below(self, index: int) -> bool:
        text = self.lines[index].text
        below = " ".join(line.text for line in self.lines[index + 1 : index + 5])
        return len(text) == 1 or margins.has_name_with_letter_of(below, text)

    def _classify_line(self, index: int, line: Line, elsewhere: Sequence[Places]) -> None:
        text = line.text
        is_header = margins.is_table_header(line)
        release = margins.release_of(text)
        if release and not margins.is_heading(text):
            self.mentioned.add(release)
            release = ""
        if margins.is_of_removed(text):
            release = REMOVED
        if release:
            self.sections.append((index, release))
        if is_header:
            self.titles.extend(line.words)
        # below a table's header stand rows, never a running header
        repeats = (
            not self.titles
            and bool(elsewhere)
            and not begins_name(text)
            and _stands_on(line, elsewhere)
        )
        self.repeats.append(repeats)
        is_other = is_header or bool(release) or margins.is_continued_mark(text)
        self.plain.append(not is_other and not repeats)

    def may_be_of_row(self, index: int) -> bool:
        """Whether a line may hold words of a row."""
        return self.plain[index] or index in self.row_lines

    def is_set_apart(self, index: int) -> bool:
        """Whether a line is a heading, a table's header or a mark that it goes on."""
        return not (self.plain[index] or self.repeats[index] or index in self.row_lines)

    def word(self, token: Token) -> Word:
        """The word that a token stands for."""
        return self.lines[token[0]].words[token[1]]

    def tokens(self, lines: Iterable[int]) -> list[Token]:
        """All words of some lines."""
        return [(index, i) for index in lines for i in range(len(self.lines[index].words))]

    def take(self, tokens: Iterable[Token]) -> None:
        """Note that these words are accounted for."""
        for line, word in tokens:
            self._taken.setdefault(line, set()).add(word)

    def take_words(self, line: int, words: Iterable[int]) -> None:
        """Note that these words of a line are accounted for."""
        self._taken.setdefault(line, set()).update(words)

    def is_taken(self, token: Token) -> bool:
        """Whether a word is accounted for."""
        return token[1] in self._taken.get(token[0], ())

    def is_used_up(self, index: int) -> bool:
        """Whether all words of a line are accounted for."""
        return len(self._taken.get(index, ())) == len(self.lines[index].words)

    def free(self, index: int) -> list[Token]:
        """The words of a line that no row has taken."""
        taken = self._taken.get(index, ())
        return [(index, i) for i in range(len(self.lines[index].words)) if i not in taken]

    def free_words(self, index: int) -> list[Word]:
        """The same words themselves."""
        words = self.lines[index].words
        taken = self._taken.get(index)
        return [word for i, word in enumerate(words) if i not in taken] if taken else words

    def adjoins(self, index: int, other: int) -> bool:
        """Whether a plain line stands close to another one."""
        line, near = self.lines[index], self.lines[other]
        step = abs(line.y - near.y) / max(line.size, near.size)
        # a number may end a name (``Root CA 3``), but that of a page stands by itself
        reach = LINES_APART if not margins.is_page_number(line.text) else NUMBER_APART
        return self.plain[index] and step <= reach

    def release_at(self, line: int, before: str) -> str:
        """The release under whose heading a line stands; ``before`` is that of the page before."""
        earlier = [release for index, release in self.sections if index < line]
        return earlier[-1] if earlier else before

    def leftovers(self) -> list[Leftover]:
        """The lines, and parts of lines, that no row took."""
        in_rows = self._taken.keys()
        low, high = (min(in_rows), max(in_rows)) if in_rows else (0, 0)
        headed = self._headed_blocks(in_rows)
        found: list[Leftover] = []
        for index, line in enumerate(self.lines):
            if self.is_used_up(index):
                continue
            text = " ".join(word.text for word in self.free_words(index))
            is_known = index in headed or self.is_set_apart(index)
            if index in self.bands or not is_known or margins.is_suspect(text):
                zone = "apart" if index in self.bands else self._zone(index, low, high)
                found.append(Leftover(self.page.number, text, zone, round(line.y)))
        sideways = (
            Leftover(self.page.number, line.text, "sideways", round(line.y))
            for line in self.page.sideways
        )
        return [*found, *sideways]

    def _zone(self, index: int, low: int, high: int) -> Zone:
        """Where a line stands to the rows of the page, which take the lines ``low`` to ``high``."""
        if not self.row_lines:
            return self.zone
        if low <= index <= high:
            return "between"
        for i in range(index, low) if index < low else range(high, index):
            step = self.lines[i + 1].y - self.lines[i].y
            size = max(self.lines[i].size, self.lines[i + 1].size)
            if self.is_set_apart(i) or step > 2.2 * size:
                return "apart"
        return "above" if index < low else "below"

    def _headed_blocks(self, in_rows: Collection[int]) -> set[int]:
        """Lines between rows that stand with a heading: the prose of a section's beginning."""
        block: list[int] = []
        headed: set[int] = set()
        releases = {index for index, _ in self.sections}
        for index in range(len(self.lines) + 1):
            if index < len(self.lines) and index not in in_rows:
                block.append(index)
                continue
            if releases.intersection(block):
                headed.update(block)
            block = []
        return headed
