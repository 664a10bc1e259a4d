"""Whether a subject ends where its text does: what stands behind it, and below it."""

from collections.abc import Sequence
from itertools import pairwise, takewhile

from pipeline.extract import vocabulary
from pipeline.extract.blocks import Placed
from pipeline.extract.chunks import chunk_starts
from pipeline.extract.fingerprints import SHORTEST, digits_of
from pipeline.extract.labels import Label
from pipeline.extract.layouts import Draft
from pipeline.extract.layouts.aligned import role_of
from pipeline.extract.page import Line, Token, Word
from pipeline.extract.settings import SETTINGS
from pipeline.extract.surroundings import NO_SUBJECT, Surroundings, WordOnPage, is_numbered
from pipeline.extract.vocabulary import GOES_ON
from pipeline.extract.word_kinds import begins_name, is_date, is_number


def has_words_behind(page: Surroundings, draft: Draft) -> bool:
    """Whether a line of a subject goes on with words that the row doesn't have.

    Digits of a fingerprint, or a label with its value, may follow a name in running text.
    """
    block = page.block
    for line, words in draft.subject:
        placed = block.lines[line]
        after = words[-1] + 1
        if after >= len(placed.words):
            if page.is_parted and page.goes_on(placed):
                return True
            continue
        word, before = placed.words[after], placed.words[words[-1]]
        if (
            word.x0 - before.x1 >= SETTINGS.space_within * placed.size
            or after in block.tokens.chunks[line]
            or page.roles.get(Token(line, after)) == "date"
        ):
            continue
        digits = block.tokens.owner.get(Token(line, after))
        if digits is not None:
            if digits.is_sound:
                continue
            return True
        is_aside = _is_aside(word.text) and line == draft.end.line
        if not (_is_labelled(placed, block.tokens.labels[line], after) or is_aside):
            return True
    return False


def _is_labelled(line: Placed, labels: Sequence[Label], at: int) -> bool:
    """Whether a label begins at a word.

    A word at the end of a line may be the last of a name: ``Authority``, above ``Key ID:``. It is
    of a label if a date goes on with that on the next line: ``valid`` above ``until 2038-06-03``.
    """
    here = [label for label in labels if label.first == at]
    if at + 1 < len(line.words) or not line.words[at].text.isalpha():
        return bool(here)
    return any(label.role == "date" and label.has_colon for label in here)


def _is_aside(text: str) -> bool:
    """Whether a word is a mark, or opens a bracket: what follows is none of the name."""
    return not any(map(str.isalnum, text)) or text[0] in "([{"


def ends_open(page: Surroundings, draft: Draft) -> bool:
    """Whether a subject lacks its last value, or digits behind it may be of its end.

    A number that begins the next line may be the last word of a name: unless all rows have one.
    So may a part of a fingerprint that lacks digits be one of a name, and the reverse.
    """
    block = page.block
    line, words = draft.subject[-1]
    placed = block.lines[line]
    last = placed.words[words[-1]]
    if last.text.endswith("=") and _ends_page(page, draft):
        return True
    if words[-1] + 1 < len(placed.words) or line + 1 >= len(block.lines):
        return False
    below = block.lines[line + 1]
    low = page.extent(draft)[0] if draft.begin.word == 0 else 0.0
    if below.words[0].x0 >= last.x1 or below.words[0].x0 < low - 2 * below.size:
        return False  # of another column
    cell, other = block.cell_of(draft.subject), block.spots.get((line + 1, 0))
    if cell and other and other.column >= 0 and (other.page, other.row) != (cell.page, cell.row):
        return False  # of another row
    digits = block.tokens.owner.get(Token(line + 1, 0))
    if digits is not None:
        return role_of(block, digits) is None and not digits.is_sound
    rows = page.numbered[placed.shift]
    is_own = draft.digits.line == line + 1  # then others have to show that it is none of a name
    return is_numbered(block, line + 1) and 2 * sum(rows) < len(rows) + 2 * is_own


def has_number_below(page: Surroundings, draft: Draft) -> bool:
    """Whether a number stands right below a subject, at its edge and alone: ``Root CA`` / ``3``."""
    block = page.block
    line = block.lines[draft.end.line]
    left, _ = page.extent(draft)
    # an equals sign that began a line is of the type on the line above: ``C =``
    is_split = any(" " in word.text for word in block.words(draft.subject))
    indent = line.size if is_split else SETTINGS.same_edge
    for spot in next(page.near(line, left, left + SETTINGS.same_edge, 1), []):
        if spot.token is None or spot.token in page.names or not is_number(spot.text):
            continue
        if spot.token in block.tokens.owner:
            continue
        index, at = spot.token
        rows = page.numbered[line.shift]
        if at == 0 and is_numbered(block, index) and 2 * sum(rows) >= len(rows):
            continue  # that of the next row
        starts = {*block.tokens.chunks[index], len(block.lines[index].words)}
        is_alone = {at, at + 1} <= starts and (at == 0 or block.lines[index].titles)
        is_labelled = any(label.end == at for label in block.tokens.labels[index])
        is_at_edge = -indent < spot.x0 - line.shift - left < SETTINGS.same_edge
        if is_alone and is_at_edge and not is_labelled:
            return True
    return False


def _ends_page(page: Surroundings, draft: Draft) -> bool:
    """Whether nothing stands below a subject in its column of the page, and the list goes on."""
    line = page.block.lines[draft.end.line]
    low, high = page.extent(draft)
    return bool(page.beyond(line, low, high, 1))


def reaches_edge(page: Surroundings, draft: Draft) -> bool:
    """Whether a line of a subject ends so near the edge of its page that more may be cut off."""
    for line, words in draft.subject:
        placed = page.block.lines[line]
        end = placed.words[words[-1]].x1 + placed.shift
        if end > page.right_of(placed.page) - SETTINGS.page_edge * placed.size:
            return True
    return False


def has_words_below(page: Surroundings, draft: Draft) -> bool:
    """Whether a subject may lack words: others stand within its column, or right below it."""
    if _has_words_beside(page, draft):
        return True
    if _is_closed(page, draft):
        return False
    if _runs_on(page, draft):
        return True
    line = page.block.lines[draft.end.line]
    low, high = page.extent(draft)
    label = _label_before(page, draft)
    if label:  # below which the name may go on
        low = line.words[label.first].x0
    below = next(page.near(line, low, high, 1), [])
    if not below:
        return _goes_on_on_next_page(page, draft)
    # a text that begins left of the column, as prose does, is none of its
    edge = low + line.shift - line.size
    begun = next((word for word in below if edge < word.x0 and _begins_text(page, word)), None)
    if begun is None:
        return False
    if label and label.has_colon and _may_be_amid(page, begun):
        return True
    return any(_is_none(page, line, word) for word in below) or _goes_on_in_row(page, draft, begun)


def _label_before(page: Surroundings, draft: Draft) -> Label | None:
    """The label that begins the text with a name on it, if that has a single line."""
    if len(draft.subject) > 1:
        return None
    tokens, line = page.block.tokens, draft.begin.line
    begin = max(at for at in tokens.chunks[line] if at <= draft.begin.word)
    return next((label for label in tokens.labels[line] if label.first == begin), None)


def _may_be_amid(page: Surroundings, spot: WordOnPage) -> bool:
    """Whether a word is of a field by a label without a colon, where labels have colons.

    It may as well be of the name above it: ``Root X1``.
    """
    if spot.token is None or page.roles.get(spot.token) != "other":
        return False
    index, at = spot.token
    labels = page.block.tokens.labels[index]
    return not any(label.has_colon for label in labels if label.first <= at)


def _has_words_beside(page: Surroundings, draft: Draft) -> bool:
    """Whether words of no row stand within the column of a subject, on its lines."""
    low, high = page.extent(draft)
    return any(
        draft.begin.line <= line <= draft.end.line and word.x0 < high and word.x1 > low
        for line, at in page.left
        for word in [page.block.lines[line].words[at]]
    )


def _goes_on_on_next_page(page: Surroundings, draft: Draft) -> bool:
    """Whether what begins the column of a subject on the next page may be of it.

    What goes on may begin where its line does, left of the name.
    """
    line = page.block.lines[draft.end.line]
    low, high = page.extent(draft)
    if len(draft.subject) == 1:
        starts = page.block.tokens.chunks[draft.begin.line]
        low = line.words[max(at for at in starts if at <= draft.begin.word)].x0
    return _goes_on_beyond(page.beyond(line, low, high, 1), low + line.shift - line.size)


def _goes_on_in_row(page: Surroundings, draft: Draft, begun: WordOnPage) -> bool:
    """Whether a text below a subject is amid the name of another row: it goes on what is above."""
    other = page.names.get(begun.token) if begun.token else None
    if other is None or other is draft or begun.token == other.begin:
        return False
    line, after = draft.end.line, draft.end.word + 1
    is_cell = after in page.block.tokens.chunks[line] and not page.runs_to_margin
    return is_cell or after == len(page.block.lines[line].words)


def has_label_below(page: Surroundings, draft: Draft) -> bool:
    """Whether a word that may be a label stands alone below a subject: it may be its last one."""
    block, last = page.block, draft.end.line
    if last + 1 >= len(block.lines):
        return False
    line, below = block.lines[last : last + 2]
    labels = block.tokens.labels[last + 1]
    return (
        len(labels) == 1
        and not labels[0].has_colon
        and labels[0].end - labels[0].first == len(below.words)
        and below.text_column == line.text_column
        and below.is_right_below(line)
        and abs(below.words[0].x0 - page.extent(draft)[0]) < SETTINGS.same_edge
    )


def _is_closed(page: Surroundings, draft: Draft) -> bool:
    """Whether a row's digits stand in brackets behind its name: there the name is whole.

    White may part them where they end a text; beside the first line of a cell, the name may go on.
    """
    block = page.block
    line, words = draft.subject[-1]
    after = words[-1] + 1
    if block.tokens.owner.get(Token(line, after)) is not draft.digits:
        return False
    is_cell = len(draft.subject) == 1 and after in block.tokens.chunks[line]
    return not is_cell and block.lines[line].words[after].text[0] in "(["


def _runs_on(page: Surroundings, draft: Draft) -> bool:
    """Whether a name in running text fills its line, and the words of the next are of no row."""
    block = page.block
    line, words = draft.subject[-1]
    placed = block.lines[line]
    end = placed.words[-1].x1
    if words[0] == 0 or words[-1] + 1 < len(placed.words):
        return False
    below = next(page.near(placed, placed.words[0].x0, end, 1), [])
    if not below or not _is_none(page, placed, below[0]):
        return False
    needed = below[0].x1 - below[0].x0 + SETTINGS.usual_space * placed.size
    return page.room(line, end) < needed


def has_attributes_below(page: Surroundings, draft: Draft) -> bool:
    """Whether attributes of a name stand right below a subject, and a label amid explains them.

    Below a label that has digits or another name, or a colon, there is another field.
    """
    block = page.block
    low, high = page.extent(draft)
    last = draft.end.line
    for index, (above, line) in enumerate(pairwise(block.lines[last:]), last + 1):
        if not line.is_right_below(above) or line.text_column != above.text_column:
            return False
        for at, word in enumerate(line.words):
            token = Token(index, at)
            if word.x0 >= high or word.x1 <= low:
                continue
            if token in page.names or token in block.tokens.owner:
                return False
            if any(_parts_fields(line, at, label) for label in block.tokens.labels[index]):
                return False
            if begins_name(line.words, at):
                return token in page.explained and page.roles.get(token) != "issuer"
    return False


def _parts_fields(line: Line, at: int, label: Label) -> bool:
    """Whether a word is the value of a label, or begins a label that no name holds."""
    has_colon = line.words[label.end - 1].text.endswith((":", "="))
    return label.end == at or (label.first == at and (has_colon or label.role in NO_SUBJECT))


def _begins_text(page: Surroundings, spot: WordOnPage) -> bool:
    """Whether white stands before a word."""
    if spot.token is not None:
        index, at = spot.token
        return at in page.block.tokens.chunks[index]
    line = spot.line
    return line is not None and any(line.words[at].x0 == spot.x0 for at in chunk_starts(line))


def _is_none(page: Surroundings, line: Placed, spot: WordOnPage) -> bool:
    """Whether a word near a line is of no row, and nothing explains it.

    Of a page before this one only lines of the last row are kept: others there are of no row.
    """
    if spot.token is not None:
        return spot.token in page.left
    is_other = is_number(spot.text) or is_date(spot.text) or len(digits_of(spot.text)) >= SHORTEST
    return line.page < page.block.lines[-1].page and not is_other


def _goes_on_beyond(words: Sequence[Word], edge: float) -> bool:
    """Whether what begins a column of the next page may go on with a text of this one.

    A row may begin with digits; few of them, as in ``CA 2025``, may be of a name.
    """
    if not words or words[0].x0 <= edge or begins_name(words, 0) or _begins_field(words):
        return False
    digits = takewhile(bool, (digits_of(word.text) for word in words))
    begins_row = words[0].text[0].isdigit() or is_date(words[0].text)
    return not (begins_row or sum(map(len, digits)) >= 2 * SHORTEST)


def _begins_field(words: Sequence[Word]) -> bool:
    """Whether words are a label, alone or with a colon or a value; ``Valid Root`` is a name."""
    label = vocabulary.label_at([word.text for word in words])
    if label is None or label.has_colon:
        return label is not None
    if words[label.length - 1].text.endswith(GOES_ON):
        return False  # ``Authority, CN=Acme Root`` ends one attribute and begins the next
    if label.length == len(words):
        return label.role != "common-name"  # ``Root CA``
    after = words[label.length].text
    is_value = is_date(after) or len(digits_of(after)) >= SHORTEST
    return is_value or bool(begins_name(words, label.length))
