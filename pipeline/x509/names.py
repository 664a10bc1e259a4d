"""Distinguished names: every spelling in, one canonical form out, comparison.

The canonical form lists the attributes in X.509 order (as they stand in the certificate, the most
general first) with OpenSSL's short names, ``, `` between RDNs and `` + `` within one. Nothing is
escaped and white space is folded: ``C=SE, O=AddTrust AB, CN=AddTrust Class 1 CA Root``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

JOIN: Final = "\N{ZERO WIDTH SPACE}"
"""Put by a reader where a line was wrapped and it can't tell whether a space belongs there."""

# Dotted OID, OpenSSL's short name, other names in use for it (RFC 4514, OpenSSL's long name,
# Windows, Java, GnuTLS). Names are looked up without regard to case.
_TYPE_TABLE: Final = """
2.5.4.3                     CN                          commonName
2.5.4.4                     SN                          surname
2.5.4.5                     serialNumber
2.5.4.6                     C                           countryName
2.5.4.7                     L                           localityName
2.5.4.8                     ST                          stateOrProvinceName S SP
2.5.4.9                     street                      streetAddress
2.5.4.10                    O                           organizationName
2.5.4.11                    OU                          organizationalUnitName
2.5.4.12                    title                       T
2.5.4.13                    description
2.5.4.15                    businessCategory
2.5.4.16                    postalAddress
2.5.4.17                    postalCode
2.5.4.18                    postOfficeBox
2.5.4.19                    physicalDeliveryOfficeName
2.5.4.20                    telephoneNumber
2.5.4.41                    name
2.5.4.42                    GN                          givenName G
2.5.4.43                    initials                    I
2.5.4.44                    generationQualifier         generation
2.5.4.45                    x500UniqueIdentifier
2.5.4.46                    dnQualifier                 DNQ
2.5.4.51                    houseIdentifier
2.5.4.54                    dmdName
2.5.4.65                    pseudonym
2.5.4.72                    role
2.5.4.97                    organizationIdentifier
1.2.840.113549.1.9.1        emailAddress                E email
1.2.840.113549.1.9.2        unstructuredName
1.2.840.113549.1.9.8        unstructuredAddress
0.9.2342.19200300.100.1.1   UID                         userId
0.9.2342.19200300.100.1.3   mail                        rfc822Mailbox
0.9.2342.19200300.100.1.25  DC                          domainComponent
1.3.6.1.4.1.311.60.2.1.1    jurisdictionL               jurisdictionLocalityName \
 jurisdictionOfIncorporationLocalityName
1.3.6.1.4.1.311.60.2.1.2    jurisdictionST              jurisdictionStateOrProvinceName \
 jurisdictionOfIncorporationStateOrProvinceName
1.3.6.1.4.1.311.60.2.1.3    jurisdictionC               jurisdictionCountryName \
 jurisdictionOfIncorporationCountryName
"""
_ROWS: Final = [row.split() for row in _TYPE_TABLE.strip().splitlines()]
_SHORT_BY_OID: Final = {oid: short for oid, short, *_ in _ROWS}
# dotted OIDs are names too: `2.5.4.97` is a spelling of organizationIdentifier
_SHORT_BY_NAME: Final = {name.lower(): row[1] for row in _ROWS for name in row}
_NAMES_BY_SHORT: Final = {row[1]: sorted({name.lower() for name in row}) for row in _ROWS}

_MOST_REARRANGED: Final = 32
"""Names of more attributes are compared in their own order only: no root's has a third as many."""

# From the most general attribute to the most specific; types not listed say nothing about order.
_RANK: Final = {"C": 0, "DC": 0, "ST": 1, "L": 2, "O": 3, "OU": 4, "CN": 5, "emailAddress": 6}

_MARKS: Final = ",;+/"
_TYPE = r"(?:oid\.)?(?P<type>[0-9]++(?:\.[0-9]++)++|[a-z][a-z0-9]{0,63}+) ?= ?"
_FIRST = re.compile(r"/? ?" + _TYPE, re.IGNORECASE)
_SEPARATOR = re.compile(r"(?P<mark>[,;+/]) ?" + _TYPE, re.IGNORECASE)
_ESCAPED_OR_MARK = re.compile(r"\\.|[,;+/]")
_QUOTED = re.compile(r'"(?P<value>(?:[^"\\]|\\.)*+)" ?(?=[,;+/]|\Z)')
_BYTE = rf"\\{JOIN}?x?{JOIN}?[0-9a-f]{JOIN}?[0-9a-f]"
_ESCAPE = re.compile(
    rf"(?P<bytes>{_BYTE}(?:{JOIN}?{_BYTE})*+)"  # RFC 4514 `\C5\91`, OpenSSL 0.9 `\xC5\x91`
    r"|\\(?:u(?P<bmp>[0-9a-f]{4})|w(?P<ucs>[0-9a-f]{8}))"  # OpenSSL `\U0151`, `\W00000151`
    r'|\\(?P<special>[ "#+,;<=>\\/])',
    re.IGNORECASE,
)
_OPENSSL_BYTE = re.compile(r"\\x([0-9a-f]{2})", re.IGNORECASE)
_HEX_VALUE = re.compile(r"#((?:[0-9a-f]{2})+)", re.IGNORECASE)

# The simple string types of X.680 by tag. T61String is read as Latin-1, as OpenSSL does.
_BIT_STRING: Final = 0x03
_ENCODING_BY_TAG: Final = {
    _BIT_STRING: "latin-1",
    0x0C: "utf-8",
    0x12: "ascii",
    0x13: "ascii",
    0x14: "latin-1",
    0x16: "ascii",
    0x1A: "ascii",
    0x1C: "utf-32-be",
    0x1E: "utf-16-be",
}


class InvalidName(ValueError):  # noqa: N818
    """The text is no distinguished name. The message is one plain sentence."""


class Attribute(NamedTuple):
    """One attribute of a name: OpenSSL's short name of its type, or the dotted OID; its value."""

    type: str
    value: str


@dataclass(frozen=True)
class Name:
    """A distinguished name; ``rdns`` in X.509 order. ``str()`` gives the canonical form.

    ``==`` is exact. Use `same` to compare as RFC 5280 does.
    """

    rdns: tuple[tuple[Attribute, ...], ...]

    @classmethod
    def from_rdns(cls, rdns: Iterable[Iterable[tuple[str, str | bytes]]]) -> Name:
        """Make the name of a certificate from its RDNs of (dotted OID, value) in X.509 order.

        White space in values is folded; other odd characters stay. The bytes of a BIT STRING
        (x500UniqueIdentifier) are read as Latin-1, as OpenSSL 0.9 prints them.
        """
        named = (
            tuple(Attribute(_SHORT_BY_OID.get(oid, oid), _text(value)) for oid, value in rdn)
            for rdn in rdns
        )
        return cls(tuple(rdn for rdn in named if rdn))

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """All attributes in X.509 order, without the grouping into RDNs."""
        return tuple(attribute for rdn in self.rdns for attribute in rdn)

    @property
    def label(self) -> str:
        """What a person calls the holder: the last CN, else the last OU, else the last O.

        A CN that only repeats the O tells less than the OU: GlobalSign Root CA - R3.
        """
        repeats = self._values("CN")[-1:] == self._values("O")[:1] != []
        for type_ in ("OU", "CN", "O") if repeats else ("CN", "OU", "O"):
            if values := self._values(type_):
                return values[-1]
        return str(self)

    @property
    def owner(self) -> str:
        """Who runs it: the first O, else the label."""
        return next(iter(self._values("O")), self.label)

    @property
    def country(self) -> str:
        """The first C as it is written, or ``""``."""
        return next(iter(self._values("C")), "")

    def _values(self, type_: str) -> list[str]:
        return [value for name, value in self.attributes if name == type_ and value]

    def __str__(self) -> str:
        return ", ".join(" + ".join(f"{t}={v}" for t, v in rdn) for rdn in self.rdns)

    def turned_round(self) -> Name:
        """Give the same attributes in the opposite order, the one in which RFC 4514 writes them."""
        return Name(tuple(rdn[::-1] for rdn in self.rdns[::-1]))


def parse(text: str) -> Name:
    r"""Read a distinguished name in any usual spelling.

    ``C=SE, O=x`` (Cisco, OpenSSL), ``C = SE, O = "a, b"`` (OpenSSL 1.1), ``/C=SE/O=x`` (OpenSSL
    0.9), ``O=a\, b,C=SE`` (RFC 4514), with ``;`` or ``,``, types by any name or OID, byte escapes
    and ``#`` hex values. White space is folded and `JOIN` dropped. An unescaped ``,``, ``;``,
    ``+`` or ``/`` separates only before a known type and ``=``; so ``CN=Foo, C=bar`` is read as two
    attributes, though it might be one (`matches` knows better when the certificate is at hand).

    A name that runs from the specific to the general (CN before O before C) is turned round, unless
    it is in a spelling that only OpenSSL writes, always in X.509 order (``/C=…`` and ``C = …``). If
    the types don't tell, it is turned round only if no space follows any of its separators.

    Raises `InvalidName`, and nothing else.
    """
    pieces = list(_pieces(_fold_printed(text.replace(JOIN, ""))))
    rdns: list[list[Attribute]] = []
    for piece in pieces:
        attribute = Attribute(piece.type, _value(piece.raw))
        if piece.mark == "+":
            rdns[-1].append(attribute)
        else:
            rdns.append([attribute])
    name = Name(tuple(map(tuple, rdns)))
    return name.turned_round() if _is_reversed(text, pieces) else name


def short_type(name: str) -> str | None:
    """OpenSSL's short name of an attribute type by any of its names; None if it is none.

    A dotted OID stands for itself, with or without ``OID.`` before it.
    """
    bare = name[4:] if name[:4].lower() == "oid." else name
    return _short_name(bare)


def label(text: str) -> str:
    """Give what a person calls the holder of a printed name; a text that is no name stays."""
    try:
        return parse(text).label
    except InvalidName:
        return text or "(no subject)"


def same(a: Name, b: Name) -> bool:
    """Whether two names are equal by RFC 5280 section 7.1.

    Values are compared without regard to case, compatibility forms and insignificant space. The
    order of RDNs matters, the order within one does not.
    """
    return _comparable(a) == _comparable(b)


def matches(printed: str, actual: Name) -> bool:
    """Whether ``printed`` can be a spelling of ``actual``, the name read from a certificate.

    Either order will do, and what makes printed text ambiguous is settled in favour of ``actual``:
    where its values have unescaped separators in them, and whether a `JOIN` is a space or nothing.
    """
    try:
        name = parse(printed)
    except InvalidName:
        return False
    if same(name, actual) or same(name.turned_round(), actual):
        return True
    orders = (
        actual.attributes,
        actual.attributes[::-1],
        tuple(attribute for rdn in actual.rdns[::-1] for attribute in rdn),
    )
    texts = {_prepared(printed, keep=JOIN), _prepared(_unescaped(printed), keep=JOIN)}
    return any(_spells(text, order) for text in texts for order in orders)


def is_rearranged(printed: str, actual: Name) -> bool:
    """Whether ``printed`` has the attributes of ``actual``, each just once, in any order.

    Values of one type may stand merged in quotes, as CCADB writes them: ``OU="a, b"``. Apart from
    their order, attributes are compared as in `matches`; which belong to one RDN isn't compared.
    """
    attributes = actual.attributes
    if not 0 < len(attributes) <= _MOST_REARRANGED:
        return False
    texts = {_prepared(printed, keep=JOIN), _prepared(_unescaped(printed), keep=JOIN)}
    return any(_spells_in_any_order(text, attributes) for text in texts)


def matches_scan(printed: str, actual: Name) -> bool:
    """Whether ``printed``, as OCR reads it, can be a spelling of ``actual``, in any order.

    OCR drops spaces, marks and accents, reads one of two letters alike, and takes letters for
    digits of their shape among letters, and the reverse among digits. Nothing else may differ.
    """
    read = _outlines(printed)
    if read in (_outlines(str(actual)), _outlines(str(actual.turned_round()))):
        return True
    try:
        name = parse(printed)
    except InvalidName:
        return False
    one, other = (sorted(_outlines("=".join(a)) for a in n.attributes) for n in (name, actual))
    return one == other


# --- reading ---------------------------------------------------------------------------------


class _Piece(NamedTuple):
    """An attribute as printed: the mark before it, all before the value, type, escaped value."""

    mark: str
    head: str
    type: str
    raw: str


def _fold(text: str) -> str:
    return " ".join(text.split())


def _fold_printed(text: str) -> str:
    r"""Fold white space, but for the space of a last ``\\ ``."""
    folded = _fold(text)
    return folded + " " if folded.endswith("\\") and text[-1].isspace() else folded


def _text(value: str | bytes) -> str:
    return _fold(value if isinstance(value, str) else value.decode("latin-1"))


def _short_name(name: str) -> str | None:
    """OpenSSL's short name for a type; a dotted OID it has no name for stands for itself."""
    return _SHORT_BY_NAME.get(name.lower()) or (name if name[:1].isdecimal() else None)


def _pieces(text: str) -> Iterator[_Piece]:
    match = _FIRST.match(text)
    type_ = _short_name(match["type"]) if match else None
    if match is None or type_ is None:
        raise InvalidName(f"{text[:60]!r} does not begin with an attribute type such as C= or CN=.")
    marks = "/+" if text.startswith("/") or _is_slashed(text) else ",;+/"
    mark, head = "", match[0]
    while True:
        value_at = match.end()
        found = _next_separator(text, value_at, marks)
        yield _Piece(mark, head, type_, text[value_at : found[0].start() if found else None])
        if found is None:
            return
        match, type_ = found
        mark, head = match["mark"], match[0]


def _is_slashed(text: str) -> bool:
    """Whether nothing but slashes parts attributes: ``C=SE/O=x``, as scanners print names."""
    marks = {found["mark"] for found in _SEPARATOR.finditer(text) if _short_name(found["type"])}
    return marks == {"/"}


def _next_separator(text: str, at: int, marks: str) -> tuple[re.Match[str], str] | None:
    """Find the separator that ends the value at ``at``, and the type it introduces."""
    if quoted := _QUOTED.match(text, at):
        at = quoted.end()
    while stop := _ESCAPED_OR_MARK.search(text, at):
        at = stop.end()
        if stop[0] not in marks:
            continue
        separator = _SEPARATOR.match(text, stop.start())
        type_ = _short_name(separator["type"]) if separator else None
        if separator is None or type_ is None:
            continue
        # X509_NAME_print of OpenSSL 0.9 and 1.0 writes `CN=x/emailAddress=y` among commas, but
        # never `/` before a type of one or two letters
        if stop[0] == "/" and "," in marks and len(separator["type"]) < 3:
            continue
        return separator, type_
    return None


def _value(raw: str) -> str:
    if "\\" not in raw and '"' not in raw and "#" not in raw:
        return raw.strip()
    if quoted := _QUOTED.fullmatch(raw):
        return _fold(_unescaped(quoted["value"]))
    if encoded := _HEX_VALUE.fullmatch(raw.strip()):
        decoded = _decoded(bytes.fromhex(encoded[1]))
        return _fold(raw if decoded is None else decoded)
    return _fold(_from_utf16(raw) or _unescaped(raw))


def _from_utf16(raw: str) -> str | None:
    r"""Read a BMPString as OpenSSL 0.9 and 1.0 print it, byte by byte: ``\x00C\x00A``."""
    try:
        octets = _OPENSSL_BYTE.sub(lambda m: chr(int(m[1], 16)), raw).encode("latin-1")
        text = octets.decode("utf-16-be")
    except UnicodeError:
        return None
    # in every script but East Asian ones the high byte is a control character (or, in
    # punctuation, a space), so no other string looks like this
    return text if max(octets[::2]) <= 0x20 and text.isprintable() else None


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_unescape, text)


def _unescape(escape: re.Match[str]) -> str:
    if escape["special"]:
        return escape["special"]
    if code := escape["bmp"] or escape["ucs"]:
        return _character(int(code, 16)) or escape[0]
    octets = bytes.fromhex(re.sub(rf"[\\x{JOIN}]", "", escape["bytes"], flags=re.IGNORECASE))
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def _character(code: int) -> str:
    is_surrogate = 0xD800 <= code <= 0xDFFF
    return "" if is_surrogate or code > 0x10FFFF else chr(code)


def _decoded(der: bytes) -> str | None:
    """Decode a simple string in DER (X.690); None if it isn't exactly that."""
    if len(der) < 2 or der[0] not in _ENCODING_BY_TAG or der[1] == 0x80:
        return None
    size_of_length = der[1] & 0x7F if der[1] & 0x80 else 0
    content = der[2 + size_of_length :]
    length = int.from_bytes(der[2 : 2 + size_of_length]) if size_of_length else der[1]
    if length != len(content):
        return None
    if der[0] == _BIT_STRING:
        content = content[1:]  # after the number of unused bits
    try:
        return content.decode(_ENCODING_BY_TAG[der[0]])
    except UnicodeDecodeError:
        return None


def _is_reversed(text: str, pieces: Sequence[_Piece]) -> bool:
    """Whether the pieces run from the most specific to the most general (see `parse`)."""
    if text.lstrip().startswith("/") or all(" =" in piece.head for piece in pieces):
        return False
    rising = falling = 0
    seen = [0] * (max(_RANK.values()) + 1)
    for piece in pieces:
        rank = _RANK.get(piece.type)
        if rank is None:
            continue
        rising += sum(seen[:rank])
        falling += sum(seen[rank + 1 :])
        seen[rank] += 1
    if rising != falling:
        return falling > rising
    return len(pieces) > 1 and JOIN not in text and not any(" " in p.head for p in pieces[1:])


# --- comparing -------------------------------------------------------------------------------


def _prepared(text: str, keep: str = "") -> str:
    """Prepare a value by RFC 4518 section 2: map, fold case, normalise, fold space."""
    if text.isascii() and text.isprintable():
        return _fold(text.lower())
    shown = "".join(c for c in text if c in keep or c.isspace() or not _is_mapped_to_nothing(c))
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", shown).casefold())
    return re.sub(rf"{JOIN}* {JOIN}*|{JOIN}+", lambda m: m[0].strip(JOIN) or JOIN, _fold(folded))


_LIGATURES: Final = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})


def _outlines(text: str) -> str:
    """What OCR surely keeps of a text: its letters and digits, those of one shape as one."""
    plain = unicodedata.normalize("NFKD", _prepared(text)).translate(_LIGATURES)
    shown = "".join(character for character in plain if character.isalnum())
    lettered = re.sub(r"(?<=[^\W\d])[01]+(?=[^\W\d])", _as_letters, shown)
    numbered = re.sub(r"(?<=\d)[oil]+(?=\d)", _as_digits, lettered).replace("i", "l")
    return re.sub(r"([^\W\d])\1+", r"\1", numbered)


def _as_letters(digits: re.Match[str]) -> str:
    return digits[0].replace("0", "o").replace("1", "l")


def _as_digits(letters: re.Match[str]) -> str:
    return letters[0].replace("o", "0").replace("i", "1").replace("l", "1")


def _is_mapped_to_nothing(character: str) -> bool:
    """Control and format characters, variation selectors and U+FFFC (RFC 4518 section 2.2)."""
    return (
        unicodedata.category(character) in ("Cc", "Cf")
        or "\ufe00" <= character <= "\ufe0f"
        or character in "\u034f\u180b\u180c\u180d\ufffc"
    )


def _comparable(name: Name) -> list[list[tuple[str, str]]]:
    return [sorted((type_, _prepared(value)) for type_, value in rdn) for rdn in name.rdns]


def _spells(text: str, attributes: Sequence[Attribute]) -> bool:
    """Whether the prepared text is just these attributes, in this order, however punctuated."""
    at = _skip(text, 0, "/ ")
    for position, attribute in enumerate(attributes):
        after = _after_attribute(text, at, attribute)
        if after is None:
            return False
        at = _skip(text, after, " ")
        is_last = position == len(attributes) - 1
        if is_last or text[at : at + 1] not in (*_MARKS,):
            return is_last and at == len(text)
        at = _skip(text, at + 1, " ")
    return False


def _spells_in_any_order(text: str, attributes: Sequence[Attribute]) -> bool:
    """Whether the prepared text is just these attributes, each once, however punctuated.

    Where one value begins like another, the longer is tried first, and no other then.
    """
    left = sorted(attributes, key=lambda each: len(each.value), reverse=True)
    if len(text) < sum(len(_prepared(each.value)) for each in left):
        return False  # as almost all that aren't, and this is quick
    at = _skip(text, 0, "/ ")
    while left:
        after = _after_any(text, at, left)
        if after is None:
            return False
        at = _skip(text, after, " ")
        if not left:
            return at == len(text)
        if text[at : at + 1] not in (*_MARKS,):
            return False
        at = _skip(text, at + 1, " ")
    return False


def _after_any(text: str, at: int, left: list[Attribute]) -> int | None:
    """Where the spelling ends of an attribute of ``left``, or of some merged; takes them off."""
    for position, attribute in enumerate(left):
        after = _after_attribute(text, at, attribute)
        if after is not None and _is_end_of_value(text, after):
            del left[position]
            return after
    for type_ in dict.fromkeys(attribute.type for attribute in left):
        opening = _after_type(text, at, type_)
        if opening is not None and text[opening : opening + 1] == '"':
            return _after_merged(text, opening + 1, type_, left)
    return None


def _after_merged(text: str, at: int, type_: str, left: list[Attribute]) -> int | None:
    """Where the quotes end in which values of a type are merged; takes those off ``left``."""
    while True:
        ends = (
            (position, _after(text, at, _prepared(attribute.value)))
            for position, attribute in enumerate(left)
            if attribute.type == type_
        )
        closed = (
            (n, end) for n, end in ends if end is not None and text[end : end + 1] in (*',"',)
        )
        position, end = next(closed, (-1, 0))
        if position < 0:
            return None
        del left[position]
        if text[end] == '"':
            return end + 1
        at = _skip(text, end + 1, " ")


def _is_end_of_value(text: str, at: int) -> bool:
    at = _skip(text, at, " ")
    return at == len(text) or text[at] in _MARKS


def _after_attribute(text: str, at: int, attribute: Attribute) -> int | None:
    """Where the attribute's spelling ends that begins at ``at``, or None if there is none."""
    after = _after_type(text, at, attribute.type)
    if after is None:
        return None
    value = _prepared(attribute.value)
    is_quoted = text[after : after + 1] == '"' and not value.startswith('"')
    return _after(text, after, f'"{value}"' if is_quoted else value)


def _after_type(text: str, at: int, type_: str) -> int | None:
    """Where the value begins of an attribute of this type that begins at ``at``, or None."""
    names = _NAMES_BY_SHORT.get(type_, [type_])
    for name in (f"{prefix}{name}" for name in names for prefix in ("", "oid.")):
        after = _after(text, at, name)
        if after is None:
            continue
        after = _skip(text, after, " ")
        if text[after : after + 1] == "=":
            return _skip(text, after + 1, " ")
    return None


def _after(text: str, at: int, expected: str) -> int | None:
    """Where ``expected`` ends that begins at ``at``; a `JOIN` in the text is a space or nothing.

    A hyphen before a `JOIN` may be the typesetter's own.
    """
    for character in expected:
        if text[at : at + 2] == "-" + JOIN and character not in "- ":
            at += 2
        if text[at : at + 1] == JOIN:
            at += 1
            if character == " ":
                continue
        if text[at : at + 1] != character:
            return None
        at += 1
    return at


def _skip(text: str, at: int, characters: str) -> int:
    while at < len(text) and text[at] in characters + JOIN:
        at += 1
    return at
