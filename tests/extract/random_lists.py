"""Lists drawn at random: what they print, in which layout, and the truth of it.

`draw` makes a `List` of one seed: blocks of text (tables, records, lines, blocks side by side) for
`random_pages` to set as pages of words, and for `random_pdfs` to print with real producers.

What can be told. A list with two untitled columns of 40 digits and no root that anybody knows can't
be read, only reported; neither can the subject where an untitled column of issuers has other names.
`List.can_be_told` says so; everything else can be told from what is printed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from tests.corpus import words
from tests.extract import random_roots
from tests.extract.random_roots import Name, Root

Roots = Literal["known", "unknown", "mixed"]
Shape = Literal["table", "records", "lines", "shared", "beside"]
SHAPES: Final[tuple[Shape, ...]] = ("table", "records", "lines", "shared", "beside")
_WEIGHTS: Final = (10, 5, 3, 2, 4)


@dataclass(slots=True)
class Entry:
    """One row of the list. It is to be read or, if it ``is_removed``, to be reported.

    ``page`` is where the fingerprint begins, 0 if nobody has said; ``prints_sha256`` whether the
    list prints that digest, too.
    """

    root: Root
    release: str = ""
    is_removed: bool = False
    prints_sha256: bool = False
    page: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """A text in its place. Digits may be broken anywhere; ``entry``: whose fingerprint this is."""

    text: str
    is_digits: bool = False
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph, or a heading."""

    text: str
    is_heading: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under titles, if it has any."""

    titles: tuple[str, ...] | None
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Records:
    """For each row its fields with their labels; ``mark`` stands behind a label.

    Labels stand before their values in running lines, in a column of their own, or above them.
    """

    rows: tuple[tuple[tuple[str, Cell], ...], ...]
    style: Literal["before", "column", "above"]
    mark: str


@dataclass(frozen=True, slots=True)
class Lines:
    """Paragraphs, each of texts that follow on each other; a line is never broken in digits."""

    rows: tuple[tuple[Cell, ...], ...]
    gap: int
    hanging: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """Blocks in columns side by side, each to be read by itself."""

    columns: tuple[tuple[Prose | Table | Records | Lines, ...], ...]


Block = Prose | Table | Records | Lines | Beside


@dataclass(frozen=True, slots=True)
class Style:
    """How a list looks. ``size`` is that of the font, in points."""

    size: float
    ruled: bool
    banded: bool
    vertical: Literal["top", "middle", "bottom"]
    splits_rows: bool
    repeats_titles: bool
    narrow: float
    header: str
    footer: str


@dataclass(slots=True)
class List:
    """A list and its truth."""

    seed: int
    shape: Shape
    roots: Roots
    style: Style
    blocks: list[Block] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    told_by_print: bool = True

    def can_be_told(self, *, with_catalogue: bool) -> bool:
        """Whether what is printed says which digits and which names are meant.

        Two roots of the catalogue say so, too, to those who have it.
        """
        known = sum(entry.root.is_known for entry in self.entries)
        return self.told_by_print or (with_catalogue and known > 1)


# --- columns -------------------------------------------------------------------------------------


class Hand:
    """How one list spells things: the same in all of its rows."""

    def __init__(self, chance: random.Random, roots: Sequence[Root]) -> None:
        self.chance = chance
        names = [name for root in roots for name in (root.subject, root.issuer)]
        fit = [
            spelling
            for spelling in random_roots.NAMES
            if all(random_roots.can_spell(spelling, name) for name in names)
        ]
        self.name: Callable[[Name], str] = chance.choice(fit)
        self.digits: Callable[[str], str] = chance.choice(random_roots.DIGITS)
        self.date: str = chance.choice(random_roots.DATES)
        self.serial: Callable[[str], str] = chance.choice((str, str.upper, self.digits))

    def cell(self, kind: str, entry: Entry, number: int) -> Cell:
        """What stands in a column of this kind."""
        root = entry.root
        digits = {
            "sha1": root.fingerprint,
            "sha256": root.sha256,
            "md5": root.md5,
            "key id": root.key_id,
            "authority id": root.authority_id,
        }
        if kind in digits:
            return Cell(self.digits(digits[kind]), True, entry if kind == "sha1" else None)
        if kind == "serial":
            return Cell(self.serial(root.serial), True)
        texts: dict[str, Callable[[], str]] = {
            "subject": lambda: self.name(root.subject),
            "issuer": lambda: self.name(root.issuer),
            "from": lambda: f"{root.not_before:{self.date}}",
            "to": lambda: f"{root.not_after:{self.date}}",
            "validity": lambda: f"{root.not_before:%Y-%m-%d} to {root.not_after:%Y-%m-%d}",
            "owner": lambda: root.value("O"),
            "common": lambda: root.value("CN") or root.value("OU"),
            "country": lambda: root.value("C"),
            "key": lambda: root.key,
            "size": lambda: "".join(filter(str.isdigit, root.key)),
            "signature": lambda: root.signature,
            "usage": lambda: self.chance.choice(("TLS", "TLS, S/MIME", "Server Authentication")),
            "status": lambda: self.chance.choice(_REMOVED if entry.is_removed else _TRUSTED),
            "notes": lambda: self.chance.choice(_NOTES),
            "number": lambda: str(number),
        }
        return Cell(texts[kind]())


_REMOVED: Final = ("Removed", "Revoked", "Distrusted", "removed")
_TRUSTED: Final = ("Trusted", "Active", "Included", "Enabled", "trusted")
_NOTES: Final = (
    "", "", "", "Legacy root", "Used by call control", "see release notes", "Cross-signed",
    "Kept for older servers", "New key", "TLS only",
)  # fmt: skip
TITLES: Final[dict[str, tuple[str, ...]]] = {
    "sha1": (
        "SHA-1 Fingerprint", "Fingerprint", "Thumbprint", "SHA1 Fingerprint", "SHA-1",
        "Fingerprint (SHA-1)", "SHA-1 Thumbprint", "SHA-1 Hash", "SHA1", "Certificate Fingerprint",
        "SHA1 Hash", "Fingerabdruck (SHA-1)", "Empreinte SHA-1", "Huella digital SHA-1",
    ),
    "sha256": (
        "SHA-256 Fingerprint", "SHA-256", "SHA256 Fingerprint", "Fingerprint (SHA-256)", "SHA256",
        "SHA-256 Hash",
    ),
    "md5": ("MD5", "MD5 Fingerprint", "Fingerprint (MD5)", "MD5 Hash"),
    "serial": (
        "Serial Number", "Serial No.", "Certificate Serial Number", "Serial", "Serial Number (hex)",
        "Seriennummer", "Numéro de série",
    ),
    "key id": (
        "Subject Key Identifier", "SKI", "Subject Key Identifier (SKI)", "Key Identifier", "Key ID",
        "Subject Key ID", "X509v3 Subject Key Identifier",
    ),
    "authority id": ("Authority Key Identifier", "AKI", "Authority Key ID"),
    "subject": (
        "Subject", "Subject DN", "Subject Name", "Distinguished Name", "Certificate Subject",
        "Issued To", "Subject Distinguished Name", "DN", "Antragsteller", "Sujet", "Soggetto",
    ),
    "issuer": ("Issuer", "Issuer DN", "Issued By", "Issuer Name", "Aussteller", "Émetteur"),
    "from": ("Valid From", "Not Before", "notBefore", "Validity Start", "Gültig ab"),
    "to": ("Valid To", "Not After", "notAfter", "Expires", "Expiration Date", "Valid Until"),
    "validity": ("Validity", "Validity Period"),
    "owner": ("CA Owner", "Organization", "Certificate Authority", "Company"),
    "common": ("Common Name", "Certificate Name", "CN", "Name", "Certificate"),
    "country": ("Country", "Location"),
    "key": ("Key", "Key Type", "Public Key", "Public Key Algorithm"),
    "size": ("Key Size", "Bits", "Key Length"),
    "signature": ("Signature Algorithm", "Signature"),
    "usage": ("Usage", "Trust Purposes", "Intended Purposes"),
    "status": ("Status", "Trust Status", "State"),
    "notes": ("Notes", "Remarks", "Comment"),
    "number": ("#", "No.", "Nr.", "Row"),
}  # fmt: skip
_OTHERS: Final = [kind for kind in TITLES if kind not in ("sha1", "subject")]


def _kinds(chance: random.Random, most: int) -> list[str]:
    count = chance.randint(0, most - 2)
    others = chance.sample(_OTHERS, count)
    kinds = ["sha1", "subject", *others]
    chance.shuffle(kinds)
    if "number" in kinds and chance.random() < 0.8:
        kinds.remove("number")
        kinds.insert(0, "number")
    return kinds


def _are_told(kinds: Sequence[str], roots: Sequence[Root]) -> bool:
    """Whether columns without titles can be told apart by what they hold."""
    digits = {"key id": True, "authority id": True}
    digits["serial"] = all(len(root.serial) == 40 for root in roots)
    names = any(root.subject != root.issuer for root in roots)
    return not any(digits.get(kind, False) or (kind == "issuer" and names) for kind in kinds)


# --- blocks --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plan:
    """What one section of a list prints of each row, and how."""

    kinds: tuple[str, ...]
    titles: tuple[str, ...]
    has_titles: bool
    form: Literal["table", "records", "lines", "shared"]
    variant: int
    mark: str
    hand: Hand

    def block(self, entries: Sequence[Entry]) -> Table | Records | Lines:
        """The section itself."""
        for entry in entries:
            entry.prints_sha256 = "sha256" in self.kinds and self.form != "lines"
        made: dict[str, Callable[[Sequence[Entry]], Table | Records | Lines]] = {
            "table": self._table,
            "records": self._records,
            "lines": self._lines,
            "shared": self._shared,
        }
        return made[self.form](entries)

    def _cells(self, entries: Sequence[Entry]) -> Iterator[tuple[Cell, ...]]:
        for number, entry in enumerate(entries, 1):
            yield tuple(self.hand.cell(kind, entry, number) for kind in self.kinds)

    def _table(self, entries: Sequence[Entry]) -> Table:
        return Table(self.titles if self.has_titles else None, tuple(self._cells(entries)))

    def _records(self, entries: Sequence[Entry]) -> Records:
        rows = tuple(tuple(zip(self.titles, row, strict=True)) for row in self._cells(entries))
        styles: tuple[Literal["before", "column", "above"], ...] = ("before", "column", "above")
        style = styles[self.variant % 3]
        return Records(rows, style, self.mark or (":" if style == "before" else ""))

    def _lines(self, entries: Sequence[Entry]) -> Lines:
        rows: list[tuple[Cell, ...]] = []
        for number, entry in enumerate(entries, 1):
            digits = self.hand.cell("sha1", entry, number)
            name = self.hand.cell("subject", entry, number)
            count, until = Cell(f"{number}."), Cell(f"valid until {entry.root.not_after:%Y-%m-%d}")
            in_parentheses = replace(digits, text=f"({digits.text})")
            forms: tuple[tuple[tuple[Cell, ...], ...], ...] = (
                ((digits, name),),
                ((name, digits),),
                ((name, in_parentheses),),
                ((count, digits, name),),
                ((digits,), (name,)),
                ((name,), (digits,)),
                ((digits, name, until),),
                ((count, name), (digits, until)),
            )
            rows.extend(forms[self.variant % len(forms)])
        return Lines(tuple(rows), 1 + self.variant % 3, bool(self.variant % 2))

    def _shared(self, entries: Sequence[Entry]) -> Table | Lines:
        """Several rows on one line, as a table of two or three groups of columns, or running."""
        cells = list(self._cells(entries))
        count = 2 + self.variant % 2
        groups = [cells[i : i + count] for i in range(0, len(cells), count)]
        if self.variant % 3 == 0:
            flat = (tuple(cell for row in group for cell in row) for group in groups)
            return Lines(tuple(flat), 3, False)
        empty = tuple(Cell("") for _ in self.kinds)
        rows = []
        for group in groups:
            full = [*group, *[empty] * (count - len(group))]
            rows.append(tuple(cell for row in full for cell in row))
        return Table(self.titles * count if self.has_titles else None, tuple(rows))


def _plan(chance: random.Random, shape: Shape, roots: Sequence[Root]) -> Plan:
    form: Literal["table", "records", "lines", "shared"] = (
        chance.choice(("table", "table", "records", "lines")) if shape == "beside" else shape
    )
    most = {"table": 8, "records": 8, "lines": 2, "shared": 2}[form]
    kinds = _kinds(chance, min(most, 4) if shape == "beside" else most)
    titles = tuple(chance.choice(TITLES[kind]) for kind in kinds)
    has_titles = form == "records" or chance.random() < 0.7
    variant, mark = chance.randrange(48), chance.choice((":", ":", " :", "=", ""))
    return Plan(tuple(kinds), titles, has_titles, form, variant, mark, Hand(chance, roots))


# --- lists ---------------------------------------------------------------------------------------

_RELEASES: Final = ("12.5(1)", "12.6(1)", "12.7(1)", "12.8(1)", "14.0(1)", "14.1(1)")
_GONE: Final = (
    "Removed certificates",
    "The following root certificates were removed in this release",
    "Distrusted root certificates",
    "Revoked authorities",
)


def draw(seed: int, *, shape: Shape | None = None, roots: Roots | None = None) -> List:
    """The list of this seed."""
    chance = random.Random(seed)
    drawn_shape = chance.choices(SHAPES, _WEIGHTS)[0]
    drawn_roots: Roots = chance.choice(("known", "unknown", "mixed"))
    shape, roots = shape or drawn_shape, roots or drawn_roots
    count = chance.choice((0, 1, 1, 1, 1, 2, 3)) if shape != "beside" else chance.choice((0, 1, 2))
    releases = sorted(chance.sample(_RELEASES, count)) or [""]
    drawn = List(seed, shape, roots, _style(chance))
    drawn.blocks.append(
        Prose(chance.choice((words.TITLE, "Root certificates", "Trust list")), True)
    )
    paragraphs = chance.sample((*words.INTRO, *words.NOTES[:2]), chance.randint(0, 3))
    drawn.blocks.extend(map(Prose, paragraphs))
    if shape == "beside":
        _draw_beside(drawn, chance, releases)
    else:
        _draw_sections(drawn, chance, releases)
    if chance.random() < 0.4:
        drawn.blocks.extend(map(Prose, ("Notes", *words.NOTES)))
    return drawn


def _draw_sections(drawn: List, chance: random.Random, releases: Sequence[str]) -> None:
    pool = _roots(chance, drawn.roots, 40)
    plan = _plan(chance, drawn.shape, pool)
    drawn.told_by_print = plan.has_titles or _are_told(plan.kinds, pool)
    for release in releases:
        count = chance.randint(3, 14)
        entries = [Entry(root, release) for root in chance.sample(pool, count)]
        if "status" in plan.kinds and chance.random() < 0.3:
            entries[chance.randrange(count)].is_removed = True
        _add(drawn, chance, release, plan, entries)
    if chance.random() < 0.06:
        entries = [Entry(root, releases[-1], True) for root in _roots(chance, drawn.roots, 2)]
        drawn.blocks.append(Prose(chance.choice(_GONE), True))
        drawn.blocks.append(plan.block(entries))
        drawn.entries.extend(entries)


def _add(
    drawn: List, chance: random.Random, release: str, plan: Plan, entries: list[Entry]
) -> None:
    if release:
        drawn.blocks.append(Prose(_heading(chance, release), True))
    drawn.blocks.append(plan.block(entries))
    drawn.entries.extend(entries)


def _heading(chance: random.Random, release: str) -> str:
    forms = ("Firmware Release {}", "Firmware {}", "Cisco IP Phone 8800 Series, firmware {}")
    return chance.choice(forms).format(release)


def _draw_beside(drawn: List, chance: random.Random, releases: Sequence[str]) -> None:
    pool = _roots(chance, drawn.roots, 40)
    count = chance.choice((2, 2, 2, 3))
    same = chance.random() < 0.6
    plan = _plan(chance, "beside", pool)
    plans = [plan if same else _plan(chance, "beside", pool) for _ in range(count)]
    drawn.told_by_print = all(p.has_titles or _are_told(p.kinds, pool) for p in plans)
    heads = releases if len(releases) == count else []
    if releases[0] and not heads:
        drawn.blocks.append(Prose(_heading(chance, releases[0]), True))
    taken = chance.sample(pool, chance.randint(2 * count, 8 * count))
    columns: list[tuple[Prose | Table | Records | Lines, ...]] = []
    for i, each in enumerate(plans):
        entries = [Entry(root, heads[i] if heads else releases[0]) for root in taken[i::count]]
        block = each.block(entries)
        head = (Prose(_heading(chance, heads[i]), True),) if heads else ()
        columns.append((*head, block))
        drawn.entries.extend(entries)
    drawn.blocks.append(Beside(tuple(columns)))


def _roots(chance: random.Random, which: Roots, count: int) -> list[Root]:
    """Roots, each of another fingerprint."""
    known = count if which == "known" else 0 if which == "unknown" else (count + 1) // 2
    found = chance.sample(random_roots.known(), known)
    found.extend(random_roots.made_up(chance) for _ in range(count - known))
    chance.shuffle(found)
    return found


def _style(chance: random.Random) -> Style:
    ruled = chance.random() < 0.5
    vertical: Literal["top", "middle", "bottom"] = chance.choice(("top", "top", "middle", "bottom"))
    return Style(
        size=chance.choice((6.0, 7.0, 8.0, 9.0, 10.0)),
        ruled=ruled,
        banded=not ruled and chance.random() < 0.3,
        vertical=vertical,
        splits_rows=chance.random() < 0.4,
        repeats_titles=chance.random() < 0.6,
        narrow=chance.random(),
        header=chance.choice(("", words.TITLE, f"{words.PRODUCT}  {words.DOCUMENT_ID}")),
        footer=chance.choice(("", words.LEGAL, "Page {page} of {pages}", "{page}")),
    )
