"""What may be wrong with a row that was found."""

import re
from functools import lru_cache
from typing import Final

from pipeline.extract import trust_words, vocabulary
from pipeline.extract.document import UNCERTAIN_JOIN, Problem, Row
from pipeline.extract.fingerprints import SHA1, SHA256
from pipeline.extract.joining import QUOTES
from pipeline.extract.word_kinds import DATES_AT_END, MONTH_AT_END
from pipeline.x509 import names

_HEX: Final = frozenset("0123456789abcdef")
_COUNTRY: Final = re.compile(r"(?:^|[\s,;+/])C\s?=")
"""No root's name has two countries."""
_MORE_THAN_COUNTRY: Final = re.compile(
    r"(?:^|[,;/])\s?C\s?=\s?[A-Z]{2}\s[^\s,;+/=][^,;+/=]*(?:$|[,;/+])", re.I
)
"""A country is two letters (X.520, 6.3.1): no words follow them."""
_ANNOUNCES_DATE: Final = re.compile(
    r"\s(?:valid|valid (?:from|to|until)|until|expires|expires on)(?:\s\S*\d\S*)*$"
)
_NOTE: Final = re.compile(
    r"""\s(?:[\#→✓✗✔✘•·;<>]|//|[-=]+>)(?=[\s,]|$)  # what parts a note from a name
    |\s(?:\[\d{1,2}\]|\(\d{1,2}\)|\[root\]|<br\s?/?>)$|\\$
    |\s(?:with|has|have|is|are|was|and|or|whose|which|that|the|its|of|by|under|as|to|for|from|in|at|on
        |mit|hat|und|avec|et|con)$  # within a sentence
    |=\s?(\S{1,64}\s[^=]{0,64}\S)\s\1$  # an alias
    |;\s[a-z][^=;]*$|,\s*\d[\d/.-]*$
    |[\s(,.:](?:issued\sby|aka|a\.k\.a\.|alias|formerly|same\sas|self-signed|(?:new|added)\sin
        |[sS]ee\s(?:also|note|above|below|page|section)|trusted\s(?:for|since|by)
        |expir(?:es|ed|ing)|valid\s(?:for|from|since|thru|through|to|until)|until|since)\b(?!.*=)
    |\s(?:\d{3,4}[\s-]?bits?|[\w-]{1,20}[wW]ith[\w-]{1,20}|sha(?:1|256)RSA|sha-?(?:1|2|256|384|512)
        |0x[0-9a-fA-F]+|\d+\s(?:days|years|months)|yes|no|Y|N|o|[-–—]
        |new|renewed|added|changed|updated|unchanged|trusted|active|enabled|\d+\.\d+(?:\.\d+)?(?:\(\d+\))?)$
    """,
    re.VERBOSE,
)
"""Words behind a name that are a note, or the value of another column; no known name has any."""
_BROKEN: Final = re.compile(
    r"[,;/]\s*=|[,;]\s?[^\s\w\"'=\\]+[A-Za-z]+=|(?<!\w)\w(?:\s\w){4,}(?!\w)|\w(?:\s\w){5,}(?!\w)"
)
"""An attribute that has no type, or a mark before it; letters that stand apart."""
_CALLED: Final = re.compile(r"name\s?=[^=]*", re.IGNORECASE)
"""What a device calls a certificate; `name` alone (X.520, 6.2.1) is no issuer's name."""
_OPENED: Final = re.compile(rf'^[{QUOTES}]|=\s?"\w(?:[^"\\]|\\.)*$')
_BEHIND_QUOTES: Final = re.compile(r'=\s?"(?:[^"\\]|\\.)*"\s*[^\s,;+/"]')
_DIGITS: Final = re.compile(r"(?:(?<=\s)[0-9a-fA-F]{2}[\s:]+){2}[0-9a-fA-F]{2}(?!\S)")
"""Of a fingerprint, or of a number: in groups of two."""
_DATE: Final = "The subject ends in what is no part of a name: a date, or what announces one."
_BEHIND: Final = (
    (_MORE_THAN_COUNTRY, "Other words stand behind the country in this subject."),
    (_ANNOUNCES_DATE, _DATE),
    (DATES_AT_END, _DATE),
    (MONTH_AT_END, _DATE),
    (_NOTE, "Other words stand behind the name in this subject."),
)
"""What other words behind a name are told by, and how they are told."""
_WITHIN: Final = (
    (_BROKEN, "This subject is no name as it is printed; look at the page."),
    (_OPENED, "A quotation mark in this subject isn't closed: something is cut off."),
    (_BEHIND_QUOTES, "Other words stand behind what is quoted in this subject."),
    (_DIGITS, "Digits stand in this subject, as of a fingerprint."),
)
"""What a broken name is told by, however its lines are joined."""
_LONGEST: Final = 64
"""How many characters a common name or a unit may have (RFC 5280, A.1: ub-common-name)."""
_BOUNDED: Final = re.compile(r"(?:CN|OU)\s?=\s?(.+)", re.IGNORECASE)
_ESCAPED: Final = re.compile(r"\\x?[0-9A-Fa-f]{2}")
_NEXT: Final = re.compile(r"\s*[,;/+]\s*(?=[A-Za-z0-9.]+\s?=)")
_ESCAPED_MARK: Final = re.compile(r"\\.")


def of(row: Row) -> Problem | None:
    """The first fault of a row: its fingerprint is none, or its subject is missing."""
    page, digits, subject = row.page, row.identity, row.subject
    for name, count, printed in (
        ("SHA-1", SHA1, row.fingerprint),
        ("SHA-256", SHA256, row.fingerprint_sha256),
    ):
        wrong = set(printed) - _HEX
        if (printed or not digits) and (len(printed) != count or wrong):
            shown = "".join(sorted(wrong))
            what = f"it holds {shown!r}" if wrong else f"{len(printed)} digits instead of {count}"
            text = " ".join(dict.fromkeys(filter(None, [digits, printed, subject])))
            return Problem("malformed-fingerprint", page, text, f"Not a {name}: {what}.")
    if vocabulary.TRUNCATED.search(subject):
        hint = "The subject is cut off: it ends in an ellipsis."
        return Problem("subject-mismatch", page, f"{digits} {subject}", hint)
    if mark := trust_words.mark_behind(subject.replace(UNCERTAIN_JOIN, " ")):
        hint = f"“{mark}” behind this subject says that this is not trusted; it is not taken."
        return Problem("unaccounted-text", page, f"{digits} {subject}", hint)
    if not row.is_label and (hint := of_subject(subject)):
        return Problem("missing-subject", page, f"{digits} {subject}".strip(), hint)
    return None


def unnamed(row: Row) -> Problem:
    """The problem of a row with a label, or nothing, where other rows have subjects."""
    text = f"{row.identity} {row.subject}".strip()
    hint = "There is no subject beside this fingerprint, as there is beside others."
    return Problem("missing-subject", row.page, text, hint)


@lru_cache(maxsize=4096)
def of_subject(subject: str) -> str:
    """Why a printed subject can't be believed, or ``""``."""
    shown = subject.strip(UNCERTAIN_JOIN + " ")
    if not shown:
        return "There is no subject beside this fingerprint."
    if "\ufffd" in shown:
        return "Something in this subject can't be read as characters; look at the document."
    if len(_COUNTRY.findall(shown)) > 1:
        return "Two names stand beside this fingerprint, such as the subject and the issuer."
    bare = _ESCAPED_MARK.sub("", shown)
    if bare.count("(") > bare.count(")"):
        return "A bracket in this subject isn't closed: something is cut off."
    if shown.endswith(vocabulary.GOES_ON):
        return "The subject is cut off: it ends in a comma."
    spaced = " ".join(shown.replace(UNCERTAIN_JOIN, " ").split())
    shown = " ".join(shown.replace(UNCERTAIN_JOIN, "").split())
    for patterns, text in ((_BEHIND, spaced), (_WITHIN, shown)):
        for pattern, hint in patterns:
            if pattern.search(text):
                return hint
    if _CALLED.fullmatch(shown):
        return "This is what the certificate is called there; its subject isn't beside it."
    if len(shown) > _LONGEST and any(map(_is_too_long, _NEXT.split(shown))):
        return f"A common name or a unit has at most {_LONGEST} characters: other words are in it."
    return ""


def _is_too_long(attribute: str) -> bool:
    match = _BOUNDED.match(attribute)
    return match is not None and len(_ESCAPED.sub("", match[1])) > _LONGEST


@lru_cache(maxsize=4096)
def is_strict(subject: str) -> bool:
    """Whether a subject is a complete distinguished name, as far as can be told without its own.

    It has a type before each value, and doesn't end within an attribute.
    """
    shown = " ".join(subject.replace(UNCERTAIN_JOIN, "").split())
    if (
        not shown
        or vocabulary.TRUNCATED.search(shown)
        or of_subject(shown)
        or not vocabulary.attribute_of(shown)
    ):
        return False
    return _parses(shown)


def _parses(text: str) -> bool:
    try:
        names.parse(text)
    except names.InvalidName:
        return False
    return True
