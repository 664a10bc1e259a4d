"""Values that columns beside names hold: what a text by itself tells to be one, and no name.

Nothing but a space may stand between a name and the column beside it: ``CN=Acme Root EV``. By one
row nothing tells which it is. Where every name ends in a value that other columns have, and no
certificate vouches for one of them, what they end in may be none of them.
"""

import re
from collections.abc import Sequence
from typing import Final

from pipeline.extract.word_kinds import DASHES, DATES_AT_END, MONTH_AT_END

_USES: Final = r"""(?:EV|OV|DV|TLS|SSL|S/?MIME|(?:secure\s)?e-?mail|code(?:\s?signing)?|signing
    |time\s?stamping|(?:server|client)(?:\s?auth(?:entication)?)?|auth(?:entication)?|web\s?sites?
    |documents?|objects?|all)"""
_TRUST: Final = """(?:active|enabled|trusted|included|present|current|new|renewed|added|unchanged
    |ok|valid|self-signed|yes|no|none|true|false)"""
_KEYS: Final = r"""(?:(?:RSA|EC|ECC|ECDSA|DSA)[\s-]?)?P?-?
    (?:256|384|521|1024|2048|3072|4096|8192)(?:[\s-]?bits?)?"""
_COUNTRIES: Final = r"""(?:Argentina|Australia|Austria|Belgium|Bermuda|Brazil|Bulgaria|Canada|Chile
    |China|Colombia|Croatia|Cyprus|Czech\sRepublic|Czechia|Denmark|Estonia|Finland|France|Germany
    |Greece|Hong\sKong|Hungary|Iceland|India|Indonesia|Ireland|Israel|Italy|Japan|Korea|Latvia
    |Liechtenstein|Lithuania|Luxembourg|Macau|Malaysia|Malta|Mexico|Morocco|Netherlands|New\sZealand
    |Norway|Oman|Peru|Philippines|Poland|Portugal|Romania|Russia|Saudi\sArabia|Serbia|Singapore
    |Slovakia|Slovenia|South\sAfrica|South\sKorea|Spain|Sweden|Switzerland|Taiwan|Thailand|Tunisia
    |Turkey|Türkiye|Ukraine|United\sArab\sEmirates|United\sKingdom|United\sStates|USA|UK|Uruguay
    |Venezuela|Vietnam)"""
"""Where the authorities are whose roots people trust, as a column of countries has them."""
_KINDS: Final = "(?:RSA|EC|ECC|ECDSA|DSA)"
_DASH: Final = "[-–—]"
_WORDS: Final = rf"\(?(?:{_USES}|{_TRUST}|RSA\s\d{{4}}|EC\s\d{{3}})\)?|{_KEYS}|{_COUNTRIES}"
_WORD: Final = re.compile(rf"(?:{_WORDS}|{_KINDS}|{_DASH})", re.VERBOSE | re.IGNORECASE)
_AT_END: Final = re.compile(rf"\s(?:{_WORDS}|{_KINDS}|{_DASH})$", re.VERBOSE | re.IGNORECASE)
_WORDS_AT_END: Final = re.compile(rf"\s(?:{_WORDS})$", re.VERBOSE | re.IGNORECASE)
_FIRM: Final = rf"""\(?(?:{_TRUST}|EV|OV|DV|S/MIME|server\sauth|code\ssigning)\)?
    |(?:RSA|EC|ECC|ECDSA)[\s-]P?-?\d{{3,4}}|{_DASH}\s(?:{_WORDS})|{_USES}(?:,\s?{_USES}){{1,8}}"""
"""What no root's own name ends in, unlike ``ECC`` and ``2048``; but for countries."""
_FIRM_TEXT: Final = re.compile(_FIRM, re.VERBOSE | re.IGNORECASE)
_FIRM_AT_END: Final = re.compile(rf"\s(?:{_FIRM}|{_COUNTRIES})$", re.VERBOSE | re.IGNORECASE)
_COUNTRY: Final = re.compile("[A-Z]{2}")
_SEVERAL: Final = 2
"""Of one name alone nothing is alike."""
_NUMBER: Final = re.compile(r"\d+|\d\d?/\d{4}")
_ENDS_OF_NAMES: Final = frozenset(
    {"CA", "AB", "AG", "AS", "BV", "CO", "FO", "HT", "II", "IV", "NV", "OY", "SA", "SE", "VI"}
)
"""Codes of countries that names end in, too: words, legal forms and numerals."""
_OTHER: Final = re.compile(
    r"""\#?\d{1,4}[.)]?|\d+(?:\.\d+)+(?:\(\d+\))?(?:SR\d+)?|\d\d?/\d{4}
    |(?:sha-?\d{1,3}|md5)(?:-?with-?(?:RSA|ECDSA)(?:-?encryption)?)?|[\w-]{1,20}with[\w-]{1,30}
    |v[123]""",
    re.VERBOSE | re.IGNORECASE,
)
"""Numbers that count, releases, and algorithms of signatures."""
_FIRM_OTHER: Final = re.compile(
    r"\d+(?:\.\d+)+(?:\(\d+\))?(?:SR\d+)?|sha-?\d{1,3}|[\w-]{1,20}with[\w-]{1,30}", re.IGNORECASE
)
"""Those of them that no name of a root ends in."""
_SERIAL: Final = re.compile(r"(?:0x)?(?=[a-f:]*\d)[0-9a-f]{2}(?:[: ]?[0-9a-f]{2})+", re.IGNORECASE)
"""A serial number; a word may be hex digits, too, but has no number among them: ``FACADE``."""


def is_value(text: str) -> bool:
    """Whether a text is one that a column beside names holds, and no part of a name."""
    if _OTHER.fullmatch(text) or _COUNTRY.fullmatch(text) or _SERIAL.fullmatch(text):
        return True
    words = re.split("[,;/+]", text) if "S/" not in text.upper() else [text]
    return all(_WORD.fullmatch(word.strip()) for word in words) or _is_date(text)


def ends_no_name(text: str) -> bool:
    """Whether a text is a value that no name goes on with, unlike ``CA``, ``2`` and ``Germany``."""
    if text in DASHES:
        return True
    if _COUNTRY.fullmatch(text):
        return text not in _ENDS_OF_NAMES
    if _FIRM_TEXT.fullmatch(text) or _FIRM_OTHER.fullmatch(text):
        return True
    return not text.isdecimal() and (_SERIAL.fullmatch(text) is not None or _is_date(text))


def without_value(subject: str) -> str:
    """A subject without a word behind it that is a value and ends no name: that of a column."""
    name, _, last = subject.rstrip().rpartition(" ")
    return name if name and "=" not in last and ends_no_name(last) else subject


def _is_date(text: str) -> bool:
    dates = re.split(r" (?:[-–—]|to|bis) ", text)
    return all(DATES_AT_END.fullmatch(f" {d}") or MONTH_AT_END.fullmatch(f" {d}") for d in dates)


def may_end_in_value(subject: str) -> bool:
    """Whether one name may have a value behind it, for all that is known of it: ``Root CA 2048``.

    ``ECC`` and ``RSA`` end the names of too many roots.
    """
    words = subject.split()
    return len(words) > 1 and (
        _WORDS_AT_END.search(subject) is not None
        or _FIRM_AT_END.search(subject) is not None
        or ("=" not in words[-1] and ends_no_name(words[-1]))
    )


def ending_in_values(subjects: Sequence[str], *, are_others_whole: bool = True) -> list[int]:
    """The subjects of several, by number, that end in what may be the values of one column.

    That is what all of them end in; or if no name of a root ends in such a value, what most do, or
    any where others of the page have words behind them.
    """
    words = [subject.split() for subject in subjects]
    if len(words) < _SEVERAL:
        return []
    if all(len(each) > 1 and "=" not in each[-1] for each in words) and (
        all(map(_AT_END.search, subjects))
        or all(map(_ends_in_two_numbers, words))
        or _are_countries([each[-1] for each in words])
    ):
        return [*range(len(subjects))]
    firm = [at for at, subject in enumerate(subjects) if _FIRM_AT_END.search(subject)]
    return firm if 2 * len(firm) > len(subjects) or not are_others_whole else []


def _are_countries(words: Sequence[str]) -> bool:
    others = [word for word in words if word not in _ENDS_OF_NAMES]
    return all(map(_COUNTRY.fullmatch, words)) and 2 * len(others) > len(words)


def _ends_in_two_numbers(words: Sequence[str]) -> bool:
    """Whether a number, as in ``CA 1``, or a release, ``12.6(1)``, has a number behind it."""
    return _NUMBER.fullmatch(words[-1]) is not None and words[-2].rstrip(")")[-1:].isdigit()
