"""Last words that all names of a page have in common in kind: values of a column, most likely.

Nothing but a space may stand between a name and the column beside it: ``CN=Acme Root EV``. By one
row nothing tells which it is. Where every name ends in a value that other columns have, and no
certificate vouches for one of them, what they end in may be none of them.
"""

import re
from collections.abc import Sequence
from typing import Final

_VALUE: Final = re.compile(
    r"""
    # what a certificate is for, or how it is trusted
    \(?(?:EV|OV|DV|TLS|SSL|S/MIME|e-?mail|code|signing|auth(?:entication)?|server|client|websites?|all)\)?
    |\(?(?:active|enabled|trusted|included|present|current|new|renewed|added|unchanged|ok)\)?
    |\(?self-signed\)?|yes|no|none|[-–—]
    # the kind of its key, and the size of that in bits
    |(?:RSA|EC|ECC|ECDSA|DSA)|(?:(?:RSA|EC|ECC|ECDSA|DSA)-?)?P?-?(?:256|384|521|1024|2048|3072|4096|8192)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_COUNTRY: Final = re.compile("[A-Z]{2}")
_NUMBER: Final = re.compile(r"\d+|\d\d?/\d{4}")
_ENDS_OF_NAMES: Final = frozenset(
    {"CA", "AB", "AG", "AS", "BV", "CO", "FO", "HT", "II", "IV", "NV", "OY", "SA", "SE", "VI"}
)
"""Codes of countries that names end in, too: words, legal forms and numerals."""
_LEAST: Final = 2
"""Of one name alone nothing is alike."""


def are_values(subjects: Sequence[str]) -> bool:
    """Whether what all subjects end in may be the values of one column."""
    if len(subjects) < _LEAST:
        return False
    words = [subject.split() for subject in subjects]
    if any(len(each) < 2 or "=" in each[-1] for each in words):
        return False
    last = [each[-1] for each in words]
    return (
        all(map(_VALUE.fullmatch, last))
        or _are_countries(last)
        or all(_ends_in_two_numbers(each) for each in words)
    )


def _are_countries(words: Sequence[str]) -> bool:
    others = [word for word in words if word not in _ENDS_OF_NAMES]
    return all(map(_COUNTRY.fullmatch, words)) and 2 * len(others) > len(words)


def _ends_in_two_numbers(words: Sequence[str]) -> bool:
    """Whether a number, as in ``CA 1``, has one behind it."""
    return _NUMBER.fullmatch(words[-1]) is not None and words[-2][-1].isdigit()
