"""Digits that go on from line to line, in a column or in running text, put together."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.extract.fingerprints import MD5, SHA1, SHA256, SHORTEST, Fingerprint, Piece, digits_of
from pipeline.extract.page import Line
from pipeline.extract.settings import SETTINGS
from pipeline.extract.stacked_digits import unstacked
from pipeline.extract.vocabulary import Role

_GROUP = re.compile(r"[(\[]?[0-9a-f]+:?", re.IGNORECASE)


class Neighbours:
    """What stands around digits and says something of them: here, nothing does."""

    def role_of(self, piece: Piece) -> Role | None:
        """The role of the label before a piece, if it has one of its own: it begins a run."""
        return None

    def has_label_apart(self, piece: Piece) -> bool:
        """Whether that label may be a word of another column: then it doesn't begin one.

        That is so if the digits above lack those.
        """
        return False

    def are_together(self, above: Piece, piece: Piece) -> bool:
        """Whether two pieces may be of one run: not if they are known to be in two cells."""
        return True

    def is_in_cell(self, piece: Piece) -> bool:
        """Whether a piece begins a cell: there digits without any letter may begin a run, too."""
        return False


def fingerprints_of(
    lines: Sequence[Line], pieces: Sequence[Sequence[Piece]], said: Neighbours
) -> list[Fingerprint]:
    """All runs of digits of a page that may be fingerprints, in order of where they begin.

    ``pieces`` are those on each line; ``said`` is what stands around them.
    """
    stacks = _stacks_of(lines, pieces, said)
    trimmed = [_without_number(lines, stack) for stack in stacks]
    whole = [_without_number(lines, each) for stack in trimmed for each in unstacked(lines, stack)]
    return sorted(whole, key=lambda f: (f.pieces[0].line, f.x0))


def _stacks_of(
    lines: Sequence[Line], pieces: Sequence[Sequence[Piece]], said: Neighbours
) -> Iterator[Fingerprint]:
    """The runs of digits that go on from line to line, be they of one fingerprint or of more."""
    open_: list[Fingerprint] = []
    for index, line in enumerate(lines):
        if not (open_ or pieces[index]):
            continue
        carried: list[Fingerprint] = []
        for piece in pieces[index]:
            run = _run_with(lines, pieces, said, open_, piece)
            if run is not None:
                carried.append(run)
                open_ = [each for each in open_ if each is not run]
        reach = SETTINGS.digits_step * line.size
        kept = [f for f in open_ if line.y - lines[f.pieces[-1].line].y <= reach]
        yield from (f for f in open_ if f not in kept)
        open_ = kept + carried
    yield from open_


def _run_with(
    lines: Sequence[Line],
    pieces: Sequence[Sequence[Piece]],
    said: Neighbours,
    open_: Sequence[Fingerprint],
    piece: Piece,
) -> Fingerprint | None:
    """The open run that goes on with a piece, now with it, or the run that it begins."""
    role = said.role_of(piece)
    if not role or said.has_label_apart(piece):
        near = [f for f in open_ if said.are_together(f.pieces[-1], piece)]
        above = _above(lines, near, pieces[piece.line], piece) if near else None
        if above and (not role or _lacks(lines, above, piece)):
            above.add(piece)
            return above
    if (
        role
        or _begins(piece)
        or (said.is_in_cell(piece) and len(piece.digits) >= SHORTEST)
        or _begins_above(lines, pieces, piece)
        or _begins_pairs(lines, pieces, piece)
    ):
        return Fingerprint([piece], role)
    return None


def _without_number(lines: Sequence[Line], stack: Fingerprint) -> Fingerprint:
    """The run without what is before it: a number of its row, the end of a name: ``10. 39 21``."""
    first = stack.pieces[0]
    if stack.role or len(stack.digits) in (SHA1, SHA256):
        return stack
    for count, head in enumerate(_heads_of_text(lines, first), 1):
        if len(stack.digits) - len(head) in (SHA1, SHA256):
            at = first.first + count
            x0 = lines[first.line].words[at].x0
            without = replace(first, first=at, digits=first.digits[len(head) :], x0=x0)
            return Fingerprint([without, *stack.pieces[1:]])
    return stack


def _above(
    lines: Sequence[Line], open_: Sequence[Fingerprint], rivals: Sequence[Piece], piece: Piece
) -> Fingerprint | None:
    """The run that goes on with ``piece``; ``rivals`` are all pieces on its line."""
    below = next((f for f in open_ if _is_below(lines, f, piece)), None)
    if below and _makes_whole(lines, below, piece):
        return below
    above = below or next((f for f in open_ if _runs_on(lines, f, piece)), None)
    # in running text a fingerprint goes on at the start of a line, whatever is above it
    if above is not below or piece.first == 0:
        running = [f for f in open_ if _runs_on(lines, f, piece)]
        others = [other for other in rivals if other is not piece]
        is_text = not any(_is_column(lines, f, r) for f in running for r in others)
        above = running[0] if running and is_text else below
    return above


def _makes_whole(lines: Sequence[Line], above: Fingerprint, piece: Piece) -> bool:
    """Whether a run that lacks these digits breaks within its line, as a text does not."""
    last = above.pieces[-1]
    breaks_within = last.last + 1 < len(lines[last.line].words) and _is_column(lines, above, piece)
    return breaks_within and _begun(above) + len(piece.digits) in (SHA1, SHA256)


def _begins(piece: Piece) -> bool:
    """Whether these may begin a fingerprint: a number, a year or a time of day has no letters."""
    digits = piece.digits
    if len(digits) >= SHA1 - 2:
        return True
    if digits.isdigit() or not any(map(str.isdigit, digits)):
        return False
    return len(digits) >= SHORTEST or piece.has_colons


def _begins_above(lines: Sequence[Line], pieces: Sequence[Sequence[Piece]], piece: Piece) -> bool:
    """Whether a line ends in the first groups of digits that go on at the start of the next one."""
    words = lines[piece.line].words
    below = pieces[piece.line + 1] if piece.line + 1 < len(lines) else ()
    if not (below and piece.first > 0 and piece.last == len(words) - 1 and below[0].first == 0):
        return False
    held = words[piece.first :] + lines[piece.line + 1].words[: below[0].last + 1]
    groups = [digits_of(word.text) for word in held]
    after = pieces[piece.line + 2] if piece.line + 2 < len(lines) else ()
    if any(p.first == 0 and len(p.digits) == len(groups[0]) for p in after):
        # the digits go on there: ``CA`` ends the name before them; unless others do that end a line
        last = below[-1]
        ends = len(below) > 1 and last.last == len(lines[last.line].words) - 1
        if not (ends and len(last.digits) + len(groups[0]) in (SHA1, SHA256)):
            return False
    return (
        _GROUP.fullmatch(words[piece.first].text) is not None
        and len(set(map(len, groups))) == 1
        and sum(map(len, groups)) in (SHA1, SHA256)
    )


def _begins_pairs(lines: Sequence[Line], pieces: Sequence[Sequence[Piece]], piece: Piece) -> bool:
    """Whether a few digits end in a colon, and pairs of digits go on below them: ``CC:``."""
    line = lines[piece.line]
    if not (piece.has_colons and line.words[piece.last].text[-1] == ":"):
        return False
    for index in range(piece.line + 1, len(lines)):
        if lines[index].y - line.y > SETTINGS.digits_step * line.size:
            break
        for below in pieces[index]:
            if below.has_colons and abs(below.x0 - piece.x0) < SETTINGS.same_edge:
                return len(below.digits) >= SHORTEST
    return False


def _runs_on(lines: Sequence[Line], above: Fingerprint, piece: Piece) -> bool:
    """Whether a fingerprint of running text ends its line and goes on at the start of the next.

    A line that is nothing but digits begins where the text does, or is indented as its first one.
    """
    last = above.pieces[-1]
    line, before = lines[piece.line], lines[last.line]
    if last.first == 0 and last.x0 - piece.x0 > SETTINGS.first_indent * line.size:
        return False
    return (
        piece.line == last.line + 1
        and line.y - before.y >= SETTINGS.amid_step * line.size
        and piece.first == 0
        and last.last == len(lines[last.line].words) - 1
        and any(begun + len(piece.digits) in (SHA1, SHA256) for begun in _begun_by(lines, above))
    )


def _begun_by(lines: Sequence[Line], above: Fingerprint) -> list[int]:
    """How many digits a run of running text may have so far.

    Those of whole lines count together; a number that ends the text before them doesn't count.
    """
    last = above.pieces[-1]
    found = [len(last.digits)]
    if _ran_on(above):
        found.append(_begun(above))
    begun = _last(above)
    count = sum(len(piece.digits) for piece in begun)
    if _is_of_text(lines[begun[0].line], begun[0].first):
        found += [count - len(head) for head in _heads_of_text(lines, begun[0])]
    return found


def _heads_of_text(lines: Sequence[Line], piece: Piece) -> Iterator[str]:
    """The first digits of a piece, if they may end a text before it: ``Root CA 2010 3B 1E``.

    They are numbers, ``2025 5 cc``, or a space parts them from a word before them, as it does
    words of a text. Each is a word longer.
    """
    line, head = lines[piece.line], ""
    for at in range(piece.first, piece.last):
        digits = digits_of(line.words[at].text)
        if not digits.isdigit() and not (
            len(digits) <= SETTINGS.short_head and not head and _is_of_text(line, at)
        ):
            return
        head += digits
        yield head


def _is_of_text(line: Line, at: int) -> bool:
    """Whether a space parts a word from one before it, as it does words of a text."""
    if at == 0:
        return False
    before, word = line.words[at - 1], line.words[at]
    return word.x0 - before.x1 < SETTINGS.digits_space * line.size and before.text[-1] not in ":)"


def _is_column(lines: Sequence[Line], above: Fingerprint, piece: Piece) -> bool:
    """Whether a run goes on below itself: at the same left edge, or in the middle.

    In a text digits may stand in the middle by chance: there they have to make a digest whole.
    """
    last, reach = above.pieces[-1], SETTINGS.straight_edge * lines[piece.line].size
    is_straight = abs(piece.x0 - last.x0) < reach
    is_centred = abs(piece.x0 + piece.x1 - last.x0 - last.x1) < 2 * reach
    is_whole = _begun(above) + len(piece.digits) in (SHA1, SHA256)
    return (is_straight or (is_centred and is_whole)) and _is_below(lines, above, piece)


def _is_below(lines: Sequence[Line], above: Fingerprint, piece: Piece) -> bool:
    """Whether ``piece`` stands right under the last piece of ``above``, in the same column."""
    last = above.pieces[-1]
    size = lines[piece.line].size
    short = len(piece.digits) < SHORTEST
    if short and not (_may_hold(above, len(piece.digits)) and _is_alone(lines[piece.line], piece)):
        return False
    if lines[piece.line].y - lines[last.line].y > SETTINGS.digits_step * size:
        return False
    if _end_texts(lines, last, piece):
        return False
    middle = (piece.x0 + piece.x1) / 2
    if _ran_on(above):  # it reaches from the end of one line to the start of the next
        is_whole = _begun(above) in (SHA1, SHA256)
        return not is_whole and (abs(piece.x0 - last.x0) < size or last.x0 < middle < last.x1)
    held = _last(above)  # those before it may be of another page, with other columns
    x0, x1 = min(each.x0 for each in held), max(each.x1 for each in held)
    return abs(piece.x0 - x0) < size or x0 < middle < x1


def _end_texts(lines: Sequence[Line], above: Piece, piece: Piece) -> bool:
    """Whether digits end texts of two lines, each wherever its text happens to end."""
    reach = SETTINGS.straight_edge * lines[piece.line].size
    left, right = above.x0 - piece.x0, above.x1 - piece.x1
    return min(map(abs, (left, right, left + right))) >= reach and all(
        _is_of_text(lines[each.line], each.first) for each in (above, piece)
    )


def _ran_on(above: Fingerprint) -> bool:
    """Whether a run of running text goes on at the start of a line."""
    first, last = above.pieces[0], above.pieces[-1]
    return last.first == 0 < first.first and last.x0 < first.x0 - 1


def _is_alone(line: Line, piece: Piece) -> bool:
    """Whether no words stand right beside some digits: those of ``Root X1 4`` are of a text."""
    near = SETTINGS.digits_space * line.size
    words, first, last = line.words, piece.first, piece.last
    return not (
        (first > 0 and words[first].x0 - words[first - 1].x1 < near)
        or (last + 1 < len(words) and words[last + 1].x0 - words[last].x1 < near)
    )


def _may_hold(above: Fingerprint, count: int) -> bool:
    """Whether ``count`` more digits are due to the last fingerprint of a stack."""
    begun = _begun(above)
    return begun < SHA1 or (begun != SHA1 and begun + count <= SHA256 + 1)


def _lacks(lines: Sequence[Line], above: Fingerprint, piece: Piece) -> bool:
    """Whether a run isn't whole yet, and goes on below itself with as many digits, or fewer."""
    begun, count = _begun(above), len(piece.digits)
    is_whole = not {begun, count}.isdisjoint((MD5, SHA1, SHA256))
    is_even = all(len(each.digits) >= SETTINGS.even_lines * count for each in _last(above))
    return not is_whole and is_even and begun + count <= SHA256 and _is_column(lines, above, piece)


def _begun(above: Fingerprint) -> int:
    """How many digits the last fingerprint of a stack has so far."""
    return sum(len(piece.digits) for piece in _last(above))


def _last(above: Fingerprint) -> list[Piece]:
    """The pieces of the last fingerprint of a stack, as far as it goes."""
    last: list[Piece] = []
    begun = 0
    for piece in above.pieces:
        # more than a SHA-1 has are the beginning of a SHA-256
        if begun == SHA1 or begun >= SHA256:
            last, begun = [], 0
        last.append(piece)
        begun += len(piece.digits)
    return last
