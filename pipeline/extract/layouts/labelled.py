"""Lists that print no subject: fingerprints, each with a common name, an alias, or nothing.

So `keytool -list` prints a store, and so people keep lists of their own. What stands on the line of
a fingerprint is what the certificate is called there; if nothing does, the line above may say it.
"""

from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import dropwhile, groupby
from typing import Final

from pipeline.extract import vocabulary
from pipeline.extract.blocks import Block, release_of
from pipeline.extract.fingerprints import SHA1, SHA256, Fingerprint
from pipeline.extract.layouts import Draft, Field, Proposal
from pipeline.extract.layouts.aligned import role_of
from pipeline.extract.settings import SETTINGS
from pipeline.extract.tokens import Token, begins_name, is_bullet, is_date, is_number
from pipeline.extract.vocabulary import NOT_FINGERPRINTS

_ENTRY: Final = frozenset({"trustedcertentry"})
_OWN: Final = frozenset({"privatekeyentry", "secretkeyentry", "keyentry"})
"""What keytool calls entries: a certificate that is trusted; a key of one's own."""


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
    """The words of a line that may be what a certificate is called; the others become fields."""
    labels = block.tokens.labels[index]
    held: list[int] = []
    role: vocabulary.Role | None = None
    for at in block.free(index):
        label = next((each for each in labels if each.first <= at < each.end), None)
        if label is not None:
            role = label.role
        is_other = role not in (None, "common-name", "fingerprint", "sha1", "sha256", "certificate")
        if label is not None or is_other:
            done.fields.append(Field("other", [Token(index, at)]))
        else:
            held.append(at)
    named = _named(block, index, held)
    done.fields.append(Field("other", [Token(index, at) for at in held if at not in named]))
    return index, named


def _named(block: Block, index: int, held: Sequence[int]) -> list[int]:
    """Those of some words that name something: no dates, and no numbers and marks around a name."""
    texts = {at: block.lines[index].words[at].text for at in held}
    counts = {at: _counts(text) for at, text in texts.items()}
    starts = block.tokens.chunks[index]
    named: list[int] = []
    for _, run in groupby(held, lambda at: (bisect(starts, at), counts[at] or is_date(texts[at]))):
        words = list(run)
        is_dated = any(is_date(texts[at]) for at in words) and all(
            counts[at] or is_date(texts[at]) for at in words
        )
        if not (is_dated and any(char.isdigit() for at in words for char in texts[at])):
            named += words
    return [
        at
        for _, chunk in groupby(named, lambda at: bisect(starts, at))
        for at in _trimmed(list(chunk), counts, texts)
    ]


def _trimmed(
    chunk: Sequence[int], counts: Mapping[int, bool], texts: Mapping[int, str]
) -> Sequence[int]:
    """The words of a chunk from its first that doesn't count it; a number may end a name."""
    kept = list(dropwhile(counts.__getitem__, chunk))
    while kept and not any(map(str.isalnum, texts[kept[-1]])):
        kept.pop()
    return kept


def _counts(text: str) -> bool:
    """Whether a word is a number or a mark; ``CA`` is none, though its letters are digits, too."""
    return (is_number(text) or is_bullet(text)) and not text.isalpha()


def _is_near(block: Block, above: int) -> bool:
    """Whether a line stands right above another, and can be what its row is called."""
    if above not in block.span or above + 1 in block.cuts:
        return False
    line, below = block.lines[above], block.lines[above + 1]
    holds_digits = len(block.free(above)) < len(line.words)
    is_near = below.y - line.y <= SETTINGS.label_step * below.size
    return is_near and not holds_digits and not release_of(line.text)


def _is_kind(block: Block, index: int, at: int) -> bool:
    folded = vocabulary.folded(block.lines[index].words[at].text)
    return folded in _ENTRY or folded in _OWN


def _status(block: Block, index: int, kinds: Sequence[int]) -> str:
    """What says that a row is none of a certificate that is trusted."""
    texts = [block.lines[index].words[at].text.strip(",") for at in kinds]
    return next((text for text in texts if vocabulary.folded(text) in _OWN), "")
