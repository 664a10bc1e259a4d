"""The lines of a page while its rows are read: what each is, and which words rows have taken."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.extract import margins
from pipeline.extract.columns import begins_name
from pipeline.extract.fingerprints import Fingerprint
from pipeline.extract.lines import Line, Page, Word
from pipeline.extract.margins import Leftover, Zone

LINES_APART = 1.9
"""Two lines of one text are at most this many times the font size apart."""

NUMBER_APART = 1.6
"""A number further away than this is that of the page."""

Token = tuple[int, int]
"""A word of a page: the number of its line, and its own in the line."""
Place = tuple[str, int]
"""A line's words (numbers aside) and height: what a running header has on every page."""
REMOVED = "removed"
"""Stands for a release over rows whose heading says that they are no longer trusted."""


def places(lines: Iterable[Line]) -> set[Place]:
    """The places of lines, to tell which of them stand on another page, too."""
    return {_place(line) for line in lines}


def _place(line: Line) -> Place:
    return margins.shape(line.text), round(line.y)


@dataclass(slots=True)
class Sheet:
    """A page, or one of several tables side by side on it.

    ``zone`` tells where its lines stand if it has no rows. ``plain`` lines may be of a row, if
    they aren't ``row_lines``, which hold a fingerprint; the others are headings, table headers,
    running headers or footers. ``sections`` are the headings that name a release.
    """

    page: Page
    zone: Zone = "no rows"
    lines: list[Line] = field(init=False)
    taken: set[Token] = field(default_factory=set)
    plain: list[bool] = field(default_factory=list)
    repeats: list[bool] = field(default_factory=list)
    titles: list[Word] = field(default_factory=list)
    sections: list[tuple[int, str]] = field(default_factory=list)
    mentioned: set[str] = field(default_factory=set)
    row_lines: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.lines = self.page.lines

    def classify(self, found: Sequence[Fingerprint], elsewhere: set[Place]) -> None:
        """Tell the lines of rows from headings and the like.

        Args:
            found: the fingerprints of the page.
            elsewhere: places of lines on the pages before and after.
        """
        for fingerprint in found:
            for piece in fingerprint.pieces:
                self.taken.update(piece.words)
                self.row_lines.add(piece.line)
        for index, line in enumerate(self.lines):
            self._classify_line(index, line, elsewhere)
        for line in self.page.sideways:
            self.mentioned.update(filter(None, [margins.release_of(line.text)]))

    def _classify_line(self, index: int, line: Line, elsewhere: set[Place]) -> None:
        text = line.text
        is_row = index in self.row_lines
        is_header = not is_row and margins.is_table_header(line)
        release = "" if is_row else margins.release_of(text)
        if release and not margins.is_heading(text):
            self.mentioned.add(release)
            release = ""
        if not is_row and margins.is_of_removed(text):
            release = REMOVED
        if release:
            self.sections.append((index, release))
        if is_header:
            self.titles.extend(line.words)
        # below a table's header stand rows, never a running header
        repeats = (
            not self.titles
            and self._is_marginal(index)
            and not begins_name(text)
            and _place(line) in elsewhere
        )
        self.repeats.append(repeats)
        is_other = is_row or is_header or bool(release) or margins.is_continued_mark(text)
        self.plain.append(not is_other and not repeats)

    def _is_marginal(self, index: int) -> bool:
        """Whether a line stands above or below all the fingerprints of the page."""
        return not self.row_lines or not min(self.row_lines) < index < max(self.row_lines)

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

    def free(self, index: int) -> list[Token]:
        """The words of a line that no row has taken."""
        return [token for token in self.tokens([index]) if token not in self.taken]

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
        in_rows = {index for index, _ in self.taken}
        low, high = (min(in_rows), max(in_rows)) if in_rows else (0, 0)
        headed = self._headed_blocks(in_rows)
        found: list[Leftover] = []
        for index, line in enumerate(self.lines):
            text = " ".join(self.word(token).text for token in self.free(index))
            is_known = index in headed or self.is_set_apart(index)
            if text and not (is_known and not margins.is_suspect(text)):
                zone = self._zone(index, low, high)
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

    def _headed_blocks(self, in_rows: set[int]) -> set[int]:
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
