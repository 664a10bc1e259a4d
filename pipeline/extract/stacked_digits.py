"""Digits of one column that stand below each other, parted into digests by their lengths."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from pipeline.extract.fingerprints import MD5, SHA1, SHA256, Fingerprint, Piece
from pipeline.extract.page import Line
from pipeline.extract.settings import SETTINGS
from pipeline.extract.vocabulary import NOT_FINGERPRINTS, Role

_LENGTHS: dict[Role | None, int] = {"md5": MD5, "sha1": SHA1, "sha256": SHA256}
"""How many digits follow a label."""


def unstacked(lines: Sequence[Line], stack: Fingerprint) -> Iterator[Fingerprint]:
    """Part a stack of pieces into fingerprints of 40 digits, or of 64 if that fits better.

    What is 64 digits may be two MD5: white between lines of digits tells. A label tells the length
    of what follows it first.
    """
    if len(stack.pieces) == 1:
        yield stack
        return
    if stack.role in _LENGTHS:
        first = next(_split(stack.pieces, _LENGTHS[stack.role]))
        first.role = stack.role
        yield first
        if rest := stack.pieces[len(first.pieces) :]:
            yield from unstacked(lines, Fingerprint(rest))
        return
    if stack.role is None and _is_dump(stack):
        stack.role = "other"
        yield stack
        return
    if stack.role in NOT_FINGERPRINTS:
        first = _wrapped(stack)
        yield first
        if rest := stack.pieces[len(first.pieces) :]:
            yield from unstacked(lines, Fingerprint(rest))
        return
    as_sha1, as_sha256 = (list(_split(stack.pieces, length)) for length in (SHA1, SHA256))
    faults = [
        sum(not (f.is_sound and _is_even(f)) for f in parts) for parts in (as_sha1, as_sha256)
    ]
    chosen = as_sha256 if faults[1] < faults[0] else as_sha1
    if min(faults) or chosen is as_sha256:
        as_md5 = list(_split(stack.pieces, MD5))
        if all(map(_is_md5, as_md5)) and (min(faults) or _are_apart(lines, as_md5)):
            chosen = as_md5
    chosen[0].role = stack.role
    yield from chosen


def _is_md5(digits: Fingerprint) -> bool:
    return digits.is_digest and len(digits.digits) == MD5 and _is_even(digits)


def _are_apart(lines: Sequence[Line], found: Sequence[Fingerprint]) -> bool:
    """Whether there is more white between digests of a column than between the lines of one.

    A page break, which stands between some of them, has as little as there is within a text.
    """
    within = [_step(lines, *two) for each in found for two in pairwise(each.pieces)]
    between = [_step(lines, a.pieces[-1], b.pieces[0]) for a, b in pairwise(found)]
    return bool(within and between) and median(between) > SETTINGS.whiter * median(within)


def _step(lines: Sequence[Line], above: Piece, below: Piece) -> float:
    return lines[below.line].y - lines[above.line].y


def _is_even(digits: Fingerprint) -> bool:
    """Whether no line amid some digits is much shorter than others: there one of them ends."""
    lengths = [len(piece.digits) for piece in digits.pieces]
    return all(length >= SETTINGS.even_lines * max(lengths) for length in lengths[1:-1])


def _is_dump(stack: Fingerprint) -> bool:
    """Whether these are the bytes of a key or a signature, in lines no digest is broken into."""
    *lines, last = [len(piece.digits) for piece in stack.pieces]
    return (
        sum(lines) > 2 * SHA256
        and len(set(lines)) == 1
        and last <= lines[0]
        and all(length % lines[0] for length in (MD5, SHA1, SHA256))
        and all(piece.has_colons for piece in stack.pieces)
    )


def _wrapped(stack: Fingerprint) -> Fingerprint:
    """The digits of a serial number or the like, of any length: no line is longer than the first.

    What is as long as a digest is complete.
    """
    found = Fingerprint([stack.pieces[0]], stack.role)
    for piece in stack.pieces[1:]:
        is_complete = len(found.digits) in (MD5, SHA1, SHA256)
        if is_complete or len(piece.digits) > len(stack.pieces[0].digits):
            break
        found.add(piece)
    return found


def _split(pieces: Sequence[Piece], length: int) -> Iterator[Fingerprint]:
    current = Fingerprint()
    for piece in pieces:
        if current.pieces and len(current.digits) + len(piece.digits) > length:
            yield current
            current = Fingerprint()
        current.add(piece)
        if len(current.digits) >= length:
            yield current
            current = Fingerprint()
    if current.pieces:
        yield current
