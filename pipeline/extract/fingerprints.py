"""Where a page has fingerprints: hex digits in any dress, put together again where they wrap.

A fingerprint may stand in one word (``02faf3…``), with colons, in groups parted by spaces, and
over several lines of one column. SHA-1 has 40 digits, SHA-256 has 64; whatever looks like one but
has other lengths or characters is found too, and marked as malformed.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain, pairwise, repeat
from math import inf
from statistics import median

from pipeline.extract.page import Line, Token, Word
from pipeline.extract.settings import SETTINGS
from pipeline.extract.vocabulary import NOT_FINGERPRINTS, Role

MD5, SHA1, SHA256 = 32, 40, 64
_LENGTHS: dict[Role | None, int] = {"md5": MD5, "sha1": SHA1, "sha256": SHA256}
"""How many digits follow a label."""

_PUNCTUATION = re.compile("[-:\u2010\u2011.,;|()\\[\\]{}\"'\u2018-\u201f⁰¹²³⁴-⁹⁽⁾]")
_HEX = re.compile(r"[0-9a-f]+")
_PREFIX = re.compile(r"^(?:sha-?(?:1|256)[:=/]|(?:finger|thumb)print[:=]|0x)", re.IGNORECASE)
SHORTEST = 8
"""Fewer digits than this on one line don't begin a fingerprint; ``CA`` and ``12`` are hex, too."""


_SHORT = re.compile("[0-9a-fx:.,()\\[\\]|;\"'\u2018-\u201f-]+", re.IGNORECASE)
_CALENDAR = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:T\d\d:\d\d[\d:.,+Z-]*)?,?")
_PAIRS = re.compile(r"[0-9a-f]{2}:", re.IGNORECASE)
_MONTHS = frozenset({"feb", "dec"})
"""The names of months that are hex digits, too."""
_PAIR = 2
_GROUP = re.compile(r"[(\[]?[0-9a-f]+:?", re.IGNORECASE)
_FEW = re.compile(r"\d{1,4}[.,]?")
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d:[0-6]\d")
_ZONES = frozenset({"gmt", "utc", "am", "pm"})
_SHORT_HEAD = 2
"""A word that ends a name and looks like digits has no more of them: ``CA``, ``C3``."""
TYPES_OF_DIGITS = frozenset({"C", "DC"})
"""Types of attributes that look like digits."""
_STRAIGHT = 0.2
"""Edges no further apart than this part of the font size are one."""


_WHITER = 1.1
"""A step from line to line so many times another has white that the other has not."""


@dataclass(eq=False, slots=True)
class Piece:
    """Hex digits in consecutive words of one line; ``digits`` may hold characters that aren't."""

    line: int
    first: int
    last: int
    digits: str
    x0: float
    x1: float
    has_colons: bool

    @property
    def is_dressed(self) -> bool:
        """Whether the digits stand as only fingerprints do: with colons, or in even groups."""
        return self.has_colons or self.last - self.first >= 2

    @property
    def begin(self) -> Token:
        """Its first word."""
        return Token(self.line, self.first)

    @property
    def words(self) -> Iterator[tuple[int, int]]:
        """The words that this piece takes up, by their numbers."""
        return zip(repeat(self.line), range(self.first, self.last + 1), strict=False)


@dataclass(eq=False, slots=True)
class Fingerprint:
    """One printed run of digits: its pieces, from top to bottom.

    ``digits`` are in lower case; ``x0`` and ``x1`` are its left and right edge; ``role`` is that
    of the label that governs it.
    """

    pieces: list[Piece] = field(default_factory=list)
    role: Role | None = None
    digits: str = field(init=False, default="")
    x0: float = field(init=False, default=inf)
    x1: float = field(init=False, default=-inf)

    def __post_init__(self) -> None:
        pieces, self.pieces = self.pieces, []
        for piece in pieces:
            self.add(piece)

    def add(self, piece: Piece) -> None:
        """Add its next piece."""
        self.pieces.append(piece)
        self.digits += piece.digits
        self.x0 = min(self.x0, piece.x0)
        self.x1 = max(self.x1, piece.x1)

    @property
    def line(self) -> int:
        """The line on which it begins."""
        return self.pieces[0].line

    @property
    def begin(self) -> Token:
        """Its first word."""
        return self.pieces[0].begin

    @property
    def words(self) -> Iterator[tuple[int, int]]:
        """The words that it takes up, by their numbers."""
        return chain.from_iterable(piece.words for piece in self.pieces)

    @property
    def is_sound(self) -> bool:
        """Whether it has the length and the characters of a SHA-1 or SHA-256 fingerprint."""
        return len(self.digits) in (SHA1, SHA256) and _HEX.fullmatch(self.digits) is not None

    @property
    def is_digest(self) -> bool:
        """Whether it has those of an MD5, a SHA-1 or a SHA-256 digest."""
        return len(self.digits) in (MD5, SHA1, SHA256) and _HEX.fullmatch(self.digits) is not None


@lru_cache(maxsize=4096)
def digits_of(text: str) -> str:
    """The hex digits of a word in any dress, or ``""`` if the word is something else.

    Up to a tenth of the characters may be others, so that ``O`` for ``0`` is still found.
    """
    if len(text) < SHORTEST and not _SHORT.fullmatch(text):
        return ""
    if _CALENDAR.fullmatch(text):
        return ""
    bare = _PUNCTUATION.sub("", _PREFIX.sub("", text)).lower()
    if not bare or _HEX.fullmatch(bare):
        return bare
    if len(bare) < SHORTEST or not any(map(str.isdigit, bare)):
        return ""
    strange = sum(not char.isalnum() for char in bare)
    if strange > 1 or (strange and (len(bare) not in (MD5, SHA1, SHA256) or "=" in bare)):
        return ""  # one damaged digit is still one
    right = sum(char in "0123456789abcdef" for char in bare)
    return bare if right >= 0.85 * len(bare) else ""


def pieces_of(index: int, line: Line, cells: Collection[int] = ()) -> list[Piece]:
    """The runs of hex digits on one line, long ones and groups alike.

    ``cells`` are the words at which another cell begins, where the document shows cells.
    """
    of_words = [digits_of(word.text) for word in line.words]
    if not any(of_words):
        return []
    _without_dates(line, of_words)
    _without_types(line, of_words)
    found: list[Piece] = []
    run: list[tuple[int, Word, str]] = []
    for position, digits in enumerate(of_words):
        if not digits:
            continue
        word = line.words[position]
        if len(digits) < SHA1 and word.text.endswith(","):
            continue  # ``CA,`` ends a value
        apart = run and (run[-1][0] != position - 1 or position in cells)
        if run and (apart or not _goes_on(run, word, digits, line.size)):
            found.append(piece_of(index, run))
            run = []
        run.append((position, word, digits))
    if run:
        found.append(piece_of(index, run))
    return found


def _without_dates(line: Line, digits: list[str]) -> None:
    """Drop what is of a date or a time of day: ``2012 Feb 13``, ``21:50:39 2024``.

    What white parts from it is of another column, but for a day: ``Feb  3``.
    """
    texts = [word.text for word in line.words]
    for at, text in enumerate(texts):
        if not digits[at]:
            continue
        is_month, is_time = text.rstrip(".,").lower() in _MONTHS, _TIME.fullmatch(text)
        if not (is_month or is_time):
            continue
        near = [i for i in (at - 1, at + 1) if 0 <= i < len(texts)]
        numbers = [
            i
            for i in near
            if _FEW.fullmatch(texts[i]) and (len(texts[i]) == 1 or not _is_parted(line, i, at))
        ]
        is_dated = any(len(texts[i]) == 4 for i in numbers)
        if (is_month and (numbers or text.istitle())) or (
            is_time and (is_dated or any(texts[i].lower() in _ZONES for i in near))
        ):
            for i in (at, *numbers):
                digits[i] = ""


def _is_parted(line: Line, one: int, other: int) -> bool:
    """Whether white parts two words that follow on each other, as it does those of columns."""
    before, after = sorted((one, other))
    return line.words[after].x0 - line.words[before].x1 >= SETTINGS.text_gap * line.size


def _without_types(line: Line, digits: list[str]) -> None:
    """Drop what is the type of an attribute: ``C = SE``, ``DC = example``."""
    for at, (word, after) in enumerate(pairwise(line.words)):
        if digits[at] and after.text[0] == "=" and word.text.upper() in TYPES_OF_DIGITS:
            is_near = after.x0 - word.x1 < SETTINGS.digits_space * line.size
            digits[at] = "" if is_near else digits[at]


def _goes_on(run: list[tuple[int, Word, str]], word: Word, digits: str, size: float) -> bool:
    """Whether ``word`` is a further group of the same fingerprint: as long and as near."""
    _, last, last_digits = run[-1]
    gap = word.x0 - last.x1
    if word.text[0] in "([" or last.text[-1] in ")]":
        return False  # a bracket parts the digits from a text before or behind them
    if _PAIRS.search(last.text) and len(digits) > _PAIR and ":" not in word.text:
        return False  # colons part all of the digits, or none: these are of another column
    if len(run[0][2]) >= SHA1 - 2 or len(digits) >= SHA1 - 2:
        return False
    if len(run) > 1:
        usual = run[1][1].x0 - run[0][1].x1
        if gap > 1.8 * usual + 0.2 * size:
            return False
        return len(digits) <= len(run[0][2])
    if len(digits) == len(last_digits):
        return gap < 1.2 * size and _may_be_group(len(digits))
    # the first group may be longer, but ``AB`` may be a word of the next column
    return gap < SETTINGS.text_gap * size and len(last_digits) >= 4 and len(digits) < SHORTEST


def _may_be_group(count: int) -> bool:
    """Whether a digest may stand in groups of so many digits: longer ones part it evenly.

    Else these are lines of two columns, as wide as each other.
    """
    return count < SHORTEST or any(length % count == 0 for length in (MD5, SHA1, SHA256))


def piece_of(index: int, run: Sequence[tuple[int, Word, str]]) -> Piece:
    """The piece of some words on a line: their places in it, and their digits."""
    digits = "".join(part for _, _, part in run)
    has_colons = any(":" in word.text and _PAIRS.search(word.text) for _, word, _ in run)
    return Piece(index, run[0][0], run[-1][0], digits, run[0][1].x0, run[-1][1].x1, has_colons)


def fingerprints_of(
    lines: Sequence[Line],
    pieces: Sequence[Sequence[Piece]],
    role_of: Callable[[Piece], Role | None] = lambda piece: None,
    together: Callable[[Piece, Piece], bool] = lambda above, piece: True,
    is_cell: Callable[[Piece], bool] = lambda piece: False,
    is_apart: Callable[[Piece], bool] = lambda piece: False,
) -> list[Fingerprint]:
    """All runs of digits of a page that may be fingerprints, in order of where they begin.

    ``pieces`` are those on each line; ``role_of`` gives the role of the label before a piece, if
    it has one of its own: such a piece begins a run. It doesn't if the label ``is_apart``, so that
    it may be a word of another column, and the digits above lack those. ``together`` tells whether
    two pieces may be of one run: not if the document states that they stand in different cells;
    ``is_cell`` whether a piece begins a cell of its own, where digits without any letter may begin
    a run, too.
    """
    open_: list[Fingerprint] = []
    done: list[Fingerprint] = []
    for index, line in enumerate(lines):
        if not (open_ or pieces[index]):
            continue
        carried: list[Fingerprint] = []
        for piece in pieces[index]:
            role = role_of(piece)
            near = [f for f in open_ if together(f.pieces[-1], piece)]
            above = None
            if not role or is_apart(piece):
                above = _above(lines, near, pieces[index], piece)
            if role and above and not _lacks(lines, above, piece):
                above = None
            if above is not None:
                open_.remove(above)
                above.add(piece)
                carried.append(above)
            elif (
                role
                or _begins(piece)
                or (is_cell(piece) and len(piece.digits) >= SHORTEST)
                or _begins_above(lines, pieces, piece)
                or _begins_pairs(lines, pieces, piece)
            ):
                carried.append(Fingerprint([piece], role))
        kept = [
            f
            for f in open_
            if line.y - lines[f.pieces[-1].line].y <= SETTINGS.digits_step * line.size
        ]
        done.extend(f for f in open_ if f not in kept)
        open_ = kept + carried
    done.extend(open_)
    trimmed = [_without_number(lines, stack) for stack in done]
    whole = [_without_number(lines, each) for stack in trimmed for each in _unstacked(lines, stack)]
    return sorted(whole, key=lambda f: (f.pieces[0].line, f.x0))


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
        return False  # the digits go on there: ``CA`` ends the name before them
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
    """Whether a fingerprint of running text ends its line and goes on at the start of the next."""
    last = above.pieces[-1]
    line, before = lines[piece.line], lines[last.line]
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
            len(digits) <= _SHORT_HEAD and not head and _is_of_text(line, at)
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
    last, reach = above.pieces[-1], _STRAIGHT * lines[piece.line].size
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
    reach = _STRAIGHT * lines[piece.line].size
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


def _unstacked(lines: Sequence[Line], stack: Fingerprint) -> Iterator[Fingerprint]:
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
            yield from _unstacked(lines, Fingerprint(rest))
        return
    if stack.role is None and _is_dump(stack):
        stack.role = "other"
        yield stack
        return
    if stack.role in NOT_FINGERPRINTS:
        first = _wrapped(stack)
        yield first
        if rest := stack.pieces[len(first.pieces) :]:
            yield from _unstacked(lines, Fingerprint(rest))
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
    return bool(within and between) and median(between) > _WHITER * median(within)


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
