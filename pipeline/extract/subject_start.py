"""Whether a subject begins where a text does, and where subjects are."""

from pipeline.extract import vocabulary
from pipeline.extract.blocks import Block, Placed
from pipeline.extract.layouts import Draft
from pipeline.extract.page import Token
from pipeline.extract.settings import SETTINGS
from pipeline.extract.surroundings import NO_SUBJECT, Surroundings, WordOnPage
from pipeline.extract.vocabulary import GOES_ON


def has_other_title(page: Surroundings, draft: Draft) -> bool:
    """Whether a subject stands below the title of a column that holds something else."""
    line, words = draft.subject[0]
    held = page.block.lines[line].words
    if any(label.end == words[0] for label in page.block.tokens.labels[line]):
        return False  # its own label tells more
    return page.block.title_role(held[words[0]].x0, held[words[-1]].x1, line) in NO_SUBJECT


def begins_within(page: Surroundings, draft: Draft) -> bool:
    """Whether the text right before a subject, or right above it, goes on in it."""
    block = page.block
    first, words = draft.subject[0]
    line, at = block.lines[first], words[0]
    if at and at not in block.tokens.chunks[first]:
        before = line.words[at - 1].text
        is_labelled = any(label.end == at for label in block.tokens.labels[first])
        if before.endswith(GOES_ON) or (not is_labelled and _is_of_label(before)):
            return True
    if not _begins_cell(block, first, at):
        return False
    low, high = line.words[at].x0, line.words[words[-1]].x1
    for above in page.near(line, low, high, -1):
        spots = [spot for spot in above if spot.token not in block.tokens.owner]
        if spots:
            last = _end_of_text(page, line, spots[-1])
            return last.text.endswith(GOES_ON) and not _is_amid_name(page, last.token)
    ahead = page.beyond(line, low, high, -1)
    return bool(ahead) and ahead[-1].text.endswith(GOES_ON)


def _begins_cell(block: Block, index: int, at: int) -> bool:
    """Whether white or digits of another column stand before a word."""
    line = block.lines[index]
    if at in block.tokens.chunks[index]:
        return True
    gap = line.words[at].x0 - line.words[at - 1].x1
    return Token(index, at - 1) in block.tokens.owner and gap >= SETTINGS.space_within * line.size


def _is_amid_name(page: Surroundings, token: tuple[int, int] | None) -> bool:
    """Whether the name of a row goes on behind a word."""
    row = page.names.get(token) if token else None
    return row is not None and token != row.end


def _end_of_text(page: Surroundings, line: Placed, spot: WordOnPage) -> WordOnPage:
    """The last word of the text that a word above a line is of."""
    last, reach = spot, SETTINGS.same_level * line.size
    for each in page.between(line.page, spot.y - reach, spot.y + reach):
        is_next = abs(each.y - spot.y) < reach and each.x0 > last.x0
        is_near = is_next and each.x0 - last.x1 < SETTINGS.space_within * line.size
        if is_near:
            last = each
    return last


def _is_of_label(text: str) -> bool:
    return text.isalpha() and vocabulary.is_word_of_label(text)
