"""Rows of running text: a subject follows its fingerprint, or precedes it."""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.extract import columns, labels
from pipeline.extract.columns import Strip, begins_name
from pipeline.extract.drafts import (
    LABEL_AFTER,
    LABEL_BEFORE,
    Draft,
    Drafts,
    SubjectLine,
    text_of,
)
from pipeline.extract.fingerprints import Fingerprint
from pipeline.extract.sheet import Sheet, Token

_OTHER_FIELD = re.compile(
    rf"""(?:{labels.ISSUER}|{labels.SERIAL}|{labels.VALIDITY}|valid(?:ity)?(?:\s+(?:from|to|until))?
    |not\ (?:before|after)|expire[sd]?(?:\s+on)?|(?:sha-?256|md-?5)(?:[\s-]+{labels.FINGERPRINT})?
    |{labels.FINGERPRINT}\ \(?(?:sha-?256|md-?5)\)?
    |(?:public\ )?key(?:\ \w+)?|signature(?:\ algorithm)?)\s*{labels.COLON}
    |(?:valid\w*|{labels.SERIAL}|{labels.VALIDITY}|key|expires?|sha-?256)
    \s+(?:[a-z]{{3}}\ )?[\da-f]*\d
    |{labels.ISSUER}\s+/?(?=\S+\s?=)""",
    re.VERBOSE | re.IGNORECASE,
)
"""What another field of a record is labelled with."""
_ISSUER = re.compile(rf"{labels.ISSUER}\s*(?:{labels.COLON}|(?=\s/?\S+\s?=))", re.IGNORECASE)


@dataclass(slots=True)
class RunningText:
    """Running text on a sheet, with the fingerprints of ``strip`` in it."""

    sheet: Sheet
    drafts: Drafts
    strip: Strip

    def read(self, first: int, last: int) -> None:
        """Draft the rows; their fingerprints stand on the lines ``first`` to ``last``."""
        begin, end = self._span(first, last)
        lines = [i for i in range(begin, end + 1) if self.sheet.may_be_of_row(i)]
        tokens = self.sheet.tokens(lines)
        right = max(self.sheet.word(token).x1 for token in tokens)
        anchors, texts = self._between_fingerprints(tokens)
        if self.drafts.name_first:
            self._read_before(end, anchors, texts, right)
        else:
            self._read_after(begin, anchors, texts, right)
        for index in lines:
            self._take_if_other(self.sheet.free(index))

    def _span(self, first: int, last: int) -> tuple[int, int]:
        """From the first to the last line of the rows: those that adjoin, without a wide gap."""
        begin, end = first, last
        while begin > 0 and self._adjoins(begin - 1, begin):
            begin -= 1
        while end + 1 < len(self.sheet.lines) and self._adjoins(end + 1, end):
            end += 1
        return begin, end

    def _adjoins(self, index: int, other: int) -> bool:
        """Whether a line is of the text that another is of; it may hold a SHA-256 only."""
        return index in self.sheet.row_lines or self.sheet.adjoins(index, other)

    def _between_fingerprints(
        self, tokens: Iterable[Token]
    ) -> tuple[list[Fingerprint], list[list[Token]]]:
        """The fingerprints, and the texts before the first, between them, and after the last."""
        at = {next(f.pieces[0].words): f for f in self.strip.fingerprints}
        anchors: list[Fingerprint] = []
        texts: list[list[Token]] = [[]]
        for token in tokens:
            if token in at:
                anchors.append(at[token])
                texts.append([])
            elif not self.sheet.is_taken(token):
                texts[-1].append(token)
        return anchors, texts

    # --- the fingerprint first ----------------------------------------------------------------

    def _read_after(
        self, begin: int, anchors: Sequence[Fingerprint], texts: list[list[Token]], right: float
    ) -> None:
        last = self.drafts.unfinished
        if last:
            self._add(last, self._rest(last, begin, texts[0]), right)
        number = [token for token in texts[0] if token[0] == anchors[0].pieces[0].line]
        if LABEL_AFTER.fullmatch(self._text(number)):
            self.sheet.take(number)
        pitch = self._pitch()
        for anchor, text in zip(anchors, texts[1:], strict=True):
            self._add(self._new(anchor), self._until_gap(text, pitch), right)

    def _rest(self, last: Draft, begin: int, text: list[Token]) -> list[Token]:
        """The end of the last row of another part, or all of its subject if it has none yet."""
        if text and begins_name(self._text(text)) != bool(last.lines):
            return text
        if last.lines:
            rest = self.rest_among(range(begin), last)
            return rest or self._name_among(range(begin))
        return self._name_among(range(begin))

    def _pitch(self) -> float:
        """From line to line within a text: the smaller steps there are on the page."""
        lines = self.sheet.lines
        size = lines[self.strip.fingerprints[0].pieces[0].line].size
        steps = sorted(b.y - a.y for a, b in itertools.pairwise(lines) if b.y - a.y > 0.8 * size)
        return steps[len(steps) // 10] if steps else 1.2 * size

    def _until_gap(self, text: list[Token], pitch: float) -> list[Token]:
        """The text up to the first line that stands apart from what is above it."""
        lines = self.sheet.lines
        previous = text[0][0] if text else 0
        for at, (index, _) in enumerate(text):
            if lines[index].y - lines[previous].y > 1.25 * pitch:
                return text[:at]
            previous = index
        return text

    # --- the subject first --------------------------------------------------------------------

    def _read_before(
        self, end: int, anchors: Sequence[Fingerprint], texts: list[list[Token]], right: float
    ) -> None:
        for anchor, text in zip(anchors, texts, strict=False):
            draft = self._new(anchor)
            self._add(draft, text if draft.lines else self._from_name(text), right)
        below = range(end + 1, len(self.sheet.lines))
        rest = self._from_name(texts[-1]) or self._name_among(below)
        self.drafts.waiting = self._subject(rest, right)

    def _from_name(self, text: list[Token]) -> list[Token]:
        """The part of a text that begins with a name; what is before is of no row."""
        others: list[Token] = []
        is_issuer = False
        for at, token in enumerate(text):
            line = self.sheet.lines[token[0]].text
            is_issuer = bool(_ISSUER.match(line)) or (
                is_issuer and not LABEL_BEFORE.match(line) and not begins_name(line)
            )
            if is_issuer:
                others.append(token)
            elif begins_name(self._text(text[at : at + 3])):
                self.sheet.take(others)
                self._take_if_other([each for each in text[:at] if each not in others])
                return text[at:]
        return []

    # --- parted by a page break ---------------------------------------------------------------

    def rest_among(self, among: range, draft: Draft) -> list[Token]:
        """The end of a row that a break parts: the first lines that look as the row does."""
        size = draft.lines[-1].size
        held: list[int] = []
        for index in among:
            line = self.sheet.lines[index]
            fits = abs(line.size - size) < 0.03 * size and (
                line.words[-1].x1 - line.words[0].x0 <= draft.width + size
            )
            is_next = not held or self.sheet.adjoins(index, index - 1)
            if fits and is_next and self.sheet.plain[index]:
                held.append(index)
            elif held:
                break
        if held and begins_name(self.sheet.lines[held[0]].text):
            return []
        return self.sheet.tokens(held)

    def _name_among(self, among: range) -> list[Token]:
        """A name that a break parts from its fingerprint: lines that begin with one and adjoin."""
        held: list[int] = []
        for index in among:
            text = LABEL_BEFORE.sub("", self.sheet.lines[index].text)
            text = re.sub(r"^subject\s+", "", text, flags=re.IGNORECASE)
            if held and not self.sheet.adjoins(index, index - 1):
                break
            if held or (self.sheet.plain[index] and begins_name(text)):
                held.append(index)
        return self._from_name(self.sheet.tokens(held))

    def add_rest(self, draft: Draft, rest: list[Token]) -> None:
        """Add the end of a row that a page break parts."""
        self._add(draft, rest, 0.0)

    # --- rows ---------------------------------------------------------------------------------

    def _new(self, anchor: Fingerprint) -> Draft:
        release = self.sheet.release_at(anchor.pieces[0].line, self.drafts.release)
        number, part = self.sheet.page.number, self.drafts.part
        return self.drafts.add(Draft(number, part, release, anchor.digits, is_running=True))

    def _add(self, draft: Draft, text: list[Token], right: float) -> None:
        draft.lines.extend(self._subject(text, right))

    def _subject(self, text: list[Token], right: float) -> list[SubjectLine]:
        """Take a text line by line; other labelled fields of a record are left out."""
        self.sheet.take(text)
        taken: list[SubjectLine] = []
        is_other = False
        for index, tokens in itertools.groupby(text, key=lambda token: token[0]):
            words = [self.sheet.word(token) for token in tokens]
            shown = text_of(words)
            if _OTHER_FIELD.match(shown):
                is_other = True
            elif LABEL_BEFORE.match(shown) or LABEL_AFTER.match(shown):
                is_other = False
            if not is_other:
                size = self.sheet.lines[index].size
                taken.append(SubjectLine(words, right - words[-1].x1, size))
        return taken

    def _text(self, tokens: Iterable[Token]) -> str:
        return text_of(map(self.sheet.word, tokens))

    def _take_if_other(self, tokens: Sequence[Token]) -> None:
        """Account for words that are nothing but labels, numbers and dates."""
        if all(columns.is_other_field(self.sheet.word(token).text) for token in tokens):
            self.sheet.take(tokens)
