"""Lists that print no subject: fingerprints, each with a common name, an alias, or nothing.

So `keytool -list` prints a store, and so people keep lists of their own. What stands on the line of
a fingerprint is what the certificate is called there; if nothing does, the line above may say it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.extract import vocabulary
from pipeline.extract.blocks import Block
from pipeline.extract.fingerprints import SHA1, SHA256, Fingerprint
from pipeline.extract.headings import release_of
from pipeline.extract.layouts import Draft, Field, Proposal
from pipeline.extract.layouts.aligned import role_of
from pipeline.extract.page import Token
from pipeline.extract.vocabulary import FINGERPRINTS, NOT_FINGERPRINTS
from pipeline.extract.word_kinds import begins_name, is_bullet, is_date, is_number

_ENTRY: Final = frozenset({"trustedcertentry"})
_OWN: Final = frozenset({"privatekeyentry", "secretkeyentry", "keyentry"})
"""What keytool calls entries: a certificate that is trusted; a key of one's own."""
_HALF_DAYS: Final = frozenset({"AM", "PM"})


def propose(block: Block, usual: Counter[str]) -> Iterator[Proposal]:
    """Read a block in which no distinguished name stands."""
    if has_names(block):
        return
    prints = [
        digits
        for digits in block.digits
        if len(digits.digits) in (SHA1, SHA256) and role_of(block, digits) not in NOT_FINGERPRINTS
    ]
    done = Proposal("labelled", [])
    taken: set[int] = set()
    for first, second in _paired(prints):
        draft = Draft(first, second, is_label=True)
        lines = [piece.line for digits in (first, second) if digits for piece in digits.pieces]
        own = [_label(block, index, done) for index in sorted(set(lines))]
        above = min(lines) - 1
        if not any(words for _, words in own) and _is_near(block, above) and above not in taken:
            own = [_label(block, above, done)]
            lines.append(above)
        taken.update(lines)
        for index, words in own:
            kept = [at for at in words if not _is_kind(block, index, at)]
            kinds = [at for at in words if at not in kept]
            done.fields.append(Field("other", [Token(index, at) for at in kinds]))
            draft.status = draft.status or _status(block, index, kinds)
            if kept:
                draft.subject.append((index, kept))
        draft.right = max(block.lines[index].words[-1].x1 for index in lines)
        done.drafts.append(draft)
    if done.drafts:
        yield done


def has_names(block: Block) -> bool:
    """Whether a distinguished name stands somewhere in a block, or a part of one."""
    return any(
        begins_name(block.lines[index].words, at) or vocabulary.holds_attribute(word.text)
        for index in block.span
        for at, word in enumerate(block.lines[index].words)
    )


def _paired(prints: Sequence[Fingerprint]) -> Iterator[tuple[Fingerprint, Fingerprint | None]]:
    """Each SHA-1 with the SHA-256 beside it: all have one, always on the same side, or none has."""
    lengths = [len(digits.digits) for digits in prints]
    pairs = len(prints) // 2
    if lengths == [SHA1, SHA256] * pairs:
        yield from zip(prints[::2], prints[1::2], strict=True)
    elif lengths == [SHA256, SHA1] * pairs:
        yield from zip(prints[1::2], prints[::2], strict=True)
    else:
        yield from ((digits, None) for digits in prints)


def _label(block: Block, index: int, done: Proposal) -> tuple[int, list[int]]:
    """The words of a line that may be what a certificate is called; the others become fields.

    Numbers and dashes amid them, or right behind them, are of them: ``Root CA - Class 2``.
    """
    line = block.lines[index]
    starts = set(block.tokens.chunks[index])
    labels = [each for each in block.tokens.labels[index] if each.has_colon or each.first in starts]
    held: list[int] = []
    others: list[int] = []
    waiting: list[int] = []
    role: vocabulary.Role | None = None
    for at in block.free(index):
        text = line.words[at].text
        if at in starts:  # a wide gap is before it
            held += waiting
            waiting = []
        label = next((each for each in labels if each.first <= at < each.end), None)
        role = label.role if label is not None else role
        is_other = role not in {None, "common-name", "certificate", *FINGERPRINTS}
        if label is not None or is_other or is_date(text) or text in _HALF_DAYS:
            others += [*waiting, at]
            waiting = []
        elif is_number(text) or is_bullet(text):
            is_within = held and [*held, *waiting][-1] == at - 1 and at not in starts
            (waiting if is_within else others).append(at)
        elif _is_kind(block, index, at):
            held.append(at)
        else:
            held += [*waiting, at]
            waiting = []
    before_digits = [at for at in waiting if Token(index, waiting[-1] + 1) in block.tokens.owner]
    while before_digits and not line.words[before_digits[-1]].text[0].isalnum():
        before_digits.pop()  # a dash parts a name from its digits
    if waiting and waiting[-1] == len(line.words) - 1:
        held += waiting
        waiting = []
    held += before_digits
    waiting = waiting[len(before_digits) :]
    if held and Token(index, held[-1] + 1) in block.tokens.owner:
        text = line.words[held[-1]].text
        if text[0] == "(" and vocabulary.role_of(text) in FINGERPRINTS:
            others.append(held.pop())  # ``Root CA (SHA-1 02FA…)``
    tokens = [Token(index, at) for at in sorted([*others, *waiting])]
    done.fields.extend(Field("other", [token]) for token in tokens)
    return index, held


def _is_near(block: Block, above: int) -> bool:
    """Whether a line stands right above another, and can be what its row is called."""
    if above not in block.span or above + 1 in block.cuts:
        return False
    line, below = block.lines[above], block.lines[above + 1]
    holds_digits = len(block.free(above)) < len(line.words)
    return below.is_right_below(line) and not holds_digits and not release_of(line.text)


def _is_kind(block: Block, index: int, at: int) -> bool:
    folded = vocabulary.folded(block.lines[index].words[at].text)
    return folded in _ENTRY or folded in _OWN


def _status(block: Block, index: int, kinds: Sequence[int]) -> str:
    """What says that a row is none of a certificate that is trusted."""
    texts = [block.lines[index].words[at].text.strip(",") for at in kinds]
    return next((text for text in texts if vocabulary.folded(text) in _OWN), "")
