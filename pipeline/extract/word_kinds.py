"""What a word is by itself: a date, a number, a bullet, the beginning of a name or its end."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from pipeline.extract import vocabulary
from pipeline.extract.page import Word

_MONTH: Final = r"(?i:jan|feb|m[aä]r|apr|ma[iy]|ju[nl]|aug|sep|o[ck]t|nov|de[cz])[a-z]*\.?"
_DATE: Final = re.compile(
    rf"""\d{{1,4}}[-./]\d{{1,2}}[-./]\d{{2,4}}(?:T[\d:.]+Z?)?,?|\d{{4}}[-/]\d{{2}}
    |\d{{1,2}}:\d\d(?::\d\d)?Z?
    |[\d年月日년월일.]*[年月日년월일][\d年月日년월일.]*|{_MONTH},?|\d{{1,2}}-{_MONTH}-\d{{2,4}}|GMT|UTC|CES?T|IST
    |\d{{8,14}}Z|(?:mon|tue|wed|thu|fri|sat|sun),?""",
    re.VERBOSE | re.IGNORECASE,
)
_TIME: Final = r"\d\d?:\d\d(?::\d\d)?(?:\s?Z|\s[A-Z]{3,4})?"
DATES_AT_END: Final = re.compile(
    rf"""(?:\s(?:
        \d{{4}}(?P<a>[./-])\d\d?(?P=a)\d\d?(?:T\S+)?|\d\d?(?P<b>[./-])\d\d?(?P=b)\d{{2,4}}
        |(?:19|20)\d{{6}}|(?:\d\d)?\d{{12}}Z
        |{_MONTH}\s\d\d?(?:\s{_TIME})?,?\s\d{{4}}(?:\s[A-Z]{{3,4}})?
        |\d\d?-{_MONTH}-\d{{2,4}}|(?:\d\d|\d\d?\.)\s{_MONTH},?\s\d{{4}}
    )(?:\s{_TIME})?){{1,2}}$""",
    re.VERBOSE,
)
"""Whole dates behind a text, with times or without: ``2030-12-31``, ``Dec 31 23:59:59 2030 GMT``.

In ``CA 1 Dec 2030`` the number may be of either.
"""
MONTH_AT_END: Final = re.compile(rf"\s{_MONTH}[\s-]\d{{2,4}}(?:\s[A-Z]{{3,4}})?$")
"""A month and a year behind a text: a date, too, but not where it begins."""
_NUMBER: Final = re.compile(
    r"[#(]?\d{1,6}[.):,]?|[-–—•*·▪‣◦|/()]|[\[\]{}>]+|(?=[a-f]*[\d:])[0-9a-f:]{2,}",
    re.IGNORECASE,
)
_BULLET: Final = re.compile(r"[(\[]?\d{1,4}[.):\]]*|[•*·▪‣◦–—|#>-]+")
DASHES: Final = frozenset("-–—")
_FILE: Final = re.compile(r"\S+\.(?:pem|crt|cer|der|p7b|p12|jks|txt)[,;)]?", re.IGNORECASE)


@lru_cache(maxsize=4096)
def is_date(word: str) -> bool:
    """Whether a word is a date, or a part of one."""
    return _DATE.fullmatch(word) is not None


@lru_cache(maxsize=4096)
def is_number(word: str) -> bool:
    """Whether a word is a number or a mark that counts or parts things."""
    return _NUMBER.fullmatch(word) is not None


def is_bullet(word: str) -> bool:
    """Whether a word is what an item of a list begins with."""
    return _BULLET.fullmatch(word) is not None


@lru_cache(maxsize=4096)
def ends_name(word: str) -> bool:
    """Whether a word is none of a name: it begins another field, or is a file of certificates."""
    return vocabulary.is_other_field(word) or _FILE.fullmatch(word) is not None


def begins_name(words: Sequence[Word], at: int) -> str:
    """The type of the attribute that begins at a word, or ``""``: ``C=SE``, ``C = SE``.

    A type before an equals sign that an attribute follows is a label: ``Name = CN=Acme``.
    """
    text = words[at].text
    if "=" in text:
        return vocabulary.attribute_of(text)
    behind = [word.text for word in words[at + 1 : at + 3]]
    if behind[:1] == ["="] and vocabulary.attribute_of(behind[-1]):
        return ""
    if at + 1 < len(words) and words[at + 1].text.startswith("=") and vocabulary.is_type(text):
        return vocabulary.attribute_of(f"{text}=")
    return ""
