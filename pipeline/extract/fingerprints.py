"""Where a page has fingerprints: hex digits in any dress, put together again where they wrap.

A fingerprint may stand in one word (``02faf3…``), with colons, in groups parted by spaces, and
over several lines of one column. SHA-1 has 40 digits, SHA-256 has 64; whatever looks like one but
has other lengths or characters is found too, and marked as malformed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf

from pipeline.extract.page import Line, Word

MD5, SHA1, SHA256 = 32, 40, 64

_PUNCTUATION = re.compile("[-:\u2010\u2011.,;|()\\[\\]\"'\u2018-\u201f]")
_HEX = re.compile(r"[0-9a-f]+")
_PREFIX = re.compile(r"^(?:sha-?(?:1|256)[:=]|(?:finger|thumb)print[:=]|0x)", re.IGNORECASE)
SHORTEST = 8
"""Fewer digits than this on one line don't begin a fingerprint; ``CA`` and ``12`` are hex, too."""


_SHORT = re.compile("[0-9a-fx:.,()\\[\\]|;\"'\u2018-\u201f-]+", re.IGNORECASE)
_CALENDAR = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}")
_LABEL = re.compile(r"(?:sha-?1|sha-?256|(?:finger|thumb)print)[:=]", re.IGNORECASE)
_PAIRS = re.compile(r"[0-9a-f]{2}:", re.IGNORECASE)
_APART = 2.2
"""Lines of one fingerprint are at most this many times the font size apart."""


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
    def words(self) -> Iterator[tuple[int, int]]:
        """The (line, word) indices that this piece takes up."""
        return ((self.line, word) for word in range(self.first, self.last + 1))


@dataclass(eq=False, slots=True)
class Fingerprint:
    """One printed fingerprint: its pieces, from top to bottom.

    ``before`` is the number of its digits that stand on the page before; ``digits`` are the
    others, in lower case; ``x0`` and ``x1`` are its left and right edge.
    """

    pieces: list[Piece] = field(default_factory=list)
    before: int = 0
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
    def is_sound(self) -> bool:
        """Whether it has the length and the characters of a SHA-1 or SHA-256 fingerprint."""
        return len(self.digits) in (SHA1, SHA256) and _HEX.fullmatch(self.digits) is not None


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
    if len(bare) < SHORTEST or not bare.isalnum() or not any(map(str.isdigit, bare)):
        return ""
    right = sum(char in "0123456789abcdef" for char in bare)
    return bare if right >= 0.85 * len(bare) else ""


def pieces_of(index: int, line: Line) -> list[Piece]:
    """The runs of hex digits on one line, long ones and groups alike."""
    found: list[Piece] = []
    run: list[tuple[int, Word, str]] = []
    for position, digits in enumerate([digits_of(word.text) for word in line.words]):
        if not digits:
            continue
        word = line.words[position]
        if len(digits) < SHA1 and word.text.endswith(","):
            continue  # ``CA,`` ends a value
        if run and (run[-1][0] != position - 1 or not _goes_on(run, word, digits, line.size)):
            found.append(_piece(index, run))
            run = []
        run.append((position, word, digits))
    if run:
        found.append(_piece(index, run))
    return found


def _goes_on(run: list[tuple[int, Word, str]], word: Word, digits: str, size: float) -> bool:
    """Whether ``word`` is a further group of the same fingerprint: as long and as near."""
    _, last, last_digits = run[-1]
    gap = word.x0 - last.x1
    if len(run[0][2]) >= SHA1 - 2 or len(digits) >= SHA1 - 2:
        return False
    if len(run) > 1:
        usual = run[1][1].x0 - run[0][1].x1
        if gap > 1.8 * usual + 0.2 * size:
            return False
        return len(digits) <= len(run[0][2])
    return gap < 1.2 * size and (
        len(digits) == len(last_digits) or (len(last_digits) >= 4 and len(digits) < SHORTEST)
    )


def _piece(index: int, run: list[tuple[int, Word, str]]) -> Piece:
    digits = "".join(part for _, _, part in run)
    has_colons = any(":" in word.text and _PAIRS.search(word.text) for _, word, _ in run)
    return Piece(index, run[0][0], run[-1][0], digits, run[0][1].x0, run[-1][1].x1, has_colons)


@dataclass(frozen=True, slots=True)
class Parted:
    """A fingerprint that a page break parts: how many digits it lacks, and where they'd stand."""

    missing: int
    x0: float

    def goes_on_with(self, piece: Piece, size: float) -> bool:
        """Whether the rest of it begins with ``piece``."""
        return len(piece.digits) <= self.missing and abs(piece.x0 - self.x0) < size


def pieces_on(lines: Sequence[Line]) -> list[list[Piece]]:
    """The runs of hex digits on each line of a page."""
    return [pieces_of(index, line) for index, line in enumerate(lines)]


def fingerprints_of(
    lines: Sequence[Line],
    pieces: Sequence[Sequence[Piece]],
    parted: Parted | None = None,
) -> list[Fingerprint]:
    """All fingerprints on a page, in reading order of where they begin.

    ``pieces`` are those on each line; ``parted`` tells of the last fingerprint of the page before,
    if it is not complete.
    """
    open_: list[Fingerprint] = []
    done: list[Fingerprint] = []
    for index, line in enumerate(lines):
        if not (open_ or pieces[index]):
            continue
        carried: list[Fingerprint] = []
        for piece in pieces[index]:
            below = next((f for f in open_ if _is_below(lines, f, piece)), None)
            above = below or next((f for f in open_ if _runs_on(lines, f, piece)), None)
            # in running text a fingerprint goes on at the start of a line, whatever is above it
            if above is not below or piece.first == 0:
                running = [f for f in open_ if _runs_on(lines, f, piece)]
                rivals = [other for other in pieces[index] if other is not piece]
                is_text = not any(_is_below(lines, f, r) for f in running for r in rivals)
                above = running[0] if running and is_text else below
            if above is not None:
                open_.remove(above)
                above.add(piece)
                carried.append(above)
            elif parted and parted.goes_on_with(piece, line.size):
                carried.append(Fingerprint([piece], SHA1 - parted.missing))
                parted = None
            elif _begins(piece) or _is_labelled(line, piece):
                carried.append(Fingerprint([piece]))
        near = [f for f in open_ if line.y - lines[f.pieces[-1].line].y <= _APART * line.size]
        done.extend(f for f in open_ if f not in near)
        open_ = near + carried
    done.extend(open_)
    whole = [fingerprint for stack in done for fingerprint in _unstacked(stack)]
    return sorted(whole, key=lambda f: (f.pieces[0].line, f.x0))


def _begins(piece: Piece) -> bool:
    """Whether these may begin a fingerprint: a number, a year or a time of day has no letters."""
    digits = piece.digits
    if len(digits) >= SHA1 - 2:
        return True
    if digits.isdigit() or not any(map(str.isdigit, digits)):
        return False
    return len(digits) >= SHORTEST or piece.has_colons


def _is_labelled(line: Line, piece: Piece) -> bool:
    """Whether the digits follow a label such as ``SHA-1:`` and end the line."""
    return (
        piece.first > 0
        and piece.last == len(line.words) - 1
        and _LABEL.fullmatch(line.words[piece.first - 1].text) is not None
    )


def _runs_on(lines: Sequence[Line], above: Fingerprint, piece: Piece) -> bool:
    """Whether a fingerprint of running text ends its line and goes on at the start of the next."""
    last = above.pieces[-1]
    return (
        piece.line == last.line + 1
        and piece.first == 0
        and last.last == len(lines[last.line].words) - 1
        and len(last.digits) + len(piece.digits) in (SHA1, SHA256)
    )


def _is_below(lines: Sequence[Line], above: Fingerprint, piece: Piece) -> bool:
    """Whether ``piece`` stands right under the last piece of ``above``, in the same column."""
    last = above.pieces[-1]
    size = lines[piece.line].size
    if len(piece.digits) < SHORTEST and not _may_hold(above, len(piece.digits)):
        return False
    if lines[piece.line].y - lines[last.line].y > _APART * size:
        return False
    middle = (piece.x0 + piece.x1) / 2
    return abs(piece.x0 - above.x0) < size or above.x0 < middle < above.x1


def _may_hold(above: Fingerprint, count: int) -> bool:
    """Whether ``count`` more digits are due to the last fingerprint of a stack."""
    begun = above.before
    for piece in above.pieces:
        # more than a SHA-1 has are the beginning of a SHA-256
        begun = 0 if begun == SHA1 or begun >= SHA256 else begun
        begun += len(piece.digits)
    return begun < SHA1 or (begun != SHA1 and begun + count <= SHA256 + 1)


def _unstacked(stack: Fingerprint) -> Iterator[Fingerprint]:
    """Part a stack of pieces into fingerprints of 40 digits, or of 64 if that fits better."""
    if stack.before:
        rest = next(_split(stack.pieces, SHA1 - stack.before))
        rest.before = stack.before
        yield rest
        stack = Fingerprint(stack.pieces[len(rest.pieces) :])
        if not stack.pieces:
            return
    if len(stack.pieces) == 1:
        yield stack
        return
    as_sha1, as_sha256 = (list(_split(stack.pieces, length)) for length in (SHA1, SHA256))
    faults = [sum(not f.is_sound for f in parts) for parts in (as_sha1, as_sha256)]
    yield from as_sha256 if faults[1] < faults[0] else as_sha1


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
