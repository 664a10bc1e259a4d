"""Rows of tables whose cells the document itself shows: by tags or rules of a PDF, in CSV.

Nothing is left to tell but what each column holds: by its title, and by its cells.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from pipeline.extract import vocabulary
from pipeline.extract.blocks import Block, Lines, tokens_in
from pipeline.extract.cells import runs_of
from pipeline.extract.fingerprints import SHA1, SHA256, Fingerprint
from pipeline.extract.headings import release_of
from pipeline.extract.layouts import Draft, Field, Proposal, likely_subjects, repeats
from pipeline.extract.layouts.aligned import role_of
from pipeline.extract.layouts.labelled import has_names
from pipeline.extract.page import Token, text_of
from pipeline.extract.settings import SETTINGS
from pipeline.extract.trust_words import TrustColumn, denials
from pipeline.extract.vocabulary import NOT_FINGERPRINTS, Role
from pipeline.extract.word_kinds import begins_name, is_date, is_number

_OF_ROOTS = frozenset({"root", "roots", "rootname", "trustanchor", "anchor"})
"""Titles of what certificates are called, which would be no labels in a text."""
Cells = dict[int, Lines]
"""The words of the cells of a row, by column."""


def propose(block: Block, usual: Counter[str]) -> Iterator[Proposal]:
    """Read a block by the cells that are shown."""
    if not any(spot.column >= 0 for spot in block.spots.values()):
        return
    table = _Table(block)
    is_labelled = not has_names(block)
    columns = [table.label_column()] if is_labelled else table.subject_columns()
    for prints, subjects in product(table.print_columns(), columns):
        yield table.proposal(prints, subjects, is_labelled=is_labelled)


@dataclass(slots=True)
class _Table:
    """The rows of a block; headers are left out, but for the ``titles`` that they give.

    ``begins`` are the digits that begin at each word of each line.
    """

    block: Block
    rows: list[Cells] = field(default_factory=list)
    titles: dict[int, str] = field(default_factory=dict)
    headers: list[Token] = field(default_factory=list)
    roles: dict[int, Role | None] = field(default_factory=dict)
    begins: dict[int, dict[int, Fingerprint]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows: dict[tuple[int, ...], Cells] = {}
        for spot, line, words in runs_of(self.block.spots):
            if spot.column < 0 or line not in self.block.span:
                continue
            if spot.is_header:
                titles = [self.titles.get(spot.column, ""), self.text([(line, words)])]
                self.titles[spot.column] = " ".join(filter(None, titles))
                self.headers.extend(Token(line, at) for at in words)
                continue
            lines = rows.setdefault(spot.row, {}).setdefault(spot.column, [])
            if not lines or lines[-1][0] != line:
                lines.append((line, []))
            lines[-1][1].extend(words)
        self.rows = list(rows.values())
        for digits in self.block.tokens.digits:
            first = digits.pieces[0]
            self.begins.setdefault(first.line, {})[first.first] = digits

    @property
    def columns(self) -> list[int]:
        """All columns."""
        return sorted({column for row in self.rows for column in row})

    def role(self, column: int) -> Role | None:
        """The role of a column by its title."""
        if column not in self.roles:
            self.roles[column] = self._role(column)
        return self.roles[column]

    def _role(self, column: int) -> Role | None:
        if column in self.titles:
            return vocabulary.role_of_title(self.titles[column])
        held = self._lines(column)
        if not held:
            return None
        words = self.block.words(held)
        # columns of text side by side have titles of their own
        tables = {self.block.lines[line].titles for line, _ in held}
        line = held[0][0] if len(tables) == 1 else None
        return self.block.title_role(min(w.x0 for w in words), max(w.x1 for w in words), line)

    def text(self, lines: Lines) -> str:
        """The text of a cell."""
        return text_of(self.block.words(lines))

    def digits(self, lines: Lines) -> list[Fingerprint]:
        """The digits that begin in a cell."""
        return [
            digits
            for line, held in lines
            for at, digits in self.begins.get(line, {}).items()
            if at in held
        ]

    def print_columns(self) -> list[int]:
        """The columns that may be those of the fingerprints: those whose title says so, if any."""
        for length in (SHA1, SHA256):
            counts = {
                column: sum(
                    self._print(row.get(column, []), length) is not None for row in self.rows
                )
                for column in self.columns
                if self.role(column) not in NOT_FINGERPRINTS
            }
            titled = [c for c in counts if counts[c] and self.role(c) in ("sha1", "fingerprint")]
            most = max(counts.values(), default=0)
            if most:
                return (titled or [c for c in counts if 3 * counts[c] >= most])[
                    : SETTINGS.most_columns
                ]
        return []

    def _print(self, lines: Lines, length: int) -> Fingerprint | None:
        found = [f for f in self.digits(lines) if role_of(self.block, f) not in NOT_FINGERPRINTS]
        likely = [f for f in found if abs(len(f.digits) - length) <= 4 and f.role != "sha256"]
        if length == SHA256:
            likely = [f for f in found if len(f.digits) == SHA256]
        labelled = [f for f in likely if f.role in ("sha1", "fingerprint")]
        return next(iter(labelled or likely), None)

    def subject_columns(self) -> list[int]:
        """The columns that may be those of the subjects; none whose title is another's."""
        counts = {column: sum(map(self._named, self._cells(column))) for column in self.columns}
        return likely_subjects(counts, self.role)[: SETTINGS.most_columns] or [-1]

    def label_column(self) -> int:
        """The column of what certificates are called where no names are printed, or -1.

        It is the one that is titled so; without titles, the first that holds words.
        """
        roles = {column: self.role(column) for column in self.columns}
        for wanted in ("common-name", "subject"):
            titled = [column for column in self.columns if roles[column] == wanted]
            if titled:
                return titled[0]
        if any(roles.values()):
            cells = {column: next(iter(self._cells(column)), []) for column in self.columns}
            titles = {c: vocabulary.folded(self._title(c, cells[c])) for c in self.columns}
            return next((c for c, title in titles.items() if title in _OF_ROOTS), -1)
        wordy = (c for c in self.columns if any(map(self._is_wordy, self._cells(c))))
        return next(wordy, -1)

    def _is_wordy(self, lines: Lines) -> bool:
        """Whether a cell holds words, and not just digits, dates and numbers."""
        texts = (word.text for word in self.block.words(self._words(lines)))
        return any(not (is_date(text) or is_number(text)) for text in texts)

    def _cells(self, column: int) -> list[Lines]:
        return [row[column] for row in self.rows if column in row]

    def _lines(self, column: int) -> Lines:
        """The lines of all cells of a column."""
        return [line for cell in self._cells(column) for line in cell]

    def _named(self, lines: Lines) -> bool:
        return any(
            begins_name(self.block.lines[line].words, at) for line, held in lines for at in held
        )

    # --- rows ----------------------------------------------------------------------------------

    def proposal(self, prints: int, subjects: int, *, is_labelled: bool = False) -> Proposal:
        """The rows, if fingerprints and subjects (or labels) stand in these columns."""
        done = Proposal("stated", [], [Field("other", self.headers)], SETTINGS.stated_fit)
        right = max((word.x1 for word in self.block.words(self._lines(subjects))), default=0.0)
        waiting: Lines = []
        last: Cells = {}
        denied = denials(list(self._columns_beside(prints, subjects)), len(self.rows))
        for at, row in enumerate(self.rows):
            cell = row.get(prints, [])
            digits = self._print(cell, SHA1) or self._print(cell, SHA256)
            subject = self._words(row.get(subjects, []))
            if digits is not None:
                draft = Draft(digits, self._sha256(row, digits), waiting + subject, right)
                draft.status = denied[at]
                draft.release = self._release(row)
                draft.is_label = is_labelled
                done.drafts.append(draft)
                waiting = []
            elif done.drafts and subject and self._goes_on(last, row, subject):
                done.drafts[-1].subject.extend(subject)  # the end of a row that a page break parts
            elif self._ends_page(row):
                waiting = subject  # the beginning of one
            done.fields.extend(self._beside(row, prints, subjects))
            last = row
        done.fields.extend(self._issuers(done.drafts, subjects))
        return done

    def _issuers(self, drafts: Sequence[Draft], subjects: int) -> Iterator[Field]:
        """Columns without a title that say the same as the subjects do."""
        for column in self.columns:
            if column == subjects or self.role(column) is not None:
                continue
            held = tokens_in(self._lines(column))
            if repeats(self.block, held, drafts):
                yield Field("issuer", held)

    def _page(self, row: Cells) -> set[tuple[int, float]]:
        """The page, or column of a page, that a row stands on."""
        return {self.block.lines[line].text_column for cell in row.values() for line, _ in cell}

    def _is_parted(self, above: Cells, row: Cells) -> bool:
        """Whether a page break stands between two rows, so that they may be one."""
        return bool(above) and self._page(above) != self._page(row)

    def _goes_on(self, above: Cells, row: Cells, subject: Lines) -> bool:
        """Whether words may go on with the subject of the row above."""
        return self._is_parted(above, row) or not self._named(subject)

    def _ends_page(self, row: Cells) -> bool:
        at = self.rows.index(row)
        return at + 1 < len(self.rows) and self._is_parted(row, self.rows[at + 1])

    def _words(self, lines: Lines) -> Lines:
        """The words of a cell but for its digits."""
        owner = self.block.tokens.owner
        kept = [(line, [at for at in held if (line, at) not in owner]) for line, held in lines]
        return [(line, held) for line, held in kept if held]

    def _sha256(self, row: Cells, own: Fingerprint) -> Fingerprint | None:
        for lines in row.values():
            for digits in self.digits(lines):
                is_other = role_of(self.block, digits) in NOT_FINGERPRINTS
                if digits is not own and len(digits.digits) == SHA256 and not is_other:
                    return digits
        return None

    def _columns_beside(self, prints: int, subjects: int) -> Iterator[TrustColumn]:
        """The other columns, each by its title; those too, of which only the title is filled.

        Tables below each other may have several in one place.
        """
        seen: set[str] = set()
        for column in sorted({*self.columns, *self.titles} - {prints, subjects}):
            cells = [row.get(column, []) for row in self.rows]
            titled = [self._title(column, lines) for lines in cells]
            texts = [self.text(lines) for lines in cells]
            titles = dict.fromkeys(t for t, text in zip(titled, texts, strict=True) if text)
            blank = "" if len(titles) < 2 else None
            for title in titles or [self.titles.get(column, "")]:
                seen.add(title)
                yield TrustColumn(
                    title,
                    [
                        blank if not text else text if own == title and _is_short(text) else None
                        for own, text in zip(titled, texts, strict=True)
                    ],
                )
        if len({self.block.lines[index].titles for index in self.block.span}) == 1:
            yield from (
                TrustColumn(title.text, [""] * len(self.rows))
                for title in self.block.titles
                if title.text not in seen
            )

    def _title(self, column: int, lines: Lines) -> str:
        """The title of the column that a cell stands in, or ``""``."""
        if column in self.titles or not lines:
            return self.titles.get(column, "")
        line, held = lines[0]
        words = self.block.lines[line].words
        return self.block.title_of(words[held[0]].x0, words[held[-1]].x1, line)

    def _release(self, row: Cells) -> str:
        for lines in row.values():
            text = self.text(lines)
            if len(text) < 40 and (release := release_of(text)):
                return release
        return ""

    def _beside(self, row: Cells, prints: int, subjects: int) -> Iterator[Field]:
        """The other cells of a row; in those of the row itself, what labels say."""
        for column, lines in row.items():
            if column not in (prints, subjects):
                yield Field(self.role(column), tokens_in(lines))
            elif column != subjects:
                yield Field("other", list(self._labelled(lines)))

    def _labelled(self, lines: Lines) -> Iterator[Token]:
        """Labels in a cell, and numbers and dates."""
        for line, held in lines:
            labels = self.block.tokens.labels[line]
            for at in held:
                text = self.block.lines[line].words[at].text
                if is_date(text) or is_number(text) or any(b.first <= at < b.end for b in labels):
                    yield Token(line, at)


def _is_short(text: str) -> bool:
    return len(text) <= SETTINGS.status_length
