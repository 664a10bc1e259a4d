"""What may be wrong with a row that was found."""

import re

from pipeline.extract.document import UNCERTAIN_JOIN, Problem
from pipeline.extract.fingerprints import SHA1

_HEX = frozenset("0123456789abcdef")
_COUNTRY = re.compile(r"(?:^|[\s,;+/])C\s?=")
"""No root's name has two countries."""


def of(page: int, digits: str, subject: str) -> Problem | None:
    """The first fault of a row: its fingerprint is no SHA-1, or its subject is missing."""
    wrong = set(digits) - _HEX
    if len(digits) != SHA1 or wrong:
        shown = "".join(sorted(wrong))
        what = f"it holds {shown!r}" if wrong else f"{len(digits)} digits instead of {SHA1}"
        text = f"{digits} {subject}".strip()
        return Problem("malformed-fingerprint", page, text, f"Not a SHA-1: {what}.")
    if not subject.strip(UNCERTAIN_JOIN + " "):
        hint = "There is no subject beside this fingerprint."
        return Problem("missing-subject", page, digits, hint)
    if len(_COUNTRY.findall(subject)) > 1:
        hint = "Two names stand beside this fingerprint, such as the subject and the issuer."
        return Problem("missing-subject", page, f"{digits} {subject}", hint)
    return None
